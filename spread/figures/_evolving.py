"""A network played in the order of time: what is there at each step, and the frames."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from spread._errors import MissingColumnError
from spread.figures._clock import stamp
from spread.figures._playing import controls

__all__ = ["Steps", "play", "steps_of"]

_MOST = 24
_UNSEEN = 0.06

Rows = NDArray[np.int64]


class Steps(NamedTuple):
    """The instants at which steps end, and the step of each edge and of each account."""

    ends: pd.DatetimeIndex
    edges: Rows
    nodes: Rows


def steps_of(nodes: pd.DataFrame, links: pd.DataFrame) -> Steps:
    """Return steps with about as many new edges each; an account comes with its first edge.

    Accounts without an edge are there from the beginning.

    Raises
    ------
    MissingColumnError
        The edges have no `first_at`.
    """
    if "first_at" not in links:
        raise MissingColumnError(
            "the network cannot be played",
            got=", ".join(map(str, links.columns)),
            allowed="edges with first_at",
        )
    at = pd.DatetimeIndex(pd.to_datetime(links["first_at"], utc=True))
    ordered = at.sort_values()
    places = np.linspace(0, len(ordered) - 1, min(len(ordered), _MOST)).astype(int)
    ends = ordered[places].unique()
    edges = np.asarray(ends.searchsorted(at, side="left"), dtype=np.int64)
    first = pd.concat([pd.Series(edges, links[end]) for end in ("source", "target")])
    nodes_at = nodes["name"].map(first.groupby(level=0).min()).fillna(0)
    return Steps(ends, edges, nodes_at.to_numpy(np.int64))


def play(
    figure: go.Figure,
    steps: Steps,
    *,
    lines: Sequence[tuple[int, int]],
    points: Sequence[tuple[int, Rows]],
    names: Sequence[tuple[int, Rows]],
    time_zone: str,
) -> None:
    """Add a frame a step, two buttons and a slider.

    Parameters
    ----------
    figure
        All is drawn in it.
    steps
        When what is drawn is there.
    lines
        Numbers of traces of edges, and the step of each.
    points
        Numbers of traces of accounts, and the rows of nodes in each.
    names
        Numbers of traces of names, and the rows that are named.
    time_zone
        The zone in which the slider tells times.
    """
    days = {stamp(end, time_zone).split(",")[0] for end in (steps.ends[0], steps.ends[-1])}
    texts = [np.array(figure.data[trace].text, dtype=object) for trace, _ in names]
    order = [trace for trace, _ in (*lines, *points, *names)]
    figure.frames = [
        go.Frame(
            name=str(step),
            group=stamp(end, time_zone, day=len(days) > 1),
            traces=order,
            data=[
                *(go.Scatter(visible=bool(at <= step)) for _, at in lines),
                *(
                    go.Scatter(marker={"opacity": _opacity(steps.nodes[rows], step)})
                    for _, rows in points
                ),
                *(
                    go.Scatter(text=np.where(steps.nodes[rows] <= step, text, ""))
                    for (_, rows), text in zip(names, texts, strict=True)
                ),
            ],
        )
        for step, end in enumerate(steps.ends)
    ]
    controls(figure, y=0.0)


def _opacity(first: Rows, step: int) -> NDArray[np.float32]:
    return np.where(first <= step, 1.0, _UNSEEN).astype(np.float32)
