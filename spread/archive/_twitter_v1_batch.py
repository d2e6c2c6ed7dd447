"""Statuses of v1.1 by the thousand: columns at once instead of a row each.

A status whose every field is as Twitter writes it can be refused nothing, so that its rows
can be made later, with those of others. Every other status goes through `_twitter_v1.rows`;
both give the same rows.
"""

from collections.abc import Iterable, Sequence
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
from spread.archive._twitter_v1 import PLATFORM, Mention, Tweet, User, created, own_words, point

_COUNT_MOST: Final = 1 << 53
_SECOND: Final = 1_000_000
_PROFILE: Final = attrgetter(
    "screen_name", "name", "description", "location", "time_zone", "utc_offset", "lang",
    "created_at", "verified",
)  # fmt: skip
# More than `text.manual_retweet` finds, in the words of another engine of expressions.
_MAY_BE_MANUAL: Final = r"(?i)[rmh]t\W{0,7}[@＠]|^\W{0,8}[@＠]|via\W{1,3}[@＠]"


class _Entry(NamedTuple):
    """A status, the number of its record, and which of those inside another it passes on."""

    tweet: Tweet
    record: int
    passes_on: int | None


class Batch:
    """Statuses of one file that wait to become rows."""

    def __init__(self) -> None:
        self._outer: list[_Entry] = []
        self._inner: list[_Entry] = []
        self._inner_at: dict[object, int] = {}
        self._users: list[User] = []
        self._user_at: dict[object, int] = {}
        self._seen: tuple[list[int], list[int], list[int]] = ([], [], [])

    def __len__(self) -> int:
        return len(self._outer)

    def add(self, tweet: Tweet, record: int) -> None:
        """Add a regular status and what is inside it."""
        self._see(tweet.user)
        inner = tweet.retweeted_status
        passes_on = None if inner is None else self._add_inside(inner, record)
        if tweet.quoted_status is not None:
            self._add_inside(tweet.quoted_status, record)
        self._outer.append(_Entry(tweet, record, passes_on))

    def tables(self, source_file: str, first_row: int) -> tuple[pa.Table, pa.Table]:
        """Return the rows of the statuses and of their accounts, as parts hold them.

        Parameters
        ----------
        source_file
            The file's name in the tables.
        first_row
            The number of the first row.
        """
        entries, inside = [*self._inner, *self._outer], len(self._inner)
        tweets = _tweet_columns(entries) | {
            "origin": [EMBEDDED] * inside + [COLLECTED] * len(self._outer),
            "source_file": pa.repeat(pa.scalar(source_file), len(entries)),
            "source_record": [entry.record for entry in entries],
            "row": np.arange(first_row, first_row + len(entries)),
        }
        users = _user_columns(self._users, self._seen, tweets["at"][inside:])
        made = _table(tweets, TWEET_PARTS, len(entries))
        return made, _table(users, USER_PARTS, len(self._users))

    def _add_inside(self, tweet: Tweet, record: int) -> int:
        """Add a status that came inside another; return where it is held.

        Of several that say the same the most retweeted is held, and the first of these.
        """
        self._see(tweet.user)
        inner = tweet.retweeted_status
        passes_on = None if inner is None else self._add_inside(inner, record)
        if tweet.quoted_status is not None:
            self._add_inside(tweet.quoted_status, record)
        at = self._inner_at.get(tweet.id_str)
        if at is not None and _says_the_same(tweet, known := self._inner[at].tweet):
            if _count(tweet.retweet_count) > _count(known.retweet_count):
                self._inner[at] = _Entry(tweet, record, passes_on)
            return at
        self._inner_at.setdefault(tweet.id_str, len(self._inner))
        self._inner.append(_Entry(tweet, record, passes_on))
        return len(self._inner) - 1

    def _see(self, user: User | None) -> None:
        """Note who was seen with the status that comes next; the same profile is held once."""
        if user is None:
            return
        at = self._user_at.get(user.id_str)
        if at is None:
            at = self._hold(user)
        elif (known := self._users[at]) != user:
            if _PROFILE(known) != _PROFILE(user):
                at = self._hold(user)
            else:
                self._users[at] = user
        which, when, followers = self._seen
        which.append(at)
        when.append(len(self._outer))
        followers.append(_count(user.followers_count))

    def _hold(self, user: User) -> int:
        at = self._user_at[user.id_str] = len(self._users)
        self._users.append(user)
        return at


