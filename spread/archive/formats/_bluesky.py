"""Bluesky: posts as the network's views give them, and the events of a Jetstream."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from spread.archive._faults import RejectedError
from spread.archive._rows import CLOSED, COLLECTED, EMBEDDED, FollowRow, NoticeRow
from spread.archive.formats import _said
from spread.archive.formats._elements import Element, Nothing, Profile, tweet_row, user_row
from spread.archive.formats._instants import microseconds, time_of_key
from spread.text import hashtags_in

PLATFORM: Final = "bluesky"
_POST: Final = "app.bsky.feed.post"
_REPOST: Final = "app.bsky.feed.repost"
_FOLLOW: Final = "app.bsky.graph.follow"
Json = dict[str, Any]

_object: Final = msgspec.json.Decoder(Json)


def post(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return the rows of a post view and of its account."""
    return _view(_object.decode(data), COLLECTED, source_file, source_record)


def entry(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return the rows of a feed's entry: a post, or a repost with the post inside it."""
    found = _object.decode(data)
    view, reason = _dict(found, "post"), _dict(found, "reason")
    by = _dict(reason, "by")
    if not (_text(reason, "$type") or "").endswith("reasonRepost") or not by:
        rows = _view(view, COLLECTED, source_file, source_record)
    else:
        original, who = _required(view, "uri"), _required(by, "did")
        at = _instant(reason, "indexedAt")
        row = tweet_row(
            PLATFORM, _text(reason, "uri") or f"{original}#repost-{who}", who, at, said=None,
            source_file=source_file, source_record=source_record, retweet_of=original,
            retweet_author_id=_text(_dict(view, "author"), "did"),
            original_at=_made(view, original, at),
        )  # fmt: skip
        rows = [row, _profile(by, at), *_inner(view, source_file, source_record)]
    reply = _dict(found, "reply")
    for name in ("root", "parent"):
        if _dict(reply, name).get("record"):
            rows += _inner(_dict(reply, name), source_file, source_record)
    return rows


def account(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return an account of a list of accounts."""
    del source_file, source_record
    return [_profile(_object.decode(data), None)]


def follow(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return who follows whom, from `{"follower": account, "followed": account}`."""
    del source_file, source_record
    found = _object.decode(data)
    ends = [_dict(found, name) for name in ("follower", "followed")]
    row = FollowRow(*(_required(end, "did") for end in ends))
    return [row, *(_profile(end, None) for end in ends)]


def gone(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return nothing, for a post that is deleted or hidden."""
    del data, source_file, source_record
    return [Nothing()]


# Jetstream counts microseconds; a clock before 1990 is wrong, as in `microseconds`.
_FIRST_US: Final = 631_152_000_000_000


def event(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return what an event of a Jetstream says: a post, a repost, a follow, its end, a name.

    An account that is deleted takes its posts with it; one that is only not shown does not.
    """
    found = _object.decode(data)
    commit, did = _dict(found, "commit"), _required(found, "did")
    if (named := _dict(found, "identity")).get("handle"):
        return [_profile(named | {"did": did}, microseconds(_text(named, "time")))]
    if _dict(found, "account").get("status") == "deleted":
        return [NoticeRow(CLOSED, None, did, PLATFORM)]
    collection = commit.get("collection")
    if collection not in (_POST, _REPOST, _FOLLOW):
        return [Nothing()]
    uri = f"at://{did}/{collection}/{_required(commit, 'rkey')}"
    if commit.get("operation") == "delete":
        return [NoticeRow("delete", uri, None, PLATFORM)]
    record = _dict(commit, "record")
    seen = found.get("time_us")
    at = _instant(record, "createdAt")
    at = min(at, seen) if type(seen) is int and seen > _FIRST_US else at
    if collection == _FOLLOW:
        return [FollowRow(did, _required(record, "subject"))]
    if collection == _REPOST:
        original = _required(_dict(record, "subject"), "uri")
        row = tweet_row(
            PLATFORM, uri, did, at, said=None, source_file=source_file,
            source_record=source_record, retweet_of=original, retweet_author_id=_owner(original),
            original_at=time_of_key(original, at),
        )  # fmt: skip
        return [row]
    return [_post_row(uri, did, at, record, COLLECTED, source_file, source_record, {})]


def elements(data: bytes) -> list[bytes]:
    """Return the records of a page: of a feed, a search, a thread, a list of accounts."""
    page = _object.decode(data)
    subject = page.get("subject")
    found: list[Any] = [*_list(page, "feed"), *_list(page, "posts"), *_list(page, "repostedBy")]
    found += [{"follower": f, "followed": subject} for f in _list(page, "followers")]
    found += [{"follower": subject, "followed": f} for f in _list(page, "follows")]
    found += _thread(page.get("thread"))
    return [msgspec.json.encode(each) for each in found]


def _thread(top: object) -> Iterator[Any]:
    """Yield the posts of a thread, above and below, without a limit to its depth."""
    left = [top]
    while left:
        found = left.pop()
        if not isinstance(found, dict):
            continue
        if isinstance(found.get("post"), dict):
            yield found["post"]
        elif found.get("notFound") or found.get("blocked"):
            yield {"uri": found.get("uri"), "notFound": True}
        left += [found.get("parent"), *_list(found, "replies")]


def _inner(view: Json, source_file: str, source_record: int) -> list[Element]:
    try:
        return _view(view, EMBEDDED, source_file, source_record)
    except RejectedError as error:
        return [error]


def _view(view: Json, origin: str, source_file: str, source_record: int) -> list[Element]:
    uri, author = _required(view, "uri"), _dict(view, "author")
    record = _dict(view, "record") or _dict(view, "value")
    did = _text(author, "did") or _owner(uri)
    if not did:
        raise RejectedError("NO_USER", "the post has no author")
    at = _instant(record, "createdAt")
    indexed = microseconds(_text(view, "indexedAt"))
    at = at if indexed is None else min(at, indexed)
    row = _post_row(uri, did, at, record, origin, source_file, source_record, view)
    return [row, _profile(author, at)] if author.get("did") else [row]


def _post_row(
    uri: str, did: str, at: int, record: Json, origin: str, file: str, number: int, view: Json
) -> Element:
    features = [f for facet in _list(record, "facets") for f in _list(facet, "features")]
    tags = [*_features(features, "tag"), *_texts(record, "tags")]
    embed, reply = _dict(record, "embed"), _dict(record, "reply")
    media = _dict(embed, "media") or embed
    external = _text(_dict(media, "external"), "uri")
    text = _text(record, "text") or ""
    said = _said.said(
        "", cut=False, tags=tags if tags or features else hashtags_in(text),
        urls=[*_features(features, "uri"), external], media=_media(media),
    )._replace(text=text)  # fmt: skip
    quoted = _dict(embed, "record")
    quoted = _dict(quoted, "record") or quoted
    embedded = _text(quoted, "uri")
    quote_of = embedded if embedded is not None and f"/{_POST}/" in embedded else None
    parent = _text(_dict(reply, "parent"), "uri")
    return tweet_row(
        PLATFORM, uri, did, at, said=said, origin=origin, source_file=file, source_record=number,
        mentions=list(dict.fromkeys(_features(features, "did"))),
        lang=next(iter(_texts(record, "langs")), None),
        quote_of=quote_of, quote_author_id=_owner(quote_of),
        reply_to=parent, reply_author_id=_owner(parent),
        retweet_count=_said.count(view.get("repostCount")),
    )  # fmt: skip


def _made(view: Json, uri: str, shared_at: int) -> int | None:
    """Return when a post was made that may not be read: as it says itself, else as its key says."""
    told = _dict(view, "record").get("createdAt")
    made = microseconds(told) if isinstance(told, str) else None
    return time_of_key(uri, shared_at) if made is None else made


def _media(embed: Json) -> list[str | None]:
    if (_text(embed, "$type") or "").startswith("app.bsky.embed.video"):
        return ["video"]
    return ["photo" for _ in _list(embed, "images")]


def _profile(found: Json, at: int | None) -> Profile:
    row = user_row(
        PLATFORM, _required(found, "did"), screen_name=_text(found, "handle"),
        name=_text(found, "displayName"), description=_text(found, "description"),
        created_at=microseconds(_text(found, "createdAt")),
    )  # fmt: skip
    return Profile(row, _said.count(found.get("followersCount")), at)


def _features(features: list[Any], name: str) -> list[str]:
    return [f[name] for f in features if isinstance(f, dict) and isinstance(f.get(name), str)]


def _owner(uri: object) -> str | None:
    """Return whose a post is: its address starts with the account's id."""
    return uri.split("/")[2] if isinstance(uri, str) and uri.startswith("at://did:") else None


def _required(found: Json, name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise RejectedError("NO_ID", f"no {name!r}")
    return value


def _text(found: Json, name: str) -> str | None:
    value = found.get(name)
    if value is None or isinstance(value, str):
        return value
    raise RejectedError("BAD_FIELD", f"{name!r} is no text")


def _texts(found: Json, name: str) -> list[str]:
    values = _list(found, name)
    if all(isinstance(value, str) for value in values):
        return values
    raise RejectedError("BAD_FIELD", f"{name!r} are no texts")


def _dict(found: Json, name: str) -> Json:
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def _list(found: object, name: str) -> list[Any]:
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, list) else []


def _instant(found: Json, name: str) -> int:
    written = _text(found, name)
    at = microseconds(written)
    if at is None:
        raise RejectedError("BAD_TIME", f"the time is {written!r}, without a zone or unreadable")
    return at


READERS: Final[dict[str, Callable[[bytes, str, int], list[Element]]]] = {
    "bluesky post": post,
    "bluesky entry": entry,
    "bluesky account": account,
    "bluesky follow": follow,
    "bluesky gone": gone,
    "bluesky event": event,
}
