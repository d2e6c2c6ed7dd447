"""Why a record was not read, and how that is shown."""

from typing import Final

DETAIL_BYTES: Final = 200

REASONS: Final = {
    "BAD_FIELD": "a field holds another kind of value than the format declares",
    "BAD_JSON": "not one whole JSON value",
    "BAD_TIME": "the time cannot be read and the id holds none",
    "BAD_UTF8": "bytes that are not UTF-8 text",
    "BOMB": "it unpacks to far more than it could hold: nothing of the rest is read",
    "CRC": "the compressed file is damaged: its check sum or its stream is wrong",
    "EMBEDDED": "a tweet, user or place inside a record (not a record itself) cannot be read",
    "ID_FLOAT": "an id was turned into a rounded number by another program",
    "NOT_TEXT": "the file is not text",
    "NO_ID": "a tweet or user without an id",
    "NO_USER": "a tweet without an author",
    "TOO_DEEP": "nested deeper than is allowed",
    "TOO_LARGE": "larger than is allowed",
    "TRAILING": "after the end of a packed file stands what cannot be read; all before it was",
    "TRUNCATED": "the compressed file ends too early: what follows is lost",
    "UNREADABLE": "the system does not let it be read: it is missing from the tables",
    "UNKNOWN_FORMAT": "no format that is read here",
}
"""Reason codes of the rejects table, and what each means."""


class RejectedError(Exception):
    """A record cannot be read: the code of the reason, and what was found."""

    def __init__(self, reason: str, found: str) -> None:
        super().__init__(reason, found)
        self.reason = reason
        self.found = found


class DamageError(Exception):
    """The rest of a file cannot be read: the code of the reason, and what was found."""

    def __init__(self, reason: str, found: str) -> None:
        super().__init__(reason, found)
        self.reason = reason
        self.found = found


def detail(found: str, data: bytes) -> str:
    """Return what was found, with the first 200 bytes of the record made printable."""
    start = data[:DETAIL_BYTES].decode("utf-8", "backslashreplace")
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in start
    )
    return f"{found}; starts {shown}" if shown else found
