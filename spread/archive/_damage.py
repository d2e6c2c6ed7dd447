"""Tables that cannot be read any more, told in one line."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from spread._errors import InputError

NOT_WRITTEN: Final = (duckdb.IOException, duckdb.OutOfMemoryException)
"""Errors of the engine that tell of the disk, and not of what stands on it."""


@contextlib.contextmanager
def damage_told(folder: Path) -> Iterator[None]:
    """Turn what engines say of damaged tables into an InputError.

    Raises
    ------
    InputError
        The tables in the folder are damaged.
    """
    try:
        yield
    except NOT_WRITTEN:
        raise
    except (duckdb.Error, pa.ArrowException) as error:
        raise damaged(folder, error) from error


def damaged(folder: Path, error: Exception) -> InputError:
    """Return what is told of an archive that something is wrong with."""
    why = (str(error).splitlines() or [type(error).__name__])[0]
    if isinstance(error, FileNotFoundError):
        why = f"{Path(error.filename or why).name} is missing"
    return InputError(
        "the archive is damaged", got=f"{folder} ({why})", hint="Read its files again"
    )
