"""How often a tag stands beside a parent in one tweet, against tags that do not descend from it.

Some ordinary tags stand beside a busy tag in most of their tweets, others never. A child
is therefore compared with whole tags, and not with single tweets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

from spread.hashtags._acts import Acts
from spread.hashtags._evidence import FIRST_ADOPTERS

__all__ = ["NAMED", "Controls", "controls", "log_chances", "named_ratios", "weighed"]

NAMED = (None, 0.1, 0.3, 0.7)
"""Mean shares of a child's typed first tweets that name its parent; None: as other tags do."""

_NAMED_WORTH = 3.0
_MEANS = (0.002, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
_WORTHS = (0.3, 1.0, 3.0, 10.0, 30.0)
_CONTROLS_MOST = 200
_CONTROLS_LEAST_AUTHORS = 3


@dataclass(frozen=True)
class Controls:
    """Typed first tweets of tags outside the family, a row an author and tag, by tag and time.

    `tag` numbers the tags from 0, `act` is the tweet, `tags` how many tags there are.
    """

    tag: NDArray[np.int64]
    act: NDArray[np.int64]
    tags: int


def controls(acts: Acts, members: Sequence[int]) -> Controls:
    """Return the tags outside the family with most authors, up to 200, each with 3 or more.

    Time O(n log n) in uses of tags.
    """
    typed = acts.original[acts.use_act] & ~np.isin(acts.use_tag, np.asarray(members))
    tag, act = acts.use_tag[typed].astype(np.int64), acts.use_act[typed].astype(np.int64)
    _, first = np.unique(tag * acts.authors + acts.author[act], return_index=True)
    tag, act = tag[first], act[first]
    users = np.bincount(tag, minlength=len(acts.tags))
    busiest = np.argsort(-users, kind="stable")[:_CONTROLS_MOST]
    busiest = busiest[users[busiest] >= _CONTROLS_LEAST_AUTHORS]
    number = np.full(len(acts.tags), -1)
    number[busiest] = np.arange(len(busiest))
    kept = number[tag] >= 0
    order = np.lexsort((act[kept], number[tag[kept]]))
    return Controls(number[tag[kept]][order], act[kept][order], len(busiest))


def weighed(
    others: Controls, parents: Sequence[NDArray[np.int32]], since: int
) -> NDArray[np.float64]:
    """Return for each parent the weights of beta-binomial laws, by how often controls name it.

    Asked are, for each control, the first 15 authors who type it for the first time after
    the tweet `since`, as a child's first adopters do. A law is a mean share and how alike
    tags are in it; all are equally likely before. Time O(parents x 3000 log n).
    """
    later = others.act > since
    tag, act = others.tag[later], others.act[later]
    starts = np.searchsorted(tag, np.arange(others.tags))
    early = np.arange(len(tag)) - starts[tag] < FIRST_ADOPTERS
    tag, act = tag[early], act[early]
    asked = np.bincount(tag, minlength=others.tags)
    explained = []
    for parent in parents:
        place = np.minimum(np.searchsorted(parent, act), len(parent) - 1)
        both = np.bincount(tag, parent[place] == act, others.tags).astype(int)
        explained.append(_laws()[asked, both].sum(axis=0))
    laws = np.array(explained)
    return np.asarray(np.exp(laws - np.logaddexp.reduce(laws, axis=1, keepdims=True)))


def named_ratios(
    weights: NDArray[np.float64], asked: NDArray[np.int64], both: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return log P(so many of n tweets name the parent | it is the parent) / P(... | it is not).

    Parameters
    ----------
    weights
        (parents, laws): what `weighed` returns.
    asked, both
        (..., 1) and (..., parents): how many tweets there are, and how many name the parent.

    Returns
    -------
    array
        (settings of `NAMED`, ..., parents); zero with the law of other tags.
    """
    other = np.log(_laws_plain() @ weights.T)[asked, both, np.arange(len(weights))]
    rows = [
        np.zeros_like(other)
        if mean is None
        else log_chances(mean * _NAMED_WORTH, (1.0 - mean) * _NAMED_WORTH)[asked, both] - other
        for mean in NAMED
    ]
    return np.array(rows)


@cache
def log_chances(alpha: float, beta: float) -> NDArray[np.float64]:
    """Return the log probability of k (column) of n (row) under a beta-binomial law, n to 15.

    Zero stands where k > n, which nobody asks.

    Examples
    --------
    With alpha = beta = 1 all counts are equally likely.

    >>> np.exp(log_chances(1.0, 1.0))[3, :4].round(3)
    array([0.25, 0.25, 0.25, 0.25])
    """
    n, k = np.indices((FIRST_ADOPTERS + 1,) * 2)
    rest = np.maximum(n - k, 0)
    ways = gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(rest + 1.0)
    table = ways + betaln(k + alpha, rest + beta) - betaln(alpha, beta)
    return np.asarray(np.where(k <= n, table, 0.0))


@cache
def _laws() -> NDArray[np.float64]:
    """Return `log_chances` of every law: n, k, laws."""
    laws = [log_chances(m * worth, (1.0 - m) * worth) for m in _MEANS for worth in _WORTHS]
    return np.stack(laws, axis=-1)


@cache
def _laws_plain() -> NDArray[np.float64]:
    return np.asarray(np.exp(_laws()))
