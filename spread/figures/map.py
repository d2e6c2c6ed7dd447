"""Where it went: a map of cities."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread.figures._arrived import of_one_tag
from spread.figures._outline import Outline, outline_lines
from spread.figures._style import HALO, INK, blank, counted, finish, frame, shown, stamp
from spread.tables import Table

__all__ = ["map"]

_SEA, _LAND, _BORDER = "#f3f6fa", "#e3e7ec", "#ffffff"


def map(  # noqa: A001 - the name that a user looks for
    places: Table,
    *,
    tag: str | None = None,
    outline: Outline | None = None,
    time_zone: str = "UTC",
    most_names: int = 12,
) -> go.Figure:
    """Draw the cities that a hashtag reached on a map of the world.

    Parameters
    ----------
    places
        `places.arrivals` (place_id, city, country, longitude, latitude, hashtag, at,
        adopters): colour is the time of arrival. Or a table of located accounts without `at`
        (place_id, city, country, longitude, latitude, users): one colour.
    tag
        Which hashtag of an arrivals table; default the one that reached most cities.
    outline
        TopoJSON of the world, such as `samples.path("world")`, whose coasts and borders are
        drawn into the figure, which then needs no network anywhere. Without it plotly.js
        takes the outline from `window.PlotlyGeoAssets`, as in the report, or fetches it.
    time_zone
        The reader's zone, by its IANA name.
    most_names
        How many cities are named: the first to be reached, or the largest.

    Raises
    ------
    MissingColumnError
        A column is missing.
    InputError
        The outline cannot be read.

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
    _draw_cities(figure, cities, timed, time_zone, most_names)
    figure.update_layout(geo=_geo(own=outline is not None), showlegend=False)
    figure.update_layout(margin={"l": 8, "r": 8, "b": 8, "t": 92})
    number = "one city" if len(cities) == 1 else f"{len(cities):,} cities"
    accounts = counted(cities["adopters"].sum(), "account")
    first = f"{shown(cities['city'][0])}, {shown(cities['country'][0])}"
    of_tag = f" for #{shown(tag)}" if tag else ""
    return finish(
        figure,
        title="The places it reached",
        subtitle=f"{number}, {accounts}{of_tag}" + ("; colour: time of arrival" if timed else ""),
        caption=f"{number.capitalize()} with {accounts}{of_tag} that say in their profile where "
        f"they are; area: the number of accounts"
        + ("; colour and number: the order of arrival." if timed else "."),
        alt=f"A map of {number} with {accounts}; "
        + (
            f"the first is {first}, {stamp(cities['at'][0], time_zone)}."
            if timed
            else f"the largest is {first}."
        ),
        height=560,
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


def _draw_cities(
    figure: go.Figure, cities: pd.DataFrame, timed: bool, time_zone: str, most_names: int
) -> None:
    """Draw the cities, the large ones first, so that no small one is hidden."""
    named = _named(cities, most_names)
    adopters = np.maximum(cities["adopters"].to_numpy(float), 1)
    diameter = 7 + 25 * np.sqrt(adopters / adopters.max())
    order = np.argsort(-diameter, kind="stable")
    marker = {"size": diameter[order], "opacity": 0.9, "line": {"width": 0.8, "color": "#ffffff"}}
    if timed:
        marker |= {"color": order} | _colours(cities["at"], time_zone)
    else:
        marker["color"] = "#0072B2"
    when = (
        [f"reached {stamp(at, time_zone)}" for at in cities["at"]] if timed else [""] * len(order)
    )
    names = [shown(city, most=20) for city in cities["city"]]
    figure.add_scattergeo(
        lon=cities["longitude"].to_numpy(float)[order],
        lat=cities["latitude"].to_numpy(float)[order],
        mode="markers+text", marker=marker, name="cities", textposition="top center",
        text=[_name(names[row], row, timed) if row in named else "" for row in order],
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


def _key(timed: bool) -> str:
    return "at" if timed else "adopters"


def _name(city: str, row: int, timed: bool) -> str:
    return f"<b>{row + 1}</b> {city}" if timed else city


def _colours(at: "pd.Series[pd.Timestamp]", time_zone: str) -> dict[str, object]:
    """Colour by the order of arrival: times bunch up at the beginning, orders do not."""
    steps = np.unique(np.linspace(0, len(at) - 1, min(len(at), 4)).astype(int))
    return {
        "colorscale": "Cividis",
        "cmin": 0,
        "cmax": max(len(at) - 1, 1),
        "colorbar": {
            "orientation": "h", "x": 0.5, "xanchor": "center", "y": 0, "yanchor": "top",
            "len": 0.8, "thickness": 10, "tickvals": steps, "outlinewidth": 0,
            "ticktext": [stamp(at.iloc[step], time_zone).replace(", ", "<br>") for step in steps],
        },
    }  # fmt: skip


def _named(cities: pd.DataFrame, most: int) -> set[int]:
    """Return the rows of the cities that are named: from the top, none too near to another."""
    longitude = cities["longitude"].to_numpy(float)
    latitude = cities["latitude"].to_numpy(float)
    chosen: list[int] = []
    for row in range(len(cities)):
        near = (abs(latitude[chosen] - latitude[row]) < 9) & (
            abs(longitude[chosen] - longitude[row]) < 34
        )
        if len(chosen) < most and not near.any():
            chosen.append(row)
    return set(chosen)


def _geo(*, own: bool) -> dict[str, object]:
    """Return the look of the map: the whole world but Antarctica."""
    layers = {
        "showland": not own, "landcolor": _LAND, "showcountries": not own,
        "countrycolor": _BORDER, "showcoastlines": False, "showocean": False,
        "showlakes": False, "showrivers": False, "showframe": False,
    }  # fmt: skip
    return layers | {
        "projection": {"type": "natural earth"},
        "bgcolor": "#ffffff",
        "lataxis": {"range": [-58, 80]},
        "resolution": 110,
    }
