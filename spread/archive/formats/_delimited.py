"""Tables as text: CSV of the tools of this field, lists of ids, lists of who follows whom."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from spread.archive._faults import RejectedError
from spread.archive._rows import STUB, FollowRow
from spread.archive.files._limits import Limits
from spread.archive.formats import _coortweet, _said
from spread.archive.formats._cells import Row, cells, lines
from spread.archive.formats._elements import Element, Profile, TimeOfId, tweet_row, user_row
from spread.archive.formats._instants import (
    STATE_ZONE,
    in_zone,
    instant,
    snowflake,
    tweet_time,
    without_zone,
)
from spread.archive.formats._layouts import AROUND_IDS, Layout, looks_like_id
from spread.text import csv_text

_ENDS: Final = ("follower_id", "followed_id")
_NO_IDS: Final = ("-1", "-1.0", "0.0")
_NO_REFERENCE: Final = frozenset(("false", "n/a", "na", "nan", "nil", "none", "null", "<na>", "-"))
_REFERENCES: Final = frozenset(
    f"{kind}_{what}" for kind in ("retweet", "quote", "reply") for what in ("of", "to", "author_id")
)
_TO_TWEETS: Final = frozenset(("retweet_of", "quote_of", "reply_to"))
_EXACT: Final = re.compile(r"(\d{1,15})\.0+", re.ASCII)
"""A whole number that was written with a point and has all its digits: to 15 none is lost."""
_WITH_POINT: Final = re.compile(r"\d[.,]?(\d*)[eE]\+?\d+|\d{15,}\.0*", re.ASCII)
_SPREADSHEET_DIGITS: Final = 15
_OF_A_TWEET: Final = re.compile(r"(?=.*\d).*[^\d.+-].*|\d+", re.ASCII)
"""An id of a tweet: digits, or what has some among other signs, as those of other platforms."""
_NUMBER_AS_TEXT: Final = re.compile(r"'\d{1,20}\Z")
_OUR_OWN: Final = "at_resolution_ms"
"""A column that only the tables have which `tables.write` writes."""
_ANY_ID: Final = re.compile(r"[\w.:/@#-]{1,200}")
_NO_ZONE: Final = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?")
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ANY_CLOCK: Final = timedelta(days=2)
"""A day without an hour, and 14 hours of zone, are no more apart."""
_FORMS: Final = (
    "times are written as 2014-04-22T18:00:00+00:00, Tue Apr 22 18:00:00 +0000 2014, or seconds "
    "since 1970"
)
_MISSING: Final = ("", "NA", "NaN", "nan", "None", "null", "NULL", "<NA>")
_TIMES: Final = frozenset(("at", "observed_at", "account_created_at"))
_TO_LINES: Final = bytes.maketrans(b",; \t", b"\n\n\n\n")
_NO_TIME: Final = (
    "the id carries no time (it is from before 4 November 2010, or of 2^63 and more, and then of "
    "no tweet): nothing can be told of it without the tweet itself"
)
_NUMERIC: Final = ("ids", "twarc-csv", "DMI-TCAT", "TAGS")


def rows(chunks: Iterator[bytes], found: Layout, limits: Limits) -> Iterator[Row]:
    """Yield the rows of a table, without its header; blank lines are passed over.

    A damage of the file is raised after the last whole row.
    """
    parsed: Iterator[list[str] | RejectedError] = _ids(chunks, found, limits)
    if found.name != "ids":
        parsed = cells(lines(chunks, 2 * limits.record_bytes), found.delimiter, limits)
    line, is_header = 1, not found.is_bare
    for fields in parsed:
        start, line = line, line + 1
        if isinstance(fields, RejectedError):
            yield Row([], fields, b"", start)
            continue
        line += sum(field.count("\n") for field in fields)
        if any(fields) and is_header:
            is_header = False
        elif any(fields):
            data = found.delimiter.join(fields[:20]).encode("utf-8", "surrogateescape")
            # Of ids that share lines each is a record, and its number its place.
            place = start if found.name != "ids" or found.delimiter == "\x00" else 0
            yield Row(fields, _row_fault(fields, found), data, place)


def _ids(
    chunks: Iterator[bytes], found: Layout, limits: Limits
) -> Iterator[list[str] | RejectedError]:
    """Yield the ids of a list, one from each line, or as many as there are on it."""
    if found.delimiter != "\x00":
        chunks = (chunk.translate(_TO_LINES) for chunk in chunks)
    for line in lines(chunks, 2 * limits.record_bytes):
        yield [line.strip(AROUND_IDS)]


def elements(
    row: Row,
    found: Layout,
    source_file: str,
    source_record: int,
    *,
    zone: ZoneInfo | None = None,
    apart: Counter[int] | None = None,
) -> list[Element]:
    """Return what a row holds: a tweet and its author, an id, or who follows whom.

    Times without a zone are of `zone`; `apart` counts how far those are from their ids.

    Raises
    ------
    RejectedError
        The row cannot be read.
    """
    if found.fault is not None:
        raise RejectedError("UNKNOWN_FORMAT", found.fault)
    if row.fault is not None:
        raise row.fault
    cell = {
        field: value
        for field, place in found.places.items()
        if (value := _written(row.fields[place], found, field)) not in _MISSING or field == "text"
    }
    if "followed_id" in found.places:
        ends = [_id(cell, name) for name in _ENDS]
        if None in ends:
            raise RejectedError("NO_ID", "one end is missing")
        return [FollowRow(*map(str, ends))]
    tweet_id = _id(cell, "tweet_id")
    if tweet_id is None:
        raise RejectedError("NO_ID", "the tweet has no id")
    if found.name == "ids":
        if snowflake(tweet_id) is None:
            raise RejectedError("BAD_TIME", _NO_TIME)
        at, resolution = tweet_time(tweet_id, None)
        only_id = tweet_row(
            "twitter", tweet_id, None, at, said=None, origin=STUB, at_resolution_ms=resolution,
            source_file=source_file, source_record=source_record, kind="tweet",
        )  # fmt: skip
        return [only_id]
    if zone is not None:
        for name in _TIMES & cell.keys():
            of_id = tweet_id if name == "at" else None
            cell[name] = str(in_zone(cell[name], zone, of_id, apart))
    where = tweet_id, found, source_file, source_record
    made = [_share(cell, *where)] if found.name == _coortweet.NAME else _tweet(cell, *where)
    written = cell.get("at")
    return made if instant(written) is not None else [*made, TimeOfId(_lacks_zone(written))]


def _lacks_zone(text: str | None) -> bool:
    return without_zone(text) is not None


def _tweet(
    cell: Mapping[str, str], tweet_id: str, found: Layout, file: str, number: int
) -> list[Element]:
    author, name = _author(cell)
    at, resolution = _time(tweet_id, cell.get("at"), _column(found, "at"))
    retweet_of = _id(cell, "retweet_of")
    text = cell.get("text")
    said = _heard(cell, text, is_retweet=retweet_of is not None)
    own = said.text if said is not None and retweet_of is None else ""
    mentions, (is_manual, repeated) = _said.names_in(own), _said.repeated(own, {})
    tweet = tweet_row(
        "twitter", tweet_id, author, at, said=said, source_file=file, source_record=number,
        at_resolution_ms=resolution, lang=cell.get("lang"), mentions=list(mentions),
        observed_at=instant(cell.get("observed_at")), retweet_of=retweet_of,
        retweet_author_id=_id(cell, "retweet_author_id") or repeated,
        manual_retweet=is_manual,
        quote_of=None if retweet_of else _id(cell, "quote_of"),
        quote_author_id=None if retweet_of else _id(cell, "quote_author_id"),
        reply_to=None if retweet_of else _id(cell, "reply_to"),
        reply_author_id=None if retweet_of else _id(cell, "reply_author_id"),
        retweet_count=_count(cell.get("retweet_count")), followers=_count(cell.get("followers")),
        longitude=_number(cell.get("longitude")), latitude=_number(cell.get("latitude")),
    )  # fmt: skip
    profile = user_row(
        "twitter", author, screen_name=name or None, name=cell.get("name"),
        description=cell.get("description"), location=cell.get("location"),
        time_zone=cell.get("time_zone"), verified=_truth(cell.get("verified")),
        created_at=instant(cell.get("account_created_at")),
    )  # fmt: skip
    return [tweet, Profile(profile, _count(cell.get("followers")), at)]


def _share(
    cell: Mapping[str, str], tweet_id: str, found: Layout, file: str, number: int
) -> Element:
    at, resolution = _time(tweet_id, cell.get("at"), _column(found, "at"))
    return _coortweet.share(
        cell.get("object"), tweet_id, _author(cell)[0], at, at_resolution_ms=resolution,
        is_text=found.texts, source_file=file, source_record=number,
    )  # fmt: skip


def _author(cell: Mapping[str, str]) -> tuple[str, str]:
    """Return who wrote a tweet, and the screen name, which may be empty."""
    name = cell.get("screen_name", "").lstrip("@")
    author = _id(cell, "author_id") or (_said.name_id(name) if name else None)
    if author is None:
        raise RejectedError("NO_USER", "the tweet has no author")
    return author, name


def _heard(cell: Mapping[str, str], text: str | None, *, is_retweet: bool) -> _said.Said | None:
    if text is None:
        return None
    cut = is_retweet and _said.ends_cut(text)
    whole = _said.without_retweet_prefix(text) if is_retweet else text
    return _said.said(
        whole, cut=cut, tags=_listed(cell.get("hashtags"), ("tag", "text")) or None,
        urls=_listed(cell.get("urls"), ("expanded_url", "url")), media=(),
    )  # fmt: skip


def _listed(cell: str | None, names: Sequence[str]) -> list[str]:
    """Return the list in a cell: JSON, Python's way of writing one, or divided by `;` or `|`."""
    if cell is None:
        return []
    if cell[:1] == "[":
        try:
            found = json.loads(cell)
        except ValueError:
            return re.findall(r"'([^']{1,2000})'", cell)
        except RecursionError:
            raise RejectedError("TOO_DEEP", "a cell with a list in a list, over and over") from None
        if not isinstance(found, list):
            return []
        chosen = (
            next((e[n] for n in names if e.get(n)), None) if isinstance(e, dict) else e
            for e in found
        )
        return [str(each) for each in chosen if each]
    return [part.strip() for part in re.split(r"[;|]", cell) if part.strip()]


