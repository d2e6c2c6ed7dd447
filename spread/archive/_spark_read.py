"""Files read by Spark's workers: the reader of one machine inside `mapInArrow`."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa

from spread._errors import InputError, UsageError
from spread.archive import _spark
from spread.archive._serving import answered
from spread.archive._workers import Job, ordered, told

_ANSWER: Final = pa.schema([("kind", pa.string()), ("value", pa.string())])
_UNSEEN: Final = "unseen"


def run(con: _spark.Backend, jobs: Sequence[Job]) -> list[dict[str, object]]:
    """Read all files, a task each, and return their counts in the order of the jobs.

    Workers write the parts of a file where the other engine's workers do: files, and the
    folder of the parts, must be seen by every worker under the same paths.
    """
    listed = pa.table(
        {
            "number": pa.array([job.number for job in jobs], pa.int64()),
            "job": pa.array([json.dumps(_absolute(job)) for job in jobs], pa.string()),
        }
    )
    with _spark.told():
        files = con._session.createDataFrame(listed).repartitionByRange(len(jobs), "number")
        said = files.mapInArrow(_read, _spark.types(_ANSWER)).toArrow()
    answers = [
        (str(kind), json.loads(value))
        for kind, value in zip(*(column.to_pylist() for column in said.columns), strict=True)
    ]
    if unseen := sorted(value for kind, value in answers if kind == _UNSEEN):
        raise InputError(
            "a worker of Spark does not see a path",
            got=unseen[0],
            hint="Keep files and the folder `to` where every worker sees them, by the same path",
        )
    return ordered(told(answers))


def require_shared(con: _spark.Backend, to: Path | None) -> None:
    """Raise a UsageError where the tables would go to a folder of this machine's own."""
    master = con._session.conf.get("spark.master", "local")
    if to is None and not str(master).startswith("local"):
        raise UsageError(
            "reading on a cluster needs a place for the tables",
            got=f"to=None, spark.master={master}",
            hint="Name in `to` a folder that every worker sees by the same path",
        )


def _absolute(job: Job) -> Job:
    """Return a job whose paths mean the same wherever a worker stands."""
    return job._replace(path=os.path.abspath(job.path), folder=os.path.abspath(job.folder))


def _read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for text in batch["job"].to_pylist():
            kind, value = _answered(Job(*json.loads(text)))
            yield pa.record_batch([[kind], [json.dumps(value)]], schema=_ANSWER)


def _answered(job: Job) -> tuple[str, object]:
    """Read a file into a folder of this attempt's own; a repeated task changes nothing."""
    folder = Path(job.folder)
    for path in (folder, Path(job.path)):
        if not path.exists():
            return _UNSEEN, str(path)
    draft = Path(tempfile.mkdtemp(prefix=".", dir=folder))
    try:
        answer = answered(job._replace(folder=str(draft)))
        for part in draft.iterdir():
            os.replace(part, folder / part.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return answer
