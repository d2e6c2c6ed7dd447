"""Who used which hashtag, when: the tables that everything about tags starts from."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from spread._arguments import require_count, require_instance, require_texts
from spread._errors import UsageError
from spread.tables import TWEETS, Table, arrow, expression, instants, microseconds
from spread.text import hashtag_key

__all__ = [
    "Used",
    "collected",
    "counted",
    "facts",
    "present",
    "timeline",
    "unnested",
    "usage",
    "uses",
    "whole",
]

_WEEK_S = 604800
_WEEKS_S = tuple(_WEEK_S << doubled for doubled in range(10))
_BINS_S = (1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 10800, 21600, 43200, 86400, *_WEEKS_S)
_BINS_MOST = 240
_NEAREST_MOST = 3
_USAGE = (
    *("hashtag", "shown", "tweets", "originals", "authors"),
    *("first_at", "first_tweet_id", "first_author_id", "last_at"),
)
_COUNTED = (
    *("tweets", "originals", "authors", "first_at", "last_at"),
    *("first_tweet_id", "first_author_id"),
)
_FIRST = pc.ScalarAggregateOptions(skip_nulls=False)
_COUNTS = [
    ("tweet_id", "count", pc.CountOptions("all")),
    *(("original", "sum"), ("author_id", "count_distinct"), ("at", "min"), ("at", "max")),
    *(("tweet_id", "first", _FIRST), ("author_id", "first", _FIRST)),
]
_NEEDED = ("tweet_id", "author_id", "at", "hashtags")
_KNOWN = (
    *("hashtags_shown", "origin", "kind", "retweet_of"),
    *("retweet_author_id", "reply_author_id", "quote_author_id", "mentions"),
)


def usage(tweets: Table) -> pd.DataFrame:
    """Return how much each hashtag was used, by how many, from when to when.

    Collected tweets are counted (where a table has no `origin`, all are). A retweet
    carries its original's tags and counts as a tweet; `originals` are the others. Each
    tweet counts once a tag, however often it repeats it.

    Parameters
    ----------
    tweets
        Tweets with `tweet_id`, `author_id`, `at`, `hashtags`; `hashtags_shown`,
        `origin` and `kind` where known.

    Returns
    -------
    DataFrame
        A row a tag: `hashtag` (key), `shown` (the most frequent spelling), `tweets`,
        `originals`, `authors` (distinct), `first_at`, `first_tweet_id`,
        `first_author_id` (the first in this archive), `last_at`. Most tweets first.

    Raises
    ------
    MissingColumnError
        A column is missing.

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": ["1", "2"], "author_id": ["ann", "bob"], "kind": ["tweet", "retweet"],
    ...     "at": pd.to_datetime(["2014-04-22T18:00Z", "2014-04-22T18:05Z"]),
    ...     "hashtags": [["mynypd"], ["mynypd"]], "hashtags_shown": [["myNYPD"], ["myNYPD"]]})
    >>> usage(tweets)[["shown", "tweets", "originals", "authors", "first_author_id"]]
        shown  tweets  originals  authors first_author_id
    0  myNYPD       2          1        2             ann
    """
    rows = uses(tweets)
    rows = rows.append_column("digits", pc.utf8_length(rows["tweet_id"]))
    rows = rows.sort_by([(name, "ascending") for name in ("at", "digits", "tweet_id")])
    counts = rows.group_by("hashtag", use_threads=False).aggregate(_COUNTS)
    table = counts.rename_columns(["hashtag", *_COUNTED]).to_pandas()
    spellings = _spellings(tweets)
    table["shown"] = pd.Series(
        [spellings.get(name, name) for name in table["hashtag"]], index=table.index, dtype="str"
    )
    table["originals"] = table["originals"].astype("int64")
    for name in ("first_at", "last_at"):
        table[name] = table[name].astype("datetime64[us, UTC]")
    table = table.sort_values(["tweets", "hashtag"], ascending=[False, True], ignore_index=True)
    return table[list(_USAGE)]


def timeline(tweets: Table, tags: Sequence[str] | str, *, bin_s: int | None = None) -> pd.DataFrame:
    """Return how many tweets and authors used each of some tags, over time.

    Parameters
    ----------
    tweets
        As `usage`; tweets without a time are left out.
    tags
        One tag or several, with or without #, in any case.
    bin_s
        Length of a bin, in whole seconds; by default a round length that gives at most
        240 bins. Bins are multiples of it since 1970, UTC.

    Returns
    -------
    DataFrame
        A row a tag and bin, empty bins included, from the first to the last use of any of
        the tags: `hashtag`, `start_at`, `end_at`, `tweets`, `authors`.

    Raises
    ------
    UsageError
        A tag never occurs, no use of it has a time, or `bin_s` is no whole number above 0.

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": ["1", "2"], "author_id": ["ann", "ann"], "hashtags": [["mynypd"]] * 2,
    ...     "at": pd.to_datetime(["2014-04-22T18:00Z", "2014-04-22T20:30Z"])})
    >>> timeline(tweets, "#myNYPD", bin_s=3600)[["hashtag", "tweets", "authors"]]
      hashtag  tweets  authors
    0  mynypd       1        1
    1  mynypd       0        0
    2  mynypd       1        1
    """
    if bin_s is not None:
        bin_s = require_count("bin_s", bin_s)
    rows = uses(tweets)
    wanted = require_texts("tags", tags)
    keys = sorted({present(tag, rows["hashtag"].to_pylist()) for tag in wanted})
    chosen = ibis.memtable(rows)
    chosen = chosen.filter(chosen.hashtag.isin(keys) & chosen["at"].notnull())
    span = chosen.agg(low=chosen["at"].min(), high=chosen["at"].max()).to_pyarrow()
    if span["low"].null_count:
        raise UsageError("no tweet with these tags has a time", got=", ".join(keys) or "no tag")
    low, high = (int(microseconds(span[name])[0]) // 1_000_000 for name in ("low", "high"))
    step = int(bin_s or next((b for b in _BINS_S if high - low <= b * _BINS_MOST), _BINS_S[-1]))
    binned = chosen.mutate(bin=(chosen["at"].epoch_seconds() / step).floor().cast("int64"))
    counts = binned.group_by("hashtag", "bin").agg(
        tweets=binned.count(), authors=binned.author_id.nunique()
    )
    grid = _grid(keys, low // step, high // step, step)
    grid = grid.merge(counts.to_pyarrow().to_pandas(), on=["hashtag", "bin"], how="left")
    grid[["tweets", "authors"]] = grid[["tweets", "authors"]].fillna(0).astype("int64")
    return grid[["hashtag", "start_at", "end_at", "tweets", "authors"]]


def whole(tweets: Table) -> pa.Table:
    """Return all that this room reads of an archive, so that it is read once."""
    return arrow(tweets, TWEETS, _NEEDED, optional=_KNOWN)


class Used(NamedTuple):
    """One row of `usage`, for arithmetic: the first use in microseconds since 1970."""

    shown: str
    tweets: int
    authors: int
    first_us: int


def facts(used: pd.DataFrame) -> dict[str, Used]:
    """Return the rows of `usage` by tag; tags without a time are left out.

    Examples
    --------
    >>> facts(pd.DataFrame({"hashtag": ["a"], "shown": ["A"], "tweets": [2], "authors": [1],
    ...                     "first_at": instants([5])}))
    {'a': Used(shown='A', tweets=2, authors=1, first_us=5)}
    """
    timed = used[used["first_at"].notna()]
    columns = (timed[name].tolist() for name in ("hashtag", "shown", "tweets", "authors"))
    rows = zip(*columns, microseconds(timed["first_at"]).tolist(), strict=True)
    return {tag: Used(*rest) for tag, *rest in rows}


def collected(tweets: Table, columns: Sequence[str], optional: Sequence[str] = ()) -> pa.Table:
    """Return the tweets that the archive collected, with the named columns."""
    columns, optional = list(columns), ["origin", "kind", *optional]
    if isinstance(tweets, ibis.Table):
        asked = expression(tweets, TWEETS, columns, optional=optional)
        tweets = asked.filter(asked.origin.fill_null("collected") == "collected")
    table = arrow(tweets, TWEETS, columns, optional=optional)
    return table.filter(pc.equal(pc.fill_null(table["origin"], "collected"), "collected"))


def uses(tweets: Table) -> pa.Table:
    """Return a row a collected tweet and tag: tweet_id, author_id, at, original, hashtag."""
    table = collected(tweets, ["tweet_id", "author_id", "at", "hashtags"])
    typed = pc.not_equal(pc.fill_null(table["kind"], "tweet"), "retweet")
    table = table.append_column("original", typed)
    return unnested(table, ["tweet_id", "author_id", "at", "original"], "hashtags", "hashtag")


def unnested(table: pa.Table, columns: Sequence[str], lists: str, name: str) -> pa.Table:
    """Return a row a row of the table and word of its list, each once, without null and empty.

    Examples
    --------
    >>> unnested(pa.table({"a": [1, 2], "b": [["x", "x"], None]}), ["a"], "b", "c").to_pylist()
    [{'a': 1, 'c': 'x'}]
    """
    held = table[lists].combine_chunks()
    rows = table.select(columns).take(pc.list_parent_indices(held))
    rows = rows.append_column(name, pc.list_flatten(held))
    rows = rows.filter(pc.fill_null(pc.not_equal(rows[name], ""), False))
    return rows.group_by(rows.column_names).aggregate([])


def present(tag: str, occurring: Iterable[str] | Mapping[str, int]) -> str:
    """Return a tag's key if it occurs; else say which tags come nearest, and how often."""
    key = hashtag_key(require_instance("a hashtag", tag, str, "text"))
    counts: Counter[str] = Counter(occurring)
    if key in counts:
        return key
    near = difflib.get_close_matches(key, sorted(counts), _NEAREST_MOST)
    listed = near or sorted(counts, key=lambda name: (-counts[name], name))[:_NEAREST_MOST]
    kinds = "nearest" if near else "commonest"
    named = ", ".join(f"#{name} ({counted(counts[name], 'tweet')})" for name in listed)
    raise UsageError(
        "this hashtag never occurs in the archive" if key else "no hashtag is named",
        got=f"#{key}" if key else repr(tag),
        hint=f"The {kinds} that do: {named}" if named else "No tweet here has a hashtag",
    )


def counted(count: int, noun: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "tweet"), counted(2, "tweet")
    ('1 tweet', '2 tweets')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _spellings(tweets: Table) -> dict[str, str]:
    """Return for each key the spelling that most tweets show."""
    table = collected(tweets, ["tweet_id"], ["hashtags_shown"])
    rows = unnested(table, ["tweet_id"], "hashtags_shown", "shown")
    counts = rows.group_by("shown").aggregate([("tweet_id", "count")]).to_pylist()
    best: dict[str, str] = {}
    for row in sorted(counts, key=lambda row: (-row["tweet_id_count"], row["shown"])):
        best.setdefault(hashtag_key(row["shown"]), row["shown"].lstrip("#＃"))
    return best


def _grid(keys: list[str], first: int, last: int, step: int) -> pd.DataFrame:
    bins = np.arange(first, last + 1, dtype=np.int64)
    repeated = np.tile(bins, len(keys))
    return pd.DataFrame(
        {
            "hashtag": pd.Series(np.repeat(keys, len(bins)), dtype="str"),
            "bin": repeated,
            "start_at": instants(repeated * step * 1_000_000),
            "end_at": instants((repeated + 1) * step * 1_000_000),
        }
    )
