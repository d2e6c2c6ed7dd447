"""The parts of a study that a command writes: tables, figures, the page."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import pandas as pd
from tqdm import tqdm

from spread import report, study, tables
from spread.report._pictures import pictures
from spread.study import _steps

__all__ = ["PARTS", "files", "static_files", "table_files", "write", "write_tables"]

_SHARES: Final = {"tables": 20, "figures": 40, "report": 40}
"""The parts, and which share of the time each usually takes."""

PARTS: Final = tuple(_SHARES)
_SCRIPTS: Final = ("plotly.min.js", "world.js")


def files(found: study.Study, parts: Sequence[str]) -> list[str]:
    """Return the names of all files that these parts are written as."""
    pages = [f"{name}.html" for name in pictures(found)]
    named = {
        "tables": table_files(found.tables),
        "figures": [f"figures/{name}" for name in (*pages, *_SCRIPTS)],
        "report": ["report.html"],
    }
    return [name for part in parts for name in named[part]]


def static_files(found: study.Study, formats: Iterable[str]) -> list[str]:
    """Return the names of the files that figures are written as in these formats."""
    drawn = pictures(found)
    return [f"figures/{name}.{form}" for form in formats for name in drawn]


def table_files(names: Iterable[str]) -> list[str]:
    """Return the names of the files that tables are written as."""
    return [f"tables/{name}.{form}" for name in names for form in ("csv", "parquet")]


def write(
    found: study.Study,
    folder: str | Path,
    *,
    command: str = "",
    parts: Sequence[str] = PARTS,
    progress: bool | None = False,
) -> None:
    """Write a study, or parts of it, as report.html, figures/ and tables/.

    Each file appears whole or not at all. `progress` shows a bar on stderr: always, never, or
    (None) where someone is watching.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    out = Path(folder)
    writers: dict[str, Callable[[], object]] = {
        "tables": lambda: write_tables(found.tables, out / "tables"),
        "figures": lambda: report.write_figures(found, out / "figures"),
        "report": lambda: report.write(found, out / "report.html", command=command),
    }
    quiet = None if progress is None else not progress
    total = sum(_SHARES[part] for part in parts)
    shown = tqdm(total=total, desc="writing: ", bar_format=_steps.BAR, disable=quiet, leave=False)
    with shown as bar:
        for part in (part for part in PARTS if part in parts):
            bar.set_description(f"writing the {part}")
            writers[part]()
            bar.update(_SHARES[part])


def write_tables(made: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write tables by their names."""
    for name, table in made.items():
        tables.write(table, folder / name)
