"""What parts say of accounts into one row an account."""

from typing import Final

import ibis

from spread._schemas import USERS
from spread.archive.merging._merge import EPOCH, Parts, instant, no_texts

_PROFILE: Final = (
    "screen_name",
    "name",
    "description",
    "location",
    "time_zone",
    "utc_offset_s",
    "lang",
    "created_at",
    "verified",
)
_USER: Final = ("platform", "user_id")
_SEEN: Final = ("followers", "first_seen", "last_seen")


def users(parts: Parts, ranks: ibis.Table) -> ibis.Table:
    """Return the rows of `tables.USERS`, sorted: the last word known of each field.

    Every author of a tweet has a row, also where no profile came with the tweet.
    """
    seen = _profiles(parts)
    counted = seen.group_by("platform", "user_id").agg(profiles=seen.count())
    # Most accounts show one profile: to sort and to collect takes long, and is for the others.
    alone = seen.semi_join(counted.filter(counted.profiles == 1), _USER)
    several = seen.semi_join(counted.filter(counted.profiles > 1), _USER)
    profiles = _only_words(alone).union(_last_words(several))
    written = ranks.filter(ranks.author_id.notnull())
    authors = written.group_by("platform", user_id=written.author_id).agg(
        first_at=written["at"].min(), last_at=written["at"].max()
    )
    both = profiles.outer_join(authors, ["platform", "user_id"])
    both = both.mutate(
        platform=ibis.coalesce(both.platform, both.platform_right),
        user_id=ibis.coalesce(both.user_id, both.user_id_right),
        first_seen=ibis.least(
            ibis.coalesce(both.first_seen, both.first_at),
            ibis.coalesce(both.first_at, both.first_seen),
        ),
        last_seen=ibis.greatest(
            ibis.coalesce(both.last_seen, both.last_at), ibis.coalesce(both.last_at, both.last_seen)
        ),
    )
    full = both.mutate(screen_names=both.screen_names.fill_null(no_texts()))
    return full.select(*USERS.names).order_by("user_id", "platform")


def _only_words(seen: ibis.Table) -> ibis.Table:
    """Return the profiles of accounts that show one alone."""
    own = ibis.ifelse(seen.screen_name.notnull(), ibis.array([seen.screen_name]), no_texts())
    return seen.select(*_USER, *_PROFILE, *_SEEN, screen_names=own)


def _last_words(seen: ibis.Table) -> ibis.Table:
    """Return the last word known of each field of accounts' profiles."""
    last_first = [
        seen.last_seen.fill_null(instant(EPOCH)).desc(),
        *(seen[name].cast("string").fill_null("").desc() for name in _PROFILE),
    ]
    by_user = ibis.window(group_by=[seen.platform, seen.user_id], order_by=last_first)
    seen = seen.mutate(nth=ibis.row_number().over(by_user))
    # Engines differ in whether the first value of a window may be null; the least is the same.
    last = seen.group_by(*_USER).agg(
        **{name: seen[name].argmin(seen.nth, where=seen[name].notnull()) for name in _PROFILE},
        followers=seen.followers.max(),
        first_seen=seen.first_seen.min(),
        last_seen=seen.last_seen.max(),
    )
    named = last.left_join(_screen_names(seen), _USER, rname="{name}_named")
    return named.select(*_USER, *_PROFILE, *_SEEN, "screen_names")


def _profiles(parts: Parts) -> ibis.Table:
    """Return what was said of accounts, once: the same profile came with many tweets."""
    seen = parts.users
    return seen.group_by("platform", "user_id", *_PROFILE).agg(
        followers=seen.followers.max(),
        first_seen=seen.first_seen.min(),
        last_seen=seen.last_seen.max(),
    )


def _screen_names(seen: ibis.Table) -> ibis.Table:
    """Return all names of an account, in the order in which they were first seen."""
    once = seen.filter(seen.screen_name.notnull())
    once = once.group_by("platform", "user_id", "screen_name").agg(first=once.first_seen.min())
    # Not every engine collects in an order: names are sorted with their times, then told alone.
    first = once["first"].fill_null(instant(EPOCH))
    named = once.mutate(named=ibis.struct({"first": first, "name": once.screen_name}))
    collected = named.group_by("platform", "user_id").agg(names=named.named.collect())
    return collected.select(
        "platform",
        "user_id",
        screen_names=collected.names.sort().map(lambda named: named["name"]),
    )
