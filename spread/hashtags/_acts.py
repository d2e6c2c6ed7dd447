"""The archive as flat arrays: who acted when, with which tags, after whom."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spread.hashtags._usage import collected, uses
from spread.tables import TWEETS, Table, codes, expression, microseconds

__all__ = ["NEVER", "Acts", "folded", "read"]

NEVER = np.iinfo(np.int64).max
"""The time at which someone who never used a tag used it first."""

_TO_WHOM = ["retweet_author_id", "reply_author_id", "quote_author_id", "mentions"]


@dataclass(frozen=True)
class Acts:
    """Collected tweets that have a time and an author, in order of (time, number of the id).

    `earlier` counts an author's earlier tweets. `use_act` and `use_tag` are a row a tweet
    and tag, in the same order; `contact_*` a row an author and another author whom he
    retweeted, answered, quoted or mentioned, sorted by (author, time).
    """

    tweet_id: NDArray[np.object_]
    author: NDArray[np.int32]
    at: NDArray[np.int64]
    original: NDArray[np.bool_]
    earlier: NDArray[np.int32]
    use_act: NDArray[np.int32]
    use_tag: NDArray[np.int32]
    tags: tuple[str, ...]
    contact_author: NDArray[np.int32]
    contact_other: NDArray[np.int32]
    contact_at: NDArray[np.int64]
    author_ids: NDArray[np.str_]

    def __repr__(self) -> str:
        return f"Acts({len(self.at)} tweets, {self.authors} authors, {len(self.tags)} tags)"

    @property
    def authors(self) -> int:
        """How many people act."""
        return len(self.author_ids)

    def code(self, tag: str) -> int:
        """Return the number of a tag."""
        return self.tags.index(tag)

    def acts_with(self, tag: int) -> NDArray[np.int32]:
        """Return the tweets that hold a tag, in time order."""
        return self.use_act[self.use_tag == tag]

    def first_use(self, acts: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return for every author the time of the first of some acts that is his, or NEVER."""
        first = np.full(self.authors, NEVER)
        first[self.author[acts[::-1]]] = self.at[acts[::-1]]
        return first


def read(tweets: Table) -> Acts:
    """Return the flat arrays of an archive, in time O(n log n) in tweets."""
    table = _ordered(tweets)
    (author,), people = codes(table["author_id"])
    at = microseconds(table["at"])
    use_act, use_tag, tags = _tag_uses(tweets, table)
    contact = _contacts(tweets, people)
    return Acts(
        tweet_id=table["tweet_id"].to_numpy(zero_copy_only=False),
        author=author,
        at=at,
        original=table["original"].to_numpy(zero_copy_only=False),
        earlier=_earlier(author),
        use_act=use_act,
        use_tag=use_tag,
        tags=tags,
        contact_author=contact[0],
        contact_other=contact[1],
        contact_at=contact[2],
        author_ids=people,
    )


def folded(acts: Acts, renamed: Mapping[str, str]) -> Acts:
    """Return the archive with some tags counted as others; the old names occur no more."""
    to = np.arange(len(acts.tags))
    for old, new in renamed.items():
        to[acts.code(old)] = acts.code(new)
    pairs = np.unique(np.stack([acts.use_act, to[acts.use_tag]]), axis=1)
    return replace(acts, use_act=pairs[0].astype(np.int32), use_tag=pairs[1].astype(np.int32))


def _ordered(tweets: Table) -> pa.Table:
    rows = collected(tweets, ["tweet_id", "author_id", "at"])
    rows = rows.filter(rows["at"].notnull() & rows.author_id.notnull())
    rows = rows.mutate(
        original=rows.kind.fill_null("tweet") != "retweet", digits=rows.tweet_id.length()
    )
    found = rows.select("tweet_id", "author_id", "at", "original", "digits")
    order = [("at", "ascending"), ("digits", "ascending"), ("tweet_id", "ascending")]
    return found.to_pyarrow().sort_by(order)


def _earlier(author: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return how many earlier acts each act's author has."""
    order = np.argsort(author, kind="stable")
    grouped = author[order]
    starts = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]])
    sizes = np.diff(np.r_[starts, len(grouped)])
    earlier = np.empty(len(author), np.int32)
    earlier[order] = np.arange(len(author)) - np.repeat(starts, sizes)
    return earlier


def _tag_uses(
    tweets: Table, table: pa.Table
) -> tuple[NDArray[np.int32], NDArray[np.int32], tuple[str, ...]]:
    rows = uses(tweets)
    (row, own), _ = codes(rows["tweet_id"], table["tweet_id"])
    place = np.full(max(_highest(row), _highest(own)) + 1, -1, np.int64)
    place[own] = np.arange(len(own))
    (tag,), tags = codes(rows["hashtag"])
    act = place[row]
    pairs = np.unique(np.stack([act, tag.astype(np.int64)])[:, act >= 0], axis=1)
    return pairs[0].astype(np.int32), pairs[1].astype(np.int32), tuple(tags.tolist())


def _contacts(
    tweets: Table, people: NDArray[np.str_]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Return whom each author turned to, and when; only people who act in the archive."""
    table = expression(tweets, TWEETS, ["author_id", "at"], optional=["origin", *_TO_WHOM])
    table = table.filter(
        (table.origin.fill_null("collected") == "collected")
        & table["at"].notnull()
        & table.author_id.notnull()
    )
    parts = [
        table.select("author_id", "at", other=table[name]).filter(table[name].notnull())
        for name in _TO_WHOM[:3]
    ]
    parts.append(table.select("author_id", "at", other=table.mentions.unnest()))
    rows = ibis.union(*parts, distinct=True).to_pyarrow()
    columns, _ = codes(rows["author_id"], rows["other"], pa.array(people))
    number = np.full(max(map(_highest, columns)) + 2, -1, np.int64)
    number[columns[2]] = np.arange(len(people))
    author, other = number[columns[0]], number[columns[1]]
    at = microseconds(rows["at"])
    keep = (other >= 0) & (author != other)
    order = np.lexsort((other[keep], at[keep], author[keep]))
    return (
        author[keep][order].astype(np.int32),
        other[keep][order].astype(np.int32),
        at[keep][order],
    )


def _highest(column: NDArray[np.int32]) -> int:
    return int(column.max(initial=-1))
