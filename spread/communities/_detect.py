"""Find communities: several seeded runs, the best of them, and what chance would give."""

from collections.abc import Sequence
from typing import Final

import igraph
import numpy as np

from spread._arguments import (
    require_count,
    require_instance,
    require_number,
    require_one_of,
)
from spread._errors import UsageError
from spread._random import resolve_seed
from spread.communities._agreement import agreement
from spread.communities._flat import Flat, as_is, flat, quality
from spread.communities._partition import Partition
from spread.communities._search import METHODS, SAME, Found, Settings, objective
from spread.communities._workers import Job, run

__all__ = ["check", "detect", "modularity", "record"]

_REWIRINGS: Final = 20
_REWIRED_MOST: Final = 100_000
_TIED: Final = 1e-12


def detect(
    graph: igraph.Graph,
    *,
    method: str = "leiden",
    resolution: float = 1.0,
    runs: int = 20,
    rewirings: int | None = None,
    tolerance: float = SAME,
    workers: int | None = None,
    rng: np.random.Generator | int | None = None,
) -> Partition:
    """Return the best partition over several seeded runs: by default, of highest modularity.

    The result depends on the seed, not on the order of edges, nor of vertices that have
    names. Loops are left out and parallel edges summed. Of runs of the same quality the
    first is taken. Leiden repeats its rounds until one adds less than `tolerance` times the
    quality. Every second run of it starts from communities drawn at random instead of
    single nodes: runs that all start alike can all end in the same trap.

    **Agreement.** In another run, the counterpart of a community is the community with
    which it has the highest Jaccard index, provided the two choose each other (ties: the
    smaller label). That run agrees about a node if it lies in the counterpart of its
    community. `agreement` is the share of the other runs that agree. Runs that agree
    are not a proof: they may share an error.

    **Excess.** Modularity is high by chance: a random graph of 200 nodes and 400 edges
    reaches 0.52. Rewired graphs keep each node's numbers of in- and out-edges, and the
    weights, dealt out at random, after ten swaps an edge; beyond 50,000 edges all ends are
    dealt out at once, and again where that gives loops or a pair twice. They are searched
    once each, and so compared with the median of the runs. Where that is not above all of
    them, communities are `cannot_tell`; on a graph without any that happens with
    probability about `rewirings` / (`rewirings` + 1).

    Parameters
    ----------
    graph
        Vertices by `name`, edges by `weight` (1 where there is none).
    method
        `leiden`: Leiden on directed modularity (undirected for an undirected graph).
        `cpm`: Leiden on the constant Potts model, Q = Σ_ij,i≠j [A_ij − γ] δ_ij, which
        knows no resolution limit; γ is a density of links, and 1 leaves most nodes alone.
        `infomap`: the two-level map equation of a random walk, directed, with unrecorded
        teleportation; `quality` is the code length in bits a step, where less is
        better. It needs the package infomap: `pip install "spread[infomap]"`.
        `louvain`: python-louvain, for comparison with older work; undirected: the
        weights of both directions are summed, and `quality` is of that graph.
    resolution
        γ > 0; above 1 gives more and smaller communities. Infomap has none.
    runs
        How many searches.
    rewirings
        How many rewired graphs; None takes 20 where there is more than one run and at
        most 100,000 edges, and otherwise none.
    tolerance
        Of Leiden's rounds the first add nearly all; a thousandth takes a fifth of the time
        of a millionth and loses about a half percent of the quality, in rewired graphs as well.
    workers
        How many processes search; None takes one for each core where that saves time. The
        result is the same for any number.
    rng
        A generator, a seed, or None for a fresh one.

    Returns
    -------
    Partition

    Raises
    ------
    UsageError
        The method is unknown or not installed, a number is out of range, or vertices share
        a name.
    SpreadError
        A worker process died.

    References
    ----------
    Traag, Waltman & van Eck (2019), https://doi.org/10.1038/s41598-019-41695-z; directed
    modularity: Leicht & Newman (2008), https://doi.org/10.1103/PhysRevLett.100.118703; Louvain:
    Blondel et al. (2008), https://doi.org/10.1088/1742-5468/2008/10/P10008; constant Potts
    model: Traag, Van Dooren & Nesterov (2011), https://doi.org/10.1103/PhysRevE.84.016114;
    Infomap: Rosvall & Bergstrom (2008), https://doi.org/10.1073/pnas.0706851105; chance:
    Guimerà, Sales-Pardo & Amaral (2004), https://doi.org/10.1103/PhysRevE.70.025101.

    Examples
    --------
    >>> partition = detect(igraph.Graph.Famous("Zachary"), rng=1)
    >>> round(partition.quality, 4), partition.sizes.tolist()
    (0.4198, [12, 11, 6, 5])
    """
    check(method, resolution, runs, rewirings, tolerance)
    seed = resolve_seed(rng)
    edges = flat(graph)
    if rewirings is None:
        rewirings = _REWIRINGS if runs > 1 and edges.count <= _REWIRED_MOST else 0
    rewirings = rewirings if edges.count else 0
    settings = Settings(method, float(resolution), seed, tolerance)
    jobs = [Job("run", number) for number in range(runs)]
    jobs += [Job("rewired", number) for number in range(rewirings)]
    found = run(edges, settings, jobs, workers=workers)
    null = [each.score for each in found[runs:]]
    return record(edges, found=found[:runs], null=null, settings=settings)


