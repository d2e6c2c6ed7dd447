"""Detection against brute force, closed forms and published numbers; agreement by hand."""

import random
from collections.abc import Callable
from itertools import product

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import communities
from spread._errors import UsageError
from spread.communities._agreement import agrees as _agrees
from spread.communities._flat import arrays, quality
from spread.communities._search import canonical as _canonical
from spread.communities._search import leiden as _leiden

TOY = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3), (0, 3)]
CLUB = [club == "Officer" for _, club in nx.karate_club_graph().nodes(data="club")]


def random_digraph(seed: int, *, size: int = 7) -> igraph.Graph:
    rng = np.random.default_rng(seed)
    weights = rng.integers(1, 10, (size, size)) * (rng.random((size, size)) < 0.35)
    np.fill_diagonal(weights, 0)
    source, target = np.nonzero(weights)
    graph = igraph.Graph(size, np.column_stack([source, target]).tolist(), directed=True)
    graph.vs["name"] = [f"u{number}" for number in range(size)]
    graph.es["weight"] = weights[source, target].tolist()
    return graph


def planted(seed: int, *, camps: int = 3, size: int = 20, inside: float = 0.3) -> igraph.Graph:
    """Return a directed graph whose first `size` nodes are camp 0, and so on."""
    rng = np.random.default_rng(seed)
    camp = np.repeat(np.arange(camps), size)
    linked = rng.random((camps * size,) * 2) < np.where(camp[:, None] == camp, inside, 0.02)
    np.fill_diagonal(linked, False)
    graph = igraph.Graph(camps * size, np.argwhere(linked).tolist(), directed=True)
    graph.vs["name"] = [f"u{number:03}" for number in range(camps * size)]
    graph.es["weight"] = rng.integers(1, 5, graph.ecount()).tolist()
    return graph


def shuffled(graph: igraph.Graph, seed: int) -> igraph.Graph:
    """Return the same graph: vertices and edges in another order, one weight in two parts."""
    rng = np.random.default_rng(seed)
    place = rng.permutation(graph.vcount())
    edges = place[np.array(graph.get_edgelist())].tolist()
    weights = [float(weight) for weight in graph.es["weight"]]
    edges, weights = [*edges, edges[0]], [weights[0] / 2, *weights[1:], weights[0] / 2]
    order = rng.permutation(len(edges))
    names = np.empty(graph.vcount(), dtype=object)
    names[place] = graph.vs["name"]
    return igraph.Graph(
        len(names),
        [edges[edge] for edge in order],
        directed=graph.is_directed(),
        vertex_attrs={"name": names.tolist()},
        edge_attrs={"weight": [weights[edge] for edge in order]},
    )


def all_partitions(size: int) -> np.ndarray:
    """Return every partition once, as labels in order of first appearance."""
    grown = [[0]]
    for _ in range(size - 1):
        grown = [[*labels, new] for labels in grown for new in range(max(labels) + 2)]
    return np.array(grown)


def dense_modularity(graph: igraph.Graph, partitions: np.ndarray, resolution: float) -> np.ndarray:
    """Return (1/m) Σ_ij [A_ij − γ k_i^out k_j^in / m] δ_ij straight from its definition."""
    weights = np.array(list(graph.get_adjacency(attribute="weight")), dtype=float)
    m = weights.sum()
    gain = weights - resolution * np.outer(weights.sum(1), weights.sum(0)) / m
    same = partitions[:, :, None] == partitions[:, None, :]
    return (same * gain).sum((1, 2)) / m


@pytest.mark.parametrize("resolution", [1.0, 0.6])
def test_the_best_partition_of_every_small_digraph_is_found(resolution: float) -> None:
    partitions = all_partitions(7)
    assert len(partitions) == 877  # the Bell number of 7
    for seed in range(30):
        graph = random_digraph(seed)
        best = dense_modularity(graph, partitions, resolution).max()
        found = communities.detect(graph, resolution=resolution, runs=50, rewirings=0, rng=seed)
        assert found.quality == pytest.approx(best, abs=1e-12)


