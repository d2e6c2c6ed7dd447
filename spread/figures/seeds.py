"""Who carried it: each account's credit with its interval, the naive ranks beside."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread._arguments import require_count
from spread.figures._percent import percent, percent_axis
from spread.figures._style import (
    LEGEND,
    MUTED,
    WIDE,
    Mark,
    blank,
    counted,
    finish,
    frame,
    marks,
    quotes,
    shown,
)
from spread.tables import Table

__all__ = ["seeds"]

_ROW_PX = 27
_NAIVE = (
    ("naive_followers_rank", "most<br>followers"),
    ("naive_first_rank", "first<br>to use"),
    ("naive_retweets_rank", "most<br>retweets"),
)
_COLUMN_PX = 54


def seeds(rank: Table, *, most: int = 15) -> go.Figure:
    """Draw the accounts with the most credit, each with its 95 % interval.

    Beside them stand the ranks that simpler rules would have given.

    Parameters
    ----------
    rank
        As `seeds.rank` gives it: user_id, credit, credit_low, credit_high; share, share_low
        and share_high are drawn instead where they are there. Optional: label (the name to
        show), camp, naive_followers_rank, naive_first_rank, naive_retweets_rank, retweets,
        read (a tweet of it, in words).
    most
        How many accounts are drawn.

    Raises
    ------
    MissingColumnError
        A column is missing.

    Examples
    --------
    >>> rank = pd.DataFrame({"user_id": ["7"], "label": ["@OccupyWallStNYC"], "camp": ["B"],
    ...                      "credit": [410.], "credit_low": [300.], "credit_high": [500.],
    ...                      "share": [.41], "share_low": [.3], "share_high": [.5]})
    >>> from spread import figures
    >>> figures.alt(figures.seeds(rank))
    'Credit of one account: @OccupyWallStNYC leads with 41 % (30 % to 50 %).'
    """
    table = frame(rank, "user_id", "credit")
    if table.empty:
        return blank("Credit for passing it on", "no account has credit for a retweet")
    table = frame(table, "credit_low", "credit_high")
    measure = "share" if {"share", "share_low", "share_high"} <= set(table) else "credit"
    ordered = table.sort_values(["credit", "user_id"], ascending=[False, True], kind="stable")
    leading = ordered.head(require_count("most", most)).reset_index(drop=True)
    names = [shown(name) for name in leading["label" if "label" in leading else "user_id"]]
    drawn = marks(leading["camp"]) if "camp" in leading else marks([])
    figure = go.Figure()
    camps = leading["camp"].fillna("other") if "camp" in leading else pd.Series("", leading.index)
    for camp in sorted(camps.unique(), key=lambda name: (name == "other", name)):
        rows = np.flatnonzero(camps == camp)
        _draw(figure, leading, rows, names, measure, camp, drawn)
    naive = [(column, title) for column, title in _NAIVE if column in leading]
    _write_ranks(figure, leading, naive)
    bottom = 92 if "camp" in leading else 56
    figure.update_layout(
        xaxis={
            "title": {"text": _AXIS[measure]},
            **_ticks(float(leading[f"{measure}_high"].max()), measure, 6),
            "tickangle": 0,
        },
        yaxis={
            "tickvals": np.arange(len(leading)),
            "ticktext": [f"{name}  <b>{place + 1}</b>" for place, name in enumerate(names)],
            "range": [len(leading) - 0.4, -0.6],
            "automargin": True,
            "fixedrange": True,
        },
        legend=LEGEND,
        showlegend="camp" in leading,
        margin={"l": 20, "r": 28 + _COLUMN_PX * len(naive), "b": bottom, "t": 108},
    )
    narrow = {
        "xaxis": _ticks(float(leading[f"{measure}_high"].max()), measure, 4),
        "margin": {"r": 16},
    }
    low, high = leading[f"{measure}_low"][0], leading[f"{measure}_high"][0]
    return finish(
        figure,
        title="Credit for passing it on",
        subtitle=f"the {counted(len(leading), 'account')} with the most credit of "
        f"{len(table):,}; bars are 95 % intervals",
        caption=_caption(table, leading, bool(naive)),
        alt=f"Credit of {'one account' if len(leading) == 1 else f'{len(leading)} accounts'}: "
        f"{names[0]} leads with {_told(leading[measure][0], measure)} "
        f"({_told(low, measure)} to {_told(high, measure)}).",
        height=108 + bottom + _ROW_PX * len(leading),
        narrow=narrow,
    )


_AXIS = {
    "share": "share of all credit",
    "credit": "credit (tweets and retweets, shared along each chain)",
}


def _told(value: float, measure: str) -> str:
    return percent(value) if measure == "share" else f"{value:,.0f}"


def _ticks(most: float, measure: str, ticks: int) -> dict[str, object]:
    """Return the ticks of the axis, which begins at nothing."""
    if measure != "share" or not 0 < most <= 1:
        return {"rangemode": "tozero", "tickformat": ",~s", "nticks": ticks}
    return {"range": [0, 1.04 * most], "fixedrange": True, **percent_axis(most, ticks=ticks)}


def _draw(
    figure: go.Figure,
    leading: pd.DataFrame,
    rows: np.ndarray,
    names: list[str],
    measure: str,
    camp: str,
    drawn: dict[str, Mark],
) -> None:
    mark = drawn.get(str(camp), drawn["other"])
    value, low, high = (
        leading[f"{measure}{end}"].to_numpy(float)[rows] for end in ("", "_low", "_high")
    )
    form = ".1%" if measure == "share" else ",.0f"
    figure.add_scatter(
        x=value, y=rows, mode="markers", name=shown(camp) or "accounts",
        marker={"symbol": mark.symbol, "color": mark.fill, "size": 11,
                "line": {"width": 1, "color": mark.line}},
        error_x={
            "type": "data", "array": high - value, "arrayminus": value - low,
            "color": mark.line, "thickness": 2, "width": 4,
        },
        text=[names[row] for row in rows],
        customdata=list(zip(low, high, quotes(leading)[rows], strict=True)),
        hovertemplate="<b>%{text}</b><br>%{x:" + form + "} (%{customdata[0]:" + form + "} to "
        "%{customdata[1]:" + form + "})%{customdata[2]}<extra></extra>",
    )  # fmt: skip


def _write_ranks(figure: go.Figure, leading: pd.DataFrame, naive: list[tuple[str, str]]) -> None:
    """Write the naive ranks in columns right of the plot, as the table they are."""
    notes: list[dict[str, object]] = []
    for place, (column, title) in enumerate(naive):
        at = {
            "x": 1,
            "xref": "paper",
            "xshift": 34 + _COLUMN_PX * place,
            "showarrow": False,
            "name": WIDE,
        }
        small = {"font": {"size": 11, "color": MUTED}, "yref": "paper", "yanchor": "bottom"}
        notes.append({"text": title, "y": 1, **small, **at})
        plain = {"font": {"size": 12, "color": MUTED}, "yref": "y"}
        notes += [
            {"text": "–" if pd.isna(rank) else f"{rank:,.0f}", "y": row, **plain, **at}
            for row, rank in enumerate(leading[column])
        ]
    figure.update_layout(annotations=notes)


def _caption(table: pd.DataFrame, leading: pd.DataFrame, naive: bool) -> str:
    words = (
        f"Credit of {counted(len(leading), 'account')} of {len(table):,}: each tweet and each "
        f"retweet of a cascade counts one, shared equally by the accounts on its chain from the "
        f"original, its own author included; 95 % intervals are for another such sample of "
        f"cascades."
    )
    if naive:
        words += (
            " At the right of a wide page the rank that each would have by followers, by first "
            "use and by retweets received."
        )
    return words
