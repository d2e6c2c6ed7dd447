"""Credit: expected over the posterior of trees, and over trees and resampled cascades."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread._intervals import quantiles
from spread._random import stream
from spread.trees import Forests, account_credit

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

_TOP = 5


class Part(NamedTuple):
    """Whole cascades of a forest: their rows, and who wrote them.

    `cascades` says of each cascade whether it is among them; `place` is where in the part
    each row of the forest stands, -1 elsewhere. `who` are the codes of the accounts there,
    and `owners` are places in it; the first `known` of them have an id.
    """

    cascades: NDArray[np.bool_]
    rows: Codes
    place: Codes
    who: Codes
    owners: Codes
    known: int

    def of(self, parents: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the part of a parent array, renumbered."""
        above = parents[self.rows]
        return np.where(above < 0, -1, self.place[above]).astype(np.int32)

    def spread(self, values: NDArray[np.float64], accounts: int, missing: float = 0.0) -> Numbers:
        """Return values of the known accounts of the part as values of all accounts."""
        all_of_them = np.full(accounts, missing)
        all_of_them[self.who[: self.known]] = values[: self.known]
        return all_of_them


def part(forests: Forests, owners: Codes, cascades: NDArray[np.bool_], accounts: int) -> Part:
    """Return some cascades; codes of owners from `accounts` on have no id."""
    rows = np.flatnonzero(np.repeat(cascades, np.diff(forests.offsets)))
    place = np.full(len(owners), -1)
    place[rows] = np.arange(len(rows))
    who, codes = np.unique(owners[rows], return_inverse=True)
    known = int(np.searchsorted(who, accounts))
    return Part(cascades, rows, place, who, codes.ravel().astype(np.int64), known)


def whole_cascades(forests: Forests, counted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return in which cascades an event is counted."""
    return np.bincount(forests.events["cascade"].to_numpy()[counted], minlength=len(forests)) > 0


def repeating(forests: Forests, owners: Codes) -> NDArray[np.bool_]:
    """Return in which cascades an account occurs twice."""
    cascade = forests.events["cascade"].to_numpy()
    pairs = np.stack([cascade, owners])
    repeated = np.zeros(len(forests), dtype=bool)
    order = np.lexsort(pairs)
    same = np.all(np.diff(pairs[:, order], axis=1) == 0, axis=0)
    repeated[cascade[order][1:][same]] = True
    return repeated


class Replicate(NamedTuple):
    """Weights of cascades by which one tree is counted, and the sum of what they count."""

    number: int
    credit: NDArray[np.float32]
    total: float


def replicate(
    number: int, parents: NDArray[np.int32], of: Part, counted: Numbers, cascade: Codes,
    seed: int | None,
) -> Replicate:  # fmt: skip
    """Return credit in one tree, the cascades weighed by a Bayesian bootstrap with a seed."""
    weights = np.ones(cascade[-1] + 1)
    if seed is not None:
        weights = stream(seed, number).standard_exponential(len(weights))
        weights /= weights.mean()
    weighed = counted * weights[cascade]
    found = account_credit(parents, of.owners, weighed, accounts=len(of.who))[: of.known]
    return Replicate(number, found.astype(np.float32), float(weighed.sum()))


def summary(
    drawn: NDArray[np.float32], totals: Numbers, of: Part, accounts: int
) -> dict[str, Numbers]:
    """Return medians, intervals and chances over the replicates, as columns over accounts."""
    first, top = np.zeros(of.known), np.zeros(of.known)
    for credit in drawn:
        most = _largest(credit)
        first[most[:1]] += 1
        top[most[credit[most] > 0]] += 1
    low, median, high = quantiles(drawn, [0.025, 0.5, 0.975])
    shares = np.empty_like(drawn)
    for row, credit, total in zip(shares, drawn, totals, strict=True):
        row[:] = credit / total
    share_low, share_high = quantiles(shares, [0.025, 0.975])
    columns = {
        "credit_low": low,
        "credit_median": median,
        "credit_high": high,
        "share_low": share_low,
        "share_high": share_high,
        "p_first": first / len(drawn),
        "p_top5": top / len(drawn),
    }
    return {name: of.spread(values, accounts) for name, values in columns.items()}


def _largest(credit: NDArray[np.float32]) -> Codes:
    """Return the places of the largest five, ties by place."""
    least = np.partition(credit, -_TOP)[-_TOP] if len(credit) > _TOP else -np.inf
    among = np.flatnonzero(credit >= least)
    return among[np.argsort(-credit[among], kind="stable")[:_TOP]]
