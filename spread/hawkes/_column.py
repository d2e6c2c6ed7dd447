"""One target's column at a time: given course and kernel, types do not touch each other."""

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel
from spread.hawkes import _recursions as recursions
from spread.hawkes._result import HawkesFit

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

_STEPS, _HALVINGS, _WITHIN = 60, 30, 1e-6
_RIDGE, _LEAST_RIDGE, _TINY, _HUGE = 1e-9, 1e-12, 1e-250, 1e250


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
    types = len(events.names)
    kept = np.ones((types + 2, types + 1), dtype=np.bool_)
    kept[np.arange(1, types + 1), np.arange(1, types + 1)] = False
    kept[-1] = np.isin(np.arange(types + 1), [0, target + 1])
    found = greatest(pulls, totals, kept)
    return np.maximum(found[0] - found[1:], 0.0)


def turned(fit: HawkesFit, target: int, shifts: int, rng: np.random.Generator) -> Numbers:
    """Return how often the target's series, turned, follows each source as closely as it does."""
    gained = evidence(fit, target)
    turns = rng.uniform(0.05, 0.95, shifts) * fit.end_s
    above = sum((evidence(fit, target, turn) >= gained).astype(int) for turn in turns)
    return np.asarray((1 + above) / (1 + shifts))


@kernel
def greatest(pulls: Numbers, totals: Numbers, kept: Flags) -> Numbers:
    """Return the maximum of Σ ln(pulls · w) − totals · w over w ≥ 0, by projected Newton steps.

    A value a row of `kept`, which says what may be used. In units where totals are 1 the
    weights of the maximum add up to the number of events. O(n S²) a step, S sources.
    """
    n, sources = pulls.shape
    found = np.zeros(len(kept))
    x = np.zeros((n, sources))
    w, moved, step = np.zeros(sources), np.zeros(sources), np.zeros(sources)
    slope, bend = np.zeros(sources), np.zeros((sources, sources))
    for row in range(len(kept)):
        size = 0
        for p in range(sources):
            if kept[row, p] and totals[p] > 0.0:
                for i in range(n):
                    x[i, size] = pulls[i, p] / totals[p]
                size += 1
        for p in range(size):
            w[p] = n / size
        value = _value(x, w, size)
        for _ in range(_STEPS if np.isfinite(value) else 0):
            _bent(x, w, size, slope, bend)
            _solved(w, size, slope, bend, step)
            gained, part = 0.0, 1.0
            for _ in range(_HALVINGS):
                for p in range(size):
                    moved[p] = max(w[p] + part * step[p], 0.0)
                gained = _value(x, moved, size) - value
                if gained >= 0.0:
                    break
                part /= 2.0
            if gained < 0.0:
                break
            for p in range(size):
                w[p] = moved[p]
            value += gained
            if gained < _WITHIN:
                break
        found[row] = value
    return found


@kernel
def _value(x: Numbers, w: Numbers, size: int) -> float:
    value, product = 0.0, 1.0
    for i in range(len(x)):
        rate = 0.0
        for p in range(size):
            rate += x[i, p] * w[p]
        if rate <= 0.0:
            return -np.inf
        product *= rate
        if product < _TINY or product > _HUGE:
            value += np.log(product)
            product = 1.0
    value += np.log(product)
    for p in range(size):
        value -= w[p]
    return value


@kernel
def _bent(x: Numbers, w: Numbers, size: int, slope: Numbers, bend: Numbers) -> None:
    """Set the first and the negative second derivatives."""
    for p in range(size):
        slope[p] = -1.0
        for q in range(size):
            bend[p, q] = 0.0
    for i in range(len(x)):
        rate = 0.0
        for p in range(size):
            rate += x[i, p] * w[p]
        inverse = 1.0 / rate
        for p in range(size):
            ratio = x[i, p] * inverse
            slope[p] += ratio
            for q in range(p + 1):
                bend[p, q] += ratio * x[i, q] * inverse


@kernel
def _solved(w: Numbers, size: int, slope: Numbers, bend: Numbers, step: Numbers) -> None:
    """Set Newton's step among the weights that may move, by Cholesky's decomposition.

    Of `bend` the lower half is read, and written over.
    """
    trace = 0.0
    for p in range(size):
        if w[p] > 0.0 or slope[p] > 0.0:
            trace += bend[p, p]
    for p in range(size):
        if w[p] <= 0.0 and slope[p] <= 0.0:
            for q in range(size):
                bend[max(p, q), min(p, q)] = 0.0
            bend[p, p], slope[p] = 1.0, 0.0
        else:
            bend[p, p] += _RIDGE * trace + _LEAST_RIDGE
    for p in range(size):
        step[p] = slope[p]
        for q in range(p):
            for r in range(q):
                bend[p, q] -= bend[p, r] * bend[q, r]
            bend[p, q] /= bend[q, q]
            bend[p, p] -= bend[p, q] ** 2
            step[p] -= bend[p, q] * step[q]
        bend[p, p] = np.sqrt(max(bend[p, p], _LEAST_RIDGE))
        step[p] /= bend[p, p]
    for p in range(size - 1, -1, -1):
        for q in range(p + 1, size):
            step[p] -= bend[q, p] * step[q]
        step[p] /= bend[p, p]
