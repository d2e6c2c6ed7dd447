"""What every command shares: its exit codes, and one line for what cannot be done."""

import argparse
import contextlib
import io
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import duckdb

from spread import __version__
from spread._errors import InputError, OutputError, SpreadError, UsageError
from spread._interrupts import INTERRUPTED, asked_to_end, done, end_now, end_soon
from spread.archive._lock import HeldError, held

__all__ = [
    "CODES", "DONE", "FAULT", "INTERRUPTED", "NOTHING_USABLE", "NOT_WRITTEN", "PARTLY", "USAGE",
    "alone", "answer", "parser", "place", "said", "tidy",
    "writable",
]  # fmt: skip

DONE, FAULT, USAGE, PARTLY, NOTHING_USABLE, NOT_WRITTEN = 0, 1, 2, 3, 4, 5

CODES = """\
exit codes: 0 done; 1 an error of the program; 2 usage; 3 done, but some input was rejected;
4 nothing usable; 5 cannot write; 130 interrupted
"""

Run = Callable[[argparse.Namespace], int]

_AT_THE_SHELL = (
    (
        "Make one with archive.read(…, to=…)",
        "Make one with python -m spread.archive read … --to DIR",
    ),
    ("archive.read(…, columns={'tweet_id': …, 'author_id': …}) or ", ""),
    ("Open it with archive.open", "Study it with python -m spread.cascade --keep"),
    ("open an archive's folder with `archive.open`", "name an archive's folder with --keep"),
    ("`columns` (--columns)", "--columns"),
    ("ids_only=True, or pseudonyms=…", "--pseudonyms KEYFILE beside it"),
    ("exact_followers=True", "--exact-followers"),
    ("time_zone='America/New_York' (--time-zone America/New_York)", "--time-zone America/New_York"),
    ("what study.freeze made", "what --freeze made"),
)
"""What errors call things in Python, and what one who is at the shell can type."""
_KEPT = "Open it with archive.open, or name it to a command with --keep"
_READ_ALREADY = (
    "Name it alone, to report, export or forget, or to python -m spread.cascade with --keep"
)
_LIMITS = re.compile(r"limits=\{[^}]*\} \((--limit [^)]*)\)")


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE, f"spread: {message}. See {self.prog} --help\n")


def parser(room: str, description: str, examples: str) -> argparse.ArgumentParser:
    """Return the parser of `python -m spread.ROOM`, with its examples and the exit codes."""
    options = _Parser(
        prog=f"python -m spread.{room}",
        description=description,
        epilog=f"examples:\n{examples}\n{CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--version", action="version", version=f"spread {__version__}")
    return options


def place(text: str) -> Path:
    """Return the path that an option names; an empty one is a variable of the shell not set.

    Examples
    --------
    >>> place("out").name
    'out'
    """
    if not text.strip():
        raise argparse.ArgumentTypeError("got '', which names no place")
    return Path(text)


def answer(
    run: Run,
    options: argparse.ArgumentParser,
    argv: Sequence[str] | None,
    *,
    left: Callable[[argparse.Namespace], str] | None = None,
) -> int:
    """Run a command on its options and return its exit code; errors are one line each.

    `left` says, after Ctrl-C, what stands where the command wrote.
    """
    _take_every_sign()
    given = options.parse_args(list(sys.argv[1:] if argv is None else argv))

    def last_words() -> str:
        return left(given) if left else "interrupted; what stands there is whole"

    try:
        end_soon(last_words)
        code = run(given)
        sys.stdout.flush()
        done()
    except KeyboardInterrupt:
        return end_now(last_words())
    except Exception as error:
        # An engine that is interrupted raises an error of its own.
        return end_now(last_words()) if asked_to_end() else _failed(error, given)
    return code


def _take_every_sign() -> None:
    """Let standard output escape what its encoding has no sign for, as standard error does."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")


def _at_the_shell(line: str, given: argparse.Namespace) -> str:
    """Return an error with the shell's options in place of the arguments of Python."""
    kept = "Name it with --keep" if "keep" in vars(given) else _READ_ALREADY
    for in_python, typed in ((_KEPT, kept), *_AT_THE_SHELL):
        line = line.replace(in_python, typed)
    return re.sub(
        r"`(\w+)`",
        lambda name: f"--{name[1].replace('_', '-')}" if name[1] in vars(given) else name[0],
        _LIMITS.sub(r"\1", line),
    )


def _failed(error: Exception, given: argparse.Namespace) -> int:
    """Tell why a command cannot be done, and return its exit code."""
    if isinstance(error, BrokenPipeError):
        # Who reads has stopped reading, as `head` does: nothing is left to say to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    if isinstance(error, SpreadError):
        kinds = {OutputError: NOT_WRITTEN, InputError: NOTHING_USABLE}
        codes = [code for kind, code in kinds.items() if isinstance(error, kind)]
        return said(_at_the_shell(str(error), given), codes[0] if codes else USAGE)
    told = f"{type(error).__name__}: {error}".splitlines()[0]
    if isinstance(error, OSError | MemoryError | duckdb.IOException | duckdb.OutOfMemoryException):
        return said(f"the work cannot go on: got {told}", NOT_WRITTEN)
    return said(f"an error of the program itself: {told}{_kept_trace(error)}", FAULT)


def _kept_trace(error: Exception) -> str:
    """Keep what led to an error, for whoever mends it, and say where."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="spread-error-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.writelines(traceback.format_exception(error))
    except OSError:
        return ""
    return f". Please report it with {file.name}, after a look at what that holds"


def said(line: str, code: int) -> int:
    """Tell one line on standard error, and return the code that belongs to it."""
    print(f"spread: {line}", file=sys.stderr)
    return code


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder that is written into: two commands would mix their results."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(held(folder / ".lock"))
        except HeldError as error:
            raise UsageError(
                "another command writes into this folder",
                got=f"{folder}, held by {error}",
                hint="Wait for its end, or name another with --out",
            ) from None
        except OSError as error:
            raise OutputError(
                "the output folder cannot be written",
                got=f"{folder / '.lock'} ({error.strerror or error})",
                hint="Take it away, or name another folder with --out",
            ) from error
        yield


@contextlib.contextmanager
def tidy(folder: Path) -> Iterator[None]:
    """Take away, after an error, a folder that was made for the work and is still empty."""
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            for place in made:
                place.rmdir()
        raise


def writable(folder: Path, *, files: Sequence[str] = (), folders: Sequence[str] = ()) -> None:
    """Find out before the work, not after it, that the results cannot be written.

    `files` and `folders` are names in the folder that are to be such, if they are there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(
            "the output folder cannot be written",
            got=f"{folder} ({error.strerror or error})",
            hint="Name another with --out",
        ) from error
    wrong = [folder / name for name in files if (folder / name).is_dir()]
    wrong += [folder / name for name in folders if (folder / name).is_file()]
    if wrong:
        kind = "folder" if wrong[0].is_dir() else "file"
        raise OutputError(
            "the output folder cannot be written",
            got=f"a {kind} at {wrong[0]}",
            hint="Take it away, or name another with --out",
        )
