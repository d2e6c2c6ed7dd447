"""What several test files share."""

import gc
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import hypothesis
import ibis
import pytest

# How long an example takes says how busy the machine is.
hypothesis.settings.register_profile("spread", deadline=None)
hypothesis.settings.load_profile("spread")

CALIBRATION = Path(__file__).parents[1] / "docs" / "calibration.md"
_ROWS = pytest.StashKey[list[dict[str, str]]]()


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real archives; in CI its absence is a failure, elsewhere a skip."""
    folder = Path(__file__).parents[2] / "shared" / "data"
    if not folder.is_dir():
        absent(f"the real archives are absent: {folder}")
    return folder


def absent(what: str) -> None:
    """Skip on a user's machine, fail in CI: there a skip would hide a missing part."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture
def calibration_row(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Give a function that adds a row to docs/calibration.md: room, claim, measured, target."""
    rows = request.config.stash.setdefault(_ROWS, [])

    def add(room: str, claim: str, measured: object, target: object) -> None:
        rows.append(
            {"room": room, "claim": claim, "measured": str(measured), "target": str(target)}
        )

    return add


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what the calibration tests measured as a table that README links.

    Rows of rooms that were not measured in this session stay.
    """
    rows = session.config.stash.get(_ROWS, [])
    if rows and os.environ.get("SPREAD_CALIBRATION_TABLE", "") != "off":
        CALIBRATION.parent.mkdir(exist_ok=True)
        written = CALIBRATION.read_text(encoding="utf-8") if CALIBRATION.exists() else ""
        rooms = {row["room"] for row in rows}
        kept = [row for row in calibration_rows(written) if row["room"] not in rooms]
        CALIBRATION.write_text(calibration_table(kept + rows), encoding="utf-8")


def calibration_rows(table: str) -> list[dict[str, str]]:
    """Return the rows of what `calibration_table` returned."""
    cells = [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in table.splitlines()
        if line.startswith("| ")
    ]
    names = ("room", "claim", "measured", "target")
    return [dict(zip(names, row, strict=True)) for row in cells[1:]]


def calibration_table(rows: list[dict[str, str]]) -> str:
    """Return the rows as Markdown."""
    header = (
        "# Calibration\n\n"
        "Each estimator against simulated truth; `python -m pytest -m calibration` writes this "
        "table.\n\n| room | claim | measured | target |\n|---|---|---|---|\n"
    )
    ordered = sorted(rows, key=lambda row: json.dumps([row["room"], row["claim"]]))
    return header + "".join(
        "| " + " | ".join(row[key].replace("|", "\\|") for key in row) + " |\n" for row in ordered
    )


def pytest_unconfigure() -> None:
    """Close what Ibis opened; left to the interpreter's end, DuckDB reports it as leaked."""
    backend = ibis.options.default_backend
    if backend is not None:
        backend.disconnect()
        ibis.options.default_backend = None
    gc.collect()
