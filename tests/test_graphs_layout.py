"""A layout is the same for any order, puts neighbours near and components apart."""

import random
from time import perf_counter

import igraph
import numpy as np
import pandas as pd
import pytest

from spread import graphs
from spread._random import igraph_random
from spread.graphs._descent import _epochs


def shuffled(graph: igraph.Graph, seed: int) -> igraph.Graph:
    """Return the same graph with vertices and edges in another order."""
    rng = np.random.default_rng(seed)
    place = rng.permutation(graph.vcount())
    edges = place[np.array(graph.get_edgelist())][rng.permutation(graph.ecount())]
    names = np.empty(graph.vcount(), dtype=object)
    names[place] = graph.vs["name"]
    return igraph.Graph(len(names), edges.tolist(), vertex_attrs={"name": names.tolist()})


def cliques(count: int, size: int) -> igraph.Graph:
    graph = igraph.Graph.Full(size) if count == 1 else None
    graph = graph or igraph.disjoint_union([igraph.Graph.Full(size)] * count)
    graph.vs["name"] = [f"u{number:03}" for number in range(graph.vcount())]
    return graph


def test_the_same_for_any_order_of_vertices_and_edges() -> None:
    graph = cliques(3, 5)
    for seed in range(3):
        pd.testing.assert_frame_equal(
            graphs.layout(shuffled(graph, seed), rng=1), graphs.layout(graph, rng=1)
        )


def test_large_components_are_the_same_for_any_order_too() -> None:
    graph = igraph.Graph.Ring(600)
    graph.vs["name"] = [f"u{number:03}" for number in range(600)]
    pd.testing.assert_frame_equal(
        graphs.layout(shuffled(graph, 1), rng=1), graphs.layout(graph, rng=1)
    )


def test_descent_equals_its_plain_twin() -> None:
    ends = np.array(igraph.Graph.Ring(12).get_edgelist())
    pulls = np.linspace(0.5, 1, 12)
    start = np.random.default_rng(1).uniform(-10, 10, (12, 2))
    fast, plain = start.copy(), start.copy()
    _epochs(fast, ends, pulls, 5, 2, np.uint64(7))
    _epochs.py_func(plain, ends, pulls, 5, 2, np.uint64(7))
    np.testing.assert_allclose(fast, plain, rtol=1e-9)
    assert not np.allclose(fast, start)


def test_large_cliques_stand_apart() -> None:
    graph = cliques(30, 20)
    graph.add_edges([(20 * clique, 20 * clique + 25) for clique in range(29)])
    places = graphs.layout(graph, rng=1)[["x", "y"]].to_numpy()
    centres = places.reshape(30, 20, 2).mean(axis=1)
    inside = np.hypot(*(places - centres.repeat(20, axis=0)).T)
    apart = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1))[np.triu_indices(30, 1)]
    assert np.median(inside) < np.median(apart) / 3


def test_the_seed_decides_and_the_global_generator_is_left_alone() -> None:
    graph = cliques(1, 6)
    random.seed(5)
    expected = random.Random(5).random()
    first, again = graphs.layout(graph, rng=1), graphs.layout(graph, rng=1)
    assert random.random() == expected
    pd.testing.assert_frame_equal(first, again)
    assert not np.allclose(first.x, graphs.layout(graph, rng=2).x)


def test_igraph_gets_its_generator_back_after_an_error() -> None:
    random.seed(3)
    expected = igraph.Graph.Erdos_Renyi(20, m=30).get_edgelist()
    with pytest.raises(ZeroDivisionError), igraph_random(1):
        1 / 0  # noqa: B018
    random.seed(3)
    assert igraph.Graph.Erdos_Renyi(20, m=30).get_edgelist() == expected


def test_components_do_not_overlap() -> None:
    graph = cliques(8, 4) + 5
    graph.vs["name"] = [f"u{number:03}" for number in range(graph.vcount())]
    places = graphs.layout(graph, rng=1)[["x", "y"]].to_numpy()
    part = np.array(graph.connected_components().membership)
    distance = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    inside = max(distance[part == p][:, part == p].max() for p in range(8))
    assert inside <= 2 * 1.1 * np.sqrt(4)  # diameter of a disc of area ~ 4, outliers drawn in
    assert distance[part[:, None] != part[None]].min() > 0.1


def test_two_joined_cliques_stand_apart() -> None:
    graph = cliques(2, 10)
    graph.add_edges([(0, 10)])
    places = graphs.layout(graph, rng=1)[["x", "y"]].to_numpy()
    spread_out = [places[:10].std(axis=0).sum(), places[10:].std(axis=0).sum()]
    assert np.hypot(*(places[:10].mean(axis=0) - places[10:].mean(axis=0))) > max(spread_out)


def test_isolated_and_empty_graphs() -> None:
    assert graphs.layout(igraph.Graph(0), rng=1).empty
    alone = graphs.layout(igraph.Graph(4), rng=1)
    assert alone.name.tolist() == ["0", "1", "2", "3"]
    assert len(set(zip(alone.x, alone.y, strict=True))) == 4


def test_fifty_thousand_vertices_within_bounds() -> None:
    rng = np.random.default_rng(1)
    ends = np.column_stack([rng.integers(0, 50_000, 60_000), rng.zipf(1.6, 60_000) % 50_000])
    began = perf_counter()
    places = graphs.layout(igraph.Graph(50_000, ends, directed=True), rng=1)
    assert np.isfinite(places[["x", "y"]].to_numpy()).all()
    assert perf_counter() - began < 60
