"""Originals that draw more or fewer retweets than their author's followers foretell."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from spread._compile import kernel
from spread._random import stream
from spread.excitation import ExponentialPosterior, Kernel

Numbers = NDArray[np.float64]

_NODES = 8
# Sums over 20 components of so many events fit into 100 MB.
_BLOCK = 100_000
# Cascades at a time: their grid of effects fits into the cache.
_ROWS = 8_192
_MOST_ASKED = 100_000
_LOG_GRID = np.linspace(np.log(0.02), np.log(300.0), 50)
# The grid's step is 0.2: it cannot hold a narrower prior.
_LEAST_SPREAD = 0.15


class _Block(NamedTuple):
    """Some cascades, the rows of their events, and where each begins among these."""

    cascades: NDArray[np.int64]
    events: NDArray[np.int64]
    offsets: NDArray[np.int64]


_Measure: TypeAlias = Callable[[ExponentialPosterior, NDArray[np.int64]], Numbers]


@dataclass(frozen=True, repr=False, eq=False)
class RootEffect:
    """A posterior over parents in which each root counts ρ times, ρ known up to a posterior.

    ρ takes `_NODES` equally likely values a cascade. Given ρ, parents are independent.

    Attributes
    ----------
    least
        The posterior under each cascade's smallest ρ.
    factors
        Shape (cascades, nodes): each ρ over the smallest.
    """

    least: ExponentialPosterior
    factors: Numbers

    def draw(self, rng: np.random.Generator) -> NDArray[np.int32]:
        """Return one parent array, −1 at roots: one ρ a cascade, then parents."""
        return self.draw_some([rng], np.ones(len(self.factors), bool))[0]

    def draw_some(
        self, rngs: Sequence[np.random.Generator], wanted: NDArray[np.bool_]
    ) -> NDArray[np.int32]:
        """Return, a row a generator, what `draw` gives to cascades that are wanted, else −1."""
        trees = self.least.draw_some(rngs, wanted)
        for parents, rng in zip(trees, rngs, strict=True):
            node = rng.integers(0, self.factors.shape[1], len(self.factors))
            factor = self.factors[np.arange(len(self.factors)), node]
            uniforms = rng.random(len(parents))
            _move_to_roots(parents, uniforms, self.least.offsets, wanted, factor, self._of_root)
        return trees

    def probabilities(self, row: int) -> Numbers:
        """Return the probabilities of the cascade's events before `row` as its parent."""
        p = self.least.probabilities(row) * self._other_factor[row]
        p[0] *= self._root_factor[row] / self._other_factor[row]
        return p

    def probability(self, parents: NDArray[np.int32]) -> Numbers:
        """Return, per row, the probability of the parent named; 1 at roots."""
        of_root = parents == self._root
        factor = np.where(of_root, self._root_factor, self._other_factor)
        return np.where(parents < 0, 1.0, self.least.probability(parents) * factor)

    def entropy(self) -> Numbers:
        """Return, per row, the entropy of its parent in nats; NaN at roots."""
        root, other = self._of_root, 1 - self._of_root
        before = self.least.entropy() + _p_log_p(root)
        factor = self._other_factor
        after = factor * before - other * factor * np.log(factor)
        return np.asarray(np.maximum(after - _p_log_p(np.minimum(root * self._root_factor, 1)), 0))

    def expected_depth(self) -> Numbers:
        """Return, per row, the expected depth."""
        found = np.zeros(len(self.least.times_s))
        for block, values in self._means(self._retweeted, lambda one, _: one.expected_depth()):
            found[block.events] = values
        return found

    def expected_virality(self) -> Numbers:
        """Return, per cascade, the expected structural virality; NaN for one event."""
        found = np.full(len(self.factors), np.nan)
        for block, values in self._means(self._retweeted, lambda one, _: one.expected_virality()):
            found[block.cascades] = values
        return found

    def expected_credit(self, counted: Numbers | None = None) -> Numbers:
        """Return, per row, the expected Shapley credit for the events counted."""
        weights = np.ones(len(self.least.times_s)) if counted is None else counted
        found = np.zeros(len(weights))
        some = np.bincount(self._cascade[weights != 0], minlength=len(self.factors)) > 0
        for block, values in self._means(some, lambda one, at: one.expected_credit(weights[at])):
            found[block.events] = values
        return found

    def _means(
        self, wanted: NDArray[np.bool_], measure: _Measure
    ) -> Iterator[tuple[_Block, Numbers]]:
        """Yield means over ρ for the cascades wanted, some cascades at a time, over threads."""

        def mean(block: _Block) -> Numbers:
            unit, events, nodes = self.least.kernel, block.events, self.factors.shape[1]
            times, marks = self.least.times_s[events], self.least.marks[events]
            least = ExponentialPosterior(times, marks, block.offsets, unit)
            total = np.zeros(())
            for node in range(nodes):
                one = _with_roots(least, self.factors[block.cascades, node])
                total = total + measure(one, events)
            return np.asarray(total / nodes)

        blocks = _blocks(self.least.offsets, wanted)
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            yield from zip(blocks, pool.map(mean, blocks), strict=True)

    @cached_property
    def _retweeted(self) -> NDArray[np.bool_]:
        return np.asarray(np.diff(self.least.offsets) > 1)

    @cached_property
    def _cascade(self) -> NDArray[np.int64]:
        return np.repeat(np.arange(len(self.factors)), np.diff(self.least.offsets))

    @cached_property
    def _root(self) -> NDArray[np.int32]:
        return _roots(self.least.offsets)

    @cached_property
    def _of_root(self) -> Numbers:
        return _probability_of_root(self.least)

    @cached_property
    def _root_factor(self) -> Numbers:
        """Return, per row, by how much the mean over ρ raises the probability of the root."""
        return self._mean_over_nodes(of_root=True)

    @cached_property
    def _other_factor(self) -> Numbers:
        """Return, per row, by how much it lowers that of every other parent."""
        return self._mean_over_nodes(of_root=False)

    def _mean_over_nodes(self, *, of_root: bool) -> Numbers:
        total = np.zeros(len(self._cascade))
        for node in range(self.factors.shape[1]):
            factor = self.factors[:, node][self._cascade]
            total += (factor if of_root else 1.0) / (1 + (factor - 1) * self._of_root)
        return total / self.factors.shape[1]


