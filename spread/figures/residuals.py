"""Whether a fitted process could have made the events: gaps against their expectation."""

import numpy as np
import plotly.graph_objects as go

from spread.figures._percent import percent
from spread.figures._style import ACCENT, LEGEND, MUTED, TAG, blank, counted, finish, frame, rgba
from spread.tables import Table

__all__ = ["residuals"]

_TITLE = "Does the process fit?"
_MOST = 600


def residuals(table: Table) -> go.Figure:
    """Draw the gaps of a fitted process against those it expects (a Q–Q plot).

    In the time that the fit makes run evenly, gaps between events are exponential with mean 1.
    The band holds 95 % of data that were drawn from the fit and fitted again.

    Parameters
    ----------
    table
        As `hawkes.residuals(…).table` gives it: gap, expected, low, high.

    Raises
    ------
    MissingColumnError
        A column is missing.

    References
    ----------
    Ogata 1988, https://doi.org/10.1080/01621459.1988.10478560

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"expected": [0.3, 1.4], "gap": [0.2, 2.0],
    ...                       "low": [0.1, 1.0], "high": [0.5, 1.9]})
    >>> from spread import figures
    >>> figures.alt(figures.residuals(table))
    'Gaps of the fitted process against their expectation: 1 of 2 (50 %) outside the 95 % band.'
    """
    gaps = frame(table, "gap", "expected", "low", "high")
    if gaps.empty:
        return blank(_TITLE, "nothing was fitted")
    gaps = gaps.sort_values(["expected", "gap"], ignore_index=True)
    outside = (gaps["gap"] < gaps["low"]) | (gaps["gap"] > gaps["high"])
    kept = np.unique(np.linspace(0, len(gaps) - 1, min(len(gaps), _MOST)).round().astype(int))
    drawn = gaps.iloc[kept]
    figure = go.Figure()
    for name, edge in (("", "high"), ("95 % of data drawn from the fit", "low")):
        figure.add_scatter(
            x=drawn["expected"], y=drawn[edge], mode="lines", line={"width": 0},
            fill="tonexty" if name else None, fillcolor=rgba(TAG, 0.18), hoverinfo="skip",
            name=name, showlegend=bool(name),
        )  # fmt: skip
    end = float(drawn["expected"].max())
    figure.add_scatter(
        x=[0, end], y=[0, end], mode="lines", line={"color": MUTED, "width": 1, "dash": "dot"},
        name="as expected", hoverinfo="skip",
    )  # fmt: skip
    colours = np.where(outside.iloc[kept], ACCENT, TAG).tolist()
    figure.add_scatter(
        x=drawn["expected"], y=drawn["gap"], mode="markers", name="gaps between events",
        marker={"size": 5, "color": colours},
        hovertemplate="expected %{x:.2f}, found %{y:.2f}<extra></extra>",
    )  # fmt: skip
    top = float(drawn[["gap", "high"]].to_numpy(float).max())
    figure.update_layout(
        xaxis={"title": {"text": "expected gap"}, "range": [-0.02 * end, 1.03 * end]},
        yaxis={"title": {"text": "gap found"}, "range": [-0.02 * top, 1.05 * top]},
        legend=LEGEND,
        margin={"l": 56, "r": 16, "b": 110, "t": 90},
    )
    count, share = int(outside.sum()), float(outside.mean())
    return finish(
        figure,
        title=_TITLE,
        subtitle="gaps between events, in the time that the fit makes run evenly",
        caption=f"{counted(len(gaps), 'gap')} in order of length against exponential ones of mean "
        f"1; the band holds 95 % of data drawn from the fit and fitted again, point by point. "
        f"Outside it: {count:,} ({percent(share)})."
        + (f" Drawn: {len(kept):,} of them, evenly." if len(kept) < len(gaps) else ""),
        alt=f"Gaps of the fitted process against their expectation: {count:,} of {len(gaps):,} "
        f"({percent(share)}) outside the 95 % band.",
        height=460,
    )
