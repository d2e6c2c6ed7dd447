"""An archive with every fault and every format that the reader knows, for comparing engines."""

import gzip
import json
import zipfile
from pathlib import Path
from typing import Any

from invented_archive import (
    lines,
    snowflake,
    v1_retweet,
    v1_tweet,
    v1_user,
    v2_tweet,
    v2_user,
)

_TAGS = ("myNYPD", "MYNYPD", "İstanbul", "straße", "ＦＵＬＬ", "café", "🚓", "myLAPD")
_BAD: tuple[Any, ...] = (
    b'{"id_str": "1", "te',
    b'xt": "second half of a line"}',
    b"\x00\x01\x02 noise",
    b'{"text": "\xff\xfe", "id_str": "5", "user": {"id": 1}}',
    {"id": 1.05e18, "text": "a", "user": {"id": 1}},
    {"id_str": "6.29E+17", "text": "a", "user": {"id": 1}},
    v1_tweet(1, user={"screen_name": "nobody"}),
    v1_tweet(1, id=7, id_str="7", created_at="yesterday"),
    v1_tweet(1, text=5),
    v1_tweet(1, deep=json.loads("[" * 64 + "]" * 64)),
    b"null",
    b"{}",
)


def write(folder: Path) -> Path:
    """Write the archive's files into a folder, and return it."""
    for name, text in _files().items():
        (folder / name).write_bytes(text)
    with zipfile.ZipFile(folder / "packed.zip", "w") as packed:
        packed.writestr("in/a.jsonl", lines(*_tweets(700, 30)))
        packed.writestr("in/b.jsonl.gz", gzip.compress(lines(*_tweets(740, 9))))
        packed.writestr("in/picture.png", b"\x89PNG")
    return folder


def _files() -> dict[str, bytes]:
    whole = lines(*_tweets(0, 120))
    again = _tweets(60, 60, retweet_count=9)
    packed = gzip.compress(lines(*_tweets(200, 80)))
    return {
        "a whole file.jsonl": whole,
        "duplicates.json": json.dumps(again).encode(),
        "bad.jsonl": b"".join(lines(v1_tweet(400 + k), bad) for k, bad in enumerate(_BAD)),
        "cut.jsonl.gz": packed[: int(0.8 * len(packed))],
        "flipped.jsonl.gz": packed[:200] + bytes([packed[200] ^ 255]) + packed[201:],
        "stream.jsonl": lines(*_stream()),
        "pages[1].json": lines(*_pages()),
        "mastodon.jsonl": lines(*_mastodon()),
        "bluesky.jsonl": lines(*_bluesky()),
        "ids.txt": b"458640532934737920\n458640532934737921\nnot an id\n",
        "table.csv": _table().encode(),
        "follows.csv": b"follower_id,followed_id\n1,2\n1,3\n1,2\n",
        "picture.txt": b"\x89PNG\r\n",
        "empty.jsonl": b"",
    }


