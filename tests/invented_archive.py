"""Invented tweets in the forms of Twitter's two interfaces, and files made of them."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from spread.archive._ingest import ingest

LAUNCH = datetime(2014, 4, 22, 17, 55, tzinfo=UTC)
SNOWFLAKE_EPOCH_MS = 1288834974657  # as Twitter published it


def snowflake(second: float, sequence: int = 0) -> str:
    """Return the id that Twitter would have given this many seconds after the launch."""
    at = LAUNCH + timedelta(seconds=second)
    return str((round(at.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS << 22) + sequence)


def v1_time(second: float) -> str:
    """Return `created_at` of v1.1."""
    return (LAUNCH + timedelta(seconds=second)).strftime("%a %b %d %H:%M:%S +0000 %Y")


def v1_user(number: int, **more: Any) -> dict[str, Any]:
    """Return an account of v1.1."""
    name = f"invented{number}"
    return {
        "id": number,
        "id_str": str(number),
        "screen_name": name,
        "followers_count": 100 + number,
    } | more


def v1_tweet(second: float, text: str = "fine #myNYPD", author: int = 1, **more: Any) -> dict:
    """Return a status of v1.1; entities are left out unless they are given."""
    tweet_id = snowflake(second, author)
    return {
        "id": int(tweet_id),
        "id_str": tweet_id,
        "created_at": v1_time(second),
        "text": text,
        "user": v1_user(author),
        "retweet_count": 0,
    } | more


def v1_retweet(second: float, original: dict, author: int = 2, **more: Any) -> dict:
    """Return a retweet of v1.1, its text cut as Twitter cut it."""
    text = f"RT @{original['user']['screen_name']}: {original['text']}"
    text = text if len(text) <= 140 else text[:139] + "…"
    return v1_tweet(second, text, author, retweeted_status=original, **more)


def v2_tweet(second: float, text: str = "fine #myNYPD", author: int = 1, **more: Any) -> dict:
    """Return a tweet of v2."""
    return {
        "id": snowflake(second, author),
        "text": text,
        "author_id": str(author),
        "created_at": (LAUNCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "public_metrics": {"retweet_count": 0},
    } | more


def v2_user(number: int, **more: Any) -> dict:
    """Return an account of v2."""
    metrics = {"followers_count": 100 + number}
    username = f"invented{number}"
    account = {"id": str(number), "username": username, "name": "", "public_metrics": metrics}
    return account | more


def lines(*records: Any) -> bytes:
    """Return JSON lines; bytes stay as they are."""
    encoded = [r if isinstance(r, bytes) else json.dumps(r).encode() for r in records]
    return b"".join(line + b"\n" for line in encoded)


def put(path: Path, *records: Any, packed: bool = False) -> Path:
    """Write JSON lines to a file, and return its path."""
    text = lines(*records)
    path.write_bytes(gzip.compress(text) if packed else text)
    return path


def counted(folder: Path, text: bytes, **options: Any) -> tuple[dict[str, Any], list[dict]]:
    """Return what one file's text counts as, and its rejects, without making tables."""
    import pyarrow.parquet as pq

    file = folder / "file"
    file.write_bytes(text)
    parts = folder / "parts"
    parts.mkdir(exist_ok=True)
    for old in parts.iterdir():
        old.unlink()
    counts = ingest(file, source_file="file", folder=parts, number=0, **options)
    rejects = parts / "rejects-000000.parquet"
    return counts, pq.read_table(rejects).to_pylist() if rejects.exists() else []
