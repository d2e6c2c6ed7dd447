import dataclasses
import itertools
import math
import re

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import excitation, trees
from spread._errors import UsageError

# Goel et al. 2016: a star has 2(n−1)/n, a path (n+1)/3; the others by hand and networkx.
STAR = [-1] + [0] * 9
PATH = list(range(-1, 9))
BINARY = [-1] + [(v - 1) // 2 for v in range(1, 15)]
SMALL = [-1, 0, 0, 1, 1, 2, 5]
OWNERS = ["A", "B", "C", "B", "D", "A", "C"]

forests = st.lists(st.integers(0, 10**6), min_size=1, max_size=40).map(
    lambda draws: [-1] + [draw % (v + 1) for v, draw in enumerate(draws)]
)


def brute_force_credit(parents, owners):
    """Average an owner's marginal gain over all orders of players (Shapley's definition)."""
    paths = [{owners[v]} for v in range(len(parents))]
    for v, parent in enumerate(parents):
        if parent >= 0:
            paths[v] |= paths[parent]
    players = sorted(set(owners))
    gain = dict.fromkeys(players, 0)
    for order in itertools.permutations(players):
        for i, player in enumerate(order):
            with_player, before = set(order[: i + 1]), set(order[:i])
            gain[player] += sum(p <= with_player for p in paths) - sum(p <= before for p in paths)
    return {player: gain[player] / math.factorial(len(players)) for player in players}


@pytest.mark.parametrize(
    ("parents", "expected"),
    [(STAR, 1.8), (PATH, 11 / 3), (BINARY, 3.5047619047619047), (SMALL, 2.476190476190476)],
)
def test_structural_virality_of_known_trees(parents, expected):
    assert trees.structural_virality(parents) == pytest.approx(expected, rel=1e-14)


def test_structural_virality_of_one_event_is_not_a_number():
    assert math.isnan(trees.structural_virality([-1]))


def test_structural_virality_of_a_long_chain_exceeds_64_bits():
    chain = np.arange(-1, 9_999_999)
    # n terms added in float64: a relative error of at most n 2^-53.
    assert trees.structural_virality(chain) == pytest.approx((10**7 + 1) / 3, rel=1e7 * 2**-53)


@given(forests)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_structural_virality_equals_networkx(parents):
    graph = nx.Graph(list(enumerate(parents))[1:])
    expected = nx.average_shortest_path_length(graph)
    assert trees.structural_virality(parents) == pytest.approx(expected, rel=1e-12)


@given(forests)
@settings(max_examples=60, derandomize=True, deadline=None)
def test_depths_sizes_and_breadths_agree_with_paths(parents):
    graph = nx.DiGraph([(p, v) for v, p in enumerate(parents)][1:])
    graph.add_node(0)
    distance = nx.single_source_shortest_path_length(graph, 0)
    assert trees.depths(parents).tolist() == [distance[v] for v in range(len(parents))]
    descendants = [1 + len(nx.descendants(graph, v)) for v in range(len(parents))]
    assert trees.sizes(parents).tolist() == descendants
    assert trees.breadths(parents).sum() == len(parents)


def test_a_forest_gives_one_virality_a_tree_in_any_interleaving():
    together = [-1, -1, 0, 1, 2, 1]  # a path 0-2-4 and a star 1-3, 1-5, interleaved
    assert trees.structural_virality(together).tolist() == pytest.approx([4 / 3, 4 / 3])


def test_event_credit_of_the_small_tree():
    expected = [3.25, 7 / 6, 13 / 12, 1 / 3, 1 / 3, 7 / 12, 1 / 4]  # by hand: Σ 1/(depth+1)
    assert trees.credit(SMALL) == pytest.approx(expected, rel=1e-14)


def test_account_credit_counts_an_account_once_on_a_path():
    expected = {"A": 23 / 6, "B": 4 / 3, "C": 3 / 2, "D": 1 / 3}  # C's sum over events is 4/3
    assert trees.credit(SMALL, OWNERS).to_dict() == pytest.approx(expected, rel=1e-14)


@given(forests.filter(lambda p: len(p) <= 9), st.lists(st.sampled_from("abcd"), min_size=9))
@settings(max_examples=40, derandomize=True, deadline=None)
def test_account_credit_is_the_shapley_value(parents, letters):
    owners = letters[: len(parents)]
    expected = brute_force_credit(parents, owners)
    assert trees.credit(parents, owners).to_dict() == pytest.approx(expected, rel=1e-12)


@given(forests)
@settings(max_examples=30, derandomize=True, deadline=None)
def test_credit_sums_to_the_number_of_events(parents):
    owners = [v % 3 for v in range(len(parents))]
    assert trees.credit(parents).sum() == pytest.approx(len(parents))
    assert trees.credit(parents, owners).sum() == pytest.approx(len(parents))


@pytest.mark.parametrize("parents", [[0], [-1, 2, 0], [-1, -2], [1, -1]])
def test_what_is_no_forest_is_refused(parents):
    with pytest.raises(UsageError, match="not a forest"):
        trees.depths(parents)


def test_what_is_no_parent_array_is_refused():
    with pytest.raises(UsageError, match="not a parent array"):
        trees.depths([[-1]])
    with pytest.raises(UsageError, match="float64"):
        trees.sizes([-1.0, 0.0])
    with pytest.raises(UsageError, match="owners and parents differ"):
        trees.credit([-1, 0], ["a"])


def test_empty_arrays_have_empty_answers():
    assert trees.depths([]).tolist() == trees.sizes([]).tolist() == trees.credit([]).tolist() == []


def events(counts):
    cascade = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    event = np.concatenate([np.arange(n, dtype=np.int32) for n in counts])
    ids = [str(row) for row in range(len(cascade))]
    return pd.DataFrame(
        {"cascade": cascade, "event": event, "tweet_id": ids, "user_id": ids}
    ).assign(at_s=event.astype(float), mark=1.0)


def test_observed_trees_are_certain():
    forests = trees.observed(events([3, 1]), [-1, 0, 1, -1])
    assert len(forests) == 2
    assert forests.frame(0).parent.tolist() == [-1, 0, 1, -1]
    assert forests.posterior.probabilities(2).tolist() == [0.0, 1.0]
    assert forests.posterior.probability(forests.tree(0)).tolist() == [1.0] * 4
    assert forests.posterior.expected_virality() == pytest.approx([4 / 3, np.nan], nan_ok=True)
    assert "Forests(2 cascades, 4 events" in repr(forests)
    assert "largest" in forests._repr_html_()


def test_observed_trees_expect_what_was_seen():
    known = trees.observed(events([4, 1]), [-1, 0, 1, 0, -1]).posterior
    assert known.expected_depth().tolist() == [0, 1, 2, 1, 0]
    assert known.entropy() == pytest.approx([np.nan, 0, 0, 0, np.nan], nan_ok=True)
    # Event 0 gets 1 + 1/2 + 1/3 + 1/2, event 1 gets 1/2 + 1/3, and so on.
    assert known.expected_credit() == pytest.approx([7 / 3, 5 / 6, 1 / 3, 1 / 2, 1])
    counted = known.expected_credit(np.array([0.0, 0, 6, 0, 2]))
    assert counted.tolist() == [2, 2, 2, 0, 2]
    assert known.probability(np.array([-1, 0, 0, 0, -1])).tolist() == [1, 1, 0, 1, 1]
    drawn = known.draw(np.random.default_rng(0))
    drawn[:] = 9
    assert known.parents.tolist() == [-1, 0, 1, 0, -1]


def test_observed_trees_keep_when_they_began():
    root_at = pd.DatetimeIndex(["2014-04-22T18:00Z"])
    assert trees.observed(events([2]), [-1, 0], root_at=root_at).root_at is root_at
    unknown = trees.observed(events([2, 1]), [-1, 0, -1]).root_at
    assert unknown.tolist() == [pd.Timestamp(0, tz="UTC")] * 2
    with pytest.raises(UsageError, match="parents and events differ in length: got 1, 2"):
        trees.observed(events([2]), [-1])


@pytest.mark.parametrize("parents", [[-1, 0, -1, -1], [-1, 0, 1, 0], [-1, 0, 0, 2]])
def test_observed_trees_stay_in_their_cascade(parents):
    with pytest.raises(UsageError, match="not one tree"):
        trees.observed(events([3, 1]), parents)


def test_a_tree_that_is_not_there_is_refused():
    with pytest.raises(
        UsageError, match="tree cannot be used: got 1; allowed: an integer from 0 to 0"
    ):
        trees.observed(events([2]), [-1, 0]).tree(1)


def uncertain(trees_drawn=7):
    table = events([40, 1, 9])
    posterior = excitation.posterior(
        table.at_s, table.mark, excitation.exponential(0.2), offsets=[0, 40, 41, 50]
    )
    known = trees.observed(table, posterior.draw(np.random.default_rng(0)))
    return dataclasses.replace(known, posterior=posterior, trees=trees_drawn)


@pytest.mark.parametrize("workers", [None, 1, 3, 50])
def test_each_tree_is_handed_over_in_order_whatever_the_threads(workers):
    forests = uncertain()
    given_over = list(forests.each(lambda parents: parents.tolist(), workers=workers))
    assert given_over == [forests.tree(i).tolist() for i in range(7)]
    assert len(set(map(tuple, given_over))) == 7


def test_each_passes_on_what_goes_wrong_in_a_thread():
    calls = itertools.count()
    with pytest.raises(ZeroDivisionError):
        list(uncertain().each(lambda _: 1 // (2 - next(calls)), workers=2))
    with pytest.raises(UsageError, match="workers cannot be used: got 0; allowed: an integer >= 1"):
        uncertain().each(len, workers=0)


def test_a_tree_of_some_cascades_is_the_same_there():
    forests = uncertain()
    some = forests.numbered(lambda i, tree: (i, tree), cascades=np.array([True, True, False]))
    for i, tree in some:
        assert tree[:41].tolist() == forests.tree(i)[:41].tolist()
        assert (tree[41:] == -1).all()


def test_a_posterior_that_cannot_choose_gives_whole_trees():
    forests = trees.observed(events([3, 2]), [-1, 0, 1, -1, 3])
    drawn = list(forests.numbered(lambda _, tree: tree.tolist(), cascades=np.array([True, False])))
    assert drawn == [[-1, 0, 1, -1, 3]]


@given(forests)
def test_credit_by_number_is_credit_by_name(parents):
    owners = np.array([v % 5 for v in range(len(parents))])
    named = trees.credit(parents, owners).reindex(range(6), fill_value=0.0)
    numbered = trees.account_credit(
        np.array(parents, np.int32), owners, np.ones(len(parents)), accounts=6
    )
    assert numbered.tolist() == named.tolist()


def test_each_of_many_trees_has_its_own_virality():
    # A chain of 3, one event, a star of 4, a chain of 2: (n + 1) / 3, none, 2 (n - 1) / n.
    many = [-1, 0, 1, -1, -1, 4, 4, 4, -1, 8]
    expected = [4 / 3, np.nan, 1.5, 1.0]
    assert trees.structural_virality(many) == pytest.approx(expected, nan_ok=True)


def test_answers_keep_their_types():
    assert trees.depths(SMALL).dtype == np.int32
    assert trees.sizes(SMALL).dtype == trees.breadths(SMALL).dtype == np.int64
    assert trees.breadths(SMALL).tolist() == [1, 2, 3, 1]
    assert isinstance(trees.structural_virality(SMALL), float)
    by_account = trees.credit(SMALL, OWNERS)
    assert by_account.name == "credit"
    assert by_account.index.tolist() == ["A", "B", "C", "D"]
    numbers = trees.account_credit(np.array([-1], np.int32), np.array([2]), np.ones(1), accounts=4)
    assert numbers.dtype == np.float64
    assert numbers.tolist() == [0, 0, 1, 0]


def test_credit_of_the_events_that_count():
    # 6 for event 2 is shared by its path 0, 1, 2; 2 for event 1 by 0 and 1.
    counted = [0.0, 2, 6]
    assert trees.credit([-1, 0, 1], counted=counted).tolist() == [3, 3, 2]
    assert trees.credit([-1, 0, 1], ["a", "b", "b"], counted=counted).to_dict() == {"a": 4, "b": 4}
    with pytest.raises(UsageError, match="counted and parents differ in length: got 1, 2"):
        trees.credit([-1, 0], counted=[1.0])


@pytest.mark.parametrize(
    ("parents", "told"),
    [
        ([[-1]], "not a parent array: got 2 dimensions of int64; "
         "allowed: one dimension of integers, −1 at a root"),
        ([-1, 0, 3], "not a forest: got parent 3 of event 2; allowed: −1, or an earlier event. "
         "Sort the events by time"),
        ([-1, -2, 3], "not a forest: got parent -2 of event 1; "),
    ],
)  # fmt: skip
def test_a_refusal_names_the_first_fault(parents, told):
    with pytest.raises(UsageError) as refused:
        trees.depths(parents)
    assert str(refused.value).startswith(told)


TOLD = {"a": 5, "b": 0.813710028, "c": None, "b_low": 0.76, "b_high": 0.8599382}


def test_a_card_shows_what_forests_are():
    shown = trees.observed(events([1200, 1]), [-1] + [0] * 1199 + [-1], parameters=TOLD)
    card = shown._repr_html_()
    facts = re.findall(r'row">(.*?)</th><td[^>]*>(.*?)</td>', card)
    assert "<strong>Forests</strong>" in card
    assert facts == [
        ("cascades", "2"), ("events", "1,201"), ("largest", "1,200 events"),
        ("method", "observed"), ("trees drawn", "1"), ("a", "5"),
        ("b", "0.8137 (0.76–0.8599)"), ("seed", "0"),
    ]  # fmt: skip
    none = trees.observed(events([1]).iloc[:0], np.zeros(0, np.int32))._repr_html_()
    assert re.search('row">largest</th><td[^>]*>none</td>', none)


def test_a_frame_names_its_tree_and_parents_by_event():
    frame = uncertain().frame(3)
    assert frame.tree.tolist() == [3] * 50
    assert frame.tree.dtype == frame.parent.dtype == np.int32
    rows = uncertain().tree(3)
    for first, size in ((0, 40), (40, 1), (41, 9)):
        within = np.where(rows < 0, -1, rows - first)[first : first + size]
        assert frame.parent[first : first + size].tolist() == within.tolist()


def test_observed_trees_say_what_they_are_made_of():
    known = trees.observed(events([2, 3]), [-1, 0, -1, 2, 3], method="by hand")
    assert (known.method, known.trees, known.seed, known.parameters) == ("by hand", 1, 0, {})
    assert known.offsets.tolist() == [0, 2, 5]
    assert known.offsets.dtype == np.int64
    assert known.posterior.probabilities(4).tolist() == [0, 1]
    assert known.root_at.dtype == "datetime64[us, UTC]"
    told = "a cascade is not one tree: allowed: each cascade's first event is its only root, "
    with pytest.raises(UsageError, match=f"^{told}parents are in the cascade$"):
        trees.observed(events([1, 1]), [-1, 0])


def test_trees_that_interleave_do_not_share_credit():
    # The last event belongs to the first tree: a root has no parent that it could take after.
    parents, owners = [-1, -1, 1, 0], ["a", "b", "c", "d"]
    assert trees.credit(parents, owners).to_dict() == {"a": 1.5, "b": 1.5, "c": 0.5, "d": 0.5}
    assert trees.credit(parents, ["b", "a", "b", "a"]).to_dict() == {"a": 2.0, "b": 2.0}
