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

REQUIRED = ["tweet_id", "author_id", "at", "origin", "kind", "retweet_of", "retweet_author_id"]
REQUIRED_OF_QUOTES = ["quote_of", "quote_author_id"]
OPTIONAL = ["platform", "followers", "at_resolution_ms"]


@dataclass(frozen=True)
class Events:
    """The events of an archive's cascades, its window, and what was counted on the way."""

    table: pd.DataFrame
    offsets: NDArray[np.int64]
    root_at: pd.DatetimeIndex
    platform: NDArray[np.object_]
    root_collected: NDArray[np.bool_]
    opens_s: NDArray[np.float64]
    closes_s: NDArray[np.float64]
    resolution_s: float
    counts: dict[str, int]

    @property
    def closes_at(self) -> pd.Timestamp | None:
        """When the archive's own tweets end; None without cascades."""
        if not len(self.root_at):
            return None
        return self.root_at[0] + pd.Timedelta(microseconds=round(self.closes_s[0] * 1e6))


def events(tweets: Table, *, singletons: bool, quotes: bool = False) -> Events:
    """Return roots and retweets as events, sorted; see `forests`.

    With `quotes` a quote is an event of the cascade that it quotes, and may be a root too.
    """
    needed = REQUIRED + REQUIRED_OF_QUOTES if quotes else REQUIRED
    known = expression(tweets, TWEETS, needed, optional=OPTIONAL)
    known = known.mutate(platform=known.platform.fill_null(""))
    rows = _rows(known, singletons=singletons, quotes=quotes).to_pyarrow()
    window = archive_window(known)
    repeated = rows["repeated"].to_numpy()
    kept = rows.filter(pa.array(~repeated))
    return held_events(kept, window, repeats_dropped=int(repeated.sum()), quotes=quotes)


def held_events(
    kept: pa.Table, window: dict[str, int], *, repeats_dropped: int = 0, quotes: bool = False
) -> Events:
    """Return the events of rows in order, whole cascades, without repeats."""
    is_root = kept["place"].to_numpy() == 0
    check_unique(kept)
    offsets = np.append(np.flatnonzero(is_root), len(kept)).astype(np.int64)
    root_at = microseconds(kept["root_at"])[is_root]
    counts = {
        "retweets": int((kept["place"].to_numpy() == 1).sum()),
        "repeats_dropped": repeats_dropped,
        "earlier_than_root": int(np.sum(kept["early"].to_numpy())),
        "self_retweets": int(np.sum(kept["own"].to_numpy())),
        "marks_missing": kept["followers"].null_count,
        "roots_before_archive": int(np.sum(root_at < window["opens"])),
    }
    if quotes:
        counts["quotes"] = int((kept["place"].to_numpy() == 2).sum())
    return Events(
        event_table(kept, is_root, offsets),
        offsets,
        instants(root_at),
        kept.filter(pa.array(is_root))["platform"].to_numpy(),
        kept.filter(pa.array(is_root))["collected"].to_numpy(),
        (window["opens"] - root_at) / 1e6,
        (window["closes"] - root_at) / 1e6,
        window["resolution_ms"] / 1000,
        counts,
    )


def _rows(known: Any, *, singletons: bool, quotes: bool) -> Any:
    """Return roots (place 0), retweets (1) and quotes (2) in order, repeats marked."""
    together = unordered(known, singletons=singletons, quotes=quotes)
    return together.order_by([*cascade_keys(together), *event_keys(together)])


def cascade_keys(rows: Any) -> list[Any]:
    """Return what cascades are numbered by."""
    return [rows.root_at, rows.platform, rows.root_id.length(), rows.root_id]


def event_keys(rows: Any) -> list[Any]:
    """Return what the events of a cascade are numbered by."""
    return [rows.place > 0, rows.at, rows.tweet_id.length(), rows.tweet_id]


def unordered(known: Any, *, singletons: bool, quotes: bool) -> Any:
    """Return what `_rows` returns, in no order."""
    acts = _retweets(known).union(_quotes(known)) if quotes else _retweets(known)
    roots = _roots(known, acts)
    if singletons:
        roots = roots.union(_unpassed(known, roots))
    # Who is unknown is not taken for the same person twice, and each quote says something.
    alone = ibis.literal("\t") + acts.tweet_id
    who = ibis.ifelse(acts.place == 1, ibis.coalesce(acts.author_id, alone), alone)
    ranked = acts.mutate(who=who)
    rank = ibis.row_number().over(
        group_by=["platform", "root_id", "who"],
        order_by=[ranked.at, ranked.tweet_id.length(), ranked.tweet_id],
    )
    ranked = ranked.mutate(repeated=rank > 0).select(
        "platform", "root_id", "tweet_id", "author_id", "at", "followers", "repeated", "place"
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
        place=joined.place,
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
    return events_of.union(starts.select(*events_of.columns))


def _retweets(known: Any) -> Any:
    found = known.filter(known.kind == "retweet")
    return _acts(found, found.retweet_of, found.retweet_author_id, 1)


def _quotes(known: Any) -> Any:
    found = known.filter(known.kind != "retweet")
    return _acts(found, found.quote_of, found.quote_author_id, 2)


def _acts(found: Any, root_id: Any, named: Any, place: int) -> Any:
    """Return whose original was passed on by whom and when."""
    acts = found.select(
        "platform",
        "tweet_id",
        "author_id",
        "at",
        "followers",
        root_id=root_id,
        named=named,
        place=ibis.literal(place, "int32"),
    )
    return acts.filter(acts.root_id.notnull(), acts.at.notnull(), acts.root_id != acts.tweet_id)


def _roots(known: Any, acts: Any) -> Any:
    """Return what is known of each original that was passed on, whatever its origin."""
    passed = acts.group_by("platform", "root_id").aggregate(
        first_at=acts.at.min(), named=acts.named.max()
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


def archive_window(known: Any) -> dict[str, int]:
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


def check_unique(kept: pa.Table) -> None:
    """Raise where a tweet occurs twice in a cascade: its rows then stand side by side."""
    keys = [kept[name].to_numpy() for name in ("tweet_id", "root_id", "platform")]
    same = np.logical_and.reduce([key[1:] == key[:-1] for key in keys])
    if same.any():
        raise UsageError(
            "tweets are not unique",
            got=f"tweet {keys[0][1:][same][0]} twice",
            hint="Keep one row for each platform and tweet_id",
        )


def event_table(
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
