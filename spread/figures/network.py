"""Who passed on whom: accounts as points, camps as colours."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from spread._arguments import require_count
from spread._errors import UsageError
from spread.figures import _raster
from spread.figures._beside import beside
from spread.figures._evolving import play, steps_of
from spread.figures._framed import Frame, framed
from spread.figures._percent import percent
from spread.figures._style import (
    HALO,
    INK,
    LEGEND,
    WIDE,
    Mark,
    blank,
    counted,
    finish,
    frame,
    marks,
    once,
    rgba,
    shown,
)
from spread.tables import Table

__all__ = ["network"]

_HEIGHT, _NARROW_HEIGHT = 720, 520
_WIDE_PX, _NARROW_PX = (560, 1_100), 340
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
    rasterised: bool | None = None,
    animated: bool = False,
    time_zone: str = "UTC",
) -> go.Figure:
    """Draw a network whose layout is already known, its camps in colours.

    A network of more edges than `most_edges` is drawn as a picture of pixels by datashader
    (extra `large`): every edge, and every account as a dot under the strongest, which can be
    pointed at. Without datashader the strongest accounts and the heaviest edges among them are
    drawn, and the caption says how many there are.

    Parameters
    ----------
    nodes
        A row an account: name (its id), label, x, y, camp, strength (such as the number of
        times it was retweeted; it sets the area of the point). Optional: public; then only
        those for which it is true are named in the picture.
    edges
        source, target, weight; ends that are no node are left out. Optional: first_at, when
        each edge was first there.
    kind
        What an edge is: retweet, reply, mention or quote.
    whole
        Accounts and edges of the whole network, where `nodes` are the strongest alone.
    labels
        How each camp is written.
    most_nodes, most_edges, most_names
        How many are drawn at most as marks that can be pointed at.
    rasterised
        Whether edges are drawn as pixels. By default they are where they are more than
        `most_edges` and datashader is installed.
    animated
        Whether it can be played in the order of time, with a slider; the figure stands as
        without it until it is played. Needs `first_at`; edges are lines.
    time_zone
        The reader's zone, by its IANA name, for the slider.

    Raises
    ------
    MissingColumnError
        A column is missing.
    UsageError
        `kind` is unknown, or datashader is asked for and missing.

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
    require_count("most_nodes", most_nodes)
    require_count("most_edges", most_edges, least=0)
    require_count("most_names", most_names, least=0)
    everyone = once(frame(nodes, "name", "label", "x", "y", "camp", "strength"), "name")
    links = frame(edges, "source", "target", "weight")
    placed = everyone[np.isfinite(everyone["x"].to_numpy(float))].fillna({"camp": "other"})
    if placed.empty:
        return blank(_titled(kind), f"no account {_VERBS[kind]} another")
    ordered = placed.sort_values(["strength", "name"], ascending=[False, True], kind="stable")
    ordered = ordered.reset_index(drop=True)
    as_pixels = _as_pixels(rasterised, animated, len(links) > most_edges)
    marked = ordered.head(most_nodes)
    linked = ordered if as_pixels else marked
    edges = _ends(linked, links, len(links) if as_pixels else most_edges)
    steps = steps_of(marked, links) if animated else None
    drawn, names = marks(placed["camp"]), labels or {}
    figure = go.Figure()
    lines = []
    if as_pixels:
        _draw_pixels(figure, ordered, edges, drawn, len(marked))
    else:
        lines = _draw_edges(figure, marked, edges, drawn, None if steps is None else steps.edges)
    points = _draw_nodes(figure, marked, drawn, names, everyone["camp"].value_counts())
    window = framed(marked, whole=as_pixels)
    named = _draw_names(figure, marked, most_names, window)
    if steps is not None:
        play(figure, steps, lines=lines, points=points, names=named, time_zone=time_zone)
    axis = {"visible": False, "showgrid": False}
    figure.update_layout(
        xaxis=axis if as_pixels else {**axis, "range": window[:2]},
        yaxis={**axis, "scaleanchor": "x"} | ({} if as_pixels else {"range": window[2:]}),
        legend=LEGEND,
        hovermode="closest",
        margin={"l": 10, "r": 10, "b": 110 if animated else 46, "t": 110 if animated else 76},
    )
    size = whole or (len(everyone), len(links))
    return finish(
        figure,
        title=_titled(kind),
        subtitle=_subtitle(*size, len(linked), len(edges)),
        caption=_caption(size, linked, len(edges), kind)
        + _outside(int((~window.holds(marked)).sum())),
        alt=f"A network of {counted(len(everyone), 'account')} and {counted(len(links), 'edge')}"
        f"{_of_camps(everyone['camp'])}; the strongest account is "
        f"{shown(marked['label'][0])}.",
        height=_HEIGHT + (98 if animated else 0),
        narrow={"height": _NARROW_HEIGHT},
    )


