"""A kernel fitted to all cascades together, by maximum likelihood."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from spread._errors import UsageError
from spread._random import stream
from spread.excitation._likelihood import Bounds, Family, Sample, intervals, log_likelihood, minimum
from spread.excitation._posterior import ExponentialPosterior, Kernel, exponential, omori

Numbers = NDArray[np.float64]

FEWEST_EVENTS = 50
MOST_EVENTS = 20_000
_PUBLISHED = exponential(6.8e-5, beta=1.0)
_DISPERSION = (-3.0, 8.0)
_BETA = (0.0, 2.0)


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


def fit(
    cascades: ExponentialPosterior,
    *,
    shape: str | None = None,
    closes_s: Numbers | None = None,
    whole: NDArray[np.bool_] | None = None,
    truncated: NDArray[np.bool_] | None = None,
    resolution_s: float = 1e-3,
    with_intervals: bool = True,
    seed: int | None = 0,
) -> KernelFit:
    """Fit the kernel's delays and its exponent β of followers, jointly over all cascades.

    Each event i calls forth others at the rate κ m_i^β g(t − t_i), where κ, how catching
    the cascade's content is, has a gamma distribution over cascades and is integrated
    out. Every cascade thus counts, also those that nobody passed on; a cascade that would
    be unknown had nobody passed it on enters given that somebody did. Only what
    came before the archive's window closed can be seen, and the likelihood says so. Times in
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
    closes_s
        Per cascade when the archive's window closes, in seconds since its root; by default
        just after the latest event of all cascades.
    whole
        Per cascade whether the archive saw it from its root on; others are left out, since
        the parents of what is seen of them may be unseen. By default all.
    truncated
        Per cascade whether it is known only because somebody passed it on; by default
        those with more than one event.
    resolution_s
        The tick of the times.
    with_intervals
        Whether to compute intervals.
    seed
        Decides which cascades are sampled; None where they were, by `sampled`.

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
    'only 1 retweets of originals that the archive saw from the start; 50 are needed to fit
    a kernel, so the published one stands in'
    """
    if shape is not None and shape not in _SHAPES:
        raise UsageError("unknown kernel", got=repr(shape), allowed=", ".join(_SHAPES))
    sample = _sample(cascades, closes_s, whole, truncated, resolution_s, seed)
    events = int(sample.passed_on.sum())
    if events < FEWEST_EVENTS:
        reason = (
            f"only {events} retweets of originals that the archive saw from the start; "
            f"{FEWEST_EVENTS} are needed to fit a kernel, so the published one stands in"
        )
        values = {"rate_per_s": 6.8e-5, "beta": 1.0}
        return KernelFit(_PUBLISHED, values, events=events, cannot_tell=reason)
    fits = [_Fit.of(sample, _SHAPES[name](sample)) for name in ([shape] if shape else _SHAPES)]
    return min(fits, key=lambda one: one.cost(one.best) + len(one.best)).described(
        with_intervals=with_intervals
    )


def sampled(
    sizes: NDArray[np.int64], *, whole: NDArray[np.bool_] | None = None, seed: int = 0
) -> NDArray[np.int64]:
    """Return which cascades `fit` takes, in order: whole ones, until there are enough events.

    Parameters
    ----------
    sizes
        Events of each cascade.
    whole, seed
        As in `fit`.

    Examples
    --------
    >>> sampled(np.array([3, 1, 2])).tolist()
    [0, 1, 2]
    """
    order = stream(seed, 0).permutation(len(sizes) if whole is None else np.flatnonzero(whole))
    enough = np.searchsorted(np.cumsum(sizes[order]), MOST_EVENTS) + 1
    return np.sort(order[:enough])


@dataclass(frozen=True)
class _Fit:
    """A family with its cost at each point and the point where that is least."""

    sample: Sample
    family: Family
    bounds: Bounds
    best: Numbers

    @staticmethod
    def of(sample: Sample, family: Family) -> "_Fit":
        bounds = [*family.limits, _BETA, (-40.0, 40.0), _DISPERSION]
        start = np.array([*family.start, 0.5, _log_infectivity(sample), 0.0])
        best = minimum(lambda point: -log_likelihood(sample, family, point), start, bounds)
        return _Fit(sample, family, bounds, best)

    def cost(self, point: Numbers) -> float:
        return -log_likelihood(self.sample, self.family, point)

    def described(self, *, with_intervals: bool) -> KernelFit:
        names, events = [*self.family.names, "beta"], int(self.sample.passed_on.sum())

        def natural(values: Numbers) -> dict[str, float]:
            logged = zip(self.family.names, values, strict=False)
            return {name: math.exp(v) for name, v in logged} | {
                "beta": float(values[len(names) - 1])
            }

        found = {}
        if with_intervals:
            ends = np.array(intervals(self.cost, self.best, self.bounds, len(names), events)).T
            low, high = natural(ends[0]), natural(ends[1])
            found = {name: (low[name], high[name]) for name in names}
        kernel = self.family.kernel(self.best)
        free = len(self.best)
        return KernelFit(kernel, natural(self.best), found, -self.cost(self.best), free, events)


def _sample(
    cascades: ExponentialPosterior,
    closes_s: Numbers | None,
    whole: NDArray[np.bool_] | None,
    truncated: NDArray[np.bool_] | None,
    resolution_s: float,
    seed: int | None,
) -> Sample:
    """Return the cascades that `sampled` draws, or all."""
    sizes = np.diff(cascades.offsets)
    latest = cascades.times_s.max(initial=0.0) + resolution_s
    closes = np.full(len(sizes), latest) if closes_s is None else closes_s
    known = sizes > 1 if truncated is None else truncated
    kept = np.arange(len(sizes)) if seed is None else sampled(sizes, whole=whole, seed=seed)
    ends = np.cumsum(sizes[kept])
    rows = np.arange(sizes[kept].sum()) + np.repeat(
        cascades.offsets[kept] - ends + sizes[kept], sizes[kept]
    )
    logs = np.log(cascades.marks[rows])
    return Sample(
        cascades.times_s[rows],
        logs - logs.mean() if len(logs) else logs,
        np.append(0, ends),
        np.maximum(np.repeat(closes[kept], sizes[kept]) - cascades.times_s[rows], 0.0),
        known[kept],
        resolution_s,
    )


def _exponential_family(sample: Sample) -> Family:
    limits = (math.log(1e-8), -math.log(sample.resolution_s))
    return Family(
        ("rate_per_s",),
        [limits],
        [float(np.clip(-math.log(_typical_delay(sample)), *limits))],
        lambda point: exponential(math.exp(point[0]), beta=float(point[1])),
    )


def _omori_family(sample: Sample) -> Family:
    limits = [(math.log(max(sample.resolution_s, 0.1)), math.log(1e6)), (-3.0, 2.0)]
    longest_s = max(3e5, float(sample.times_s.max()))
    return Family(
        ("c_s", "theta"),
        limits,
        [float(np.clip(math.log(_typical_delay(sample)), *limits[0])), -0.5],
        lambda point: omori(
            math.exp(point[0]), math.exp(point[1]), beta=float(point[2]), longest_s=longest_s
        ),
    )


_SHAPES: dict[str, Callable[[Sample], Family]] = {
    "exponential": _exponential_family,
    "omori": _omori_family,
}


def _typical_delay(sample: Sample) -> float:
    """Return a first guess: the median time since the root, halved thrice."""
    since_root = np.delete(sample.times_s, sample.offsets[:-1])
    return max(float(np.median(since_root)) / 8, sample.resolution_s)


def _log_infectivity(sample: Sample) -> float:
    return math.log(sample.passed_on.sum() / np.exp(0.5 * sample.log_marks).sum())
