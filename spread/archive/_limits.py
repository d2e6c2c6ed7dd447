"""What a record may be at most, how it is mended, and why it cannot be read."""

import re
from typing import Final

import msgspec

from spread.archive._faults import RejectedError

RECORD_MOST: Final = 8 << 20
DEPTH_MOST: Final = 64
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_HIGH: Final = rb"\\u[dD][89abAB][0-9a-fA-F]{2}"
_LOW: Final = rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPES: Final = re.compile(rb"\\\\|" + _HIGH + _LOW + rb"|(" + _HIGH + rb"|" + _LOW + rb")")


def is_small(data: bytes) -> bool:
    """Tell, fastest of all, that a record is within the limits; most are."""
    if len(data) > RECORD_MOST:
        return False
    # To take a byte out is faster than to count it.
    left = len(data.replace(b"{", b"")) + len(data.replace(b"[", b""))
    return 2 * len(data) - left <= DEPTH_MOST


def require_limits(data: bytes) -> None:
    """Raise a RejectedError for a record that is too large or nested too deep."""
    if len(data) > RECORD_MOST:
        raise RejectedError("TOO_LARGE", f"a record of {len(data) >> 20} MB")
    if _may_be_deep(data) and _depth(data) > DEPTH_MOST:
        raise RejectedError("TOO_DEEP", f"nested more than {DEPTH_MOST} levels deep")


def _may_be_deep(data: bytes) -> bool:
    """Tell, fast, whether brackets could nest too deep: what is peeled off is a level each."""
    brackets = data.translate(None, _NOT_BRACKETS)
    peeled = 0
    while peeled + len(brackets) > DEPTH_MOST:
        inner = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(inner) == len(brackets) or peeled > DEPTH_MOST:
            return True
        brackets = inner
        peeled += 2
    return False


def _depth(data: bytes) -> int:
    deepest = depth = 0
    for bracket in _STRING.sub(b"", data).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest


def without_half_pairs(data: bytes) -> bytes:
    """Return JSON in which half of a surrogate pair, which is no character, is U+FFFD."""
    if b"\\ud" not in data and b"\\uD" not in data:
        return data
    return _ESCAPES.sub(lambda found: b"\\ufffd" if found.group(1) else found.group(), data)


def why(error: BaseException, data: bytes) -> tuple[str, str]:
    """Return the code of the reason and what was found."""
    if isinstance(error, RejectedError):
        return error.reason, error.found
    if isinstance(error, UnicodeDecodeError):
        return "BAD_UTF8", f"bytes that are not UTF-8 at {error.start}"
    if isinstance(error, RecursionError):
        return "TOO_DEEP", f"nested more than {DEPTH_MOST} levels deep"
    if isinstance(error, msgspec.ValidationError):
        return "BAD_FIELD", str(error)
    if data[:1] != b"{" and data[-1:] != b"}":
        return "UNKNOWN_FORMAT", "a line that is no JSON object"
    return "BAD_JSON", str(error)