def test_igraph_optimises_what_it_is_told_to() -> None:
    # the trap: without both strengths igraph reports .21875 for the toy, which has .28125
    toy = igraph.Graph(TOY, directed=True)
    assert communities.detect(toy, rng=1).quality == pytest.approx(0.28125)
    assert communities.modularity(toy, [0, 0, 0, 1, 1, 1]) == pytest.approx(0.28125)
    # as an undirected graph: m = 8, degrees (3,2,3 | 4,2,2): 6/8 − 2·(8/16)² = .25
    assert communities.modularity(igraph.Graph(TOY), [0, 0, 0, 1, 1, 1]) == pytest.approx(0.25)


@pytest.mark.parametrize("directed", [True, False])
def test_modularity_equals_networkx(directed: bool) -> None:
    for seed in range(5):
        graph = planted(seed) if directed else planted(seed).as_undirected(combine_edges="sum")
        labels = np.random.default_rng(seed).integers(0, 4, graph.vcount())
        twin = nx.Graph() if not directed else nx.DiGraph()
        twin.add_nodes_from(range(graph.vcount()))
        twin.add_weighted_edges_from(
            (edge.source, edge.target, edge["weight"]) for edge in graph.es
        )
        groups = [set(np.flatnonzero(labels == label)) for label in range(4)]
        expected = nx.community.modularity(twin, groups, resolution=1.3)
        found = communities.modularity(graph, labels, resolution=1.3)
        assert found == pytest.approx(expected, abs=1e-12)


def test_karate_club() -> None:
    graph = igraph.Graph.Famous("Zachary")
    found = communities.detect(graph, rng=1)
    # the optimum (Brandes et al. 2008, doi:10.1109/TKDE.2007.190689) and the club's split
    assert found.quality == pytest.approx(0.4197896120973046, abs=1e-12)
    assert len(found.sizes) == 4
    assert communities.modularity(graph, CLUB) == pytest.approx(0.3582347140039448, abs=1e-12)
    assert found.cannot_tell is None


