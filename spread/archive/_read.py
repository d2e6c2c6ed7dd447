"""Reading: files into parts, parts into tables, all in a draft that is renamed at the end."""

import contextlib
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
from tqdm import tqdm

from spread._arguments import require_count, require_instance
from spread._errors import InputError, UsageError
from spread.archive import _engine
from spread.archive._archive import Archive, opened
from spread.archive._done import done_before, note_done
from spread.archive._draft import alone, drafted
from spread.archive._files import REPORT, Found, find, is_archive, source_name, usable
from spread.archive._known_names import with_ids
from spread.archive._layouts import FIELDS
from spread.archive._limits import limits_of
from spread.archive._measures import measured
from spread.archive._plan import KINDS, part_name, plan
from spread.archive._report import FILE_COLUMNS
from spread.archive._rows import PARTS, part_path
from spread.archive._space import Space
from spread.archive._stretches import combined, divided, records_before, renumber_rejects
from spread.archive._workers import Job, cores, how_many, run
from spread.tables import FOLLOWS, REJECTS, TWEETS, USERS

Counts = list[dict[str, Any]]
_EMPTY = 999_999
"""The number of a part without rows: there is always one of each table."""


def read(
    paths: str | Path | Iterable[str | Path],
    *,
    to: str | Path | None = None,
    engine: str = "duckdb",
    workers: int | None = None,
    strict: bool = False,
    columns: Mapping[str, str] | None = None,
    limits: Mapping[str, float] | None = None,
    progress: bool | None = None,
) -> Archive:
    """Read tweet archives of any layout into the tables of `spread.tables`.

    Twitter v1.1 (statuses, with `extended_tweet` or `full_text`, searches, stream
    notices), v2 (pages, streams, flattened files, tweets and users in separate files),
    Activity Streams (Gnip's, of the enterprise interfaces) and an account's own export
    (with its account.js); Mastodon (statuses, contexts,
    accounts, outboxes); Bluesky (feeds, searches, threads, accounts, Jetstream events);
    CSV of twarc-csv, DMI-TCAT, TAGS, coordination-network-toolkit and CooRTweet, or with
    `columns`; lists of ids; tables of follower_id and followed_id. The format is told
    record by record. JSON lines, arrays, one object or several over many lines; plain,
    gzip, bzip2 or zstd, inside zip or tar or not. Members of zip and tar are passed
    through in turn and never extracted.

    Nothing is lost silently. A *record* is a JSON value on a line, an element of an
    array or of a page's `data`, or an account in a file of accounts; each is kept, a
    duplicate, a notice, or rejected with a reason (`Archive.report`). A tweet inside
    another, or in a page's `includes`, is no record: it becomes a row of origin
    `embedded`. An original of which only the id is known becomes a row of origin `stub`.

    One row stands for each tweet, by a rule that does not depend on the order of files:
    collected before embedded, then whole before cut, the longer text, the latest
    observed, the larger retweet count. (A table of CooRTweet has a row for each object that
    a tweet shares: the tweet gets all of them.) What a retweet says (text, tags, links,
    media) is taken from its original, wherever that was found. Deletions are honoured whenever
    they came. Times are those of Snowflake ids where these agree with `created_at` to
    the second (one more or less is allowed), else `created_at`.

    Parameters
    ----------
    paths
        A file, a folder, a glob, or several. In a folder (zip, tar), files
        ending in .json, .jsonl, .ndjson, .txt, .csv or .tsv are read, and those packed in
        .gz, .bz2, .zst, .zip or .tar; the rest is named in the report.
    to
        A folder to be made, for the tables; None for one that goes when no table of it
        is used any more. A reading into a folder that was killed or interrupted is taken up
        by the same call: files that were read to their ends are not read again.
    engine
        `duckdb` (one machine) or `spark` (pyspark and Java, on this machine or, under
        `spark-submit`, on a cluster): the same rows, each table a folder of Parquet parts.
    workers
        How many processes read files, and stretches of large files of lines; None for as
        many as there are cores, or one for a small archive. On Spark its own settings decide.
    strict
        Raise at the first reject.
    columns
        Of tables in another layout than those above, which column holds what:
        `{"tweet_id": "Tweet Id", "at": "Date"}`. Needed are tweet_id and an author
        (author_id or screen_name), or follower_id and followed_id.
    limits
        What is read at most, where it is to be other than `{"record_mb": 8, "depth": 64,
        "ratio": 1000}`: a record's megabytes, its levels of nesting, and how many times its
        size a file may unpack to (after the first 16 MB). They keep memory bounded; what is
        beyond them is rejected and says so.
    progress
        Show a bar on standard error; None for where that is a terminal.

    Returns
    -------
    Archive
        Its tables, and the report of what was read.

    Raises
    ------
    InputError
        A path is absent, there is nothing in it, no tweet in it, or (`strict`) a reject.
    UsageError
        `to` exists, or the engine or `workers` cannot be used; pyspark or Java is missing.
    OutputError
        `to` cannot be written.

    References
    ----------
    Twitter API v1.1 (Tweet object) and v2 (Tweet, User, `includes`), data dictionaries; Mastodon
    API (Status, Account, Context); ActivityStreams 2.0 (outboxes); AT Protocol, lexicons
    `app.bsky.*`, and Jetstream; RFC 8259 (JSON), 4180 (CSV), 1952 (gzip), 8878 (zstd).

    Examples
    --------
    >>> tweet = (
    ...     '{"id_str": "458640532934737920", "created_at": "Tue Apr 22 16:12:08 +0000 2014",'
    ...     ' "text": "#myNYPD", "user": {"id_str": "1", "screen_name": "someone"}}'
    ... )
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "tweets.jsonl"
    ...     _ = file.write_text(tweet, encoding="utf-8")
    ...     read(file).frame("tweets", columns=["tweet_id", "hashtags"]).values.tolist()
    [['458640532934737920', array(['mynypd'], dtype=object)]]
    """
    _engine.require_engine(engine)
    _require_workers(workers, engine)
    _require_columns(columns)
    allowed = limits_of(limits)
    found = find(paths)
    target = None if to is None else _require_free(usable(to))
    space = Space()
    with alone(target), drafted(target, space) as draft:
        read_by = _on_spark(target) if engine == "spark" else partial(_here, workers)
        jobs = [job._replace(limits=allowed) for job in _jobs(found, draft, strict, columns)]
        jobs = divided(jobs, workers or cores())
        told = _ingested(jobs, read_by=read_by, space=space, progress=progress)
        counts = combined(jobs, told)
        if strict:
            _require_no_reject(draft)
        _require_records(found, counts, draft)
        before = records_before(jobs, told)
        renumber_rejects(draft / "parts", before)
        _merged(found, counts, draft, engine, before)
        shutil.rmtree(draft / "parts")
        return _finished(draft, target, engine)


