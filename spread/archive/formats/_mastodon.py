"""Mastodon: statuses of its interface, and the outbox that an account exports.

Ids are those of the server that was asked; an outbox calls posts and accounts by their
addresses, which are their ids then.
"""

import html
import re
from collections.abc import Callable
from typing import Any, Final

import msgspec

from spread.archive._faults import RejectedError
from spread.archive._rows import COLLECTED, EMBEDDED, NoticeRow
from spread.archive.formats import _said
from spread.archive.formats._elements import (
    Element,
    Nothing,
    Profile,
    Server,
    tweet_row,
    user_row,
)
from spread.archive.formats._instants import microseconds, time_of_status
from spread.text import hashtag_key, hashtags_in

PLATFORM: Final = "mastodon"
_MEDIA: Final = {"image": "photo", "gifv": "gif", "video": "video", "audio": "audio"}
_LIKE: Final = b'{"type": "Like", "actor": "", "object": %s}'
_HOST: Final = re.compile(r"https?://([^/?#@\s]{1,253})/", re.IGNORECASE)
_BREAK: Final = re.compile(r"<br\s{0,9}/?>|</p>\s{0,9}<p[^<>]{0,999}>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^<>]{0,9999}>")
_LINK: Final = re.compile(r'<a\s[^<>]{0,4000}?href="([^"<>]{1,2000})"[^<>]{0,2000}>', re.IGNORECASE)
_OWN: Final = re.compile(r'class="[^"]{0,200}\b(?:mention|hashtag)\b', re.IGNORECASE)


class Account(msgspec.Struct, gc=False):
    """An account."""

    id: str | None = None
    acct: str | None = None
    username: str | None = None
    url: str | None = None
    display_name: str | None = None
    note: str | None = None
    created_at: str | None = None
    followers_count: int | None = None


class Named(msgspec.Struct, gc=False):
    """A tag (`name`) or a mentioned account (`id`)."""

    name: str | None = None
    id: str | None = None
    type: str | None = None
    href: str | None = None


class Status(msgspec.Struct, gc=False):
    """A status."""

    id: str | None = None
    created_at: str | None = None
    content: str | None = None
    language: str | None = None
    account: Account | None = None
    in_reply_to_id: str | None = None
    in_reply_to_account_id: str | None = None
    reblog: "Status | None" = None
    reblogs_count: int | None = None
    tags: list[Named] | None = None
    mentions: list[Named] | None = None
    media_attachments: list[Named] | None = None


class Person(msgspec.Struct, gc=False):
    """The account that an export is of."""

    id: str | None = None
    preferredUsername: str | None = None  # noqa: N815 - the format's own names
    name: str | None = None
    summary: str | None = None
    published: str | None = None


class Medium(msgspec.Struct, gc=False):
    """What hangs on a note."""

    mediaType: str | None = None  # noqa: N815 - the format's own name


class Note(msgspec.Struct, gc=False):
    """A post of an outbox."""

    id: str | None = None
    published: str | None = None
    content: str | None = None
    attributedTo: str | None = None  # noqa: N815
    inReplyTo: str | None = None  # noqa: N815
    contentMap: dict[str, Any] | None = None  # noqa: N815
    tag: list[Named] | None = None
    attachment: list[Medium] | None = None


class Activity(msgspec.Struct, gc=False):
    """An entry of an outbox."""

    id: str | None = None
    type: str | None = None
    actor: str | None = None
    published: str | None = None
    object: Note | str | None = None


_status: Final = msgspec.json.Decoder(Status)
_account: Final = msgspec.json.Decoder(Account)
_person: Final = msgspec.json.Decoder(Person)
_activity: Final = msgspec.json.Decoder(Activity)


def plain_text(content: str) -> str:
    """Return the text of a status, which comes as HTML.

    Examples
    --------
    >>> plain_text("<p>one &amp; <b>two</b></p><p>three</p>")
    'one & two\\nthree'
    """
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", content))).strip()


class _Page(msgspec.Struct, gc=False):
    """A thread's context, or a page of an outbox."""

    ancestors: list[msgspec.Raw] = []
    descendants: list[msgspec.Raw] = []
    orderedItems: list[msgspec.Raw] = []  # noqa: N815


_page: Final = msgspec.json.Decoder(_Page)


def elements(data: bytes) -> list[bytes]:
    """Return the statuses or entries of a page; what is liked or kept is an address alone."""
    page = _page.decode(data)
    entries = map(bytes, page.orderedItems)
    items = [_LIKE % raw if raw[:1] == b'"' else raw for raw in entries]
    return [*map(bytes, page.ancestors), *map(bytes, page.descendants), *items]


