"""Which hashtag came from which, over time."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread._arguments import require_count
from spread.figures._clock import stamp, zone_words
from spread.figures._eras import Eras, Window, earlier_words, eras
from spread.figures._lineage import lineage
from spread.figures._percent import percent
from spread.figures._style import (
    HALO,
    INK,
    LEGEND,
    MUTED,
    OTHER,
    TAG,
    blank,
    counted,
    finish,
    frame,
    header,
    quotes,
    rgba,
    shown,
)
from spread.tables import Table

__all__ = ["family"]

_ROW_PX = 34
_TOP_PX = 84
_OLDER = "#f1f3f6"
_LATE = 0.5
_VERDICTS = {
    "descends": ("circle", TAG, "descends from another tag"),
    "no parent": ("square", "#D55E00", "has no parent here"),
    "cannot tell": ("circle-open", MUTED, "cannot tell"),
}
_CANDIDATE = "possible parent, not told"
_WIDTHS = ((0.8, 4.0), (0.5, 2.4), (0.2, 1.4), (0.05, 0.7))


def family(
    members: Table,
    links: Table,
    *,
    root: str | None = None,
    most: int = 30,
    window: Window | None = None,
    time_zone: str = "UTC",
) -> go.Figure:
    """Draw the hashtags in the order of their first use, lines from parent to child.

    A line is as broad as the parent is probable; every parent with at least 5 % is drawn. It
    is dotted where the verdict is not that the tag descends: such a parent is a candidate.

    Parameters
    ----------
    members
        As `hashtags.Family.members`: hashtag, shown, tweets, first_at, parent, probability,
        verdict ("descends", "no parent" or "cannot tell"). Optional: reason, read (an early
        tweet with it, in words).
    links
        As `hashtags.Family.links`: child, parent (null for none), probability.
    root
        The key of the hashtag that the archive is about; it is drawn first, marked as root.
    most
        How many hashtags are drawn: those with the most tweets.
    window
        The first and the last moment of the archive's own tweets. Tags whose first use is
        older, in a tweet that came inside another, then stand together left of its beginning,
        with their dates. Without it, all stand on one scale.
    time_zone
        The reader's zone, by its IANA name.

    Raises
    ------
    MissingColumnError
        A column is missing.
    UsageError
        The time zone is unknown, or the window ends before it begins.

    Examples
    --------
    >>> at = pd.to_datetime(["2014-04-22 18:00", "2014-04-22 21:00"], utc=True)
    >>> members = pd.DataFrame({"hashtag": ["mynypd", "mylapd"], "shown": ["myNYPD", "myLAPD"],
    ...     "tweets": [900, 80], "first_at": at, "parent": [None, "mynypd"],
    ...     "probability": [1., .9], "verdict": ["no parent", "descends"]})
    >>> links = pd.DataFrame({"child": ["mylapd"], "parent": ["mynypd"], "probability": [.9]})
    >>> from spread import figures
    >>> figures.alt(figures.family(members, links))
    'A family of 2 hashtags: 1 descends from another, 1 has no parent here, 0 cannot be told.
     #myLAPD from #myNYPD (90 %).'
    """
    everyone = frame(
        members, "hashtag", "shown", "tweets", "first_at", "parent", "probability", "verdict"
    )
    ties = frame(links, "child", "parent", "probability")
    drawn = lineage(everyone, root, require_count("most", most))
    if set(drawn["hashtag"]) <= {root}:
        return blank("The family of hashtags", "no related hashtag was found")
    figure = go.Figure()
    placed = eras(drawn["first_at"], window, time_zone)
    places = {tag: row for row, tag in enumerate(drawn["hashtag"])}
    told = set(drawn[drawn["verdict"] == "descends"]["hashtag"])
    _draw_ties(figure, ties[ties["child"].isin(told)], places, placed.x, dash="solid")
    _draw_ties(figure, ties[~ties["child"].isin(told)], places, placed.x, dash="dot")
    _draw_points(figure, drawn, placed.x, root, time_zone)
    _write_names(figure, drawn, placed, root, lined=set(ties["child"]))
    figure.update_layout(
        xaxis={
            **placed.axis,
            "title": {"text": f"first use, {zone_words(drawn['first_at'], time_zone)}"},
        },
        yaxis={"visible": False, "range": [len(drawn) - 0.4, -0.8], "fixedrange": True},
        legend=LEGEND | {"itemsizing": "trace"},
        hovermode="closest",
        margin={"l": 14, "r": 14, "b": 104, "t": _TOP_PX if placed.edge is None else _TOP_PX + 18},
    )
    _draw_edge(figure, placed)
    return finish(
        figure,
        title="The family of hashtags",
        subtitle="by first use; a line is as broad as the parent is probable",
        caption=_caption(everyone, drawn, _lines(figure))
        + earlier_words(drawn, placed, window, time_zone),
        alt=_alt(drawn, int(placed.is_earlier.sum())),
        height=_TOP_PX + 104 + 30 + _ROW_PX * len(drawn),
    )


def _draw_edge(figure: go.Figure, placed: Eras) -> None:
    """Set apart what is older than the archive's own tweets."""
    if placed.edge is None:
        return
    edge = str(placed.edge)
    spanned = {"xref": "x", "yref": "paper", "x1": edge, "y0": 0, "y1": 1, "layer": "below"}
    begin = figure.layout.xaxis.range[0]
    figure.add_shape(type="rect", x0=begin, fillcolor=_OLDER, line_width=0, **spanned)
    figure.add_shape(type="line", x0=edge, line={"width": 1.5, "color": OTHER.fill}, **spanned)
    figure.add_annotation(header("older: not to scale", y=1, colour=MUTED))


