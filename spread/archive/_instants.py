"""Ids and times of tweets: Snowflake ids carry the millisecond they were made in."""

from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

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
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

Id = int | str | float | None
"""An id as it may stand in JSON; `float` only to be refused."""


def id_text(text: Id, number: Id = None) -> str | None:
    """Return an id as text; None where there is none.

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
    if found is None or found in ("", "-1"):
        return None
    if isinstance(found, str):
        if found.isascii() and found.isdigit() and len(found) <= 20:
            return found
        fault = "ID_FLOAT" if _looks_rounded(found) else "NO_ID"
        raise RejectedError(fault, f"the id is {found[:40]!r}")
    if isinstance(found, float):
        raise RejectedError("ID_FLOAT", f"the id is {found!r}")
    if not 0 <= found < 2**64:
        return None
    return str(found)


def _looks_rounded(found: str) -> bool:
    try:
        float(found)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=1 << 16)
def microseconds(text: str | None) -> int | None:
    """Return a time with its zone as microseconds since 1970; None where it is unreadable.

    Read are Twitter's v1.1 form and ISO 8601; a time without a zone is unreadable.

    Examples
    --------
    >>> microseconds("Tue Apr 22 18:00:00 +0000 2014") == microseconds("2014-04-22T14:00:00-04:00")
    True
    """
    if not text:
        return None
    try:
        at = _v1(text) if text[3:4] == " " else datetime.fromisoformat(text)
        return (at - _EPOCH) // _MICROSECOND if at.tzinfo else None
    except (ValueError, KeyError, OverflowError):
        return None


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


def tweet_time(tweet_id: str, created: int | None) -> tuple[int, int]:
    """Return when a tweet was made (microseconds since 1970), and to how many milliseconds.

    The id's time is taken where its second is that of `created_at`, or the one before
    or after (the two clocks are not one), else `created_at`.

    Raises
    ------
    RejectedError
        BAD_TIME: neither is there.
    """
    made = snowflake(tweet_id)
    if created is None:
        if made is None:
            raise RejectedError("BAD_TIME", "no readable created_at, and an id without a time")
        return made, 1
    if made is not None and abs(made // _SECOND - created // _SECOND) <= AGREES_WITHIN_S:
        return made, 1
    return created, 1 if created % _SECOND else 1000
