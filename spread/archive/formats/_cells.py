"""Lines of a table into their cells; a quote that never ends costs its own line alone."""

import csv
import re
from collections.abc import Iterator
from itertools import chain
from typing import Final, NamedTuple

from spread.archive._faults import RejectedError
from spread.archive.files._limits import Limits, allowing

__all__ = ["Row", "cells", "lines"]

# What has no end yet is found too: else it would be searched again from each of its bytes.
_LINE: Final = re.compile(rb"[^\r\n]++(?:\r\n|\n|\r|\Z)|\r\n|\n|\r")
_SHOWN: Final = 200


class Row(NamedTuple):
    """A row of a table: its fields, or the reason why they cannot be had; its first line, or 0."""

    fields: list[str]
    fault: RejectedError | None
    data: bytes
    line: int


def lines(chunks: Iterator[bytes], most: int) -> Iterator[str]:
    """Yield lines with their ends (LF, CR LF, CR); bytes that are no UTF-8 become single marks.

    A line of more than `most` bytes comes in pieces: no row can be so long.
    """
    held = b""
    for chunk in chunks:
        held += chunk
        end = 0
        for line in _LINE.finditer(held):
            # A CR at the very end may be half of a CR LF.
            if line.end() == len(held) and not held.endswith(b"\n"):
                break
            end = line.end()
            yield _text(line[0])
        held = held[end:]
        if len(held) > most:
            yield _text(held)
            held = b""
    if held:
        yield _text(held)


def cells(
    each: Iterator[str], delimiter: str, limits: Limits
) -> Iterator[list[str] | RejectedError]:
    """Yield the cells of each row, or why they cannot be had.

    A quote that is still open at the end, or beyond the limit, was no quote: its line is one
    fault, and the lines that it would have swallowed are read as rows.
    """
    csv.field_size_limit(limits.record_bytes)
    while True:
        taken: list[str] = []
        for row in _until_open(each, delimiter, taken, limits):
            yield row
            if not isinstance(row, RejectedError):
                taken.clear()
        if not taken:
            return
        each = chain(taken[1:], each)


def _until_open(
    each: Iterator[str], delimiter: str, taken: list[str], limits: Limits
) -> Iterator[list[str] | RejectedError]:
    """Yield rows up to one whose quote does not end; `taken` then holds the lines it took."""
    ended = False

    def noted() -> Iterator[str]:
        nonlocal ended
        for line in each:
            taken.append(line)
            yield line
        ended = True

    try:
        for row in csv.reader(noted(), delimiter=delimiter):
            # The reader asks for a further line only inside a quote.
            if ended:
                told = f"a quote that is never closed, in {taken[0][:_SHOWN]!r}"
                yield RejectedError("BAD_FIELD", told)
                return
            yield row
    except csv.Error as error:
        how = allowing("record_mb", 2 * limits.record_mb)
        yield RejectedError("TOO_LARGE", f"a field that does not end ({error}){how}")


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape").replace("\x00", "")
