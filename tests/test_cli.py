"""The command: files out, one clear line for bad input, the exit codes."""

import contextlib
import gzip
import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from invented_archive import put, v1_tweet

from spread import samples
from spread._errors import InputError, UsageError
from spread.archive import Archive
from spread.archive.files._found import find
from spread.cli import _answer as codes
from spread.cli import _listing, _source, archive, cascade, places, scenario

HEAD = 2_000


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
def told(tmp_path_factory: pytest.TempPathFactory, small: Path) -> tuple[Path, str]:
    """Run the command once; return its folder and what it printed."""
    out, printed = tmp_path_factory.mktemp("out"), io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = cascade.main([str(small), "--root", "#MYNYPD", "--out", str(out), "--quiet"])
    assert code == codes.DONE
    return out, printed.getvalue()


@pytest.fixture(scope="module")
def done(told: tuple[Path, str]) -> Path:
    return told[0]


def one_line(capsys: pytest.CaptureFixture[str], argv: list[str]) -> tuple[int, str]:
    code = cascade.main(argv)
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1, lines
    return code, lines[0]


def test_it_writes_what_the_readme_says(done: Path) -> None:
    assert (done / "report.html").stat().st_size > 1e6
    assert len(list((done / "figures").glob("*.html"))) >= 8
    csv = {path.stem for path in (done / "tables").glob("*.csv")}
    assert csv == {path.stem for path in (done / "tables").glob("*.parquet")} >= {"seeds", "naive"}
    assert not list(done.rglob("*.part"))


def test_every_table_has_a_name_that_is_known_before_the_work(done: Path) -> None:
    assert {path.stem for path in (done / "tables").iterdir()} <= _listing.TABLES
    assert {"sensitivity", "robustness", "controls"} <= _listing.TABLES


