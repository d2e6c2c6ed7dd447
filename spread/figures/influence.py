"""Which tag fed which: a matrix of shares, each with its interval."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread.figures._style import INK, TAG, blank, counted, finish, frame, percent, rgba, shown
from spread.tables import Table

__all__ = ["influence"]

_TITLE = "Which tag fed which"
_ROW_PX = 58
_COLUMNS = ("source", "target", "events", "share", "share_low", "share_high")


def influence(table: Table) -> go.Figure:
    """Draw which share of each tag traces back to each other one.

    A row is a source, a column a target; a column adds up to all of the target. In a cell
    stand the share and its 95 % interval, in per cent.

    Parameters
    ----------
    table
        As `hawkes.traces(…).matrix` gives it: source, target, events (own tweets of the target
        in its first day), share, share_low, share_high. Optional: p_null.

    Raises
    ------
    MissingColumnError
        A column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"source": ["mynypd"], "target": ["mylapd"], "events": [86],
    ...                       "share": [0.38], "share_low": [0.29], "share_high": [0.47]})
    >>> from spread import figures
    >>> figures.alt(figures.influence(table))
    'Which tag fed which: of #mylapd 38 % (29 % to 47 %) traces back to #mynypd.'
    """
    cells = frame(table, *_COLUMNS)
    cells = cells[cells["share"].notna()]
    if cells.empty:
        return blank(_TITLE, "no tags were fitted together")
    cells = cells.sort_values(["events", "target", "source"], ascending=[False, True, True])
    tags = list(dict.fromkeys(cells["target"]))
    sources = [*(tag for tag in tags if tag in set(cells["source"])),
               *sorted(set(cells["source"]) - set(tags))]  # fmt: skip
    values = {
        name: cells.pivot(index="source", columns="target", values=name)
        .reindex(index=sources, columns=tags)
        .to_numpy(float)
        for name in _COLUMNS[3:]
    }
    share, low, high = values.values()
    figure = go.Figure()
    row, column = np.indices(share.shape).reshape(2, -1)
    figure.add_scatter(
        x=column, y=row, mode="text", textfont={"size": 12, "color": INK},
        text=[_cell(*cell) for cell in zip(share.ravel(), low.ravel(), high.ravel(), strict=True)],
        customdata=np.column_stack([share.ravel(), low.ravel(), high.ravel()]),
        hovertemplate="%{customdata[0]:.1%} (%{customdata[1]:.1%} to %{customdata[2]:.1%})"
        "<extra></extra>",
    )  # fmt: skip
    # Shapes, as a heat map would be a picture in a vector file.
    figure.update_layout(
        shapes=[
            {"type": "rect", "x0": x - 0.47, "x1": x + 0.47, "y0": y - 0.46, "y1": y + 0.46,
             "layer": "below", "line": {"width": 0}, "fillcolor": _ground(value)}
            for x, y, value in zip(column.tolist(), row.tolist(), share.ravel(), strict=True)
        ]
    )  # fmt: skip
    figure.update_layout(
        xaxis={
            "tickvals": np.arange(len(tags)), "ticktext": _labels(tags), "side": "top",
            "range": [-0.5, len(tags) - 0.5], "zeroline": False,
            "showgrid": False, "fixedrange": True, "title": {"text": "of this tag's first day"},
            "tickangle": -35 if len(tags) > 2 else 0, "automargin": True,
        },
        yaxis={
            "tickvals": np.arange(len(sources)), "ticktext": _labels(sources),
            "range": [len(sources) - 0.5, -0.5], "zeroline": False, "showgrid": False,
            "fixedrange": True, "automargin": True, "title": {"text": "traces back to"},
        },
        margin={"l": 20, "r": 16, "b": 24, "t": 190},
    )  # fmt: skip
    return finish(
        figure,
        title=_TITLE,
        subtitle="per cent of a tag's first day that trace back to another, with 95 % intervals",
        caption=_caption(cells, tags),
        alt=_alt(cells),
        height=_ROW_PX * len(sources) + 214,
    )


def _cell(share: float, low: float, high: float) -> str:
    if not np.isfinite(share):
        return ""
    return f"{100 * share:.0f}<br>{100 * low:.0f}–{100 * high:.0f}"


def _ground(share: float) -> str:
    """Return the colour of a cell; on the darkest, text still stands out by 4.5:1 and more."""
    return rgba(TAG, 0.04 + 0.56 * share) if np.isfinite(share) else "#ffffff"


def _labels(tags: list[str]) -> list[str]:
    return [f"#{shown(tag, most=14)}" for tag in tags]


def _caption(cells: pd.DataFrame, tags: list[str]) -> str:
    counts = cells.drop_duplicates("target")["events"]
    return (
        f"{counted(len(tags), 'tag')}, {counted(counts.sum(), 'own tweet')} of their first days. "
        "A row is where it traces back to, a column whose first day it is: first causes under "
        "the fitted process, per cent and 95 % interval. A tag traced back to itself came from "
        "outside or from its own kind throughout. What moves two tags alike and is not in their "
        "common course looks like the one feeding the other."
    )


def _alt(cells: pd.DataFrame) -> str:
    across = cells[cells["source"] != cells["target"]]
    if across.empty:
        return f"{_TITLE}: one tag alone."
    best = across.loc[across.groupby("target")["share"].idxmax()]
    best = best.sort_values(["share", "target"], ascending=[False, True])
    parts = [
        f"of #{shown(target)} {percent(share)} ({percent(low)} to {percent(high)}) traces back "
        f"to #{shown(source)}"
        for source, target, share, low, high in zip(
            *(best[name] for name in ("source", "target", "share", "share_low", "share_high")),
            strict=True,
        )
    ]
    return f"{_TITLE}: {'; '.join(parts)}."
