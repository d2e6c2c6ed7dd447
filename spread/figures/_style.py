"""The house style: colours, symbols, fonts, clocks, words, and what every figure carries.

Colours stand for camps and for nothing else; tags and places are told by their labels. The
palette is Okabe and Ito's (https://jfly.uni-koeln.de/color/), ordered so that the colours that
can be seen on white come first; the text beside a mark takes a darker ink of the same hue.
"""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from spread._errors import MissingColumnError, UsageError
from spread.tables import Table
from spread.text import plain

__all__ = [
    "ACCENT",
    "ACCENT_INK",
    "HALO",
    "INK",
    "LEGEND",
    "MUTED",
    "OTHER",
    "TAG",
    "WIDE",
    "Mark",
    "alt",
    "apart",
    "blank",
    "caption",
    "counted",
    "cover",
    "finish",
    "frame",
    "header",
    "known",
    "marks",
    "quotes",
    "rgba",
    "rows",
    "shown",
]

INK = "#1b2430"
MUTED = "#5b6675"
GRID = "#e6e9ee"
TAG = "#33506e"
ACCENT = "#b35900"
ACCENT_INK = "#7a3d00"
FONT = "'Source Sans 3', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"


# Below the figure, where it may take as many lines as a narrow page asks for.
LEGEND = {
    "orientation": "h",
    "x": 0.012,
    "xref": "container",
    "y": 0,
    "yref": "container",
    "yanchor": "bottom",
    "itemsizing": "constant",
    "font": {"size": 12},
}


# plotly.js offers to send the data of a figure to its maker's servers: never.
_NO_BUTTONS = ["sendChartToCloud", "select2d", "lasso2d", "autoScale2d"]

WIDE = "wide"
_LEFTWARD = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_LINE_MOST, _NARROW_LINE_MOST = 88, 58
_LINE_PX = 18


class Mark(NamedTuple):
    """How a category is drawn: fill colour, ink for its text, symbol.

    Where the fill is too light to be seen on white (WCAG 2.1: 3 to 1), lines and the outline
    of points take the ink.
    """

    fill: str
    ink: str
    symbol: str

    @property
    def line(self) -> str:
        """The colour of lines."""
        return self.ink if self.fill in _LIGHT else self.fill

    @property
    def outline(self) -> str:
        """The colour around points: white, which parts them, if they can be seen on white."""
        return self.ink if self.fill in _LIGHT else "#ffffff"


_MARKS = (
    Mark("#0072B2", "#005a8e", "circle"),
    Mark("#D55E00", "#a84800", "square"),
    Mark("#009E73", "#00704f", "diamond"),
    Mark("#CC79A7", "#96467a", "triangle-up"),
    Mark("#E69F00", "#8a5f00", "cross"),
    Mark("#56B4E9", "#1f6c9c", "x"),
    Mark("#000000", "#000000", "star"),
    Mark("#F0E442", "#6d6600", "triangle-down"),
)
_LIGHT = frozenset({"#E69F00", "#56B4E9", "#F0E442", "#9aa3af"})
OTHER = Mark("#9aa3af", "#5b6675", "hexagon")
HALO = ", ".join(f"{x}px {y}px 0 #fff" for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y)
"""White around a text; not blurred, as a blur would be a picture in a vector file."""

_AXIS = {
    "gridcolor": GRID,
    "linecolor": MUTED,
    "zeroline": False,
    "tickfont": {"size": 12},
    "title": {"font": {"size": 13, "color": MUTED}, "standoff": 12},
}
_TEMPLATE = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
        "colorway": [mark.fill for mark in _MARKS],
        "hoverlabel": {
            "bgcolor": "#ffffff",
            "bordercolor": MUTED,
            "align": "left",
            "font": {"family": FONT, "size": 13, "color": INK},
        },
        "xaxis": _AXIS | {"ticks": "outside", "tickcolor": MUTED, "automargin": True},
        "yaxis": _AXIS,
        "legend": {"bgcolor": "rgba(255,255,255,0)"},
    }
)

_COUNTS: Final = {"adopters", "tweets", "k", "depth", "mark", "strength", "units"}


def frame(table: Table, *columns: str) -> pd.DataFrame:
    """Return a table as a new pandas frame with its rows numbered, or name what it lacks.

    A table without rows needs no columns: there is nothing in it to draw.
    """
    if not isinstance(table, pd.DataFrame) and not hasattr(table, "to_pandas"):
        raise UsageError(
            "not a table",
            got=type(table).__name__,
            allowed="an Ibis table, a pandas DataFrame, a pyarrow Table",
        )
    given = table.to_pandas() if not isinstance(table, pd.DataFrame) else table
    missing = [name for name in columns if name not in given.columns]
    if missing and not len(given):
        return given.reindex(columns=[*given.columns, *missing])
    if missing:
        raise MissingColumnError(
            "the table lacks columns",
            got=", ".join(map(str, given.columns)) or "no column",
            allowed=f"a table with {', '.join(columns)}",
            hint=f"Add {', '.join(missing)}",
        )
    for name in columns:
        _require_drawn(name, given[name])
    return given.reset_index(drop=True)


