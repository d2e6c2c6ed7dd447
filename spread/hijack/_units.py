"""What is counted: cascades by the camps of those who took part, authors of many made one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from spread import tables
from spread._compile import kernel

_NEEDED = ["tweet_id", "author_id", "at", "kind", "retweet_of"]
_OPTIONAL = ["origin", "retweet_author_id", "manual_retweet", "followers"]
_REACH_S = 1800.0
_MOST_AN_HOUR = 10


@dataclass(frozen=True, eq=False)
class Units:
    """Cascades in order of time.

    `times_s` are seconds since `start_us` (microseconds since 1970) at which a cascade
    began. `counts` (cascade × camp) are the distinct accounts that took part, by camp;
    `weight` says how much of an independent beginning each cascade is, since an author
    begins many. `row` is where its original stands in the rows that were read.
    `unlabelled` counts cascades in which nobody has a camp.
    """

    times_s: NDArray[np.float64]
    counts: NDArray[np.float64]
    weight: NDArray[np.float64]
    row: NDArray[np.int64]
    camps: tuple[str, ...]
    start_us: int
    unlabelled: int

    def __len__(self) -> int:
        return len(self.times_s)

    def categories(self, concentration: float = 0.0) -> NDArray[np.float64]:
        """Return the weight of each cascade in each camp (cascade × camp).

        Of n accounts that took part, drawn with a Dirichlet-multinomial concentration φ
        around the shares of the time, (1 + φ) n / (n + φ) count: the multinomial of as much
        information, and 1 where φ is 0 and a cascade repeats one choice.
        """
        took_part = self.counts.sum(axis=1, keepdims=True)
        worth = (1 + concentration) / (took_part + concentration)
        return np.asarray(self.counts * worth * self.weight[:, None])

    def instant(self, at_s: float) -> pd.Timestamp:
        """Return the instant at seconds since the start."""
        return tables.instants([self.start_us + round(at_s * 1e6)])[0]

    def without(self, dropped: NDArray[np.bool_]) -> "Units":
        """Return the units but some."""
        kept = ~dropped
        return replace(
            self, times_s=self.times_s[kept], counts=self.counts[kept],
            weight=self.weight[kept], row=self.row[kept],
        )  # fmt: skip


def read(tweets: tables.Table) -> pd.DataFrame:
    """Return what the analysis needs of tweets, by time.

    Columns: tweet_id, author_id, at, kind, manual_retweet, followers, collected, root_id
    and root_author_id (a retweet's original, else the tweet), author (a number for each
    author) and root_row (where the original stands; -1: nowhere, or it is no original).
    """
    rows = tables.expression(tweets, tables.TWEETS, _NEEDED, optional=_OPTIONAL)
    rows = rows.filter(rows.author_id.notnull(), rows["at"].notnull())
    is_retweet = (rows.kind == "retweet").fill_null(False)
    chosen = rows.select(
        "tweet_id",
        "author_id",
        "at",
        "kind",
        manual_retweet=rows.manual_retweet.fill_null(False),
        followers=rows.followers.fill_null(1),
        collected=rows.origin.fill_null("collected") == "collected",
        root_id=ibis.ifelse(is_retweet, rows.retweet_of, rows.tweet_id),
        root_author_id=ibis.ifelse(is_retweet, rows.retweet_author_id, rows.author_id),
    )
    return _with_known_roots(chosen.order_by("at", "tweet_id").to_pyarrow())


def units(rows: pd.DataFrame, camp: pd.Series, names: Sequence[str], *, audience: bool) -> Units:
    """Return the units of rows that `read` gave, with the camp of each row (null: none).

    Originals are tweets, quotes and replies; manual retweets are none. Those from outside
    the collected span came in with a retweet: before the span only the successful ones are
    known, which would look like a change where the span begins, so they are left out.
    `audience` says whether those who retweeted count beside the author: their camps do,
    but a code of a text is one code however often it was passed on.
    """
    at_us = tables.microseconds(rows["at"])
    collected = rows.collected.to_numpy(dtype=bool)
    first, last = (at_us[collected].min(), at_us[collected].max()) if collected.any() else (0, -1)
    original = (rows.kind != "retweet").to_numpy() & ~rows.manual_retweet.to_numpy(dtype=bool)
    original &= (at_us >= first) & (at_us <= last)
    of_camp = pd.Categorical(camp, categories=list(names)).codes
    took_part = (original | (collected & (rows.kind == "retweet").to_numpy())) & (of_camp >= 0)
    if not audience:
        took_part &= original
    counts = _counts(rows, took_part, of_camp, original, len(names))
    known = counts.sum(axis=1) > 0
    times_s = (at_us[known] - first) / 1e6
    return Units(
        times_s=times_s,
        counts=counts[known],
        weight=_weights(rows.author.to_numpy()[known], times_s),
        row=np.flatnonzero(known),
        camps=tuple(names),
        start_us=int(first),
        unlabelled=int(np.sum(original & ~known)),
    )


def _counts(
    rows: pd.DataFrame,
    took_part: NDArray[np.bool_],
    camp: NDArray[np.integer],
    original: NDArray[np.bool_],
    camps: int,
) -> NDArray[np.float64]:
    """Return a row a tweet: accounts in its cascade by camp; 0 where it is no original."""
    root = rows.root_row.to_numpy()
    there = np.flatnonzero(took_part & (root >= 0) & original[root])
    authors = rows.author.to_numpy()
    pairs = root[there] * (int(authors.max(initial=0)) + 1) + authors[there]
    _, first = np.unique(pairs, return_index=True)
    once = there[first]
    cells = np.bincount(root[once] * camps + camp[once], minlength=len(rows) * camps)
    return cells.reshape(len(rows), camps).astype(np.float64)


@kernel
def crowding(
    author: NDArray[np.int64], at_s: NDArray[np.float64], reach_s: float
) -> NDArray[np.int64]:
    """Count what the same author began within `reach_s` of each, itself included.

    Sorted by (author, time); O(n).
    """
    counts = np.zeros(author.size, dtype=np.int64)
    first = 0
    last = 0
    for i in range(author.size):
        while author[first] != author[i] or at_s[first] < at_s[i] - reach_s:
            first += 1
        last = max(last, i)
        while (
            last + 1 < author.size
            and author[last + 1] == author[i]
            and at_s[last + 1] <= at_s[i] + reach_s
        ):
            last += 1
        counts[i] = last - first + 1
    return counts


def _weights(codes: NDArray[np.int64], times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of an independent unit each is; sorted by time.

    An author's camp never changes, so what one author begins is one choice repeated. With m
    what the author of a unit began within half an hour before and after, the unit counts
    c = min(1, 10/m): no account makes up the shares alone. All units of a time are then
    scaled by Kish's effective size, Σc / Σ(c² m) over that hour's units (Kish 1965, Survey
    Sampling, 8.2). Scaling all alike leaves the shares as they are: counting each author
    once an hour instead would shift them when the volume rises, towards the camp of those
    who write less.
    """
    order = np.lexsort((times_s, codes))
    crowd = np.empty(len(times_s))
    crowd[order] = crowding(codes[order], times_s[order], _REACH_S)
    counts = np.minimum(1, _MOST_AN_HOUR / crowd)
    within = np.searchsorted(times_s, [times_s - _REACH_S, times_s + np.nextafter(_REACH_S, 9e9)])
    total, squared = (
        np.diff(np.append(0, np.cumsum(part))[within], axis=0)[0]
        for part in (counts, counts**2 * crowd)
    )
    return np.asarray(counts * total / squared)


