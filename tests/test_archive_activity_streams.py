"""Activity Streams say what v1.1 says: both renderings of a tweet are one row."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from invented_archive import counted, lines, put, snowflake, v1_retweet, v1_tweet, v1_user

from spread import archive

TAG = {"hashtags": [{"text": "myNYPD"}], "user_mentions": [], "urls": []}
ABOUT = {
    "name": "Invented", "description": "tells nothing", "location": "Athens, Greece",
    "time_zone": "Athens", "utc_offset": 7200, "lang": "el", "verified": False,
    "created_at": "Mon Apr 04 21:31:20 +0000 2011",
}  # fmt: skip
LINK = {"url": "https://t.co/a", "expanded_url": "https://a.example/?b=1"}
OWN = {
    "url": "https://t.co/b",
    "expanded_url": f"https://twitter.com/i/web/status/{snowflake(9, 4)}",
}
ORIGINAL = v1_tweet(1, "fine &amp; good #myNYPD", 1, entities=TAG, retweet_count=7, lang="en")
LONG = v1_tweet(
    2, "a long one… https://t.co/b", 2, truncated=True, entities=TAG | {"urls": [OWN]},
    extended_tweet={
        "full_text": "a long one that goes on https://t.co/a",
        "entities": {"hashtags": [], "user_mentions": [], "urls": [LINK]},
        "extended_entities": {"media": [{"type": "animated_gif"}]},
    },
)  # fmt: skip
ANSWERED = {"screen_name": "Invented1", "id": 1, "id_str": "1"}
PLACE = {"id": "a1b2", "full_name": "Athens, Greece", "country_code": "GR", "country": "Greece"}
RECORDS = [
    ORIGINAL,
    LONG,
    v1_retweet(3, ORIGINAL, 3, user=v1_user(3, **ABOUT), retweet_count=7),
    v1_retweet(4, LONG, 4),
    v1_tweet(
        5, "@invented1 no", 5, in_reply_to_status_id_str=ORIGINAL["id_str"],
        in_reply_to_user_id_str="1", entities=TAG | {"user_mentions": [ANSWERED], "hashtags": []},
    ),
    v1_tweet(6, "look #myNYPD", 6, quoted_status=ORIGINAL, entities=TAG,
             quoted_status_id_str=ORIGINAL["id_str"]),
    v1_tweet(7, "here", 7, geo={"coordinates": [37.9, 23.7]}, place=PLACE),
    v1_tweet(9, "cut off… https://t.co/b", 4, truncated=True, entities=TAG | {"urls": [OWN]}),
    v1_tweet(10, "RT @invented1: fine", 8),
]  # fmt: skip


def activity(tweet: dict[str, Any]) -> dict[str, Any]:
    """Return a status of v1.1 in the form that Gnip gave it."""
    shared = tweet.get("retweeted_status")
    number = tweet["id_str"]
    found: dict[str, Any] = {
        "id": f"tag:search.twitter.com,2005:{number}",
        "objectType": "activity",
        "verb": "share" if shared else "post",
        "postedTime": _iso(tweet["created_at"]),
        "provider": {"objectType": "service", "displayName": "Twitter"},
        "link": f"http://twitter.com/{tweet['user']['screen_name']}/statuses/{number}",
        "body": tweet["text"],
        "actor": _actor(tweet["user"]),
        "object": {"objectType": "note", "id": f"object:search.twitter.com,2005:{number}"},
        "retweetCount": tweet["retweet_count"],
        "favoritesCount": 0,
        "twitter_entities": tweet.get("entities"),
        "twitter_lang": tweet.get("lang"),
        "geo": tweet.get("geo"),
    }
    if shared:
        found["object"] = activity(shared)
    if quoted := tweet.get("quoted_status"):
        found["twitter_quoted_status"] = activity(quoted)
    if answered := tweet.get("in_reply_to_status_id_str"):
        found["inReplyTo"] = {"link": f"http://twitter.com/invented1/statuses/{answered}"}
    if extended := tweet.get("extended_tweet"):
        found["long_object"] = {
            "body": extended["full_text"],
            "twitter_entities": extended["entities"],
            "twitter_extended_entities": extended["extended_entities"],
        }
    if place := tweet.get("place"):
        found["location"] = {
            "objectType": "place",
            "displayName": place["full_name"],
            "link": f"https://api.twitter.com/1.1/geo/id/{place['id']}.json",
            "country_code": place["country"],
            "twitter_country_code": place["country_code"],
        }
    return found


def _actor(user: dict[str, Any]) -> dict[str, Any]:
    offset = user.get("utc_offset")
    return {
        "objectType": "person",
        "id": f"id:twitter.com:{user['id_str']}",
        "preferredUsername": user["screen_name"],
        "displayName": user.get("name"),
        "summary": user.get("description"),
        "location": {"objectType": "place", "displayName": user.get("location")},
        "twitterTimeZone": user.get("time_zone"),
        "utcOffset": None if offset is None else str(offset),
        "languages": [user["lang"]] if "lang" in user else [],
        "followersCount": user["followers_count"],
        "postedTime": _iso(user["created_at"]) if "created_at" in user else None,
        "verified": user.get("verified"),
    }


def _iso(text: str) -> str:
    at = datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y").astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_both_renderings_are_the_same_rows(tmp_path: Path) -> None:
    native = archive.read(put(tmp_path / "n.jsonl", *RECORDS))
    streamed = archive.read(put(tmp_path / "s.jsonl", *map(activity, RECORDS)))
    for name in ("tweets", "users"):
        one, other = (read.frame(name) for read in (native, streamed))
        kept = [column for column in one.columns if column != "source_file"]
        assert one[kept].equals(other[kept]), name
    assert dict(streamed.report.formats) == {"twitter activity streams": len(RECORDS)}
    both = archive.read(tmp_path)
    assert both.report.totals["duplicates"] == both.report.totals["kept"] == len(RECORDS)


def test_what_gnip_adds_and_sends_beside_tweets(tmp_path: Path) -> None:
    bare = activity(ORIGINAL) | {"twitter_entities": TAG | {"urls": [{"url": "https://t.co/a"}]}}
    found = bare | {"gnip": {"urls": [LINK], "matching_rules": [{"tag": None}]}}
    delete = {"id": f"tag:search.twitter.com,2005:{snowflake(5, 5)}", "verb": "delete",
              "objectType": "activity"}  # fmt: skip
    info = {"info": {"message": "Replay Request Completed", "activity_count": 3}}
    page = {"results": [found, v1_tweet(11)], "next": "abc", "requestParameters": {}}
    pages = [page, {"results": [], "requestParameters": {}}]
    file = put(tmp_path / "s.jsonl", delete, activity(RECORDS[4]), *pages, info)
    read = archive.read(file)
    totals = read.report.totals
    # Notices: the deletion, the tweet that it deletes, the page without a tweet, the end.
    assert (totals["kept"], totals["notices"], totals["rejected"]) == (2, 4, 0)
    assert read.frame("tweets").urls.map(list).tolist() == [["https://a.example/?b=1"], []]


@pytest.mark.parametrize(
    ("change", "reason", "says"),
    [
        ({"id": "tag:search.twitter.com,2005:4.58E+17"}, "ID_FLOAT", "4.58E+17"),
        ({"id": "tag:gnip.disqus.com,2012:5"}, "UNKNOWN_FORMAT", "another source than Twitter"),
        ({"verb": "like"}, "UNKNOWN_FORMAT", "with the verb 'like'"),
        ({"actor": None}, "NO_USER", "no author"),
        ({"id": "tag:search.twitter.com,2005:7", "postedTime": None}, "BAD_TIME", "no readable"),
        ({"body": 5}, "BAD_FIELD", "$.body"),
        ({"body": None}, "BAD_FIELD", "without a body"),
    ],
)
def test_a_bad_activity_costs_itself_only(
    tmp_path: Path, change: dict[str, Any], reason: str, says: str
) -> None:
    bad = activity(ORIGINAL) | change
    counts, rejects = counted(tmp_path, lines(activity(LONG), bad, activity(RECORDS[6])))
    assert [(r["source_record"], r["reason"]) for r in rejects] == [(2, reason)]
    assert says in rejects[0]["detail"]
    assert counts["kept_tweets"] == 2


def test_an_original_without_its_author_is_said_and_the_retweet_kept(tmp_path: Path) -> None:
    share = activity(RECORDS[2])
    share["object"] = {
        "objectType": "note",
        "id": f"object:search.twitter.com,2005:{snowflake(1, 1)}",
    }
    counts, rejects = counted(tmp_path, json.dumps(share).encode())
    assert [(r["reason"], "NO_USER" in r["detail"]) for r in rejects] == [("EMBEDDED", True)]
    assert counts["kept_tweets"] == 1
