"""Numbers and moments as a reader expects them in a sentence."""

import math
from typing import Any, TypeAlias

from spread._arguments import require_zone as zone

# A moment that is there; pandas types one that may be missing as Timestamp | NaTType.
Moment: TypeAlias = Any


def percent(share: float) -> str:
    """Return a share as a percentage: `percent(.123)` is 12 %, a trace is < 0.1 %."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.{0 if share >= 0.1 or share == 0 else 1}f} %"


def percent_interval(share: float, low: float, high: float) -> str:
    """Return a share with its interval in percent."""
    digits = 0 if high >= 0.1 else 1
    return f"{100 * share:.{digits}f} % ({100 * low:.{digits}f}–{100 * high:.{digits}f} %)"


def percent_within(share: float, low: float, high: float) -> str:
    """Return a share with its interval in percent, to stand in brackets."""
    return percent_interval(share, low, high).replace(" (", ", ").removesuffix(")")


def number(value: float, *, digits: int = 0) -> str:
    """Return a number with thousands parted."""
    return f"{value:,.{digits}f}"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun, in the plural where due (by default with an s)."""
    return f"1 {noun}" if count == 1 else f"{count:,} {plural or noun + 's'}"


def day(at: Moment, time_zone: str) -> str:
    """Return a moment as day and minute in a zone: 22 April 2014, 15:41 EDT."""
    local = at.tz_convert(zone(time_zone))
    return f"{local.day} {local:%B %Y, %H:%M %Z}"


def date(at: Moment, time_zone: str) -> str:
    """Return the day of a moment in a zone: 22 April 2014."""
    local = at.tz_convert(zone(time_zone))
    return f"{local.day} {local:%B %Y}"


def clock(at: Moment, time_zone: str, *, seen_from: Moment | None = None) -> str:
    """Return a moment as hour and minute, with its day where that is another one."""
    local = at.tz_convert(zone(time_zone))
    if seen_from is not None and seen_from.tz_convert(zone(time_zone)).date() == local.date():
        return f"{local:%H:%M %Z}"
    return day(at, time_zone)


def span(low: Moment, high: Moment, time_zone: str, *, seen_from: Moment | None = None) -> str:
    """Return an interval of time, the day and the zone said once where they are shared.

    The day is left out where it is that of `seen_from`.
    """
    first, last = low.tz_convert(zone(time_zone)), high.tz_convert(zone(time_zone))
    if first.date() == last.date():
        if seen_from is not None and seen_from.tz_convert(zone(time_zone)).date() == first.date():
            return f"{first:%H:%M} and {last:%H:%M %Z}"
        return f"{first:%H:%M} and {last:%H:%M %Z} on {first.day} {first:%B %Y}"
    return f"{day(low, time_zone)} and {day(high, time_zone)}"


def probability(value: float) -> str:
    """Return a probability; near 0 and 1 it says only how near."""
    if math.isnan(value):
        return "unknown"
    if value > 0.99:
        return "> 0.99"
    return "< 0.01" if value < 0.01 else f"{value:.2f}"


def listed(parts: list[str]) -> str:
    """Return a list as one reads it: a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def lasting(seconds: float) -> str:
    """Return a length of time in the unit that suits it: 12 s, 8 min, 2.5 h, 3 days."""
    for unit, size in (("days", 86_400.0), ("h", 3_600.0), ("min", 60.0)):
        if seconds >= 2 * size:
            value = seconds / size
            return f"{value:.{1 if value < 10 and unit != 'min' else 0}f} {unit}"
    return f"{seconds:.0f} s"
