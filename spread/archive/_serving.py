"""What a worker does: files into parts, one after the other."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

from spread.archive._ingest import ingest
from spread.archive._workers import Job
from spread.archive.files._limits import Limits


def serve() -> None:
    """Do the jobs that come in, a line each, and answer on what was the standard output."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def answer(kind: str, value: object) -> None:
        answers.write(json.dumps([kind, value]) + "\n")
        answers.flush()

    for line in sys.stdin:
        answer(*answered(Job(*json.loads(line)), lambda size: answer("bytes", size)))


def answered(job: Job, on_bytes: Callable[[int], object] = lambda _: None) -> tuple[str, object]:
    """Read a file, and return what a worker says of it: counts, an os error or an error."""
    try:
        counts = read(job, on_bytes)
    except OSError as error:
        return "os error", [error.errno, error.strerror]
    except Exception as error:
        return "error", f"{job.source_file}: {type(error).__name__}: {error}"
    return "counts", counts | {"number": job.number}


def read(job: Job, on_bytes: Callable[[int], object]) -> dict[str, object]:
    """Read a file, and return what became of its records."""
    return ingest(
        Path(job.path),
        source_file=job.source_file,
        folder=Path(job.folder),
        number=job.number,
        strict=job.strict,
        columns=job.columns,
        limits=Limits(*job.limits),
        time_zone=job.time_zone,
        stretch=(job.start, job.end),
        found=None if job.found is None else job.state,
        on_bytes=on_bytes,
    )
