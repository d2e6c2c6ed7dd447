"""What the first adopters of a tag had done before: the evidence on where it came from.

For each child, its first K adopters; for each of them and each possible parent, whether
he had used the parent, had turned within a day to someone who had, or neither; and how
often that holds for others who act at that time with as many tweets behind them and
never adopt the child. That matched chance is what keeps a busy account, or a tag that
everybody uses, from looking like evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spread.hashtags._acts import Acts

__all__ = ["FIRST_ADOPTERS", "Evidence", "first_adopters", "gather"]

FIRST_ADOPTERS = 15
_MATCHED_MOST = 200
_MATCHED_LEAST = 10
_ALIKE = 1.0
_LOOK_BACK, _LOOK_AHEAD = 400, 200
_EXPOSURE_S = 86_400
_CONTACTS_MOST = 10
_BUCKETS = 9
_MICRO = 1_000_000


@dataclass(frozen=True)
class Evidence:
    """The evidence on one child; arrays are adopters x parents.

    `used` and `exposed` (not both) say what an adopter had done; `used_chance` and
    `exposed_chance` how probable that is for a matched account: NaN with fewer than 10
    of them, as nothing can be said then. `typed` says whether the adopting tweet is no
    retweet, `joint` whether it then holds the parent too. `new` says whether an adopter had never
    tweeted before in the archive, `new_chance` how often that holds for tweets of that time; NaN
    where it says nothing.
    """

    child: int
    acts: NDArray[np.int64]
    used: NDArray[np.bool_]
    exposed: NDArray[np.bool_]
    joint: NDArray[np.bool_]
    typed: NDArray[np.bool_]
    used_chance: NDArray[np.float64]
    exposed_chance: NDArray[np.float64]
    new: NDArray[np.bool_]
    new_chance: NDArray[np.float64]


def first_adopters(acts: Acts, tag: int, most: int = FIRST_ADOPTERS) -> NDArray[np.int64]:
    """Return the adopting tweets of a tag's first adopters, in time order."""
    used = acts.acts_with(tag)
    _, first = np.unique(acts.author[used], return_index=True)
    return used[np.sort(first)[:most]].astype(np.int64)


def gather(
    acts: Acts,
    children: Sequence[int],
    parents: Sequence[NDArray[np.int32]],
    *,
    adopting: list[NDArray[np.int64]] | None = None,
) -> list[Evidence]:
    """Return the evidence on each child.

    Parameters
    ----------
    acts
        The archive.
    children
        Numbers of tags.
    parents
        For each possible parent, the tweets that hold it, in time order.
    adopting
        For each child the adopting tweets that are asked; its first 15 if not given.

    Notes
    -----
    Time O(n log n) in tweets plus, for each child, adopters x 200 matched acts x parents.
    """
    adopting = adopting or [first_adopters(acts, child) for child in children]
    matched = _Matching(acts)
    groups = [
        matched.acts_like(act, never)
        for child, firsts in zip(children, adopting, strict=True)
        for never in [_never(acts, child)]
        for act in firsts
    ]
    events = np.concatenate([np.empty(0, np.int64), *adopting])
    group = np.repeat(np.arange(len(groups)), [len(g) for g in groups])
    own = _Asked(acts, events)
    others = _Asked(acts, np.concatenate([np.empty(0, np.int64), *groups]))
    born = np.sort(acts.first_use(np.arange(len(acts.at), dtype=np.int32)))
    columns = [_compare(acts, born, own, others, group, parent) for parent in parents]
    return _split(acts, children, adopting, columns)


_Columns = tuple[NDArray[np.float64], ...]


def _compare(
    acts: Acts,
    born: NDArray[np.int64],
    own: "_Asked",
    others: "_Asked",
    group: NDArray[np.int64],
    parent: NDArray[np.int32],
) -> _Columns:
    """Return used, exposed, joint and their chances, one parent, all adopting tweets.

    200 matched accounts tell little of a tag that a few in a thousand have used. So the
    share of all accounts is the prior mean of the matched chance: an exponential law of
    the ratio of the two, whose posterior mean given k of n is (k + 1) / (n + 1 / share).
    """
    first = acts.first_use(parent)
    holds = np.zeros(len(acts.at), bool)
    holds[parent] = True
    events = len(own.act)
    size = np.bincount(group, minlength=events)
    used, exposed = own.history(acts, first)
    used_m, exposed_m = others.history(acts, first)

    now = acts.at[own.act]
    users, people = np.searchsorted(np.sort(first), now), np.searchsorted(born, now, side="right")
    share = np.maximum(users, 1) / people

    def chance(flags: NDArray[np.bool_], more: float, of: Any) -> NDArray[np.float64]:
        seen = (np.bincount(group[flags], minlength=events) + more) / (size + of)
        return np.where(size < _MATCHED_LEAST, np.nan, seen)

    return (
        used.astype(float),
        exposed.astype(float),
        (holds[own.act] & acts.original[own.act]).astype(float),
        chance(used_m, _ALIKE, _ALIKE / share),
        chance(exposed_m, 0.5, 1.5),
    )


