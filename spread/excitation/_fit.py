"""A kernel fitted to all cascades together, by maximum likelihood."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

from spread._compile import kernel as compiled
from spread._errors import UsageError
from spread._random import stream
from spread.excitation._posterior import ExponentialPosterior, Kernel, exponential, omori

Numbers = NDArray[np.float64]

FEWEST_EVENTS = 50
MOST_EVENTS = 20_000
QUADRATIC_FROM = 2_000
_PUBLISHED = exponential(6.8e-5, beta=1.0)
_CHI_SQUARE_95 = 3.841458820694124
_DISPERSION = (-3.0, 8.0)
_BETA = (0.0, 2.0)
_PROFILE_STEPS = 6


@dataclass(frozen=True)
class KernelFit:
    """A fitted kernel.

    Attributes
    ----------
    kernel
        What was fitted, or the published one where `cannot_tell` says why.
    values
        Per parameter its estimate.
    intervals
        Per parameter its 95 % interval: profile likelihood, from 2,000 events on and away
        from the bounds its quadratic approximation.
    log_likelihood
        At the maximum; NaN where nothing was fitted.
    free
        How many parameters were free.
    events
        Passed-on events that the fit rests on.
    cannot_tell
        Why nothing was fitted, or None.
    """

    kernel: Kernel
    values: Mapping[str, float] = field(default_factory=dict)
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    log_likelihood: float = math.nan
    free: int = 0
    events: int = 0
    cannot_tell: str | None = None


@dataclass(frozen=True)
class _Sample:
    """Cascades in the form that the likelihood reads; the window relative to each event."""

    times_s: Numbers
    log_marks: Numbers
    offsets: NDArray[np.int64]
    opens_after_s: Numbers
    closes_after_s: Numbers
    truncated: NDArray[np.bool_]
    resolution_s: float

    @property
    def passed_on(self) -> Numbers:
        return np.diff(self.offsets) - 1.0


def fit(
    cascades: ExponentialPosterior,
    *,
    shape: str | None = None,
    opens_s: Numbers | None = None,
    closes_s: Numbers | None = None,
    truncated: NDArray[np.bool_] | None = None,
    resolution_s: float = 1e-3,
    intervals: bool = True,
    seed: int = 0,
) -> KernelFit:
    """Fit the kernel's delays and its exponent β of followers, jointly over all cascades.

    Each event i calls forth others at the rate κ m_i^β g(t − t_i), where κ, how catching
    the cascade's content is, has a gamma distribution over cascades and is integrated
    out. Every cascade thus counts, also those that nobody passed on; a cascade that would
    be unknown had nobody passed it on enters given that somebody did. Only delays within
    the archive's window [opens, closes] can be seen, and the likelihood says so. Times in
    ticks (seconds, say) enter through the density of a delay between two times rounded to
    ticks: it stays finite however fast the kernel, so that ties cannot drive it to an
    infinite rate. O(n) an evaluation; beyond 20,000 events whole cascades are sampled.

    What it takes for granted: an event's parents are in its own cascade and in the
    archive, and the exponential is only as good as the delays are exponential. Where they
    follow a power law, an exponential is biased; `shape="omori"` is not.

    Parameters
    ----------
    cascades
        Times, marks and offsets; its own kernel is not used.
    shape
        exponential (rate_per_s, beta) or omori (c_s, theta, beta); None fits both and
        keeps the one with the lower AIC.
    opens_s, closes_s
        Per cascade when the archive's window opens and closes, in seconds since its root;
        by default −∞ and the latest event of all cascades.
    truncated
        Per cascade whether it is known only because somebody passed it on; by default
        those with more than one event.
    resolution_s
        The tick of the times.
    intervals
        Whether to compute profile-likelihood intervals.
    seed
        Decides which cascades are sampled.

    Returns
    -------
    KernelFit
        With fewer than 50 passed-on events the published kernel of DebateNight (β = 1,
        6.8e-5 per second) and the reason.

    Raises
    ------
    UsageError
        The shape is unknown.

    References
    ----------
    Veen, Schoenberg 2008, https://doi.org/10.1198/016214508000000148; DebateNight: Rizoiu
    et al. 2018, https://doi.org/10.48550/arXiv.1802.09808

    Examples
    --------
    >>> from spread.excitation import posterior
    >>> fit(posterior([0, 5], [10, 1], exponential(1.0))).cannot_tell
    'only 1 retweets; 50 are needed to fit a kernel, so the published one stands in'
    """
    if shape is not None and shape not in _SHAPES:
        raise UsageError("unknown kernel", got=repr(shape), allowed=", ".join(_SHAPES))
    sample = _sample(cascades, opens_s, closes_s, truncated, resolution_s, seed)
    events = int(sample.passed_on.sum())
    if events < FEWEST_EVENTS:
        reason = (
            f"only {events} retweets; {FEWEST_EVENTS} are needed to fit a kernel, "
            "so the published one stands in"
        )
        values = {"rate_per_s": 6.8e-5, "beta": 1.0}
        return KernelFit(_PUBLISHED, values, events=events, cannot_tell=reason)
    fits = [_Fit.of(sample, _SHAPES[name](sample)) for name in ([shape] if shape else _SHAPES)]
    return min(fits, key=lambda one: one.cost(one.best) + len(one.best)).described(intervals)


@dataclass(frozen=True)
class _Family:
    """A family of kernels, its shape parameters in logarithms, followed by β."""

    names: tuple[str, ...]
    limits: list[tuple[float, float]]
    start: list[float]
    kernel: Callable[[Numbers], Kernel]
    passed: Callable[[Numbers, Numbers], Numbers]


@dataclass(frozen=True)
class _Fit:
    """A family with its cost at each point and the point where that is least."""

    sample: "_Sample"
    family: _Family
    bounds: list[tuple[float, float]]
    best: Numbers

    @staticmethod
    def of(sample: "_Sample", family: _Family) -> "_Fit":
        bounds = [*family.limits, _BETA, (-40.0, 40.0), _DISPERSION]
        start = np.array([*family.start, 0.5, _log_infectivity(sample), 0.0])
        best = _minimum(lambda point: -_log_likelihood(sample, family, point), start, bounds)
        return _Fit(sample, family, bounds, best)

    def cost(self, point: Numbers) -> float:
        return -_log_likelihood(self.sample, self.family, point)

    def described(self, intervals: bool) -> KernelFit:
        names, events = [*self.family.names, "beta"], int(self.sample.passed_on.sum())

        def natural(values: Numbers) -> dict[str, float]:
            logged = zip(self.family.names, values, strict=False)
            return {name: math.exp(v) for name, v in logged} | {
                "beta": float(values[len(names) - 1])
            }

        found = {}
        if intervals:
            ends = np.array(_intervals(self.cost, self.best, self.bounds, len(names), events)).T
            low, high = natural(ends[0]), natural(ends[1])
            found = {name: (low[name], high[name]) for name in names}
        kernel = self.family.kernel(self.best)
        free = len(self.best)
        return KernelFit(kernel, natural(self.best), found, -self.cost(self.best), free, events)


def _sample(
    cascades: ExponentialPosterior,
    opens_s: Numbers | None,
    closes_s: Numbers | None,
    truncated: NDArray[np.bool_] | None,
    resolution_s: float,
    seed: int,
) -> _Sample:
    sizes = np.diff(cascades.offsets)
    opens = np.full(len(sizes), -np.inf) if opens_s is None else opens_s
    latest = cascades.times_s.max(initial=0.0) + resolution_s
    closes = np.full(len(sizes), latest) if closes_s is None else closes_s
    known = sizes > 1 if truncated is None else truncated
    order = stream(seed, 0).permutation(len(sizes))
    enough = np.searchsorted(np.cumsum(sizes[order]), MOST_EVENTS) + 1
    kept = np.sort(order[:enough])
    starts = cascades.offsets[kept]
    rows = np.arange(sizes[kept].sum()) + np.repeat(
        starts - np.cumsum(sizes[kept]) + sizes[kept], sizes[kept]
    )
    logs = np.log(cascades.marks[rows])
    return _Sample(
        cascades.times_s[rows],
        logs - logs.mean() if len(logs) else logs,
        np.append(0, np.cumsum(sizes[kept])),
        np.maximum(np.repeat(opens[kept], sizes[kept]) - cascades.times_s[rows], 0.0),
        np.maximum(np.repeat(closes[kept], sizes[kept]) - cascades.times_s[rows], 0.0),
        known[kept],
        resolution_s,
    )


def _exponential_family(sample: _Sample) -> _Family:
    limits = (math.log(1e-8), -math.log(sample.resolution_s))
    return _Family(
        ("rate_per_s",),
        [limits],
        [float(np.clip(-math.log(_typical_delay(sample)), *limits))],
        lambda point: exponential(math.exp(point[0]), beta=float(point[1])),
        lambda point, delay_s: -np.expm1(-math.exp(point[0]) * delay_s),
    )


def _omori_family(sample: _Sample) -> _Family:
    limits = [(math.log(max(sample.resolution_s, 0.1)), math.log(1e6)), (-3.0, 2.0)]
    longest_s = max(3e5, float(sample.times_s.max()))
    return _Family(
        ("c_s", "theta"),
        limits,
        [float(np.clip(math.log(_typical_delay(sample)), *limits[0])), -0.5],
        lambda point: omori(
            math.exp(point[0]), math.exp(point[1]), beta=float(point[2]), longest_s=longest_s
        ),
        lambda point, delay_s: (
            -np.expm1(-math.exp(point[1]) * np.log1p(delay_s * math.exp(-point[0])))
        ),
    )


_SHAPES: dict[str, Callable[[_Sample], _Family]] = {
    "exponential": _exponential_family,
    "omori": _omori_family,
}


def _typical_delay(sample: _Sample) -> float:
    """Return a first guess: the median time since the root, halved thrice."""
    since_root = np.delete(sample.times_s, sample.offsets[:-1])
    return max(float(np.median(since_root)) / 8, sample.resolution_s)


def _log_infectivity(sample: _Sample) -> float:
    return math.log(sample.passed_on.sum() / np.exp(0.5 * sample.log_marks).sum())


def _log_likelihood(sample: _Sample, family: _Family, point: Numbers) -> float:
    """Return the log-likelihood with κ, gamma of shape a and rate b = a / mean, integrated out.

    `passed` is the share of what an event calls forth that falls within the window.
    """
    kernel = family.kernel(point)
    rates, weights = np.array(kernel.rates_per_s), np.array(kernel.weights)
    f = np.exp(kernel.beta * sample.log_marks)
    x = np.maximum(rates * sample.resolution_s, 1e-4)
    apart, tied = 2 * (np.cosh(x) - 1) / x**2, 2 * (1 + np.expm1(-x) / x) / x
    logs = _log_intensities(
        sample.times_s, f, sample.offsets, rates, weights, apart, tied, sample.resolution_s
    )
    exposed = f * (
        family.passed(point, sample.closes_after_s) - family.passed(point, sample.opens_after_s)
    )
    exposure = np.add.reduceat(exposed, sample.offsets[:-1])
    a = math.exp(point[-1])
    b = a * math.exp(-point[-2])
    n = sample.passed_on
    marginal = gammaln(a + n) - gammaln(a) - n * math.log(b) - (a + n) * np.log1p(exposure / b)
    at_root = exposed[sample.offsets[:-1]][sample.truncated]
    seen = -np.expm1(-a * np.log1p(at_root / b))
    return float(logs + np.sum(marginal) - np.sum(np.log(np.maximum(seen, 1e-300))))


def _minimum(
    cost: Callable[[Numbers], float], start: Numbers, bounds: list[tuple[float, float]]
) -> Numbers:
    """Return where the cost is least, to 0.001; a second start frees a search that got stuck."""
    options = {"ftol": 1e-3 / max(abs(cost(start)), 1.0)}
    found = minimize(cost, start, method="L-BFGS-B", bounds=bounds, options=options)
    again = minimize(cost, found.x, method="L-BFGS-B", bounds=bounds, options=options)
    return again.x if again.fun < found.fun else found.x


def _intervals(
    cost: Callable[[Numbers], float],
    best: Numbers,
    bounds: list[tuple[float, float]],
    first: int,
    events: int,
) -> list[tuple[float, float]]:
    """Return 95 % intervals of the `first` parameters.

    From many events and off the bounds the likelihood is as good as quadratic; elsewhere
    its profile is followed.
    """
    curvature = _hessian(cost, best)
    inside = all(low < x < high for x, (low, high) in zip(best, bounds, strict=True))
    if events >= QUADRATIC_FROM and inside and np.linalg.eigvalsh(curvature)[0] > 0:
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


def _hessian(cost: Callable[[Numbers], float], point: Numbers, step: float = 0.02) -> Numbers:
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
    cost: Callable[[Numbers], float],
    best: Numbers,
    bounds: list[tuple[float, float]],
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
