"""How a table is laid out for people: rows that matter first, columns headed and explained."""

from collections.abc import Sequence

import pandas as pd

from spread.report._meanings import HEADINGS, MEANINGS, OF_TABLE

__all__ = ["arranged", "explained", "heading", "ordered"]

_FIRST: dict[str, tuple[Sequence[str], Sequence[bool]]] = {
    "timeline": (["tweets", "start_at", "hashtag"], [False, True, True]),
    "nodes": (["strength", "label"], [False, True]),
    "metrics": (["size", "root_at"], [False, True]),
    "coverage": (["reported", "observed", "tweet_id"], [False, False, True]),
    "turned": (["p_turned", "brought", "user_id"], [False, False, True]),
    "turn_timeline": (["units", "start_at", "camp"], [False, True, True]),
    "rejects": (["source_file", "source_record"], [True, True]),
    "robustness": (["robust", "share_agree"], [True, True]),
    "sensitivity": (["agrees", "specification"], [True, True]),
    "vocabulary": (["log_odds_low", "camp", "term"], [False, True, True]),
    "controls": (["found", "control"], [False, True]),
}
"""By which columns a table is put in order, and whether the smallest comes first."""

_LEADING = ("label", "claim", "topic", "about")
"""Columns that say what a row is of: they stand first."""

_ENDS = ("_low", "_high")


def arranged(columns: Sequence[str]) -> list[str]:
    """Return columns in the order in which they are read: what the row is of, then the rest.

    Examples
    --------
    >>> arranged(["camp", "share", "label"])
    ['label', 'camp', 'share']
    """
    return sorted(columns, key=lambda column: column not in _LEADING)


def heading(column: object) -> str:
    """Return how a column is headed, seconds with their unit.

    Examples
    --------
    >>> heading("share_low"), heading("lag_s"), heading("label"), heading("time_to_10_s")
    ('share low', 'lag (s)', 'account', 'time to 10 (s)')
    """
    name, end = _parted(str(column))
    stem = HEADINGS.get(name) or (f"{name[:-2]} (s)" if name.endswith("_s") else name)
    return (stem + end).replace("_", " ")


def explained(name: str, columns: Sequence[object]) -> list[tuple[str, str]]:
    """Return (heading, meaning) of the columns of a table that do not speak for themselves.

    Examples
    --------
    >>> explained("seeds", ["label", "share", "share_low"])
    [('share', 'of all credit in the archive'), ('… low, … high', 'ends of the 95 % interval')]
    """
    known = {**MEANINGS, **OF_TABLE.get(name, {})}
    stems = dict.fromkeys(_parted(str(column))[0] for column in columns)
    told = [(heading(stem), known[stem]) for stem in stems if stem in known]
    if any(_parted(str(column))[1] for column in columns):
        told.append(("… low, … high", "ends of the 95 % interval"))
    return told


def ordered(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the rows first that matter most; others keep their order.

    Examples
    --------
    >>> ordered("metrics", pd.DataFrame({"size": [1, 3], "root_at": [0, 0]}))["size"].tolist()
    [3, 1]
    """
    columns, ascending = _FIRST.get(name, ((), ()))
    if not columns or not set(columns) <= set(rows.columns):
        return rows
    return rows.sort_values(
        list(columns), ascending=list(ascending), kind="stable", na_position="last"
    )


def _parted(column: str) -> tuple[str, str]:
    """Return the name of a quantity, and which end of its interval the column is, if any."""
    for end in _ENDS:
        if column.endswith(end):
            return column.removesuffix(end), end
    return column, ""
