"""Close pairs of shares, and detection: python tests/benchmarks/coordination.py [shares]

The peers join each object's shares with themselves, as published tools do: O(n^2) per object.
The shares are invented: objects of heavy-tailed popularity, most of it within minutes.
"""

import sys
import time
from collections.abc import Callable

import duckdb
import numpy as np
import pandas as pd

from spread import coordination

WITHIN_S = 10
PANDAS_ROWS = 5e7


def invented(count: int, seed: int = 1) -> pd.DataFrame:
    """Return so many shares."""
    rng = np.random.default_rng(seed)
    popularity = rng.pareto(1.3, count // 20) + 1
    item = rng.choice(len(popularity), count, p=popularity / popularity.sum())
    born = rng.uniform(0, 30 * 86_400, len(popularity))
    at = born[item] + 600 * rng.pareto(0.8, count)
    user = rng.choice(count // 5, count, p=_activity(rng, count // 5))
    us = (at * 1e6).astype(np.int64) % (10**15) + 1_398_000_000_000_000
    return pd.DataFrame(
        {
            "tweet_id": np.arange(count).astype(str),
            "author_id": user.astype(str),
            "object": item.astype(str),
            "at": pd.to_datetime(us, unit="us", utc=True),
        }
    )


def _activity(rng: np.random.Generator, accounts: int) -> np.ndarray:
    activity = rng.lognormal(0, 1.2, accounts)
    return activity / activity.sum()


def by_pandas(table: pd.DataFrame) -> int:
    """Count close pairs of two accounts by joining the table with itself."""
    rows = table.assign(row=np.arange(len(table)))
    joined = rows.merge(rows, on="object")
    later = (joined.row_x < joined.row_y) & (joined.author_id_x != joined.author_id_y)
    lag_s = (joined.at_x - joined.at_y).abs().dt.total_seconds()
    return int((later & (lag_s <= WITHIN_S)).sum())


def by_duckdb(table: pd.DataFrame) -> int:
    """Count the same by DuckDB, which joins on the object and filters."""
    query = f"""
        SELECT count(*) FROM table a JOIN table b ON a.object = b.object
        AND a.tweet_id < b.tweet_id AND a.author_id <> b.author_id
        AND abs(epoch_us(a.at) - epoch_us(b.at)) <= {WITHIN_S * 1_000_000}
    """
    with duckdb.connect() as connection:
        connection.register("shares", table)
        found = connection.execute(query.replace("table", "shares")).fetchone()
    return int(found[0]) if found else 0


def by_window(table: pd.DataFrame) -> int:
    """Count the same by the sliding window."""
    return len(coordination.close_shares(table, within_s=WITHIN_S, kind="object"))


def found(table: pd.DataFrame) -> int:
    """Return how many pairs of accounts the whole of detection looks at."""
    return coordination.detect(table, within_s=WITHIN_S, kind="object").attrs["pairs"]


def timed(what: Callable[[pd.DataFrame], int], table: pd.DataFrame) -> tuple[float, int]:
    """Return seconds and the result."""
    start = time.perf_counter()
    result = what(table)
    return time.perf_counter() - start, result


def main() -> None:
    """Print seconds beside the peers'."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    found(invented(1000)), by_window(invented(1000))
    table = invented(count)
    sizes = table["object"].value_counts().astype(float)
    joined = (sizes**2).sum()
    print(f"{count:,} shares; joined with themselves by object: {joined:,.0f} rows")
    seconds, pairs = timed(by_window, table)
    print(f"{'coordination.close_shares':<28} {seconds:8.2f} s  {pairs:,} pairs")
    for name, peer in (("DuckDB self-join", by_duckdb), ("pandas self-join", by_pandas)):
        if peer is by_pandas and joined > PANDAS_ROWS:
            print(f"{name:<28} left out: its join has too many rows")
            continue
        peer_seconds, peer_pairs = timed(peer, table)
        assert peer_pairs == pairs, (peer_pairs, pairs)
        print(f"{name:<28} {peer_seconds:8.2f} s  {peer_seconds / seconds:.1f} x")
    seconds, account_pairs = timed(found, table)
    print(f"{'coordination.detect':<28} {seconds:8.2f} s  {account_pairs:,} pairs of accounts")


if __name__ == "__main__":
    main()
