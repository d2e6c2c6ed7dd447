"""Draws in which one type may feed another, or not at all."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel
from spread.hawkes._gibbs import known
from spread.hawkes._objective import Objective
from spread.hawkes._result import quantiles
from spread.hawkes._search import root_of

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

_THIN, _WARM, _PILOT, _FAR = 3, 30, 40, 2.0
_SLAB, _FEWEST, _SURE = 0.5, 20, 0.95
_WIDER, _LEAST_VARIANCE, _LEAST_SHAPE = 1.3, 1e-6, 0.7
_TINY, _HUGE, _NOTHING_LEFT = 1e-250, 1e250, 1e-12


def fed_or_not(
    objective: Objective, x: Numbers, draws: Numbers, rng: np.random.Generator, *, each: int = 5
) -> Numbers:
    """Return so many draws of scales and branching for each of the course, and of the kernel.

    A prior that lets every type feed every other one to some extent takes from those that
    do, the more the more types there are. So a type feeds another one, or not at all: then the
    branching is 0. How many pairs feed is learned from the data (uniform prior). What a target
    gets from outside, from its own kind, and from a source that feeds it has a flat prior (the
    latter, as a share of its events, an exponential of mean 1/2). Sources are switched by
    Metropolis–Hastings, proposed from a gamma variable that is like draws in which all
    feed; then each event's origin is drawn, and given these each weight (Gibbs), and the kernel
    moves by Metropolis' steps: beside sources that feed nothing it is fitted too fast. Networks of
    this kind: Linderman, Adams 2014, https://doi.org/10.48550/arXiv.1402.0914; the switch:
    Carlin, Chib 1995, https://doi.org/10.1111/j.2517-6161.1995.tb02042.x
    """
    where, types = objective.slices, objective.types
    rows = np.setdiff1d(np.arange(objective.given, len(objective.events)), objective.first)
    kinds = objective.events.types[rows]
    switched = np.vstack([np.zeros((1, types)), 1 - np.eye(types)]) > 0
    found = np.repeat(draws, each, axis=0)
    expected = np.vstack([x[where["scales"]] * objective.unit, objective.branching(x)])
    odds, shape = 0.0, draws[0, where["shape"]]
    step = _FAR * root_of(np.atleast_2d(np.cov(draws[:, where["shape"]].T))) / len(shape) ** 0.5
    for i in range(len(draws)):
        here = found[i * each : (i + 1) * each]
        here[:, where["shape"]] = shape
        pulls, totals = known(objective, here[0], rows)
        even = [_evened(pulls[kinds == k], totals[:, k]) for k in range(types)]
        if i == 0:
            expected = np.maximum(expected * totals, 1.0)
            offered = [_offered(even[k], expected[:, k], rng) for k in range(types)]
        weights = np.empty((each, types + 1, types))
        for k in range(types):
            shapes, scales = offered[k]
            start, kept = expected[:, k].copy(), weights[:, :, k]
            switches(even[k], start, switched[:, k], shapes, scales, rng, kept, _THIN, odds)
            expected[:, k] = start
        odds = _odds(int(np.count_nonzero(expected[switched])), int(switched.sum()), rng)
        weights /= np.where(totals > 0, totals, np.inf)
        here[:, where["scales"]] = weights[:, 0] / objective.unit
        here[:, where["branching"]] = weights[:, 1:].reshape(each, -1)
        moved = here[-1].copy()
        moved[where["shape"]] += step @ rng.standard_normal(len(shape))
        if _inside(objective, moved):
            other = _log_likelihood(*known(objective, moved, rows), weights[-1], kinds)
            if math.log(rng.random()) < other - _log_likelihood(pulls, totals, weights[-1], kinds):
                shape = moved[where["shape"]]
    lower, upper = objective.limits
    return np.clip(found, lower, upper)


def _odds(on: int, pairs: int, rng: np.random.Generator) -> float:
    """Return the logarithm of the odds that a pair feeds, drawn given how many do."""
    chance = rng.beta(1 + on, 1 + pairs - on)
    return math.log(chance / (1 - chance))


def _inside(objective: Objective, x: Numbers) -> bool:
    lower, upper = (ends[objective.slices["shape"]] for ends in objective.limits)
    return bool(
        ((x[objective.slices["shape"]] - lower) * (upper - x[objective.slices["shape"]]) >= 0).all()
    )


def _log_likelihood(pulls: Numbers, totals: Numbers, weights: Numbers, kinds: Whole) -> float:
    rates = np.einsum("ip,pi->i", pulls, weights[:, kinds])
    return float(np.log(rates).sum() - np.sum(totals * weights))


def reach(values: Numbers, branching: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return mean, lower and upper end of drawn values a pair of types.

    Shapes (draws, sources, targets) both. Where the source feeds the target in 95 % of the draws
    they are those of these. Elsewhere the upper end is (that of the twenty in which it does most,
    where there are fewer): how likely it is that it does not feed it must not hide how much it may.
    """
    mean, (low, high) = values.mean(axis=0), quantiles(values)
    for i, j in np.ndindex(mean.shape):
        count = int((branching[:, i, j] > 0).sum())
        order = np.argsort(-branching[:, i, j], kind="stable")
        feeding = values[order[: max(_FEWEST, count)], i, j]
        ends = quantiles(feeding)
        high[i, j] = max(high[i, j], ends[1])
        if count >= _SURE * len(values):
            mean[i, j], low[i, j], high[i, j] = feeding.mean(), *ends
    return mean, np.minimum(low, mean), np.maximum(high, mean)


