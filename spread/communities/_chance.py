"""What chance makes of a graph: the same numbers of edges at each vertex, dealt out anew."""

from typing import Final

import igraph
import numpy as np
from numpy.typing import NDArray

from spread._random import igraph_random, stream
from spread.communities._flat import Flat, Ints, arrays, ends_of

__all__ = ["resampled", "rewired"]

_SWAPS_PER_EDGE: Final = 10
# Swaps one by one take four times as long as the search of what they give.
_MANY_EDGES: Final = 50_000
_DEALS: Final = 200


def rewired(edges: Flat, seed: int, number: int) -> Flat:
    """Return the graph with its edges exchanged at random and its weights dealt out anew."""
    dealt = _dealt(edges, seed, number) if edges.count > _MANY_EDGES else None
    source, target = _swapped(edges, seed, number) if dealt is None else dealt
    weight = stream(seed, 3, number).permutation(edges.weight)
    return arrays(edges.names, source, target, weight, directed=edges.directed)


def resampled(edges: Flat, seed: int, number: int) -> Flat:
    """Return as many edges drawn with replacement; one drawn twice weighs twice."""
    count = edges.count
    drawn = np.bincount(stream(seed, 5, number).integers(0, count, count), minlength=count)
    kept = drawn > 0
    return arrays(
        edges.names,
        edges.source[kept],
        edges.target[kept],
        edges.weight[kept] * drawn[kept],
        directed=edges.directed,
    )


def _swapped(edges: Flat, seed: int, number: int) -> tuple[Ints, Ints]:
    """Return both ends of edges after ten exchanges an edge."""
    swapped: igraph.Graph = edges.ordered.copy()
    with igraph_random(seed, 2, number):
        swapped.rewire(n=_SWAPS_PER_EDGE * edges.count)
    source, target = ends_of(swapped).T
    return source, target


def _dealt(edges: Flat, seed: int, number: int) -> tuple[Ints, Ints] | None:
    """Return both ends of edges with all ends dealt out at once; O(m log m).

    Loops and pairs that came twice are dealt again with as many other edges, until there
    are none; None where some remain, as where one vertex has an edge with nearly all.
    """
    rng, size = stream(seed, 2, number), len(edges.names)
    ends = _exchanged(np.column_stack([edges.source, edges.target]), edges.directed, rng)
    for _ in range(_DEALS):
        wrong = _wrong(ends, size, directed=edges.directed)
        if not len(wrong):
            ends = ends if edges.directed else np.sort(ends, axis=1)
            keys = np.sort(ends[:, 0] * size + ends[:, 1])
            return keys // size, keys % size
        again = np.union1d(wrong, rng.integers(0, len(ends), len(wrong)))
        ends[again] = _exchanged(ends[again], edges.directed, rng)
    return None


def _exchanged(ends: Ints, directed: bool, rng: np.random.Generator) -> Ints:
    """Return edges with their targets dealt out at random; undirected ones with both ends."""
    if not directed:
        return rng.permutation(ends.ravel()).reshape(-1, 2)
    return np.column_stack([ends[:, 0], rng.permutation(ends[:, 1])])


def _wrong(ends: Ints, size: int, *, directed: bool) -> NDArray[np.int64]:
    """Return the rows of loops, and of pairs that an earlier row has."""
    pairs = ends if directed else np.sort(ends, axis=1)
    keys = pairs[:, 0] * size + pairs[:, 1]
    order = np.argsort(keys, kind="stable")
    twice = np.zeros(len(keys), dtype=np.bool_)
    twice[order[1:]] = keys[order[1:]] == keys[order[:-1]]
    return np.flatnonzero(twice | (ends[:, 0] == ends[:, 1]))
