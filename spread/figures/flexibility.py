"""How much of a tag feeds itself, as a function of how far its baseline may bend."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread.figures._style import ACCENT, LEGEND, MUTED, TAG, blank, counted, finish, frame
from spread.tables import Table

__all__ = ["flexibility"]

_TITLE = "Branching ratio and baseline"
_COLUMNS = (
    "flexibility", "daily", "branching_ratio", "branching_ratio_low", "branching_ratio_high",
    "held_out", "chosen",
)  # fmt: skip


def flexibility(table: Table) -> go.Figure:
    """Draw the branching ratio as a function of the baseline's flexibility.

    A constant baseline takes every swell of interest for excitation: the ratio falls as the
    baseline may bend. It can be believed where it no longer changes.

    Parameters
    ----------
    table
        As `hawkes.fit(…).flexibility` gives it: flexibility (free numbers of the baseline's
        course), daily, branching_ratio, branching_ratio_low, branching_ratio_high, held_out
        (gain over a constant), chosen.

    Raises
    ------
    MissingColumnError
        A column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"flexibility": [0.0, 6.2], "daily": False,
    ...     "branching_ratio": [0.93, 0.41], "branching_ratio_low": [0.9, 0.3],
    ...     "branching_ratio_high": [0.95, 0.5], "held_out": [0.0, 55.0],
    ...     "chosen": [False, True]})
    >>> from spread import figures
    >>> figures.alt(figures.flexibility(table))
    'Branching ratio by the baseline: 0.93 if constant, 0.41 (0.30 to 0.50) as chosen.'
    """
    options = frame(table, *_COLUMNS)
    options = options[options["branching_ratio"].notna()]
    if options.empty:
        return blank(_TITLE, "no baseline but one was tried")
    options = options.sort_values(["flexibility", "daily"], ignore_index=True)
    daily, chosen = options["daily"].to_numpy(bool), options["chosen"].to_numpy(bool)
    figure = go.Figure()
    plain = options[~daily]
    figure.add_scatter(
        x=plain["flexibility"], y=plain["branching_ratio"], mode="lines",
        line={"color": TAG, "width": 1.5}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    for name, kept, colour, symbol in (
        ("smooth baseline", ~daily & ~chosen, TAG, "circle"),
        ("with a daily cycle", daily & ~chosen, MUTED, "diamond"),
        ("foretells best", chosen, ACCENT, "square"),
    ):
        _draw(figure, options[kept], name, colour, symbol)
    top = float(np.nanmax([options["branching_ratio_high"].clip(upper=3).max(), 1.0]))
    figure.add_shape(
        type="line", xref="paper", x0=0, x1=1, y0=1, y1=1,
        line={"color": MUTED, "width": 1, "dash": "dot"},
    )  # fmt: skip
    figure.update_layout(
        xaxis={"title": {"text": "free numbers of the baseline (0: constant)"}, "nticks": 8},
        yaxis={"title": {"text": "branching ratio"}, "range": [-0.03, 1.08 * top]},
        legend=LEGEND,
        margin={"l": 56, "r": 16, "b": 92, "t": 90},
    )
    return finish(
        figure,
        title=_TITLE,
        subtitle="own offspring of an event, by how far the baseline may bend; 95 % intervals",
        caption=f"{counted(len(options), 'baseline')}, from constant to flexible: the branching "
        "ratio under each, with 95 % intervals. From the dotted line on a process would not die "
        "out. Marked: the baseline that foretells held-out stretches best. Where the ratio falls "
        "as the baseline bends, a swell of interest had been taken for excitation.",
        alt=_alt(options),
        height=420,
    )


def _draw(figure: go.Figure, options: pd.DataFrame, name: str, colour: str, symbol: str) -> None:
    if options.empty:
        return
    ratio = options["branching_ratio"].to_numpy(float)
    figure.add_scatter(
        x=options["flexibility"], y=ratio, mode="markers", name=name,
        marker={"color": colour, "size": 10, "symbol": symbol},
        error_y={
            "type": "data", "array": options["branching_ratio_high"].to_numpy(float) - ratio,
            "arrayminus": ratio - options["branching_ratio_low"].to_numpy(float),
            "color": colour, "thickness": 1.4, "width": 0,
        },
        customdata=options[["branching_ratio_low", "branching_ratio_high", "held_out"]],
        hovertemplate="%{y:.2f} (%{customdata[0]:.2f} to %{customdata[1]:.2f})<br>held-out "
        "log-likelihood beyond a constant: %{customdata[2]:.1f}<extra></extra>",
    )  # fmt: skip


def _alt(options: pd.DataFrame) -> str:
    parts = []
    still = options[options["flexibility"] == 0]
    if len(still):
        parts.append(f"{still['branching_ratio'].iloc[0]:.2f} if constant")
    best = options[options["chosen"].astype(bool)]
    if len(best):
        ratio, low, high = best.iloc[0][
            ["branching_ratio", "branching_ratio_low", "branching_ratio_high"]
        ]
        parts.append(f"{ratio:.2f} ({low:.2f} to {high:.2f}) as chosen")
    return f"Branching ratio by the baseline: {', '.join(parts) or 'none chosen'}."
