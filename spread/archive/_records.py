"""What becomes of a file's records: each is kept, a notice, or rejected with its reason."""

from collections import Counter
from collections.abc import Sequence
from typing import TypeAlias

from spread.archive._counts import FileCounts
from spread.archive._faults import RejectedError, detail
from spread.archive._rows import FollowRow, NoticeRow, Parts, RejectRow, TweetRow
from spread.archive.formats import _twitter_v1 as v1
from spread.archive.formats import _twitter_v2_json as v2_json
from spread.archive.formats._elements import Element, Profile, Server, Share, TimeOfId
from spread.archive.formats._kinds import honoured
from spread.archive.formats._said import count
from spread.archive.formats._twitter_v1_batch import Batch

Found: TypeAlias = (
    TweetRow | TimeOfId | NoticeRow | tuple[v1.User, int] | tuple[v2_json.User, int] | RejectedError
)


class Stopped(Exception):  # noqa: N818 - no error: the reading ends as it was asked to
    """Strict reading met its first reject."""


class Records:
    """The records of one file: how many there were, and where their rows go.

    `member` and `at` say where the next one stands: in which member of the file, and at which
    byte of its unpacked text (None where rows of a table are counted instead). `tracks` are the
    counts of the `limit` notices in each member, `servers` those that the records were asked of,
    `zones` the times in the stated zone by the quarters of an hour between them and their ids.
    """

    def __init__(self, source_file: str, parts: Parts, *, strict: bool) -> None:
        self.counts = FileCounts(source_file)
        self.formats: Counter[str] = Counter()
        self.tracks: dict[str, list[int]] = {}
        self.servers: set[str] = set()
        self.zones: Counter[int] = Counter()
        self.member = ""
        self.at: int | None = None
        self._parts = parts
        self._strict = strict

    @property
    def next_place(self) -> tuple[str, int]:
        """The file and the number of the next record."""
        return self.counts.source_file, self.counts.records + 1

    def add(self, found: Sequence[Element], name: str) -> None:
        """Keep what a record of another platform or of a table holds."""
        self.counts.records += 1
        self.formats[name] += 1
        kinds = {type(item) for item in found}
        if TweetRow in kinds or Share in kinds:
            self.counts.kept_tweets += 1
        elif FollowRow in kinds:
            self.counts.kept_follows += 1
        elif Profile in kinds:
            self.counts.kept_users += 1
        else:
            self.counts.notices += 1
        for item in found:
            if isinstance(item, TweetRow):
                self._parts.tweet(item)
            elif isinstance(item, Share):
                self._parts.share(item.row)
            elif isinstance(item, Profile):
                self._parts.user(item.row, followers=item.followers, at=item.at)
            elif isinstance(item, FollowRow):
                self._parts.follow(item, self.counts.source_file)
            elif isinstance(item, NoticeRow):
                self._parts.add("notices", item)
            elif isinstance(item, TimeOfId):
                self._count_time(item)
            elif isinstance(item, Server):
                self.servers.add(item.host)
            elif isinstance(item, RejectedError):
                self.note_embedded(item)

    def add_batch(self, batch: Batch, name: str) -> None:
        """Keep statuses whose records were counted as they came."""
        self.counts.kept_tweets += len(batch)
        self.formats[name] += len(batch)
        self._parts.flush()
        made = batch.tables(self.counts.source_file, self._parts.next_row)
        self.counts.times_of_ids += made.times_of_ids
        self.counts.times_without_zone += made.times_without_zone
        self._parts.tables(made.tweets, made.users)

    def add_tweet(self, found: Sequence[Found], name: str) -> None:
        """Keep a record's tweet, and what came with it."""
        self.counts.records += 1
        self.counts.kept_tweets += 1
        self.formats[name] += 1
        for item in found:
            if isinstance(item, TweetRow):
                self._parts.tweet(item)
            elif isinstance(item, RejectedError):
                self.note_embedded(item)
            elif isinstance(item, TimeOfId):
                self._count_time(item)
            elif isinstance(item, NoticeRow):
                self._parts.add("notices", item)
            else:
                self._see_embedded(*item)

    def _count_time(self, found: TimeOfId) -> None:
        self.counts.times_of_ids += 1
        self.counts.times_without_zone += found.lacks_zone

    def _see_embedded(self, user: v1.User | v2_json.User, at: int) -> None:
        try:
            self.see(user, at)
        except RejectedError as error:
            self.note_embedded(error)

    def see(self, user: v1.User | v2_json.User, at: int | None) -> None:
        """Note an account's profile; one without an id says nothing of anybody."""
        self._parts.user(user.row(), followers=count(user.followers_count), at=at)

    def add_user(self, user: v1.User | v2_json.User, at: int | None, name: str) -> None:
        """Keep a record that is an account."""
        self.see(user, at)
        self.counts.records += 1
        self.counts.kept_users += 1
        self.formats[name] += 1

    def add_notice(self, data: bytes, name: str) -> None:
        """Count a notice, and keep what it asks for."""
        row = honoured(data)
        self.counts.records += 1
        self.counts.notices += 1
        self.formats[name] += 1
        if isinstance(row, int):
            self.tracks.setdefault(self.member, []).append(row)
        elif row is not None:
            self._parts.add("notices", row)

    def note_embedded(
        self, error: RejectedError, data: bytes = b"", record: int | None = None
    ) -> None:
        """Say that something inside a record was not read; the record itself counts as kept.

        That is the last record counted; inside a page it is named, by the page's first.
        """
        found = f"{self._where()}{self._place()}{error.reason}: {error.found}"
        number = self.counts.records if record is None else record
        row = RejectRow(self.counts.source_file, number, "EMBEDDED", detail(found, data))
        self._parts.add("rejects", row)

    def reject(self, reason: str, found: str, data: bytes) -> None:
        """Count a record as rejected, and say why."""
        self.counts.records += 1
        self.counts.rejected += 1
        source, number = self.counts.source_file, self.counts.records
        row = RejectRow(source, number, reason, detail(self._where() + self._place() + found, data))
        self._parts.add("rejects", row)
        if self._strict:
            raise Stopped

    def _where(self) -> str:
        return f"in {self.member}: " if self.member else ""

    def _place(self) -> str:
        return "" if self.at is None else f"at byte {self.at:,}: "
