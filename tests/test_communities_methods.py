"""Infomap, the constant Potts model and Louvain; searches in several processes."""

import sys

import community as python_louvain
import igraph
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_communities import planted, shuffled

from spread import communities
from spread._errors import SpreadError, UsageError
from spread.communities import _chance, _workers
from spread.communities._flat import arrays, flat
from spread.communities._search import METHODS, Settings

KARATE = igraph.Graph.Famous("Zachary")


def ring_of_cliques() -> igraph.Graph:
    ring = igraph.disjoint_union([igraph.Graph.Full(5)] * 30)
    ring.add_edges([(5 * clique, (5 * clique + 6) % 150) for clique in range(30)])
    return ring


def code_length(graph: igraph.Graph, labels: list[int]) -> float:
    """Return the map equation of an undirected graph from its definition, in bits."""
    twice = 2 * graph.ecount()
    visits = np.array(graph.degree()) / twice
    leave = [
        sum((labels[a] == k) != (labels[b] == k) for a, b in graph.get_edgelist()) / twice
        for k in range(max(labels) + 1)
    ]

    def entropy(parts: list[float]) -> float:
        return -sum(part / sum(parts) * np.log2(part / sum(parts)) for part in parts if part)

    total = sum(leave) * entropy(leave) if sum(leave) else 0.0
    for k, out in enumerate(leave):
        parts = [out, *visits[np.array(labels) == k]]
        total += sum(parts) * entropy(parts)
    return total


def test_infomap_on_the_karate_club() -> None:
    # infomap 2.16 and igraph's own: L = 4.3117926458018285 bits, 3 modules (1: 4.7044)
    found = communities.detect(KARATE, method="infomap", rng=1)
    assert found.quality == pytest.approx(4.3117926458018285, abs=1e-9)
    assert found.quality == pytest.approx(code_length(KARATE, found.labels.tolist()), abs=1e-9)
    assert (len(found.sizes), found.cannot_tell) == (3, None)
    assert found.excess > 0  # its code is shorter than for rewired graphs


def test_infomap_and_potts_see_every_clique() -> None:
    # infomap 2.16: L = 3.2106181936; cpm: each clique 5 · 4 · (1 − .1), 30 of them
    ring = ring_of_cliques()
    found = communities.detect(ring, method="infomap", runs=3, rewirings=0, rng=1)
    assert (len(found.sizes), found.quality) == (30, pytest.approx(3.2106181936, abs=1e-9))
    found = communities.detect(ring, method="cpm", resolution=0.1, runs=3, rewirings=0, rng=1)
    assert (len(found.sizes), found.quality) == (30, pytest.approx(540))


def test_the_potts_model_halves_the_karate_club() -> None:
    # leidenalg 0.12: 2 × 17 of quality 108.8 = 2 (68 links within − .05 · 2 · 17 · 16 / 2)
    found = communities.detect(KARATE, method="cpm", resolution=0.05, rng=1)
    assert found.sizes.tolist() == [17, 17]
    assert found.quality == pytest.approx(108.8)
    assert found.objective == "undirected constant Potts model"


def test_infomap_follows_the_arrows() -> None:
    graph = planted(1)
    found = communities.detect(graph, method="infomap", runs=2, rewirings=2, rng=1)
    assert found.objective == "directed map equation, bits a step"
    assert found.labels.tolist() == [number // 20 for number in range(60)]


def test_a_random_graph_has_no_shorter_code() -> None:
    rng = np.random.default_rng(1)
    graph = igraph.Graph([tuple(rng.choice(200, 2, replace=False)) for _ in range(400)])
    found = communities.detect(graph, method="infomap", runs=5, rng=1)
    assert found.cannot_tell is not None
    assert "is no shorter than for graphs without communities" in found.cannot_tell


def test_infomap_that_is_absent_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "infomap", None)
    with pytest.raises(UsageError, match=r'pip install "spread\[infomap\]"'):
        communities.detect(KARATE, method="infomap")
    with pytest.raises(UsageError, match="infomap has no resolution: got 2"):
        communities.detect(KARATE, method="infomap", resolution=2)


def test_louvain_scores_as_python_louvain_does() -> None:
    # Blondel et al. (2008), table 1: .42 on the karate club
    found = communities.detect(KARATE, method="louvain", rewirings=0, rng=1)
    labels = dict(enumerate(found.labels.tolist()))
    expected = python_louvain.modularity(labels, KARATE.to_networkx())
    assert found.quality == pytest.approx(expected, abs=1e-12)
    assert found.quality == pytest.approx(0.4198, abs=5e-5)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=5, derandomize=True, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_order_plays_no_part(method: str, seed: int) -> None:
    graph = planted(seed % 7, size=8)
    graph.es["weight"] = (np.random.default_rng(seed).random(graph.ecount()) + 0.1).tolist()
    options = {"method": method, "runs": 2, "rewirings": 1, "rng": seed}
    one = communities.detect(graph, **options)
    other = communities.detect(shuffled(graph, seed), **options)
    assert one.labels.tolist() == other.labels.tolist()
    assert (one.quality, one.null_quality) == (other.quality, other.null_quality)


