"""From the tweets table to the events of cascades."""

from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from spread._errors import UsageError
from spread.tables import EVENTS, TWEETS, Table, expression, instants, microseconds

_NEEDED = ["tweet_id", "author_id", "at", "origin", "kind", "retweet_of", "retweet_author_id"]
_OPTIONAL = ["platform", "followers", "at_resolution_ms"]


@dataclass(frozen=True)
class Events:
    """The events of an archive's cascades, its window, and what was counted on the way."""

    table: pd.DataFrame
    offsets: NDArray[np.int64]
    root_at: pd.DatetimeIndex
    root_collected: NDArray[np.bool_]
    opens_s: NDArray[np.float64]
    closes_s: NDArray[np.float64]
    resolution_s: float
    counts: dict[str, int]


def events(tweets: Table, *, singletons: bool) -> Events:
    """Return roots and retweets as events, sorted; see `forests`."""
    known = expression(tweets, TWEETS, _NEEDED, optional=_OPTIONAL)
    known = known.mutate(platform=known.platform.fill_null(""))
    rows = _rows(known, singletons=singletons).to_pyarrow()
    window = _window(known)
    repeated = rows["repeated"].to_numpy()
    kept = rows.filter(pa.array(~repeated))
    is_root = kept["place"].to_numpy() == 0
    _check_unique(kept)
    offsets = np.append(np.flatnonzero(is_root), len(kept)).astype(np.int64)
    root_at = microseconds(kept["root_at"])[is_root]
    counts = {
        "retweets": int((~is_root).sum()),
        "repeats_dropped": int(repeated.sum()),
        "earlier_than_root": int(np.sum(kept["early"].to_numpy())),
        "self_retweets": int(np.sum(kept["own"].to_numpy())),
        "marks_missing": kept["followers"].null_count,
        "roots_before_archive": int(np.sum(root_at < window["opens"])),
    }
    return Events(
        _event_table(kept, is_root, offsets),
        offsets,
        instants(root_at),
        kept.filter(pa.array(is_root))["collected"].to_numpy(),
        (window["opens"] - root_at) / 1e6,
        (window["closes"] - root_at) / 1e6,
        window["resolution_ms"] / 1000,
        counts,
    )


def _rows(known: Any, *, singletons: bool) -> Any:
    """Return roots (place 0) and retweets (place 1) in order, repeats marked."""
    retweets = known.filter(
        known.kind == "retweet",
        known.retweet_of.notnull(),
        known.at.notnull(),
        known.retweet_of != known.tweet_id,
    )
    roots = _roots(known, retweets)
    if singletons:
        roots = roots.union(_unpassed(known, roots))
    # Who is unknown is not taken for the same person twice.
    who = ibis.coalesce(retweets.author_id, ibis.literal("\t") + retweets.tweet_id)
    ranked = retweets.mutate(who=who, root_id=retweets.retweet_of)
    rank = ibis.row_number().over(
        group_by=["platform", "root_id", "who"],
        order_by=[ranked.at, ranked.tweet_id.length(), ranked.tweet_id],
    )
    ranked = ranked.mutate(repeated=rank > 0).select(
        "platform", "root_id", "tweet_id", "author_id", "at", "followers", "repeated"
    )
    above = roots.select("platform", "root_id", "root_at", root_user=roots.user_id)
    joined = ranked.inner_join(above, ["platform", "root_id"])
    events_of = joined.select(
        "platform",
        "root_id",
        "root_at",
        "tweet_id",
        "followers",
        "repeated",
        user_id=joined.author_id,
        at=ibis.greatest(joined.at, joined.root_at),
        early=joined.at < joined.root_at,
        own=(joined.author_id == joined.root_user).fill_null(False),
        collected=ibis.literal(True),
        place=ibis.literal(1, "int32"),
    )
    starts = roots.select(
        "platform",
        "root_id",
        "root_at",
        "followers",
        "user_id",
        "collected",
        tweet_id=roots.root_id,
        at=roots.root_at,
        repeated=ibis.literal(False),
        early=ibis.literal(False),
        own=ibis.literal(False),
        place=ibis.literal(0, "int32"),
    )
    together = events_of.union(starts.select(*events_of.columns))
    return together.order_by(
        [
            together.root_at,
            together.platform,
            together.root_id.length(),
            together.root_id,
            together.place,
            together.at,
            together.tweet_id.length(),
            together.tweet_id,
        ]
    )


