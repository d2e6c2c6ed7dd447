"""Files inside files: members of tar and zip are passed through one after another.

Nothing is ever extracted: a member's name is a label, links and devices are left aside.
Zip is read from its front, as tar is, so that what stands before a damage is read.
"""

import tarfile
import zlib
from collections.abc import Generator, Iterator
from itertools import chain
from typing import Final, NamedTuple

from spread.archive._faults import DamageError
from spread.archive.files._bytes import checked_text
from spread.archive.files._found import is_candidate_name
from spread.archive.files._packed import Meter, inflated, trailing, unpacked

_BLOCK: Final = 512
_NESTED_MOST: Final = 3
_HEAD: Final = 1024
_PIECE: Final = 1 << 18
_ZIP: Final = b"PK\x03\x04"
_ZIP_EMPTY: Final = b"PK\x05\x06"
_ZIP_ENDS: Final = (b"PK\x01\x02", b"PK\x06\x06", b"PK\x06\x08", _ZIP_EMPTY)
_ZIP_HEADER: Final = 30
_ZIP_END: Final = 22


class Text(NamedTuple):
    """A text to be read, and how it is called inside its file (empty for the file itself).

    Where `chunks` is None the member was left aside.
    """

    member: str
    chunks: Iterator[bytes] | None


def texts(raw: Iterator[bytes], meter: Meter) -> Iterator[Text]:
    """Yield every text in a file's bytes, whatever it is packed in.

    A text has to be read to its end before the next is asked for. What is damaged is a
    text whose chunks end in a DamageError.
    """
    yield from _texts(_Source(raw), "", meter, 0)


