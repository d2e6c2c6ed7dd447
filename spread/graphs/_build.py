"""Edges from tweets, and graphs from edges."""

from dataclasses import dataclass
from typing import Any, Final

import ibis
import igraph
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from spread._arguments import require_one_of
from spread._errors import UsageError
from spread.graphs import _coshares, _manual
from spread.tables import TWEETS, USERS, Table, arrow, codes, expression, microseconds, require_once

__all__ = [
    "KINDS",
    "coshares",
    "edges",
    "hashtags",
    "mentions",
    "quotes",
    "replies",
    "retweets",
]

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
        since it does not say which it repeats.
    names
        A users table, by which manual retweets find the account they name. Without it
        only those with a single mention are resolved.

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
    require_once(tweets)
    found = _coded(_totals(acts(tweets, kind, manual=manual, names=names)))
    ends = {"source": found.names[found.source], "target": found.names[found.target]}
    frame = found.columns.to_pandas().astype({"weight": np.int64, "count": np.int64})
    return pd.concat([pd.DataFrame(ends, dtype="str"), frame], axis=1)


def retweets(tweets: Table, *, manual: bool = False, names: Table | None = None) -> igraph.Graph:
    """Return the retweet graph: retweeter → author.

    Parameters
    ----------
    tweets, manual
        As in `edges`.
    names
        A users table (`user_id`, `screen_name`): vertices get a `label`.

    Returns
    -------
    igraph.Graph
        Directed. Vertices: `name` (user id, sorted). Edges: `weight` (distinct
        originals), `count` (retweets), `first_at`, `last_at` (seconds since 1970).
        Graph: `kind`; `self_loops` and `unresolved`: retweets of oneself, and of an
        unknown author, both left out.

    References
    ----------
    As `edges`

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["2", "3"], "author_id": ["bob", "ann"],
    ...     "origin": "collected", "kind": "retweet", "retweet_of": "1",
    ...     "at": pd.to_datetime(["2014-04-22T18:00", "2014-04-22T18:05"], utc=True),
    ...     "retweet_author_id": "ann"})
    >>> graph = retweets(tweets)
    >>> graph.vs["name"], graph.get_edgelist(), graph["self_loops"]
    (['ann', 'bob'], [(1, 0)], 1)
    """
    return _graph(tweets, "retweet", manual=manual, names=names)


def mentions(tweets: Table, *, names: Table | None = None) -> igraph.Graph:
    """Return the mention graph: who wrote → the account named; as `retweets`.

    `weight` is the number of distinct tweets, `count` that of mentions.

    References
    ----------
    As `edges`

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["1"], "author_id": ["ann"], "kind": "tweet",
    ...     "origin": "collected", "mentions": [["bob", "cem"]],
    ...     "at": pd.to_datetime(["2014-04-22T18:00"], utc=True)})
    >>> mentions(tweets).ecount()
    2
    """
    return _graph(tweets, "mention", names=names)


def replies(tweets: Table, *, names: Table | None = None) -> igraph.Graph:
    """Return the reply graph: who answered → the account answered; as `retweets`.

    `weight` and `count` are both the number of replies. What is addressed to an account
    but answers no tweet is a mention.

    References
    ----------
    As `edges`

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["2"], "author_id": ["bob"], "kind": "reply",
    ...     "origin": "collected", "reply_to": ["1"], "reply_author_id": ["ann"],
    ...     "at": pd.to_datetime(["2014-04-22T18:00"], utc=True)})
    >>> replies(tweets).vs["name"]
    ['ann', 'bob']
    """
    return _graph(tweets, "reply", names=names)


def quotes(tweets: Table, *, names: Table | None = None) -> igraph.Graph:
    """Return the quote graph: who quoted → the account quoted; as `retweets`.

    `weight` and `count` are both the number of quoting tweets.

    References
    ----------
    As `edges`

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["2"], "author_id": ["bob"], "kind": "quote",
    ...     "origin": "collected", "quote_of": ["1"], "quote_author_id": ["ann"],
    ...     "at": pd.to_datetime(["2014-04-22T18:00"], utc=True)})
    >>> quotes(tweets).vs["name"]
    ['ann', 'bob']
    """
    return _graph(tweets, "quote", names=names)


def hashtags(tweets: Table) -> igraph.Graph:
    """Return the undirected graph of hashtags that stand together in a tweet.

    Vertices are hashtag keys; only tags that stand beside another are in it. `weight`
    is the number of distinct authors (one author's flood counts once), `count` the
    number of tweets, retweets included.

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["1"], "author_id": ["ann"],
    ...     "origin": "collected", "kind": "tweet", "hashtags": [["mynypd", "myopd"]],
    ...     "at": pd.to_datetime(["2014-04-22T18:00"], utc=True)})
    >>> hashtags(tweets).vs["name"]
    ['mynypd', 'myopd']
    """
    return _graph(tweets, "hashtag")


