"""How far several partitions agree about each node."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from spread.communities._search import Labels

__all__ = ["agreement", "agrees"]


def agreement(chosen: Labels, others: Sequence[Labels]) -> NDArray[np.float64]:
    """Return of each node the share of the others that agree; NaN without others."""
    if not others:
        return np.full(len(chosen), np.nan)
    return np.mean([agrees(chosen, other) for other in others], axis=0, dtype=np.float64)


def agrees(chosen: Labels, other: Labels) -> NDArray[np.bool_]:
    """Return which nodes lie in the counterpart of their community. O(n log n)."""
    if not len(chosen):
        return np.zeros(0, dtype=np.bool_)
    width = int(other.max()) + 1
    cells, shared = np.unique(chosen * width + other, return_counts=True)
    ours, theirs = cells // width, cells % width
    union = np.bincount(chosen)[ours] + np.bincount(other)[theirs] - shared
    jaccard = shared / union
    partner = _partners(ours, theirs, jaccard)
    back = _partners(theirs, ours, jaccard)
    return (partner[chosen] == other) & (back[other] == chosen)


def _partners(rows: Labels, columns: Labels, jaccard: NDArray[np.float64]) -> Labels:
    """Return for each row its column of highest Jaccard index; ties: the smallest."""
    order = np.lexsort((columns, -jaccard, rows))
    first = np.unique(rows[order], return_index=True)[1]
    return columns[order][first]
