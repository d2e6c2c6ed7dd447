"""Who shared the same thing shortly after whom: a sliding window over each object's shares."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spread._arguments import require_number
from spread._compile import kernel
from spread.tables import TWEETS, Table, codes, expression, microseconds

__all__ = ["Close", "Shares", "behind", "grouped", "shares"]

Ints = NDArray[np.int64]

_AT_ONCE: Final = 20_000_000


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares of objects, sorted by object, time and tweet; codes are int32."""

    item: NDArray[np.int32]
    user: NDArray[np.int32]
    tweet: NDArray[np.int32]
    at_us: Ints
    users: NDArray[np.str_]
    tweets: NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Close:
    """Pairs of accounts, a row a pair: `source` < `target` by code, instants in microseconds."""

    source: Ints
    target: Ints
    weight: Ints
    count: Ints
    first_us: Ints
    last_us: Ints


def shares(tweets: Table) -> Shares:
    """Return who retweeted what of others, and who posted which URL in a tweet of their own."""
    needed = ["tweet_id", "author_id", "origin", "at", "kind", "retweet_of", "urls"]
    rows = expression(tweets, TWEETS, needed, optional=["retweet_author_id"])
    rows = rows.filter(rows.origin == "collected", rows.author_id.notnull())
    own = (rows.retweet_author_id == rows.author_id).fill_null(False)
    passed = rows.filter(rows.kind == "retweet", rows.retweet_of.notnull(), ~own)
    posted = rows.filter(rows.kind != "retweet").mutate(url=rows.urls.unique().unnest())
    posted = posted.filter(posted.url.notnull())
    kept = [
        table.select("tweet_id", "author_id", "at", item=prefix + item)
        for table, prefix, item in (
            (passed, "retweet ", passed.retweet_of),
            (posted, "url ", posted.url),
        )
    ]
    found = kept[0].union(kept[1]).to_pyarrow()
    (user,), users = codes(found["author_id"])
    (item,), _ = codes(found["item"])
    (tweet,), ids = codes(found["tweet_id"])
    at_us = microseconds(found["at"])
    order = np.lexsort((tweet, at_us, item))
    return Shares(item[order], user[order], tweet[order], at_us[order], users, ids)


def window_us(within_s: float) -> int:
    """Return a window in microseconds."""
    return round(require_number("within_s", within_s, least=0, most=2**32, unit="seconds") * 1e6)


def behind(found: Shares, source: str, target: str, within_s: float) -> list[str]:
    """Return the ids of the tweets by which two accounts shared an object in the window."""
    rows = np.flatnonzero(np.isin(found.users, [source, target])[found.user])
    ends = ends_kernel(found.item[rows], found.at_us[rows], window_us(within_s))
    pairs = pairs_kernel(found.user[rows], ends, 0, len(rows))
    together = np.unique(found.tweet[rows[np.concatenate(pairs)]])
    return [str(tweet) for tweet in found.tweets[together]]


def grouped(found: Shares, within_s: float, *, at_once: int = _AT_ONCE) -> Close:
    """Return the pairs of accounts that shared an object within the window.

    O(n log n + pairs log pairs); memory grows with the distinct pairs, since whole objects
    are taken until there are `at_once` pairs of shares.
    """
    ends = ends_kernel(found.item, found.at_us, window_us(within_s))
    total = _none()
    bounds = np.append(np.flatnonzero(np.diff(found.item, prepend=-1)), len(ends))
    pairs = np.append(0, np.cumsum(ends - np.arange(len(ends)) - 1))[bounds]
    start = 0
    while start < len(bounds) - 1:
        stop = np.searchsorted(pairs, pairs[start] + at_once, side="right") - 1
        stop = max(int(stop), start + 1)
        left, right = pairs_kernel(found.user, ends, bounds[start], bounds[stop])
        total = _together(total, _counted(found, left, right))
        start = stop
    return total


def _none() -> Close:
    return Close(*(np.empty(0, np.int64) for _ in range(6)))


def _counted(found: Shares, left: Ints, right: Ints) -> Close:
    one, other = found.user[left].astype(np.int64), found.user[right].astype(np.int64)
    key = np.minimum(one, other) * len(found.users) + np.maximum(one, other)
    order = np.argsort(key, kind="stable")  # within a pair still by object and time
    key, item, at_us = key[order], found.item[right[order]], found.at_us[right[order]]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    fresh = (np.diff(key, prepend=-1) != 0) | (np.diff(item, prepend=-1) != 0)
    if not len(starts):
        return _none()
    pair = key[starts]
    return Close(
        pair // len(found.users),
        pair % len(found.users),
        np.add.reduceat(fresh.astype(np.int64), starts),
        np.diff(np.append(starts, len(key))),
        np.minimum.reduceat(at_us, starts),
        np.maximum.reduceat(at_us, starts),
    )


def _together(one: Close, other: Close) -> Close:
    """Return both, where no object is in both."""
    source, target = np.append(one.source, other.source), np.append(one.target, other.target)
    order = np.lexsort((target, source))
    source, target = source[order], target[order]
    new = (np.diff(source, prepend=-1) != 0) | (np.diff(target, prepend=-1) != 0)
    starts = np.flatnonzero(new)
    if not len(starts):
        return one

    def reduced(ufunc: np.ufunc, name: str) -> Ints:
        values = np.append(getattr(one, name), getattr(other, name))[order]
        return np.asarray(ufunc.reduceat(values, starts))

    return Close(
        source[starts],
        target[starts],
        reduced(np.add, "weight"),
        reduced(np.add, "count"),
        reduced(np.minimum, "first_us"),
        reduced(np.maximum, "last_us"),
    )


@kernel
def ends_kernel(item: NDArray[np.int32], at_us: Ints, window: int) -> Ints:
    """Return per share the first later one that is of another object or too late; O(n)."""
    ends = np.empty(len(item), np.int64)
    end = 0
    for i in range(len(item)):
        end = max(end, i + 1)
        while end < len(item) and item[end] == item[i] and at_us[end] - at_us[i] <= window:
            end += 1
        ends[i] = end
    return ends


@kernel
def pairs_kernel(user: NDArray[np.int32], ends: Ints, first: int, last: int) -> tuple[Ints, Ints]:
    """Return the rows of close shares by two accounts, the earlier left; O(n + pairs)."""
    found = 0
    for i in range(first, last):
        for j in range(i + 1, ends[i]):
            found += user[i] != user[j]
    left, right = np.empty(found, np.int64), np.empty(found, np.int64)
    found = 0
    for i in range(first, last):
        for j in range(i + 1, ends[i]):
            if user[i] != user[j]:
                left[found], right[found] = i, j
                found += 1
    return left, right
