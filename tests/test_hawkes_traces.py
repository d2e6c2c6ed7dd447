"""Shares of a tag's first day that trace back to another tag."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from spread import hawkes
from spread._errors import UsageError
from spread.hawkes._column import greatest
from spread.hawkes._gibbs import drawn_counts
from spread.hawkes._origins import Parents
from spread.hawkes._simulate import roots_of
from spread.hawkes._uses import uses_of

HOUR = 3600.0
FED = {
    "baseline": [12 / HOUR, 0.6 / HOUR],
    "branching": [[0.3, 0.12], [0.0, 0.3]],
    "decay": 1 / 1200,
    "types": ["mynypd", "mylapd"],
}
ALONE = FED | {"baseline": [12 / HOUR, 2.4 / HOUR], "branching": [[0.3, 0.0], [0.0, 0.3]]}
START = pd.Timestamp("2014-04-22T18:00Z").as_unit("us")


def tweets_of(times_s: np.ndarray, tags: list[list[str]], **more: object) -> pd.DataFrame:
    n = len(times_s)
    return pd.DataFrame(
        {
            "tweet_id": [f"{i:06d}" for i in range(n)],
            "author_id": [f"user{i % 7}" for i in range(n)],
            "at": START + pd.to_timedelta(np.round(np.asarray(times_s) * 1e6), unit="us"),
            "hashtags": tags,
            "at_resolution_ms": 1,
        }
        | more
    )


def planted(truth: dict, rng: int, end_s: float = 72 * HOUR) -> tuple[pd.DataFrame, float]:
    """Return tweets with the tags of a simulated process, and the true share of the first day."""
    drawn = hawkes.simulate(truth, end_s=end_s, rng=rng)
    kind = drawn.events["type"].to_numpy(object)
    root = kind[drawn.offsets[:-1][drawn.events["cascade"]]]
    times = drawn.events["time_s"].to_numpy()
    target = kind == "mylapd"
    day = target & (times < times[target].min() + 86_400)
    share = float((root == "mynypd")[day].mean())
    return tweets_of(times, [[k] for k in kind]), share


def test_the_interval_holds_the_planted_share() -> None:
    tweets, share = planted(FED, rng=2)
    told = hawkes.traces(tweets, "#myNYPD", ["#myLAPD"], shifts=39, rng=1).table.iloc[0]
    assert told.share_low < share < told.share_high
    assert told.p_null <= 0.05
    assert told.cannot_tell is None


def test_tags_that_ignore_each_other_cannot_be_traced() -> None:
    tweets, _ = planted(ALONE, rng=2)
    told = hawkes.traces(tweets, "mynypd", ["mylapd"], shifts=39, rng=1).table.iloc[0]
    assert told.share_low == 0
    assert told.cannot_tell


def test_retweets_weigh_where_their_original_stands() -> None:
    """Ten retweets of one tweet: its origin counts eleven times, and no event is added."""
    tweets, _ = planted(FED, rng=1)
    own = tweets[tweets.hashtags.map(lambda tags: tags == ["mylapd"])].sort_values("at").iloc[3]
    again = tweets_of(np.zeros(10), [["mylapd"]] * 10, kind="retweet", retweet_of=own.tweet_id)
    again["tweet_id"], again["at"] = [f"r{i}" for i in range(10)], own["at"]
    before = uses_of(tweets, "mynypd", ["mylapd"], rng=np.random.default_rng(1))
    both = pd.concat([tweets.assign(kind="tweet", retweet_of=None), again])
    after = uses_of(both, "mynypd", ["mylapd"], rng=np.random.default_rng(1))
    more = after.tweets(np.full(2, np.inf)) - before.tweets(np.full(2, np.inf))
    assert len(before) == len(after)
    assert {i: c for i, c in zip(after.tweet_ids, more, strict=True) if c} == {own.tweet_id: 10}


def test_a_tweet_with_both_tags_spreads_the_newer() -> None:
    tweets = tweets_of(np.arange(3.0), [["a"], ["a", "b"], ["b", "a"]])
    uses = uses_of(tweets, "a", ["b"], rng=np.random.default_rng(1))
    assert uses.types.tolist() == [0, 1, 1]


def test_rows_in_any_order_are_the_same_tweets() -> None:
    tweets, _ = planted(FED, rng=3, end_s=30 * HOUR)
    there, back = (
        hawkes.traces(rows, "mynypd", ["mylapd"], shifts=3, rng=1).table
        for rows in (tweets, tweets.iloc[::-1])
    )
    pd.testing.assert_frame_equal(there, back)


def test_a_root_that_never_occurs_is_named() -> None:
    with pytest.raises(UsageError, match="#mysfpd"):
        hawkes.traces(tweets_of(np.arange(3.0), [["a"]] * 3), "mySFPD", ["a"])


def test_nobody_asked_for_gives_an_empty_table() -> None:
    told = hawkes.traces(tweets_of(np.arange(3.0), [["a"]] * 3), "a", [], rng=1)
    assert told.table.empty
    assert told.cannot_tell == "no tag has enough own tweets"


def test_the_greatest_likelihood_of_known_courses() -> None:
    """One course with n events and total T: w = n / T, and n ln(n / T) − n is the maximum."""
    pulls, totals = np.column_stack([np.ones(5), np.full(5, 1e-9)]), np.array([2.0, 3.0])
    kept = np.array([[True, False], [True, True], [False, False]])
    known = 5 * np.log(5 / 2) - 5
    assert greatest(pulls, totals, kept)[0].tolist() == pytest.approx([known, known, -np.inf])


def test_the_greatest_likelihood_is_that_of_a_general_search() -> None:
    r = np.random.default_rng(3)
    pulls, totals = r.exponential(size=(60, 3)) * [1.0, 0.2, 3.0], np.array([20.0, 5.0, 90.0])

    def fall(w: np.ndarray) -> float:
        return float(w @ totals - np.log(pulls @ w).sum())

    best = minimize(fall, np.ones(3), bounds=[(0, None)] * 3, method="L-BFGS-B", tol=1e-12)
    found, weights = greatest(pulls, totals, np.ones((1, 3), dtype=bool))
    assert fall(weights[0]) == pytest.approx(-found[0])
    assert found[0] == pytest.approx(-best.fun, abs=1e-4)  # 1e-6 a step, four steps at most left


def test_origins_are_counted_as_their_chances_say() -> None:
    """Of 6000 events with shares 1/6, 2/6, 3/6 within 5 standard errors; the kernel's plain twin
    draws the same."""
    pulls, types = np.tile([1.0, 2.0, 1.0], (6000, 1)), np.zeros(6000, dtype=np.int64)
    weights = np.array([[1.0], [1.0], [3.0]])
    uniforms = np.random.default_rng(1).random(6000)
    counts = drawn_counts(pulls, types, weights, uniforms)
    expected = np.array([1000, 2000, 3000])
    assert (np.abs(counts[:, 0] - expected) < 5 * np.sqrt(expected * (1 - expected / 6000))).all()
    assert (counts == drawn_counts.py_func(pulls, types, weights, uniforms)).all()


def test_causes_are_those_of_drawn_parents() -> None:
    """A class a first cause: as often as by drawing parents and going up, within 5 standard
    errors of 4000 draws."""
    r = np.random.default_rng(2)
    times, types = np.sort(r.uniform(0, 10, 9)), np.array([0, 1, 0, 0, 1, 0, 1, 1, 0])
    branching = np.array([[0.5, 0.9], [0.2, 0.3]])
    posterior = Parents(times, types, np.ones(9), np.full(9, 0.4), 0, branching,
                        np.array([0.5, 2.0]), np.array([0.25, 1.0]))  # fmt: skip
    up = [types[roots_of(posterior.draw(r).astype(np.int64))] for _ in range(4000)]
    drawn = [posterior.causes(r) for _ in range(4000)]
    p = np.mean(up, axis=0)
    assert (np.abs(np.mean(drawn, axis=0) - p) < 5 * np.sqrt(2 * p * (1 - p) / 4000 + 1e-9)).all()
    assert (posterior.causes(r, always=np.full(9, 2)) == 2).all()


def test_a_tag_without_its_hijacker_lies_between_the_bounds() -> None:
    """Each tweet of one account calls forth eight of others; all else comes from outside."""
    truth = {
        "baseline": [20 / HOUR, 0.3 / HOUR],
        "branching": [[0.3, 0.0], [8.0, 0.0]],
        "decay": 1 / 600,
        "types": ["others", "hijacker"],
    }
    drawn = hawkes.simulate(truth, end_s=48 * HOUR, rng=5)
    kind = drawn.events["type"].to_numpy(object)
    began = kind[drawn.offsets[:-1][drawn.events["cascade"]]]
    tweets = tweets_of(drawn.events["time_s"].to_numpy(), [["mynypd"]] * len(kind))
    tweets["author_id"] = np.where(kind == "hijacker", "bob", "ann")
    told = hawkes.without(tweets, "myNYPD", "bob", shifts=39, rng=1)
    assert told.cannot_tell is None
    assert told.own == np.sum(kind == "hijacker")
    assert told.traced_low < np.sum(began == "hijacker") < told.traced_high
    assert told.traced <= told.bound <= told.tweets
    assert told.timeline["tweets"].sum() == len(tweets)
    left = told.timeline["without"].sum()
    assert left == pytest.approx(told.tweets - told.traced, abs=1e-6)


def test_an_account_whom_nobody_follows_leaves_all_but_its_own() -> None:
    r = np.random.default_rng(4)
    tweets = tweets_of(np.sort(r.uniform(0, 48 * HOUR, 400)), [["mynypd"]] * 400)
    tweets["author_id"] = np.where(r.random(400) < 0.05, "bob", "ann")
    told = hawkes.without(tweets, "mynypd", ["bob"], shifts=39, rng=1)
    assert told.cannot_tell
    assert told.traced_low == told.own == (tweets.author_id == "bob").sum()


def test_a_root_that_never_stands_alone_is_refused() -> None:
    tags = [["a", "b"], ["a", "c"]] * 30
    at = pd.date_range("2014-04-22T18:00Z", periods=60, freq="7min")
    ids = [str(n) for n in range(60)]
    tweets = pd.DataFrame({"tweet_id": ids, "author_id": ids, "at": at, "hashtags": tags})
    told = hawkes.traces(tweets, "a", ["b", "c"], rng=1)
    assert told.cannot_tell == "no tweet carries the root without a newer one of the tags"
    assert told.matrix.empty
