"""Counting hashtags, and what the archive tells of how it was collected."""

import gzip
import json
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import hashtags, text
from spread._errors import MissingColumnError, UsageError
from spread.hashtags import _acts

pytestmark = pytest.mark.filterwarnings("error")


def archive(*rows: tuple[str, str, int, str], **columns: list[object]) -> pd.DataFrame:
    """Tweets of (id, author, minutes after two o'clock, tags as typed)."""
    typed = [row[3].split() for row in rows]
    start = pd.Timestamp("2014-04-22T18:00Z")
    return pd.DataFrame(
        {
            "tweet_id": [row[0] for row in rows],
            "author_id": [row[1] for row in rows],
            "at": pd.to_datetime([start + pd.Timedelta(minutes=row[2]) for row in rows]),
            "hashtags": [sorted({text.hashtag_key(tag) for tag in tags}) for tags in typed],
            "hashtags_shown": typed,
            **columns,
        }
    )


SMALL = archive(
    ("3", "cy", 9, "MYNYPD mylapd"),
    ("1", "ann", 0, "myNYPD"),
    ("2", "bob", 5, "myNYPD myNYPD"),
    ("4", "ann", 9, "police"),
    kind=["tweet", "tweet", "retweet", "tweet"],
)


def test_usage_counts_tweets_originals_and_authors() -> None:
    root = hashtags.usage(SMALL).iloc[0]
    assert (root["hashtag"], root["shown"]) == ("mynypd", "myNYPD")
    assert (root["tweets"], root["originals"], root["authors"]) == (3, 2, 3)
    assert (root["first_tweet_id"], root["first_author_id"]) == ("1", "ann")
    assert root["last_at"] - root["first_at"] == pd.Timedelta(minutes=9)


def test_usage_breaks_equal_times_by_number() -> None:
    tied = archive(("10", "bob", 0, "a"), ("9", "ann", 0, "a"))
    assert hashtags.usage(tied)["first_tweet_id"].tolist() == ["9"]


@pytest.mark.parametrize("make", [ibis.memtable, lambda t: t, lambda t: t.to_pandas()])
def test_every_kind_of_table_gives_the_same(make: object) -> None:
    table = pa.Table.from_pandas(SMALL, preserve_index=False)
    pd.testing.assert_frame_equal(hashtags.usage(make(table)), hashtags.usage(SMALL))


def test_embedded_tweets_are_not_counted() -> None:
    partly = SMALL.assign(origin=["collected", "embedded", "collected", "collected"])
    assert hashtags.usage(partly).set_index("hashtag")["tweets"]["mynypd"] == 2


def test_usage_of_an_archive_without_tags_is_an_empty_table() -> None:
    assert len(hashtags.usage(archive(("1", "ann", 0, "")))) == 0


def test_a_missing_column_is_named() -> None:
    with pytest.raises(MissingColumnError, match="Add hashtags"):
        hashtags.usage(SMALL.drop(columns="hashtags"))


