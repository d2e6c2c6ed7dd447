"""Twitter's Activity Streams, the enterprise format of Gnip: an activity says what v1.1 says.

A tweet is an activity of the verb `post`, a retweet one of the verb `share` whose object is the
original's activity. Ids are the ends of names such as `tag:search.twitter.com,2005:1050118621`.
Each is read as the status of v1.1 that it was made of, so that both are one row.

https://developer.x.com/en/docs/x-api/enterprise/data-dictionary/activity-streams-objects
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from spread.archive._faults import RejectedError
from spread.archive._rows import NoticeRow
from spread.archive.formats import _said
from spread.archive.formats import _twitter_v1 as v1
from spread.archive.formats._elements import Element, Profile

_SOURCE: Final = re.compile(r"(?:tag|object):search\.(?:twitter|x)\.com,\d{4}:")
_STATUS: Final = re.compile(r"(?:twitter|x)\.com/(\w{1,15})/status(?:es)?/(\d{1,20})")
_PLACE: Final = re.compile(r"/geo/id/(\w{1,40})")
_OWN_PAGE: Final = "/i/web/status/"
_WRITTEN: Final = ("post", "share")


class Named(msgspec.Struct, gc=False):
    """The place that a profile names."""

    displayName: str | None = None  # noqa: N815 - the format's own names


class Actor(msgspec.Struct, gc=False):
    """The account."""

    id: str | None = None
    preferredUsername: str | None = None  # noqa: N815
    displayName: str | None = None  # noqa: N815
    summary: str | None = None
    location: Named | str | None = None
    twitterTimeZone: str | None = None  # noqa: N815
    utcOffset: str | int | None = None  # noqa: N815
    languages: list[str] | None = None
    followersCount: int | None = None  # noqa: N815
    postedTime: str | None = None  # noqa: N815
    verified: bool | None = None


class Place(msgspec.Struct, gc=False):
    """The place that a tweet was tagged with."""

    displayName: str | None = None  # noqa: N815
    name: str | None = None
    link: str | None = None
    country_code: str | None = None
    twitter_country_code: str | None = None


class Link(msgspec.Struct, gc=False):
    """Where a tweet that is answered stands."""

    link: str | None = None


class Long(msgspec.Struct, gc=False):
    """The whole of a tweet over 140 characters."""

    body: str | None = None
    twitter_entities: v1.Entities | None = None
    twitter_extended_entities: v1.Entities | None = None


class Enriched(msgspec.Struct, gc=False):
    """What Gnip adds: where the links of the tweet lead."""

    urls: list[v1.Url] | None = None


class Activity(msgspec.Struct, gc=False):
    """A tweet or a retweet; inside a tweet, as its object, the note that it is."""

    id: str | None = None
    verb: str | None = None
    postedTime: Any = None  # noqa: N815
    body: str | None = None
    actor: Actor | None = None
    object: "Activity | None" = None
    inReplyTo: Link | None = None  # noqa: N815
    location: Place | None = None
    geo: v1.Point | None = None
    twitter_entities: v1.Entities | None = None
    twitter_extended_entities: v1.Entities | None = None
    twitter_lang: str | None = None
    twitter_quoted_status: "Activity | None" = None
    long_object: Long | None = None
    retweetCount: int | str | None = None  # noqa: N815
    gnip: Enriched | None = None


class _Page(msgspec.Struct, gc=False):
    results: list[msgspec.Raw] | None = None


_activity: Final = msgspec.json.Decoder(Activity)
_page: Final = msgspec.json.Decoder(_Page)


def elements(data: bytes) -> list[bytes]:
    """Return what a page of an enterprise or premium search holds, in either format."""
    return [bytes(raw) for raw in _page.decode(data).results or ()]


def activity(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return the rows of a tweet or retweet, of what is inside it, and their accounts."""
    found = _activity.decode(data)
    if not _SOURCE.match(found.id or ""):
        raise RejectedError(
            "UNKNOWN_FORMAT",
            f"an Activity Streams record of another source than Twitter, {(found.id or '')[:60]!r}",
        )
    if found.verb == "delete":
        return [NoticeRow("delete", _end(found.id), None)]
    if found.verb not in _WRITTEN:
        raise RejectedError(
            "UNKNOWN_FORMAT",
            f"an Activity Streams record with the verb {found.verb!r}: read are "
            "post, share and delete",
        )
    if found.body is None:
        raise RejectedError("BAD_FIELD", "an activity without a body")
    rows = v1.rows(_status(found), source_file=source_file, source_record=source_record)
    return [_element(row) for row in rows]


