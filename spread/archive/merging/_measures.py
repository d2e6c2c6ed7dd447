"""What can be said of an archive as a whole: how much of it is missing, and when."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spread.archive import _engine
from spread.archive._rows import COLLECTED, ORIGINS
from spread.archive.merging._queries import Query

KINDS: Final = ("retweets", "quotes", "replies", "manual_retweets")
_NEIGHBOURS: Final = 40
FEWEST_ASIDE: Final = 10
"""How many intervals must lie on either side of a silence for it to be judged."""
LEAST_FOR_GAPS: Final = 2 * FEWEST_ASIDE + 2
_LEAST_CHANCE_BITS: Final = 40.0
_SECOND_US: Final = 1_000_000
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
    own = rows.get(COLLECTED, {})
    return {
        "origins": origins,
        "kinds": {name: own.get(name) or 0 for name in KINDS},
        "has_texts": _count(con, "texts") > 0,
        "unnamed": own.get("unnamed") or 0,
        "users": known["rows"],
        "share_cut": _share(own.get("cut"), origins[COLLECTED]),
        "share_missing": _share(originals["whole"] - originals["found"], originals["whole"]),
        "share_located": _share(known["located"], known["asked"] or 0),
        "oddities": {name: count or 0 for name, count in odd.items()},
        "coverage": _share(retweets["observed"], retweets["reported"] or 0),
        "first_at": int(at[0]) if len(at) else None,
        "last_at": int(at[-1]) if len(at) else None,
        "gaps": gaps(at),
        "silence": silence(at),
    }


def unavailable(con: Any) -> dict[str, int]:
    """Return how many tweets the platform names unavailable, and how many originals they are.

    Beside the tables the notices are asked, which only there are while the tables are made.
    """
    counted = _engine.asked(con, Query("unavailable")).to_pylist()[0]
    return {"unavailable": counted["rows"], "unavailable_originals": counted["originals"]}


def more_measured(con: Any, *, further: int, follows: bool, duplicates: bool) -> dict[str, Any]:
    """Return what only the parts tell, which are there while the tables are made.

    Parameters
    ----------
    con
        The engine in which these are.
    further
        How many records tell of a further object of a tweet.
    follows
        Whether there are follows.
    duplicates
        Whether there may be several records of a tweet.
    """
    return {
        "further": further,
        "self_follows": _count(con, "self_follows") if follows else 0,
        "contradicted": _count(con, "contradicted") if duplicates else 0,
    }


def _count(con: Any, name: str) -> int:
    return int(_engine.asked(con, Query(name))["rows"][0].as_py())


def gaps(at: NDArray[np.int64]) -> list[list[float]]:
    """Return stretches without a tweet where many were due: start, end, how many were.

    Told are the longest 100 that are too long for the rate before them and for that after them
    alike. At a steady rate a silence is s or longer with the chance (1 + s/T)^-k, where k
    intervals on one side of it took the time T together: the rate is known by these only. A
    silence is too long where this is 2^-40 or less, with the 40 intervals next to it, or as many
    as there are: it lasts as long as 40 intervals took, or 15 times as long as 10 took. Of a
    silence with fewer than 10 on a side nothing is said. Instants may be known to the second
    only: a silence is taken to be a second shorter, its neighbours to have taken a second more.

    How many were due is no estimate: so many came in the same time before it, or after it
    where these are fewer. It cannot be more than the archive holds.

    Parameters
    ----------
    at
        Sorted instants, in microseconds.

    References
    ----------
    Lomax (1954), J. Am. Stat. Assoc. 49, 847-852, doi:10.1080/01621459.1954.10501239: an
    exponential time of which the rate has a gamma distribution, as it has after k intervals.

    Examples
    --------
    >>> minutes = np.r_[0:60, 120:180] * 60_000_000
    >>> gaps(minutes)
    [[3540000000, 7200000000, 59]]
    """
    if len(at) < LEAST_FOR_GAPS:
        return []
    last_before = _longer_than_beside(np.diff(at))
    first_after = last_before + 1
    silent_us = at[first_after] - at[last_before]
    before = np.minimum(last_before, _NEIGHBOURS)
    after = np.minimum(len(at) - 1 - first_after, _NEIGHBOURS)
    is_told = _too_long(silent_us, at[last_before] - at[last_before - before], before)
    is_told &= _too_long(silent_us, at[first_after + after] - at[first_after], after)
    chosen = np.flatnonzero(is_told)
    longest = np.sort(chosen[np.argsort(-silent_us[chosen], kind="stable")[:_GAPS_MOST]])
    return [_told(at, int(row)) for row in last_before[longest]]


def _longer_than_beside(silent_us: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return which intervals with enough on either side are longer than both beside them.

    Those that are too long are among them: the rest is looked at for these few only.
    """
    first, end = FEWEST_ASIDE, len(silent_us) - FEWEST_ASIDE
    beside = np.maximum(silent_us[first - 1 : end - 1], silent_us[first + 1 : end + 1])
    return first + np.flatnonzero(silent_us[first:end] - beside >= 2 * _SECOND_US)


def _too_long(
    silent_us: NDArray[np.int64], took_us: NDArray[np.int64], intervals: NDArray[np.int64]
) -> NDArray[np.bool_]:
    times_as_long = np.exp2(_LEAST_CHANCE_BITS / intervals) - 1
    is_long: NDArray[np.bool_] = silent_us - _SECOND_US >= times_as_long * (took_us + _SECOND_US)
    return is_long


def _told(at: NDArray[np.int64], row: int) -> list[float]:
    start, end = int(at[row]), int(at[row + 1])
    as_long_before = row - np.searchsorted(at, 2 * start - end)
    as_long_after = np.searchsorted(at, 2 * end - start, "right") - row - 2
    return [start, end, int(min(as_long_before, as_long_after))]


def silence(at: NDArray[np.int64]) -> list[int] | None:
    """Return start and end of the longest time without a tweet, the first if several are.

    Examples
    --------
    >>> silence(np.array([0, 5, 9, 14]))
    [0, 5]
    """
    if len(at) < 2:
        return None
    row = int(np.diff(at).argmax())
    return [int(at[row]), int(at[row + 1])]


def _share(part: int | None, whole: int) -> float | None:
    return (part or 0) / whole if whole else None