class _Source:
    """Bytes that are read by length; after their end, or a damage, there are none."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._held = b""
        self.damage: DamageError | None = None
        self.is_told = False

    def peek(self, size: int) -> bytes:
        """Return the next bytes without taking them, fewer only at the end."""
        while len(self._held) < size and (more := self._next()):
            self._held += more
        return self._held[:size]

    def take(self, size: int) -> bytes:
        """Return the next bytes, fewer only at the end."""
        taken = self.peek(size)
        self._held = self._held[len(taken) :]
        return taken

    def some(self, most: int = 1 << 62) -> bytes:
        """Return some of the next bytes; none only at the end."""
        self._held = self._held or self._next()
        taken, self._held = self._held[:most], self._held[most:]
        return taken

    def back(self, data: bytes) -> None:
        """Put bytes back in front."""
        self._held = data + self._held

    def rest(self) -> Iterator[bytes]:
        """Yield all that is left; raises the damage at its place."""
        while more := self.some():
            yield more
        self.stop()

    def stop(self) -> None:
        """Raise the damage that ended the bytes, where there was one."""
        if self.damage is not None:
            self.is_told = True
            raise self.damage

    def _next(self) -> bytes:
        try:
            for chunk in self._chunks:
                if chunk:
                    return chunk
        except DamageError as damage:
            self.damage = damage
        return b""


def _texts(source: _Source, name: str, meter: Meter, depth: int) -> Iterator[Text]:
    first = source.peek(_HEAD)
    packed = unpacked(source.rest(), first, meter)
    inside = packed is not None or _is_zip(first) or _is_tar(first)
    if inside and depth >= _NESTED_MOST:
        damage = DamageError("TOO_DEEP", f"archives inside archives, more than {_NESTED_MOST}")
        yield Text(name, _broken(damage))
    elif packed is not None:
        yield from _texts(_Source(packed), name, meter, depth + 1)
    elif _is_tar(first):
        yield from _each(_tar(source), source, name, meter, depth)
    elif _is_zip(first):
        yield from _each(_zip(source, meter), source, name, meter, depth)
    else:
        yield Text(name, checked_text(source.rest()))


def _each(
    members: Iterator[Text], outer: _Source, name: str, meter: Meter, depth: int
) -> Iterator[Text]:
    for member in members:
        label = f"{name}!{member.member}" if name else member.member
        if member.chunks is None or not (is_candidate_name(member.member) or not member.member):
            yield Text(label, None)
            outer.is_told &= not _let_go(member.chunks)
            continue
        yield from _texts(_Source(member.chunks), label, meter, depth + 1)
        outer.is_told &= not _let_go(member.chunks)
        if meter.is_bomb():
            return
    if outer.damage is not None and not outer.is_told:
        yield Text(name, checked_text(outer.rest()))


def _let_go(chunks: Iterator[bytes] | None) -> bool:
    """Go to the end of what is not read; tell whether a damage was met."""
    try:
        for _ in chunks or ():
            pass
    except DamageError:
        return True
    return False


def peeked(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    """Return the first chunk of a text, and all of its chunks."""
    try:
        head = next(chunks, b"")
    except DamageError as damage:
        return b"", _broken(damage)
    return head, chain((head,), chunks)


def _broken(damage: DamageError) -> Iterator[bytes]:
    yield b""
    raise damage


def _is_tar(first: bytes) -> bool:
    return len(first) >= _BLOCK and _tar_header(first[:_BLOCK]) is not None


def _is_zip(first: bytes) -> bool:
    return first.startswith((_ZIP, _ZIP_EMPTY))


_NAME_MOST: Final = 1 << 20
_NAMING: Final = (
    tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.XHDTYPE, tarfile.XGLTYPE,
)  # fmt: skip


def _tar_header(block: bytes) -> tarfile.TarInfo | None:
    """Return the header of a member; None for what is none, or names with more than names have."""
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "replace")
    except tarfile.HeaderError:
        return None
    return None if header.type in _NAMING and header.size > _NAME_MOST else header


def _tar(source: _Source) -> Iterator[Text]:
    """Yield the members of a tar file; one that just stops, without its end, was cut."""
    name: str | None = None
    broken = False
    while len(block := source.take(_BLOCK)) == _BLOCK:
        if not block.strip(b"\x00"):
            if source.peek(_BLOCK).strip(b"\x00") or len(source.peek(_BLOCK)) < _BLOCK:
                break
            _pass_zeros(source)
            if _is_tar(source.peek(_BLOCK)):
                continue
            yield from _after_end(source)
            return
        header = _tar_header(block)
        if header is None:
            if not broken:
                yield Text("", _broken(DamageError("CRC", "a header in the tar file is damaged")))
            broken = True
            continue
        broken = False
        size = header.size
        padded = -(-size // _BLOCK) * _BLOCK
        if header.type in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE):
            said = source.take(padded)[:size]
            name = _long_name(said, header.type) or name
        elif header.type in (tarfile.XGLTYPE, tarfile.GNUTYPE_LONGLINK):
            source.take(padded)
        else:
            label, name = name or header.name, None
            if header.isreg() and not header.issparse():
                yield Text(label, _sized(source, size, padded))
            else:
                _let_go(_sized(source, 0, padded if header.isreg() else 0))
                if not header.isdir():
                    yield Text(label, None)
    if source.damage is None:
        yield Text("", _broken(DamageError("TRUNCATED", "the tar file ends before its end mark")))


def _pass_zeros(source: _Source) -> None:
    """Go past zeros that fill up a file, after which another may follow."""
    while more := source.some():
        if left := more.lstrip(b"\x00"):
            source.back(left)
            return


def _after_end(source: _Source) -> Iterator[Text]:
    """Tell of bytes that follow the end of a tar or zip file."""
    size = 0
    while more := source.some():
        size += len(more)
    if size:
        yield Text("", _broken(trailing(size)))


def _long_name(said: bytes, kind: bytes) -> str | None:
    if kind == tarfile.GNUTYPE_LONGNAME:
        return said.rstrip(b"\x00").decode("utf-8", "replace")
    for record in said.split(b"\n"):
        key, _, value = record.partition(b" ")[2].partition(b"=")
        if key == b"path":
            return value.decode("utf-8", "replace")
    return None


def _sized(source: _Source, size: int, padded: int) -> Iterator[bytes]:
    """Yield so many bytes, and pass over the padding after them."""
    left = size
    while left:
        part = source.some(min(left, _PIECE))
        if not part:
            if source.damage is None:
                source.damage = DamageError("TRUNCATED", "the file ends inside this member")
            source.stop()
        left -= len(part)
        yield part
    source.take(padded - size)


class _Local(NamedTuple):
    """What stands before a member of a zip file."""

    name: str
    method: int
    flags: int
    check: int
    packed: int
    size: int


def _zip(source: _Source, meter: Meter) -> Iterator[Text]:
    """Yield the members of a zip file, and of those that follow it."""
    is_whole = True
    while is_whole and _is_zip(source.peek(len(_ZIP))):
        is_whole = yield from _one_zip(source, meter)
        _pass_zeros(source)
    if is_whole:
        yield from _after_end(source)


def _one_zip(source: _Source, meter: Meter) -> Generator[Text, None, bool]:
    """Yield a zip file's members; return whether its end was found."""
    found = 0
    while (magic := source.peek(4)) == _ZIP:
        local = _local(source)
        if local is None:
            break
        found += 1
        if local.name.endswith("/"):
            _let_go(_sized(source, local.packed, local.packed))
        else:
            yield Text(local.name, _zipped(source, local, meter))
        if source.damage is not None or not source.peek(4):
            break
        if source.peek(4) != _ZIP and source.peek(4) not in _ZIP_ENDS:
            _seek(source, (_ZIP, *_ZIP_ENDS))
    if magic in _ZIP_ENDS:
        while (more := source.peek(_PIECE)) and (at := more.find(_ZIP_EMPTY)) < 0:
            source.take(max(1, len(more) - 3))
        if more and len(end := source.take(at + _ZIP_END)[at:]) == _ZIP_END:
            source.take(int.from_bytes(end[20:22], "little"))
            listed = int.from_bytes(end[10:12], "little")
            if listed not in (found, 0xFFFF):
                told = f"the zip file lists {listed:,} members, of which {found:,} were found"
                yield Text("", _broken(DamageError("CRC", told)))
            return True
    if source.damage is None and not meter.is_bomb():
        yield Text("", _broken(DamageError("TRUNCATED", "the zip file ends before its directory")))
    return False


