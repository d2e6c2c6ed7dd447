"""From a file's bytes to pieces, each one JSON value: our own reader of lines.

Lines end at a line feed only (U+2028 and U+0085 may stand inside a tweet). A value
that spans lines, several values on a line and the elements of an array are found by
their brackets, with strings skipped.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from spread.archive._faults import DamageError
from spread.archive.files._arrays import array, spanning_array
from spread.archive.files._bytes import BOM
from spread.archive.files._values import is_whole
from spread.archive.files._window import (
    SPACE,
    Piece,
    Window,
    skip_blank_rest,
    spanning_end,
    too_large,
)

BLANK: Final = "BLANK"
_EMPTY: Final = re.compile(rb"\[[ \t\r]*\]")
"""An array of nothing, as a page of a search without a find is: blank."""
LINE_MOST: Final = 64 << 20
_RUN_LEAST: Final = 1 << 14
_RUN_MOST: Final = 1 << 20


class Lines(NamedTuple):
    """Lines that open and close a brace each, and the byte of the text where the first starts."""

    lines: list[bytes]
    at: int


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
    window = Window(chunks, start, max(most, LINE_MOST))
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
            if window.held[window.at : window.at + 1024].lstrip(SPACE)[:1] == b"[":
                yield from spanning_array(window, is_first=is_first)
            else:
                yield too_large(window)
            is_first = False
            continue
        if window.damage and end == len(window.held):
            break
        line = window.held[window.at : end].strip(SPACE).removeprefix(BOM)
        if not line or _EMPTY.fullmatch(line):
            window.at = min(end + 1, len(window.held))
            yield Piece(BLANK, b"", place)
            continue
        if line[:1] == b"[":
            yield from array(window, line, end, is_first=is_first)
        elif line[:1] == b"{" and line[-1:] != b"}":
            yield _spanning(window, line, end)
        else:
            window.at = min(end + 1, len(window.held))
            yield Piece(None, line, place)
        is_first = False
    if window.damage:
        yield from _damaged_end(window, window.damage)


def _run(window: Window, size: int) -> list[bytes]:
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


def _damaged_end(window: Window, damage: DamageError) -> Iterator[Piece]:
    rest, place = window.held[window.at :].strip(SPACE), window.place
    if rest and is_whole(rest):
        yield Piece(None, rest, place)
        rest, place = b"", place + len(rest)
    yield Piece(damage.reason, rest, place, damage.found)


def _spanning(window: Window, line: bytes, end: int) -> Piece:
    """Return a value that goes on after its first line, or that line when it does not."""
    place, size = window.place, end - window.at
    if not _next_line_stands_alone(window, line, size):
        found = spanning_end(window)
        if found is not None and found > window.at + size:
            value = window.held[window.at : found]
            if is_whole(value):
                window.at = found
                skip_blank_rest(window)
                return Piece(None, value, place)
    window.at = min(window.at + size + 1, len(window.held))
    return Piece(None, line, place)


def _next_line_stands_alone(window: Window, line: bytes, size: int) -> bool:
    """Tell a line of so many bytes that was cut from the first of a value that spans lines."""
    if line[-1:] in (b",", b"[", b":", b"{"):
        return False
    end = window.line_end(size + 1)
    return end >= 0 and is_whole(window.held[window.at + size + 1 : end].strip(SPACE))
