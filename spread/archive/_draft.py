"""Where a reading works until its tables are whole: a folder that is renamed at the end."""

import contextlib
import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from spread._errors import OutputError, UsageError
from spread.archive._lock import HeldError, held
from spread.archive._space import Space, free, is_full, megabytes
from spread.archive._workers import WorkerError

_ENGINE_STOPPED: Final = "Query interrupted"
"""What DuckDB says, as a RuntimeError, when Ctrl-C stops one of its queries."""


@contextlib.contextmanager
def alone(target: Path | None) -> Iterator[None]:
    """Hold the place for this reading; what others left there goes, but for its own draft."""
    if target is None:
        yield
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with held(target.with_name(f".{target.name}.lock")):
            for left in target.parent.glob(f".{glob.escape(target.name)}.*.part"):
                if left != _place(target):
                    shutil.rmtree(left, ignore_errors=True)
            yield
    except HeldError as error:
        raise UsageError(
            "another reading into this folder is under way",
            got=f"{target}, held by {error}",
            hint="Wait for its end, or name another folder",
        ) from None
    except OSError as error:
        raise OutputError(
            "the tables cannot be written",
            got=f"{error.filename or target} ({error.strerror or error})",
            hint="Choose another place with `to`, or free space or permissions there",
        ) from error


@contextlib.contextmanager
def drafted(target: Path | None, space: Space) -> Iterator[Path]:
    """Give a folder beside the target; it goes when anything fails.

    Where the reading was interrupted it stays, as where it was killed: files that were
    read to their ends need not be read again. Where the disk is full `space` tells what
    would have been needed.
    """
    draft = None
    try:
        draft = Path(tempfile.mkdtemp(prefix="spread-")) if target is None else _taken_up(target)
        (draft / "parts").mkdir(exist_ok=True)
        yield draft
    except BaseException as error:
        needed = space.needed(draft / "parts") if draft is not None else 0
        is_interrupted = isinstance(error, KeyboardInterrupt) or _ENGINE_STOPPED in str(error)
        is_to_go_on = is_interrupted or isinstance(error, WorkerError)
        if draft is not None and (target is None or not is_to_go_on):
            shutil.rmtree(draft, ignore_errors=True)
        if is_interrupted:
            raise KeyboardInterrupt from None
        if isinstance(error, OSError) or _is_of_the_disk(error):
            place = target or tempfile.gettempdir()
            why = getattr(error, "strerror", None) or str(error).splitlines()[0]
            room = f"; about {megabytes(needed)} are needed" if is_full(error) else ""
            raise OutputError(
                "the tables cannot be written",
                got=f"{place} ({why}{room}; {free(Path(place))})",
                hint="Choose another place with `to`, or free space or permissions there",
            ) from error
        raise


def put_in_place(draft: Path, target: Path) -> None:
    """Give a draft its name, once what is in it has reached the disk: power may fail."""
    for file in draft.rglob("*.*"):
        if file.is_file():
            with file.open("rb+") as held_open:
                os.fsync(held_open.fileno())
    mask = os.umask(0)
    os.umask(mask)
    draft.chmod(0o777 & ~mask)
    if target.is_dir():
        target.rmdir()
    draft.rename(target)


def _is_of_the_disk(error: BaseException) -> bool:
    """Tell an error of the engine that is one of the disk."""
    from spread.archive._damage import NOT_WRITTEN

    return isinstance(error, NOT_WRITTEN)


def _place(target: Path) -> Path:
    return target.with_name(f".{target.name}.0.part")


def _taken_up(target: Path) -> Path:
    """Return the draft of a reading that was cut off, with its parts alone, or a new one."""
    draft = _place(target)
    # What a link points to is somebody else's, and would be cleared away.
    if draft.is_symlink():
        draft.unlink()
    draft.mkdir(mode=0o700, exist_ok=True)
    for left in draft.iterdir():
        if left.name != "parts" or left.is_symlink():
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
    shutil.rmtree(draft / "parts" / "spill", ignore_errors=True)
    return draft
