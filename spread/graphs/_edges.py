"""Edges from tweets: who acted on whom, how often, from when to when."""

from dataclasses import dataclass
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from spread._arguments import require_one_of
from spread._errors import UsageError
from spread.graphs import _manual
from spread.tables import TWEETS, Table, codes, expression, require_once

__all__ = ["KINDS", "Edges", "acts", "coded", "edges"]

KINDS: Final = ("retweet", "mention", "reply", "quote", "hashtag")
"""The kinds of edge."""

_ALWAYS = ("tweet_id", "author_id", "origin", "at", "kind")
_NEEDED = {
    "retweet": ("retweet_of", "retweet_author_id"),
    "mention": ("mentions",),
    "reply": ("reply_to", "reply_author_id"),
    "quote": ("quote_of", "quote_author_id"),
    "hashtag": ("hashtags",),
}
_EDGES = ["source", "target", "weight", "count", "first_at", "last_at"]


def edges(
    tweets: Table, kind: str, *, manual: bool = False, names: Table | None = None
) -> pd.DataFrame:
    """Return who acted on whom, one row an edge, sorted by source and target.

    Collected tweets alone count. A retweet has no mention, reply or quote of its own:
    what it shows is its original's. Acts on oneself are left out, and so are acts whose
    target the archive does not know.

    Parameters
    ----------
    tweets
        Columns `tweet_id`, `author_id`, `origin`, `at`, `kind`, and those of the kind:
        `retweet_of` and `retweet_author_id`, `mentions`, `reply_to` and
        `reply_author_id`, `quote_of` and `quote_author_id`, or `hashtags`.
    kind
        `retweet`, `mention`, `reply` or `quote`: accounts, who acted → on whom.
        `hashtag`: two tags in one tweet, retweets included, the smaller key as source.
    manual
        For `retweet`: count old-style retweets ("RT @a: …") too; needs
        `manual_retweet`, `mentions` and `text`. Each counts as an original of its own,
        since it does not say which it repeats. Whom it repeats stands in
        `retweet_author_id`, else in its text.
    names
        A users table, by which accounts that are only named in manual retweets are found.
        Of those that only the text tells, the others count where they mention one account.

    Returns
    -------
    pandas.DataFrame
        `source`, `target`; `weight`: distinct originals retweeted, or distinct tweets
        with the mention, reply or quote, or distinct authors that used both tags in one
        tweet; `count`: retweets, mentions, replies, quotes, or tweets with both tags;
        `first_at`, `last_at`: of the acts, UTC.

    Raises
    ------
    UsageError
        The kind is unknown, or a column is missing (`MissingColumnError`).

    References
    ----------
    Conover et al. 2011 (retweet and mention graphs: retweets stay within camps, mentions cross
    them), https://doi.org/10.1609/icwsm.v5i1.14126. The platform names the original alone: an
    edge says whose tweet was passed on, not from whom it was seen (see `cascade.forests`).

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["1", "2"], "author_id": ["ann", "bob"],
    ...     "origin": "collected", "kind": ["tweet", "retweet"],
    ...     "at": pd.to_datetime(["2014-04-22T18:00", "2014-04-22T18:05"], utc=True),
    ...     "retweet_of": [None, "1"], "retweet_author_id": [None, "ann"]})
    >>> edges(tweets, "retweet")[["source", "target", "weight", "count"]]
      source target  weight  count
    0    bob    ann       1      1
    """
    found = coded(tweets, kind, manual=manual, names=names)
    ends = {"source": found.names[found.source], "target": found.names[found.target]}
    frame = found.columns.to_pandas().astype({"weight": np.int64, "count": np.int64})
    return pd.concat([pd.DataFrame(ends, dtype="str"), frame], axis=1)


