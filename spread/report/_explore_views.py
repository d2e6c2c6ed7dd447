"""The four figures of an explorer: as in the report, with marks on top for what is chosen.

The marks of the choice are traces of their own, one a row of the index, whose sizes and
heights the browser sets; the figures beneath are drawn once.
"""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread import figures, samples, tables
from spread.figures._clock import clock
from spread.figures._eras import eras
from spread.figures._lineage import lineage
from spread.figures._style import ACCENT, blank, marks, shown
from spread.report._explore_index import Index
from spread.study import Study
from spread.study._spawned import FAMILY

__all__ = ["still", "views"]

_TOP_PX = 30
_MARKUP = re.compile(r"</?(?:b|br|i|span)\b[^>]*>")
_TAG_ROWS = 3
_FAMILY_MOST = 16
_NODES, _EDGES = 1_500, 4_000
_DEGREE_PX, _SIGN_PX, _LINE_PX = 1.2, 6.6, 16.0
"""How large a degree of the map, a sign and a line are in an explorer at its usual width."""


def still(study: Study, index: Index) -> dict[str, go.Figure]:
    """Return the figures of an explorer as they stand without a choice."""
    usage = study.tables["usage"]
    labels = dict(zip(usage["hashtag"], usage["shown"], strict=True)) if len(usage) else {}
    reached = study.tables["arrivals"]
    return {
        "timeline": figures.timeline(
            index.timeline,
            turn=study.turn,
            labels=labels,
            most=_TAG_ROWS,
            time_zone=study.time_zone,
        ),
        "network": figures.network(
            study.tables["nodes"],
            study.tables["edges"],
            kind=study.graph_kind,
            whole=study.graph_size,
            most_nodes=_NODES,
            most_edges=_EDGES,
            rasterised=False,
        ),
        "map": figures.map(
            reached if len(reached) else study.tables["places"],
            outline=samples.path("world"),
            time_zone=study.time_zone,
        ),
        "family": _still_family(study),
    }


def _still_family(study: Study) -> go.Figure:
    if FAMILY in dict(study.cannot_tell):
        return blank("The family of hashtags", "which tag came from which cannot be told")
    return figures.family(
        study.tables["members"],
        study.tables["links"],
        root=study.root,
        most=_FAMILY_MOST,
        window=(study.start_at, study.end_at),
        time_zone=study.time_zone,
    )


def views(study: Study, index: Index) -> dict[str, dict[str, Any]]:
    """Return for each figure its data and layout, its alt sentence, and its marks of a choice.

    `marks` says which traces are set, and which rows of the counts they show.
    """
    drawn = still(study, index)
    marked = {
        "timeline": _timeline(drawn["timeline"], study, index),
        "network": _network(drawn["network"], study, index),
        "map": _map(drawn["map"], study, index),
        "family": _family(drawn["family"], study, index),
    }
    return {name: _told(drawn[name], marked[name]) for name in drawn}


def _told(figure: go.Figure, marked: Mapping[str, object]) -> dict[str, Any]:
    """Return a figure whose title and words are text beside it, which takes any width."""
    drawn = json.loads(figure.to_json())
    layout = drawn["layout"]
    narrow = layout.pop("meta", {}).get("narrow", {})
    title = layout.pop("title", {})
    axes = [part for name, part in layout.items() if name.startswith("xaxis")]
    below = [axis.pop("title", {}).get("text", "") for axis in axes]
    words = [title.get("subtitle", {}).get("text", ""), *below]
    saved = max(layout["margin"]["t"] - _TOP_PX, 0)
    layout["margin"]["t"] -= saved
    layout["height"] -= saved
    if "height" in narrow:
        saved = max(narrow.get("margin", {}).get("t", saved + _TOP_PX) - _TOP_PX, 0)
        narrow["height"] -= saved
    return {
        **drawn,
        "title": _text(title.get("text", "")),
        "words": "; ".join(filter(None, map(_text, words))),
        "narrow": {name: narrow[name] for name in narrow if name not in ("title", "margin")},
        "alt": html.unescape(figures.alt(figure)),
        "marks": dict(marked),
    }


def _text(words: str) -> str:
    """Return the words of a figure as plain text."""
    return html.unescape(_MARKUP.sub(" ", words)).strip()


def _timeline(figure: go.Figure, study: Study, index: Index) -> dict[str, object]:
    """Add a line a row of the timeline: the tweets of the choice in each bin."""
    bins = index.timeline
    drawn = len(figure.data)
    totals = bins.groupby("hashtag", sort=True)["tweets"].sum() if drawn else pd.Series()
    leading = totals.sort_values(ascending=False, kind="stable").index[:drawn]
    at = clock(tables.instants(index.edges), study.time_zone)
    for row in range(drawn):
        figure.add_scatter(
            x=at, y=np.zeros(len(at), dtype=np.int32), yaxis=f"y{row + 1}" if row else "y",
            mode="lines", line={"shape": "hv", "width": 1.4, "color": ACCENT}, name="chosen",
            hoverinfo="skip",
        )  # fmt: skip
    figure.update_layout(dragmode="select", selectdirection="h")
    places = [_place(index.names["tag"], tag) for tag in leading]
    return {"traces": list(range(drawn, 2 * drawn)), "rows": places, "edges": _words(at)}


