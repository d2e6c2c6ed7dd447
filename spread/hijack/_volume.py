"""Any number of abrupt changes of volume."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from spread._arguments import require_number
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.hijack._changes import Changes, check_options, cuts, interval, record
from spread.hijack._recursion import posterior
from spread.hijack._segment import checked

__all__ = ["volume"]


def volume(
    counts: ArrayLike,
    *,
    bin_s: float,
    prior: tuple[float, float] | None = None,
    overdispersion: float | None = None,
    rate: float | None = None,
    most: int | None = None,
    draws: int = 1000,
    rng: np.random.Generator | int | None = None,
) -> Changes:
    """Return the exact posterior over any number of changes of volume, whatever its make-up.

    Within a segment counts are Poisson with a mean λ ~ Gamma(a, b) a bin; otherwise as
    `changes`. A burst of what was said all along is a change here and none there.

    Counts of tweets vary more than Poisson. With φ the variance over the mean, the likelihood
    of counts is raised to the power 1/φ (quasi-likelihood): a segment of L bins with the sum S
    counts as L/φ bins with S/φ, in evidence and intervals alike; the prior is left as it is.
    φ is first the mean of (y_t − y_t−1)²/(y_t + y_t−1), 1 for Poisson counts of any level,
    then Pearson's Σ(y − λ)²/λ over degrees of freedom around the most probable fit; never
    below 1.

    Parameters
    ----------
    counts
        One number a bin, in order of time; at least 2 bins, at most 4000.
    bin_s
        Length of a bin, seconds.
    prior
        Shape a and rate b (bins) of the Gamma prior; None: 1 and the inverse of the mean of
        all counts.
    overdispersion
        φ, at least 1, where it is known (1: Poisson); None: from the counts.
    rate, most, draws, rng
        As in `changes`.

    Raises
    ------
    UsageError
        The counts are no counts, or an option cannot be used.

    References
    ----------
    Fearnhead 2006, https://doi.org/10.1007/s11222-006-8450-8; McCullagh & Nelder 1989,
    Generalized Linear Models, 2nd ed., ch. 9 (quasi-likelihood).

    Examples
    --------
    >>> found = volume([3, 1, 2, 2, 1, 30, 28, 35, 31, 29], bin_s=60, rng=1)
    >>> found
    Changes(1 change of volume in 10 bins, probability 0.848: after 5 [5, 5])
    >>> found.segments.rate.round().tolist()
    [2.0, 30.0]
    """
    table = checked(np.asarray(counts)[..., None])[:, 0]
    rate = check_options(len(table), rate, most, draws)
    require_number("bin_s", bin_s, above=0, unit="seconds")
    gamma = _check_gamma(prior, table)
    summed = np.concatenate([[0.0], np.cumsum(table)])
    factor = _check_factor(overdispersion)
    if overdispersion is None:
        first = posterior(_poisson_evidence(table, gamma, max(1.0, _roughness(table))), rate, most)
        factor = max(1.0, _pearson(table, cuts(first)))
    found = posterior(_poisson_evidence(table, gamma, factor), rate, most)
    seed = resolve_seed(rng)

    def rates(edges: NDArray[np.int64]) -> pd.DataFrame:
        shape = gamma[0] + np.diff(summed[edges], axis=1) / factor
        scale = 60 / bin_s / (gamma[1] + np.diff(edges, axis=1) / factor)
        drawn = stream(seed, 2).standard_gamma(shape) * scale
        segments = {"segment": np.arange(1, shape.shape[1] + 1)}
        return pd.DataFrame(segments | interval("rate", shape * scale, drawn))

    cannot_tell = None if table.any() else "nothing is counted"
    return record("volume", cannot_tell, found, (rate, draws, seed, factor), rates)


def _poisson_evidence(
    counts: NDArray[np.float64], gamma: tuple[float, float], factor: float
) -> NDArray[np.float64]:
    """Return bins × bins: the log evidence of bins t … e with one mean, mixed over it."""
    shape, rate = gamma
    bins = len(counts)
    summed = np.append(0.0, np.cumsum(counts)) / factor
    constant = np.append(0.0, np.cumsum(gammaln(counts + 1))) / factor
    evidence = np.full((bins, bins), -np.inf)
    for start in range(bins):
        total = shape + summed[start + 1 :] - summed[start]
        length = rate + np.arange(1, bins - start + 1) / factor
        evidence[start, start:] = (
            shape * np.log(rate)
            - gammaln(shape)
            + gammaln(total)
            - total * np.log(length)
            - (constant[start + 1 :] - constant[start])
        )
    return evidence


def _roughness(counts: NDArray[np.float64]) -> float:
    """Return the variance over the mean, from neighbouring bins: 1 for Poisson counts."""
    sums = counts[1:] + counts[:-1]
    return float(np.mean(np.diff(counts)[sums > 0] ** 2 / sums[sums > 0])) if sums.any() else 1.0


def _pearson(counts: NDArray[np.float64], edges: NDArray[np.int64]) -> float:
    """Return Pearson's statistic over degrees of freedom around the means of segments."""
    lengths = np.diff(edges)
    means = np.repeat(np.add.reduceat(counts, edges[:-1]) / lengths, lengths)
    told = means > 0
    free = len(counts) - len(lengths)
    if free < 1 or not told.any():
        return 1.0
    return float(np.sum((counts[told] - means[told]) ** 2 / means[told]) / free)


def _check_factor(overdispersion: float | None) -> float:
    if overdispersion is None:
        return 1.0
    return require_number("overdispersion", overdispersion, least=1, unit="a factor")


def _check_gamma(
    prior: tuple[float, float] | None, counts: NDArray[np.float64]
) -> tuple[float, float]:
    if prior is None:
        return 1.0, 1 / float(counts.mean()) if counts.any() else 1.0
    if not isinstance(prior, tuple | list) or len(prior) != 2:
        raise UsageError("prior cannot be used", got=repr(prior), allowed="(shape, rate)")
    shape = require_number("shape of the prior", prior[0], above=0)
    return shape, require_number("rate of the prior", prior[1], above=0)
