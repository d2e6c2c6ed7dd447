"""How long a retweet graph takes: python tests/benchmarks/graphs.py [tweets]

An invented Parquet archive, 70 % retweets by a million accounts, is read once by each side
in a process of its own. The peer: DuckDB's bare GROUP BY (who retweeted whom, how often),
ids to numbers by pyarrow, igraph's constructor with names and weights, by the fastest way
that we found (edges handed over one by one). Ours adds distinct originals, first and last
times, and a stable order.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_ARCHIVE = """
COPY (
  WITH drawn AS (
    SELECT i, random() AS who, random() AS whom, random() < 0.7 AS passed FROM range({n}) r(i)
  ), numbered AS (
    SELECT *, floor(1000000 * pow(whom, 3))::BIGINT AS original FROM drawn
  )
  SELECT
    (400000000000000000 + i * 4000000)::VARCHAR AS tweet_id,
    (1000 + 7919 * floor(1000000 * pow(who, 2))::BIGINT)::VARCHAR AS author_id,
    'collected' AS origin,
    TIMESTAMPTZ '2014-04-22 18:00:00+00' + to_microseconds(i * 10000) AS "at",
    CASE WHEN passed THEN 'retweet' ELSE 'tweet' END AS kind,
    CASE WHEN passed THEN (500000000000000000 + original)::VARCHAR END AS retweet_of,
    CASE WHEN passed THEN (1000 + 7919 * (original // 4))::VARCHAR END AS retweet_author_id
  FROM numbered
) TO '{path}' (FORMAT parquet)
"""


def generate(path: Path, n: int) -> None:
    """Write the archive."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.1)")
        connection.execute(_ARCHIVE.format(n=n, path=path))


def peer(path: str) -> tuple[int, int]:
    """Build the bare graph."""
    import duckdb
    import igraph
    import pyarrow as pa

    with duckdb.connect() as connection:
        rows = connection.sql(
            "SELECT author_id AS one, retweet_author_id AS other, count(*) AS count"
            f" FROM '{path}' WHERE kind = 'retweet' AND origin = 'collected'"
            " AND author_id <> retweet_author_id GROUP BY ALL"
        ).to_arrow_table()
    ends = pa.chunked_array(rows["one"].chunks + rows["other"].chunks)
    coded = ends.dictionary_encode().combine_chunks()
    one, other = coded.indices.to_numpy().reshape(2, -1)
    graph = igraph.Graph(
        n=len(coded.dictionary),
        edges=zip(one.tolist(), other.tolist(), strict=True),
        directed=True,
        vertex_attrs={"name": coded.dictionary.to_pylist()},
        edge_attrs={"weight": rows["count"].to_numpy().tolist()},
    )
    return graph.vcount(), graph.ecount()


def ours(path: str) -> tuple[int, int]:
    """Build the retweet graph."""
    import ibis

    from spread import graphs

    graph = graphs.retweets(ibis.duckdb.connect().read_parquet(path))
    return graph.vcount(), graph.ecount()


def measured(which: str, path: str) -> None:
    """Print what one side takes: CPU seconds of all threads, the clock, GB at most."""
    # What only has to be loaded is not timed.
    import duckdb  # noqa: F401
    import ibis  # noqa: F401

    import spread.graphs  # noqa: F401

    wall, cpu = time.perf_counter(), time.process_time()
    found = {"peer": peer, "ours": ours}[which](path)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(cpu, wall, peak, *found)


def main() -> None:
    """Print both sides and their ratio."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tweets.parquet"
        generate(path, n)
        found = {}
        for which in ("peer", "ours"):
            command = [sys.executable, __file__, which, str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            found[which] = [float(value) for value in done.stdout.split()]
    print(f"{n:,} tweets: {found['ours'][3]:,.0f} accounts, {found['ours'][4]:,.0f} edges")
    print(f"{'':6}{'CPU s':>8}{'clock s':>9}{'GB':>6}")
    for which, values in found.items():
        print(f"{which:6}{values[0]:8.1f}{values[1]:9.1f}{values[2]:6.1f}")
    cpu, wall = (found["ours"][i] / found["peer"][i] for i in (0, 1))
    print(f"ratio {cpu:8.2f}{wall:9.2f}        target: <= 1.5, <= 4 GB")


if __name__ == "__main__":
    if sys.argv[1:2] in (["peer"], ["ours"]):
        measured(*sys.argv[1:])
    else:
        main()
