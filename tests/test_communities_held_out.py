"""Camps found without the accounts they are for."""

import igraph
import numpy as np
import pandas as pd
import pytest

from spread import communities
from spread._errors import UsageError
from spread._random import stream


def blocks(seed: int, *, within: float, across: float) -> igraph.Graph:
    """Two groups of 60 accounts who act on each other at random."""
    rng = np.random.default_rng(seed)
    side = np.repeat([0, 1], 60)
    chance = np.where(side[:, None] == side, within, across)
    ends = np.argwhere((rng.random((120, 120)) < chance) & ~np.eye(120, dtype=bool))
    graph = igraph.Graph(n=120, edges=ends.tolist(), directed=True)
    graph.vs["name"] = [f"u{i:03}" for i in range(120)]
    graph.es["first_at"] = graph.es["last_at"] = np.arange(len(ends), dtype=float).tolist()
    return graph


def alike(graph: igraph.Graph, camps: pd.DataFrame) -> float:
    """Share of edges between two accounts of one camp, less what shuffled camps give."""
    of = camps.set_index("user_id").camp
    names = np.array(graph.vs["name"])
    ends = names[np.array(graph.get_edgelist())]
    ends = ends[np.isin(ends, of.index).all(axis=1)]
    left, right = of[ends[:, 0]].to_numpy(), of[ends[:, 1]].to_numpy()
    return float((left == right).mean() - (of.value_counts(normalize=True) ** 2).sum())


def test_groups_are_found_again() -> None:
    graph = blocks(1, within=0.15, across=0.01)
    held = communities.held_out_camps(graph, communities.detect(graph, runs=4, rng=1), rng=1)
    assert held.groupby("split").size().min() > 110
    group = held.user_id.str[1:].astype(int) // 60
    assert held.groupby(group).camp.agg(lambda c: c.mode()[0]).nunique() == 2
    assert (
        held.camp == group.map(held.groupby(group).camp.agg(lambda c: c.mode()[0]))
    ).mean() > 0.9


def test_own_edges_do_not_decide() -> None:
    """A graph without groups. Leiden still finds camps, and its edges lie within them; edges
    among accounts that were both left out do so hardly more than by chance: 20 graphs, the
    standard error of a share of about 3,600 edges' quarter is below 0.02."""
    plain, held_out = [], []
    for seed in range(20):
        graph = blocks(seed, within=0.03, across=0.03)
        found = communities.detect(graph, runs=1, rewirings=0, rng=seed)
        plain.append(alike(graph, communities.camps(found)))
        held = communities.held_out_camps(graph, found, splits=1, rng=seed)
        held_out += [alike(graph, half) for half in halves(held, graph, seed)]
    assert np.mean(plain) > 0.2
    assert abs(np.mean(held_out)) < 0.04


def halves(held: pd.DataFrame, graph: igraph.Graph, seed: int) -> list[pd.DataFrame]:
    """The two halves of the accounts, drawn as the function draws them."""
    names = np.array(sorted(graph.vs["name"]))
    half = stream(seed, 0, 0).random(len(names)) < 0.5
    return [held[held.user_id.isin(names[side])] for side in (half, ~half)]


def test_the_order_of_vertices_plays_no_part() -> None:
    graph = blocks(2, within=0.15, across=0.01)
    found = communities.detect(graph, runs=2, rewirings=0, rng=3)
    turned = graph.permute_vertices(np.random.default_rng(5).permutation(120).tolist())
    a, b = (communities.held_out_camps(g, found, splits=2, rng=9) for g in (graph, turned))
    pd.testing.assert_frame_equal(a, b)


def test_edges_of_a_window_can_be_left_out() -> None:
    """All edges lie in the window: nobody can be assigned."""
    graph = blocks(3, within=0.15, across=0.01)
    found = communities.detect(graph, runs=1, rewirings=0, rng=3)
    whole = (pd.Timestamp(0, tz="UTC"), pd.Timestamp("1980-01-01", tz="UTC"))
    assert communities.held_out_camps(graph, found, outside=whole, rng=1).empty
    del graph.es["last_at"]
    with pytest.raises(UsageError, match="the edges carry no times"):
        communities.held_out_camps(graph, found, outside=whole, rng=1)


def test_what_cannot_be_used_is_refused() -> None:
    graph = blocks(4, within=0.15, across=0.01)
    found = communities.detect(graph, runs=1, rewirings=0, rng=3)
    with pytest.raises(UsageError, match="splits cannot be used: got 0"):
        communities.held_out_camps(graph, found, splits=0)
    with pytest.raises(UsageError, match="the partition is of another graph"):
        communities.held_out_camps(igraph.Graph(3), found)


def test_an_empty_graph_gives_no_camps() -> None:
    graph = igraph.Graph(0, directed=True)
    graph.vs["name"] = []
    found = communities.detect(graph, runs=1, rewirings=0, rng=3)
    assert communities.held_out_camps(graph, found, rng=1).empty
