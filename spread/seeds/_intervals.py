"""Intervals of shares."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Numbers = NDArray[np.float64]


def jeffreys(found: Numbers, of: Numbers) -> tuple[Numbers, Numbers]:
    """Return 95 % Jeffreys intervals of shares; NaN where there is nothing to share.

    The end at a share of 0 or 1 is that share itself, as is usual with this interval.
    """
    known = of > 0
    a, b = np.where(known, found + 0.5, np.nan), np.where(known, of - found + 0.5, np.nan)
    low = np.where(known & (found == 0), 0.0, stats.beta.ppf(0.025, a, b))
    high = np.where(known & (found == of), 1.0, stats.beta.ppf(0.975, a, b))
    return low, high
