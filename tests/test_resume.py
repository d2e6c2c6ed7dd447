"""A study that is cut off goes on from its last step, to the very tables it would have had."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from spread import samples, study
from spread.cli import _answer as codes
from spread.cli import _listing, cascade
from spread.excitation import exponential
from spread.study import Study, _kept, _steps

END = "2014-04-22T18:10Z"
CUT_AFTER = "dating the turn"


def made(resume: Path | None, **options: Any) -> Study:
    return study.run(
        samples.path("mynypd"), "myNYPD", end=END, **{"rng": 7} | options, resume=resume
    )


def cut(name: str, _: Mapping[str, pd.DataFrame]) -> None:
    if name == CUT_AFTER:
        raise KeyboardInterrupt


def written(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.step")}


@pytest.fixture(scope="module")
def cut_off(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("left")
    with pytest.raises(KeyboardInterrupt):
        made(place, on_step=cut)
    return place


@pytest.fixture
def left(cut_off: Path, tmp_path: Path) -> Path:
    return shutil.copytree(cut_off, tmp_path / "left")


def test_it_goes_on_after_the_last_step(left: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, whole = written(left), made(None)
    again = made(left)
    assert len(before) == 6
    assert before.items() < written(left).items()
    assert "6 of 10 steps were done" in capsys.readouterr().err
    assert again.story == whole.story
    for name, table in whole.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)
    np.testing.assert_array_equal(again.forests.tree(3), whole.forests.tree(3))


def test_every_argument_is_part_of_the_key(left: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[str] = []

    def known(_: Path, *, key: str) -> int:
        keys.append(key)
        raise KeyboardInterrupt

    monkeypatch.setattr(_steps, "known", known)
    coding = pd.DataFrame({"user_id": ["1"], "camp": ["x"]})
    at = {"launch": "2014-04-22T18:00Z", "start": "2014-04-22"}
    others = [{"rng": 8}, {"names": True}, {"time_zone": "Asia/Tokyo"}, {"camps": coding}]
    for options in [{}, {}, *others, *({name: when} for name, when in at.items())]:
        with pytest.raises(KeyboardInterrupt):
            made(left, **options)
    assert len(set(keys)) == len(keys) - 1 == 7


def test_other_files_and_other_code_have_another_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"1")
    first = _steps.fingerprint(file, ("x",))
    assert _steps.fingerprint(file, ("x",)) == first != _steps.fingerprint(file, ("y",))
    monkeypatch.setattr(_steps, "versions", lambda: {"spread": "0"})
    assert _steps.fingerprint(file, ("x",)) != first
    monkeypatch.undo()
    file.write_bytes(b"2")
    assert _steps.fingerprint(file, ("x",)) != first


@pytest.mark.parametrize("damaged", [b"", b"PK\x03\x04", 5_000])
def test_a_step_that_was_damaged_is_none(left: Path, damaged: bytes | int) -> None:
    step = left / "reconstructing-cascades.step"
    with zipfile.ZipFile(step) as file:
        key = file.read("key").decode()
    assert _kept.load(step, key=key)
    step.write_bytes(step.read_bytes()[:damaged] if isinstance(damaged, int) else damaged)
    assert _kept.load(step, key=key) is None


INSTANT = pd.Timestamp("2014-04-22T18:25:00.000001Z")
VALUES: list[Any] = [
    None, True, 3, 0.1 + 0.2, float("inf"), "ü\x00", (1, [2, (3,)], {"a": {1: "b"}}),
    frozenset({"a"}), np.float64(0.1), np.int32(-1), INSTANT, pd.NaT, pd.Timedelta(3, "us"),
    np.array([[1.5, np.nan]]), np.array(["a", None, 3], object), exponential(0.1),
    pd.Series([1.0, np.nan], name="x"), pd.DatetimeIndex([INSTANT]), pd.DataFrame(),
    pd.DataFrame({"ids": [["1"], []], "n": pd.array([1, None], "Int64"), "at": [INSTANT, pd.NaT],
                  "text": ["a", None], "kind": pd.Categorical(["b", "c"])}, index=[5, 2]),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_what_is_kept_comes_back_the_same(tmp_path: Path, value: Any) -> None:
    _kept.save(value, tmp_path / "a", key="k")
    ((back,), other) = (
        _kept.load(tmp_path / "a", key="k") or (),
        _kept.load(tmp_path / "a", key="l"),
    )
    assert type(back) is type(value)
    assert other is None
    if isinstance(value, pd.DataFrame):
        pd.testing.assert_frame_equal(back, value)
    elif isinstance(value, pd.Series):
        pd.testing.assert_series_equal(back, value)
    elif value is not pd.NaT:
        np.testing.assert_equal(back, value)


def test_only_data_is_kept_and_only_records_of_ours_are_made(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="function is no data"):
        _kept.save(lambda: 0, tmp_path / "a", key="")
    for module, name in [
        ("subprocess", "Popen"),
        ("spread.cli.cascade", "main"),
        ("spread.cascade.__main__", "x"),
        ("x", "y"),
    ]:
        coded = json.dumps({"record": [module, name, {}]})
        with zipfile.ZipFile(tmp_path / "b", "w") as file:
            file.writestr("key", "k")
            file.writestr("value.json", coded)
        assert _kept.load(tmp_path / "b", key="k") is None


def test_the_command_goes_on_and_draws_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["--end", END, "--out", str(tmp_path), "--quiet", "--only", "tables"]
    (tmp_path / "report.html").write_text("of another study")
    _listing.record(tmp_path, {}, ["report.html"], key="another")
    monkeypatch.setattr(cascade._steps, "ended", lambda *_, **__: cut(CUT_AFTER, {}))
    assert cascade.main(argv) == codes.INTERRUPTED
    before, after = capsys.readouterr().err.splitlines()
    assert f"another study in {tmp_path} are taken away for this one's: 1." in before
    assert "10 of 10 steps are done, their tables are in" in after
    assert json.loads((tmp_path / "run.json").read_text("utf-8"))["finished"] is False
    assert (tmp_path / "tables" / "seeds.csv").exists()
    monkeypatch.undo()
    assert cascade.main(argv) == codes.DONE
    printed = capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} == {
        ".study", "run.json", "tables"
    }  # fmt: skip
    monkeypatch.setattr(cascade.study, "run", lambda *_, **__: pytest.fail("it was made again"))
    assert cascade.main([*argv, "--only", "tables"]) == codes.DONE
    assert capsys.readouterr().out.splitlines()[:-1] == printed.splitlines()[:-1]


def test_two_commands_do_not_write_into_one_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with codes.alone(tmp_path):
        assert cascade.main(["--out", str(tmp_path)]) == codes.USAGE
    assert "another command writes into this folder" in capsys.readouterr().err


STUBBORN = """
import subprocess, sys, time
from spread import _interrupts
_interrupts.end_at_once()
_interrupts.end_soon(lambda: "the last words")
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
while True:
    try:
        print(child.pid, flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""


def test_ctrl_c_ends_what_does_not_end_by_itself() -> None:
    """Compiled code, or a thread that is waited for, would keep it for as long as they like."""
    argv = [sys.executable, "-c", STUBBORN]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as command:
        assert command.stdout is not None
        child = int(command.stdout.readline())
        command.send_signal(signal.SIGINT)
        _, told = command.communicate(timeout=60)
    assert told == "spread: the last words\n"
    assert command.returncode == codes.INTERRUPTED
    assert ended(child) or sys.platform != "linux"


def ended(process: int) -> bool:
    """Whether a process has ended; one that was killed may take a moment."""
    state = Path(f"/proc/{process}/stat")
    for _ in range(200):
        try:
            if state.read_text("utf-8").rpartition(") ")[2].startswith(("Z", "X")):
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    "planted", ["1", "[" * 3000 + "]" * 3000, '{"record":["spread.x","y",{}]}']
)
def test_a_step_that_is_not_ours_is_made_anew(tmp_path: Path, planted: str) -> None:
    place = tmp_path / "a.step"
    with zipfile.ZipFile(place, "w") as file:
        file.writestr("key", "k")
        file.writestr("value.json", planted)
    assert _kept.load(place, key="k") in (None, (1,))
    assert _kept.load(place, key="another") is None
    os.mkfifo(tmp_path / "b.step")
    assert _kept.load(tmp_path / "b.step", key="k") is None


