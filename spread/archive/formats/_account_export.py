"""What Twitter gives an account's owner: `window.YTD.tweets.part0 = [...]` and its like."""

from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from spread.archive._faults import DamageError, RejectedError
from spread.archive.files._bytes import file_chunks
from spread.archive.files._lines import pieces
from spread.archive.files._members import texts
from spread.archive.files._packed import Meter
from spread.archive.formats import _twitter_v1 as v1
from spread.archive.formats._elements import Element, Profile
from spread.archive.formats._instants import Id, id_text, microseconds

_ACCOUNT: Final = "account.js"


class Account(msgspec.Struct, gc=False):
    """Whose export it is."""

    accountId: Id = None  # noqa: N815 - the format's own names
    username: str | None = None
    createdAt: str | None = None  # noqa: N815
    accountDisplayName: str | None = None  # noqa: N815


class Entry(msgspec.Struct, gc=False):
    """An entry of account.js."""

    account: Account | None = None


class Wrapped(msgspec.Struct, gc=False):
    """An entry of tweets.js."""

    tweet: msgspec.Raw = msgspec.Raw(b"null")


_entry: Final = msgspec.json.Decoder(Entry)
_wrapped: Final = msgspec.json.Decoder(Wrapped)


def elements(data: bytes) -> list[bytes]:
    """Return the tweet that an entry of tweets.js wraps."""
    return [bytes(_wrapped.decode(data).tweet)]


def account(data: bytes, source_file: str, source_record: int) -> list[Element]:
    """Return the profile that an entry of account.js holds."""
    del source_file, source_record
    return [Profile(_user(data).row(), None, None)]


def owner(path: Path) -> v1.User:
    """Return whose tweets a file holds: account.js, beside it or inside the same zip, says it.

    Raises
    ------
    RejectedError
        There is no such file, or it does not say.
    """
    beside = path.with_name(_ACCOUNT)
    file = beside if beside.is_file() else path
    meter = Meter(lambda _: None)
    try:
        for text in texts(file_chunks(file, meter), meter):
            name = PurePosixPath(text.member or file.name).name
            for piece in pieces(text.chunks) if text.chunks and name == _ACCOUNT else ():
                if piece.fault is None:
                    return _user(piece.data)
    except (OSError, DamageError, msgspec.DecodeError):
        pass
    raise RejectedError(
        "NO_USER", f"tweets of an account's own export: put its {_ACCOUNT} in the same folder"
    )


def _user(data: bytes) -> v1.User:
    found = _entry.decode(data).account
    if found is None or id_text(found.accountId) is None:
        raise RejectedError("NO_ID", "the account has no id")
    created = found.createdAt if microseconds(found.createdAt) is not None else None
    return v1.User(
        id=found.accountId,
        screen_name=found.username,
        name=found.accountDisplayName,
        created_at=created,
    )
