"""Spark under Ibis: a session in UTC, tables as folders of Parquet files.

The functions are those of `_engine`, so that what is written once in Ibis runs on either.
"""

import contextlib
import os
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa

from spread._errors import SpreadError, UsageError

with warnings.catch_warnings():
    # Spark warns of pandas 3; rows are exchanged as Arrow here.
    warnings.simplefilter("ignore", FutureWarning)
    from ibis.backends.pyspark import Backend as PySparkBackend
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.pandas.types import from_arrow_schema
    from pyspark.sql.types import StructType

_SETTINGS: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
    "spark.sql.parquet.compression.codec": "zstd",
}
"""What must not depend on whose session it is."""
_OWN: Final = {
    "spark.ui.showConsoleProgress": "false",
    "spark.executorEnv.PYTHONWARNINGS": "ignore::FutureWarning",
}
"""What keeps a session that is started here quiet."""
_INSTANT: Final = dt.Timestamp(timezone="UTC", scale=6)
# The backend's options are there once it was asked for by its name.
_NAMED: Final = ibis.pyspark


class Backend(PySparkBackend):  # type: ignore[misc]
    """Spark under Ibis, exchanging rows as Arrow: through pandas ids and nulls are not safe."""

    spill: Path | None = None

    def get_schema(self, table_name: str, **where: Any) -> ibis.Schema:
        """Return a table's schema; instants are in UTC, as the session is."""
        schema = super().get_schema(table_name, **where)
        return ibis.schema(
            {name: _INSTANT if kind.is_timestamp() else kind for name, kind in schema.items()}
        )

    def to_pyarrow(
        self, expr: ibis.Expr, /, *, params: Any = None, limit: Any = None, **_: Any
    ) -> Any:
        """Return the rows of an expression as Arrow."""
        with told():
            self._run_pre_execute_hooks(expr)
            table = expr.as_table()
            found = self.raw_sql(self.compile(table, params=params, limit=limit)).toArrow()
        return expr.__pyarrow_result__(found.cast(table.schema().to_pyarrow()))

    def execute(
        self, expr: ibis.Expr, /, *, params: Any = None, limit: Any = None, **_: Any
    ) -> Any:
        """Return the rows of an expression as pandas."""
        found = self.to_pyarrow(expr.as_table(), params=params, limit=limit)
        return expr.__pandas_result__(found.to_pandas())

    def disconnect(self) -> None:
        """Let go of the tables; the session's workers may be somebody else's."""
        for table in self._session.catalog.listTables():
            if table.isTemporary:
                self._session.catalog.dropTempView(table.name)

    def _register_in_memory_table(self, op: Any) -> None:
        rows = op.data.to_pyarrow(op.schema)
        with told():
            self._session.createDataFrame(rows).createOrReplaceTempView(op.name)


def require() -> None:
    """Raise a UsageError where there is no Java."""
    home = os.environ.get("JAVA_HOME")
    if not (Path(home) / "bin" / "java").is_file() if home else shutil.which("java") is None:
        raise UsageError(
            "engine 'spark' needs Java",
            got=f"no java in JAVA_HOME={home}" if home else "no java on the path",
            hint="Install Java 17 or later, such as `apt-get install default-jre-headless`",
        )


def connect(spill: Path | None = None) -> Backend:
    """Return a session of its own in UTC; what is held for a while goes to `spill`.

    A session that runs already, such as that of `spark-submit`, lends its workers and
    keeps its settings.
    """
    require()
    with told("Spark did not start"):
        session = _running().newSession()
        for name, value in _SETTINGS.items():
            session.conf.set(name, value)
        backend = Backend()
        backend.do_connect(session)
    backend.spill = spill
    return backend


def parquet(con: Backend, paths: Sequence[Path], name: str) -> ibis.Table:
    """Return Parquet files of one schema as a table of this name."""
    with told():
        rows = con._session.read.parquet(*(_literal(path) for path in paths))
        rows.createOrReplaceTempView(name)
        return con.table(name)


def named(con: Backend, table: ibis.Table, name: str) -> None:
    """Let a table be asked by a name; its rows are computed when they are asked for."""
    with told():
        _rows(con, table).createOrReplaceTempView(name)


