"""Statuses of v1.1 by the thousand: columns at once instead of a row each.

A status whose every field is as Twitter writes it can be refused nothing, so that its rows
can be made later, with those of others. Every other status goes through `_twitter_v1.rows`;
both give the same rows.
"""

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spread.archive import _said
from spread.archive._instants import AGREES_WITHIN_S, SNOWFLAKE_EPOCH_MS, UNKNOWN, clock_times
from spread.archive._rows import COLLECTED, EMBEDDED, TWEET_PARTS, USER_PARTS
from spread.archive._twitter_v1 import PLATFORM, Tweet, User, created, own_words, point

_SECOND: Final = 1_000_000
_ITSELF: Final = -1
_PROFILE: Final = attrgetter(
    "screen_name", "name", "description", "location", "time_zone", "utc_offset", "lang",
    "created_at", "verified",
)  # fmt: skip
# More than `text.manual_retweet` finds, in the words of another engine of expressions.
_MAY_BE_MANUAL: Final = r"(?i)[rmh]t\W{0,7}[@＠]|^\W{0,3}[\"“]\W{0,3}[@＠]|via\W{1,3}[@＠]"


class Batch:
    """Statuses of one file that wait to become rows."""

    def __init__(self) -> None:
        self._outer: list[Tweet] = []
        self._records: list[int] = []
        self._passes_on: list[int] = []
        self._inner: list[_Inner] = []
        self._inner_at: dict[object, int] = {}
        self._seen: list[User] = []
        self._seen_with: list[int] = []

    def __len__(self) -> int:
        return len(self._outer)

    def extend(self, tweets: Sequence[Tweet], first_record: int) -> None:
        """Add regular statuses, whose records are numbered on, and what is inside them."""
        for number, tweet in enumerate(tweets):
            inner = tweet.retweeted_status
            record = first_record + number
            self._passes_on.append(_ITSELF if inner is None else self._add_inside(inner, record))
            if tweet.quoted_status is not None:
                self._add_inside(tweet.quoted_status, record)
            self._outer.append(tweet)
        self._records.extend(range(first_record, first_record + len(tweets)))

    def tables(self, source_file: str, first_row: int) -> tuple[pa.Table, pa.Table]:
        """Return the rows of the statuses and of their accounts, as parts hold them.

        Parameters
        ----------
        source_file
            The file's name in the tables.
        first_row
            The number of the first row.
        """
        inner, outer = self._inner, self._outer
        statuses = [*(held.tweet for held in inner), *outer]
        passes_on = np.array([*(held.passes_on for held in inner), *self._passes_on])
        tweets = _tweet_columns(statuses, passes_on) | {
            "origin": _repeated((EMBEDDED, len(inner)), (COLLECTED, len(outer))),
            "source_file": _repeated((source_file, len(statuses))),
            "source_record": [*(held.record for held in inner), *self._records],
            "row": np.arange(first_row, first_row + len(statuses)),
        }
        seen = [*self._seen, *(tweet.user for tweet in outer if tweet.user is not None)]
        seen_with = np.r_[np.array(self._seen_with, np.int64), np.arange(len(outer))]
        users = _user_columns(seen, tweets["at"][len(inner) :][seen_with])
        made = _table(tweets, TWEET_PARTS, len(statuses))
        return made, _table(users, USER_PARTS, len(users["user_id"]))

    def _add_inside(self, tweet: Tweet, record: int) -> int:
        """Add a status that came inside the one that is added next; return where it is held.

        Of several that say the same the most retweeted is held, and the first of these.
        """
        if tweet.user is not None:
            self._seen.append(tweet.user)
            self._seen_with.append(len(self._outer))
        inner = tweet.retweeted_status
        passes_on = _ITSELF if inner is None else self._add_inside(inner, record)
        if tweet.quoted_status is not None:
            self._add_inside(tweet.quoted_status, record)
        at = self._inner_at.get(tweet.id_str)
        if at is not None and _says_the_same(tweet, known := self._inner[at].tweet):
            if _count(tweet.retweet_count) > _count(known.retweet_count):
                self._inner[at] = _Inner(tweet, record, passes_on)
            return at
        self._inner_at.setdefault(tweet.id_str, len(self._inner))
        self._inner.append(_Inner(tweet, record, passes_on))
        return len(self._inner) - 1


class _Inner(NamedTuple):
    """A status inside another, the number of its record, and which of these it passes on."""

    tweet: Tweet
    record: int
    passes_on: int


def _count(found: str | int | None) -> int:
    return found if isinstance(found, int) else -1


