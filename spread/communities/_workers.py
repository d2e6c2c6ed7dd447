"""Many searches of one graph, on every core; the same whatever the number of workers.

igraph holds Python's lock while it searches, so threads do not help. Workers are started
as programs rather than forked: a fork is unsafe beside an engine's threads, and what
`multiprocessing` starts runs a script without a main guard again.
"""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

import numpy as np

from spread._arguments import require_count
from spread._errors import SpreadError
from spread.communities._chance import resampled, rewired
from spread.communities._flat import Flat, arrays
from spread.communities._search import Found, Labels, Settings, search, summed

__all__ = ["Job", "Task", "each", "run"]

# Ctrl-C ends it without a word.
# Without the modules beside this one, which take most of a second to load.
_PROGRAM: Final = """
import signal, sys, types
signal.signal(signal.SIGINT, signal.SIG_DFL)
import spread
room = sys.modules["spread.communities"] = types.ModuleType("spread.communities")
room.__path__ = [f"{spread.__path__[0]}/communities"]
from spread.communities._workers import serve
serve()
"""
# A million edges take five seconds or more; a worker takes one to start.
_ALONE_EDGES: Final = 1_000_000
_DEARER: Final = 1.4
_COLUMNS: Final = ("graph", "method", "resolution", "seed", "tolerance", "kind", "number")


class Job(NamedTuple):
    """`run`: search the graph; `rewired`, `resampled`: search what chance makes of it."""

    kind: str
    number: int


class Task(NamedTuple):
    """A job on a graph of its own."""

    edges: Flat
    settings: Settings
    job: Job


def run(
    edges: Flat, settings: Settings, jobs: Sequence[Job], *, workers: int | None = None
) -> list[Found]:
    """Return what each job finds, in order; None for workers takes the cores it is worth."""
    return each([Task(edges, settings, job) for job in jobs], workers=workers)


def each(tasks: Sequence[Task], *, workers: int | None = None) -> list[Found]:
    """Return what each task finds, in order; None for workers takes the cores it is worth."""
    edges = sum(task.edges.count for task in tasks)
    shares = _shared_out(tasks, _how_many(workers, edges, len(tasks)))
    if len(shares) == 1:
        return [_do(*task) for task in tasks]
    found: dict[int, Found] = {}
    with contextlib.ExitStack() as stack:
        # None of it here: a search would keep threads beside this one waiting.
        parts = [[tasks[number] for number in share] for share in shares]
        for share, (process, answer) in zip(shares, _started(parts, stack), strict=True):
            if process.wait():
                raise SpreadError("a worker stopped", hint="Try workers=1")
            found |= zip(share, _read(answer), strict=True)
    return [found[number] for number in range(len(tasks))]


def serve() -> None:
    """Do the tasks of the file named on the command line, and write beside it what they find."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    question, answer = (Path(argument) for argument in sys.argv[1:3])
    with np.load(question) as asked:
        found = [_do(*task) for task in _tasks(asked)]
    np.savez(
        answer,
        scores=np.array([each.score for each in found]),
        ends=np.cumsum([len(each.labels) for each in found]),
        labels=np.concatenate([each.labels for each in found]),
    )


def _end_with_parent() -> None:
    """End where whoever started this program has ended: nobody reads the answer."""
    os.read(0, 1)
    os._exit(1)


def _tasks(asked: Mapping[str, Any]) -> list[Task]:
    """Return the tasks that `_write` wrote."""
    graphs = [
        arrays(
            [str(number) for number in range(size)],
            asked[f"source{graph}"],
            asked[f"target{graph}"],
            asked[f"weight{graph}"],
            directed=bool(directed),
        )
        for graph, (size, directed) in enumerate(asked["graphs"].tolist())
    ]
    return [
        Task(graphs[graph], Settings(method, resolution, int(seed), tolerance), Job(kind, number))
        for graph, method, resolution, seed, tolerance, kind, number in zip(
            *(asked[name].tolist() for name in _COLUMNS), strict=True
        )
    ]


def _do(edges: Flat, settings: Settings, job: Job) -> Found:
    if job.kind == "run":
        searched = summed(edges) if settings.method == "louvain" else edges
        return search(searched, settings, 1, job.number, scattered=job.number % 2 == 1)
    if job.kind == "rewired":
        null = rewired(edges, settings.seed, job.number)
        null = summed(null) if settings.method == "louvain" else null
        return Found(np.zeros(0, dtype=np.int64), search(null, settings, 4, job.number).score)
    sample = resampled(edges, settings.seed, job.number)
    sample = summed(sample) if settings.method == "louvain" else sample
    labels, score = search(sample, settings, 6, job.number)
    present = np.bincount(np.r_[sample.source, sample.target], minlength=len(labels)) > 0
    return Found(np.where(present, labels, -1), score)


def _how_many(workers: int | None, edges: int, jobs: int) -> int:
    if workers is not None:
        require_count("workers", workers)
    if workers is None and (edges < _ALONE_EDGES or not sys.executable):
        return 1
    return max(1, min(workers or _cores(), (jobs + 1) // 2))


def _shared_out(tasks: Sequence[Task], workers: int) -> list[list[int]]:
    """Return the numbers of each worker's tasks: the dearest first, to whom has least."""
    cost = [task.edges.count * (_DEARER if task.job.kind == "rewired" else 1.0) for task in tasks]
    shares: list[list[int]] = [[] for _ in range(workers)]
    held = [0.0] * workers
    for number in sorted(range(len(tasks)), key=lambda number: -cost[number]):
        least = held.index(min(held))
        shares[least].append(number)
        held[least] += cost[number]
    return shares


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _started(
    shares: Sequence[Sequence[Task]], stack: contextlib.ExitStack
) -> list[tuple[subprocess.Popen[bytes], Path]]:
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="spread-")))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    processes = []
    for number, share in enumerate(shares):
        question, answer = folder / f"{number}.npz", folder / f"{number}-found.npz"
        _write(question, share)
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(question), str(answer)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=environment,
        )
        # Before the folder goes: what is still running must not hold a file in it.
        stack.callback(_ended, process)
        processes.append((process, answer))
    return processes


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    # Waits for its end and closes what leads to it.
    process.communicate()


def _write(path: Path, tasks: Sequence[Task]) -> None:
    graphs = list({id(task.edges): task.edges for task in tasks}.values())
    place = {id(edges): graph for graph, edges in enumerate(graphs)}
    rows = [
        (place[id(edges)], method, resolution, str(seed), tolerance, *job)
        for edges, (method, resolution, seed, tolerance), job in tasks
    ]
    arrays: dict[str, Any] = {
        f"{name}{graph}": getattr(edges, name)
        for graph, edges in enumerate(graphs)
        for name in ("source", "target", "weight")
    }
    sizes = np.array([(len(edges.names), edges.directed) for edges in graphs])
    arrays |= zip(_COLUMNS, map(np.array, zip(*rows, strict=True)), strict=True)
    np.savez(path, graphs=sizes, **arrays)


def _read(path: Path) -> list[Found]:
    with np.load(path) as found:
        labels: list[Labels] = np.split(found["labels"], found["ends"][:-1])
        return [Found(*each) for each in zip(labels, found["scores"].tolist(), strict=True)]
