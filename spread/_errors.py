"""What can go wrong, as a tree.

    SpreadError                 anything spread raises on purpose; its text is one line for a user
    ├── UsageError              an argument is not what is allowed (also a ValueError)
    │   └── MissingColumnError  a table lacks a column that the function needs
    ├── InputError              an archive cannot be used: absent, empty, or no tweet in it
    └── OutputError             a result cannot be written where it should go

An answer that the data cannot give is no error: results carry `cannot_tell`, the
reason in one sentence, or None.
"""


class SpreadError(Exception):
    """Base of every error that spread raises on purpose.

    Parameters
    ----------
    what
        What went wrong.
    got
        What was given.
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
        details = [f"got {got}"] if got is not None else []
        if allowed is not None:
            details.append(f"allowed: {allowed}")
        line = f"{what}: {'; '.join(details)}" if details else what
        super().__init__(f"{line}. {hint}" if hint else line)


class UsageError(SpreadError, ValueError):
    """An argument is not what is allowed."""


class MissingColumnError(UsageError):
    """A table lacks a column that the function needs."""


class InputError(SpreadError):
    """An archive cannot be used: absent, empty, or no tweet in it."""


class OutputError(SpreadError):
    """A result cannot be written where it should go."""
