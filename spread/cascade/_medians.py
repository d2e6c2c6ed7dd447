"""Median times to something that not all reach, drawn again and again."""

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel

__all__ = ["medians"]

Numbers = NDArray[np.float64]


@kernel
def medians(
    when: Numbers,
    reached: NDArray[np.bool_],
    cluster: NDArray[np.int64],
    drawn: NDArray[np.uint16],
) -> Numbers:
    """Return where Kaplan's and Meier's F is half of its last value; NaN if none got there.

    Rows are in order of time, those that got there first among equals. Of each sample,
    `drawn` says how often it holds each cluster. O(samples × rows).
    """
    n = len(when)
    found = np.full(len(drawn), np.nan)
    weight = np.empty(n)
    left = np.empty(n + 1)
    left[0] = 1.0
    for sample in range(len(drawn)):
        risk = 0.0
        for k in range(n):
            weight[k] = float(drawn[sample, cluster[k]])
            risk += weight[k]
        for k in range(n):
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
