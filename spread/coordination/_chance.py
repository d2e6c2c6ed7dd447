"""How often two accounts would share in step by chance."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from spread._compile import kernel
from spread.coordination._close import window_ends
from spread.coordination._shares import Shares

__all__ = ["Cells", "adjusted", "cells", "expected_by_hour", "shuffled", "tail", "tails"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cells:
    """The shares of one object within one stretch of the clock, and how many are close.

    Attributes
    ----------
    of_row
        The cell of each share; cells are sorted by object and time.
    item, hour, size
        Per cell: the object, the stretch's number, how many shares it holds.
    inside, across
        Per cell: the probability that two of its shares are close, and that one of its and
        one of the same object's in the next stretch are.
    """

    of_row: Ints
    item: NDArray[np.int32]
    hour: Ints
    size: Ints
    inside: Floats
    across: Floats


def cells(found: Shares, window: int, stretch: int) -> Cells:
    """Return the cells of shares sorted by object and time; window <= stretch, microseconds."""
    hour = found.at_us // stretch
    new = np.ones(len(found), dtype=bool)
    new[1:] = (found.item[1:] != found.item[:-1]) | (hour[1:] != hour[:-1])
    of_row = np.cumsum(new) - 1
    size = np.bincount(of_row)
    starts = np.flatnonzero(new)
    stops = (starts + size)[of_row]
    ends = window_ends(found.item, found.at_us, window)
    rows = np.arange(len(found))
    inside = np.bincount(of_row, np.minimum(ends, stops) - rows - 1)
    across = np.bincount(of_row, np.maximum(ends - stops, 0))
    item, cell_hour = found.item[starts], hour[starts]
    following = np.zeros(len(size))
    following[:-1] = size[1:]
    return Cells(
        of_row,
        item,
        cell_hour,
        size,
        _ratio(inside, size * (size - 1) / 2),
        _ratio(across, size * following),
    )


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    return np.divide(part, whole, out=np.zeros(len(part)), where=(whole > 0) & (part > 0))


@kernel
def tail(probabilities: Floats, least: int) -> float:
    """Return the probability that at least so many of independent events happen; O(n least).

    All terms are positive, so that small tails keep their digits.
    """
    tails = np.zeros(least + 1)
    tails[0] = 1.0
    for p in probabilities:
        for count in range(least, 0, -1):
            tails[count] += p * (tails[count - 1] - tails[count])
    return tails[least]


@kernel
def tails(
    pairs: Ints,
    least: Ints,
    offsets: Ints,
    cell_of: Ints,
    item: NDArray[np.int32],
    hour: Ints,
    inside: Floats,
    across: Floats,
) -> Floats:
    """Return per pair of accounts: common objects, expected close, P(>= least), P(all possible).

    `cell_of[offsets[u]:offsets[u + 1]]` are the cells of account u, by rising cell. The time
    is that of merging two such lists.
    """
    found = np.zeros((len(pairs), 4))
    for row in range(len(pairs)):
        one, other = offsets[pairs[row, 0]], offsets[pairs[row, 1]]
        one_end, other_end = offsets[pairs[row, 0] + 1], offsets[pairs[row, 1] + 1]
        chances = np.zeros(min(one_end - one, other_end - other))
        common = possible = 0
        every = 1.0
        while one < one_end and other < other_end:
            a, b = cell_of[one], cell_of[other]
            if item[a] != item[b]:
                one, other = (one + 1, other) if item[a] < item[b] else (one, other + 1)
                continue
            one, other, common = one + 1, other + 1, common + 1
            if a == b:
                p = inside[a]
            elif abs(hour[a] - hour[b]) == 1:
                p = across[min(a, b)]
            else:
                p = 0.0
            if p > 0:
                chances[possible] = p
                every *= p
                possible += 1
        found[row, 0], found[row, 1] = common, chances[:possible].sum()
        found[row, 2], found[row, 3] = tail(chances[:possible], least[row]), every
    return found


def expected_by_hour(found: Shares, close: Cells, pairs: Ints) -> Floats:
    """Return how many close shares each pair has by chance if anybody active took any share."""
    hours, of_cell = np.unique(close.hour, return_inverse=True)
    of_row = of_cell[close.of_row]
    size = np.bincount(of_row, minlength=len(hours)).astype(float)
    within = np.bincount(of_cell, close.inside * close.size * (close.size - 1) / 2)
    following = np.append(close.size[1:], 0)
    between = np.bincount(of_cell, close.across * close.size * following)
    inside = _ratio(within, size * (size - 1) / 2)
    next_size = np.append(np.where(np.diff(hours) == 1, size[1:], 0), 0)
    across = _ratio(between, size * next_size)
    order = np.lexsort((of_row, found.user))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(found.user, minlength=len(found.users)))])
    return _expected(pairs, offsets.astype(np.int64), of_row[order], inside, across)


@kernel
def _expected(pairs: Ints, offsets: Ints, hour_of: Ints, inside: Floats, across: Floats) -> Floats:
    expected = np.zeros(len(pairs))
    for row in range(len(pairs)):
        u, v = pairs[row, 0], pairs[row, 1]
        start = offsets[v]
        for one in range(offsets[u], offsets[u + 1]):
            hour = hour_of[one]
            while start < offsets[v + 1] and hour_of[start] < hour - 1:
                start += 1
            other = start
            while other < offsets[v + 1] and hour_of[other] <= hour + 1:
                if hour_of[other] == hour:
                    expected[row] += inside[hour]
                else:
                    expected[row] += across[min(hour, hour_of[other])]
                other += 1
    return expected


def poisson_tail(least: Ints, expected: Floats) -> Floats:
    """Return P(at least so many) of a Poisson count."""
    return np.where(least > 0, stats.poisson.sf(least - 1, expected), 1.0)


def shuffled(found: Shares, close: Cells, null: str, rng: np.random.Generator) -> NDArray[np.int32]:
    """Return the accounts of all shares, dealt out again at random as the null says."""
    stratum = close.of_row if null == "object" else close.hour[close.of_row]
    drawn = np.lexsort((rng.random(len(found)), stratum))
    user = np.empty_like(found.user)
    user[np.argsort(stratum, kind="stable")] = found.user[drawn]
    return user


def adjusted(p: Floats, tests: int) -> Floats:
    """Return Benjamini-Hochberg q-values of some p-values out of `tests`, the rest being 1."""
    order = np.argsort(p)
    ranked = p[order] * tests / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return q
