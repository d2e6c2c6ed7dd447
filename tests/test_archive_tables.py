"""What the tables say: which row stands for a tweet, and what it takes from others."""

import gzip
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from invented_archive import (
    LAUNCH,
    put,
    snowflake,
    v1_retweet,
    v1_time,
    v1_tweet,
    v1_user,
    v2_tweet,
    v2_user,
)

from spread import archive

FILES = ("tweets.parquet", "users.parquet", "follows.parquet", "rejects.parquet")


def _tweets(path: Path, *records: Any) -> pd.DataFrame:
    read = archive.read(put(path / "tweets.jsonl", *records))
    return read.frame("tweets").set_index("tweet_id", drop=False)


def _entities(*tags: str, **more: Any) -> dict[str, Any]:
    return {"hashtags": [{"text": tag} for tag in tags], "urls": [], "user_mentions": []} | more


def test_times_come_from_ids_where_they_agree(tmp_path: Path) -> None:
    at = [
        (v1_tweet(10.25), 10.25, 1),
        (v1_tweet(20.25, author=2, created_at=v1_time(21)), 20.25, 1),
        (v1_tweet(30.25, author=3, created_at=v1_time(33)), 33, 1000),
        (v1_tweet(40, author=4, id=5, id_str="5"), 40, 1000),
        (v1_tweet(50.5, author=5, created_at=None), 50.5, 1),
        (v2_tweet(60, author=6, id="77", created_at="2014-04-22T17:56:00.125Z"), 60.125, 1),
    ]
    tweets = _tweets(tmp_path, *(tweet for tweet, _, _ in at))
    seconds = (tweets["at"] - LAUNCH).dt.total_seconds().to_numpy()
    assert seconds.tolist() == [second for _, second, _ in at]
    assert tweets.at_resolution_ms.tolist() == [resolution for *_, resolution in at]


def test_the_longest_text_is_taken_with_its_own_entities(tmp_path: Path) -> None:
    whole = {"full_text": "long #myNYPD #tail", "entities": _entities("myNYPD", "tail")}
    tweets = _tweets(
        tmp_path,
        v1_tweet(1, "long #myN…", truncated=True, extended_tweet=whole, entities=_entities("myN")),
        v1_tweet(2, None, full_text="Q&amp;A #a", entities=_entities("a")),
        v1_tweet(3, "compat #b and #GOPDeb… https://t.co/x", truncated=True,
                 entities=_entities("b", "GOPDeb")),
        v2_tweet(4, "cut at 280", note_tweet={"text": "whole #note",
                 "entities": {"hashtags": [{"tag": "note"}]}}),
        v1_tweet(5, "typed #Ａ by hand, no entities"),
    )  # fmt: skip
    assert tweets.text.tolist()[:2] == ["long #myNYPD #tail", "Q&A #a"]
    expected = [["mynypd", "tail"], ["a"], ["b"], ["note"], ["a"]]
    assert [list(keys) for keys in tweets.hashtags] == expected
    assert list(tweets.hashtags_shown.iloc[4]) == ["Ａ"]
    assert tweets.cut.tolist() == [False, False, True, False, False]


def test_a_tag_that_a_client_cut_is_no_tag(tmp_path: Path) -> None:
    cut = v1_tweet(1, "so true RT @invented1: we say #myNY…", entities=_entities("myNY"))
    both = v1_tweet(2, "#myNYPD again #myNYPD…", entities=_entities("myNYPD", "myNYPD"))
    dots = v1_tweet(3, "well #myNYPD...", entities=_entities("myNYPD"))
    tweets = _tweets(tmp_path, cut, both, dots)
    assert [list(keys) for keys in tweets.hashtags] == [[], ["mynypd"], ["mynypd"]]
    assert tweets.manual_retweet.tolist() == [True, False, False]


