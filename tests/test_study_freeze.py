"""A replication package: what is in it, that it reruns to the same, and what it finds out."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from spread import archive, samples, study
from spread._errors import InputError, OutputError, UsageError
from spread.archive import Archive
from spread.study._hours import without
from spread.study._verify import compared, verify_by
from spread.tables import TWEETS

END = "2014-04-22T18:10Z"


@pytest.fixture(scope="module")
def found() -> study.Study:
    return study.run(samples.path("mynypd"), "myNYPD", end=END, rng=7)


@pytest.fixture(scope="module")
def package(found: study.Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frozen") / "package"
    found.freeze(folder, with_archive=True)
    return folder


@pytest.fixture
def copy(package: Path, tmp_path: Path) -> Path:
    return shutil.copytree(package, tmp_path / "package")


def _verified(folder: Path, found: study.Study, **options: object) -> study.Verified:
    """Verify a package without the work: whoever runs the study again finds `found`."""
    return verify_by(lambda *_, **__: found, folder, options.get("source"))


def _undrawn(_: study.Study, __: Path) -> None:
    """Draw nothing: the figures are in the package of the fixture."""


def test_a_package_reruns_to_the_same_numbers(package: Path, found: study.Study) -> None:
    done = study.verify(package)
    assert done.is_same, done.faults.to_string()
    verdicts = done.checks.set_index("what").verdict
    of_tables = verdicts[verdicts.index.str.startswith("table ")]
    assert set(of_tables) == {"same"}
    assert set(of_tables.index) == {f"table {name}" for name in found.tables}
    assert repr(done) == f"<Verified: the same; {len(found.tables)} tables rerun>"


def test_what_is_in_it(package: Path, found: study.Study) -> None:
    names = {file.relative_to(package).as_posix() for file in package.rglob("*")}
    for name in found.tables:
        assert {f"tables/{name}.csv", f"tables/{name}.parquet"} <= names
    assert {"figures/timeline.html", "figures/map.html", "archive/tweets.parquet"} <= names
    told = json.loads((package / "run.json").read_text("utf-8"))
    assert (told["seed"], told["asked"]["root"], told["asked"]["start"]) == (7, "mynypd", None)
    assert told["asked"]["end"] == "2014-04-22T18:10:00+00:00"
    assert told["versions"] == dict(found.versions)
    assert told["python"] == sys.version.split()[0]
    source = samples.path("mynypd")
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    assert [(i["source_file"], i["sha256"]) for i in told["inputs"]] == [(source.name, digest)]
    assert f"numpy=={found.versions['numpy']}\n" in (package / "requirements.txt").read_text()


def test_the_sums_are_those_of_any_other_program(package: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("no sha256sum here")
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    assert subprocess.run(command, cwd=package, check=False).returncode == 0


def test_a_package_for_everybody_holds_ids_and_no_text(found: study.Study, tmp_path: Path) -> None:
    study.freeze(found, tmp_path / "p", figures=_undrawn)
    assert not (tmp_path / "p" / "archive").exists()
    assert len((tmp_path / "p" / "ids" / "ids.txt").read_text().split()) == 12598
    texts = {t for t in found.archive.frame("tweets").text.dropna() if len(t) > 20}
    for file in (tmp_path / "p").rglob("*.parquet"):
        cells = {str(cell) for row in pq.read_table(file).to_pylist() for cell in row.values()}
        assert not texts & cells, file.name
    written = "".join(f.read_text("utf-8") for f in (tmp_path / "p").glob("*") if f.is_file())
    assert str(samples.path("mynypd").parent) not in written  # no path of this machine
    with pytest.raises(InputError, match="Name the files that it was made from: mynypd-synth"):
        study.verify(tmp_path / "p")
    done = _verified(tmp_path / "p", found, source=samples.path("mynypd"))
    assert done.is_same


def test_what_was_changed_added_or_taken_away_is_found(copy: Path, found: study.Study) -> None:
    with (copy / "tables" / "seeds.csv").open("a", encoding="utf-8") as file:
        file.write("x")
    (copy / "tables" / "extra.csv").write_text("x")
    (copy / "tables" / "turned.parquet").unlink()
    done = _verified(copy, found)
    assert not done.is_same
    assert done.faults[["what", "verdict"]].to_numpy().tolist() == [
        ["file tables/seeds.csv", "differs"],
        ["file tables/turned.parquet", "missing"],
        ["file tables/extra.csv", "differs"],
        ["table turned", "missing"],
    ]
    assert "4 faults, the first: file tables/seeds.csv differs" in repr(done)
    assert "it was changed" in done._repr_html_()


def test_another_number_is_found(package: Path, found: study.Study) -> None:
    ranked = found.tables["seeds"]
    other = found.with_tables(seeds=ranked.assign(credit=ranked.credit * 1.01))
    faults = _verified(package, other).faults
    assert faults[["what", "detail"]].to_numpy().tolist() == [
        ["table seeds", "column credit by 0.0099"]
    ]


def test_another_input_is_found(package: Path, found: study.Study, tmp_path: Path) -> None:
    tweet = '{"id_str": "458640532934737920", "text": "x", "user": {"id_str": "1"}}'
    (tmp_path / "other.jsonl").write_text(tweet)
    faults = _verified(package, found, source=tmp_path / "other.jsonl").faults
    assert faults.what.tolist() == ["input mynypd-synthetic.jsonl.gz", "input other.jsonl"]
    assert faults.verdict.tolist() == ["missing", "differs"]


def test_tables_of_the_users_own_are_kept_and_not_rerun(found: study.Study, tmp_path: Path) -> None:
    mine = found.with_tables(mine=pd.DataFrame({"x": [1]}))
    study.freeze(mine, tmp_path / "p", with_archive=True, figures=_undrawn)
    checks = _verified(tmp_path / "p", found).checks.set_index("what")
    assert checks.verdict["table mine"] == "not rerun"
    assert (tmp_path / "p" / "tables" / "mine.csv").read_text() == "x\n1\n"


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        ({"x": [1.0, float("nan")], "y": ["a", None]}, "same"),
        ({"x": [1.0 + 1e-9, float("nan")], "y": ["a", None]}, "same but for rounding"),
        ({"x": [1.0 + 1e-3, float("nan")], "y": ["a", None]}, "differs"),
        ({"x": [float("nan"), 1.0], "y": ["a", None]}, "differs"),
        ({"x": [1.0, float("inf")], "y": ["a", None]}, "differs"),
        ({"x": [1.0, float("nan")], "y": ["b", None]}, "differs"),
        ({"x": [1.0, float("nan")]}, "differs"),
        ({"x": [1.0], "y": ["a"]}, "differs"),
    ],
)
def test_tables_are_the_same_differ_by_rounding_or_differ(now: dict, verdict: str) -> None:
    then = pa.table({"x": [1.0, float("nan")], "y": ["a", None]})
    assert compared(then, pa.table(now))[0] == verdict


def test_hostile_words_are_text_in_every_table(found: study.Study, tmp_path: Path) -> None:
    words = ["=cmd|' /C calc'!A1", "<script>alert(1)</script>", "a\nb", "＝1+1"]
    study.freeze(
        found.with_tables(mine=pd.DataFrame({"said": words})), tmp_path / "p",
        with_archive=True, figures=_undrawn,
    )  # fmt: skip
    exact = pq.read_table(tmp_path / "p" / "tables" / "mine.parquet")["said"].to_pylist()
    assert exact == words
    shown = pd.read_csv(tmp_path / "p" / "tables" / "mine.csv").said.tolist()
    assert [cell[:2] for cell in shown] == ["'=", "<s", "a\n", "'＝"]


def test_places_that_hold_no_package_or_take_none_are_one_line(
    found: study.Study, copy: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("here")
    for place, error, says in (
        (tmp_path / "file", UsageError, "the folder is there already"),
        (tmp_path / "file" / "p", OutputError, "the folder cannot be written"),
    ):
        with pytest.raises(error, match=says) as caught:
            study.freeze(found, place)
        assert "\n" not in str(caught.value)

    def fails(_: study.Study, __: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        study.freeze(found, tmp_path / "p", figures=fails)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "package"]
    (copy / "run.json").write_text('{"package": 99}')
    with pytest.raises(UsageError, match="its format is 99"):
        study.verify(copy)


def test_the_archive_in_a_package_is_the_archive(package: Path, found: study.Study) -> None:
    held = archive.open(package / "archive")
    assert isinstance(held, Archive)
    names = list(TWEETS.names)
    pd.testing.assert_frame_equal(
        held.frame("tweets", columns=names), found.archive.frame("tweets", columns=names)
    )


def test_a_pseudonymised_archive_is_told_to_have_no_hours(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(
        '{"id_str": "458640532934737920", "text": "x", "user": {"id_str": "1"},'
        ' "created_at": "Tue Apr 22 16:16:38 +0000 2014"}'
    )
    archive.new_key(tmp_path / "key")
    made = archive.read(tmp_path / "a.jsonl")
    made.export(tmp_path / "shared", pseudonyms=tmp_path / "key")
    assert without(made.report) == []
    topic, reason = without(archive.open(tmp_path / "shared").report)[0]
    assert topic == "anything that rests on the hour"
    assert "begins at midnight of its day" in reason