def test_files_of_another_study_go_and_nothing_else(tmp_path: Path) -> None:
    out, others = tmp_path / "out", tmp_path / "others"
    mine = [out / "figures/mine.png", out / "mine.csv", others / "x.csv", tmp_path / "report.html"]
    ours = [out / "report.html", out / "figures/tree.html"]
    for place in (*mine, *ours):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    (out / "tables").symlink_to(others)
    names = ["report.html", "figures/tree.html", "tables/x.csv", "../report.html", "mine.csv"]
    _listing.record(out, {}, names, key="a")
    assert _listing.clear(out, key="a") == 0
    assert _listing.clear(out, key="b") == len(ours)
    assert all(place.exists() for place in mine)
    assert not any(place.exists() for place in (*ours, out / "run.json"))


@pytest.mark.parametrize("planted", ["", "[]", '{"study": "a", "files": 3}', "[" * 3000])
def test_a_record_that_cannot_be_read_lists_nothing(tmp_path: Path, planted: str) -> None:
    (tmp_path / "run.json").write_text(planted)
    assert _listing.clear(tmp_path, key="b") == 0


def test_a_link_is_not_followed_and_what_is_not_ours_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, others = tmp_path / "out", tmp_path / "others"
    (out / "sub").mkdir(parents=True)
    others.mkdir()
    (others / "diary").write_text("mine")
    (out / ".lock").symlink_to(others / "diary")
    argv = ["--end", END, "--out", str(out), "--quiet", "--only", "tables"]
    assert cascade.main(argv) == codes.NOT_WRITTEN
    (out / ".lock").unlink()
    (out / ".unfinished").symlink_to(others)
    assert cascade.main(argv) == codes.NOT_WRITTEN
    assert "which is no folder of its own" in capsys.readouterr().err
    (out / ".unfinished").unlink()
    (out / ".unfinished").mkdir()
    (out / ".unfinished" / "archive").symlink_to(others)
    assert cascade.main(argv) == codes.NOT_WRITTEN
    (out / ".unfinished" / "archive").unlink()
    (out / ".unfinished" / "diary").write_text("mine")
    assert cascade.main(argv) == codes.NOT_WRITTEN
    assert "which is a folder that holds other things" in capsys.readouterr().err
    assert [path.name for path in others.iterdir()] == ["diary"]
    assert (others / "diary").read_text() == "mine"
    for place in (out / ".holiday.mp4.abcd1234.part", out / "sub" / ".a.csv.abcd1234.part"):
        place.write_text("mine")
    (out / ".seeds.csv.abcd1234.part").write_text("ours")
    cascade._left(cascade.parser().parse_args(argv))
    assert len(list(out.rglob(".*.part"))) == 2
