"""One record of every kind that the reader of JSON knows, with every field that it reads."""

from typing import Any

from invented_archive import snowflake, v1_retweet, v1_tweet, v1_user, v2_tweet, v2_user

_AT = "2023-11-14T22:13:19.000Z"
_TAGGED = {
    "hashtags": [{"text": "myNYPD"}],
    "urls": [{"url": "https://t.co/a", "expanded_url": "https://a.example"}],
    "user_mentions": [{"id_str": "9", "screen_name": "other"}],
    "media": [{"type": "photo"}],
}
_PLACE = {"id": "p", "full_name": "New York", "name": "New York", "country_code": "US"}
_V1 = v1_tweet(
    1, "fine #myNYPD", entities=_TAGGED, extended_entities=_TAGGED, lang="en", place=_PLACE,
    coordinates={"coordinates": [-74.0, 40.7]}, geo={"coordinates": [40.7, -74.0]},
    in_reply_to_status_id_str=snowflake(0), in_reply_to_user_id_str="8", timestamp_ms="1",
    extended_tweet={"full_text": "fine #myNYPD", "entities": _TAGGED}, quoted_status=v1_tweet(0),
    withheld_in_countries=["DE"],
    user=v1_user(1, time_zone="Athens", utc_offset=7200, lang="el", verified=False),
)  # fmt: skip
_TAGGED_2 = {
    "hashtags": [{"tag": "myNYPD"}],
    "urls": [{"url": "https://t.co/a", "expanded_url": "https://a.example"}],
    "mentions": [{"id": "9", "username": "other"}],
}
_V2 = v2_tweet(
    2, "RT @other: fine #myNYPD", entities=_TAGGED_2, public_metrics={"retweet_count": 3},
    referenced_tweets=[{"type": "retweeted", "id": snowflake(1)}], in_reply_to_user_id="9",
    attachments={"media_keys": ["3_1"]}, geo={"place_id": "p", "coordinates": {"coordinates": [1]}},
    note_tweet={"text": "fine", "entities": _TAGGED_2}, lang="en", withheld={"scope": "tweet"},
)  # fmt: skip
_INCLUDES = {
    "users": [v2_user(1, public_metrics={"followers_count": 2}, location="Athens")],
    "tweets": [v2_tweet(1, author=9)],
    "places": [_PLACE],
    "media": [{"media_key": "3_1", "type": "photo"}],
}
_ERRORS = [{"resource_type": "tweet", "resource_id": snowflake(5), "value": "5", "type": "x"}]
_ACTIVITY: dict[str, Any] = {
    "id": f"tag:search.twitter.com,2005:{snowflake(3)}", "objectType": "activity", "verb": "post",
    "postedTime": _AT, "body": "fine #myNYPD", "twitter_entities": _TAGGED, "retweetCount": 1,
    "actor": {"id": "id:twitter.com:1", "preferredUsername": "someone", "utcOffset": "7200",
              "location": {"displayName": "Athens"}, "languages": ["el"], "followersCount": 4},
    "inReplyTo": {"link": f"http://twitter.com/other/statuses/{snowflake(1)}"},
    "location": {"displayName": "New York", "link": "https://a.example/geo/id/p"},
    "gnip": {"urls": [{"url": "https://t.co/a", "expanded_url": "https://a.example"}]},
    "long_object": {"body": "fine #myNYPD and on", "twitter_entities": _TAGGED},
}  # fmt: skip
_ACCOUNT = {
    "id": "7", "acct": "someone", "username": "someone", "display_name": "S", "note": "<p>n</p>",
    "url": "https://a.example/@someone", "created_at": _AT, "followers_count": 5,
}  # fmt: skip
_STATUS = {
    "id": "109", "created_at": _AT, "content": "<p>#myNYPD</p>", "account": _ACCOUNT,
    "language": "en", "tags": [{"name": "mynypd"}], "mentions": [{"id": "8"}], "reblogs_count": 3,
    "media_attachments": [{"type": "image"}], "uri": "https://a.example/users/someone/statuses/109",
    "in_reply_to_id": "108", "in_reply_to_account_id": "8",
}  # fmt: skip
_ME = "https://a.example/users/me"
_NOTE = {
    "id": f"{_ME}/statuses/1", "type": "Note", "content": "<p>#myNYPD</p>", "attributedTo": _ME,
    "published": _AT, "contentMap": {"en": ""}, "inReplyTo": "https://b.example/9",
    "tag": [{"type": "Hashtag", "name": "#myNYPD"}, {"type": "Mention", "href": "https://b.example/u"}],
    "attachment": [{"mediaType": "image/png"}],
}  # fmt: skip
_DONE = {"id": f"{_ME}/statuses/1/activity", "actor": _ME, "published": _AT}
_AUTHOR = {
    "did": "did:plc:a", "handle": "a.example", "displayName": "A", "description": "d",
    "createdAt": _AT, "followersCount": 3,
}  # fmt: skip
_URI = "at://did:plc:a/app.bsky.feed.post/3k2yihcrp6f2c"
_OTHER = {"uri": "at://did:plc:b/app.bsky.feed.post/3k2yihcrp6f2d"}
_WRITTEN = {
    "text": "fine #myNYPD", "createdAt": _AT, "langs": ["en"], "tags": ["myNYPD"],
    "facets": [{"features": [{"tag": "myNYPD"}, {"uri": "https://a.example"}, {"did": "did:b"}]}],
    "embed": {"$type": "app.bsky.embed.recordWithMedia", "record": {"record": _OTHER},
              "media": {"external": {"uri": "https://a.example"}, "images": [{}]}},
    "reply": {"root": _OTHER, "parent": _OTHER},
}  # fmt: skip
_VIEW = {
    "uri": _URI, "author": _AUTHOR, "record": _WRITTEN, "repostCount": 2, "indexedAt": _AT,
}  # fmt: skip
_REASON = {"$type": "app.bsky.feed.defs#reasonRepost", "by": _AUTHOR, "indexedAt": _AT, "uri": "at"}