def _says_the_same(tweet: Tweet, other: Tweet) -> bool:
    return (
        tweet.text == other.text
        and tweet.full_text == other.full_text
        and tweet.truncated == other.truncated
        and tweet.extended_tweet is None
        and other.extended_tweet is None
        and tweet.retweeted_status is None
        and other.retweeted_status is None
    )


def _tweet_columns(tweets: Sequence[Tweet], passes_on: NDArray[np.int64]) -> dict[str, Any]:
    """Return the columns of statuses but for where they stand.

    `passes_on` says which of the statuses a retweet passes on: it says what that one says.
    """
    retweets = [tweet.retweeted_status for tweet in tweets]
    retweet_of: list[Any] = [None if inner is None else inner.id_str for inner in retweets]
    own = [t if inner is None else _NOTHING for t, inner in zip(tweets, retweets, strict=True)]
    quote_of = pa.array([_quote_of(tweet) for tweet in own], pa.string())
    reply_to = pa.array([tweet.in_reply_to_status_id_str for tweet in own], pa.string())
    ids = pa.array([tweet.id_str for tweet in tweets], pa.string())
    originals = pa.array(retweet_of, pa.string())
    at, resolution = _times(tweets, ids)
    columns: dict[str, Any] = {
        "platform": _repeated((PLATFORM, len(tweets))),
        "tweet_id": ids,
        "author_id": [tweet.user.id_str for tweet in tweets if tweet.user is not None],
        "at": at,
        "at_resolution_ms": resolution,
        "kind": _kinds(originals, quote_of, reply_to),
        "lang": [tweet.lang for tweet in tweets],
        "retweet_of": originals,
        "retweet_author_id": [_author(inner) for inner in retweets],
        "original_at": pa.array(_snowflakes(originals), pa.int64(), mask=_is_null(originals)),
        "quote_of": quote_of,
        "quote_author_id": [_author(tweet.quoted_status) for tweet in own],
        "reply_to": reply_to,
        "reply_author_id": [tweet.in_reply_to_user_id_str for tweet in own],
        "retweet_count": [tweet.retweet_count for tweet in tweets],
        "followers": [tweet.user and tweet.user.followers_count for tweet in tweets],
    }
    return columns | _said_columns(tweets, passes_on) | _places(tweets)


def _said_columns(tweets: Sequence[Tweet], passes_on: NDArray[np.int64]) -> dict[str, Any]:
    """Return what each status says, and whom it mentions; each text is searched once."""
    writes = np.flatnonzero(passes_on == _ITSELF)
    words = [own_words(tweets[row]) for row in writes.tolist()]
    said, mentions = [what for what, _ in words], [names for _, names in words]
    texts = pa.array([what.text for what in said], pa.string())
    columns = {
        "text": texts,
        "text_length": pc.utf8_length(texts),
        "hashtags": _lists([what.hashtags for what in said]),
        "hashtags_shown": _lists([what.hashtags_shown for what in said]),
        "urls": _lists([what.urls for what in said]),
        "media": _lists([what.media for what in said]),
        "cut": pa.array([what.cut for what in said], pa.bool_()),
    }
    place = np.zeros(len(tweets), np.int64)
    place[writes] = np.arange(len(writes))
    said_in = pa.array(place[_originals(passes_on)])
    is_manual = np.zeros(len(tweets), bool)
    is_manual[writes] = _are_manual(texts)
    lengths = np.zeros(len(tweets), np.int64)
    lengths[writes] = list(map(len, mentions))
    found = {name: column.take(said_in) for name, column in columns.items()}
    return found | {"manual_retweet": is_manual, "mentions": _lists_of(lengths, mentions)}


