"""How fast `archive.read` is: python tests/benchmarks/archive.py [tweets] [file.jsonl]

Tweets of `scenario.generate` as JSON lines of v1.1, read by two workers into tables with all
accounting and text rules on; beside it, in the same run and on the same file, DuckDB's
`read_json` with a declared schema into Parquet on two threads, and one process that decodes
with orjson and picks the fields, which both do none of that. Seconds are wall and processor
time (of all processes, so that other work on the machine weighs less); memory is the largest
sum of the processes' proportional set sizes. Linux only.

Where the time goes, in seconds of 200,000 tweets (457 MB) by the clock of an idle machine, where
DuckDB's own reading takes 1.3: .1 until the two processes that read are started, .2 until they
are loaded, 2.3 in which they read (17 to 20 microseconds a tweet: decoding 3, what is kept of a
status 3.5, the checks that nothing can be refused 2, columns 6, writing parts 2, reading and
dividing lines 1, the check sum 1.3), 1.2 for the merge (ranks .15, links .1, tweets .55, accounts
.15, what the report counts .1). Meanwhile this process loads Arrow and DuckDB. The peak of memory
is that of the merge: 370 to 460 MB; of a million tweets it is 960 MB.

With --full, each account also has the fields of its page's looks that the API sent and the
scenario leaves out (about 1 kB an account): the same records in more bytes.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

TWEETS_A_SCALE = 130_000
FIELDS = (
    "id_str", "created_at", "text", "lang", "truncated", "retweet_count", "entities", "place",
    "in_reply_to_status_id_str", "in_reply_to_user_id_str", "coordinates",
)  # fmt: skip
ENTITIES = (
    'STRUCT(hashtags STRUCT("text" VARCHAR)[], urls STRUCT(expanded_url VARCHAR)[],'
    " user_mentions STRUCT(id_str VARCHAR, screen_name VARCHAR)[])"
)
USER = (
    'STRUCT(id_str VARCHAR, screen_name VARCHAR, "name" VARCHAR, "location" VARCHAR,'
    " description VARCHAR, time_zone VARCHAR, utc_offset INTEGER, lang VARCHAR,"
    " followers_count BIGINT, created_at VARCHAR, verified BOOLEAN)"
)
TWEET = {
    "id_str": "VARCHAR",
    "created_at": "VARCHAR",
    "text": "VARCHAR",
    "lang": "VARCHAR",
    "truncated": "BOOLEAN",
    "retweet_count": "BIGINT",
    "in_reply_to_status_id_str": "VARCHAR",
    "in_reply_to_user_id_str": "VARCHAR",
    "coordinates": "STRUCT(coordinates DOUBLE[])",
    "place": "STRUCT(id VARCHAR, full_name VARCHAR, country_code VARCHAR)",
    "entities": ENTITIES,
    "user": USER,
}
LOOKS = {
    f"profile_{what}": f"http://pbs.twimg.example/{what}/378800000{n:09d}/{'0a9f' * 8}_normal.jpeg"
    for n, what in enumerate(
        ("background_image_url", "background_image_url_https", "image_url", "image_url_https",
         "banner_url", "link", "sidebar_border", "sidebar_fill", "text")
    )
}  # fmt: skip


def by_spread(file: Path, to: Path) -> None:
    from spread import archive

    archive.read(file, to=to / "tables", workers=2, progress=False)


def by_duckdb(file: Path, to: Path) -> None:
    import duckdb

    inner = ", ".join(f'"{name}" {kind}' for name, kind in TWEET.items())
    schema = TWEET | {"retweeted_status": f"STRUCT({inner})"}
    declared = ", ".join(f"'{name}': '{kind}'" for name, kind in schema.items())
    con = duckdb.connect(config={"threads": 2})
    con.execute(
        f"COPY (SELECT * FROM read_json('{file}', format='newline_delimited',"
        f" columns={{{declared}}})) TO '{to}/t.parquet' (FORMAT parquet, COMPRESSION zstd)"
    )


def by_orjson(file: Path, to: Path) -> None:
    import orjson

    kept = []
    with file.open("rb") as lines:
        for line in lines:
            tweet = orjson.loads(line)
            picked = [tweet.get(name) for name in FIELDS]
            picked.append(tweet["user"]["id_str"])
            if inner := tweet.get("retweeted_status"):
                picked.append([inner.get(name) for name in FIELDS])
            kept.append(picked)
            if len(kept) == 20_000:
                kept.clear()


READERS: dict[str, Callable[[Path, Path], None]] = {
    "duckdb": by_duckdb,
    "orjson": by_orjson,
    "spread": by_spread,
}


def processes(pid: int) -> Iterator[int]:
    """Yield a process and all that it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from processes(int(child))


def held_kb(pid: int) -> int:
    """Return the memory of a process and all that it started, each shared page once."""
    held = 0
    try:
        for each in processes(pid):
            for line in Path(f"/proc/{each}/smaps_rollup").read_text().splitlines():
                held += int(line.split()[1]) if line.startswith("Pss:") else 0
    except (OSError, IndexError):
        pass
    return held


def measured(name: str, file: Path) -> tuple[float, float, float]:
    """Return the seconds, the processor seconds and the peak memory (MB) of one reader."""
    with tempfile.TemporaryDirectory() as folder:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        reader = subprocess.Popen([sys.executable, __file__, "--one", name, str(file), folder])
        peak = 0
        while reader.poll() is None:
            peak = max(peak, held_kb(reader.pid))
            time.sleep(0.05)
        wall = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if reader.returncode:
        raise SystemExit(f"{name} failed")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, used, peak / 1000


def made(tweets: int, file: Path, *, full: bool) -> None:
    """Write so many tweets of the scenario, in the order in which they were written."""
    import msgspec

    from spread import scenario

    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        raw = Path(folder) / "raw.jsonl"
        scenario.generate("mynypd", raw, scale=max(0.02, tweets / TWEETS_A_SCALE), rng=1)
        with raw.open("rb") as lines, file.open("wb") as out:
            for line in islice(lines, tweets):
                if full:
                    tweet = msgspec.json.decode(line)
                    tweet["user"] |= LOOKS
                    if inner := tweet.get("retweeted_status"):
                        inner["user"] |= LOOKS
                    line = msgspec.json.encode(tweet) + b"\n"
                out.write(line)


def main() -> None:
    """Print a row a reader."""
    given = [word for word in sys.argv[1:] if word != "--full"]
    tweets = int(given[0]) if given else 200_000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(given[1]) if len(given) > 1 else Path(folder) / "tweets.jsonl"
        if not file.exists():
            made(tweets, file, full="--full" in sys.argv)
        print(f"{tweets:,} tweets, {file.stat().st_size / 1e6:,.0f} MB, {os.cpu_count()} cores")
        rows = {name: measured(name, file) for name in READERS}
    print(
        f"{'':8}{'wall s':>8}{'cpu s':>8}{'us/tweet':>10}{'x duckdb':>10}{'cpu x':>8}{'peak MB':>9}"
    )
    peer = rows["duckdb"]
    for name, (wall, used, peak) in rows.items():
        print(
            f"{name:8}{wall:8.1f}{used:8.1f}{1e6 * used / tweets:10.1f}{wall / peer[0]:10.2f}"
            f"{used / peer[1]:8.2f}{peak:9.0f}"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        READERS[sys.argv[2]](Path(sys.argv[3]), Path(sys.argv[4]))
    else:
        main()