def pairs(
    names: Sequence[str], shares: Numbers, branching: Numbers, events: NDArray[np.int64], p: Numbers
) -> Iterator[tuple[int, int, dict[str, object]]]:
    """Return the places of each pair of types, and what of the one traces back to the other.

    `shares` and `branching` are draws (draws, sources, targets), `events` the targets' numbers
    and `p` the chance of each pair's share where nothing feeds anything.
    """
    (share, low, high), (fed, least, most) = (reach(a, branching) for a in (shares, branching))
    for i, source in enumerate(names):
        for j, target in enumerate(names):
            yield (
                i,
                j,
                {
                    "source": source,
                    "target": target,
                    "events": int(events[j]),
                    "share": share[i, j],
                    "share_low": low[i, j],
                    "share_high": high[i, j],
                    "branching": fed[i, j],
                    "branching_low": least[i, j],
                    "branching_high": most[i, j],
                    "p_null": p[i, j],
                },
            )


def _evened(pulls: Numbers, totals: Numbers) -> Numbers:
    """Return pulls in units in which a weight is the number of events that are expected."""
    return np.where(totals > 0, pulls / np.where(totals > 0, totals, 1.0), 0.0)


def _offered(pulls: Numbers, begin: Numbers, rng: np.random.Generator) -> Numbers:
    """Return shape and scale of a gamma variable a source, like draws in which all feed."""
    start = begin.copy()
    kept, all_feed = np.empty((_PILOT, len(start))), np.zeros(len(start), dtype=np.bool_)
    one = np.ones(len(start))
    switches(pulls, start, all_feed, one, one, rng, np.empty((1, len(start))), _WARM, 0.0)
    switches(pulls, start, all_feed, one, one, rng, kept, 2, 0.0)
    mean, variance = kept.mean(axis=0), _WIDER * kept.var(axis=0) + _LEAST_VARIANCE
    shape = np.maximum(mean**2 / variance, _LEAST_SHAPE)
    return np.array([shape, mean / shape])


@kernel
def switches(
    pulls: Numbers,
    weights: Numbers,
    switched: Flags,
    shapes: Numbers,
    scales: Numbers,
    rng: np.random.Generator,
    kept: Numbers,
    thin: int,
    log_odds: float,
) -> None:
    """Fill `kept`, (draws, sources), with weights of one target's sources; `weights` move on.

    `pulls` (n, sources) have totals of 1. A sweep costs O(n S).
    """
    n, sources = pulls.shape
    rates, counts = np.empty(n), np.empty(sources)
    slab = 1.0 / (_SLAB * max(n, 1))
    for sweep in range(len(kept) * thin):
        for i in range(n):
            rates[i] = 0.0
            for p in range(sources):
                rates[i] += pulls[i, p] * weights[p]
        for p in range(sources):
            if switched[p]:
                old = weights[p]
                new = rng.standard_gamma(shapes[p]) * scales[p] if old == 0.0 else 0.0
                size = max(old, new)
                # ln of the prior's density over the proposal's.
                odds = log_odds + np.log(slab) - slab * size + math.lgamma(shapes[p])
                odds += shapes[p] * np.log(scales[p]) + size / scales[p]
                odds -= (shapes[p] - 1.0) * np.log(size)
                gained = risen(pulls[:, p], rates, new - old) + (odds if new > old else -odds)
                if np.log(rng.random()) < gained:
                    weights[p] = new
                    for i in range(n):
                        rates[i] += pulls[i, p] * (new - old)
        for p in range(sources):
            counts[p] = 0.0
        for i in range(n):
            left, p = rng.random() * rates[i] - pulls[i, 0] * weights[0], 0
            while left >= 0.0 and p < sources - 1:
                p += 1
                left -= pulls[i, p] * weights[p]
            counts[p] += 1.0
        for p in range(sources):
            if weights[p] > 0.0:
                more = slab if switched[p] else 0.0
                weights[p] = rng.standard_gamma(counts[p] + 1.0) / (1.0 + more)
            if (sweep + 1) % thin == 0:
                kept[sweep // thin, p] = weights[p]


@kernel
def risen(pulls: Numbers, rates: Numbers, more: float) -> float:
    """Return by how much the log-likelihood rises with a source's weight."""
    value, product = -more, 1.0
    for i in range(len(rates)):
        ratio = 1.0 + more * pulls[i] / rates[i]
        # What only this source can have called forth cannot do without it.
        if ratio <= _NOTHING_LEFT:
            return -np.inf
        product *= ratio
        if product < _TINY or product > _HUGE:
            value += np.log(product)
            product = 1.0
    return float(value + np.log(product))