def _event(collection: str, record: object, operation: str = "create") -> dict[str, Any]:
    commit = {"operation": operation, "collection": f"app.bsky.{collection}", "record": record}
    return {
        "did": "did:plc:a", "time_us": 1_700_000_000_000_000, "kind": "commit",
        "commit": commit | {"rkey": "3k2yihcrp6f2c"},
    }  # fmt: skip


_TIME = {"did": "did:plc:a", "time_us": 1_700_000_000_000_000}
ONE_OF_EACH: dict[str, Any] = {
    "status of v1.1": _V1,
    "retweet of v1.1": v1_retweet(2, _V1),
    "account of v1.1": v1_user(3),
    "tweet of v2": _V2 | {"author": v2_user(1)},
    "page of v2": {"data": [_V2], "includes": _INCLUDES, "errors": _ERRORS},
    "account of v2": v2_user(2),
    "activity": _ACTIVITY,
    "shared activity": _ACTIVITY | {"verb": "share", "object": _ACTIVITY},
    "deletion": {"delete": {"status": {"id_str": "5", "id": 5, "user_id": 1}}},
    "scrubbed places": {"scrub_geo": {"user_id_str": "2", "up_to_status_id_str": "9"}},
    "limit": {"limit": {"track": 40}},
    "own tweet": {"tweet": {"id_str": snowflake(4), "full_text": "RT @other: fine"}},
    "own account": {"account": {"accountId": "42", "username": "me", "createdAt": _AT}},
    "status of mastodon": _STATUS,
    "boost of mastodon": _STATUS | {"id": "110", "reblog": _STATUS},
    "account of mastodon": _ACCOUNT,
    "thread of mastodon": {"ancestors": [_STATUS], "descendants": []},
    "entry of an outbox": _DONE | {"type": "Create", "object": _NOTE},
    "boost of an outbox": _DONE | {"type": "Announce", "object": "https://b.example/9"},
    "change of an outbox": _DONE | {"type": "Update", "object": _NOTE},
    "end of an outbox": _DONE | {"type": "Delete", "object": {"id": f"{_ME}/statuses/1"}},
    "owner of an outbox": {"type": "Person", "id": _ME, "preferredUsername": "me", "name": "I"},
    "post of bluesky": _VIEW,
    "feed of bluesky": {"feed": [{"post": _VIEW, "reason": _REASON, "reply": {"parent": _VIEW}}]},
    "thread of bluesky": {"thread": {"post": _VIEW, "replies": [{"uri": "at", "notFound": True}]}},
    "account of bluesky": _AUTHOR,
    "follows of bluesky": {"subject": _AUTHOR, "follows": [_AUTHOR]},
    "post of a jetstream": _event("feed.post", _WRITTEN),
    "repost of a jetstream": _event("feed.repost", {"subject": _OTHER, "createdAt": _AT}),
    "follow of a jetstream": _event("graph.follow", {"subject": "did:plc:b", "createdAt": _AT}),
    "end of a jetstream": _event("feed.post", None, "delete"),
    "name of a jetstream": _TIME | {"identity": {"did": "did:plc:a", "handle": "b", "time": _AT}},
    "account of a jetstream": _TIME
    | {"account": {"did": "did:plc:a", "active": False, "status": "deleted", "time": _AT}},
}
