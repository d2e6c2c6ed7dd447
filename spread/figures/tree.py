"""One cascade as a tree over time."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from spread._arguments import require_count
from spread.figures._clock import duration
from spread.figures._percent import percent
from spread.figures._style import (
    HALO,
    INK,
    LEGEND,
    blank,
    counted,
    finish,
    frame,
    marks,
    once,
    shown,
)
from spread.tables import Table

__all__ = ["tree"]

_TICKS_S = (0, 10, 60, 600, 3_600, 21_600, 86_400, 604_800, 2_592_000)
_TICK_WORDS = ("0", "10 s", "1 min", "10 min", "1 h", "6 h", "1 day", "1 week", "30 days")
_CERTAINTY = (
    (0.8, 1.01, "#33506e", "80 % or more"),
    (0.5, 0.8, "#8597ab", "50 to 80 %"),
    (0.0, 0.5, "#c9d1da", "parent under 50 % probable"),
)


def tree(
    cascade_tree: Table,
    *,
    labels: Mapping[str, str] | None = None,
    most: int = 3_000,
    most_names: int = 8,
) -> go.Figure:
    """Draw a cascade over time: from each retweet a line back to whom it was passed on by.

    The clock is logarithmic (of one second more than the time since the root), since
    most of a cascade happens at its beginning. A line says how probable that parent is.

    Parameters
    ----------
    cascade_tree
        As `cascade.tree` gives it, rows in the order of `event`, parents before children:
        event, parent (−1 or null at the root), probability, depth, at_s, user_id, tweet_id,
        mark (followers). Optional: label (the name to show), camp, public (then only those
        for which it is true are named in the picture and their tweets on hover).
    labels
        How each camp is written.
    most
        Of a larger cascade only the first events are drawn, and the caption says so.
    most_names
        How many accounts are named: those with the most children.

    Raises
    ------
    MissingColumnError
        A column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"event": [0, 1, 2], "parent": [-1, 0, 1], "depth": [0, 1, 2],
    ...     "probability": [1., .9, .6], "at_s": [0., 30., 400.], "user_id": ["1", "2", "3"],
    ...     "tweet_id": ["10", "11", "12"], "mark": [100., 20., 5.]})
    >>> from spread import figures
    >>> figures.alt(figures.tree(table))
    'A cascade of 3 tweets, 2 steps deep, over 6.67 min.'
    """
    needed = ("event", "parent", "probability", "depth", "at_s", "user_id", "tweet_id", "mark")
    everything = once(frame(cascade_tree, *needed), "event")
    if len(everything) < 2:
        return blank("A cascade as a tree", "no tweet was passed on in this window")
    events = (
        everything.sort_values("event")
        .head(require_count("most", most, least=2))
        .reset_index(drop=True)
    )
    parents = _parents(events)
    x = np.log10(1 + events["at_s"].to_numpy(float))
    y = _heights(parents)
    figure = go.Figure()
    _draw_lines(figure, x, y, parents, events["probability"].to_numpy(float))
    _draw_events(figure, x, y, events, labels or {})
    _write_names(figure, x, y, events, parents, require_count("most_names", most_names, least=0))
    longest = events["at_s"].max()
    ticks = [place for place, at in enumerate(_TICKS_S) if at <= max(longest, 60) * 1.3]
    figure.update_layout(
        xaxis={
            "tickvals": np.log10(1 + np.array(_TICKS_S))[ticks],
            "ticktext": [_TICK_WORDS[place] for place in ticks],
            "title": {"text": "time since the original tweet (logarithmic)"},
            "range": [-0.12, x.max() * 1.04],
        },
        yaxis={"visible": False, "range": [y.min() - 0.05 * np.ptp(y) - 1, y.max() * 1.05 + 1]},
        legend=LEGEND,
        hovermode="closest",
        margin={"l": 14, "r": 14, "b": 92, "t": 80},
    )
    depth, span = int(everything["depth"].max()), everything["at_s"].max()
    return finish(
        figure,
        title="The largest cascade, as a tree",
        subtitle=f"{counted(len(everything), 'tweet')}, {counted(depth, 'step')} deep, "
        f"over {duration(span)}",
        caption=_caption(everything, events, parents),
        alt=f"A cascade of {counted(len(everything), 'tweet')}, {counted(depth, 'step')} deep, "
        f"over {duration(span)}.",
        height=660,
    )


def _parents(events: pd.DataFrame) -> NDArray[np.int64]:
    """Return each event's parent as a row, −1 at the root."""
    index = pd.Index(events["event"])
    given = events["parent"].fillna(-1).to_numpy(np.int64)
    return np.where(given >= 0, index.get_indexer(given), -1)


