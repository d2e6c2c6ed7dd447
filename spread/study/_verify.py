"""Whether a replication package is whole, and comes out the same when it is run again."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from spread import archive as archives
from spread._errors import InputError, UsageError
from spread.archive import Archive
from spread.study._freeze import ARCHIVE, CODING, SUMS, public, read_record, sums
from spread.study._record import Study
from spread.tables import rows
from spread.text import html_card

SAME, ROUNDED, DIFFERS, MISSING, NOT_RERUN = (
    "same",
    "same but for rounding",
    "differs",
    "missing",
    "not rerun",
)
_ROUNDING: Final = 1e-6
_BY_HAND: Final = ("sensitivity", "robustness", "controls")

Source: TypeAlias = str | Path | Iterable[str | Path] | Archive
Row = tuple[str, str, str]


@dataclass(frozen=True, repr=False)
class Verified:
    """What came of running a replication package again.

    Parameters
    ----------
    checks
        A row a file, input, table and package: what, verdict, detail. Verdicts are same, same
        but for rounding, differs, missing, not rerun.
    """

    checks: pd.DataFrame

    @property
    def is_same(self) -> bool:
        """Whether nothing is missing and nothing differs but by rounding."""
        return not self.checks.verdict.isin([DIFFERS, MISSING]).any()

    @property
    def faults(self) -> pd.DataFrame:
        """The checks that failed."""
        return self.checks[self.checks.verdict.isin([DIFFERS, MISSING])]

    def __repr__(self) -> str:
        is_table = self.checks.what.str.startswith("table ") & (self.checks.verdict != NOT_RERUN)
        first = (
            "" if self.is_same else f": {self.faults.what.iloc[0]} {self.faults.verdict.iloc[0]}"
        )
        said = "the same" if self.is_same else f"{len(self.faults)} faults, the first{first}"
        return f"<Verified: {said}; {is_table.sum()} tables rerun>"

    def _repr_html_(self) -> str:
        facts: dict[str, object] = {
            str(verdict): len(some) for verdict, some in self.checks.groupby("verdict")
        }
        facts |= {row.what: f"{row.verdict} {row.detail}" for row in rows(self.faults)}
        return html_card("Replication", facts)


def verify_by(
    run: Callable[..., Study],
    path: str | Path,
    source: Source | None,
    *,
    progress: bool | None = None,
) -> Verified:
    """Check the hashes of a package, run its study again, and compare; see `study.verify`."""
    folder = Path(path)
    told = read_record(folder)
    checks = list(_files(folder))
    opened = _opened(folder, source, told, progress)
    checks += _inputs(told["inputs"], opened)
    checks += _versions(told["versions"])
    asked = told["asked"]
    try:
        coding = pd.read_csv(folder / CODING, dtype=str) if asked["camps"] else None
    except (OSError, ValueError) as error:
        raise UsageError("the package is damaged", got=f"{CODING} ({error})") from error
    made = run(
        opened,
        asked["root"],
        start=asked["start"],
        end=asked["end"],
        launch=asked["launch"],
        time_zone=asked["time-zone"],
        camps=coding,
        names=asked["names"],
        rng=asked["seed"],
        progress=progress,
    )
    for name in sorted(told["rows"]):
        checks.append((f"table {name}", *_table(folder, name, made)))
    return Verified(pd.DataFrame(checks, columns=["what", "verdict", "detail"]))


def _files(folder: Path) -> Iterator[Row]:
    """Yield whether each file is as it was frozen, and files that were added."""
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise UsageError("the package is damaged", got=f"{folder / SUMS} ({error})") from error
    listed = {name: frozen for frozen, _, name in (line.partition("  ") for line in lines)}
    there = dict(sums(folder))
    for name, frozen in sorted(listed.items()):
        if name not in there:
            yield f"file {name}", MISSING, ""
        else:
            verdict = SAME if there[name] == frozen else DIFFERS
            yield f"file {name}", verdict, "" if verdict == SAME else "it was changed"
    for name in sorted(set(there) - set(listed)):
        yield f"file {name}", DIFFERS, "it was added"


def _opened(
    folder: Path, source: Source | None, told: dict[str, Any], progress: bool | None
) -> Archive:
    if isinstance(source, Archive):
        return source
    if source is None and (folder / ARCHIVE).is_dir():
        return archives.open(folder / ARCHIVE)
    if source is None:
        names = ", ".join(file["source_file"] for file in told["inputs"][:3])
        raise InputError(
            "the package does not hold the tweets",
            got=str(folder),
            hint=f"Name the files that it was made from: {names}",
        )
    if isinstance(source, str | Path) and (Path(source) / "tweets.parquet").exists():
        return archives.open(source)
    return archives.read(source, progress=progress)


def _inputs(frozen: list[dict[str, Any]], opened: Archive) -> Iterator[Row]:
    """Yield whether each file that was read then is read now, told by its hash."""
    now = set(opened.report.files.sha256)
    for file in frozen:
        verdict = SAME if file["sha256"] in now else MISSING
        detail = "" if verdict == SAME else "no file with its hash is among those read now"
        yield f"input {file['source_file']}", verdict, detail
    known = {file["sha256"] for file in frozen}
    for file, own in zip(opened.report.files.source_file, opened.report.files.sha256, strict=True):
        if own not in known:
            yield f"input {Path(file).name}", DIFFERS, "the study was made without it"


def _versions(frozen: dict[str, str]) -> Iterator[Row]:
    """Yield packages of another version: no fault by itself, but where to look for one."""
    for name, then in frozen.items():
        try:
            now = metadata.version(name)
        except metadata.PackageNotFoundError:
            now = "none"
        yield f"package {name}", SAME if now == then else NOT_RERUN, f"{then}, here {now}"


def _table(folder: Path, name: str, made: Study) -> tuple[str, str]:
    """Return the verdict on a table, and how far its numbers are apart."""
    if name not in made.tables:
        command = "study.sensitivity and study.controls" if name in _BY_HAND else "its own code"
        return NOT_RERUN, f"made by {command}, not by study.run"
    try:
        frozen = pq.read_table(folder / "tables" / f"{name}.parquet")
    except (OSError, pa.ArrowException) as error:
        return MISSING, (str(error).splitlines() or [""])[0]
    shown = public(name, made.tables[name], names=made.names)
    return compared(frozen, pa.Table.from_pandas(shown, preserve_index=False))


def compared(frozen: pa.Table, made: pa.Table) -> tuple[str, str]:
    """Return whether two tables are the same, and if not where they differ.

    Numbers that differ by a millionth of their size at most differ by rounding.

    Examples
    --------
    >>> one, two = pa.table({"x": [1.0, 2.0]}), pa.table({"x": [1.0, 2.0 + 1e-9]})
    >>> compared(one, one), compared(one, two)[0], compared(one, pa.table({"x": [1.0]}))
    (('same', ''), 'same but for rounding', ('differs', '2 rows then, 1 now'))
    """
    if frozen.num_rows != made.num_rows:
        return DIFFERS, f"{frozen.num_rows} rows then, {made.num_rows} now"
    if frozen.column_names != made.column_names:
        return DIFFERS, "other columns"
    most = 0.0
    for name in frozen.column_names:
        apart = _apart(frozen[name], made[name])
        if apart is None or apart > _ROUNDING:
            return DIFFERS, f"column {name}" + ("" if apart is None else f" by {apart:.2g}")
        most = max(most, apart)
    return (SAME, "") if most == 0 else (ROUNDED, f"by {most:.2g} of their size at most")


def _apart(frozen: pa.ChunkedArray, made: pa.ChunkedArray) -> float | None:
    """Return how far two columns are apart, relatively; None where they are no numbers."""
    if not pa.types.is_floating(frozen.type) or not pa.types.is_floating(made.type):
        return 0.0 if _plain(frozen) == _plain(made) else None
    a, b = (np.asarray(x.to_numpy(), np.float64) for x in (frozen, made))
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    if same.all():
        return 0.0
    scale = np.maximum(np.abs(a), np.abs(b))[~same]
    with np.errstate(invalid="ignore"):
        return float(np.nan_to_num(np.abs(a - b)[~same] / scale, nan=np.inf).max())


def _plain(column: pa.ChunkedArray) -> list[Any]:
    """Return values that compare: what is not a number is None."""
    return [None if isinstance(x, float) and x != x else x for x in column.to_pylist()]