@pytest.mark.parametrize("name", ["report.html", "run.json", "tables/seeds.csv", "figures/map.svg"])
def test_what_is_not_ours_is_not_written_over(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, small: Path, name: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    argv = [str(small), "--out", str(tmp_path), "--quiet", "--static", "svg"]
    code, line = one_line(capsys, argv)
    assert code == codes.NOT_WRITTEN
    assert f"bear the names of what is to be written: got {name}. Move them" in line
    assert [(f, f.read_text()) for f in tmp_path.rglob("*") if f.is_file()] == [
        (tmp_path / name, "mine")
    ]


def test_the_record_says_how_to_repeat_it(done: Path, small: Path) -> None:
    record = json.loads((done / "run.json").read_text(encoding="utf-8"))
    assert record["seed"] == 1
    assert record["synthetic"] is True
    assert record["root"] == "mynypd"
    assert record["inputs"][0]["records"] == HEAD
    assert re.fullmatch("[0-9a-f]{64}", record["inputs"][0]["sha256"])
    assert {"spread", "numpy", "duckdb"} <= set(record["versions"])
    written = {path.relative_to(done).as_posix() for path in done.rglob("*") if path.is_file()}
    assert set(record["files"]) == written - {"run.json", ".study"}


def test_the_same_seed_gives_the_same_tables_from_those_kept(
    done: Path, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Read and kept, then started from what was kept: the same as without keeping."""
    argv = [str(small), "--root", "mynypd", "--quiet", "--keep", str(tmp_path / "kept")]
    assert archive.main(["read", str(small), "--to", str(tmp_path / "kept"), "--quiet"]) == 0
    capsys.readouterr()
    again = ["--out", str(tmp_path / "out"), "--only", "tables", "--json"]
    assert cascade.main(argv + again) == codes.DONE
    assert json.loads(capsys.readouterr().out)["rows"]["files"] == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".study",
        "run.json",
        "tables",
    ]
    for path in sorted((done / "tables").glob("*.parquet")):
        other = tmp_path / "out" / "tables" / path.name
        pd.testing.assert_frame_equal(pd.read_parquet(path), pd.read_parquet(other))
    (tmp_path / "other.jsonl").write_bytes(b"{}")
    code, line = one_line(capsys, [str(tmp_path / "other.jsonl"), *argv[1:]])
    assert code == codes.USAGE
    assert "other.jsonl is not among those" in line


def test_the_last_line_says_where_to_look(told: tuple[Path, str]) -> None:
    out, printed = told
    assert printed.splitlines()[-1] == f"Open {out / 'report.html'}"


def test_a_missing_path(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, line = one_line(capsys, [str(tmp_path / "none.jsonl"), "--out", str(tmp_path / "o")])
    assert code == codes.NOTHING_USABLE
    assert "none.jsonl" in line


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x89PNG\r\n\x1a\n\0\0", b'{"a": 1}\n'])
def test_a_file_without_a_tweet(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    code, line = one_line(capsys, [str(tmp_path / "a.jsonl"), "--out", str(tmp_path / "o")])
    assert code == codes.NOTHING_USABLE
    assert "a.jsonl" in line


def test_a_tag_that_never_occurs(
    capsys: pytest.CaptureFixture[str], small: Path, tmp_path: Path
) -> None:
    argv = [str(small), "--root", "myNYPB", "--out", str(tmp_path / "o"), "--quiet"]
    code, line = one_line(capsys, argv)
    assert code == codes.NOTHING_USABLE
    assert "the tag #mynypb never occurs" in line
    assert not (tmp_path / "o").exists()
    assert "#myNYPD (" in line


def test_a_place_that_cannot_be_written(
    capsys: pytest.CaptureFixture[str], small: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    code, line = one_line(capsys, [str(small), "--out", str(tmp_path / "file"), "--quiet"])
    assert code == codes.NOT_WRITTEN
    assert "cannot be written" in line


def test_a_cut_line_and_a_binary_file_leave_the_rest_readable(
    some_lines: list[bytes], tmp_path: Path
) -> None:
    cut = some_lines[5][:700] + b"\n" + some_lines[5][700:]
    (tmp_path / "a.jsonl").write_bytes(b"".join(some_lines[:500]) + cut)
    (tmp_path / "b.jsonl").write_bytes(bytes(range(256)) * 20)
    out = tmp_path / "o"
    assert (
        cascade.main([str(tmp_path / "[ab].jsonl"), "--out", str(out), "--quiet"]) == codes.PARTLY
    )
    files = pd.read_parquet(out / "tables" / "files.parquet").set_index("source_file")
    rejects = pd.read_parquet(out / "tables" / "rejects.parquet")
    assert (files.records == files.kept + files.duplicates + files.notices + files.rejected).all()
    assert files.kept.sum() == 500
    assert set(rejects.source_file.map(lambda name: Path(name).name)) == {"a.jsonl", "b.jsonl"}


@pytest.mark.parametrize("name", [".lock", ".study", "run.json", "report.html"])
def test_a_folder_where_a_file_is_to_be(
    capsys: pytest.CaptureFixture[str], small: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).mkdir()
    code, line = one_line(capsys, [str(small), "--out", str(tmp_path), "--quiet"])
    assert code == codes.NOT_WRITTEN
    assert f"a folder at {tmp_path / name}" in line


def test_what_should_not_happen_is_one_line_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(codes.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(places.places, "locate", lambda _: {}["city"])
    assert places.main(["Oakland"]) == codes.FAULT
    (line,) = capsys.readouterr().err.splitlines()
    (kept,) = tmp_path.iterdir()
    assert "KeyError: 'city'" in line
    assert str(kept) in line
    assert "test_cli.py" in kept.read_text("utf-8")


@pytest.mark.parametrize(
    "argv",
    [
        ["--seed", "-1"],
        ["--time-zone", "Mars/Olympus"],
        ["--start", "yesterday-ish"],
        ["--start", "2015", "--end", "2014"],
        ["--camps", "none.csv"],
        ["--only", "pictures"],
    ],
)
def test_usage(
    capsys: pytest.CaptureFixture[str], small: Path, tmp_path: Path, argv: list[str]
) -> None:
    code, line = one_line(capsys, [str(small), "--out", str(tmp_path / "o"), "--quiet", *argv])
    assert code == codes.USAGE
    assert "got " in line


@pytest.mark.parametrize("argv", [["--colour"], ["--seed", "x"], ["--out", ""], ["--keep", ""]])
def test_what_cannot_be_parsed_is_one_line(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        cascade.main(argv)
    assert stopped.value.code == codes.USAGE
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("spread: ")
    assert line.endswith("See python -m spread.cascade --help")


def test_every_option_is_explained() -> None:
    actions = cascade.parser()._actions
    assert all(action.help for action in actions)
    told = cascade.parser().epilog or ""
    assert all(word in told for word in ("0 done", "3 done", "130", "the first run compiles"))


def test_a_scenario_is_written_and_reported(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    argv = ["steady", "--scale", "0.02", "--out", str(tmp_path)]
    assert scenario.main(argv) == codes.DONE
    made = tmp_path / "steady-synthetic.jsonl.gz"
    assert (tmp_path / "steady-truth").is_dir()
    capsys.readouterr()
    assert archive.main(["report", str(made), "--json", "--quiet"]) == codes.DONE
    told = json.loads(capsys.readouterr().out)
    with gzip.open(made) as file:
        assert told["totals"]["records"] == sum(1 for _ in file)
    assert told["rejects"] == []


def test_ids_are_exported_from_tables(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables, ids = tmp_path / "tables", tmp_path / "ids"
    assert archive.main(["read", str(small), "--to", str(tables), "--quiet"]) == codes.DONE
    assert archive.main(["export", str(tables), "--to", str(ids)]) == codes.DONE
    known = (ids / "ids.txt").read_text(encoding="utf-8").split()
    assert len(known) == HEAD
    capsys.readouterr()
    assert archive.main(["forget", str(tables), known[-1], "--json"]) == codes.DONE
    assert json.loads(capsys.readouterr().out)["tweets"] == 1


def test_what_an_encoding_has_no_sign_for_is_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe of Windows, say: file names and places are of all scripts."""
    file = put(tmp_path / "файл.jsonl", v1_tweet(1))
    for command, argv, sign in (
        (archive, ["report", str(file), "--quiet"], "ф"),
        (places, ["--json", "Αθήνα"], "Αθήνα"),
    ):
        pipe = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(pipe, encoding="cp1252"))
        assert command.main(argv) == codes.DONE
        assert sign.encode("ascii", "backslashreplace") in pipe.getvalue()


def test_locations_are_told_as_csv_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert places.main(["Oakland, CA", "=1+1", "worldwide"]) == codes.DONE
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines] == ["location", '"Oakland', "'=1+1", "worldwide"]
    assert places.main(["--json", "Oakland, CA"]) == codes.DONE
    assert json.loads(capsys.readouterr().out)["city"] == "Oakland"