def test_an_old_style_retweet_holds_whom_it_repeats(tmp_path: Path) -> None:
    """Through two mentions, another spelling, both interfaces, and names known later only."""
    both = {"user_mentions": [{"id_str": "8", "screen_name": "cy"},
                              {"id_str": "9", "screen_name": "Ann"}]}  # fmt: skip
    v2_both = {"mentions": [{"id": "8", "username": "cy"}, {"id": "9", "username": "Ann"}]}
    cut = v1_tweet(5, "well said! RT @inven…", 5, truncated=True, entities={"user_mentions": []})
    whole = v1_tweet(5, "well said! RT @invented4: yes", 5, entities=_entities())
    named = [
        (v1_tweet(1, "@cy so true RT @aNN: #a", 1, entities=both), "9"),
        (v2_tweet(2, "@cy so true “ via @ann", 2, entities=v2_both), "9"),
        (v1_tweet(3, "“@Nobody: yes”", 3), "name:nobody"),
        (v1_tweet(4, "MT @Invented1 yes", 4), "1"),
        (v1_tweet(6, "start @invented4 now", 6), None),
        (v1_tweet(7, "a name that was cut: via @inven…", 6), ""),
    ]
    quoting = v1_tweet(9, "see", 7, quoted_status=whole, quoted_status_id_str=whole["id_str"])
    tweets = _tweets(tmp_path, *(tweet for tweet, _ in named), cut, quoting)
    tweets = tweets.set_index("tweet_id").astype({"retweet_author_id": object})
    for tweet, author in named:
        row = tweets.loc[tweet.get("id_str", tweet["id"])]
        assert row.retweet_author_id == author or (pd.isna(row.retweet_author_id) and not author)
        assert row.manual_retweet == (author is not None)
        assert (row.kind, pd.isna(row.retweet_of)) == ("tweet", True)
    assert tweets.retweet_author_id[cut["id_str"]] == "4"


def test_a_retweet_says_what_its_original_says_wherever_that_is(tmp_path: Path) -> None:
    long = "x " * 65 + "#myNYPD"
    media = {"media": [{"type": "photo"}, {"type": "animated_gif"}]}
    original = v1_tweet(
        1,
        long,
        entities=_entities(
            "myNYPD",
            urls=[{"expanded_url": "https://example.org/a"}],
            user_mentions=[{"id_str": "9", "screen_name": "invented9"}],
        ),
        extended_entities=media,
        coordinates={"coordinates": [-74.0, 40.7]},
    )
    inside = v1_retweet(5, original, 2, entities=_entities())
    alone = v2_tweet(
        6,
        "RT @invented1: " + long[:100] + "…",
        3,
        referenced_tweets=[{"type": "retweeted", "id": original["id_str"]}],
        entities={"hashtags": [{"tag": "x"}]},
    )
    tweets = _tweets(tmp_path, alone, inside)
    assert tweets.origin.tolist() == ["embedded", "collected", "collected"]
    for column in ("text", "cut"):
        assert tweets[column].nunique() == 1
    assert [list(keys) for keys in tweets.hashtags] == [["mynypd"]] * 3
    assert [list(kinds) for kinds in tweets.media] == [["photo", "gif"]] * 3
    assert [list(urls) for urls in tweets.urls] == [["https://example.org/a"]] * 3
    assert [list(ids) for ids in tweets.mentions] == [["9"], [], []]
    assert tweets.retweet_author_id.tolist()[1:] == ["1", "1"]
    assert tweets.longitude.notna().tolist() == [True, False, False]


