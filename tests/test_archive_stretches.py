"""A large file read in stretches by several workers gives what one worker gives."""

import json
from pathlib import Path

import pytest
from invented_archive import lines, put, v1_retweet, v1_tweet

from spread import archive
from spread.archive import _stretches
from spread.archive._workers import Job

ORIGINAL = v1_tweet(1, "the original #myNYPD", retweet_count=5)
SOME = [v1_retweet(n + 2, ORIGINAL, n + 3, retweet_count=n % 7) for n in range(60)]
PRETTY = json.dumps(v1_tweet(500, author=9), indent=1).encode()
ODD = [b"{", PRETTY, b"", b'{"limit": {"track": 3}}', lines(*SOME[:2]).replace(b"\n", b"")]
TABLES = ("tweets", "users", "follows", "rejects")


def test_stretches_change_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put(tmp_path / "t.jsonl", *SOME[:20], *ODD, *SOME[20:40], *ODD[::-1], *SOME[40:], b"[")
    whole = archive.read(file, to=tmp_path / "whole", workers=1)
    monkeypatch.setattr(_stretches, "STRETCH_BYTES", 6_000)
    parted = archive.read(file, to=tmp_path / "parted", workers=2)
    for name in TABLES:
        one, other = ((read.path / f"{name}.parquet").read_bytes() for read in (whole, parted))
        assert one == other, name
    assert parted.report.as_dict() == whole.report.as_dict()
    assert parted.report.totals["rejected"] > 2


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
