"""The parts of an archive's files into its tables and its report, in one folder."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from spread._errors import InputError
from spread._schemas import FOLLOWS, REJECTS, TWEETS, USERS
from spread.archive import _engine
from spread.archive._counts import FILE_COLUMNS
from spread.archive._done import forget_done
from spread.archive._rows import CLOSED, PARTS, STRETCHES, UNAVAILABLE, part_path
from spread.archive._workers import Counts
from spread.archive.files._found import REPORT, Found
from spread.archive.merging._known_names import with_ids
from spread.archive.merging._measures import measured, more_measured, unavailable
from spread.archive.merging._queries import Query, part_name

__all__ = ["write"]

_EMPTY: Final = 999_999
"""The number of a part without rows: there is always one of each table."""


class _Stands(NamedTuple):
    """By file, how many of its records stand in a table, and how many were deleted."""

    tweets: dict[str, int]
    follows: dict[str, int]
    deleted: dict[str, int]


def write(
    found: Found,
    counts: Counts,
    draft: Path,
    engine: str,
    before: Mapping[int, int],
    read_by: Mapping[str, Any],
) -> None:
    """Write the tables and the report of an archive into its draft.

    Parameters
    ----------
    found
        The files that were read.
    counts
        What became of the records of each.
    draft
        The folder, with the parts in it.
    engine
        Which engine merges them.
    before
        How many records of its file stand before each stretch that is not the first.
    read_by
        By what the files were read, as the report has it.

    Raises
    ------
    InputError
        No tweet is left in it.
    """
    _renumber_rejects(draft / "parts", before)
    read = sum(count["kept_tweets"] for count in counts)
    data = sum(part.stat().st_size for part in (draft / "parts").glob("*.parquet"))
    try:
        stands, measures = _written(draft, engine, before, data, read=read)
    except duckdb.OutOfMemoryException:
        # How much is held at once depends on how its threads meet: the usual is not the most.
        stands, measures = _written(draft, engine, before, None, read=read)
    _count(counts, stands)
    _write_report(measures | {"read_by": read_by}, found, counts, draft)


def _renumber_rejects(folder: Path, before: Mapping[int, int]) -> None:
    """Number the rejects of stretches by their files."""
    for number, records in before.items():
        path = part_path(folder, "rejects", number)
        if path.exists():
            forget_done(folder, number)
            rejects = pq.read_table(path)
            at = rejects.schema.get_field_index("source_record")
            moved = pa.array(rejects["source_record"].to_numpy() + records)
            pq.write_table(rejects.set_column(at, rejects.schema.field(at), moved), path)


def _written(
    draft: Path, engine: str, before: Mapping[int, int], data: int | None, *, read: int
) -> tuple[_Stands, dict[str, Any]]:
    """Write the tables; return what stands and what is deleted, by file, and what they hold."""
    con = _engine.bare(draft / "parts" / "spill", engine=engine, data=data)
    try:
        shared = any(_parts(draft, "shares"))
        for name in PARTS:
            _add_parts(con, draft, name)
        _add_stretches(con, draft, before)
        _add_rows(con, divided=bool(before), shared=shared)
        names = _asked(con, "names").to_pydict()
        change = partial(with_ids, names=dict(zip(*names.values(), strict=True)))
        kinds = _noticed(con, draft)
        for name in ("ranks", "links", "stubs"):
            _engine.store(con, Query(name), name)
        rows = Query("tweets" if {"delete", "scrub_geo"}.isdisjoint(kinds) else "noticed_tweets")
        _engine.write(con, rows, draft / "tweets.parquet", TWEETS, change)
        for name, schema in (("users", USERS), ("rejects", REJECTS), ("follows", FOLLOWS)):
            _engine.write(con, Query(name), draft / f"{name}.parquet", schema)
        tweets, deleted = (_by_file(con, name) for name in ("standing", "deleted"))
        further = _by_file(con, "further") if shared else {}
        tweets = dict(Counter(tweets) + Counter(further))
        follows = _by_file(con, "following") if any(_parts(draft, "follows")) else {}
        more = more_measured(
            con,
            further=sum(further.values()),
            follows=bool(follows),
            duplicates=read > sum(tweets.values()),
        )
        for name in ("tweets", "users"):
            _engine.view(con, [draft / f"{name}.parquet"], name)
        named = unavailable(con) if UNAVAILABLE in kinds else {}
        return _Stands(tweets, follows, deleted), measured(con) | named | more
    finally:
        _engine.close(con)


def _add_parts(con: Any, draft: Path, name: str) -> None:
    """Let queries ask all parts of a table; there is always one, if an empty one."""
    empty = part_path(draft / "parts", name, _EMPTY)
    paths = [*_parts(draft, name), empty]
    pq.ParquetWriter(empty, PARTS[name]).close()
    _engine.view(con, paths, part_name(name))


def _noticed(con: Any, draft: Path) -> list[str]:
    """Return the kinds of notices; of accounts that are deleted each tweet gets its own."""
    kinds = [str(kind) for kind in _asked(con, "kinds")["kind"].to_pylist()]
    if CLOSED not in kinds:
        return kinds
    more = draft / "parts" / "closed.parquet"
    _engine.write(con, Query("closed"), more, PARTS["notices"])
    _engine.view(con, [*_parts(draft, "notices"), more], part_name("notices"))
    return [*kinds, "delete"]


def _add_stretches(con: Any, draft: Path, before: Mapping[int, int]) -> None:
    path = draft / "parts" / "stretches.parquet"
    columns = [_numbers(column) for column in (before, before.values())]
    pq.write_table(pa.table(columns, schema=STRETCHES), path)
    _engine.view(con, [path], part_name("stretches"))


def _add_rows(con: Any, *, divided: bool, shared: bool) -> None:
    """Let queries ask for the rows of tweets, and for the rows of records, which tell of objects.

    They differ where a tweet's record tells of one of the objects that it shares.
    """
    rows = records = "numbered" if divided else "as_read"
    if shared:
        _engine.store(con, Query("gathered"), "gathered")
        rows, records = "with_gathered", "with_shares"
    _engine.name(con, Query(rows), "rows")
    _engine.name(con, Query(records), "records")


def _numbers(found: Iterable[int]) -> pa.Array:
    """Return numbers as Arrow holds them; to make these of a list it would load pandas."""
    held = np.fromiter(found, np.int64)
    return pa.Array.from_buffers(pa.int64(), len(held), [None, pa.py_buffer(held)])


def _parts(draft: Path, name: str) -> list[Path]:
    """Return the parts of a table that hold rows."""
    found = (draft / "parts").glob(f"{name}-*.parquet")
    return sorted(path for path in found if path != part_path(draft / "parts", name, _EMPTY))


def _count(counts: Counts, stands: _Stands) -> None:
    """Tell duplicates and deleted tweets from those that are kept."""
    for count in counts:
        name = count["source_file"]
        deleted = stands.deleted.get(name, 0)
        read = count["kept_tweets"] + count["kept_follows"]
        count["kept_tweets"] = stands.tweets.get(name, 0)
        count["kept_follows"] = stands.follows.get(name, 0)
        count["duplicates"] = read - count["kept_tweets"] - count["kept_follows"] - deleted
        count["notices"] += deleted
        kept = ("kept_tweets", "kept_users", "kept_follows")
        count["kept"] = sum(count[name] for name in kept)
    if not any(count["kept_tweets"] or count["kept_follows"] for count in counts):
        raise InputError(
            "no tweet is left in it",
            got=f"{sum(stands.deleted.values()):,} tweets, all with a notice that deletes them",
        )


def _asked(con: Any, name: str) -> pa.Table:
    return _engine.asked(con, Query(name))


def _by_file(con: Any, name: str) -> dict[str, int]:
    counted = _asked(con, name)
    return dict(zip(*(column.to_pylist() for column in counted.columns), strict=True))


def _write_report(measures: Mapping[str, Any], found: Found, counts: Counts, draft: Path) -> None:
    told = {
        "files": [{name: _shown(count[name]) for name in FILE_COLUMNS} for count in counts],
        "ignored": [*found.ignored, *(name for count in counts for name in count["ignored"])],
        "formats": dict(sorted(sum((Counter(c["formats"]) for c in counts), Counter()).items())),
        "changed": sorted({name for count in counts for name in count["changed"]}),
        "servers": dict(sorted(Counter(h for c in counts for h in set(c["servers"])).items())),
        "zones": dict(sum((Counter(c["zones"]) for c in counts), Counter())),
        "lost": max((count["lost"] for count in counts), default=0),
        **measures,
    }
    text = json.dumps(told, indent=1, ensure_ascii=False)
    (draft / REPORT).write_text(text, encoding="utf-8")


def _shown(value: object) -> object:
    return " + ".join(value) if isinstance(value, dict) else value
