"""A graph as sorted arrays: the same for any order of its vertices and edges."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import igraph
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from spread._arguments import require_instance
from spread._errors import UsageError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Flat:
    """Edges between positions in `names`, sorted, each pair once, no loops."""

    names: tuple[str, ...]
    source: Ints
    target: Ints
    weight: Floats
    directed: bool
    given: igraph.Graph | None = None

    @cached_property
    def engine(self) -> igraph.Graph:
        """An igraph graph with the same vertices and edges, in this order; not to be changed."""
        if self.given is not None:
            return self.given
        return igraph.Graph(
            n=len(self.names),
            # igraph takes a list of pairs twice as fast as an array.
            edges=list(zip(self.source.tolist(), self.target.tolist(), strict=True)),
            directed=self.directed,
        )

    def strengths(self) -> tuple[Floats, Floats]:
        """Return the sums of weights that leave and that reach each vertex."""
        size = len(self.names)
        return (
            np.bincount(self.source, self.weight, size).astype(np.float64),
            np.bincount(self.target, self.weight, size).astype(np.float64),
        )

    def largest(self) -> int:
        """Return the number of vertices in the largest weakly connected component."""
        size = len(self.names)
        matrix = sparse.coo_array((self.weight, (self.source, self.target)), shape=(size, size))
        parts = csgraph.connected_components(matrix.tocsr(), directed=False)[1] if size else [0]
        return int(np.bincount(parts).max()) if size else 0


def flat(graph: igraph.Graph) -> Flat:
    """Return the graph sorted by name; parallel edges are summed, loops left out.

    Vertices without names keep their order. A graph that is sorted already, as
    `graphs.retweets` makes it, is searched as it is.
    """
    names = vertex_names(graph)
    source, target, weight = _edges(graph)
    order = np.arange(len(names))
    if "name" in graph.vs.attributes():
        order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
    renamed = bool((np.diff(order) < 0).any())
    if renamed:
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        source, target = rank[source], rank[target]
    if not graph.is_directed():
        source, target = np.minimum(source, target), np.maximum(source, target)
    keep = (source != target) & (weight > 0)
    keys = source * len(names) + target
    as_given = not renamed and bool(keep.all()) and bool((np.diff(keys) > 0).all())
    keys, weight = (keys, weight) if as_given else _once(keys[keep], weight[keep])
    return Flat(
        names=tuple(names[place] for place in order) if renamed else tuple(names),
        source=keys // max(len(names), 1),
        target=keys % max(len(names), 1),
        weight=weight,
        directed=graph.is_directed(),
        given=graph if as_given else None,
    )


def _once(keys: Ints, weight: Floats) -> tuple[Ints, Floats]:
    """Return the keys sorted, each once, with the sums of their weights."""
    by_key = np.argsort(keys)
    unique, first = np.unique(keys[by_key], return_index=True)
    if len(unique) == len(keys):
        return unique, weight[by_key]
    # Sums of parallel weights must not depend on the order of edges either.
    return unique, np.add.reduceat(weight[np.lexsort((weight, keys))], first)


def as_is(graph: igraph.Graph) -> Flat:
    """Return the graph in its own order, loops and parallel edges included."""
    return Flat(tuple(vertex_names(graph)), *_edges(graph), directed=graph.is_directed())


def vertex_names(graph: igraph.Graph) -> list[str]:
    """Return the vertices' names; their numbers as text where they have none."""
    require_instance("graph", graph, igraph.Graph, "an igraph graph")
    named = "name" in graph.vs.attributes()
    names = [str(name) for name in (graph.vs["name"] if named else range(graph.vcount()))]
    if len(set(names)) < len(names):
        raise UsageError("vertices share a name", hint="Give each vertex a name of its own")
    return names


def quality(edges: Flat, labels: NDArray[Any], *, resolution: float) -> float:
    """Return the modularity of labels; NaN without edges. O(edges + communities)."""
    total = edges.weight.sum()
    if not total:
        return float("nan")
    source, target = labels[edges.source], labels[edges.target]
    within = edges.weight[source == target].sum() / total
    leaving = np.bincount(source, edges.weight, labels.max() + 1) / total
    reaching = np.bincount(target, edges.weight, labels.max() + 1) / total
    if not edges.directed:
        leaving = reaching = (leaving + reaching) / 2
    return float(within - resolution * (leaving @ reaching))


def _edges(graph: igraph.Graph) -> tuple[Ints, Ints, Floats]:
    # Twice as fast as an array of the list of pairs.
    flattened = chain.from_iterable(graph.get_edgelist())
    ends = np.fromiter(flattened, np.int64, 2 * graph.ecount()).reshape(-1, 2)
    weighted = "weight" in graph.es.attributes()
    weight = np.array(graph.es["weight"] if weighted else np.ones(len(ends)), dtype=np.float64)
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise UsageError("edge weights cannot be used", allowed="finite numbers >= 0")
    return ends[:, 0], ends[:, 1], weight
