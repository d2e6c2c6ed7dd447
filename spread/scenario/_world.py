"""The flat arrays on which the contagion runs: people, their tastes, an agenda, events."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.scenario._accounts import BLOC_SHARE, Accounts
from spread.scenario._follow_graph import FollowGraph

__all__ = [
    "AVOID",
    "BRANCHING",
    "CRITICAL",
    "FRIENDLY",
    "INVENT",
    "NEWS",
    "ORDINARY",
    "OTHER",
    "Agenda",
    "Events",
    "World",
    "make_world",
]

ORDINARY, INVENT, AVOID = 0, 1, 2
"""How a root finds its author: INVENT wants a local who used or saw the source topic, AVOID
a local who never met topic 0."""

FRIENDLY, CRITICAL, NEWS, OTHER = 0, 1, 2, 3
_TASTE = np.array(  # stance x bloc: how readily a bloc passes a stance on
    [
        [1.00, 0.02, 0.15, 0.80, 0.03, 0.15],
        [0.01, 1.00, 0.10, 0.03, 0.80, 0.20],
        [0.15, 0.30, 0.60, 0.30, 0.30, 0.50],
        [0.40, 0.40, 0.30, 0.40, 0.40, 0.40],
    ]
)
_AUTHORS = np.array(  # stance x bloc: who writes a stance
    [
        [0.65, 0.00, 0.03, 0.27, 0.00, 0.05],
        [0.00, 0.62, 0.02, 0.00, 0.33, 0.03],
        [0.05, 0.03, 0.42, 0.05, 0.05, 0.40],
        [0.05, 0.10, 0.05, 0.25, 0.25, 0.30],
    ]
)
BRANCHING = 0.5  # mean retweets that one retweet begets


class World(NamedTuple):
    """What does not change: accounts, followers, and each audience's taste by stance."""

    bloc: NDArray[np.int8]
    city: NDArray[np.int8]
    activity: NDArray[np.float64]
    reach: NDArray[np.float64]
    starts: NDArray[np.int64]
    followers: NDArray[np.int32]
    audience: NDArray[np.float64]
    offspring: NDArray[np.float64]
    members: NDArray[np.int32]
    member_starts: NDArray[np.int64]
    taste: NDArray[np.float64]
    authors: NDArray[np.float64]
    willing: NDArray[np.float64]


class Agenda(NamedTuple):
    """The roots, sorted by time: columns of one length.

    `also` is a second topic that the text names (−1: none). `size` is the mean number of
    retweets for an author of ordinary reach; `author`, `city`, `source_root` and `prompt`
    are −1 where they are free. `source` is the topic among whose people the author is sought.
    """

    at_s: NDArray[np.float64]
    topic: NDArray[np.int16]
    also: NDArray[np.int16]
    stance: NDArray[np.int8]
    size: NDArray[np.float64]
    author: NDArray[np.int32]
    city: NDArray[np.int8]
    source: NDArray[np.int16]
    source_root: NDArray[np.int32]
    rule: NDArray[np.int8]
    prompt: NDArray[np.int32]


class Events(NamedTuple):
    """Tweets and retweets, cascade after cascade in the order of the agenda.

    Row `first[r]` is root r; `parent` is a row, −1 at a root. `prompt` is, per root, the root
    through which its author came to it (−1: none); `used` and `seen` are, per topic and
    account, the first time in seconds (infinite: never).
    """

    at_s: NDArray[np.float64]
    user: NDArray[np.int32]
    root: NDArray[np.int32]
    parent: NDArray[np.int32]
    first: NDArray[np.int64]
    prompt: NDArray[np.int32]
    used: NDArray[np.float32]
    seen: NDArray[np.float32]


def make_world(accounts: Accounts, graph: FollowGraph) -> World:
    """Put accounts and graph into flat arrays, with each audience's taste by stance."""
    audience = np.zeros((len(_TASTE), len(accounts)))
    offspring = np.zeros_like(audience)
    weights = np.bincount(graph.followers, minlength=len(accounts)) * accounts.activity
    for stance, taste in enumerate(_TASTE):
        drawn = (accounts.activity * taste[accounts.bloc])[graph.followers]
        totals = np.concatenate([[0.0], np.cumsum(drawn)])
        audience[stance] = np.diff(totals[graph.starts])
        weight = weights * taste[accounts.bloc]
        drawn_on = float(weight @ audience[stance])
        if drawn_on > 0.0:
            offspring[stance] = audience[stance] * (BRANCHING * float(weight.sum()) / drawn_on)
    block = accounts.bloc.astype(np.int64) * 128 + accounts.city
    order = np.argsort(block, kind="stable").astype(np.int32)
    reach = (accounts.followers + 1.0) ** 0.4
    return World(
        bloc=accounts.bloc,
        city=accounts.city,
        activity=accounts.activity,
        reach=reach / np.float64(np.average(reach, weights=accounts.activity)),
        starts=graph.starts,
        followers=graph.followers,
        audience=audience,
        offspring=offspring,
        members=order,
        member_starts=np.searchsorted(block[order], np.arange(6 * 128 + 1)),
        taste=_TASTE,
        authors=np.cumsum(_AUTHORS, axis=1)[:, :-1].copy(),  # what is left falls to the last bloc
        willing=_willing(),
    )


def _willing() -> NDArray[np.float64]:
    """Return stance x bloc: how often a member of a bloc who comes by writes this stance."""
    per_head = _AUTHORS / BLOC_SHARE
    return per_head / per_head.max(axis=1, keepdims=True)
