"""What a user meets: folders, errors, opening again, exporting, showing."""

import copy
import gc
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from invented_archive import lines, put, v1_retweet, v1_tweet

from spread import archive, scenario, study
from spread._errors import InputError, MissingColumnError, OutputError, SpreadError, UsageError
from spread.archive import _workers
from spread.tables import TWEETS, arrow

HOSTILE = "<script>x</script> $\\href{a}{b}$"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> archive.Archive:
    folder = tmp_path_factory.mktemp('it\'s [a] folder; with "quotes" & *')
    put(folder / "b's.jsonl", v1_retweet(5, v1_tweet(1)), {HOSTILE: 1}, v1_tweet(3, author=3))
    put(folder / "a.jsonl.gz", v1_tweet(1), packed=True)
    (folder / "notes.md").write_text("not an archive")
    (folder / ".hidden.json").write_text("[]")
    return archive.read(folder, to=folder / "it's read")


def _text(error: SpreadError) -> str:
    assert "\n" not in str(error)
    return str(error)


def test_a_folder_is_read_without_what_is_no_archive(made: archive.Archive) -> None:
    assert made.report.totals["kept"] == 3
    names = [Path(name).name for name in made.report.files.source_file]
    assert names == ["a.jsonl.gz", "b's.jsonl"]
    assert [Path(name).name for name in made.report.ignored] == [".hidden.json", "notes.md"]
    assert {p.name for p in made.path.iterdir()} == {
        "tweets.parquet",
        "users.parquet",
        "follows.parquet",
        "rejects.parquet",
        "report.json",
    }
    assert [p.name for p in made.path.parent.iterdir() if p.name.endswith(".part")] == []


def test_opening_again_gives_the_same(made: archive.Archive) -> None:
    again = archive.open(made.path)
    assert repr(again) == repr(made)
    assert again.report.files.equals(made.report.files)
    assert again.report.rejects.equals(made.report.rejects)
    assert again.tweets.to_pyarrow().equals(made.tweets.to_pyarrow())
    assert again.follows.count().to_pyarrow().as_py() == 0


def test_tables_run_in_utc_and_feed_the_vocabulary(made: archive.Archive) -> None:
    rows = arrow(made.tweets, TWEETS, ["tweet_id", "at"])
    assert rows.sort_by("at")["at"][0].as_py().isoformat() == "2014-04-22T17:55:01+00:00"
    by_day = made.tweets.mutate(day=made.tweets["at"].cast("string"))
    assert all(day.endswith("+00") for day in by_day.to_pyarrow()["day"].to_pylist())


def test_frames_have_the_columns_asked_for(made: archive.Archive) -> None:
    frame = made.frame("tweets", columns=["text", "tweet_id"])
    assert list(frame.columns) == ["text", "tweet_id"]
    with pytest.raises(UsageError, match="allowed: tweets, users, follows"):
        made.frame("toots")
    with pytest.raises(MissingColumnError, match="Add retweets"):
        made.frame("tweets", columns=["retweets"])


def test_records_show_themselves_without_markup_from_data(made: archive.Archive) -> None:
    assert repr(made).startswith("<Archive: 3 tweets collected, 3 users, 1 record rejected")
    assert repr(made.report) == (
        "<ReadReport: 2 files, 4 records = 3 kept + 0 duplicates + 0 notices + 1 rejected>"
    )
    assert HOSTILE in made.report.rejects.detail[0]
    for page in (made._repr_html_(), made.report._repr_html_()):
        assert "<script" not in page
        assert "4 = 3 kept + 0 duplicates + 0 notices + 1 rejected" in page


def test_the_export_holds_ids_and_the_rule(made: archive.Archive, tmp_path: Path) -> None:
    made.export(tmp_path / "shared")
    ids = (tmp_path / "shared" / "ids.txt").read_text().split()
    assert ids == list(made.frame("tweets").query("origin == 'collected'").tweet_id)
    assert "3 ids" in (tmp_path / "shared" / "README.txt").read_text()
    with pytest.raises(UsageError, match="ids_only=True"):
        made.export(tmp_path / "all", ids_only=False)
    with pytest.raises(UsageError, match="is there already"):
        made.export(tmp_path / "shared")


