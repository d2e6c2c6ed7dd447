"""Ids and times of tweets: Snowflake ids carry the millisecond they were made in."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from spread.archive._faults import RejectedError

FIRST_SNOWFLAKE: Final = 29_700_859_247
SNOWFLAKE_EPOCH_MS: Final = 1_288_834_974_657
AGREES_WITHIN_S: Final = 1
_SECOND: Final = 1_000_000
_MONTHS: Final = {
    month: number
    for number, month in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
UNKNOWN: Final = -(1 << 63)
"""Stands among microseconds for a time that is not known."""
_DAYS: Final = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_FORM: Final = "Mon Apr 21 18:00:11 +0000 2014"
_NO_TIME: Final = " " * len(_FORM)
_FIXED: Final = [3, 7, 10, 13, 16, 19, 20, 21, 22, 23, 24, 25]
_WRITTEN: Final = [8, 9, 11, 12, 14, 15, 17, 18, 26, 27, 28, 29]
_FIXED_SIGNS: Final = np.frombuffer(_FORM.encode(), np.uint8)[_FIXED]
_YEARS: Final = range(1990, 2200)
"""A time outside is a wrong clock or a gap in the data; it would stretch every axis."""
_MONTH_DAYS: Final = np.arange(
    f"{_YEARS.start}-01", f"{_YEARS.stop}-01", dtype="datetime64[M]"
).astype("datetime64[D]").astype(np.int64)  # fmt: skip
_FIRST, _END = (
    int(np.datetime64(f"{year}", "us").astype(np.int64)) for year in (_YEARS.start, _YEARS.stop)
)
_FIRST_FEDERATED: Final = 1_451_606_400_000_000
"""The start of 2016, before which there was neither Mastodon nor Bluesky."""
_KEY_SIGNS: Final = "234567abcdefghijklmnopqrstuvwxyz"
_KEY: Final = re.compile(r"[2-7a-j][2-7a-z]{12}", re.ASCII)
_ROUNDED: Final = re.compile(
    r"[-+]?\d{1,40}(?=[.,eE])(?:[.,]\d{0,40})?(?:[eE][-+]?\d{1,5})?", re.ASCII
)
_COUNTED: Final = re.compile(r"\d{9,13}(?:\.\d{1,9})?", re.ASCII)
_DOTTED: Final = re.compile(
    r"\A(\d{1,2})\.(\d{1,2})\.(\d{4}),? +(\d{1,2}:\d\d(?::\d\d)?)\Z", re.ASCII
)
_STAMP_LEAST: Final = 12
_DAY_MOST: Final = 10
STATE_ZONE: Final = (
    "time_zone='America/New_York' (--time-zone America/New_York) states the zone of times "
    "written without one"
)
_UTC: Final = ("UTC", "GMT")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_QUARTER: Final = 900 * _SECOND
_MOST_QUARTERS: Final = 26 * 4
"""From UTC-12 to UTC+14."""
_MICROSECOND: Final = timedelta(microseconds=1)

Id = int | str | float | None
"""An id as it may stand in JSON; `float` only to be refused."""


def id_text(text: Id, number: Id = None) -> str | None:
    """Return an id as text; None where there is none (0 and −1 are none).

    Raises
    ------
    RejectedError
        ID_FLOAT where another program rounded it, NO_ID where it is no id at all.

    Examples
    --------
    >>> id_text(None, 458640532934737920), id_text("12", 12), id_text(None) is None
    ('458640532934737920', '12', True)
    """
    found = number if text is None else text
    if found is None or found in ("", "-1", "0"):
        return None
    if isinstance(found, str):
        if found.isascii() and found.isdigit() and len(found) <= 20:
            return found
        fault = "ID_FLOAT" if _looks_rounded(found) else "NO_ID"
        raise RejectedError(fault, f"the id is {found[:40]!r}")
    if isinstance(found, float):
        raise RejectedError("ID_FLOAT", f"the id is {found!r}")
    if not 0 < found < 2**64:
        return None
    return str(found)


def _looks_rounded(found: str) -> bool:
    """Tell a number with a point or an exponent; one with a sign is no id, but not rounded."""
    return _ROUNDED.fullmatch(found) is not None


def instant(value: object) -> int | None:
    """Return `microseconds` of a time, or of a count of seconds or milliseconds since 1970.

    What is of another kind, as JSON may hold it, is unreadable.

    Examples
    --------
    >>> {instant(at) for at in (1398189600, "1398189600000", "2014-04-22T18:00:00Z")}
    {1398189600000000}
    """
    if isinstance(value, float | int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return _counted(value) if _COUNTED.fullmatch(value) else microseconds(value)


def _counted(text: str) -> int | None:
    whole, _, part = text.partition(".")
    if len(whole) >= _STAMP_LEAST:
        whole, part = whole[:-3], whole[-3:] + part
    at = int(whole) * _SECOND + int(f"{part}000000"[:6])
    return at if _FIRST <= at < _END else None


def in_zone(
    value: object,
    zone: ZoneInfo,
    tweet_id: str | None = None,
    apart: Counter[int] | None = None,
) -> object:
    """Return a time that was written without a zone with the one in which it was; else itself.

    Of the two times that a clock shows when it is set back, it is the one that agrees with
    the tweet's id, else the first; one that it leaves out, when it is set on, is no time.
    In `apart` is counted how many quarters of an hour lie between it and its id, to the nearest:
    a zone that is not the right one is some off. What is more than zones can be is not counted.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> in_zone("2014-04-22 13:55:00", ZoneInfo("America/New_York"))
    '2014-04-22T17:55:00+00:00'
    """
    clock = without_zone(value)
    if clock is None:
        return value
    made = snowflake(tweet_id)
    both = [clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    if both[0].astimezone(zone).replace(tzinfo=None) != clock:
        return f"{value} (left out by the clocks of {zone.key})"
    agreeing = (at for at in both if made is not None and _agree(made, _since_1970(at)))
    chosen = next(agreeing, both[0])
    if made is not None and apart is not None:
        quarters = round(abs(made - _since_1970(chosen)) / _QUARTER)
        if quarters <= _MOST_QUARTERS:
            apart[quarters] += 1
    return chosen.isoformat()


def without_zone(value: object) -> datetime | None:
    """Return a time that was written without a zone, as it was; a day alone is no time.

    With dots the day stands before the month everywhere.
    """
    if not isinstance(value, str) or len(value) <= _DAY_MOST:
        return None
    try:
        if value[3:4] == " ":
            day, _, year = value.rpartition(" ")
            at = _v1(f"{day} +0000 {year}").replace(tzinfo=None)
        else:
            dotted = _DOTTED.fullmatch(value)
            at = (
                _iso(f"{dotted[3]}-{dotted[2]:0>2}-{dotted[1]:0>2} {dotted[4]:0>5}")
                if dotted
                else _iso(value.replace("/", "-"))
            )
    except (ValueError, KeyError, OverflowError):
        return None
    return at if at.tzinfo is None and at.year in _YEARS else None


@lru_cache(maxsize=1 << 16)
def microseconds(text: str | None) -> int | None:
    """Return a time with its zone as microseconds since 1970; None where it is unreadable.

    Read are Twitter's v1.1 form and ISO 8601, of which the zone may stand apart or be called
    UTC; a time without a zone, or of a year before 1990 or after 2199, is unreadable.

    Examples
    --------
    >>> microseconds("Tue Apr 22 18:00:00 +0000 2014") == microseconds("2014-04-22T14:00:00-04:00")
    True
    """
    if not text:
        return None
    try:
        at = _v1(text) if text[3:4] == " " else _iso(text)
        return _since_1970(at) if at.tzinfo and at.year in _YEARS else None
    except (ValueError, KeyError, OverflowError):
        return None


def _in_order(dotted: re.Match[str]) -> str:
    day, month, year, clock = dotted.groups()
    return f"{year}-{month:0>2}-{day:0>2} {clock:0>5}"


def _since_1970(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _iso(text: str) -> datetime:
    day, space, clock = text.partition(" ")
    if space and " " in clock:
        clock, _, zone = clock.partition(" ")
        text = f"{day} {clock}{'Z' if zone in _UTC else zone}"
    return datetime.fromisoformat(text)


def clock_times(texts: Sequence[str | None]) -> NDArray[np.int64]:
    """Return `instant` of many texts at once, UNKNOWN where it is None.

    Examples
    --------
    >>> text = "Tue Apr 22 18:00:00 +0000 2014"
    >>> clock_times([text, text]).tolist() == [microseconds(text)] * 2
    True
    """
    found = np.full(len(texts), UNKNOWN)
    is_read = np.zeros(len(texts), bool)
    block = _block(texts)
    if texts and len(block) == len(texts) * len(_FORM):
        # Columns of signs, each in one stretch of memory.
        signs = np.frombuffer(block, np.uint8).reshape(-1, len(_FORM)).T.copy()
        times, is_read = _clocks(signs)
        found[is_read] = times[is_read]
    for row in np.flatnonzero(~is_read).tolist():
        at = instant(texts[row])
        found[row] = UNKNOWN if at is None else at
    return found


def _block(texts: Sequence[str | None]) -> bytes:
    """Return texts of one length in a row; what is no such text is blank."""
    try:
        whole = "".join(texts)  # type: ignore[arg-type]
        if set(map(len, texts)) == {len(_FORM)}:  # type: ignore[arg-type]
            return whole.encode("utf-8", "replace")
    except TypeError:
        pass
    fitting = [text if text and len(text) == len(_FORM) else _NO_TIME for text in texts]
    return "".join(fitting).encode("utf-8", "replace")


def _clocks(signs: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the times of texts in v1.1's form in UTC, and which texts are such for certain.

    `signs` has a row a place in the form, a column a text.
    """
    digits = signs - np.uint8(ord("0"))
    day, hour, minute, second = (_number(digits[at : at + 2]) for at in (8, 11, 14, 17))
    year = _number(digits[26:30])
    codes = _number(signs[4:7], base=256)
    month = np.zeros(signs.shape[1], np.int32)
    for name, number in _MONTHS.items():
        month[codes == int.from_bytes(name.encode(), "big")] = number
    good = (signs[_FIXED] == _FIXED_SIGNS[:, None]).all(axis=0)
    good &= (signs[:3] >= ord("A")).all(axis=0) & (digits[_WRITTEN] <= 9).all(axis=0)
    good &= (year >= _YEARS.start) & (year < _YEARS.stop) & (month > 0)
    good &= (day > 0) & (day <= _DAYS[month]) & (hour < 24) & (minute < 60) & (second < 60)
    months = np.where(good, 12 * (year - _YEARS.start) + month - 1, 0)
    seconds = (_MONTH_DAYS[months] + day - 1) * 86_400 + ((hour * 60 + minute) * 60 + second)
    return seconds * _SECOND, good


