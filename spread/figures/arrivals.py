"""When a hashtag arrived in each city."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread.figures._arrived import of_one_tag
from spread.figures._style import (
    LEGEND,
    MUTED,
    TAG,
    blank,
    clock,
    counted,
    finish,
    frame,
    shown,
    stamp,
    zone_words,
)
from spread.tables import Table

__all__ = ["arrivals"]

_ROW_PX = 26


def arrivals(
    arrivals: Table, *, tag: str | None = None, most: int = 25, time_zone: str = "UTC"
) -> go.Figure:
    """Draw when a hashtag arrived in each city, in that order, with 95 % intervals.

    Parameters
    ----------
    arrivals
        As `places.arrivals` gives it: place_id, city, country, at, at_low, at_high, adopters.
        Optional: hashtag, rank, rank_low, rank_high, naive_at (drawn as a hollow mark).
    tag
        Which hashtag; default the one that reached most cities.
    most
        How many cities are drawn: the first.
    time_zone
        The reader's zone, by its IANA name.

    Raises
    ------
    MissingColumnError
        A column is missing.

    Examples
    --------
    >>> at = pd.to_datetime(["2014-04-22 20:00"], utc=True)
    >>> table = pd.DataFrame({"place_id": ["1"], "city": ["Oakland"], "country": ["US"],
    ...                       "at": at, "at_low": at, "at_high": at, "adopters": [12]})
    >>> from spread import figures
    >>> figures.alt(figures.arrivals(table, time_zone="America/Los_Angeles"))
    'Arrival in one city: first Oakland, US, 22 Apr 2014, 13:00 PDT.'
    """
    table = frame(arrivals, "place_id", "city", "country", "at", "at_low", "at_high", "adopters")
    reached, tag = of_one_tag(table, tag)
    if reached.empty:
        return blank(
            "The order of arrival", "too few accounts could be placed in cities to date an arrival"
        )
    ordered = reached.sort_values(["at", "place_id"], kind="stable").reset_index(drop=True)
    first = ordered.head(most)
    names = [f"{shown(row.city)}, {shown(row.country)}" for row in first.itertuples()]
    figure = go.Figure()
    if "naive_at" in first:
        _draw_naive(figure, first, names, time_zone)
    _draw(figure, first, names, time_zone)
    _write_counts(figure, first)
    figure.update_layout(
        xaxis={"type": "date", "title": {"text": zone_words(first["at"], time_zone)}},
        yaxis={
            "tickvals": np.arange(len(first)),
            "ticktext": [f"{name}  <b>{row + 1}</b>" for row, name in enumerate(names)],
            "range": [len(first) - 0.4, -0.6],
            "automargin": True,
            "fixedrange": True,
        },
        hovermode="closest",
        showlegend="naive_at" in first,
        legend=LEGEND,
        margin={"l": 20, "r": 74, "b": 92, "t": 100},
    )
    of_tag = f" of #{shown(tag)}" if tag else ""
    cities = "one city" if len(ordered) == 1 else f"{len(ordered):,} cities"
    return finish(
        figure,
        title="The order of arrival",
        subtitle=f"{_which(first)}{of_tag} in each city, with 95 % intervals",
        caption=_caption(ordered, first, of_tag, cities),
        alt=f"Arrival in {cities}: first {names[0]}, {stamp(first['at'][0], time_zone)}"
        + (
            f"; last of those drawn {names[-1]}, {stamp(first['at'].iloc[-1], time_zone)}."
            if len(first) > 1
            else "."
        ),
        height=100 + 92 + _ROW_PX * len(first),
    )


def _draw(figure: go.Figure, first: pd.DataFrame, names: list[str], time_zone: str) -> None:
    at, low, high = (clock(first[column], time_zone) for column in ("at", "at_low", "at_high"))
    rows = np.arange(len(first))
    unbounded = np.isnat(high)
    ends = np.concatenate([at, high[~unbounded]])
    high = np.where(unbounded, ends.max() if len(ends) else at, high)
    path = np.full((len(first), 3), np.datetime64("NaT"), dtype="datetime64[us]")
    path[:, 0], path[:, 1] = low, high
    figure.add_scatter(
        x=path.ravel(), y=np.repeat(rows, 3), mode="lines", hoverinfo="skip", showlegend=False,
        line={"color": TAG, "width": 2.5}, name="95 % interval",
    )  # fmt: skip
    figure.add_scatter(
        x=high[unbounded], y=rows[unbounded], mode="markers", hoverinfo="skip", showlegend=False,
        marker={"symbol": "triangle-right", "color": TAG, "size": 9}, name="no upper end",
    )  # fmt: skip
    figure.add_scatter(
        x=at, y=rows, mode="markers", name="arrival", marker={"color": TAG, "size": 10},
        text=names,
        customdata=[
            [stamp(row.at, time_zone), stamp(row.at_low, time_zone), stamp(row.at_high, time_zone),
             int(adopters), _order(row)]
            for row, adopters in zip(first.itertuples(), first["adopters"], strict=True)
        ],
        hovertemplate="<b>%{text}</b><br>%{customdata[0]}<br>%{customdata[1]} to %{customdata[2]}"
        "<br>%{customdata[3]:,} accounts<br>%{customdata[4]}<extra></extra>",
    )  # fmt: skip


def _draw_naive(figure: go.Figure, first: pd.DataFrame, names: list[str], time_zone: str) -> None:
    rows = np.flatnonzero(first["naive_at"].notna())
    figure.add_scatter(
        x=clock(first["naive_at"].iloc[rows], time_zone), y=rows, mode="markers",
        name="by matching locations alone",
        marker={"symbol": "circle-open", "size": 15, "color": MUTED, "line": {"width": 1.5}},
        text=[names[row] for row in rows],
        hovertemplate="<b>%{text}</b><br>first tweet %{x|%d %b %H:%M}<extra></extra>",
    )  # fmt: skip


def _which(first: pd.DataFrame) -> str:
    """Return which use of a city's accounts the table dates."""
    k = int(first["k"].min()) if "k" in first else 1
    return "the first use" if k == 1 else f"the use by {k} accounts"


def _order(row: object) -> str:
    low, high = getattr(row, "rank_low", None), getattr(row, "rank_high", None)
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return ""
    return f"place {low:.0f} to {high:.0f} in the order"


def _write_counts(figure: go.Figure, first: pd.DataFrame) -> None:
    at = {"x": 1, "xref": "paper", "xshift": 34, "showarrow": False}
    small = {"font": {"size": 11, "color": MUTED}, "yref": "paper", "yanchor": "bottom"}
    plain = {"font": {"size": 12, "color": MUTED}, "yref": "y"}
    notes = [
        {"text": f"{count:,.0f}", "y": row, **plain, **at}
        for row, count in enumerate(first["adopters"])
    ]
    figure.update_layout(annotations=[{"text": "accounts", "y": 1, **small, **at}, *notes])


def _caption(ordered: pd.DataFrame, first: pd.DataFrame, of_tag: str, cities: str) -> str:
    accounts = counted(ordered["adopters"].sum(), "account")
    words = (
        f"{_which(first).capitalize()}{of_tag} in {cities} with {accounts} that could be "
        f"placed; bars are 95 % intervals that allow for wrongly placed accounts"
    )
    left = f"; the first {len(first)} are drawn" if len(first) < len(ordered) else ""
    unbounded = first["at_high"].isna().any()
    arrow = (
        " A bar with an arrow has no upper end: the city may not be reached." if unbounded else ""
    )
    return f"{words}{left}.{arrow}"
