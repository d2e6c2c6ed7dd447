"""What can go wrong, as a tree.

    SpreadError                 anything spread raises on purpose; its text is one line for a user
    ├── UsageError              an argument is not what is allowed (also a ValueError)
    │   └── MissingColumnError  a table lacks a column that the function needs
    ├── InputError              an archive cannot be used: absent, empty, or no tweet in it
    └── OutputError             a result cannot be written where it should go

What a message echoes stays in one line and short, whatever was given.

An answer that the data cannot give is no error: results carry `cannot_tell`, the
reason in one sentence, or None.
"""

import os
import traceback
from itertools import takewhile
from typing import Final

_PACKAGE: Final = os.path.dirname(__file__)
_MOST_ECHOED: Final = 200


class SpreadError(Exception):
    """Base of every error that spread raises on purpose.

    Parameters
    ----------
    what
        What went wrong.
    got
        What was given; of more than 200 characters the middle is left out.
    allowed
        What would have been accepted.
    hint
        What to do next.

    Examples
    --------
    >>> print(SpreadError("unknown method", got="'fast'", allowed="leiden, louvain"))
    unknown method: got 'fast'; allowed: leiden, louvain
    """

    def __init__(
        self,
        what: str,
        *,
        got: str | None = None,
        allowed: str | None = None,
        hint: str | None = None,
    ) -> None:
        details = [f"got {_echoed(got)}"] if got is not None else []
        if allowed is not None:
            details.append(f"allowed: {allowed}")
        line = f"{what}: {'; '.join(details)}" if details else what
        super().__init__(_one_line(f"{line}. {hint}" if hint else line))

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback: the line of a cell, and what is wrong."""
        frames = traceback.extract_tb(self.__traceback__)
        own = takewhile(lambda frame: not frame.filename.startswith(_PACKAGE), frames)
        asked = [f"line {frame.lineno}: {frame.line}" for frame in own if frame.line][-1:]
        return [*asked, f"{type(self).__name__}: {self}"]


def _one_line(text: str) -> str:
    """Return a text that a terminal prints as one line, whatever somebody wrote into it."""
    words = " ".join(text.split())
    if words.isprintable():
        return words
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in words
    )


def _echoed(got: str) -> str:
    line = _one_line(got)
    half = (_MOST_ECHOED - 1) // 2
    return line if len(line) <= _MOST_ECHOED else f"{line[:half]}…{line[-half:]}"


class UsageError(SpreadError, ValueError):
    """An argument is not what is allowed."""


class MissingColumnError(UsageError):
    """A table lacks a column that the function needs."""


class InputError(SpreadError):
    """An archive cannot be used: absent, empty, or no tweet in it."""


class OutputError(SpreadError):
    """A result cannot be written where it should go."""