def _roots(known: Any, retweets: Any) -> Any:
    """Return what is known of each retweeted original, whatever its origin."""
    passed = retweets.group_by("platform", root_id=retweets.retweet_of).aggregate(
        first_at=retweets.at.min(), named=retweets.retweet_author_id.max()
    )
    originals = known.select(
        "platform", "at", "author_id", "followers", "origin", root_id=known.tweet_id
    )
    joined = passed.left_join(originals, ["platform", "root_id"])
    return joined.select(
        "platform",
        "root_id",
        root_at=ibis.coalesce(joined.at, joined.first_at),
        user_id=ibis.coalesce(joined.author_id, joined.named),
        followers=joined.followers,
        collected=(joined.origin == "collected").fill_null(False),
    )


def _unpassed(known: Any, roots: Any) -> Any:
    """Return collected originals that nobody retweeted."""
    originals = known.filter(
        known.kind != "retweet", known.origin == "collected", known.at.notnull()
    )
    lone = originals.mutate(root_id=originals.tweet_id).anti_join(roots, ["platform", "root_id"])
    return lone.select(
        "platform",
        "root_id",
        root_at=lone.at,
        user_id=lone.author_id,
        followers=lone.followers,
        collected=ibis.literal(True),
    )


def _window(known: Any) -> dict[str, int]:
    """Return when the archive's own tweets begin and end, and the tick of their times."""
    collected = known.filter(known.origin == "collected", known.at.notnull())
    whole = (known.at.epoch_seconds().cast("timestamp('UTC')") == known.at).all()
    found = collected.aggregate(
        opens=collected.at.min(),
        closes=collected.at.max(),
        tick=collected.at_resolution_ms.max(),
    ).to_pyarrow()
    tick = found["tick"][0].as_py()
    if tick is None:
        tick = 1000 if known.aggregate(whole=whole).to_pyarrow()["whole"][0].as_py() else 1
    if found["opens"].null_count:
        return {"opens": 0, "closes": 0, "resolution_ms": tick}
    opens, closes = microseconds(found["opens"])[0], microseconds(found["closes"])[0]
    return {"opens": int(opens), "closes": int(closes) + 1000 * tick, "resolution_ms": tick}


def _check_unique(kept: pa.Table) -> None:
    """Raise where a tweet occurs twice in a cascade: its rows then stand side by side."""
    keys = [kept[name].to_numpy() for name in ("tweet_id", "root_id", "platform")]
    same = np.logical_and.reduce([key[1:] == key[:-1] for key in keys])
    if same.any():
        raise UsageError(
            "tweets are not unique",
            got=f"tweet {keys[0][1:][same][0]} twice",
            hint="Keep one row for each platform and tweet_id",
        )


def _event_table(
    kept: pa.Table, is_root: NDArray[np.bool_], offsets: NDArray[np.int64]
) -> pd.DataFrame:
    cascade = np.cumsum(is_root) - 1
    followers = kept["followers"].fill_null(1).to_numpy().astype(np.float64)
    table = pa.table(
        {
            "cascade": cascade.astype(np.int32),
            "event": (np.arange(len(kept)) - offsets[cascade]).astype(np.int32),
            "tweet_id": kept["tweet_id"],
            "user_id": kept["user_id"],
            "at_s": (microseconds(kept["at"]) - microseconds(kept["root_at"])) / 1e6,
            "mark": np.maximum(followers, 1.0),
        }
    )
    return table.cast(EVENTS).to_pandas()