def _draw_ties(
    figure: go.Figure, ties: pd.DataFrame, places: dict[str, int], x: np.ndarray, *, dash: str
) -> None:
    inside = ties[ties["child"].isin(places) & ties["parent"].isin(places)]
    inside = inside.sort_values(["child", "parent"], kind="stable")
    child = inside["child"].map(places).to_numpy(np.int64)
    parent = inside["parent"].map(places).to_numpy(np.int64)
    probability = inside["probability"].to_numpy(float)
    upper = 1.01
    for lower, width in _WIDTHS:
        rows = np.flatnonzero((probability >= lower) & (probability < upper))
        name = f"parent ≥ {100 * lower:.0f} % probable" if dash == "solid" else _CANDIDATE
        first = not any(drawn.name == name for drawn in figure.data)
        upper = lower
        if not len(rows):
            continue
        path_x = np.full((len(rows), 4), np.datetime64("NaT"), dtype="datetime64[us]")
        path_y = np.full((len(rows), 4), np.nan)
        path_x[:, 0] = path_x[:, 1] = x[parent[rows]]
        path_x[:, 2] = x[child[rows]]
        path_y[:, 0], path_y[:, 1] = parent[rows], child[rows]
        path_y[:, 2] = child[rows]
        figure.add_scatter(
            x=path_x.ravel(), y=path_y.ravel(), mode="lines", hoverinfo="skip", name=name,
            line={"width": width, "dash": dash, "color": rgba(TAG, 0.35 + 0.4 * lower)},
            legendgroup=name, showlegend=first,
        )  # fmt: skip


def _diameters(drawn: pd.DataFrame) -> np.ndarray:
    tweets = drawn["tweets"].to_numpy(float)
    return np.asarray(9 + 15 * np.sqrt(tweets / max(tweets.max(), 1)))


def _draw_points(
    figure: go.Figure, drawn: pd.DataFrame, x: np.ndarray, root: str | None, time_zone: str
) -> None:
    diameter = _diameters(drawn)
    for verdict, (symbol, colour, words) in _VERDICTS.items():
        rows = np.flatnonzero((drawn["verdict"] == verdict) & (drawn["hashtag"] != root))
        _points(figure, drawn, rows, x, diameter, symbol, colour, words, time_zone)
    rows = np.flatnonzero(drawn["hashtag"] == root)
    _points(figure, drawn, rows, x, diameter, "star", "#000000", "the archive's tag", time_zone)


def _write_names(
    figure: go.Figure, drawn: pd.DataFrame, placed: Eras, root: str | None, *, lined: set[str]
) -> None:
    """Write each tag beside its mark; late ones to the left, above a line that comes from there."""
    low, high = np.array(placed.axis["range"], dtype="datetime64[us]")
    late = placed.x > low + (high - low) * _LATE
    diameter = _diameters(drawn)
    for row, (member, when) in enumerate(zip(drawn.itertuples(), placed.beyond, strict=True)):
        aside = 6 + diameter[row] / 2
        side = {"xanchor": "left", "xshift": aside}
        if late[row]:
            above = 10 if drawn["hashtag"][row] in lined else 0
            side = {"xanchor": "right", "xshift": -aside, "yshift": above}
        figure.add_annotation(
            text=_label(member, root, when), x=str(placed.x[row]), y=row, showarrow=False,
            font={"size": 13, "color": INK, "shadow": HALO}, **side,
        )  # fmt: skip


