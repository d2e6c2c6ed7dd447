"""CooRTweet's tables: a row is an object that a tweet shares, so that a tweet may have several.

What the objects are the table does not say: retweeted tweets, links, sites, hashtags or whole
texts, as its `reshape_tweets` gives them. Each is told from its form. A tweet has one original:
further ones, and objects of no known kind, are kept among its links.
"""

import re
from collections.abc import Sequence
from typing import Final

import ibis

from spread.archive import _said
from spread.archive._elements import Share, tweet_row
from spread.archive._rows import TWEET_PARTS
from spread.text import hashtags_in

NAME: Final = "CooRTweet"
_HEX: Final = re.compile(r"[0-9a-fA-F]{16,128}")
_TWEET: Final = ("platform", "tweet_id")
_PLACE: Final = ("source_file", "source_record", "row")
_RETWEET, _URL, _TAG = "retweet", "url", "hashtag"


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


def gathered(shares: ibis.Table) -> ibis.Table:
    """Return a row a tweet, its first, with all the objects that its rows tell of.

    These are in the order of their names, whatever the order of the rows; the least of the
    retweeted tweets is the original.
    """
    named = _objects(shares)
    by_what = ibis.window(
        group_by=[named.platform, named.tweet_id, named.what],
        order_by=[named.object.length(), named.object],
    )
    named = named.mutate(nth=ibis.row_number().over(by_what))
    is_original = (named.what == _RETWEET) & (named.nth == 0)
    held = ibis.struct({"object": named.object, "shown": named.shown})
    told = named.group_by(*_TWEET).agg(
        original=named.object.max(where=is_original),
        made=named.original_at.max(where=is_original),
        links=held.collect(where=(named.what != _TAG) & ~is_original),
        tags=held.collect(where=named.what == _TAG),
    )
    first = shares.group_by(*_TWEET).agg(
        row=ibis.struct({name: shares[name] for name in _PLACE}).min()["row"]
    )
    both = shares.semi_join(first, "row").left_join(told, _TWEET, rname="told_{name}")
    none = ibis.literal([], type="array<string>")
    given = {
        "kind": ibis.ifelse(both.original.notnull(), _RETWEET, "tweet"),
        "retweet_of": both.original,
        "original_at": both.made,
        "urls": both.links.sort().map(lambda each: each["object"]).fill_null(none),
        "hashtags": both.tags.sort().map(lambda each: each["object"]).fill_null(none),
        "hashtags_shown": both.tags.sort().map(lambda each: each["shown"]).fill_null(none),
    }
    return both.select(**{name: given.get(name, both[name]) for name in TWEET_PARTS.names})


def further(shares: ibis.Table, stands: ibis.Table) -> ibis.Table:
    """Return the records that tell of a further object of a tweet whose first row stands for it.

    `stands` has a `row` for each tweet. A record that says again what another says is none.
    """
    first = shares.semi_join(stands, "row")
    return _objects(shares).semi_join(first, _TWEET).anti_join(first, "row")


def _objects(shares: ibis.Table) -> ibis.Table:
    """Return each object of each tweet once, as the first record tells of it."""
    kinds = (
        (_RETWEET, shares.retweet_of, shares.retweet_of),
        (_URL, shares.urls.unnest(), shares.urls.unnest()),
        (_TAG, shares.hashtags.unnest(), shares.hashtags_shown.unnest()),
    )
    parts = [
        shares.select(
            *_TWEET, *_PLACE, "original_at", what=ibis.literal(what), object=object_, shown=shown
        )
        for what, object_, shown in kinds
    ]
    every = ibis.union(*parts).filter(lambda each: each.object.notnull())
    once = every.group_by(*_TWEET, "what", "object").agg(
        original_at=every.original_at.max(),
        shown=every.shown.min(),
        first=ibis.struct({name: every[name] for name in _PLACE}).min(),
    )
    place = {name: once["first"][name] for name in _PLACE}
    return once.select(*_TWEET, "what", "object", "shown", "original_at", **place)


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
