"""What is thrown at the readers of strangers' bytes: a function of bytes for each of them.

A target returns None, or raises for a finding: whatever comes out of the code under test but
its documented refusals (`DamageError`, `RejectedError`), and whatever breaks what is asserted
here. `tests/test_fuzz.py` runs them on the corpus, `python tests/fuzz/throw.py` under atheris.
"""

import bz2
import gzip
import io
import math
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from spread import text
from spread.archive._faults import REASONS, DamageError
from spread.archive._reader import Reader
from spread.archive._records import Records
from spread.archive._rows import PARTS, Parts
from spread.archive.files._bytes import checked_text
from spread.archive.files._limits import USUAL
from spread.archive.files._members import Text, texts
from spread.archive.files._packed import Meter
from spread.places import locate

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

NOWHERE = Path("nowhere") / "file.jsonl"
HEADERS = (
    b"",
    b"tweet_id\n",
    b"id_str,from_user,text,created_at,from_user_id_str,user_followers_count\n",
    b"id\ttime\tfrom_user_name\ttext\tretweet_id\tlng\tlat\n",
    b"id,author_id,text,entities.hashtags,public_metrics.retweet_count,created_at\n",
    b"message_id;user_id;repost_id;message;timestamp;urls\n",
    b"object_id,account_id,content_id,timestamp_share\n",
    b"follower_id,followed_id\n",
)
GROWTH = 1000  # as `spread.archive.files._packed` allows it, beyond the first 16 MB
FIRST = 16 << 20


def records(data: bytes) -> None:
    """Read a text as records: all accounted for, the same however the bytes come in."""
    size, body = _number(data), data[1:]
    whole = _read(body, len(body) or 1)
    apart = _read(body, size or 1)
    assert whole == apart, (whole, apart)


def table(data: bytes) -> None:
    """Read a text as a table with one of the headers that are known."""
    body = HEADERS[_number(data) % len(HEADERS)] + data[1:]
    assert _read(body, len(body) or 1) == _read(body, 7)


def container(data: bytes) -> None:
    """Go through what a file holds: as it is, or packed and then damaged."""
    head, body = data[:4].ljust(4, b"\0"), data[4:]
    raw = _packed(head[0], body)
    if head[1]:
        at = head[2] * len(raw) // 256
        raw = raw[:at] + bytes([head[3]]) * (head[1] % 4) + raw[at + head[1] // 4 :]
    meter = Meter(lambda _: None)
    found, total = b"", 0
    reasons: list[str] = []
    for member in texts(_metered(raw, 1 + head[1], meter), meter):
        try:
            for chunk in member.chunks or ():
                total += len(chunk)
                found += chunk[:100]
        except DamageError as damage:
            reasons.append(damage.reason)
        assert total <= max(FIRST, GROWTH * len(raw)) + FIRST
    assert set(reasons) <= set(REASONS)
    if not head[1] and 0 < head[0] % 8 < 6 and not reasons and body[:1] == b"{":
        assert found.startswith(body[:100])


def hashtags(data: bytes) -> None:
    """Take tags and names out of a text, and make forms of it that can be shown."""
    typed = data.decode("utf-8", "surrogatepass" if _is_pairs(data) else "replace")
    for tag in text.hashtags_in(typed):
        assert f"#{tag}" in typed or f"＃{tag}" in typed
        key = text.hashtag_key(tag)
        assert text.hashtag_key(key) == key
    for name in text.mentions_in(typed):
        assert name.isascii()
        assert 0 < len(name) <= 15
    text.manual_retweet(typed)
    shown = text.plain(typed)
    assert not set("<>\"'$\x00\u202e") & set(shown)
    assert not text.csv_cell(typed).startswith(("=", "+", "-", "@"))
    text.xml_text(typed).encode()
    assert "\n" not in text.one_line(typed)


def location(data: bytes) -> None:
    """Locate what somebody typed as a location, with a time zone and a language."""
    parts = data.decode("utf-8", "replace").split("\x00")
    typed, zone, lang = (*parts, "", "")[:3]
    row = locate([typed], time_zones=[zone or None], langs=[lang or None]).iloc[0]
    assert math.isnan(row.probability) or 0 <= row.probability <= 1 + 1e-9
    assert isinstance(row.city, str) != isinstance(row.reason, str)
    if isinstance(row.city, str):
        assert -180 <= row.longitude <= 180
        assert -90 <= row.latitude <= 90


TARGETS: dict[str, Callable[[bytes], None]] = {
    "records": records,
    "container": container,
    "hashtags": hashtags,
    "table": table,
    "location": location,
}


class _Held(Parts):
    """Parts whose rows are made into Arrow tables, which checks their types, and let go."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"), 0)
        self.reasons: list[str] = []

    def _writer(self, name: str) -> Any:
        return _Sink(name, self.reasons)


class _Sink:
    """Takes the tables of one part."""

    def __init__(self, name: str, reasons: list[str]) -> None:
        self._name, self._reasons = name, reasons

    def write_table(self, table: pa.Table) -> None:
        table.validate(full=True)
        assert table.schema.equals(PARTS[self._name])
        if self._name == "rejects":
            self._reasons += table["reason"].to_pylist()


def _read(body: bytes, size: int) -> tuple[object, ...]:
    """Return what the records of a text count as, which came in chunks of a size."""
    parts = _Held()
    records = Records("file", parts, strict=False)
    reader = Reader(NOWHERE, records, parts, columns=None, limits=USUAL, start=0)
    reader.take_text(Text("", checked_text(_chunks(body, size))))
    parts.flush()
    counts = records.counts
    kept = counts.kept_tweets + counts.kept_users + counts.kept_follows
    assert counts.records == kept + counts.notices + counts.rejected
    assert set(parts.reasons) <= set(REASONS)
    assert counts.rejected == sum(reason != "EMBEDDED" for reason in parts.reasons)
    return counts.records, kept, counts.notices, counts.blank, sorted(parts.reasons)


def _packed(how: int, body: bytes) -> bytes:
    match how % 8:
        case 1:
            return gzip.compress(body, 6, mtime=0)
        case 2:
            return bz2.compress(body)
        case 3:
            return zstd.compress(body)
        case 4:
            return _zip({"a.jsonl": body, "in/b.jsonl.gz": gzip.compress(body, mtime=0)})
        case 5:
            return _tar({"a.jsonl": body, "b.jsonl.bz2": bz2.compress(body)})
        case 6:
            return gzip.compress(_tar({"x" * 120 + ".jsonl": body}), mtime=0) + body
        case 7:
            return _zip({"deep.zip": _zip({"deep.tar": _tar({"a.json": body})})})
    return body


def _zip(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members.items():
            packed.writestr(zipfile.ZipInfo(name), body)
    return file.getvalue()


def _tar(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as packed:
        for name, body in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(body)
            packed.addfile(header, io.BytesIO(body))
    return file.getvalue()


def _metered(raw: bytes, size: int, meter: Meter) -> Iterator[bytes]:
    for chunk in _chunks(raw, size):
        meter.read(len(chunk))
        yield chunk


def _chunks(raw: bytes, size: int) -> Iterator[bytes]:
    return (raw[at : at + size] for at in range(0, len(raw), size))


def _number(data: bytes) -> int:
    return data[0] if data else 0


def _is_pairs(data: bytes) -> bool:
    """Tell whether half a surrogate pair is all that is wrong with the bytes."""
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True
