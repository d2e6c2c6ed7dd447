"""The archive as flat arrays: who acted when, with which tags, after whom."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spread._distinct import distinct_pairs
from spread.hashtags._usage import collected, unnested, uses, whole
from spread.tables import FOLLOWS, Table, arrow, codes, microseconds

__all__ = ["NEVER", "UNKNOWN", "Acts", "folded", "read"]

NEVER = np.iinfo(np.int64).max
"""The time at which someone who never used a tag used it first."""

UNKNOWN = -2
"""What a retweet shows when neither its original nor that one's author is known."""

_INSTANT_BEFORE = pa.scalar(1, pa.duration("us"))
_OWN = ["tweet_id", "author_id", "at"]
_USE = ["tweet_id", "hashtag"]
_TO_WHOM = ["retweet_author_id", "reply_author_id", "quote_author_id"]
_CONTACT = ["author_id", "at", "other"]


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
    tweets = whole(tweets)
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
    use_act, use_tag = _pairs(acts.use_act, to[acts.use_tag])
    return replace(acts, use_act=use_act, use_tag=use_tag)


def _ordered(tweets: pa.Table) -> pa.Table:
    own = _read(collected(_timed(tweets), [*_OWN, "retweet_of"]), "tweet_id")
    typed = pc.not_equal(pc.fill_null(own["kind"], "tweet"), "retweet")
    own = own.append_column("original", typed)
    own = own.append_column("collected", _every(True, own)).drop_columns(["origin", "kind"])
    shown = _shown(tweets, own).select(own.column_names).cast(own.schema)
    every = pa.concat_tables([own, shown])
    every = every.append_column("digits", pc.utf8_length(every["tweet_id"]))
    return every.sort_by([(name, "ascending") for name in ("at", "digits", "tweet_id")])


def _shown(tweets: pa.Table, own: pa.Table) -> pa.Table:
    """Return originals that the archive did not collect, but shows in a retweet or a quote.

    An original whose own time is not known was written before its first retweet.
    """
    rows = _timed(tweets)
    there = pc.equal(pc.fill_null(rows["origin"], "collected"), "collected")
    typed = pc.not_equal(pc.fill_null(rows["kind"], "tweet"), "retweet")
    inside = _read(rows.filter(pc.and_not(typed, there)).select(_OWN), "tweet_id")
    known = pc.and_(rows["retweet_of"].is_valid(), rows["retweet_author_id"].is_valid())
    passed = _read(rows.filter(pc.and_(there, known)), "tweet_id")
    named = passed.select(["retweet_of", "retweet_author_id", "at", "read"])
    named = named.rename_columns([*_OWN, "read"])
    before = pc.subtract(named["at"], _INSTANT_BEFORE)
    named = named.set_column(2, "at", before.cast(named["at"].type))
    found = _earliest(pa.concat_tables([named, inside]))
    found = found.filter(pc.invert(pc.is_in(found["tweet_id"], own["tweet_id"])))
    for name, value in (("original", True), ("collected", False)):
        found = found.append_column(name, _every(value, found))
    return found.append_column("retweet_of", pa.nulls(len(found), pa.string()))


def _timed(tweets: pa.Table) -> pa.Table:
    """Return the tweets whose time and author are known."""
    return tweets.filter(pc.and_(tweets["at"].is_valid(), tweets["author_id"].is_valid()))


def _read(rows: pa.Table, name: str) -> pa.Table:
    """Say which tweet is to be read."""
    return rows.append_column("read", rows[name])


def _every(value: bool, rows: pa.Table) -> pa.Array:
    return pa.array(np.full(len(rows), value))


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
    tweets: pa.Table, table: pa.Table
) -> tuple[NDArray[np.int32], NDArray[np.int32], tuple[str, ...]]:
    rows = pa.concat_tables([uses(tweets).select(_USE), _tags_shown(tweets, table)])
    (row, own), _ = codes(rows["tweet_id"], table["tweet_id"])
    place = np.full(max(_highest(row), _highest(own)) + 1, -1, np.int64)
    place[own] = np.arange(len(own))
    (tag,), tags = codes(rows["hashtag"])
    act = place[row]
    pairs = _pairs(act[act >= 0], tag[act >= 0])
    return *pairs, tuple(tags.tolist())


def _tags_shown(tweets: pa.Table, table: pa.Table) -> pa.Table:
    """Return the tags of the originals that were not collected: theirs, or their retweets'."""
    there = pc.equal(pc.fill_null(tweets["origin"], "collected"), "collected")
    holder = pc.if_else(there, tweets["retweet_of"], tweets["tweet_id"])
    held = pa.table([holder, tweets["hashtags"]], names=["tweet_id", "hashtags"])
    shown = table.filter(pc.invert(table["collected"]))["tweet_id"]
    held = held.filter(pc.is_in(holder, shown))
    return unnested(held, ["tweet_id"], "hashtags", "hashtag")


def _contacts(
    tweets: pa.Table, people: NDArray[np.str_]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Return whom each author turned to, and when; only people who act in the archive."""
    rows = collected(_timed(tweets), ["author_id", "at"], [*_TO_WHOM, "mentions"])
    parts = [rows.select(["author_id", "at", name]) for name in _TO_WHOM]
    parts = [part.rename_columns(_CONTACT).drop_null() for part in parts]
    parts.append(unnested(rows, _CONTACT[:2], "mentions", "other"))
    every = pa.concat_tables(parts)
    columns, _ = codes(every["author_id"], every["other"], pa.array(people))
    number = np.full(max(map(_highest, columns)) + 2, -1, np.int64)
    number[columns[2]] = np.arange(len(people))
    author, other = number[columns[0]], number[columns[1]]
    at = microseconds(every["at"])
    keep = (other >= 0) & (author != other)
    author, other, at = author[keep].astype(np.int32), other[keep].astype(np.int32), at[keep]
    order = np.lexsort((other, at, author))
    author, other, at = author[order], other[order], at[order]
    new = np.ones(len(at), bool)  # each once
    new[1:] = (np.diff(author) != 0) | (np.diff(at) != 0) | (np.diff(other) != 0)
    return author[new], other[new], at[new]


def _pairs(
    one: NDArray[np.integer[Any]], other: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return different pairs, sorted by the one, then by the other."""
    first, second = distinct_pairs(one, other)
    return first.astype(np.int32), second.astype(np.int32)


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
    one, other = number[columns[0]], number[columns[1]]
    known = (one >= 0) & (other >= 0) & (one != other)
    return _pairs(one[known], other[known])


def _highest(column: NDArray[np.int32]) -> int:
    return int(column.max(initial=-1))
