"""Where JSON values end, told by their brackets, and whether bytes are one at all."""

import re
import sys
from itertools import pairwise
from typing import Final, Literal, NamedTuple

import msgspec

from spread.archive.files._limits import without_half_pairs

SPACE_OR_COMMA: Final = re.compile(rb"[ \t\r\n\x00,]*")
_BRACKET: Final = re.compile(
    rb'(?:[^"{}\[\]]+|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+")*+(?:([{\[])|([}\]])|(")|\Z)'
)
_WHOLE: Final = msgspec.json.Decoder(msgspec.Raw)
_BYTE: Final = re.compile(r"\(byte (\d+)\)\Z")
_CUT_MOST: Final = 32
_EXTENT_LEAST: Final = 1 << 14


def is_whole(value: bytes) -> bool:
    """Tell whether bytes are one whole JSON value; a lone surrogate is no sign of a cut."""
    try:
        _WHOLE.decode(value)
    except msgspec.DecodeError:
        mended = without_half_pairs(value)
        return mended != value and is_whole(mended)
    except RecursionError:
        return True
    return True


class Extent(NamedTuple):
    """How far a value goes: to its end (`whole`), to where no JSON can go on, or on and on."""

    kind: Literal["whole", "broken", "open"]
    size: int


def extent(data: bytes, start: int, limit: int) -> Extent:
    """Return how far the value that starts here goes before a limit."""
    size = _EXTENT_LEAST
    while True:
        end = min(start + size, limit)
        found = _extent(data[start:end])
        if found.kind != "open" or end == limit:
            return found
        size *= 4


def _extent(data: bytes) -> Extent:
    try:
        _WHOLE.decode(without_half_pairs(data))
    except RecursionError:
        return Extent("open", len(data))
    except msgspec.DecodeError as error:
        place = _BYTE.search(str(error))
        if place is not None and "trailing characters" in str(error):
            # It is the byte after the first that is too much.
            return Extent("whole", len(data[: int(place[1]) - 1].rstrip()))
        # A number that is cut looks broken where it ends.
        if place is None or int(place[1]) > len(data) - _CUT_MOST:
            return Extent("open", len(data))
        return Extent("broken", int(place[1]))
    return Extent("whole", len(data.rstrip()))


def holds_records(value: bytes) -> bool:
    """Tell what is no value, for two lines that are a record each follow each other in it."""
    if b"\n{" not in value:
        return False
    are_records = [
        line[:1] == b"{" and line.rstrip()[-1:] == b"}" and is_whole(line.rstrip())
        for line in value.split(b"\n")
    ]
    return any(one and other for one, other in pairwise(are_records))


def value_end(data: bytes, start: int, limit: int = sys.maxsize) -> int | None:
    """Return where the object or array that starts here ends; None when it does not."""
    depth = 0
    for match in _BRACKET.finditer(data, start, limit):
        if match.start(1) >= 0:
            depth += 1
        elif match.start(2) >= 0:
            depth -= 1
            if depth <= 0:
                return match.end()
        else:
            return None
    return None


def breaks_a_string(data: bytes, start: int) -> bool:
    """Tell whether a string that is open holds a line feed, which JSON forbids."""
    for match in _BRACKET.finditer(data, start):
        if match.start(3) >= 0:
            return data.find(b"\n", match.start(3)) >= 0
    return False


def several(line: bytes) -> list[bytes]:
    """Return the JSON objects of a line that holds nothing else; empty when it does not."""
    values = []
    at = 0
    while at < len(line):
        end = value_end(line, at)
        if line[at : at + 1] != b"{" or end is None:
            return []
        values.append(line[at:end])
        gap = SPACE_OR_COMMA.match(line, end)
        at = gap.end() if gap else end
    return values