def _number(digits: NDArray[np.uint8], base: int = 10) -> NDArray[np.int32]:
    """Return numbers from their digits, a row a place."""
    found = digits[0].astype(np.int32)
    for place in digits[1:]:
        found = found * base + place
    return found


def _v1(text: str) -> datetime:
    _, month, day, clock, zone, year = text.split(" ")
    hour, minute, second = clock.split(":")
    offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
    return datetime(
        int(year),
        _MONTHS[month],
        int(day),
        int(hour),
        int(minute),
        min(int(second), 59),
        tzinfo=UTC if not offset else timezone(offset),
    )


def snowflake(tweet_id: str | None) -> int | None:
    """Return the microseconds since 1970 at which an id was made; None before 4 Nov 2010.

    Examples
    --------
    >>> snowflake("1050118621198921728") == microseconds("2018-10-10T20:19:24.211Z")
    True
    """
    if tweet_id is None or len(tweet_id) < 11 or not (tweet_id.isascii() and tweet_id.isdigit()):
        return None
    number = int(tweet_id)
    if number < FIRST_SNOWFLAKE or number >= 2**63:
        return None
    return ((number >> 22) + SNOWFLAKE_EPOCH_MS) * 1000


def time_of_key(address: str | None, shared_at: int) -> int | None:
    """Return when what was shared at a time was made, by the key at the end of its address.

    AT Protocol calls records by such keys: microseconds since 1970 and ten bits more, in 13 signs
    of base 32. None where it is no such key, or would be of another time than one that can be.

    Examples
    --------
    >>> shared_at = microseconds("2023-11-15T00:00:00Z")
    >>> made = time_of_key("at://did:plc:a/app.bsky.feed.post/3ke6kg2xzi222", shared_at)
    >>> made == microseconds("2023-11-14T22:13:19Z"), time_of_key("self", shared_at)
    (True, None)
    """
    key = (address or "").rpartition("/")[2]
    if _KEY.fullmatch(key) is None:
        return None
    number = 0
    for sign in key:
        number = 32 * number + _KEY_SIGNS.index(sign)
    return _plausible(number >> 10, shared_at)


