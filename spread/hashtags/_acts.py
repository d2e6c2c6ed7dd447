"""The archive as flat arrays: who acted when, with which tags, after whom."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spread.hashtags._usage import collected, uses
from spread.tables import FOLLOWS, TWEETS, Table, arrow, codes, expression, microseconds

__all__ = ["NEVER", "UNKNOWN", "Acts", "folded", "read"]

NEVER = np.iinfo(np.int64).max
"""The time at which someone who never used a tag used it first."""

UNKNOWN = -2
"""What a retweet shows when neither its original nor that one's author is known."""

_INSTANT_BEFORE = pa.scalar(1, pa.duration("us"))
_TO_WHOM = ["retweet_author_id", "reply_author_id", "quote_author_id", "mentions"]


@dataclass(frozen=True)
class Acts:
    """Tweets that have a time and an author, in order of (time, number of the id).

    Those that the archive collected, and originals that it did not, but which a collected
    retweet or quote shows: who wrote them, with which tags, and when, or at the latest
    when (just before the first retweet). `collected` tells them apart; `tweet_id` is the
    tweet to read: the retweet that shows it, where the original is not in the archive.
    `shows` is the original that a retweet repeats (-1: it is no retweet; `UNKNOWN`).

    `earlier` counts an author's earlier tweets. `use_act` and `use_tag` are a row a tweet
    and tag, in the same order; `contact_*` a row an author and another author whom he
    retweeted, answered, quoted or mentioned, sorted by (author, time); `follower` and
    `followed` a row a pair of authors, sorted, where it is known who follows whom.
    """

    tweet_id: NDArray[np.object_]
    author: NDArray[np.int32]
    at: NDArray[np.int64]
    original: NDArray[np.bool_]
    collected: NDArray[np.bool_]
    shows: NDArray[np.int32]
    earlier: NDArray[np.int32]
    use_act: NDArray[np.int32]
    use_tag: NDArray[np.int32]
    tags: tuple[str, ...]
    contact_author: NDArray[np.int32]
    contact_other: NDArray[np.int32]
    contact_at: NDArray[np.int64]
    follower: NDArray[np.int32]
    followed: NDArray[np.int32]
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

    def first_followed(self, first: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return for every author the earliest of some times over those whom he follows."""
        seen = np.full(self.authors, NEVER)
        np.minimum.at(seen, self.follower, first[self.followed])
        return seen


def read(tweets: Table, follows: Table | None = None) -> Acts:
    """Return the flat arrays of an archive, in time O(n log n) in tweets and follows."""
    table = _ordered(tweets)
    (author,), people = codes(table["author_id"])
    at = microseconds(table["at"])
    use_act, use_tag, tags = _tag_uses(tweets, table)
    contact = _contacts(tweets, people)
    follower, followed = _follows(follows, people)
    return Acts(
        tweet_id=table["read"].to_numpy(zero_copy_only=False),
        author=author,
        at=at,
        original=table["original"].to_numpy(zero_copy_only=False),
        collected=table["collected"].to_numpy(zero_copy_only=False),
        shows=_shows(table),
        earlier=_earlier(author),
        use_act=use_act,
        use_tag=use_tag,
        tags=tags,
        contact_author=contact[0],
        contact_other=contact[1],
        contact_at=contact[2],
        follower=follower,
        followed=followed,
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
    rows = collected(tweets, ["tweet_id", "author_id", "at"], ["retweet_of"])
    rows = rows.filter(rows["at"].notnull() & rows.author_id.notnull())
    own = rows.select(
        "tweet_id",
        "author_id",
        "at",
        "retweet_of",
        original=rows.kind.fill_null("tweet") != "retweet",
        collected=ibis.literal(True),
        read=rows.tweet_id,
    ).to_pyarrow()
    every = pa.concat_tables([own, _shown(tweets, own).select(own.column_names).cast(own.schema)])
    every = every.append_column("digits", pc.utf8_length(every["tweet_id"]))
    return every.sort_by([(name, "ascending") for name in ("at", "digits", "tweet_id")])


def _shown(tweets: Table, own: pa.Table) -> pa.Table:
    """Return originals that the archive did not collect, but shows in a retweet or a quote.

    An original whose own time is not known was written before its first retweet.
    """
    rows = expression(
        tweets,
        TWEETS,
        ["tweet_id", "author_id", "at"],
        optional=["origin", "kind", "retweet_of", "retweet_author_id"],
    )
    rows = rows.filter(rows["at"].notnull() & rows.author_id.notnull())
    there = rows.origin.fill_null("collected") == "collected"
    inside = rows.filter(~there & (rows.kind.fill_null("tweet") != "retweet"))
    passed = rows.filter(there & rows.retweet_of.notnull() & rows.retweet_author_id.notnull())
    named = passed.select(
        "at", tweet_id=passed.retweet_of, author_id=passed.retweet_author_id, read=passed.tweet_id
    ).to_pyarrow()
    before = pc.subtract(named["at"], _INSTANT_BEFORE)
    named = named.set_column(0, "at", before.cast(named["at"].type))
    held = inside.select("at", "tweet_id", "author_id", read="tweet_id").to_pyarrow()
    found = _earliest(pa.concat_tables([named, held.cast(named.schema)]))
    found = found.filter(pc.invert(pc.is_in(found["tweet_id"], own["tweet_id"])))
    for name, value in (("original", True), ("collected", False)):
        found = found.append_column(name, pa.array([value] * len(found), pa.bool_()))
    return found.append_column("retweet_of", pa.nulls(len(found), pa.string()))


def _earliest(rows: pa.Table) -> pa.Table:
    """Return the first row of each tweet, by time and the number of the tweet to read."""
    rows = rows.append_column("digits", pc.utf8_length(rows["read"]))
    order = [(name, "ascending") for name in ("tweet_id", "at", "digits", "read")]
    rows = rows.sort_by(order).drop_columns("digits")
    name = rows["tweet_id"].to_numpy(zero_copy_only=False)
    return rows.filter(pa.array(np.r_[True, name[1:] != name[:-1]][: len(name)]))


def _shows(table: pa.Table) -> NDArray[np.int32]:
    (own, of), _ = codes(table["tweet_id"], table["retweet_of"])
    place = np.full(max(_highest(own), _highest(of)) + 2, -1, np.int32)
    place[own] = np.arange(len(own), dtype=np.int32)
    shown = place[of]
    return np.where((of >= 0) & (shown < 0), UNKNOWN, np.where(of < 0, -1, shown)).astype(np.int32)


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
    held = [uses(tweets).select(["tweet_id", "hashtag"]), _tags_shown(tweets, table)]
    rows = pa.concat_tables([held[0], held[1].cast(held[0].schema)])
    (row, own), _ = codes(rows["tweet_id"], table["tweet_id"])
    place = np.full(max(_highest(row), _highest(own)) + 1, -1, np.int64)
    place[own] = np.arange(len(own))
    (tag,), tags = codes(rows["hashtag"])
    act = place[row]
    pairs = np.unique(np.stack([act, tag.astype(np.int64)])[:, act >= 0], axis=1)
    return pairs[0].astype(np.int32), pairs[1].astype(np.int32), tuple(tags.tolist())


def _tags_shown(tweets: Table, table: pa.Table) -> pa.Table:
    """Return the tags of the originals that were not collected: theirs, or their retweets'."""
    rows = expression(tweets, TWEETS, ["tweet_id", "hashtags"], optional=["origin", "retweet_of"])
    there = rows.origin.fill_null("collected") == "collected"
    holder = ibis.cases((there, rows.retweet_of), else_=rows.tweet_id)
    held = rows.select(tweet_id=holder, hashtag=rows.hashtags.unnest()).distinct()
    held = held.filter(held.hashtag.notnull() & (held.hashtag != "")).to_pyarrow()
    shown = table.filter(pc.invert(table["collected"]))["tweet_id"]
    return held.filter(pc.is_in(held["tweet_id"], shown))


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


def _follows(
    follows: Table | None, people: NDArray[np.str_]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return who follows whom, among people who act in the archive."""
    if follows is None:
        return np.empty(0, np.int32), np.empty(0, np.int32)
    rows = arrow(follows, FOLLOWS, ["follower_id", "followed_id"])
    columns, _ = codes(rows["follower_id"], rows["followed_id"], pa.array(people))
    number = np.full(max(map(_highest, columns)) + 2, -1, np.int64)
    number[columns[2]] = np.arange(len(people))
    pairs = np.stack([number[columns[0]], number[columns[1]]])
    pairs = np.unique(pairs[:, (pairs >= 0).all(axis=0) & (pairs[0] != pairs[1])], axis=1)
    return pairs[0].astype(np.int32), pairs[1].astype(np.int32)


def _highest(column: NDArray[np.int32]) -> int:
    return int(column.max(initial=-1))
