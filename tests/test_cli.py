"""The command: files out, one clear line for bad input, the exit codes."""

import gzip
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from spread import cli, samples

HEAD = 3_000


@pytest.fixture(scope="module")
def some_lines() -> list[bytes]:
    with gzip.open(samples.path("mynypd")) as file:
        return [next(file) for _ in range(HEAD)]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, some_lines: list[bytes]) -> Path:
    path = tmp_path_factory.mktemp("archive") / "head-synthetic.jsonl"
    path.write_bytes(b"".join(some_lines))
    return path


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory, small: Path) -> Path:
    out = tmp_path_factory.mktemp("out")
    assert cli.main([str(small), "--root", "#MYNYPD", "--out", str(out), "--quiet"]) == cli.DONE
    return out


def one_line(capsys: pytest.CaptureFixture[str], argv: list[str]) -> tuple[int, str]:
    code = cli.main(argv)
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    return code, lines[0]


def test_it_writes_what_the_readme_says(done: Path) -> None:
    assert (done / "report.html").stat().st_size > 1e6
    assert len(list((done / "figures").glob("*.html"))) >= 8
    csv = {path.stem for path in (done / "tables").glob("*.csv")}
    assert csv == {path.stem for path in (done / "tables").glob("*.parquet")} >= {"seeds", "naive"}
    assert not list(done.rglob("*.part"))


def test_the_record_says_how_to_repeat_it(done: Path, small: Path) -> None:
    record = json.loads((done / "run.json").read_text(encoding="utf-8"))
    assert record["seed"] == 1
    assert record["synthetic"] is True
    assert record["root"] == "mynypd"
    assert record["inputs"][0]["records"] == HEAD
    assert re.fullmatch("[0-9a-f]{64}", record["inputs"][0]["sha256"])
    assert {"spread", "numpy", "duckdb"} <= set(record["versions"])


def test_the_same_seed_gives_the_same_tables(done: Path, small: Path, tmp_path: Path) -> None:
    assert cli.main([str(small), "--root", "mynypd", "--out", str(tmp_path), "--quiet"]) == 0
    for path in sorted((done / "tables").glob("*.parquet")):
        again = tmp_path / "tables" / path.name
        pd.testing.assert_frame_equal(pd.read_parquet(path), pd.read_parquet(again))


def test_the_last_line_says_where_to_look(
    capsys: pytest.CaptureFixture[str], small: Path, tmp_path: Path
) -> None:
    cli.main([str(small), "--out", str(tmp_path / "o"), "--quiet"])
    assert capsys.readouterr().out.splitlines()[-1] == f"Open {tmp_path / 'o' / 'report.html'}"


def test_a_missing_path(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, line = one_line(capsys, [str(tmp_path / "none.jsonl"), "--out", str(tmp_path / "o")])
    assert code == cli.NOTHING_USABLE
    assert "none.jsonl" in line


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x89PNG\r\n\x1a\n\0\0", b'{"a": 1}\n'])
def test_a_file_without_a_tweet(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    code, line = one_line(capsys, [str(tmp_path / "a.jsonl"), "--out", str(tmp_path / "o")])
    assert code == cli.NOTHING_USABLE
    assert "a.jsonl" in line


def test_a_tag_that_never_occurs(
    capsys: pytest.CaptureFixture[str], small: Path, tmp_path: Path
) -> None:
    argv = [str(small), "--root", "myNYPB", "--out", str(tmp_path / "o"), "--quiet"]
    code, line = one_line(capsys, argv)
    assert code == cli.NOTHING_USABLE
    assert "the tag #mynypb never occurs" in line
    assert "#myNYPD (" in line


def test_a_place_that_cannot_be_written(
    capsys: pytest.CaptureFixture[str], small: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    code, line = one_line(capsys, [str(small), "--out", str(tmp_path / "file"), "--quiet"])
    assert code == cli.NOT_WRITTEN
    assert "cannot be written" in line


def test_a_cut_line_and_a_binary_file_leave_the_rest_readable(
    some_lines: list[bytes], tmp_path: Path
) -> None:
    cut = some_lines[5][:700] + b"\n" + some_lines[5][700:]
    (tmp_path / "a.jsonl").write_bytes(b"".join(some_lines[:500]) + cut)
    (tmp_path / "b.jsonl").write_bytes(bytes(range(256)) * 20)
    out = tmp_path / "o"
    assert cli.main([str(tmp_path / "[ab].jsonl"), "--out", str(out), "--quiet"]) == cli.PARTLY
    files = pd.read_parquet(out / "tables" / "files.parquet").set_index("source_file")
    rejects = pd.read_parquet(out / "tables" / "rejects.parquet")
    assert (files.records == files.kept + files.duplicates + files.notices + files.rejected).all()
    assert files.kept.sum() == 500
    assert set(rejects.source_file.map(lambda name: Path(name).name)) == {"a.jsonl", "b.jsonl"}


@pytest.mark.parametrize(
    "argv",
    [
        ["--seed", "-1"],
        ["--time-zone", "Mars/Olympus"],
        ["--start", "yesterday-ish"],
        ["--start", "2015", "--end", "2014"],
        ["--camps", "none.csv"],
    ],
)
def test_usage(
    capsys: pytest.CaptureFixture[str], small: Path, tmp_path: Path, argv: list[str]
) -> None:
    code, line = one_line(capsys, [str(small), "--out", str(tmp_path / "o"), "--quiet", *argv])
    assert code == cli.USAGE
    assert "got " in line


def test_an_unknown_option_is_usage(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["--colour"])
    assert stopped.value.code == cli.USAGE


def test_every_option_is_explained() -> None:
    actions = cli.parser()._actions
    assert all(action.help for action in actions)
    assert all(code in (cli.parser().epilog or "") for code in ("0 done", "3 done", "130"))
