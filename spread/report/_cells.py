"""Tables for people: the first rows, each cell in words."""

import numbers
from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from spread.report._columns import arranged, explained, heading, ordered
from spread.report._elements import Markup, element, isolated, joined

__all__ = ["cell", "table"]

MOST_ROWS = 20
_MOST_TEXT = 120
_MOST_ITEMS = 3
_MOST_OPEN = 4
_LONG = 40
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def cell(value: object, time_zone: str) -> str:
    """Return a value in words; nothing for a missing one.

    Examples
    --------
    >>> cell(0.123456, "UTC"), cell(12345, "UTC"), cell(True, "UTC"), cell(float("nan"), "UTC")
    ('0.123', '12,345', 'yes', '')
    >>> cell(pd.Timestamp("2014-04-22 18:00", tz="UTC"), "America/New_York")
    '2014-04-22 14:00:00'
    """
    if isinstance(value, list | tuple | np.ndarray):
        return _items([cell(item, time_zone) for item in value])
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value.tz_convert(time_zone):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, numbers.Integral):
        return f"{value:,}"
    if isinstance(value, numbers.Real):
        real = float(value)
        return f"{real:,.0f}" if abs(real) >= 1000 else _small(real)
    text = str(value)
    return text if len(text) <= _MOST_TEXT else text[: _MOST_TEXT - 1].rstrip() + "…"


def _small(real: float) -> str:
    """Return a number to three digits, a very small one with its power of ten."""
    text = f"{real:.3g}"
    if "e" not in text:
        return text
    digits, power = text.split("e")
    return f"{digits} × 10{str(int(power)).translate(_RAISED)}"


def table(
    rows: pd.DataFrame,
    *,
    name: str,
    title: str,
    time_zone: str,
    hidden: Collection[str] = (),
    opened: bool = False,
) -> Markup:
    """Return the rows of a table that matter most, folded away; `name`.csv holds all."""
    columns = arranged([column for column in rows.columns if column not in hidden])
    shown = min(len(rows), MOST_ROWS)
    if not shown:
        return element("p", f"{title}: none.", class_="note")
    number = f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'}"
    part = f"{number}, the first {shown} shown" if shown < len(rows) else number
    told = f"{title} ({part})"
    return element(
        "details",
        element("summary", told),
        _grid(ordered(name, rows)[columns].head(MOST_ROWS), told, time_zone),
        element(
            "p",
            f'In full: {name}.csv in the folder tables, or study.tables["{name}"].',
            class_="note",
        ),
        _meanings(explained(name, columns)),
        open=opened,
    )


def _meanings(told: Sequence[tuple[str, str]]) -> Markup:
    """Return what columns mean, folded away where they are many."""
    if not told:
        return joined()
    terms = (element("div", element("dt", name), element("dd", meaning)) for name, meaning in told)
    meanings = element("dl", *terms, class_="columns")
    if len(told) <= _MOST_OPEN:
        return meanings
    return element("details", element("summary", "What the columns mean"), meanings)


def _grid(rows: pd.DataFrame, told: str, time_zone: str) -> Markup:
    numeric = {column for column in rows if pd.api.types.is_numeric_dtype(rows[column])}
    numeric -= {column for column in rows if pd.api.types.is_bool_dtype(rows[column])}
    head = (
        element("th", heading(column), scope="col", class_="number" if column in numeric else None)
        for column in rows
    )
    body = (
        element("tr", *(_cell(row[at], name in numeric, time_zone) for at, name in enumerate(rows)))
        for row in rows.itertuples(index=False, name=None)
    )
    grid = element("table", element("thead", element("tr", *head)), element("tbody", joined(*body)))
    return element("div", grid, class_="scroll", tabindex="0", role="region", aria_label=told)


def _cell(value: object, numeric: bool, time_zone: str) -> Markup:
    words = cell(value, time_zone)
    kind = "number" if numeric else "time" if isinstance(value, pd.Timestamp) else None
    return element("td", isolated(words), class_="long" if len(words) > _LONG else kind)


def _items(items: Sequence[str]) -> str:
    rest = len(items) - _MOST_ITEMS
    return ", ".join(items[:_MOST_ITEMS]) + (f" and {rest} more" if rest > 0 else "")