@kernel
def _move_to_roots(
    parents: NDArray[np.int32],
    uniforms: Numbers,
    offsets: NDArray[np.int64],
    wanted: NDArray[np.bool_],
    factor: Numbers,
    of_root: Numbers,
) -> None:
    """Give events of the cascades wanted to their roots as far as these count more; O(n)."""
    for cascade in range(len(factor)):
        if wanted[cascade]:
            more = factor[cascade] - 1.0
            for k in range(offsets[cascade] + 1, offsets[cascade + 1]):
                if uniforms[k] < more * of_root[k] / (1.0 + more * of_root[k]):
                    parents[k] = offsets[cascade]


Prior = tuple[float, float, float]
"""κ, and the centre and spread of ln ρ."""


def _blocks(offsets: NDArray[np.int64], wanted: NDArray[np.bool_]) -> list[_Block]:
    """Return the cascades wanted in blocks of about `_BLOCK` events, whole cascades each."""
    cascades = np.flatnonzero(wanted)
    sizes = np.diff(offsets)[cascades]
    cuts = np.flatnonzero(np.diff((np.cumsum(sizes) - sizes) // _BLOCK)) + 1
    blocks = []
    for some in np.split(cascades, cuts) if len(cascades) else []:
        counts = offsets[some + 1] - offsets[some]
        within = np.append(0, np.cumsum(counts))
        events = np.arange(within[-1]) + np.repeat(offsets[some] - within[:-1], counts)
        blocks.append(_Block(some, events, within))
    return blocks


def with_root_effect(
    posterior: ExponentialPosterior,
    *,
    closes_s: Numbers,
    seen_whole: NDArray[np.bool_],
    seed: int = 0,
) -> tuple[RootEffect, dict[str, object]]:
    """Return the posterior in which each original has an effect ρ of its own.

    The rate of retweets is κ (ρ f_0 g(t) + Σ_i f_i g(t − t_i)), with ln ρ ~ N(μ, σ²) over
    cascades; κ, μ and σ by empirical Bayes (maximum likelihood, ρ summed
    out on a grid) over the cascades seen whole, of which `seed` draws 100,000 where there
    are more, the kernel as it is. O(events × grid + cascades × grid × steps).
    """
    asked = asked_of(np.diff(posterior.offsets), seen_whole, seed=seed)
    likelihood = _likelihood(posterior, closes_s)
    prior = _prior([part[asked] for part in likelihood])
    return _effect(posterior, likelihood, prior), told_of(prior)


def asked_of(
    sizes: NDArray[np.int64], seen_whole: NDArray[np.bool_], *, seed: int
) -> NDArray[np.int64]:
    """Return the cascades that the prior is fitted to."""
    if not np.any(sizes[seen_whole] > 1):
        seen_whole = np.ones(len(sizes), bool)
    whole = np.flatnonzero(seen_whole)
    if len(whole) <= _MOST_ASKED:
        return whole
    return np.sort(stream(seed, 1).permutation(whole)[:_MOST_ASKED])


def prior_of(posterior: ExponentialPosterior, closes_s: Numbers) -> Prior:
    """Return the prior that fits these cascades, all of them."""
    return _prior(_likelihood(posterior, closes_s))


def with_prior(posterior: ExponentialPosterior, closes_s: Numbers, prior: Prior) -> RootEffect:
    """Return the posterior in which each original has an effect, whose prior is known."""
    return _effect(posterior, _likelihood(posterior, closes_s), prior)


def told_of(prior: Prior) -> dict[str, object]:
    """Return what is said of a prior."""
    median, spread = float(np.exp(prior[1])), float(prior[2])
    return {"root_effect_median": median, "root_effect_log_sd": spread}


def _likelihood(posterior: ExponentialPosterior, closes_s: Numbers) -> list[Numbers]:
    """Return per cascade what the grid's ρ make of it, its retweets, and its exposure."""
    offsets, kernel = posterior.offsets, posterior.kernel
    sizes = np.diff(offsets)
    cascade = np.repeat(np.arange(len(sizes)), sizes)
    f = posterior.marks**kernel.beta
    exposure = f * _grown(kernel, closes_s[cascade] - posterior.times_s)
    of_root = exposure[offsets[:-1]]
    of_others = np.bincount(cascade, exposure, len(sizes)) - of_root
    share = _probability_of_root(posterior)
    effects = np.exp(_LOG_GRID)
    told = np.empty((len(sizes), len(effects)))
    for place, rho in enumerate(effects):
        told[:, place] = np.bincount(cascade, np.log1p(share * (rho - 1)), len(sizes))
    retweets = (sizes - 1).astype(np.float64)
    return [told, retweets, of_root, of_others]


def _effect(posterior: ExponentialPosterior, likelihood: list[Numbers], prior: Prior) -> RootEffect:
    kernel, offsets = posterior.kernel, posterior.offsets
    f = posterior.marks**kernel.beta
    effects = np.exp(_LOG_GRID)
    nodes = _by_rows(
        lambda rows: _quantiles(_belief([part[rows] for part in likelihood], effects, *prior)),
        len(posterior.offsets) - 1,
    )
    unit = Kernel(kernel.name, kernel.rates_per_s, kernel.weights, 1.0)
    f[offsets[:-1]] *= nodes[:, 0]
    least = ExponentialPosterior(posterior.times_s, f, offsets, unit)
    return RootEffect(least, nodes / nodes[:, :1])


def _by_rows(function: Callable[[slice], Numbers], rows: int) -> Numbers:
    """Return what a function of some rows gives for all, over threads; it spares memory."""
    slices = [slice(first, first + _ROWS) for first in range(0, max(rows, 1), _ROWS)]
    if len(slices) == 1:
        return function(slices[0])
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        return np.concatenate(list(pool.map(function, slices)))


def _belief(
    likelihood: list[Numbers],
    effects: Numbers,
    kappa: float,
    centre: float,
    spread: float,
) -> Numbers:
    """Return P(ρ) per cascade over the grid."""
    logs = _logs(likelihood, effects, kappa, centre, spread)
    weights = np.exp(logs - logs.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _logs(
    likelihood: list[Numbers], effects: Numbers, kappa: float, centre: float, spread: float
) -> Numbers:
    """Return the logarithm of prior times likelihood, per cascade over the grid."""
    told, retweets, of_root, of_others = likelihood
    prior = -(((_LOG_GRID - centre) / spread) ** 2) / 2
    prior -= np.log(np.sum(np.exp(prior)))
    constant = retweets * np.log(kappa) - kappa * of_others
    return np.asarray(told + prior + constant[:, None] - kappa * np.outer(of_root, effects))


def _prior(likelihood: list[Numbers]) -> Prior:
    """Return the prior by maximum likelihood."""
    effects = np.exp(_LOG_GRID)
    _, retweets, of_root, of_others = likelihood
    start = np.log(retweets.sum() / (of_root + of_others).sum())

    def cost(point: Numbers) -> float:
        prior = (np.exp(point[0]), point[1], np.exp(point[2]))

        def evidence(rows: slice) -> Numbers:
            logs = _logs([part[rows] for part in likelihood], effects, *prior)
            most = logs.max(axis=1)
            return np.asarray(most + np.log(np.exp(logs - most[:, None]).sum(axis=1)))

        return -float(np.sum(_by_rows(evidence, len(retweets))))

    scale = 1 / max(len(retweets), 1)
    found = minimize(
        lambda point: scale * cost(point),
        [start, 0.0, np.log(0.7)],
        method="L-BFGS-B",
        bounds=[(start - 5, start + 5), (-3.0, 4.0), (np.log(_LEAST_SPREAD), np.log(3.0))],
    ).x
    return float(np.exp(found[0])), float(found[1]), float(np.exp(found[2]))


def _quantiles(belief: Numbers) -> Numbers:
    """Return the middles of equally likely parts of each row's belief, as ρ."""
    at = (np.arange(_NODES) + 0.5) / _NODES
    below = np.cumsum(belief, axis=1) - belief / 2
    step = _LOG_GRID[1] - _LOG_GRID[0]
    nodes = np.empty((len(belief), _NODES))
    rows = np.arange(len(belief))
    for node, share in enumerate(at):
        right = np.clip((below < share).sum(axis=1), 1, belief.shape[1] - 1)
        low, high = below[rows, right - 1], below[rows, right]
        part = np.clip((share - low) / np.maximum(high - low, 1e-300), 0, 1)
        nodes[:, node] = _LOG_GRID[right - 1] + part * step
    return np.exp(nodes)


def _grown(kernel: Kernel, seconds: Numbers) -> Numbers:
    """Return ∫ g from 0 to each time."""
    total = np.zeros(len(seconds))
    for rate, weight in zip(kernel.rates_per_s, kernel.weights, strict=True):
        total -= weight / rate * np.expm1(-rate * np.maximum(seconds, 0.0))
    return total


def _with_roots(posterior: ExponentialPosterior, factors: Numbers) -> ExponentialPosterior:
    marks = posterior.marks.copy()
    marks[posterior.offsets[:-1]] *= factors
    return posterior.with_marks(marks)


def _roots(offsets: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return each row's root row, −1 at roots."""
    roots = np.repeat(offsets[:-1], np.diff(offsets)).astype(np.int32)
    roots[offsets[:-1]] = -1
    return roots


def _probability_of_root(posterior: ExponentialPosterior) -> Numbers:
    """Return the probability of the root as parent, 0 at roots."""
    p = posterior.probability(_roots(posterior.offsets))
    p[posterior.offsets[:-1]] = 0.0
    return np.minimum(p, 1.0)


def _p_log_p(p: Numbers) -> Numbers:
    return np.asarray(p * np.log(np.where(p > 0, p, 1.0)))