def _originals(passes_on: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the status that each passes on in the end, or itself."""
    found = np.where(passes_on == _ITSELF, np.arange(len(passes_on)), passes_on)
    while (further := found[found]).tolist() != found.tolist():
        found = further
    return found


_NOTHING: Final = Tweet()


def _author(tweet: Tweet | None) -> Any:
    return None if tweet is None or tweet.user is None else tweet.user.id_str


def _quote_of(tweet: Tweet) -> Any:
    if tweet.quoted_status_id_str is not None or tweet.quoted_status is None:
        return tweet.quoted_status_id_str
    return tweet.quoted_status.id_str


def _kinds(retweet_of: pa.Array, quote_of: pa.Array, reply_to: pa.Array) -> pa.Array:
    """Return `_said.kind` of each."""
    answers = pc.if_else(reply_to.is_valid(), "reply", "tweet")
    others = pc.if_else(quote_of.is_valid(), "quote", answers)
    return pc.if_else(retweet_of.is_valid(), "retweet", others)


def _times(tweets: Sequence[Tweet], ids: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return `_instants.tweet_time` of each."""
    made = _snowflakes(ids)
    said = clock_times([tweet.created_at for tweet in tweets])
    for row, tweet in enumerate(tweets):
        if tweet.timestamp_ms is not None:
            exact = created(tweet)
            said[row] = UNKNOWN if exact is None else exact
    apart = np.abs(made // _SECOND - said // _SECOND)
    agrees = (said == UNKNOWN) | (apart <= AGREES_WITHIN_S)
    return np.where(agrees, made, said), np.where(agrees | (said % _SECOND != 0), 1, 1000)


def _snowflakes(ids: pa.Array) -> NDArray[np.int64]:
    numbers = ids.cast(pa.int64()).fill_null(0).to_numpy()
    return ((numbers >> 22) + SNOWFLAKE_EPOCH_MS) * 1000


def _is_null(column: pa.Array) -> NDArray[np.bool_]:
    return column.is_null().to_numpy(zero_copy_only=False)


def _are_manual(texts: pa.Array) -> NDArray[np.bool_]:
    """Tell old-style retweets: most texts are told apart from them at once."""
    is_manual = np.zeros(len(texts), bool)
    may_be = pc.match_substring_regex(texts, _MAY_BE_MANUAL).to_numpy(zero_copy_only=False)
    for row in np.flatnonzero(may_be).tolist():
        is_manual[row] = _said.is_manual_retweet(texts[row].as_py())
    return is_manual


def _places(tweets: Sequence[Tweet]) -> dict[str, Any]:
    places = [tweet.place for tweet in tweets]
    if not any(places) and all(t.coordinates is None and t.geo is None for t in tweets):
        return {}
    points = [point(tweet) for tweet in tweets]
    return {
        "longitude": [longitude for longitude, _ in points],
        "latitude": [latitude for _, latitude in points],
        "place_name": [place and (place.full_name or place.name) for place in places],
        "place_country": [place and (place.country_code or place.country) for place in places],
        "place_id": [place and place.id for place in places],
    }


def _user_columns(seen: Sequence[User], when: NDArray[np.int64]) -> dict[str, Any]:
    """Return the columns of profiles that were seen, each with when it was."""
    users, which = _profiles(seen)
    counts = np.array([_count(user.followers_count) for user in seen], np.int64)
    first = np.full(len(users), np.iinfo(np.int64).max)
    last, followers = (np.full(len(users), np.iinfo(np.int64).min) for _ in range(2))
    np.minimum.at(first, which, when)
    np.maximum.at(last, which, when)
    np.maximum.at(followers, which, counts)
    names = [user.screen_name for user in users]
    born = clock_times([user.created_at for user in users])
    return {
        "platform": _repeated((PLATFORM, len(users))),
        "user_id": [user.id_str for user in users],
        "screen_name": names,
        "screen_names": _lists([[name] if name else [] for name in names]),
        "name": [user.name for user in users],
        "description": [user.description for user in users],
        "location": [user.location for user in users],
        "time_zone": [user.time_zone for user in users],
        "utc_offset_s": [user.utc_offset for user in users],
        "lang": [user.lang for user in users],
        "followers": pa.array(followers, pa.int64(), mask=followers < 0),
        "created_at": pa.array(born, pa.int64(), mask=born == UNKNOWN),
        "verified": [user.verified for user in users],
        "first_seen": first,
        "last_seen": last,
        "name_key": [name.casefold() if name else None for name in names],
    }


def _profiles(seen: Sequence[User]) -> tuple[list[User], NDArray[np.int64]]:
    """Return the profiles among those seen, one for several that say the same, and which is which.

    Of an account whose profile changes the last one is compared with, so that one that comes
    back is there twice; what the merge makes of it is the same.
    """
    users: list[User] = []
    last: dict[object, int] = {}
    which = []
    for user in seen:
        at = last.get(user.id_str)
        if at is None or (users[at] != user and _PROFILE(users[at]) != _PROFILE(user)):
            at = last[user.id_str] = len(users)
            users.append(user)
        which.append(at)
    return users, np.array(which, np.int64)


def _lists(values: Sequence[Sequence[str]]) -> pa.Array:
    return _lists_of(np.array(list(map(len, values)), np.int64), values)


def _lists_of(lengths: NDArray[np.int64], values: Sequence[Sequence[str]]) -> pa.Array:
    """Return lists of these lengths from their values in order."""
    ends = np.r_[0, np.cumsum(lengths)].astype(np.int32)
    return pa.ListArray.from_arrays(ends, pa.array(list(chain.from_iterable(values)), pa.string()))


def _repeated(*values: tuple[str, int]) -> pa.Array:
    return pa.concat_arrays([pa.repeat(pa.scalar(value), times) for value, times in values])


def _table(columns: dict[str, Any], schema: pa.Schema, rows: int) -> pa.Table:
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
