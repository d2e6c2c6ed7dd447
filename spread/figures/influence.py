"""Which tag, or which city, fed which: a matrix of shares, each with its interval."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread._arguments import require_one_of
from spread.figures._percent import percent
from spread.figures._style import INK, MUTED, TAG, blank, finish, frame, rgba, shown
from spread.tables import Table

__all__ = ["influence"]

_ROW_PX = 58
_NAME_MOST = 22
_COLUMNS = ("source", "target", "events", "share", "share_low", "share_high")


class _Wording(NamedTuple):
    """What the figure says of tags or of cities."""

    noun: str
    plural: str
    mark: str
    whole: str
    sample: str
    labels: Mapping[str, str] = MappingProxyType({})

    @property
    def title(self) -> str:
        return f"Which {self.noun} fed which"

    def name(self, name: str, most: int = 60) -> str:
        return self.mark + shown(self.labels.get(name, name), most=most)


_WORDINGS = {
    "tags": _Wording("tag", "tags", "#", "first day", "own tweets of their first days"),
    "cities": _Wording("city", "cities", "", "own tweets", "own tweets"),
}


def influence(
    table: Table, *, of: str = "tags", labels: Mapping[str, str] | None = None
) -> go.Figure:
    """Draw which share of each tag, or of each city, traces back to each other one.

    A row is a source, a column a target; a column adds up to all of the target. In a cell
    stand the share and its 95 % interval, in per cent; in grey without a ground where it
    cannot be told from chance.

    Parameters
    ----------
    table
        As `hawkes.traces(…).matrix` or `hawkes.between(…).matrix` gives it: source, target,
        events (own tweets of the target), share, share_low, share_high. Optional: cannot_tell.
    of
        What sources and targets are: `tags` or `cities`.
    labels
        How each is written, such as {"mynypd": "myNYPD"}; as in the table by default.

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
    wording = _WORDINGS[require_one_of("of", of, _WORDINGS)]._replace(labels=labels or {})
    cells = frame(table, *_COLUMNS)
    cells = cells[cells["share"].notna()]
    if cells.empty:
        return blank(wording.title, f"no {wording.plural} were fitted together")
    if "cannot_tell" not in cells:
        cells = cells.assign(cannot_tell=None)
    cells = cells.assign(told=cells["cannot_tell"].isna().astype(float))
    cells = cells.sort_values(["events", "target", "source"], ascending=[False, True, True])
    tags = list(dict.fromkeys(cells["target"]))
    sources = [*(tag for tag in tags if tag in set(cells["source"])),
               *sorted(set(cells["source"]) - set(tags))]  # fmt: skip
    values = {
        name: cells.pivot(index="source", columns="target", values=name)
        .reindex(index=sources, columns=tags)
        .to_numpy(float)
        for name in (*_COLUMNS[3:], "told")
    }
    share, low, high, told = values.values()
    figure = go.Figure()
    row, column = np.indices(share.shape).reshape(2, -1)
    figure.add_scatter(
        x=column, y=row, mode="text",
        textfont={"size": 12, "color": [INK if sure else MUTED for sure in told.ravel() == 1]},
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
            for x, y, value in zip(
                column.tolist(), row.tolist(), np.where(told == 1, share, np.nan).ravel(),
                strict=True,
            )
        ]
    )  # fmt: skip
    figure.update_layout(
        xaxis={
            "tickvals": np.arange(len(tags)), "side": "top",
            "ticktext": [wording.name(tag, _NAME_MOST) for tag in tags],
            "range": [-0.5, len(tags) - 0.5], "zeroline": False,
            "showgrid": False, "fixedrange": True,
            "title": {"text": f"of this {wording.noun}'s {wording.whole}"},
            "tickangle": -35 if len(tags) > 2 else 0, "automargin": True,
        },
        yaxis={
            "tickvals": np.arange(len(sources)),
            "ticktext": [wording.name(tag, _NAME_MOST) for tag in sources],
            "range": [len(sources) - 0.5, -0.5], "zeroline": False, "showgrid": False,
            "fixedrange": True, "automargin": True, "title": {"text": "traces back to"},
        },
        margin={"l": 20, "r": 64 if len(tags) > 2 else 16, "b": 24, "t": 190},
    )  # fmt: skip
    return finish(
        figure,
        title=wording.title,
        subtitle=f"per cent of a {wording.noun}'s {wording.whole} that trace back to another, "
        "with 95 % intervals",
        caption=_caption(cells, tags, wording),
        alt=_alt(cells, wording),
        height=_ROW_PX * len(sources) + 214,
        narrow=_narrow(len(tags), len(sources)),
    )


def _narrow(tags: int, sources: int) -> dict[str, object]:
    """Return the layout of a narrow page, where the words below the title take another line."""
    height = _ROW_PX * sources + 234
    if tags <= 2:
        return {"margin": {"t": 210}, "height": height}
    return {"xaxis": {"tickangle": -90}, "margin": {"r": 16, "t": 210}, "height": height}


def _cell(share: float, low: float, high: float) -> str:
    if not np.isfinite(share):
        return ""
    return f"{100 * share:.0f}<br>{100 * low:.0f}–{100 * high:.0f}"


def _ground(share: float) -> str:
    """Return the colour of a cell; on the darkest, text still stands out by 4.5:1 and more."""
    return rgba(TAG, 0.04 + 0.56 * share) if np.isfinite(share) else "#ffffff"


def _caption(cells: pd.DataFrame, tags: list[str], wording: _Wording) -> str:
    counts = cells.drop_duplicates("target")["events"]
    grey = "" if (cells["told"] == 1).all() else "Grey cannot be told from chance. "
    return (
        f"{len(tags)} {wording.plural if len(tags) > 1 else wording.noun}, "
        f"{int(counts.sum()):,} {wording.sample}. "
        f"A row is where it traces back to, a column whose {wording.whole} it is: first causes "
        f"under the fitted process, per cent and 95 % interval. {grey}A {wording.noun} traced back "
        "to itself came from outside or from its own kind throughout. What moves two "
        f"{wording.plural} alike and is not in their common course looks like the one feeding the "
        "other."
    )


def _alt(cells: pd.DataFrame, wording: _Wording) -> str:
    across = cells[(cells["source"] != cells["target"]) & (cells["told"] == 1)]
    if across.empty:
        return f"{wording.title}: nothing traces back to another {wording.noun} beyond chance."
    best = across.loc[across.groupby("target")["share"].idxmax()]
    best = best.sort_values(["share", "target"], ascending=[False, True])
    parts = [
        f"of {wording.name(target)} {percent(share)} ({percent(low)} to {percent(high)}) traces "
        f"back to {wording.name(source)}"
        for source, target, share, low, high in zip(
            *(best[name] for name in ("source", "target", "share", "share_low", "share_high")),
            strict=True,
        )
    ]
    return f"{wording.title}: {'; '.join(parts)}."
