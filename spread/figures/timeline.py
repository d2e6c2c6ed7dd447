"""How many tweets carried each hashtag, bin by bin."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread._arguments import require_count
from spread.figures._clock import clock, duration, stamp
from spread.figures._stacked import AROUND_PX, stack
from spread.figures._style import (
    MUTED,
    TAG,
    blank,
    counted,
    finish,
    frame,
    header,
    rgba,
    rows,
    shown,
)
from spread.figures._turn import Turn, turn_words
from spread.tables import Table

__all__ = ["timeline"]

_FIRST_PX, _NEXT_PX, _GAP_PX = 210, 74, 34
_LONG = 8


def timeline(
    usage_timeline: Table,
    *,
    turn: Turn | None = None,
    labels: Mapping[str, str] | None = None,
    most: int = 6,
    time_zone: str = "UTC",
) -> go.Figure:
    """Draw the tweets per bin of the leading hashtags, a row a hashtag, on one clock.

    Every row has its own scale, so that a small hashtag is seen beside a large one.

    Parameters
    ----------
    usage_timeline
        As `hashtags.timeline` gives it: hashtag, start_at, end_at, tweets, authors. A bin
        that is not there holds no tweet. One more than eight times as long as others, before
        them, holds what is much older: it is counted beside the row and not drawn.
    turn
        A `hijack.Turn`; its onset and half-way time are drawn with their 95 % intervals.
    labels
        How each hashtag is written, by its key; the key itself where there is none.
    most
        How many hashtags are drawn: those with the most tweets.
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
    >>> hours = pd.date_range("2014-04-22 18:00", periods=3, freq="h", tz="UTC")
    >>> bins = pd.DataFrame({"hashtag": "mynypd", "start_at": hours[:2], "end_at": hours[1:],
    ...                      "tweets": [40, 900], "authors": [30, 700]})
    >>> figure = timeline(bins, labels={"mynypd": "myNYPD"}, time_zone="America/New_York")
    >>> from spread import figures
    >>> figures.alt(figure)
    'Tweets per 1 h for one hashtag: #myNYPD has 940, with the fullest bin at
     22 Apr 2014, 15:00 EDT (900).'
    """
    bins = frame(usage_timeline, "hashtag", "start_at", "end_at", "tweets", "authors")
    if bins.empty or not bins["tweets"].sum():
        return blank("Tweets over time", "no tweet carries a hashtag in this window")
    older, bins = _parted(bins)
    totals = bins.groupby("hashtag", sort=True)["tweets"].sum()
    leading = totals.sort_values(ascending=False, kind="stable").index[
        : require_count("most", most)
    ]
    figure = go.Figure()
    bottoms, height = rows([_FIRST_PX] + [_NEXT_PX] * (len(leading) - 1), gap=_GAP_PX)
    for row, tag in enumerate(leading):
        name = "#" + shown((labels or {}).get(tag, tag))
        of_tag = bins[bins["hashtag"] == tag].sort_values("start_at")
        _draw(figure, of_tag, row, name, bottoms[row], time_zone)
        figure.add_annotation(header(f"<b>{name}</b>", y=bottoms[row][1], colour=TAG))
        figure.add_annotation(
            header(
                counted(totals[tag], "tweet") + _beside(older, tag),
                y=bottoms[row][1],
                right=True,
                colour=MUTED,
            )
        )
    stack(figure, bins["start_at"], turn=turn, rows=len(leading), right_px=16, time_zone=time_zone)
    width = duration((bins["end_at"] - bins["start_at"]).dt.total_seconds().median())
    return finish(
        figure,
        title="Tweets over time",
        subtitle=f"tweets per {width}, a row a hashtag, each on its own scale",
        caption=_caption(bins, leading, len(totals), width)
        + _older_words(older, time_zone)
        + turn_words(turn, time_zone=time_zone),
        alt=_alt(bins, leading, width, labels or {}, time_zone),
        height=height + AROUND_PX,
    )


def _parted(bins: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the long bins of what is much older, and the others."""
    length = bins["end_at"] - bins["start_at"]
    is_long = length > _LONG * length.min()
    return bins[is_long], bins[~is_long]


