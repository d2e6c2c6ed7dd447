"""An archive that was read: its tables as Ibis expressions over Parquet."""

import json
import shutil
import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd

from spread._errors import InputError, SpreadError, UsageError
from spread.archive import _engine
from spread.archive._files import REPORT, is_archive
from spread.archive._report import ReadReport, told_again
from spread.tables import FOLLOWS, REJECTS, TWEETS, USERS, frame, written
from spread.text import html_card

_SCHEMAS = {"tweets": TWEETS, "users": USERS, "follows": FOLLOWS}
_EXPORT_README = """\
{count} ids of tweets, one a line, in the order of their times.

Only ids are here. Platforms let researchers pass on ids, not what people wrote: whoever
wants the tweets asks the platform for them, and gets those that are still public.
Deleted and protected tweets stay out that way. Read the platform's rules on passing on
ids before you publish this folder.
"""


@dataclass(frozen=True, eq=False)
class Archive:
    """Tweets and users of an archive, with the report of how they were read.

    Parameters
    ----------
    path
        The folder that holds the tables as Parquet.
    tweets, users, follows
        Ibis tables on DuckDB or Spark; their columns are those of `tables.TWEETS`, `tables.USERS`
        and `tables.FOLLOWS`.
    report
        What was read, file by file.
    """

    path: Path
    tweets: ibis.Table
    users: ibis.Table
    follows: ibis.Table
    report: ReadReport

    def frame(self, table: str, *, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return a table as a pandas frame, in the order of its file.

        Parameters
        ----------
        table
            tweets, users or follows.
        columns
            Which columns; None for all.

        Raises
        ------
        UsageError
            There is no such table, or it lacks a column.
        """
        if table not in _SCHEMAS:
            raise UsageError("no such table", got=repr(table), allowed=", ".join(_SCHEMAS))
        schema = _SCHEMAS[table]
        chosen = schema.names if columns is None else list(columns)
        there = [name for name in schema.names if name in chosen]
        return frame(_engine.held(self.path / f"{table}.parquet", there), schema, chosen)

    def export(self, path: str | Path, *, ids_only: bool = True) -> None:
        """Write the ids of the collected tweets to a new folder, with the rule beside them.

        Parameters
        ----------
        path
            The folder to be made: ids.txt, README.txt.
        ids_only
            Only True is offered: what people wrote is not passed on.

        Raises
        ------
        UsageError
            `ids_only` is False, or the folder is there already.
        OutputError
            The folder cannot be written.
        """
        if not ids_only:
            raise UsageError(
                "texts and profiles are not exported",
                got="ids_only=False",
                allowed="ids_only=True",
                hint=f"The tables themselves are in {self.path}",
            )
        folder = Path(path)
        if folder.exists():
            raise UsageError("the folder is there already", got=str(folder), allowed="a new folder")
        collected = self.tweets.filter(self.tweets.origin == "collected")
        ids = collected.order_by("at", "tweet_id").tweet_id.to_pyarrow().to_pylist()
        with written(folder / "ids.txt") as draft:
            draft.write_text("".join(f"{i}\n" for i in ids), encoding="utf-8")
        with written(folder / "README.txt") as draft:
            draft.write_text(_EXPORT_README.format(count=f"{len(ids):,}"), encoding="utf-8")

    def __repr__(self) -> str:
        collected, rejected = self.report.origins["collected"], self.report.totals["rejected"]
        return (
            f"<Archive: {collected:,} tweets collected, {self.report.users:,} users, "
            f"{rejected:,} records rejected; {self.path}>"
        )

    def _repr_html_(self) -> str:
        return html_card("Archive", {"tables": str(self.path)} | self.report.facts())


def open(path: str | Path, *, engine: str = "duckdb") -> Archive:  # noqa: A001 - a verb of archive
    """Open the folder of an archive that was read before (`archive.read(…, to=path)`).

    Parameters
    ----------
    path
        The folder.
    engine
        `duckdb` or `spark`; either opens what the other wrote.

    Raises
    ------
    InputError
        There is no archive at the path.
    UsageError
        The engine is unknown, or pyspark or Java is missing.

    Examples
    --------
    >>> open("nowhere")
    Traceback (most recent call last):
    spread._errors.InputError: no archive there: got nowhere. Make one with archive.read(…, to=…)
    """
    _engine.require_engine(engine)
    folder = Path(path)
    if not is_archive(folder):
        raise InputError(
            "no archive there", got=str(path), hint="Make one with archive.read(…, to=…)"
        )
    return opened(folder, engine=engine, removed_after=False)


def opened(folder: Path, *, engine: str, removed_after: bool) -> Archive:
    """Return the archive in a folder, which may go once no table of it is used any more."""
    con = _engine.connect(engine=engine)
    try:
        tables = {
            name: _engine.parquet(con, [folder / f"{name}.parquet"], name) for name in _SCHEMAS
        }
    except (duckdb.Error, SpreadError) as error:
        raise _damaged(folder, error) from error
    report = _report(folder)
    if removed_after:
        # Tables hold the connection: while one is used, the files stay.
        weakref.finalize(con, shutil.rmtree, folder, ignore_errors=True)
    return Archive(folder, tables["tweets"], tables["users"], tables["follows"], report)


def _report(folder: Path) -> ReadReport:
    try:
        told: dict[str, Any] = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        rejects = frame(_engine.held(folder / "rejects.parquet"), REJECTS, REJECTS.names)
        return told_again(told, rejects)
    except (OSError, ValueError, KeyError) as error:
        raise _damaged(folder, error) from error


def _damaged(folder: Path, error: Exception) -> InputError:
    why = (str(error).splitlines() or [""])[0]
    return InputError(
        "the archive is damaged", got=f"{folder} ({why})", hint="Read its files again"
    )
