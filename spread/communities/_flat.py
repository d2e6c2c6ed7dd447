"""A graph as sorted arrays: the same for any order of its vertices and edges."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain
from typing import Any, Final, NamedTuple

import igraph
import numpy as np
from numpy.typing import NDArray

from spread._arguments import require_instance
from spread._errors import UsageError

__all__ = ["Flat", "arrays", "as_is", "built", "ends_of", "flat", "quality", "vertex_names"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_EXACT: Final = 2.0**53
"""Sums of whole numbers below this are the same in any order."""


class Listed(NamedTuple):
    """Edges as positions of their ends, and weights; whether a graph has them in this order."""

    source: Ints
    target: Ints
    weight: Floats
    given: bool = False


@dataclass(frozen=True, eq=False)
class Flat:
    """Edges between positions in `names`, sorted, each pair once, no loops.

    A search needs the graph alone, so edges are read out of `given` where they are asked for.
    """

    names: tuple[str, ...]
    directed: bool
    count: int
    read: Callable[[], Listed]
    given: igraph.Graph | None = None
    given_weight: Floats | None = None
    asked: igraph.Graph | None = None

    @cached_property
    def listed(self) -> Listed:
        """Return sources, targets and weights."""
        return self.read()

    @property
    def source(self) -> Ints:
        """Return the positions that edges leave."""
        return self.listed.source

    @property
    def target(self) -> Ints:
        """Return the positions that edges reach."""
        return self.listed.target

    @property
    def weight(self) -> Floats:
        """Return weights."""
        return self.listed.weight

    @property
    def engine(self) -> igraph.Graph:
        """An igraph graph of these vertices, in order, and edges, in any; not to be changed."""
        return self.ordered if self.given is None else self.given

    @cached_property
    def engine_weight(self) -> list[float]:
        """Return weights in the order of the engine's edges."""
        weight = self.weight if self.given_weight is None else self.given_weight
        return list(weight.tolist())

    @cached_property
    def ordered(self) -> igraph.Graph:
        """An igraph graph of these vertices and edges, in order; not to be changed."""
        if self.given is not None and self.listed.given:
            return self.given
        return built(len(self.names), self.source, self.target, directed=self.directed)

    def strengths(self) -> tuple[Floats, Floats]:
        """Return the sums of weights that leave and that reach each vertex."""
        size = len(self.names)
        return (
            np.bincount(self.source, self.weight, size).astype(np.float64),
            np.bincount(self.target, self.weight, size).astype(np.float64),
        )

    def largest(self) -> int:
        """Return the number of vertices in the largest weakly connected component."""
        # igraph remembers of a graph whether it is connected.
        graph = self.engine if self.asked is None else self.asked
        return max(graph.connected_components("weak").sizes(), default=0)


def flat(graph: igraph.Graph) -> Flat:
    """Return the graph sorted by name; parallel edges are summed, loops left out.

    Vertices without names keep their order. A graph that is sorted already, as
    `graphs.retweets` makes it, is searched as it is.
    """
    names, weight = vertex_names(graph), _weights(graph)
    order = _order(names) if "name" in graph.vs.attributes() else None
    if order is not None:
        names = [names[place] for place in order.tolist()]
    if _exact(weight) and graph.is_simple():
        # Sums are exact, so that the order of edges plays no part in a search.
        given = graph if order is None else _bare(graph).permute_vertices(order.tolist())
        read = partial(_in_order, given, weight)
        return Flat(tuple(names), graph.is_directed(), len(weight), read, given, weight, graph)
    ends = ends_of(graph)
    ends = ends if order is None else np.argsort(order)[ends]
    if not graph.is_directed():
        ends = np.sort(ends, axis=1)
    keep = (ends[:, 0] != ends[:, 1]) & (weight > 0)
    size = max(len(names), 1)
    keys, weight = _once((ends[:, 0] * size + ends[:, 1])[keep], weight[keep])
    return arrays(names, keys // size, keys % size, weight, directed=graph.is_directed())


def arrays(
    names: Sequence[str], source: Ints, target: Ints, weight: Floats, *, directed: bool
) -> Flat:
    """Return edges that are sorted already, each once, without loops."""
    listed = Listed(source, target, weight)
    return Flat(tuple(names), directed, len(weight), lambda: listed)


def built(size: int, source: Ints, target: Ints, *, directed: bool) -> igraph.Graph:
    """Return the graph with these edges."""
    # igraph takes an iterator of pairs six times as fast as an array.
    return igraph.Graph(
        n=size, edges=zip(source.tolist(), target.tolist(), strict=True), directed=directed
    )


def ends_of(graph: igraph.Graph) -> Ints:
    """Return the positions of both ends of each edge."""
    # Twice as fast as an array of the list of pairs.
    flattened = chain.from_iterable(graph.get_edgelist())
    return np.fromiter(flattened, np.int64, 2 * graph.ecount()).reshape(-1, 2)


def _in_order(graph: igraph.Graph, weight: Floats) -> Listed:
    """Return the edges of a simple graph, sorted."""
    ends = ends_of(graph)
    if not graph.is_directed():
        ends = np.sort(ends, axis=1)
    source, target = ends.T
    keys = source * graph.vcount() + target
    if (np.diff(keys) > 0).all():
        return Listed(source, target, weight, given=True)
    order = np.argsort(keys)
    return Listed(source[order], target[order], weight[order])


def _order(names: Sequence[str]) -> Ints | None:
    """Return the positions of names in their order; None where they are in order."""
    order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.int64)
    return order if (np.diff(order) < 0).any() else None


def _bare(graph: igraph.Graph) -> igraph.Graph:
    """Return the graph without attributes, which take longer to carry along than edges."""
    copy = graph.copy()
    for carriers in (copy.vs, copy.es):
        for name in carriers.attributes():
            del carriers[name]
    return copy


def _exact(weight: Floats) -> bool:
    """Return whether weights are whole numbers, above 0, with a sum that is exact."""
    whole = (weight > 0) & (weight == np.rint(weight))
    return bool(whole.all()) and float(weight.sum()) < _EXACT


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
    names = vertex_names(graph)
    source, target = ends_of(graph).T
    return arrays(names, source, target, _weights(graph), directed=graph.is_directed())


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


def _weights(graph: igraph.Graph) -> Floats:
    """Return the weights of edges; 1 where there are none."""
    weighted = "weight" in graph.es.attributes()
    weight = np.array(graph.es["weight"] if weighted else np.ones(graph.ecount()), np.float64)
    if not (np.isfinite(weight) & (weight >= 0)).all():
        raise UsageError("edge weights cannot be used", allowed="finite numbers >= 0")
    return weight
