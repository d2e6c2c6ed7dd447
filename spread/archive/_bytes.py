"""A file's bytes, decompressed and checked: nothing is lost before a damage, or hidden."""

import contextlib
import hashlib
import zlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Final, NamedTuple

_RAW_CHUNK: Final = 1 << 18
_TEXT_CHUNK: Final = 1 << 20
_HEAD: Final = 8192
_CONTROLS: Final = bytes({*range(1, 9), *range(14, 32), 127} - {27})
BOM: Final = b"\xef\xbb\xbf"
_KNOWN: Final = {
    b"BZh": "bzip2 data: decompress it first",
    b"\x28\xb5\x2f\xfd": "zstd data: decompress it first",
    b"\xfd7zXZ": "xz data: decompress it first",
    b"PK\x03\x04": "a zip file: unpack it first",
    b"PAR1": "a Parquet file: open an archive's folder with `archive.open`",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\xff\xfe": "UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as UTF-8",
}


class DamageError(Exception):
    """The rest of a file cannot be read: the code of the reason, and what was found."""

    def __init__(self, reason: str, found: str) -> None:
        super().__init__(reason, found)
        self.reason = reason
        self.found = found


class Identity(NamedTuple):
    """What a file is, whatever its name: its size in bytes and its SHA-256."""

    size: int
    sha256: str


def identity(path: Path) -> Identity:
    """Return the size and the SHA-256 of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Identity(file.tell(), digest.hexdigest())


def text_chunks(path: Path, *, on_bytes: Callable[[int], object]) -> Iterator[bytes]:
    """Yield a file's text in chunks, decompressed where it is gzip (by its first bytes).

    Parameters
    ----------
    path
        The file.
    on_bytes
        Is told how many bytes of the file were read.

    Raises
    ------
    DamageError
        After the last good byte: NOT_TEXT, TRUNCATED or CRC.
    """
    with path.open("rb") as file:
        raw = _raw_chunks(file.read, on_bytes)
        first = next(raw, b"")
        packed = first[:2] == b"\x1f\x8b"
        chunks = _gunzip(first, raw) if packed else _after(first, raw)
        head = next(chunks, b"")
        _require_text(head)
        yield head.removeprefix(BOM)
        yield from chunks


def _raw_chunks(read: Callable[[int], bytes], on_bytes: Callable[[int], object]) -> Iterator[bytes]:
    while chunk := read(_RAW_CHUNK):
        on_bytes(len(chunk))
        yield chunk


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _require_text(head: bytes) -> None:
    for magic, name in _KNOWN.items():
        if head.startswith(magic):
            raise DamageError("NOT_TEXT", f"the file holds {name}")
    if head[257:262] == b"ustar":
        raise DamageError("NOT_TEXT", "the file holds a tar file: unpack it first")
    start = head[:_HEAD]
    if b"\x00" in start.rstrip(b"\x00") and not start.lstrip(b"\x00 \t\r\n").startswith(
        (b"{", b"[")
    ):
        raise DamageError("NOT_TEXT", "the file is binary")
    if 20 * (len(start) - len(start.translate(None, _CONTROLS))) > len(start):
        raise DamageError("NOT_TEXT", "the file is binary")


def _gunzip(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """Yield what gzip members hold; each member's check sum and length are verified."""
    raw = first
    while raw:
        start = _header_end(raw)
        while start is None:
            more = next(rest, None)
            if more is None:
                raise DamageError("TRUNCATED", "the file ends inside a gzip header")
            raw += more
            start = _header_end(raw)
        raw = yield from _member(raw[start:], rest)
        raw = raw.lstrip(b"\x00")
        while len(raw) < 2 and (more := next(rest, None)) is not None:
            raw = (raw + more).lstrip(b"\x00")
        if raw and raw[:2] != b"\x1f\x8b":
            raise DamageError("CRC", "bytes that are no gzip data follow the end")


def _member(raw: bytes, rest: Iterator[bytes]) -> Generator[bytes, None, bytes]:
    """Yield one member's text; return the bytes that follow it."""
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
        yield text
    raw = inflate.unused_data
    while len(raw) < 8:
        more = next(rest, None)
        if more is None:
            raise DamageError("TRUNCATED", "the compressed file ends before its check sum")
        raw += more
    expected = check.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    if raw[:8] != expected:
        raise DamageError("CRC", "the check sum of the compressed file is wrong")
    return raw[8:]


def _until_damage(inflate: "zlib._Decompress", raw: bytes) -> bytes:
    """Return what can be had before the damage, byte by byte."""
    good = bytearray()
    with contextlib.suppress(zlib.error):
        for byte in raw:
            good += inflate.decompress(bytes([byte]))
    return bytes(good)


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