def _as_pixels(asked: bool | None, animated: bool, many: bool) -> bool:
    if asked and not _raster.available():
        raise UsageError(
            "edges cannot be drawn as pixels",
            got="no datashader",
            hint="python -m pip install 'spread[large]'",
        )
    return (many and _raster.available() if asked is None else asked) and not animated


class _Edges(NamedTuple):
    """Edges as pairs of node rows, heaviest first; the camp of each; its row in the table.

    The camp is "" where an edge runs between two camps.
    """

    ends: NDArray[np.int64]
    camps: NDArray[np.str_]
    rows: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ends)


def _ends(nodes: pd.DataFrame, links: pd.DataFrame, most: int) -> _Edges:
    """Return the edges between nodes, heaviest first."""
    index = pd.Index(nodes["name"])
    source, target = index.get_indexer(links["source"]), index.get_indexer(links["target"])
    inside = np.flatnonzero((source >= 0) & (target >= 0) & (source != target))
    weight = links["weight"].to_numpy(float)[inside]
    order = np.lexsort((target[inside], source[inside], -weight))[:most]
    rows = inside[order]
    ends = np.column_stack([source, target])[rows]
    camps = nodes["camp"].astype(str).to_numpy(dtype=object)
    same = camps[ends[:, 0]] == camps[ends[:, 1]]
    return _Edges(ends, np.where(same, camps[ends[:, 0]], ""), rows)


def _draw_edges(
    figure: go.Figure,
    nodes: pd.DataFrame,
    edges: _Edges,
    drawn: Mapping[str, Mark],
    steps: NDArray[np.int64] | None,
) -> list[tuple[int, int]]:
    """Draw a trace a camp, and a step of these if given; return their numbers and steps."""
    opacity = float(np.clip(9.0 / np.sqrt(len(edges) + 1), 0.10, 0.55))
    of_step = np.zeros(len(edges), np.int64) if steps is None else steps[edges.rows]
    lots = []
    for camp in ["", *sorted(set(edges.camps) - {""})]:
        colour = drawn.get(camp, drawn["other"]).fill if camp else _ASIDE
        for step in np.unique(of_step[edges.camps == camp]):
            lot = edges.ends[(edges.camps == camp) & (of_step == step)]
            lots.append((len(figure.data), int(step)))
            figure.add_scatter(
                x=_broken(nodes["x"].to_numpy(float), lot),
                y=_broken(nodes["y"].to_numpy(float), lot),
                mode="lines", line={"width": 0.8, "color": rgba(colour, opacity)},
                hoverinfo="skip", showlegend=False, name="edges",
            )  # fmt: skip
    return lots


def _draw_pixels(
    figure: go.Figure,
    nodes: pd.DataFrame,
    edges: _Edges,
    drawn: Mapping[str, Mark],
    marked: int,
) -> None:
    """Lay a picture of all edges, and of the nodes that are not marked, under the marks."""
    places = nodes[["x", "y"]].to_numpy(float)
    lots = [
        (edges.ends[edges.camps == camp], drawn.get(camp, drawn["other"]).fill if camp else _ASIDE)
        for camp in sorted(set(edges.camps))
    ]
    rest = nodes.iloc[marked:][::-1]
    colours = [drawn.get(str(camp), drawn["other"]).fill for camp in rest["camp"]]
    picture = _raster.lines(places, lots, (rest[["x", "y"]].to_numpy(float), colours))
    left, low, right, high = picture.box
    figure.add_layout_image(
        source=picture.source, xref="x", yref="y", x=left, y=high, sizex=right - left,
        sizey=high - low, sizing="stretch", layer="below",
    )  # fmt: skip
    figure.update_layout(xaxis={"range": [left, right]}, yaxis={"range": [low, high]})


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
) -> list[tuple[int, NDArray[np.int64]]]:
    """Draw a trace a camp; return their numbers and the rows in each."""
    strength = np.maximum(nodes["strength"].to_numpy(float), 0)
    diameter = _diameters(strength)
    camps = nodes["camp"].astype(str)
    lots = []
    for camp in sorted(camps.unique(), key=lambda name: (name == "other", name)):
        rows = np.flatnonzero(camps == camp)[::-1]
        mark = drawn.get(camp, drawn["other"])
        label = shown(names.get(camp, "accounts" if (camps == "other").all() else camp))
        lots.append((len(figure.data), rows))
        figure.add_scatter(
            x=nodes["x"].to_numpy(np.float32)[rows],
            y=nodes["y"].to_numpy(np.float32)[rows],
            mode="markers",
            name=f"{label} ({sizes.get(camp, len(rows)):,})",
            marker={
                "symbol": mark.symbol,
                "size": diameter[rows].astype(np.float32),
                "color": rgba(mark.fill, 0.85),
                "line": {"width": 0.5, "color": mark.outline},
            },
            text=[shown(nodes["label"][row]) for row in rows],
            customdata=strength[rows],
            hovertemplate="<b>%{text}</b><br>strength %{customdata:,}",
        )
    return lots


