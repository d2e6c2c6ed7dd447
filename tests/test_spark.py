"""Spark gives what DuckDB gives: the same rows from the reader, and from what comes after it."""

import gzip
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fault_corpus
import pandas as pd
import pytest
from conftest import absent
from invented_archive import put, v1_tweet

from spread import archive, cascade, graphs, hashtags, scenario
from spread._errors import InputError, SpreadError, UsageError
from spread.archive import _engine

SETTINGS = {
    "spark.master": "local[2]",
    "spark.driver.memory": "1g",
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "America/New_York",
    "spark.sql.adaptive.enabled": "false",
    # Compiling costs more than it saves on so few rows.
    "spark.sql.codegen.wholeStage": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
}
# More than a minute of processors and a large install: asked for with `-m spark`.
pytestmark = pytest.mark.spark
TABLES = ("tweets", "users", "follows", "rejects")


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """Give a local Spark whose own clock is New York's."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        absent("there is no Java for Spark")
    try:
        from spread.archive import _spark
    except ImportError as error:
        absent(f"there is no pyspark: {error}")
    settings = " ".join(f'--conf "{name}={value}"' for name, value in SETTINGS.items())
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"{settings} pyspark-shell"
    with _spark.told():
        running = _spark._running()
    yield running
    running.stop()
    del os.environ["PYSPARK_SUBMIT_ARGS"]


@pytest.fixture(scope="module")
def both(
    session: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[archive.Archive, archive.Archive]:
    """Give every fault, every format and a campaign of 200,000 tweets as both engines read them."""
    folder = fault_corpus.write(tmp_path_factory.mktemp("archive"))
    scenario.generate("mynypd", folder / "campaign", scale=1.46, rng=8)
    records = (folder / "campaign").read_bytes().splitlines(keepends=True)
    (folder / "campaign").unlink()
    for k in range(3):
        text = gzip.compress(b"".join(records[k::3]), 1)
        (folder / f"campaign-{k}.jsonl.gz").write_bytes(text)
    assert len(records) > 200_000
    return archive.read(folder), archive.read(folder, engine="spark")


@pytest.mark.parametrize("table", TABLES)
def test_tables_have_no_row_different(both: Any, table: str) -> None:
    on_duckdb, on_spark = (_engine.held(read.path / f"{table}.parquet") for read in both)
    assert len(on_duckdb) > 0
    assert on_spark.cast(on_duckdb.schema).equals(on_duckdb)  # row for row, in the same order


def test_counts_are_the_same(both: Any) -> None:
    on_duckdb, on_spark = (read.report for read in both)
    pd.testing.assert_frame_equal(on_duckdb.files, on_spark.files)
    pd.testing.assert_frame_equal(on_duckdb.rejects, on_spark.rejects)
    assert on_duckdb.facts() == on_spark.facts()
    assert on_duckdb.ignored == on_spark.ignored


@pytest.mark.parametrize("kind", graphs.KINDS)
def test_edges_are_the_same(both: Any, kind: str) -> None:
    on_duckdb, on_spark = (graphs.edges(read.tweets, kind) for read in both)
    assert len(on_duckdb) > 0
    pd.testing.assert_frame_equal(on_duckdb, on_spark)


def test_usage_and_candidates_are_the_same(both: Any) -> None:
    used = [hashtags.usage(read.tweets) for read in both]
    found = [hashtags.candidates(read.tweets, "myNYPD") for read in both]
    assert min(len(used[0]), len(found[0])) > 5
    pd.testing.assert_frame_equal(*used)
    pd.testing.assert_frame_equal(*found)


def test_either_engine_opens_what_the_other_wrote(both: Any) -> None:
    on_duckdb, on_spark = both
    crossed = archive.open(on_spark.path), archive.open(on_duckdb.path, engine="spark")
    counted = [read.tweets.count().to_pyarrow().as_py() for read in (*both, *crossed)]
    assert len(set(counted)) == 1
    frames = [read.frame("users") for read in (on_duckdb, on_spark, crossed[0])]
    pd.testing.assert_frame_equal(frames[0], frames[1])
    pd.testing.assert_frame_equal(frames[0], frames[2])


def test_instants_are_in_utc_and_the_session_keeps_its_own_clock(both: Any, session: Any) -> None:
    on_duckdb, on_spark = (read.tweets for read in both)
    assert on_spark.schema() == on_duckdb.schema()
    said = [t.select(said=t["at"].cast("string").substr(0, 19)) for t in (on_duckdb, on_spark)]
    hours = [set(table.to_pyarrow()["said"].to_pylist()) for table in said]
    assert hours[0] == hours[1]
    assert session.conf.get("spark.sql.session.timeZone") == "America/New_York"


def test_what_a_worker_does_not_see_is_one_line(session: Any, tmp_path: Path) -> None:
    from spread.archive import _spark_read
    from spread.archive._workers import Job

    con = _engine.connect(engine="spark")
    job = Job(str(tmp_path / "elsewhere"), "elsewhere", 0, str(tmp_path), strict=False)
    with pytest.raises(InputError, match=r"does not see a path: got .*elsewhere"):
        _spark_read.run(con, [job])


def test_what_is_missing_for_spark_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = put(tmp_path / "t.jsonl", v1_tweet(1))
    with pytest.raises(UsageError, match="Spark has its own workers"):
        archive.read(file, engine="spark", workers=2)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(UsageError, match=r"needs Java: got no java on the path\. Install Java 17"):
        archive.read(file, engine="spark")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"pip install 'spread\[spark\]'"):
        archive.read(file, engine="spark")


def test_metrics_from_workers_are_those_of_one_machine(both: Any, tmp_path: Path) -> None:
    on_duckdb, on_spark = both
    here = cascade.metrics(cascade.forests(on_duckdb.tweets, trees=5, rng=5))
    there = cascade.metrics_on_workers(on_spark.tweets, tmp_path / "m", trees=5, rng=5)
    assert len(list((tmp_path / "m" / "metrics").iterdir())) > 1
    found = there.order_by("cascade").to_pyarrow().to_pandas().drop(columns="seed")
    # Where a number stands decides how a processor rounds its logarithm: a sum of up to some
    # thousand entropies may differ by so many units in the last place, all else by nothing.
    entropies = [frame.pop("parent_entropy") for frame in (here, found)]
    pd.testing.assert_frame_equal(here, found, check_dtype=False, check_exact=True)
    pd.testing.assert_series_equal(*entropies, rtol=0, atol=1e-12)


def test_what_spark_raises_is_one_line() -> None:
    try:
        from pyspark.errors import PySparkException

        from spread.archive import _spark
    except ImportError as error:
        absent(f"there is no pyspark: {error}")
    trace = "[PYTHON_EXCEPTION] Traceback\n  File x\n{}\n SQLSTATE: 38000\n"
    own = "spread._errors.UsageError: tweets are not unique: got tweet 7 twice. Keep one row"
    for raised, kind, says in (
        (own, UsageError, "tweets are not unique: got tweet 7 twice. Keep one row"),
        ("KeyError: 'a'", SpreadError, "Spark stopped: got [PYTHON_EXCEPTION] Traceback"),
    ):
        with pytest.raises(kind, match=f"^{re.escape(says)}") as caught, _spark.told():
            raise PySparkException(trace.format(raised))
        assert "\n" not in str(caught.value)
