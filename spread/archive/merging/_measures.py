"""What can be said of an archive as a whole: how much of it is missing, and when."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spread.archive import _engine
from spread.archive._rows import COLLECTED, ORIGINS
from spread.archive.merging._queries import Query

_NEIGHBOURS: Final = 50
LEAST_FOR_GAPS: Final = 2 * _NEIGHBOURS + 2
_DUE_LEAST: Final = 30.0
_GAPS_MOST: Final = 100


def measured(con: Any) -> dict[str, Any]:
    """Return the measures of a `ReadReport` from tables that are written, as JSON has them.

    Parameters
    ----------
    con
        The engine in which these are, as `tweets` and `users`.
    """
    rows = {row["origin"]: row for row in _engine.asked(con, Query("origins")).to_pylist()}
    origins = {origin: rows[origin]["rows"] if origin in rows else 0 for origin in ORIGINS}
    dated = _engine.asked(con, Query("collected_at" if origins[COLLECTED] else "stubs_at"))
    # Arrow's own way to numpy loads pandas.
    at = np.sort(np.from_dlpack(dated["at"].cast("int64").combine_chunks()))
    known, originals, retweets, odd = (
        _engine.asked(con, Query(name)).to_pylist()[0]
        for name in ("located", "missing", "coverage", "oddities")
    )
    cut = rows[COLLECTED]["cut"] if origins[COLLECTED] else None
    return {
        "origins": origins,
        "users": known["rows"],
        "share_cut": _share(cut, origins[COLLECTED]),
        "share_missing": _share(originals["whole"] - originals["found"], originals["whole"]),
        "share_located": _share(known["located"], known["rows"]),
        "oddities": {name: count or 0 for name, count in odd.items()},
        "coverage": _share(retweets["observed"], retweets["reported"] or 0),
        "first_at": int(at[0]) if len(at) else None,
        "last_at": int(at[-1]) if len(at) else None,
        "gaps": gaps(at),
    }


def unavailable(con: Any) -> dict[str, int]:
    """Return how many tweets the platform names unavailable, and how many originals they are.

    Beside the tables the notices are asked, which only there are while the tables are made.
    """
    counted = _engine.asked(con, Query("unavailable")).to_pylist()[0]
    return {"unavailable": counted["rows"], "unavailable_originals": counted["originals"]}


def gaps(at: NDArray[np.int64]) -> list[list[float]]:
    """Return stretches without a tweet where many were due: start, end, how many were.

    The rate is the lower of those of the 50 tweets before and the 50 after a stretch; told
    are stretches in which at least 30 tweets were due at it, the longest 100 of them. At a
    steady rate that has a chance of exp(−30).

    Parameters
    ----------
    at
        Sorted instants, in microseconds.

    Examples
    --------
    >>> minutes = np.r_[0:60, 120:180] * 60_000_000
    >>> gaps(minutes)
    [[3540000000, 7200000000, 61.0]]
    """
    if len(at) < LEAST_FOR_GAPS:
        return []
    last_before = np.arange(_NEIGHBOURS, len(at) - _NEIGHBOURS - 1)
    before_us = at[last_before] - at[last_before - _NEIGHBOURS]
    after_us = at[last_before + 1 + _NEIGHBOURS] - at[last_before + 1]
    slowest_us = np.maximum(np.maximum(before_us, after_us), 1)
    silent_us = at[last_before + 1] - at[last_before]
    due = _NEIGHBOURS * silent_us / slowest_us
    chosen = np.flatnonzero(due >= _DUE_LEAST)
    longest = np.sort(chosen[np.argsort(-silent_us[chosen], kind="stable")[:_GAPS_MOST]])
    first = last_before[longest]
    return [
        [int(at[row]), int(at[row + 1]), float(round(due[which]))]
        for row, which in zip(first, longest, strict=True)
    ]


def _share(part: int | None, whole: int) -> float | None:
    return (part or 0) / whole if whole else None
