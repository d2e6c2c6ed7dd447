"""Moments and spans of time as a reader says them, and as an axis takes them."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._errors import UsageError
from spread.figures._style import known, shown

__all__ = ["clock", "duration", "stamp", "zone_words"]


def duration(seconds: float) -> str:
    """Return a span of time in the unit in which it reads best."""
    for unit, size in (("days", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size * (2 if unit == "days" else 1):
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def clock(instants: Iterable[object], time_zone: str) -> NDArray[np.datetime64]:
    """Return instants as the reader's wall clock shows them, ready for an axis.

    Raises
    ------
    UsageError
        The time zone is unknown.
    """
    local = _local(instants, time_zone).tz_localize(None)
    return local.to_numpy().astype("datetime64[us]")


def stamp(instant: object, time_zone: str, *, day: bool = True) -> str:
    """Return one instant as a reader says it, with its zone: "22 Apr 2014, 15:41 EDT"."""
    if not known(instant):
        return "at an unknown time"
    at = _local([instant], time_zone)[0]
    return f"{at.day} {at:%b %Y, %H:%M %Z}" if day else f"{at:%H:%M %Z}"


def zone_words(instants: Iterable[object], time_zone: str) -> str:
    """Return the title of a time axis: the zone and how far it is from UTC."""
    if time_zone == "UTC":
        return "time (UTC)"
    at = _local(instants, time_zone)
    ends = [at.min(), at.max()] if len(at) else []
    offsets = dict.fromkeys(_named(end) for end in ends)
    return f"time in {shown(time_zone)} ({', '.join(offsets)})"


def _local(instants: Iterable[object], time_zone: str) -> pd.DatetimeIndex:
    try:
        at = pd.DatetimeIndex(pd.to_datetime(pd.Series(list(instants), dtype=object), utc=True))
        return at.tz_convert(time_zone)
    except (LookupError, ValueError, TypeError) as error:
        raise UsageError(
            "the time zone is unknown",
            got=repr(time_zone),
            allowed='an IANA name such as "America/New_York", or "UTC"',
        ) from error


def _named(at: pd.Timestamp) -> str:
    """Return the name of the zone, if it has one, and how far it is from UTC."""
    offset, name = f"UTC{_offset(at)}", f"{at:%Z}"
    return offset if name[:1] in "+-" else f"{name} = {offset}"


def _offset(at: pd.Timestamp) -> str:
    ahead = at.tz_localize(None) - at.tz_convert("UTC").tz_localize(None)
    minutes = int(ahead.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")
