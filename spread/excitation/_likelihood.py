"""The likelihood of branching cascades, and its maximum with intervals."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

from spread._compile import kernel as compiled
from spread.excitation._posterior import Kernel

Numbers = NDArray[np.float64]
Bounds = list[tuple[float, float]]
Cost = Callable[[Numbers], float]

QUADRATIC_FROM = 2_000
_CHI_SQUARE_95 = 3.841458820694124
_SINGULAR = 1e-12
_PROFILE_STEPS = 6
_WIDEST = 300.0


@dataclass(frozen=True)
class Sample:
    """Cascades in the form that the likelihood reads.

    `closes_after_s` is what each event sees of the window after it.
    """

    times_s: Numbers
    log_marks: Numbers
    offsets: NDArray[np.int64]
    closes_after_s: Numbers
    truncated: NDArray[np.bool_]
    resolution_s: float

    @property
    def passed_on(self) -> Numbers:
        return np.diff(self.offsets) - 1.0


@dataclass(frozen=True)
class Family:
    """A family of kernels, its shape parameters in logarithms, followed by β."""

    names: tuple[str, ...]
    limits: Bounds
    start: list[float]
    kernel: Callable[[Numbers], Kernel]


def log_likelihood(sample: Sample, family: Family, point: Numbers) -> float:
    """Return the log-likelihood with κ, gamma of shape a and rate b = a / mean, integrated out."""
    kernel = family.kernel(point)
    rates, weights = np.array(kernel.rates_per_s), np.array(kernel.weights)
    f = np.exp(np.clip(kernel.beta * sample.log_marks, -_WIDEST, _WIDEST))
    x = np.maximum(rates * sample.resolution_s, 1e-4)
    apart, tied = 2 * (np.cosh(x) - 1) / x**2, 2 * (1 + np.expm1(-x) / x) / x
    logs = _log_intensities(
        sample.times_s, f, sample.offsets, rates, weights, apart, tied, sample.resolution_s
    )
    seen = _seen(sample.closes_after_s, rates, weights)
    exposure = np.add.reduceat(f * seen, sample.offsets[:-1])
    a = math.exp(point[-1])
    b = a * math.exp(-point[-2])
    n = sample.passed_on
    marginal = gammaln(a + n) - gammaln(a) - n * math.log(b) - (a + n) * np.log1p(exposure / b)
    at_root = (f * seen)[sample.offsets[:-1]][sample.truncated]
    known = -np.expm1(-a * np.log1p(at_root / b))
    return float(logs + np.sum(marginal) - np.sum(np.log(np.maximum(known, 1e-300))))


def minimum(cost: Cost, start: Numbers, bounds: Bounds) -> Numbers:
    """Return where the cost is least, to 0.001; a second start frees a search that got stuck."""
    options = {"ftol": 1e-3 / max(abs(cost(start)), 1.0)}
    found = minimize(cost, start, method="L-BFGS-B", bounds=bounds, options=options)
    again = minimize(cost, found.x, method="L-BFGS-B", bounds=bounds, options=options)
    return again.x if again.fun < found.fun else found.x


def intervals(
    cost: Cost,
    best: Numbers,
    bounds: Bounds,
    first: int,
    events: int,
) -> list[tuple[float, float]]:
    """Return 95 % intervals of the `first` parameters.

    From many events and off the bounds the likelihood is as good as quadratic; elsewhere
    its profile is followed.
    """
    curvature = _hessian(cost, best)
    inside = all(low < x < high for x, (low, high) in zip(best, bounds, strict=True))
    flattest, steepest = np.linalg.eigvalsh(curvature)[[0, -1]]
    if events >= QUADRATIC_FROM and inside and flattest > _SINGULAR * abs(steepest):
        reach = np.sqrt(_CHI_SQUARE_95 * np.diag(np.linalg.inv(curvature)))
        ends = [(best[i] - reach[i], best[i] + reach[i]) for i in range(first)]
        return [
            (max(low, limit[0]), min(high, limit[1]))
            for (low, high), limit in zip(ends, bounds, strict=False)
        ]
    alone = np.sqrt(_CHI_SQUARE_95 / np.maximum(np.diag(curvature), 1e-8))
    return [
        (
            _profile_end(cost, best, bounds, i, -alone[i]),
            _profile_end(cost, best, bounds, i, alone[i]),
        )
        for i in range(first)
    ]


def _hessian(cost: Cost, point: Numbers, step: float = 0.02) -> Numbers:
    """Return the second derivatives by central differences."""
    moves = step * np.eye(len(point))
    found = np.empty((len(point), len(point)))
    for i, along in enumerate(moves):
        for j, across in enumerate(moves[: i + 1]):
            corners = (
                cost(point + along + across)
                - cost(point + along - across)
                - cost(point - along + across)
                + cost(point - along - across)
            )
            found[i, j] = found[j, i] = corners / (4 * step**2)
    return found


def _profile_end(
    cost: Cost,
    best: Numbers,
    bounds: Bounds,
    i: int,
    reach: float,
) -> float:
    """Return where twice the fall of the profile log-likelihood reaches its 95 % point.

    The square root of the fall is nearly linear in the parameter: a few rescaled steps do.
    """
    others = np.array([j for j in range(len(best)) if j != i])
    least, rest = cost(best), best[others]
    limit = bounds[i][0] if reach < 0 else bounds[i][1]
    value = float(np.clip(best[i] + reach, *bounds[i]))
    for _ in range(_PROFILE_STEPS):
        at = value

        def partial(free: Numbers, at: float = at) -> float:
            return cost(np.insert(free, i, at))

        found = minimize(
            partial,
            rest,
            method="L-BFGS-B",
            bounds=[bounds[j] for j in others],
            options={"ftol": 1e-2 / max(abs(least), 1.0), "maxiter": 10},
        )
        fall = max(2 * (found.fun - least), 1e-3)
        scale = min(max(math.sqrt(_CHI_SQUARE_95 / fall), 0.2), 5.0)
        if abs(scale - 1) < 0.03 or (value == limit and scale > 1):
            break
        value = float(np.clip(best[i] + (at - best[i]) * scale, *bounds[i]))
        rest = best[others] + (found.x - best[others]) * scale
    return value


@compiled
def _log_intensities(
    times: Numbers,
    f: Numbers,
    offsets: NDArray[np.int64],
    rates: Numbers,
    weights: Numbers,
    apart: Numbers,
    tied: Numbers,
    tick: float,
) -> float:
    """Return Σ_j ln Σ_{i<j} f_i g(t_j − t_i) over all events but roots; O(n M).

    `apart` and `tied` are what the rounding of times to ticks makes of the kernel between
    two ticks and within one.
    """
    m, total = len(rates), 0.0
    older = np.empty(m)
    for cascade in range(len(offsets) - 1):
        older[:] = 0.0
        here, at = 0.0, 0.0
        for j in range(offsets[cascade], offsets[cascade + 1]):
            gap = times[j] - at
            if gap > tick / 2:
                for c in range(m):
                    older[c] = (older[c] + here) * np.exp(-rates[c] * gap)
                here, at = 0.0, times[j]
            if j > offsets[cascade]:
                h = 0.0
                for c in range(m):
                    h += weights[c] * (apart[c] * older[c] + tied[c] * here)
                total += np.log(max(h, 1e-300))
            here += f[j]
    return total


@compiled
def _seen(closes_after: Numbers, rates: Numbers, weights: Numbers) -> Numbers:
    """Return the share of what an event calls forth that falls within the window; O(n M)."""
    seen = np.zeros(len(closes_after))
    for i in range(len(seen)):
        for c in range(len(rates)):
            after = rates[c] * closes_after[i]
            closed = np.exp(-after) if after < 40.0 else 0.0
            seen[i] += weights[c] / rates[c] * (1.0 - closed)
    return seen
