"""Pairs of cascades of like size, and what differs between two groups."""

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel

Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]
Labels = NDArray[np.int8]

STATISTICS = (
    "ks",
    "cliffs_delta",
    "median_first",
    "median_second",
    "q90_first",
    "q90_second",
)


@kernel
def matched(order: Rows, log_size: Numbers, label: Labels, caliper: float) -> NDArray[np.bool_]:
    """Return which of the rows in `order` (by size) are in a pair of both labels; O(n).

    First as many pairs as there can be of exactly the same size, in the order given.
    Then what is left is paired with the nearest smaller one left of the other label, if
    their logarithms differ by no more than the caliper.
    """
    n = len(order)
    paired = np.zeros(n, np.bool_)
    waiting = np.empty(n, np.int64)
    start = 0
    while start < n:
        end, held = start, 0
        while end < n and log_size[order[end]] == log_size[order[start]]:
            if held and label[order[waiting[held - 1]]] != label[order[end]]:
                held -= 1
                paired[waiting[held]] = True
                paired[end] = True
            else:
                waiting[held] = end
                held += 1
            end += 1
        start = end
    held = 0
    for k in range(n):
        if paired[k]:
            continue
        if held:
            above = waiting[held - 1]
            near = log_size[order[k]] - log_size[order[above]] <= caliper
            if near and label[order[above]] != label[order[k]]:
                held -= 1
                paired[above] = True
                paired[k] = True
                continue
            if not near:
                held = 0
        waiting[held] = k
        held += 1
    return paired


@kernel
def differences(order: Rows, values: Numbers, label: Labels, weight: Rows) -> Numbers:
    """Return the statistics named in `STATISTICS`, label 0 against 1; O(n).

    `order` sorts the rows by value. Weights count rows; NaN where a label has none.
    """
    found = np.full(6, np.nan)
    total = np.zeros(2)
    for row in order:
        total[label[row]] += weight[row]
    if total[0] == 0 or total[1] == 0:
        return found
    below, tied = np.zeros(2), np.zeros(2)
    largest, dominance = 0.0, 0.0
    at = 0
    while at < len(order):
        value = values[order[at]]
        tied[:] = 0
        while at < len(order) and values[order[at]] == value:
            tied[label[order[at]]] += weight[order[at]]
            at += 1
        dominance += tied[0] * below[1] - tied[1] * below[0]
        for group in range(2):
            for place in range(2):
                mark = (0.5 if place == 0 else 0.9) * total[group]
                if below[group] < mark <= below[group] + tied[group] * (1 + 1e-12):
                    found[2 + 2 * place + group] = value
            below[group] += tied[group]
        largest = max(largest, abs(below[0] / total[0] - below[1] / total[1]))
    found[0] = largest
    found[1] = dominance / (total[0] * total[1])
    return found
