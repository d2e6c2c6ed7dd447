"""What is counted: cascades by the camp of who began them, authors of many made one."""

from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from spread import tables
from spread._compile import kernel
from spread._errors import UsageError

CAMPS = pa.schema([("user_id", pa.string()), ("camp", pa.string())])

_NEEDED = ["tweet_id", "author_id", "at", "kind", "retweet_of"]
_OPTIONAL = ["origin", "retweet_author_id", "manual_retweet", "followers"]
_REACH_S = 1800.0
_MOST_AN_HOUR = 10


@dataclass(frozen=True, eq=False)
class Units:
    """Units in order of time.

    `times_s` are seconds since `start_us` (microseconds since 1970), `camp` are codes into
    `camps`, `weight` says how much of an independent unit each is. `unlabelled` counts
    originals whose author has no camp.
    """

    times_s: NDArray[np.float64]
    camp: NDArray[np.int64]
    weight: NDArray[np.float64]
    camps: tuple[str, ...]
    start_us: int
    unlabelled: int

    def __len__(self) -> int:
        return len(self.times_s)

    @property
    def categories(self) -> NDArray[np.float64]:
        """One row a unit, one column a camp: the unit's weight where it is of the camp."""
        return np.asarray(np.eye(len(self.camps))[self.camp] * self.weight[:, None])

    def instant(self, at_s: float) -> pd.Timestamp:
        """Return the instant at seconds since the start."""
        return tables.instants([self.start_us + round(at_s * 1e6)])[0]


def read(tweets: tables.Table, camps: tables.Table) -> pd.DataFrame:
    """Return what the analysis needs of tweets, by time, with the camp of each author.

    Columns: tweet_id, author_id, at, kind, manual_retweet, followers, collected, camp
    (null = none), root_id and root_author_id (a retweet's original, else the tweet).
    """
    rows = tables.expression(tweets, tables.TWEETS, _NEEDED, optional=_OPTIONAL)
    labels = _labels(camps)
    rows = rows.filter(rows.author_id.notnull(), rows["at"].notnull())
    rows = rows.left_join(labels, rows.author_id == labels.user_id)
    is_retweet = (rows.kind == "retweet").fill_null(False)
    chosen = rows.select(
        "tweet_id",
        "author_id",
        "at",
        "kind",
        "camp",
        manual_retweet=rows.manual_retweet.fill_null(False),
        followers=rows.followers.fill_null(1),
        collected=rows.origin.fill_null("collected") == "collected",
        root_id=ibis.ifelse(is_retweet, rows.retweet_of, rows.tweet_id),
        root_author_id=ibis.ifelse(is_retweet, rows.retweet_author_id, rows.author_id),
    )
    return _with_known_roots(chosen.order_by("at", "tweet_id").to_pyarrow().to_pandas())


def units(rows: pd.DataFrame) -> Units:
    """Return the units of rows that `read` gave.

    Originals are tweets, quotes and replies; manual retweets are none. Those from outside
    the collected span came in with a retweet: before the span only the successful ones are
    known, which would look like a change where the span begins, so they are left out.

    """
    at_us = tables.microseconds(rows["at"])
    collected = at_us[rows.collected.to_numpy(dtype=bool)]
    first, last = (collected.min(), collected.max()) if len(collected) else (0, -1)
    original = (rows.kind != "retweet").to_numpy() & ~rows.manual_retweet.to_numpy(dtype=bool)
    original &= (at_us >= first) & (at_us <= last)
    labelled = original & rows.camp.notna().to_numpy()
    names, camp = np.unique(rows.camp[labelled].to_numpy(dtype=str), return_inverse=True)
    times_s = (at_us[labelled] - first) / 1e6
    return Units(
        times_s=times_s,
        camp=camp.astype(np.int64),
        weight=_weights(rows.author_id[labelled], times_s),
        camps=tuple(names.tolist()),
        start_us=int(first),
        unlabelled=int(np.sum(original & ~labelled)),
    )


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


def _labels(camps: tables.Table) -> ibis.Table:
    found = tables.frame(camps, CAMPS, ["user_id", "camp"]).dropna()
    if found.user_id.duplicated().any():
        twice = found.user_id[found.user_id.duplicated()].iloc[0]
        raise UsageError(
            "an account has two camps", got=f"user_id {twice!r}", allowed="one row each"
        )
    return tables.expression(found, CAMPS, ["user_id", "camp"])


def _with_known_roots(rows: pd.DataFrame) -> pd.DataFrame:
    """Fill a root's author, where the retweet does not say it, from the original's row."""
    author_of = rows[rows.kind != "retweet"].drop_duplicates("tweet_id").set_index("tweet_id")
    known = rows.root_id.map(author_of.author_id)
    return rows.assign(root_author_id=rows.root_author_id.fillna(known))
