"""Kernels of delays, and the posterior over parents that follows from one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spread._errors import UsageError
from spread.excitation import _recursions as recursions

Numbers = NDArray[np.float64]

# 24 nodes hold the credit to 6e-9 at a depth of 109; an event's depth is rarely above 30.
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(24)
_NODES, _NODE_WEIGHTS = (_NODES + 1) / 2, _NODE_WEIGHTS / 2
_ENTROPY_POINTS = 32
_LEAST = 1e-150


@dataclass(frozen=True)
class Kernel:
    """How the chance of being passed on falls with delay: a sum of exponentials.

    g(s) = Σ_c weights_c exp(−rates_per_s_c s), of any total; an author with m followers
    counts m ** beta times.

    Raises
    ------
    UsageError
        There is no rate, not one weight for each, or a number that cannot be used.

    Examples
    --------
    >>> exponential(0.01, beta=0.5)
    Kernel(name='exponential', rates_per_s=(0.01,), weights=(0.01,), beta=0.5)
    """

    name: str
    rates_per_s: tuple[float, ...]
    weights: tuple[float, ...]
    beta: float

    def __post_init__(self) -> None:
        numbers = (*self.rates_per_s, *self.weights)
        if (
            not len(self.rates_per_s) == len(self.weights) > 0
            or not all(math.isfinite(number) and number > 0 for number in numbers)
            or not math.isfinite(self.beta)
        ):
            raise UsageError(
                "the kernel cannot be used",
                got=repr(self),
                allowed="a weight for each rate, all finite and > 0, and a finite beta",
            )


def exponential(rate_per_s: float, *, beta: float = 1.0) -> Kernel:
    """Return the kernel r exp(−r s): half of what comes has come after ln 2 / r seconds.

    Raises
    ------
    UsageError
        The rate is not positive and finite.

    References
    ----------
    With β = 1 and a rate of 6.8e-5/s this is DebateNight: Rizoiu et al. 2018,
    https://doi.org/10.48550/arXiv.1802.09808 (a rate fixed beforehand, not fitted)

    Examples
    --------
    >>> exponential(6.8e-5).beta
    1.0
    """
    if not (math.isfinite(rate_per_s) and rate_per_s > 0):
        raise UsageError(
            "rate cannot be used", got=repr(rate_per_s), allowed="a number > 0, per second"
        )
    return Kernel("exponential", (float(rate_per_s),), (float(rate_per_s),), float(beta))


def omori(c_s: float, theta: float, *, beta: float = 1.0, longest_s: float = 3e5) -> Kernel:
    """Return the power law θ c^θ (s + c)^−(1+θ) as a sum of 20 exponentials.

    It is an average of exponentials, (s + c)^−(1+θ) = ∫ λ^θ e^{−λ(s+c)} dλ / Γ(1+θ), here
    summed at rates equally spaced in ln λ: within 0.1 % from 0 to 3·10⁵ s for c = 300 s,
    θ = 0.8.

    Parameters
    ----------
    c_s
        Delay in seconds below which the law is flat.
    theta
        Exponent less one.
    beta
        Exponent of the follower count.
    longest_s
        The longest delay that must be right.

    Raises
    ------
    UsageError
        c or θ is not positive and finite, or θ is so large that weights vanish.

    References
    ----------
    Utsu, Ogata, Matsu'ura 1995 (the law), https://doi.org/10.4294/jpe1952.43.1; for retweets:
    Mishra, Rizoiu, Xie 2016, https://doi.org/10.1145/2983323.2983812

    Examples
    --------
    >>> len(omori(300, 0.8).rates_per_s)
    20
    """
    if not all(math.isfinite(value) and value > 0 for value in (c_s, theta, longest_s)):
        raise UsageError(
            "the power law cannot be used",
            got=f"c={c_s!r}, theta={theta!r}, longest={longest_s!r}",
            allowed="numbers > 0",
        )
    top = math.log((8 + 2 * theta) / c_s)
    bottom = math.log(0.05 / (longest_s + c_s))
    grid = np.linspace(bottom, top, 20)
    rates = np.exp(grid)
    scale = math.log(theta) + theta * math.log(c_s) - math.lgamma(1 + theta)
    weights = np.exp((1 + theta) * grid - rates * c_s + scale) * (grid[1] - grid[0])
    # The slowest term stands for the whole integral below it.
    weights[0] *= 0.5 + 1 / ((1 + theta) * (grid[1] - grid[0]))
    if not weights.all():
        raise UsageError(
            "the power law falls too steeply for a sum of exponentials",
            got=f"theta={theta!r}",
            hint="Take an exponential kernel",
        )
    return Kernel("omori", tuple(rates.tolist()), tuple(weights.tolist()), float(beta))


@dataclass(frozen=True, repr=False, eq=False)
class ExponentialPosterior:
    """Who passed on from whom under a kernel: p_ij ∝ m_i^β g(t_j − t_i) for i before j.

    This is the exact posterior over the parents in a branching process in which each
    event calls forth others independently, given times and marks: parents are then
    independent of each other. Expectations come from prefix sums, not from enumeration.

    Attributes
    ----------
    times_s
        Shape (n,): seconds, ascending within each cascade.
    marks
        Shape (n,): follower counts, above 0.
    offsets
        Shape (cascades + 1,): where cascades begin and end.
    kernel
        See `exponential` and `omori`.

    Raises
    ------
    UsageError
        Times fall, marks are not positive, offsets do not rise from 0, or lengths disagree.

    References
    ----------
    Zhuang, Ogata, Vere-Jones 2002, https://doi.org/10.1198/016214502760046925;
    Veen, Schoenberg 2008, https://doi.org/10.1198/016214508000000148; the kernel with
    β = 1 and a fixed rate: Rizoiu et al. 2018, https://doi.org/10.48550/arXiv.1802.09808

    Examples
    --------
    >>> toy = posterior([0, 10, 60], [1000, 50, 20000], exponential(6.8e-5))
    >>> toy.probabilities(2).round(4).tolist()
    [0.9524, 0.0476]
    """

    times_s: Numbers
    marks: Numbers
    offsets: NDArray[np.int64]
    kernel: Kernel

    def __post_init__(self) -> None:
        if not len(self.offsets) or self.offsets[0] != 0 or (np.diff(self.offsets) < 0).any():
            raise UsageError("offsets cannot be used", allowed="numbers that rise from 0")
        fall = np.flatnonzero(np.diff(self.times_s) < 0) + 1
        if len(self.times_s) != len(self.marks) or self.offsets[-1] != len(self.times_s):
            raise UsageError(
                "times, marks and offsets disagree",
                got=f"{len(self.times_s)} times, {len(self.marks)} marks, "
                f"{self.offsets[-1]} events by the offsets",
            )
        if not (np.isfinite(self.times_s).all() and np.isin(fall, self.offsets).all()):
            raise UsageError("times must be finite and ascend", hint="Sort the events by time")
        if not (np.isfinite(self.marks).all() and (self.marks > 0).all()):
            raise UsageError(
                "marks must be above 0", hint="Count a missing or zero follower count as 1"
            )

    @cached_property
    def _rates(self) -> Numbers:
        return np.array(self.kernel.rates_per_s)

    @cached_property
    def _f(self) -> Numbers:
        beta = self.kernel.beta
        with np.errstate(over="ignore"):
            f = self.marks**beta
            if len(f) and not (f.min() >= _LEAST and f.max() <= 1 / _LEAST):
                # Only ratios count: the largest becomes 1, the least does not vanish.
                largest = self.marks.max() if beta >= 0 else self.marks.min()
                f = np.maximum((self.marks / largest) ** beta, _LEAST)
        return np.asarray(f)

    def with_marks(self, marks: Numbers) -> "ExponentialPosterior":
        """Return the posterior of the same events with other marks; what times say is shared."""
        other = replace(self, marks=marks)
        vars(other)["_decays"] = self._decays
        return other

    @cached_property
    def _decays(self) -> tuple[Numbers, Numbers]:
        return self._new_decays()

    def _new_decays(self) -> tuple[Numbers, Numbers]:
        weights = np.array(self.kernel.weights)
        return recursions.decays(self.times_s, self.offsets, self._rates, weights)

    def _sums(self) -> tuple[Numbers, Numbers, Numbers]:
        # Where marks change and times do not, it is there; else it is not worth its memory.
        known = vars(self).get("_decays")
        decay, unscaled = self._new_decays() if known is None else known
        level, share = recursions.prefix_sums(self._f, self.offsets, decay, unscaled)
        return decay, level, share

    @cached_property
    def _reach_and_share(self) -> tuple[Numbers, Numbers]:
        """Return, per row, the cumulated chances of the components, and the shares."""
        _, level, share = self._sums()
        return recursions.reached(self.offsets, level, share), share

    @property
    def _share(self) -> Numbers:
        return self._reach_and_share[1]

    @cached_property
    def _logs(self) -> Numbers:
        return recursions.log_prefix_sums(self.times_s, self._f, self.offsets, self._rates)

    def draw(self, rng: np.random.Generator) -> NDArray[np.int32]:
        """Return one parent array, −1 at roots; O(log n) an event."""
        return self.draw_some([rng], np.ones(len(self.offsets) - 1, bool))[0]

    def draw_some(
        self, rngs: Sequence[np.random.Generator], wanted: NDArray[np.bool_]
    ) -> NDArray[np.int32]:
        """Return, a row a generator, what `draw` gives to cascades that are wanted, else −1."""
        reach, _ = self._reach_and_share
        uniforms = np.empty((len(rngs), len(self.times_s)))
        for row, rng in zip(uniforms, rngs, strict=True):
            row[:] = rng.random(len(row))
        return recursions.draw_parents(uniforms, self.offsets, wanted, self._logs, reach)

    def probabilities(self, row: int) -> Numbers:
        """Return the probabilities of the cascade's events before `row` as its parent."""
        start = self.offsets[np.searchsorted(self.offsets, row, side="right") - 1]
        lags = self.times_s[row - 1] - self.times_s[start:row]
        share = self._share[row]
        return self._f[start:row] * (np.exp(-np.outer(lags, self._rates)) @ share)

    def probability(self, parents: NDArray[np.int32]) -> Numbers:
        """Return, per row, the probability of the parent named; 1 at roots."""
        return recursions.parent_probabilities(
            parents, self.times_s, self._f, self._rates, self._share
        )

    def entropy(self) -> Numbers:
        """Return each parent's entropy in nats, NaN at roots.

        Exact for one exponential; for more, exact for up to 32 candidates, beyond them
        the mean of −ln p at 16 quantiles of the parent, to some hundredths.
        """
        if len(self._rates) == 1:
            return recursions.entropies_of_one_exponential(
                self.times_s, self._f, self.offsets, float(self._rates[0])
            )
        reach, share = self._reach_and_share
        return recursions.entropies_at_quantiles(
            self.times_s, self._f, self.offsets, self._rates, self._logs, reach, share,
            _ENTROPY_POINTS,
        )  # fmt: skip

    def influence(self) -> Numbers:
        """Return each event's expected number of descendants, itself included; O(n)."""
        decay, _, share = self._sums()
        return recursions.influences(self._f, self.offsets, decay, share)

    def expected_depth(self) -> Numbers:
        """Return each event's expected depth; O(n)."""
        decay, _, share = self._sums()
        return recursions.expected_depths(self._f, self.offsets, decay, share)

    def expected_virality(self) -> Numbers:
        """Return each cascade's expected structural virality, NaN for one event; O(n)."""
        return recursions.expected_viralities(self._f, self.offsets, *self._sums())

    def expected_credit(self, counted: Numbers | None = None) -> Numbers:
        """Return each event's expected Shapley credit for the events counted; O(24 n).

        `counted` holds per event how much it counts, 1 for all where it is not given.
        """
        decay, _, share = self._sums()
        weights = np.ones(len(self.times_s)) if counted is None else counted
        return recursions.expected_credits(
            self._f, self.offsets, decay, share, weights, _NODES, _NODE_WEIGHTS
        )


def posterior(
    times_s: ArrayLike, marks: ArrayLike, kernel: Kernel, *, offsets: ArrayLike | None = None
) -> ExponentialPosterior:
    """Return the posterior of one cascade, or with `offsets` of many.

    Raises
    ------
    UsageError
        As `ExponentialPosterior`.

    References
    ----------
    As `ExponentialPosterior`

    Examples
    --------
    >>> posterior([0, 1], [1, 1], exponential(1.0)).influence().tolist()
    [2.0, 1.0]
    """
    times = np.atleast_1d(np.asarray(times_s, dtype=np.float64))
    values = np.atleast_1d(np.asarray(marks, dtype=np.float64))
    ends = [0, len(times)] if offsets is None else offsets
    return ExponentialPosterior(times, values, np.asarray(ends, dtype=np.int64), kernel)
