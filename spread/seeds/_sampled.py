"""What is read off sampled trees: bounds of what an account carried, entries into the top."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._compile import kernel
from spread._intervals import quantiles
from spread.seeds._credit import Part

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

_CHECKS = 400
_STEPS = 4
_TOP = 5
_TINY = 1e-9


class Clock(NamedTuple):
    """When events were, in seconds since the first, and when their sums are looked at."""

    origin: pd.Timestamp
    at_s: Numbers
    in_time: Codes
    checks: Numbers
    window_s: float


class Bounds(NamedTuple):
    """What one tree says of each account of a part: what it carried, when it came up."""

    low: Numbers
    high: Numbers
    entered: Numbers


def clock(events: pd.DataFrame, of: Part, counted: NDArray[np.bool_], window_s: float) -> Clock:
    """Return the times of a part's events, and the order of those that are counted."""
    at = events["at"].iloc[of.rows]
    at_s = (at - at.min()).dt.total_seconds().to_numpy(np.float64)
    in_time = np.flatnonzero(counted[of.rows])
    in_time = in_time[np.argsort(at_s[in_time], kind="stable")]
    return Clock(at.min(), at_s, in_time, _checks(at_s[in_time], window_s), window_s)


def bounds(
    parents: NDArray[np.int32], of: Part, counted: Numbers, sure: Numbers, watch: Clock
) -> Bounds:
    """Return the bounds and entries of one tree."""
    players = len(of.who)
    low, high = lost(parents, of.owners, counted, sure, players)
    entered = entries(
        parents, of.owners, watch.in_time, watch.at_s, watch.checks, watch.window_s, players, _TOP
    )
    return Bounds(low[: of.known], high[: of.known], entered[: of.known])


def told(found: Sequence[Bounds], of: Part, watch: Clock, accounts: int) -> dict[str, Any]:
    """Return bounds and entries over some trees, as columns over accounts."""
    (low,) = quantiles(np.stack([one.low for one in found]), [0.025])
    (high,) = quantiles(np.stack([one.high for one in found]), [0.975])
    share, seconds = _entered(np.stack([one.entered for one in found]))
    columns: dict[str, Any] = {
        "lost_low": of.spread(low, accounts),
        "lost_high": of.spread(high, accounts),
        "p_entered": of.spread(share, accounts),
    }
    for name, values in zip(("entered_at", "entered_low", "entered_high"), seconds, strict=True):
        after = of.spread(values, accounts, np.nan)
        known = np.isfinite(after)
        since = pd.to_timedelta(np.where(known, after.round(6), 0.0), unit="s").where(known)
        columns[name] = watch.origin + since
    return columns


def _checks(at_s: Numbers, window_s: float) -> Numbers:
    """Return when the sliding credit is looked at: four times a window, at most 400 times."""
    first, last = at_s[0], at_s[-1]
    step = max(window_s / _STEPS, (last - first) / _CHECKS)
    steps = np.unique(np.ceil((at_s - first) / step))
    return np.asarray(first + step * steps)


def _entered(entered: Numbers) -> tuple[Numbers, Numbers]:
    """Return the share of trees with an entry and, where it is a half, its quantiles."""
    share = np.mean(np.isfinite(entered), axis=0)
    often = share >= 0.5
    kept = np.where(np.isfinite(entered[:, often]), entered[:, often], np.nan)
    seconds = np.full((3, len(share)), np.nan)
    if often.any():
        seconds[:, often] = np.nanquantile(kept, [0.5, 0.025, 0.975], axis=0)
    return share, seconds


@kernel
def lost(
    parents: NDArray[Any], owners: Codes, counted: Numbers, sure: Numbers, players: int
) -> tuple[Numbers, Numbers]:
    """Return, per account, at least and at most how many counted events go with it.

    O(total depth). An account's topmost events speak for it: those below are theirs.
    """
    n = len(parents)
    upper, lower = counted.copy(), counted.copy()
    low, high, own = np.zeros(players), np.zeros(players), np.zeros(players)
    for v in range(n - 1, -1, -1):
        p = parents[v]
        if p >= 0:
            upper[p] += upper[v]
            lower[p] += lower[v] if owners[v] == owners[p] else sure[v] * lower[v]
    for v in range(n):
        own[owners[v]] += counted[v]
        above = parents[v]
        while above >= 0 and owners[above] != owners[v]:
            above = parents[above]
        if above < 0:
            low[owners[v]] += lower[v]
            high[owners[v]] += upper[v]
    return np.maximum(low, own), high


@kernel
def entries(
    parents: NDArray[Any],
    owners: Codes,
    in_time: Codes,
    at_s: Numbers,
    checks: Numbers,
    window_s: float,
    players: int,
    top: int,
) -> Numbers:
    """Return when each account's credit within a sliding window first was among the top.

    Infinite where it never was. An account is among the top where fewer than `top` others
    have as much. O(total depth + checks × accounts with credit in a window).
    """
    entered = np.full(players, np.inf)
    score = np.zeros(players)
    stamp = np.full(players, -1, np.int64)
    credited = np.empty(players, np.int64)
    is_credited = np.zeros(players, np.bool_)
    head = tail = token = many = 0
    for check in checks:
        while head < len(in_time) and at_s[in_time[head]] <= check:
            token += 1
            _share_out(parents, owners, in_time[head], score, stamp, token, 1.0)
            v = in_time[head]
            while v >= 0:
                if not is_credited[owners[v]]:
                    is_credited[owners[v]] = True
                    credited[many] = owners[v]
                    many += 1
                v = parents[v]
            head += 1
        while tail < head and at_s[in_time[tail]] <= check - window_s:
            token += 1
            _share_out(parents, owners, in_time[tail], score, stamp, token, -1.0)
            tail += 1
        largest = np.zeros(top + 1)
        for value in score[credited[:many]]:
            place = top
            if value > largest[place]:
                while place > 0 and value > largest[place - 1]:
                    largest[place] = largest[place - 1]
                    place -= 1
                largest[place] = value
        left = 0
        for player in credited[:many]:
            if entered[player] == np.inf and score[player] > largest[top] + _TINY:
                entered[player] = check
            if score[player] > _TINY:
                credited[left] = player
                left += 1
            else:
                is_credited[player] = False
        many = left
    return entered


@kernel
def _share_out(
    parents: NDArray[Any],
    owners: Codes,
    event: int,
    score: Numbers,
    stamp: Codes,
    token: int,
    sign: float,
) -> None:
    """Share an event's 1 among the distinct accounts on its way, or take it back."""
    distinct = 0
    v = event
    while v >= 0:
        if stamp[owners[v]] != token:
            stamp[owners[v]] = token
            distinct += 1
        v = parents[v]
    v = event
    while v >= 0:
        if stamp[owners[v]] == token:
            stamp[owners[v]] = -1
            score[owners[v]] += sign / distinct
        v = parents[v]
