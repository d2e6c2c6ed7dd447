"""The tweets behind an edge."""

import pandas as pd

from spread._arguments import require_one_of
from spread._errors import UsageError
from spread.graphs import _coshares
from spread.graphs._edges import KINDS, acts
from spread.tables import TWEETS, Table, expression
from spread.text import hashtag_key

__all__ = ["evidence"]

_EVIDENCE = ["tweet_id", "at", "author_id", "text", "target_tweet_id"]


def evidence(
    tweets: Table,
    source: str,
    target: str,
    *,
    kind: str,
    manual: bool = False,
    names: Table | None = None,
    within_s: float | None = None,
) -> pd.DataFrame:
    """Return the tweets behind one edge, first one first.

    Parameters
    ----------
    tweets, kind, manual, names
        As in `edges`; `text` is read where the table has it.
        The kind is also `coshare`: the shares of both accounts that are near each other.
    source, target
        The ends of the edge: ids, or two hashtags in any order and spelling.
    within_s
        For `coshare`: as in `coshares`.

    Returns
    -------
    pandas.DataFrame
        `tweet_id`, `at`, `author_id`, `text`, `target_tweet_id` (the tweet retweeted,
        answered or quoted; null where there is none), sorted by time and id. Empty
        where there is no such edge.

    Raises
    ------
    UsageError
        The kind is unknown, a column is missing (`MissingColumnError`), or `within_s` is
        given without `coshare` or the reverse.

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["2"], "author_id": ["bob"],
    ...     "origin": "collected", "kind": "retweet", "retweet_of": "1",
    ...     "at": pd.to_datetime(["2014-04-22T18:00"], utc=True),
    ...     "retweet_author_id": "ann", "text": "my #myNYPD photo"})
    >>> evidence(tweets, "bob", "ann", kind="retweet").tweet_id.tolist()
    ['2']
    """
    require_one_of("kind", kind, (*KINDS, "coshare"))
    if (kind == "coshare") != (within_s is not None):
        raise UsageError("within_s goes with coshare", got=f"kind={kind!r}, within_s={within_s!r}")
    if within_s is not None:
        ids = _coshares.behind(_coshares.shares(tweets), str(source), str(target), within_s)
        return _shown(tweets, ids)
    if kind == "hashtag":
        source, target = sorted([hashtag_key(str(source)), hashtag_key(str(target))])
    known = acts(tweets, kind, manual=manual, names=names)
    of_edge = known.filter(known.source == str(source), known.target == str(target))
    shown = expression(tweets, TWEETS, ["tweet_id", "author_id", "origin"], optional=["text"])
    shown = shown.filter(shown.origin == "collected").drop("origin")
    rows = (
        of_edge.select("tweet_id", "at", "target_tweet_id")
        .distinct()
        .join(shown, "tweet_id")
        .select(*_EVIDENCE)
        .distinct()
        .order_by("at", "tweet_id")
    )
    return rows.to_pyarrow().to_pandas()


def _shown(tweets: Table, ids: list[str]) -> pd.DataFrame:
    """Return shares by their ids, in the columns of `evidence`."""
    columns = ["tweet_id", "at", "author_id", "origin", "retweet_of"]
    rows = expression(tweets, TWEETS, columns, optional=["text"])
    rows = rows.filter(rows.origin == "collected", rows.tweet_id.isin(ids))
    shown = rows.select(*_EVIDENCE[:-1], target_tweet_id=rows.retweet_of).distinct()
    return shown.order_by("at", "tweet_id").to_pyarrow().to_pandas()