@pytest.mark.parametrize(
    ("command", "argv", "code"),
    [
        (scenario, ["noname"], codes.USAGE),
        (scenario, ["steady", "--scale", "99"], codes.USAGE),
        (scenario, ["steady", "--scale", "99", "--out", "a/b"], codes.USAGE),
        (archive, ["report", "none.jsonl"], codes.NOTHING_USABLE),
        (archive, ["export", "none", "--to", "ids"], codes.NOTHING_USABLE),
    ],
)
def test_the_other_commands_say_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: ModuleType, argv: list[str],
    code: int, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert command.main(argv) == code
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_while_modules_are_loaded_is_one_line() -> None:
    """The interpreter tells each module that it has loaded; the first of numpy's is the sign."""
    argv = [sys.executable, "-X", "importtime", "-m", "spread.places", "Oakland, CA"]
    with subprocess.Popen(argv, stderr=subprocess.PIPE, text=True) as command:
        assert command.stderr is not None
        assert any("numpy" in line for line in command.stderr)
        command.send_signal(signal.SIGINT)
        told = [line for line in command.stderr if not line.startswith("import time:")]
    assert told == ["spread: interrupted before anything was written\n"]
    assert command.returncode == codes.INTERRUPTED


def test_tables_kept_of_an_archive_are_not_taken_for_the_sample(
    small: Path, tmp_path: Path
) -> None:
    """Without a name, what was kept is read: by its own commonest tag, in UTC."""
    kept = tmp_path / "kept"
    assert archive.main(["read", str(small), "--to", str(kept), "--quiet"]) == codes.DONE
    options = cascade.parser().parse_args(["--keep", str(kept)])
    opened = _source.source(options, False)
    assert isinstance(opened, Archive)
    assert not _source.is_sample(opened)
    assert _source.is_sample(samples.load("mynypd"))


