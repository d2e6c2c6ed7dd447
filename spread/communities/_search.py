"""One seeded search for communities, by each method."""

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread._errors import UsageError
from spread._random import igraph_random, stream
from spread.communities._flat import Flat, arrays, quality

__all__ = [
    "METHODS",
    "SAME",
    "Found",
    "Settings",
    "canonical",
    "objective",
    "score",
    "search",
    "summed",
]

METHODS: Final = ("leiden", "cpm", "louvain", "infomap")
SAME: Final = 1e-6
"""A round that adds no more than this share of the quality is the last."""
_ROUNDS: Final = 100

Labels = NDArray[np.int64]


class Settings(NamedTuple):
    """How to search; with a number, it decides every random draw of a search."""

    method: str
    resolution: float
    seed: int
    tolerance: float = SAME


class Found(NamedTuple):
    """Labels, 0 the largest, and what the method's objective says of them."""

    labels: Labels
    score: float


def search(edges: Flat, settings: Settings, *keys: int, scattered: bool = False) -> Found:
    """Search once. Louvain takes the graph as `summed` gives it."""
    method, resolution, seed, tolerance = settings
    if not edges.count:
        return Found(np.arange(len(edges.names)), float("nan"))
    if method == "infomap":
        return _infomap(edges, int(stream(seed, *keys).integers(1, 2**31)))
    if method == "louvain":
        labels = _louvain(edges, resolution, int(stream(seed, *keys).integers(2**32)))
    else:
        start = _scattered(len(edges.names), seed, *keys) if scattered else None
        with igraph_random(seed, *keys):
            labels, reached = leiden(
                edges, resolution, start, potts=method == "cpm", tolerance=tolerance
            )
        if method == "leiden":
            return Found(canonical(labels), reached)
    labels = canonical(labels)
    return Found(labels, score(edges, labels, settings))


def score(edges: Flat, labels: Labels, settings: Settings) -> float:
    """Return what the objective says of labels; not for infomap, which says it itself."""
    if settings.method != "cpm" or not edges.count:
        return quality(edges, labels, resolution=settings.resolution)
    both = 1 if edges.directed else 2
    within = edges.weight[labels[edges.source] == labels[edges.target]].sum()
    sizes = np.bincount(labels).astype(np.float64)
    return float(both * within - settings.resolution * (sizes * (sizes - 1)).sum())


def objective(edges: Flat, method: str) -> str:
    """Return what the method makes as large (infomap: as small) as it can, in words."""
    directed = "directed" if edges.directed and method != "louvain" else "undirected"
    named = {"cpm": "constant Potts model", "infomap": "map equation, bits a step"}
    return f"{directed} {named.get(method, 'modularity')}"


def leiden(
    edges: Flat,
    resolution: float,
    start: Labels | None = None,
    *,
    potts: bool = False,
    tolerance: float = SAME,
) -> tuple[Labels, float]:
    """Iterate Leiden until the quality hardly rises; from singletons without a start.

    The quality is modularity, unless the objective is the Potts model.
    """
    # Without both, igraph takes the strength out for the strength in as well, and then
    # optimises something else than modularity on a directed graph.
    both: dict[str, Any] = (
        {
            name: edges.engine.strength(mode=mode, weights=edges.engine_weight)
            for name, mode in (("node_weights", "out"), ("node_in_weights", "in"))
        }
        if edges.directed and not potts
        else {}
    )
    if potts and edges.directed:
        both = dict.fromkeys(("node_weights", "node_in_weights"), [1.0] * len(edges.names))
    labels, reached = start, -np.inf
    # igraph's own "until nothing changes" (n_iterations=-1) can go round for ever.
    for _ in range(_ROUNDS):
        found = edges.engine.community_leiden(
            objective_function="CPM" if potts else "modularity",
            weights=edges.engine_weight,
            resolution=resolution,
            n_iterations=1,
            initial_membership=None if labels is None else labels.tolist(),
            **both,
        )
        if labels is not None and found.quality <= reached:
            break
        gained = found.quality - reached
        labels, reached = np.array(found.membership, dtype=np.int64), found.quality
        if gained <= tolerance * abs(reached):
            break
    return (np.arange(len(edges.names)) if labels is None else labels), float(reached)


def _scattered(size: int, seed: int, *keys: int) -> Labels:
    """Return labels at random, of a random number of communities."""
    draws = stream(seed, *keys, 1)
    most = int(draws.integers(1, size + 1))
    return np.unique(draws.integers(0, most, size), return_inverse=True)[1].ravel()


def _louvain(edges: Flat, resolution: float, state: int) -> Labels:
    import community
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(range(len(edges.names)))
    graph.add_weighted_edges_from(
        zip(edges.source.tolist(), edges.target.tolist(), edges.weight.tolist(), strict=True)
    )
    found = community.best_partition(graph, resolution=resolution, random_state=state)
    return np.array([found[node] for node in range(len(edges.names))], dtype=np.int64)


def _infomap(edges: Flat, state: int) -> Found:
    """Return two-level modules; nodes without an edge have no flow and stay alone."""
    engine = _infomap_package().Infomap(
        two_level=True, silent=True, num_trials=1, seed=state, directed=edges.directed
    )
    engine.add_links(np.column_stack([edges.source, edges.target, edges.weight]))
    result = engine.run()
    labels = -1 - np.arange(len(edges.names))
    modules = result.modules()
    labels[list(modules)] = list(modules.values())
    return Found(canonical(labels), float(result.codelength))


def _infomap_package() -> Any:
    try:
        import infomap
    except ModuleNotFoundError:
        raise UsageError(
            "method='infomap' needs the package infomap",
            hint='Install it: pip install "spread[infomap]"',
        ) from None
    return infomap


def summed(edges: Flat) -> Flat:
    """Return the undirected graph whose weights are the sums of both directions."""
    size = max(len(edges.names), 1)
    low, high = np.minimum(edges.source, edges.target), np.maximum(edges.source, edges.target)
    keys, which = np.unique(low * size + high, return_inverse=True)
    weight = np.bincount(which.ravel(), edges.weight, len(keys)).astype(np.float64)
    return arrays(edges.names, keys // size, keys % size, weight, directed=False)


def canonical(labels: Labels) -> Labels:
    """Return labels by size, the largest 0, ties by first node."""
    if not len(labels):
        return labels
    labels = labels - labels.min()
    sizes = np.bincount(labels)
    first = np.zeros(len(sizes), dtype=np.int64)
    # Of several nodes the last to be written stays.
    first[labels[::-1]] = np.arange(len(labels))[::-1]
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return rank[labels]
