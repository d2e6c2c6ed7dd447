"""Formats beside Twitter's interfaces: real files first, then what they do not show."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from invented_archive import LAUNCH, counted, lines, put, snowflake, v1_time, v1_tweet

from spread import archive, tables
from spread._errors import InputError, UsageError


def _read(folder: Path, name: str, text: bytes, **options: Any) -> archive.Archive:
    file = folder / name
    file.write_bytes(text)
    return archive.read(file, **options)


def _one(folder: Path, record: Any) -> pd.Series:
    return _read(folder, "one.json", lines(record)).frame("tweets").iloc[0]


def table(*rows: dict[str, object], delimiter: str = ",") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


# --- Mastodon ---------------------------------------------------------------------------


def test_a_mastodon_stream_that_ends_in_a_cut_line(shared: Path) -> None:
    read = archive.read(shared / "mastodon" / "stream-malformed.json.gz")
    totals = read.report.totals
    # Of the 49 good lines one is there twice.
    assert (totals["kept"], totals["duplicates"], totals["rejected"]) == (48, 1, 1)
    tweets = read.frame("tweets")
    assert set(tweets.platform) == {"mastodon"}
    assert not tweets.text.str.contains("<p>|</a>", regex=True).any()


def test_a_mastodon_thread_has_its_replies(shared: Path) -> None:
    path = shared / "mastodon" / "get_context_default_0.json.gz"
    tweets = archive.read(path).frame("tweets")
    known = json.loads(gzip.decompress(path.read_bytes()))["descendants"]
    assert dict(zip(tweets.tweet_id, tweets.reply_to, strict=True)) == {
        status["id"]: status["in_reply_to_id"] for status in known
    }
    assert tweets.set_index("tweet_id").retweet_count.to_dict() == {
        status["id"]: status["reblogs_count"] for status in known
    }


STATUS = {
    "id": "109",
    "created_at": "2022-11-06T03:36:44.808Z",
    "content": '<p>A &lt;b&gt; <a href="https://a.example/tags/mynypd" class="mention hashtag">'
    '#<span>MyNYPD</span></a><br />two</p><p><a href="https://b.example/?a=1&amp;b=2">b</a></p>',
    "language": "en",
    "reblogs_count": 3,
    "account": {"id": "7", "acct": "someone@a.example", "followers_count": 5, "note": "<p>n</p>"},
    "tags": [{"name": "mynypd"}],
    "mentions": [{"id": "8", "acct": "other"}],
    "media_attachments": [{"type": "image"}, {"type": "gifv"}],
}


def test_a_status_is_a_row(tmp_path: Path) -> None:
    row = _one(tmp_path, STATUS)
    assert row.text == "A <b> #MyNYPD\ntwo\nb"
    assert (list(row.hashtags), list(row.hashtags_shown)) == (["mynypd"], ["MyNYPD"])
    assert list(row.urls) == ["https://b.example/?a=1&b=2"]
    assert (list(row.mentions), list(row.media)) == (["8"], ["photo", "gif"])
    assert (row.followers, row.kind, row.platform) == (5, "tweet", "mastodon")


def test_a_boost_is_a_retweet_with_its_original_inside(tmp_path: Path) -> None:
    account = {"id": "9", "acct": "third"}
    boost = STATUS | {"id": "110", "content": "", "account": account, "reblog": STATUS}
    tweets = _read(tmp_path, "b.json", lines(boost)).frame("tweets").set_index("tweet_id")
    assert (tweets.loc["110", "retweet_of"], tweets.loc["110", "retweet_author_id"]) == ("109", "7")
    assert tweets.loc["110", "text"] == tweets.loc["109", "text"]
    assert tweets.loc["109", "origin"] == "embedded"
    assert list(tweets.loc["110", "mentions"]) == []


def test_two_servers_of_mastodon_are_told_apart(tmp_path: Path) -> None:
    for name in ("b", "a"):
        local = {"id": "7", "acct": name, "url": f"https://{name}.example/@{name}"}
        (tmp_path / f"{name}.jsonl").write_bytes(lines(STATUS, STATUS | {"account": local}))
    both, one = (archive.read(path).report for path in (tmp_path, tmp_path / "a.jsonl"))
    assert both.servers == {"a.example": 1, "b.example": 1}
    assert any("2 servers (a.example, b.example)" in told for told in both.warnings)
    assert not any("servers" in told for told in one.warnings)


def test_an_outbox_holds_posts_and_boosts(tmp_path: Path) -> None:
    me = "https://a.example/users/me"
    note = {
        "id": f"{me}/statuses/1", "type": "Note", "content": "<p>#MyOPD</p>",
        "attributedTo": me, "contentMap": {"en": ""},
        "tag": [{"type": "Hashtag", "name": "#MyOPD"}],
        "attachment": [{"mediaType": "image/png"}],
    }  # fmt: skip
    common = {"actor": me, "published": "2022-11-06T03:36:44Z"}
    outbox = {
        "type": "OrderedCollection",
        "orderedItems": [
            common | {"id": f"{me}/statuses/1/activity", "type": "Create", "object": note},
            common | {"id": f"{me}/2", "type": "Announce", "object": "https://b.example/9"},
            common | {"id": f"{me}/3", "type": "Like", "object": "https://b.example/8"},
        ],
    }
    likes = {"type": "OrderedCollection", "orderedItems": ["https://b.example/8"]}
    person = {"type": "Person", "id": me, "preferredUsername": "me", "name": "I",
              "summary": "<p>nothing</p>", "published": "2022-11-01T00:00:00Z"}  # fmt: skip
    (tmp_path / "likes.json").write_bytes(json.dumps(likes).encode())
    (tmp_path / "actor.json").write_bytes(json.dumps(person).encode())
    (tmp_path / "outbox.json").write_bytes(json.dumps(outbox, indent=1).encode())
    read = archive.read(tmp_path)
    totals = read.report.totals
    assert [totals[n] for n in ("kept_tweets", "kept_users", "notices", "rejected")] == [2, 1, 2, 0]
    tweets = read.frame("tweets").set_index("kind")
    assert list(tweets.loc["tweet", "hashtags"]) == ["myopd"]
    assert tweets.loc["retweet", "retweet_of"] == "https://b.example/9"
    user = read.frame("users").iloc[0]
    assert (user.user_id, user.screen_name, user.description) == (me, "me", "nothing")


def test_a_post_that_was_changed_is_one_post(tmp_path: Path) -> None:
    me = "https://a.example/users/me"
    note = {"id": f"{me}/1", "type": "Note", "published": "2022-11-06T03:36:44Z"}
    before, after = ({"object": note | {"content": text}, "actor": me} for text in ("#a", "#b now"))
    before |= {"type": "Create", "published": "2022-11-06T03:36:44Z"}
    after |= {"type": "Update", "published": "2022-11-07T00:00:00Z"}
    profile = {"type": "Update", "actor": me, "object": {"type": "Person", "id": me}}
    read = _read(tmp_path, "a.jsonl", lines(after, before, profile))
    row = read.frame("tweets").iloc[0]
    assert (row.text, row["at"].day, read.report.totals["duplicates"]) == ("#b now", 6, 1)


# --- Bluesky ----------------------------------------------------------------------------


def test_a_feed_of_bluesky_tells_reposts_from_posts(shared: Path) -> None:
    path = shared / "bluesky" / "app.bsky.feed.getTimeline_6340d.json.gz"
    feed = json.loads(gzip.decompress(path.read_bytes()))["feed"]
    read = archive.read(path)
    tweets = read.frame("tweets").query("origin == 'collected'")
    reposts = [e for e in feed if "Repost" in e.get("reason", {}).get("$type", "")]
    assert read.report.totals["records"] == len(feed)
    assert set(tweets.query("kind == 'retweet'").retweet_of) == {e["post"]["uri"] for e in reposts}
    assert (tweets.kind == "retweet").sum() == len(reposts) > 0


@pytest.mark.parametrize("name", ["searchPosts_0e3ec", "searchPosts_bb16d"])
def test_a_search_of_bluesky_is_read_whole(shared: Path, name: str) -> None:
    path = shared / "bluesky" / f"app.bsky.feed.{name}.json.gz"
    posts = json.loads(gzip.decompress(path.read_bytes()))["posts"]
    tweets = archive.read(path).frame("tweets").query("origin == 'collected'")
    by_id = {post["uri"]: post["record"] for post in posts}
    assert set(tweets.tweet_id) == set(by_id)
    replies = {uri: r["reply"]["parent"]["uri"] for uri, r in by_id.items() if "reply" in r}
    assert tweets.dropna(subset="reply_to").set_index("tweet_id").reply_to.to_dict() == replies
    said = tweets.set_index("tweet_id").text.to_dict()
    assert said == {uri: record["text"] for uri, record in by_id.items()}


def test_a_thread_and_those_who_reposted(shared: Path) -> None:
    read = archive.read(
        [*(shared / "bluesky").glob("*Thread*"), *(shared / "bluesky").glob("*By*")]
    )
    assert read.report.totals["kept_tweets"] == 4
    assert read.report.totals["kept_users"] == 25


def _event(collection: str, record: dict | None, **more: Any) -> dict[str, Any]:
    commit = {"operation": "create", "collection": collection, "rkey": "k", "record": record}
    return {"did": "did:plc:a", "time_us": 1_700_000_000_000_000, "kind": "commit"} | {
        "commit": commit | more
    }


def test_a_jetstream_of_bluesky(tmp_path: Path) -> None:
    at = "2023-11-14T22:13:19.000Z"
    facets = [{"features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "MyNYPD"}]}]
    post = {"text": "fine #MyNYPD", "createdAt": at, "facets": facets, "langs": ["en"]}
    subject = {"uri": "at://did:plc:b/app.bsky.feed.post/x"}
    read = _read(
        tmp_path,
        "stream.jsonl",
        lines(
            _event("app.bsky.feed.post", post),
            _event("app.bsky.feed.post", post, rkey="gone"),
            _event("app.bsky.feed.repost", {"subject": subject, "createdAt": at}, rkey="r"),
            _event("app.bsky.graph.follow", {"subject": "did:plc:b", "createdAt": at}),
            _event("app.bsky.feed.like", {"subject": subject, "createdAt": at}),
            _event("app.bsky.feed.post", None, operation="delete", rkey="gone"),
            {"did": "did:plc:a", "time_us": 1, "kind": "identity", "identity": {}},
            {"did": "did:plc:a", "time_us": 2, "identity": {"handle": "a.example", "time": at}},
        ),
    )
    assert read.report.totals["notices"] == 4  # a like, a deletion, what it deleted, an identity
    assert read.frame("users").screen_name.tolist() == ["a.example"]
    tweets = read.frame("tweets").set_index("kind")
    assert list(tweets.loc["tweet", "hashtags"]) == ["mynypd"]
    assert tweets.loc["retweet", "retweet_author_id"] == "did:plc:b"
    assert read.frame("follows").to_numpy().tolist() == [["did:plc:a", "did:plc:b"]]


def test_a_deleted_account_takes_its_posts_with_it(tmp_path: Path) -> None:
    at = "2023-11-14T22:13:19.000Z"
    post = {"text": "fine #MyNYPD", "createdAt": at}
    ends = [("did:plc:a", "deleted"), ("did:plc:b", "deactivated")]
    said = [
        {"did": did, "time_us": 3, "account": {"active": False, "did": did, "status": status}}
        for did, status in ends
    ]
    posts = [_event("app.bsky.feed.post", post, rkey=str(n)) for n in range(3)]
    posts[1]["did"], posts[2]["did"] = "did:plc:b", "did:plc:c"
    subject = {"uri": "at://did:plc:a/app.bsky.feed.post/0"}
    shared = _event("app.bsky.feed.repost", {"subject": subject, "createdAt": at})
    shared["did"] = "did:plc:c"
    read = _read(tmp_path, "a.jsonl", lines(*said, *posts, shared))
    assert (read.report.totals["kept"], read.report.totals["notices"]) == (3, 3)
    tweets = read.frame("tweets").query("origin == 'collected'")
    assert set(tweets.author_id) == {"did:plc:b", "did:plc:c"}
    assert set(tweets[tweets.kind == "retweet"].text.fillna("")) == {""}


def test_an_original_that_is_not_here_has_the_time_of_its_id(tmp_path: Path) -> None:
    made, shared_at = 1_699_999_999_000, "2023-11-15T00:00:00.000Z"
    key, left = "", (made * 1000) << 10
    for _ in range(13):
        key, left = "234567abcdefghijklmnopqrstuvwxyz"[left % 32] + key, left // 32
    posts = [f"at://did:plc:b/app.bsky.feed.post/{end}" for end in (key, "self", "z" * 13)]
    me = "https://a.example/users/me"
    posts += [f"https://b.example/@c/{number}" for number in (made << 16, 9, (made + 10**9) << 16)]
    boost = {"type": "Announce", "actor": me, "published": shared_at}
    file = lines(
        *(
            _event(
                "app.bsky.feed.repost", {"subject": {"uri": uri}, "createdAt": shared_at}, rkey=uri
            )
            for uri in posts[:3]
        ),
        *(boost | {"id": f"{me}/{n}", "object": uri} for n, uri in enumerate(posts[3:])),
    )
    stubs = _read(tmp_path, "a.jsonl", file).frame("tweets").query("origin == 'stub'")
    # What is no such id, or would be from after it was shared, has no time of its own.
    own = stubs[stubs["at"] < pd.Timestamp(1_700_000_000_000, unit="ms", tz="UTC")]
    assert set(own.tweet_id) == {posts[0], posts[3]}
    assert set(own["at"]) == {pd.Timestamp(made, unit="ms", tz="UTC")}


# --- An account's own export --------------------------------------------------------------

OWN = {"id_str": snowflake(5), "full_text": "RT @other: #myNYPD", "created_at": v1_time(5)}
ACCOUNT = {"accountId": "42", "username": "me", "createdAt": "2010-01-01T00:00:00.000Z"}


def test_an_account_s_own_export(tmp_path: Path) -> None:
    tweets = b"window.YTD.tweets.part0 = " + json.dumps([{"tweet": OWN}], indent=2).encode()
    (tmp_path / "tweets.js").write_bytes(tweets)
    with pytest.raises(InputError, match=r"put its account\.js in the same folder"):
        archive.read(tmp_path / "tweets.js")
    account = b"window.YTD.account.part0 = " + json.dumps([{"account": ACCOUNT}]).encode()
    (tmp_path / "account.js").write_bytes(account)
    (tmp_path / "like.js").write_bytes(b"window.YTD.like.part0 = []")
    read = archive.read(tmp_path)
    row = read.frame("tweets").iloc[0]
    assert (row.author_id, row.manual_retweet, row.kind) == ("42", True, "tweet")
    assert any("does not mark its retweets" in told for told in read.report.warnings)
    assert read.frame("users").screen_name.tolist() == ["me"]
    assert [Path(name).name for name in read.report.ignored] == ["like.js"]


def test_the_old_export_has_its_author_inside(tmp_path: Path) -> None:
    text = b"Grailbird.data.tweets_2014_04 =\n" + json.dumps([v1_tweet(1)], indent=1).encode()
    counts, rejects = counted(tmp_path, text)
    assert (counts["kept_tweets"], rejects) == (1, [])


# --- Tables -----------------------------------------------------------------------------


def test_coortweet_s_own_sample(shared: Path) -> None:
    path = shared / "coortweet" / "russian_coord_tweets.csv.gz"
    known = pd.read_csv(path)
    read = archive.read(path)
    totals = read.report.totals
    tweets = read.frame("tweets").set_index("tweet_id")
    assert len(tweets) == known.content_id.nunique() == 35_085
    assert tweets.author_id.nunique() == 9_509
    # 39 tweets share two objects each; one row is there twice.
    assert (totals["records"], totals["kept"], totals["duplicates"]) == (35_125, 35_124, 1)
    original = known.groupby("content_id").object_id.min()
    assert tweets.retweet_of.to_dict() == original.to_dict()
    shared_by = {(i, o) for i, more in tweets.urls.items() for o in more} | set(original.items())
    assert shared_by == set(zip(known.content_id, known.object_id, strict=True))


SHARES = [
    ("a.example", "a.example"), ("https://a.example/1", "https://a.example/1"),
    ("https://a.example/2", "https://a.example/2"), ("#MyNYPD", "mynypd"), ("7of9", "7of9"),
]  # fmt: skip


def shares(*rows: tuple[str, float], name: str = "account_id") -> bytes:
    """Return a table of CooRTweet: objects, each with the second of the tweet that shares it."""
    fields = ["object_id", name, "content_id", "timestamp_share"]
    found = [(o, "7", snowflake(s), round(LAUNCH.timestamp() + s)) for o, s in rows]
    return table(*(dict(zip(fields, row, strict=True)) for row in found))


@pytest.mark.parametrize("name", ["account_id", "id_user"])
def test_a_tweet_has_all_the_objects_that_coortweet_s_rows_name(tmp_path: Path, name: str) -> None:
    each = [(object_, 1.0) for object_, _ in SHARES]
    again = [*each, each[1], (snowflake(0), 1.0), (snowflake(0), 0.0), (snowflake(-9), 1.0)]
    files = {"one.csv": shares(*again, name=name), "two.csv": shares(*again[:3:-1], name=name)}
    for file, text in files.items():
        (tmp_path / file).write_bytes(text)
    read = archive.read(tmp_path)
    row = read.frame("tweets").set_index("tweet_id").loc[snowflake(1)]
    assert (row.kind, row.retweet_of) == ("retweet", snowflake(-9))
    assert list(row.urls) == [snowflake(0), *(o for o, _ in SHARES[:3])]
    assert (list(row.hashtags), list(row.hashtags_shown)) == (
        ["7of9", "mynypd"],
        ["7of9", "MyNYPD"],
    )
    # Seven objects of one tweet, and an original that shares nothing; all else says it again.
    counts = read.report.files.set_index("source_file").kept.tolist()
    assert (counts, read.report.totals["duplicates"]) == ([8, 0], 1 + 5)
    (tmp_path / "one.csv").write_bytes(shares(*reversed(again), name=name))
    same = [name for name in read.tweets.columns if name != "source_record"]
    turned = archive.read(tmp_path).frame("tweets", columns=same)
    pd.testing.assert_frame_equal(turned, read.frame("tweets", columns=same))


def test_the_objects_of_coortweet_may_be_texts(tmp_path: Path) -> None:
    text = shares(("they are fine #mynypd", 1), ("fine", 2))
    tweets = _read(tmp_path, "t.csv", text).frame("tweets")
    assert tweets.text.tolist() == ["they are fine #mynypd", "fine"]
    assert tweets.hashtags.map(list).tolist() == [["mynypd"], []]


def test_a_deleted_tweet_goes_with_all_its_objects(tmp_path: Path) -> None:
    delete = {"delete": {"status": {"id_str": snowflake(1)}}}
    (tmp_path / "d.json").write_bytes(lines(delete))
    (tmp_path / "s.csv").write_bytes(shares(*((o, 1.0) for o, _ in SHARES), ("x.example", 2)))
    totals = archive.read(tmp_path).report.totals
    assert (totals["kept"], totals["notices"], totals["duplicates"]) == (1, 6, 0)


def test_a_tweet_that_is_there_whole_needs_no_objects(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_bytes(lines(v1_tweet(1, id_str=snowflake(1))))
    (tmp_path / "s.csv").write_bytes(shares(*((o, 1.0) for o, _ in SHARES)))
    read = archive.read(tmp_path)
    assert read.frame("tweets").text.tolist() == ["fine #myNYPD"]
    assert (read.report.totals["kept"], read.report.totals["duplicates"]) == (1, 5)


def test_the_toolkit_s_own_sample(shared: Path) -> None:
    path = shared / "coordtool" / "sample_data.csv"
    known = pd.read_csv(path, dtype=str)
    tweets = archive.read(path).frame("tweets").set_index("tweet_id")
    assert tweets.retweet_of.dropna().to_dict() == (
        known.set_index("message_id").repost_id.dropna().to_dict()
    )
    said = known.set_index("message_id").message
    # A retweet says what its original says.
    own = known.message_id.set_axis(known.message_id)
    originals = known.set_index("message_id").repost_id.fillna(own)
    assert tweets.text.to_dict() == {i: said[originals[i]] for i in said.index}
    assert tweets.loc["1", "urls"].tolist() == ["http://example.com/2"]


def test_a_list_of_ids_tells_ids_times_and_duplicates(shared: Path) -> None:
    read = archive.read(shared / "carpentries-ids")
    tweets = read.frame("tweets")
    totals = read.report.totals
    assert (totals["records"], totals["kept"], totals["duplicates"]) == (82_309, 82_035, 274)
    assert set(tweets.origin) == {"stub"}
    assert repr(read).startswith("<Archive: 82,035 ids of tweets, 0 users")
    assert set(tweets["at"].dt.date.astype(str)) == {"2021-01-06"}
    assert "2021-01-06" in read._repr_html_()


A, B = snowflake(1), snowflake(2)
LAYOUTS = {
    "twarc-csv": {
        "id": A, "author_id": "7", "author.username": "me",
        "created_at": "2014-04-22T17:55:01.000Z",
        "text": "fine #myNYPD", "public_metrics.retweet_count": "3",
        "entities.hashtags": '[{"start": 1, "tag": "myNYPD"}]',
        "author.public_metrics.followers_count": "9",
    },
    "DMI-TCAT": {
        "id": A, "time": "1398189301", "created_at": "2014-04-22 17:55:01", "from_user_name": "me",
        "text": "fine #myNYPD", "retweet_count": "3", "from_user_id": "7",
        "from_user_followercount": "9",
    },
    "TAGS": {
        "id_str": A, "from_user": "me", "text": "fine #myNYPD",
        "created_at": "Tue Apr 22 17:55:01 +0000 2014", "from_user_id_str": "7",
        "user_followers_count": "9", "time": "22/04/2014 17:55:01",
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("layout", "delimiter", "mark"),
    [("twarc-csv", ",", b""), ("DMI-TCAT", "\t", b""), ("TAGS", ";", b"\xef\xbb\xbf")],
)
def test_layouts_of_tables(tmp_path: Path, layout: str, delimiter: str, mark: bytes) -> None:
    two = LAYOUTS[layout] | {"text": "two\nlines; and, more"}
    text = table(LAYOUTS[layout], two, delimiter=delimiter)
    read = _read(tmp_path, "t.csv", mark + text)
    assert read.report.files.formats[0] == layout
    assert (read.report.totals["records"], read.report.totals["duplicates"]) == (2, 1)
    row = read.frame("tweets").iloc[0]
    assert (row.tweet_id, row.author_id, row.followers) == (A, "7", 9)
    assert row["at"] == pd.Timestamp("2014-04-22T17:55:01Z")


def test_columns_that_nobody_knows_are_asked_for(tmp_path: Path) -> None:
    row = {"Tweet Id": A, "Who": "@me", "Body": "via #myNYPD", "When": "2014-04-22T17:55:01Z"}
    with pytest.raises(InputError, match="say which is which") as caught:
        _read(tmp_path, "t.csv", table(row))
    assert "Tweet Id, Who, Body, When" in str(caught.value)
    assert "python -m spread.archive read … --to DIR --columns tweet_id=…" in str(caught.value)
    named = {"tweet_id": "Tweet Id", "screen_name": "Who", "text": "Body", "at": "When"}
    tweet = _read(tmp_path, "t.csv", table(row), columns=named).frame("tweets").iloc[0]
    assert (tweet.author_id, list(tweet.hashtags)) == ("name:me", ["mynypd"])
    with pytest.raises(UsageError, match="`columns` cannot be used: got tweet"):
        _read(tmp_path, "t.csv", table(row), columns={"tweet": "Tweet Id"})


@pytest.mark.parametrize(
    "form", ["{0}\r\n{1}\r\n", "{0},\n{1},\n", "'{0}'\n'{1}'\n", ' "{0}"\t\n{1}']
)
def test_ids_are_read_whatever_programs_put_around_them(tmp_path: Path, form: str) -> None:
    for header in ("", "tweet_id\n"):
        found = _read(tmp_path, "ids.txt", (header + form.format(A, B)).encode()).frame("tweets")
        assert found.tweet_id.tolist() == [A, B]


def test_what_keeps_a_spreadsheet_from_reading_a_cell_is_taken_off(tmp_path: Path) -> None:
    row = {"id": f"'{A}", "who": "'@me", "text": "'@me' they said", "re": "0"}
    named = {"tweet_id": "id", "screen_name": "who", "text": "text", "reply_to": "re"}
    tweet = _read(tmp_path, "t.csv", table(row), columns=named).frame("tweets").iloc[0]
    assert (tweet.tweet_id, tweet.author_id, tweet.text) == (A, "name:me", "'@me' they said")
    assert tweet.kind == "tweet"


def test_a_table_of_our_own_says_what_was_written(tmp_path: Path) -> None:
    texts = ["@me", "'@me' they said", "=1+1", "''+", "  -5", "＝", "'fine'", "&amp;lt;", "\ttab",
             "RT @me: two\nlines"]  # fmt: skip
    records = [v1_tweet(n, typed, n + 1) for n, typed in enumerate(texts)]
    written = archive.read(put(tmp_path / "t.jsonl", *records)).frame("tweets")
    tables.write(written, tmp_path / "own")
    same = {n: n for n in ("tweet_id", "author_id", "at", "text", "retweet_author_id")}
    found = archive.read(tmp_path / "own.csv", columns=same).frame("tweets")
    kept = [*same, "mentions", "manual_retweet", "hashtags"]
    pd.testing.assert_frame_equal(found[kept], written[kept])


@pytest.mark.parametrize("known", [{}, {"id": A, "time": "2", "from_user_name": "me", "text": "a"}])
def test_a_named_column_that_is_not_there_is_named(tmp_path: Path, known: dict[str, str]) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(table({"Tweet Id": A, "Who": "@me", "When": "yesterday"} | known))
    named = {"tweet_id": "Tweet Id", "screen_name": "who", "at": "When", "text": "Text"}
    with pytest.raises(InputError) as caught:
        archive.read(file, columns=named)
    told = "a table without 'who', 'Text', which `columns` (--columns) names: it has the columns"
    assert f"{told} {', '.join(['Tweet Id', 'Who', 'When', *known])};" in str(caught.value)


def test_columns_are_named_for_tables_that_have_none_that_is_known(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_bytes(table({"Tweet Id": A, "Who": "@me"}))
    (tmp_path / "tags.csv").write_bytes(table(LAYOUTS["TAGS"] | {"id_str": B}))
    (tmp_path / "ids.txt").write_bytes(f"{snowflake(9)}\n".encode())
    read = archive.read(tmp_path, columns={"tweet_id": "Tweet Id", "screen_name": "Who"})
    assert dict(read.report.formats) == {"TAGS": 1, "columns as named": 1, "ids": 1}


def test_follows_of_two_columns(tmp_path: Path) -> None:
    follows = table(
        {"follower_id": "1", "followed_id": "2"}, {"follower_id": "1", "followed_id": "3"}
    )
    (tmp_path / "t.jsonl").write_bytes(lines(v1_tweet(1)))
    (tmp_path / "f.csv").write_bytes(follows)
    read = archive.read([tmp_path / "f.csv", tmp_path / "t.jsonl"])
    assert read.frame("follows").to_numpy().tolist() == [["1", "2"], ["1", "3"]]
    assert read.report.totals["kept_follows"] == 2
    (tmp_path / "g.csv").write_bytes(follows + b"2,1\n2,1\n")
    counts = archive.read([tmp_path / n for n in ("f.csv", "g.csv")]).report.files
    # The pairs of the first file stand again in the second, where one stands twice.
    assert counts[["kept_follows", "duplicates"]].to_numpy().tolist() == [[2, 0], [1, 3]]
    pair = table({"a": "5", "b": "6"})
    ends = {"follower_id": "b", "followed_id": "a"}
    assert _read(tmp_path, "p.csv", pair, columns=ends).frame("follows").to_numpy().tolist() == [
        ["6", "5"]
    ]


@pytest.mark.parametrize(
    ("change", "reason", "says"),
    [
        ({"id": "4.58665E+17"}, "ID_FLOAT", "export again, and import the id columns as text"),
        ({"id": "458665288397750272.0"}, "ID_FLOAT", "a number with a point: its last digits may"),
        ({"id": "fine"}, "NO_ID", "fine"),
        ({"from_user_id": "", "from_user_name": ""}, "NO_USER", "no author"),
        (
            {"id": "7", "time": "2014-04-22 17:55:01"},
            "BAD_TIME",
            "the column 'time' says '2014-04-22 17:55:01', a time without a zone; times are",
        ),
        ({"id": "7", "time": "22/04/2014 17:55"}, "BAD_TIME", "be read in two ways; times are"),
        (
            {"id": "7", "time": "03/04/2021 10:00+00:00"},
            "BAD_TIME",
            "'03/04/2021 10:00+00:00'; times are written as 2014-04-22T18:00:00+00:00, Tue Apr",
        ),
        ({"id": "7", "time": ""}, "BAD_TIME", "name the column of times as `at`"),
        ({"time": "2021-04-22 17:55"}, "BAD_TIME", "without a zone, but its id 2014-04-22; times"),
        ({"time": "03/04/2021 10:00"}, "BAD_TIME", "but its id 2014-04-22"),
        ({"time": "0001-01-01"}, "BAD_TIME", "but its id 2014-04-22"),
        ({"time": "9999-12-31"}, "BAD_TIME", "but its id 2014-04-22"),
        ({"time": "2014-04-25 10:00"}, "BAD_TIME", "but its id 2014-04-22"),
        ({"text": "\udcff"}, "BAD_UTF8", "not UTF-8"),
    ],
)
def test_a_bad_row_costs_itself_only(
    tmp_path: Path, change: dict[str, str], reason: str, says: str
) -> None:
    good = LAYOUTS["DMI-TCAT"]
    out = io.StringIO()
    writer = csv.DictWriter(out, good.keys())
    writer.writeheader()
    writer.writerows([good, good | change, good | {"id": B}])
    counts, rejects = counted(tmp_path, out.getvalue().encode("utf-8", "surrogateescape"))
    assert [(r["source_record"], r["reason"]) for r in rejects] == [(2, reason)]
    assert says in rejects[0]["detail"]
    assert counts["kept_tweets"] == 2


@pytest.mark.parametrize("empty", ["False", "NULL", "nan", "None", "-1.0", "0.0", "<NA>", "na"])
def test_a_word_for_nothing_is_no_reference(tmp_path: Path, empty: str) -> None:
    rows = [{"id": "10.0", "who": "7.0", "of": empty}, {"id": "11", "who": "8", "of": "10.0"}]
    name = {"tweet_id": "id", "author_id": "who", "retweet_of": "of", "at": "at"}
    text = table(*(row | {"at": "2014-04-22T12:00:00Z"} for row in rows))
    made = _read(tmp_path, "t.csv", text, columns=name).frame("tweets").set_index("tweet_id")
    # An id that a table wrote as 10.0 is 10: so short a number is whole.
    assert made.retweet_of.astype(object).where(made.retweet_of.notna(), None).to_dict() == {
        "10": None, "11": "10"
    }  # fmt: skip
    assert made.author_id["10"] == "7"


def test_a_table_headed_with_the_names_of_fields_needs_no_columns(tmp_path: Path) -> None:
    rows = table({"tweet_id": "7", "screen_name": "me", "at": "2014-04-22T18:00:00Z", "text": "#a"})
    read = _read(tmp_path, "t.csv", rows)
    assert read.frame("tweets", columns=["tweet_id", "text"]).to_numpy().tolist() == [["7", "#a"]]
    # What tables hold beside such columns may be known by other names: nothing is guessed.
    with pytest.raises(InputError, match="say which is which"):
        _read(tmp_path, "more.csv", rows.replace(b"text", b"tekst"))


@pytest.mark.parametrize("ids", ["4.58640532934738E+17", "4,58640532934738E+17", f"{A}.0"])
def test_a_list_of_rounded_ids_is_told(tmp_path: Path, ids: str) -> None:
    with pytest.raises(InputError, match=r"ID_FLOAT \(at line 1: the id is '.*import the id col"):
        _read(tmp_path, "ids.txt", f"{ids}\n{ids}\n".encode())


@pytest.mark.parametrize("header", ["twid", "user"])
def test_a_table_of_one_column_lacks_the_others(tmp_path: Path, header: str) -> None:
    named = {"tweet_id": "id", "author_id": "user"}
    with pytest.raises(InputError, match=f"which `columns` .* it has the column {header}"):
        _read(tmp_path, "t.csv", f"{header}\nme\n".encode(), columns=named)


@pytest.mark.parametrize("word", ["True", "10.5", "a reply"])
def test_a_reference_that_is_no_id_costs_its_row(tmp_path: Path, word: str) -> None:
    rows = [
        {"id": f"{n}", "who": "7", "at": "2014-04-22T12:00:00Z", "of": of}
        for n, of in ((1, word), (2, "1"))
    ]
    name = {"tweet_id": "id", "author_id": "who", "reply_to": "of", "at": "at"}
    rejects = _read(tmp_path, "t.csv", table(*rows), columns=name).report.rejects
    assert rejects[["source_record", "reason"]].to_numpy().tolist() == [[1, "NO_ID"]]
    assert f"the id of reply_to is {word!r}" in rejects.detail[0]


@pytest.mark.parametrize("time", ["2014-04-22 10:55:01", "2014-04-23", "22/04/2014 17:55", "noon"])
def test_a_time_without_a_zone_leaves_it_to_the_id(tmp_path: Path, time: str) -> None:
    row = {"id": A, "who": "me", "when": time}
    named = {"tweet_id": "id", "screen_name": "who", "at": "when"}
    tweet = _read(tmp_path, "t.csv", table(row), columns=named).frame("tweets").iloc[0]
    assert tweet["at"].floor("s") == pd.Timestamp("2014-04-22T17:55:01Z")


def test_ids_that_a_spreadsheet_rounded_are_all_refused(tmp_path: Path) -> None:
    rounded = [f"{snowflake(n)[:15]}000" for n in range(40)]
    with pytest.raises(InputError, match=r"ID_FLOAT.*40 of 40 ids end in 000"):
        _read(tmp_path, "ids.txt", "\n".join(["tweet_id", *rounded]).encode())
    rows = [LAYOUTS["TAGS"] | {"id_str": i} for i in rounded]
    counts, rejects = counted(tmp_path, table(*rows))
    assert {r["reason"] for r in rejects} == {"ID_FLOAT"}
    assert counts["rejected"] == 40


@pytest.mark.parametrize(
    "field", ["id", "author_id", "referenced_tweets.retweeted.id", "in_reply_to_user_id"]
)
def test_ids_that_a_spreadsheet_rounded_are_told_in_every_column(
    tmp_path: Path, field: str
) -> None:
    row = {field: ""} | LAYOUTS["twarc-csv"]
    exact = [row | {"id": snowflake(n)} for n in range(1000)]
    late = [row | {field: f"{snowflake(n)[:15]}000"} for n in range(299)]
    counts, rejects = counted(tmp_path, table(*exact, *late))
    assert (counts["kept_tweets"], counts["rejected"]) == (1000, 299)
    told = f"ids in the column {field!r} from row 1,001 on end in 000: a spreadsheet rounded them"
    assert told in rejects[-1]["detail"]
    assert "the rows before show no such ids and are kept" in rejects[-1]["detail"]


def test_one_id_that_ends_in_zeros_is_no_sign_of_rounding(tmp_path: Path) -> None:
    """All retweet one tweet, whose id ends so by chance."""
    zeros = f"{snowflake(1)[:15]}000"
    row = LAYOUTS["twarc-csv"] | {"referenced_tweets.retweeted.id": zeros}
    _, rejects = counted(tmp_path, table(*(row | {"id": snowflake(n)} for n in range(40))))
    assert rejects == []


def test_a_table_that_is_cut_says_so(tmp_path: Path) -> None:
    rows = [LAYOUTS["TAGS"] | {"id_str": snowflake(n), "text": str(hash(n))} for n in range(300)]
    packed = gzip.compress(table(*rows))
    for n in range(1, 41):
        counts, rejects = counted(tmp_path, packed[: len(packed) * n // 41])
        assert rejects[-1]["reason"] == "TRUNCATED"
        assert counts["records"] == counts["kept_tweets"] + counts["rejected"]
    assert counts["kept_tweets"] > 200


@pytest.mark.parametrize("at", [0, 7, 19])
@pytest.mark.parametrize("last", [False, True])
def test_a_quote_that_is_never_closed_is_one_reject(tmp_path: Path, at: int, last: bool) -> None:
    """The lines after it, which a reader of CSV takes for its text, are all read."""
    marked = [LAYOUTS["TAGS"] | {"id_str": snowflake(n), "text": f"text {n}"} for n in range(20)]
    end, quote = f"text {at}".encode(), '"' * last
    text = table(*marked)
    broken = text.replace(end + b",", b'"' + end + b",", 1)
    if last:
        broken = text.replace(b"\n" + snowflake(at).encode(), b'\n"' + snowflake(at).encode(), 1)
    counts, rejects = counted(tmp_path, broken)
    assert [r["reason"] for r in rejects] == ["BAD_FIELD"]
    assert f"never closed, in '{quote}{snowflake(at)}" in rejects[0]["detail"]
    assert (counts["kept_tweets"], counts["records"]) == (19, 20)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_lines_end_as_any_system_ends_them(tmp_path: Path, end: bytes) -> None:
    rows = table(*[LAYOUTS["TAGS"] | {"id_str": snowflake(n)} for n in range(20)])
    counts, rejects = counted(tmp_path, end.join(rows.splitlines()) + end)
    assert not rejects
    assert counts["kept_tweets"] == 20


@pytest.mark.parametrize(
    "text", ["{0},{1},{2}", "{0}, {1},\n{2}\n", '"{0}";"{1}"\n"{2}"', "{0} {1} {2}\n12\n"]
)
def test_ids_that_share_a_line_are_a_list(tmp_path: Path, text: str) -> None:
    ids = [snowflake(n) for n in range(3)]
    counts, rejects = counted(tmp_path, text.format(*ids).encode())
    assert counts["kept_tweets"] == 3
    assert [r["reason"] for r in rejects] == ["BAD_TIME"] * text.count("12")


@pytest.mark.parametrize("between", [",", ";", "\t", " "])
@pytest.mark.parametrize("header", ["", "follower_id{}followed_id\n"])
def test_two_columns_of_ids_are_follows(tmp_path: Path, between: str, header: str) -> None:
    text = header.format(between) + f"1{between}2\n{snowflake(1)}{between}3\n"
    _, rejects = counted(tmp_path, text.encode())
    part = pq.read_table(tmp_path / "parts" / "follows-000000.parquet")
    ends = [(row["follower_id"], row["followed_id"]) for row in part.to_pylist()]
    assert (ends, rejects) == ([("1", "2"), (snowflake(1), "3")], [])


def test_pairs_in_which_one_would_follow_oneself_are_no_follows(tmp_path: Path) -> None:
    _, rejects = counted(tmp_path, b"0,1\n1,1\n2,3\n")
    assert {r["reason"] for r in rejects} == {"UNKNOWN_FORMAT"}


def test_what_two_long_ids_on_each_line_are_is_asked(tmp_path: Path) -> None:
    text = "".join(f"{snowflake(n)},{snowflake(n + 9)}\n" for n in range(4))
    with pytest.raises(InputError, match="Put the line follower_id,followed_id before them"):
        _read(tmp_path, "f.txt", text.encode())


def test_a_table_without_a_row_is_not_called_empty(tmp_path: Path) -> None:
    (tmp_path / "header.csv").write_bytes(table(LAYOUTS["TAGS"]).split(b"\n")[0])
    with pytest.raises(InputError, match="a header line and no row after it"):
        archive.read(tmp_path)
    (tmp_path / "full.csv").write_bytes(table(LAYOUTS["TAGS"]))
    told = archive.read(tmp_path).report.warnings
    assert any(t.startswith("a file holds a header line and no row: ") for t in told)


def test_an_id_without_a_time_is_said_to_have_none(tmp_path: Path) -> None:
    _, rejects = counted(tmp_path, f"{snowflake(1)}\n20\n{2**63}\n".encode())
    assert [r["reason"] for r in rejects] == ["BAD_TIME"] * 2
    assert all("carries no time (it is from before 4 November" in r["detail"] for r in rejects)


def test_a_rejected_row_says_at_which_line_it_stands(tmp_path: Path) -> None:
    row = LAYOUTS["TAGS"] | {"text": "two\nlines"}
    _, rejects = counted(tmp_path, table(row, row, row | {"id_str": "none"}))
    assert rejects[0]["detail"].startswith("at line 6: ")


def test_a_zero_byte_in_a_text_makes_no_binary_file_of_it(tmp_path: Path) -> None:
    rows = [LAYOUTS["TAGS"] | {"id_str": snowflake(n), "text": "a\0b"} for n in range(3)]
    for text in (table(*rows), "\ufeff".encode() + lines(v1_tweet(1), b"\0" * 9, v1_tweet(2))):
        counts, rejects = counted(tmp_path, text)
        assert (rejects, counts["kept_tweets"] >= 2) == ([], True)
    _, rejects = counted(tmp_path, b"n,o\0t\0a\0" * 99)
    assert [r["reason"] for r in rejects] == ["NOT_TEXT"]