def test_the_same_for_any_number_of_workers() -> None:
    graph = planted(5, inside=0.1)
    alone, together = (
        communities.detect(graph, runs=5, rewirings=2, workers=count, rng=2**70) for count in (1, 2)
    )
    assert alone.frame().equals(together.frame())
    assert (alone.quality, alone.null_high) == (together.quality, together.null_high)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_tasks_on_several_graphs_are_answered_in_order(workers: int) -> None:
    graphs = [flat(planted(seed, size=8 + seed)) for seed in range(3)]
    choices = [Settings("leiden", 1.0, 2**70, 1e-3), Settings("louvain", 0.5, 3)]
    jobs = [_workers.Job("run", 1), _workers.Job("rewired", 0)]
    tasks = [
        _workers.Task(graph, chosen, job) for graph in graphs for chosen in choices for job in jobs
    ]
    found = _workers.each(tasks, workers=workers)
    for task, answer in zip(tasks, found, strict=True):
        (alone,) = _workers.run(*task[:2], [task.job], workers=1)
        assert answer.score == alone.score
        assert answer.labels.tolist() == alone.labels.tolist()


def test_the_dearest_tasks_are_shared_out_first() -> None:
    # Costs 100, 10, 10, 14 (rewired), 1: one worker has the large graph, the other the rest.
    large, small, least = (
        arrays((), *(np.zeros(n) for _ in range(3)), directed=False) for n in (100, 10, 1)
    )
    kinds = [(small, "run"), (large, "run"), (small, "rewired"), (small, "run"), (least, "run")]
    tasks = [
        _workers.Task(graph, Settings("leiden", 1.0, 0), _workers.Job(kind, 0))
        for graph, kind in kinds
    ]
    assert _workers._shared_out(tasks, 2) == [[1], [2, 0, 3, 4]]


@pytest.mark.parametrize("directed", [True, False])
def test_dealing_leaves_hardly_an_edge_and_every_degree(
    directed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_chance, "_MANY_EDGES", 0)
    ends = np.random.default_rng(1).integers(0, 2_000, (6_000, 2))
    edges = flat(igraph.Graph(2_000, ends.tolist(), directed=directed))
    rewired = _chance.rewired(edges, 1, 0)
    # By chance 6,000 edges over 4 million pairs (half as many undirected) meet 0.3 % of their own.
    before = set(zip(edges.source.tolist(), edges.target.tolist(), strict=True))
    after = list(zip(rewired.source.tolist(), rewired.target.tolist(), strict=True))
    assert sum(edge in before for edge in after) < 0.02 * len(after)
    assert len(set(after)) == len(after) == edges.count
    assert all(source != target for source, target in after)
    for mode in ("out", "in"):
        assert rewired.engine.degree(mode=mode) == edges.engine.degree(mode=mode)


def test_ends_that_cannot_be_dealt_are_swapped(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of a star nothing else can be made; dealing seldom finds that by itself.
    monkeypatch.setattr(_chance, "_MANY_EDGES", 0)
    monkeypatch.setattr(_chance, "_DEALS", 1)
    edges = flat(igraph.Graph.Star(40))
    rewired = _chance.rewired(edges, 1, 0)
    assert sorted(rewired.target.tolist()) == list(range(1, 40))


def test_a_search_ends_when_a_round_adds_less_than_was_asked() -> None:
    graph = planted(3, camps=12, size=25, inside=0.12)
    fine, coarse = (
        communities.detect(graph, runs=3, rewirings=0, tolerance=share, rng=1)
        for share in (1e-6, 0.2)
    )
    assert (fine.tolerance, coarse.tolerance) == (1e-6, 0.2)
    assert coarse.typical_quality < fine.typical_quality
    with pytest.raises(
        UsageError, match="tolerance cannot be used: got 0; allowed: a number > 0 and < 1"
    ):
        communities.detect(graph, tolerance=0)


def test_a_worker_that_dies_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_workers, "_PROGRAM", "raise SystemExit(3)")
    with pytest.raises(SpreadError, match="a worker stopped"):
        communities.detect(KARATE, runs=4, workers=2, rng=1)


def test_small_graphs_need_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_workers.subprocess, "Popen", None)
    assert communities.detect(KARATE, rng=1).runs == 20