def coshares(tweets: Table, *, within_s: float, names: Table | None = None) -> igraph.Graph:
    """Return the undirected graph of accounts that shared the same thing shortly one after another.

    Things are tweets of others that both retweeted, and URLs that both posted in tweets of
    their own. In a burst everybody is near everybody: an edge is a count, not a finding;
    `coordination.detect` compares such counts with chance.

    Parameters
    ----------
    tweets
        Columns `tweet_id`, `author_id`, `origin`, `at`, `kind`, `retweet_of`, `urls`, and
        where there is one `retweet_author_id`, by which retweets of oneself are left out.
        Collected tweets alone count.
    within_s
        The longest time between two shares, in seconds; exactly so long is near.
    names
        A users table: vertices get a `label`.

    Returns
    -------
    igraph.Graph
        Vertices: `name` (user id, sorted), only accounts with an edge. Edges: `weight`
        (distinct things shared so), `count` (pairs of shares), `first_at`, `last_at` (when
        the later of two shares came, first and last, in seconds since 1970). Graph: `kind`
        ("coshare"), `within_s`. Sliding window, O(n log n + pairs of shares).

    Raises
    ------
    UsageError
        `within_s` is negative or no number, or a time is missing.

    References
    ----------
    Pacheco et al. 2021, Uncovering coordinated networks on social media,
    https://doi.org/10.1609/icwsm.v15i1.18075

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["2", "3"], "author_id": ["bob", "cem"],
    ...     "origin": "collected", "kind": "retweet", "retweet_of": "1", "urls": None,
    ...     "at": pd.to_datetime(["2014-04-22T18:00:00", "2014-04-22T18:00:09"], utc=True)})
    >>> coshares(tweets, within_s=10).vs["name"], coshares(tweets, within_s=8).ecount()
    (['bob', 'cem'], 0)
    """
    _coshares.window_us(within_s)
    found = _coshares.shares(tweets)
    pairs = _coshares.grouped(found, within_s)
    used, ends = np.unique(np.append(pairs.source, pairs.target), return_inverse=True)
    graph = _built(
        found.users[used],
        (ends[: len(pairs.source)], ends[len(pairs.source) :]),
        {
            "weight": pairs.weight,
            "count": pairs.count,
            "first_at": pairs.first_us / 1e6,
            "last_at": pairs.last_us / 1e6,
        },
        directed=False,
    )
    graph["kind"], graph["within_s"] = "coshare", float(within_s)
    if names is not None:
        graph.vs["label"] = _labels(graph.vs["name"], names)
    return graph


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
class _Edges:
    """Edges as codes of the sorted `names`, sorted; `columns` hold the rest in that order."""

    source: NDArray[np.int32]
    target: NDArray[np.int32]
    names: NDArray[np.str_]
    columns: pa.Table
    self_loops: int
    unresolved: int


def _coded(totals: pa.Table) -> _Edges:
    """Return edges with what is left out counted; sorted as codes, far faster than as text."""
    (source, target), names = codes(totals["source"], totals["target"])
    columns, count = totals.select(_EDGES[2:]), totals["count"].to_numpy()
    loops, unresolved = (source == target) & (target >= 0), target < 0
    kept = np.flatnonzero((source >= 0) & ~unresolved & ~loops)
    order = kept[np.argsort(source[kept].astype(np.int64) * len(names) + target[kept])]
    source, target = source[order], target[order]
    used = np.zeros(len(names), np.bool_)
    used[source] = used[target] = True
    code = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return _Edges(
        code[source],
        code[target],
        names[used],
        columns.take(pa.array(order)),
        int(count[loops].sum()),
        int(count[unresolved].sum()),
    )


def _graph(
    tweets: Table, kind: str, *, manual: bool = False, names: Table | None = None
) -> igraph.Graph:
    require_once(tweets)
    edges_of = _coded(_totals(acts(tweets, kind, manual=manual, names=names)))
    columns = edges_of.columns
    graph = _built(
        edges_of.names,
        (edges_of.source, edges_of.target),
        {
            "weight": columns["weight"].to_numpy(),
            "count": columns["count"].to_numpy(),
            "first_at": microseconds(columns["first_at"]) / 1e6,
            "last_at": microseconds(columns["last_at"]) / 1e6,
        },
        directed=kind != "hashtag",
    )
    graph["kind"] = kind
    graph["self_loops"], graph["unresolved"] = edges_of.self_loops, edges_of.unresolved
    if names is not None:
        graph.vs["label"] = _labels(graph.vs["name"], names)
    return graph


def _built(
    names: NDArray[np.str_],
    ends: tuple[NDArray[np.integer], NDArray[np.integer]],
    columns: dict[str, NDArray[Any]],
    *,
    directed: bool,
) -> igraph.Graph:
    return igraph.Graph(
        n=len(names),
        # Handed over one by one: no list of pairs is ever held.
        edges=zip(*(end.tolist() for end in ends), strict=True),
        directed=directed,
        vertex_attrs={"name": names.tolist()},
        edge_attrs={name: values.tolist() for name, values in columns.items()},
    )


def _labels(ids: list[str], names: Table) -> list[str]:
    users = arrow(names, USERS, ["user_id", "screen_name"])
    shown = dict(zip(*(users[name].to_pylist() for name in users.column_names), strict=True))
    return [shown.get(user_id) or user_id for user_id in ids]
