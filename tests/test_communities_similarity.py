"""Measures of similarity against published numbers, definitions and all permutations."""

from collections.abc import Callable
from itertools import permutations

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import communities
from spread._errors import UsageError
from spread.communities import similarity

A, B = [0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1]
MEASURES = ("ecs", "ari", "vi", "ami")
LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=12)


def test_the_toy_by_hand() -> None:
    # nodes share 2/3, 2/3, 1/3, 1/3, 2/3, 2/3 of the larger community: mean 5/9
    assert similarity(A, B, measure="ecs") == pytest.approx(5 / 9, abs=1e-12)
    # pairs together: 2 in both, 3 in A, 6 in B, of 15: (2 − 18/15) / (4.5 − 18/15)
    assert similarity(A, B, measure="ari") == pytest.approx(0.8 / 3.3, abs=1e-12)
    # 4 nodes in cells of 2 (of 2 and 3), 2 in cells of 1: (4 ln 3/2 + 2 ln 2 + 2 ln 3) / 6
    expected = (4 * np.log(1.5) + 2 * np.log(2) + 2 * np.log(3)) / 6
    assert similarity(A, B, measure="vi") == pytest.approx(expected, abs=1e-12)
    assert expected == pytest.approx(0.8675632284814612, abs=1e-12)  # igraph's compare_communities


def test_karate_optimum_and_club() -> None:
    # numbers of an independent program for the optimum of four against the club's split
    club = [club == "Officer" for _, club in nx.karate_club_graph().nodes(data="club")]
    found = communities.detect(igraph.Graph.Famous("Zachary"), rewirings=0, rng=1)
    by_name = {str(node): label for node, label in enumerate(club)}
    assert similarity(found, by_name, measure="ecs") == pytest.approx(0.5259515570934257, abs=1e-12)
    assert similarity(found, by_name, measure="ari") == pytest.approx(
        0.46459109844332386, abs=1e-12
    )
    assert similarity(found, by_name, measure="vi") == pytest.approx(0.8299953857494791, abs=1e-12)


def test_adjusted_mutual_information_of_scikit_learns_own_test() -> None:
    a = [1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3]
    b = [1, 1, 1, 1, 2, 1, 2, 2, 2, 2, 3, 1, 3, 3, 3, 2, 2]
    assert similarity(a, b, measure="ami") == pytest.approx(0.27821, abs=5e-6)


def information(a: list[int], b: list[int]) -> float:
    """Return mutual information in nats from the definition."""
    n = len(a)
    total = 0.0
    for x, y in {*zip(a, b, strict=True)}:
        both = sum(pair == (x, y) for pair in zip(a, b, strict=True)) / n
        total += both * np.log(both / (a.count(x) / n * (b.count(y) / n)))
    return total


def test_adjusted_mutual_information_by_all_permutations() -> None:
    a, b = [0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 2, 2]
    expected = np.mean([information(a, list(order)) for order in permutations(b)])
    mean = (information(a, a) + information(b, b)) / 2
    twin = (information(a, b) - expected) / (mean - expected)
    assert similarity(a, b, measure="ami") == pytest.approx(twin, abs=1e-12)


def element_centric(a: list[int], b: list[int], alpha: float = 0.9) -> float:
    """Return the mean of 1 − (1/2α) Σ_j |p_ij − q_ij|, p_i = α/|C| on C, plus 1 − α at i."""
    one, other = (np.equal.outer(side, side) for side in (np.array(a), np.array(b)))
    p, q = (alpha * same / same.sum(1, keepdims=True) for same in (one, other))
    return float((1 - np.abs(p - q).sum(1) / (2 * alpha)).mean())


@settings(max_examples=60, derandomize=True, deadline=None)
@given(LABELS)
def test_measures_equal_plain_twins(pairs: list[tuple[int, int]]) -> None:
    a, b = (list(side) for side in zip(*pairs, strict=True))
    assert similarity(a, b) == pytest.approx(element_centric(a, b), abs=1e-12)
    for measure, theirs in (("vi", "vi"), ("ari", "adjusted_rand")):
        expected = igraph.compare_communities(a, b, method=theirs)
        if np.isfinite(expected):
            assert similarity(a, b, measure=measure) == pytest.approx(expected, abs=1e-9)


