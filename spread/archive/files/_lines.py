"""From a file's bytes to pieces, each one JSON value: our own reader of lines.

Lines end at a line feed only (U+2028 and U+0085 may stand inside a tweet). A value
that spans lines, several values on a line and the elements of an array are found by
their brackets, with strings skipped.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from spread.archive._faults import DamageError
from spread.archive.files._bytes import BOM
from spread.archive.files._limits import allowing
from spread.archive.files._values import (
    SPACE_OR_COMMA,
    breaks_a_string,
    holds_records,
    is_whole,
    value_end,
)

BLANK: Final = "BLANK"
LINE_MOST: Final = 64 << 20
_SHORT_LINE: Final = 1 << 16
_RUN_LEAST: Final = 1 << 14
_RUN_MOST: Final = 1 << 20
_VAIN_MOST: Final = 1 << 28
_SPACE: Final = b" \t\r\x00"
_SCALAR_END: Final = re.compile(rb"[,\]\n]")
_ELEMENTS: Final = msgspec.json.Decoder(list[msgspec.Raw])


class Piece(NamedTuple):
    """A JSON value (`fault` None), a blank line (`BLANK`), or bytes that are neither.

    `at` is the byte of the text where it starts.
    """

    fault: str | None
    data: bytes
    at: int
    found: str = ""


class Lines(NamedTuple):
    """Lines that open and close a brace each, and the byte of the text where the first starts."""

    lines: list[bytes]
    at: int


class _Window:
    """A cursor over decompressed chunks: what is held, where it stands, whether more comes."""

    def __init__(self, chunks: Iterator[bytes], start: int, most: int) -> None:
        self._chunks = chunks
        self.most = most
        self._gone = start
        self.held = b""
        self.at = 0
        self.ended = False
        self.vain = 0
        self.damage: DamageError | None = None

    def more(self, least: int = 1) -> bool:
        """Hold some bytes more, at least so many; what lies before the cursor is let go."""
        if self.ended:
            return False
        chunks: list[bytes] = []
        size = 0
        try:
            while size < least:
                chunks.append(next(self._chunks))
                size += len(chunks[-1])
        except StopIteration:
            self.ended = True
        except DamageError as damage:
            self.damage, self.ended = damage, True
        if not size:
            return False
        self._gone += self.at
        self.held = self.held[self.at :] + b"".join(chunks)
        self.at = 0
        return True

    @property
    def place(self) -> int:
        """At which byte of the text the cursor stands."""
        return self._gone + self.at

    def line_end(self, ahead: int = 0) -> int:
        """Return where the line at the cursor, or so far ahead, ends; −1 when it is too long."""
        searched = ahead
        while True:
            end = self.held.find(b"\n", self.at + searched)
            if end >= 0:
                return end
            searched = max(ahead, len(self.held) - self.at)
            if searched > self.most + ahead:
                return -1
            # By ever more: else a long line would be copied with each chunk.
            if not self.more(1 + min(searched // 2, self.most + ahead - searched)):
                return len(self.held)


def pieces(chunks: Iterator[bytes]) -> Iterator[Piece]:
    """Yield every JSON value, blank line and unreadable line of a file, in order.

    A damaged end (a cut or corrupt compressed file) comes last, as one piece that
    holds what was left of the last line.
    """
    for found in runs(chunks):
        if isinstance(found, Piece):
            yield found
        else:
            yield from (Piece(None, line, at) for line, at in placed(found))


def placed(run: Lines) -> Iterator[tuple[bytes, int]]:
    """Yield lines, each with the byte of the text where it starts."""
    at = run.at
    for line in run.lines:
        yield line, at
        at += len(line) + 1


def runs(chunks: Iterator[bytes], start: int = 0, most: int = 0) -> Iterator[Piece | Lines]:
    """Yield what `pieces` does, but lines that open and close a brace by the list.

    `start` is the byte of the text at which the chunks start; a line may have `most` bytes,
    or 64 MB where that is less.
    """
    window = _Window(chunks, start, max(most, LINE_MOST))
    size = _RUN_LEAST
    is_first = start == 0
    while window.at < len(window.held) or window.more():
        place = window.place
        if run := _run(window, size):
            size = min(2 * size, _RUN_MOST)
            is_first = False
            yield Lines(run, place)
            continue
        size = _RUN_LEAST
        end = window.line_end()
        if end < 0:
            if window.held[window.at : window.at + 1024].lstrip(_SPACE)[:1] == b"[":
                yield from _spanning_array(window, is_first=is_first)
            else:
                yield _too_large(window)
            is_first = False
            continue
        if window.damage and end == len(window.held):
            break
        line = window.held[window.at : end].strip(_SPACE).removeprefix(BOM)
        if not line:
            window.at = min(end + 1, len(window.held))
            yield Piece(BLANK, b"", place)
            continue
        if line[:1] == b"[":
            yield from _array(window, line, end, is_first=is_first)
        elif line[:1] == b"{" and line[-1:] != b"}":
            yield _spanning(window, line, end)
        else:
            window.at = min(end + 1, len(window.held))
            yield Piece(None, line, place)
        is_first = False
    if window.damage:
        yield from _damaged_end(window, window.damage)


def _run(window: _Window, size: int) -> list[bytes]:
    """Return whole lines at the cursor that each open and close a brace, and go past them."""
    if window.held[window.at : window.at + 1] != b"{":
        return []
    end = window.held.rfind(b"\n", window.at, window.at + size)
    if end < 0 and len(window.held) - window.at < size and window.more():
        end = window.held.rfind(b"\n", window.at, window.at + size)
    if end < 0:
        return []
    lines = window.held[window.at : end].split(b"\n")
    for number, line in enumerate(lines):
        if line[:1] != b"{" or line[-1:] != b"}":
            del lines[number:]
            break
    window.at += sum(map(len, lines)) + len(lines)
    return lines


def _too_large(window: _Window) -> Piece:
    """Let go of a line that is too long; return its start."""
    start, place = window.held[window.at : window.at + 1024], window.place
    while True:
        end = window.held.find(b"\n", window.at)
        if end >= 0:
            window.at = min(end + 1, len(window.held))
            break
        window.at = len(window.held)
        if not window.more():
            break
    size_mb = -(-(window.place - place) // (1 << 20))
    told = f"a line of {size_mb:,} MB{allowing('record_mb', size_mb)}"
    return Piece("TOO_LARGE", start, place, told)


def _damaged_end(window: _Window, damage: DamageError) -> Iterator[Piece]:
    rest, place = window.held[window.at :].strip(_SPACE), window.place
    if rest and is_whole(rest):
        yield Piece(None, rest, place)
        rest, place = b"", place + len(rest)
    yield Piece(damage.reason, rest, place, damage.found)


def _spanning(window: _Window, line: bytes, end: int) -> Piece:
    """Return a value that goes on after its first line, or that line when it does not."""
    place, size = window.place, end - window.at
    if not _next_line_stands_alone(window, line, size):
        found = _spanning_end(window)
        if found is not None and found > window.at + size:
            value = window.held[window.at : found]
            if is_whole(value):
                window.at = found
                _skip_blank_rest(window)
                return Piece(None, value, place)
    window.at = min(window.at + size + 1, len(window.held))
    return Piece(None, line, place)


def _next_line_stands_alone(window: _Window, line: bytes, size: int) -> bool:
    """Tell a line of so many bytes that was cut from the first of a value that spans lines."""
    if line[-1:] in (b",", b"[", b":", b"{"):
        return False
    end = window.line_end(size + 1)
    return end >= 0 and is_whole(window.held[window.at + size + 1 : end].strip(_SPACE))


def _array(window: _Window, line: bytes, end: int, *, is_first: bool) -> Iterator[Piece]:
    if line[-1:] == b"]":
        try:
            elements = _ELEMENTS.decode(line)
        except (msgspec.DecodeError, RecursionError):
            pass
        else:
            place, at = window.place + window.held.index(b"[", window.at) - window.at, 0
            window.at = min(end + 1, len(window.held))
            for element in map(bytes, elements):
                at = line.index(element, at)
                yield Piece(None, element, place + at)
                at += len(element)
            return
    yield from _spanning_array(window, is_first=is_first)


def _spanning_array(window: _Window, *, is_first: bool) -> Iterator[Piece]:
    """Yield the elements of an array that spans lines; a bad one costs its line only.

    One that opens the text may lack commas at the ends of lines. One between other records is
    left there: of a bracket that went astray it could not be told apart, and a file whose first
    line is a record is read from any line that follows another.
    """
    window.at = window.held.index(b"[", window.at) + 1
    begun = broken = False
    while True:
        has_line_end = _skip_gap(window) and begun
        if window.at >= len(window.held):
            if not broken and not window.damage:
                yield Piece("BAD_JSON", b"[", window.place, "the array is not closed")
            return
        if window.held[window.at : window.at + 1] == b"]":
            window.at += 1
            _skip_blank_rest(window)
            return
        opens = window.held[window.at : window.at + 1] == b"["
        if (has_line_end and not is_first) or ((broken or has_line_end) and opens):
            # A line that opens an array after one that was cut is no element of that.
            if not broken:
                yield Piece("BAD_JSON", b"[", window.place, "the array is not closed")
            return
        piece, broken_here = _element(window)
        if piece is None:
            return
        begun = True
        broken |= broken_here
        yield piece


def _element(window: _Window) -> tuple[Piece | None, bool]:
    """Return the array's element at the cursor, and whether its line had to be given up."""
    place = window.place
    first = window.held[window.at : window.at + 1]
    end = window.held.find(b"\n", window.at, window.at + _SHORT_LINE)
    line = window.held[window.at : max(end, window.at)].rstrip(_SPACE + b",")
    if first == b"{" and line[-1:] == b"}" and is_whole(line):
        window.at = end
        return Piece(None, line, place), False
    if first in (b"{", b"["):
        found = _spanning_end(window)
        if found is not None:
            value = window.held[window.at : found]
            window.at = found
            return Piece(None, value, place), False
    else:
        size = _scalar_size(window)
        value = window.held[window.at : window.at + size].strip(_SPACE)
        if is_whole(value):
            window.at += size
            return Piece(None, value, place), False
    end = window.line_end()
    if end < 0:
        return _too_large(window), True
    if window.damage and end == len(window.held):
        return None, True
    line = window.held[window.at : end]
    window.at = min(end + 1, len(window.held))
    return Piece("BAD_JSON", line, place, "no whole element of an array"), True