def is_regular(tweet: Tweet) -> bool:
    """Tell a status of which nothing can be refused, with what is inside it."""
    tweet_id, user = tweet.id_str, tweet.user
    inner, quoted = tweet.retweeted_status, tweet.quoted_status
    return (
        isinstance(tweet_id, str)
        # From here to 2^63 an id holds its time.
        and 12 <= len(tweet_id) <= 19
        and "1" <= tweet_id < "9"
        and _is_id(tweet_id)
        and user is not None
        and _is_regular_user(user)
        and (tweet.text is not None or tweet.full_text is not None)
        and tweet.created_at is not None
        and (tweet.timestamp_ms is None or _is_stamp(tweet.timestamp_ms))
        and _is_count(tweet.retweet_count)
        and _is_plain(tweet.in_reply_to_status_id_str, tweet.in_reply_to_status_id)
        and _is_plain(tweet.in_reply_to_user_id_str, tweet.in_reply_to_user_id)
        and _is_plain(tweet.quoted_status_id_str, tweet.quoted_status_id)
        and _are_regular_mentions(tweet)
        and (inner is None or is_regular(inner))
        and (quoted is None or is_regular(quoted))
    )


def _is_regular_user(user: User) -> bool:
    return (
        _is_id(user.id_str)
        and _is_count(user.followers_count)
        and (user.utc_offset is None or -(1 << 31) <= user.utc_offset < 1 << 31)
    )


def _are_regular_mentions(tweet: Tweet) -> bool:
    mentions: Iterable[Mention] = ()
    if tweet.entities is not None and tweet.entities.user_mentions:
        mentions = tweet.entities.user_mentions
    extended = tweet.extended_tweet
    if extended is not None and extended.entities is not None and extended.entities.user_mentions:
        mentions = chain(mentions, extended.entities.user_mentions)
    return all(_is_id(mention.id_str) for mention in mentions)


def _is_id(found: object) -> bool:
    return (
        isinstance(found, str)
        and found.isascii()
        and found.isdigit()
        and len(found) <= 20
        and found != "0"
    )


def _is_plain(text: object, number: object) -> bool:
    """Tell an id that is not there at all, or is there as text."""
    return number is None if text is None else _is_id(text)


def _is_count(found: object) -> bool:
    return found is None or (isinstance(found, int) and 0 <= found < _COUNT_MOST)


def _is_stamp(found: str | int) -> bool:
    return isinstance(found, str) and found.isascii() and found.isdigit() and len(found) <= 13


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


def _tweet_columns(entries: Sequence[_Entry]) -> dict[str, Any]:
    """Return the columns of statuses but for where they stand."""
    tweets = [entry.tweet for entry in entries]
    retweets = [tweet.retweeted_status for tweet in tweets]
    said, mentions = _said_by(entries)
    at, resolution = _times(tweets)
    retweet_of: list[Any] = [None if inner is None else inner.id_str for inner in retweets]
    own = [t if inner is None else _NOTHING for t, inner in zip(tweets, retweets, strict=True)]
    quote_of = [_quote_of(tweet) for tweet in own]
    reply_to: list[Any] = [tweet.in_reply_to_status_id_str for tweet in own]
    text = pa.array([what.text for what in said], pa.string())
    columns: dict[str, Any] = {
        "platform": pa.repeat(pa.scalar(PLATFORM), len(tweets)),
        "tweet_id": [tweet.id_str for tweet in tweets],
        "author_id": [_author(tweet) for tweet in tweets],
        "at": at,
        "at_resolution_ms": resolution,
        "kind": list(map(_said.kind, retweet_of, quote_of, reply_to)),
        "text": text,
        "text_length": [len(what.text) for what in said],
        "lang": [tweet.lang for tweet in tweets],
        "hashtags": _lists([what.hashtags for what in said]),
        "hashtags_shown": _lists([what.hashtags_shown for what in said]),
        "mentions": _lists(mentions),
        "urls": _lists([what.urls for what in said]),
        "media": _lists([what.media for what in said]),
        "cut": [what.cut for what in said],
        "retweet_of": retweet_of,
        "retweet_author_id": [_author(inner) for inner in retweets],
        "original_at": _originals_at(retweet_of),
        "quote_of": quote_of,
        "quote_author_id": [_author(tweet.quoted_status) for tweet in own],
        "reply_to": reply_to,
        "reply_author_id": [tweet.in_reply_to_user_id_str for tweet in own],
        "manual_retweet": _manual(text, retweet_of),
        "retweet_count": [tweet.retweet_count for tweet in tweets],
        "followers": [tweet.user and tweet.user.followers_count for tweet in tweets],
    }
    return columns | _places(tweets)


