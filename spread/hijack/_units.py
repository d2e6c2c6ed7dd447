"""What is counted: cascades by the camp of who began them, one an author and hour."""

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
_THREAD_S = 3600.0


@dataclass(frozen=True, eq=False)
class Units:
    """Units in order of time.

    `times_s` are seconds since `start_us` (microseconds since 1970), `camp` are codes into
    `camps`. `unlabelled` counts originals whose author has no camp.
    """

    times_s: NDArray[np.float64]
    camp: NDArray[np.int64]
    camps: tuple[str, ...]
    start_us: int
    unlabelled: int

    def __len__(self) -> int:
        return len(self.times_s)

    @property
    def categories(self) -> NDArray[np.float64]:
        """One row a unit, one column a camp: 1 where the unit is of the camp."""
        return np.eye(len(self.camps))[self.camp]

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
    known, which would look like a change where the span begins, so they are left out. A
    unit is what one author begins within an hour: a thread is one act, not twenty.
    """
    at_us = tables.microseconds(rows["at"])
    collected = at_us[rows.collected.to_numpy(dtype=bool)]
    first, last = (collected.min(), collected.max()) if len(collected) else (0, -1)
    original = (rows.kind != "retweet").to_numpy() & ~rows.manual_retweet.to_numpy(dtype=bool)
    original &= (at_us >= first) & (at_us <= last)
    labelled = original & rows.camp.notna().to_numpy()
    names, camp = np.unique(rows.camp[labelled].to_numpy(dtype=str), return_inverse=True)
    times_s = (at_us[labelled] - first) / 1e6
    begins = _first_of_threads(rows.author_id[labelled], times_s)
    return Units(
        times_s=times_s[begins],
        camp=camp[begins].astype(np.int64),
        camps=tuple(names.tolist()),
        start_us=int(first),
        unlabelled=int(np.sum(original & ~labelled)),
    )


@kernel
def thread_starts(
    author: NDArray[np.int64], at_s: NDArray[np.float64], span_s: float
) -> NDArray[np.bool_]:
    """Mark what begins a thread; sorted by (author, time), `span_s` from each beginning. O(n)."""
    starts = np.zeros(author.size, dtype=np.bool_)
    begun = 0.0
    for i in range(author.size):
        if i == 0 or author[i] != author[i - 1] or at_s[i] >= begun + span_s:
            starts[i] = True
            begun = at_s[i]
    return starts


def _first_of_threads(authors: pd.Series, times_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    codes = pd.factorize(authors)[0].astype(np.int64)
    order = np.lexsort((times_s, codes))
    begins = np.zeros(len(times_s), dtype=bool)
    begins[order] = thread_starts(codes[order], times_s[order], _THREAD_S)
    return begins


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
