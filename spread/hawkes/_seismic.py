"""The final size of a retweet cascade by SEISMIC: the peer to be compared with."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spread.hawkes._events import events_of

__all__ = ["seismic"]

Numbers = NDArray[np.float64]

# Reaction times of Twitter, as published: flat to 300 s, then a power law; together 1.
_FLAT, _FLAT_S, _THETA = 6.265725e-4, 300.0, 0.2314843
_MEAN_FOLLOWERS = 100.0
_STEPS = 64


def seismic(times_s: ArrayLike, followers: ArrayLike, *, at_s: float) -> float:
    """Return the final number of retweets that SEISMIC foretells.

    Infectiousness p is retweets over exposures, both weighed towards the last half of the
    time; those that are still to see a tweet retweet with it, and so do their followers.

    Parameters
    ----------
    times_s
        Shape (n,): seconds since the root, which is the first, at 0.
    followers
        Shape (n,): of each author.
    at_s
        When it is foretold, seconds.

    Returns
    -------
    float
        Retweets in the end, the root not among them; infinite where p stays critical.

    Raises
    ------
    UsageError
        Times do not lie in 0 to `at_s`, or followers are not above 0.

    References
    ----------
    Zhao et al. 2015, https://doi.org/10.1145/2783258.2783401

    Examples
    --------
    >>> seismic([0, 60, 120], [1000, 100, 100], at_s=600)  # none in the last half
    2.0
    """
    events = events_of(times_s, end_s=at_s, marks=followers)
    marks = np.ones(len(events)) if events.marks is None else events.marks
    ages = at_s - events.times_s
    weight = np.maximum(1 - 2 * ages[1:] / at_s, 0)
    exposed = float(marks @ weighed(ages, at_s))
    p = float(weight.sum()) / exposed if exposed > 0 else 0.0
    retweets = len(events) - 1
    if p * _MEAN_FOLLOWERS >= 1:
        return float("inf")
    return retweets + p * float(marks @ later(ages)) / (1 - p * _MEAN_FOLLOWERS)


def _reaction(delay_s: Numbers) -> Numbers:
    return _FLAT * np.maximum(delay_s / _FLAT_S, 1.0) ** -(1 + _THETA)


def later(age_s: Numbers) -> Numbers:
    """Return the share of reactions that come after an age."""
    tail = _FLAT * _FLAT_S / _THETA * np.maximum(age_s / _FLAT_S, 1.0) ** -_THETA
    return tail + _FLAT * np.maximum(_FLAT_S - age_s, 0.0)


def weighed(ages: Numbers, at_s: float) -> Numbers:
    """Return ∫ weight · reaction over each event's age, by the midpoint rule in √delay."""
    start = np.maximum(ages - at_s / 2, 0.0)
    edges = np.sqrt(start)[:, None] + (np.sqrt(ages) - np.sqrt(start))[:, None] * np.linspace(
        0, 1, _STEPS + 1
    )
    delay = ((edges[:, 1:] + edges[:, :-1]) / 2) ** 2
    width = edges[:, 1:] ** 2 - edges[:, :-1] ** 2
    weight = 1 - 2 * (ages[:, None] - delay) / at_s
    return np.sum(weight * _reaction(delay) * width, axis=1)
