"""Whether communities are more than people who happened to be there at the same time."""

import igraph
import numpy as np
from numpy.typing import NDArray

from spread._arguments import require_count, require_instance
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.communities._detect import check
from spread.communities._flat import built, ends_of, flat
from spread.communities._search import SAME, Settings
from spread.communities._workers import Job, Task, each

__all__ = ["timing_null"]

_NEIGHBOURS = 30


def timing_null(
    graph: igraph.Graph,
    *,
    resolution: float = 1.0,
    rewirings: int = 9,
    tolerance: float = SAME,
    rng: np.random.Generator | int | None = None,
) -> NDArray[np.float64]:
    """Return the modularity of graphs in which only the time of each edge is kept.

    Where people come and go, those who were there together act on each other, and look
    like a community though they choose at random. So the edges are put in the order of
    their first act, and within each run of 30 neighbours the targets are dealt out anew.
    Communities whose modularity is hardly above these are explained by timing.

    Parameters
    ----------
    graph
        Directed, with `name`, `weight` and `first_at` (seconds), as `graphs.retweets` gives.
    resolution
        γ of the modularity, the one that the communities were found with.
    rewirings
        How many graphs.
    tolerance
        As in `detect`, the one that the communities were found with.
    rng
        A generator, a seed, or None for a fresh one.

    Returns
    -------
    ndarray
        One modularity a graph, of one search each; NaN for a graph without edges.

    Raises
    ------
    UsageError
        The edges carry no `first_at`.

    References
    ----------
    One of the randomised reference models of Gauvin et al. 2022,
    https://doi.org/10.1137/19M1242252, with runs of 30 neighbours, a choice of this project

    Examples
    --------
    >>> graph = igraph.Graph([(0, 1), (2, 1), (3, 1)], directed=True)
    >>> graph.vs["name"], graph.es["first_at"] = ["a", "b", "c", "d"], [1.0, 2.0, 3.0]
    >>> len(timing_null(graph, rewirings=2, rng=1))
    2
    """
    require_count("rewirings", rewirings, least=0)
    require_instance("graph", graph, igraph.Graph, "an igraph graph")
    if "first_at" not in graph.es.attributes() and graph.ecount():
        raise UsageError("the edges carry no time", allowed="an edge attribute first_at (seconds)")
    seed = resolve_seed(rng)
    check("leiden", resolution, 1, rewirings, tolerance)
    tasks = [
        Task(
            flat(_dealt(graph, stream(seed, number, 0))),
            Settings("leiden", float(resolution), resolve_seed(stream(seed, number, 1)), tolerance),
            Job("run", 0),
        )
        for number in range(rewirings)
    ]
    return np.array([found.score for found in each(tasks)])


def _dealt(graph: igraph.Graph, rng: np.random.Generator) -> igraph.Graph:
    """Return the graph with targets permuted among edges that are neighbours in time."""
    names = [str(name) for name in graph.vs["name"]]
    rank = np.empty(len(names), dtype=np.int64)
    rank[sorted(range(len(names)), key=names.__getitem__)] = np.arange(len(names))
    ends = ends_of(graph)
    at = np.asarray(graph.es["first_at"] if graph.ecount() else [], dtype=float)
    # By name, so that the order of vertices and edges plays no part.
    order = np.lexsort((rank[ends[:, 1]], rank[ends[:, 0]], at))
    run = np.arange(len(order)) // _NEIGHBOURS
    targets = ends[order, 1][np.lexsort((rng.random(len(order)), run))]
    dealt = built(graph.vcount(), ends[order, 0], targets, directed=True)
    dealt.vs["name"] = graph.vs["name"]
    weight = np.asarray(graph.es["weight"] if "weight" in graph.es.attributes() else 1.0)
    dealt.es["weight"] = np.broadcast_to(weight, len(order))[order].tolist()
    return dealt