def _written(value: str, found: Layout, field: str) -> str:
    """Return what a cell says, without the sign by which a spreadsheet is kept from reading it.

    A text is left as it is, since it may begin with a quotation, but for a table of our own.
    """
    if field == "text":
        # `said` takes three escapes of Twitter away, which are none in our own table.
        return csv_text(value).replace("&", "&amp;") if _OUR_OWN in found.header else value
    said = csv_text(value.strip())
    return said[1:] if _NUMBER_AS_TEXT.match(said) else said


def _id(cell: Mapping[str, str], field: str) -> str | None:
    found = cell.get(field)
    if found is None or found in _NO_IDS or (found == "0" and field not in _ENDS):
        return None
    if field in _REFERENCES and found.lower() in _NO_REFERENCE:
        return None
    if exact := _EXACT.fullmatch(found):
        return exact[1]
    if _WITH_POINT.fullmatch(found):
        raise RejectedError("ID_FLOAT", _rounded(found))
    is_none = (
        field in _TO_TWEETS and cell["tweet_id"].isdigit() and not _OF_A_TWEET.fullmatch(found)
    )
    if is_none or not _ANY_ID.fullmatch(found):
        whose = f"of {field} is" if is_none else "is"
        raise RejectedError("NO_ID", f"the id {whose} {found[:40]!r}")
    return found


