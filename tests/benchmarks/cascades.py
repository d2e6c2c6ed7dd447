"""How long trees and their expectations take: python tests/benchmarks/cascades.py [events]

CPU seconds of this process, best of a few; the peer is the published recursion written
plainly in numpy (one parent distribution an event, dense), timed in the same run on fewer
events, since it grows with their square or cube, and named with its size.
"""

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from spread import cascade, excitation, trees
from spread._random import stream

RATE = 6.8e-5
KERNELS = {
    "exponential": excitation.exponential(RATE),
    "Omori": excitation.omori(300, 0.8, beta=0.5),
}


def seconds(action: Callable[[], object], *, times: int = 3) -> float:
    """Return the least CPU time of a few, after one for compilation."""
    action()
    spent = []
    for _ in range(times):
        start = time.process_time()
        action()
        spent.append(time.process_time() - start)
    return min(spent)


def dense(times_s: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """Return p[i, j], the probability that i is j's parent: O(n²)."""
    p = np.zeros((len(times_s), len(times_s)))
    for j in range(1, len(times_s)):
        weight = marks[:j] * np.exp(-RATE * (times_s[j] - times_s[:j]))
        p[:j, j] = weight / weight.sum()
    return p


def dense_tree(times_s: np.ndarray, marks: np.ndarray) -> list[int]:
    """Draw one tree, event by event: O(n²)."""
    rng, parents = np.random.default_rng(1), [-1]
    for j in range(1, len(times_s)):
        weight = marks[:j] * np.exp(-RATE * (times_s[j] - times_s[:j]))
        parents.append(int(rng.choice(j, p=weight / weight.sum())))
    return parents


def dense_influence(times_s: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """Return the published recursion m_ij = Σ_k m_ik p_kj: O(n³)."""
    p, m = dense(times_s, marks), np.eye(len(times_s))
    for j in range(1, len(times_s)):
        m[:j, j] = m[:j, :j] @ p[:j, j]
    return m.sum(axis=1)


def dense_virality(times_s: np.ndarray, marks: np.ndarray) -> float:
    """Return the mean expected distance, pair by pair: O(n³)."""
    p, d = dense(times_s, marks), np.zeros((len(times_s), len(times_s)))
    for j in range(1, len(times_s)):
        d[j, :j] = d[:j, j] = 1 + p[:j, j] @ d[:j, :j]
    return float(d.sum() / (len(times_s) * (len(times_s) - 1)))


def one_cascade(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return an event a second, with marks as skewed as follower counts."""
    rng = np.random.default_rng(1)
    return np.cumsum(rng.exponential(1.0, n)), np.floor(rng.pareto(1.2, n) * 100) + 1


def forest(n: int, kernel: excitation.Kernel, drawn: int) -> trees.Forests:
    """Return n events in n / 10 cascades of heavy-tailed sizes."""
    rng = np.random.default_rng(2)
    shares = rng.pareto(1.1, n // 10) + 0.1
    sizes = 1 + rng.multinomial(n - n // 10, shares / shares.sum())
    offsets = np.append(0, np.cumsum(sizes)).astype(np.int64)
    numbers = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    event = (np.arange(n) - offsets[numbers]).astype(np.int32)
    at_s = rng.pareto(0.5, n) * 60
    at_s[offsets[:-1]] = 0
    at_s = at_s[np.lexsort((at_s, numbers))]
    ids = event.astype(str)
    events = pd.DataFrame({"cascade": numbers, "event": event, "tweet_id": ids, "user_id": ids})
    events = events.assign(at_s=at_s, mark=np.floor(rng.pareto(1.2, n) * 100) + 1)
    known = excitation.posterior(at_s, events["mark"], kernel, offsets=offsets)
    root_at = pd.DatetimeIndex(np.zeros(len(sizes), "datetime64[us]")).tz_localize("UTC")
    return trees.Forests(events, offsets, known, "posterior", drawn, 1, {}, root_at)


def row(what: str, spent: float, target: str, peer: float = np.nan, beside: str = "") -> None:
    """Print one line of the table."""
    found = f"{peer:9.3f}  {beside}" if beside else ""
    print(f"{what:58}{spent:9.3f}  {target:8}{found}", flush=True)


def single(n: int) -> None:
    """One large cascade against the plain recursions."""
    times_s, marks = one_cascade(n)
    few = one_cascade(1000)
    beside = "numpy, 1,000 events"
    for name, kernel in KERNELS.items():
        known = excitation.posterior(times_s, marks, kernel)
        peer = seconds(lambda: dense_tree(*few), times=1)
        spent = seconds(lambda known=known: known.draw(stream(1, 0)))
        row(f"one tree of {n:,} events, {name}", spent, "<= 0.3", peer, beside)
    peer = seconds(lambda: dense_influence(*few), times=1)
    spent = seconds(lambda: cascade.influence(times_s, marks, rate=RATE))
    row(f"exact influence of {n:,} events", spent, "<= 0.1", peer, beside)
    peer = seconds(lambda: dense_virality(*few), times=1)
    spent = seconds(lambda: cascade.expected_virality(times_s, marks, rate=RATE))
    row(f"exact virality of {n:,} events", spent, "<= 0.1", peer, beside)
    spent = seconds(lambda: cascade.expected_credit(times_s, marks, rate=RATE), times=1)
    row(f"exact credit of {n:,} events", spent, "")
    parents = (stream(1, 0).random(10 * n) * np.arange(10 * n)).astype(np.int32)
    parents[0] = -1
    spent = seconds(lambda: trees.structural_virality(parents))
    row(f"structural virality of {10 * n:,} events", spent, "<= 2")


def many(n: int, drawn: int = 200) -> None:
    """Many trees of many cascades, and their metrics."""
    for name, kernel in KERNELS.items():
        forests = forest(n, kernel, drawn)
        wall, cpu = time.perf_counter(), time.process_time()
        deepest = max(forests.each(lambda parents: int(trees.depths(parents).max())))
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        what = f"{drawn} trees of {len(forests):,} cascades, {name}, CPU of all threads"
        row(what, cpu, "<= 120")
        row("    the same, on the clock", wall, "<= 60")
        few = forest(n, kernel, 5)
        row(
            "    metrics, a tree",
            seconds(lambda few=few: cascade.metrics(few), times=1) / 5,
            "<= 1",
        )
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        row(f"    GB held at most so far (deepest event: {deepest})", peak, "<= 2")


def main() -> None:
    """Print seconds beside targets and peers."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(f"{'':58}{'seconds':>9}  {'target':8}{'peer':>9}")
    many(n)
    single(n)


if __name__ == "__main__":
    main()
