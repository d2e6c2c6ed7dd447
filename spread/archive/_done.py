"""Which files a reading that was cut off had read to their ends: these are not read again."""

import contextlib
import hashlib
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from spread import __version__
from spread.archive._counts import FileCounts
from spread.archive._workers import Job

_ENDS: Final = 1 << 20


def done_before(jobs: Sequence[Job]) -> dict[int, dict[str, Any]]:
    """Return the counts of jobs whose parts are whole, by number; other parts are removed."""
    known: dict[int, dict[str, Any]] = {}
    for job in jobs:
        folder = Path(job.folder)
        try:
            told = json.loads(_note(job).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            told = {}
        due = {"job": _identity(job), "sums": _sums(job)}
        if isinstance(told, dict) and due.items() <= told.items() and _are_counts(told):
            known[job.number] = told["counts"]
    kept = {path.name for job in jobs if job.number in known for path in _files(job)}
    for folder in {Path(job.folder) for job in jobs}:
        for path in folder.iterdir():
            if path.name not in kept:
                path.unlink()
    return known


def note_done(job: Job, counts: Mapping[str, Any]) -> None:
    """Note that the parts of a job are whole, with their check sums.

    A machine that stops may have written the note, and not yet the parts: by their sums they
    are known again. To wait for the disk after each file would take longer. Of a file that
    changed while it was read nothing is noted: it is to be read again.
    """
    if counts["changed"]:
        return
    note = _note(job)
    draft = note.with_suffix(".tmp")
    told = {"job": _identity(job), "counts": dict(counts), "sums": _sums(job)}
    draft.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    os.replace(draft, note)


def forget_done(folder: Path, number: int) -> None:
    """Take the note back, before the parts of a job are changed."""
    (folder / f"done-{number:06d}.json").unlink(missing_ok=True)


def _are_counts(told: Mapping[str, Any]) -> bool:
    """Tell whether a note has all that is counted now."""
    counts = told.get("counts")
    return isinstance(counts, dict) and {each.name for each in fields(FileCounts)} <= set(counts)


def _note(job: Job) -> Path:
    return Path(job.folder) / f"done-{job.number:06d}.json"


def _files(job: Job) -> list[Path]:
    return [_note(job), *_parts(job)]


def _parts(job: Job) -> list[Path]:
    return sorted(Path(job.folder).glob(f"*-{job.number:06d}.parquet"))


def _sums(job: Job) -> dict[str, int]:
    """Return the check sums of the parts of a job that there are."""
    return {path.name: _sum(path) for path in _parts(job)}


def _sum(path: Path) -> int:
    """Return a file's check sum, a MB at a time: a part may be as large as memory."""
    found = 0
    with path.open("rb") as file:
        while some := file.read(_ENDS):
            found = zlib.crc32(some, found)
    return found


def _identity(job: Job) -> list[Any]:
    """Return by what a file is known again: how it is read, size, time, first and last MB.

    Size and time are those before it was read: what was added since is not in its parts.
    """
    ends = hashlib.sha256()
    with contextlib.suppress(OSError), Path(job.path).open("rb") as file:
        ends.update(file.read(_ENDS))
        file.seek(max(0, job.state.size - _ENDS))
        ends.update(file.read(_ENDS))
    how = [
        job.source_file,
        job.number,
        job.strict,
        job.columns,
        job.start,
        job.end,
        list(job.limits),
        job.time_zone,
    ]
    return [__version__, *how, *job.state, ends.hexdigest()]
