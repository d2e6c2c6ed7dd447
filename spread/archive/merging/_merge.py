"""Parts of many files into the tables: one row a tweet; `_accounts` makes those of accounts.

Which row stands for a tweet is decided by a total order, so that neither the order of
files nor the number of workers changes a byte of the result.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import ibis

from spread._schemas import TWEETS
from spread.archive._rows import CLOSED, COLLECTED, NOTICE_PARTS, PART_ROWS, STUB

_ID_NUMBER: Final = "decimal(20, 0)"
EPOCH: Final = "1970-01-01 00:00:00+00:00"
_SAID_LISTS: Final = ("hashtags", "hashtags_shown", "urls", "media")
_SAID: Final = ("text", *_SAID_LISTS, "cut")
_WRITTEN: Final = ("mentions", "manual_retweet", "retweet_author_id")
_GEO: Final = ("longitude", "latitude", "place_name", "place_country")
_NARROW: Final = (
    "platform",
    "tweet_id",
    "author_id",
    "origin",
    "at",
    "retweet_of",
    "retweet_author_id",
    "quote_of",
    "reply_to",
    "retweet_count",
    "original_at",
    "source_file",
    "source_record",
    "row",
)


class Parts(NamedTuple):
    """The tables that the files' parts make, with every record's row still in them."""

    tweets: ibis.Table
    shares: ibis.Table
    users: ibis.Table
    places: ibis.Table
    notices: ibis.Table


def numbered(tweets: ibis.Table, stretches: ibis.Table) -> ibis.Table:
    """Return rows whose records are numbered by their files, not by stretches of them.

    `stretches` says how many records of its file stand before a stretch; a row's number holds
    that of its stretch.
    """
    stretch = (tweets.row // PART_ROWS).cast("int64")
    found = tweets.left_join(stretches, stretch == stretches.stretch)
    records = found.source_record + found.records_before.fill_null(0)
    return found.select(
        **{name: found[name] for name in tweets.columns} | {"source_record": records}
    )


def deleted(parts: Parts) -> ibis.Table:
    """Return the ids of tweets that a platform asked to delete, whenever it did."""
    asked = parts.notices.filter(parts.notices.kind == "delete")
    return asked.select("platform", "tweet_id").filter(lambda t: t.tweet_id.notnull()).distinct()


def closed(parts: Parts) -> ibis.Table:
    """Return a deletion of each tweet of the accounts that are deleted."""
    asked = parts.notices.filter(parts.notices.kind == CLOSED)
    gone = asked.select("platform", author_id="user_id").distinct()
    written = parts.tweets.semi_join(gone, ["platform", "author_id"])
    types = ibis.Schema.from_pyarrow(NOTICE_PARTS)
    given = {"kind": ibis.literal("delete"), "user_id": ibis.null("string")}
    found = written.select("platform", "tweet_id").distinct().mutate(**given)
    return found.select(*types.names)


def ranked(parts: Parts) -> ibis.Table:
    """Return a narrow row a tweet: that of the record which stands for it.

    That is one that was collected before one that was embedded, then whole before cut, the
    longer text, the latest observed, the larger retweet count, file and record. `best_row`
    puts the text before the origin: a collected tweet that was cut says what an embedded one
    says in full. `known_count` is the largest retweet count on any record of the tweet.
    """
    alive = _alive(parts)
    counted = alive.group_by("platform", "tweet_id").agg(
        records=alive.count(), row=alive.row.min(), known_count=alive.retweet_count.max()
    )
    alone = counted.filter(counted.records == 1)
    several = counted.filter(counted.records > 1).select("platform", "tweet_id")
    chosen = _chosen(alive.semi_join(several, ["platform", "tweet_id"]))
    rows = chosen.union(alone.select("row", "known_count", best_row=alone.row))
    return rows.inner_join(parts.tweets.select(*_NARROW), "row")


def _chosen(rows: ibis.Table) -> ibis.Table:
    """Return which row stands for each tweet, and which has its best text."""
    origin = {"origin": (rows.origin != COLLECTED).cast("int8")}
    text = {"cut": rows.cut.cast("int8"), "shortness": -rows.text_length}
    seen_at = rows.observed_at.fill_null(instant(EPOCH))
    rest = {
        "age_us": instant(EPOCH).delta(seen_at, unit="microsecond"),
        "fewness": -rows.retweet_count.fill_null(-1),
        "source_file": rows.source_file,
        "source_record": rows.source_record,
        "row": rows.row,
    }
    # The least of structures is one pass; to number the rows of each tweet would sort them.
    least = rows.group_by("platform", "tweet_id").agg(
        first=ibis.struct(origin | text | rest).min(),
        best=ibis.struct(text | origin | rest).min(),
        known_count=rows.retweet_count.max(),
    )
    return least.select(
        row=least["first"]["row"], known_count=least.known_count, best_row=least.best["row"]
    )


def links(parts: Parts, ranks: ibis.Table) -> ibis.Table:
    """Return a narrow row a tweet: the row that stands for it and what others say of it.

    `best_row` holds the best text of the tweet, or of the original of a retweet; the
    three writers are the authors of the tweets it refers to, where those were found;
    `reported` is the largest retweet count seen, on itself or on its retweets.
    """
    stands = ranks.drop("best_row").mutate(said_id=ibis.coalesce(ranks.retweet_of, ranks.tweet_id))
    best = ranks.select("platform", "best_row", said_id="tweet_id")
    linked = stands.left_join(best, ["platform", "said_id"], rname="{name}_best")
    for kind in ("retweet_of", "quote_of", "reply_to"):
        writer = {kind: "tweet_id", f"{kind}_writer": "author_id"}
        writers = ranks.select("platform", **writer)
        linked = linked.left_join(writers, ["platform", kind], rname=f"{{name}}_of_{kind}")
    linked = linked.left_join(_reported(parts), ["platform", "tweet_id"], rname="{name}_reported")
    return linked.select(
        "row",
        "best_row",
        "retweet_of_writer",
        "quote_of_writer",
        "reply_to_writer",
        reported=ibis.greatest(
            ibis.coalesce(linked.known_count, linked.told_count),
            ibis.coalesce(linked.told_count, linked.known_count),
        ),
    )


def stubs(ranks: ibis.Table) -> ibis.Table:
    """Return a row an original of which only the id is known, from the id's own time.

    An original whose id holds no time has no row: a time that is made up would enter cascades.
    """
    known = ranks.select("platform", retweet_of="tweet_id")
    alone = ranks.filter(ranks.original_at.notnull()).anti_join(known, ["platform", "retweet_of"])
    by_original = [alone.platform, alone.retweet_of]
    alone = alone.mutate(is_first=_first(by_original, [alone.source_file, alone.source_record]))
    return alone.group_by("platform", "retweet_of").agg(
        author_id=alone.retweet_author_id.min(),
        at=alone.original_at.max(),
        reported=alone.retweet_count.max(),
        source_file=alone.source_file.max(where=alone.is_first),
        source_record=alone.source_record.max(where=alone.is_first),
    )


def tweets(parts: Parts, linked: ibis.Table, lonely: ibis.Table, *, noticed: bool) -> ibis.Table:
    """Return the rows of `tables.TWEETS`, sorted, from `links` and `stubs`.

    What a retweet says is what its original says, wherever the original was found; the
    mentions in it are the original's, not the retweeter's. Followers and places come
    from where accounts and places stand apart from tweets. `noticed` honours notices: what a
    deleted tweet said is not said by its retweets, and scrubbed places are nowhere.
    """
    best = parts.tweets.select(
        best_row="row", **{f"best_{name}": name for name in (*_SAID, *_WRITTEN, "lang")}
    )
    # Most tweets say best themselves what they say: few rows, and wide ones, are joined.
    best = best.semi_join(linked.filter(linked.best_row != linked.row), "best_row")
    rows = parts.tweets.inner_join(linked, "row").left_join(best, "best_row", rname="{name}_best")
    followers = _known_followers(parts)
    rows = rows.left_join(followers, ["platform", "author_id"], rname="{name}_known")
    rows = rows.left_join(_known_places(parts), "place_id", rname="{name}_place")
    columns = {name: rows[name] for name in TWEETS.names} | _filled(rows)
    if noticed:
        return _in_order(_honoured(parts, rows.mutate(**columns)), lonely)
    return _in_order(rows.select(**columns), lonely)


def _in_order(rows: ibis.Table, lonely: ibis.Table) -> ibis.Table:
    return rows.union(_stub_rows(lonely)).order_by("at", "tweet_id", "platform")


def _honoured(parts: Parts, rows: ibis.Table) -> ibis.Table:
    """Return the rows without what notices ask to forget."""
    gone = deleted(parts).select("platform", gone_id="tweet_id")
    rows = rows.left_join(
        gone, [rows.platform == gone.platform, rows.retweet_of == gone.gone_id], rname="gone_{name}"
    )
    rows = rows.left_join(_scrubbed(parts), "author_id", rname="{name}_scrub")
    # Only Twitter asks for places; ids of other platforms are no numbers.
    is_later = rows.tweet_id.try_cast(_ID_NUMBER) > rows.up_to
    is_kept = rows.up_to.isnull() | (rows.platform != "twitter") | is_later
    columns = {name: rows[name] for name in TWEETS.names}
    columns |= {name: ibis.ifelse(is_kept, rows[name], None) for name in _GEO}
    is_said = rows.gone_id.isnull()
    columns |= {name: ibis.ifelse(is_said, rows[name], no_texts()) for name in _SAID_LISTS}
    columns |= {name: ibis.ifelse(is_said, rows[name], None) for name in ("text", "lang")}
    return rows.select(**columns | {"cut": rows.cut | ~is_said})


def names(parts: Parts) -> ibis.Table:
    """Return the user id behind each account that is known by its screen name only.

    Where several had the name, the one that was seen last under it.
    """
    mentioned = parts.tweets.select(name=parts.tweets.mentions.unnest())
    retweeted = parts.tweets.select(name=parts.tweets.retweet_author_id)
    wanted = mentioned.union(retweeted).filter(lambda t: t.name.startswith("name:")).distinct()
    seen = parts.users.filter(parts.users.name_key.notnull())
    seen = seen.mutate(name=ibis.literal("name:") + seen.name_key).semi_join(wanted, "name")
    by_last = [seen.last_seen.fill_null(instant(EPOCH)).desc(), seen.user_id]
    seen = seen.mutate(is_last=_first([seen.name], by_last))
    return seen.filter(seen.is_last).select("name", "user_id")


def _first(group: Sequence[ibis.Value], order: Sequence[ibis.Value]) -> ibis.Value:
    return ibis.row_number().over(ibis.window(group_by=group, order_by=order)) == 0


def no_texts() -> ibis.Value:
    return ibis.literal([], type="array<string>")


def instant(text: str) -> ibis.Value:
    return ibis.timestamp(text).cast("timestamp('UTC', 6)")


def _alive(parts: Parts) -> ibis.Table:
    return parts.tweets.anti_join(deleted(parts), ["platform", "tweet_id"])


def _reported(parts: Parts) -> ibis.Table:
    """Return how often tweets were retweeted, as the records of their retweets tell."""
    told = _alive(parts).filter(lambda t: t.retweet_of.notnull())
    by_original = told.group_by("platform", tweet_id=told.retweet_of)
    return by_original.agg(told_count=told.retweet_count.max())


def _filled(rows: ibis.Table) -> dict[str, ibis.Value]:
    """Return the columns in which what is known from elsewhere takes its place."""
    found = rows.best_text.notnull()
    own = rows.retweet_of.isnull() & (rows.best_row != rows.row)
    written = {name: ibis.ifelse(own, rows[f"best_{name}"], rows[name]) for name in _WRITTEN}
    author = ibis.coalesce(rows.retweet_of_writer, written["retweet_author_id"])
    return {
        **{name: ibis.ifelse(found, rows[f"best_{name}"], rows[name]) for name in _SAID},
        **written,
        "lang": ibis.coalesce(rows.best_lang, rows.lang),
        "retweet_author_id": author,
        "quote_author_id": ibis.coalesce(rows.quote_author_id, rows.quote_of_writer),
        "reply_author_id": ibis.coalesce(rows.reply_author_id, rows.reply_to_writer),
        "retweet_count": rows.reported,
        "followers": ibis.coalesce(rows.followers, rows.known_followers),
        "place_name": ibis.coalesce(rows.place_name, rows.known_name),
        "place_country": ibis.coalesce(rows.place_country, rows.known_country),
    }


def _known_followers(parts: Parts) -> ibis.Table:
    by_user = parts.users.group_by("platform", author_id=parts.users.user_id)
    return by_user.agg(known_followers=parts.users.followers.max())


def _known_places(parts: Parts) -> ibis.Table:
    return parts.places.group_by("place_id").agg(
        known_name=parts.places.place_name.max(), known_country=parts.places.place_country.max()
    )


def _scrubbed(parts: Parts) -> ibis.Table:
    """Return the accounts that asked to forget where they were, up to which tweet."""
    asked = parts.notices.filter(parts.notices.kind == "scrub_geo")
    return asked.group_by(author_id=asked.user_id).agg(
        up_to=asked.tweet_id.try_cast(_ID_NUMBER).max()
    )


def _stub_rows(known: ibis.Table) -> ibis.Table:
    types = ibis.Schema.from_pyarrow(TWEETS)
    given = {
        "platform": known.platform,
        "tweet_id": known.retweet_of,
        "author_id": known.author_id,
        "origin": ibis.literal(STUB),
        "at": known["at"],
        "at_resolution_ms": ibis.literal(1),
        "kind": ibis.literal("tweet"),
        "manual_retweet": ibis.literal(False),
        "retweet_count": known.reported,
        "cut": ibis.literal(False),
        "source_file": known.source_file,
        "source_record": known.source_record,
    }
    blank = {
        name: ibis.literal([], type=types[name]) if types[name].is_array() else ibis.null()
        for name in TWEETS.names
    }
    filled = blank | given
    return known.select(**{name: filled[name].cast(types[name]) for name in TWEETS.names})
