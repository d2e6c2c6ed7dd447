"""Round moments for an axis of time that does not choose its own."""

import numpy as np
import pandas as pd

__all__ = ["round_ticks"]

_STEPS = (
    "1s", "5s", "15s", "30s", "1min", "2min", "5min", "10min", "15min", "30min",
    "1h", "2h", "3h", "6h", "12h", "1D", "2D", "7D", "14D",
)  # fmt: skip
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


def round_ticks(first: np.datetime64, last: np.datetime64, *, most: int = 5) -> dict[str, object]:
    """Return ticks at round moments between two readings of the wall clock.

    The day stands below the first hour of each day, the year below the first day of each year.

    Examples
    --------
    >>> ends = np.datetime64("2021-06-26T23:22"), np.datetime64("2021-06-27T00:36")
    >>> round_ticks(*ends, most=4)["ticktext"]
    ['23:30<br>26 Jun 2021', '00:00<br>27 Jun 2021', '00:30']
    """
    begin, end = pd.Timestamp(first), pd.Timestamp(last)
    for step in _STEPS:
        if (end - begin) // pd.Timedelta(step) > most:
            continue
        at = pd.date_range(begin.ceil(step), end, freq=step)
        if len(at) <= most:
            break
    else:
        at = _months(begin, end, most)
        step = "months"
    return {"tickvals": at.to_numpy("datetime64[us]"), "ticktext": _written(at, step)}


def _months(begin: pd.Timestamp, end: pd.Timestamp, most: int) -> pd.DatetimeIndex:
    at = pd.date_range(begin.normalize(), end, freq="MS")
    for months in _MONTHS:
        chosen = at[(at.year * 12 + at.month - 1) % months == 0]
        if len(chosen) <= most:
            return chosen
    return at[:: len(at) // most]


def _written(at: pd.DatetimeIndex, step: str) -> list[str]:
    if step == "months":
        return [f"{moment:%b %Y}" for moment in at]
    if step.endswith("D"):
        names = [(f"{moment.day} {moment:%b}", f"{moment:%Y}") for moment in at]
    else:
        clock = "%H:%M:%S" if step.endswith("s") else "%H:%M"
        names = [(f"{moment:{clock}}", f"{moment.day} {moment:%b %Y}") for moment in at]
    return [
        small if row and large == names[row - 1][1] else f"{small}<br>{large}"
        for row, (small, large) in enumerate(names)
    ]