def _said_by(entries: Sequence[_Entry]) -> tuple[list[_said.Said], list[list[str]]]:
    """Return what each status says, and whom it mentions; those inside others come first."""
    said: list[_said.Said] = []
    mentions: list[list[str]] = []
    for tweet, _, passes_on in entries:
        if passes_on is None:
            what, names = own_words(tweet)
        else:
            what, names = said[passes_on], []
        said.append(what)
        mentions.append(names)
    return said, mentions


_NOTHING: Final = Tweet()


def _author(tweet: Tweet | None) -> Any:
    return None if tweet is None or tweet.user is None else tweet.user.id_str


def _quote_of(tweet: Tweet) -> Any:
    if tweet.quoted_status_id_str is not None or tweet.quoted_status is None:
        return tweet.quoted_status_id_str
    return tweet.quoted_status.id_str


def _times(tweets: Sequence[Tweet]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return `_instants.tweet_time` of each."""
    made = _snowflakes([tweet.id_str for tweet in tweets])
    said = clock_times([tweet.created_at for tweet in tweets])
    for row, tweet in enumerate(tweets):
        if tweet.timestamp_ms is not None:
            exact = created(tweet)
            said[row] = UNKNOWN if exact is None else exact
    apart = np.abs(made // _SECOND - said // _SECOND)
    agrees = (said == UNKNOWN) | (apart <= AGREES_WITHIN_S)
    return np.where(agrees, made, said), np.where(agrees | (said % _SECOND != 0), 1, 1000)


def _snowflakes(ids: Sequence[Any]) -> NDArray[np.int64]:
    numbers = pa.array(ids, pa.string()).cast(pa.int64()).to_numpy()
    return ((numbers >> 22) + SNOWFLAKE_EPOCH_MS) * 1000


def _originals_at(retweet_of: Sequence[Any]) -> pa.Array:
    ids = [tweet_id or "0" for tweet_id in retweet_of]
    none = np.array([tweet_id is None for tweet_id in retweet_of], bool)
    return pa.array(_snowflakes(ids), pa.int64(), mask=none)


def _manual(text: pa.Array, retweet_of: Sequence[Any]) -> NDArray[np.bool_]:
    """Tell old-style retweets: most texts are told apart from them at once."""
    is_manual = np.zeros(len(retweet_of), bool)
    may_be = pc.match_substring_regex(text, _MAY_BE_MANUAL).to_numpy(zero_copy_only=False)
    for row in np.flatnonzero(may_be).tolist():
        if retweet_of[row] is None:
            is_manual[row] = _said.is_manual_retweet(text[row].as_py())
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


def _user_columns(
    users: Sequence[User], seen: tuple[list[int], list[int], list[int]], at: NDArray[np.int64]
) -> dict[str, Any]:
    """Return the columns of profiles; `seen` says which with which status, and its followers."""
    which, when = np.array(seen[0]), at[seen[1]]
    first = np.full(len(users), np.iinfo(np.int64).max)
    last, followers = (np.full(len(users), np.iinfo(np.int64).min) for _ in range(2))
    np.minimum.at(first, which, when)
    np.maximum.at(last, which, when)
    np.maximum.at(followers, which, np.array(seen[2]))
    names = [user.screen_name for user in users]
    born = clock_times([user.created_at for user in users])
    return {
        "platform": pa.repeat(pa.scalar(PLATFORM), len(users)),
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


def _lists(values: Sequence[Sequence[str]]) -> pa.Array:
    ends = np.cumsum([0, *map(len, values)], dtype=np.int32)
    return pa.ListArray.from_arrays(ends, pa.array(list(chain.from_iterable(values)), pa.string()))


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