def test_an_original_that_is_nowhere_is_a_stub(tmp_path: Path) -> None:
    gone = snowflake(-500, 8)
    retweets = [
        v2_tweet(
            second,
            "RT @Invented8: We say #myNYPD and #GOPDeb…",
            author,
            referenced_tweets=[{"type": "retweeted", "id": gone}],
            entities={
                "hashtags": [{"tag": "myNYPD"}, {"tag": "GOPDeb"}],
                "mentions": [{"username": "Invented8"}],
            },
            public_metrics={"retweet_count": 40 + author},
        )
        for author, second in ((1, 1), (2, 2))
    ]
    page = {"data": retweets, "includes": {"users": [v2_user(1)]}}
    later = {"users": [v2_user(8)]}
    read = archive.read(put(tmp_path / "tweets.jsonl", page, later))
    tweets = read.frame("tweets")
    stub = tweets.iloc[0]
    assert (stub.origin, stub.tweet_id, stub.author_id, stub.kind) == ("stub", gone, "8", "tweet")
    assert (stub["at"] - LAUNCH).total_seconds() == -500
    assert (stub.retweet_count, stub.source_record, pd.isna(stub.text)) == (42, 1, True)
    assert tweets.text.tolist()[1:] == ["We say #myNYPD and #GOPDeb…"] * 2
    assert [list(keys) for keys in tweets.hashtags] == [[], ["mynypd"], ["mynypd"]]
    assert tweets.cut.tolist() == [False, True, True]
    assert tweets.retweet_author_id.tolist()[1:] == ["8", "8"]
    assert read.report.origins == {"collected": 2, "embedded": 0, "stub": 1}
    assert read.report.share_cut == 1


def test_an_original_whose_id_holds_no_time_has_no_row(tmp_path: Path) -> None:
    old = v2_tweet(1, "RT @a: b", referenced_tweets=[{"type": "retweeted", "id": "29700859"}])
    assert _tweets(tmp_path, old).retweet_of.tolist() == ["29700859"]


def test_which_row_stands_for_a_tweet(tmp_path: Path) -> None:
    tweet = v1_tweet(1, "short", retweet_count=5)
    longer = tweet | {"text": "longer text", "retweet_count": 3}
    embedded = tweet | {"text": "the longest text of all", "retweet_count": 9}
    tweets = _tweets(tmp_path, v1_retweet(7, embedded), longer, tweet)
    row = tweets.loc[tweet["id_str"]]
    assert (row.origin, row.source_record, row.retweet_count) == ("collected", 2, 9)
    # What it says is the best text there is, also where that stood inside another.
    assert row.text == "the longest text of all"


