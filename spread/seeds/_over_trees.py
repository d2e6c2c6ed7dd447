"""One pass over the sampled trees, for all that is read off them."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.seeds._credit import (
    Codes,
    Numbers,
    Replicate,
    part,
    repeating,
    replicate,
    summary,
    whole_cascades,
)
from spread.seeds._sampled import Bounds, bounds, clock, told
from spread.trees import Forests, account_credit

_BOUNDED = 50


class _OfTree(NamedTuple):
    twice: Numbers
    replicates: list[Replicate]
    bounds: Bounds | None


def over_trees(
    forests: Forests,
    events: pd.DataFrame,
    owners: Codes,
    counted: NDArray[np.bool_],
    *,
    accounts: int,
    replicates: int,
    window_s: float,
    seed: int | None,
) -> tuple[Numbers, dict[str, Any]]:
    """Return the expected credit per event, and columns over accounts.

    `credit` is exact in cascades where no account occurs twice, else the mean over trees;
    the intervals and chances come of one tree a replicate, the cascades weighed anew with a
    seed; bounds and entries of at most 50 trees. Only trees of cascades in which something
    is counted are drawn. O(replicates × events counted).
    """
    per_event = forests.posterior.expected_credit(counted.astype(np.float64))
    here = whole_cascades(forests, counted)
    of = part(forests, owners, here, accounts)
    again = repeating(forests, owners)
    twice = part(forests, owners, again & here, accounts)
    weight, weight_twice = (counted[one.rows].astype(np.float64) for one in (of, twice))
    _, number = np.unique(forests.events["cascade"].to_numpy()[of.rows], return_inverse=True)
    watch = clock(events, of, counted, window_s)

    def read(i: int, tree: NDArray[np.int32]) -> _OfTree:
        parents = of.of(tree)
        bounded = None
        if i < _BOUNDED:
            sure = forests.posterior.probability(tree)[of.rows]
            bounded = bounds(parents, of, weight, sure, watch)
        return _OfTree(
            account_credit(twice.of(tree), twice.owners, weight_twice, accounts=len(twice.who)),
            [
                replicate(r, parents, of, weight, number, seed)
                for r in range(i, replicates, forests.trees)
            ],
            bounded,
        )

    alone = np.where(again[forests.events["cascade"].to_numpy()], 0.0, per_event)
    exact = np.bincount(owners, alone, accounts)[:accounts].astype(np.float64)
    drawn, totals = np.empty((replicates, of.known), np.float32), np.empty(replicates)
    bounded = []
    for one in forests.numbered(read, cascades=here):
        exact += twice.spread(one.twice, accounts) / forests.trees
        for found in one.replicates:
            drawn[found.number], totals[found.number] = found.credit, found.total
        bounded += [] if one.bounds is None else [one.bounds]
    columns = summary(drawn, totals, of, accounts) | told(bounded, of, watch, accounts)
    estimates = {"credit": exact, "share": exact / counted.sum()}
    for name, estimate in estimates.items():
        # Replicates are kept in single precision: an end may miss the estimate by a rounding.
        columns[f"{name}_low"] = np.minimum(columns[f"{name}_low"], estimate)
        columns[f"{name}_high"] = np.maximum(columns[f"{name}_high"], estimate)
    return per_event, estimates | columns
