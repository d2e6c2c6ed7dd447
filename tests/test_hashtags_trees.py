"""Arborescences, missing tweets and recruitment: small pieces against plain enumeration."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_hashtags_usage import archive

from spread.hashtags import _acts, _arborescence, _completeness, _forms, _recruitment

NO = -np.inf


def forests(weights: np.ndarray) -> list[tuple[int, ...]]:
    """All arborescences from node 0 along finite arcs, as parents of nodes 1.."""
    count = len(weights)
    found = []
    for parents in itertools.product(range(count), repeat=count - 1):
        above = dict(enumerate(parents, 1))
        if any(not np.isfinite(weights[p, c]) for c, p in above.items()):
            continue
        reached, grown = {0}, True
        while grown:
            new = {c for c, p in above.items() if p in reached} - reached
            grown, reached = bool(new), reached | new
        if len(reached) == count:
            found.append(parents)
    return found


def weight(weights: np.ndarray, parents: tuple[int, ...]) -> float:
    return float(sum(weights[p, c] for c, p in enumerate(parents, 1)))


def test_the_best_tree_is_not_the_best_arc_into_each() -> None:
    """Arcs r-a 5, r-b 1, a-b 10, b-a 11, a-c 3, b-c 8, c-b 4: 23, where greedy has a cycle."""
    arcs = {(0, 1): 5, (0, 2): 1, (1, 2): 10, (2, 1): 11, (1, 3): 3, (2, 3): 8, (3, 2): 4}
    weights = np.full((4, 4), NO)
    for arc, value in arcs.items():
        weights[arc] = value
    greedy = weights.argmax(axis=0)
    assert (greedy[1], greedy[2]) == (2, 1)
    assert _arborescence.best(weights).tolist() == [-1, 0, 1, 2]
    assert max(weight(weights, tree) for tree in forests(weights)) == 23


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.integers(2, 5), st.integers(0, 10_000))
def test_the_best_tree_is_that_of_all_trees(count: int, seed: int) -> None:
    """Small whole weights make ties and cycles within cycles; some arcs are missing."""
    rng = np.random.default_rng(seed)
    weights = rng.integers(-3, 9, (count, count)).astype(float)
    weights[rng.random((count, count)) < 0.3] = NO
    weights[0, 1:] = np.maximum(weights[0, 1:], -20.0)
    trees = forests(weights)
    parents = tuple(_arborescence.best(weights)[1:].tolist())
    assert parents in trees
    assert weight(weights, parents) == max(weight(weights, tree) for tree in trees)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(2, 5), st.integers(0, 10_000))
def test_marginals_are_those_of_all_trees(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.exponential(size=(count, count)) * (rng.random((count, count)) < 0.8)
    weights[0, 1:] += 0.01
    np.fill_diagonal(weights, 0.0)
    weights[:, 0] = 0.0
    with np.errstate(divide="ignore"):
        trees = forests(np.log(weights))
    worth = np.array([np.prod([weights[p, c] for c, p in enumerate(t, 1)]) for t in trees])
    share = np.zeros_like(weights)
    for tree, value in zip(trees, worth / worth.sum(), strict=True):
        for child, parent in enumerate(tree, 1):
            share[parent, child] += value
    arcs, root = _arborescence.marginals(weights[1:, 1:], weights[0, 1:])
    assert np.exp(_arborescence.log_total(weights[1:, 1:], weights[0, 1:])) == pytest.approx(
        worth.sum()
    )
    assert arcs == pytest.approx(share[1:, 1:], abs=1e-9)
    assert root == pytest.approx(share[0, 1:], abs=1e-9)


def retweeted(count: int, held: int) -> pd.DataFrame:
    """`count` retweets, each of another's tweet, of which `held` were collected."""
    rows = [(f"o{i}", f"a{i}", 2, "tag") for i in range(held)]
    rows += [(f"r{i}", f"b{i}", 3 + i, "tag") for i in range(count)]
    none = [None] * held
    return archive(
        *rows,
        kind=["tweet"] * held + ["retweet"] * count,
        retweet_of=none + [f"o{i}" for i in range(count)],
        retweet_author_id=none + [f"a{i}" for i in range(count)],
    )