def _rounded(found: str) -> str:
    """Say of an id with a point or an exponent whether digits are lost, or may be."""
    digits = sum(map(str.isdigit, re.split("[eE]", found)[0]))
    how = "export again, and import the id columns as text"
    if digits <= _SPREADSHEET_DIGITS:
        return f"the id is {found!r}: a spreadsheet rounded it; {how}"
    return f"the id is {found!r}, a number with a point: its last digits may be lost; {how}"


def _column(found: Layout, field: str) -> str:
    """Return how a table calls the column of a field."""
    place = found.places.get(field)
    return field if place is None or place >= len(found.header) else found.header[place]


def _time(tweet_id: str, text: str | None, column: str) -> tuple[int, int]:
    created = instant(text)
    made = snowflake(tweet_id)
    if created is None and text is None and made is None:
        raise RejectedError(
            "BAD_TIME", "no time, and an id that carries none: name the column of times as `at`"
        )
    if created is None and text is not None and (made is None or _contradicts(text, made)):
        clock = without_zone(text)
        no_zone = "" if clock is None else ", a time without a zone"
        if clock is None and _NO_ZONE.fullmatch(text):
            no_zone = ", of which the day and the month can be read in two ways"
        other = (
            "" if made is None else f", but its id {_EPOCH + timedelta(microseconds=made):%Y-%m-%d}"
        )
        how = _FORMS if clock is None else f"{_FORMS}; {STATE_ZONE}"
        raise RejectedError(
            "BAD_TIME", f"the column {column!r} says {text[:80]!r}{no_zone}{other}; {how}"
        )
    return tweet_time(tweet_id, created)


def _contradicts(text: str, made: int) -> bool:
    """Tell whether a time without a zone is days from its id's, whatever the zone.

    Ids of other platforms are long too, and the times that they seem to carry mean nothing.
    """
    try:
        first = last = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        # The day and the month may stand either way round; the year is plain.
        if (year := _YEAR.search(text)) is None:
            return False
        first = datetime(int(year[0]), 1, 1, tzinfo=UTC)
        last = datetime(int(year[0]), 12, 31, tzinfo=UTC)
    at = _EPOCH + timedelta(microseconds=made)
    return first - at > _ANY_CLOCK or at - last > _ANY_CLOCK


def _count(text: str | None) -> int | None:
    return _said.count(text.removesuffix(".0")) if text is not None else None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def _truth(text: str | None) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get((text or "").lower())


def _row_fault(fields: list[str], found: Layout) -> RejectedError | None:
    if len(fields) != found.width:
        return RejectedError(
            "BAD_FIELD", f"{len(fields)} fields where the header has {found.width}"
        )
    if any(not field.isascii() and _has_stray_bytes(field) for field in fields):
        return RejectedError("BAD_UTF8", "bytes that are not UTF-8: export the table as UTF-8")
    if found.name in _NUMERIC and not looks_like_id(given := fields[found.places["tweet_id"]]):
        return RejectedError("NO_ID", f"the id is {given[:40]!r}")
    return None


def _has_stray_bytes(field: str) -> bool:
    return any("\udc80" <= c <= "\udcff" for c in field)
