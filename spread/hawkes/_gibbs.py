"""Draws of all that is linear in the rates, whatever its shape near 0."""

import numpy as np
from numpy.typing import NDArray

from spread.hawkes import _recursions as recursions
from spread.hawkes._objective import Objective

Numbers = NDArray[np.float64]

_SWEEPS, _WARM = 10, 50
_FLAT = 1.0


def resampled(
    objective: Objective, x: Numbers, draws: Numbers, rng: np.random.Generator
) -> Numbers:
    """Return the draws with scales and branching drawn anew, given their course and kernel.

    Given course and kernel, a target's rate is a sum of known functions with weights ≥ 0. Each
    event came from one of them, with the probabilities of its shares; given who came from
    where, each weight is a gamma variable of its count and its total. Taking turns (Gibbs)
    draws from the posterior under a flat prior, on the edge at 0 too, where a normal
    distribution is none. Linderman, Adams 2014, https://doi.org/10.48550/arXiv.1402.0914
    """
    found = draws.copy()
    where, types = objective.slices, objective.types
    weights = np.vstack(
        [x[where["scales"]] * objective.unit, objective.branching(x)]
    )  # (1 + sources, targets)
    for i, y in enumerate(found):
        pulls, totals = _known(objective, y)
        for _ in range(_SWEEPS if i else _WARM):
            for target in range(types):
                weights[:, target] = _swept(
                    pulls[target], totals[:, target], weights[:, target], rng
                )
        y[where["scales"]] = weights[0] / objective.unit
        y[where["branching"]] = weights[1:].ravel()
    lower, upper = objective.limits
    return np.clip(found, lower, upper)


def _known(objective: Objective, x: Numbers) -> tuple[list[Numbers], Numbers]:
    """Return what course and sources give each target's events, and in all, (1 + K, K)."""
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
    pulls = np.column_stack([baseline.course(events.times_s), level[:n]])
    known = np.isin(np.arange(n), objective.first) | (np.arange(n) < objective.given)
    course = baseline.integral(np.array([events.end_s])) - baseline.integral(objective.born_s)
    totals = np.vstack([course, (integral[n] - integral[n + 1 :]).T])
    return [pulls[(events.types == k) & ~known] for k in range(types)], totals


def _swept(pulls: Numbers, totals: Numbers, weights: Numbers, rng: np.random.Generator) -> Numbers:
    """Return weights drawn after each event's origin was."""
    parts = np.cumsum(pulls * weights, axis=1)
    chosen = (parts < (rng.random(len(parts)) * parts[:, -1])[:, None]).sum(axis=1)
    counts = np.bincount(chosen, minlength=len(weights))
    drawn = rng.gamma(counts + _FLAT)
    return np.where(totals > 0, drawn / np.where(totals > 0, totals, 1.0), weights)
