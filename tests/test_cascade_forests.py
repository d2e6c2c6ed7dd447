import branching
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from spread import cascade, tables
from spread._errors import MissingColumnError, UsageError

COLUMNS = ["tweet_id", "author_id", "at", "kind", "retweet_of", "retweet_author_id", "followers"]


def table(*rows, **constant):
    """Give a tweets table of rows (id, author, seconds, kind, original, its author, followers)."""
    found = pd.DataFrame(rows, columns=COLUMNS).assign(origin="collected").assign(**constant)
    at = pd.Timestamp("2014-04-22T18:00:00Z") + pd.to_timedelta(found["at"], unit="s")
    return found.assign(at=at.astype("datetime64[us, UTC]"))


TWEETS = table(
    ("10", "a", 0, "tweet", None, None, 100),
    ("11", "b", 60, "retweet", "10", "a", None),
    ("12", "c", 30, "retweet", "10", "a", 0),
    ("13", "b", 90, "retweet", "10", "a", 7),  # b once more
    ("14", "a", 95, "retweet", "10", "a", 100),  # the author's own
    ("15", "d", 5, "reply", None, None, 3),
    ("16", "e", -9, "retweet", "20", "z", 4),  # before its original
    ("20", "z", -5, "tweet", None, None, 50),
)


FOLLOWS = pd.DataFrame({"follower_id": ["b"], "followed_id": ["c"]})


def test_events_are_roots_and_first_retweets_in_order():
    forests = cascade.forests(TWEETS, rng=1)
    events = forests.events
    assert events.columns.tolist() == tables.EVENTS.names
    assert events.tweet_id.tolist() == ["20", "16", "10", "12", "11", "14", "15"]
    assert events.cascade.tolist() == [0, 0, 1, 1, 1, 1, 2]
    assert events.event.tolist() == [0, 1, 0, 1, 2, 3, 0]
    assert events.at_s.tolist() == [0, 0, 0, 30, 60, 95, 0]
    assert events.mark.tolist() == [50, 4, 100, 1, 1, 100, 3]
    assert forests.offsets.tolist() == [0, 2, 6, 7]
    assert forests.root_at[1] == pd.Timestamp("2014-04-22T18:00:00Z")


def test_what_was_dropped_or_mended_is_counted():
    counted = cascade.forests(TWEETS, rng=1).parameters
    assert counted["retweets"] == 4
    assert counted["repeats_dropped"] == 1
    assert counted["earlier_than_root"] == 1
    assert counted["self_retweets"] == 1
    assert counted["marks_missing"] == 1
    assert counted["resolution_s"] == 1.0


def test_originals_without_retweets_can_be_left_out():
    forests = cascade.forests(TWEETS, singletons=False, rng=1)
    assert forests.events.tweet_id.tolist() == ["20", "16", "10", "12", "11", "14"]


@pytest.mark.parametrize("form", ["arrow", "ibis", "shuffled"])
def test_every_kind_of_table_and_order_gives_the_same(form):
    arrow = tables.arrow(TWEETS, tables.TWEETS, [*COLUMNS, "origin"], optional=["at_resolution_ms"])
    given = {
        "arrow": arrow,
        "ibis": ibis.memtable(arrow),
        "shuffled": TWEETS.sample(frac=1, random_state=3),
    }[form]
    expected, found = cascade.forests(TWEETS, rng=1), cascade.forests(given, rng=1)
    pd.testing.assert_frame_equal(found.events, expected.events)
    np.testing.assert_array_equal(found.tree(7), expected.tree(7))


def test_inputs_are_not_changed():
    before = TWEETS.copy(deep=True)
    cascade.forests(TWEETS, rng=1)
    pd.testing.assert_frame_equal(TWEETS, before)


def test_a_root_of_which_only_the_id_is_known_stands():
    stub = table(("1", None, 0, None, None, None, None)).assign(origin="stub")
    tweets = pd.concat([stub, table(("2", "b", 9, "retweet", "1", "a", 5))])
    events = cascade.forests(tweets, rng=1).events
    assert events.tweet_id.tolist() == ["1", "2"]
    assert events.user_id.tolist() == ["a", "b"]
    assert events.at_s.tolist() == [0, 9]


def test_a_root_that_is_in_no_row_begins_with_its_first_retweet():
    events = cascade.forests(table(("2", "b", 9, "retweet", "1", None, 5)), rng=1).events
    assert events.tweet_id.tolist() == ["1", "2"]
    assert events.user_id.isna().tolist() == [True, False]
    assert events.at_s.tolist() == [0, 0]


def test_unknown_retweeters_are_not_one_person():
    rows = [(str(i), None, i, "retweet", "1", "a", 5) for i in (2, 3)]
    assert len(cascade.forests(table(*rows), rng=1).events) == 3


def test_no_tweets_give_no_cascades():
    forests = cascade.forests(TWEETS.iloc[:0], rng=1)
    assert len(forests) == len(forests.events) == len(forests.tree(0)) == 0
    assert "only 0 retweets" in forests.parameters["kernel_cannot_tell"]
    assert len(cascade.metrics(forests)) == len(cascade.ccdf(cascade.metrics(forests))) == 0


