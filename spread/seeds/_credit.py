"""Credit: expected over the posterior of trees, and over trees and resampled cascades."""

import numpy as np
from numpy.typing import NDArray

from spread._random import stream
from spread.trees import Forests, credit

Numbers = NDArray[np.float64]

_TOP = 5


def expected(
    forests: Forests, owners: NDArray[np.int64], counted: NDArray[np.bool_]
) -> tuple[Numbers, Numbers]:
    """Return the expected credit per account and, per event, that of its players as events."""
    cascade = forests.events["cascade"].to_numpy()
    pairs = np.stack([cascade, owners])
    repeated = np.zeros(len(forests), dtype=bool)
    order = np.lexsort(pairs)
    same = np.all(np.diff(pairs[:, order], axis=1) == 0, axis=0)
    repeated[cascade[order][1:][same]] = True
    per_event = forests.posterior.expected_credit(counted.astype(np.float64))
    alone = np.where(repeated[cascade], 0.0, per_event)
    exact = np.bincount(owners, weights=alone).astype(np.float64)
    rows = np.flatnonzero(repeated[cascade])
    if len(rows):
        for i in range(forests.trees):
            found = credit(*part(forests.tree(i), rows, owners), counted=counted[rows])
            exact[found.index] += found.to_numpy() / forests.trees
    return exact, per_event


def part(
    parents: NDArray[np.int32], rows: NDArray[np.int64], owners: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the parents and owners of some rows, whole cascades, renumbered."""
    above = parents[rows]
    return np.where(above < 0, -1, np.searchsorted(rows, above)), owners[rows]


def whole_cascades(forests: Forests, counted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the rows of all cascades in which an event is counted."""
    cascade = forests.events["cascade"].to_numpy()
    return np.flatnonzero(np.isin(cascade, cascade[counted]))


def replicates_of(
    forests: Forests,
    owners: NDArray[np.int64],
    counted: NDArray[np.bool_],
    *,
    accounts: int,
    replicates: int,
    seed: int | None,
) -> dict[str, Numbers]:
    """Return medians, intervals and chances over sampled trees and resampled cascades."""
    rows = whole_cascades(forests, counted)
    _, number = np.unique(forests.events["cascade"].to_numpy()[rows], return_inverse=True)
    drawn = np.zeros((replicates, accounts), np.float32)
    shares = np.zeros((replicates, accounts), np.float32)
    first, top = np.zeros(accounts), np.zeros(accounts)
    for i in range(replicates):
        weights = np.ones(number[-1] + 1)
        if seed is not None:
            weights = stream(seed, i).standard_exponential(len(weights))
            weights /= weights.mean()
        parents = forests.tree(i % forests.trees)
        weighed = counted[rows] * weights[number]
        found = credit(*part(parents, rows, owners), counted=weighed)
        known = found[found.index < accounts]
        drawn[i, known.index] = known.to_numpy()
        shares[i] = drawn[i] / weighed.sum()
        most = np.argsort(-drawn[i], kind="stable")[:_TOP]
        first[most[0]] += 1
        top[most[drawn[i, most] > 0]] += 1
    low, median, high = np.quantile(drawn, [0.025, 0.5, 0.975], axis=0)
    share_low, share_high = np.quantile(shares, [0.025, 0.975], axis=0)
    return {
        "credit_low": low,
        "credit_median": median,
        "credit_high": high,
        "share_low": share_low,
        "share_high": share_high,
        "p_first": first / replicates,
        "p_top5": top / replicates,
    }
