"""CooRTweet's tables: a row is an object that a tweet shares, so that a tweet may have several.

What the objects are the table does not say: retweeted tweets, links, sites, hashtags or whole
texts, as its `reshape_tweets` gives them. Each is told from its form. A tweet has one original:
further ones, and objects of no known kind, are kept among its links.
"""

import re
from collections.abc import Sequence
from typing import Final

from spread.archive.formats import _said
from spread.archive.formats._elements import Share, tweet_row
from spread.text import hashtags_in

NAME: Final = "CooRTweet"
_HEX: Final = re.compile(r"[0-9a-fA-F]{16,128}")


def are_texts(objects: Sequence[str]) -> bool:
    """Tell from a table's first rows whether its objects are what tweets say."""
    return any(" " in each.strip() for each in objects)


def share(
    object_: str | None,
    tweet_id: str,
    author_id: str,
    at: int,
    *,
    at_resolution_ms: int,
    is_text: bool,
    source_file: str,
    source_record: int,
) -> Share:
    """Return the row of a tweet that shares one object.

    An original stands in the table with its own id as the object: it shares nothing.
    """
    found = object_ if object_ != tweet_id else None
    retweet_of = found if found is not None and _are_alike(found, tweet_id) else None
    said = None
    if found is not None and retweet_of is None:
        said = _said_of(found, is_text=is_text)
    row = tweet_row(
        "twitter", tweet_id, author_id, at, said=said, at_resolution_ms=at_resolution_ms,
        retweet_of=retweet_of, source_file=source_file, source_record=source_record,
    )  # fmt: skip
    return Share(row if said is None or said.text else row._replace(text=None))


def _are_alike(object_: str, tweet_id: str) -> bool:
    """Tell whether two are ids of one kind: numbers, or sums of one length made of such."""
    if tweet_id.isdigit():
        return object_.isascii() and object_.isdigit()
    return len(object_) == len(tweet_id) and all(map(_HEX.fullmatch, (object_, tweet_id)))


def _said_of(object_: str, *, is_text: bool) -> _said.Said:
    if is_text:
        return _said.said(object_, cut=False, tags=None, urls=(), media=())
    word = object_.lstrip("#")
    is_tag = not _HEX.fullmatch(word) and hashtags_in(f"#{word}") == [word]
    tags, urls = ([word], ()) if is_tag else ([], (object_,))
    return _said.said("", cut=False, tags=tags, urls=urls, media=())