def _scalar_size(window: _Window) -> int:
    """Return how many bytes there are before the next comma, closing bracket or line's end."""
    size = 0
    while not (end := _SCALAR_END.search(window.held, window.at + size)):
        size = len(window.held) - window.at
        if size > window.most or not window.more(1 + min(size // 2, window.most - size)):
            return size
    return end.start() - window.at


def _spanning_end(window: _Window) -> int | None:
    """Return where the value at the cursor ends, reading on as far as is needed.

    Where much was searched in vain nothing more is: else each line that is cut costs the rest.
    """
    if window.vain > _VAIN_MOST:
        return None
    end = _searched_end(window)
    if end is not None and not holds_records(window.held[window.at : end]):
        window.vain = 0
        return end
    window.vain += (len(window.held) if end is None else end) - window.at
    return None


def _searched_end(window: _Window) -> int | None:
    size = 0
    while True:
        end = value_end(window.held, window.at)
        if end is not None:
            return end
        if breaks_a_string(window.held, window.at) or len(window.held) - window.at > window.most:
            return None
        size = max(2 * size, 1 << 20)
        missing = size - (len(window.held) - window.at)
        if missing > 0 and not window.more(missing):
            return value_end(window.held, window.at)


def _skip_gap(window: _Window) -> bool:
    """Go past space and commas; tell whether a line ended there without a comma."""
    passed = b""
    while True:
        gap = SPACE_OR_COMMA.match(window.held, window.at)
        passed += gap.group() if gap else b""
        window.at = gap.end() if gap else window.at
        if window.at < len(window.held) or not window.more():
            return b"\n" in passed and b"," not in passed


def _skip_blank_rest(window: _Window) -> None:
    """Go on to the next line when nothing but white space is left on this one."""
    end = window.line_end()
    if end >= 0 and not window.held[window.at : end].strip(_SPACE + b","):
        window.at = min(end + 1, len(window.held))
