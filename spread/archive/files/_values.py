"""Where JSON values end, told by their brackets, and whether bytes are one at all."""

import re
from itertools import pairwise
from typing import Final

import msgspec

from spread.archive.files._limits import without_half_pairs

SPACE_OR_COMMA: Final = re.compile(rb"[ \t\r\n\x00,]*")
_BRACKET: Final = re.compile(
    rb'(?:[^"{}\[\]]+|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+")*+(?:([{\[])|([}\]])|(")|\Z)'
)
_WHOLE: Final = msgspec.json.Decoder(msgspec.Raw)


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


def holds_records(value: bytes) -> bool:
    """Tell what is no value, for two lines that are a record each follow each other in it."""
    if b"\n{" not in value:
        return False
    are_records = [
        line[:1] == b"{" and line.rstrip()[-1:] == b"}" and is_whole(line.rstrip())
        for line in value.split(b"\n")
    ]
    return any(one and other for one, other in pairwise(are_records))


def value_end(data: bytes, start: int) -> int | None:
    """Return where the object or array that starts here ends; None when it does not."""
    depth = 0
    for match in _BRACKET.finditer(data, start):
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
