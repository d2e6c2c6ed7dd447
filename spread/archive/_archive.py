"""An archive that was read: its tables as Ibis expressions over Parquet."""

import os
import shutil
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from spread._arguments import require_one_of, require_texts
from spread._errors import InputError, SpreadError, UsageError
from spread._schemas import FOLLOWS, TWEETS, USERS
from spread.archive import _engine
from spread.archive._damage import damaged
from spread.archive._synthetic import PSEUDONYMISED, says_synthetic
from spread.archive.files._found import is_archive, usable
from spread.archive.reporting._wording import number_of
from spread.text import html_card

if TYPE_CHECKING:
    import ibis
    import pandas as pd

    from spread.archive.reporting._report import ReadReport
    from spread.archive.sharing._forget import Forgotten

SCHEMAS: Final = {"tweets": TWEETS, "users": USERS, "follows": FOLLOWS}
Tables: TypeAlias = Mapping[str, "ibis.Table"]
"""The tables of an archive by their names."""


@dataclass(frozen=True, eq=False)
class Archive:
    """Tweets and users of an archive, with the report of how they were read.

    Its tables share one connection, which serves one thread at a time: let each thread open the
    archive for itself.

    Parameters
    ----------
    path
        The folder that holds the tables as Parquet.
    opened
        What opens the tables `tweets`, `users` and `follows`, when the first of them is asked for.
    told
        What was read, where the folder does not hold it.
    """

    path: Path
    opened: Callable[[], Tables]
    told: "ReadReport | None" = None

    @cached_property
    def _tables(self) -> Tables:
        return self.opened()

    @property
    def tweets(self) -> "ibis.Table":
        """An Ibis table on DuckDB or Spark with the columns of `tables.TWEETS`."""
        return self._tables["tweets"]

    @property
    def users(self) -> "ibis.Table":
        """An Ibis table on DuckDB or Spark with the columns of `tables.USERS`."""
        return self._tables["users"]

    @property
    def follows(self) -> "ibis.Table":
        """An Ibis table on DuckDB or Spark with the columns of `tables.FOLLOWS`."""
        return self._tables["follows"]

    @cached_property
    def report(self) -> "ReadReport":
        """What was read, file by file.

        Raises
        ------
        InputError
            The folder is damaged.
        """
        from spread.archive.reporting._told import report_of

        return report_of(self.path) if self.told is None else self.told

    @property
    def synthetic(self) -> bool:
        """Whether the archive says of itself that it is synthetic, as those of `scenario` do."""
        return PSEUDONYMISED in set(self.report.files.source_file) or says_synthetic(self.path)

    def frame(self, table: str, *, columns: Sequence[str] | None = None) -> "pd.DataFrame":
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
        InputError
            The table is damaged.
        """
        from spread.tables import frame

        schema = SCHEMAS[require_one_of("table", table, SCHEMAS)]
        chosen = schema.names if columns is None else require_texts("columns", columns)
        there = [name for name in schema.names if name in chosen]
        try:
            rows = _engine.held(self.path / f"{table}.parquet", there)
        except (OSError, pa.ArrowException) as error:
            raise damaged(self.path, error) from error
        return frame(rows, schema, chosen)

    def export(
        self,
        path: str | Path,
        *,
        pseudonyms: str | Path | None = None,
        exact_followers: bool = False,
        ids_only: bool = True,
    ) -> int:
        """Write to a new folder what may be passed on, with the rule in a README beside it.

        By default the ids of the collected tweets and of their authors, and nothing else (of
        an archive that is made of ids, these). With `pseudonyms` the tables, an archive that
        `archive.open` opens, in which ids are replaced by their HMAC-SHA256 under a key. Texts,
        names, descriptions, locations, mentions inside texts, links and the names of source
        files are left out. Retweets keep their time since their original, and each cascade
        begins at midnight (UTC) of its day: graphs and cascades come out the same, and
        nothing about the time of day is left. Hashtags and languages that fewer than five
        accounts wrote are left out, spellings become the commonest, follower counts are
        those of groups of five accounts or more, reported retweet counts are rounded up to
        two digits.

        Pseudonymised is not anonymous: who has the tweets can find accounts again by whom
        they retweet and when. The README says so. A new key means a new export of the
        archive itself: what was exported cannot be put under another key.

        Parameters
        ----------
        path
            The folder to be made: ids.txt and user-ids.txt (for each platform, where there
            are several), or the tables as Parquet; and README.txt.
        pseudonyms
            A file that holds the key, such as `archive.new_key` makes; it is read and never
            written, and from then on only its owner can read it (permission 600).
        exact_followers
            Keep follower counts as they are; many belong to one account alone.
        ids_only
            Without pseudonyms only True is offered: what people wrote is not passed on.

        Returns
        -------
        int
            How many ids, or tweets, were written.

        Raises
        ------
        UsageError
            `ids_only` is False, the folder is there already, or the key cannot be used.
        OutputError
            The folder cannot be written; nothing is left of it.

        Examples
        --------
        >>> import tempfile
        >>> from spread import archive, samples
        >>> made = samples.load("mynypd")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     archive.new_key(f"{folder}/key")
        ...     made.export(f"{folder}/ids"), made.export(f"{folder}/p", pseudonyms=f"{folder}/key")
        ...     archive.open(f"{folder}/p")
        (12598, 12598)
        <Archive: 12,598 tweets collected, 3,155 users, 0 records rejected; ...>
        """
        from spread.archive.sharing import _export

        target = usable(path)
        if pseudonyms is not None:
            key = usable(pseudonyms)
            return _export.pseudonyms(self.path, target, key=key, exact_followers=exact_followers)
        if not ids_only or exact_followers:
            raise UsageError(
                "texts and profiles are not exported",
                got="exact_followers=True" if ids_only else "ids_only=False",
                allowed="ids_only=True, or pseudonyms=…",
                hint=f"The tables themselves are in {self.path}",
            )
        return _export.ids(self.path, target)

    def forget(self, ids: Iterable[str]) -> "Forgotten":
        """Take tweets or accounts out of the tables, with all that points to them.

        A tweet goes with its retweets, which hold its text; an account goes with its
        profile, its tweets, their retweets, its follows. In what others wrote, answers to
        and quotes of them become tweets of their own, mentions and links go, `@name`
        becomes `@…` in texts and profiles, and an old-style retweet of their words loses
        its text. What rejected records tell of them goes too.

        The tables are rewritten, each whole or not at all; a run that was cut off is
        completed by running it again. The files that the archive was read from, exports
        and studies made before are not touched: keep the ids until these are made anew.

        Parameters
        ----------
        ids
            Ids of tweets or of accounts, as text.

        Returns
        -------
        Forgotten
            What went, which ids are unknown, and the archive as it is now.

        Raises
        ------
        UsageError
            No id is named, one is no text, or the archive is being written.
        OutputError
            The tables cannot be rewritten.

        Examples
        --------
        >>> import tempfile
        >>> from spread import archive
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     ids = Path(folder) / "ids.txt"
        ...     _ = ids.write_text("458640532934737920\\n458640532934737921\\n", encoding="utf-8")
        ...     archive.read(ids).forget(["458640532934737920", "7"])
        <Forgotten: 1 tweet and 0 retweets of them, 0 users, 0 follows; cleared 0 of others;
        1 id unknown>
        """
        from spread.archive.sharing import _forget

        counts = _forget.forget(self.path, ids)
        return _forget.Forgotten(replace(self, told=None), *counts)

    def __repr__(self) -> str:
        origins, rejected = self.report.origins, self.report.totals["rejected"]
        held = f"{number_of(origins['collected'], 'tweet')} collected"
        if not origins["collected"] and origins.get("stub"):
            held = number_of(origins["stub"], "id of a tweet", "ids of tweets")
        return (
            f"<Archive: {held}, {number_of(self.report.users, 'user')}, "
            f"{number_of(rejected, 'record')} rejected; {self.path}>"
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
    folder = usable(path)
    if not is_archive(folder):
        raise InputError(
            "no archive there", got=str(path), hint="Make one with archive.read(…, to=…)"
        )
    from spread.archive.reporting._told import report_of

    _require_tables(folder)
    # Tables are opened when they are asked for, wherever the process stands by then.
    folder = folder.absolute()
    return replace(opened(folder, engine=engine, removed_after=False), told=report_of(folder))


@dataclass(frozen=True, eq=False)
class _Kept:
    """Stands for a folder that goes when nothing holds this any more."""

    folder: Path

    def __deepcopy__(self, _: object) -> "_Kept":
        """Return itself: of one folder there is one."""
        return self


def opened(folder: Path, *, engine: str, removed_after: bool) -> Archive:
    """Return the archive in a folder, which may go once no table of it is used any more."""
    kept = _Kept(folder)
    if removed_after:
        weakref.finalize(kept, _remove, folder, os.getpid())
    return Archive(folder, partial(_tables_of, kept, engine))


def _tables_of(kept: _Kept, engine: str) -> Tables:
    con = _engine.connect(engine=engine)
    try:
        tables = {
            name: _engine.parquet(con, [kept.folder / f"{name}.parquet"], name) for name in SCHEMAS
        }
    except (duckdb.Error, SpreadError, ValueError) as error:
        raise damaged(kept.folder, error) from error
    # Tables hold the connection: while one is used, the files stay.
    weakref.finalize(con, _let_go, kept)
    return tables


def _remove(folder: Path, owner: int) -> None:
    """Take a folder away, but not in a process that was forked from its owner."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


def _let_go(_: _Kept) -> None:
    """Hold what is kept until this is called."""


def _require_tables(folder: Path) -> None:
    """Raise an InputError where a table is not there, lacks a column, or has another kind of it."""
    try:
        for name, schema in SCHEMAS.items():
            _require_columns(_engine.parts(folder / f"{name}.parquet"), schema, name)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise damaged(folder, error) from error


def _require_columns(files: Sequence[Path], schema: pa.Schema, name: str) -> None:
    if not files:
        raise ValueError(f"{name} is empty")
    found = pq.read_schema(files[0])
    kinds = dict(zip(found.names, found.types, strict=True))
    wrong = [due.name for due in schema if not _is_alike(kinds.get(due.name), due.type)]
    if wrong:
        raise ValueError(f"{name}: {', '.join(wrong)}")


def _is_alike(found: pa.DataType | None, due: pa.DataType) -> bool:
    return found is not None and found.id == due.id
