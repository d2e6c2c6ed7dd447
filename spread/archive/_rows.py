"""Rows on their way to Parquet: what the readers of formats give, and the parts written."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from spread._schemas import FOLLOWS, REJECTS, TWEETS, USERS

COLLECTED: Final = "collected"
EMBEDDED: Final = "embedded"
STUB: Final = "stub"
UNAVAILABLE: Final = "unavailable"
"""The kind of notice that names a tweet which the platform does not show."""
CLOSED: Final = "closed"
"""The kind of notice that names an account which is deleted, with all that it wrote."""
ORIGINS: Final = (COLLECTED, EMBEDDED, STUB)
BATCH_ROWS: Final = 20_000
PART_ROWS: Final = 1 << 40
"""More rows than a part can have: a row's number is that of its part and its own."""

TWEET_PARTS: Final = pa.schema(
    [
        *TWEETS,
        ("text_length", pa.int32()),
        ("place_id", pa.string()),
        ("original_at", pa.timestamp("us", "UTC")),
        ("row", pa.int64()),
    ]
)
USER_PARTS: Final = pa.schema([*USERS, ("name_key", pa.string())])
PLACE_PARTS: Final = pa.schema(
    [("place_id", pa.string()), ("place_name", pa.string()), ("place_country", pa.string())]
)
FOLLOW_PARTS: Final = pa.schema([*FOLLOWS, ("source_file", pa.string())])
NOTICE_PARTS: Final = pa.schema(
    [(name, pa.string()) for name in ("kind", "tweet_id", "user_id", "platform")]
)
STRETCHES: Final = pa.schema([("stretch", pa.int64()), ("records_before", pa.int64())])
"""How many records of its file stand before a stretch of it, by the number of its part."""
PARTS: Final = {
    "tweets": TWEET_PARTS,
    "shares": TWEET_PARTS,
    "users": USER_PARTS,
    "places": PLACE_PARTS,
    "notices": NOTICE_PARTS,
    "follows": FOLLOW_PARTS,
    "rejects": REJECTS,
}
_REPEATED: Final = ("platform", "origin", "kind", "lang", "place_name", "source_file", "time_zone")


class TweetRow(NamedTuple):
    """A row of `tables.TWEETS` before merging; instants are microseconds since 1970.

    `text_length` is in characters, `original_at` is when a retweet's original was made
    by its id, `place_id` names a place whose name may stand elsewhere.
    """

    platform: str
    tweet_id: str
    author_id: str | None
    origin: str
    at: int
    at_resolution_ms: int
    observed_at: int | None
    kind: str
    text: str | None
    lang: str | None
    hashtags: list[str]
    hashtags_shown: list[str]
    mentions: list[str]
    urls: list[str]
    media: list[str]
    retweet_of: str | None
    retweet_author_id: str | None
    quote_of: str | None
    quote_author_id: str | None
    reply_to: str | None
    reply_author_id: str | None
    manual_retweet: bool
    retweet_count: int | None
    followers: int | None
    longitude: float | None
    latitude: float | None
    place_name: str | None
    place_country: str | None
    cut: bool
    source_file: str
    source_record: int
    text_length: int
    place_id: str | None
    original_at: int | None


class UserRow(NamedTuple):
    """What one record says of an account, without what changes from tweet to tweet."""

    platform: str
    user_id: str
    screen_name: str | None
    name: str | None
    description: str | None
    location: str | None
    time_zone: str | None
    utc_offset_s: int | None
    lang: str | None
    created_at: int | None
    verified: bool | None


class PlaceRow(NamedTuple):
    """A place that tweets refer to by its id."""

    place_id: str
    place_name: str | None
    place_country: str | None


class NoticeRow(NamedTuple):
    """A notice to be honoured: `delete` a tweet, `scrub_geo` a user's tweets up to one.

    One of the kind `unavailable` names a tweet that the platform does not show, one of the kind
    `closed` an account whose tweets are all to be deleted.
    """

    kind: str
    tweet_id: str | None
    user_id: str | None
    platform: str = "twitter"


class FollowRow(NamedTuple):
    """A row of `tables.FOLLOWS`."""

    follower_id: str
    followed_id: str


class RejectRow(NamedTuple):
    """A row of `tables.REJECTS`."""

    source_file: str
    source_record: int
    reason: str
    detail: str


class _Seen(NamedTuple):
    first: int | None
    last: int | None
    followers: int | None


