"""Rows of single objects that tweets share into rows of tweets: what is asked of them."""

from typing import Final

import ibis

from spread.archive._rows import TWEET_PARTS

_TWEET: Final = ("platform", "tweet_id")
_PLACE: Final = ("source_file", "source_record", "row")
_RETWEET, _URL, _TAG = "retweet", "url", "hashtag"


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