def once(table: pd.DataFrame, *keys: str) -> pd.DataFrame:
    """Return a table in which no row stands twice, or name one that does."""
    twice = table.duplicated(list(keys))
    if len(table) and twice.any():
        names = ", ".join(f"{key} {table[key][twice].iloc[0]}" for key in keys)
        raise UsageError("rows are not unique", got=f"{names} twice", hint="Keep one row of each")
    return table


def _require_drawn(name: str, values: "pd.Series[Any]") -> None:
    """Refuse counts that are missing and times without a zone: neither has a place."""
    if name in _COUNTS and values.isna().any():
        raise UsageError(f"column {name} lacks numbers", got=f"{values.isna().sum()} missing")
    if pd.api.types.is_datetime64_dtype(values.dtype):
        raise UsageError(
            f"the times in column {name} carry no zone",
            hint="Say which it is, such as table.at.dt.tz_localize('UTC')",
        )


def marks(categories: Iterable[object]) -> dict[str, Mark]:
    """Return how each category is drawn; camps A to H look the same in every figure.

    Other names take the marks in alphabetical order; from the ninth on, and for "other"
    and for the unknown, it is grey.
    """
    names = sorted({str(name) for name in categories if known(name)} - {"other", ""})
    lettered = all(name in "ABCDEFGH" and len(name) == 1 for name in names)
    places = [ord(name) - ord("A") if lettered else place for place, name in enumerate(names)]
    drawn = {
        name: _MARKS[place] if place < len(_MARKS) else OTHER
        for name, place in zip(names, places, strict=True)
    }
    return {**drawn, "other": OTHER}


def rgba(colour: str, opacity: float) -> str:
    """Return a hexadecimal colour with an opacity."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def shown(value: object, *, most: int = 28) -> str:
    """Return a text of the data, shortened and escaped; nothing for a missing one.

    plotly.js knows numbered entities and few names: `&quot;` is none of them. What is read
    from right to left is set apart, so that it does not turn the order of what follows it.
    """
    if not known(value):
        return ""
    text = plain(value, most=most).replace("&quot;", "&#34;")
    return f"\u2068{text}\u2069" if _LEFTWARD.search(text) else text


def quotes(table: pd.DataFrame) -> NDArray[np.object_]:
    """Return what each row's hover says of a tweet behind it, which the table may `read` out."""
    read = table["read"] if "read" in table else [""] * len(table)
    texts = [shown(text, most=90) for text in read]
    return np.array([f"<br>“{text}”" if text else "" for text in texts], dtype=object)


def counted(number: float, noun: str, plural: str | None = None) -> str:
    """Return a count with its noun: "1 tweet", "1,204 tweets"."""
    return f"{number:,.0f} {noun if number == 1 else plural or noun + 's'}"


def apart(places: Sequence[float], gap: float, *, low: float, high: float) -> NDArray[np.float64]:
    """Return the places of labels moved just so far that none is nearer than `gap`.

    The order stays; the labels stay between `low` and `high` if they fit at all.
    """
    order = np.argsort(places, kind="stable")
    moved = np.asarray(places, dtype=float)[order]
    for at in range(1, len(moved)):
        moved[at] = max(moved[at], moved[at - 1] + gap)
    limit = high
    for at in range(len(moved) - 1, -1, -1):
        moved[at] = min(moved[at], limit)
        limit = moved[at] - gap
    if len(moved):
        moved += max(0.0, low - moved[0])
    result = np.empty_like(moved)
    result[order] = moved
    return result


