"""Cascades joined where one's original quotes another."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.cascade._events import Events
from spread.cascade._lineage import lineage
from spread.cascade._sampled import MeansOverTrees
from spread.tables import instants, microseconds
from spread.trees import Posterior

Numbers = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True, repr=False, eq=False)
class Joined(MeansOverTrees):
    """A posterior over cascades made of parts: a quote is in two parts, one event of the whole.

    In the part that it quotes a quote has a parent, in its own it is the root. Depth,
    virality and credit are means over the drawn trees.

    Attributes
    ----------
    parts
        The posterior over the rows of the parts.
    part
        Per row of the parts, which part.
    row_of
        Per row of the parts, its row of the whole.
    within
        Per row of the whole, the row of the parts in which it has its parent.
    offsets
        Where the joined cascades begin and end.
    """

    parts: Posterior
    part: Rows
    row_of: Rows
    within: Rows
    offsets: Rows
    trees: int
    seed: int

    def draw(self, rng: np.random.Generator) -> NDArray[np.int32]:
        """Return one parent array, −1 at roots."""
        parents = self.parts.draw(rng)[self.within]
        return np.where(parents < 0, -1, self.row_of[parents]).astype(np.int32)

    def probabilities(self, row: int) -> Numbers:
        """Return the probabilities of the cascade's events before `row` as its parent."""
        start = self.offsets[np.searchsorted(self.offsets, row, side="right") - 1]
        found = self.parts.probabilities(int(self.within[row]))
        rows = self.row_of[self.within[row] - len(found) : self.within[row]]
        probabilities = np.zeros(row - start)
        probabilities[rows - start] = found
        return probabilities

    def probability(self, parents: NDArray[np.int32]) -> Numbers:
        """Return, per row, the probability of the parent named; 1 at roots."""
        part = self.part[self.within]
        first = np.searchsorted(self.part, part)
        heads = self.row_of[first] == parents
        named = np.where(parents < 0, -1, np.where(heads, first, self.within[parents]))
        possible = (named < 0) | ((self.part[named] == part) & (named < self.within))
        of_parts = np.full(len(self.part), -1, np.int32)
        of_parts[self.within[possible]] = named[possible]
        return np.where(possible, self.parts.probability(of_parts)[self.within], 0.0)

    def entropy(self) -> Numbers:
        """Return, per row, the entropy of its parent in nats; NaN at roots."""
        return self.parts.entropy()[self.within]


def joined(found: Events, parts: Posterior, *, trees: int, seed: int) -> tuple[Events, Joined]:
    """Return the cascades with each quote's own cascade hung under the quote."""
    part = found.table["cascade"].to_numpy().astype(np.int64)
    is_head = found.table["event"].to_numpy() == 0
    quoting = _quoting(found, part, is_head)
    host = np.where(quoting < 0, -1, part[quoting])
    host, generation, top = lineage(host)
    quoting = np.where(host < 0, -1, quoting)
    at = _times(found, part, quoting, generation)
    kept = np.flatnonzero(~is_head | (quoting[part] < 0))
    order = kept[np.lexsort((kept, generation[part[kept]], at[kept], top[part[kept]]))]
    row_of = np.full(len(part), -1, np.int64)
    row_of[order] = np.arange(len(order))
    hung = np.flatnonzero(quoting >= 0)
    # A quote of a quote is the head of its own part and an event of the other's.
    row_of[found.offsets[:-1][hung]] = row_of[quoting[hung]]
    whole = _whole(found, order, top[part[order]], at[order])
    counts = found.counts | {"quotes_with_cascade": int(np.sum(np.diff(found.offsets)[hung] > 1))}
    posterior = Joined(parts, part, row_of, order, whole.offsets, trees, seed)
    return replace(whole, counts=counts), posterior


def _quoting(found: Events, part: Rows, is_head: NDArray[np.bool_]) -> Rows:
    """Return, per part, the row of another part that is the same tweet as its head, or −1."""
    keys = pd.MultiIndex.from_arrays([found.platform[part], found.table["tweet_id"]])
    inner = np.flatnonzero(~is_head)
    place = keys[inner].drop_duplicates().get_indexer(keys[is_head])
    first = inner[~keys[inner].duplicated()]
    return np.where(place < 0, -1, first[place] if len(first) else -1).astype(np.int64)


def _times(found: Events, part: Rows, quoting: Rows, generation: Rows) -> Rows:
    """Return when each row was posted, in microseconds: none before the quote above it."""
    seconds = found.table["at_s"].to_numpy()
    at = microseconds(pd.Series(found.root_at))[part] + np.rint(seconds * 1e6).astype(np.int64)
    for level in range(1, generation.max(initial=0) + 1):
        for one in np.flatnonzero(generation == level):
            rows = slice(found.offsets[one], found.offsets[one + 1])
            at[rows] = np.maximum(at[rows], at[quoting[one]])
    return at


def _whole(found: Events, order: Rows, top: Rows, at: Rows) -> Events:
    tops, cascade = np.unique(top, return_inverse=True)
    starts = np.flatnonzero(np.diff(cascade, prepend=-1))
    offsets = np.append(starts, len(order)).astype(np.int64)
    table = found.table.iloc[order].reset_index(drop=True)
    table["cascade"] = cascade.astype(np.int32)
    table["event"] = (np.arange(len(order)) - offsets[cascade]).astype(np.int32)
    table["at_s"] = (at - at[starts][cascade]) / 1e6
    return replace(
        found,
        table=table,
        offsets=offsets,
        root_at=instants(at[starts]),
        platform=found.platform[tops],
        root_collected=found.root_collected[tops],
        opens_s=found.opens_s[tops],
        closes_s=found.closes_s[tops],
    )