def status(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return the rows of a status: itself, what it boosts, and their accounts."""
    found = _status.decode(data)
    rows: list[Element] = _rows(found, COLLECTED, source_file, source_record)
    if found.reblog is not None:
        try:
            rows += _rows(found.reblog, EMBEDDED, source_file, source_record)
        except RejectedError as error:
            rows.append(error)
        rows += _server(found.reblog.account)
    return [*rows, *_server(found.account)]


def account(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return an account of a list of accounts."""
    del source_file, source_record
    found = _account.decode(data)
    return [_profile(found, None), *_server(found)]


def person(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return the account that an export is of; it is called by its address, as in the outbox."""
    del source_file, source_record
    found = _person.decode(data)
    if not found.id:
        raise RejectedError("NO_ID", "the account has no id")
    row = user_row(
        PLATFORM, found.id, screen_name=found.preferredUsername, name=found.name,
        description=plain_text(found.summary or ""), created_at=microseconds(found.published),
    )  # fmt: skip
    return [Profile(row, None, None)]


def activity(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return the row of an outbox's entry: a post, as it was or was changed, or a boost."""
    found = _activity.decode(data)
    what, who = found.object, found.actor
    if found.type == "Delete" and found.object is not None:
        own_id = what.id if isinstance(what, Note) else what
        return [NoticeRow("delete", own_id, None, PLATFORM)]
    is_change = found.type == "Update" and isinstance(what, Note) and what.content is not None
    if not (found.type in ("Create", "Announce") or is_change) or not found.actor:
        return [Nothing()]
    note_at = what.published if isinstance(what, Note) else None
    at = _instant(note_at if is_change else found.published or note_at)
    profile = Profile(user_row(PLATFORM, found.actor, screen_name=_handle(found.actor)), None, at)
    if isinstance(what, str) or what is None:
        if not found.id or what is None:
            raise RejectedError("NO_ID", "a boost without an id, or of nothing")
        row = tweet_row(
            PLATFORM, found.id, who, at, said=None, source_file=source_file,
            source_record=source_record, retweet_of=what, original_at=time_of_status(what, at),
        )  # fmt: skip
        return [row, profile]
    if not what.id:
        raise RejectedError("NO_ID", "a post without an id")
    tags = [t.name for t in what.tag or () if t.type == "Hashtag" and t.name]
    said = _heard(what.content or "", tags, [_kind(m.mediaType) for m in what.attachment or ()])
    mentioned = [t.href for t in what.tag or () if t.type == "Mention" and t.href]
    row = tweet_row(
        PLATFORM, what.id, who, at, said=said, source_file=source_file,
        source_record=source_record, reply_to=what.inReplyTo, mentions=mentioned,
        lang=next(iter(what.contentMap or {}), None),
        observed_at=microseconds(found.published) if is_change else None,
    )  # fmt: skip
    return [row, profile]


def _rows(found: Status, origin: str, source_file: str, source_record: int) -> list[Element]:
    if not found.id:
        raise RejectedError("NO_ID", "the status has no id")
    if found.account is None or not found.account.id:
        raise RejectedError("NO_USER", "the status has no account")
    at = _instant(found.created_at)
    boosted = found.reblog
    said = _heard(
        (boosted or found).content or "",
        [tag.name for tag in (boosted or found).tags or () if tag.name],
        [_MEDIA.get(m.type or "", m.type) for m in (boosted or found).media_attachments or ()],
    )
    row = tweet_row(
        PLATFORM, found.id, found.account.id, at, said=said, origin=origin,
        source_file=source_file, source_record=source_record, lang=(boosted or found).language,
        mentions=[m.id for m in found.mentions or () if m.id] if boosted is None else [],
        retweet_of=boosted.id if boosted is not None else None,
        retweet_author_id=boosted.account.id if boosted and boosted.account else None,
        reply_to=found.in_reply_to_id if boosted is None else None,
        reply_author_id=found.in_reply_to_account_id if boosted is None else None,
        retweet_count=_said.count(found.reblogs_count),
        followers=_said.count(found.account.followers_count),
        original_at=_made(boosted, at) if boosted is not None else None,
    )  # fmt: skip
    return [row, _profile(found.account, at)]


def _profile(found: Account, at: int | None) -> Profile:
    if not found.id:
        raise RejectedError("NO_ID", "the account has no id")
    row = user_row(
        PLATFORM, found.id, screen_name=found.acct or found.username, name=found.display_name,
        description=plain_text(found.note or ""), created_at=microseconds(found.created_at),
    )  # fmt: skip
    return Profile(row, _said.count(found.followers_count), at)


def _server(found: Account | None) -> list[Server]:
    """Return the server that tells of an account of its own, which it names without a server."""
    if found is None or not found.acct or "@" in found.acct:
        return []
    match = _HOST.match(found.url or "")
    return [Server(match.group(1).lower())] if match else []


def _heard(content: str, tags: list[str], media: list[str | None]) -> _said.Said:
    """Return what a status says; tags come in small letters, and are shown as typed."""
    text = plain_text(content)
    typed = {hashtag_key(tag): tag for tag in hashtags_in(text)}
    shown = [typed.get(hashtag_key(tag), tag) for tag in tags]
    links = [
        html.unescape(m.group(1)) for m in _LINK.finditer(content) if not _OWN.search(m.group())
    ]
    # `said` takes three escapes of Twitter away, which are none here any more.
    heard = _said.said("", cut=False, tags=shown, urls=links, media=media)
    return heard._replace(text=text)


def _made(original: Status, shared_at: int) -> int | None:
    told = microseconds(original.created_at)
    return time_of_status(original.id, shared_at) if told is None else told


def _kind(media_type: str | None) -> str | None:
    kind = (media_type or "").partition("/")[0]
    return _MEDIA.get(kind, kind) or None


def _handle(actor: str) -> str:
    return actor.rstrip("/").rpartition("/")[2].lstrip("@")


def _instant(text: str | None) -> int:
    at = microseconds(text)
    if at is None:
        raise RejectedError("BAD_TIME", f"the time is {text!r}, without a zone or unreadable")
    return at


READERS: Final[dict[str, Callable[[bytes, str, int], list[Element]]]] = {
    "mastodon status": status,
    "mastodon account": account,
    "mastodon person": person,
    "mastodon activity": activity,
}