def stored(con: Backend, table: ibis.Table, name: str) -> ibis.Table:
    """Return a table whose rows are computed now, and once."""
    if con.spill is None:
        raise ValueError("there is no place to store rows in")
    with told():
        place = con.spill / name
        _rows(con, table).write.parquet(_plain(place))
    return parquet(con, [place], name)


def write(
    con: Backend,
    table: ibis.Table,
    path: Path,
    schema: pa.Schema,
    change: Callable[[pa.Table], pa.Table] | None = None,
) -> None:
    """Write a table's rows in their order as a folder of parts, read in the order of names.

    `change` is applied to every batch of rows on its way, on the workers.
    """
    with told():
        rows = _rows(con, table)
        if change is not None:
            changed = partial(_changed, schema=schema, change=change)
            rows = rows.mapInArrow(changed, types(schema))
        _write(rows, path)


def write_ranged(
    con: Backend, table: ibis.Table, path: Path, keys: Sequence[str], order: Sequence[str]
) -> None:
    """Write rows in the order of keys, then `order`; those of equal keys are in one part."""
    with told():
        parted = _rows(con, table).repartitionByRange(*keys)
        _write(parted.sortWithinPartitions(*keys, *order), path)


def over_files(
    con: Backend,
    files: Sequence[Path],
    function: Callable[[int, Path], pa.Table],
    schema: pa.Schema,
    *,
    write_to: Path | None = None,
) -> pa.Table:
    """Return `function(number, file)` of each file in their order, a task each on the workers.

    With `write_to` the rows go there, as parts in that order.
    """
    paths = [str(file.absolute()) for file in files]
    listed = pa.table({"number": pa.array(range(len(files)), pa.int64()), "path": paths})
    with told():
        frame = con._session.createDataFrame(listed).repartitionByRange(len(files), "number")
        rows = frame.mapInArrow(partial(_of_files, function=function), types(schema))
        if write_to is None:
            return rows.toArrow().cast(schema)
        _write(rows, write_to)
    return schema.empty_table()


def types(schema: pa.Schema) -> StructType:
    """Return a schema as Spark writes it."""
    return from_arrow_schema(schema)


@contextlib.contextmanager
def told(what: str = "Spark stopped") -> Iterator[None]:
    """Turn what Spark raises into one line; keep to itself that it warns of pandas 3."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    except (PySparkException, Py4JError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        own = [line.partition(": ")[2] for line in lines if line.startswith("spread._errors.")]
        if own:
            raise UsageError(own[-1]) from error
        raise SpreadError(
            what, got=(lines or [type(error).__name__])[0][:300], hint="Spark's log says more"
        ) from error


def _running() -> SparkSession:
    """Return the session that runs, or a new one, on this machine unless Spark is told else."""
    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session = SparkSession.builder.appName("spread").config(map=_OWN).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _write(rows: DataFrame, path: Path) -> None:
    rows.write.parquet(_plain(path))
    for number, part in enumerate(sorted(path.glob("part-*.parquet"))):
        part.rename(path / f"part-{number:06d}.parquet")
    for left in path.iterdir():
        if not left.name.startswith("part-"):
            left.unlink()


def _of_files(
    batches: Iterator[pa.RecordBatch], *, function: Callable[[int, Path], pa.Table]
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for number, path in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield from function(number, Path(path)).combine_chunks().to_batches()


def _rows(con: Backend, table: ibis.Table) -> DataFrame:
    con._run_pre_execute_hooks(table)
    return con.raw_sql(con.compile(table))


def _changed(
    batches: Iterator[pa.RecordBatch],
    *,
    schema: pa.Schema,
    change: Callable[[pa.Table], pa.Table],
) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield from change(pa.Table.from_batches([batch]).cast(schema)).to_batches()


def _plain(path: Path) -> str:
    """Return a path of this machine's file system, which Spark might take for another's."""
    return f"file://{path.absolute()}"


def _literal(path: Path) -> str:
    """Return a path to be read, in which no character stands for others."""
    return "".join(f"[{c}]" if c in "*?[{" else c for c in _plain(path))
