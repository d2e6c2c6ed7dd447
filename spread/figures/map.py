"""Where it went: a map of cities."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from spread._arguments import require_count
from spread._errors import UsageError
from spread.figures._arrived import counted_too, of_one_tag, places
from spread.figures._beside import Dots, beside, first_beside
from spread.figures._clock import stamp
from spread.figures._outline import Outline, outline_lines
from spread.figures._playing import controls
from spread.figures._style import HALO, INK, WIDE, blank, counted, finish, frame, shown
from spread.tables import Table

__all__ = ["map"]

_FLOWS_MOST = 40
_WIDTHS = ((0.0, 0.1, 0.8), (0.1, 0.35, 1.8), (0.35, 1.0, 3.5))
_NARROW_PX, _WIDE_PX = 350, 680
_FIRST = 5  # as many as a story tells
_SPAN_LEAST = 50.0
_FRAMES_MOST = 60
_Ends = tuple[float, float]
_SEA, _LAND, _BORDER = "#f3f6fa", "#e3e7ec", "#ffffff"


def map(  # noqa: A001 - the name that a user looks for
    places: Table,
    *,
    tag: str | None = None,
    flows: Table | None = None,
    outline: Outline | None = None,
    time_zone: str = "UTC",
    most_names: int = 12,
    animated: bool = False,
) -> go.Figure:
    """Draw the cities that a hashtag reached, and what was passed on between them.

    Parameters
    ----------
    places
        `places.arrivals` (place_id, city, country, longitude, latitude, hashtag, at,
        adopters): colour is the order of arrival. Or a table of located accounts without `at`
        (place_id, city, country, longitude, latitude, users): one colour.
    tag
        Which hashtag of an arrivals table; default the one that reached most cities.
    flows
        `places.flows` by city (source_name, source_longitude, source_latitude, the same of
        target, weight, users): the 40 largest between two cities as great circles, thick
        where much was passed on.
    outline
        TopoJSON of the world, such as `samples.path("world")`, whose coasts and borders are
        drawn into the figure, which then needs no network anywhere. Without it plotly.js
        takes the outline from `window.PlotlyGeoAssets`, as in the report, or fetches it.
    time_zone
        The reader's zone, by its IANA name.
    most_names
        How many cities are named: the first to be reached, or the largest.
    animated
        Whether the cities can be played in the order of arrival, with a slider of time; the
        figure stands as without it until it is played. Needs `at`.

    Raises
    ------
    MissingColumnError
        A column is missing.
    InputError
        The outline cannot be read.
    UsageError
        The places have no time of arrival to be played.

    Examples
    --------
    >>> table = pd.DataFrame({"place_id": ["1"], "city": ["Oakland"], "country": ["US"],
    ...                       "longitude": [-122.3], "latitude": [37.8], "users": [12]})
    >>> from spread import figures
    >>> figures.alt(figures.map(table))
    'A map of one city with 12 accounts; the largest is Oakland, US.'
    """
    cities = frame(places, "place_id", "city", "country", "longitude", "latitude")
    if "adopters" not in cities:
        cities = frame(cities, "users").rename(columns={"users": "adopters"})
    timed = "at" in cities
    if animated and not timed:
        raise UsageError(
            "the map cannot be played", got="places without `at`", allowed="`places.arrivals`"
        )
    if timed:
        cities, tag = of_one_tag(cities, tag)
    cities = cities.sort_values(
        [_key(timed), "place_id"], ascending=[timed, True], kind="stable"
    ).reset_index(drop=True)
    if cities.empty:
        return blank(
            "The places it reached", "no account could be placed in a city, or too few to show"
        )
    figure = go.Figure()
    if outline is not None:
        _draw_outline(figure, outline)
    drawn = 0 if flows is None else _draw_flows(figure, flows)
    _draw_cities(figure, cities, timed, time_zone, require_count("most_names", most_names, least=0))
    figure.update_layout(geo=_geo(cities, own=outline is not None), showlegend=False)
    figure.update_layout(margin={"l": 8, "r": 8, "b": 8, "t": 92})
    if animated:
        _play(figure, cities["at"], time_zone)
    number = "one city" if len(cities) == 1 else f"{len(cities):,} cities"
    accounts = counted(cities["adopters"].sum(), "account")
    first = f"{shown(cities['city'][0])}, {shown(cities['country'][0])}"
    of_tag = f" for #{shown(tag)}" if tag else ""
    return finish(
        figure,
        title="The places it reached",
        subtitle=f"{number}, {accounts}{of_tag}" + ("; colour: order of arrival" if timed else ""),
        caption=f"{number.capitalize()} with {accounts}{of_tag} that say in their profile where "
        f"they are; area: the number of accounts"
        + ("; colour and number: the order of arrival" if timed else "")
        + (f"; {counted(drawn, 'line')}: what was passed on between two." if drawn else ".")
        + (counted_too(cities) if timed else ""),
        alt=f"A map of {number} with {accounts}; "
        + (
            f"the first is {first}, {stamp(cities['at'][0], time_zone)}."
            if timed
            else f"the largest is {first}."
        ),
        height=644 if animated else 560,
        narrow={"height": 400},
    )


def _draw_outline(figure: go.Figure, outline: Outline) -> None:
    for layer, without, colour in (
        ("countries", "coastlines", "#d5dbe2"),
        ("coastlines", None, "#9aa5b1"),
    ):
        longitude, latitude = outline_lines(outline, layer, without=without)
        figure.add_scattergeo(
            lon=longitude, lat=latitude, mode="lines", hoverinfo="skip", name=layer,
            line={"width": 0.7, "color": colour},
        )  # fmt: skip


def _draw_flows(figure: go.Figure, flows: Table) -> int:
    """Draw the largest flows between two cities, in classes of width; return how many."""
    ends = [f"{end}_{what}" for end in ("source", "target") for what in ("longitude", "latitude")]
    table = frame(flows, "source_name", "target_name", *ends, "weight", "users")
    table = table[(table[ends[:2]].to_numpy() != table[ends[2:]].to_numpy()).any(axis=1)]
    table = table.dropna(subset=ends).sort_values("weight", ascending=False, kind="stable")
    table = table.head(_FLOWS_MOST)
    if table.empty:
        return 0
    share = (table["weight"] / table["weight"].max()).to_numpy(float)
    for low, high, width in _WIDTHS:
        part = table[(share > low) & (share <= high)]
        if part.empty:
            continue
        gap = np.full(len(part), np.nan)
        longitude, latitude = (
            np.stack([part[f"source_{axis}"], part[f"target_{axis}"], gap], axis=1).ravel()
            for axis in ("longitude", "latitude")
        )
        said = [
            f"{shown(a)} → {shown(b)}: {weight:,.0f} retweets by {counted(users, 'account')}"
            for a, b, weight, users in zip(
                part["source_name"], part["target_name"], part["weight"], part["users"],
                strict=True,
            )
        ]  # fmt: skip
        figure.add_scattergeo(
            lon=longitude, lat=latitude, mode="lines", name="flows", opacity=0.45,
            line={"width": width, "color": "#CC79A7"}, hoverinfo="text",
            text=[line for line in said for _ in range(3)],
        )  # fmt: skip
    return len(table)


def _draw_cities(
    figure: go.Figure, cities: pd.DataFrame, timed: bool, time_zone: str, most_names: int
) -> None:
    """Draw the cities, the large ones first, so that no small one is hidden."""
    names = [shown(city, most=20) for city in cities["city"]]
    numbers = places(cities)
    labels = [_name(*each, timed) for each in zip(names, numbers, strict=True)]
    titles = [f"{number} {name}" for number, name in zip(numbers, names, strict=True)]
    adopters = np.maximum(cities["adopters"].to_numpy(float), 1)
    diameter = 7 + 25 * np.sqrt(adopters / adopters.max())
    named, more = _named(cities, titles, diameter / 2, most_names, timed)
    if more:
        _draw_more_names(figure, cities, diameter, labels, more)
    order = np.argsort(-diameter, kind="stable")
    marker = {"size": diameter[order], "opacity": 0.9, "line": {"width": 0.8, "color": "#ffffff"}}
    if timed:
        marker |= {"color": order} | _colours(cities["at"], time_zone)
    else:
        marker["color"] = "#0072B2"
    when = (
        [f"reached {stamp(at, time_zone)}" for at in cities["at"]] if timed else [""] * len(order)
    )
    figure.add_scattergeo(
        lon=cities["longitude"].to_numpy(float)[order],
        lat=cities["latitude"].to_numpy(float)[order],
        mode="markers+text", marker=marker, name="cities",
        textposition=[named.get(row, "top center") for row in order],
        text=[labels[row] if row in named else "" for row in order],
        textfont={"size": 12, "color": INK, "shadow": HALO},
        customdata=[
            [f"{names[row]}, {shown(country)}", int(count), when[row]]
            for row, country, count in zip(
                order, cities["country"].iloc[order], cities["adopters"].iloc[order], strict=True
            )
        ],
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]:,} accounts<br>%{customdata[2]}"
        "<extra></extra>",
    )  # fmt: skip


def _draw_more_names(
    figure: go.Figure,
    cities: pd.DataFrame,
    diameter: NDArray[np.float64],
    labels: list[str],
    more: dict[int, str],
) -> None:
    """Name the cities for which a wide page alone has room, beside dots drawn elsewhere."""
    of = cities.iloc[list(more)]
    figure.add_scattergeo(
        lon=of["longitude"], lat=of["latitude"], mode="markers+text", meta=WIDE, name="names",
        marker={"size": diameter[list(more)], "opacity": 0}, hoverinfo="skip",
        text=[labels[row] for row in more], textposition=list(more.values()),
        textfont={"size": 12, "color": INK, "shadow": HALO}, customdata=list(more),
    )  # fmt: skip


def _play(figure: go.Figure, at: "pd.Series[pd.Timestamp]", time_zone: str) -> None:
    """Add frames in which a city is faint until it is reached, a slider and two buttons."""
    trace = len(figure.data) - 1
    drawn = figure.data[trace]
    names = [number for number, part in enumerate(figure.data) if part.meta == WIDE]
    order = np.asarray(drawn.marker.color)
    steps = np.unique(np.linspace(0, len(at) - 1, min(len(at), _FRAMES_MOST)).astype(int))
    days = {stamp(end, time_zone).split(",")[0] for end in (at.iloc[0], at.iloc[-1])}
    told = [stamp(at.iloc[step], time_zone, day=len(days) > 1) for step in steps]
    figure.frames = [
        go.Frame(
            name=str(step),
            group=label,
            traces=[trace, *names],
            data=[
                go.Scattergeo(
                    marker={"opacity": np.where(order <= step, 0.9, 0.08)},
                    text=[text if row <= step else "" for row, text in zip(order, drawn.text,
                                                                           strict=True)],
                ),
                *(_names_until(figure.data[number], step) for number in names),
            ],
        )
        for step, label in zip(steps, told, strict=True)
    ]  # fmt: skip
    controls(figure, y=-0.16)
    figure.update_layout(margin={"b": 104, "t": 120})


def _names_until(names: go.Scattergeo, step: int) -> go.Scattergeo:
    """Return the names on wide pages of the cities that are reached by a step."""
    rows = zip(names.customdata, names.text, strict=True)
    return go.Scattergeo(text=[text if row <= step else "" for row, text in rows])


def _key(timed: bool) -> str:
    return "at" if timed else "adopters"


def _name(city: str, number: int, timed: bool) -> str:
    return f"<b>{number}</b> {city}" if timed else city


def _colours(at: "pd.Series[pd.Timestamp]", time_zone: str) -> dict[str, object]:
    """Colour by the order of arrival: times bunch up at the beginning, orders do not."""
    steps = np.unique(np.linspace(0, len(at) - 1, min(len(at), 4)).astype(int))
    return {
        "colorscale": "Cividis",
        "cmin": 0,
        "cmax": max(len(at) - 1, 1),
        "colorbar": {
            "orientation": "h", "x": 0.5, "xanchor": "center", "y": 0, "yanchor": "top",
            "title": {"text": "evenly by the order of arrival, not by time", "side": "top",
                      "font": {"size": 12}},
            "len": 0.8, "thickness": 10, "tickvals": steps, "outlinewidth": 0,
            "ticktext": [stamp(at.iloc[step], time_zone).replace(", ", "<br>") for step in steps],
        },
    }  # fmt: skip


def _named(
    cities: pd.DataFrame, labels: list[str], radius: NDArray[np.float64], most: int, timed: bool
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the rows of the cities that are named and where: on every page, and on wide ones.

    The first to be reached, of which a story tells, find their places together; the others
    are named in turn where a name covers no other and no dot, or not at all.
    """
    narrow, wide = (_drawn(cities, radius, wide_px) for wide_px in (_NARROW_PX, _WIDE_PX))
    rows = range(min(len(cities), 5 * most))
    first = first_beside([narrow, wide], labels, rows[: min(most, _FIRST)] if timed else [])
    few = beside([narrow, wide], labels, rows, before=first, most=most)
    every = beside([wide], labels, rows, before=few, most=most)
    return few, {row: place for row, place in every.items() if row not in few}


