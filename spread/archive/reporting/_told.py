"""The report that stands with an archive's tables, as it is read again."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from spread.archive import _engine
from spread.archive._counts import FILE_COLUMNS
from spread.archive._damage import damaged
from spread.archive.files._found import REPORT
from spread.archive.reporting._gap_table import gap_table
from spread.archive.reporting._report import COUNTS, ReadReport
from spread.tables import REJECTS, frame


def report_of(folder: Path) -> ReadReport:
    """Return the report of the archive in a folder.

    Raises
    ------
    InputError
        It is damaged, or the table of rejects is.
    """
    try:
        told = json.loads((folder / REPORT).read_text(encoding="utf-8"))
        _require_report(told)
        rejects = frame(_engine.held(folder / "rejects.parquet"), REJECTS, REJECTS.names)
        return _told_again(told, rejects)
    except (OSError, ValueError, RecursionError) as error:
        raise damaged(folder, error) from error


def _told_again(told: Mapping[str, Any], rejects: pd.DataFrame) -> ReadReport:
    first_at, last_at = (_instant(told.get(name)) for name in ("first_at", "last_at"))
    report = ReadReport(
        files=_files(told["files"]),
        rejects=rejects,
        ignored=tuple(told["ignored"]),
        origins=told["origins"],
        users=told["users"],
        share_cut=told["share_cut"],
        share_missing=told.get("share_missing"),
        share_located=told.get("share_located"),
        coverage=told.get("coverage"),
        first_at=first_at,
        last_at=last_at,
        gaps=gap_table(told.get("gaps", ())),
        silence=_span(told.get("silence")),
        kinds=told.get("kinds", {}),
        has_texts=told.get("has_texts", True),
        formats=told.get("formats", {}),
        changed=tuple(told.get("changed", ())),
        servers=told.get("servers", {}),
        zones=told.get("zones", {}),
        oddities=told.get("oddities", {}),
        read_by=told.get("read_by", {}),
        **{name: told.get(name, 0) for name in _COUNTED},
    )
    if not report.pseudonymised:
        return report
    # What its made-up times and the places that were taken out would say is no fact.
    return replace(report, gaps=gap_table(()), silence=None, share_located=None)


def _instant(us: int | None) -> pd.Timestamp | None:
    return None if us is None else pd.Timestamp(us, unit="us", tz="UTC")


def _span(told: Sequence[int] | None) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    return (
        None
        if told is None
        else (
            pd.Timestamp(told[0], unit="us", tz="UTC"),
            pd.Timestamp(told[1], unit="us", tz="UTC"),
        )
    )


def _files(told: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the counts of files; of an archive that is older than a count, 0 for it."""
    unknown = dict.fromkeys(FILE_COLUMNS, 0)
    return pd.DataFrame([unknown | count for count in told], columns=list(FILE_COLUMNS))


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_number(value: object) -> bool:
    return type(value) in (int, float)


def _is_said(value: object) -> bool:
    return isinstance(value, dict) and all(type(said) in (str, dict) for said in value.values())


def _is_truth(value: object) -> bool:
    return type(value) is bool


def _is_share(value: object) -> bool:
    return value is None or _is_number(value)


def _is_instant(value: object) -> bool:
    return value is None or type(value) is int


def _are_counts(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_count, value.values()))


def _are_zones(value: object) -> bool:
    return _are_counts(value) and isinstance(value, dict) and all(map(str.isdecimal, value))


def _are_origins(value: object) -> bool:
    return _are_counts(value) and isinstance(value, dict) and "collected" in value


def _are_names(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _are_files(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, dict)
        and isinstance(row.get("source_file"), str)
        and all(_is_count(row.get(name)) for name in COUNTS)
        for row in value
    )


def _are_gaps(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(gap, list) and len(gap) == 3 and all(map(_is_number, gap)) for gap in value
    )


def _is_span(value: object) -> bool:
    if not isinstance(value, list):
        return value is None
    return len(value) == 2 and all(type(at) is int for at in value)


_COUNTED: Final = (
    "lost",
    "forgotten",
    "unavailable",
    "unavailable_originals",
    "unnamed",
    "further",
    "contradicted",
    "self_follows",
)
_NEEDED: Final = ("files", "ignored", "origins", "users", "share_cut")
_RIGHT: Final[Mapping[str, Callable[[object], bool]]] = {
    "files": _are_files,
    "ignored": _are_names,
    "changed": _are_names,
    "origins": _are_origins,
    "formats": _are_counts,
    "servers": _are_counts,
    "zones": _are_zones,
    "oddities": _are_counts,
    "gaps": _are_gaps,
    "silence": _is_span,
    "kinds": _are_counts,
    "read_by": _is_said,
    "has_texts": _is_truth,
    **dict.fromkeys(("users", *_COUNTED), _is_count),
    **dict.fromkeys(("share_cut", "share_missing", "share_located", "coverage"), _is_share),
    **dict.fromkeys(("first_at", "last_at"), _is_instant),
}


def _require_report(told: object) -> None:
    """Raise a ValueError that names what is no report, or what of it is not what it should be."""
    if not isinstance(told, dict):
        raise ValueError(f"{REPORT} is no report")
    wrong = [name for name in _NEEDED if name not in told]
    wrong += [
        name for name, is_right in _RIGHT.items() if name in told and not is_right(told[name])
    ]
    if wrong:
        raise ValueError(f"{REPORT}: {', '.join(wrong)}")
