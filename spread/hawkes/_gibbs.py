"""Draws of all that is linear in the rates, whatever its shape near 0."""

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel
from spread.hawkes import _recursions as recursions
from spread.hawkes._objective import Objective

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

_SWEEPS, _WARM = 10, 50
_JEFFREYS = 0.5


def resampled(
    objective: Objective, x: Numbers, draws: Numbers, rng: np.random.Generator
) -> Numbers:
    """Return the draws with scales and branching drawn anew, given their course and kernel.

    Given course and kernel, a target's rate is a sum of known functions with weights ≥ 0. Each
    event came from one of them, with the probabilities of its shares; given who came from
    where, each weight is a gamma variable of its count and its total. Taking turns (Gibbs)
    draws from the posterior, on the edge at 0 too, where a normal distribution is none. The prior
    is Jeffreys' for the mean of a Poisson count: under a flat one, sources that call forth nothing
    take from those that do. Linderman, Adams 2014, https://doi.org/10.48550/arXiv.1402.0914
    """
    found, where = draws.copy(), objective.slices
    weights = np.vstack(
        [x[where["scales"]] * objective.unit, objective.branching(x)]
    )  # (1 + sources, targets)
    n = len(objective.events)
    open_ones = np.setdiff1d(np.arange(objective.given, n), objective.first)
    types = objective.events.types[open_ones]
    for i, y in enumerate(found):
        pulls, totals = known(objective, y, open_ones)
        for _ in range(_SWEEPS if i else _WARM):
            weights = swept(pulls, types, totals, weights, rng)
        y[where["scales"]] = weights[0] / objective.unit
        y[where["branching"]] = weights[1:].ravel()
    lower, upper = objective.limits
    return np.clip(found, lower, upper)


def known(objective: Objective, x: Numbers, rows: Whole) -> tuple[Numbers, Numbers]:
    """Return what course and sources give some events, (n, 1 + K), and in all, (1 + K, K)."""
    events, types = objective.events, objective.types
    rates, weights = objective.shape.rates_weights(x[objective.slices["shape"]])
    f = objective.factors(objective.exponent(x))[0]
    at = np.concatenate([events.times_s, [events.end_s], objective.born_s])
    order = np.argsort(at, kind="stable")
    level, integral = np.empty((len(at), types)), np.empty((len(at), types))
    level[order], integral[order] = recursions.excitations(
        events.times_s, events.types, f, at[order], types, rates, weights
    )
    baseline, n = objective.baseline(x), len(events)
    pulls = np.column_stack([baseline.course(events.times_s[rows]), level[rows]])
    course = baseline.integral(np.array([events.end_s])) - baseline.integral(objective.born_s)
    return pulls, np.vstack([course, (integral[n] - integral[n + 1 :]).T])


def swept(
    pulls: Numbers, types: Whole, totals: Numbers, weights: Numbers, rng: np.random.Generator
) -> Numbers:
    """Return weights drawn after each event's origin was."""
    counts = drawn_counts(pulls, types, weights, rng.random(len(types)))
    some = totals > 0
    return np.where(
        some, rng.standard_gamma(counts + _JEFFREYS) / np.where(some, totals, 1), weights
    )


@kernel
def drawn_counts(pulls: Numbers, types: Whole, weights: Numbers, uniforms: Numbers) -> Numbers:
    """Return how many events of each type came from each source, (sources, types); O(n K)."""
    n, sources = pulls.shape
    counts = np.zeros(weights.shape)
    for i in range(n):
        k, total = types[i], 0.0
        for p in range(sources):
            total += pulls[i, p] * weights[p, k]
        left, p = uniforms[i] * total, 0
        part = pulls[i, 0] * weights[0, k]
        while part <= left and p < sources - 1:
            p += 1
            part += pulls[i, p] * weights[p, k]
        counts[p, k] += 1.0
    return counts
