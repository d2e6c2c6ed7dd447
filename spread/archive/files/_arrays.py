"""The elements of an array of records, of which a bad one costs itself, or its line, alone."""

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from spread.archive.files._limits import without_half_pairs
from spread.archive.files._values import (
    SPACE_OR_COMMA,
    Extent,
    extent,
    is_whole,
    value_end,
)
from spread.archive.files._window import (
    SPACE,
    Piece,
    Window,
    skip_blank_rest,
    spanning_end,
    too_large,
)

_SHORT_LINE: Final = 1 << 16
_SCALAR_END: Final = re.compile(rb"[,\]\n]")
_ELEMENTS: Final = msgspec.json.Decoder(list[msgspec.Raw])
_RECORD: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_FIRST_NAME: Final = re.compile(rb'{[ \t\r]*"[^"\\]*"')
_NEXT: Final = re.compile(rb",[ \t\r]*({)")
_GAP_MOST: Final = 64
_GAP: Final = re.compile(rb"[ \t\r]*(?:,[ \t\r]*({)|\][ \t\r]*([,}\]]?))")
_FOLLOWED_MOST: Final = 20
_TRIED_MOST: Final = 2_000
_SEARCHED_LEAST: Final = 1 << 14


def array(window: Window, line: bytes, end: int, *, is_first: bool) -> Iterator[Piece]:
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
    yield from spanning_array(window, is_first=is_first)


def spanning_array(window: Window, *, is_first: bool) -> Iterator[Piece]:
    """Yield the elements of an array that spans lines; a bad one costs its line only.

    One that opens the text may lack commas at the ends of lines. One between other records is
    left there: of a bracket that went astray it could not be told apart, and a file whose first
    line is a record is read from any line that follows another.
    """
    window.at = window.held.index(b"[", window.at) + 1
    begun = broken = False
    largest = b""
    while True:
        has_line_end = _skip_gap(window) and begun
        if window.at >= len(window.held):
            if not broken and not window.damage:
                yield Piece("BAD_JSON", b"[", window.place, "the array is not closed")
            return
        if window.held[window.at : window.at + 1] == b"]":
            window.at += 1
            skip_blank_rest(window)
            return
        opens = window.held[window.at : window.at + 1] == b"["
        if (has_line_end and not is_first) or ((broken or has_line_end) and opens):
            # A line that opens an array after one that was cut is no element of that.
            if not broken:
                yield Piece("BAD_JSON", b"[", window.place, "the array is not closed")
            return
        piece, broken_here = _element(window, largest)
        if piece is None:
            return
        if piece.fault is None and len(piece.data) > len(largest) and is_whole(piece.data):
            largest = piece.data
        begun = True
        broken |= broken_here
        yield piece


def _element(window: Window, largest: bytes) -> tuple[Piece | None, bool]:
    """Return the array's element at the cursor, and whether its line had to be given up.

    `largest` is the largest element before it.
    """
    place = window.place
    first = window.held[window.at : window.at + 1]
    end = window.held.find(b"\n", window.at, window.at + _SHORT_LINE)
    line = window.held[window.at : max(end, window.at)].rstrip(SPACE + b",")
    if first == b"{" and line[-1:] == b"}" and is_whole(line):
        window.at = end
        return Piece(None, line, place), False
    if first != b"[":
        found = _extent(window) if first == b"{" else _scalar(window)
        if found.kind == "whole":
            return Piece(None, window.taken(found.size), place), False
        size = _to_next(window, largest, found.size) if found.kind == "broken" else 0
        if size:
            return _passed(window, size, place), False
    if first in (b"{", b"["):
        stop = spanning_end(window)
        if stop is not None:
            return Piece(None, window.taken(stop - window.at), place), False
    end = window.line_end()
    if end < 0:
        return too_large(window), True
    if window.damage and end == len(window.held):
        return None, True
    line = window.held[window.at : end]
    window.at = min(end + 1, len(window.held))
    return Piece("BAD_JSON", line, place, "no whole element of an array"), True


def _extent(window: Window) -> Extent:
    """Return how far the object at the cursor goes, reading on as far as is needed."""
    size = _SEARCHED_LEAST
    is_more = window.hold(size)
    end = value_end(window.held, window.at, window.at + size)
    # To count brackets is faster than to ask the parser where it was left.
    if end is not None and is_whole(window.held[window.at : end]):
        return Extent("whole", end - window.at)
    while True:
        found = extent(window.held, window.at, min(window.at + size, len(window.held)))
        if found.kind != "open" or not is_more or size > window.most:
            return found
        size *= 4
        is_more = window.hold(size)