def modularity(
    graph: igraph.Graph, labels: Partition | Sequence[int], *, resolution: float = 1.0
) -> float:
    """Return the modularity of a partition of the graph as it is, loops included.

    Directed: Q = (1/m) Σ_ij [A_ij − γ k_i^out k_j^in / m] δ_ij, with m the sum of
    weights; undirected: Q = (1/2m) Σ_ij [A_ij − γ k_i k_j / 2m] δ_ij. All nodes in one
    community give 1 − γ.

    Parameters
    ----------
    graph
        Edges by `weight` (1 where there is none).
    labels
        A partition of its vertices, or a label a vertex in the graph's own order.
    resolution
        γ.

    Returns
    -------
    float
        NaN for a graph without edges.

    References
    ----------
    Leicht & Newman (2008), https://doi.org/10.1103/PhysRevLett.100.118703.

    Examples
    --------
    >>> toy = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3), (0, 3)]
    >>> modularity(igraph.Graph(toy, directed=True), [0, 0, 0, 1, 1, 1])
    0.28125
    """
    require_number("resolution", resolution, above=0)
    edges = as_is(graph)
    if isinstance(labels, Partition):
        of = dict(zip(labels.nodes, labels.labels.tolist(), strict=True))
        if set(edges.names) != set(of):
            raise UsageError("the partition is of another graph", hint="Pass its own graph")
        labels = [of[name] for name in edges.names]
    require_instance("labels", labels, Sequence | np.ndarray, "a partition, or a label a vertex")
    if len(labels) != len(edges.names):
        raise UsageError(
            "a label a vertex is needed", got=f"{len(labels)} for {len(edges.names)} vertices"
        )
    codes = np.unique(np.asarray(labels), return_inverse=True)[1].ravel()
    return quality(edges, codes, resolution=resolution)


def check(
    method: str, resolution: float, runs: int, rewirings: int | None, tolerance: float = SAME
) -> None:
    """Raise where an argument is not what is allowed."""
    require_one_of("method", method, METHODS)
    require_number("resolution", resolution, above=0)
    if method == "infomap" and resolution != 1:
        raise UsageError("infomap has no resolution", got=str(resolution), allowed="1")
    require_number("tolerance", tolerance, above=0, below=1)
    require_count("runs", runs)
    if rewirings is not None:
        require_count("rewirings", rewirings, least=0)


def record(
    edges: Flat,
    *,
    found: Sequence[Found],
    null: Sequence[float],
    settings: Settings,
    chosen: Found | None = None,
    aim: str | None = None,
) -> Partition:
    """Return the best of what was found, or what was chosen otherwise, with its checks."""
    sign = -1 if settings.method == "infomap" else 1
    best = _first_best([sign * each.score for each in found])
    others = [each.labels for number, each in enumerate(found) if chosen or number != best]
    chosen = chosen or found[best]
    labels, agreed = chosen.labels.astype(np.int32), agreement(chosen.labels, others)
    for array in (labels, agreed):
        array.setflags(write=False)
    typical = float(np.median([each.score for each in found]))
    aim = aim or objective(edges, settings.method)
    return Partition(
        nodes=edges.names,
        labels=labels,
        quality=chosen.score,
        method=settings.method,
        objective=aim,
        resolution=settings.resolution,
        runs=len(found),
        seed=settings.seed,
        agreement=agreed,
        typical_quality=typical,
        null_quality=float(np.mean(null)) if null else float("nan"),
        null_high=sign * max((sign * score for score in null), default=float("nan")),
        rewirings=len(null),
        edges=edges.count,
        outside_largest=len(edges.names) - edges.largest(),
        cannot_tell=_cannot_tell(edges, typical, null, settings.method),
        tolerance=settings.tolerance,
    )


def _first_best(scores: Sequence[float]) -> int:
    best = max(scores)
    return next((run for run, score in enumerate(scores) if score >= best - _TIED), 0)


def _cannot_tell(edges: Flat, typical: float, null: Sequence[float], method: str) -> str | None:
    if not edges.count:
        return "the graph has no edge between two different nodes"
    rewired = f"{len(null)} rewired ones with the same degrees"
    if null and method == "infomap" and typical >= min(null) - _TIED:
        return (
            f"a code of {typical:.3f} bits a step is no shorter than for graphs without "
            f"communities: {rewired} took as few as {min(null):.3f}"
        )
    if null and method != "infomap" and typical <= max(null) + _TIED:
        quality = "quality" if method == "cpm" else "modularity"
        return (
            f"a {quality} of {typical:.3f} is no more than graphs without communities reach: "
            f"{rewired} gave up to {max(null):.3f}"
        )
    return None
