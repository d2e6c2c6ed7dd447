"""Which format a JSON value is in, told from the keys it has."""

from typing import Final, NamedTuple

import msgspec

from spread.archive._faults import RejectedError
from spread.archive._rows import UNAVAILABLE, NoticeRow
from spread.archive.formats._instants import Id, id_text
from spread.archive.formats._said import count

NOTICES: Final = (
    "delete",
    "scrub_geo",
    "limit",
    "status_withheld",
    "user_withheld",
    "disconnect",
    "warning",
    "friends",
    "event",
    "control",
    "info",
    "friends_str",
    # Of v2's streams of compliance, inside `data`.
    "withheld",
    "drop",
    "undrop",
    "user_protect",
    "user_unprotect",
    "user_suspend",
    "user_unsuspend",
    "user_delete",
    "user_undelete",
    "user_profile_modification",
)
_PROBLEM: Final = frozenset(("title", "detail", "type"))
_OF_PROBLEM: Final = _PROBLEM | {"connection_issue", "disconnect_type", "status", "instance"}
"""How v2 says why a stream ended."""
_BESIDE: Final = frozenset(
    ("timestamp_ms", "timestamp", "created_at", "source", "target", "target_object")
)
"""What a notice may have beside the one thing that it says."""
_PAGE: Final = (
    "data",
    "statuses",
    "includes",
    "meta",
    "errors",
    "users",
    "tweets",
    "places",
    "media",
)
_ELSEWHERE: Final = (
    (("tweet_count", "start"), "a count of tweets"),
    (("action", "id"), "a compliance record"),
    (("from_user", "text"), "a tweet of Twitter's first search interface (until 2013)"),
)
_keys: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Status(msgspec.Struct, gc=False):
    """What a notice is about."""

    id_str: Id = None
    id: Id = None
    user_id_str: Id = None
    user_id: Id = None
    up_to_status_id_str: Id = None
    up_to_status_id: Id = None
    up_to_tweet_id: Id = None
    user: "Account | None" = None


class Account(msgspec.Struct, gc=False):
    """Whom a notice of v2 is about."""

    id: Id = None


class Deletion(msgspec.Struct, gc=False):
    """The body of a deletion, which v2 says of a `tweet`."""

    status: Status | None = None
    tweet: Status | None = None


class Limit(msgspec.Struct, gc=False):
    """How many tweets a stream has held back since it was opened."""

    track: int | None = None


class Notice(msgspec.Struct, gc=False):
    """A line of a stream that is no tweet; only what is to be honoured is read."""

    delete: Deletion | None = None
    scrub_geo: Status | None = None
    status_withheld: Status | None = None
    withheld: Deletion | None = None
    limit: Limit | None = None


_notice: Final = msgspec.json.Decoder(Notice)


class Kind(NamedTuple):
    """A format's name, and how the value is to be read."""

    name: str
    reader: str


V1: Final = Kind("twitter v1.1", "v1")
V1_USER: Final = Kind("twitter v1.1 user", "v1 user")
V2: Final = Kind("twitter v2", "v2")
V2_FLAT: Final = Kind("twitter v2 flattened", "v2")
V2_PAGE: Final = Kind("twitter v2 page", "page")
V2_USER: Final = Kind("twitter v2 user", "v2 user")
OWN: Final = Kind("twitter account export", "own")
OWN_PAGE: Final = Kind("twitter account export", "own page")
_OTHERS: Final = (
    ((("tweet",),), OWN_PAGE),
    (
        (("objectType", "verb", "id"), ("verb", "actor", "postedTime")),
        Kind("twitter activity streams", "activity"),
    ),
    ((("results",),), Kind("twitter search page", "results page")),
    ((("content", "account", "id"),), Kind("mastodon", "mastodon status")),
    ((("type", "preferredUsername"),), Kind("mastodon account", "mastodon person")),
    ((("username", "acct"),), Kind("mastodon account", "mastodon account")),
    ((("ancestors", "descendants"),), Kind("mastodon context", "mastodon page")),
    (
        (("orderedItems",), ("totalItems", "first")),
        Kind("mastodon outbox", "mastodon page"),
    ),
    ((("type", "actor", "object"),), Kind("mastodon outbox", "mastodon activity")),
    ((("uri", "notFound"), ("uri", "blocked")), Kind("bluesky", "bluesky gone")),
    (
        (("uri", "record", "author"), ("uri", "value", "author")),
        Kind("bluesky", "bluesky post"),
    ),
    (
        (
            ("feed",),
            ("posts",),
            ("thread",),
            ("repostedBy",),
            ("subject", "followers"),
            ("subject", "follows"),
        ),
        Kind("bluesky page", "bluesky page"),
    ),
    ((("follower", "followed"),), Kind("bluesky follow", "bluesky follow")),
    ((("did", "time_us"), ("did", "commit")), Kind("bluesky jetstream", "bluesky event")),
    ((("did", "handle"),), Kind("bluesky account", "bluesky account")),
    ((("post",),), Kind("bluesky", "bluesky entry")),
)
"""Marks of which one must be there, and the format that it tells."""
NOTICE: Final = Kind("stream notice", "notice")


