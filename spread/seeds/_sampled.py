"""What is read off sampled trees: bounds of what an account carried, entries into the top."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._compile import kernel
from spread.seeds._credit import part, whole_cascades
from spread.trees import Forests

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

_TREES = 50
_CHECKS = 400
_STEPS = 4
_TOP = 5
_TINY = 1e-9


def sampled(
    forests: Forests,
    events: pd.DataFrame,
    owners: Codes,
    counted: NDArray[np.bool_],
    *,
    accounts: int,
    window_s: float,
) -> dict[str, Any]:
    """Return bounds and entries over at most 50 trees, as columns over accounts."""
    rows = whole_cascades(forests, counted)
    weights = counted[rows].astype(np.float64)
    origin = events["at"].iloc[rows].min()
    at_s = (events["at"].iloc[rows] - origin).dt.total_seconds().to_numpy(np.float64)
    in_time = np.flatnonzero(counted[rows])
    in_time = in_time[np.argsort(at_s[in_time], kind="stable")]
    checks = _checks(at_s[in_time], window_s)
    trees = min(forests.trees, _TREES)
    low, high = np.empty((trees, accounts)), np.empty((trees, accounts))
    entered = np.empty((trees, accounts))
    players = int(owners.max()) + 1
    for i in range(trees):
        drawn = forests.tree(i)
        parents, codes = part(drawn, rows, owners)
        sure = forests.posterior.probability(drawn)[rows]
        lower, upper = lost(parents, codes, weights, sure, players)
        low[i], high[i] = lower[:accounts], upper[:accounts]
        entered[i] = entries(parents, codes, in_time, at_s, checks, window_s, players, _TOP)[
            :accounts
        ]
    found: dict[str, Any] = {
        "lost_low": np.quantile(low, 0.025, axis=0),
        "lost_high": np.quantile(high, 0.975, axis=0),
    }
    return found | _entered(entered, origin)


def _checks(at_s: Numbers, window_s: float) -> Numbers:
    """Return when the sliding credit is looked at: four times a window, at most 400 times."""
    first, last = at_s[0], at_s[-1]
    step = max(window_s / _STEPS, (last - first) / _CHECKS)
    steps = np.unique(np.ceil((at_s - first) / step))
    return np.asarray(first + step * steps)


def _entered(entered: Numbers, origin: pd.Timestamp) -> dict[str, Any]:
    """Return the median entry where at least half of the trees have one, and its interval."""
    share = np.mean(np.isfinite(entered), axis=0)
    often = share >= 0.5
    found: dict[str, Any] = {"p_entered": share}
    kept = np.where(np.isfinite(entered), entered, np.nan)[:, often]
    for name, level in (("entered_at", 0.5), ("entered_low", 0.025), ("entered_high", 0.975)):
        seconds = np.full(len(share), np.nan)
        if often.any():
            seconds[often] = np.nanquantile(kept, level, axis=0)
        found[name] = origin + pd.to_timedelta(seconds.round(6), unit="s")
    return found


@kernel
def lost(
    parents: Codes, owners: Codes, counted: Numbers, sure: Numbers, players: int
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
    parents: Codes,
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
    have as much. O(total depth + checks × accounts).
    """
    entered = np.full(players, np.inf)
    score = np.zeros(players)
    stamp = np.full(players, -1, np.int64)
    head = tail = token = 0
    for check in checks:
        while head < len(in_time) and at_s[in_time[head]] <= check:
            token += 1
            _share_out(parents, owners, in_time[head], score, stamp, token, 1.0)
            head += 1
        while tail < head and at_s[in_time[tail]] <= check - window_s:
            token += 1
            _share_out(parents, owners, in_time[tail], score, stamp, token, -1.0)
            tail += 1
        largest = np.zeros(top + 1)
        for value in score:
            place = top
            if value > largest[place]:
                while place > 0 and value > largest[place - 1]:
                    largest[place] = largest[place - 1]
                    place -= 1
                largest[place] = value
        for player in range(players):
            if entered[player] == np.inf and score[player] > largest[top] + _TINY:
                entered[player] = check
    return entered


@kernel
def _share_out(
    parents: Codes,
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
