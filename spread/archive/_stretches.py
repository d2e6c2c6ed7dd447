"""A large file of lines is read by several workers: in stretches that end between records.

Only plain files whose first line is a record are divided, between two lines that are each a
whole JSON object: in JSON no two values follow each other without a comma, so that nothing
that spans lines is cut. What is packed has one beginning, and is read by one worker.
"""

import contextlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, Final

from spread.archive._counts import held_back
from spread.archive._workers import Job
from spread.archive.files._bytes import state
from spread.archive.files._values import is_whole

STRETCH_BYTES: Final = 64 << 20
_SEARCHED: Final = 16 << 20


def divided(jobs: Sequence[Job], workers: int) -> list[Job]:
    """Return jobs in which large files are read in stretches, numbered in their order."""
    found: list[Job] = []
    for job in jobs:
        ends = _ends(Path(job.path), workers) if workers > 1 and not job.strict else [None]
        for start, end in pairwise([0, *ends]):
            found.append(job._replace(number=len(found), start=start or 0, end=end))
    return found


def combined(jobs: Sequence[Job], counts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the counts of files from those of their stretches."""
    whole: dict[str, dict[str, Any]] = {}
    for job, count in zip(jobs, counts, strict=True):
        if job.start == 0:
            whole[job.path] = dict(count)
            continue
        for name, value in count.items():
            if isinstance(value, dict):
                both = Counter(whole[job.path][name]) + Counter(value)
                whole[job.path][name] = dict(sorted(both.items()))
            elif name not in ("source_file", "sha256"):
                whole[job.path][name] += value
    for count in whole.values():
        count["lost"] = max(count["lost"], held_back(count["tracks"]))
    return list(whole.values())


def records_before(jobs: Sequence[Job], counts: Sequence[dict[str, Any]]) -> dict[int, int]:
    """Return how many records of its file stand before each stretch that is not the first."""
    before: dict[int, int] = {}
    so_far = 0
    for job, count in zip(jobs, counts, strict=True):
        so_far = 0 if job.start == 0 else so_far
        if so_far:
            before[job.number] = so_far
        so_far += int(count["records"])
    return before


def _ends(path: Path, workers: int) -> list[int | None]:
    """Return where the stretches of a file end; None for its end."""
    size = state(path).size
    count = max(workers, size // STRETCH_BYTES) if size >= STRETCH_BYTES else 1
    if count == 1:
        return [None]
    with contextlib.suppress(OSError), path.open("rb") as file:
        if not _is_record(file.readline(_SEARCHED)):
            return [None]
        ends = [_line_between(file, size * number // count) for number in range(1, count)]
        return [*sorted({end for end in ends if end is not None}), None]
    return [None]


def _line_between(file: IO[bytes], at: int) -> int | None:
    """Return where a line starts that is a record after a record, from a byte on."""
    file.seek(at)
    file.readline(_SEARCHED)
    was_record = False
    while file.tell() < at + _SEARCHED:
        start = file.tell()
        line = file.readline(_SEARCHED)
        is_record = _is_record(line)
        if is_record and was_record:
            return start
        was_record = is_record
        if not line:
            return None
    return None


def _is_record(line: bytes) -> bool:
    text = line.strip()
    return line[:1] == b"{" and line[-1:] == b"\n" and text[-1:] == b"}" and is_whole(text)
