"""A cursor over a text's chunks, and what is found there: values, by their brackets."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from spread.archive._faults import DamageError
from spread.archive.files._limits import allowing
from spread.archive.files._values import breaks_a_string, holds_records, value_end

SPACE: Final = b" \t\r\x00"
_VAIN_MOST: Final = 1 << 28
_BYTES_A_BRACKET: Final = 16


class Piece(NamedTuple):
    """A JSON value (`fault` None), a blank line (`BLANK`), or bytes that are neither.

    `at` is the byte of the text where it starts.
    """

    fault: str | None
    data: bytes
    at: int
    found: str = ""


class Window:
    """A cursor over decompressed chunks: what is held, where it stands, whether more comes."""

    def __init__(self, chunks: Iterator[bytes], start: int, most: int) -> None:
        self._chunks = chunks
        self.most = most
        self._gone = start
        self.held = b""
        self.at = 0
        self.ended = False
        self.vain = 0
        self.tried = 0
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

    def hold(self, size: int) -> bool:
        """Hold so many bytes from the cursor on; tell whether there are so many."""
        missing = size - (len(self.held) - self.at)
        return missing <= 0 or (self.more(missing) and len(self.held) - self.at >= size)

    def taken(self, size: int) -> bytes:
        """Return so many bytes that are held, and go past them."""
        value = self.held[self.at : self.at + size]
        self.at += size
        return value

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


def too_large(window: Window) -> Piece:
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


def spanning_end(window: Window) -> int | None:
    """Return where the value at the cursor ends, reading on as far as is needed.

    Where much was searched in vain nothing more is: else each line that is cut costs the rest.
    """
    if window.vain > _VAIN_MOST:
        return None
    end = _searched_end(window)
    if end is not None and not holds_records(window.held[window.at : end]):
        window.vain = 0
        return end
    end = len(window.held) if end is None else end
    # What is made of brackets takes longer: each is a step.
    brackets = sum(window.held.count(each, window.at, end) for each in (b"{", b"["))
    window.vain += end - window.at + _BYTES_A_BRACKET * brackets
    return None


def _searched_end(window: Window) -> int | None:
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


def skip_blank_rest(window: Window) -> None:
    """Go on to the next line when nothing but white space is left on this one."""
    end = window.line_end()
    if end >= 0 and not window.held[window.at : end].strip(SPACE + b","):
        window.at = min(end + 1, len(window.held))
