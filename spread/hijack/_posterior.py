"""The joint posterior over onset and ramp, on a grid that closes in on the change."""

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from spread.hijack._concentration import concentration
from spread.hijack._ramp import Floats, log_dirichlet, ramp, shapes, share_after, surface
from spread.hijack._units import Units

_CELLS = 256
_COARSE = 64
_ROUNDS = 4
_NEGLIGIBLE = 12.0
_LONGEST_S = 7200.0
_LONG = 8
_BLOCKS = (40, 20)
_LEAST_A_BLOCK = 25
_LEAST_FREEDOM = 10


@dataclass(frozen=True, eq=False)
class RampPosterior:
    """Posterior over (onset, ramp, shape), and what is needed to draw shares from it.

    `edges_s` bound the cells of onset; `weights` is onset cell × ramp × shape, sum 1.
    `log_bayes_factor` is of a turn against no change, `log_bayes_factor_drift` of a drift over
    the archive.
    """

    edges_s: Floats
    ramps_s: Floats
    weights: Floats
    log_bayes_factor: float
    log_bayes_factor_drift: float
    overdispersion: float
    concentration: float
    times_s: Floats
    cumulative: Floats
    alpha: float

    @property
    def onsets_s(self) -> Floats:
        """The middle of each cell of onset."""
        return np.asarray((self.edges_s[1:] + self.edges_s[:-1]) / 2)

    def allocate(self, onset: int, ramp_index: int, shape: int) -> tuple[Floats, Floats]:
        """Return the expected counts from before and after the change at a grid point."""
        edges, levels = shapes()
        before, after = np.empty((2, self.cumulative.shape[1]))
        ramp(
            self.times_s, self.cumulative, self.alpha, self.onsets_s[onset],
            self.ramps_s[ramp_index], edges[shape], levels[shape], before, after,
            np.zeros((2, len(before))),
        )  # fmt: skip
        return before, after

    def draw(self, rng: np.random.Generator, size: int) -> tuple[Floats, Floats, Floats]:
        """Draw (onset s, ramp s, shares 2 × K) from the posterior: `size` of each."""
        cells = rng.choice(self.weights.size, size=size, p=self.weights.ravel())
        places = np.stack(np.unravel_index(cells, self.weights.shape), axis=1)
        shares = np.empty((size, 2, self.cumulative.shape[1]))
        for place in np.unique(places, axis=0):
            same = np.flatnonzero((places == place).all(axis=1))
            for side, counts in enumerate(self.allocate(*place)):
                shares[same, side] = rng.dirichlet(self.alpha + counts, size=same.size)
        within = rng.random(size) * np.diff(self.edges_s)[places[:, 0]]
        return self.edges_s[places[:, 0]] + within, self.ramps_s[places[:, 1]], shares


def posterior(counted: Units, *, prior: float) -> RampPosterior:
    """Return the posterior for units.

    How alike those in one cascade are is fitted around the best change of a first pass, in
    which each cascade is one choice. Weights take all that one author begins for one choice,
    and neighbours may depend on each other beyond that: a subject of the hour, night in one
    camp's country. So the variance between blocks of units around the best change, over
    what the weights imply, divides the counts of a last pass (quasi-likelihood, McCullagh
    1983, doi:10.1214/aos/1176346056).
    """
    found = _pass(counted, prior)
    phi = concentration(counted.counts, chances(found))
    if phi > 0:
        found = _pass(counted, prior, phi=phi)
    excess = overdispersion(found, counted.categories(phi))
    return found if excess == 1 else _pass(counted, prior, phi=phi, excess=excess)


def log_bayes_factor(counted: Units, like: RampPosterior, *, prior: float) -> float:
    """Return the log Bayes factor of other units, as dispersed as those of `like`, coarsely."""
    found = _pass(counted, prior, phi=like.concentration, excess=like.overdispersion, cells=_COARSE)
    return found.log_bayes_factor


def chances(found: RampPosterior) -> Floats:
    """Return the probability of each camp at the time of each unit, at the best change."""
    onset, at, shape = np.unravel_index(int(np.argmax(found.weights)), found.weights.shape)
    before, after = found.allocate(int(onset), int(at), int(shape))
    p0, p1 = ((found.alpha + c) / (found.alpha + c).sum() for c in (before, after))
    gone = share_after(found.times_s, found.onsets_s[onset], found.ramps_s[at], int(shape))
    return np.asarray((1 - gone)[:, None] * p0 + gone[:, None] * p1)


