"""Many searches of one graph, on every core; the same whatever the number of workers.

igraph holds Python's lock while it searches, so threads do not help. Workers are started
as programs rather than forked: a fork is unsafe beside an engine's threads, and what
`multiprocessing` starts runs a script without a main guard again.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

import igraph
import numpy as np

from spread._errors import SpreadError
from spread._random import igraph_random, stream
from spread.communities._flat import Flat
from spread.communities._search import Found, Labels, Settings, search, summed

__all__ = ["Job", "run"]

_PROGRAM: Final = "from spread.communities._workers import serve; serve()"
# A million edges take about three seconds; a worker takes one to start.
_ALONE_EDGES: Final = 4_000_000
_SWAPS_PER_EDGE: Final = 10


class Job(NamedTuple):
    """`run`: search the graph; `rewired`, `resampled`: search what chance makes of it."""

    kind: str
    number: int


def run(
    edges: Flat, settings: Settings, jobs: Sequence[Job], *, workers: int | None = None
) -> list[Found]:
    """Return what each job finds, in order; None for workers takes the cores it is worth."""
    count = _how_many(workers, len(edges.weight) * len(jobs), len(jobs))
    # Neighbouring jobs are alike in cost, so each worker takes a few from everywhere.
    pairs = [jobs[first : first + 2] for first in range(0, len(jobs), 2)]
    shares = [[job for pair in pairs[worker::count] for job in pair] for worker in range(count)]
    with contextlib.ExitStack() as stack:
        others = _started(edges, settings, shares[1:], stack) if count > 1 else []
        found = dict(zip(shares[0], (_do(edges, settings, job) for job in shares[0]), strict=True))
        for share, (process, answer) in zip(shares[1:], others, strict=True):
            if process.wait():
                raise SpreadError("a worker stopped", hint="Try workers=1")
            found |= zip(share, _read(answer), strict=True)
    return [found[job] for job in jobs]


def serve() -> None:
    """Do the jobs of the file named on the command line, and write beside it what they find."""
    question, answer = (Path(argument) for argument in sys.argv[1:3])
    with np.load(question) as asked:
        size, directed, seed = int(asked["size"]), bool(asked["directed"]), int(str(asked["seed"]))
        names = tuple(str(number) for number in range(size))
        edges = Flat(names, asked["source"], asked["target"], asked["weight"], directed)
        settings = Settings(str(asked["method"]), float(asked["resolution"]), seed)
        jobs = [
            Job(str(kind), int(number))
            for kind, number in zip(asked["kinds"], asked["numbers"], strict=True)
        ]
    found = [_do(edges, settings, job) for job in jobs]
    np.savez(
        answer,
        scores=np.array([each.score for each in found]),
        ends=np.cumsum([len(each.labels) for each in found]),
        labels=np.concatenate([each.labels for each in found]),
    )


def _do(edges: Flat, settings: Settings, job: Job) -> Found:
    if job.kind == "run":
        searched = summed(edges) if settings.method == "louvain" else edges
        return search(searched, settings, 1, job.number, scattered=job.number % 2 == 1)
    if job.kind == "rewired":
        null = _rewired(edges, settings.seed, job.number)
        null = summed(null) if settings.method == "louvain" else null
        return Found(np.zeros(0, dtype=np.int64), search(null, settings, 4, job.number).score)
    sample = _resampled(edges, settings.seed, job.number)
    sample = summed(sample) if settings.method == "louvain" else sample
    labels, score = search(sample, settings, 6, job.number)
    present = np.bincount(np.r_[sample.source, sample.target], minlength=len(labels)) > 0
    return Found(np.where(present, labels, -1), score)


def _rewired(edges: Flat, seed: int, number: int) -> Flat:
    """Return the graph with its edges swapped at random and its weights dealt out anew."""
    swapped: igraph.Graph = edges.engine.copy()
    with igraph_random(seed, 2, number):
        swapped.rewire(n=_SWAPS_PER_EDGE * len(edges.weight))
    ends = np.array(swapped.get_edgelist(), dtype=np.int64)
    weight = stream(seed, 3, number).permutation(edges.weight)
    return replace(edges, source=ends[:, 0], target=ends[:, 1], weight=weight, given=None)


def _resampled(edges: Flat, seed: int, number: int) -> Flat:
    """Return as many edges drawn with replacement; one drawn twice weighs twice."""
    count = len(edges.weight)
    drawn = np.bincount(stream(seed, 5, number).integers(0, count, count), minlength=count)
    kept = drawn > 0
    return replace(
        edges,
        source=edges.source[kept],
        target=edges.target[kept],
        weight=edges.weight[kept] * drawn[kept],
        given=None,
    )


def _how_many(workers: int | None, edges: int, jobs: int) -> int:
    if workers is None and (edges < _ALONE_EDGES or not sys.executable):
        return 1
    return max(1, min(workers or _cores(), (jobs + 1) // 2))


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _started(
    edges: Flat, settings: Settings, shares: Sequence[list[Job]], stack: contextlib.ExitStack
) -> list[tuple[subprocess.Popen[bytes], Path]]:
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="spread-")))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    processes = []
    for number, share in enumerate(shares):
        question, answer = folder / f"{number}.npz", folder / f"{number}-found.npz"
        _write(question, edges, settings, share)
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(question), str(answer)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=environment,
        )
        # Before the folder goes: what is still running must not hold a file in it.
        stack.callback(_ended, process)
        processes.append((process, answer))
    return processes


def _ended(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _write(path: Path, edges: Flat, settings: Settings, jobs: Sequence[Job]) -> None:
    np.savez(
        path,
        source=edges.source,
        target=edges.target,
        weight=edges.weight,
        size=len(edges.names),
        directed=edges.directed,
        method=settings.method,
        resolution=settings.resolution,
        seed=str(settings.seed),
        kinds=[job.kind for job in jobs],
        numbers=[job.number for job in jobs],
    )


def _read(path: Path) -> list[Found]:
    with np.load(path) as found:
        labels: list[Labels] = np.split(found["labels"], found["ends"][:-1])
        return [Found(*each) for each in zip(labels, found["scores"].tolist(), strict=True)]
