"""Statuses of v1.1 by the thousand: columns at once instead of a row each.

A status whose every field is as Twitter writes it can be refused nothing, so that its rows
can be made later, with those of others. Every other status goes through `_twitter_v1.rows`;
both give the same rows.

What is kept of a status is taken from it at once, and the rest let go while it is still at
hand: to free ten thousand at a time takes as long as to decode them.
"""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from spread.archive._rows import COLLECTED, EMBEDDED, TWEET_PARTS, USER_PARTS
from spread.archive.formats._instants import UNKNOWN, without_zone
from spread.archive.formats._said import Mentioned, Said
from spread.archive.formats._twitter_v1 import Tweet, User, created, own_words, point
from spread.archive.formats._twitter_v1_columns import (
    FACTS,
    Profiles,
    Statuses,
    columns,
    user_columns,
)

_CREATED_AT: Final = FACTS.index("created_at")
_ITSELF: Final = -1
_NOT_YET: Final = (-1, None, -1)
_PROFILE: Final = attrgetter(
    "id_str", "screen_name", "name", "description", "location", "time_zone", "utc_offset", "lang",
    "created_at", "verified",
)  # fmt: skip
_WORDS: Final = attrgetter("text", "full_text", "truncated", "entities", "extended_entities")


class Tables(NamedTuple):
    """Statuses and accounts as parts hold them, and how many statuses have their ids' times.

    Some of these say when they were made, but not in which zone.
    """

    tweets: pa.Table
    users: pa.Table
    times_of_ids: int
    times_without_zone: int


class Batch:
    """Statuses of one file that wait to become rows."""

    def __init__(self) -> None:
        self._size = 0
        self._facts: list[tuple[Any, ...]] = []
        self._records: list[int] = []
        self._retweets: list[Any] = []
        self._followers: list[int | None] = []
        self._passes_on: list[int] = []
        self._outer: list[int] = []
        self._said: list[tuple[Said, Mentioned]] = []
        self._inside: dict[object, tuple[int, Tweet | None, int]] = {}
        self._profiles: list[User] = []
        self._profile_of: dict[object, int] = {}
        self._seen: list[int] = []
        self._seen_followers: list[int | None] = []
        self._seen_with: list[int] = []

    def __len__(self) -> int:
        return len(self._outer)

    def extend(self, tweets: Sequence[Tweet], first_record: int) -> None:
        """Add regular statuses, whose records are numbered on, and what is inside them."""
        for record, tweet in enumerate(tweets, first_record):
            passes_on = self._add_inner(tweet, record)
            self._see(tweet.user)
            self._outer.append(self._add(tweet, record, passes_on))

    def tables(self, source_file: str, first_row: int) -> Tables:
        """Return the rows of the statuses and of their accounts.

        Parameters
        ----------
        source_file
            The file's name in the tables.
        first_row
            The number of the first row.
        """
        rows = len(self._facts)
        is_outer = np.zeros(rows, bool)
        is_outer[self._outer] = True
        passes_on = np.array(self._passes_on, np.int64)
        known = Statuses(
            dict(zip(FACTS, zip(*self._facts, strict=True), strict=True)), self._said, passes_on
        )
        tweets = columns(known) | {
            "retweet_count": self._retweets,
            "followers": self._followers,
            "origin": pa.array([EMBEDDED, COLLECTED]).take(pa.array(is_outer.astype(np.int8))),
            "source_file": pa.repeat(pa.scalar(source_file), rows),
            "source_record": self._records,
            "row": np.arange(first_row, first_row + rows),
        }
        when = tweets["at"][self._outer][self._seen_with]
        fields = list(zip(*map(_PROFILE, self._profiles), strict=True))
        profiles = Profiles(fields, self._seen, when)
        users = user_columns(profiles, self._seen_followers)
        of_ids = np.array(self._outer)[tweets["is_time_of_id"][self._outer]]
        written = [self._facts[row][_CREATED_AT] for row in of_ids]
        return Tables(
            table(tweets, TWEET_PARTS, rows),
            table(users, USER_PARTS, len(self._profiles)),
            len(of_ids),
            sum(without_zone(text) is not None for text in written),
        )

    def _add(self, tweet: Tweet, record: int, passes_on: int) -> int:
        """Keep what is to be known of a status; return where it is held."""
        self._facts.append(_facts(tweet))
        self._records.append(record)
        self._retweets.append(tweet.retweet_count)
        self._followers.append(None if tweet.user is None else tweet.user.followers_count)
        self._passes_on.append(passes_on)
        if passes_on == _ITSELF:
            self._said.append(own_words(tweet))
        return len(self._facts) - 1

    def _add_inner(self, tweet: Tweet, record: int) -> int:
        """Add what is inside a status; return where that is held which it passes on."""
        retweeted, quoted = tweet.retweeted_status, tweet.quoted_status
        passes_on = _ITSELF if retweeted is None else self._add_inside(retweeted, record)
        if quoted is not None:
            self._add_inside(quoted, record)
        return passes_on

    def _add_inside(self, tweet: Tweet, record: int) -> int:
        """Add a status that came inside the one that is added next; return where it is held.

        Of several that say the same one is held, as the most retweeted has it, and the first
        of these.
        """
        row, known, at = self._inside.get(tweet.id_str, _NOT_YET)
        if known is not None and _is_again(tweet, known):
            self._note(at, tweet.user)
            self._count_again(row, tweet, record)
            return row
        at = self._see(tweet.user)
        passes_on = self._add_inner(tweet, record)
        if known is None:
            row = self._add(tweet, record, passes_on)
            self._inside[tweet.id_str] = row, tweet, at
            return row
        if _says_the_same(tweet, known) and _facts(tweet) == self._facts[row]:
            self._count_again(row, tweet, record)
            return row
        return self._add(tweet, record, passes_on)

    def _count_again(self, row: int, tweet: Tweet, record: int) -> None:
        if _count(tweet.retweet_count) > _count(self._retweets[row]):
            self._retweets[row], self._records[row] = tweet.retweet_count, record
            self._followers[row] = None if tweet.user is None else tweet.user.followers_count

    def _see(self, user: User | None) -> int:
        """Note an account's profile, seen with the status that is added next; return where.

        Of an account whose profile changes the last one is compared with, so that one that
        comes back is there twice; what the merge makes of it is the same.
        """
        if user is None:
            return -1
        at = self._profile_of.get(user.id_str, -1)
        if at < 0 or not _is_same(user, self._profiles[at]):
            at = self._profile_of[user.id_str] = len(self._profiles)
            self._profiles.append(user)
        self._note(at, user)
        return at

    def _note(self, at: int, user: User | None) -> None:
        if user is not None:
            self._seen.append(at)
            self._seen_followers.append(user.followers_count)
            self._seen_with.append(len(self._outer))


