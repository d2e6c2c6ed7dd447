"""What is counted: cascades by the camps of those who took part, authors of many made one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis
import numpy as np
import pandas as pd
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
    and root_author_id (a retweet's original, else the tweet).
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
    return _with_known_roots(chosen.order_by("at", "tweet_id").to_pyarrow().to_pandas())


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
    took_part = (original | (collected & (rows.kind == "retweet").to_numpy())) & camp.notna()
    if not audience:
        took_part &= original
    counts = _counts(
        rows[took_part], camp[took_part], np.array(names), rows.tweet_id.where(original)
    )
    known = counts.sum(axis=1) > 0
    times_s = (at_us[known] - first) / 1e6
    return Units(
        times_s=times_s,
        counts=counts[known],
        weight=_weights(rows.author_id[known], times_s),
        row=np.flatnonzero(known),
        camps=tuple(names),
        start_us=int(first),
        unlabelled=int(np.sum(original & ~known)),
    )


def _counts(
    took_part: pd.DataFrame, camp: pd.Series, names: NDArray[np.str_], originals: pd.Series
) -> NDArray[np.float64]:
    """Return a row a tweet: accounts in its cascade by camp; 0 where it is no original."""
    at = pd.Series(np.arange(len(originals)), index=originals)
    at = at[at.index.notna() & ~at.index.duplicated()]
    counts = np.zeros((len(originals), len(names)))
    pairs = took_part.assign(camp=np.searchsorted(names, camp.to_numpy(dtype=str)))
    place = at.index.get_indexer(pd.Index(pairs.root_id))
    pairs = pairs[place >= 0].assign(row=at.to_numpy()[place[place >= 0]])
    pairs = pairs.drop_duplicates(["row", "author_id"])
    np.add.at(counts, (pairs.row.to_numpy(), pairs.camp.to_numpy()), 1)
    return counts


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


def _weights(authors: pd.Series, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how much of an independent unit each is; sorted by time.

    An author's camp never changes, so what one author begins is one choice repeated. With m
    what the author of a unit began within half an hour before and after, the unit counts
    c = min(1, 10/m): no account makes up the shares alone. All units of a time are then
    scaled by Kish's effective size, Σc / Σ(c² m) over that hour's units (Kish 1965, Survey
    Sampling, 8.2). Scaling all alike leaves the shares as they are: counting each author
    once an hour instead would shift them when the volume rises, towards the camp of those
    who write less.
    """
    codes = pd.factorize(authors)[0].astype(np.int64)
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


def _with_known_roots(rows: pd.DataFrame) -> pd.DataFrame:
    """Fill a root's author, where the retweet does not say it, from the original's row."""
    author_of = rows[rows.kind != "retweet"].drop_duplicates("tweet_id").set_index("tweet_id")
    known = rows.root_id.map(author_of.author_id)
    return rows.assign(root_author_id=rows.root_author_id.fillna(known))
