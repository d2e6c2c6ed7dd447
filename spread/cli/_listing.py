"""What a command wrote, as run.json lists it: what was of another study does not stay beside it."""

import contextlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from spread import tables
from spread._errors import OutputError

__all__ = ["RECORD", "clear", "record"]

RECORD: Final = "run.json"
_OURS: Final = re.compile(
    r"report\.html|tables/\w+\.(csv|parquet)|figures/[\w.-]+\.(html|js|svg|pdf|png)", re.ASCII
)


def record(out: Path, told: Mapping[str, object], files: Iterable[str], *, key: str) -> None:
    """Write run.json: what is told of the study of this key, and the names of all its files."""
    listed = sorted({*_listed(out, key=key), *files})
    with tables.written(out / RECORD) as draft:
        text = json.dumps({**told, "study": key, "files": listed}, indent=1)
        draft.write_text(text + "\n", encoding="utf-8")


def clear(out: Path, *, key: str) -> int:
    """Take away the files that run.json lists of another study; return how many there were.

    Nothing goes that a command did not write, and no link is followed.
    """
    told = _told(out)
    if told.get("study", key) == key:
        return 0
    gone = 0
    for name in _names(told):
        file = out / name
        if _OURS.fullmatch(name) and not file.parent.is_symlink() and file.is_file():
            gone += _unlinked(file)
    (out / RECORD).unlink(missing_ok=True)
    for folder in (out / "tables", out / "figures"):
        with contextlib.suppress(OSError):
            folder.rmdir()
    return gone


def _unlinked(file: Path) -> bool:
    try:
        file.unlink()
    except OSError as error:
        raise OutputError(
            "a file of another study cannot be taken away",
            got=f"{file} ({error.strerror or error})",
            hint="Name another place with --out",
        ) from error
    return True


def _listed(out: Path, *, key: str) -> list[str]:
    """Return the files listed of the study of this key."""
    told = _told(out)
    return _names(told) if told.get("study") == key else []


def _names(told: Mapping[str, Any]) -> list[str]:
    names = told.get("files")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _told(out: Path) -> dict[str, Any]:
    """Return what run.json says; nothing where it is not there or cannot be read."""
    try:
        told = json.loads((out / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
