"""How much room a reading takes on its disk, as far as can be told while it is under way."""

import errno
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

_FULL: Final = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_FULL_WORDS: Final = ("no space left", "file too large", "quota", "disk")
_OF_PARTS: Final = 2
"""Parts, and the tables that are made while these still stand; measured were 1.6 to 1.7."""
_OF_FILES: Final = 0.5
"""Parts of a file as a share of it, before any were written."""


class Space:
    """What is to be read, and how much of it was."""

    def __init__(self) -> None:
        self._size = 0
        self._read = 0

    def noting(self, size: int, on_bytes: Callable[[int], object]) -> Callable[[int], None]:
        """Return what is told of bytes that were read, of so many, and passes them on."""
        self._size, self._read = size, 0

        def note(read: int) -> None:
            self._read += read
            on_bytes(read)

        return note

    def needed(self, parts: Path) -> float:
        """Estimate how many bytes the reading takes, from what it has written so far."""
        written = sum(_sizes(parts.glob("*.parquet")))
        share = min(self._read / self._size, 1) if self._size else 1
        return _OF_PARTS * max(
            written / share if share else 0, _OF_FILES * self._size * (1 - share)
        )


def is_full(error: BaseException) -> bool:
    """Tell an error of a disk that has no room left from others."""
    said = str(error).lower()
    return getattr(error, "errno", None) in _FULL or any(words in said for words in _FULL_WORDS)


def free(place: Path) -> str:
    """Say how much room is left on the disk of a place, and where that disk is."""
    whole = Path(os.path.realpath(place))
    there = next(folder for folder in (whole, *whole.parents) if folder.exists())
    disk = next(folder for folder in (there, *there.parents) if os.path.ismount(folder))
    return f"{megabytes(shutil.disk_usage(there).free)} free on the disk at {disk}"


def megabytes(size: float) -> str:
    """Return a size in words.

    Examples
    --------
    >>> megabytes(1_234_567_890), megabytes(12)
    ('1,235 MB', '1 MB')
    """
    return f"{max(size / 1e6, 1):,.0f} MB"


def _sizes(files: Iterable[Path]) -> Iterable[int]:
    for file in files:
        try:
            yield file.stat().st_size
        except OSError:
            continue
