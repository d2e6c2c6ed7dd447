"""A file's bytes, and whether they are text at all."""

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from spread.archive._faults import DamageError
from spread.archive.files._packed import Meter

_RAW_CHUNK: Final = 1 << 18
_HEAD: Final = 8192
_CONTROLS: Final = bytes({*range(1, 9), *range(14, 32), 127} - {27})
BOM: Final = b"\xef\xbb\xbf"
_ASSIGNED: Final = re.compile(rb"\A\s{0,99}(?:window\.YTD|Grailbird\.data)\.[\w.]{1,99}\s{0,9}=")
_KNOWN: Final = {
    b"\xfd7zXZ": "xz data: decompress it first",
    b"PAR1": "a Parquet file: open an archive's folder with `archive.open`",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"\xff\xfe": "UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as UTF-8",
}


class Identity(NamedTuple):
    """What a file is, whatever its name: its size in bytes and its SHA-256."""

    size: int
    sha256: str


class State(NamedTuple):
    """By what it is told that a file did not change: its bytes, and when it was written last."""

    size: int
    changed_ns: int


def state(path: Path) -> State:
    """Return the state of a file as it is now; zeros where the system does not tell."""
    try:
        now = path.stat()
    except OSError:
        return State(0, 0)
    return State(now.st_size, now.st_mtime_ns)


def identity(path: Path) -> Identity:
    """Return the size and the SHA-256 of a file; no SHA-256 of one that cannot be read."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            return Identity(file.tell(), digest.hexdigest())
    except OSError:
        return Identity(0, "")


def file_chunks(
    path: Path, meter: Meter, start: int = 0, end: int | None = None
) -> Iterator[bytes]:
    """Yield a file's bytes, or those of a stretch of it; the meter is told how many.

    Raises
    ------
    DamageError
        UNREADABLE: the system cannot open it, or read on.
    """
    left = sys.maxsize if end is None else end - start
    try:
        with path.open("rb") as file:
            file.seek(start)
            while chunk := file.read(min(_RAW_CHUNK, left)):
                left -= len(chunk)
                meter.read(len(chunk))
                yield chunk
    except OSError as error:
        raise DamageError("UNREADABLE", why_unreadable(path, error)) from error


def why_unreadable(path: Path, error: OSError) -> str:
    """Return what the system says of a file, or of a folder that stands for the files in it."""
    kind = "the file cannot be read"
    if os.path.isdir(path):
        kind = "the folder cannot be read, and nothing in it"
        try:
            os.listdir(path)
        except OSError as closed:
            error = closed
    return f"{kind}: {error.strerror or error}"


def checked_text(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the chunks of a text, without the mark that Windows puts before it.

    What goes before JSON leaves blanks in its place: every byte stands where it stood.

    Raises
    ------
    DamageError
        NOT_TEXT, before anything is yielded; what the chunks themselves raise.
    """
    head, damage = b"", None
    try:
        while len(head) < _HEAD and (more := next(chunks, None)) is not None:
            head += more
    except DamageError as error:
        damage = error
    _require_text(head)
    text = _ASSIGNED.sub(b"", head.removeprefix(BOM), count=1)
    is_json = text.lstrip()[:1] in (b"{", b"[")
    yield b" " * (len(head) - len(text)) + text if is_json else text
    if damage is not None:
        raise damage
    yield from chunks


def _require_text(head: bytes) -> None:
    for magic, name in _KNOWN.items():
        if head.startswith(magic):
            raise DamageError("NOT_TEXT", f"the file holds {name}")
    start = head.removeprefix(BOM)[:_HEAD]
    is_json = start.lstrip(b"\x00 \t\r\n").startswith((b"{", b"["))
    # A disk that was full, or a stop in the middle of writing, leaves zeros in a good file.
    zeros = 0 if is_json else start.rstrip(b"\x00").count(b"\x00")
    if 20 * (zeros + len(start) - len(start.translate(None, _CONTROLS))) > len(start):
        raise DamageError("NOT_TEXT", "the file is binary")
