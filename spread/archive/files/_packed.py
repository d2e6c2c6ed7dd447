"""Compressed streams, checked to their ends: what is good before a damage is not lost."""

import bz2
import contextlib
import sys
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Final, NamedTuple, Protocol

from spread.archive._faults import DamageError
from spread.archive.files._limits import allowing

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GZIP: Final = b"\x1f\x8b"
BZIP2: Final = b"BZh"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
_SKIPPED: Final = b"\x50\x2a\x4d\x18"
"""How a frame of zstd starts that holds no text; its first byte counts on to 0x5f."""
_TEXT_CHUNK: Final = 1 << 20
_BOMB_AFTER: Final = 16 << 20


class Meter:
    """How much was read of a file, and how much came of it: real archives grow tenfold."""

    def __init__(self, on_bytes: Callable[[int], object], ratio: float = 1000) -> None:
        self._on_bytes = on_bytes
        self._ratio = ratio
        self._read = 0
        self._unpacked = 0

    def read(self, size: int) -> None:
        """Note bytes of the file itself."""
        self._read += size
        self._on_bytes(size)

    def unpacked(self, size: int) -> None:
        """Note bytes that a decompressor made.

        Raises
        ------
        DamageError
            BOMB: they are far too many for what was read.
        """
        self._unpacked += size
        if self.is_bomb():
            how = allowing("ratio", 10 * self._ratio)
            told = f"it unpacks to more than {self._ratio:,g} times its size, as a bomb does{how}"
            raise DamageError("BOMB", told)

    def is_bomb(self) -> bool:
        """Tell whether too much came of too little."""
        return self._unpacked > max(_BOMB_AFTER, self._ratio * self._read)


class _Decompressor(Protocol):
    """What bz2's and zstd's decompressors have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Kind(NamedTuple):
    """How a stream starts, and in pieces of how many bytes it is fed."""

    magic: bytes
    piece: int


# The smaller the pieces, the less of what is good is lost before a damage; these cost little.
_BZIP2: Final = _Kind(BZIP2, 128)
_ZSTD: Final = _Kind(ZSTD, 1024)


def unpacked(raw: Iterator[bytes], first: bytes, meter: Meter) -> Iterator[bytes] | None:
    """Return what a compressed stream holds; None where its first bytes are no such stream's.

    Parameters
    ----------
    raw
        The stream, from its start.
    first
        Its first bytes, at least four where there are so many.
    meter
        Is told what comes out.
    """
    if first.startswith(GZIP):
        return _gunzip(raw, meter)
    if first.startswith(BZIP2) and first[3:4].isdigit():
        return _streams(raw, meter, bz2.BZ2Decompressor, _BZIP2)
    if first.startswith(ZSTD) or (first[1:4] == _SKIPPED[1:] and first[0] & 0xF0 == 0x50):
        return _streams(raw, meter, zstd.ZstdDecompressor, _ZSTD)
    return None


def inflated(
    raw: bytes, rest: Iterator[bytes], meter: Meter
) -> Generator[bytes, None, tuple[bytes, int, int]]:
    """Yield what a deflate stream holds; return what follows it, its CRC-32 and its length."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    check, size = 0, 0
    while not inflate.eof:
        if not raw and (raw := next(rest, b"")) == b"":
            yield inflate.flush()
            raise DamageError("TRUNCATED", "the compressed file ends too early")
        before = inflate.copy()
        try:
            text = inflate.decompress(raw, _TEXT_CHUNK)
        except zlib.error as error:
            yield _until_damage(before, raw)
            raise DamageError("CRC", f"the compressed stream is damaged ({error})") from None
        check, size = zlib.crc32(text, check), size + len(text)
        raw = inflate.unconsumed_tail
        meter.unpacked(len(text))
        yield text
    return inflate.unused_data, check, size


def _until_damage(inflate: "zlib._Decompress", raw: bytes) -> bytes:
    """Return what can be had before the damage, byte by byte."""
    good = bytearray()
    with contextlib.suppress(zlib.error):
        for byte in raw:
            good += inflate.decompress(bytes([byte]), _TEXT_CHUNK)
    return bytes(good)


