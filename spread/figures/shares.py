"""How the camps' shares of a hashtag changed over time, and when it turned."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread.figures._style import (
    Mark,
    apart,
    blank,
    clock,
    counted,
    finish,
    frame,
    marks,
    percent,
    rgba,
    shown,
    zone_words,
)
from spread.figures._turn import Turn, mark_turn, turn_words
from spread.tables import Table

__all__ = ["shares"]

_PLOT_PX = 340
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
    figure = go.Figure()
    for camp in _ordered(table):
        of_camp = table[table["camp"] == camp].sort_values("start_at")
        name = shown(names.get(camp, camp))
        _draw(figure, of_camp, name, drawn.get(str(camp), drawn["other"]), time_zone)
    _name_lines(figure, table, names, drawn)
    figure.update_layout(
        xaxis={"type": "date", "title": {"text": zone_words(table["start_at"], time_zone)}},
        yaxis={
            "title": {"text": f"share of {unit}s"},
            "tickformat": ".0%",
            "range": [-0.02, 1.02],
            "automargin": True,
        },
        showlegend=False,
        hovermode="closest",
        margin={"l": 60, "r": 92, "b": 56, "t": 84},
    )
    mark_turn(figure, turn, time_zone=time_zone)
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
        height=_PLOT_PX + 84 + 56,
    )


def _ordered(table: pd.DataFrame) -> list[str]:
    camps = sorted(table["camp"].dropna().unique())
    return sorted(camps, key=lambda camp: (camp != "other", camp))


def _draw(figure: go.Figure, of_camp: pd.DataFrame, name: str, mark: Mark, time_zone: str) -> None:
    middle = of_camp["start_at"] + (of_camp["end_at"] - of_camp["start_at"]) / 2
    x = clock(middle, time_zone)
    figure.add_scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([of_camp["high"].to_numpy(float), of_camp["low"].to_numpy(float)[::-1]]),
        mode="lines", line={"width": 0}, fill="toself", fillcolor=rgba(mark.fill, 0.16),
        hoverinfo="skip", name=f"{name}, interval",
    )  # fmt: skip
    units = of_camp["units"].to_numpy(float)
    figure.add_scatter(
        x=x,
        y=of_camp["share"].to_numpy(float),
        mode="lines+markers",
        name=name,
        line={"color": mark.fill, "width": 2},
        marker={
            "symbol": mark.symbol,
            "color": mark.fill,
            "size": 4 + 5 * np.sqrt(units / max(units.max(), 1)),
            "line": {"color": "#ffffff", "width": 0.5},
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