def recognise(data: bytes) -> Kind:
    """Return the format of a JSON value.

    Raises
    ------
    RejectedError
        UNKNOWN_FORMAT, with what it seems to be.
    """
    try:
        keys = {key for key, raw in _keys.decode(data).items() if bytes(raw) != b"null"}
    except msgspec.ValidationError:
        is_id = data.strip(b'"').isdigit()
        seems = (
            "an id among records: put ids in a file of their own, one a line"
            if is_id
            else "no JSON object"
        )
        raise RejectedError("UNKNOWN_FORMAT", seems) from None
    found = _by_keys(keys)
    if found is None:
        raise RejectedError("UNKNOWN_FORMAT", _seems(keys))
    return found


def honoured(data: bytes) -> NoticeRow | int | None:
    """Return what a notice asks for, or how many tweets it says were held back.

    None where there is nothing to do.
    """
    try:
        notice = _notice.decode(data)
        if notice.limit is not None:
            return count(notice.limit.track)
        if (status := _about(notice.delete)) is not None:
            return NoticeRow("delete", id_text(status.id_str, status.id), None)
        if (withheld := notice.status_withheld or _about(notice.withheld)) is not None:
            return NoticeRow(UNAVAILABLE, id_text(withheld.id_str, withheld.id), None)
        if (scrub := notice.scrub_geo) is not None:
            whose = scrub.user.id if scrub.user is not None else scrub.user_id
            user_id = id_text(scrub.user_id_str, whose)
            up_to = scrub.up_to_status_id_str or scrub.up_to_tweet_id
            last = id_text(up_to, scrub.up_to_status_id)
            return NoticeRow("scrub_geo", last, user_id)
    except msgspec.ValidationError:
        raise RejectedError("BAD_FIELD", "a notice in another form than declared") from None
    return None


def _about(notice: Deletion | None) -> Status | None:
    return None if notice is None else notice.status or notice.tweet


def _by_keys(keys: set[str]) -> Kind | None:
    text = "text" in keys or "full_text" in keys
    if text and "user" in keys:
        return V1
    if "from_user" in keys and "author_id" not in keys:
        return None
    if "text" in keys and ("id" in keys or "author_id" in keys):
        return V2_FLAT if "author" in keys or "__twarc" in keys else V2
    if text and "id_str" in keys:
        return OWN
    if keys == {"account"}:
        return Kind("twitter account export", "own account")
    for marks, kind in _OTHERS:
        if not text and any(keys.issuperset(mark) for mark in marks):
            return kind
    if not text and _is_notice(keys):
        return NOTICE
    if not text and not keys.isdisjoint(_PAGE) and "id" not in keys:
        return V2_PAGE
    if "username" in keys and "id" in keys and "acct" not in keys:
        return V2_USER
    if "screen_name" in keys and not keys.isdisjoint({"id", "id_str"}) and not text:
        return V1_USER
    return None


def _is_notice(keys: set[str]) -> bool:
    """Tell a notice: it says one thing, with the time at most, or of an event who and to whom."""
    about = keys - _BESIDE
    if keys >= _PROBLEM and keys <= _OF_PROBLEM:
        return True
    return about == {"event"} or (len(about) == 1 and not about.isdisjoint(NOTICES))


def _seems(keys: set[str]) -> str:
    for marks, name in _ELSEWHERE:
        if keys.issuperset(marks):
            return name
    return f"an object with the keys {', '.join(sorted(keys)[:8])}" if keys else "an empty object"