def _scalar(window: Window) -> Extent:
    size = _scalar_size(window)
    value = window.held[window.at : window.at + size].strip(SPACE)
    return Extent("whole", len(value)) if is_whole(value) else Extent("broken", 0)


def _passed(window: Window, size: int, place: int) -> Piece:
    """Go past so many bytes, and return what is there: an element with its own fault, or none."""
    end = value_end(window.held[window.at : window.at + size], 0)
    if window.held[window.at : window.at + 1] == b"{" and end is not None:
        return Piece(None, window.taken(end), place)
    told = f"{size:,} bytes are no whole element of the array; it is read on from the next"
    return Piece("BAD_JSON", window.taken(size), place, told)


def _to_next(window: Window, largest: bytes, broken_at: int) -> int:
    """Return how far the next element is from the cursor, where that at the cursor is broken.

    0 where none can be told on its line: an object that is whole, in no list inside an element,
    with most of the names of the largest element before it, else the first one of the broken one.
    """
    broken = window.held[window.at : window.at + broken_at]
    # Where all are broken each would be compared with all after it.
    if b"\n" in broken or window.tried > _TRIED_MOST:
        return 0
    tried = 0
    # A string that was cut goes on to the next quote, which may be the next element's.
    quote = broken.rfind(b'"', 0, max(0, broken.rfind(b'"')))
    searched = max(1, min(quote, len(broken.rstrip(b" \t\r,"))))
    name = _FIRST_NAME.match(window.held, window.at)
    size = broken_at + _SEARCHED_LEAST
    while True:
        is_last = not window.hold(size) or size > window.most
        limit = window.held.find(b"\n", window.at + searched, window.at + size)
        is_last |= limit >= 0
        limit = limit if limit >= 0 else min(window.at + size, len(window.held))
        for comma in _NEXT.finditer(window.held, window.at + searched, limit):
            start = comma.start(1)
            is_listed = _is_listed(window.held, start, limit, is_last=is_last)
            if is_listed is None:
                break
            searched = comma.end() - window.at
            found = extent(window.held, start, limit)
            tried += 1
            value = window.held[start : start + found.size]
            if is_listed and found.kind == "whole" and _is_like(value, largest, name):
                return start - window.at
        if is_last:
            window.tried += tried
            return 0
        size *= 4


def _is_listed(data: bytes, start: int, limit: int, *, is_last: bool) -> bool | None:
    """Tell an object of the array from one of a list inside an element, by how its list ends.

    None where the limit is too near to tell, and not the last.
    """
    for _ in range(_FOLLOWED_MOST):
        found = extent(data, start, limit)
        if found.kind == "broken":
            break
        if not is_last and start + found.size + _GAP_MOST > limit:
            return None
        gap = _GAP.match(data, start + found.size, limit)
        if gap is None or not gap[1]:
            return gap is None or not gap[2]
        start = gap.start(1)
    return True


def _is_like(value: bytes, largest: bytes, name: re.Match[bytes] | None) -> bool:
    """Tell an object that has the names of a record of this array, as far as these are known."""
    if names := _names(largest):
        return 2 * len(names & _names(value)) >= len(names)
    return name is None or value.startswith(name[0])


def _names(value: bytes) -> set[str]:
    """Return the names of an object's fields; none of what is no object."""
    try:
        return set(_RECORD.decode(without_half_pairs(value)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return set()


def _scalar_size(window: Window) -> int:
    """Return how many bytes there are before the next comma, closing bracket or line's end."""
    size = 0
    while not (end := _SCALAR_END.search(window.held, window.at + size)):
        size = len(window.held) - window.at
        if size > window.most or not window.more(1 + min(size // 2, window.most - size)):
            return size
    return end.start() - window.at


def _skip_gap(window: Window) -> bool:
    """Go past space and commas; tell whether a line ended there without a comma."""
    passed = b""
    while True:
        gap = SPACE_OR_COMMA.match(window.held, window.at)
        passed += gap.group() if gap else b""
        window.at = gap.end() if gap else window.at
        if window.at < len(window.held) or not window.more():
            return b"\n" in passed and b"," not in passed
