"""Where first uses stand on an axis of the archive's own time, and those from before it."""

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._errors import UsageError
from spread.figures._clock import clock, stamp
from spread.figures._style import shown
from spread.figures._ticks import round_ticks

__all__ = ["Eras", "Window", "earlier_words", "eras"]

Window: TypeAlias = tuple[pd.Timestamp, pd.Timestamp]

_STRIP, _PAD, _ROOM = 0.09, 0.05, 0.25
_LEAST_US = 60e6
_NAMED = 6
_NEAR = np.timedelta64(2, "D")


class Eras(NamedTuple):
    """Where each moment stands, which lie before the window, and the axis.

    `edge` is where the window begins, and `beyond` how each moment before it is written
    (empty for the others).
    """

    x: NDArray[np.datetime64]
    is_earlier: NDArray[np.bool_]
    edge: np.datetime64 | None
    beyond: list[str]
    axis: dict[str, object]


def eras(moments: Iterable[object], window: Window | None, time_zone: str) -> Eras:
    """Return places on an axis of the window; moments before it stand together at its left.

    An original that a retweet brought with it may be years older than all the archive
    returned: on one scale with it, the archive's own hours would be a point.

    Raises
    ------
    UsageError
        The window ends before it begins.
    """
    at = clock(moments, time_zone)
    if window is None:
        return Eras(at, np.zeros(len(at), bool), None, [""] * len(at), _axis(at.min(), at.max()))
    first, last = clock(window, time_zone)
    if last < first:
        raise UsageError("the window ends before it begins", got=f"{window[0]} to {window[1]}")
    is_earlier = at < first
    if not is_earlier.any():
        return Eras(at, is_earlier, None, [""] * len(at), _axis(at.min(), at.max()))
    last = last if is_earlier.all() else at.max()
    strip = _part(first, last, _STRIP)
    beyond = [_when(moment, first) if moment < first else "" for moment in at]
    axis: dict[str, object] = {
        "type": "date",
        "range": [str(first - strip), str(last + _part(first, last, _ROOM))],
        # Round moments of its own choice would stand under the strip, too, where time is another.
        **round_ticks(first, last),
        "fixedrange": True,
    }
    x = np.where(is_earlier, first - strip // 2, at)
    return Eras(x, is_earlier, first, beyond, axis)


def earlier_words(drawn: pd.DataFrame, placed: Eras, window: Window | None, time_zone: str) -> str:
    """Return the sentence of a caption that says which tags lie before the archive."""
    if window is None or not placed.is_earlier.any():
        return ""
    named = [
        f"#{shown(name)} ({when})"
        for name, when in zip(drawn["shown"], placed.beyond, strict=True)
        if when
    ]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    verb = "was" if len(named) == 1 else "were"
    return (
        f" {len(named)} of {len(drawn)} {verb} first used before the archive's own tweets begin "
        f"({stamp(window[0], time_zone)}), in older tweets that came inside others; left of the "
        f"line, not to scale, with their dates: {', '.join(named[:_NAMED])}{more}."
    )


def _axis(first: np.datetime64, last: np.datetime64) -> dict[str, object]:
    ends = first - _part(first, last, _PAD), last + _part(first, last, _ROOM)
    return {"type": "date", "range": [str(end) for end in ends]}


def _part(first: np.datetime64, last: np.datetime64, share: float) -> np.timedelta64:
    """Return a share of a span, of a few minutes where it is shorter."""
    span = float((last - first) / np.timedelta64(1, "us"))
    return np.timedelta64(int(max(span, _LEAST_US / _PAD) * share), "us")


def _when(moment: np.datetime64, begin: np.datetime64) -> str:
    """Return the day of a moment, with its hour where it is near the beginning."""
    local = pd.Timestamp(moment)
    if begin - moment < _NEAR:
        return f"{local.day} {local:%b %H:%M}"
    return f"{local.day} {local:%b %Y}"
