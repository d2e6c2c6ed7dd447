"""A large file read in stretches by several workers gives what one worker gives."""

import json
from itertools import permutations
from pathlib import Path

import pytest
from invented_archive import lines, put, v1_retweet, v1_tweet, v2_tweet

from spread import archive
from spread.archive import _stretches
from spread.archive._counts import held_back
from spread.archive._workers import Job
from spread.archive.files import _arrays

ORIGINAL = v1_tweet(1, "the original #myNYPD", retweet_count=5)
SOME = [v1_retweet(n + 2, ORIGINAL, n + 3, retweet_count=n % 7) for n in range(60)]
PRETTY = json.dumps(v1_tweet(500, author=9), indent=1).encode()
ODD = [b"{", PRETTY, b"", b'{"limit": {"track": 3}}', lines(*SOME[:2]).replace(b"\n", b"")]
TABLES = ("tweets", "users", "follows", "rejects")


def _limits(*tracks: int) -> list[dict[str, dict[str, int]]]:
    return [{"limit": {"track": track}} for track in tracks]


def _least(tracks: tuple[int, ...], last: tuple[int, ...] = ()) -> int:
    """Return what any division of counts into counters that never fall comes to at least."""
    if not tracks:
        return sum(last)
    now, *left = tracks
    before = [n for n, each in enumerate(last) if each <= now]
    going_on = [(*last[:n], now, *last[n + 1 :]) for n in before]
    return min(_least(tuple(left), each) for each in (*going_on, (*last, now)))


def test_what_was_held_back_is_the_least_that_counters_come_to() -> None:
    for tracks in permutations((1, 2, 4, 8, 16, 32)):
        assert held_back(tracks) == _least(tracks)


def test_stretches_change_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put(
        tmp_path / "t.jsonl", *_limits(10, 25), *SOME[:20], *ODD, *SOME[20:40], *_limits(4, 30, 6),
        *ODD[::-1], b"[", *SOME[40:], *_limits(8, 31), b"[",
    )  # fmt: skip
    whole = archive.read(file, to=tmp_path / "whole", workers=1)
    monkeypatch.setattr(_stretches, "STRETCH_BYTES", 6_000)
    parted = archive.read(file, to=tmp_path / "parted", workers=2)
    for name in TABLES:
        one, other = ((read.path / f"{name}.parquet").read_bytes() for read in (whole, parted))
        assert one == other, name
    assert parted.report.as_dict() == whole.report.as_dict()
    assert parted.report.totals["rejected"] > 2
    # One counter to 31, and one that began anew at 3: what it told next were 4, 6, 8.
    assert whole.report.lost == 31 + 8


def test_a_file_is_divided_between_records_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(tmp_path / "t.jsonl", *SOME[:20], PRETTY, *SOME[20:])
    monkeypatch.setattr(_stretches, "STRETCH_BYTES", 5_000)
    job = Job(str(file), "t", 0, "", False)
    jobs = _stretches.divided([job], 2)
    text = file.read_bytes()
    assert len(jobs) > 3
    assert b"".join(text[job.start : job.end] for job in jobs) == text
    for job in jobs[1:]:
        assert json.loads(text[job.start :].split(b"\n")[0])["id_str"]
        assert json.loads(text[: job.start].split(b"\n")[-2])["id_str"]
    assert _stretches.divided([job._replace(strict=True)], 2)[0].end is None


@pytest.mark.parametrize(
    "text", [b"[\n" + b",\n".join(lines(t).strip() for t in SOME) + b"\n]", PRETTY * 40]
)
def test_what_spans_lines_is_not_divided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: bytes
) -> None:
    (tmp_path / "t.json").write_bytes(text)
    monkeypatch.setattr(_stretches, "STRETCH_BYTES", 5_000)
    job = Job(str(tmp_path / "t.json"), "t", 0, "", False)
    assert _stretches.divided([job], 2) == [job]


def test_what_is_inside_a_page_is_named_by_the_page_s_own_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    includes = {"users": [{"username": "no-id"}], "tweets": [{"id": "5", "text": "whose?"}]}
    page = {"data": [v2_tweet(1), v2_tweet(2)], "includes": includes}
    pages = [page | {"meta": {"page": n}} for n in range(40)]
    file = put(tmp_path / "t.jsonl", *pages)
    monkeypatch.setattr(_stretches, "STRETCH_BYTES", 2_000)
    told = [archive.read(file, workers=workers).report.rejects for workers in (1, 2)]
    assert told[0].equals(told[1])
    # Each page holds two records, and is called by the first of them.
    assert told[0].source_record.tolist() == [n for n in range(1, 81, 2) for _ in range(2)]
    starts = [sum(len(lines(p)) for p in pages[:n]) for n in range(40)]
    assert all(f"at byte {starts[39]:,}: " in said for said in told[0].detail[-2:])


def test_a_fault_inside_is_told_whatever_was_read_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = {name: value for name, value in ORIGINAL.items() if name != "user"}
    some = [v1_tweet(n, "RT", user={"id": n, "name": "n"}) for n in range(2, 60)]
    inside = [nobody, ORIGINAL] * 29
    file = put(
        tmp_path / "t.jsonl",
        *(t | {"retweeted_status": o} for t, o in zip(some, inside, strict=True)),
    )
    monkeypatch.setattr(_stretches, "STRETCH_BYTES", 4_000)
    told = [archive.read(file, workers=workers).report.rejects for workers in (1, 2)]
    assert told[0].equals(told[1])
    assert told[0].source_record.tolist() == list(range(1, 59, 2))


def test_an_array_of_broken_elements_is_no_search_of_each_among_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls, search = [], _arrays.extent
    monkeypatch.setattr(_arrays, "extent", lambda *given: calls.append(1) or search(*given))
    record = lines(v1_tweet(1)).strip()
    broken = b",".join([record.replace(b'"text"', b'"of": NaN, "text"')] * 1_000)
    (tmp_path / "t.json").write_bytes(b"[" + broken + b"]\n" + record + b"\n")
    totals = archive.read(tmp_path).report.totals
    assert (totals["records"], totals["rejected"], totals["kept"]) == (1_001, 1_000, 1)
    # Each among all would be half a million.
    assert len(calls) < 10_000
