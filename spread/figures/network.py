"""Who passed on whom: accounts as points, camps as colours."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from spread._errors import UsageError
from spread.figures._style import (
    HALO,
    INK,
    LEGEND,
    Mark,
    blank,
    counted,
    cover,
    finish,
    frame,
    marks,
    percent,
    rgba,
    shown,
)
from spread.tables import Table

__all__ = ["network"]

_HEIGHT, _WIDTH = 720, 760
_ASIDE = "#b9c0ca"

_VERBS = {
    "retweet": "retweeted",
    "reply": "answered",
    "mention": "mentioned",
    "quote": "quoted",
}


def network(
    nodes: Table,
    edges: Table,
    *,
    kind: str = "retweet",
    whole: tuple[int, int] | None = None,
    labels: Mapping[str, str] | None = None,
    most_nodes: int = 4_000,
    most_edges: int = 12_000,
    most_names: int = 16,
) -> go.Figure:
    """Draw a network whose layout is already known, its camps in colours.

    Of a large network the strongest accounts and the heaviest edges among them are drawn,
    and the caption says how many there are.

    Parameters
    ----------
    nodes
        A row an account: name (its id), label, x, y, camp, strength (such as the number of
        times it was retweeted; it sets the area of the point). Optional: public; then only
        those for which it is true are named in the picture.
    edges
        source, target, weight; ends that are no node are left out.
    kind
        What an edge is: retweet, reply, mention or quote.
    whole
        Accounts and edges of the whole network, where `nodes` are the strongest alone.
    labels
        How each camp is written.
    most_nodes, most_edges, most_names
        How many are drawn at most.

    Raises
    ------
    MissingColumnError
        A column is missing.

    Examples
    --------
    >>> nodes = pd.DataFrame({"name": ["1", "2"], "label": ["@a", "@b"], "x": [0., 1.],
    ...                       "y": [0., 1.], "camp": ["A", "B"], "strength": [5, 1]})
    >>> edges = pd.DataFrame({"source": ["2"], "target": ["1"], "weight": [5]})
    >>> from spread import figures
    >>> figures.alt(figures.network(nodes, edges))
    'A network of 2 accounts and 1 edge in 2 camps; the strongest account is @a.'
    """
    if kind not in _VERBS:
        raise UsageError("unknown kind of edge", got=repr(kind), allowed=", ".join(_VERBS))
    everyone = frame(nodes, "name", "label", "x", "y", "camp", "strength")
    links = frame(edges, "source", "target", "weight")
    placed = everyone[np.isfinite(everyone["x"].to_numpy(float))].fillna({"camp": "other"})
    if placed.empty:
        return blank(_titled(kind), f"no account {_VERBS[kind]} another")
    ordered = placed.sort_values(["strength", "name"], ascending=[False, True], kind="stable")
    shown_nodes = ordered.head(most_nodes).reset_index(drop=True)
    ends, camps_of = _ends(shown_nodes, links, most_edges)
    drawn, names = marks(placed["camp"]), labels or {}
    figure = go.Figure()
    _draw_edges(figure, shown_nodes, ends, camps_of, drawn)
    _draw_nodes(figure, shown_nodes, drawn, names, everyone["camp"].value_counts())
    _draw_names(figure, shown_nodes, most_names)
    axis = {"visible": False, "showgrid": False}
    figure.update_layout(
        xaxis=axis,
        yaxis={**axis, "scaleanchor": "x"},
        legend=LEGEND,
        hovermode="closest",
        margin={"l": 10, "r": 10, "b": 46, "t": 76},
    )
    return finish(
        figure,
        title=_titled(kind),
        subtitle=_subtitle(*(whole or (len(everyone), len(links))), len(shown_nodes), len(ends)),
        caption=_caption(whole or (len(everyone), len(links)), shown_nodes, ends, kind),
        alt=f"A network of {counted(len(everyone), 'account')} and {counted(len(links), 'edge')} "
        f"in {counted(everyone['camp'].nunique(), 'camp')}; the strongest account is "
        f"{shown(shown_nodes['label'][0])}.",
        height=_HEIGHT,
    )


def _ends(
    nodes: pd.DataFrame, links: pd.DataFrame, most: int
) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
    """Return the drawn edges as pairs of node rows, heaviest first, and the camp each lies in.

    The camp is "" where an edge runs between two camps.
    """
    index = pd.Index(nodes["name"])
    source, target = index.get_indexer(links["source"]), index.get_indexer(links["target"])
    inside = (source >= 0) & (target >= 0) & (source != target)
    weight = links["weight"].to_numpy(float)[inside]
    ends = np.column_stack([source, target])[inside]
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0], -weight))][:most]
    camps = nodes["camp"].astype(str).to_numpy(dtype=object)
    same = camps[ends[:, 0]] == camps[ends[:, 1]]
    return ends, np.where(same, camps[ends[:, 0]], "")


def _draw_edges(
    figure: go.Figure,
    nodes: pd.DataFrame,
    ends: NDArray[np.int64],
    camps_of: NDArray[np.str_],
    drawn: Mapping[str, Mark],
) -> None:
    opacity = float(np.clip(9.0 / np.sqrt(len(ends) + 1), 0.10, 0.55))
    for camp in ["", *sorted(set(camps_of) - {""})]:
        of_camp = ends[camps_of == camp]
        if not len(of_camp):
            continue
        colour = drawn.get(camp, drawn["other"]).fill if camp else _ASIDE
        figure.add_scatter(
            x=_broken(nodes["x"].to_numpy(float), of_camp),
            y=_broken(nodes["y"].to_numpy(float), of_camp),
            mode="lines", line={"width": 0.8, "color": rgba(colour, opacity)},
            hoverinfo="skip", showlegend=False, name="edges",
        )  # fmt: skip


def _broken(places: NDArray[np.float64], ends: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the ends of lines one after the other, a gap after each."""
    line = np.full((len(ends), 3), np.nan, dtype=np.float32)
    line[:, :2] = places[ends]
    return line.ravel()


