"""What runs have in common by hand and by a plain twin; resampled edges by closed forms."""

import igraph
import numpy as np
import pandas as pd
import pytest

from spread import communities
from spread._errors import UsageError
from spread.communities import _consensus
from spread.communities._consensus import _agreed, _found_again
from spread.communities._flat import flat

KARATE = igraph.Graph.Famous("Zachary")
CLIQUES = igraph.Graph.Full(9) + igraph.Graph.Full(7)


def test_the_karate_club_is_split_as_at_its_optimum() -> None:
    found = communities.consensus(KARATE, runs=20, rng=1)
    assert found.quality == pytest.approx(0.4197896120973046, abs=1e-12)
    assert found.objective == "consensus of 20 runs, undirected modularity"


def test_the_majority_decides_by_hand() -> None:
    # 3 of 5 runs join node 3 to {0, 1, 2}, 2 of 5 to {4, 5, 6}: at a threshold of .5 only
    # the first tie is left
    runs = [np.array([0, 0, 0, side, 1, 1, 1]) for side in (0, 0, 0, 1, 1)]
    agreed = _agreed(flat(igraph.Graph.Full(7)), runs, 0.5, 1)
    assert agreed.tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_sampled_pairs_decide_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    # the complete graph's edges are all pairs, to which those drawn are added
    monkeypatch.setattr(_consensus, "_PAIRED_MOST", 0)
    runs = [np.array([0, 0, 0, side, 1, 1, 1]) for side in (0, 0, 0, 1, 1)]
    agreed = _agreed(flat(igraph.Graph.Full(7)), runs, 0.5, 1)
    assert agreed.tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_shares_over_groups_equal_those_over_nodes() -> None:
    rng = np.random.default_rng(1)
    runs = rng.integers(0, 2, (4, 30))
    groups, group = np.unique(runs, axis=1, return_inverse=True)
    one, other, weight, within = _consensus._shares(
        flat(igraph.Graph.Full(30)), groups, group.ravel(), 0.5, 1, 0
    )
    share = (runs[:, :, None] == runs[:, None, :]).mean(0)
    share[share < 0.5] = 0
    np.fill_diagonal(share, 0)
    assert 2 * (weight.sum() + within.sum()) == pytest.approx(share.sum())
    for a, b, total in zip(one, other, weight, strict=True):
        between = share[np.ix_(group.ravel() == a, group.ravel() == b)]
        assert total == pytest.approx(between.sum())


def test_consensus_is_the_same_for_any_order() -> None:
    rng = np.random.default_rng(2)
    linked = np.argwhere(rng.random((40, 40)) < 0.08)
    graph = igraph.Graph(40, linked[linked[:, 0] != linked[:, 1]].tolist(), directed=True)
    graph.vs["name"] = [f"u{node:02}" for node in range(40)]
    turned = graph.permute_vertices(rng.permutation(40).tolist())
    one = communities.consensus(graph, runs=6, rng=3)
    other = communities.consensus(turned, runs=6, rng=3)
    pd.testing.assert_frame_equal(one.frame(), other.frame())


def test_no_consensus_of_what_cannot_be_scored() -> None:
    with pytest.raises(UsageError, match="unknown method: got 'infomap'"):
        communities.consensus(KARATE, method="infomap")
    with pytest.raises(UsageError, match="threshold cannot be used: got 2"):
        communities.consensus(KARATE, threshold=2)


def test_found_again_by_hand() -> None:
    # of 4 members, one absent, 2 stay in a community that also takes 2 of the other 3
    labels = np.array([0, 0, 0, 0, 1, 1, 1])
    again = _found_again(labels, np.array([0, 0, 1, -1, 0, 0, 2]), 2)
    assert again == pytest.approx(np.array([[2 / 3, 2 / 3], [2 / 5, 2 / 5]]))


def test_cliques_are_stable_and_chance_is_not() -> None:
    table = communities.stability(CLIQUES, communities.detect(CLIQUES, rng=1), replicates=10, rng=1)
    assert (table[["together_low", "jaccard_low"]] == 1).all(axis=None)
    rng = np.random.default_rng(1)
    graph = igraph.Graph([tuple(rng.choice(100, 2, replace=False)) for _ in range(200)])
    found = communities.detect(graph, runs=5, rewirings=0, rng=1)
    table = communities.stability(graph, found, replicates=20, rng=1).dropna()
    assert table.loc[table["size"] > 1, "jaccard"].mean() < 0.6
    assert (table.together_low <= table.together).all()
    assert (table.jaccard <= table.together + 1e-12).all()


def test_an_edge_is_drawn_with_its_probability() -> None:
    # a pair of its own is in a replicate unless none of m draws is its edge: 1 − (1 − 1/m)^m,
    # m = 10: .6513; of 400 replicates 3 standard errors are .0715
    pairs = igraph.Graph([(2 * pair, 2 * pair + 1) for pair in range(10)])
    found = communities.detect(pairs, runs=1, rewirings=0, rng=1)
    table = communities.stability(pairs, found, replicates=400, rng=1)
    assert table.together.eq(1).all()
    assert table.replicates.iloc[0] / 400 == pytest.approx(1 - 0.9**10, abs=0.0715)


def test_nothing_to_resample() -> None:
    empty = igraph.Graph(3)
    table = communities.stability(empty, communities.detect(empty, rng=1), rng=1)
    assert table.replicates.tolist() == [0, 0, 0]
    assert table.together.isna().all()