def _require_workers(workers: int | None, engine: str) -> None:
    if workers is not None:
        require_count("workers", workers)
    if workers is not None and engine == "spark":
        raise UsageError(
            "Spark has its own workers",
            got=f"workers={workers}",
            hint="Leave workers out; spark.master and spark.executor.* decide",
        )


def _here(workers: int | None, jobs: list[Job], on_bytes: Callable[[int], object]) -> Counts:
    return run(jobs, how_many(workers, [job.size for job in jobs]), on_bytes, note_done)


def _on_spark(target: Path | None) -> Callable[..., Counts]:
    """Return what reads files on the workers of Spark."""
    from spread.archive import _spark_read

    con = _engine.connect(engine="spark")
    _spark_read.require_shared(con, target)
    return lambda jobs, _: _spark_read.run(con, jobs)


def _require_columns(columns: Mapping[str, str] | None) -> None:
    if columns is None:
        return
    require_instance("columns", columns, Mapping, "a mapping of fields to columns")
    unknown = sorted(set(columns) - set(FIELDS))
    is_tweets = "tweet_id" in columns and not {"author_id", "screen_name"}.isdisjoint(columns)
    if unknown or not (is_tweets or {"follower_id", "followed_id"} <= set(columns)):
        raise UsageError(
            "`columns` cannot be used",
            got=", ".join(unknown or sorted(columns)) or "nothing",
            allowed=f"tweet_id with author_id or screen_name, and of {', '.join(FIELDS)}",
        )