def _draw_nodes(
    figure: go.Figure,
    nodes: pd.DataFrame,
    drawn: Mapping[str, Mark],
    names: Mapping[str, str],
    sizes: "pd.Series[int]",
) -> None:
    strength = np.maximum(nodes["strength"].to_numpy(float), 0)
    diameter = _diameters(strength)
    camps = nodes["camp"].astype(str)
    for camp in sorted(camps.unique(), key=lambda name: (name == "other", name)):
        rows = np.flatnonzero(camps == camp)[::-1]
        mark = drawn.get(camp, drawn["other"])
        label = shown(names.get(camp, camp))
        figure.add_scatter(
            x=nodes["x"].to_numpy(np.float32)[rows],
            y=nodes["y"].to_numpy(np.float32)[rows],
            mode="markers",
            name=f"{label} ({sizes.get(camp, len(rows)):,})",
            marker={
                "symbol": mark.symbol,
                "size": diameter[rows].astype(np.float32),
                "color": rgba(mark.fill, 0.85),
                "line": {"width": 0.5, "color": "#ffffff"},
            },
            text=[shown(nodes["label"][row]) for row in rows],
            customdata=strength[rows],
            hovertemplate="<b>%{text}</b><br>strength %{customdata:,}",
        )


def _diameters(strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the diameters of points in pixels: areas as strengths, smaller in a crowd."""
    largest = max(strength.max(), 1.0)
    room = float(np.clip(np.sqrt(500 / len(strength)), 0.4, 1))
    widest = min(30.0, 4 * np.sqrt(largest))
    return 1.5 + 2.5 * room + widest * room * np.sqrt(strength / largest)


def _draw_names(figure: go.Figure, nodes: pd.DataFrame, most: int) -> None:
    """Write the names of the strongest, each where it covers no other name."""
    x, y = nodes["x"].to_numpy(float), nodes["y"].to_numpy(float)
    scale = max(np.ptp(x) / _WIDTH, np.ptp(y) / (_HEIGHT - 160)) or 1.0
    public = nodes["public"].to_numpy(bool) if "public" in nodes else np.ones(len(nodes), bool)
    radius = _diameters(np.maximum(nodes["strength"].to_numpy(float), 0)) / 2 * scale
    rises = {"top center": 1.0, "bottom center": -1.0}
    taken: list[tuple[float, float, float, float]] = []
    chosen: list[int] = []
    places: list[str] = []
    for row in np.flatnonzero(public)[: 6 * most]:
        if len(chosen) == most:
            break
        width = 7.6 * len(str(nodes["label"][row])[:24])
        for place, right, up in (("top center", 0, 12), ("bottom center", 0, -12),
                                 ("middle right", width / 2 + 6, 0),
                                 ("middle left", -width / 2 - 6, 0)):  # fmt: skip
            middle, level = x[row] / scale + right, y[row] / scale + up
            box = (middle - width / 2, level - 10, middle + width / 2, level + 10)
            if not any(cover(box, other) for other in taken):
                taken.append(box)
                chosen.append(row)
                places.append(place)
                break
    figure.add_scatter(
        x=x[chosen], mode="text", textposition=places,
        y=[y[row] + rises.get(at, 0.0) * radius[row]
           for row, at in zip(chosen, places, strict=True)],
        text=[f"<b>{shown(nodes['label'][row], most=24)}</b>" for row in chosen],
        textfont={"size": 13, "color": INK, "shadow": HALO},
        hoverinfo="skip", showlegend=False, name="names",
    )  # fmt: skip


def _subtitle(nodes: int, edges: int, nodes_drawn: int, edges_drawn: int) -> str:
    words = f"{counted(nodes, 'account')}, {counted(edges, 'edge')}"
    if nodes_drawn < nodes or edges_drawn < edges:
        words += f"; drawn: {nodes_drawn:,} and {edges_drawn:,}"
    return words


def _titled(kind: str) -> str:
    return f"Who {_VERBS[kind]} whom"


def _caption(
    whole: tuple[int, int], nodes: pd.DataFrame, ends: NDArray[np.int64], kind: str
) -> str:
    words = (
        f"{counted(whole[0], 'account')} and {counted(whole[1], 'edge')}; a line is an account "
        f"that {_VERBS[kind]} another, a point's area is its strength, its colour and symbol "
        f"are its camp; grey lines run between camps."
    )
    if len(nodes) < whole[0]:
        words += f" The {len(nodes):,} strongest accounts are drawn"
        words += f", and {len(ends):,} edges among them." if len(ends) < whole[1] else "."
    elif len(ends) < whole[1]:
        words += f" The {len(ends):,} heaviest edges are drawn."
    if nodes["strength"].sum() > 0 and len(nodes) > 10:
        top = nodes["strength"].head(10).sum() / nodes["strength"].sum()
        words += f" Of the strength drawn, the ten strongest have {percent(top)}."
    return words