@settings(max_examples=30, derandomize=True, deadline=None)
@given(LABELS)
def test_measures_are_symmetric_and_know_equality(pairs: list[tuple[int, int]]) -> None:
    a, b = (list(side) for side in zip(*pairs, strict=True))
    for measure in MEASURES:
        there, back = similarity(a, b, measure=measure), similarity(b, a, measure=measure)
        assert there == pytest.approx(back, abs=1e-9)
        renamed = [f"c{label}" for label in a]
        perfect = 0 if measure == "vi" else 1
        assert similarity(a, renamed, measure=measure) == pytest.approx(perfect, abs=1e-9)


def test_names_are_matched_where_both_have_them() -> None:
    assert similarity({"ann": 0, "bob": 1, "cy": 1}, {"cy": 5, "bob": 5, "dee": 5}) == 1


def test_what_cannot_be_compared_is_named() -> None:
    with pytest.raises(UsageError, match="unknown measure: got 'nmi'; allowed: ecs, ari"):
        similarity(A, B, measure="nmi")
    with pytest.raises(UsageError, match="nothing to compare: got 6 and 2 nodes"):
        similarity(A, [0, 1])
    with pytest.raises(UsageError, match="nothing to compare"):
        similarity({"ann": 0}, {"bob": 0})
    with pytest.raises(UsageError, match="one partition has names"):
        similarity({"ann": 0}, [0])


@pytest.mark.parametrize("measure", MEASURES)
def test_the_jackknife_equals_leaving_out_each_node(measure: str) -> None:
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 4, 25), rng.integers(0, 3, 25)
    b[:15] = a[:15] // 2
    left = np.array(
        [similarity(np.delete(a, k), np.delete(b, k), measure=measure) for k in range(25)]
    )
    deviation = np.sqrt(24 / 25 * ((left - left.mean()) ** 2).sum())
    row = communities.compare(a, b, measures=[measure]).iloc[0]
    assert row["value"] == similarity(a, b, measure=measure)
    assert row.high - row["value"] == pytest.approx(1.959963984540054 * deviation, rel=1e-9)


def test_intervals_stay_in_range_and_know_their_limits() -> None:
    table = communities.compare(A, A)
    assert table[["low", "high"]].to_numpy().tolist() == [[1, 1], [1, 1], [1, 1], [0, 0]]
    assert communities.compare([0, 1], [0, 1]).low.isna().all()
    with pytest.raises(UsageError, match="unknown measure: got 'nmi'"):
        communities.compare(A, B, measures=["nmi"])


@pytest.mark.calibration
def test_intervals_hold_the_populations_value(calibration_row: Callable[..., None]) -> None:
    # nodes drawn from a table of shares p: ARI tends to (Σp² − Σr²Σc²) / ((Σr² + Σc²)/2 − Σr²Σc²).
    # of 400, fewer than 368 or more than 390 have probability < 1 % (binomial, p = .95)
    p = np.array([[0.3, 0.1, 0.0], [0.05, 0.2, 0.05], [0.0, 0.1, 0.2]])
    rows, columns = (p.sum(1) ** 2).sum(), (p.sum(0) ** 2).sum()
    truth = ((p**2).sum() - rows * columns) / ((rows + columns) / 2 - rows * columns)
    rng, held = np.random.default_rng(1), 0
    for _ in range(400):
        cells = rng.choice(9, 300, p=p.ravel())
        row = communities.compare(cells // 3, cells % 3, measures=["ari"]).iloc[0]
        held += row.low <= truth <= row.high
    calibration_row(
        "communities", "95 % intervals of ARI that hold the truth, of 400", held, "368 to 390"
    )
    assert 368 <= held <= 390
