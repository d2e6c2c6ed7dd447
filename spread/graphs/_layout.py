"""Where the vertices of a graph stand on a picture."""

import igraph
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_instance
from spread._random import igraph_random, resolve_seed, stream
from spread.graphs._descent import descend

__all__ = ["layout"]

_STEPS = 500
_SMALL = 500
_INNER = 0.95
_GAP = 1.25

_Points = NDArray[np.float64]


def layout(graph: igraph.Graph, *, rng: np.random.Generator | int | None = None) -> pd.DataFrame:
    """Return a place for every vertex: linked vertices near each other.

    Each connected component is laid out on its own, with log-damped weights: up to 500
    vertices by the force-directed method of Fruchterman and Reingold, beyond by the
    stochastic descent of UMAP on the graph's own edges, whose time is linear in edges
    (50,000 vertices: seconds). It is then scaled to a disc whose area goes with its
    number of vertices, with a few outliers drawn in. The largest stands in the middle,
    the others on rings around it. The picture depends on the seed, not on the order of
    vertices or edges. No distance on it is a measurement, and clusters that it shows are
    not communities: those come with their own test.

    Parameters
    ----------
    graph
        Vertices by `name` (their number where they have none); edges by `weight` (1).
    rng
        A generator, a seed, or None for a fresh one.

    Returns
    -------
    pandas.DataFrame
        `name`, `x`, `y`, sorted by name; the unit is arbitrary.

    References
    ----------
    Fruchterman & Reingold (1991), https://doi.org/10.1002/spe.4380211102; McInnes, Healy &
    Melville (2018), https://arxiv.org/abs/1802.03426.

    Examples
    --------
    >>> graph = igraph.Graph([(0, 1)], n=3, vertex_attrs={"name": ["ann", "bob", "cy"]})
    >>> layout(graph, rng=1).name.tolist()
    ['ann', 'bob', 'cy']
    """
    require_instance("graph", graph, igraph.Graph, "an igraph graph")
    seed = resolve_seed(rng)
    canonical = _canonical(graph)
    points = np.zeros((canonical.vcount(), 2))
    parts = sorted(canonical.decompose(mode="weak"), key=lambda part: -part.vcount())
    radii = np.sqrt([float(part.vcount()) for part in parts])
    with igraph_random(seed, 1):
        for number, (part, centre) in enumerate(zip(parts, _centres(radii), strict=True)):
            start = stream(seed, 2, number)
            points[part.vs["row"]] = centre + radii[number] * _disc(part, start)
    return pd.DataFrame(
        {"name": pd.Series(canonical.vs["name"], dtype="str"), "x": points[:, 0], "y": points[:, 1]}
    )


def _canonical(graph: igraph.Graph) -> igraph.Graph:
    """Return a simple undirected copy that is the same for any order of the input."""
    names = _names(graph)
    order = np.argsort(np.array(names, dtype=object), kind="stable")
    rank = np.empty(len(names), dtype=np.int64)
    rank[order] = np.arange(len(names))
    ends = np.sort(rank[np.array(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)], axis=1)
    weights = graph.es["weight"] if "weight" in graph.es.attributes() else [1.0] * len(ends)
    apart = ends[:, 0] != ends[:, 1]
    pairs, which = np.unique(ends[apart], axis=0, return_inverse=True)
    pulls = np.bincount(which.ravel(), np.asarray(weights, dtype=float)[apart], len(pairs))
    return igraph.Graph(
        n=len(names),
        edges=pairs,
        vertex_attrs={"name": [names[row] for row in order], "row": list(range(len(names)))},
        edge_attrs={"pull": (1 + np.log1p(pulls)).tolist()},
    )


def _names(graph: igraph.Graph) -> list[str]:
    if "name" in graph.vs.attributes():
        return [str(name) for name in graph.vs["name"]]
    return [str(number) for number in range(graph.vcount())]


def _disc(part: igraph.Graph, start: np.random.Generator) -> _Points:
    """Return the places of one component's vertices within about the unit disc."""
    size = part.vcount()
    if size <= 2:
        return np.array([[-0.5, 0.0], [0.5, 0.0]])[:size] if size == 2 else np.zeros((1, 2))
    if size > _SMALL:
        ends = np.array(part.get_edgelist(), dtype=np.int64)
        points = descend(ends, np.array(part.es["pull"]), size, start)
    else:
        places = start.uniform(-0.5, 0.5, (size, 2)) * np.sqrt(size)
        points = np.array(
            part.layout_fruchterman_reingold(
                weights="pull", niter=_STEPS, seed=places.tolist(), grid=False
            ).coords
        )
    points -= points.mean(axis=0)
    distance = np.hypot(points[:, 0], points[:, 1])
    # A few outliers would shrink all the others to a dot: they are drawn in.
    scale = max(float(np.quantile(distance, _INNER)), 1e-9)
    return points / np.maximum(scale, distance / 1.1)[:, None]


def _centres(radii: NDArray[np.float64]) -> list[_Points]:
    """Return centres of discs that do not overlap: the first in the middle, rings around."""
    centres = [np.zeros(2)]
    ring, angle, inner = 0.0, 2 * np.pi, _GAP * radii[0] if len(radii) else 0.0
    for radius in _GAP * radii[1:]:
        width = 2 * np.arcsin(radius / (inner + radius))
        if angle + width > 2 * np.pi:
            ring, angle = inner + radius, 0.0
            inner = ring + radius
        width = 2 * np.arcsin(radius / ring)
        centres.append(ring * np.array([np.cos(angle + width / 2), np.sin(angle + width / 2)]))
        angle += width
    return centres[: len(radii)]
