"""How far two hashtags go together: counts of authors, against chance."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy
from scipy.stats import poisson

__all__ = ["coins_tail", "expected_together", "g_squared", "npmi", "q_values", "upper_tail"]

_ROUNDS = 1000
_CLOSE = 1e-10

_Numbers = NDArray[np.float64]


def npmi(together: _Numbers, one: _Numbers, other: _Numbers, total: int) -> _Numbers:
    """Return normalised pointwise mutual information: 1 always together, 0 as by chance, -1 never.

    Examples
    --------
    >>> round(float(npmi(np.array(20.), np.array(100.), np.array(50.), 10_000)), 9)
    0.593581992

    References
    ----------
    G. Bouma (2009), Proceedings of GSCL, 31-40.
    """
    together, one, other = (np.asarray(x, float) for x in (together, one, other))
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.log(together * total / (one * other)) / -np.log(together / total)
    return np.where(together == 0, -1.0, np.where(together == total, 1.0, value))


def g_squared(together: _Numbers, one: _Numbers, other: _Numbers, total: int) -> _Numbers:
    """Return Dunning's log-likelihood ratio of a two by two table of authors.

    Examples
    --------
    >>> round(float(g_squared(np.array(20.), np.array(100.), np.array(50.), 10_000)), 6)
    121.646276

    References
    ----------
    T. Dunning (1993), Computational Linguistics 19, 61-74.
    """
    together, one, other = (np.asarray(x, float) for x in (together, one, other))
    cells = (together, one - together, other - together, total - one - other + together)
    rows, columns = (one, total - one), (other, total - other)
    inner = sum(xlogy(cell, cell) for cell in cells)
    edges = sum(xlogy(edge, edge) for edge in (*rows, *columns))
    return np.asarray(2 * (inner - edges + xlogy(total, total)))


def expected_together(
    user_degrees: NDArray[np.int64], tag_degrees: NDArray[np.int64], root_degree: int
) -> _Numbers:
    """Return how many adopters each tag shares with the root if activity alone decides.

    The bipartite configuration model: the most random user-tag graph in which each user
    has his number of tags and each tag its number of users on average, with independent
    edges p = x y / (1 + x y). Solved by classes of equal degree, so the cost does not
    depend on the number of users. Departure: shared adopters are then a sum of
    independent coins (Poisson-binomial); `upper_tail` bounds its tail by Poisson's.

    Parameters
    ----------
    user_degrees, tag_degrees
        Distinct tags of each user, distinct users of each tag (equal sums, all above 0).
    root_degree
        Users of the root.

    Returns
    -------
    ndarray
        Expected shared users, a value a tag.

    Examples
    --------
    Four equal users and two tags, each used by two: every edge has p = 1/2, and
    4 (1/2)(1/2) = 1 user is expected to have both.

    >>> expected_together(np.ones(4, int), np.array([2, 2]), 2).round(6).tolist()
    [1.0, 1.0]

    References
    ----------
    F. Saracco et al. (2017), New Journal of Physics 19, 053022,
    https://doi.org/10.1088/1367-2630/aa6b38.
    """
    degree, users = np.unique(user_degrees, return_counts=True)
    used, inverse, tags = np.unique(tag_degrees, return_inverse=True, return_counts=True)
    total = float(user_degrees.sum())
    x, y = degree / np.sqrt(total), used / np.sqrt(total)
    for _ in range(_ROUNDS):
        before = x
        x = degree / (tags * y / (1 + np.outer(x, y))).sum(axis=1)
        y = used / (users[:, None] * x[:, None] / (1 + np.outer(x, y))).sum(axis=0)
        if np.allclose(x, before, rtol=_CLOSE, atol=0.0):
            break
    edge = np.outer(x, y) / (1 + np.outer(x, y))
    root = edge[:, np.searchsorted(used, root_degree)]
    return np.asarray((users * root) @ edge)[inverse]


def upper_tail(count: NDArray[np.int64], expected: _Numbers) -> _Numbers:
    """Return P(at least `count`) for a Poisson count.

    It bounds the Poisson-binomial tail from above for counts that exceed the mean by one
    or more.

    References
    ----------
    W. Hoeffding (1956), Annals of Mathematical Statistics 27,
    https://doi.org/10.1214/aoms/1177728178.
    """
    return np.asarray(poisson.sf(np.asarray(count) - 1, expected))


def q_values(p: _Numbers) -> _Numbers:
    """Return Benjamini-Hochberg q-values: the least false-discovery rate that keeps each.

    Examples
    --------
    >>> q_values(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p, float)
    order = np.argsort(p)[::-1]
    scaled = p[order] * len(p) / np.arange(len(p), 0, -1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(scaled).clip(max=1.0)
    return q


def coins_tail(count: int, chances: _Numbers) -> float:
    """Return P(at least `count` heads) of independent coins (Poisson-binomial, exact).

    Examples
    --------
    >>> round(coins_tail(2, np.array([0.5, 0.5])), 12), coins_tail(0, np.array([]))
    (0.25, 1.0)
    """
    heads = np.ones(1)
    for chance in chances:
        heads = np.convolve(heads, [1 - chance, chance])
    return float(heads[count:].sum())
