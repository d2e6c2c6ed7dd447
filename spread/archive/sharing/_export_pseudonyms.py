"""Tables in which nobody has a name: the graph and the cascades stay, the rest goes.

What one account alone shows would tell who it is. So a tag, a spelling and a language stay
where at least `FEWEST` accounts wrote in them, and follower counts are put in groups of as
many accounts with one value (microaggregation: Domingo-Ferrer and Mateo-Sanz 2002,
https://doi.org/10.1109/69.979982). Clocks go too: each cascade begins at midnight of its
root's day. Nothing else of the package depends on the time of day, neither the order of its
rows nor the days on which accounts were seen: two days of one cascade would tell its hour.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend
from numpy.typing import NDArray

from spread.archive import _engine
from spread.archive._synthetic import PSEUDONYMISED, PSEUDONYMISED_ONE, says_synthetic
from spread.archive.files._found import REPORT
from spread.archive.merging._measures import measured
from spread.archive.sharing._export_key import Rename, renaming
from spread.archive.sharing._export_readme import Told, readme
from spread.tables import FOLLOWS, REJECTS, TWEETS, USERS

FEWEST: Final = 5
_IDS: Final = (
    "tweet_id",
    "author_id",
    "retweet_of",
    "retweet_author_id",
    "quote_of",
    "quote_author_id",
    "reply_to",
    "reply_author_id",
)
_KEPT: Final = (
    *_IDS,
    "platform",
    "origin",
    "at_resolution_ms",
    "kind",
    "hashtags",
    "hashtags_shown",
    "mentions",
    "media",
    "manual_retweet",
    "retweet_count",
    "cut",
)
_MEDIA: Final = ("photo", "video", "gif", "audio")
_DIGITS: Final = 2
_JUMPS: Final = 16
"""Chains are followed in steps that double: of 2^16 retweets of retweets, and not in a circle."""


@dataclass(frozen=True)
class _Common:
    """What enough accounts share to be kept."""

    tags: dict[str, str]
    langs: list[str]
    dropped: int


def write(source: Path, draft: Path, *, key: bytes, exact_followers: bool) -> int:
    """Write the pseudonymised tables of an archive into a folder; return the tweets."""
    work = draft / "work"
    work.mkdir()
    con = _engine.connect(spill=work / "spill")
    try:
        tweets = _engine.parquet(con, [source / "tweets.parquet"], "tweets")
        users = _engine.parquet(con, [source / "users.parquet"], "users")
        common = _common(con, tweets)
        groups = _engine.stored(con, _followers(con, tweets, users, exact_followers), "followers")
        rename, label = renaming(key), _label(source)
        rows = _tweets(_rooted(con, tweets), groups, common, label)
        unnamed = partial(_unnamed, rename=rename, tags=common.tags)
        _engine.write(con, _engine.OfTable(rows), work / "tweets.parquet", TWEETS, unnamed)
        _write_tweets(con, work, draft)
        _write_users(con, users, groups, rename, work, draft)
        _write_follows(con, source, rename, work, draft)
    finally:
        con.disconnect()
    shutil.rmtree(work)
    _write_rejects(source, draft, label)
    counts = _write_report(source, draft, label)
    told = Told(
        tweets=pq.read_metadata(draft / "tweets.parquet").num_rows,
        collected=counts["collected"],
        users=pq.read_metadata(draft / "users.parquet").num_rows,
        tags=len(common.tags),
        dropped=common.dropped,
        fewest=FEWEST,
        exact_followers=exact_followers,
    )
    (draft / "README.txt").write_text(readme(told), encoding="utf-8")
    return told.tweets


def grouped(counts: NDArray[np.int64], fewest: int = FEWEST) -> NDArray[np.float64]:
    """Return counts in groups of at least `fewest` of like size, each with its geometric mean.

    Of fewer counts than that nothing is told. A count below 1 is taken as 1.

    Examples
    --------
    >>> grouped(np.array([1, 100, 4, 10_000]), 2).tolist()
    [2.0, 1000.0, 2.0, 1000.0]
    """
    if len(counts) < fewest:
        return np.full(len(counts), np.nan)
    order = np.argsort(counts, kind="stable")
    group = np.minimum(np.arange(len(counts)) // fewest, len(counts) // fewest - 1)
    logs = np.log(np.maximum(counts[order], 1).astype(np.float64))
    means = np.bincount(group, logs) / np.bincount(group)
    found = np.empty(len(counts))
    found[order] = np.round(np.exp(means))[group]
    return found


def rounded_up(counts: NDArray[np.int64], digits: int = _DIGITS) -> NDArray[np.int64]:
    """Return counts rounded up to so many leading digits.

    Examples
    --------
    >>> rounded_up(np.array([0, 99, 101, 12_345])).tolist()
    [0, 99, 110, 13000]
    """
    places = np.floor(np.log10(np.maximum(counts, 1).astype(np.float64))).astype(np.int64)
    step = 10 ** np.maximum(places - digits + 1, 0)
    return -(-counts // step) * step


def _common(con: Backend, tweets: ibis.Table) -> _Common:
    """Return the tags and languages in which enough accounts wrote tweets of their own."""
    own = tweets.filter(tweets.retweet_of.isnull() & tweets.author_id.notnull())
    uses = _engine.stored(
        con,
        own.select("author_id", tag=own.hashtags.unnest(), shown=own.hashtags_shown.unnest()),
        "uses",
    )
    tags = _shared(con, uses, "tag")
    shown = con.to_pyarrow(
        uses.group_by("tag", "shown").agg(accounts=uses.author_id.nunique())
    ).to_pylist()
    spelling: dict[str, str] = {}
    for row in sorted(shown, key=lambda row: (-row["accounts"], row["shown"] or "")):
        if row["tag"] in tags and row["accounts"] >= FEWEST:
            spelling.setdefault(row["tag"], row["shown"])
    there = con.to_pyarrow(tweets.select(tag=tweets.hashtags.unnest()).distinct())["tag"]
    return _Common(
        tags={tag: spelling.get(tag, tag) for tag in sorted(tags)},
        langs=sorted(_shared(con, own, "lang")),
        dropped=len(set(there.drop_null().to_pylist()) - tags),
    )


def _shared(con: Backend, rows: ibis.Table, column: str) -> set[str]:
    counted = rows.group_by(value=rows[column]).agg(accounts=rows.author_id.nunique())
    enough = counted.filter(counted.accounts >= FEWEST, counted.value.notnull())
    return set(con.to_pyarrow(enough)["value"].to_pylist())


def _followers(con: Backend, tweets: ibis.Table, users: ibis.Table, exact: bool) -> ibis.Table:
    """Return user_id and the follower count to be told of each account."""
    told = tweets.select(user_id="author_id", followers="followers")
    both = told.union(users.select("user_id", "followers"))
    both = both.filter(both.user_id.notnull() & both.followers.notnull())
    most = both.group_by("user_id").agg(followers=both.followers.max()).order_by("user_id")
    if exact:
        return most
    frame = con.to_pyarrow(most).to_pandas()
    means = grouped(frame.followers.to_numpy(np.int64))
    told_of = pa.table({"user_id": frame.user_id, "followers": pa.array(means, from_pandas=True)})
    return ibis.memtable(
        told_of.cast(pa.schema([("user_id", pa.string()), ("followers", pa.int64())]))
    )


def _rooted(con: Backend, tweets: ibis.Table) -> ibis.Table:
    """Return tweets with `root_id`, the tweet that their cascade began with.

    Some platforms let a retweet be retweeted: its retweets belong to the clock of the first.
    """
    retweets = tweets.filter(tweets.retweet_of.notnull())
    above = retweets.select("platform", "tweet_id", root_id="retweet_of")
    for number in range(_JUMPS):
        further = above.select("platform", root_id="tweet_id", further_id="root_id")
        further = further.filter(further.root_id != further.further_id)
        found = above.left_join(further, ["platform", "root_id"])
        if not con.to_pyarrow(found.filter(found.further_id.notnull()).limit(1).count()).as_py():
            break
        root_id = ibis.coalesce(found.further_id, found.root_id)
        jumped = found.select("platform", "tweet_id", root_id=root_id)
        above = _engine.stored(con, jumped, f"above_{number}")
    rows = tweets.left_join(above, ["platform", "tweet_id"])
    root_id = ibis.coalesce(rows.root_id, rows.tweet_id)
    # A view, since Ibis would take this join for a part of the next.
    return rows.select(*TWEETS.names, root_id=root_id).view()


def _tweets(tweets: ibis.Table, groups: ibis.Table, common: _Common, label: str) -> ibis.Table:
    """Return the rows of tweets with the clock of their cascade, still under their own ids."""
    originals = tweets.select("platform", root_id="tweet_id", original_at="at")
    retweets = tweets.filter(tweets.retweet_of.notnull())
    first = retweets.group_by("platform", "root_id").agg(first_at=retweets.at.min())
    rows = tweets.left_join(originals, ["platform", "root_id"], rname="{name}_of_original")
    rows = rows.left_join(first, ["platform", "root_id"], rname="{name}_of_first")
    rows = rows.left_join(groups, rows.author_id == groups.user_id, rname="{name}_told")
    root_at = ibis.coalesce(rows.original_at, rows.first_at, rows["at"])
    types = ibis.Schema.from_pyarrow(TWEETS)
    blank = {
        name: ibis.literal([], type=types[name])
        if types[name].is_array()
        else ibis.null(types[name])
        for name in TWEETS.names
    }
    told = blank | {name: rows[name] for name in _KEPT}
    told["at"] = root_at.truncate("D") + (rows["at"] - root_at)
    told["lang"] = ibis.ifelse(rows.lang.isin(common.langs), rows.lang, None)
    told["followers"] = ibis.ifelse(rows.followers.isnull(), None, rows.followers_told)
    told["source_file"] = ibis.literal(label)
    return rows.select(**{name: value.cast(types[name]) for name, value in told.items()})


def _unnamed(batch: pa.Table, *, rename: Rename, tags: dict[str, str]) -> pa.Table:
    """Return rows with pseudonyms in place of ids, and without what few accounts share."""
    batch = batch.combine_chunks()
    changed: dict[str, pa.Array] = {name: rename(_one(batch[name])) for name in _IDS}
    changed["mentions"] = _lists(_one(batch["mentions"]), rename)
    changed |= _tags(_one(batch["hashtags"]), tags)
    changed["media"] = _lists(
        _one(batch["media"]), lambda kinds: _where(kinds, pc.is_in(kinds, pa.array(_MEDIA)))
    )
    reported = _one(batch["retweet_count"])
    known = rounded_up(reported.fill_null(0).to_numpy())
    changed["retweet_count"] = pa.array(known, mask=reported.is_null().to_numpy(False))
    for name, column in changed.items():
        batch = batch.set_column(batch.schema.get_field_index(name), batch.field(name), column)
    return batch


def _tags(keys: pa.Array, tags: dict[str, str]) -> dict[str, pa.Array]:
    known, shown = pa.array(list(tags), pa.string()), pa.array(list(tags.values()), pa.string())
    return {
        "hashtags": _lists(keys, lambda some: known.take(pc.index_in(some, known))),
        "hashtags_shown": _lists(keys, lambda some: shown.take(pc.index_in(some, known))),
    }


def _lists(lists: pa.Array, change: Rename) -> pa.Array:
    """Return lists whose elements were changed; one that was changed to null is left out."""
    rows = pc.list_parent_indices(lists).to_numpy()
    flat = change(pc.list_flatten(lists))
    there = flat.is_valid().to_numpy(zero_copy_only=False)
    ends = np.cumsum(np.bincount(rows[there], minlength=len(lists)))
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), flat.drop_null())


def _where(column: pa.Array, kept: pa.Array) -> pa.Array:
    return pc.if_else(kept, column, pa.scalar(None, pa.string()))


def _one(column: pa.ChunkedArray) -> pa.Array:
    found = column.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def _write_tweets(con: Backend, work: Path, draft: Path) -> None:
    rows = _engine.parquet(con, [work / "tweets.parquet"], "renamed_tweets")
    order = [rows["at"], rows.platform, rows.tweet_id]
    numbered = rows.mutate(source_record=ibis.row_number().over(order_by=order) + 1)
    ordered = numbered.order_by("at", "platform", "tweet_id").select(*TWEETS.names)
    _engine.write(con, _engine.OfTable(ordered), draft / "tweets.parquet", TWEETS)


def _write_users(
    con: Backend, users: ibis.Table, groups: ibis.Table, rename: Rename, work: Path, draft: Path
) -> None:
    """Write the accounts: who they are to the graph, how many follow them, on which days."""
    types = ibis.Schema.from_pyarrow(USERS)
    rows = users.select("platform", "user_id").left_join(groups, "user_id", rname="{name}_told")
    told = {
        name: ibis.literal([], type=types[name])
        if types[name].is_array()
        else ibis.null(types[name])
        for name in USERS.names
    } | {name: rows[name] for name in ("platform", "user_id", "followers")}
    bare = rows.select(**{name: told[name].cast(types[name]) for name in USERS.names})
    _engine.write(
        con, _engine.OfTable(bare), work / "users.parquet", USERS, _renamed(["user_id"], rename)
    )
    renamed = _engine.parquet(con, [work / "users.parquet"], "renamed_users")
    tweets = _engine.parquet(con, [draft / "tweets.parquet"], "written_tweets")
    days = tweets.group_by("platform", user_id=tweets.author_id).agg(
        first=tweets["at"].min().truncate("D"), last=tweets["at"].max().truncate("D")
    )
    dated = renamed.left_join(days, ["platform", "user_id"], rname="{name}_of_day")
    full = dated.mutate(first_seen=dated["first"], last_seen=dated["last"])
    ordered = full.select(*USERS.names).order_by("user_id", "platform")
    _engine.write(con, _engine.OfTable(ordered), draft / "users.parquet", USERS)


def _write_follows(con: Backend, source: Path, rename: Rename, work: Path, draft: Path) -> None:
    follows = _engine.parquet(con, [source / "follows.parquet"], "follows")
    both = _renamed(FOLLOWS.names, rename)
    _engine.write(con, _engine.OfTable(follows), work / "follows.parquet", FOLLOWS, both)
    renamed = _engine.parquet(con, [work / "follows.parquet"], "renamed_follows")
    ordered = renamed.order_by("follower_id", "followed_id")
    _engine.write(con, _engine.OfTable(ordered), draft / "follows.parquet", FOLLOWS)


def _renamed(names: list[str], rename: Rename) -> Callable[[pa.Table], pa.Table]:
    def change(batch: pa.Table) -> pa.Table:
        for name in names:
            column = rename(_one(batch[name]))
            batch = batch.set_column(batch.schema.get_field_index(name), batch.field(name), column)
        return batch

    return change


def _write_rejects(source: Path, draft: Path, label: str) -> None:
    """Write why records were rejected, and nothing of what stood in them."""
    reasons = pq.read_table(source / "rejects.parquet", columns=["reason"])["reason"]
    ordered = sorted(reasons.to_pylist())
    columns = {
        "source_file": [label] * len(ordered),
        "source_record": list(range(1, len(ordered) + 1)),
        "reason": ordered,
        "detail": [""] * len(ordered),
    }
    pq.write_table(pa.table(columns, schema=REJECTS), draft / "rejects.parquet")


def _label(source: Path) -> str:
    """Return what stands for the files: their names may name somebody."""
    return PSEUDONYMISED if says_synthetic(source) else PSEUDONYMISED_ONE


def _write_report(source: Path, draft: Path, label: str) -> dict[str, Any]:
    """Write how the archive was read, as one file without a name, a size or a hash."""
    report = json.loads((source / REPORT).read_text(encoding="utf-8"))
    files = pd.DataFrame(report["files"])
    one = {
        name: int(files[name].sum()) if pd.api.types.is_numeric_dtype(files[name]) else ""
        for name in files.columns
    }
    formats = sorted(set(files.formats)) if len(files) else []
    one |= {"source_file": label, "formats": ", ".join(formats), "size": 0, "sha256": ""}
    con = _engine.connect()
    try:
        for name in ("tweets", "users"):
            _engine.view(con, [draft / f"{name}.parquet"], name)
        # Measured anew: the times of the archive itself would set the clocks again.
        told = {
            "files": [one],
            "ignored": [],
            "lost": report.get("lost", 0),
            **measured(con),
        }
    finally:
        con.disconnect()
    (draft / REPORT).write_text(json.dumps(told, indent=1, ensure_ascii=False), encoding="utf-8")
    return dict(told["origins"])
