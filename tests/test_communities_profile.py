"""How coarse to look: the profile over resolutions, and the rule that chooses one."""

import igraph
import numpy as np
import pandas as pd
import pytest

from spread import communities
from spread._errors import UsageError

SIDES, CITIES, MEMBERS = 2, 4, 25


def nested(within_side: float, within_city: float) -> igraph.Graph:
    """Two sides of four cities each; edges at random by what two accounts share."""
    rng = np.random.default_rng(5)
    city = np.repeat(np.arange(SIDES * CITIES), MEMBERS)
    same_city = city[:, None] == city
    same_side = (city // CITIES)[:, None] == city // CITIES
    chance = np.where(same_city, within_city, np.where(same_side, within_side, 0.01))
    edges = np.argwhere((rng.random(chance.shape) < chance) & ~np.eye(len(city), dtype=bool))
    graph = igraph.Graph(edges.tolist(), directed=True)
    graph.vs["name"] = [f"{node:03}" for node in range(len(city))]
    return graph


@pytest.mark.parametrize(
    ("within_side", "within_city", "expected"),
    [(0.1, 0.12, SIDES), (0.015, 0.4, SIDES * CITIES)],
)
def test_the_level_that_is_marked_most_is_chosen(
    within_side: float, within_city: float, expected: int
) -> None:
    graph = nested(within_side, within_city)
    resolution = communities.clearest(communities.profile(graph, runs=3, rng=1))
    found = communities.detect(graph, resolution=resolution, runs=5, rewirings=0, rng=1)
    assert len(found.sizes) == expected


def test_one_rewired_graph_is_the_first_of_several() -> None:
    graph = nested(0.1, 0.12)
    one, none = (
        communities.profile(graph, resolutions=[1.0], runs=2, rewirings=count, rng=1)
        for count in (1, 0)
    )
    first = communities.profile(graph, resolutions=[1.0], runs=1, rng=1)
    assert one.null_quality.tolist() == first.null_quality.tolist()
    assert one.excess.item() == pytest.approx(
        one.quality.item() - one.null_quality.item(), abs=0.02
    )
    assert none.excess.isna().all()


def test_an_empty_graph_gives_a_profile_without_excess() -> None:
    profiled = communities.profile(igraph.Graph(directed=True), rng=1)
    assert profiled.excess.isna().all()
    assert communities.clearest(profiled) == 1.0


def test_no_resolution_is_usage() -> None:
    with pytest.raises(UsageError, match="no resolution is given"):
        communities.profile(igraph.Graph.Famous("Zachary"), resolutions=[])


def test_ties_take_the_coarser_resolution() -> None:
    assert communities.clearest(pd.DataFrame({"resolution": [0.5, 1], "excess": [0.2, 0.2]})) == 0.5
