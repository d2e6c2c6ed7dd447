"""How long cascades take to grow, counting those that had not when the archive closed."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from spread._arguments import require_count, require_instance
from spread._errors import UsageError
from spread._intervals import Z_95
from spread.trees import Forests, depths

Numbers = NDArray[np.float64]

_MOST_TIMES = 1000


def survival(
    forests: Forests,
    *,
    size: int | None = None,
    depth: int | None = None,
    by: ArrayLike | None = None,
) -> pd.DataFrame:
    """Return the share of cascades not yet of a size or depth after each time.

    A cascade that has not got there when the archive closes is censored: it counts as
    one that may still get there until then, and not afterwards (Kaplan, Meier). The mean
    over those that got there would be too short. With `depth` the estimate is the mean
    over the sampled trees, and the variance between trees is added to Greenwood's (Rubin).

    Parameters
    ----------
    forests
        From `forests`; its `parameters["archive_closes"]` says when cascades were last
        seen. Without it that is the last event of all.
    size
        Events, root included: at least 2.
    depth
        Steps from the root: at least 1. Give either size or depth.
    by
        Per cascade a group; groups are estimated apart. A missing one is left out.

    Returns
    -------
    DataFrame
        group (where `by` is given), time_s (since the root: 0 and the times at which
        cascades got there, thinned to 1,000), at_risk, reached (so far), share (not yet
        there), low, high (95 %, log-log).

    Raises
    ------
    UsageError
        Neither or both of size and depth are given, or `by` has another length.

    References
    ----------
    Kaplan, Meier 1958, https://doi.org/10.1080/01621459.1958.10501452; Greenwood 1926;
    Kalbfleisch, Prentice 2002, https://doi.org/10.1002/9781118032985 (log-log)

    Examples
    --------
    >>> from spread import trees
    >>> events = pd.DataFrame({
    ...     "cascade": [0, 0, 1, 1, 2], "event": [0, 1, 0, 1, 0], "tweet_id": list("12345"),
    ...     "user_id": list("abcde"), "at_s": [0.0, 5.0, 0.0, 9.0, 0.0], "mark": 1.0})
    >>> forests = trees.observed(events, [-1, 0, -1, 2, -1])
    >>> survival(forests, size=2)[["time_s", "at_risk", "share"]].round(3).values.tolist()
    [[0.0, 3.0, 1.0], [5.0, 3.0, 0.667], [9.0, 2.0, 0.333]]
    """
    if (size is None) == (depth is None):
        raise UsageError("give either size or depth", got=f"size={size!r}, depth={depth!r}")
    require_instance("forests", forests, Forests, "what cascade.forests returns")
    wanted = require_count("depth", depth) if size is None else require_count("size", size, least=2)
    first = _first_times(forests, wanted, of_depth=size is None)
    seen = last_seen_s(forests)
    if by is None:
        return _estimate(first, seen)
    groups = pd.Series(np.asarray(by, dtype=object))
    if len(groups) != len(forests):
        raise UsageError("by has another length", got=str(len(groups)), allowed=str(len(forests)))
    parts = []
    for group, rows in groups.groupby(groups).indices.items():
        part = _estimate(first[:, rows], seen[rows])
        part["group"] = np.full(len(part), group, dtype=object)
        parts.append(part)
    columns = ["group", "time_s", "at_risk", "reached", "share", "low", "high"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def kaplan_meier(
    times_s: Numbers, reached: NDArray[np.bool_], at: Numbers
) -> tuple[Numbers, Numbers, NDArray[np.int64], NDArray[np.int64]]:
    """Return share left, Greenwood's variance of its logarithm, at risk and reached at `at`.

    Each cascade has a time, at which it either got there or was last seen.
    """
    when, counts = np.unique(times_s[reached], return_counts=True)
    ordered = np.sort(times_s)
    risk = len(ordered) - np.searchsorted(ordered, when)
    with np.errstate(divide="ignore"):
        log_share = np.append(0.0, np.cumsum(np.log1p(-counts / risk)))
        variance = np.append(0.0, np.cumsum(counts / (risk * (risk - counts))))
    place = np.searchsorted(when, at, side="right")
    at_risk = len(ordered) - np.searchsorted(ordered, at)
    return (
        np.exp(log_share)[place],
        variance[place],
        at_risk,
        np.append(0, np.cumsum(counts))[place],
    )


def _estimate(first: Numbers, seen: Numbers) -> pd.DataFrame:
    """Pool Kaplan–Meier over trees: `first` has a row a tree, NaN where never reached."""
    reached = ~np.isnan(first)
    times = np.where(reached, first, seen)
    at = _grid(times[reached])
    each = [kaplan_meier(t, r, at) for t, r in zip(times, reached, strict=True)]
    share, variance, risk, count = (np.array(values) for values in zip(*each, strict=True))
    low, high = _log_log(share, variance)
    return pd.DataFrame(
        {
            "time_s": at,
            "at_risk": risk.mean(axis=0),
            "reached": count.mean(axis=0),
            "share": share.mean(axis=0),
            "low": low,
            "high": high,
        }
    )


def _log_log(share: Numbers, variance: Numbers) -> tuple[Numbers, Numbers]:
    """Return 95 % bounds on the scale ln(−ln share), variances pooled by Rubin's rules.

    There is no variance where all have got there: the bounds are 0 and the one before.
    """
    trees, mean = len(share), share.mean(axis=0)
    inside = (mean > 0) & (mean < 1)
    logged = np.log(np.where(inside, mean, 0.5))
    within = np.where(np.isfinite(variance), variance, np.nan)
    finite = np.isfinite(within)
    pooled = np.where(finite, within, 0).sum(axis=0) / np.maximum(finite.sum(axis=0), 1)
    # Greenwood's is the variance of ln share; the spread between trees is put on that scale.
    between = share.var(axis=0, ddof=1) / mean.clip(1e-12) ** 2 if trees > 1 else 0.0
    spread = np.sqrt(pooled + (1 + 1 / trees) * between) / np.abs(logged)
    low = np.where(inside, np.exp(logged * np.exp(Z_95 * spread)), np.where(mean > 0, 1.0, 0.0))
    high = np.where(inside, np.exp(logged * np.exp(-Z_95 * spread)), 1.0)
    last = np.flatnonzero(mean > 0)
    high[mean <= 0] = high[last[-1]] if len(last) else 1.0
    return low, high


def _grid(reached_s: Numbers) -> Numbers:
    distinct = np.unique(reached_s)
    if len(distinct) > _MOST_TIMES:
        shares = np.linspace(0, 1, _MOST_TIMES)
        distinct = np.unique(np.quantile(distinct, shares, method="inverted_cdf"))
    return np.unique(np.append(0.0, distinct))


def _first_times(forests: Forests, wanted: int, *, of_depth: bool) -> Numbers:
    """Return, per tree and cascade, when it first had the size or depth; NaN if never."""
    at_s, offsets = forests.events["at_s"].to_numpy(), forests.offsets
    if not of_depth:
        first = np.full((1, len(forests)), np.nan)
        there = np.diff(offsets) >= wanted
        first[0, there] = at_s[offsets[:-1][there] + wanted - 1]
        return first
    cascade = forests.events["cascade"].to_numpy()

    def reached(parents: NDArray[np.int32]) -> Numbers:
        rows = np.flatnonzero(depths(parents) == wanted)
        found, place = np.unique(cascade[rows], return_index=True)
        first = np.full(len(forests), np.nan)
        first[found] = at_s[rows[place]]
        return first

    return np.array(list(forests.each(reached)))


def last_seen_s(forests: Forests) -> Numbers:
    """Return, per cascade, the seconds from its root to when the archive closed."""
    closes = forests.parameters.get("archive_closes")
    root_at = pd.Series(forests.root_at)
    if not isinstance(closes, pd.Timestamp):
        if not len(forests):
            return np.empty(0)
        last = forests.events["at_s"].to_numpy()[forests.offsets[1:] - 1]
        closes = (root_at + pd.to_timedelta(last, unit="s")).max()
    return np.asarray((closes - root_at).dt.total_seconds(), dtype=np.float64)