def _drawn(cities: pd.DataFrame, radius: NDArray[np.float64], wide_px: float) -> Dots:
    """Return where the cities lie on a map of this width, as if degrees were all alike."""
    (west, east), (south, north) = _window(cities)
    scale = wide_px / (east - west)
    x = (cities["longitude"].to_numpy(float) - (west + east) / 2) * scale
    y = (cities["latitude"].to_numpy(float) - (south + north) / 2) * scale
    return Dots(x, y, radius, wide_px)


def _window(cities: pd.DataFrame) -> tuple[_Ends, _Ends]:
    """Return the degrees that are drawn: the cities with room around, if not the whole world."""
    west, east = _room(cities["longitude"], _SPAN_LEAST, -180, 180)
    return (west, east), _room(cities["latitude"], 0.5 * (east - west), -58, 80)


def _room(degrees: "pd.Series[float]", least: float, low: float, high: float) -> _Ends:
    """Return ends around some degrees, `least` apart where there is room for it."""
    first, last = float(degrees.min()), float(degrees.max())
    room = max(0.12 * (last - first) + 6, (least - (last - first)) / 2)
    first, last = max(first - room, low), min(last + room, high)
    return max(min(first, last - least), low), min(max(last, first + least), high)


def _geo(cities: pd.DataFrame, *, own: bool) -> dict[str, object]:
    """Return the look of the map."""
    longitude, latitude = _window(cities)
    layers = {
        "showland": not own, "landcolor": _LAND, "showcountries": not own,
        "countrycolor": _BORDER, "showcoastlines": False, "showocean": False,
        "showlakes": False, "showrivers": False, "showframe": False,
    }  # fmt: skip
    return layers | {
        "projection": {"type": "natural earth"},
        "bgcolor": "#ffffff",
        "lonaxis": {"range": longitude},
        "lataxis": {"range": latitude},
        "resolution": 110,
    }
