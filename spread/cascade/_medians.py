"""Median times to something that not all reach, drawn again and again."""

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel

__all__ = ["in_time", "medians"]

Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]


def in_time(
    rows: Rows, at_s: Numbers, mine: Rows, seen_s: Numbers
) -> tuple[Rows, Numbers, NDArray[np.bool_]]:
    """Return who got there, and who was seen no longer before the last did, in order of time.

    `mine` are all rows of a group, by how long they were seen, `seen_s`.

    Examples
    --------
    >>> rows, when, there = in_time(
    ...     np.array([5]), np.array([4.0]), np.array([7, 5, 6]), np.array([2.0, 8.0, 9.0]))
    >>> rows.tolist(), when.tolist(), there.tolist()
    ([7, 5], [2.0, 4.0], [False, True])
    """
    sure = np.searchsorted(seen_s, at_s.max(initial=-np.inf), "right")
    gone = ~np.isin(mine[:sure], rows)
    everyone = np.append(rows, mine[:sure][gone])
    when = np.append(at_s, seen_s[:sure][gone])
    there = np.arange(len(everyone)) < len(rows)
    order = np.lexsort((~there, when))
    return everyone[order], when[order], there[order]


@kernel
def medians(
    when: Numbers,
    reached: NDArray[np.bool_],
    cluster: NDArray[np.int64],
    total: Numbers,
    drawn: NDArray[np.uint16],
) -> Numbers:
    """Return where Kaplan's and Meier's F is half of its last value; NaN if none got there.

    Rows are in order of time, those that got there first among equals; who comes after the
    last who did may be left out. Of each sample, `drawn` says how often it holds each cluster
    and `total` how many rows in all. O(samples × rows).
    """
    n = len(when)
    found = np.full(len(drawn), np.nan)
    weight = np.empty(n)
    left = np.empty(n + 1)
    left[0] = 1.0
    for sample in range(len(drawn)):
        risk = total[sample]
        for k in range(n):
            weight[k] = float(drawn[sample, cluster[k]])
            gone = weight[k] / risk if reached[k] and risk > 0 else 0.0
            left[k + 1] = left[k] * (1 - gone)
            risk -= weight[k]
        half = (1 - left[n]) / 2
        if half <= 0:
            continue
        for k in range(n):
            if 1 - left[k + 1] >= half * (1 - 1e-12):
                found[sample] = when[k]
                break
    return found