def _streams(
    raw: Iterator[bytes], meter: Meter, made: Callable[[], _Decompressor], kind: _Kind
) -> Iterator[bytes]:
    """Yield what streams of one kind hold that follow each other, as parallel packers write."""
    held = next(raw, b"")
    while held:
        held = yield from _stream(held, raw, meter, made(), kind.piece)
        held = held.lstrip(b"\x00")
        while len(held) < len(kind.magic) and (more := next(raw, None)) is not None:
            held = (held + more).lstrip(b"\x00")
        if held and not held.startswith(kind.magic) and held[1:4] != _SKIPPED[1:]:
            raise trailing(len(held) + _drained(raw))


def _stream(
    held: bytes, raw: Iterator[bytes], meter: Meter, stream: _Decompressor, piece: int
) -> Generator[bytes, None, bytes]:
    """Yield what one stream holds, block by block; return the bytes that follow it.

    It is fed piece by piece: of a piece with a damage in it there comes nothing at all.
    """
    at = vain = 0
    while not stream.eof:
        if at >= len(held) and stream.needs_input:
            held, at = next(raw, b""), 0
            if not held:
                raise DamageError("TRUNCATED", f"the compressed file ends too early{_lost(vain)}")
        fed = held[at : at + piece]
        at, vain = at + len(fed), vain + len(fed)
        try:
            text = stream.decompress(fed, _TEXT_CHUNK)
        except (OSError, EOFError, ValueError, zstd.ZstdError) as error:
            lost = _lost(vain + len(held) - at + _drained(raw))
            raise DamageError("CRC", f"the compressed stream is damaged ({error}){lost}") from None
        if text:
            vain = 0
            meter.unpacked(len(text))
            yield text
    return stream.unused_data + held[at:]


def _lost(size: int) -> str:
    return f": at least its last {size:,} bytes give no text" if size else ""


def trailing(size: int) -> DamageError:
    """Return what is told of so many bytes behind the end of what is packed."""
    return DamageError("TRAILING", f"{size:,} bytes that are no packed data follow the end")


def _drained(raw: Iterator[bytes]) -> int:
    """Go to the end of a stream, or to a damage around it; return how many bytes there were."""
    size = 0
    with contextlib.suppress(DamageError):
        for chunk in raw:
            size += len(chunk)
    return size


def _gunzip(rest: Iterator[bytes], meter: Meter) -> Iterator[bytes]:
    """Yield what gzip members hold; each member's check sum and length are verified."""
    raw = next(rest, b"")
    while raw:
        start = _header_end(raw)
        while start is None:
            more = next(rest, None)
            if more is None:
                raise DamageError("TRUNCATED", "the file ends inside a gzip header")
            raw += more
            start = _header_end(raw)
        raw = yield from _member(raw[start:], rest, meter)
        raw = raw.lstrip(b"\x00")
        while len(raw) < 2 and (more := next(rest, None)) is not None:
            raw = (raw + more).lstrip(b"\x00")
        if raw and raw[:2] != GZIP:
            raise trailing(len(raw) + _drained(rest))


def _member(raw: bytes, rest: Iterator[bytes], meter: Meter) -> Generator[bytes, None, bytes]:
    """Yield one member's text; return the bytes that follow it."""
    raw, check, size = yield from inflated(raw, rest, meter)
    while len(raw) < 8:
        more = next(rest, None)
        if more is None:
            raise DamageError("TRUNCATED", "the compressed file ends before its check sum")
        raw += more
    expected = check.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    if raw[:8] != expected:
        raise DamageError("CRC", "the check sum of the compressed file is wrong")
    return raw[8:]


def _header_end(raw: bytes) -> int | None:
    """Return where a gzip header ends; None when more bytes are needed."""
    if len(raw) < 10:
        return None
    flags, at = raw[3], 10
    if flags & 4:
        if len(raw) < at + 2:
            return None
        at += 2 + int.from_bytes(raw[at : at + 2], "little")
    for flag in (8, 16):
        if flags & flag:
            end = raw.find(b"\x00", at)
            if end < 0:
                return None
            at = end + 1
    at += 2 if flags & 2 else 0
    return at if len(raw) >= at else None