@pytest.mark.parametrize("is_there", [True, False])
def test_a_mistyped_folder_of_tables_is_not_answered_with_the_sample(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, is_there: bool
) -> None:
    if is_there:
        (tmp_path / "own-tabels").mkdir()
    argv = ["--keep", str(tmp_path / "own-tabels"), "--out", str(tmp_path / "o")]
    code, line = one_line(capsys, argv)
    assert code == codes.NOTHING_USABLE
    assert "no tables are kept there, and no archive is named: got --keep" in line
    assert not (tmp_path / "o").exists()
    assert not list(tmp_path.glob("own-tabels/*"))


def test_the_sample_says_that_it_is_told_because_nothing_was_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _source.source(cascade.parser().parse_args([]), None) == [samples.path("mynypd")]
    assert "no archive is named: this is the shipped sample" in capsys.readouterr().err


def test_tables_are_not_told_for_an_archive_that_is_not_there(small: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert archive.main(["read", str(small), "--to", str(kept), "--quiet"]) == codes.DONE
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "b.jsonl").touch()
    for named, error in (("none.jsonl", InputError), ("other", UsageError)):
        options = cascade.parser().parse_args([str(tmp_path / named), "--keep", str(kept)])
        with pytest.raises(error):
            _source.source(options, False)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--start", "tomorrow"], "--start is not a moment in time: got 'tomorrow'"),
        (["--end", "22 April"], "--end is a moment without its year: got '22 April'"),
        (["--start", "2020-01-01"], "allowed: within 2014-04-2"),
        (["--root", ""], "--root names no tag: got ''"),
        (["--launch", "1999-01-01"], "the --launch is more than a day before the first tweet"),
        (["--camps", "CODED"], "got a, b; allowed: user_id and camp or tweet_id and code"),
    ],
)
def test_an_error_names_the_option_and_what_it_may_be(
    capsys: pytest.CaptureFixture[str], small: Path, tmp_path: Path, argv: list[str], says: str
) -> None:
    (tmp_path / "coded.csv").write_text("a,b\n1,2\n")
    given = [str(tmp_path / "coded.csv") if word == "CODED" else word for word in argv]
    out = tmp_path / "o"
    _, line = one_line(capsys, [str(small), "--out", str(out), "--quiet", *given])
    assert says in line
    assert not out.exists()


def test_a_table_that_nobody_knows_is_answered_with_commands_that_take_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "own.csv").write_text("Ident,Who\n1,me\n")
    _, line = one_line(capsys, [str(tmp_path / "own.csv"), "--out", str(tmp_path / "o")])
    assert "by python -m spread.archive read … --to DIR --columns tweet_id=…" in line
    assert "(then python -m spread.cascade --keep DIR)" in line
    assert "archive.read(" not in line


def test_what_was_made_of_a_folder_is_not_read_with_it(small: Path, tmp_path: Path) -> None:
    """`python -m spread.cascade .` writes into the folder that it reads, and may be cut off."""
    (tmp_path / "a.jsonl").write_bytes(small.read_bytes())
    for name in ("out/.study", "out/run.json", "out/tables/seeds.csv", ".cut/done-000000.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}", encoding="utf-8")
    assert [file.name for file in find(tmp_path).files] == ["a.jsonl"]
