"""Spark against DuckDB on one machine: seconds of each step, rows different, and what grows.

Run as `python tests/benchmarks/spark.py [tweets] [files]` (200,000 in 4 by default).
"""

import gzip
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from spread import archive, cascade, graphs, hashtags, scenario

_OPTIONS = "--driver-memory 1g --conf spark.ui.enabled=false pyspark-shell"


def main(tweets: int, files: int) -> None:
    """Print the comparison at this size."""
    os.environ.setdefault("PYSPARK_SUBMIT_ARGS", _OPTIONS)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "in"
        folder.mkdir()
        written = _write(folder, tweets, files)
        print(f"{written:,} tweets in {files} files", flush=True)
        read = {
            engine: _timed(f"read, {engine}", lambda engine=engine: _read(folder, place, engine))
            for engine in ("duckdb", "spark")
        }
        for table in ("tweets", "users", "follows", "rejects"):
            frames = [_frame(one, table) for one in read.values()]
            print(
                f"  {table}: {len(frames[0]):,} rows, {_different(*frames)} different", flush=True
            )
        same = read["duckdb"].report.files.equals(read["spark"].report.files)
        print(f"  counts by file: {'the same' if same else 'DIFFERENT'}")
        _compare(read, Path(place))


def _compare(read: dict[str, archive.Archive], place: Path) -> None:
    for kind in graphs.KINDS:
        _both(read, f"edges, {kind}", lambda one, kind=kind: graphs.edges(one.tweets, kind))
    _both(read, "usage", lambda one: hashtags.usage(one.tweets))
    _both(read, "candidates", lambda one: hashtags.candidates(one.tweets, "myNYPD"))
    here = _timed(
        "metrics, one machine",
        lambda: cascade.metrics(cascade.forests(read["duckdb"].tweets, trees=50, rng=1)),
    )
    there = _timed(
        "metrics, workers",
        lambda: (
            cascade.metrics_on_workers(read["spark"].tweets, place / "m", trees=50, rng=1)
            .order_by("cascade")
            .to_pyarrow()
            .to_pandas()
        ),
    ).drop(columns="seed")
    gap = (here.pop("parent_entropy") - there.pop("parent_entropy")).abs().max()
    found = f"{_different(here, there.astype(here.dtypes))} different"
    print(f"  metrics: {len(here):,} rows, {found}, parent_entropy within {gap:.1e}")
    graph = graphs.retweets(read["spark"].tweets)
    print(f"retweet graph: {graph.vcount():,} accounts, {graph.ecount():,} edges")


def _write(folder: Path, tweets: int, files: int) -> int:
    whole = folder / "whole"
    scenario.generate("mynypd", whole, scale=tweets / 105_000, rng=1)
    records = whole.read_bytes().splitlines(keepends=True)
    whole.unlink()
    for k in range(files):
        (folder / f"{k}.jsonl.gz").write_bytes(gzip.compress(b"".join(records[k::files]), 1))
    return len(records)


def _read(folder: Path, place: str, engine: str) -> archive.Archive:
    return archive.read(folder, to=f"{place}/{engine}", engine=engine, progress=False)


def _frame(one: archive.Archive, table: str) -> pd.DataFrame:
    return one.frame(table) if table != "rejects" else one.report.rejects


def _both(
    read: dict[str, archive.Archive], step: str, analysis: Callable[[Any], pd.DataFrame]
) -> None:
    frames = [
        _timed(f"{step}, {engine}", lambda one=one: analysis(one)) for engine, one in read.items()
    ]
    print(f"  {step}: {len(frames[0]):,} rows, {_different(*frames)} different", flush=True)


def _different(one: pd.DataFrame, other: pd.DataFrame) -> int:
    """Return how many rows are in one frame and not in the other, as often as they are."""
    sides = [frame.astype(str).value_counts(dropna=False) for frame in (one, other)]
    return int(sides[0].sub(sides[1], fill_value=0).abs().sum())


def _timed(step: str, function: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    found = function()
    print(f"{time.perf_counter() - start:8.1f} s  {step}", flush=True)
    return found


if __name__ == "__main__":
    given = [int(value) for value in sys.argv[1:]]
    main(*(given + [200_000, 4][len(given) :]))
