"""Reading: files into parts, parts into tables, all in a draft that is renamed at the end.

What makes the tables takes as long to load as a small archive takes to be read: it is loaded
while workers read already.
"""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from spread import __version__
from spread._arguments import require_count, require_instance, require_texts, require_zone
from spread._errors import InputError, UsageError
from spread.archive._done import done_before, note_done
from spread.archive._draft import alone, drafted, put_in_place
from spread.archive._progress import bar
from spread.archive._space import Space
from spread.archive._stretches import combined, divided, records_before
from spread.archive._workers import Counts, Job, cores, how_many, run
from spread.archive.files._bytes import state, why_unreadable
from spread.archive.files._found import Found, find, is_archive, source_name, usable
from spread.archive.files._limits import limits_of

if TYPE_CHECKING:
    from spread.archive._archive import Archive

_DETAIL: Final = 800
"""Of a reject's detail as much as holds the advice at its end."""


def read(
    paths: str | Path | Iterable[str | Path],
    *,
    to: str | Path | None = None,
    engine: str = "duckdb",
    workers: int | None = None,
    strict: bool = False,
    columns: Mapping[str, str] | None = None,
    limits: Mapping[str, float] | None = None,
    time_zone: str | None = None,
    progress: bool | None = None,
) -> "Archive":
    """Read tweet archives of any layout into the tables of `spread.tables`.

    Twitter v1.1 (statuses, with `extended_tweet` or `full_text`, searches, stream
    notices), v2 (pages, streams, flattened files, tweets and users in separate files),
    Activity Streams (Gnip's, of the enterprise interfaces) and an account's own export
    (with its account.js); Mastodon (statuses, contexts,
    accounts, outboxes); Bluesky (feeds, searches, threads, accounts, Jetstream events);
    CSV of twarc-csv, DMI-TCAT, TAGS, coordination-network-toolkit and CooRTweet, or with
    `columns`; lists of ids, one or several on a line; tables of follower_id and
    followed_id, by these names or as two bare columns, in this order. The format is told record by
    record. JSON lines, arrays, one object or several over many lines; plain, gzip, bzip2
    or zstd, inside zip or tar or not. Members of zip and tar are passed through in turn
    and never extracted.

    Nothing is lost silently. A *record* is a JSON value on a line, an element of an
    array or of a page's `data`, or an account in a file of accounts; each is kept, a
    duplicate, a notice, or rejected with a reason (`Archive.report`). A tweet inside
    another, or in a page's `includes`, is no record: it becomes a row of origin
    `embedded`. An original of which only the id is known becomes a row of origin `stub`.
    Each version of an edited tweet is a tweet, with an id of its own that its retweets name.

    One row stands for each tweet, by a rule that does not depend on the order of files:
    collected before embedded, then whole before cut, the longer text, the latest
    observed, the larger retweet count. (A table of CooRTweet has a row for each object that
    a tweet shares: the tweet gets all of them.) What a retweet says (text, tags, links,
    media) is taken from its original, wherever that was found. Of what the platform withholds
    there is no text; its own words in that place are none. Deletions are honoured whenever they
    came. Times are those of Snowflake ids where these agree with `created_at` to the second (one
    more or less is allowed), else `created_at`. Where that is absent or cannot be read, the tweet
    has the time of its id, and the report counts it; a tweet with neither is rejected.

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
    time_zone
        The zone (an IANA name, such as America/New_York) of times that are written without one,
        as in many tables; None where that is not known. It is asked of tables and of Twitter's own
        JSON; other formats state their zones. Of two times that a clock shows when it
        is set back, it is the one that agrees with the tweet's id, else the first; one that it
        passes over is no time. The report doubts the zone where ids contradict it. Times with a
        zone stay as they are, and so do 22/04/2014 and its like, which may be read in two ways.
    progress
        Show a bar on standard error; None for where that is a terminal or Jupyter, and not
        where the environment says `CI`.

    Returns
    -------
    Archive
        Its tables, and the report of what was read.

    Raises
    ------
    InputError
        A path is absent, there is nothing in it, no tweet in it, or (`strict`) a reject.
    UsageError
        `to` exists, or the engine, `workers` or `time_zone` cannot be used; pyspark or Java is
        missing.
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
    _require_engine(engine)
    _require_workers(workers, engine)
    _require_columns(columns)
    allowed = limits_of(limits)
    require_instance("strict", strict, bool, "True or False")
    require_instance("progress", progress, bool | None, "True, False or None")
    zone = None if time_zone is None else require_zone(time_zone).key
    found = find(paths)
    _require_readable(found.files)
    target = None if to is None else _require_free(usable(to)).absolute()
    space = Space()
    with alone(target), drafted(target, space) as draft:
        read_by = _on_spark(target) if engine == "spark" else partial(_here, workers)
        jobs = _jobs(found, draft, strict, columns)
        jobs = [job._replace(limits=allowed, time_zone=zone) for job in jobs]
        jobs = divided(jobs, workers or cores())
        told = _ingested(jobs, read_by=read_by, space=space, progress=progress)
        counts = combined(jobs, told)
        if strict:
            _require_no_reject(draft)
        _require_records(found, counts, draft)
        given = _given(columns, limits, zone)
        _tables().write(found, counts, draft, engine, records_before(jobs, told), given)
        shutil.rmtree(draft / "parts")
        return _finished(draft, target, engine)


def _given(
    columns: Mapping[str, str] | None, limits: Mapping[str, float] | None, zone: str | None
) -> dict[str, Any]:
    """Return by what files are read, as JSON has it; what was not given is as usual."""
    told = {
        "spread": __version__,
        "columns": dict(columns or {}),
        "limits": {name: float(limit) for name, limit in (limits or {}).items()},
        "time_zone": zone,
    }
    return {name: of for name, of in told.items() if of}


def _tables() -> ModuleType:
    """Return what makes tables of parts, which loads the engines."""
    return import_module("spread.archive.merging._tables")


def _require_engine(engine: str) -> None:
    if engine != "duckdb":
        from spread.archive import _engine

        _engine.require_engine(engine)


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
    count = how_many(workers, [job.size for job in jobs])
    return run(jobs, count, on_bytes, note_done, meanwhile=_tables)


def _on_spark(target: Path | None) -> Callable[..., Counts]:
    """Return what reads files on the workers of Spark."""
    from spread.archive import _engine, _spark_read

    con = _engine.connect(engine="spark")
    _spark_read.require_shared(con, target)
    return lambda jobs, _: _spark_read.run(con, jobs)


def _require_columns(columns: Mapping[str, str] | None) -> None:
    if columns is None:
        return
    from spread.archive.formats._layouts import FIELDS

    require_instance("columns", columns, Mapping, "a mapping of fields to columns")
    require_texts("columns", [*columns, *columns.values()])
    if unknown := sorted(set(columns) - set(FIELDS)):
        raise UsageError(
            "`columns` cannot be used", got=", ".join(unknown), allowed=", ".join(FIELDS)
        )
    is_tweets = "tweet_id" in columns and not {"author_id", "screen_name"}.isdisjoint(columns)
    if not (is_tweets or {"follower_id", "followed_id"} <= set(columns)):
        raise UsageError(
            "`columns` do not say enough",
            got=f"{', '.join(columns) or 'nothing'} alone",
            allowed="tweet_id with author_id or screen_name; follower_id with followed_id",
            hint="Name also at, the time, and text",
        )


def _require_free(to: Path) -> Path:
    try:
        str(to).encode("utf-8")
    except UnicodeEncodeError:
        raise UsageError("`to` is no text in UTF-8", got=repr(str(to))) from None
    if to.is_dir() and not to.is_symlink() and not any(to.iterdir()):
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


def _finished(draft: Path, target: Path | None, engine: str) -> "Archive":
    from spread.archive._archive import opened

    if target is None:
        return opened(draft, engine=engine, removed_after=True)
    put_in_place(draft, target)
    return opened(target, engine=engine, removed_after=False)


def _jobs(found: Found, draft: Path, strict: bool, columns: Mapping[str, str] | None) -> list[Job]:
    named = dict(columns) if columns else None
    return [
        Job(str(file), source_name(file), number, str(draft / "parts"), strict, named)._replace(
            found=state(file)
        )
        for number, file in enumerate(found.files)
    ]


def _ingested(
    jobs: Sequence[Job], *, read_by: Callable[..., Counts], space: Space, progress: bool | None
) -> Counts:
    size = sum(job.size for job in jobs)
    with bar(size, progress) as show:
        on_bytes = space.noting(size, show)
        known = done_before(jobs)
        on_bytes(sum(job.size for job in jobs if job.number in known))
        left = [job for job in jobs if job.number not in known]
        now = read_by(left, on_bytes) if left else []
        counts = known | {job.number: count for job, count in zip(left, now, strict=True)}
        return [counts[job.number] for job in jobs]


def _require_readable(files: Sequence[Path]) -> None:
    """Raise an InputError where none of the files can be opened; one that can is enough."""
    for file in files:
        try:
            with file.open("rb"):
                return
        except OSError as error:
            last = InputError("cannot be read", got=f"{file} ({why_unreadable(file, error)})")
    raise last


def _require_records(found: Found, counts: Counts, draft: Path) -> None:
    if any(count["kept_tweets"] or count["kept_follows"] for count in counts):
        return
    records = sum(count["records"] for count in counts)
    name = str(found.files[0]) if len(found.files) == 1 else f"{len(found.files)} files"
    if not records:
        empty = "the file is empty" if len(found.files) == 1 else "the files are empty"
        if any(count["formats"] for count in counts):
            empty = "there is a header line and no row after it"
        raise InputError(empty, got=name, hint="Name an archive with tweets in it")
    from spread.archive.reporting._wording import number_of

    users, notices = (sum(count[n] for count in counts) for n in ("kept_users", "notices"))
    rejected = sum(count["rejected"] for count in counts)
    first = _first_reject(draft)
    why = (
        f"The first was rejected for {first['reason']} ({first['detail'][:_DETAIL]})"
        if first
        else None
    )
    raise InputError(
        "no tweet in it",
        got=f"{name} with {number_of(records, 'record')}: {number_of(users, 'user')}, "
        f"{number_of(notices, 'notice')}, "
        f"{rejected:,} rejected",
        allowed="JSON of Twitter, Mastodon or Bluesky, CSV, or a list of ids",
        hint=why,
    )


def _require_no_reject(draft: Path) -> None:
    if first := _first_reject(draft):
        raise InputError(
            f"a record was rejected ({first['reason']})",
            got=f"{first['source_file']}, record {first['source_record']}",
            hint=f"It is: {first['detail'][:_DETAIL]}. Leave out `strict` to keep the rest",
        )


def _first_reject(draft: Path) -> dict[str, Any] | None:
    import pyarrow.parquet as pq

    paths = sorted((draft / "parts").glob("rejects-*.parquet"))
    return pq.read_table(paths[0]).slice(0, 1).to_pylist()[0] if paths else None