def _local(source: _Source) -> _Local | None:
    header = source.peek(_ZIP_HEADER)
    if len(header) < _ZIP_HEADER:
        return None
    sizes = [int.from_bytes(header[at : at + 4], "little") for at in (14, 18, 22)]
    short = [int.from_bytes(header[at : at + 2], "little") for at in (6, 8, 26, 28)]
    whole = source.take(_ZIP_HEADER + short[2] + short[3])
    if len(whole) < _ZIP_HEADER + short[2] + short[3]:
        return None
    name = whole[_ZIP_HEADER : _ZIP_HEADER + short[2]].decode("utf-8", "replace")
    packed, size = _zip64(whole[_ZIP_HEADER + short[2] :], sizes[1], sizes[2])
    return _Local(name, short[1], short[0], sizes[0], packed, size)


def _zip64(extra: bytes, packed: int, size: int) -> tuple[int, int]:
    """Return the sizes of a member, from where those of more than 4 GB stand."""
    while len(extra) >= 4 and 0xFFFFFFFF in (packed, size):
        length = int.from_bytes(extra[2:4], "little")
        if extra[:2] == b"\x01\x00" and length >= 16:
            return int.from_bytes(extra[12:20], "little"), int.from_bytes(extra[4:12], "little")
        extra = extra[4 + length :]
    return packed, size


def _zipped(source: _Source, local: _Local, meter: Meter) -> Iterator[bytes]:
    """Yield a member's bytes; on a damage the next member is looked for by its mark."""
    later = bool(local.flags & 8)
    if local.flags & 1 or local.method not in (0, 8) or (later and local.method == 0):
        why = "is locked by a password" if local.flags & 1 else "is packed in a rare way"
        _let_go(_sized(source, local.packed, local.packed))
        raise DamageError("NOT_TEXT", f"the member {why}: unpack the zip file first")
    check, size = 0, 0
    if local.method == 0:
        for part in _sized(source, local.packed, local.packed):
            check, size = zlib.crc32(part, check), size + len(part)
            yield part
    else:
        raw = source.rest() if later else _sized(source, local.packed, local.packed)
        try:
            after, check, size = yield from inflated(b"", raw, meter)
        except DamageError as damage:
            if later:
                damage.found += "; members after it may be lost with it"
            raise
        finally:
            if not later:
                _let_go(raw)
        if later:
            source.back(after)
    expected = _described(source) if later else (local.check, local.size)
    if expected is None or expected != (check, size):
        raise DamageError("CRC", "the check sum of the member is wrong")


def _described(source: _Source) -> tuple[int, int] | None:
    """Return the check sum and the size that follow a member, in any of their four forms."""
    if source.peek(4) == b"PK\x07\x08":
        source.take(4)
    long = source.peek(24)
    wide = long[20:22] == b"PK"
    said = source.take(20 if wide else 12)
    if len(said) < 12:
        return None
    at, width = (12, 8) if wide else (8, 4)
    return int.from_bytes(said[:4], "little"), int.from_bytes(said[at : at + width], "little")


def _seek(source: _Source, marks: tuple[bytes, ...]) -> None:
    """Go on to the next mark, or to the end."""
    while more := source.peek(_PIECE):
        found = [at for mark in marks if (at := more.find(mark)) >= 0]
        if found:
            source.take(min(found))
            return
        if len(more) <= 3:
            source.take(len(more))
        else:
            source.take(len(more) - 3)
