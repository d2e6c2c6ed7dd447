"""Pickle is neither read nor written: a file of it can run anything.

Two things are no files of ours: messages between the processes that read an archive, which
Python's multiprocessing packs that way, and the cache of machine code that numba keeps beside
the sources, as Python keeps .pyc files. numpy.save and numpy.load are no fault as long as
nobody says `allow_pickle`: loading then refuses whatever would have to be unpickled.
"""

import ast
import gzip
import pickle
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from invented_archive import put, v1_tweet

import spread
from spread import archive
from spread._errors import InputError, UsageError

PACKAGE = Path(spread.__file__).parent
MODULES = {
    "pickle", "_pickle", "cPickle", "pickletools", "dill", "cloudpickle", "joblib", "shelve",
    "marshal", "jsonpickle", "copyreg",
}  # fmt: skip
CALLS = {
    "read_pickle", "to_pickle", "write_pickle", "write_picklez", "Read_Pickle", "Read_Picklez",
    "eval", "exec", "full_load", "unsafe_load",
}  # fmt: skip
LOADERS = {"torch", "yaml", "marshal"}


def faults(source: str) -> list[str]:
    """Return what in a source can read or write pickles, or run what it reads."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [a.name for a in node.names if a.name.partition(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom):
            named = {(node.module or "").partition(".")[0], *(a.name for a in node.names)}
            found += sorted(named & (MODULES | CALLS))
        elif isinstance(node, ast.Constant) and node.value in MODULES - {"marshal"}:
            found.append(str(node.value))
        elif isinstance(node, ast.Call):
            found += _calls(node)
    return found


def _calls(node: ast.Call) -> list[str]:
    if isinstance(node.func, ast.Name):
        return [node.func.id] if node.func.id in CALLS else []
    if not isinstance(node.func, ast.Attribute):
        return []
    name, owner = node.func.attr, node.func.value
    loads = name == "load" and isinstance(owner, ast.Name) and owner.id in LOADERS
    given = any(k.arg == "allow_pickle" for k in node.keywords)
    return [name] if name in CALLS or loads or given else []


@pytest.mark.parametrize(
    "planted",
    [
        "import pickle",
        "def f():\n    from joblib import load",
        "import numpy as np\nnp.load('x.npy', allow_pickle=True)",
        "frame.to_pickle('x')",
        "graph.write_pickle('x')",
        "importlib.import_module('pickle')",
        "from pandas import read_pickle",
        "eval(text)",
        "yaml.load(text)",
    ],
)
def test_the_search_finds_what_is_planted(planted: str) -> None:
    assert faults(planted)


def test_no_source_reads_or_writes_pickle() -> None:
    sources = [*PACKAGE.rglob("*.py"), *(PACKAGE.parent / "data").glob("*.py")]
    assert len(sources) > 200
    found = {str(p): faults(p.read_text("utf-8")) for p in sources}
    assert {path: some for path, some in found.items() if some} == {}


class Payload:
    """What makes a file when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return open, (str(self.marker), "w")


@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_planted_pickle_is_refused_and_does_nothing(tmp_path: Path, protocol: int) -> None:
    marker = tmp_path / "it ran"
    evil = pickle.dumps(Payload(marker), protocol)
    folder = tmp_path / "archive"
    folder.mkdir()
    for name in ("a.pkl", "a.pickle", "a.joblib", "a.npy", "a.jsonl", "a.json"):
        (folder / name).write_bytes(evil)
        with pytest.raises(InputError) as caught:
            archive.read(folder / name)
        assert "\n" not in str(caught.value)
    (folder / "b.jsonl.gz").write_bytes(gzip.compress(evil))
    with zipfile.ZipFile(folder / "c.zip", "w") as packed:
        packed.writestr("d.jsonl", evil)
        packed.writestr("d.pkl", evil)
    made = archive.read([folder, put(tmp_path / "good.jsonl", v1_tweet(1))], to=tmp_path / "out")
    assert made.report.totals["kept"] == 1
    ignored = {Path(name).name for name in made.report.ignored}
    assert {"a.pkl", "a.pickle", "a.joblib", "a.npy"} <= ignored
    (tmp_path / "out" / "tweets.pkl").write_bytes(evil)
    assert len(archive.open(tmp_path / "out").frame("tweets")) == 1
    assert not marker.exists()
    unpickled = pickle.loads(evil)  # noqa: S301 - the payload is a real one
    unpickled.close()
    assert marker.exists()


def test_a_table_that_is_a_pickle_is_damaged_and_nothing_else(tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    made = archive.read(put(tmp_path / "a.jsonl", v1_tweet(1)), to=tmp_path / "out")
    (made.path / "tweets.parquet").write_bytes(pickle.dumps(Payload(marker)))
    with pytest.raises(InputError, match="the archive is damaged"):
        archive.open(made.path)
    with pytest.raises(UsageError, match="not a table"):
        spread.graphs.edges(pickle.dumps(pd.DataFrame()), "retweet")
    assert not marker.exists()
