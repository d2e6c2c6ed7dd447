"""Rows above each other on one clock, with the turn marked over all of them."""

from collections.abc import Iterable

import plotly.graph_objects as go

from spread.figures._clock import zone_words
from spread.figures._turn import Turn, mark_turn

__all__ = ["AROUND_PX", "stack"]

_ABOVE_PX, _BELOW_PX = 120, 56
_HEADING_PX = 17
AROUND_PX = _ABOVE_PX + _BELOW_PX
"""How much higher the figure is than its rows."""


def stack(
    figure: go.Figure,
    instants: Iterable[object],
    *,
    turn: Turn | None,
    rows: int,
    right_px: int,
    time_zone: str,
) -> None:
    """Lay out the clock that rows share, below the last, and mark the turn over each."""
    figure.update_layout(
        xaxis={
            "type": "date",
            "title": {"text": zone_words(instants, time_zone)},
            "anchor": "free",
            "position": 0,
        },
        showlegend=False,
        hovermode="closest",
        bargap=0,
        margin={"l": 60, "r": right_px, "b": _BELOW_PX, "t": _ABOVE_PX},
    )
    above_px = _HEADING_PX if rows > 1 else 0
    mark_turn(figure, turn, time_zone=time_zone, rows=rows, above_px=above_px)