def test_globs_and_several_paths_name_a_file_once(made: archive.Archive) -> None:
    folder = made.path.parent
    one = folder / "a.jsonl.gz"
    assert archive.read([one, str(one), folder]).report.totals["records"] == 4


def test_a_glob_finds_files(tmp_path: Path) -> None:
    for n in range(3):
        put(tmp_path / f"t{n}.odd", v1_tweet(n, author=n + 1))
    assert archive.read(tmp_path / "t[01].odd").report.totals["kept"] == 2
    with pytest.raises(InputError, match="no file matches"):
        archive.read(str(tmp_path / "*.none"))


def test_what_is_absent_empty_or_unreadable_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "x.xls").write_text("a,b")
    for path, says in (
        (tmp_path / "absent", "no such file or folder"),
        (tmp_path / "empty.jsonl", "the file is empty"),
        (tmp_path / "folder", "nothing to read"),
        (put(tmp_path / "n.jsonl", {"limit": {"track": 1}}), "0 users, 1 notice, 0 rejected"),
        (put(tmp_path / "b.jsonl", b"\x89PNG\r\n"), "NOT_TEXT"),
    ):
        with pytest.raises(InputError, match=says) as caught:
            archive.read(path)
        assert path.name in _text(caught.value)


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the system open nothing whose name begins with `closed`, as what is another's."""

    def refusing(real: Callable[..., Any]) -> Callable[..., Any]:
        def opened(path: Any, *given: Any, **more: Any) -> Any:
            if f"{os.sep}closed" in str(path):
                raise PermissionError(13, "Permission denied", str(path))
            return real(path, *given, **more)

        return opened

    for module, name in ((io, "open"), (os, "scandir"), (os, "listdir")):
        monkeypatch.setattr(module, name, refusing(getattr(module, name)))
    return "Permission denied"


def test_what_cannot_be_read_is_a_reject_and_the_rest_is_read(tmp_path: Path, closed: str) -> None:
    put(tmp_path / "a.jsonl", v1_tweet(1))
    (tmp_path / "closed.jsonl").touch()
    (tmp_path / "closed folder").mkdir()
    report = archive.read(tmp_path).report
    assert (report.totals["records"], report.totals["kept"]) == (3, 1)
    assert report.reasons == {"UNREADABLE": 2}
    rejects = report.rejects.set_index(report.rejects.source_file.map(lambda n: Path(n).name))
    assert rejects.detail["closed.jsonl"] == f"the file cannot be read: {closed}"
    assert "folder cannot be read, and nothing in it: " in rejects.detail["closed folder"]
    assert any("missing from the tables (2 times, in" in told for told in report.warnings)
    for path in (tmp_path / "closed.jsonl", tmp_path / "closed folder"):
        with pytest.raises(InputError, match=f"cannot be read: .*{closed}"):
            archive.read(path)


def test_links_to_folders_and_hidden_folders_are_named(tmp_path: Path) -> None:
    (tmp_path / "in" / ".hidden").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "other", target_is_directory=True)
    put(tmp_path / "in" / "a.jsonl", v1_tweet(1))
    ignored = archive.read(tmp_path / "in").report.ignored
    assert [Path(name).name for name in ignored] == [".hidden", "link"]


def test_only_deleted_tweets_are_no_archive(tmp_path: Path) -> None:
    tweet = v1_tweet(1)
    notice = {"delete": {"status": {"id": tweet["id"]}}}
    with pytest.raises(InputError, match="no tweet is left"):
        archive.read(put(tmp_path / "t.jsonl", notice, tweet))