def test_ring_of_cliques_shows_the_resolution_limit() -> None:
    ring = igraph.disjoint_union([igraph.Graph.Full(5)] * 30)
    ring.add_edges([(5 * clique, (5 * clique + 6) % 150) for clique in range(30)])
    # 30 cliques of 10 edges, 30 bridges, m = 330: 300/330 − 30 (22/660)² = .87575758
    truth = communities.modularity(ring, [node // 5 for node in range(150)])
    assert truth == pytest.approx(300 / 330 - 1 / 30)
    # merging neighbours in pairs gives 315/330 − 15 (44/660)² = .88787879 (Fortunato &
    # Barthélemy 2007, doi:10.1073/pnas.0605965104)
    found = communities.detect(ring, runs=50, rewirings=0, rng=1)
    assert truth < found.quality <= 315 / 330 - 1 / 15 + 1e-12
    finer = communities.detect(ring, resolution=4.0, rewirings=0, rng=1)
    assert len(finer.sizes) == 30


@settings(max_examples=10, derandomize=True, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_the_same_for_any_order_of_nodes_and_edges(seed: int, directed: bool) -> None:
    graph = planted(seed % 7, size=8)
    graph = graph if directed else graph.as_undirected(combine_edges="sum")
    graph.es["weight"] = [float(weight) for weight in graph.es["weight"]]
    one = communities.detect(graph, runs=3, rewirings=1, rng=seed)
    other = communities.detect(shuffled(graph, seed), runs=3, rewirings=1, rng=seed)
    pd.testing.assert_frame_equal(one.frame(), other.frame())
    assert (one.quality, one.null_quality) == (other.quality, other.null_quality)


def test_planted_camps_are_found_and_stand_out() -> None:
    truth = [number // 20 for number in range(60)]
    found = communities.detect(planted(1), rng=1)
    assert found.labels.tolist() == truth
    assert found.excess > 0.1
    assert found.null_high < found.typical_quality
    assert (found.agreement == 1).all()


def test_a_random_graph_cannot_tell() -> None:
    random.seed(1)
    graph = igraph.Graph.Erdos_Renyi(200, m=400)
    found = communities.detect(graph, rng=1)
    assert found.quality > 0.45  # .518 ± .009 without any structure
    assert abs(found.excess) < 0.05
    assert found.cannot_tell is not None
    assert found.cannot_tell.startswith("a modularity of 0.5")


def test_a_star_cannot_tell() -> None:
    # every rewiring of a star is the star itself
    found = communities.detect(igraph.Graph([(leaf, 0) for leaf in range(1, 9)], directed=True))
    assert found.excess == 0
    assert found.cannot_tell is not None


@pytest.mark.parametrize("method", ["leiden", "louvain"])
def test_empty_edgeless_and_looped_graphs_say_so(method: str) -> None:
    for graph in (igraph.Graph(0), igraph.Graph(3), igraph.Graph([(0, 0)], directed=True)):
        found = communities.detect(graph, method=method, rng=1)
        assert found.cannot_tell == "the graph has no edge between two different nodes"
        assert found.labels.tolist() == list(range(graph.vcount()))
        assert len(found.frame()) == graph.vcount()
        assert len(communities.camps(found)) == graph.vcount()
        assert len(communities.describe(found, graph)) == graph.vcount()
        assert repr(found).startswith("Partition(")


def test_labels_go_by_size_then_by_first_node() -> None:
    assert _canonical(np.array([5, 5, 2, 9, 9, 9, 2])).tolist() == [1, 1, 2, 0, 0, 0, 2]


def test_agreement_is_mutual_best_match() -> None:
    chosen = np.array([0, 0, 0, 0, 1, 1])
    # the same under other names; one node moved; both merged: the larger part is its
    # counterpart, the smaller has none
    assert _agrees(chosen, np.array([1, 1, 1, 1, 0, 0])).all()
    assert _agrees(chosen, np.array([0, 0, 0, 1, 1, 1])).tolist() == [1, 1, 1, 0, 1, 1]
    assert _agrees(chosen, np.zeros(6, int)).tolist() == [1, 1, 1, 1, 0, 0]


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12))
def test_agreement_equals_a_plain_twin(pairs: list[tuple[int, int]]) -> None:
    one, other = (_canonical(np.array(side)) for side in zip(*pairs, strict=True))
    groups = [
        [set(np.flatnonzero(labels == label)) for label in range(labels.max() + 1)]
        for labels in (one, other)
    ]

    def best(group: set[int], among: list[set[int]]) -> int:
        return max(
            range(len(among)), key=lambda k: (len(group & among[k]) / len(group | among[k]), -k)
        )

    expected = []
    for node in range(len(one)):
        ours, theirs = groups[0][one[node]], groups[1][other[node]]
        expected.append(
            best(ours, groups[1]) == other[node] and best(theirs, groups[0]) == one[node]
        )
    assert _agrees(one, other).tolist() == expected


def test_agreement_is_the_share_of_other_runs() -> None:
    graph = planted(2, size=8, inside=0.15)
    found = communities.detect(graph, runs=5, rewirings=0, rng=1)
    shares = found.agreement * 4
    assert np.allclose(shares, shares.round())
    assert np.isnan(communities.detect(graph, runs=1, rng=1).agreement).all()


def test_seed_decides_and_python_random_is_left_alone() -> None:
    graph = planted(3)
    random.seed(5)
    expected = random.Random(5).random()
    one = communities.detect(graph, rng=np.random.default_rng(9))
    assert random.random() == expected
    again = communities.detect(graph, rng=one.seed)
    pd.testing.assert_frame_equal(one.frame(), again.frame())
    assert again.null_quality == one.null_quality


def test_the_graph_is_not_changed() -> None:
    graph = planted(4)
    before = graph.copy()
    communities.describe(communities.detect(graph, rng=1), graph)
    assert graph.get_edgelist() == before.get_edgelist()
    assert graph.es["weight"] == before.es["weight"]
    assert graph.vs.attributes() == before.vs.attributes()


def test_louvain_is_of_the_undirected_sum() -> None:
    graph = planted(1)
    found = communities.detect(graph, method="louvain", runs=3, rewirings=2, rng=1)
    assert found.objective == "undirected modularity"
    summed = graph.as_undirected(combine_edges="sum")
    assert found.quality == pytest.approx(communities.modularity(summed, found), abs=1e-12)
    assert found.labels.tolist() == [number // 20 for number in range(60)]


def test_camps_are_letters_for_the_largest_and_other() -> None:
    graph = igraph.disjoint_union([igraph.Graph.Full(size) for size in (5, 4, 3, 2, 1)])
    graph.vs["name"] = [f"u{number:02}" for number in range(15)]
    found = communities.camps(communities.detect(graph, rng=1), most=3)
    assert found.columns.tolist() == ["user_id", "camp"]
    assert found.camp.tolist() == [*"AAAAABBBBCCC", "other", "other", "other"]


def test_describe_names_the_most_acted_on() -> None:
    graph = planted(1)
    found = communities.detect(graph, rng=1)
    row = communities.describe(found, graph, most=2).iloc[0]
    received = graph.strength(range(20), mode="in", weights="weight")
    top = sorted(range(20), key=lambda node: (-received[node], node))[:2]
    assert row["members"] == [f"u{node:03}" for node in top]
    assert row["strengths"] == [received[node] for node in top]
    assert (row["size"], row["share"]) == (20, pytest.approx(1 / 3))
    given_weight = sum(graph.strength(range(20), mode="out", weights="weight"))
    kept = sum(edge["weight"] for edge in graph.es if max(edge.tuple) < 20)
    assert row["inside"] == pytest.approx(kept / given_weight)


def test_nodes_outside_the_largest_component_are_counted() -> None:
    graph = igraph.Graph.Full(6) + igraph.Graph.Full(3)
    assert communities.detect(graph, rng=1).outside_largest == 3


def test_shows_itself() -> None:
    found = communities.detect(igraph.Graph.Famous("Zachary"), rng=1)
    assert repr(found).startswith("Partition(4 communities of 34 nodes, quality 0.420, excess 0.1")
    assert "undirected modularity" in found._repr_html_()
    assert found.frame().columns.tolist() == ["user_id", "community", "agreement"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "sbm"}, "unknown method: got 'sbm'; allowed: leiden, cpm, louvain, infomap"),
        ({"resolution": 0}, "resolution cannot be used: got 0; allowed: a number > 0"),
        ({"runs": 0}, "runs cannot be used: got 0"),
    ],
)
def test_what_is_not_allowed_is_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        communities.detect(igraph.Graph([(0, 1)]), **options)


