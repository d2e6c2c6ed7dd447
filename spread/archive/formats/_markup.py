"""Web pages and XML in the place of an archive: each is one record, however many its lines."""

from collections.abc import Iterator
from typing import Final

import msgspec

from spread.archive._faults import RejectedError
from spread.archive.files._limits import without_half_pairs
from spread.archive.files._lines import BLANK, Lines, placed
from spread.archive.files._window import Piece
from spread.archive.formats._kinds import recognise

_BLANKS: Final = b" \t\r\n\x00"
_PAGES: Final = (b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<title", b"<center")
_PART_OF_IT: Final = (None, BLANK, "BAD_JSON", "TOO_LARGE")


def markup(head: bytes) -> str | None:
    """Return what a text looks like that begins with `<`; None where it does not.

    Examples
    --------
    >>> markup(b" <!DOCTYPE html><title>503 Service Unavailable")
    'it begins as a web page (HTML) does: an error page in the place of the data?'
    >>> markup(b'{"id": 1}') is None
    True
    """
    start = head.lstrip(_BLANKS)[:32].lower()
    if not start.startswith(b"<"):
        return None
    if start.startswith(_PAGES):
        return "it begins as a web page (HTML) does: an error page in the place of the data?"
    return "it begins with '<', as XML and web pages do: what is read is JSON and tables (CSV)"


def after_markup(each: Iterator[Piece | Lines]) -> Iterator[Piece | Lines]:
    """Yield what comes from the first record on, as where a stream went on after an error page.

    A damage of the file is yielded too.
    """
    for run in each:
        pieces = [run] if isinstance(run, Piece) else [Piece(None, *line) for line in placed(run)]
        for number, piece in enumerate(pieces):
            if piece.fault not in _PART_OF_IT or (piece.fault is None and _is_record(piece.data)):
                yield from pieces[number:]
                yield from each
                return


def _is_record(data: bytes) -> bool:
    if data[:1] != b"{":
        return False
    try:
        recognise(without_half_pairs(data))
    except (RejectedError, msgspec.DecodeError, RecursionError):
        return False
    return True