def _network(figure: go.Figure, study: Study, index: Index) -> dict[str, object]:
    """Add a point an account that is drawn."""
    if not figure.data:
        return {"traces": []}
    for trace in figure.data:
        if trace.mode == "markers":
            trace.update(opacity=0.3, hoverinfo="skip", hovertemplate=None)
    nodes = study.tables["nodes"].set_index("name").loc[list(index.names["account"])]
    looks = marks(nodes["camp"])
    mine = [looks.get(str(camp), looks["other"]) for camp in nodes["camp"]]
    figure.add_scatter(
        x=nodes["x"].to_numpy(np.float32), y=nodes["y"].to_numpy(np.float32), mode="markers",
        marker={"size": np.zeros(len(nodes), np.float32), "color": [look.fill for look in mine],
                "symbol": [look.symbol for look in mine], "line": {"width": 0.6, "color": "#fff"}},
        text=[shown(label) for label in nodes["label"]], **_hover("tweets by it or passed on"),
    )  # fmt: skip
    figure.update_layout(height=560)
    *below, few, more, chosen = figure.data
    figure.data = [*below, chosen, few, more]
    return {"traces": [len(below)], "most": 26}


def _map(figure: go.Figure, study: Study, index: Index) -> dict[str, object]:
    """Add a point a city where enough accounts are."""
    if not figure.data:
        return {"traces": []}
    whole = {"lonaxis": {"range": [-180, 180]}, "lataxis": {"range": [-58, 80]}}
    figure.update_layout(height=440, geo=whole)
    figure.data = [trace for trace in figure.data if trace.name != "names"]
    for trace in figure.data:
        if trace.name == "cities":
            trace.text = _apart(trace)
    cities = study.tables["places"].astype({"place_id": str}).set_index("place_id")
    cities = cities.loc[list(index.names["place"])]
    figure.add_scattergeo(
        lon=cities["longitude"].to_numpy(float), lat=cities["latitude"].to_numpy(float),
        mode="markers", marker=_ring(len(cities)),
        text=[f"{shown(city)}, {shown(country)}"
              for city, country in zip(cities["city"], cities["country"], strict=True)],
        **_hover("tweets from there"),
    )  # fmt: skip
    return {"traces": [len(figure.data) - 1], "most": 34}


def _apart(cities: go.Scattergeo) -> list[str]:
    """Return the names of cities that cover none before, on half a page with the whole world."""
    taken: list[tuple[float, float, float]] = []
    kept = []
    for name, side, east, north in zip(
        cities.text, cities.textposition, cities.lon, cities.lat, strict=True
    ):
        wide = _SIGN_PX * len(_MARKUP.sub("", name))
        middle = east * _DEGREE_PX + {"left": -1, "right": 1}.get(side.split()[1], 0) * wide / 2
        level = north * _DEGREE_PX + {"top": 16, "bottom": -16}.get(side.split()[0], 0)
        is_free = all(
            abs(middle - other) > (wide + width) / 2 or abs(level - height) > _LINE_PX
            for other, height, width in taken
        )
        if name and is_free:
            taken.append((middle, level, wide))
        kept.append(name if is_free else "")
    return kept


def _family(figure: go.Figure, study: Study, index: Index) -> dict[str, object]:
    """Add a point a tag, in its row."""
    if not figure.data:
        return {"traces": []}
    drawn = lineage(study.tables["members"], study.root, _FAMILY_MOST)
    figure.add_scatter(
        x=eras(drawn["first_at"], (study.start_at, study.end_at), study.time_zone).x,
        y=np.arange(len(drawn)), mode="markers", marker=_ring(len(drawn)),
        text=["#" + shown(name) for name in drawn["shown"]], **_hover("tweets with it"),
    )  # fmt: skip
    places = [_place(index.names["tag"], tag) for tag in drawn["hashtag"]]
    return {"traces": [len(figure.data) - 1], "rows": places, "most": 30}


def _ring(number: int) -> dict[str, object]:
    return {
        "size": np.zeros(number, np.float32),
        "color": "rgba(179,89,0,0.25)",
        "line": {"width": 2, "color": ACCENT},
    }


def _hover(words: str) -> dict[str, object]:
    return {
        "name": "chosen",
        "showlegend": False,
        "hovertemplate": f"<b>%{{text}}</b><br>%{{customdata:,}} {words}<extra></extra>",
    }


def _place(names: tuple[str, ...], name: str) -> int:
    return names.index(name) if name in names else -1


def _words(at: Any) -> list[str]:
    return [str(instant) for instant in at]