def _beside(older: pd.DataFrame, tag: str) -> str:
    """Return how many older tweets stand beside those of a row, if any."""
    count = older[older["hashtag"] == tag]["tweets"].sum()
    return f" and {count:,} older" if count else ""


def _older_words(older: pd.DataFrame, time_zone: str) -> str:
    if older.empty:
        return ""
    uses = counted(older["tweets"].sum(), "use is", "uses are")
    return (
        f" {uses} much older, from {stamp(older['start_at'].min(), time_zone)} on, and not drawn: "
        "beside each row stands how many."
    )


def _draw(
    figure: go.Figure,
    bins: pd.DataFrame,
    row: int,
    name: str,
    domain: tuple[float, float],
    time_zone: str,
) -> None:
    axis = f"y{row + 1}" if row else "y"
    at, tweets, authors = _steps(bins)
    figure.add_scatter(
        x=clock(at, time_zone), y=tweets, yaxis=axis, name=name, mode="lines",
        line={"shape": "hv", "width": 1.4, "color": TAG}, fill="tozeroy",
        fillcolor=rgba(TAG, 0.18), customdata=authors,
        hovertemplate="%{x|%d %b %H:%M}<br>%{y:,} tweets by %{customdata:,} accounts",
    )  # fmt: skip
    figure.update_layout(
        {
            f"yaxis{row + 1}" if row else "yaxis": {
                "domain": domain,
                "rangemode": "tozero",
                **_ticks(int(tweets.max()), 5 if row == 0 else 3),
                "fixedrange": True,
                "automargin": True,
            }
        }
    )


def _ticks(peak: int, most: int) -> dict[str, object]:
    """Return ticks at whole numbers of tweets."""
    ticks: dict[str, object] = {"dtick": 1} if peak < most else {"nticks": most}
    return ticks | {"tickformat": ",d" if peak < 10_000 else ",~s"}


def _steps(bins: pd.DataFrame) -> tuple[list[pd.Timestamp], np.ndarray, np.ndarray]:
    """Return the corners of the steps: each bin's start, and its end where nothing follows."""
    start, end = bins["start_at"], bins["end_at"]
    followed = (start.shift(-1) == end).to_numpy()
    corners = pd.concat(
        [
            bins[["start_at", "tweets", "authors"]].rename(columns={"start_at": "at"}),
            pd.DataFrame({"at": end[~followed], "tweets": 0, "authors": 0}),
        ]
    ).sort_values("at", kind="stable")
    return (
        corners["at"].tolist(),
        corners["tweets"].to_numpy(np.int64),
        corners["authors"].to_numpy(np.int64),
    )


def _caption(bins: pd.DataFrame, leading: pd.Index, tags: int, width: str) -> str:
    drawn = bins[bins["hashtag"].isin(leading)]["tweets"].sum()
    words = f"Tweets per {width}; {counted(drawn, 'tweet')} with {counted(len(leading), 'hashtag')}"
    left = f", the largest of {tags} followed" if tags > len(leading) else ""
    return f"{words}{left}. A tweet with several hashtags counts once for each."


def _alt(
    bins: pd.DataFrame, leading: pd.Index, width: str, labels: Mapping[str, str], time_zone: str
) -> str:
    tag = leading[0]
    of_tag = bins[bins["hashtag"] == tag]
    top = of_tag.loc[of_tag["tweets"].idxmax()]
    tags = "one hashtag" if len(leading) == 1 else f"{len(leading)} hashtags"
    return (
        f"Tweets per {width} for {tags}: #{shown(labels.get(tag, tag))} has "
        f"{of_tag['tweets'].sum():,}, with the fullest bin at "
        f"{stamp(top['start_at'], time_zone)} ({top['tweets']:,})."
    )
