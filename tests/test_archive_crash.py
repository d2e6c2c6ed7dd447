"""Reading that is killed, run twice at once, or asked the same in other words."""

import contextlib
import gzip
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_archive import lines, put, snowflake, v1_retweet, v1_tweet, v2_tweet

from spread import archive
from spread._errors import OutputError, SpreadError, UsageError
from spread.archive import _engine, _ingest, _lock, _serving, _workers
from spread.archive._lock import HeldError, held
from spread.archive.files._packed import zstd
from spread.tables import TWEETS

# Reads again and again, each time in a fork that is killed after the next of the delays. The
# forks find all modules loaded, so that the kills fall into what touches the disk.
_PROGRAM = """
import json, os, signal, sys, time
from spread import archive
from spread.archive.merging import _tables
files, out, delays = json.loads(sys.argv[1])
for number, delay in enumerate(delays):
    child = os.fork()
    if child == 0:
        archive.read(files, to=f"{out}/{number}", workers=1, progress=False)
        os._exit(0)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""
TABLES = ("tweets", "users", "follows", "rejects")


def _tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / f"{name}.parquet").read_bytes() for name in TABLES}


def _files(folder: Path, *, tweets: int) -> list[Path]:
    rng = random.Random(2)
    files = []
    for number in range(3):
        some = [v1_tweet(rng.randrange(9999), f"#tag{n % 7}", n % 50 + 1) for n in range(tweets)]
        files.append(put(folder / f"{number}.jsonl", *some, b"{", packed=number == 1))
    return files


def _outcomes(folder: Path, kills: int, tweets: int) -> tuple[int, int]:
    """Kill readings at random moments; return how many left nothing and how many were done.

    Whatever a killed one left at the final name is whole, and a rerun gives the same bytes.
    """
    files = _files(folder, tweets=tweets)
    whole = _tables(archive.read(files, to=folder / "whole", workers=1).path)
    begun = time.perf_counter()
    archive.read(files, to=folder / "again", workers=1)
    lasts_s = time.perf_counter() - begun
    rng, out = random.Random(4), folder / "out"
    delays = [rng.uniform(0, 1.3 * lasts_s) for _ in range(kills)]
    task = json.dumps([[str(file) for file in files], str(out), delays])
    subprocess.run([sys.executable, "-c", _PROGRAM, task], check=True)
    done = [number for number in range(kills) if (out / str(number)).exists()]
    for number in done:
        assert _tables(out / str(number)) == whole
    for number in sorted(set(range(kills)) - set(done))[:3]:
        assert _tables(archive.read(files, to=out / str(number), workers=1).path) == whole
        assert [path.name for path in out.glob(f".{number}.*")] == []
    return kills - len(done), len(done)


@pytest.mark.skipif(sys.platform == "win32", reason="forks and kills")
def test_what_is_killed_leaves_nothing_and_can_be_run_again(tmp_path: Path) -> None:
    nothing, done = _outcomes(tmp_path, kills=3, tweets=30)
    assert nothing + done == 3


def _cut_off(files: list[Path], to: Path, after: int) -> list[str]:
    """Read until so many files were read to their ends, then be interrupted; return the rest."""
    read: list[str] = []

    def run(job: _workers.Job, on_bytes: Callable[[int], object]) -> dict[str, object]:
        if len(read) == after:
            raise KeyboardInterrupt
        read.append(Path(job.path).name)
        return _whole_run(job, on_bytes)

    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(KeyboardInterrupt):
        patch.setattr(_serving, "read", run)
        archive.read(files, to=to, workers=1)
    return read


_whole_run = _serving.read
_start = _workers._started


def test_what_was_read_to_its_end_is_not_read_again(tmp_path: Path) -> None:
    files = _files(tmp_path, tweets=20)
    whole = archive.read(files, to=tmp_path / "whole", workers=1)
    out = tmp_path / "out"
    assert _cut_off(files, out, 2) == ["0.jsonl", "1.jsonl"]
    # What a kill leaves of the third file, and of the tables, is cleared away.
    draft = tmp_path / ".out.0.part"
    (draft / "tweets.parquet").write_bytes(b"half")
    (draft / "parts" / "tweets-000002.parquet").write_bytes(b"half")
    assert not out.exists()
    assert _cut_off(files, out, 9) == ["2.jsonl"]
    assert _tables(out) == _tables(whole.path)
    assert archive.open(out).report.as_dict() == whole.report.as_dict()
    assert list(tmp_path.glob(".*")) == []


def test_an_interrupted_query_is_an_interruption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise RuntimeError("Query interrupted")

    file = put(tmp_path / "a.jsonl", v1_tweet(1))
    with monkeypatch.context() as patch:
        patch.setattr(_engine, "store", stopped)
        with pytest.raises(KeyboardInterrupt):
            archive.read(file, to=tmp_path / "out")
    assert (tmp_path / ".out.0.part").is_dir()
    assert archive.read(file, to=tmp_path / "out").report.totals["kept"] == 1


def test_a_file_that_changed_meanwhile_is_read_again(tmp_path: Path) -> None:
    files = _files(tmp_path, tweets=5)
    assert len(_cut_off(files, tmp_path / "out", 2)) == 2
    put(files[0], v1_tweet(77))
    assert _cut_off(files, tmp_path / "out", 9) == ["0.jsonl", "2.jsonl"]
    assert _tables(tmp_path / "out") == _tables(
        archive.read(files, to=tmp_path / "whole", workers=1).path
    )


def test_a_file_that_grows_while_it_is_read_is_told_and_not_taken_for_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_and_written(reader: Any, text: Any) -> None:
        take(reader, text)
        if reader._path == files[1]:
            files[1].write_bytes(files[1].read_bytes() + lines(v1_tweet(77)))

    files, take = _files(tmp_path, tweets=5), _ingest.Reader.take_text
    with monkeypatch.context() as patch:
        patch.setattr(_ingest.Reader, "take_text", read_and_written)
        report = archive.read(files, workers=1).report
        assert len(_cut_off(files, tmp_path / "out", 2)) == 2
    assert report.changed == (report.files.source_file[1],)
    assert any("1.jsonl): what was written meanwhile" in said for said in report.warnings)
    assert _cut_off(files, tmp_path / "out", 9) == ["1.jsonl", "2.jsonl"]


def test_a_file_that_goes_while_it_is_read_is_told(tmp_path: Path) -> None:
    file = put(tmp_path / "t.jsonl", v1_tweet(1))
    take = _ingest.Reader.take_text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_ingest.Reader, "take_text", lambda *a: (take(*a), file.rename(f"{file}.1")))
        read = archive.read(file, to=tmp_path / "out", workers=1)
    assert (read.report.totals["kept"], read.report.changed) == (1, (str(file),))


def test_a_part_that_is_not_as_it_was_noted_is_made_again(tmp_path: Path) -> None:
    files = _files(tmp_path, tweets=5)
    assert len(_cut_off(files, tmp_path / "out", 2)) == 2
    part = tmp_path / ".out.0.part" / "parts" / "tweets-000001.parquet"
    # As after the power went: its length is there, what it held is not.
    part.write_bytes(bytes(part.stat().st_size))
    assert _cut_off(files, tmp_path / "out", 9) == ["1.jsonl", "2.jsonl"]
    whole = archive.read(files, to=tmp_path / "whole", workers=1)
    assert _tables(tmp_path / "out") == _tables(whole.path)


def test_a_worker_that_is_killed_is_named_at_once_and_the_rest_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _files(tmp_path, tweets=20)

    def killed() -> subprocess.Popen[str]:
        process = _start()
        process.kill()
        return process

    whole = archive.read(files, to=tmp_path / "whole", workers=1)
    with monkeypatch.context() as patch:
        patch.setattr(_workers, "_started", killed)
        with pytest.raises(SpreadError, match="a worker stopped"):
            archive.read(files, to=tmp_path / "out", workers=2)
    assert (tmp_path / ".out.0.part").is_dir()
    assert _tables(archive.read(files, to=tmp_path / "out", workers=2).path) == _tables(whole.path)


def test_a_link_in_the_draft_s_place_is_not_followed(tmp_path: Path) -> None:
    file = put(tmp_path / "a.jsonl", v1_tweet(1))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes").write_text("mine")
    (tmp_path / ".out.0.part").symlink_to(tmp_path / "mine")
    assert archive.read(file, to=tmp_path / "out").report.totals["kept"] == 1
    assert (tmp_path / "mine" / "notes").read_text() == "mine"
    assert not (tmp_path / "out").is_symlink()


def test_workers_run_nothing_from_the_folder_they_are_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _files(tmp_path, tweets=5)
    (tmp_path / "random.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
    assert archive.read(files, workers=2).report.totals["kept"] > 0


def test_workers_end_with_the_error_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        started.append(_start())
        return started[-1]

    monkeypatch.setattr(_workers, "_started", start)
    file = _files(tmp_path, tweets=5)[0]
    jobs = [_workers.Job(str(file), "x", n, str(tmp_path / "gone"), False) for n in (0, 1)]
    with pytest.raises(FileNotFoundError):
        _workers.run(jobs, 2, lambda _: None)
    assert len(started) == 2
    assert None not in [process.poll() for process in started]


@pytest.mark.calibration
@pytest.mark.skipif(sys.platform == "win32", reason="forks and kills")
def test_killed_at_a_hundred_random_moments(
    tmp_path: Path, calibration_row: Callable[..., None]
) -> None:
    nothing, done = _outcomes(tmp_path, kills=100, tweets=100)
    assert nothing + done == 100
    told = f"{nothing} left nothing at the final name, {done} were whole, 0 in part"
    calibration_row("archive", "a reading killed at 100 random moments", told, "0 in part")


def test_two_readings_into_one_folder_exclude_each_other(tmp_path: Path) -> None:
    file = put(tmp_path / "a.jsonl", v1_tweet(1))
    with held(tmp_path / ".out.lock"):
        with pytest.raises(UsageError, match="another reading into this folder") as caught:
            archive.read(file, to=tmp_path / "out")
        assert f"process {os.getpid()} on" in str(caught.value)
        assert "\n" not in str(caught.value)
    archive.read(file, to=tmp_path / "out")
    assert not (tmp_path / ".out.lock").exists()


def test_a_lock_on_a_file_that_went_meanwhile_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, lock = tmp_path / "lock", _lock._locked

    def after_another_ended(descriptor: int) -> bool:
        monkeypatch.undo()
        path.unlink()
        return lock(descriptor)

    monkeypatch.setattr(_lock, "_locked", after_another_ended)
    with held(path), pytest.raises(HeldError), held(path):
        pass
    assert not path.exists()


def test_what_stands_in_the_lock_s_place_is_named(tmp_path: Path) -> None:
    (tmp_path / ".out.lock").mkdir()
    with pytest.raises(OutputError, match=r"\.out\.lock \(") as caught:
        archive.read(put(tmp_path / "a.jsonl", v1_tweet(1)), to=tmp_path / "out")
    assert "\n" not in str(caught.value)


def test_what_a_killed_reading_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".out.x1.part").mkdir()
    (tmp_path / ".out.x1.part" / "half.parquet").write_bytes(b"half")
    (tmp_path / ".other.x1.part").mkdir()
    archive.read(put(tmp_path / "a.jsonl", v1_tweet(1)), to=tmp_path / "out")
    assert sorted(p.name for p in tmp_path.glob(".*")) == [".other.x1.part"]


# --- The same in other words ----------------------------------------------------------------

ORIGINAL = v1_tweet(1, "the original #myNYPD")
RECORDS = [
    ORIGINAL,
    v1_retweet(5, ORIGINAL),
    v1_retweet(6, ORIGINAL, author=3),
    v1_tweet(8, "later #MyOPD", 4),
    v1_tweet(9, "gone", 5),
    {"delete": {"status": {"id_str": snowflake(9, 5), "user_id_str": "5"}}},
    v2_tweet(10, "another #myNYPD", 6),
]
OWN = [name for name in TWEETS.names if not name.startswith("source_")]
PACKINGS = {"": bytes, ".gz": gzip.compress, ".zst": zstd.compress}


def _rows(folder: Path, parts: list[tuple[list[int], str]]) -> pd.DataFrame:
    for number, (some, ending) in enumerate(parts):
        text = PACKINGS[ending](lines(*(RECORDS[n] for n in some)))
        (folder / f"{number}.json{ending}").write_bytes(text)
    return archive.read(folder, progress=False).frame("tweets")[OWN]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return _rows(tmp_path_factory.mktemp("plain"), [(list(range(len(RECORDS))), "")])


@settings(max_examples=3, deadline=None, derandomize=True)
@given(data=st.data())
def test_order_division_repetition_and_packing_change_nothing(
    plain: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.integers(0, len(RECORDS) - 1), max_size=4))
    order = data.draw(st.permutations([*range(len(RECORDS)), *again]))
    cut = data.draw(st.integers(1, len(order) - 1))
    endings = data.draw(st.tuples(*[st.sampled_from(list(PACKINGS))] * 2))
    parts = list(zip((order[:cut], order[cut:]), endings, strict=True))
    pd.testing.assert_frame_equal(_rows(tmp_path_factory.mktemp("parts"), parts), plain)


@settings(max_examples=2, deadline=None, derandomize=True)
@given(ids=st.lists(st.integers(1, 2**64 - 1), min_size=40, max_size=40, unique=True))
def test_every_id_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, ids: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("ids")
    tweets = [v1_tweet(1, id=i, id_str=None, user={"id": i}) for i in ids[:20]]
    tweets += [v1_tweet(1, id=0, id_str=str(i), user={"id_str": str(i)}) for i in ids[20:]]
    read = archive.read(put(folder / "a.jsonl", *tweets), to=folder / "out")
    rows = archive.open(read.path).frame("tweets")
    assert set(rows.tweet_id) == set(rows.author_id) == {str(i) for i in ids}
    rows.to_csv(folder / "again.csv", columns=["tweet_id", "author_id", "at"], index=False)
    columns = {"tweet_id": "tweet_id", "author_id": "author_id", "at": "at"}
    again = archive.read(folder / "again.csv", columns=columns).frame("tweets")
    assert set(again.tweet_id) == {str(i) for i in ids}
    table = json.loads(rows[["tweet_id"]].to_json())
    assert set(table["tweet_id"].values()) == {str(i) for i in ids}


def test_one_tweet_in_both_interfaces_of_twitter_is_one_row(tmp_path: Path) -> None:
    tag = {"hashtags": [{"text": "myNYPD", "tag": "myNYPD"}], "user_mentions": [], "mentions": []}
    one = v1_tweet(3, "fine #myNYPD &amp; more", 7, entities=tag, lang="en", retweet_count=2)
    two = v2_tweet(3, "fine #myNYPD &amp; more", 7, entities=tag, lang="en")
    two["public_metrics"]["retweet_count"] = 2
    page = {"data": [two], "includes": {"users": [{"id": "7", "username": "invented7"}]}}
    both = archive.read([put(tmp_path / "1.json", one), put(tmp_path / "2.json", page)])
    assert (both.report.totals["records"], both.report.totals["duplicates"]) == (2, 1)
    alone = [archive.read(tmp_path / f"{n}.json").frame("tweets")[OWN] for n in (1, 2)]
    left, right = (frame.drop(columns="followers") for frame in alone)
    pd.testing.assert_frame_equal(left, right)


def test_what_a_stream_held_back_is_a_known_loss(tmp_path: Path) -> None:
    limits = [{"limit": {"track": n}} for n in (3, 40, 7, 2**70, -5)]
    read = archive.read(put(tmp_path / "a.jsonl", *limits, v1_tweet(1)), to=tmp_path / "out")
    assert (read.report.lost, read.report.totals["notices"]) == (40 + 7, 5)
    assert archive.open(read.path).report.facts()["known loss"].startswith("at least 47 tweets")


def test_too_little_memory_for_a_merge_is_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = _files(tmp_path, tweets=200)
    whole = _tables(archive.read(files, to=tmp_path / "whole").path)
    bare, asked = _engine.bare, []

    def little(spill: Path, *, engine: str, data: int | None) -> Any:
        con = bare(spill, engine=engine, data=data)
        if data is not None:
            con.execute("SET memory_limit = '1MB'")
        asked.append(data)
        return con

    monkeypatch.setattr(_engine, "bare", little)
    assert _tables(archive.read(files, to=tmp_path / "little").path) == whole
    assert [data is None for data in asked[:2]] == [False, True]
