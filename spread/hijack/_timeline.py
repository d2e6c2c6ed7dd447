"""Shares and volume by the clock, for plots and for the several-changes view."""

import numpy as np
import pandas as pd
from scipy.stats import beta

from spread import tables
from spread.hijack._units import Units

_MOST_BINS = 96
_BIN_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10080, 40320, 524160)


def timeline(counted: Units) -> pd.DataFrame:
    """Return the share of each camp in each bin of the clock that holds a unit."""
    span_s = float(counted.times_s[-1]) if len(counted) else 0.0
    fitting = (m for m in _BIN_MINUTES if span_s / (60 * m) < _MOST_BINS)
    bin_s = 60 * next(fitting, _BIN_MINUTES[-1])
    at_s = (counted.start_us // 10**6 // bin_s * bin_s - counted.start_us / 1e6) * -1
    place, inverse = np.unique((counted.times_s + at_s) // bin_s, return_inverse=True)
    counts = np.zeros((len(place), len(counted.camps)))
    units_in = np.zeros((len(place), len(counted.camps)), dtype=np.int64)
    np.add.at(counts, inverse, counted.categories())
    if len(counted):
        np.add.at(units_in, (inverse, counted.counts.argmax(axis=1)), 1)
    totals = counts.sum(axis=1, keepdims=True)
    low, high = (beta.ppf(q, counts + 0.5, totals - counts + 0.5) for q in (0.025, 0.975))
    first_us = counted.start_us // 10**6 // bin_s * bin_s * 10**6
    starts_us = np.repeat(first_us + (place * bin_s * 1e6).astype(np.int64), len(counted.camps))
    return pd.DataFrame(
        {
            "start_at": tables.instants(starts_us),
            "end_at": tables.instants(starts_us + int(bin_s * 1e6)),
            "camp": np.tile(np.array(counted.camps, dtype=str), len(place)),
            "units": units_in.ravel(),
            "share": (counts / totals).ravel(),
            "low": np.where(counts == 0, 0.0, low).ravel(),
            "high": np.where(counts == totals, 1.0, high).ravel(),
        }
    )
