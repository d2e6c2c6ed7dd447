"""Graphs from edges, and from what accounts shared together."""

from typing import Any

import igraph
import numpy as np
from numpy.typing import NDArray

from spread.graphs import _coshares
from spread.graphs._edges import coded
from spread.tables import USERS, Table, arrow, microseconds

__all__ = ["coshares", "hashtags", "mentions", "quotes", "replies", "retweets"]


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
    >>> import pandas as pd
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
    >>> import pandas as pd
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
    >>> import pandas as pd
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
    >>> import pandas as pd
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
    >>> import pandas as pd
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
    >>> import pandas as pd
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


def _graph(
    tweets: Table, kind: str, *, manual: bool = False, names: Table | None = None
) -> igraph.Graph:
    edges_of = coded(tweets, kind, manual=manual, names=names)
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
