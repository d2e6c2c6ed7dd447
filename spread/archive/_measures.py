"""What can be said of an archive as a whole: how much of it is missing, and when.

Written in Ibis, so that it is computed where the tables are.
"""

from typing import Any, Final

import ibis
import numpy as np
from numpy.typing import NDArray

from spread.archive._rows import COLLECTED, ORIGINS, STUB

_NEIGHBOURS: Final = 50
LEAST_FOR_GAPS: Final = 2 * _NEIGHBOURS + 2
_DUE_LEAST: Final = 30.0
_GAPS_MOST: Final = 100


def measured(tweets: ibis.Table, users: ibis.Table) -> dict[str, Any]:
    """Return the measures of a `ReadReport` from tables that are written, as JSON has them.

    Parameters
    ----------
    tweets, users
        Tables with the columns of `tables.TWEETS` and `tables.USERS`.
    """
    counted = tweets.group_by("origin").agg(rows=tweets.count(), cut=tweets.cut.sum()).to_pyarrow()
    rows = {row["origin"]: row for row in counted.to_pylist()}
    origins = {origin: rows[origin]["rows"] if origin in rows else 0 for origin in ORIGINS}
    dated = tweets.filter(tweets.origin == (COLLECTED if origins[COLLECTED] else STUB))
    at = np.sort(dated.select("at").to_pyarrow()["at"].cast("int64").to_numpy())
    is_located = users.location.strip().length() > 0
    known = users.agg(rows=users.count(), located=is_located.sum()).to_pyarrow().to_pylist()[0]
    return {
        "origins": origins,
        "users": known["rows"],
        "share_cut": _share(rows[COLLECTED]["cut"], origins[COLLECTED])
        if origins[COLLECTED]
        else None,
        "share_missing": _share_missing(tweets),
        "share_located": _share(known["located"], known["rows"]),
        "coverage": _coverage(tweets),
        "first_at": int(at[0]) if len(at) else None,
        "last_at": int(at[-1]) if len(at) else None,
        "gaps": gaps(at),
    }


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


def _share_missing(tweets: ibis.Table) -> float | None:
    """Return the share of retweeted originals of which the archive holds no text."""
    asked = _retweets(tweets).select("platform", tweet_id="retweet_of").distinct()
    held = tweets.filter(tweets.origin != STUB).select("platform", "tweet_id")
    found = asked.semi_join(held, ["platform", "tweet_id"]).count().to_pyarrow().as_py()
    whole = asked.count().to_pyarrow().as_py()
    return _share(whole - found, whole)


def _coverage(tweets: ibis.Table) -> float | None:
    """Return the retweets that are here as a share of those the platform reported."""
    retweets = _retweets(tweets)
    seen = retweets.group_by("platform", tweet_id=retweets.retweet_of).agg(
        observed=retweets.count(), above=retweets.retweet_count.max()
    )
    own = tweets.filter((tweets.kind != "retweet") & (tweets.retweet_count > 0))
    own = own.select("platform", "tweet_id", "origin", "retweet_count")
    both = seen.outer_join(own, ["platform", "tweet_id"])
    both = both.filter(both.observed.notnull() | (both.origin == COLLECTED))
    reported = ibis.greatest(both.above.fill_null(0), both.retweet_count.fill_null(0))
    observed = ibis.least(both.observed.fill_null(0), reported)
    total = both.agg(observed=observed.sum(), reported=reported.sum()).to_pyarrow().to_pylist()[0]
    return _share(total["observed"], total["reported"] or 0)


def _retweets(tweets: ibis.Table) -> ibis.Table:
    return tweets.filter(
        (tweets.kind == "retweet") & (tweets.origin == COLLECTED) & tweets.retweet_of.notnull()
    )
