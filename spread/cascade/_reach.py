"""What cascades reach: by depth in each sampled tree, by users in all, and how long seen."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._compile import kernel
from spread.cascade._survival import last_seen_s
from spread.trees import Forests, depths

Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]

DEPTH_MOST: Final = 12
USERS: Final = (2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000, 2000, 3000, 5000, 10_000)
_TREES_MOST: Final = 20


class Cells(NamedTuple):
    """Of one tree, a row for each depth that a cascade reaches."""

    cascade: Rows
    depth: Rows
    tweets: Numbers
    users: Numbers
    first_s: Numbers


@dataclass(frozen=True)
class Reach:
    """What the cascades reach: by depth in each tree, by users in all, and how long seen."""

    trees: list[Cells]
    users: pd.DataFrame
    seen_s: Numbers


def reach(forests: Forests) -> Reach:
    events, offsets = forests.events, forests.offsets
    at_s = events["at_s"].to_numpy(np.float64)
    person = pd.factorize(events["user_id"])[0].astype(np.int64)
    trees = [
        Cells(*_cells(forests.tree(i), offsets, at_s, person, depths(forests.tree(i))))
        for i in range(min(forests.trees, _TREES_MOST))
    ]
    new = events.loc[~events.duplicated(["cascade", "user_id"]), ["cascade", "at_s"]]
    users = new.assign(users=new.groupby("cascade").cumcount() + 1)
    return Reach(trees, users[users["users"].isin(USERS)], last_seen_s(forests))


@kernel
def _cells(
    parents: NDArray[np.int32],
    offsets: Rows,
    at_s: Numbers,
    person: Rows,
    depth: NDArray[np.int32],
) -> tuple[Rows, Rows, Numbers, Numbers, Numbers]:
    """Return per cascade and depth: tweets, distinct users so far, the first time; O(n)."""
    n = len(parents)
    of, deep = np.empty(n, np.int64), np.empty(n, np.int64)
    tweets, users, first = np.empty(n), np.empty(n), np.empty(n)
    shallowest = np.full(person.max() + 1 if n else 0, -1)
    count = np.zeros(n + 1)
    new = np.zeros(n + 1)
    when = np.full(n + 1, np.inf)
    cells = 0
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        most = 0
        for v in range(start, end):
            at = depth[v]
            most = max(most, at)
            count[at] += 1
            when[at] = min(when[at], at_s[v])
            known = shallowest[person[v]]
            if known < 0 or at < known:
                shallowest[person[v]] = at
        for v in range(start, end):
            if shallowest[person[v]] >= 0:
                new[shallowest[person[v]]] += 1
                shallowest[person[v]] = -1
        so_far = 0.0
        for at in range(most + 1):
            so_far += new[at]
            of[cells], deep[cells] = cascade, at
            tweets[cells], users[cells], first[cells] = count[at], so_far, when[at]
            count[at], new[at], when[at] = 0, 0, np.inf
            cells += 1
    return of[:cells], deep[:cells], tweets[:cells], users[:cells], first[:cells]


def cells_of(tree: Cells, number: Rows) -> Cells:
    """Return the cells of the cascades asked for, renumbered, down to the depth drawn."""
    inside = (number[tree.cascade] >= 0) & (tree.depth <= DEPTH_MOST)
    return Cells(
        number[tree.cascade[inside]],
        tree.depth[inside],
        tree.tweets[inside],
        tree.users[inside],
        tree.first_s[inside],
    )
