"""A file's texts into records: what each piece of them is, and who can read it."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from spread.archive._faults import DamageError, RejectedError
from spread.archive._records import Records
from spread.archive._rows import EMBEDDED, Parts
from spread.archive.files._limits import Limits, small_test, why, without_half_pairs
from spread.archive.files._lines import BLANK, Lines, placed, runs
from spread.archive.files._members import Text, peeked
from spread.archive.files._values import several
from spread.archive.files._window import Piece
from spread.archive.formats import _account_export as account_export
from spread.archive.formats import _twitter_v1 as v1
from spread.archive.formats import _twitter_v2 as v2
from spread.archive.formats import _twitter_v2_json as v2_json
from spread.archive.formats._delimited import elements, rows
from spread.archive.formats._elements import Nothing, unavailable
from spread.archive.formats._instants import microseconds
from spread.archive.formats._kinds import (
    NOTICE,
    OWN,
    V1,
    V1_USER,
    V2,
    V2_FLAT,
    V2_PAGE,
    V2_USER,
    recognise,
)
from spread.archive.formats._layouts import Columns, Layout, layout
from spread.archive.formats._markup import after_markup, markup
from spread.archive.formats._platforms import PAGES, RECORDS
from spread.archive.formats._rounded import checked
from spread.archive.formats._said import name_id
from spread.archive.formats._twitter_v1_batch import Batch
from spread.archive.formats._twitter_v1_regular import are_regular

BATCH_TWEETS: Final = 10_000
_TOGETHER: Final = 128
_DATA: Final = msgspec.json.Decoder(list[msgspec.Raw])
_FAULTS: Final = (RejectedError, msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_WHOLE: Final = msgspec.json.Decoder(msgspec.Raw)


class Reader:
    """Reads the texts of one file, from a byte on, and gives its records to `Records`."""

    def __init__(
        self,
        path: Path,
        records: Records,
        parts: Parts,
        *,
        columns: Columns | None,
        limits: Limits,
        zone: ZoneInfo | None = None,
        start: int,
    ) -> None:
        self._path = path
        self._records = records
        self._parts = parts
        self._columns = columns
        self._limits = limits
        self._zone = zone
        self._is_small = small_test(limits)
        self._start = start
        self._owner: v1.User | None = None
        self._batch = Batch()

    def take_text(self, text: Text) -> None:
        """Read a text: the file itself, or a member of it."""
        self._records.member, self._records.at = text.member, None
        if text.chunks is None:
            counts = self._records.counts
            counts.ignored.append(f"{counts.source_file}!{text.member}")
            return
        head, chunks = peeked(text.chunks)
        found = layout(head, self._columns)
        if found is not None:
            self._take_table(chunks, found)
            return
        each = runs(chunks, self._start, 2 * self._limits.record_bytes)
        if (seems := markup(head)) is not None:
            self._records.reject("UNKNOWN_FORMAT", seems, head.strip())
            each = after_markup(each)
        for run in each:
            if isinstance(run, Piece):
                self.take_piece(run)
            else:
                self._take_lines(run)
            self._flush_if_full()
        self._flush_batch()

    def _take_lines(self, run: Lines) -> None:
        """Read lines that are a JSON object each, most likely."""
        place = run.at
        for first in range(0, len(run.lines), _TOGETHER):
            some = run.lines[first : first + _TOGETHER]
            try:
                tweets = list(map(v1.tweet_decoder.decode, some))
                regular = are_regular(tweets) and all(map(self._is_small, some))
            except _FAULTS:
                regular = False
            if regular:
                self._extend(tweets, self._records.counts.records + 1)
                self._records.counts.records += len(some)
            else:
                self._take_each(Lines(some, place))
            place += sum(map(len, some)) + len(some)

    def _take_each(self, run: Lines) -> None:
        for line, self._records.at in placed(run):
            try:
                tweet = v1.tweet_decoder.decode(line)
                regular = are_regular([tweet]) and self._is_small(line)
            except _FAULTS:
                self._take_with_care(line)
                continue
            if regular:
                self._records.counts.records += 1
                self._extend([tweet], self._records.counts.records)
            else:
                self.take(line)

    def _extend(self, tweets: Sequence[v1.Tweet], first_record: int) -> None:
        if self._zone is not None:
            for tweet in tweets:
                v1.state_zone(tweet, self._zone, self._records.zones)
        self._batch.extend(tweets, first_record)

    def _flush_if_full(self) -> None:
        if self._parts.is_full():
            self._parts.flush()
        if len(self._batch) >= BATCH_TWEETS:
            self._flush_batch()

    def _flush_batch(self) -> None:
        """Write the statuses that wait, and count them."""
        if len(self._batch):
            self._records.add_batch(self._batch, V1.name)
            self._batch = Batch()

    def _take_table(self, chunks: Iterator[bytes], found: Layout) -> None:
        self._records.formats[found.name] += 0
        try:
            for row in checked(rows(chunks, found, self._limits), found):
                try:
                    here = elements(
                        row, found, *self._records.next_place,
                        zone=self._zone, apart=self._records.zones,
                    )  # fmt: skip
                except RejectedError as error:
                    where = f"at line {row.line:,}: " if row.line else ""
                    self._records.reject(error.reason, where + error.found, row.data)
                else:
                    self._records.add(here, found.name)
                self._flush_if_full()
        except DamageError as damage:
            self._records.reject(damage.reason, damage.found, b"")

    def take_piece(self, piece: Piece) -> None:
        """Read what a file's text was divided into."""
        # Where there is no text at all, its first byte is no place.
        self._records.at = piece.at if piece.at or piece.data else None
        if piece.fault is None:
            self.take(piece.data)
        elif piece.fault == BLANK:
            self._records.counts.blank += 1
        else:
            self._records.reject(piece.fault, piece.found, piece.data)

    def take(self, data: bytes) -> None:
        """Read one JSON value: a record, or a page of records."""
        try:
            self._take_tweet_of_v1(data)
        except _FAULTS:
            self._take_with_care(data)

    def _take_tweet_of_v1(self, data: bytes) -> None:
        """Read the commonest record by the shortest way."""
        self._limits.require(data)
        tweet = v1.tweet_decoder.decode(data)
        if not v1.is_tweet(tweet):
            raise RejectedError("UNKNOWN_FORMAT", "")
        self._add_v1(tweet)

    def _take_with_care(self, data: bytes) -> None:
        mended = without_half_pairs(data)
        try:
            _WHOLE.decode(mended)
        except (msgspec.DecodeError, RecursionError) as broken:
            values = several(data) if data[:1] == b"{" else []
            if len(values) > 1:
                for value in values:
                    self.take(value)
            else:
                self._records.reject(*why(broken, data), data)
            return
        try:
            kind = recognise(mended)
            if kind == V2_PAGE:
                self._take_page(mended)
                return
            if kind.reader in PAGES:
                self._take_elements(PAGES[kind.reader](mended), kind.name)
                return
        except _FAULTS as fault:
            self._records.reject(*why(fault, data), data)
            return
        self._take_record(mended, kind.reader, kind.name, v2.NO_CONTEXT)

    def _take_record(self, data: bytes, reader: str, name: str, context: v2.Context) -> None:
        """Read one record of a known format."""
        try:
            self._limits.require(data)
            if reader == "v1":
                self._add_v1(v1.tweet_decoder.decode(data))
            elif reader == "v2":
                self._add_v2(v2_json.tweet_decoder.decode(data), context, name)
            elif reader == "own":
                self._add_own(v1.tweet_decoder.decode(data))
            elif reader in RECORDS:
                self._records.add(RECORDS[reader](data, *self._records.next_place), name)
            elif reader == "v1 user":
                self._records.add_user(v1.user_decoder.decode(data), None, name)
            elif reader == "v2 user":
                self._records.add_user(
                    v2_json.user_decoder.decode(data), context.retrieved_at, name
                )
            else:
                self._records.add_notice(data, name)
        except _FAULTS as error:
            self._records.reject(*why(error, data), data)

    def _add_v1(self, tweet: v1.Tweet, name: str = V1.name) -> None:
        apart: Counter[int] = Counter()
        if self._zone is not None:
            v1.state_zone(tweet, self._zone, apart)
        source, number = self._records.next_place
        found = v1.rows(tweet, source_file=source, source_record=number)
        self._records.add_tweet(found, name)
        # What is rejected may be tried in more ways than one.
        self._records.zones.update(apart)

    def _add_own(self, tweet: v1.Tweet) -> None:
        """Keep a tweet of an account's own export, which says elsewhere whose it is."""
        if self._owner is None:
            self._owner = account_export.owner(self._path)
        tweet.user = self._owner
        self._add_v1(tweet, OWN.name)

    def _take_elements(self, found: Sequence[bytes], name: str) -> None:
        """Read the records of a page; a page without any is a notice."""
        for data in found:
            self.take(data)
        if not found:
            self._records.add([Nothing()], name)

    def _add_v2(self, tweet: v2_json.Tweet, context: v2.Context, name: str) -> None:
        apart: Counter[int] = Counter()
        if self._zone is not None:
            v2.state_zone(tweet, self._zone, apart)
        source, number = self._records.next_place
        rows = v2.rows(tweet, context, source_file=source, source_record=number)
        self._records.add_tweet(list(rows), name)
        # What is rejected may be tried in more ways than one.
        self._records.zones.update(apart)

    def _take_page(self, data: bytes) -> None:
        """Read a page: its records are what `data` holds, or the users of a split file."""
        page = v2_json.page_decoder.decode(data)
        context = self._context(page)
        first = self._records.counts.records
        for raw in (*_elements(page.data), *map(bytes, page.statuses or ())):
            self._take_element(raw, context)
        for raw in map(bytes, v2_json.as_list(page.users)):
            self._take_record(raw, "v2 user", V2_USER.name, context)
        if self._records.counts.records == first:
            self._records.counts.records += 1
            self._records.counts.notices += 1
            self._records.formats[V2_PAGE.name] += 1
        for notice in v2.not_shown(page):
            self._parts.add("notices", notice)
        number = first + 1
        for raw in (r for i in _included(page) for r in map(bytes, v2_json.as_list(i.tweets))):
            self._take_included_tweet(raw, context, number)

    def _take_element(self, data: bytes, context: v2.Context) -> None:
        try:
            self._limits.require(data)
            tweet = v2_json.tweet_decoder.decode(data)
            if tweet.text is not None and tweet.author_id is not None:
                self._add_v2(tweet, context, V2_PAGE.name)
                return
        except _FAULTS:
            pass
        self._take_element_with_care(data, context)

    def _take_element_with_care(self, data: bytes, context: v2.Context) -> None:
        try:
            kind = recognise(data)
        except _FAULTS as error:
            self._records.reject(*why(error, data), data)
            return
        if kind in (V2, V2_FLAT):
            self._take_record(data, "v2", V2_PAGE.name, context)
        elif kind in (V2_USER, V1_USER, V1, NOTICE):
            self._take_record(data, kind.reader, kind.name, context)
        else:
            self._records.reject("UNKNOWN_FORMAT", f"inside `data`, {kind.name}", data)

    def _take_included_tweet(self, data: bytes, context: v2.Context, number: int) -> None:
        source, _ = self._records.next_place
        try:
            tweet = v2_json.tweet_decoder.decode(data)
            if self._zone is not None:
                v2.state_zone(tweet, self._zone, self._records.zones)
            row = v2.tweet_row(tweet, EMBEDDED, context, source, number)
            self._parts.tweet(row)
            for notice in unavailable(row):
                self._parts.add("notices", notice)
        except _FAULTS as error:
            self._records.note_embedded(RejectedError(*why(error, data)), data, number)

    def _context(self, page: v2_json.Page) -> v2.Context:
        """Return what a page says beside its tweets; its accounts and places go to their parts."""
        made = page.made
        retrieved_at = microseconds(made.retrieved_at) if made is not None else None
        context = v2.Context({}, {}, retrieved_at)
        included = page.includes
        for raw in map(bytes, v2_json.as_list(included.users if included is not None else None)):
            self._include(raw, lambda data: self._include_user(data, context))
        for found in _included(page):
            for raw in map(bytes, v2_json.as_list(found.places)):
                self._include(raw, self._include_place)
            for raw in map(bytes, v2_json.as_list(found.media)):
                self._include(raw, lambda data: _include_medium(data, context))
        return context

    def _include(self, data: bytes, read: Callable[[bytes], None]) -> None:
        """Read what a page says beside its records, before the first of them is counted."""
        try:
            read(data)
        except _FAULTS as error:
            _, number = self._records.next_place
            self._records.note_embedded(RejectedError(*why(error, data)), data, number)

    def _include_user(self, data: bytes, context: v2.Context) -> None:
        user = v2_json.user_decoder.decode(data)
        context.users[v2_json.user_id(user)] = user
        if user.username:
            context.users[name_id(user.username)] = user
        self._records.see(user, context.retrieved_at)

    def _include_place(self, data: bytes) -> None:
        self._parts.add("places", v2.place_row(v2_json.place_decoder.decode(data)))


def _elements(data: msgspec.Raw) -> Sequence[bytes]:
    """Return what a page's `data` holds: its elements, or the one object of a stream."""
    raw = bytes(data)
    if raw == b"null":
        return []
    return [bytes(element) for element in _DATA.decode(raw)] if raw[:1] == b"[" else [raw]


def _included(page: v2_json.Page) -> Iterator[v2_json.Includes]:
    yield page
    if page.includes is not None:
        yield page.includes


def _include_medium(data: bytes, context: v2.Context) -> None:
    medium = v2_json.medium_decoder.decode(data)
    if medium.media_key and medium.type:
        context.media[medium.media_key] = medium.type