def overdispersion(found: RampPosterior, categories: Floats) -> float:
    """Return the variance of blocks of units around the best change over that implied.

    The larger of that of 40 and of 20 blocks. At least the geometric mean of what weights
    imply when units are independent (Σw²/Σw) and when an author's are one choice (1): few
    blocks are no proof of independence. It is 1 where there are too few.
    """
    chance = chances(found)
    weight = categories.sum(axis=1)
    expected = weight[:, None] * chance
    # One ratio of sums: a camp that is rare on one side would blow up a mean of ratios.
    implied = np.sum(expected * (1 - chance))
    ratios = []
    for most in _BLOCKS:
        blocks = min(most, len(categories) // _LEAST_A_BLOCK)
        free = blocks * (chance.shape[1] - 1) - 2 * chance.shape[1]
        if free >= _LEAST_FREEDOM:
            starts = np.linspace(0, len(categories), blocks + 1).astype(int)[:-1]
            residual = np.add.reduceat(categories - expected, starts)
            ratios.append(np.sum(residual**2) / implied * blocks * (chance.shape[1] - 1) / free)
    if not ratios:
        return 1.0
    return float(max(*ratios, np.sqrt(np.sum(weight**2) / weight.sum())))


def shortest(values: Floats, weights: Floats, *, mass: float = 0.95) -> tuple[int, int]:
    """Return where the shortest interval that holds a share of the weight begins and ends.

    The two are indices into `values`; the interval is the HDI where there is one mode.

    Examples
    --------
    >>> shortest(np.array([0.0, 1.0, 2.0, 9.0]), np.array([0.3, 0.4, 0.28, 0.02]))
    (0, 2)
    """
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    reached = np.concatenate([[0.0], np.cumsum(weights[order])])
    ends = np.searchsorted(reached, reached[:-1] + mass * reached[-1] - 1e-12)
    fits = np.flatnonzero(ends < len(reached))
    widths = ordered[ends[fits] - 1] - ordered[fits]
    best = fits[int(np.argmin(widths))]
    return int(order[best]), int(order[ends[best] - 1])


def median(values: Floats, weights: Floats) -> float:
    """Return the weighted median.

    Examples
    --------
    >>> median(np.array([3.0, 1.0, 2.0]), np.array([0.2, 0.2, 0.6]))
    2.0
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _pass(
    counted: Units, prior: float, *, phi: float = 0.0, excess: float = 1.0, cells: int = _CELLS
) -> RampPosterior:
    times_s, categories = counted.times_s, counted.categories(phi)
    cumulative = np.vstack([np.zeros(categories.shape[1]), np.cumsum(categories, axis=0)]) / excess
    alpha = prior / categories.shape[1]
    ramps_s = _ramps(times_s[-1] - times_s[0])
    curve = _prior_curve(times_s)
    low, high = 0.0, 1.0
    for _ in range(_ROUNDS):
        heights, _ = _heights(times_s, cumulative, alpha, ramps_s, curve, low, high, _COARSE)
        closer = _closer(heights, low, high)
        if closer is None:
            break
        low, high = closer
    heights, edges = _heights(times_s, cumulative, alpha, ramps_s, curve, low, high, cells)
    whole = float(logsumexp(heights))
    # The prior is uniform over cells, ramps and shapes; cells left out have no weight left.
    log_prior = np.log(high - low) - np.log(heights.size)
    none = log_dirichlet(cumulative[-1], alpha)
    drift = _drift(times_s, cumulative, alpha) - none
    return RampPosterior(
        edges, ramps_s, np.exp(heights - whole), whole + float(log_prior) - none, drift, excess,
        phi, times_s, cumulative, alpha,
    )  # fmt: skip


def _drift(times_s: Floats, cumulative: Floats, alpha: float) -> float:
    """Return the log evidence of a linear change over the whole span, or half of a long one.

    In a short archive half of the span is a ramp like others.
    """
    span = float(times_s[-1] - times_s[0])
    longest = _ramps(span)[-1]
    places = [(0.0, 1.0)]
    if span > _LONG * longest:
        places += [(0.0, 0.5), (0.25, 0.5), (0.5, 0.5)]
    edges, levels = shapes()
    each = [
        surface(
            times_s, cumulative, alpha, times_s[0] + span * np.array([start]),
            span * np.array([length]), edges[:1], levels[:1],
        )[0, 0, 0]
        for start, length in places
    ]  # fmt: skip
    return float(logsumexp(each) - np.log(len(places)))


def _heights(
    times_s: Floats, cumulative: Floats, alpha: float, ramps_s: Floats,
    curve: tuple[Floats, Floats], low: float, high: float, count: int,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Return the log evidence over a part of the prior's range, and its cells' edges."""
    edges = np.interp(np.linspace(low, high, count + 1), curve[1], curve[0])
    middles = (edges[1:] + edges[:-1]) / 2
    return surface(times_s, cumulative, alpha, middles, ramps_s, *shapes()), edges


def _ramps(span_s: float) -> Floats:
    """Return the ramps of the grid: none, then 1 min to 2 h or a twentieth of the span."""
    longest = max(_LONGEST_S, span_s / 20)
    return np.append(0.0, np.geomspace(60.0, longest, 2 + int(2 * np.log2(longest / 60.0))))


def _prior_curve(times_s: Floats) -> tuple[Floats, Floats]:
    """Return the prior of the onset, cumulated: half by the clock, half by order of units.

    By the clock alone, a silent night would outweigh the busy hours; by order alone, a
    change could not fall into a silence.
    """
    times, counts = np.unique(times_s, return_counts=True)
    clock = (times - times[0]) / max(times[-1] - times[0], 1e-9)
    order = (np.cumsum(counts) - counts[0]) / max(len(times_s) - counts[0], 1)
    return times, (clock + order) / 2


def _closer(heights: Floats, low: float, high: float) -> tuple[float, float] | None:
    """Return the part of the prior's range that still matters, if it is less than half."""
    onsets = logsumexp(heights, axis=(1, 2))
    matters = np.flatnonzero(onsets > onsets.max() - _NEGLIGIBLE)
    first, last = max(matters[0] - 2, 0), min(matters[-1] + 3, len(onsets))
    if last - first > len(onsets) / 2:
        return None
    width = (high - low) / len(onsets)
    return low + first * width, low + last * width
