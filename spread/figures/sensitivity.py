"""How much each claim depends on choices: a specification curve, a column a claim."""

import textwrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread._arguments import require_count
from spread.figures._percent import percent
from spread.figures._style import (
    ACCENT,
    GRID,
    INK,
    MUTED,
    TAG,
    blank,
    counted,
    finish,
    frame,
    shown,
)
from spread.tables import Table
from spread.tables import rows as rows_of

__all__ = ["sensitivity"]

_TITLE = "The claims under other choices"
_COLUMNS = (
    "specification", "reconstruction", "resolution", "retweets", "window", "in_step",
    "authors_kept", "claim", "about", "unit", "estimate", "low", "high", "agrees", "cannot_tell",
)  # fmt: skip
_NAMES = {"debatenight": "DebateNight", "pdi": "PDI", "star": "star", "latest": "latest"}
_ROW_PX, _COLUMN_PX = 24, 134
_MOST = 6


def sensitivity(table: Table, *, most: int = _MOST) -> go.Figure:
    """Draw each claim under each specification, beside the study's own.

    A filled mark: the same is found; a hollow one: something else is; a cross: it cannot
    be told. The line is the study's own estimate, bars are 95 % intervals.

    Parameters
    ----------
    table
        As `study.sensitivity` gives it.
    most
        How many claims are drawn, in the order of the table.

    Raises
    ------
    MissingColumnError
        A column is missing.

    References
    ----------
    Simonsohn, Simmons, Nelson 2020, https://doi.org/10.1038/s41562-020-0912-z

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "specification": [0, 1], "reconstruction": ["posterior", "star"], "resolution": 1.0,
    ...     "retweets": True, "window": "whole", "in_step": True, "authors_kept": 1.0,
    ...     "claim": "turned it", "about": "@OccupyWallStNYC", "unit": "probability",
    ...     "estimate": [0.7, 0.6], "low": None, "high": None, "agrees": True,
    ...     "cannot_tell": None})
    >>> from spread import figures
    >>> figures.alt(figures.sensitivity(table))
    'One claim under 2 specifications: turned it (@OccupyWallStNYC) holds in 2 of 2.'
    """
    require_count("most", most)
    given = frame(table, *_COLUMNS)
    if given.empty:
        return blank(_TITLE, "no other specification was tried")
    asked = [
        rows
        for _, rows in given.groupby(["claim", "about"], sort=False)
        if rows["agrees"].notna().any()
    ]
    refused = _refused(given, asked)
    if not asked:
        return blank(_TITLE, f"the study refuses to tell what could be asked again{refused}")
    claims, many = asked[:most], len(asked)
    chosen = given.drop_duplicates("specification").sort_values("specification")
    places = {number: place for place, number in enumerate(chosen.specification)}
    figure = go.Figure()
    notes: list[dict[str, object]] = []
    for column, rows in enumerate(claims):
        _draw(figure, column, len(claims), rows, rows.specification.map(places).to_numpy(int))
        notes.append(_heading(column, len(claims), rows))
    labels = [_said(row) for row in rows_of(chosen)]
    figure.update_layout(
        yaxis={
            "tickvals": np.arange(len(labels)),
            "ticktext": [f"<b>{labels[0]}</b>", *labels[1:]],
            "range": [len(labels) - 0.4, -0.6],
            "automargin": True,
            "fixedrange": True,
        },
        annotations=notes,
        showlegend=False,
        margin={"l": 20, "r": 24, "b": 64, "t": 150},
    )
    return finish(
        figure,
        title=_TITLE,
        subtitle=f"{counted(len(claims), 'claim')} under {len(labels)} specifications; "
        "filled: the same is found, hollow: not",
        caption=_caption(len(claims), many, pd.concat(claims), len(labels))
        + (f" Not asked, as the study refuses to tell it{refused}." if refused else ""),
        alt=_alt(claims, len(labels)),
        height=214 + _ROW_PX * len(labels),
        narrow={"width": 140 + _COLUMN_PX * len(claims)} if len(claims) > 2 else None,
    )


def _refused(given: pd.DataFrame, asked: list[pd.DataFrame]) -> str:
    """Return what was not asked under any specification, to stand after other words."""
    drawn = {name for rows in asked for name in rows["claim"]}
    left = [shown(claim, most=60) for claim in given["claim"].unique() if claim not in drawn]
    return f": {', '.join(left)}" if left else ""


