"""One target's column at a time: given course and kernel, types do not touch each other."""

import numpy as np
from numpy.typing import NDArray

from spread.hawkes import _recursions as recursions
from spread.hawkes._result import HawkesFit

Numbers = NDArray[np.float64]

_STEPS, _WITHIN = 60, 1e-6


def evidence(fit: HawkesFit, target: int, turned_s: float = 0.0) -> Numbers:
    """Return how much each source adds to the log-likelihood of a target's events; all, at last.

    With the course and the kernel held, a target's rate is a sum of known functions with
    weights ≥ 0: what the course gives and what each source excites. Concave, so that the
    greatest likelihood with and without a source is soon found. `turned_s` turns the target's
    times around the window. Everywhere counts as at risk, before a type's first event too: a
    turn then changes nothing but how the series lie to each other. The last entry is what all
    sources but the target itself add together.
    """
    events, objective = fit.objective.events, fit.objective
    own = events.types == target
    times = np.where(own, np.mod(events.times_s + turned_s, events.end_s), events.times_s)
    order = np.argsort(times, kind="stable")
    at = np.append(np.sort(times[own]), events.end_s)
    rates, weights = objective.shape.rates_weights(fit.point[objective.slices["shape"]])
    f = objective.factors(objective.exponent(fit.point))[0]
    level, integral = recursions.excitations(
        times[order], events.types[order], f[order], at, len(events.names), rates, weights
    )
    baseline = objective.baseline(fit.point)
    pulls = np.column_stack([baseline.course(at[:-1]), level[:-1]])
    totals = np.append(baseline.integral(at[-1:]), integral[-1])
    whole = greatest(pulls, totals)
    types = len(events.names)
    kept = np.ones((types + 1, types + 1), dtype=np.bool_)
    kept[np.arange(types), np.arange(types) + 1] = False
    kept[types] = np.isin(np.arange(types + 1), [0, target + 1])
    lost = [whole - greatest(pulls[:, use], totals[use]) for use in kept]
    return np.maximum(lost, 0.0)


def turned(fit: HawkesFit, target: int, shifts: int, rng: np.random.Generator) -> Numbers:
    """Return how often the target's series, turned, follows each source as closely as it does."""
    gained = evidence(fit, target)
    turns = rng.uniform(0.05, 0.95, shifts) * fit.end_s
    above = sum((evidence(fit, target, turn) >= gained).astype(int) for turn in turns)
    return np.asarray((1 + above) / (1 + shifts))


def greatest(pulls: Numbers, totals: Numbers) -> float:
    """Return the maximum of Σ ln(pulls · w) − totals · w over w ≥ 0, by projected Newton steps.

    In units where totals are 1 the weights of the maximum add up to the number of events.
    """
    live = totals > 0
    x = pulls[:, live] / totals[live]
    n, size = x.shape
    if n == 0 or size == 0:
        return 0.0 if n == 0 else -np.inf
    w = np.full(size, n / size)
    value = _value(x, w)
    if not np.isfinite(value):
        return value
    for _ in range(_STEPS):
        ratio = x / (x @ w)[:, None]
        slope = ratio.sum(axis=0) - 1
        free = (w > 0) | (slope > 0)
        bend = ratio[:, free].T @ ratio[:, free]
        bend[np.diag_indices_from(bend)] += 1e-9 * np.trace(bend) + 1e-12
        step = np.zeros(size)
        step[free] = np.linalg.solve(bend, slope[free])
        w, gained = _moved(x, w, step, value)
        value += gained
        if gained < _WITHIN:
            break
    return value


def _moved(x: Numbers, w: Numbers, step: Numbers, value: float) -> tuple[Numbers, float]:
    part = 1.0
    for _ in range(30):
        moved = np.maximum(w + part * step, 0.0)
        gained = _value(x, moved) - value
        if gained >= 0:
            return moved, gained
        part /= 2
    return w, 0.0


def _value(x: Numbers, w: Numbers) -> float:
    rates = x @ w
    return float(np.log(rates).sum() - w.sum()) if (rates > 0).all() else -np.inf