def _element(row: object) -> Element:
    if not isinstance(row, tuple) or len(row) != 2:
        return row  # type: ignore[return-value]
    user, at = row
    try:
        return Profile(user.row(), _said.count(user.followers_count), at)
    except RejectedError as error:
        return error


def _status(found: Activity) -> v1.Tweet:
    """Return the status of v1.1 that an activity was made of."""
    original = found.object if found.verb == "share" else None
    quoted = found.twitter_quoted_status
    reply_to, reply_author = _answered(found)
    long = found.long_object
    return v1.Tweet(
        id_str=_end(found.id),
        created_at=found.postedTime,
        text=found.body or "",
        truncated=_is_cut(found),
        extended_tweet=None
        if long is None
        else v1.Extended(
            long.body, _linked(long.twitter_entities, found), long.twitter_extended_entities
        ),
        entities=_linked(found.twitter_entities, found),
        extended_entities=found.twitter_extended_entities,
        user=_user(found.actor),
        in_reply_to_status_id_str=reply_to,
        in_reply_to_user_id_str=reply_author,
        quoted_status_id_str=None if quoted is None else _end(quoted.id),
        quoted_status=None if quoted is None else _status(quoted),
        retweeted_status=None if original is None else _status(original),
        retweet_count=found.retweetCount,
        lang=found.twitter_lang,
        geo=found.geo,
        place=_place(found.location),
    )


def _user(actor: Actor | None) -> v1.User | None:
    if actor is None:
        return None
    place = actor.location
    offset = str(actor.utcOffset)
    return v1.User(
        id_str=_end(actor.id),
        screen_name=actor.preferredUsername,
        name=actor.displayName,
        location=place.displayName if isinstance(place, Named) else place,
        description=actor.summary,
        time_zone=actor.twitterTimeZone,
        utc_offset=int(offset) if re.fullmatch(r"-?\d{1,6}", offset) else None,
        lang=next(iter(actor.languages or ()), None),
        followers_count=actor.followersCount,
        created_at=actor.postedTime,
        verified=actor.verified,
    )


def _place(found: Place | None) -> v1.Place | None:
    if found is None:
        return None
    known = _PLACE.search(found.link or "")
    return v1.Place(
        id=known.group(1) if known else None,
        full_name=found.displayName,
        name=found.name,
        country_code=found.twitter_country_code,
        country=found.country_code,
    )


def _answered(found: Activity) -> tuple[str | None, str | None]:
    """Return which tweet is answered, and its author, whom the answer mentions as a rule."""
    told = _STATUS.search(found.inReplyTo.link or "") if found.inReplyTo is not None else None
    if told is None:
        return None, None
    long = found.long_object
    name = told.group(1).casefold()
    sought = (found.twitter_entities, long.twitter_entities if long is not None else None)
    for mention in (m for e in sought if e is not None for m in e.user_mentions or ()):
        if (mention.screen_name or "").casefold() == name and isinstance(mention.id_str, str):
            return told.group(2), mention.id_str
    own = found.actor
    is_own = own is not None and (own.preferredUsername or "").casefold() == name
    return told.group(2), _end(own.id) if is_own and own is not None else None


def _linked(entities: v1.Entities | None, found: Activity) -> v1.Entities | None:
    """Return entities whose links, where Twitter says nothing, lead where Gnip followed them."""
    if entities is None or not entities.urls or found.gnip is None or not found.gnip.urls:
        return entities
    leads = {each.url: each.expanded_url for each in found.gnip.urls}
    urls = [v1.Url(u.expanded_url or leads.get(u.url), u.url) for u in entities.urls]
    return msgspec.structs.replace(entities, urls=urls)


def _is_cut(found: Activity) -> bool:
    """Tell a text that ends in a link to its own whole, as Twitter cut it for old programs."""
    own = f"{_OWN_PAGE}{_end(found.id)}"
    return any((url.expanded_url or "").endswith(own) for url in _urls(found.twitter_entities))


def _urls(entities: v1.Entities | None) -> Iterator[v1.Url]:
    yield from (entities.urls or ()) if entities is not None else ()


def _end(name: str | None) -> str | None:
    return None if name is None else name.rpartition(":")[2]


READERS: Final[dict[str, Callable[[bytes, str, int], list[Element]]]] = {"activity": activity}
