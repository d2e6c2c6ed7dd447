"""How many pairs are asked about, and whether any of them could answer."""

import math

import numpy as np
from numpy.typing import NDArray

from spread.coordination._chance import Cells, tails
from spread.coordination._near import near_pairs
from spread.coordination._shares import Shares

__all__ = ["asked", "by_object"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ENUMERATED = 5_000_000
_ALWAYS = 2**62


def asked(
    found: Shares,
    close: Cells,
    supported: NDArray[np.bool_],
    null: str,
    min_objects: int,
    level: float,
) -> tuple[int, bool]:
    """Return how many pairs are tested, and whether any of them could pass.

    Under the null of objects, these are the supported pairs with enough objects in common, at
    whatever times: the null keeps them. Where sharers form too many pairs to enumerate, an
    upper bound stands for their number, since a pair takes `min_objects` of those.
    """
    accounts = int(supported.sum())
    every = accounts * (accounts - 1) // 2
    if null == "hour" or not every:
        return every, every > 0
    sharers = np.bincount(found.item[supported[found.user]]).astype(object)
    formed = int((sharers * (sharers - 1) // 2).sum())
    if formed > _ENUMERATED:
        tests = min(every, formed // min_objects)
        return tests, _bound(found, close, supported) * tests <= level
    common = near_pairs(found, supported, _ALWAYS, min_objects)
    least = np.sort(by_object(found, close, common.pairs, np.zeros_like(common.count))[:, 3])
    tests = len(least)
    return tests, bool((least * tests <= level * np.arange(1, tests + 1)).any())


def by_object(found: Shares, close: Cells, pairs: Ints, least: Ints) -> Floats:
    """Return per pair what `tails` does: common, expected, P(>= least), P(all possible)."""
    order = np.lexsort((close.of_row, found.user))
    activity = np.bincount(found.user, minlength=len(found.users))
    offsets = np.concatenate([[0], np.cumsum(activity)]).astype(np.int64)
    lists = (offsets, close.of_row[order], close.item, close.hour, close.inside, close.across)
    return tails(pairs, least, *lists)


def _bound(found: Shares, close: Cells, supported: NDArray[np.bool_]) -> float:
    """Return a bound below which no pair of supported accounts can bring its p-value.

    A pair's p-value is at least the product of the smallest chances of one account's objects.
    """
    before = np.zeros(len(close.size))
    before[1:] = np.where(close.item[1:] == close.item[:-1], close.across[:-1], 0.0)
    three = np.stack([close.inside, close.across, before])
    smallest = np.where(three > 0, three, 1.0).min(axis=0)
    logs = np.bincount(found.user, np.log(smallest)[close.of_row], minlength=len(supported))
    two = np.sort(logs[supported])[:2]
    return math.exp(two[1]) if len(two) == 2 else 1.0
