"""Reply trees: who answered whom, as the archive tells."""

from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spread._errors import UsageError
from spread.cascade._events import Events, archive_window, event_table
from spread.cascade._lineage import lineage
from spread.tables import TWEETS, Table, codes, expression, instants, microseconds

_NEEDED = ["tweet_id", "author_id", "at", "origin", "kind", "reply_to", "reply_author_id"]
_OPTIONAL = ["platform", "followers", "at_resolution_ms"]
_UNKNOWN = np.iinfo(np.int64).max


def replies(tweets: Table, *, singletons: bool) -> tuple[Events, NDArray[np.int32]]:
    """Return tweets and their replies as events, sorted, and each event's parent row."""
    known = expression(tweets, TWEETS, _NEEDED, optional=_OPTIONAL)
    known = known.mutate(platform=known.platform.fill_null(""))
    posts = _posts(known).to_pyarrow()
    _check_unique(posts)
    parents, generation, root = lineage(_parents(posts))
    at, early = _times(posts, parents, generation)
    answered = np.isin(np.arange(len(posts)), parents)
    wanted = answered | (parents >= 0)
    if singletons:
        wanted |= posts["collected"].to_numpy()
    rows = np.flatnonzero(wanted & (at < _UNKNOWN))
    # Posts are sorted by id, so that a row's number breaks ties by id.
    order = rows[np.lexsort((rows, generation[rows], at[rows], root[rows], at[root[rows]]))]
    place = np.full(len(posts) + 1, -1, np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    counts = {"replies": int((parents[order] >= 0).sum()), "earlier_than_parent": int(early.sum())}
    instant = pa.timestamp("us", "UTC")
    kept_posts = posts.take(pa.array(order)).drop_columns("at")
    for name, when in (("at", at[order]), ("root_at", at[root[order]])):
        kept_posts = kept_posts.append_column(name, pa.array(when).cast(instant))
    found = _seen(kept_posts, generation[order] == 0, archive_window(known), counts)
    return found, place[parents[order]]


def _posts(known: Any) -> Any:
    """Return what is no retweet, and the parents that are in no row, sorted by id."""
    posts = known.filter(known.kind.fill_null("") != "retweet").select(
        "platform",
        "tweet_id",
        "at",
        "followers",
        "reply_to",
        "reply_author_id",
        user_id=known.author_id,
        collected=(known.origin == "collected").fill_null(False),
    )
    answers = posts.filter(posts.reply_to.notnull(), posts.reply_to != posts.tweet_id)
    named = answers.group_by("platform", tweet_id=answers.reply_to).aggregate(
        user_id=answers.reply_author_id.max()
    )
    absent = named.anti_join(posts, ["platform", "tweet_id"]).select(
        "platform",
        "tweet_id",
        at=ibis.null(posts.at.type()),
        followers=ibis.null("int64"),
        reply_to=ibis.null("string"),
        reply_author_id=ibis.null("string"),
        user_id="user_id",
        collected=ibis.literal(False),
    )
    together = posts.union(absent.select(*posts.columns))
    return together.order_by([together.platform, together.tweet_id.length(), together.tweet_id])


def _check_unique(posts: pa.Table) -> None:
    ids, platforms = posts["tweet_id"].to_numpy(), posts["platform"].to_numpy()
    same = (ids[1:] == ids[:-1]) & (platforms[1:] == platforms[:-1])
    if same.any():
        raise UsageError(
            "tweets are not unique",
            got=f"tweet {ids[1:][same][0]} twice",
            hint="Keep one row for each platform and tweet_id",
        )


def _parents(posts: pa.Table) -> NDArray[np.int64]:
    """Return the row that each row replies to, or −1."""
    own = pc.binary_join_element_wise(posts["platform"], posts["tweet_id"], "\t")
    above = pc.binary_join_element_wise(posts["platform"], posts["reply_to"], "\t")
    (rows, wanted), names = codes(own, above)
    row_of = np.full(len(names) + 1, -1, np.int64)
    row_of[rows] = np.arange(len(rows))
    parents = row_of[wanted]
    parents[parents == np.arange(len(rows))] = -1
    return parents


def _times(
    posts: pa.Table, parents: NDArray[np.int64], generation: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return when each was posted, no earlier than what it answers, and what was moved.

    A post without a time is taken to have come with its first answer.
    """
    known = posts["at"].is_valid().to_numpy()
    at = np.full(len(posts), _UNKNOWN)
    at[known] = microseconds(posts["at"].drop_null())
    levels = [np.flatnonzero(generation == g) for g in range(1, generation.max(initial=0) + 1)]
    for rows in reversed(levels):
        open_above = rows[~known[parents[rows]]]
        np.minimum.at(at, parents[open_above], at[open_above])
    early = np.zeros(len(posts), bool)
    for rows in levels:
        early[rows] = at[rows] < at[parents[rows]]
        at[rows] = np.maximum(at[rows], at[parents[rows]])
    return at, early


def _seen(
    kept: pa.Table,
    is_root: NDArray[np.bool_],
    window: dict[str, int],
    counts: dict[str, int],
) -> Events:
    offsets = np.append(np.flatnonzero(is_root), len(kept)).astype(np.int64)
    roots = kept.filter(pa.array(is_root))
    root_at = microseconds(roots["at"])
    counts = counts | {
        "marks_missing": kept["followers"].null_count,
        "roots_before_archive": int(np.sum(root_at < window["opens"])),
    }
    return Events(
        event_table(kept, is_root, offsets),
        offsets,
        instants(root_at),
        roots["platform"].to_numpy(),
        roots["collected"].to_numpy(),
        (window["opens"] - root_at) / 1e6,
        (window["closes"] - root_at) / 1e6,
        window["resolution_ms"] / 1000,
        counts,
    )
