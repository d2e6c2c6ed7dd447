"""Files read side by side, by workers that are a Python each, or by this process alone.

Workers are started as programs rather than forked: a fork is unsafe beside an engine's
threads, and what `multiprocessing` starts runs a script without a main guard again. They are at
work before this process has loaded what it needs for the tables.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, NamedTuple, TypeAlias

from spread._errors import SpreadError
from spread.archive.files._bytes import State, state
from spread.archive.files._limits import USUAL, Limits

# A worker does not search for cycles, of which reading makes none, nor load pandas, which Arrow
# would ask whether a list is one of its own. Ctrl-C ends it without a word.
_PROGRAM: Final = """
import gc, signal, sys
class WithoutPandas:
    def find_spec(self, name, path=None, target=None):
        if name == "pandas":
            raise ModuleNotFoundError(name)
signal.signal(signal.SIGINT, signal.SIG_DFL)
gc.disable()
sys.meta_path.insert(0, WithoutPandas())
from spread.archive._serving import serve
serve()
"""
_ALONE_BYTES: Final = 32 << 20
_LAST: Final = ("counts", "error", "os error")

Counts: TypeAlias = list[dict[str, Any]]
"""What became of the records of each file, as dictionaries of `FileCounts`."""


class WorkerError(SpreadError):
    """A process that read files stopped; what others read to the end is whole."""


class Job(NamedTuple):
    """A file to be read: its path, its name in the tables, its number, where parts go.

    Of a large file of lines a job may be a stretch, from byte `start` to before `end`. `found` is
    the state of the file when its reading was planned.
    """

    path: str
    source_file: str
    number: int
    folder: str
    strict: bool
    columns: dict[str, str] | None = None
    start: int = 0
    end: int | None = None
    limits: Limits = USUAL
    time_zone: str | None = None
    found: State | None = None

    @property
    def size(self) -> int:
        """How many bytes are to be read."""
        return (self.state.size if self.end is None else self.end) - self.start

    @property
    def state(self) -> State:
        """The state of the file as it was found, else as it is now."""
        return state(Path(self.path)) if self.found is None else State(*self.found)


def how_many(workers: int | None, sizes: Sequence[int]) -> int:
    """Return how many workers to start; small archives are read by this process alone."""
    if workers is not None:
        return max(1, min(workers, len(sizes)))
    if sum(sizes) < _ALONE_BYTES:
        return 1
    return max(1, min(cores(), len(sizes)))


def run(
    jobs: Sequence[Job],
    workers: int,
    on_bytes: Callable[[int], object],
    on_done: Callable[[Job, dict[str, object]], object] = lambda *_: None,
    *,
    meanwhile: Callable[[], object] = lambda: None,
) -> Counts:
    """Read all files, and return their counts in the order of the jobs.

    `on_done` is told of each as soon as it was read to its end; `meanwhile` is called once
    other processes are at work.
    """
    by_number = {job.number: job for job in jobs}
    counts = []
    # Workers end with the answers, also where one of these is an error.
    answering = (
        _side_by_side(jobs, workers, meanwhile) if workers > 1 else _one_by_one(jobs, on_bytes)
    )
    with contextlib.closing(answering) as answers:
        for count in told(_without_bytes(answers, on_bytes)):
            said = {name: value for name, value in count.items() if name != "number"}
            on_done(by_number[count["number"]], said)
            counts.append(count)
    return ordered(counts)


def ordered(counts: Iterable[dict[str, Any]]) -> Counts:
    """Return counts in the order of their jobs' numbers."""
    by_number = {count.pop("number"): count for count in counts}
    return [by_number[number] for number in sorted(by_number)]


def _without_bytes(
    answers: Iterable[tuple[str, object]], on_bytes: Callable[[int], object]
) -> Iterator[tuple[str, object]]:
    for kind, value in answers:
        if kind == "bytes":
            on_bytes(int(str(value)))
        else:
            yield kind, value


def told(answers: Iterable[tuple[str, object]]) -> Iterator[dict[str, Any]]:
    """Yield the counts among what workers answer, and raise what stopped one."""
    for kind, value in answers:
        if kind == "counts" and isinstance(value, dict):
            yield value
        elif kind == "os error" and isinstance(value, list):
            raise OSError(*value)
        else:
            raise WorkerError(
                "a worker stopped",
                got=str(value),
                hint="Read again with workers=1; into a named folder, only what is left is read",
            )


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _side_by_side(
    jobs: Sequence[Job], workers: int, meanwhile: Callable[[], object]
) -> Generator[tuple[str, object], None, None]:
    """Yield what workers answer; the largest files are begun first."""
    waiting = sorted(jobs, key=lambda job: (job.size, -job.number))
    answers: SimpleQueue[tuple[str, object]] = SimpleQueue()
    with contextlib.ExitStack() as stack:
        for _ in range(workers):
            process = _started()
            stack.callback(_ended, process)
            Thread(target=_drive, args=(process, waiting, answers), daemon=True).start()
        meanwhile()
        left, alive = len(jobs), workers
        while left and alive:
            kind, value = answers.get()
            alive -= kind == "end"
            left -= kind in _LAST
            if kind != "end":
                yield kind, value
        if left:
            yield "error", "it ended before its files were read"


def _one_by_one(
    jobs: Sequence[Job], on_bytes: Callable[[int], object]
) -> Generator[tuple[str, object], None, None]:
    """Yield what would be a worker's answers, from this process."""
    from spread.archive._serving import read

    for job in jobs:
        yield "counts", read(job, on_bytes) | {"number": job.number}


def _started() -> subprocess.Popen[str]:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path)),
        # NumPy's threads for linear algebra, of which reading does none, spin when they start.
        "OPENBLAS_NUM_THREADS": "1",
    }
    return subprocess.Popen(
        # -P: what lies in the folder of the shell is run by nobody.
        [sys.executable, "-P", "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
    )


def _ended(process: subprocess.Popen[str]) -> None:
    """Kill a worker and close its pipes; what a dead worker never read is no error here."""
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            if pipe is not None:
                pipe.close()


def _drive(
    process: subprocess.Popen[str], waiting: list[Job], answers: SimpleQueue[tuple[str, object]]
) -> None:
    """Give one worker job after job, and pass on what it answers."""
    with contextlib.suppress(OSError, IndexError, ValueError):
        while process.stdin and process.stdout:
            job = waiting.pop()
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
            for line in process.stdout:
                kind, value = json.loads(line)
                answers.put((kind, value))
                if kind in _LAST:
                    break
            else:
                # Killed, for its memory perhaps: what others still read would be in vain.
                answers.put(("error", f"it ended while it read {job.source_file}"))
    answers.put(("end", None))
