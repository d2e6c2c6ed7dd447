"""What a command wrote, as run.json lists it: what was of another study does not stay beside it."""

import contextlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from spread import tables
from spread._errors import OutputError
from spread.report._pictures import ASKED, PICTURES

__all__ = ["RECORD", "TABLES", "clear", "others", "record", "require_ours"]

RECORD: Final = "run.json"
_OURS: Final = re.compile(
    r"report\.html|tables/\w+\.(csv|parquet)|figures/[\w.-]+\.(html|js|svg|pdf|png)", re.ASCII
)

TABLES: Final = {
    "arrivals", "arrivals_all", "between_cities", "camps", "ccdf", "companions", "controls",
    "coverage", "drivers", "edges", "elites", "evidence", "files", "flows", "in_step",
    "influence", "links", "locations", "members", "merged", "metrics", "naive", "nodes",
    "places", "profile", "reconstructions", "recruitment", "rejects", "resolutions",
    "robustness", "roles", "seeds", "sensitivity", "timeline", "traced", "tree", "turn_changes",
    "turn_posterior", "turn_shares", "turn_timeline", "turn_volume", "turned", "usage",
    "vocabulary", "without",
}  # fmt: skip
"""The names of all tables that a study may have."""
_FORMS: Final = ("csv", "parquet")
_SCRIPTS: Final = ("plotly.min.js", "world.js")
_SHOWN: Final = 5


def require_ours(out: Path, *, parts: Sequence[str], formats: Sequence[str]) -> None:
    """Refuse to write over what no command wrote, as run.json lists it."""
    told = _told(out)
    known = {*_names(told), *([RECORD] if "study" in told and "files" in told else [])}
    there = [name for name in _written(parts, formats) if name not in known]
    if mine := [name for name in there if os.path.lexists(out / name)]:
        more = f" and {len(mine) - _SHOWN} more" if len(mine) > _SHOWN else ""
        raise OutputError(
            f"files in {out} that no study wrote bear the names of what is to be written",
            got=f"{', '.join(mine[:_SHOWN])}{more}",
            hint="Move them elsewhere, or name another place with --out",
        )


def _written(parts: Sequence[str], formats: Sequence[str]) -> Iterator[str]:
    """Yield every name that may be written."""
    yield RECORD
    if "report" in parts:
        yield "report.html"
    if "tables" in parts:
        yield from (f"tables/{name}.{form}" for name in sorted(TABLES) for form in _FORMS)
    if "figures" in parts:
        yield from (f"figures/{name}" for name in _SCRIPTS)
    endings = [*(["html"] if "figures" in parts else []), *formats]
    yield from (f"figures/{name}.{form}" for name in (*PICTURES, *ASKED) for form in endings)


def record(out: Path, told: Mapping[str, object], files: Iterable[str], *, key: str) -> None:
    """Write run.json: what is told of the study of this key, and the names of all its files."""
    listed = sorted({*_listed(out, key=key), *files})
    if told.get("finished"):
        listed = [name for name in listed if (out / name).exists()]
    with tables.written(out / RECORD) as draft:
        text = json.dumps({**told, "study": key, "files": listed}, indent=1)
        draft.write_text(text + "\n", encoding="utf-8")


def others(out: Path, *, key: str) -> list[Path]:
    """Return the files that run.json lists of another study than that of this key.

    Only what a command wrote is among them, and no link is followed.
    """
    told = _told(out)
    if told.get("study", key) == key:
        return []
    named = [out / name for name in _names(told) if _OURS.fullmatch(name)]
    return [file for file in named if not file.parent.is_symlink() and file.is_file()]


def clear(out: Path, *, key: str) -> int:
    """Take away the files that run.json lists of another study; return how many there were."""
    if _told(out).get("study", key) == key:
        return 0
    gone = sum(map(_unlinked, others(out, key=key)))
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