def _diameters(strength: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the diameters of points in pixels: areas as strengths, smaller in a crowd."""
    largest = max(strength.max(), 1.0)
    room = float(np.clip(np.sqrt(500 / len(strength)), 0.4, 1))
    widest = min(30.0, 4 * np.sqrt(largest))
    return 1.5 + 2.5 * room + widest * room * np.sqrt(strength / largest)


def _draw_names(
    figure: go.Figure, nodes: pd.DataFrame, most: int, window: Frame
) -> list[tuple[int, NDArray[np.int64]]]:
    """Write names of the strongest, those that fit a telephone and the others apart.

    Return the numbers of the traces and the rows that they name.
    """
    radius = _diameters(np.maximum(nodes["strength"].to_numpy(float), 0)) / 2
    few, more = _named(nodes, radius, most, window)
    x, y = nodes["x"].to_numpy(float), nodes["y"].to_numpy(float)
    lots = []
    for places, meta in ((few, None), (more, WIDE)):
        rows = np.array(list(places), dtype=np.int64)
        lots.append((len(figure.data), rows))
        # Dots that are not seen keep the names off those that are.
        figure.add_scatter(
            x=x[rows], y=y[rows], mode="markers+text", textposition=list(places.values()),
            marker={"size": 2 * radius[rows], "opacity": 0}, meta=meta,
            text=[f"<b>{shown(nodes['label'][row], most=24)}</b>" for row in rows],
            textfont={"size": 12, "color": INK, "shadow": HALO},
            hoverinfo="skip", showlegend=False, name="names",
        )  # fmt: skip
    return lots


def _named(
    nodes: pd.DataFrame, radius: NDArray[np.float64], most: int, window: Frame
) -> tuple[dict[int, str], dict[int, str]]:
    """Return the rows that are named and where, on every page and on wide ones alone.

    None covers another; of the strong accounts' dots each hides as few as it can.
    """
    looked_at = nodes.head(6 * most)
    labels = [str(label)[:24] + "  " for label in looked_at["label"]]  # bold letters are wider
    public = nodes["public"].to_numpy(bool) if "public" in nodes else np.ones(len(nodes), bool)
    seen = (public & window.holds(nodes))[: len(looked_at)]
    narrow, *wide = (
        window.in_pixels(looked_at, radius[: len(looked_at)], wide_px)
        for wide_px in (_NARROW_PX, *_WIDE_PX)
    )
    rows = np.flatnonzero(seen).tolist()
    few = beside([narrow, *wide], labels, rows, before={}, most=most, in_crowd=True)
    every = beside(wide, labels, rows, before=few, most=most, in_crowd=True)
    return few, {row: place for row, place in every.items() if row not in few}


def _subtitle(nodes: int, edges: int, nodes_drawn: int, edges_drawn: int) -> str:
    words = f"{counted(nodes, 'account')}, {counted(edges, 'edge')}"
    if nodes_drawn < nodes or edges_drawn < edges:
        words += f"; drawn: {nodes_drawn:,} and {edges_drawn:,}"
    return words


def _of_camps(camps: "pd.Series[str]") -> str:
    """Return in how many camps accounts are, the others not counted."""
    count = camps[camps != "other"].nunique()
    return f" in {counted(count, 'camp')}" if count else ""


def _titled(kind: str) -> str:
    return f"Who {_VERBS[kind]} whom"


def _outside(count: int) -> str:
    """Return the sentence on accounts that lie beyond the frame."""
    lie = "lies" if count == 1 else "lie"
    return f" {counted(count, 'account')} {lie} beyond the frame: zoom out." if count else ""


def _caption(whole: tuple[int, int], nodes: pd.DataFrame, edges: int, kind: str) -> str:
    words = (
        f"{counted(whole[0], 'account')} and {counted(whole[1], 'edge')}; a line is an account "
        f"that {_VERBS[kind]} another, a point's area is its strength"
    )
    if (nodes["camp"] == "other").all():
        words += "; no camps are told."
    else:
        words += ", its colour and symbol are its camp; grey lines run between camps."
    if len(nodes) < whole[0]:
        words += f" The {len(nodes):,} strongest accounts are drawn"
        words += f", and {edges:,} edges among them." if edges < whole[1] else "."
    elif edges < whole[1]:
        words += f" The {edges:,} heaviest edges are drawn."
    if nodes["strength"].sum() > 0 and len(nodes) > 10:
        top = nodes["strength"].head(10).sum() / nodes["strength"].sum()
        words += f" Of the strength drawn, the ten strongest have {percent(top)}."
    return words