def table(columns: dict[str, Any], schema: pa.Schema, rows: int) -> pa.Table:
    """Return columns as a table of a schema; those that are not there are null."""
    return pa.table(
        [_typed(columns.get(field.name), field, rows) for field in schema], schema=schema
    )


def _typed(values: Any, field: pa.Field, rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(rows, field.type)
    if pa.types.is_timestamp(field.type):
        return pa.array(values, pa.int64()).cast(field.type)
    if isinstance(values, pa.Array):
        return values
    return pa.array(values, field.type)


def _facts(tweet: Tweet) -> tuple[Any, ...]:
    """Return what no later word on a status changes, in the order of `FACTS`."""
    retweeted, quoted, user = tweet.retweeted_status, tweet.quoted_status, tweet.user
    retweet_of = retweet_author = quote_of = quote_author = reply_to = reply_author = None
    if retweeted is not None:
        retweet_of, retweet_author = retweeted.id_str, _author(retweeted)
    else:
        quote_of, quote_author = tweet.quoted_status_id_str, _author(quoted)
        reply_to, reply_author = tweet.in_reply_to_status_id_str, tweet.in_reply_to_user_id_str
        if quote_of is None and quoted is not None:
            quote_of = quoted.id_str
    exact = where = None
    if tweet.timestamp_ms is not None:
        exact = UNKNOWN if (at := created(tweet)) is None else at
    if tweet.place is not None or tweet.coordinates is not None or tweet.geo is not None:
        where = _where(tweet)
    return (
        tweet.id_str,
        None if user is None else user.id_str,
        tweet.created_at,
        exact,
        tweet.lang,
        retweet_of,
        retweet_author,
        quote_of,
        quote_author,
        reply_to,
        reply_author,
        where,
    )


def _where(tweet: Tweet) -> tuple[float | None, float | None, str | None, str | None, str | None]:
    """Return longitude, latitude, and a place's name, country and id."""
    place = tweet.place
    if place is None:
        return (*point(tweet), None, None, None)
    return (
        *point(tweet), place.full_name or place.name, place.country_code or place.country, place.id
    )  # fmt: skip


def _author(tweet: Tweet | None) -> Any:
    return None if tweet is None or tweet.user is None else tweet.user.id_str


def _count(found: str | int | None) -> int:
    return found if isinstance(found, int) else -1


def _is_again(tweet: Tweet, known: Tweet) -> bool:
    """Tell a status that differs from another in its counts at most, and holds no further one."""
    if tweet.retweeted_status is not None or tweet.quoted_status is not None:
        return False
    user, other, count = tweet.user, known.user, tweet.retweet_count
    if user is None or other is None:
        return False
    followers = user.followers_count
    # To compare all at once, with the counts made equal, is faster than one by one.
    tweet.retweet_count, user.followers_count = known.retweet_count, other.followers_count
    is_again = tweet == known
    tweet.retweet_count, user.followers_count = count, followers
    return is_again


def _is_same(user: User, known: User) -> bool:
    """Tell whether two profiles differ in the number of followers at most."""
    followers = user.followers_count
    user.followers_count = known.followers_count
    is_same = user == known
    user.followers_count = followers
    return is_same


def _says_the_same(tweet: Tweet, other: Tweet) -> bool:
    return (
        _WORDS(tweet) == _WORDS(other)
        and tweet.extended_tweet is None
        and other.extended_tweet is None
        and tweet.retweeted_status is None
        and other.retweeted_status is None
    )
