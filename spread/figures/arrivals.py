"""When a hashtag arrived in each city."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread._arguments import require_count
from spread.figures._arrived import counted_too, of_one_tag, places
from spread.figures._clock import clock, stamp, zone_words
from spread.figures._style import (
    LEGEND,
    MUTED,
    OTHER,
    TAG,
    blank,
    counted,
    finish,
    frame,
    rgba,
    shown,
)
from spread.tables import Table

__all__ = ["arrivals"]

_ROW_PX = 26
_ROWS_LEAST = 3
_LEGEND_PX = 44  # what its entries take more where they stand below each other
_LATE_MOST = 6
_DUE = "due by its number of users"
_LATE = "not reached"


def arrivals(
    arrivals: Table, *, tag: str | None = None, most: int = 25, time_zone: str = "UTC"
) -> go.Figure:
    """Draw when a hashtag arrived in each city, in that order, with 95 % intervals.

    Parameters
    ----------
    arrivals
        As `places.arrivals` gives it: place_id, city, country, at, at_low, at_high, adopters.
        Optional: hashtag, rank, rank_low, rank_high, naive_at (drawn as a hollow mark);
        expected_at, expected_at_low, expected_at_high, p_early (when the city was due if
        arrival followed the number of active users: a grey bar behind); censored (a city that
        the tag has not reached: a hollow triangle at the end of the archive).
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
    first = ordered.head(require_count("most", most))
    names = [f"{shown(row.city)}, {shown(row.country)}" for row in first.itertuples()]
    late = _not_reached(table, ordered, tag)
    figure = go.Figure()
    _draw_expected(figure, first, time_zone)
    if "naive_at" in first:
        _draw_naive(figure, first, names, time_zone)
    _draw(figure, first, names, time_zone)
    _draw_late(figure, late, len(first))
    _write_counts(figure, first)
    rows = len(first) + len(late)
    late_names = [f"{shown(row.city)}, {shown(row.country)}  <b>–</b>" for row in late.itertuples()]
    figure.update_layout(
        xaxis={
            "type": "date",
            "title": {"text": zone_words(first["at"], time_zone)},
            "tickangle": 0,
            "nticks": 6,
        },
        yaxis={
            "tickvals": np.arange(rows),
            "ticktext": list(map("{}  <b>{}</b>".format, names, places(first))) + late_names,
            "range": [rows - 0.4, -0.6],
            "automargin": True,
            "fixedrange": True,
        },
        hovermode="closest",
        showlegend=len(figure.data) > 3,
        legend=LEGEND,
        margin={"l": 20, "r": 74, "b": 92, "t": 100},
    )
    of_tag = f" of #{shown(tag)}" if tag else ""
    cities = "one city" if len(ordered) == 1 else f"{len(ordered):,} cities"
    return finish(
        figure,
        title="The order of arrival",
        subtitle=f"{_which(first)}{of_tag} in each city, with 95 % intervals",
        caption=_caption(ordered, first, of_tag, cities)
        + _more_words(first, late)
        + counted_too(first),
        alt=f"Arrival in {cities}: first {names[0]}, {stamp(first['at'][0], time_zone)}"
        + (
            f"; last of those drawn {names[-1]}, {stamp(first['at'].iloc[-1], time_zone)}."
            if len(first) > 1
            else "."
        ),
        height=100 + 92 + _ROW_PX * max(rows, _ROWS_LEAST),
        narrow={
            "margin": {"b": 92 + _LEGEND_PX},
            "height": 100 + 92 + _LEGEND_PX + _ROW_PX * max(rows, _ROWS_LEAST),
        },
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


def _draw_expected(figure: go.Figure, first: pd.DataFrame, time_zone: str) -> None:
    """Draw when each city was due if the number of its active users explained the order."""
    ends = ["expected_at_low", "expected_at_high"]
    if not {"expected_at", *ends} <= set(first) or first["expected_at"].isna().all():
        return
    bounded = np.flatnonzero(first[ends].notna().all(axis=1))
    path = np.full((len(bounded), 3), np.datetime64("NaT"), dtype="datetime64[us]")
    for place, end in enumerate(ends):
        path[:, place] = clock(first[end].iloc[bounded], time_zone)
    bar = {"color": rgba(OTHER.fill, 0.38), "width": 11}
    figure.add_scatter(
        x=path.ravel(), y=np.repeat(bounded, 3), mode="lines", hoverinfo="skip", line=bar,
        name=_DUE, legendgroup=_DUE, showlegend=False,
    )  # fmt: skip
    due = np.flatnonzero(first["expected_at"].notna())
    figure.add_scatter(
        x=clock(first["expected_at"].iloc[due], time_zone), y=due, mode="markers", name=_DUE,
        legendgroup=_DUE,
        marker={"symbol": "line-ns", "size": 13, "line": {"width": 2, "color": MUTED}},
        customdata=_chances(first.iloc[due]),
        hovertemplate="due %{x|%d %b %H:%M} by its number of users<br>%{customdata}"
        "<extra></extra>",
    )  # fmt: skip


def _chances(due: pd.DataFrame) -> list[str]:
    if "p_early" not in due:
        return [""] * len(due)
    return ["" if p != p else f"as early by chance: {p:.2g}" for p in due["p_early"].astype(float)]


def _not_reached(table: pd.DataFrame, reached: pd.DataFrame, tag: str | None) -> pd.DataFrame:
    """Return the cities that the tag has not reached, those with most active users first."""
    if "censored" not in table:
        return table.iloc[:0]
    late = table[table["censored"].fillna(False).astype(bool)]
    if "hashtag" in late and tag is not None:
        late = late[late["hashtag"] == tag]
    late = late[~late["place_id"].isin(reached["place_id"])].drop_duplicates("place_id")
    key = ["active", "place_id"] if "active" in late else ["place_id"]
    order = [False, True][-len(key) :]
    return late.sort_values(key, ascending=order, kind="stable").head(_LATE_MOST)


def _draw_late(figure: go.Figure, late: pd.DataFrame, row: int) -> None:
    if late.empty:
        return
    ends = [trace.x for trace in figure.data]
    last = max(np.asarray(x)[~np.isnat(x)].max() for x in ends if len(x))
    figure.add_scatter(
        x=np.repeat(last, len(late)), y=row + np.arange(len(late)), mode="markers", name=_LATE,
        marker={"symbol": "triangle-right-open", "size": 11, "color": TAG, "line": {"width": 1.5}},
        text=[shown(city) for city in late["city"]],
        hovertemplate="<b>%{text}</b><br>not reached in the archive<extra></extra>",
    )  # fmt: skip


def _more_words(first: pd.DataFrame, late: pd.DataFrame) -> str:
    words = ""
    if "expected_at" in first and first["expected_at"].notna().any():
        words += (
            " Grey: when each city was due (median and 95 %) if arrival followed the number of "
            "active users."
        )
    if len(late):
        words += f" {counted(len(late), 'city', 'cities')} not reached: hollow triangles."
    return words


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