def _require_free(to: Path) -> Path:
    if to.is_dir() and not any(to.iterdir()):
        return to
    if to.exists():
        raise UsageError(
            "`to` is there already",
            got=str(to),
            allowed="a new folder",
            hint="Open it with archive.open, or name another"
            if is_archive(to)
            else "Name another folder",
        )
    return to


def _finished(draft: Path, target: Path | None, engine: str) -> Archive:
    if target is None:
        return opened(draft, engine=engine, removed_after=True)
    mask = os.umask(0)
    os.umask(mask)
    draft.chmod(0o777 & ~mask)
    if target.is_dir():
        target.rmdir()
    draft.rename(target)
    return opened(target, engine=engine, removed_after=False)


def _jobs(found: Found, draft: Path, strict: bool, columns: Mapping[str, str] | None) -> list[Job]:
    named = dict(columns) if columns else None
    return [
        Job(str(file), source_name(file), number, str(draft / "parts"), strict, named)
        for number, file in enumerate(found.files)
        if _is_readable(file)
    ]


def _ingested(
    jobs: Sequence[Job], *, read_by: Callable[..., Counts], space: Space, progress: bool | None
) -> Counts:
    size = sum(job.size for job in jobs)
    with _bar(size, progress) as show:
        on_bytes = space.noting(size, show)
        known = done_before(jobs)
        on_bytes(sum(job.size for job in jobs if job.number in known))
        left = [job for job in jobs if job.number not in known]
        now = read_by(left, on_bytes) if left else []
        counts = known | {job.number: count for job, count in zip(left, now, strict=True)}
        return [counts[job.number] for job in jobs]


def _is_readable(file: Path) -> bool:
    try:
        with file.open("rb"):
            return True
    except OSError as error:
        raise InputError(
            "a file cannot be read", got=f"{file} ({error.strerror or error})"
        ) from error


@contextlib.contextmanager
def _bar(size: int, progress: bool | None) -> Iterator[Callable[[int], object]]:
    shown = sys.stderr.isatty() if progress is None else progress
    with tqdm(
        total=size, unit="B", unit_scale=True, desc="reading", leave=False, disable=not shown
    ) as bar:
        yield bar.update


def _require_records(found: Found, counts: Counts, draft: Path) -> None:
    if any(count["kept_tweets"] or count["kept_follows"] for count in counts):
        return
    records = sum(count["records"] for count in counts)
    name = str(found.files[0]) if len(found.files) == 1 else f"{len(found.files)} files"
    if not records:
        empty = "the file is empty" if len(found.files) == 1 else "the files are empty"
        raise InputError(empty, got=name, hint="Name an archive with tweets in it")
    users, notices = (sum(count[n] for count in counts) for n in ("kept_users", "notices"))
    rejected = sum(count["rejected"] for count in counts)
    first = _first_reject(draft)
    why = (
        f"The first was rejected for {first['reason']} ({first['detail'][:400]})" if first else None
    )
    raise InputError(
        "no tweet in it",
        got=f"{name} with {records:,} records: {users:,} users, {notices:,} notices, "
        f"{rejected:,} rejected",
        allowed="JSON of Twitter, Mastodon or Bluesky, CSV, or a list of ids",
        hint=why,
    )


def _require_no_reject(draft: Path) -> None:
    if first := _first_reject(draft):
        raise InputError(
            f"a record was rejected ({first['reason']})",
            got=f"{first['source_file']}, record {first['source_record']}: {first['detail']}",
            hint="Read it without strict to keep the rest",
        )


def _first_reject(draft: Path) -> dict[str, Any] | None:
    paths = sorted((draft / "parts").glob("rejects-*.parquet"))
    return pq.read_table(paths[0]).slice(0, 1).to_pylist()[0] if paths else None


def _merged(
    found: Found, counts: Counts, draft: Path, engine: str, before: Mapping[int, int]
) -> None:
    data = sum(part.stat().st_size for part in (draft / "parts").glob("*.parquet"))
    try:
        standing, deleted, measures = _written(draft, engine, before, data)
    except duckdb.OutOfMemoryException:
        # How much is held at once depends on how its threads meet: the usual is not the most.
        standing, deleted, measures = _written(draft, engine, before, None)
    _count(counts, standing, deleted)
    _write_report(measures, found, counts, draft)