def _heights(parents: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return each event's height: every event has its own slot, subtrees stay together.

    Early children lie near their parent and later ones outside, so that the tree opens
    like a funnel and lines cross little. A parent is in the middle of its children.
    """
    size = np.ones(len(parents), dtype=np.int64)
    for child in range(len(parents) - 1, 0, -1):
        size[parents[child]] += size[child]
    children: list[list[int]] = [[] for _ in parents]
    for child in range(1, len(parents)):
        children[parents[child]].append(child)
    bottom = np.zeros(len(parents))
    height = np.zeros(len(parents))
    for event, brood in enumerate(children):
        order = brood[1::2][::-1] + brood[0::2]
        below = sum(size[child] for child in brood[1::2])
        height[event] = bottom[event] + below
        place = bottom[event]
        for child in order:
            if place == height[event]:
                place += 1
            bottom[child] = place
            place += size[child]
    return height - height[0]


def _draw_lines(
    figure: go.Figure,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    parents: NDArray[np.int64],
    probability: NDArray[np.float64],
) -> None:
    _draw_stems(figure, x, y, parents)
    for low, high, colour, name in reversed(_CERTAINTY):
        rows = np.flatnonzero((parents >= 0) & (probability >= low) & (probability < high))
        if not len(rows):
            continue
        path = np.full((2, len(rows), 3), np.nan, dtype=np.float32)
        path[0, :, 0], path[0, :, 1] = x[parents[rows]], x[rows]
        path[1, :, 0] = path[1, :, 1] = y[rows]
        figure.add_scatter(
            x=path[0].ravel(), y=path[1].ravel(), mode="lines", hoverinfo="skip",
            line={"width": 1, "color": colour},
            name=f"{name} ({len(rows):,})",
        )  # fmt: skip


def _draw_stems(
    figure: go.Figure,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    parents: NDArray[np.int64],
) -> None:
    """Draw a vertical line at each parent, from its lowest to its highest child."""
    children = np.flatnonzero(parents >= 0)
    low, high = y.copy(), y.copy()
    np.minimum.at(low, parents[children], y[children])
    np.maximum.at(high, parents[children], y[children])
    rows = np.unique(parents[children])
    path = np.full((2, len(rows), 3), np.nan, dtype=np.float32)
    path[0, :, 0] = path[0, :, 1] = x[rows]
    path[1, :, 0], path[1, :, 1] = low[rows], high[rows]
    figure.add_scatter(
        x=path[0].ravel(), y=path[1].ravel(), mode="lines", hoverinfo="skip", name="stems",
        line={"width": 1, "color": "#b3bdc8"}, showlegend=False,
    )  # fmt: skip


def _draw_events(
    figure: go.Figure,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    events: pd.DataFrame,
    labels: Mapping[str, str],
) -> None:
    camps = (
        events["camp"].fillna("other").astype(str)
        if "camp" in events
        else pd.Series("A", events.index)
    )
    drawn = marks(camps)
    named = events["label" if "label" in events else "user_id"]
    public = _public(events)
    followers = events["mark"].to_numpy(float)
    diameter = 4 + 3.2 * np.clip(np.log10(np.maximum(followers, 1)) - 1.5, 0, 5)
    diameter *= np.clip(24 / np.sqrt(len(events)), 0.5, 1.2)
    for camp in sorted(camps.unique(), key=lambda name: (name == "other", name)):
        rows = np.flatnonzero(camps == camp)
        mark = drawn.get(camp, drawn["other"])
        label = shown(labels.get(camp, camp)) if "camp" in events else "tweets"
        figure.add_scatter(
            x=x[rows].astype(np.float32), y=y[rows].astype(np.float32), mode="markers",
            name=f"{label} ({len(rows):,})",
            marker={
                "symbol": mark.symbol, "size": diameter[rows].astype(np.float32),
                "color": mark.fill, "opacity": 0.85, "line": {"width": 0.5, "color": mark.outline},
            },
            text=[shown(named[row]) for row in rows],
            customdata=[
                [duration(events["at_s"][row]), int(events["depth"][row]),
                 percent(events["probability"][row]), followers[row],
                 f"tweet {shown(events['tweet_id'][row])}" if public[row] else ""]
                for row in rows
            ],
            hovertemplate="<b>%{text}</b><br>after %{customdata[0]}, depth %{customdata[1]}<br>"
            "parent %{customdata[2]} probable<br>%{customdata[3]:,} followers<br>"
            "%{customdata[4]}<extra></extra>",
        )  # fmt: skip


def _public(events: pd.DataFrame) -> NDArray[np.bool_]:
    known = "public" in events
    return events["public"].to_numpy(bool) if known else np.ones(len(events), dtype=bool)


def _write_names(
    figure: go.Figure,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    events: pd.DataFrame,
    parents: NDArray[np.int64],
    most: int,
) -> None:
    if "label" not in events:
        return
    children = np.bincount(parents[parents >= 0], minlength=len(parents))
    public = _public(events)
    chosen: list[int] = []
    for row in np.argsort(-children, kind="stable"):
        far = all(
            abs(y[row] - y[other]) > 0.045 * np.ptp(y) or abs(x[row] - x[other]) > 0.25 * np.ptp(x)
            for other in chosen
        )
        if children[row] and public[row] and far and len(chosen) < most:
            chosen.append(int(row))
    figure.add_scatter(
        x=x[chosen], y=y[chosen], mode="text", showlegend=False, hoverinfo="skip", name="names",
        text=[
            ("\u2003" if row == 0 else "") + f"<b>{shown(events['label'][row], most=22)}</b>"
            for row in chosen
        ],
        textposition=["top right" if row == 0 else "top center" for row in chosen],
        textfont={"size": 12, "color": INK, "shadow": HALO},
    )  # fmt: skip


def _caption(everything: pd.DataFrame, events: pd.DataFrame, parents: NDArray[np.int64]) -> str:
    later = events["probability"].to_numpy(float)[parents >= 0]
    words = (
        f"One drawn tree of a cascade of {counted(len(everything), 'tweet')}; the platform "
        f"reports only the star of retweets round the original, so who passed on to whom is "
        f"inferred. {percent(float(np.mean(later >= 0.5)))} of the retweets have a parent that is "
        f"at least 50 % probable."
    )
    if (events["mark"].to_numpy(float) > 1).any():
        words += " A point grows with the account's followers."
    if len(events) < len(everything):
        words += f" Only the first {len(events):,} tweets are drawn."
    return words
