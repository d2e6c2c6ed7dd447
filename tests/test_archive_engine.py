"""Queries in DuckDB's words say what is said in Ibis, and reading needs no Ibis."""

import subprocess
import sys
from pathlib import Path

import fault_corpus
import ibis
import pytest
from invented_archive import put, v1_tweet

from spread import archive
from spread.archive.merging import _plan, _queries

FILE = Path(_queries.__file__).with_name("duckdb.sql")
ANEW = "from pathlib import Path; from spread.archive.merging import _plan; "
ANEW += f"Path('{FILE.parent.name}/{FILE.name}').write_text(_plan.in_words())"
SHARES = """object_id,account_id,content_id,timestamp_share
https://x.example/a,1,458640532934737921,1398183128
https://x.example/b,1,458640532934737921,1398183128
"""


def test_the_words_are_those_of_the_plan() -> None:
    written, made = FILE.read_text(encoding="utf-8"), _plan.in_words()
    # Another version of Ibis puts the same into other words: the next test holds for all.
    if written.splitlines()[0] == made.splitlines()[0]:
        assert written == made, f"in spread/archive: python -c {ANEW!r}"
    assert set(_queries.words()) == set(_plan.plan())


def test_tables_are_the_same_by_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    fault_corpus.write(tmp_path / "in")
    (tmp_path / "in" / "shares.csv").write_text(SHARES, encoding="utf-8")
    by_words = archive.read(tmp_path / "in", to=tmp_path / "words")
    made = {name: str(ibis.to_sql(t, dialect="duckdb")) for name, t in _plan.plan().items()}
    monkeypatch.setattr(_queries, "words", lambda: made)
    by_plan = archive.read(tmp_path / "in", to=tmp_path / "plan")
    for name in ("tweets", "users", "follows", "rejects"):
        one, other = ((read.path / f"{name}.parquet").read_bytes() for read in (by_words, by_plan))
        assert one == other, name
    assert by_words.report.as_dict() == by_plan.report.as_dict()


def test_reading_needs_no_ibis(tmp_path: Path) -> None:
    file = put(tmp_path / "t.jsonl", v1_tweet(1))
    code = f"import sys; from spread import archive; print(archive.read({str(file)!r}))"
    code += "; print('ibis' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "1 tweet collected" in done.stdout
    assert done.stdout.endswith("False\n")
