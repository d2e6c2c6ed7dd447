"""All changes of one archive as steps: of the composition by units, of the volume by the clock."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import tables
from spread.hijack._changes import changes
from spread.hijack._units import Units
from spread.hijack._volume import volume

__all__ = ["in_composition", "in_volume", "no_changes", "no_volume"]

_BLOCKS = 150
_LEAST_A_BLOCK = 5
_BINS = 400
_STRETCHES = 8
_WEEKS_S = tuple(604_800 << doubled for doubled in range(10))
_ROUND_S = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, *_WEEKS_S)


def in_composition(
    counted: Units, concentration: float, overdispersion: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Return change, at, at_low, at_high, probability: abrupt changes between blocks of units.

    Blocks hold equally many units, at most 150 blocks. A gradual change shows as several.
    """
    blocks = min(_BLOCKS, len(counted) // _LEAST_A_BLOCK)
    if blocks < 2 or len(counted.camps) < 2:
        return no_changes()
    starts = np.linspace(0, len(counted), blocks + 1).astype(int)
    weights = counted.categories(concentration) / overdispersion
    found = changes(np.add.reduceat(weights, starts[:-1]), rng=rng)
    if found.positions.empty:
        return no_changes()
    names = {"at": "after", "at_low": "after_low", "at_high": "after_high"}
    ends = {"at": 0, "at_low": -1, "at_high": 0}
    at = {
        name: _instants(counted, starts[found.positions[after].to_numpy() + ends[name]])
        for name, after in names.items()
    }
    numbered = found.positions[["change"]].assign(**at)
    return numbered.assign(probability=found.positions.probability)


def in_volume(at_us: NDArray[np.int64], rng: np.random.Generator) -> pd.DataFrame:
    """Return start_at, end_at, tweets_per_min with _low and _high: stretches of even volume.

    Bins are of a round length, at most 400 of them; at most 8 stretches, since a slow decay
    would show as a long staircase.
    """
    if len(at_us) < 2 or at_us.max() == at_us.min():
        return no_volume()
    span_s = (at_us.max() - at_us.min()) / 1e6
    bin_s = next((s for s in _ROUND_S if span_s <= s * _BINS), _ROUND_S[-1])
    number = at_us // (bin_s * 10**6)
    counts = np.bincount(number - number.min())
    if len(counts) < 2:
        return no_volume()
    found = volume(counts, bin_s=bin_s, most=_STRETCHES - 1, rng=rng).segments
    first_us = int(number.min()) * bin_s * 10**6
    edges = {"start_at": found.start.to_numpy(), "end_at": found.end.to_numpy()}
    instants = {
        name: tables.instants(first_us + bins * bin_s * 10**6) for name, bins in edges.items()
    }
    rates = {f"tweets_per_min{end}": found[f"rate{end}"] for end in ("", "_low", "_high")}
    return pd.DataFrame(instants | rates)


def no_changes() -> pd.DataFrame:
    """Return the changes of what does not change."""
    return _empty(["at", "at_low", "at_high"], ["change", "probability"])[
        ["change", "at", "at_low", "at_high", "probability"]
    ]


def no_volume() -> pd.DataFrame:
    """Return the volume of an archive without a span."""
    rates = ["tweets_per_min", "tweets_per_min_low", "tweets_per_min_high"]
    return _empty(["start_at", "end_at"], rates)


def _empty(instants: list[str], numbers: list[str]) -> pd.DataFrame:
    columns = {name: pd.Series(dtype="datetime64[us, UTC]") for name in instants}
    return pd.DataFrame(columns | {name: pd.Series(dtype="float64") for name in numbers})


def _instants(counted: Units, units: NDArray[np.int64]) -> pd.DatetimeIndex:
    times_s = counted.times_s[np.minimum(units, len(counted) - 1)]
    return tables.instants(counted.start_us + np.round(times_s * 1e6).astype(np.int64))
