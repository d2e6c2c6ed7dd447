"""Many runs of a model at a time: as Forests, or as how many are reached."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_count
from spread._errors import UsageError
from spread._intervals import Z_95
from spread._random import resolve_seed, stream
from spread.diffusion import _runs
from spread.diffusion._draws import begin
from spread.diffusion._edges import Edges, positions, read_edges
from spread.trees import Forests, observed

__all__ = ["expected_spread", "independent_cascade", "linear_threshold"]

_MOST_EVENTS = 50_000_000

Ints = NDArray[np.int32]
Run = Callable[[int, NDArray[np.uint64], Ints, Ints, Ints], int]


def independent_cascade(
    graph: Any,
    seeds: Any,
    *,
    p: float | str | NDArray[np.float64],
    runs: int,
    rng: np.random.Generator | int | None = None,
) -> Forests:
    """Simulate the independent cascade: whoever is reached tries each out-edge once.

    Parameters
    ----------
    graph
        An igraph graph whose edges lead from who influences to who is influenced (an edge of
        an undirected one leads both ways), or a frame with source and target.
    seeds
        Vertices reached at the start, by name; by number where vertices have none.
    p
        The chance that an edge passes it on: one number, one for each edge in order, or
        the name of an edge attribute or column. Nothing is assumed.
    runs
        How many runs.
    rng
        Seed. The same seed gives the same runs, whatever the number of processors.

    Returns
    -------
    Forests
        One cascade a run and seed, by run and seed: whoever the seed reached, of several
        that succeed in one round each with the same chance. `at_s` is the round, `mark` the
        number of out-edges (at least 1), `tweet_id` RUN:VERTEX. `parameters` tells model,
        runs and seeds.

    Raises
    ------
    UsageError
        A chance is absent or no probability, a seed is not in the graph, there is no run,
        or the runs reach more than 50 million vertices together (`expected_spread` holds
        their numbers alone).

    References
    ----------
    Kempe, Kleinberg, Tardos 2003, https://doi.org/10.1145/956750.956769

    Examples
    --------
    >>> import igraph
    >>> chain = igraph.Graph([(0, 1), (1, 2)], directed=True)
    >>> forests = independent_cascade(chain, [0], p=1.0, runs=2, rng=1)
    >>> len(forests), forests.events.user_id.tolist()
    (2, ['0', '1', '2', '0', '1', '2'])
    """
    edges = read_edges(graph, p, called="p")
    start, seed = positions(edges.names, seeds, what="seed"), resolve_seed(rng)
    vertices = len(edges.names)
    seen = np.full(vertices, -1, np.int64)
    place, wins = np.empty(vertices, np.int32), np.empty(vertices, np.int32)
    log_failure = _log_failure(edges.alike)

    def run(number: int, state: Any, order: Ints, parent: Ints, when: Ints) -> int:
        return _runs.cascade_run(
            edges.offsets, edges.targets, edges.values, log_failure, start, number, state,
            seen, place, wins, order, parent, when,
        )  # fmt: skip

    return _forests(edges, run, "independent cascade", start, runs, seed)


def linear_threshold(
    graph: Any,
    seeds: Any,
    *,
    weights: float | str | NDArray[np.float64],
    runs: int,
    rng: np.random.Generator | int | None = None,
) -> Forests:
    """Simulate the linear threshold model: reached once enough in-neighbours are.

    A vertex is reached once the weights of its reached in-neighbours pass its threshold,
    uniform on 0 to 1 in each run.

    Parameters
    ----------
    graph, seeds, runs, rng
        As in `independent_cascade`.
    weights
        How much an edge weighs for its target: one number, one for each edge, or the name
        of an edge attribute or column. The weights into a vertex sum to at most 1.

    Returns
    -------
    Forests
        As of `independent_cascade`; the parent is the neighbour that passed the threshold.

    Raises
    ------
    UsageError
        As `independent_cascade`; or the weights into a vertex sum to more than 1.

    References
    ----------
    Granovetter 1978, https://doi.org/10.1086/226707; Kempe, Kleinberg, Tardos 2003,
    https://doi.org/10.1145/956750.956769

    Examples
    --------
    >>> import igraph
    >>> chain = igraph.Graph([(0, 1), (1, 2)], directed=True)
    >>> linear_threshold(chain, [0], weights=1.0, runs=1, rng=1).events.at_s.tolist()
    [0.0, 1.0, 2.0]
    """
    edges = _weighted(graph, weights)
    start, seed = positions(edges.names, seeds, what="seed"), resolve_seed(rng)
    vertices = len(edges.names)
    seen, touched = (np.full(vertices, -1, np.int64) for _ in range(2))
    threshold, pressure = np.empty(vertices), np.empty(vertices)

    def run(number: int, state: Any, order: Ints, parent: Ints, when: Ints) -> int:
        return _runs.threshold_run(
            edges.offsets, edges.targets, edges.values, start, number, state, seen, touched,
            threshold, pressure, order, parent, when,
        )  # fmt: skip

    return _forests(edges, run, "linear threshold", start, runs, seed)


def expected_spread(
    graph: Any,
    seeds: Any,
    *,
    p: float | str | NDArray[np.float64] | None = None,
    weights: float | str | NDArray[np.float64] | None = None,
    runs: int = 1000,
    workers: int | None = None,
    rng: np.random.Generator | int | None = None,
) -> pd.Series:
    """Return how many vertices are reached on average, with its interval; no tree is kept.

    The same runs as `independent_cascade` (where `p` is given) or `linear_threshold`
    (`weights`) with that seed, over all processors.

    Parameters
    ----------
    graph, seeds, p, weights, runs, rng
        As there; exactly one of `p` and `weights`.
    workers
        How many threads; None for one a processor. The answer is the same.

    Returns
    -------
    Series
        mean, mean_low, mean_high (95 %, of the mean, by the normal law over runs), low, high
        (95 % of the runs), runs, seed.

    Raises
    ------
    UsageError
        As there.

    References
    ----------
    Kempe, Kleinberg, Tardos 2003, https://doi.org/10.1145/956750.956769. The interval is that of
    the simulation: doubt about `p`, `weights` and the graph is not in it.

    Examples
    --------
    >>> import igraph
    >>> chain = igraph.Graph([(0, 1), (1, 2)], directed=True)
    >>> float(expected_spread(chain, [0], p=1.0, runs=10, rng=1)["mean"])
    3.0
    """
    if (p is None) == (weights is None):
        raise UsageError("the model is not clear", allowed="exactly one of p and weights")
    edges = read_edges(graph, p, called="p") if p is not None else _weighted(graph, weights)
    start, seed = positions(edges.names, seeds, what="seed"), resolve_seed(rng)
    runs = require_count("runs", runs)
    sizes = np.empty(runs, np.int64)
    threads = os.cpu_count() or 1 if workers is None else require_count("workers", workers)
    threads = min(threads, runs)
    bounds = np.linspace(0, runs, threads + 1).astype(int)

    drawn = _of_kernel(seed)

    def part(first: int, last: int) -> None:
        arrays = (edges.offsets, edges.targets, edges.values)
        if p is None:
            _runs.threshold_sizes(*arrays, start, first, sizes[first:last], drawn)
        else:
            log_failure = _log_failure(edges.alike)
            _runs.cascade_sizes(*arrays, log_failure, start, first, sizes[first:last], drawn)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(part, bounds[:-1], bounds[1:]))
    mean, error = sizes.mean(), sizes.std(ddof=1) / np.sqrt(runs) if runs > 1 else np.nan
    low, high = np.quantile(sizes, [0.025, 0.975])
    return pd.Series(
        {
            "mean": mean, "mean_low": mean - Z_95 * error, "mean_high": mean + Z_95 * error,
            "low": low, "high": high, "runs": runs, "seed": seed,
        },
        dtype=object,
    )  # fmt: skip


def _weighted(graph: Any, weights: Any) -> Edges:
    edges = read_edges(graph, weights, called="weights")
    into = np.bincount(edges.targets, edges.values, minlength=len(edges.names))
    # The sum of a few thousand weights such as 1/degree is 1 up to rounding.
    if len(into) and into.max() > 1 + 1e-9:
        raise UsageError(
            "the weights into a vertex sum to more than 1",
            got=f"{into.max():.4g} into {edges.names[int(into.argmax())]!r}",
            hint="Divide each weight by the sum into its target",
        )
    return edges


def _log_failure(alike: float) -> float:
    """Return ln(1 − p) where failures can be skipped at once, else NaN."""
    return float(np.log1p(-alike)) if alike < 1 else float("nan")


def _of_kernel(seed: int) -> int:
    """Return a seed that 63 bits hold: itself where it is one."""
    return seed if seed < 2**63 else int(stream(seed).integers(2**63))


def _forests(edges: Edges, run: Run, method: str, start: Ints, runs: int, seed: int) -> Forests:
    runs = require_count("runs", runs)
    vertices = len(edges.names)
    order, parent, when = (np.empty(vertices, np.int32) for _ in range(3))
    state = np.empty(1, np.uint64)
    parts, total = [], 0
    for number in range(runs):
        begin(_of_kernel(seed), number, state)
        count = run(number, state, order, parent, when)
        total += count
        if total > _MOST_EVENTS:
            raise UsageError(
                "the runs reach too many vertices to hold their trees",
                got=f"{total:,} in {number + 1:,} of {runs:,} runs",
                allowed=f"{_MOST_EVENTS:,}",
                hint="Take fewer runs, or expected_spread",
            )
        parts.append((order[:count].copy(), parent[:count].copy(), when[:count].copy()))
    parameters = {"runs": runs, "seeds": [str(edges.names[v]) for v in start], "seed": seed}
    return _assembled(edges, parts, method, len(start), parameters)


def _assembled(
    edges: Edges, parts: list[tuple[Ints, Ints, Ints]], method: str, seeds: int, facts: Any
) -> Forests:
    """Return runs as trees: each run's vertices by the seed that they go back to."""
    sizes = np.array([len(order) for order, _, _ in parts])
    run = np.repeat(np.arange(len(parts)), sizes)
    first = np.repeat(np.cumsum(sizes) - sizes, sizes)
    order, parent, when = (np.concatenate([part[i] for part in parts]) for i in range(3))
    above = np.where(parent < 0, -1, parent + first).astype(np.int64)
    root = _runs.roots(above)
    cascade = run * seeds + (root - first)
    rows = np.lexsort((np.arange(len(order)), cascade))
    place = np.empty(len(rows), np.int64)
    place[rows] = np.arange(len(rows))
    parents = np.where(above[rows] < 0, -1, place[above[rows]])
    cascade = cascade[rows]
    starts = np.flatnonzero(np.diff(cascade, prepend=-1))
    event = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    names = pd.Series(edges.names[order[rows]]).astype(str)
    events = pd.DataFrame(
        {
            "cascade": cascade.astype(np.int32),
            "event": event.astype(np.int32),
            "tweet_id": pd.Series(run[rows]).astype(str) + ":" + names,
            "user_id": names,
            "at_s": when[rows].astype(float),
            "mark": np.maximum(np.diff(edges.offsets)[order[rows]], 1).astype(float),
        }
    )
    return observed(events, parents, method=method, parameters=facts)
