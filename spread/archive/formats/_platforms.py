"""Readers of records and of pages, by the name that `_kinds` gives them."""

from collections.abc import Callable
from typing import Final

from spread.archive.formats import _account_export, _activity_streams, _bluesky, _mastodon
from spread.archive.formats._elements import Element

RECORDS: Final[dict[str, Callable[[bytes, str, int], list[Element]]]] = {
    **_mastodon.READERS,
    **_bluesky.READERS,
    **_activity_streams.READERS,
    "own account": _account_export.account,
}
PAGES: Final[dict[str, Callable[[bytes], list[bytes]]]] = {
    "mastodon page": _mastodon.elements,
    "bluesky page": _bluesky.elements,
    "results page": _activity_streams.elements,
    "own page": _account_export.elements,
}
