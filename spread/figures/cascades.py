"""How kinds of cascades differ: in shape, in speed and by depth, at all sizes and at the same."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread.figures._clock import duration
from spread.figures._percent import percent_decades
from spread.figures._style import (
    INK,
    LEGEND,
    MUTED,
    Mark,
    blank,
    counted,
    finish,
    frame,
    header,
    marks,
    rgba,
    rows,
    shown,
)
from spread.tables import Table

__all__ = ["cascades"]

_PANEL_PX, _GAP_PX = 156, 82
_TITLE = "Kinds of cascades compared"
_SYMBOL_PX = 7
_TIMES = {
    1: "1 s", 10: "10 s", 60: "1 min", 180: "3 min", 600: "10 min", 1_800: "30 min",
    3_600: "1 h", 10_800: "3 h", 43_200: "12 h", 86_400: "1 day", 259_200: "3 days",
    864_000: "10 days", 2_592_000: "30 days", 31_536_000: "1 year",
}  # fmt: skip


class _Panel(NamedTuple):
    """How a measure is drawn: its title, its axes, and what a point says."""

    title: str
    x_title: str
    x_type: str
    y_title: str
    hover: str


_SHARE = "%{x:,.3~g} or more: %{y:.2%} (%{customdata[0]} to %{customdata[1]})"
_MEAN = "%{x} steps: %{y:,.3~g} (%{customdata[0]} to %{customdata[1]})"
_PANELS = {
    "depth": _Panel("Depth", "steps", "log", "cascades", _SHARE),
    "size": _Panel("Size", "tweets", "log", "cascades", _SHARE),
    "max_breadth": _Panel("Greatest breadth", "tweets at one depth", "log", "cascades", _SHARE),
    "virality": _Panel("Structural virality", "mean steps", "log", "cascades", _SHARE),
    "time_to_depth": _Panel(
        "Time to a depth", "steps", "linear", "",
        "%{x} steps after %{customdata[2]} (%{customdata[0]} to %{customdata[1]})",
    ),
    "time_to_users": _Panel(
        "Time to users", "users", "log", "",
        "%{x:,} users after %{customdata[2]} (%{customdata[0]} to %{customdata[1]})",
    ),
    "users_by_depth": _Panel("Users by depth", "steps", "linear", "users so far", _MEAN),
    "breadth_by_depth": _Panel("Breadth by depth", "steps", "linear", "tweets there", _MEAN),
}  # fmt: skip
_SHAPES = ("depth", "size", "max_breadth", "virality")


def cascades(table: Table, *, labels: Mapping[str, str] | None = None) -> go.Figure:
    """Draw how kinds of cascades differ, measure by measure, beside each other at the same size.

    The set of panels is that of Vosoughi, Roy and Aral (2018, Figure 2): how many are of a
    depth, size, breadth and virality or more, the time to depths and to numbers of users, and
    users and breadth by depth.

    Parameters
    ----------
    table
        As `cascade.profile` gives it: matched, group, measure, x, y, low, high, cascades. The
        cascades of like size, where it has them, stand at the right.
    labels
        How each group is written.

    Raises
    ------
    MissingColumnError
        A column is missing.

    References
    ----------
    Vosoughi, Roy, Aral 2018, Figure 2, https://doi.org/10.1126/science.aap9559; why beside each
    other at the same size: Juul, Ugander 2021, https://doi.org/10.1073/pnas.2100786118

    Examples
    --------
    >>> table = pd.DataFrame({"matched": False, "group": "A", "measure": "time_to_depth",
    ...                       "x": [1., 2.], "y": [60., 600.], "low": [50., 400.],
    ...                       "high": [70., 900.], "cascades": [40., 9.]})
    >>> from spread import figures
    >>> figures.alt(figures.cascades(table))
    'One kind of cascade in one panel: time to a depth. A: 40 cascades.'
    """
    curves = frame(table, "matched", "group", "measure", "x", "y", "low", "high", "cascades")
    curves = curves[(curves["x"] > 0) & (curves["y"] > 0) & curves["measure"].isin(list(_PANELS))]
    if curves.empty:
        return blank(_TITLE, "too few cascades, or none of more than one tweet")
    curves = curves.assign(group=curves["group"].astype(str)).sort_values(
        ["matched", "measure", "group", "x"], kind="stable", ignore_index=True
    )
    beside = bool(curves["matched"].any() and not curves["matched"].all())
    measures = [name for name in _PANELS if name in set(curves["measure"])]
    figure = go.Figure()
    height, places = _axes(figure, curves, measures, beside)
    names = {group: shown((labels or {}).get(group, group)) for group in curves["group"].unique()}
    drawn, told = marks(names), set[str]()
    for key, curve in curves.groupby(["matched", "measure", "group"], sort=True):
        matched, measure, group = bool(key[0]), str(key[1]), str(key[2])
        panel = places[measure, matched and beside]
        mark = drawn.get(group, drawn["other"])
        _draw(figure, curve, panel, measure, names[group], mark, first=group not in told)
        told.add(group)
    figure.update_layout(
        legend=LEGEND,
        showlegend=len(names) > 1,
        hovermode="closest",
        margin={"l": 62, "r": 16, "b": 100, "t": 122},
    )
    counts = _counts(curves)
    return finish(
        figure,
        title=_TITLE,
        subtitle=", ".join(f"{names[group]}: {count:,.0f}" for group, count in counts.items())
        + (" cascades; right: at the same size" if beside else " cascades"),
        caption=_caption(curves, counts, names, beside),
        alt=_alt(measures, counts, names, beside),
        height=height + 222,
    )


def _axes(
    figure: go.Figure, curves: pd.DataFrame, measures: list[str], beside: bool
) -> tuple[int, dict[tuple[str, bool], int]]:
    """Lay out the panels; return their height in pixels and the number of each.

    With cascades of like size, a row a measure and these at the right; else two a row.
    """
    cells = (
        [(measure, matched) for measure in measures for matched in (False, True)]
        if beside
        else [(measure, False) for measure in measures]
    )
    spans, height = rows([_PANEL_PX] * ((len(cells) + 1) // 2), gap=_GAP_PX)
    for number, (measure, matched) in enumerate(cells):
        row, column = divmod(number, 2)
        domain = [0.58 * column, 0.42 if len(cells) > 1 and not column else 1.0]
        look, key = _PANELS[measure], str(number + 1) if number else ""
        figure.update_layout(
            {
                f"xaxis{key}": {
                    "domain": domain, "anchor": f"y{key}", "type": look.x_type,
                    "title": {"text": look.x_title, "standoff": 4},
                    **_x_ticks(curves[curves["measure"] == measure], look.x_type),
                },
                f"yaxis{key}": {
                    "domain": list(spans[row]), "anchor": f"x{key}", "type": "log",
                    **_y_ticks(curves[curves["measure"] == measure], measure),
                },
            }
        )  # fmt: skip
        title = f"<b>{look.title}</b>" if not matched else "at the same size"
        note = header(title, y=spans[row][1], colour=MUTED if matched else INK)
        figure.add_annotation({**note, "x": domain[0]})
        if look.y_title and not matched:
            figure.update_layout({f"yaxis{key}": {"title": {"text": look.y_title}}})
    return height, {cell: number for number, cell in enumerate(cells)}


def _x_ticks(curves: pd.DataFrame, kind: str) -> dict[str, object]:
    least, most = curves["x"].min(), curves["x"].max()
    if kind == "linear":
        return {"range": [least - 0.4, most + 0.4], "dtick": max(1, round((most - least) / 5))}
    ends = [np.log10(least) - 0.05, np.log10(most) + 0.08]
    few = {"tickvals": [1, 2, 5, 10, 20, 50, 100]}
    return {"range": ends, "tickangle": 0, **({"dtick": 1} if most > 30 * least else few)}


def _y_ticks(curves: pd.DataFrame, measure: str) -> dict[str, object]:
    """Both panels of a measure have the same range."""
    least, most = curves["y"].min(), curves["y"].max()
    if measure in _SHAPES:
        return {"range": [np.log10(least) - 0.3, 0.12], **percent_decades(least)}
    least, most = min(least, curves["low"].min()), max(most, curves["high"].max())
    ends = [np.log10(max(least, 1e-3)) - 0.1, np.log10(most) + 0.1]
    if measure.startswith("time_"):
        return {"range": ends, "tickvals": list(_TIMES), "ticktext": list(_TIMES.values())}
    few = {"tickvals": [1, 2, 3, 5, 10, 20, 30, 50, 100, 200]}
    return {"range": ends, **({"dtick": 1} if most > 50 * least else few)}


def _draw(
    figure: go.Figure,
    curve: pd.DataFrame,
    panel: int,
    measure: str,
    name: str,
    mark: Mark,
    *,
    first: bool,
) -> None:
    number = str(panel + 1) if panel else ""
    axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
    steps = {"shape": "vh"} if measure in _SHAPES else {"shape": "linear"}
    x, y = (curve[end].to_numpy(np.float32) for end in ("x", "y"))
    low, high = (curve[end].to_numpy(np.float32) for end in ("low", "high"))
    edge = {"width": 0, **steps}
    figure.add_scatter(
        x=x, y=high, mode="lines", line=edge, hoverinfo="skip", showlegend=False, **axes
    )
    figure.add_scatter(
        x=x, y=np.maximum(low, y.min() / 30), mode="lines", line=edge, fill="tonexty",
        fillcolor=rgba(mark.fill, 0.14), hoverinfo="skip", showlegend=False, **axes,
    )  # fmt: skip
    size = np.full(len(x), _SYMBOL_PX)
    if measure in _SHAPES:
        size[:-1] = 0  # the symbol stands at the end of a curve
    figure.add_scatter(
        x=x, y=y, mode="lines+markers", line={"color": mark.line, "width": 2, **steps},
        marker={"symbol": mark.symbol, "color": mark.fill, "size": size.tolist(), "opacity": 1,
                "line": {"width": 0.8, "color": mark.outline}},
        name=name, legendgroup=name, showlegend=first,
        customdata=_told(curve, measure), hovertemplate=_PANELS[measure].hover, **axes,
    )  # fmt: skip


def _told(curve: pd.DataFrame, measure: str) -> list[list[str]]:
    """Return the ends of each interval, and the value, as they are read."""
    ends = curve[["low", "high", "y"]].to_numpy(float)
    if measure in _SHAPES:
        return [[f"{100 * value:.3g} %" for value in row] for row in ends[:, :2]]
    if measure.startswith("time_"):
        return [[duration(value) for value in row] for row in ends]
    return [[f"{value:,.3g}" for value in row] for row in ends[:, :2]]


def _counts(curves: pd.DataFrame) -> dict[str, float]:
    everyone = curves[curves["matched"] == curves["matched"].min()]
    most = everyone.groupby("group")["cascades"].max()
    return {str(group): float(count) for group, count in most.items()}


def _caption(
    curves: pd.DataFrame, counts: Mapping[str, float], names: Mapping[str, str], beside: bool
) -> str:
    told = ", ".join(f"{counted(count, 'cascade')} of {names[group]}"
                     for group, count in counts.items())  # fmt: skip
    words = (
        f"{told}; bands are 95 % intervals over cascades drawn again and trees drawn anew. Above: "
        "the share of cascades that reach a value or more. Times are medians among those that get "
        "there, with those that the archive's end cut off counted until then; users and tweets by "
        "depth are means over the cascades that reach it."
    )
    if beside:
        alike = curves[curves["matched"]].groupby("group")["cascades"].max().max()
        words += (
            f" Right: {counted(alike, 'cascade')} of each kind, as many of every size, since "
            "larger cascades are deeper and broader for their size alone."
        )
    return words


def _alt(
    measures: list[str], counts: Mapping[str, float], names: Mapping[str, str], beside: bool
) -> str:
    kinds = "One kind of cascade" if len(counts) == 1 else f"{len(counts)} kinds of cascades"
    panels = "one panel" if len(measures) == 1 else f"{len(measures)} panels"
    listed = ", ".join(_PANELS[measure].title.lower() for measure in measures)
    told = "; ".join(f"{names[group]}: {counted(count, 'cascade')}"
                     for group, count in counts.items())  # fmt: skip
    twice = ", each at all sizes and at the same size" if beside else ""
    return f"{kinds} in {panels}{twice}: {listed}. {told}."
