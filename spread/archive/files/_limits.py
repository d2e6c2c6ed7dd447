"""What a record may be at most, how it is mended, and why it cannot be read."""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import msgspec

from spread._arguments import require_count, require_instance, require_number
from spread._errors import UsageError
from spread.archive._faults import RejectedError

_DEPTH_MOST: Final = 500
"""Deeper than this the parser itself may not go."""
_MB: Final = 1 << 20
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_HIGH: Final = rb"\\u[dD][89abAB][0-9a-fA-F]{2}"
_LOW: Final = rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_ESCAPES: Final = re.compile(rb"\\\\|" + _HIGH + _LOW + rb"|(" + _HIGH + rb"|" + _LOW + rb")")


class Limits(NamedTuple):
    """What is read at most: a record of so many MB, nested so deep, unpacked to so many times."""

    record_mb: float = 8
    depth: int = 64
    ratio: float = 1000

    @property
    def record_bytes(self) -> int:
        """How large a record may be."""
        return int(self.record_mb * _MB)

    def require(self, data: bytes) -> None:
        """Raise a RejectedError for a record that is too large or nested too deep."""
        if len(data) > self.record_bytes:
            size = -(-len(data) // _MB)
            told = f"a record of {size:,} MB, where {self.record_mb:g} are allowed"
            raise RejectedError("TOO_LARGE", f"{told}{allowing('record_mb', size)}")
        if _may_be_deep(data, self.depth) and (depth := _depth(data)) > self.depth:
            told = f"nested {depth:,} levels deep, where {self.depth} levels are allowed"
            how = allowing("depth", depth) if depth <= _DEPTH_MOST else ""
            raise RejectedError("TOO_DEEP", f"{told}{how}")


USUAL: Final = Limits()


def limits_of(given: Mapping[str, float] | None) -> Limits:
    """Return the limits in which some were set by hand.

    Raises
    ------
    UsageError
        There is no such limit, or it cannot be so.
    """
    found = dict(require_instance("limits", given or {}, Mapping, "a mapping of names to numbers"))
    if unknown := [str(name) for name in found if name not in Limits._fields]:
        raise UsageError("no such limit", got=unknown[0], allowed=", ".join(Limits._fields))
    limits = Limits(**found)
    require_number("the limit record_mb", limits.record_mb, above=0, most=1024)
    require_count("the limit depth", limits.depth, most=_DEPTH_MOST)
    require_number("the limit ratio", limits.ratio, least=1)
    return limits


def allowing(name: str, value: float) -> str:
    """Say how a limit is set, in Python and at the shell."""
    return f": limits={{'{name}': {value:g}}} (--limit {name}={value:g}) lets it in"


def small_test(limits: Limits) -> Callable[[bytes], bool]:
    """Return what tells, fastest of all, that a record is within the limits; most are."""
    most, deepest = limits.record_bytes, limits.depth

    def is_small(data: bytes) -> bool:
        if len(data) > most:
            return False
        # To take a byte out is faster than to count it.
        left = len(data.replace(b"{", b"")) + len(data.replace(b"[", b""))
        return 2 * len(data) - left <= deepest

    return is_small


def _may_be_deep(data: bytes, most: int) -> bool:
    """Tell, fast, whether brackets could nest too deep: what is peeled off is a level each."""
    brackets = data.translate(None, _NOT_BRACKETS)
    peeled = 0
    while peeled + len(brackets) > most:
        inner = brackets.replace(b"{}", b"").replace(b"[]", b"")
        if len(inner) == len(brackets) or peeled > most:
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
        return "TOO_DEEP", f"nested more than {_DEPTH_MOST} levels deep, which is never read"
    if isinstance(error, msgspec.ValidationError):
        return "BAD_FIELD", str(error)
    if data[:1] != b"{" and data[-1:] != b"}":
        return "UNKNOWN_FORMAT", "a line that is no JSON object"
    return "BAD_JSON", str(error)