def _with_known_roots(table: pa.Table) -> pd.DataFrame:
    """Add each root's row and, where the retweet does not say it, its author."""
    (tweet, root), ids = tables.codes(table["tweet_id"], table["root_id"])
    (author,), people = tables.codes(table["author_id"])
    rows = table.to_pandas()
    posted = (rows.kind != "retweet").to_numpy()
    of_root = _first_rows(tweet, posted, len(ids))[root]
    told = of_root[(unknown := rows.root_author_id.isna().to_numpy() & (of_root >= 0))]
    authors = rows.root_author_id.to_numpy(dtype=object, copy=True)
    authors[unknown] = people[author[told]]
    manual = rows.manual_retweet.to_numpy(dtype=bool)
    return rows.assign(
        root_author_id=pd.Series(authors, rows.index, dtype="str"),
        author=author.astype(np.int64),
        root_row=_first_rows(tweet, posted & ~manual, len(ids))[root],
    )


def _first_rows(
    codes: NDArray[np.int32], chosen: NDArray[np.bool_], count: int
) -> NDArray[np.int64]:
    """Return the first chosen row of each code, -1 where there is none, and a -1 for no code."""
    rows = np.flatnonzero(chosen & (codes >= 0))[::-1]
    first = np.full(count + 1, -1, dtype=np.int64)
    # Of several rows the last to be written stays.
    first[codes[rows]] = rows
    return first