class Parts:
    """Collects the rows of one file and writes them as Parquet parts, a batch at a time."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder = folder
        self._number = number
        self._rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in PARTS}
        self._seen: dict[UserRow, _Seen] = {}
        self._embedded: dict[tuple[str, str], TweetRow] = {}
        self._written = 0
        self._shares = 0
        self._writers: dict[str, pq.ParquetWriter] = {}

    def tweet(self, row: TweetRow) -> None:
        """Add a tweet; of an embedded one, what says most within a batch."""
        known = self._embedded.get(row[:2]) if row.origin == EMBEDDED else None
        if row.origin != EMBEDDED:
            self._append(row)
        elif known is None or _says_no_less(row, known):
            if known is None or not _says_no_less(known, row):
                self._embedded[row[:2]] = row
        elif not _says_no_less(known, row):
            self._append(row)

    def share(self, row: TweetRow) -> None:
        """Add a tweet of a table that has a row for each object a tweet shares."""
        self._shares += 1
        # Counted down: tweets of the same file are counted up.
        number = PART_ROWS * (self._number + 1) - self._shares
        self._rows["shares"].append((*row, number))

    def user(self, row: UserRow, *, followers: int | None, at: int | None) -> None:
        """Add what a record says of an account; within a batch the same is written once."""
        seen = self._seen.get(row)
        self._seen[row] = (
            _Seen(at, at, followers)
            if seen is None
            else _Seen(
                _least(seen.first, at), _most(seen.last, at), _most(seen.followers, followers)
            )
        )

    def follow(self, row: FollowRow, source_file: str) -> None:
        """Add who follows whom."""
        self._rows["follows"].append((*row, source_file))

    def add(self, part: str, row: PlaceRow | NoticeRow | RejectRow) -> None:
        """Add a row of another table."""
        self._rows[part].append(row)

    def tables(self, tweets: pa.Table, users: pa.Table) -> None:
        """Write rows that are made already, numbered from `next_row`."""
        self._written += tweets.num_rows
        self._writer("tweets").write_table(tweets)
        self._writer("users").write_table(users)

    @property
    def next_row(self) -> int:
        """The number of the row that is written next; nothing may wait to be written."""
        return PART_ROWS * self._number + self._written

    def is_full(self) -> bool:
        """Tell whether the batch should be written."""
        return (
            len(self._rows["tweets"]) >= BATCH_ROWS
            or max(len(self._seen), *(len(self._rows[n]) for n in ("shares", "follows", "rejects")))
            >= BATCH_ROWS
        )

    def flush(self) -> None:
        """Write what was collected, and forget it."""
        for row in self._embedded.values():
            self._append(row)
        self._written += len(self._rows["tweets"])
        self._rows["users"] = [_user_part(row, seen) for row, seen in self._seen.items()]
        for name, rows in self._rows.items():
            if rows:
                self._writer(name).write_table(columns(rows, PARTS[name]))
            rows.clear()
        self._seen.clear()
        self._embedded.clear()

    def close(self) -> None:
        """Write the rest and close the files."""
        self.flush()
        for writer in self._writers.values():
            writer.close()

    def _append(self, row: TweetRow) -> None:
        tweets = self._rows["tweets"]
        tweets.append((*row, PART_ROWS * self._number + self._written + len(tweets)))

    def _writer(self, name: str) -> pq.ParquetWriter:
        if name not in self._writers:
            path = part_path(self._folder, name, self._number)
            # Parts are read once and go: what packs best is not what writes fastest.
            self._writers[name] = pq.ParquetWriter(
                path,
                PARTS[name],
                compression="lz4",
                write_statistics=False,
                use_dictionary=[n for n in _REPEATED if n in PARTS[name].names],
            )
        return self._writers[name]


def part_path(folder: Path, name: str, number: int) -> Path:
    """Return where the part of a table that comes from the file of this number stands."""
    return folder / f"{name}-{number:06d}.parquet"


def columns(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    """Return rows as an Arrow table."""
    arrays = []
    for values, field in zip(zip(*rows, strict=True), schema, strict=True):
        if pa.types.is_timestamp(field.type):
            arrays.append(pa.array(values, pa.int64()).cast(field.type))
        else:
            arrays.append(pa.array(values, field.type))
    return pa.table(arrays, schema=schema)


def _user_part(row: UserRow, seen: _Seen) -> tuple[object, ...]:
    names = [row.screen_name] if row.screen_name else []
    named = row.screen_name and row.platform == "twitter"
    key = str(row.screen_name).casefold() if named else None
    return (*row[:3], names, *row[3:9], seen.followers, *row[9:], seen.first, seen.last, key)


def _says_no_less(row: TweetRow, other: TweetRow) -> bool:
    """Tell whether a row is as good as another in all that the choice between them goes by."""
    return (
        row.retweet_of == other.retweet_of
        and row.cut <= other.cut
        and row.text_length >= other.text_length
        and _order(row.observed_at) >= _order(other.observed_at)
        and _order(row.retweet_count) >= _order(other.retweet_count)
    )


def _order(value: int | None) -> int:
    return -1 if value is None else value


def _least(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else min(a, b)


def _most(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else max(a, b)
