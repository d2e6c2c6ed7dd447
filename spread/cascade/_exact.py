"""Exact expectations for one cascade, without enumerating its trees."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spread._arguments import require_number
from spread._errors import UsageError
from spread.excitation import ExponentialPosterior, Kernel, exponential, posterior


def influence(
    times_s: ArrayLike,
    marks: ArrayLike,
    *,
    rate: float | None = None,
    kernel: Kernel | None = None,
) -> NDArray[np.float64]:
    """Return each event's expected number of descendants, itself included.

    The parent of event j is i with p_ij ∝ f_i exp(−rate (t_j − t_i)), i before j. The
    expectation over all (n − 1)! trees is φ_i = 1 + Σ_j p_ij φ_j, here by prefix sums in
    O(n), or O(n M) for a kernel of M exponentials. The root's influence is n.

    Parameters
    ----------
    times_s
        Shape (n,): seconds, ascending; the root first.
    marks
        Shape (n,): the weights f, above 0: follower counts, or follower counts ** β.
    rate
        Per second.
    kernel
        In place of a rate: `excitation.exponential`, `excitation.omori` or any sum of
        exponentials; marks are raised to its β.

    Raises
    ------
    UsageError
        Times fall, marks or rate are not above 0, lengths differ, or neither or both of
        rate and kernel are given.

    References
    ----------
    Rizoiu et al. 2018, https://doi.org/10.48550/arXiv.1802.09808, which needs O(n³)

    Examples
    --------
    >>> influence([0, 10, 60, 120, 3600], [1000, 50, 20000, 10, 5], rate=6.8e-5).round(4).tolist()
    [5.0, 1.1429, 2.9006, 1.0005, 1.0]
    """
    return _posterior(times_s, marks, rate, kernel).influence()


def expected_virality(
    times_s: ArrayLike,
    marks: ArrayLike,
    *,
    rate: float | None = None,
    kernel: Kernel | None = None,
) -> float:
    """Return the expected structural virality over all trees; NaN for one event.

    Parameters, errors and model as `influence`; the quantity as
    `trees.structural_virality`. O(n), or O(n M²) for M exponentials.

    References
    ----------
    Goel, Anderson, Hofman, Watts 2016, https://doi.org/10.1287/mnsc.2015.2158; the model: Rizoiu
    et al. 2018, https://doi.org/10.48550/arXiv.1802.09808, its kernel taken as known

    Examples
    --------
    >>> round(expected_virality([0, 1, 2], [1, 1, 1], rate=1e-9), 6)
    1.333333
    """
    return float(_posterior(times_s, marks, rate, kernel).expected_virality()[0])


def expected_depth(
    times_s: ArrayLike,
    marks: ArrayLike,
    *,
    rate: float | None = None,
    kernel: Kernel | None = None,
) -> NDArray[np.float64]:
    """Return each event's expected depth over all trees, 0 at the root; O(n M).

    Parameters, errors and model as `influence`.

    References
    ----------
    The model: Rizoiu et al. 2018, https://doi.org/10.48550/arXiv.1802.09808, its kernel taken as
    known

    Examples
    --------
    >>> expected_depth([0, 1, 2], [1, 1, 1], rate=1e-9).round(6).tolist()
    [0.0, 1.0, 1.5]
    """
    return _posterior(times_s, marks, rate, kernel).expected_depth()


def expected_credit(
    times_s: ArrayLike,
    marks: ArrayLike,
    *,
    rate: float | None = None,
    kernel: Kernel | None = None,
) -> NDArray[np.float64]:
    """Return each event's expected Shapley credit over all trees, in O(24 n M).

    Parameters, errors and model as `influence`; the quantity as `trees.credit`. Credits
    sum to n. The integral over depth takes 24 nodes: exact for trees below a depth of 48.

    References
    ----------
    Shapley 1953, https://doi.org/10.1515/9781400881970-018; the model: Rizoiu et al. 2018,
    https://doi.org/10.48550/arXiv.1802.09808. The kernel is taken as known: no doubt about it
    enters.

    Examples
    --------
    >>> expected_credit([0, 1], [1, 1], rate=1.0).tolist()
    [1.5, 0.5]
    """
    return _posterior(times_s, marks, rate, kernel).expected_credit()


def _posterior(
    times_s: ArrayLike, marks: ArrayLike, rate: float | None, kernel: Kernel | None
) -> ExponentialPosterior:
    if (rate is None) == (kernel is None):
        raise UsageError("give either rate or kernel", got=f"rate={rate!r}, kernel={kernel!r}")
    if kernel is None:
        kernel = exponential(require_number("rate", rate, above=0))
    return posterior(times_s, marks, kernel)
