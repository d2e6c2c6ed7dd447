"""When the turn set in, close up: the posterior of its onset, and who first wrote when."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread.figures._clock import clock, stamp, zone_words
from spread.figures._percent import likely, percent, percent_axis
from spread.figures._style import HALO, MUTED, TAG, WIDE, blank, counted, finish, frame, rgba, shown
from spread.figures._turn import Turn, mark_turn, turn_words
from spread.tables import Table

__all__ = ["onset"]

_TITLE = "When it set in, close up"
_BINS_S = (1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 10_800, 21_600, 86_400)
_BINS_MOST = 60
_TAIL = 0.001
_NAME_ROOM = 0.11  # of the highest bar, for a name above it
_NAMED_MOST = 3
_NAMED_LEAST = 0.05


def onset(
    posterior: Table,
    *,
    turn: Turn | None = None,
    turned: Table | None = None,
    time_zone: str = "UTC",
) -> go.Figure:
    """Draw the posterior probability of the onset by time, and the likely turners' first tweets.

    Parameters
    ----------
    posterior
        As `hijack.Turn.posterior`: at, probability.
    turn
        The `hijack.Turn`; its onset and half-way time are drawn with their intervals.
    turned
        As `seeds.rank(turn=…)` gives it, with labels: label, first_at, p_turned. The first
        tweets of the three likeliest accounts are marked, if they are likelier than 5 %.
    time_zone
        The reader's zone, by its IANA name.

    Raises
    ------
    MissingColumnError
        A column is missing.
    UsageError
        The time zone is unknown.

    Examples
    --------
    >>> table = pd.DataFrame({"at": pd.date_range("2014-04-22 19:00", periods=3, freq="min",
    ...                       tz="UTC"), "probability": [.2, .7, .1]})
    >>> from spread import figures
    >>> figures.alt(figures.onset(table))
    'The onset lies most likely within 15 s of 22 Apr 2014, 19:01 UTC: 70 %.'
    """
    table = frame(posterior, "at", "probability")
    table = table[table["at"].notna() & (table["probability"] > 0)].sort_values("at")
    if table.empty or (turn is not None and (turn.cannot_tell or pd.isna(turn.onset))):
        return blank(_TITLE, "no turn was found whose onset could be dated")
    named = _named(turned)
    bins, bin_s = _binned(table)
    figure = go.Figure()
    figure.add_bar(
        x=clock(bins["at"], time_zone), y=bins["probability"], offset=0,
        width=bin_s * 1000.0, marker={"color": rgba(TAG, 0.55), "line": {"width": 0}},
        hovertemplate="%{x|%H:%M:%S}: %{y:.1%}<extra></extra>",
    )  # fmt: skip
    most = float(bins["probability"].max())
    _mark_first_tweets(figure, named, bins, time_zone)
    mark_turn(figure, turn, time_zone=time_zone, close_up=True)
    figure.update_layout(
        xaxis={"type": "date", "title": {"text": zone_words(table["at"], time_zone)}},
        yaxis={"title": {"text": f"probability per {_length(bin_s)}"},
               **percent_axis(most), "range": [0, most * (1.1 + _NAME_ROOM * len(named))],
               "automargin": True, "fixedrange": True},
        showlegend=False, bargap=0, margin={"l": 60, "r": 24, "b": 56, "t": 108},
    )  # fmt: skip
    best = bins.iloc[int(bins["probability"].to_numpy().argmax())]
    firsts = "".join(
        f" {shown(row.label)} first wrote at {stamp(row.first_at, time_zone)}."
        for row in named.itertuples()
    )
    return finish(
        figure,
        title=_TITLE,
        subtitle="how probable each moment is as the onset; arrows: first tweets of likely turners",
        caption=f"Probability of the onset in {counted(len(bins), 'bin')} of {_length(bin_s)}; "
        f"{percent(1 - _held(bins))} of it lies outside of what is drawn."
        + turn_words(turn, time_zone=time_zone)
        + firsts,
        alt=f"The onset lies most likely within {_length(bin_s)} of "
        f"{stamp(best['at'], time_zone)}: {percent(best['probability'])}.",
        height=392,
    )


def _binned(table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return at (where a bin begins) and probability, without the far tails; and the bin."""
    total = table["probability"].cumsum() / table["probability"].sum()
    inside = table[(total >= _TAIL) & (total.shift(fill_value=0) <= 1 - _TAIL)]
    seconds = inside["at"].astype("datetime64[us, UTC]").astype("int64").to_numpy() / 1e6
    span = seconds[-1] - seconds[0]
    step = float(np.median(np.diff(seconds))) if len(seconds) > 1 else 1.0
    fitting = (s for s in _BINS_S if span / s < _BINS_MOST and s >= min(step, 3600) / 4)
    bin_s = next(fitting, _BINS_S[-1])
    place, inverse = np.unique(seconds // bin_s, return_inverse=True)
    mass = np.bincount(inverse, weights=inside["probability"].to_numpy(float))
    at = pd.to_datetime((place * bin_s * 1e6).astype("int64"), unit="us", utc=True)
    return pd.DataFrame({"at": at, "probability": mass}), bin_s


def _held(bins: pd.DataFrame) -> float:
    return min(float(bins["probability"].sum()), 1.0)


def _named(turned: Table | None) -> pd.DataFrame:
    """Return the accounts whose first tweets are marked, earliest first."""
    if turned is None:
        return pd.DataFrame(columns=["label", "first_at", "p_turned"])
    known = frame(turned, "label", "first_at", "p_turned")
    known = known[(known["p_turned"] > _NAMED_LEAST) & known["first_at"].notna()]
    likely = known.sort_values(["p_turned", "label"], ascending=[False, True]).head(_NAMED_MOST)
    return likely.sort_values(["first_at", "label"])


def _mark_first_tweets(
    figure: go.Figure, named: pd.DataFrame, bins: pd.DataFrame, time_zone: str
) -> None:
    """Point from above the bars to where the accounts first wrote."""
    begin, end = bins["at"].iloc[0], bins["at"].iloc[-1]
    span = max((end - begin).total_seconds(), 1.0)
    most = float(bins["probability"].max())
    for row, at in enumerate(clock(named["first_at"], time_zone) if len(named) else []):
        account = named.iloc[row]
        place = (account["first_at"] - begin).total_seconds() / span
        figure.add_annotation(
            text=f"{shown(account['label'])} ({likely(account['p_turned'])})",
            x=str(at), xref="x", y=0, yref="y", ax=str(at), axref="x",
            ay=most * (1.03 + _NAME_ROOM * (row + 0.5)), ayref="y",
            xanchor="right" if place > 0.7 else "left" if place < 0.3 else "center",
            showarrow=True, arrowhead=2, arrowwidth=1, arrowcolor=MUTED,
            bgcolor=rgba("#ffffff", 0.75), borderpad=1,
            font={"size": 12, "shadow": HALO}, name=WIDE if row else None,
        )  # fmt: skip


def _length(bin_s: int) -> str:
    for unit, size in (("day", 86_400), ("h", 3600), ("min", 60)):
        if bin_s >= size:
            return f"{bin_s // size} {unit}"
    return f"{bin_s} s"