def test_strict_reading_names_the_record(tmp_path: Path) -> None:
    file = put(tmp_path / "t.jsonl", v1_tweet(1), b'{"id": 1')
    with pytest.raises(InputError, match=r"BAD_JSON.*t\.jsonl, record 2"):
        archive.read(file, strict=True)
    assert archive.read(file).report.totals["rejected"] == 1


def test_arguments_that_cannot_be_used(tmp_path: Path, made: archive.Archive) -> None:
    file = put(tmp_path / "t.jsonl", v1_tweet(1))
    for options, says in (
        ({"engine": "polars"}, "allowed: duckdb"),
        ({"workers": 0}, "workers cannot be used"),
        ({"to": tmp_path}, "another folder"),
        ({"to": made.path}, "archive.open"),
    ):
        with pytest.raises(UsageError, match=says) as caught:
            archive.read(file, **options)
        _text(caught.value)
    with pytest.raises(UsageError, match=r"archive\.open"):
        archive.read(made.path)
    with pytest.raises(UsageError, match="duckdb"):
        archive.open(made.path, engine="polars")
    with pytest.raises(InputError, match="no archive there"):
        archive.open(tmp_path)


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    file = put(tmp_path / "t.jsonl", v1_tweet(1))
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        archive.read(file, to=tmp_path / "file" / "out")


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file sizes there")
def test_a_full_disk_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    file = put(tmp_path / "t.jsonl", *(v1_tweet(n, f"{hash(str(n))}") for n in range(300)))
    script = (
        "import resource\nfrom spread import archive\nfrom spread._errors import OutputError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))\n"
        f"try: archive.read({str(file)!r}, to={str(tmp_path / 'out')!r})\n"
        "except OutputError as error: print(error)\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.startswith("the tables cannot be written: got ")
    assert done.stdout.count("\n") == 1
    told = r"too large; about 1 MB are needed; [\d,]+ MB free on the disk at (/.*)\)\. "
    assert os.path.ismount(re.search(told, done.stdout)[1])
    assert [p.name for p in tmp_path.iterdir()] == ["t.jsonl"]


def test_a_damaged_archive_is_one_line(tmp_path: Path) -> None:
    file = put(tmp_path / "t.jsonl", v1_tweet(1))
    for name in ("tweets.parquet", "rejects.parquet", "report.json"):
        made = archive.read(file, to=tmp_path / name)
        (made.path / name).write_bytes(b"PAR1 not")
        with pytest.raises(InputError, match="the archive is damaged") as caught:
            archive.open(made.path)
        _text(caught.value)


_NO_REPORTS: list[Any] = [
    None,
    [],
    {"files": {"source_file": "a"}},
    {"files": [{"source_file": 1}]},
    {"gaps": [1]},
    {"silence": [1]},
    {"origins": {}},
    {"formats": "x"},
    {"ignored": [1]},
    {"users": "1"},
    {"coverage": "much"},
    {"first_at": [1]},
]


def test_a_report_that_is_none_is_one_line(tmp_path: Path) -> None:
    made = archive.read(put(tmp_path / "t.jsonl", v1_tweet(1)), to=tmp_path / "out")
    whole = json.loads((made.path / "report.json").read_text(encoding="utf-8"))
    for changed in _NO_REPORTS:
        told = whole | changed if isinstance(changed, dict) else changed
        (made.path / "report.json").write_text(json.dumps(told), encoding="utf-8")
        with pytest.raises(InputError, match=r"the archive is damaged.*report\.json") as caught:
            archive.open(made.path)
        _text(caught.value)


def test_tables_with_other_columns_are_one_line(tmp_path: Path) -> None:
    made = archive.read(put(tmp_path / "t.jsonl", v1_tweet(1)), to=tmp_path / "out")
    tweets = pq.read_table(made.path / "tweets.parquet")
    others = (
        tweets.drop_columns("origin"),
        tweets.set_column(0, "platform", pa.array([1])),
        pa.table({"x": [1]}),
    )
    for other in others:
        pq.write_table(other, made.path / "tweets.parquet")
        with pytest.raises(InputError, match="the archive is damaged") as caught:
            archive.open(made.path)
        _text(caught.value)


def test_a_table_that_was_damaged_since_is_one_line(tmp_path: Path) -> None:
    made = archive.read(put(tmp_path / "t.jsonl", v1_tweet(1)), to=tmp_path / "out")
    (made.path / "users.parquet").write_bytes(b"PAR1 not")
    with pytest.raises(InputError, match="the archive is damaged") as caught:
        made.frame("users")
    _text(caught.value)
    (made.path / "users.parquet").unlink()
    with pytest.raises(InputError, match=r"users\.parquet is missing") as caught:
        made.frame("users")
    _text(caught.value)


def test_a_study_of_a_table_that_was_damaged_since_is_one_line(tmp_path: Path) -> None:
    made = archive.read(put(tmp_path / "t.jsonl", v1_tweet(1)), to=tmp_path / "out")
    tweets = made.path / "tweets.parquet"
    whole = tweets.read_bytes()
    tweets.write_bytes(whole[:4] + bytes(len(whole) // 4) + whole[4 + len(whole) // 4 :])
    with pytest.raises(InputError, match="the archive is damaged") as caught:
        study.run(archive.open(made.path), progress=False)
    _text(caught.value)


def test_nothing_is_left_after_a_failure(tmp_path: Path) -> None:
    file = put(tmp_path / "t.jsonl", v1_tweet(1), b"{")
    with pytest.raises(InputError):
        archive.read(file, to=tmp_path / "out", strict=True)
    assert [p.name for p in tmp_path.iterdir()] == ["t.jsonl"]


def test_an_empty_folder_may_be_the_target(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    read = archive.read(put(tmp_path / "t.jsonl", v1_tweet(1)), to=tmp_path / "out")
    assert pq.read_table(read.path / "tweets.parquet").num_rows == 1


def test_a_temporary_archive_stays_while_a_table_is_used(tmp_path: Path) -> None:
    read = archive.read(put(tmp_path / "t.jsonl", v1_tweet(1)))
    tweets, folder = read.tweets, read.path
    del read
    gc.collect()
    assert tweets.count().to_pyarrow().as_py() == 1
    del tweets
    gc.collect()
    assert not folder.exists()


class ZMQInteractiveShell:
    """What IPython calls the shell of a notebook."""


def test_progress_is_shown_in_jupyter_and_not_to_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = put(tmp_path / "t.jsonl", v1_tweet(1))
    notebook = SimpleNamespace(get_ipython=ZMQInteractiveShell)
    told = []
    for modules, machine in ((notebook, ""), (notebook, "true"), (None, "")):
        monkeypatch.setitem(sys.modules, "IPython", modules)
        monkeypatch.setenv("CI", machine)
        archive.read(file)
        told.append("reading" in capsys.readouterr().err)
    assert told == [True, False, False]


def test_a_script_without_a_guard_may_use_workers(tmp_path: Path) -> None:
    for n in range(2):
        put(tmp_path / f"{n}.jsonl", v1_tweet(n, author=n + 1))
    script = tmp_path / "script.py"
    script.write_text(
        "from spread import archive\n"
        f"print(repr(archive.read({str(tmp_path)!r}, workers=2, progress=True).report))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout == (
        "<ReadReport: 2 files, 2 records = 2 kept + 0 duplicates + 0 notices + 0 rejected>\n"
    )
    assert "reading" in done.stderr


def _jobs(file: Path, folder: Path) -> list[_workers.Job]:
    return [_workers.Job(str(file), "t", number, str(folder), False) for number in range(3)]


def test_what_fails_in_a_worker_fails_here(tmp_path: Path) -> None:
    file = put(tmp_path / "t.jsonl", v1_tweet(1))
    with pytest.raises(OSError, match="No such file"):
        _workers.run(_jobs(file, tmp_path / "absent"), 2, lambda _: None)


def test_a_worker_that_dies_is_no_endless_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_workers, "_PROGRAM", "raise SystemExit(1)")
    with pytest.raises(SpreadError, match="a worker stopped"):
        _workers.run(_jobs(put(tmp_path / "t.jsonl", v1_tweet(1)), tmp_path), 2, lambda _: None)


def test_an_archive_says_itself_that_it_is_synthetic(tmp_path: Path) -> None:
    """The name of a file or folder says nothing: `scenario` writes it into its accounts."""
    real = tmp_path / "synthetic" / "synthetic.jsonl"
    real.parent.mkdir()
    real.write_text(json.dumps(v1_tweet(1)))
    assert not archive.read(real, workers=1).synthetic
    scenario.generate("steady", tmp_path / "mine.jsonl.gz", scale=0.02, rng=1)
    assert archive.read(tmp_path / "mine.jsonl.gz", workers=1).synthetic


def test_names_that_are_no_text_are_told_apart(tmp_path: Path) -> None:
    for name in (b"a\xff.jsonl", b"a\xfe.jsonl"):
        try:
            (tmp_path / os.fsdecode(name)).write_bytes(lines(v1_tweet(1)))
        except OSError:
            pytest.skip("the file system takes no such names")
    read = archive.read(tmp_path)
    assert [name[-11:] for name in read.report.files.source_file] == [
        r"a\xfe.jsonl",
        r"a\xff.jsonl",
    ]
    assert archive.open(read.path).report.totals["duplicates"] == 1
    with pytest.raises(UsageError, match="no text in UTF-8"):
        archive.read(tmp_path, to=tmp_path / os.fsdecode(b"\xff"))


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and forks")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    put(tmp_path / "a.jsonl", v1_tweet(1))
    os.mkfifo(tmp_path / "b.jsonl")
    assert archive.read(tmp_path).report.ignored == (str(tmp_path / "b.jsonl"),)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and forks")
def test_a_temporary_archive_stays_while_anybody_uses_it(tmp_path: Path) -> None:
    read = archive.read(put(tmp_path / "t.jsonl", v1_tweet(1)))
    place, again = read.path, copy.deepcopy(read)
    del read
    gc.collect()
    program = os.fork()
    if program == 0:
        del again
        gc.collect()
        os._exit(0)
    os.waitpid(program, 0)
    assert again.tweets.count().to_pyarrow().as_py() == 1
    del again
    gc.collect()
    assert not place.exists()


@pytest.mark.parametrize("wrong", [None, 5, [1], ["\udcff"], b"1"])
def test_what_is_no_text_is_one_line(tmp_path: Path, wrong: Any) -> None:
    read = archive.read(put(tmp_path / "t.jsonl", v1_tweet(1)))
    for use in (
        lambda: read.forget(wrong),
        lambda: read.export(wrong if not isinstance(wrong, bytes) else 4),
        lambda: read.frame(wrong),
        lambda: read.frame("tweets", columns=wrong or 5),
        lambda: archive.read(tmp_path, columns={"tweet_id": wrong, "author_id": "a"}),
    ):
        with pytest.raises(UsageError):
            use()


def test_a_relative_place_holds_wherever_one_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    read = archive.read(put(tmp_path / "t.jsonl", v1_tweet(1)), to="made")
    opened = archive.open("made")
    monkeypatch.chdir("/")
    assert [len(each.frame("tweets")) for each in (read, opened)] == [1, 1]


@pytest.mark.parametrize("wrong", [{"strict": "no"}, {"progress": "x"}])
def test_a_word_is_no_yes(tmp_path: Path, wrong: Any) -> None:
    with pytest.raises(UsageError, match=f"{next(iter(wrong))} cannot be used: got str"):
        archive.read(put(tmp_path / "t.jsonl", v1_tweet(1)), **wrong)