def _points(
    figure: go.Figure,
    drawn: pd.DataFrame,
    rows: np.ndarray,
    x: np.ndarray,
    diameter: np.ndarray,
    symbol: str,
    colour: str,
    words: str,
    time_zone: str,
) -> None:
    if not len(rows):
        return
    chosen = drawn.iloc[rows]
    figure.add_scatter(
        x=x[rows], y=rows, mode="markers", name=f"{words} ({len(rows)})",
        marker={
            "symbol": symbol, "size": diameter[rows], "color": colour, "opacity": 1,
            "line": {"width": 2 if symbol.endswith("open") else 1,
                     "color": colour if symbol.endswith("open") else "#ffffff"},
        },
        text=["#" + shown(name) for name in chosen["shown"]],
        customdata=[
            [stamp(member.first_at, time_zone), int(tweets), _parentage(member),
             shown(getattr(member, "reason", ""), most=90), quote]
            for member, tweets, quote in zip(
                chosen.itertuples(), chosen["tweets"], quotes(chosen), strict=True
            )
        ],
        hovertemplate="<b>%{text}</b><br>first used %{customdata[0]}<br>%{customdata[1]:,} tweets"
        "<br>%{customdata[2]}<br>%{customdata[3]}%{customdata[4]}<extra></extra>",
    )  # fmt: skip


def _parentage(member: object) -> str:
    verdict, parent = getattr(member, "verdict", ""), getattr(member, "parent", None)
    if verdict != "descends":
        return shown(verdict)
    return f"from #{shown(parent)}, {percent(getattr(member, 'probability', 0.0))} probable"


def _label(member: object, root: str | None, when: str) -> str:
    name = f"<b>#{shown(getattr(member, 'shown', ''), most=24)}</b>"
    verdict = getattr(member, "verdict", "")
    words = {"descends": percent(getattr(member, "probability", 0.0))}.get(
        verdict, "cannot tell" if verdict == "cannot tell" else "no parent"
    )
    parts = [] if getattr(member, "hashtag", None) == root else [words]
    aside = ", ".join([*parts, *([when] if when else [])])
    return f'{name} <span style="color:{MUTED}">{aside}</span>' if aside else name


def _caption(everyone: pd.DataFrame, drawn: pd.DataFrame, lines: set[str]) -> str:
    words = (
        f"{counted(len(everyone), 'hashtag')} with {counted(everyone['tweets'].sum(), 'use')}; a "
        f"mark stands at the first use in the archive and its area is the number of tweets."
    )
    if lines & {"solid"}:
        words += " The number is the probability of the parent drawn with the broadest line."
    if lines & {"dot"}:
        words += " Dotted: where a tag cannot be told to descend, its possible parents."
    words += " Parents under 5 % are left out." if lines else " No parent is as probable as 5 %."
    if len(drawn) < len(everyone):
        words += f" The {len(drawn)} most used are drawn."
    return words


def _lines(figure: go.Figure) -> set[str]:
    """Return which kinds of lines are drawn: solid, dot."""
    return {str(trace.line.dash) for trace in figure.data if trace.mode == "lines"}


def _alt(drawn: pd.DataFrame, earlier: int) -> str:
    number = drawn["verdict"].value_counts()
    names = dict(zip(drawn["hashtag"], drawn["shown"], strict=True))
    ties = drawn[drawn["verdict"] == "descends"].head(6)
    told = "; ".join(
        f"#{shown(tie.shown)} from #{shown(names.get(tie.parent, tie.parent))} "
        f"({percent(probability)})"
        for tie, probability in zip(ties.itertuples(), ties["probability"], strict=True)
    )
    return (
        f"A family of {counted(len(drawn), 'hashtag')}: {number.get('descends', 0)} "
        f"{'descends' if number.get('descends', 0) == 1 else 'descend'} from another, "
        f"{number.get('no parent', 0)} {'has' if number.get('no parent', 0) == 1 else 'have'} no "
        f"parent here, {number.get('cannot tell', 0)} cannot be told."
        + (f" {told}." if told else "")
        + (f" {earlier} first used before the archive's own tweets." if earlier else "")
    )
