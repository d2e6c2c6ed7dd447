"""Engines, opened in UTC, reading and writing Parquet.

DuckDB is here, with bounded memory; Spark is in `_spark`, which is loaded when it is asked for.
Over either is Ibis, but for DuckDB where queries are in words: Ibis takes longer to load than a
small archive to be read.
"""

import contextlib
import importlib.util
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from spread._errors import UsageError

if TYPE_CHECKING:
    import ibis

ENGINES: Final = ("duckdb", "spark")
GROUP_ROWS: Final = 50_000
_MEMORY_LEAST, _MEMORY_MOST = 256 << 20, 8 << 30
_UNPACKED = 4


class Query(Protocol):
    """What is asked of tables by their names."""

    @property
    def sql(self) -> str:
        """It in DuckDB's words."""

    @property
    def table(self) -> "ibis.Table":
        """It in Ibis, for other engines."""


@dataclass(frozen=True, eq=False)
class OfTable:
    """What an Ibis table asks."""

    table: "ibis.Table"

    @property
    def sql(self) -> str:
        """It in DuckDB's words."""
        import ibis

        return str(ibis.to_sql(self.table, dialect="duckdb"))


def require_engine(engine: str) -> None:
    """Raise a UsageError for an engine that is not there."""
    if engine not in ENGINES:
        raise UsageError("unknown engine", got=repr(engine), allowed=", ".join(ENGINES))
    if engine == "spark":
        if importlib.util.find_spec("pyspark") is None:
            raise UsageError(
                "engine 'spark' needs pyspark, which is not installed",
                hint="Install it with pip install 'spread[spark]'",
            )
        _spark().require()


def connect(spill: Path | None = None, *, engine: str = "duckdb") -> Any:
    """Return a database of its own under Ibis; what does not fit into memory goes to `spill`."""
    if engine == "spark":
        return _spark().connect(spill)
    import ibis

    con = ibis.duckdb.connect(**_options(spill, _memory()))
    _set(con.con)
    return con


def bare(spill: Path, *, engine: str = "duckdb", data: int | None = None) -> Any:
    """Return a database of its own, without Ibis over DuckDB, to be asked each `Query`.

    Where it is known how many bytes of packed data there are, no more memory is taken than four
    times these: so large are they unpacked.
    """
    if engine == "spark":
        return _spark().connect(spill)
    most = _memory() if data is None else min(_memory(), max(_MEMORY_LEAST, _UNPACKED * data))
    con = duckdb.connect(config=_options(spill, most))
    _set(con)
    return con


def close(con: Any) -> None:
    """Let go of a database."""
    if isinstance(con, duckdb.DuckDBPyConnection):
        con.close()
    else:
        con.disconnect()


def parquet(con: Any, paths: Sequence[Path], name: str) -> "ibis.Table":
    """Return Parquet files of one schema, or folders of such, as a table of this name."""
    view(con, paths, name)
    with _quiet():
        return con.table(name)


def view(con: Any, paths: Sequence[Path], name: str) -> None:
    """Let queries ask Parquet files of one schema, or folders of such, by this name."""
    files = [file for path in paths for file in parts(path)]
    database = _duckdb_of(con)
    if database is None:
        _spark().parquet(con, files, name)
        return
    # DuckDB's own verb for this loads pandas, to ask whether a path is a frame.
    listed = ", ".join(_quoted(glob_safe(path)) for path in files)
    database.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")


def parts(path: Path) -> list[Path]:
    """Return the files of a table in their order: one, or those of a folder."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def held(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a table's rows in the order of its files."""
    return pa.concat_tables(pq.read_table(file, columns=columns) for file in parts(path))


def asked(con: Any, query: Query) -> pa.Table:
    """Return the answer to a query."""
    database = _duckdb_of(con)
    if database is None:
        return con.to_pyarrow(query.table)
    found = database.sql(query.sql).to_arrow_table()
    # DuckDB adds up whole numbers to wider ones.
    kinds = [pa.int64() if pa.types.is_decimal(kind) else kind for kind in found.schema.types]
    return found.cast(pa.schema(list(zip(found.column_names, kinds, strict=True))))


def store(con: Any, query: Query, name: str) -> None:
    """Compute the answer to a query now, and once; queries ask it by this name."""
    database = _duckdb_of(con)
    if database is None:
        _spark().stored(con, query.table, name)
    else:
        database.execute(f"CREATE TABLE {name} AS {query.sql}")


def name(con: Any, query: Query, name: str) -> None:
    """Let queries ask by this name what a query would answer."""
    database = _duckdb_of(con)
    if database is None:
        _spark().named(con, query.table, name)
    else:
        database.execute(f"CREATE VIEW {name} AS {query.sql}")


def stored(con: Any, table: "ibis.Table", name: str) -> "ibis.Table":
    """Return a table whose rows are computed now, and once."""
    if _duckdb_of(con) is None:
        return _spark().stored(con, table, name)
    with _quiet():
        return con.create_table(name, table, temp=True)


def glob_safe(path: Path) -> str:
    """Return a path in which no character stands for others."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(path))


def _duckdb_of(con: Any) -> duckdb.DuckDBPyConnection | None:
    """Return DuckDB itself, bare or under Ibis; None on another engine."""
    if isinstance(con, duckdb.DuckDBPyConnection):
        return con
    return con.con if con.name == "duckdb" else None


def _options(spill: Path | None, most: int) -> dict[str, Any]:
    options = {"memory_limit": f"{most >> 20}MB"}
    return options if spill is None else options | {"temp_directory": str(spill)}


def _set(database: duckdb.DuckDBPyConnection) -> None:
    database.execute("SET TimeZone = 'UTC'")
    # It would draw over what the command prints.
    database.execute("SET enable_progress_bar = false")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def write(
    con: Any,
    rows: Query,
    path: Path,
    schema: pa.Schema,
    change: Callable[[pa.Table], pa.Table] | None = None,
) -> None:
    """Write rows in their order, on Spark as a folder of parts.

    `change` is applied to every group of rows on its way. DuckDB gives the same bytes for
    the same rows.
    """
    database = _duckdb_of(con)
    if database is None:
        _spark().write(con, rows.table, path, schema, change)
        return
    # Ibis 12 asks DuckDB 2 for batches by a name that is gone.
    batches = database.sql(rows.sql).to_arrow_reader(GROUP_ROWS)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for found in _groups(batches):
            group = found.cast(schema)
            writer.write_table((group if change is None else change(group)).combine_chunks())


def _groups(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Yield rows in groups of a fixed size, whatever the sizes of the batches."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        held.append(batch)
        rows += batch.num_rows
        while rows >= GROUP_ROWS:
            table = pa.Table.from_batches(held)
            yield table.slice(0, GROUP_ROWS)
            held = table.slice(GROUP_ROWS).to_batches()
            rows -= GROUP_ROWS
    if rows:
        yield pa.Table.from_batches(held)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep to itself that Ibis 12 calls DuckDB 2 by names that are going away."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def _spark() -> Any:
    from spread.archive import _spark

    return _spark


def _memory() -> int:
    """Return half of the machine's memory in bytes, and at most 8 GB."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return _MEMORY_MOST // 2
    return min(_MEMORY_MOST, whole // 2)