def _written(
    draft: Path, engine: str, before: Mapping[int, int], data: int | None
) -> tuple[dict[str, int], dict[str, int], dict[str, Any]]:
    """Write the tables; return what stands and what is deleted, by file, and what they hold."""
    con = _engine.connect(spill=draft / "parts" / "spill", engine=engine, data=data)
    try:
        shared = any(_parts(draft, "shares"))
        for name in PARTS:
            _add_parts(con, draft, name)
        kinds = _engine.asked(con, KINDS)["kind"].to_pylist()
        ask = plan(scrubbed="scrub_geo" in kinds, before=before, shared=shared)
        if shared:
            _engine.store(con, ask.gathered, "gathered")
        names = _engine.asked(con, ask.names)
        change = partial(with_ids, names=dict(zip(*names.to_pydict().values(), strict=True)))
        _engine.store(con, ask.ranks, "ranks")
        _engine.store(con, ask.links, "links")
        _engine.store(con, ask.stubs, "stubs")
        _engine.write(con, ask.tweets, draft / "tweets.parquet", TWEETS, change)
        _engine.write(con, ask.users, draft / "users.parquet", USERS)
        _engine.write(con, ask.rejects, draft / "rejects.parquet", REJECTS)
        _engine.write(con, ask.follows, draft / "follows.parquet", FOLLOWS)
        standing, deleted = (_by_file(con, query) for query in (ask.standing, ask.deleted))
        if shared:
            standing = dict(Counter(standing) + Counter(_by_file(con, ask.further)))
        written = [f"written_{name}" for name in ("tweets", "users")]
        for name, view in zip(("tweets", "users"), written, strict=True):
            _engine.view(con, [draft / f"{name}.parquet"], view)
        return standing, deleted, measured(con, *written)
    finally:
        con.disconnect()


def _add_parts(con: Any, draft: Path, name: str) -> None:
    """Let queries ask all parts of a table; there is always one, if an empty one."""
    empty = part_path(draft / "parts", name, _EMPTY)
    paths = [*_parts(draft, name), empty]
    pq.write_table(PARTS[name].empty_table(), empty)
    _engine.view(con, paths, part_name(name))


def _parts(draft: Path, name: str) -> list[Path]:
    """Return the parts of a table that hold rows."""
    found = (draft / "parts").glob(f"{name}-*.parquet")
    return sorted(path for path in found if path != part_path(draft / "parts", name, _EMPTY))


def _count(counts: Counts, standing: dict[str, int], deleted: dict[str, int]) -> None:
    """Tell duplicates and deleted tweets from those that are kept."""
    for count in counts:
        name = count["source_file"]
        count["duplicates"] = count["kept_tweets"] - standing.get(name, 0) - deleted.get(name, 0)
        count["kept_tweets"] = standing.get(name, 0)
        count["notices"] += deleted.get(name, 0)
        kept = ("kept_tweets", "kept_users", "kept_follows")
        count["kept"] = sum(count[name] for name in kept)
    if not any(count["kept_tweets"] or count["kept_follows"] for count in counts):
        raise InputError(
            "no tweet is left in it",
            got=f"{sum(deleted.values()):,} tweets, all with a notice that deletes them",
        )


def _by_file(con: Any, query: _engine.Query) -> dict[str, int]:
    counted = _engine.asked(con, query)
    return dict(zip(*(column.to_pylist() for column in counted.columns), strict=True))


def _write_report(measures: Mapping[str, Any], found: Found, counts: Counts, draft: Path) -> None:
    told = {
        "files": [{name: _shown(count[name]) for name in FILE_COLUMNS} for count in counts],
        "ignored": [*found.ignored, *(name for count in counts for name in count["ignored"])],
        "formats": dict(sorted(sum((Counter(c["formats"]) for c in counts), Counter()).items())),
        "lost": max((count["lost"] for count in counts), default=0),
        **measures,
    }
    text = json.dumps(told, indent=1, ensure_ascii=False)
    (draft / REPORT).write_text(text, encoding="utf-8")


def _shown(value: object) -> object:
    return " + ".join(value) if isinstance(value, dict) else value
