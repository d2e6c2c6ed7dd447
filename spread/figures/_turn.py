"""How a turn is marked on a time axis: when it set in and when it was half done."""

from typing import Protocol, TypeAlias

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from pandas.api.typing import NaTType

from spread.figures._clock import clock, stamp
from spread.figures._style import ACCENT, ACCENT_INK, HALO, shown

Instant: TypeAlias = "pd.Timestamp | NaTType | None"

__all__ = ["Turn", "mark_turn", "turn_words"]


class Turn(Protocol):
    """What a figure reads of a turn; `hijack.Turn` has it."""

    @property
    def cannot_tell(self) -> str | None:
        """Why the data cannot tell, or None."""

    @property
    def unit(self) -> str:
        """What was counted, such as "cascade"."""

    @property
    def onset(self) -> Instant:
        """When the turn set in, with `onset_low` and `onset_high`."""

    @property
    def onset_low(self) -> Instant:
        """The lower end of its 95 % interval."""

    @property
    def onset_high(self) -> Instant:
        """The upper end."""

    @property
    def halfway(self) -> Instant:
        """When it was half done, with `halfway_low` and `halfway_high`."""

    @property
    def halfway_low(self) -> Instant:
        """The lower end of its 95 % interval."""

    @property
    def halfway_high(self) -> Instant:
        """The upper end."""


BAND = 0.16
"""How much of its ground a band of a turn covers."""

_NEAR = 0.2


def mark_turn(
    figure: go.Figure,
    turn: Turn | None,
    *,
    time_zone: str,
    rows: int = 1,
    above_px: int = 0,
    close_up: bool = False,
) -> None:
    """Draw the onset and the half-way time as a band and a line each, over each of the rows.

    Their names stand above the first row, `above_px` higher where it has a heading. In a
    `close_up` of the onset the half-way time has no band, which would lie over the other.
    """
    if turn is None or turn.cannot_tell:
        return
    onset = (turn.onset, turn.onset_low, turn.onset_high)
    halfway = (turn.halfway, turn.halfway_low, turn.halfway_high)
    _band(figure, onset, "onset", time_zone, rows, above_px)
    if not pd.isna(turn.halfway) and turn.halfway != turn.onset:
        _band(figure, halfway, "half-way", time_zone, rows, above_px, filled=not close_up)


def _name(figure: go.Figure, label: str, at: np.datetime64, above_px: int) -> None:
    """Write a name above its line: the onset's before it, the other behind it.

    At the right edge, where there is no room behind, the other stands before, a line higher.
    """
    drawn = np.concatenate(
        [[at], *(np.asarray(trace.x, "datetime64[us]") for trace in figure.data)]
    )
    first, last = np.nanmin(drawn), np.nanmax(drawn)
    place = (at - first) / max(last - first, np.timedelta64(1, "us"))
    is_lifted = label != "onset" and place > 1 - _NEAR
    before = label == "onset" or is_lifted
    figure.add_annotation(
        text=label, xshift=-1 if before else 1, yshift=above_px + (14 if is_lifted else 0),
        x=str(at), xref="x", xanchor="right" if before else "left", y=1, yref="y domain",
        yanchor="bottom", showarrow=False,
        font={"size": 12, "color": ACCENT_INK, "shadow": HALO},
    )  # fmt: skip


def turn_words(turn: Turn | None, *, time_zone: str) -> str:
    """Return the sentence of a caption that says where the turn is drawn, or why not."""
    if turn is None:
        return ""
    if turn.cannot_tell:
        return f" No turn is drawn: {shown(turn.cannot_tell, most=400)}."
    if pd.isna(turn.onset):
        return " No turn was found."
    first = _between(turn.onset_low, turn.onset_high, time_zone)
    words = f" The turn set in at {stamp(turn.onset, time_zone)} (95 % interval {first})"
    if pd.isna(turn.halfway) or turn.halfway == turn.onset:
        return words + "."
    half = _between(turn.halfway_low, turn.halfway_high, time_zone)
    return f"{words} and was half done at {stamp(turn.halfway, time_zone, day=False)} ({half})."


def _band(
    figure: go.Figure,
    instants: tuple[Instant, Instant, Instant],
    label: str,
    time_zone: str,
    rows: int,
    above_px: int,
    *,
    filled: bool = True,
) -> None:
    if any(pd.isna(instant) for instant in instants):
        return
    at, low, high = (str(instant) for instant in clock(instants, time_zone))
    for axis in ["y domain", *[f"y{row + 1} domain" for row in range(1, rows)]]:
        spanned = {"xref": "x", "yref": axis, "y0": 0, "y1": 1}
        if filled:
            figure.add_shape(
                type="rect", x0=low, x1=high, fillcolor=ACCENT, opacity=BAND, line_width=0,
                layer="below", **spanned,
            )  # fmt: skip
        line = {"color": ACCENT, "width": 1.5, "dash": "solid" if label == "onset" else "dot"}
        figure.add_shape(type="line", x0=at, x1=at, line=line, **spanned)
    _name(figure, label, clock(instants[:1], time_zone)[0], above_px)


def _between(low: Instant, high: Instant, time_zone: str) -> str:
    first, last = (stamp(end, time_zone) for end in (low, high))
    if first.split(", ")[0] != last.split(", ")[0]:
        return f"{first} to {last}"
    return f"{first.split(', ')[1].split(' ')[0]} to {last.split(', ')[1]}"
