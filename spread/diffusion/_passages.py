"""Cascades as passages: for each target and cascade, who could have passed it on, and when."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_columns
from spread._errors import InputError, UsageError

__all__ = ["Passages", "passages", "read_cascades"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Passages:
    """Every (cascade, source, target) in which the source could have passed it on.

    `edge` numbers the pairs (`source`, `target` by edge); `case` the (cascade, target)
    that the source may have reached, −1 where it failed; `waited_s` how long the target
    was at risk from that source; `cascade` from 0.
    """

    source: Ints
    target: Ints
    edge: Ints
    case: Ints
    cascade: Ints
    waited_s: Floats
    cases: int

    def by_target(self) -> Iterator[tuple[Ints, "Passages"]]:
        """Yield, for each target, its edges' numbers and its passages alone."""
        order = np.argsort(self.target[self.edge], kind="stable")
        owners = self.target[self.edge[order]]
        starts = np.flatnonzero(np.diff(owners, prepend=-1))
        for rows in np.split(order, starts[1:]):
            edges, edge = np.unique(self.edge[rows], return_inverse=True)
            hit = self.case[rows] >= 0
            cases, code = np.unique(self.case[rows][hit], return_inverse=True)
            case = np.full(len(rows), -1, np.int64)
            case[hit] = code
            yield edges, Passages(
                self.source[edges], self.target[edges], edge.astype(np.int64), case,
                self.cascade[rows], self.waited_s[rows], len(cases),
            )  # fmt: skip


def read_cascades(cascades: pd.DataFrame) -> tuple[NDArray[np.object_], Ints, Ints, Floats]:
    """Return names, and per reached vertex its cascade, number and time; the first time counts."""
    require_columns("cascades", cascades, ["cascade", "user_id", "at_s"])
    if cascades.empty:
        raise InputError("there is no cascade", got="no row")
    at_s = cascades["at_s"].to_numpy(float)
    if not np.isfinite(at_s).all() or cascades["user_id"].isna().any():
        raise UsageError("a row without a user or a time", hint="Leave it out")
    table = pd.DataFrame(
        {"cascade": pd.factorize(cascades["cascade"], sort=True)[0],
         "user_id": cascades["user_id"].astype(str).to_numpy(), "at_s": at_s}
    )  # fmt: skip
    table = table.sort_values(["cascade", "at_s", "user_id"]).drop_duplicates(
        ["cascade", "user_id"]
    )
    number, names = pd.factorize(table.user_id, sort=True)
    return (
        np.asarray(names, object), table.cascade.to_numpy(np.int64), number.astype(np.int64),
        table.at_s.to_numpy(float),
    )  # fmt: skip


def passages(
    cascade: Ints, vertex: Ints, at_s: Floats, vertices: int, *, window_s: float,
    allowed: NDArray[np.bool_] | None,
) -> Passages:  # fmt: skip
    """Return the passages of cascades, for pairs that some cascade makes possible.

    A vertex that a cascade never reached was at risk until `window_s` after it began. Rows
    are sorted by cascade and time. `allowed` is a matrix of pairs, or None. O(∑ reached ×
    vertices).
    """
    parts = []
    for number in range(int(cascade.max()) + 1):
        rows = np.flatnonzero(cascade == number)
        who, when = vertex[rows], at_s[rows] - at_s[rows[0]]
        end = np.full(vertices, window_s)
        reached = np.zeros(vertices, bool)
        end[who], reached[who] = when, True
        source = np.repeat(who, vertices)
        target = np.tile(np.arange(vertices), len(who))
        waited = end[target] - np.repeat(when, vertices)
        kept = (waited > 0) & (source != target)
        parts.append((source[kept], target[kept], reached[target[kept]], waited[kept], number))
    source, target, hit, waited = (np.concatenate([part[i] for part in parts]) for i in range(4))
    owner = np.repeat([part[4] for part in parts], [len(part[0]) for part in parts])
    pair = source * vertices + target
    possible = np.zeros(vertices * vertices, bool)
    possible[pair[hit]] = True
    if allowed is not None:
        possible &= allowed.ravel()
    kept = possible[pair]
    pairs, edge = np.unique(pair[kept], return_inverse=True)
    hit, owner, target, waited = hit[kept], owner[kept], target[kept], waited[kept]
    case = np.full(len(hit), -1, np.int64)
    keys, code = np.unique(owner[hit] * vertices + target[hit], return_inverse=True)
    case[hit] = code
    return Passages(
        pairs // vertices, pairs % vertices, edge.astype(np.int64), case, owner.astype(np.int64),
        waited, len(keys),
    )  # fmt: skip
