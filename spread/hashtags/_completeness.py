"""How much of the archive is missing, and what that leaves open: who was first, which tag older."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spread._intervals import wilson
from spread.hashtags._acts import UNKNOWN, Acts

__all__ = [
    "Completeness",
    "completeness",
    "early_gap",
    "order_chances",
    "same_inventor",
    "same_inventors",
]

_LEAST_RETWEETED = 20
_UNKNOWN_MOST = 0.05
_EARLY_TWEETS = 200
_EARLY_GAPS = 10
_OWN_WORTH = 0.3
_MICRO = 1_000_000


@dataclass(frozen=True)
class Completeness:
    """The share of tweets that the archive holds; NaN when too few retweets show it."""

    share: float
    share_low: float
    share_high: float
    retweeted: int


def completeness(acts: Acts) -> Completeness:
    """Return the share of the originals of collected retweets that were collected as well.

    A retweet is collected or missed on its own, so that its original is a draw from all
    tweets of that kind. Originals that are known to be older than the archive's first
    tweet do not count. With fewer than 20 originals, or with retweets (more than 5 %)
    whose original is quite unknown, nothing is said.
    """
    own = acts.collected
    start = acts.at[own].min() if own.any() else 0
    shown = np.unique(acts.shows[own & (acts.shows >= 0)])
    shown = shown[acts.at[shown] >= start]
    count = len(shown)
    unknown = int((acts.shows == UNKNOWN).sum())
    if count < _LEAST_RETWEETED or unknown > _UNKNOWN_MOST * (acts.shows != -1).sum():
        return Completeness(np.nan, np.nan, np.nan, count)
    held = int(own[shown].sum())
    low, high = wilson(held, count)
    return Completeness(held / count, float(low), float(high), count)


def same_inventors(
    acts: Acts, held: Sequence[NDArray[np.int32]], share: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return `same_inventor` of each tag, drawn towards the mean of all.

    One tag's few first tweets say little by themselves; in simulated families the mean
    counts for 0.7 and the tag for 0.3 in the best forecast of who stays the first.
    """
    each = np.array([same_inventor(acts, tag, share, rng) for tag in held])
    return np.asarray(_OWN_WORTH * each + (1.0 - _OWN_WORTH) * each.mean())


def same_inventor(
    acts: Acts, held: NDArray[np.int32], share: float, rng: np.random.Generator, runs: int = 400
) -> float:
    """Return the probability that no missing tweet makes another author the tag's first.

    The archive is to the truth as a part of the archive, thinned in the same way, is to
    the archive: how often does the first author stay the first when each of the tag's
    tweets is kept with that share? An original whose retweet is kept stays known.

    Parameters
    ----------
    acts
        The archive.
    held
        The tag's tweets, in time order.
    share
        The share of tweets that the archive holds; NaN gives NaN.
    rng
        Decides what is kept.
    runs
        How often it is thinned.

    Notes
    -----
    Time runs x 200: only the first 200 tweets are thinned.
    """
    if np.isnan(share):
        return np.nan
    early = held[:_EARLY_TWEETS]
    kept = (rng.random((runs, len(early))) < share) & acts.collected[early]
    # What only a quote shows is known whichever of these tweets are kept.
    known = kept | (~acts.collected[early] & ~np.isin(early, acts.shows[early]))
    place = np.searchsorted(early, acts.shows[early])
    repeats = np.flatnonzero(early[np.minimum(place, len(early) - 1)] == acts.shows[early])
    for retweet in repeats:
        known[:, place[retweet]] |= kept[:, retweet]
    some = known.any(axis=1)
    first = acts.author[early][known.argmax(axis=1)]
    return float((first[some] == acts.author[early[0]]).mean()) if some.any() else 0.0


def order_chances(
    first_us: NDArray[np.int64], gap_us: NDArray[np.float64], share: float
) -> NDArray[np.float64]:
    """Return for each two tags the probability that the row's first use came before the column's.

    With probability 1 − share a tag's true first tweet is missing; it is then taken to lie
    an exponential time before the first known one, with the tag's early gap as its mean.
    Two tags with the same first instant are even. A share of NaN, or 1, leaves the order
    as it stands.

    Examples
    --------
    >>> order_chances(np.array([0, 5]), np.ones(2), 1.0)
    array([[0., 1.],
           [0., 0.]])
    """
    ahead = first_us[None, :] - first_us[:, None]
    missing = 0.0 if np.isnan(share) else 1.0 - share
    mean_row, mean_column = gap_us[:, None], gap_us[None, :]
    late = np.abs(ahead).astype(float)

    def overtakes(other: NDArray[np.float64], own: NDArray[np.float64]) -> NDArray[np.float64]:
        """The later of the two, whose mean lead is `other`, was the earlier after all."""
        alone = np.exp(-late / other)
        return missing * alone * ((1.0 - missing) + missing * other / (other + own))

    before = np.where(
        ahead > 0, 1.0 - overtakes(mean_column, mean_row), overtakes(mean_row, mean_column)
    )
    chances = np.where(ahead == 0, 0.5, before)
    np.fill_diagonal(chances, 0.0)
    return np.asarray(chances)


def early_gap(acts: Acts, held: NDArray[np.int32]) -> float:
    """Return the mean time between a tag's first tweets, in microseconds, at least a second."""
    at = acts.at[held[: _EARLY_GAPS + 1]]
    return max(float(np.diff(at).mean()), _MICRO) if len(at) > 1 else float(_MICRO)
