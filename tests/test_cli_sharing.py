"""The commands by which an archive is passed on, forgotten in, frozen and verified."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from invented_archive import put, snowflake, v1_retweet, v1_tweet

from spread import archive as archives
from spread import study
from spread.archive.formats._layouts import FIELDS
from spread.cli import _answer as codes
from spread.cli import archive, cascade


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, original = tmp_path_factory.mktemp("read"), v1_tweet(1)
    file = put(folder / "a.jsonl", original, v1_retweet(5, original), v1_tweet(9, author=3))
    return archives.read(file, to=folder / "tables").path


@pytest.fixture
def tables(read_once: Path, tmp_path: Path) -> Path:
    return shutil.copytree(read_once, tmp_path / "tables")


def test_pseudonyms_with_a_new_key_and_again_with_the_same(
    tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = str(tmp_path / "key")
    export = ["export", str(tables), "--pseudonyms", key, "--to"]
    assert archive.main([*export, str(tmp_path / "one"), "--new-key"]) == codes.DONE
    told = capsys.readouterr().out
    assert "3 tweets under pseudonyms" in told
    assert "never pass it on" in told
    assert archive.main([*export, str(tmp_path / "two")]) == codes.DONE
    one, two = (archives.open(tmp_path / name).frame("tweets") for name in ("one", "two"))
    assert one.tweet_id.tolist() == two.tweet_id.tolist()
    assert one.text.isna().all()
    assert archive.main(["export", str(tmp_path / "one"), "--to", str(tmp_path / "ids")]) == 2
    assert "the ids are pseudonyms, by which nobody finds a tweet" in capsys.readouterr().err
    assert not (tmp_path / "ids").exists()


def test_ids_are_forgotten_from_the_line_and_from_a_file(
    tables: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ids.txt").write_text("\ufeff3\r\n\r\n77\n", encoding="utf-8")
    argv = ["forget", str(tables), snowflake(1, 1), "--ids", str(tmp_path / "ids.txt")]
    assert archive.main(argv) == codes.DONE
    assert capsys.readouterr().out.splitlines() == [
        "Forgot 2 tweets, 1 retweet of them and 1 account; cleared 0 rows of others",
        "Not in it: 1 id (77)",
    ]
    assert len(archives.open(tables).frame("tweets")) == 0


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        (["export", "TABLES", "--to", "o", "--pseudonyms", "no-key"], codes.USAGE, "--new-key"),
        (["export", "TABLES", "--to", "o", "--new-key"], codes.USAGE, "needs --pseudonyms"),
        (
            ["export", "TABLES", "--to", "o", "--pseudonyms", "o/key", "--new-key"],
            codes.USAGE,
            "shared with the data",
        ),
        (
            ["export", "TABLES", "--to", "o", "--exact-followers"],
            codes.USAGE,
            "--pseudonyms KEYFILE",
        ),
        (
            ["export", "TABLES", "--to", "tables/report.json/o"],
            codes.NOT_WRITTEN,
            "cannot be written",
        ),
        (["forget", "TABLES"], codes.USAGE, "no id was named"),
        (["forget", "TABLES", "--ids", "none.txt"], codes.USAGE, "the ids cannot be read"),
        (["forget", "none", "1"], codes.NOTHING_USABLE, "Make one with python -m spread.archive"),
        (["read", "tables/report.json", "--to", "TABLES"], codes.USAGE, "--to is there already"),
        (["read", "TABLES", "--to", "o"], codes.USAGE, "Name it alone, to report, export or"),
        (["report", "TABLES", "--columns", "tweet_id=ID"], codes.USAGE, "for reading: got --col"),
        (["report", "TABLES", "--time-zone", "UTC"], codes.USAGE, "for reading: got --time-zone"),
        (
            ["read", "x", "--to", "o", "--columns", "tweet_id=Id"],
            codes.USAGE,
            "--columns do not say enough: got tweet_id alone; allowed: tweet_id with author_id",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(
    tables: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    more: list[str], code: int, says: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tables.parent)
    before = sorted(path.name for path in tables.parent.iterdir())
    assert archive.main([str(tables) if word == "TABLES" else word for word in more]) == code
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert says in lines[0]
    assert sorted(path.name for path in tables.parent.iterdir()) == before


def test_the_first_of_each_reason_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["", "fi\x1bne", "fine too", "7"]
    table = "id,who,at\n" + "".join(f"{i},1,2014-04-22T18:00:00Z\n" for i in rows)
    (tmp_path / "t.csv").write_text(table + f"8,,{'long' * 200}\n", encoding="utf-8")
    names = [f"--columns={pair}" for pair in ("tweet_id=id", "author_id=who", "at=at")]
    assert archive.main(["report", str(tmp_path / "t.csv"), *names]) == codes.PARTLY
    _, _, shown = capsys.readouterr().out.partition("\nnot read, the first of each reason (--json")
    one, two = shown.splitlines()[1:]
    file = tmp_path / "t.csv"
    assert one.startswith(f"           NO_ID: {file}, record 1: at line 2: the tweet has no id")
    assert two.startswith(f"         NO_USER: {file}, record 5: at line 6: the tweet has no author")
    assert archive.main(["report", str(tmp_path / "t.csv"), *names, "--strict"]) == 4
    assert "no id; starts ,1,2014-04-22T18:00:00Z. Leave out --strict" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["read", "report"])
def test_help_lists_what_a_column_may_be(capsys: pytest.CaptureFixture[str], command: str) -> None:
    with pytest.raises(SystemExit):
        archive.main([command, "--help"])
    assert set(FIELDS) <= set(re.findall(r"\w+", capsys.readouterr().out))


def test_help_has_an_example_of_each(capsys: pytest.CaptureFixture[str]) -> None:
    for command, words in ((archive, ["--pseudonyms", "forget"]), (cascade, ["--verify"])):
        with pytest.raises(SystemExit):
            command.main(["--help"])
        examples = capsys.readouterr().out.partition("examples:")[2]
        assert all(word in examples for word in words)


@pytest.mark.parametrize(("verdict", "code"), [("same", codes.DONE), ("differs", codes.PARTLY)])
def test_what_differs_is_told_line_by_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verdict: str, code: int
) -> None:
    rows = [("table seeds", verdict, "column credit by 0.01"), ("table nodes", "same", "")]
    checks = pd.DataFrame(rows, columns=["what", "verdict", "detail"])
    asked = []

    def verify(*given: object, **_: object) -> study.Verified:
        asked.append(given)
        return study.Verified(checks)

    monkeypatch.setattr(study, "verify", verify)
    assert cascade.main(["--verify", "package", "a.jsonl"]) == code
    assert asked == [(Path("package"), ["a.jsonl"])]
    told = capsys.readouterr().out.splitlines()
    assert told[1:] == ["table seeds: differs, column credit by 0.01"] * (verdict == "differs")


def test_packages_that_are_none_or_there_already_are_one_line(
    tables: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for argv, says in (
        (["--verify", str(tables / "none")], "no replication package"),
        (["--verify", str(tables)], "no replication package"),
        (["--freeze", str(tables), "--out", str(tables.parent / "out")], "is there already"),
    ):
        assert cascade.main(argv) == codes.USAGE
        lines = capsys.readouterr().err.strip().splitlines()
        assert len(lines) == 1
        assert says in lines[0]
