"""Who follows whom: hidden from the archive, it carries everything that is passed on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.scenario._accounts import SIDE_OF_BLOC, Accounts
from spread.scenario._cities import CITIES

__all__ = ["FollowGraph", "make_follow_graph"]

_SIDES = 3
_PER_FOLLOWERS, _EXPONENT = 0.55, 0.7  # followers within the simulation = 0.55 followers^0.7
_LARGEST_SHARE = 0.12
_ATTENTIVE = 0.88  # the rest follow nobody in the simulation: they hear of nothing
_SKEW = 1.5  # some accounts follow several times as many as others
_KINDS_AT_HOME = (0.40, 0.25, 0.15, 0.20)  # side; side and city; city; anybody
_KINDS_ABROAD = (0.10, 0.50, 0.32, 0.08)  # where another language is spoken


class FollowGraph(NamedTuple):
    """Followers of account u are `followers[starts[u]:starts[u + 1]]`, without repeats."""

    starts: NDArray[np.int64]
    followers: NDArray[np.int32]


def make_follow_graph(accounts: Accounts, rng: np.random.Generator) -> FollowGraph:
    """Draw followers with homophily of side and city and heavy-tailed counts.

    Time and memory are linear in the number of follow relations (about 40 an account),
    but for the sort that removes repeats.
    """
    count = len(accounts)
    degree = (_PER_FOLLOWERS * accounts.followers**_EXPONENT).astype(np.int64)
    degree = np.clip(degree, 1, int(_LARGEST_SHARE * count))
    followed = np.repeat(np.arange(count, dtype=np.int64), degree)
    edges = followed * count
    edges += _draw_followers(accounts, followed, rng)
    del followed
    edges.sort()
    followed, followers = np.divmod(edges, count)
    kept = (followed != followers) & np.concatenate([[True], edges[1:] != edges[:-1]])
    starts = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(followed[kept], minlength=count), out=starts[1:])
    return FollowGraph(starts, followers[kept].astype(np.int32))


def _draw_followers(
    accounts: Accounts, followed: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int32]:
    side = SIDE_OF_BLOC[accounts.bloc].astype(np.int64)
    city = accounts.city.astype(np.int64)
    nothing = np.zeros_like(side)
    groupings = (side, side * len(CITIES) + city, city, nothing)
    abroad = np.array([place.language != "en" for place in CITIES])[city][followed]
    luck = rng.random(followed.size)
    home, away = np.cumsum(_KINDS_AT_HOME), np.cumsum(_KINDS_ABROAD)
    kind = np.where(abroad, np.searchsorted(away, luck), np.searchsorted(home, luck))
    drawn = np.empty(followed.size, dtype=np.int32)
    for number, group in enumerate(groupings):
        rows = np.flatnonzero(kind == number)
        drawn[rows] = _members(group, group[followed[rows]], rng)
    return drawn


def _members(
    group: NDArray[np.int64], wanted: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int32]:
    """Draw, for each wanted group, one of its members, the attentive ones more often."""
    order = np.argsort(group, kind="stable").astype(np.int32)
    sizes = np.bincount(group)
    first = np.cumsum(sizes) - sizes
    within = (_ATTENTIVE * sizes[wanted] * rng.random(wanted.size) ** _SKEW).astype(np.int64)
    return order[first[wanted] + within]
