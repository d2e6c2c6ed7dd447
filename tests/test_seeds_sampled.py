"""Bounds, entries into the top and the external share, against plain slow twins."""

import numpy as np
import pandas as pd
import pytest
from test_seeds import OWNERS, PARENTS, observed

from spread import seeds
from spread.seeds._sampled import entries, lost
from spread.trees import credit


def random_tree(seed, n=40, players=9):
    rng = np.random.default_rng(seed)
    parents = np.array([-1, *(rng.integers(0, v) for v in range(1, n))])
    return parents, rng.integers(0, players, n), rng.random(n), rng


def path(parents, v):
    return [v] if parents[v] < 0 else [v, *path(parents, parents[v])]


@pytest.mark.parametrize("seed", range(4))
def test_at_most_all_that_descends_goes_with_an_account(seed):
    parents, owners, counted, _ = random_tree(seed)
    _, high = lost(parents, owners, counted, np.ones(40), 9)
    for player in range(9):
        below = [v for v in range(40) if player in owners[path(parents, v)]]
        assert high[player] == pytest.approx(counted[below].sum())


@pytest.mark.parametrize("seed", range(4))
def test_at_least_what_goes_if_others_take_over(seed):
    # Each player once: what hangs below by a chain of edges goes with the product of theirs.
    parents, _, counted, rng = random_tree(seed)
    sure = np.where(parents < 0, 1.0, rng.random(40))
    low, high = lost(parents, np.arange(40), counted, sure, 40)
    for u in range(40):
        wanted = 0.0
        for v in range(40):
            above = path(parents, v)
            if u in above:
                wanted += counted[v] * np.prod(sure[above[: above.index(u)]])
        assert low[u] == pytest.approx(wanted)
    assert (low <= high + 1e-12).all()


def test_an_account_takes_its_own_events_with_it():
    # b's second event hangs below c, which would have come anyway: it is b's all the same.
    low, _ = lost(np.array([-1, 0, 1, 2]), np.array([0, 1, 2, 1]), np.ones(4), np.zeros(4), 3)
    assert low.tolist() == [1, 2, 1]


def test_bounds_agree_where_the_tree_is_known():
    found = seeds.rank(observed((PARENTS, OWNERS, 1.0)), rng=1).set_index("user_id")
    # Below a path through A: all 7; through B: 1, 3, 4 and B's; C: 2, 5, 6.
    assert found.lost_high.to_dict() == {"A": 7, "B": 3, "C": 3, "D": 1}
    assert (found.lost_low == found.lost_high).all()


def slow_entries(parents, owners, at_s, checks, window_s, players, top):
    entered = np.full(players, np.inf)
    for check in checks:
        counted = ((at_s <= check) & (at_s > check - window_s)).astype(float)
        score = credit(parents, owners, counted=counted).reindex(range(players), fill_value=0)
        for player in range(players):
            as_much = (score >= score[player] - 1e-9).sum()
            if score[player] > 1e-9 and as_much <= top and entered[player] == np.inf:
                entered[player] = check
    return entered


@pytest.mark.parametrize("seed", range(4))
def test_an_account_enters_when_few_have_as_much_in_the_window(seed):
    parents, owners, _, rng = random_tree(seed, n=120, players=15)
    at_s = np.sort(rng.integers(0, 9_000, 120)).astype(float)
    checks = np.arange(0.0, 9_001.0, 300.0)
    found = entries(parents, owners, np.arange(120), at_s, checks, 1_800.0, 15, 3)
    assert found.tolist() == slow_entries(parents, owners, at_s, checks, 1_800.0, 15, 3).tolist()
    assert np.isfinite(found).any()


def test_who_entered_the_top_says_when():
    early = ([-1, 0, 0], ["A", "B", "C"], 1.0)
    late = ([-1, 0, 0, 0], ["D", "E", "F", "G"], 1.0)
    forests = observed(early, *[([-1], ["x"], 1.0)] * 4, late)
    found = seeds.rank(forests, window_s=600, rng=1).set_index("user_id")
    # A leads once the event at 18:00:20 is seen; D five hours later.
    assert abs(found.entered_at["A"] - pd.Timestamp("2014-04-22T18:00:20Z")).seconds < 150
    assert abs(found.entered_at["D"] - pd.Timestamp("2014-04-22T23:00:30Z")).seconds < 150
    assert found.p_entered["A"] == found.p_entered["D"] == 1


def test_what_nothing_precedes_is_external():
    # X is passed on before it writes; A writes first.
    two = observed(([-1, 0, 0], ["A", "X", "B"], 1.0), ([-1, 0], ["X", "A"], 1.0))
    found = seeds.rank(two, rng=1).set_index("user_id")
    assert found.external.to_dict() == {"A": 0.5, "X": 0, "B": 0}
    # Jeffreys for 0 of 1: Beta(.5, 1.5) at 97.5 %; for 1 of 2 see the elites.
    assert found.external_high["B"] == pytest.approx(0.8532, abs=1e-4)
    assert found.external_low["A"] == pytest.approx(0.0608, abs=1e-4)


def test_the_median_stands_beside_the_mean():
    many = [([-1, 0], ["A", f"b{i}"], 1.0) for i in range(6)]
    found = seeds.rank(observed(*many), replicates=400, rng=1).iloc[0]
    assert found.credit == 9
    # Six cascades' weights average 1 in each replicate: A's credit is always 9.
    assert found.credit_median == pytest.approx(9, rel=1e-6)
    assert found.first_tweet_id == "00"