def cover(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Say whether two boxes (left, low, right, high) overlap."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def rows(heights: Sequence[int], *, gap: int) -> tuple[list[tuple[float, float]], int]:
    """Return where rows of these heights lie from the top down, and how high all are, in pixels.

    Each lies between two shares of the whole height, the lower first.
    """
    whole = sum(heights) + gap * (len(heights) - 1)
    tops = whole - np.cumsum([0, *[height + gap for height in heights[:-1]]])
    places = zip(heights, tops, strict=True)
    return [(max(0.0, (top - height) / whole), top / whole) for height, top in places], whole


def finish(
    figure: go.Figure,
    *,
    title: str,
    subtitle: str,
    caption: str,
    alt: str,
    height: int,
    narrow: Mapping[str, object] | None = None,
) -> go.Figure:
    """Give a figure its title, its house style, and the caption and alt sentence it carries.

    `narrow` holds parts of the layout for a page as narrow as a telephone; there, traces
    whose meta is `WIDE` and annotations of that name are left out.
    """
    lines = textwrap.wrap(subtitle, _LINE_MOST, break_long_words=False)
    height += _LINE_PX * max(len(lines) - 1, 0)
    given = figure.layout.margin.t or 0
    more = _joined(_narrowed(subtitle, len(lines), height, given), narrow or {}, height)
    figure.update_layout(
        template=_TEMPLATE,
        height=height,
        meta={"caption": caption, "alt": alt, **({"narrow": more} if more else {})},
        modebar={"remove": _NO_BUTTONS},
        title={
            "text": f"<b>{title}</b>",
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"l": 14, "t": 14},
            "font": {"size": 18},
            "subtitle": _subtitle(lines),
        },
        margin={"t": _top(len(lines), given)},
    )
    return figure


def _joined(own: dict[str, Any], given: Mapping[str, object], height: int) -> dict[str, object]:
    """Return the layout of a narrow page, more lines of a title beside what a figure asks for."""
    joined: dict[str, object] = own | dict(given)
    if "margin" in own and isinstance(margin := given.get("margin"), Mapping):
        joined["margin"] = own["margin"] | dict(margin)
    if "height" in own and isinstance(asked := given.get("height"), int):
        joined["height"] = asked + own["height"] - height
    return joined


def _subtitle(lines: list[str]) -> dict[str, object]:
    return {"text": "<br>".join(lines), "font": {"size": 13, "color": MUTED}}


def _top(lines: int, given: float) -> float:
    """Return how much room a title and the lines below it take, in pixels."""
    return max(84 + _LINE_PX * max(lines - 1, 0), given)


def _narrowed(subtitle: str, wide: int, height: int, given: float) -> dict[str, object]:
    """Return the title of a narrow page, which may take more lines than on a wide one."""
    lines = textwrap.wrap(subtitle, _NARROW_LINE_MOST, break_long_words=False)
    if len(lines) <= max(wide, 1):
        return {}
    return {
        "title": {"subtitle": _subtitle(lines)},
        "margin": {"t": _top(len(lines), given)},
        "height": height + _LINE_PX * (len(lines) - max(wide, 1)),
    }


def blank(title: str, why: str) -> go.Figure:
    """Return an empty figure that says why it is empty."""
    figure = go.Figure()
    figure.update_xaxes(visible=False, fixedrange=True)
    figure.update_yaxes(visible=False, fixedrange=True)
    figure.add_annotation(
        text=why, x=0.5, y=0.5, xref="paper", yref="paper", showarrow=False,
        font={"size": 15, "color": MUTED},
    )  # fmt: skip
    figure.update_layout(margin={"l": 24, "r": 24, "b": 24})
    sentence = f"Nothing is drawn: {why}."
    return finish(figure, title=title, subtitle="", caption=sentence, alt=sentence, height=220)


def header(text: str, *, y: float, right: bool = False, colour: str = INK) -> dict[str, object]:
    """Return the annotation that stands above a row of a figure, at its left or right end."""
    return {
        "text": text,
        "x": 1 if right else 0,
        "xref": "paper",
        "xanchor": "right" if right else "left",
        "y": y,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 13, "color": colour, "shadow": HALO},
    }


def caption(figure: go.Figure) -> str:
    """Return the caption that a figure of this package carries, safe to put into HTML.

    Examples
    --------
    >>> import pandas as pd
    >>> from spread import figures
    >>> figures.caption(figures.seeds(pd.DataFrame(columns=["user_id", "credit"])))
    'Nothing is drawn: no account has credit for a retweet.'
    """
    return _carried(figure, "caption")


def alt(figure: go.Figure) -> str:
    """Return the sentence that stands for a figure where it cannot be seen, safe in HTML.

    Examples
    --------
    >>> import pandas as pd
    >>> from spread import figures
    >>> figures.alt(figures.seeds(pd.DataFrame(columns=["user_id", "credit"])))
    'Nothing is drawn: no account has credit for a retweet.'
    """
    return _carried(figure, "alt")


def _carried(figure: go.Figure, name: str) -> str:
    meta = figure.layout.meta
    return str(meta[name]) if isinstance(meta, dict) and name in meta else ""


def known(value: object) -> bool:
    """Say whether a cell of a table holds anything."""
    return not (value is None or value is pd.NA or value is pd.NaT or value != value)