def test_completeness_counts_originals_of_retweets() -> None:
    got = _completeness.completeness(_acts.read(retweeted(40, 10)))
    assert (got.share, got.retweeted) == (0.25, 40)
    assert 0.13 < got.share_low < got.share < got.share_high < 0.41  # Wilson: .142, .402
    assert np.isnan(_completeness.completeness(_acts.read(retweeted(19, 19))).share)


def test_retweets_of_nobody_known_leave_completeness_open() -> None:
    tweets = retweeted(40, 10).assign(retweet_author_id=None)
    assert np.isnan(_completeness.completeness(_acts.read(tweets)).share)


def test_the_inventor_stays_with_the_chance_that_his_tweet_is_kept() -> None:
    """Authors a, b, c, d keep half: a stays first in 8 of the 15 non-empty choices."""
    acts = _acts.read(archive(*((str(i), "abcd"[i], i, "tag") for i in range(4))))
    held = acts.acts_with(0)
    got = _completeness.same_inventor(acts, held, 0.5, np.random.default_rng(1), 4000)
    assert got == pytest.approx(8 / 15, abs=4 * np.sqrt(0.25 / 3750))
    assert np.isnan(_completeness.same_inventor(acts, held, np.nan, np.random.default_rng(1)))


def test_a_kept_retweet_keeps_the_inventor_known() -> None:
    """b repeats a: a is first where either is kept (3 of 4), c alone in 1 of the 7 others.

    Kept with a half each of a, b, c: 7 non-empty choices, 6 with a or b.
    """
    rows = [("1", "a", 0, "tag"), ("2", "b", 1, "tag"), ("3", "c", 2, "tag")]
    tweets = archive(
        *rows,
        kind=["tweet", "retweet", "tweet"],
        retweet_of=[None, "1", None],
        retweet_author_id=[None, "a", None],
    )
    acts = _acts.read(tweets)
    rng = np.random.default_rng(1)
    got = _completeness.same_inventor(acts, acts.acts_with(0), 0.5, rng, 4000)
    assert got == pytest.approx(6 / 7, abs=4 * np.sqrt(0.25 / 3500))


def test_order_is_in_doubt_as_far_as_first_tweets_are_missing() -> None:
    """Drawn plainly: a lead is 0 with the share kept, else exponential with the gap as mean."""
    first, gap, kept = np.array([0, 100]), np.array([50.0, 200.0]), 0.6
    rng = np.random.default_rng(2)
    leads = np.where(rng.random((2, 200_000)) < kept, 0.0, rng.exponential(gap, (200_000, 2)).T)
    older = first[:, None] - leads
    got = _completeness.order_chances(first, gap, kept)
    assert got[0, 1] == pytest.approx((older[0] < older[1]).mean(), abs=0.005)
    assert got[0, 1] + got[1, 0] == pytest.approx(1.0)
    assert _completeness.order_chances(np.zeros(2, int), gap, 1.0)[0, 1] == 0.5


def test_shares_of_a_mixture_are_those_of_counts_where_sources_are_plain() -> None:
    """10 adopters of one source, 30 of another: a quarter, within its binomial interval."""
    ratios = np.repeat(np.eye(2), [10, 30], axis=0)
    share, low, high = _recruitment.shares(ratios, np.random.default_rng(1))
    assert share == pytest.approx([0.25, 0.75])
    assert low[0] == pytest.approx(0.25 - 1.96 * np.sqrt(0.25 * 0.75 / 40), abs=0.05)
    assert high[0] == pytest.approx(0.25 + 1.96 * np.sqrt(0.25 * 0.75 / 40), abs=0.05)


@pytest.mark.parametrize(
    ("tag", "found"), [("우리경찰청", True), ("커피숍", False), ("Ελλάς", False)]
)
def test_a_lexicon_reads_any_script(tag: str, found: bool) -> None:
    assert (tag in _forms.akin([tag], ["mynypd"], [], lexicon=["경찰"])) is found