def _tweets(first: int, count: int, **more: Any) -> list[dict[str, Any]]:
    """Return tweets and retweets of accounts that change their names and profiles."""
    found = []
    for k in range(first, first + count):
        user = v1_user(k % 17 + 1, screen_name=f"Name{k % 34}", location=["", "NYC", None][k % 3])
        user |= {"verified": k % 5 == 0, "time_zone": "Athens" if k % 2 else None}
        tags = [{"text": _TAGS[k % 8]}, {"text": _TAGS[(k // 3) % 8]}]
        entities = {"hashtags": tags, "urls": [], "user_mentions": []}
        if k % 4 == 0:
            entities["user_mentions"] = [{"id_str": str(k % 17 + 1), "screen_name": "other"}]
        tweet = v1_tweet(k + k % 7 / 7, f"{k} {_TAGS[k % 8]} “text” \u2028\U0001f468", k % 17 + 1)
        tweet |= {"user": user, "entities": entities, "truncated": k % 11 == 0} | more
        if k % 5 == 3:
            tweet = v1_retweet(
                k + 0.5, v1_tweet(k - 3, "the original", (k - 3) % 17 + 1), k % 13 + 1
            )
        elif k % 5 == 4:
            tweet |= {"in_reply_to_status_id_str": snowflake(k - 4, (k - 4) % 17 + 1)}
        elif k % 9 == 1:
            tweet |= {"quoted_status_id_str": snowflake(k - 1, (k - 1) % 17 + 1)}
        found.append(tweet)
    return found


def _stream() -> list[Any]:
    """Return a stream with its notices: deletions, scrubbed places, what was held back."""
    point = {"coordinates": {"coordinates": [-74.0, 40.7]}, "place": {"full_name": "New York"}}
    tweets = [v1_tweet(500 + s, author=s % 3 + 1, **point) for s in range(9)]
    return [
        *tweets,
        {"delete": {"status": {"id_str": tweets[1]["id_str"], "user_id_str": "1"}}},
        {"delete": {"status": {"id_str": snowflake(3, 3), "user_id_str": "3"}}},
        {"scrub_geo": {"user_id_str": "2", "up_to_status_id_str": tweets[5]["id_str"]}},
        {"limit": {"track": 40}},
        b"",
    ]


def _pages() -> list[Any]:
    """Return pages of v2 with retweets of what is nowhere, and names without ids."""
    gone = [{"type": "retweeted", "id": snowflake(-500, 8)}]
    old = [{"type": "retweeted", "id": "29700859"}]
    named = {"mentions": [{"username": "Invented2"}, {"username": "nobody"}]}
    data = [
        v2_tweet(600, "RT @Invented8: gone #myNYPD", 1, referenced_tweets=gone),
        v2_tweet(601, "RT @Invented8: gone #myNYPD", 2, referenced_tweets=gone),
        v2_tweet(602, "RT @a: b", 3, referenced_tweets=old),
        v2_tweet(603, "@Invented2 @nobody", 4, entities=named, geo={"place_id": "p"}),
        v2_tweet(10, "in both interfaces #myNYPD", 10),
    ]
    places = [{"id": "p", "full_name": "Athens", "country_code": "GR"}, {"id": "q"}]
    users = [v2_user(n, location="Athens", description="a, b") for n in (1, 2, 4)]
    includes = {"users": users, "places": places, "tweets": [v2_tweet(-9, "inside", 8)]}
    return [{"data": data, "includes": includes}, {"users": [v2_user(8)]}, {"data": []}]


def _mastodon() -> list[Any]:
    account = {"id": "7", "acct": "someone@a.example", "followers_count": 5}
    status = {"id": "109", "created_at": "2022-11-06T03:36:44.808Z", "content": "<p>#b</p>"}
    status |= {"account": account, "tags": [{"name": "myNYPD"}], "mentions": []}
    status |= {"media_attachments": [{"type": "image"}], "reblogs_count": 3}
    boost = status | {"id": "110", "account": {"id": "9", "acct": "third"}, "reblog": status}
    return [status, boost, status | {"id": "111", "account": {}}]


def _bluesky() -> list[Any]:
    def event(collection: str, record: Any, **more: Any) -> dict[str, Any]:
        commit = {"operation": "create", "collection": f"app.bsky.{collection}", "rkey": "k"}
        head = {"did": "did:plc:a", "time_us": 1_700_000_000_000_000, "kind": "commit"}
        return head | {"commit": commit | {"record": record} | more}

    at = "2023-11-14T22:13:19.000Z"
    subject = {"uri": "at://did:plc:b/app.bsky.feed.post/x"}
    return [
        event("feed.post", {"text": "fine #MyNYPD", "createdAt": at, "langs": ["en"]}),
        event("feed.post", {"text": "gone", "createdAt": at}, rkey="gone"),
        event("feed.repost", {"subject": subject, "createdAt": at}, rkey="r"),
        event("graph.follow", {"subject": "did:plc:b", "createdAt": at}),
        event("feed.post", None, operation="delete", rkey="gone"),
        event("feed.post", {"text": "gone, too", "createdAt": at}) | {"did": "did:plc:d"},
        {"did": "did:plc:d", "time_us": 1, "account": {"status": "deleted"}},
    ]


def _table() -> str:
    rows = [
        "id_str,from_user,text,created_at,from_user_id_str,user_followers_count,time",
        f"{snowflake(1, 1)},Name1,from a table,Tue Apr 22 17:55:01 +0000 2014,1,9,x",
        f"{snowflake(800)},onlyname,RT @Name3: #myNYPD,Tue Apr 22 18:08:20 +0000 2014,,,x",
        "4.58665E+17,Name1,rounded,Tue Apr 22 17:55:01 +0000 2014,1,9,x",
    ]
    return "\n".join(rows) + "\n"