def test_ids_of_two_platforms_are_kept_apart():
    other = TWEETS.assign(platform="mastodon")
    both = pd.concat([TWEETS.assign(platform="twitter"), other])
    assert len(cascade.forests(both, rng=1)) == 6


def test_few_retweets_take_the_published_kernel_and_say_so():
    forests = cascade.forests(TWEETS, rng=1)
    assert forests.parameters["rate_per_s"] == 6.8e-5
    assert "only 4 retweets" in forests.parameters["kernel_cannot_tell"]
    lags = np.exp(-6.8e-5 * np.array([60, 30]))
    expected = np.array([100, 1]) * lags / np.sum(np.array([100, 1]) * lags)
    assert forests.posterior.probabilities(4) == pytest.approx(expected)


def test_trees_are_the_same_every_time_and_differ_from_each_other():
    many = branching.cascades(np.random.default_rng(4), 3, least=30)
    forests = cascade.forests(branching.tweets(many), rng=9)
    np.testing.assert_array_equal(forests.tree(3), forests.tree(3))
    assert not np.array_equal(forests.tree(3), forests.tree(4))
    again = cascade.forests(branching.tweets(many), rng=9)
    np.testing.assert_array_equal(forests.tree(3), again.tree(3))


def test_the_star_and_the_chain():
    star = cascade.forests(TWEETS, method="star", rng=1)
    assert star.tree(0).tolist() == [-1, 0, -1, 2, 2, 2, -1]
    chain = cascade.forests(TWEETS, method="latest", rng=1)
    assert chain.tree(0).tolist() == [-1, 0, -1, 2, 3, 4, -1]
    assert cascade.forests(TWEETS, method="debatenight", rng=1).parameters["beta"] == 1.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "guess"}, "unknown method: got 'guess'; allowed: posterior, debatenight, pdi"),
        ({"method": "followers"}, "needs to know who follows whom"),
        ({"method": "followers", "follower_graph": 3}, "follower_graph cannot be used: got int"),
        ({"method": "followers", "follower_graph": FOLLOWS, "choice": "x"}, "unknown choice"),
        ({"method": "pdi", "gamma": 1.5}, "gamma cannot be used: got 1.5"),
        ({"method": "pdi", "alpha": 0}, "alpha cannot be used: got 0"),
        ({"method": "replies", "quotes": True}, "quotes cannot join reply trees"),
        ({"trees": 0}, "trees cannot be used: got 0"),
        ({"kernel": "linear"}, "unknown kernel: got 'linear'"),
        ({"follower_graph": object()}, "follower_graph is given but not used"),
    ],
)
def test_what_is_not_allowed_is_refused(options, message):
    with pytest.raises(UsageError, match=message):
        cascade.forests(TWEETS, rng=1, **options)


def test_missing_columns_and_repeated_tweets_are_named():
    with pytest.raises(MissingColumnError, match="Add retweet_of"):
        cascade.forests(TWEETS.drop(columns="retweet_of"), rng=1)
    with pytest.raises(UsageError, match="tweets are not unique: got tweet 20 twice"):
        cascade.forests(pd.concat([TWEETS, TWEETS.iloc[-1:]]), rng=1)


def test_a_fitted_kernel_has_intervals():
    many = branching.cascades(np.random.default_rng(5), 4, least=40)
    parameters = cascade.forests(branching.tweets(many), kernel="exponential", rng=1).parameters
    assert parameters["kernel_cannot_tell"] is None
    assert parameters["rate_per_s_low"] < parameters["rate_per_s"] < parameters["rate_per_s_high"]
    assert parameters["beta_low"] <= parameters["beta"] <= parameters["beta_high"]


def test_coverage_takes_the_largest_reported_count():
    tweets = TWEETS.assign(retweet_count=[8, 8, 8, 8, 5, 0, None, None])
    found = cascade.coverage(tweets)
    assert found.columns.tolist() == ["tweet_id", "user_id", "observed", "reported", "coverage"]
    assert found.tweet_id.tolist() == ["10", "20"]
    assert found.observed.tolist() == [4, 1]
    assert found.reported.tolist() == [8, pd.NA]
    assert found.coverage[0] == 0.5
    assert np.isnan(found.coverage[1])


def test_coverage_counts_collected_originals_whose_retweets_are_all_missing():
    lone = TWEETS.iloc[[0]].assign(
        tweet_id="90", kind="tweet", retweet_of=None, origin="collected", retweet_count=7
    )
    inlined = lone.assign(tweet_id="91", origin="embedded")
    found = cascade.coverage(pd.concat([lone, inlined]))
    assert found[["tweet_id", "observed", "reported", "coverage"]].values.tolist() == [
        ["90", 0, 7, 0.0]
    ]


def test_coverage_of_nothing_is_empty():
    assert len(cascade.coverage(pa.Table.from_pandas(TWEETS.iloc[:0]))) == 0