def time_of_status(address: str | None, shared_at: int) -> int | None:
    """Return when what was shared at a time was made, by the id at the end of its address.

    Mastodon's ids are milliseconds since 1970 and 16 bits more. None where it is no such id, or
    would be of another time than one that can be: other programs count otherwise.

    Examples
    --------
    >>> shared_at = microseconds("2023-11-15T00:00:00Z")
    >>> made = time_of_status("https://a.example/@b/111411199934464000", shared_at)
    >>> made == microseconds("2023-11-14T22:13:19Z"), time_of_status("9", shared_at)
    (True, None)
    """
    found = (address or "").rpartition("/")[2]
    if not (found.isascii() and found.isdigit()) or len(found) > 19:
        return None
    return _plausible((int(found) >> 16) * 1000, shared_at)


def _plausible(made: int, shared_at: int) -> int | None:
    return made if _FIRST_FEDERATED <= made <= shared_at else None


def _agree(made: int, created: int) -> bool:
    return abs(made // _SECOND - created // _SECOND) <= AGREES_WITHIN_S


def tweet_time(tweet_id: str, created: int | None, written: object = None) -> tuple[int, int]:
    """Return when a tweet was made (microseconds since 1970), and to how many milliseconds.

    The id's time is taken where its second is that of `created_at`, or the one before
    or after (the two clocks are not one), else `created_at`, which was `written` somehow.

    Raises
    ------
    RejectedError
        BAD_TIME: neither is there.
    """
    made = snowflake(tweet_id)
    if created is None:
        if made is None:
            how = "" if without_zone(written) is None else f" ({written}; {STATE_ZONE})"
            told = f"no readable created_at{how}, and an id without a time"
            raise RejectedError("BAD_TIME", told)
        return made, 1
    if made is not None and _agree(made, created):
        return made, 1
    return created, 1 if created % _SECOND else 1000
