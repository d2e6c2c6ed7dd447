"""Real archives: the numbers that an independent program gives (see their README)."""

from pathlib import Path

import pandas as pd
import pytest
from invented_archive import counted

from spread import archive
from spread._errors import InputError
from spread.tables import TWEETS, USERS


def _collected(read: archive.Archive) -> pd.DataFrame:
    tweets = read.frame("tweets")
    return tweets[tweets.origin == "collected"]


@pytest.fixture(scope="module")
def network(shared: Path) -> archive.Archive:
    return archive.read(shared / "twarc-network" / "tweets.jsonl.gz")


def test_pages_of_v2_hold_what_their_own_tests_say(network: archive.Archive) -> None:
    tweets = _collected(network)
    assert len(tweets) == 500
    assert (tweets.kind == "retweet").sum() == 367
    assert (tweets.kind == "quote").sum() == 18
    # 35 answer a tweet; one of them also quotes, and counts as a quote.
    assert tweets.reply_to.notna().sum() == 35
    assert network.report.users == len(network.frame("users")) == 691


def test_retweets_get_their_hashtags_from_their_originals(network: archive.Archive) -> None:
    tweets = _collected(network)
    has_tag = tweets.hashtags.map(lambda keys: "blacklivesmatter" in keys)
    # 308 without resolving, 494 once each retweet is resolved.
    assert has_tag.sum() == 494
    assert not tweets.cut.any()
    assert not tweets.text.str.startswith("RT @").any()


def test_a_retweet_does_not_inherit_mentions_replies_or_quotes(network: archive.Archive) -> None:
    retweets = _collected(network).query("kind == 'retweet'")
    assert (retweets.mentions.map(len) == 0).all()
    assert (
        retweets[["reply_to", "reply_author_id", "quote_of", "quote_author_id"]]
        .isna()
        .to_numpy()
        .all()
    )
    assert retweets[["retweet_of", "retweet_author_id"]].notna().to_numpy().all()


def test_tables_have_the_declared_columns_and_order(network: archive.Archive) -> None:
    tweets, users = network.frame("tweets"), network.frame("users")
    assert list(tweets.columns) == TWEETS.names
    assert list(users.columns) == USERS.names
    assert list(network.tweets.columns) == TWEETS.names
    assert not tweets.duplicated(["platform", "tweet_id"]).any()
    assert tweets[["at", "tweet_id"]].apply(tuple, axis=1).is_monotonic_increasing
    assert tweets[["platform", "tweet_id", "author_id", "at", "kind"]].notna().to_numpy().all()


@pytest.mark.parametrize(
    ("name", "tweets"), [("10-sample", 10), ("100-sample", 100), ("10-v2-sample", 10)]
)
def test_twut_samples(shared: Path, name: str, tweets: int) -> None:
    read = archive.read(shared / "twut" / f"{name}.jsonl")
    assert read.report.origins["collected"] == tweets
    assert read.report.totals["rejected"] == 0


@pytest.mark.parametrize(("name", "tweets"), [("hk", 1628), ("hk3", 3499), ("reuters", 500)])
def test_split_files_of_tweets_and_users(shared: Path, name: str, tweets: int) -> None:
    read = archive.read(shared / "academictwitter" / name)
    assert read.report.origins["collected"] == tweets
    assert read.report.totals["kept"] == tweets + read.report.totals["kept_users"]
    # `query` is no archive; users stand apart from tweets, and give them their followers.
    assert all(ignored.endswith("query") for ignored in read.report.ignored)
    assert _collected(read).followers.notna().all()


def test_flattened_and_paged_files_give_the_same_tables(shared: Path) -> None:
    flat, paged = (
        archive.read(shared / "twarc-csv" / f"{name}.jsonl") for name in ("flat", "noflat")
    )
    own = [name for name in TWEETS.names if not name.startswith("source_")]
    pd.testing.assert_frame_equal(flat.frame("tweets")[own], paged.frame("tweets")[own])
    pd.testing.assert_frame_equal(flat.frame("users"), paged.frame("users"))
    assert flat.report.origins["collected"] == 100


def test_points_and_places(shared: Path) -> None:
    tweets = _collected(archive.read(shared / "twarc-csv" / "geo_tweets.jsonl"))
    assert len(tweets) == 2
    point = tweets.dropna(subset="longitude").iloc[0]
    assert (point.longitude, point.latitude) == (42.77810097, 88.01785747)
    place = tweets.dropna(subset="place_name").iloc[0]
    assert (place.place_name, place.place_country) == ("Berlin, Germany", "DE")


def test_the_tweet_inside_another_is_embedded(shared: Path) -> None:
    read = archive.read(shared / "twarc-csv" / "two_tweets.jsonl")
    tweets = read.frame("tweets").set_index("origin")
    assert read.report.totals["records"] == 1
    assert tweets.loc["collected", "retweet_of"] == tweets.loc["embedded", "tweet_id"]
    assert tweets.loc["collected", "retweet_author_id"] == tweets.loc["embedded", "author_id"]


def test_a_stream_that_ends_in_half_a_line(shared: Path) -> None:
    read = archive.read(shared / "twarc-csv" / "streaming_output_with_error.jsonl")
    assert read.report.totals["kept"] == 7
    assert read.report.reasons == {"BAD_JSON": 1}
    assert read.report.rejects.iloc[0].source_record == 8


@pytest.mark.parametrize("name", ["withheld", "edited", "quoted_edit", "entities_test", "brexit"])
def test_other_pages_are_read_whole(shared: Path, tmp_path: Path, name: str) -> None:
    page = (shared / "twarc-csv" / f"{name}.jsonl").read_bytes()
    counts, rejects = counted(tmp_path, page)
    assert counts["records"] == counts["kept_tweets"] > 0
    assert rejects == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("counts.jsonl", "a count of tweets"),
        ("users.jsonl", "96 users"),
        ("tweets_compliance.jsonl", "a compliance record"),
        ("empty.json", "the file is empty"),
    ],
)
def test_files_without_tweets_say_what_they_hold(shared: Path, name: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        archive.read(shared / "twarc-csv" / name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_in_no_known_format_is_named(shared: Path) -> None:
    with pytest.raises(InputError, match="it begins with '<', as XML and web pages do"):
        archive.read(shared / "finnish-nato" / "nato_2021-12-30_2022-01-12.xml.gz")
