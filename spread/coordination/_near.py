"""Accounts near each other in time: which pairs, in which objects."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._intervals import wilson
from spread.coordination._chance import Cells, shuffled
from spread.coordination._close import close_rows
from spread.coordination._shares import Shares
from spread.tables import instants

__all__ = ["Near", "described", "near_pairs", "permuted"]

Ints = NDArray[np.int64]
_EVIDENCE = 10


@dataclass(frozen=True, eq=False)
class Near:
    """Pairs of accounts with enough objects shared in step.

    Attributes
    ----------
    pairs, count
        Codes of both accounts (rising) and their objects in step; one row a pair.
    starts, left, right
        The pair's close shares are `left[starts[i]:starts[i + 1]]` with `right`: rows of the
        shares, the earlier and the later, by object.
    close
        How many close shares of two supported accounts there are in all.
    together
        How many pairs of supported accounts have any.
    """

    pairs: Ints
    count: Ints
    starts: Ints
    left: Ints
    right: Ints
    close: int
    together: int


def near_pairs(found: Shares, supported: NDArray[np.bool_], window: int, min_objects: int) -> Near:
    """Return the pairs of supported accounts with enough objects in step.

    The time is that of finding and sorting the close pairs of supported accounts.
    """
    rows = np.flatnonzero(supported[found.user])
    left, right = close_rows(found.item[rows], found.at_us[rows], window)
    left, right = rows[left], rows[right]
    key = _keys(found.user[left], found.user[right], len(found.users))
    often, count, together = _frequent(key, min_objects)
    rows = np.flatnonzero(_among(key, often))
    rows = rows[np.argsort(key[rows], kind="stable")]
    pairs = np.stack([often // len(found.users), often % len(found.users)], axis=1)
    starts = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    return Near(pairs, count, starts, left[rows], right[rows], len(key), together)


def _frequent(key: Ints, least: int) -> tuple[Ints, Ints, int]:
    """Return the keys that occur often enough, how often, and how many distinct keys there are."""
    ordered = np.sort(key)
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    count = np.diff(starts, append=len(ordered))
    enough = count >= least
    return ordered[starts[enough]], count[enough], len(starts)


def _among(key: Ints, wanted: Ints) -> NDArray[np.bool_]:
    if not len(wanted):
        return np.zeros(len(key), dtype=bool)
    at = np.minimum(np.searchsorted(wanted, key), len(wanted) - 1)
    return wanted[at] == key


def _keys(one: NDArray[np.int32], other: NDArray[np.int32], users: int) -> Ints:
    first, second = np.minimum(one, other), np.maximum(one, other)
    return first.astype(np.int64) * users + second


def described(found: Shares, near: Near, activity: Ints, shared: Ints) -> pd.DataFrame:
    """Return the pairs as a table: what was shared, how closely, when, and the tweets to read."""
    lag_s = (found.at_us[near.right] - found.at_us[near.left]) / 1e6
    spans = [slice(*ends) for ends in zip(near.starts[:-1], near.starts[1:], strict=True)]
    low, high = wilson(near.count, shared)
    one, other = near.pairs[:, 0], near.pairs[:, 1]
    return pd.DataFrame(
        {
            "source": found.users[one],
            "target": found.users[other],
            "source_objects": activity[one],
            "target_objects": activity[other],
            "shared": shared,
            "in_step": near.count,
            "share": near.count / np.maximum(shared, 1),
            "share_low": low,
            "share_high": high,
            "lag_s": [float(np.median(lag_s[span])) for span in spans],
            "first_at": instants([found.at_us[near.left[span]].min() for span in spans]),
            "last_at": instants([found.at_us[near.right[span]].max() for span in spans]),
            "objects": [found.objects[found.item[near.left[span]]].tolist() for span in spans],
            "evidence": [_evidence(found, near.left[span], near.right[span]) for span in spans],
        }
    )


def _evidence(found: Shares, left: Ints, right: Ints) -> list[str]:
    """Return the tweets of the closest shares, both accounts' of each object."""
    closest = np.lexsort((left, found.at_us[right] - found.at_us[left]))[: _EVIDENCE // 2]
    both = zip(left[closest], right[closest], strict=True)
    return [str(found.tweet_ids[row]) for pair in both for row in pair]


def permuted(
    found: Shares, close: Cells, near: Near, window: int, null: str, rng: np.random.Generator
) -> Ints:
    """Return the objects in step of the same pairs once accounts are dealt out again."""
    user = shuffled(found, close, null, rng)
    wanted = near.pairs[:, 0] * len(found.users) + near.pairs[:, 1]
    left, right = close_rows(found.item, found.at_us, window)
    key = _keys(user[left], user[right], len(found.users))
    at = np.minimum(np.searchsorted(wanted, key), len(wanted) - 1)
    hit = wanted[at] == key
    once = np.unique(np.stack([at[hit], found.item[left[hit]]]), axis=1)[0]
    return np.bincount(once, minlength=len(wanted))
