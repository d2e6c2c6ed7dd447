"""Random numbers inside kernels: each run has its own, whatever thread it runs in."""

import math

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel

__all__ = ["begin", "skip", "uniform"]

State = NDArray[np.uint64]


@kernel
def uniform(state: State) -> float:
    """Return the next number, at least 0 and below 1."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@kernel
def begin(seed: int, run: int, state: State) -> None:
    """Start the numbers of a run. SplitMix64 (Steele et al. 2014, doi:10.1145/2714064.2660195)."""
    state[0] = np.uint64(seed) ^ (np.uint64(run + 1) * np.uint64(0xD1B54A32D192ED03))
    uniform(state)
    uniform(state)


@kernel
def skip(state: State, log_failure: float) -> int:
    """Return how many trials fail before one succeeds; `log_failure` is ln(1 − p), p < 1."""
    if log_failure == 0.0:
        return 9_223_372_036_854_775_807
    failures = math.log(1.0 - uniform(state)) / log_failure
    return 9_223_372_036_854_775_807 if failures > 4e18 else int(failures)