def test_bad_graphs_are_named() -> None:
    twice = igraph.Graph([(0, 1)], vertex_attrs={"name": ["ann", "ann"]})
    negative = igraph.Graph([(0, 1)], edge_attrs={"weight": [-1]})
    for graph, message in ((twice, "share a name"), (negative, "weights cannot be used")):
        with pytest.raises(UsageError, match=message):
            communities.detect(graph)
    other = communities.detect(igraph.Graph([(0, 1)]))
    with pytest.raises(UsageError, match="of another graph"):
        communities.describe(other, planted(1))


def test_a_start_that_igraph_never_leaves_ends() -> None:
    # With n_iterations=-1 igraph 1.0 never returns from this start.
    rng = np.random.default_rng(1001)
    weights = rng.integers(1, 10, (7, 7)) * (rng.random((7, 7)) < 0.35)
    np.fill_diagonal(weights, 0)
    source, target = np.nonzero(weights)
    weight = weights[source, target].astype(float)
    edges = arrays("abcdefg", source, target, weight, directed=True)
    labels, reached = _leiden(edges, 1.0, np.array([0, 1, 0, 2, 3, 0, 1]))
    assert reached == pytest.approx(0.17722222, abs=1e-8)
    assert reached == pytest.approx(quality(edges, labels, resolution=1.0), rel=1e-12)


@pytest.mark.calibration
def test_without_communities_it_seldom_claims_any(calibration_row: Callable[..., None]) -> None:
    # Median of 3 runs against 20 rewirings of one: at most about 1 in 21 by exchangeability;
    # of 120 graphs more than 12 would have probability < 1 % (binomial, p = 1/21).
    claims = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        popularity = rng.pareto(2.0, 80) + 0.2
        ends = {
            (int(source), int(target))
            for source, target in zip(
                rng.integers(0, 80, 240),
                rng.choice(80, 240, p=popularity / popularity.sum()),
                strict=True,
            )
            if source != target
        }
        graph = igraph.Graph(80, sorted(ends), directed=True)
        claims += communities.detect(graph, runs=3, rng=seed).cannot_tell is None
    calibration_row("communities", "claimed in 120 graphs without any", claims, "<= 12")
    assert claims <= 12


def test_bell_numbers_of_the_brute_force() -> None:
    everything = {tuple(_first_seen(labels)) for labels in product(range(4), repeat=4)}
    assert sorted(everything) == sorted(map(tuple, all_partitions(4).tolist()))


def _first_seen(labels: tuple[int, ...]) -> list[int]:
    seen: dict[int, int] = {}
    return [seen.setdefault(label, len(seen)) for label in labels]
