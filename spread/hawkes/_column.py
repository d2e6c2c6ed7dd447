"""One target's column at a time: given course and kernel, types do not touch each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel
from spread.hawkes import _recursions as recursions
from spread.hawkes._objective import Objective
from spread.hawkes._result import HawkesFit

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

_STEPS, _HALVINGS, _WITHIN = 60, 30, 1e-6
_RIDGE, _LEAST_RIDGE, _TINY, _HUGE = 1e-9, 1e-12, 1e-250, 1e250
_SLOWER = (1.0, 0.25)
_GRID = 2000


def p_turned(
    fits: Sequence[HawkesFit],
    target: int,
    shifts: int,
    rng: np.random.Generator,
    *,
    rivals: Sequence[int] | None = None,
) -> Numbers:
    """Return how often a target follows each rival, turned against it, as closely as it does.

    The last entry is for all rivals together, by default all types but the target; of what is
    no rival it is NaN. Of several fits, in which the same events are of other types, each takes
    its turn.

    The target is turned on its own clock, on which it comes evenly if no rival calls it forth
    (Brown et al. 2002, https://doi.org/10.1162/08997660252741149): on the clock of the window it
    would come where hardly anything happens, and any rival would look useful beside that. What
    all others do right after counts as known, as nobody follows what is still to come: a swing
    of all that the course misses is seen on both sides.
    """
    clocks = [_clock(fit, target, rivals) for fit in fits]
    gained = [clock.gained(0.0) for clock in clocks]
    above = np.zeros(len(gained[0]))
    for i, part in enumerate(rng.uniform(0.05, 0.95, shifts)):
        above += clocks[i % len(fits)].gained(part) >= gained[i % len(fits)]
    return np.where(np.isnan(gained[0]), np.nan, (1 + above) / (1 + shifts))


@dataclass(frozen=True, eq=False)
class _Clock:
    """The clock on which a target comes evenly, were there no rivals.

    `weights` are those of the known functions (`_known`) without rivals, the greatest
    likelihood of the target's events at `own_s`, which the clock reads as `read`; at the
    moments `grid_s` it reads `grid`.
    """

    objective: Objective
    point: Numbers
    target: int
    rivals: Whole
    own_s: Numbers
    weights: Numbers
    grid_s: Numbers
    grid: Numbers
    read: Numbers
    totals: Numbers

    def gained(self, part: float) -> Numbers:
        """Return what each rival adds to the log-likelihood, the target turned; all, at last."""
        at = self.own_s
        if part:
            whole = self.grid[-1]
            turned = np.sort(np.mod(self.read + part * whole, whole))
            at = np.interp(turned, self.grid, self.grid_s)
        pulls, _ = _known(self.objective, self.point, self.target, at)
        beside = np.column_stack([pulls @ self.weights, pulls[:, 1 + self.rivals]])
        kept = np.ones((len(self.rivals) + 2, len(self.rivals) + 1), dtype=np.bool_)
        kept[np.arange(len(self.rivals)) + 1, np.arange(len(self.rivals)) + 1] = False
        kept[-1, 1:] = False
        values, _ = greatest(beside, self.totals, kept)
        found = np.full(self.objective.types + 1, np.nan)
        # Where some event can have come from nowhere, no rival makes the whole likelier.
        gains = np.maximum(values[0] - values[1:], 0.0) if np.isfinite(values[0]) else 0.0
        found[np.append(self.rivals, -1)] = gains
        return found


def _clock(fit: HawkesFit, target: int, rivals: Sequence[int] | None) -> _Clock:
    objective, events = fit.objective, fit.objective.events
    others = [k for k in range(objective.types) if k != target] if rivals is None else rivals
    born_s = float(objective.born_s[target])
    open_ones = (events.types == target) & ~np.isin(np.arange(len(events)), objective.first)
    own = events.times_s[open_ones]
    grid = np.unique(np.append(events.times_s, np.linspace(0, events.end_s, _GRID)))
    grid = np.append(born_s, grid[grid > born_s])
    _, read = _known(objective, fit.point, target, grid)
    pulls, _ = _known(objective, fit.point, target, own)
    read, rivals_at = read - read[0], 1 + np.array(others, dtype=np.int64)
    kept = np.ones((1, pulls.shape[1]), dtype=np.bool_)
    kept[0, rivals_at] = False
    weights = greatest(pulls, read[-1], kept)[1][0]
    clock = np.maximum.accumulate(read @ weights)
    return _Clock(
        objective, fit.point, target, rivals_at - 1, own, weights, grid, clock,
        np.interp(own, grid, clock), np.append(clock[-1], read[-1, rivals_at]),
    )  # fmt: skip


def _known(objective: Objective, x: Numbers, target: int, at_s: Numbers) -> tuple[Numbers, Numbers]:
    """Return at ascending moments, and integrated up to them, what a target's rate sums.

    Columns: the course, what each type excites, and how much all others do right after, with
    the kernel's fastest delay and a longer one.
    """
    events, end_s = objective.events, objective.events.end_s
    rates, weights = objective.shape.rates_weights(x[objective.slices["shape"]])
    f = objective.factors(objective.exponent(x))[0]
    level, integral = recursions.excitations(
        events.times_s, events.types, f, at_s, objective.types, rates, weights
    )
    baseline = objective.baseline(x)
    pulls, totals = [baseline.course(at_s), *level.T], [baseline.integral(at_s), *integral.T]
    others = end_s - events.times_s[events.types != target][::-1]
    back = np.append((end_s - at_s)[::-1], end_s)
    alike, even = np.zeros(len(others), dtype=np.int64), np.ones(len(others))
    for slower in _SLOWER:
        rate = slower * rates[:1]
        level, integral = recursions.excitations(others, alike, even, back, 1, rate, rate)
        pulls.append(level[-2::-1, 0])
        totals.append(integral[-1, 0] - integral[-2::-1, 0])
    return np.column_stack(pulls), np.column_stack(totals)


@kernel
def greatest(pulls: Numbers, totals: Numbers, kept: Flags) -> tuple[Numbers, Numbers]:
    """Return the maximum of Σ ln(pulls · w) − totals · w over w ≥ 0, by projected Newton steps.

    A value and its w a row of `kept`, which says what may be used. In units where totals are 1 the
    weights of the maximum add up to the number of events. O(n S²) a step, S sources.
    """
    n, sources = pulls.shape
    found, best = np.zeros(len(kept)), np.zeros((len(kept), sources))
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
        found[row], size = value, 0
        for p in range(sources):
            if kept[row, p] and totals[p] > 0.0:
                best[row, p] = w[size] / totals[p]
                size += 1
    return found, best


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