def test_duplicates_count_in_the_file_they_are_in(tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", v1_tweet(1), v1_tweet(2))
    put(tmp_path / "b.jsonl", v1_tweet(1), v1_tweet(3, retweet_count=9), v1_tweet(3))
    files = archive.read(tmp_path).report.files.set_index("source_file")
    files.index = [Path(name).name for name in files.index]
    assert files.kept.to_dict() == {"a.jsonl": 2, "b.jsonl": 1}
    assert files.duplicates.to_dict() == {"a.jsonl": 0, "b.jsonl": 2}
    assert (files.records == files.kept + files.duplicates + files.rejected).all()


def test_deletions_hold_whenever_they_come(tmp_path: Path) -> None:
    gone, kept = v1_tweet(1, "gone"), v1_tweet(2, "kept", author=2)
    notice = {"delete": {"status": {"id_str": gone["id_str"], "user_id_str": "1"}}}
    retweet = v1_retweet(9, gone, 3)
    for order in ([notice, gone, kept, retweet], [retweet, kept, gone, notice]):
        read = archive.read(put(tmp_path / "tweets.jsonl", *order))
        tweets = read.frame("tweets").set_index("tweet_id")
        assert tweets.loc[gone["id_str"], "origin"] == "stub"
        assert pd.isna(tweets.loc[gone["id_str"], "text"])
        total = read.report.totals
        assert (total["records"], total["kept"], total["notices"]) == (4, 2, 2)
        # Its words are not said by who passed them on either.
        passed_on = tweets.loc[retweet["id_str"]]
        assert (pd.isna(passed_on.text), list(passed_on.hashtags)) == (True, [])
        assert (passed_on.retweet_of, bool(passed_on.cut)) == (gone["id_str"], True)
        assert tweets.loc[kept["id_str"], "text"] == "kept"


def test_a_deletion_holds_on_its_own_platform(tmp_path: Path) -> None:
    own_id = v1_tweet(1)["id_str"]
    status = {
        "id": own_id, "uri": f"https://a.example/users/b/statuses/{own_id}", "content": "fine",
        "created_at": "2014-04-22T16:12:08.000Z", "account": {"id": "9", "acct": "b"},
    }  # fmt: skip
    notice = {"delete": {"status": {"id_str": own_id, "user_id_str": "1"}}}
    read = archive.read(put(tmp_path / "t.jsonl", status, v1_tweet(1), v1_tweet(2), notice))
    tweets = read.frame("tweets")
    assert sorted(zip(tweets.platform, tweets.tweet_id, strict=True)) == [
        ("mastodon", own_id),
        ("twitter", v1_tweet(2)["id_str"]),
    ]


def test_what_is_odd_is_counted_and_kept(tmp_path: Path) -> None:
    first = v1_tweet(5, "fine", author=7)
    mention = {"user_mentions": [{"id_str": "7", "screen_name": "user7"}]}
    own = v1_tweet(8, "me @user7", author=7, entities=mention)
    quote = v1_tweet(9, "again", author=7, quoted_status=first, is_quote_status=True)
    records = [first, v1_retweet(6, first, 7), v1_retweet(1, first, 8), own, quote]
    report = archive.read(put(tmp_path / "t.jsonl", *records)).report
    names = ("self_retweets", "self_quotes", "self_mentions", "early_retweets")
    assert report.oddities == dict.fromkeys(names, 1)
    assert report.totals["kept"] == 5
    assert any("1 retweet is dated before the original" in told for told in report.warnings)


def test_scrubbed_places_are_forgotten_up_to_the_tweet_named(tmp_path: Path) -> None:
    point = {"coordinates": {"coordinates": [-74.0, 40.7]}, "place": {"full_name": "New York"}}
    tweets = [v1_tweet(s, author=a, **point) for s, a in ((1, 1), (2, 1), (3, 2))]
    scrub = {"scrub_geo": {"user_id_str": "1", "up_to_status_id_str": tweets[0]["id_str"]}}
    found = _tweets(tmp_path, *tweets, scrub)
    assert found.longitude.notna().tolist() == [False, True, True]
    assert found.place_name.notna().tolist() == [False, True, True]


def test_quotes_and_replies_keep_both_fields(tmp_path: Path) -> None:
    quoted = v1_tweet(1, author=7)
    tweets = _tweets(
        tmp_path,
        v1_tweet(
            2,
            quoted_status_id_str=quoted["id_str"],
            quoted_status=quoted,
            in_reply_to_status_id_str="12",
            in_reply_to_user_id_str="3",
        ),
        v1_tweet(3, in_reply_to_status_id=quoted["id"]),
        v1_tweet(4, "@invented3 hello", in_reply_to_user_id_str="3"),
    )
    rows = tweets[tweets.origin == "collected"]
    assert rows.kind.tolist() == ["quote", "reply", "tweet"]
    assert rows.quote_author_id.tolist()[0] == "7"
    # The second names no author; the tweet that it answers does.
    assert rows.reply_author_id.tolist() == ["3", "7", "3"]


def test_mentions_are_ids_and_names_only_where_no_id_is_known(tmp_path: Path) -> None:
    named = [{"username": "Invented2"}, {"username": "nobody"}, {"username": "invented2"}]
    page = {
        "data": [v2_tweet(1, "@Invented2 @nobody", entities={"mentions": named})],
        "includes": {"users": [v2_user(1), v2_user(2)]},
    }
    split = v2_tweet(2, "@invented9", author=1, entities={"mentions": [{"username": "invented9"}]})
    v1 = [{"id_str": "-1", "id": -1, "screen_name": "Gone"}, {"id": 4, "id_str": None}]
    status = v1_tweet(3, "@gone @d", entities=_entities(user_mentions=v1))
    tweets = _tweets(tmp_path, page, split, status, {"users": [v2_user(9)]})
    assert [list(ids) for ids in tweets.mentions] == [
        ["2", "name:nobody"],
        ["9"],
        ["name:gone", "4"],
    ]


def test_a_renamed_account_is_one_row(tmp_path: Path) -> None:
    old = v1_user(1, screen_name="before", time_zone="Eastern Time (US & Canada)",
                  utc_offset=-14400, location="New York", followers_count=500)  # fmt: skip
    new = v1_user(1, screen_name="after", location="", followers_count=300)
    records = [v1_tweet(9, user=new), v1_tweet(1, user=old), v1_tweet(5, author=2)]
    users = archive.read(put(tmp_path / "t.jsonl", *records)).frame("users")
    first = users.iloc[0]
    assert users.user_id.tolist() == ["1", "2"]
    assert (first.screen_name, list(first.screen_names)) == ("after", ["before", "after"])
    assert (first.time_zone, first.utc_offset_s) == ("Eastern Time (US & Canada)", -14400)
    assert (first.location, first.followers) == ("", 500)
    assert [(t - LAUNCH).total_seconds() for t in (first.first_seen, first.last_seen)] == [1, 9]


def test_authors_without_a_profile_have_a_row(tmp_path: Path) -> None:
    users = archive.read(put(tmp_path / "t.jsonl", v2_tweet(1, author=5))).frame("users")
    assert users.user_id.tolist() == ["5"]
    assert users.screen_name.isna().all()
    assert list(users.screen_names[0]) == []


def test_what_r_writes_for_empty_lists_is_read(tmp_path: Path) -> None:
    odd = v2_tweet(
        1,
        entities={"hashtags": {}, "urls": {}, "mentions": {}},
        attachments={"media_keys": {}},
        referenced_tweets={},
        geo={"place_id": "p", "coordinates": {"coordinates": {}}},
    )
    keyed = v2_tweet(2, attachments={"media_keys": ["3_1", "7_2", "16_3"]})
    place = {"id": "p", "full_name": "Athens", "country_code": "GR"}
    tweets = _tweets(tmp_path, [odd, keyed], {"users": [v2_user(1)], "places": [place]})
    assert (tweets.place_name.iloc[0], tweets.place_country.iloc[0]) == ("Athens", "GR")
    assert list(tweets.media.iloc[1]) == ["photo", "video", "gif"]
    assert tweets.followers.tolist() == [101, 101]


def test_ids_are_text_however_large(tmp_path: Path) -> None:
    ids = ["1", "9007199254740993", str(2**63 - 1), str(2**64 - 1)]
    tweets = _tweets(tmp_path, *(v1_tweet(n, id=int(i), id_str=None) for n, i in enumerate(ids)))
    assert sorted(tweets.tweet_id, key=int) == ids


POOL = [
    v1_tweet(1, "first #myNYPD", retweet_count=2),
    v1_tweet(1, "first #myNYPD, whole", retweet_count=1),
    v1_tweet(2, "second #myN…", author=2, truncated=True),
    v1_retweet(3, v1_tweet(1, "first #myNYPD", retweet_count=7), 3),
    v1_retweet(4, v1_tweet(0, "zeroth", 4, user=v1_user(4, screen_name="renamed")), 2),
    v2_tweet(2, "second #myNYPD", 2, entities={"mentions": [{"username": "invented4"}]}),
    v2_tweet(5, "RT @invented6: gone", 5,
             referenced_tweets=[{"type": "retweeted", "id": snowflake(-9, 6)}]),
    {"data": [v2_tweet(6, "sixth", 6)], "includes": {"users": [v2_user(6), v2_user(4)]}},
    {"users": [v2_user(2, location="Athens")]},
    {"delete": {"status": {"id_str": snowflake(8, 8)}}},
    v1_tweet(8, "never", 8),
]  # fmt: skip


def _bytes_of(read: archive.Archive) -> list[bytes]:
    return [(read.path / name).read_bytes() for name in FILES]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> archive.Archive:
    return archive.read(put(tmp_path_factory.mktemp("whole") / "whole.jsonl", *POOL))


@settings(
    max_examples=5,
    phases=[Phase.generate],
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.randoms(use_true_random=False))
def test_order_and_division_of_records_change_nothing(
    tmp_path: Path, whole: archive.Archive, rng: Any
) -> None:
    own = [name for name in whole.tweets.columns if not name.startswith("source_")]
    shuffled = rng.sample(POOL, len(POOL))
    at = rng.randrange(len(POOL) + 1)
    one = put(tmp_path / "1.jsonl", *shuffled[:at], packed=rng.random() < 0.5)
    two = put(tmp_path / "2.jsonl", *shuffled[at:], packed=rng.random() < 0.5)
    split = archive.read([two, one] if rng.random() < 0.5 else [one, two])
    pd.testing.assert_frame_equal(whole.frame("tweets")[own], split.frame("tweets")[own])
    pd.testing.assert_frame_equal(whole.frame("users"), split.frame("users"))
    total, again = whole.report.totals, split.report.totals
    assert [total[n] for n in ("records", "kept")] == [again[n] for n in ("records", "kept")]


def test_the_order_of_paths_and_a_repeated_file_change_no_byte(tmp_path: Path) -> None:
    one = put(tmp_path / "1.jsonl", *POOL[:6])
    two = put(tmp_path / "2.jsonl", *POOL[6:], b"{")
    first = archive.read([one, two])
    assert _bytes_of(archive.read([two, one, one])) == _bytes_of(first)
    copy = tmp_path / "3.jsonl.gz"
    copy.write_bytes(gzip.compress(one.read_bytes()))
    again = archive.read([copy, two, one])
    assert _bytes_of(again)[:2] == _bytes_of(first)[:2]
    tweets_in_copy = sum("user" in r for r in POOL[:6]) + 1
    assert again.report.totals["duplicates"] == (first.report.totals["duplicates"] + tweets_in_copy)


def test_workers_change_no_byte(tmp_path: Path) -> None:
    for n in range(3):
        put(tmp_path / f"{n}.jsonl", *POOL[n::3], b"{")
    alone, together = (archive.read(tmp_path, workers=workers) for workers in (1, 2))
    assert _bytes_of(alone) == _bytes_of(together)
    assert alone.report.files.equals(together.report.files)


def test_v1_and_v2_of_one_tweet_give_one_row(tmp_path: Path) -> None:
    one = v1_tweet(1, "Q&amp;A #myNYPD", created_at=v1_time(1))
    two = {"data": [v2_tweet(1, "Q&amp;A #myNYPD")], "includes": {"users": [v2_user(1)]}}
    v1, v2 = (archive.read(put(tmp_path / f"{n}.jsonl", r)) for n, r in enumerate((one, two)))
    own = [name for name in v1.tweets.columns if not name.startswith("source_")]
    pd.testing.assert_frame_equal(v1.frame("tweets")[own], v2.frame("tweets")[own])


def test_the_report_of_reading_is_kept_with_the_tables(tmp_path: Path) -> None:
    read = archive.read(put(tmp_path / "t.jsonl", *POOL), to=tmp_path / "tables")
    told = json.loads((tmp_path / "tables" / "report.json").read_text(encoding="utf-8"))
    assert (
        told["origins"]
        == read.report.origins
        == {
            "collected": 6,
            "embedded": 1,
            "stub": 1,
        }
    )
    assert sum(read.report.formats.values()) == read.report.totals["records"]
    assert read.report.formats["stream notice"] == sum("delete" in record for record in POOL)
    assert read.report.files.iloc[0].formats == (
        "stream notice + twitter v1.1 + twitter v2 + twitter v2 page + twitter v2 user"
    )