def acts(tweets: Table, kind: str, *, manual: bool, names: Table | None) -> ibis.Table:
    """Return one row an act: source, target (null: unknown), item (what weight counts)."""
    require_one_of("kind", kind, KINDS)
    if manual and kind != "retweet":
        raise UsageError("manual goes with retweets only", got=f"kind={kind!r}, manual=True")
    rows = expression(tweets, TWEETS, [*_ALWAYS, *_NEEDED[kind]])
    rows = rows.filter(rows.origin == "collected")
    if kind == "hashtag":
        return _pairs(rows)
    if kind == "mention":
        rows = rows.filter(rows.kind != "retweet").mutate(mentioned=rows.mentions.unnest())
        return _columns(rows, rows.mentioned, rows.tweet_id, ibis.null("string"))
    of = {"retweet": "retweet_of", "reply": "reply_to", "quote": "quote_of"}[kind]
    if kind != "retweet":
        rows = rows.filter(rows.kind != "retweet", rows[of].notnull())
        return _columns(rows, rows[_NEEDED[kind][1]], rows.tweet_id, rows[of])
    rows = rows.filter(rows.kind == "retweet")
    passed_on = _columns(rows, rows.retweet_author_id, rows.retweet_of, rows.retweet_of)
    return passed_on.union(ibis.memtable(_manual.acts(tweets, names))) if manual else passed_on


def _columns(
    rows: ibis.Table, target: Any, item: Any, target_tweet_id: Any, source: Any = None
) -> ibis.Table:
    return rows.select(
        source=rows.author_id if source is None else source,
        target=target,
        item=item,
        tweet_id=rows.tweet_id,
        at=rows.at,
        target_tweet_id=target_tweet_id,
    )


def _pairs(rows: ibis.Table) -> ibis.Table:
    """Return one row a tweet and pair of its tags; the item is the author."""
    rows = rows.mutate(tags=rows.hashtags.unique())
    rows = rows.filter(rows.tags.length() > 1)
    rows = rows.mutate(one=rows.tags.unnest())
    rows = rows.mutate(other=rows.tags.unnest())
    rows = rows.filter(rows.one < rows.other)
    return _columns(rows, rows.other, rows.author_id, ibis.null("string"), source=rows.one)


def _totals(known: ibis.Table) -> pa.Table:
    """Return edges before anything is left out, in no order: null targets are in."""
    # Two plain aggregations are cheaper than one with a count of distinct values.
    at = {"first_at": known.at.min(), "last_at": known.at.max()}
    items = known.group_by("source", "target", "item").aggregate(count=known.count(), **at)
    totals = items.group_by("source", "target").aggregate(
        weight=items.count(),
        count=items["count"].sum(),
        first_at=items.first_at.min(),
        last_at=items.last_at.max(),
    )
    return totals.select(_EDGES).to_pyarrow()


@dataclass(frozen=True, eq=False)
class Edges:
    """Edges as codes of the sorted `names`, sorted; `columns` hold the rest in that order."""

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    names: NDArray[np.str_]
    columns: pa.Table
    self_loops: int
    unresolved: int


def coded(tweets: Table, kind: str, *, manual: bool, names: Table | None) -> Edges:
    """Return edges with what is left out counted; sorted as codes, far faster than as text."""
    require_once(tweets)
    totals = _totals(acts(tweets, kind, manual=manual, names=names))
    (source, target), names = codes(totals["source"], totals["target"])
    columns, count = totals.select(_EDGES[2:]), totals["count"].to_numpy()
    loops, unresolved = (source == target) & (target >= 0), target < 0
    kept = np.flatnonzero((source >= 0) & ~unresolved & ~loops)
    order = kept[np.argsort(source[kept].astype(np.int64) * len(names) + target[kept])]
    source, target = source[order], target[order]
    used = np.zeros(len(names), np.bool_)
    used[source] = used[target] = True
    code = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return Edges(
        code[source],
        code[target],
        names[used],
        columns.take(pa.array(order)),
        int(count[loops].sum()),
        int(count[unresolved].sum()),
    )