def _draw(figure: go.Figure, column: int, columns: int, rows: pd.DataFrame, y: np.ndarray) -> None:
    """Draw one claim in its own column, on its own axis."""
    name = "" if column == 0 else str(column + 1)
    width = 1 / columns
    estimate, low, high = (
        pd.to_numeric(rows[end], errors="coerce").to_numpy(float)
        for end in ("estimate", "low", "high")
    )
    told = np.isfinite(estimate)
    agrees = rows.agrees.fillna(False).to_numpy(bool)
    figure.update_layout(
        {
            f"xaxis{name}": {
                "domain": [column * width + 0.012, (column + 1) * width - 0.012],
                "anchor": "y",
                "nticks": 4,
                "tickangle": 0,
                "fixedrange": True,
                "range": _range(estimate, low, high),
                "title": {
                    "text": "<br>".join(map(shown, textwrap.wrap(str(rows.unit.iloc[0]), 16)))
                },
            }
        }
    )
    figure.add_scatter(
        x=estimate[told], y=y[told], xaxis=f"x{name}", mode="markers",
        marker={
            "size": 9, "color": np.where(agrees[told], TAG, "#ffffff").tolist(),
            "line": {"width": 1.6, "color": np.where(agrees[told], TAG, ACCENT).tolist()},
        },
        error_x={
            "type": "data", "array": np.nan_to_num(high - estimate)[told],
            "arrayminus": np.nan_to_num(estimate - low)[told], "color": MUTED, "width": 0,
            "thickness": 1.4,
        },
        hovertemplate="%{x:.3g}<extra></extra>",
    )  # fmt: skip
    own = estimate[rows.specification.to_numpy() == 0]
    if len(own) and np.isfinite(own[0]):
        figure.add_shape(
            type="line", xref=f"x{name}", yref="paper", x0=own[0], x1=own[0], y0=0, y1=1,
            line={"color": GRID, "width": 3}, layer="below",
        )  # fmt: skip
    figure.add_scatter(
        x=np.full((~told).sum(), np.mean(_range(estimate, low, high))), y=y[~told],
        xaxis=f"x{name}", mode="markers",
        marker={"symbol": "x-thin", "size": 8, "line": {"width": 1.6, "color": MUTED}},
        text=[shown(reason, most=120) for reason in rows.cannot_tell[~told]],
        hovertemplate="cannot tell: %{text}<extra></extra>",
    )  # fmt: skip


def _range(estimate: np.ndarray, low: np.ndarray, high: np.ndarray) -> list[float]:
    """Return an axis with zero on it, and room around the marks."""
    values = np.concatenate([estimate, low, high, [0.0]])
    values = values[np.isfinite(values)]
    room = 0.08 * (values.max() - values.min() or 1.0)
    return [float(values.min() - room), float(values.max() + room)]


def _heading(column: int, columns: int, rows: pd.DataFrame) -> dict[str, object]:
    asked = rows.agrees.dropna()
    words = [
        *textwrap.wrap(str(rows.claim.iloc[0]), 16)[:3],
        *textwrap.wrap(str(rows.about.iloc[0]), 20)[:2],
    ]
    share = f"<b>{int(asked.sum())} of {len(asked)}</b>"
    return {
        "text": "<br>".join([*(shown(word, most=20) for word in words), share]),
        "x": column / columns + 0.012, "xref": "paper", "xanchor": "left",
        "y": 1.01, "yref": "paper", "yanchor": "bottom", "align": "left",
        "showarrow": False, "font": {"size": 12, "color": INK},
    }  # fmt: skip


def _said(row: Any) -> str:
    """Return what a specification does otherwise than the study."""
    again = f", draw {row.draw + 1:.0f}" if getattr(row, "draw", 0) else ""
    words = {
        f"{shown(_NAMES.get(row.reconstruction, row.reconstruction))} trees": (
            row.reconstruction != "posterior"
        ),
        f"resolution × {row.resolution:g}": row.resolution != 1,
        f"{shown(row.window)} of the time": row.window != "whole",
        "retweets not counted": not row.retweets,
        "nobody in step": not row.in_step,
        f"{percent(row.authors_kept)} of authors{again}": row.authors_kept < 1,
    }
    return "; ".join(word for word, said in words.items() if said) or "the study"


def _caption(claims: int, many: int, given: pd.DataFrame, specifications: int) -> str:
    open_ones = int(given.cannot_tell.notna().sum())
    first = counted(claims, "claim") if claims == many else f"The first {claims} of {many} claims,"
    return (
        f"{first} made again under {specifications} specifications, the study's "
        f"own first: other trees, resolutions, windows, without retweets, without accounts that "
        f"share in step, and with fewer authors drawn at random. Above each column: in how many "
        f"of those asked the same is found. Crosses ({open_ones}): cannot be told."
    )


def _alt(claims: list[pd.DataFrame], specifications: int) -> str:
    parts = []
    for rows in claims:
        asked = rows.agrees.dropna()
        about = f"{shown(rows.claim.iloc[0])} ({shown(rows.about.iloc[0])})"
        parts.append(f"{about} holds in {int(asked.sum())} of {len(asked)}")
    many = "One claim" if len(claims) == 1 else f"{len(claims)} claims"
    return f"{many} under {specifications} specifications: {'; '.join(parts)}."
