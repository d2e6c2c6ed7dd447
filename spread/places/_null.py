"""The null that arrival follows the number of active users: who comes first is chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom

from spread._random import stream

__all__ = ["Null", "dealt", "null_of", "positions"]

_RUNS = 199
_STREAM = 0x6E756C6C


@dataclass(frozen=True, slots=True)
class Null:
    """What the number of active users alone would give, city by city.

    `rank`, `rank_low`, `rank_high` (95 %) among the cities asked for, `at` where in the
    sequence of located adopters (95 % limits and median, (3, cities); n stands for never),
    `early` the chance of a k-th adopter as early in the sequence as the one seen or earlier,
    `reached` the chance that a city gets k adopters at all.
    """

    rank: NDArray[np.float64]
    rank_low: NDArray[np.float64]
    rank_high: NDArray[np.float64]
    at: NDArray[np.int64]
    early: NDArray[np.float64]
    reached: NDArray[np.float64]


def dealt(
    active: NDArray[np.int64], n: int, cities: NDArray[np.int64], k: Sequence[int], seed: int
) -> NDArray[np.int64]:
    """Deal n adopters out among the active users: positions of each city's k-th ones.

    Parameters
    ----------
    active
        Active located users of each city, adopters among them.
    n
        Located adopters.
    cities
        The cities to tell of.
    k
        Which adopters count.
    seed
        Other tags and other cities do not change the runs.

    Returns
    -------
    array of shape (runs, k, cities)
        n where a city has fewer than k adopters.
    """
    everyone = np.repeat(np.arange(len(active)), active)
    rng = stream(seed, _STREAM)
    return np.array([positions(rng.permutation(everyone)[:n], cities, k) for _ in range(_RUNS)])


def null_of(
    places: NDArray[np.int64],
    seen: NDArray[np.int64],
    n: int,
    k: int,
    active: NDArray[np.int64],
    everyone: int,
) -> Null:
    """Return the null of one k from the positions dealt, (runs, cities), and those seen.

    The chances are exact: among the first m of n adopters, who are any of `everyone`, those of
    a city with `active` users are hypergeometric in number.
    """
    ranks = 1.0 + np.array([np.searchsorted(np.sort(row), row) for row in places])
    low, high = np.quantile(ranks, (0.025, 0.975), axis=0, method="inverted_cdf")
    at = np.quantile(places, (0.025, 0.5, 0.975), axis=0, method="inverted_cdf").astype(np.int64)
    early = hypergeom.sf(k - 1, everyone, active, np.minimum(seen + 1, n))
    early = np.where(seen < n, early, 1.0)
    reached = hypergeom.sf(k - 1, everyone, active, n)
    return Null(ranks.mean(axis=0), low, high, at, early, reached)


def positions(
    adopted: NDArray[np.int64], cities: NDArray[np.int64], k: Sequence[int]
) -> NDArray[np.int64]:
    """Return where in a sequence of cities each city comes for the k-th time, (k, cities)."""
    order = np.argsort(adopted, kind="stable")
    inside = adopted[order]
    first, last = np.searchsorted(inside, cities), np.searchsorted(inside, cities, "right")
    wanted = first + np.asarray(k)[:, np.newaxis] - 1
    padded = np.append(order, len(adopted))
    return np.where(wanted < last, padded[np.minimum(wanted, len(order))], len(adopted))
