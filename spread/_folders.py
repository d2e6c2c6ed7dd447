"""A folder that appears whole or not at all."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from spread._errors import OutputError, UsageError


@contextlib.contextmanager
def new_folder(path: str | Path, *, failures: tuple[type[Exception], ...] = ()) -> Iterator[Path]:
    """Give a folder beside `path` that takes its place in one step, once it is filled.

    After an error nothing is left at either name.

    Parameters
    ----------
    path
        The folder to be made; an empty one may be there.
    failures
        Errors, beside OSError, that mean that the place cannot be written.

    Raises
    ------
    UsageError
        Something is there already.
    OutputError
        The place cannot be written, with the reason.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as place:
    ...     with new_folder(f"{place}/made") as draft:
    ...         _ = (draft / "a.txt").write_text("done", encoding="utf-8")
    ...     os.listdir(place)
    ['made']
    """
    final = require_free(path)
    unwritten: tuple[type[Exception], ...] = (OSError, OutputError, *failures)
    draft = None
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".part", dir=final.parent))
        yield draft
        _settle(draft)
        if final.is_dir():
            final.rmdir()
        draft.rename(final)
    except unwritten as error:
        raise OutputError(
            "the folder cannot be written",
            got=f"{final} ({_why(error)})",
            hint="Choose another place, or free space or permissions there",
        ) from error
    finally:
        if draft is not None:
            shutil.rmtree(draft, ignore_errors=True)


def require_free(path: str | Path) -> Path:
    """Return a path at which a folder can be made; raise a UsageError where one is filled."""
    final = Path(path)
    try:
        taken = final.is_symlink() or final.exists()
        if not taken or (final.is_dir() and not final.is_symlink() and not any(final.iterdir())):
            return final
    except OSError as error:
        raise OutputError(
            "the folder cannot be written", got=f"{final} ({_why(error)})", hint="Name another"
        ) from error
    raise UsageError("the folder is there already", got=str(final), allowed="a new folder")


def _settle(draft: Path) -> None:
    """Bring everything to the disk, readable as any other folder of the user."""
    for file in draft.rglob("*"):
        if file.is_file():
            with file.open("rb+") as content:
                os.fsync(content.fileno())
    mask = os.umask(0)
    os.umask(mask)
    draft.chmod(0o777 & ~mask)


def _why(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error, OutputError) else error
    told = getattr(cause, "strerror", None) or str(cause or error)
    return (told.splitlines() or [type(error).__name__])[0]