def _new(acts: Acts, events: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return who tweets for the first time, and the share of such tweets around each event.

    Nothing is said (NaN) of an original that only a retweet shows: its author's other
    tweets may be missing as well.
    """
    new = np.r_[0, np.cumsum((acts.earlier == 0) & acts.collected)]
    all_ = np.r_[0, np.cumsum(acts.collected)]
    low = np.maximum(events - _LOOK_BACK, 0)
    high = np.minimum(events + _LOOK_AHEAD, len(acts.at))
    share = (new[high] - new[low] + 0.5) / (all_[high] - all_[low] + 1.0)
    own = acts.collected[events]
    return (acts.earlier[events] == 0) & own, np.where(own, share, np.nan)


def _split(
    acts: Acts,
    children: Sequence[int],
    adopting: list[NDArray[np.int64]],
    columns: list[_Columns],
) -> list[Evidence]:
    new, new_chance = _new(acts, np.concatenate([np.empty(0, np.int64), *adopting]))
    ends = np.cumsum([len(firsts) for firsts in adopting])
    stacked = [np.stack(parts, axis=1) for parts in zip(*columns, strict=True)]
    found = []
    for child, firsts, end in zip(children, adopting, ends, strict=True):
        own = slice(end - len(firsts), end)
        part = [array[own] for array in stacked]
        flags = [array.astype(bool) for array in part[:3]]
        found.append(
            Evidence(
                *(child, firsts, flags[0], flags[1], flags[2]),
                *(acts.original[firsts], part[3], part[4], new[own], new_chance[own]),
            )
        )
    return found


def _never(acts: Acts, child: int) -> NDArray[np.bool_]:
    never = np.ones(acts.authors, bool)
    never[acts.author[acts.acts_with(child)]] = False
    return never


class _Matching:
    """Acts by how many tweets their author had behind him, on a doubling scale."""

    def __init__(self, acts: Acts) -> None:
        self.author = acts.author
        self.bucket = np.minimum(np.ceil(np.log2(acts.earlier + 1.0)), _BUCKETS - 1).astype(int)
        self.members = [np.flatnonzero(self.bucket == b) for b in range(_BUCKETS)]

    def acts_like(self, act: int, never: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return up to 200 nearest acts in time, one an author, none of an adopter."""
        members = self.members[self.bucket[act]]
        place = int(np.searchsorted(members, act))
        near = members[max(0, place - _LOOK_BACK) : place + _LOOK_AHEAD]
        near = near[never[self.author[near]]]
        near = near[np.argsort(np.abs(near - act), kind="stable")]
        _, first = np.unique(self.author[near], return_index=True)
        return near[np.sort(first)[:_MATCHED_MOST]]


class _Asked:
    """Acts whose past is asked, with those to whom their author had turned within a day."""

    def __init__(self, acts: Acts, asked: NDArray[np.int64]) -> None:
        self.act = asked
        start = int(acts.at[0]) // _MICRO - _EXPOSURE_S if len(acts.at) else 0
        span = (int(acts.at[-1]) // _MICRO - start + 1) if len(acts.at) else 1
        keys = acts.contact_author.astype(np.int64) * span + acts.contact_at // _MICRO - start
        now = acts.author[asked].astype(np.int64) * span + acts.at[asked] // _MICRO - start
        end = np.searchsorted(keys, now, side="left")
        begin = np.searchsorted(keys, now - _EXPOSURE_S, side="left")
        low = np.searchsorted(acts.contact_author, acts.author[asked], side="left")
        begin = np.maximum(np.maximum(begin, low), end - _CONTACTS_MOST)
        sizes = np.maximum(end - begin, 0)
        self.of = np.repeat(np.arange(len(asked)), sizes)
        offset = np.arange(len(self.of)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        self.other = acts.contact_other[np.repeat(begin, sizes) + offset]

    def history(
        self, acts: Acts, first: NDArray[np.int64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Return who had used a tag before, and who had only turned to, or follows, such a one."""
        at = acts.at[self.act]
        used = first[acts.author[self.act]] < at
        seen = np.zeros(len(self.act), bool)
        seen[self.of[first[self.other] < at[self.of]]] = True
        if len(acts.follower):
            seen |= acts.first_followed(first)[acts.author[self.act]] < at
        return used, seen & ~used
