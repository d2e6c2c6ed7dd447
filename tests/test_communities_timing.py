"""People who come and go are no camps; camps that meet are."""

import igraph
import numpy as np
import pytest

from spread import communities
from spread._errors import UsageError

PEOPLE, RETWEETS, SPAN_S, STAY_S = 400, 1_500, 43_200.0, 5_400.0


def retweets(rng: np.random.Generator, *, camps: bool) -> igraph.Graph:
    """Edges between people who are there at that time, at random or within two camps."""
    come = rng.uniform(-STAY_S, SPAN_S, PEOPLE) if not camps else np.full(PEOPLE, -1.0)
    stay = np.where(camps, SPAN_S + 2, STAY_S)
    camp = rng.integers(0, 2, PEOPLE)
    edges, at = [], []
    for moment in np.sort(rng.uniform(0, SPAN_S, RETWEETS)):
        here = np.flatnonzero((come < moment) & (come + stay > moment))
        who = rng.choice(here)
        near = here[(camp[here] == camp[who]) & (here != who)] if camps else here[here != who]
        edges.append((int(who), int(rng.choice(near))))
        at.append(float(moment))
    graph = igraph.Graph(n=PEOPLE, edges=edges, directed=True)
    graph.vs["name"] = [f"{person:03}" for person in range(PEOPLE)]
    graph.es["first_at"] = at
    return graph


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("camps", "low", "high"), [(False, 0.8, 1.2), (True, -0.2, 0.2)])
def test_timing_explains_cohorts_and_not_camps(
    camps: bool, low: float, high: float, seed: int
) -> None:
    graph = retweets(np.random.default_rng(seed), camps=camps)
    found = communities.detect(graph, resolution=0.5, runs=3, rewirings=9, rng=1)
    null = communities.timing_null(graph, resolution=0.5, rewirings=9, rng=1)
    assert found.cannot_tell is None
    beyond_chance = found.typical_quality - found.null_quality
    assert low < (null.mean() - found.null_quality) / beyond_chance < high


def test_the_order_of_edges_plays_no_part() -> None:
    graph = retweets(np.random.default_rng(3), camps=True)
    edges = graph.get_edgelist()[::-1]
    turned = igraph.Graph(n=PEOPLE, edges=edges, directed=True)
    turned.vs["name"] = graph.vs["name"]
    turned.es["first_at"] = graph.es["first_at"][::-1]
    one, other = (communities.timing_null(g, rewirings=2, rng=1) for g in (graph, turned))
    np.testing.assert_allclose(one, other, rtol=1e-12)


def test_edges_without_time_are_refused() -> None:
    with pytest.raises(UsageError, match="the edges carry no time"):
        communities.timing_null(igraph.Graph([(0, 1)], directed=True), rng=1)


def test_no_edge_no_modularity() -> None:
    empty = igraph.Graph(2, directed=True)
    empty.vs["name"] = ["a", "b"]
    assert np.isnan(communities.timing_null(empty, rewirings=2, rng=1)).all()
