"""Steps that are kept as soon as they are done, for a run that is cut off to go on from."""

import dataclasses
import hashlib
import json
import platform
import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import ibis
import pandas as pd

import spread
from spread import archive as archives
from spread._errors import OutputError, SpreadError
from spread.archive import Archive
from spread.archive._archive import SCHEMAS
from spread.archive.files._found import find, source_name
from spread.study import _kept, _tables
from spread.study._found import STEPS, beside
from spread.study._freeze import sha256
from spread.study._record import Study

__all__ = [
    "ALL",
    "BAR",
    "Kept",
    "OnStep",
    "again",
    "archive_in",
    "count",
    "ended",
    "fingerprint",
    "known",
    "versions",
]

Source: TypeAlias = str | Path | Iterable[str | Path] | Archive

OnStep: TypeAlias = Callable[[str, Mapping[str, pd.DataFrame]], object]
"""Is told the name of a step that is done, and its tables."""

BAR: Final = "{desc}{percentage:.0f} %|{bar}| {elapsed}, about {remaining} left"
"""How progress is shown."""

ALL: Final = len(STEPS)
"""How many steps there are."""

_ENDING: Final = ".step"
_STUDY: Final = tuple(field.name for field in dataclasses.fields(Study))
_PACKAGES = (
    "spread",
    "numpy",
    "scipy",
    "numba",
    "pandas",
    "pyarrow",
    "duckdb",
    "ibis-framework",
    "igraph",
    "networkx",
    "plotly",
)

_Answer = TypeVar("_Answer")


def archive_place(folder: Path) -> Path:
    """Return where a folder keeps the tables of the archive."""
    return folder / "archive"


def archive_in(
    folder: Path, source: str | Path | Iterable[str | Path], *, progress: bool | None
) -> Archive:
    """Return the archive kept in a folder, if it is of these very files, or read and keep it."""
    place = archive_place(folder)
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise OutputError(
            "unfinished work cannot be kept",
            got=f"{place}, which is no folder of its own",
            hint="Take it away, or name another place",
        )
    paths = [source] if isinstance(source, str | Path) else list(source)
    kept = _kept_archive(place)
    if kept is not None and _identities(kept) == _identities(paths):
        return kept
    shutil.rmtree(place, ignore_errors=True)
    return archives.read(paths, to=place, progress=progress)


def fingerprint(source: Source, asked: Iterable[object]) -> str:
    """Return what changes with the files read, the arguments, or the versions of anything."""
    told = [
        sorted(_identities(source)),
        [_plain(value) for value in asked],
        platform.python_version(),
        sorted(versions().items()),
        _code(),
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of the packages that a study rests on."""
    return {name: metadata.version(name) for name in _PACKAGES}


@dataclasses.dataclass(frozen=True)
class Kept:
    """What takes a step's answer from a folder or, where it is not there, makes it.

    Answers are kept, and told of, by the thread that asks for them.
    """

    folder: Path | None
    key: str
    begin: Callable[[str], None]
    labels: pd.DataFrame
    names: bool
    on_step: OnStep | None

    def __call__(self, name: str, make: Callable[[], _Answer]) -> _Answer:
        """Return what `make` returns, or returned before."""
        self.begin(name)
        kept = self._kept(name)
        return self._told(name, make() if kept is None else kept[0], is_new=kept is None)

    def beside(self, name: str, make: Callable[[], _Answer]) -> Callable[[], _Answer]:
        """Let `make` begin in a thread of its own; return what waits for its answer."""
        kept = self._kept(name)
        waits = beside(make) if kept is None else (lambda: kept[0])

        def answer() -> _Answer:
            self.begin(name)
            return self._told(name, waits(), is_new=kept is None)

        return answer

    def _kept(self, name: str) -> tuple[Any] | None:
        if self.folder is None:
            return None
        return _kept.load(_place(self.folder, name), key=_of_step(self.key, name))

    def _told(self, name: str, answer: _Answer, *, is_new: bool) -> _Answer:
        if self.folder is not None and is_new:
            _kept.save(answer, _place(self.folder, name), key=_of_step(self.key, name))
        if self.on_step is not None:
            self.on_step(name, _tables.of_step(name, answer, labels=self.labels, names=self.names))
        return answer


def known(folder: Path | None, *, key: str) -> int:
    """Return how many steps of this very run are kept."""
    if folder is None:
        return 0
    return sum(_kept.has(_place(folder, name), key=_of_step(key, name)) for name in STEPS)


def ended(study: Study, path: Path, *, key: str) -> None:
    """Keep a study in one file, to be drawn again; it holds what its tables show, no tweets."""
    told = {name: getattr(study, name) for name in _STUDY if name != "archive"}
    _kept.save(told, path, key=key)


def again(path: Path, *, key: str) -> Study | None:
    """Return a study that had ended, with an archive that is empty; None where there is none."""
    kept = _kept.load(path, key=key)
    if kept is None:
        return None
    told = kept[0]
    if not isinstance(told, dict) or {*told, "archive"} != {*_STUDY}:
        return None
    return Study(**told, archive=Archive(path.parent, _no_rows, told["read_report"]))


def _no_rows() -> dict[str, ibis.Table]:
    return {name: ibis.memtable(schema.empty_table()) for name, schema in SCHEMAS.items()}


def count(folder: Path) -> int:
    """Return how many steps are kept in a folder, of whichever run."""
    return sum(_place(folder, name).is_file() for name in STEPS)


def _of_step(key: str, step: str) -> str:
    return f"{key} {step}"


def _place(folder: Path, step: str) -> Path:
    return folder / f"{step.replace(' ', '-')}{_ENDING}"


def _kept_archive(place: Path) -> Archive | None:
    try:
        return archives.open(place) if place.exists() else None
    except SpreadError:
        return None


def _identities(source: Source) -> set[tuple[str, str]]:
    """Return the names and the hashes of the files that an archive was, or is to be, read from."""
    if isinstance(source, Archive):
        files = source.report.files
        return set(zip(files.source_file, files.sha256, strict=True))
    paths = [source] if isinstance(source, str | Path) else source
    return {(source_name(file), sha256(file)) for file in find(paths).files}


def _plain(value: object) -> str:
    return value.to_csv(index=False) if isinstance(value, pd.DataFrame) else repr(value)


@cache
def _code() -> str:
    """Return the hash of this package's own code, which may change without its version."""
    package = Path(spread.__file__).parent
    sums = [f"{path.relative_to(package)} {sha256(path)}" for path in package.rglob("*.py")]
    return hashlib.sha256("\n".join(sorted(sums)).encode()).hexdigest()