tags = st.lists(st.sampled_from(["a", "B", "b", "ç", "Ｃ"]), max_size=4).map(" ".join)
tweets = st.lists(
    st.tuples(st.sampled_from("xyz"), st.integers(0, 90), tags), min_size=1, max_size=12
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(tweets, st.randoms(use_true_random=False))
def test_usage_equals_its_plain_twin_whatever_the_order(rows: list, random: object) -> None:
    table = archive(*[(str(i), *row) for i, row in enumerate(rows)])
    shuffled = table.sample(frac=1, random_state=random.randrange(99), ignore_index=True)
    got = hashtags.usage(shuffled).set_index("hashtag")
    pd.testing.assert_frame_equal(got.reset_index(), hashtags.usage(table))
    plain: dict[str, list] = {}
    for row in table.itertuples():
        for tag in row.hashtags:
            plain.setdefault(tag, []).append(row)
    assert set(plain) == set(got.index)
    for tag, used in plain.items():
        first = min(used, key=lambda row: (row.at, len(row.tweet_id), row.tweet_id))
        assert got.loc[tag, "tweets"] == len(used)
        assert got.loc[tag, "authors"] == len({row.author_id for row in used})
        assert got.loc[tag, "first_author_id"] == first.author_id


def test_timeline_fills_empty_bins_and_adds_up() -> None:
    line = hashtags.timeline(SMALL, ["#myNYPD", "MyLAPD"], bin_s=120)
    assert len(line) == 2 * 5  # minutes 0 to 9 in bins of two
    assert line.groupby("hashtag")["tweets"].sum().to_dict() == {"mylapd": 1, "mynypd": 3}
    assert ((line["end_at"] - line["start_at"]) == pd.Timedelta(seconds=120)).all()
    assert line.query("hashtag == 'mynypd'")["tweets"].tolist() == [1, 0, 1, 0, 1]


def test_timeline_chooses_a_round_bin_of_at_most_240() -> None:
    three_days = archive(("1", "ann", 0, "a"), ("2", "ann", 3 * 24 * 60, "a"))
    line = hashtags.timeline(three_days, "a")
    assert line["end_at"].iloc[0] - line["start_at"].iloc[0] == pd.Timedelta(minutes=30)
    century = archive(("1", "ann", 0, "a"), ("2", "ann", 100 * 365 * 24 * 60, "a"))
    line = hashtags.timeline(century, "a")
    # 5,214 weeks in at most 240 bins: 32 weeks each.
    assert line["end_at"].iloc[0] - line["start_at"].iloc[0] == pd.Timedelta(weeks=32)
    assert len(line) <= 240


@pytest.mark.parametrize("bin_s", [0, -5, 1.5, True])
def test_timeline_refuses_a_bin_that_is_no_length(bin_s: object) -> None:
    with pytest.raises(UsageError, match="bin_s cannot be used: got"):
        hashtags.timeline(SMALL, "a", bin_s=bin_s)


def test_a_tag_that_never_occurs_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        hashtags.collection(SMALL, "#MyNYDP")
    assert str(caught.value) == (
        "this hashtag never occurs in the archive: got #mynydp. "
        "The nearest that do: #mynypd (3 tweets)"
    )


@pytest.mark.parametrize("root", ["", "#", "  "])
def test_an_empty_tag_is_one_clear_line(root: str) -> None:
    with pytest.raises(UsageError, match=r"no hashtag is named: got .*commonest.*#mynypd"):
        hashtags.collection(SMALL, root)


def test_an_archive_with_other_talk_is_not_selected_by_the_root() -> None:
    """100 tweets, 20 without the root: Wilson's lower end is .133 (closed form), above .05."""
    rows = [(str(i), f"u{i}", i, "police" if i % 5 == 0 else "myNYPD") for i in range(100)]
    found = hashtags.collection(archive(*rows), "mynypd")
    assert found["share_low"] == pytest.approx(0.1333669, abs=1e-6)
    assert found["selected_by"] is None
    assert found["cannot_tell"] is None
    assert found["lead_s"] == 60.0
    assert found["starts_at_launch"]


def test_a_few_tweets_without_the_root_leave_it_selected() -> None:
    rows = [(str(i), f"u{i}", i, "police" if i % 50 == 0 else "myNYPD") for i in range(100)]
    found = hashtags.collection(archive(*rows), "#MYNYPD")
    assert found["selected_by"] == "mynypd"
    assert str(found["cannot_tell"]).startswith("collected by this tag")


def test_an_archive_of_another_tag_says_so() -> None:
    rows = [(str(i), f"u{i}", i, "myNYPD mylapd" if i % 3 == 0 else "myNYPD") for i in range(99)]
    found = hashtags.collection(archive(*rows), "mylapd")
    assert found["selected_by"] == "mynypd"
    assert str(found["cannot_tell"]).startswith("collected by another tag")


def resolved(folder: Path) -> pd.DataFrame:
    """Read v2 pages plainly, each retweet's tags from its original."""
    rows = []
    for path in sorted(folder.glob("data_*.gz")) or sorted(folder.glob("*.gz")):
        for line in gzip.decompress(path.read_bytes()).split(b"\n"):
            if not line.strip():
                continue
            page = json.loads(line)
            tweets = page["data"] if isinstance(page, dict) else page
            includes = page.get("includes", {}) if isinstance(page, dict) else {}
            inner = {tweet["id"]: tweet for tweet in includes.get("tweets", [])}
            for tweet in tweets:
                links = {r["type"]: r["id"] for r in tweet.get("referenced_tweets", [])}
                source = inner.get(links.get("retweeted"), tweet)
                typed = [tag["tag"] for tag in source.get("entities", {}).get("hashtags", [])]
                rows.append((tweet["id"], tweet["author_id"], tweet["created_at"], typed))
    table = pd.DataFrame(rows, columns=["tweet_id", "author_id", "at", "hashtags_shown"])
    table["hashtags"] = [sorted({text.hashtag_key(t) for t in ts}) for ts in table.hashtags_shown]
    return table.assign(at=pd.to_datetime(table["at"])).drop_duplicates("tweet_id")


def test_an_archive_searched_by_its_tag_is_seen_through(shared: Path) -> None:
    """Numbers of an independent program: 494 of 500 tweets; 512 of 516 tags (root included)."""
    found = hashtags.collection(resolved(shared / "twarc-network"), "BlackLivesMatter")
    assert (found["tweets"], found["without_root"]) == (500, 6)
    assert (found["other_tags"] + 1, found["first_beside_root"] + 1) == (516, 512)
    assert str(found["cannot_tell"]).startswith("collected by this tag")


@pytest.mark.parametrize(("name", "tweets"), [("hk", 1628), ("hk3", 3499)])
def test_archives_of_a_known_query_are_selected(shared: Path, name: str, tweets: int) -> None:
    found = hashtags.collection(resolved(shared / "academictwitter" / name), "standwithhongkong")
    assert (found["tweets"], found["without_root"]) == (tweets, 0)
    assert found["selected_by"] == "standwithhongkong"


def test_originals_that_only_a_retweet_shows_are_known() -> None:
    """Bob's and dee's retweets show cy's tweet 5, from just before the first of them."""
    rows = archive(
        ("8", "bob", 3, "myLAPD"),
        ("9", "dee", 4, "myLAPD"),
        ("1", "ann", 0, "myNYPD"),
        kind=["retweet", "retweet", "tweet"],
        retweet_of=["5", "5", None],
        retweet_author_id=["cy", "cy", None],
    )
    acts = _acts.read(rows)
    assert acts.author_ids[acts.author].tolist() == ["ann", "cy", "bob", "dee"]
    assert acts.tweet_id.tolist() == ["1", "8", "8", "9"]
    assert acts.collected.tolist() == [True, False, True, True]
    assert acts.shows.tolist() == [-1, -1, 1, 1]
    assert (acts.at[2] - acts.at[1], acts.original[1]) == (1, True)
    assert acts.acts_with(acts.code("mylapd")).tolist() == [1, 2, 3]
    assert hashtags.usage(rows).set_index("hashtag")["authors"]["mylapd"] == 2


def test_an_original_that_came_inside_another_tweet_has_its_own_time() -> None:
    rows = archive(("5", "cy", 1, "myLAPD"), ("8", "bob", 3, "myLAPD"), ("1", "ann", 0, "myNYPD"))
    rows = rows.assign(
        origin=["embedded", "collected", "collected"],
        kind=["tweet", "retweet", "tweet"],
        retweet_of=[None, "5", None],
        retweet_author_id=[None, "cy", None],
    )
    acts = _acts.read(rows)
    assert acts.tweet_id.tolist() == ["1", "5", "8"]
    assert acts.at[1] - acts.at[0] == 60_000_000
    assert acts.acts_with(acts.code("mylapd")).tolist() == [1, 2]
