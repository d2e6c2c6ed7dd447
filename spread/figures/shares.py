"""How the camps' shares of a hashtag changed over time, and when it turned."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread.figures._clock import clock
from spread.figures._percent import percent, percent_axis
from spread.figures._stacked import AROUND_PX, stack
from spread.figures._style import (
    Mark,
    apart,
    blank,
    counted,
    finish,
    frame,
    header,
    marks,
    rgba,
    rows,
    shown,
)
from spread.figures._turn import Turn, turn_words
from spread.tables import Table

__all__ = ["shares"]

_PLOT_PX, _ROW_PX, _GAP_PX = 340, 92, 34
_TOGETHER = 3
_LABEL_PX = 17


def shares(
    turn_timeline: Table,
    *,
    turn: Turn | None = None,
    labels: Mapping[str, str] | None = None,
    time_zone: str = "UTC",
) -> go.Figure:
    """Draw each camp's share of the units over time, with its 95 % interval.

    Parameters
    ----------
    turn_timeline
        As `hijack.Turn.timeline`: start_at, end_at, camp, units, share, low, high (shares
        between 0 and 1).
    turn
        The `hijack.Turn`; its onset and half-way time are drawn with their intervals.
    labels
        How each camp is written.
    time_zone
        The reader's zone, by its IANA name.

    Raises
    ------
    MissingColumnError
        A column is missing.
    UsageError
        The time zone is unknown.

    Examples
    --------
    >>> hour = pd.date_range("2014-04-22 19:00", periods=2, freq="h", tz="UTC")
    >>> table = pd.DataFrame({"start_at": hour[0], "end_at": hour[1], "camp": ["A", "B"],
    ...                       "units": [30, 10], "share": [.75, .25], "low": [.6, .14],
    ...                       "high": [.86, .4]})
    >>> from spread import figures
    >>> figures.alt(figures.shares(table))
    'The shares of 2 camps in 1 bin of time. In the last bin: A 75 %, B 25 %.'
    """
    table = frame(turn_timeline, "start_at", "end_at", "camp", "units", "share", "low", "high")
    if table.empty:
        return blank("The camps over time", "there is no unit with a camp to count")
    names = labels or {}
    drawn = marks(table["camp"])
    unit = shown(turn.unit) if turn is not None else "unit"
    camps = _ordered(table)
    together = len(camps) <= _TOGETHER
    places, height = rows([_PLOT_PX] if together else [_ROW_PX] * len(camps), gap=_GAP_PX)
    figure = go.Figure()
    for row, camp in enumerate(camps):
        of_camp = table[table["camp"] == camp].sort_values("start_at")
        mark = drawn.get(camp, drawn["other"])
        name = shown(names.get(camp, camp))
        _draw(figure, of_camp, name, mark, time_zone, axis=0 if together else row)
        if not together:
            figure.add_annotation(header(f"<b>{name}</b>", y=places[row][1], colour=mark.ink))
    if together:
        _name_lines(figure, table, names, drawn)
    _scale(figure, places, unit)
    stack(
        figure,
        table["start_at"],
        turn=turn,
        rows=len(places),
        right_px=92 if together else 16,
        time_zone=time_zone,
    )
    units = table.groupby(["start_at", "camp"])["units"].max().sum()
    bins = table["start_at"].nunique()
    return finish(
        figure,
        title="The camps over time",
        subtitle=f"share of each camp among {counted(units, unit)}, with 95 % intervals",
        caption=f"Shares of {counted(table['camp'].nunique(), 'camp')} in "
        f"{counted(bins, 'bin')} of time, {counted(units, unit)} in all; bands are 95 % "
        f"intervals, a point is larger where there are more {unit}s."
        + turn_words(turn, time_zone=time_zone),
        alt=_alt(table, names, bins),
        height=height + AROUND_PX,
    )


def _ordered(table: pd.DataFrame) -> list[str]:
    camps = sorted(str(camp) for camp in table["camp"].dropna().unique())
    return sorted(camps, key=lambda camp: camp == "other")


def _scale(figure: go.Figure, places: list[tuple[float, float]], unit: str) -> None:
    """Give the rows one scale, so that heights compare."""
    alone = len(places) == 1
    scale = {
        **percent_axis(1.0, ticks=6 if alone else 3),
        "range": [-0.02, 1.02],
        "automargin": True,
        "fixedrange": True,
    }
    axes: dict[str, dict[str, object]] = {
        f"yaxis{row + 1 if row else ''}": {**scale, "domain": place}
        for row, place in enumerate(places)
    }
    axes["yaxis"]["title"] = {"text": f"share of {unit}s" if alone else ""}
    figure.update_layout(**axes)


def _draw(
    figure: go.Figure, of_camp: pd.DataFrame, name: str, mark: Mark, time_zone: str, *, axis: int
) -> None:
    middle = of_camp["start_at"] + (of_camp["end_at"] - of_camp["start_at"]) / 2
    x = clock(middle, time_zone)
    on = f"y{axis + 1}" if axis else "y"
    figure.add_scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([of_camp["high"].to_numpy(float), of_camp["low"].to_numpy(float)[::-1]]),
        mode="lines", line={"width": 0}, fill="toself", fillcolor=rgba(mark.fill, 0.16),
        hoverinfo="skip", name=f"{name}, interval", yaxis=on,
    )  # fmt: skip
    units = of_camp["units"].to_numpy(float)
    figure.add_scatter(
        x=x,
        y=of_camp["share"].to_numpy(float),
        mode="lines+markers",
        name=name,
        yaxis=on,
        line={"color": mark.line, "width": 2},
        marker={
            "symbol": mark.symbol,
            "color": mark.fill,
            "size": 4 + 5 * np.sqrt(units / max(units.max(), 1)),
            "line": {"color": mark.outline, "width": 0.5},
        },
        customdata=np.column_stack([of_camp["low"], of_camp["high"], units]),
        text=np.full(len(x), name),
        hovertemplate="%{text}, %{x|%d %b %H:%M}<br>%{y:.1%} (%{customdata[0]:.1%} to "
        "%{customdata[1]:.1%})<br>%{customdata[2]:,} counted<extra></extra>",
    )


def _name_lines(
    figure: go.Figure, table: pd.DataFrame, names: Mapping[str, str], drawn: Mapping[str, Mark]
) -> None:
    last = table.sort_values("start_at").groupby("camp", as_index=False).last()
    places = apart(last["share"].to_list(), _LABEL_PX / _PLOT_PX, low=0, high=1)
    for camp, place in zip(last["camp"], places, strict=True):
        figure.add_annotation(
            text=f"<b>{shown(names.get(camp, camp), most=14)}</b>", x=1, xref="paper",
            xanchor="left", xshift=8, y=place, yref="y", yanchor="middle", showarrow=False,
            font={"size": 13, "color": drawn.get(str(camp), drawn["other"]).ink},
        )  # fmt: skip


def _alt(table: pd.DataFrame, names: Mapping[str, str], bins: int) -> str:
    last = table[table["start_at"] == table["start_at"].max()].sort_values("camp")
    parts = ", ".join(
        f"{shown(names.get(camp, camp))} {percent(share)}"
        for camp, share in zip(last["camp"], last["share"], strict=True)
    )
    camps = counted(table["camp"].nunique(), "camp")
    return f"The shares of {camps} in {counted(bins, 'bin')} of time. In the last bin: {parts}."
