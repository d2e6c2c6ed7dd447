"""Stretches of an archive without a tweet, as a table and in words."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from spread.archive.reporting._wording import instant
from spread.tables import instants

_UNITS: Final = ((86_400, "days"), (3_600, "hours"), (60, "minutes"))


class Gap(NamedTuple):
    """A stretch without a tweet, and how many were due in it."""

    start_at: pd.Timestamp
    end_at: pd.Timestamp
    due: float


def each_gap(gaps: pd.DataFrame) -> list[Gap]:
    """Return the rows of a table of gaps."""
    return [Gap(*row) for row in gaps[["start_at", "end_at", "due"]].astype(object).to_numpy()]


def longest(gaps: pd.DataFrame) -> Gap:
    """Return the gap that lasts longest."""
    return max(each_gap(gaps), key=lambda gap: gap.end_at - gap.start_at)


def stretch(gap: Gap) -> str:
    """Say how long a gap is, and where it lies."""
    return f"for {length(gap.start_at, gap.end_at)} from {instant(gap.start_at)}"


def length(start_at: pd.Timestamp, end_at: pd.Timestamp) -> str:
    """Say how long it is from one instant to another."""
    seconds = (end_at - start_at).total_seconds()
    found = ((size, unit) for size, unit in _UNITS if seconds >= 2 * size)
    size, unit = next(found, (1, "seconds"))
    return f"{seconds / size:,.0f} {unit}"


def gap_table(gaps: Sequence[Sequence[float]]) -> pd.DataFrame:
    """Return gaps (start and end in microseconds since 1970, tweets due) as a frame."""
    starts, ends, due = zip(*gaps, strict=True) if gaps else ((), (), ())
    return pd.DataFrame(
        {
            "start_at": instants(np.array(starts, np.int64)),
            "end_at": instants(np.array(ends, np.int64)),
            "due": np.array(due, np.float64),
        }
    )
