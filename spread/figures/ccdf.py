"""How large, deep, broad and viral the cascades are: survival curves."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from spread.figures._percent import percent_decades
from spread.figures._style import LEGEND, blank, finish, frame, header, marks, rgba, shown
from spread.tables import Table

__all__ = ["ccdf"]

_ROW_PX, _GAP_PX = 210, 84
_STAR, _INFERRED = "as reported (star)", "inferred trees"
_TITLES = {
    "size": ("size", "tweets"),
    "depth": ("depth", "steps"),
    "max_breadth": ("greatest breadth", "tweets at one depth"),
    "virality": ("structural virality", "mean steps"),
    "time_to_10_s": ("time to 10 tweets", "seconds"),
    "time_to_100_s": ("time to 100 tweets", "seconds"),
    "time_to_1000_s": ("time to 1,000 tweets", "seconds"),
}


def ccdf(table: Table) -> go.Figure:
    """Draw for each measure of a cascade how many cascades reach a value or more.

    Both axes are logarithmic. A measure called `star_…` is drawn dashed beside the measure
    it stands for: what the platform reports, without the trees inferred.

    Parameters
    ----------
    table
        As `cascade.ccdf` gives it: metric, value, share (P(X ≥ value)), low, high. Optional:
        group, a curve for each.

    Raises
    ------
    MissingColumnError
        A column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"metric": "size", "value": [1, 2, 40], "share": [1., .5, .01],
    ...                       "low": [1., .4, 0.], "high": [1., .6, .04]})
    >>> from spread import figures
    >>> figures.alt(figures.ccdf(table))
    'Shares of cascades that reach a value or more. size: up to 40.'
    """
    curves = frame(table, "metric", "value", "share", "low", "high")
    curves = curves[(curves["value"] > 0) & (curves["share"] > 0)]
    if curves.empty:
        return blank("How the cascades are distributed", "there is no cascade to measure")
    curves = curves.assign(
        measure=curves["metric"].str.removeprefix("star_"),
        source=np.where(curves["metric"].str.startswith("star_"), _STAR, _INFERRED),
        group=curves["group"].astype(str) if "group" in curves else "",
    )
    known = [name for name in _TITLES if name in set(curves["measure"])]
    measures = known + sorted(set(curves["measure"]) - set(known))
    figure = go.Figure()
    height = _axes(figure, curves, measures)
    drawn = marks(curves["group"])
    told: set[str] = set()
    for panel, measure in enumerate(measures):
        for (source, group), curve in curves[curves["measure"] == measure].groupby(
            ["source", "group"], sort=True
        ):
            colour = drawn[group].line if group else "#0072B2" if source == _INFERRED else "#A84800"
            name = ", ".join(filter(None, [shown(group), source]))
            _draw(figure, curve, panel, name, colour, source == _STAR, name not in told)
            told.add(name)
    figure.update_layout(
        legend=LEGEND,
        hovermode="closest",
        margin={"l": 64, "r": 16, "b": 92, "t": 110},
    )
    return finish(
        figure,
        title="How the cascades are distributed",
        subtitle="share of cascades that reach a value or more, with 95 % intervals",
        caption="Share of cascades whose value is at least what the axis says, both axes "
        "logarithmic; bands are pointwise 95 % intervals."
        + (
            " Dashed: the star that the platform reports, without the trees inferred."
            if _STAR in set(curves["source"])
            else ""
        )
        + (" A value of zero has no place on a logarithmic axis." if _zeros(table) else ""),
        alt=_alt(curves, measures),
        height=height + 110 + 92,
    )


def _axes(figure: go.Figure, curves: pd.DataFrame, measures: list[str]) -> int:
    """Lay the panels in two columns and return their height in pixels."""
    rows = (len(measures) + 1) // 2
    height = rows * _ROW_PX + (rows - 1) * _GAP_PX
    lowest = np.log10(curves.groupby("measure")["share"].min()) - 1.5
    reach = curves.groupby("measure")["value"].agg(lambda values: values.max() / values.min())
    for panel, measure in enumerate(measures):
        row, column = divmod(panel, 2)
        top = 1 - row * (_ROW_PX + _GAP_PX) / height
        left = 0.0 if column == 0 else 0.58
        title, unit = _TITLES.get(measure, (shown(measure), ""))
        number = str(panel + 1) if panel else ""
        right = 1.0 if column or len(measures) == 1 else 0.42
        figure.update_layout(
            {
                f"xaxis{number}": {
                    "type": "log", "domain": [left, right], "anchor": f"y{number}",
                    "title": {"text": unit}, **_ticks(reach[measure]),
                },
                f"yaxis{number}": {
                    "type": "log", "domain": [max(0.0, top - _ROW_PX / height), top],
                    "anchor": f"x{number}", **percent_decades(10 ** lowest[measure]),
                    "range": [lowest[measure], 0.12],
                    "automargin": True,
                },
            }
        )  # fmt: skip
        figure.add_annotation({**header(f"<b>{title}</b>", y=top), "x": left})
    return height


def _ticks(reach: float) -> dict[str, object]:
    """Return ticks at the powers of ten, and at 2 and 5 between where there are few."""
    return {"dtick": 1} if reach > 30 else {"tickvals": [1, 2, 3, 5, 10, 20, 30, 50, 100]}


def _draw(
    figure: go.Figure,
    curve: pd.DataFrame,
    panel: int,
    name: str,
    colour: str,
    dashed: bool,
    first: bool,
) -> None:
    ordered = curve.sort_values("value")
    number = str(panel + 1) if panel else ""
    axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
    x = ordered["value"].to_numpy(float)
    floor = ordered["share"].min() / 30
    low, high = (np.maximum(ordered[end].to_numpy(float), floor) for end in ("low", "high"))
    edge = {"width": 0, "shape": "vh"}
    figure.add_scatter(
        x=x, y=high, mode="lines", line=edge, hoverinfo="skip", showlegend=False, name=name, **axes
    )
    figure.add_scatter(
        x=x, y=low, mode="lines", line=edge, fill="tonexty", fillcolor=rgba(colour, 0.14),
        hoverinfo="skip", showlegend=False, name=name, **axes,
    )  # fmt: skip
    figure.add_scatter(
        x=x, y=ordered["share"].to_numpy(float), mode="lines+markers" if len(x) < 3 else "lines",
        line={"color": colour, "width": 2, "shape": "vh", "dash": "dash" if dashed else "solid"},
        name=name, legendgroup=name, showlegend=first,
        customdata=ordered[["low", "high"]].to_numpy(float),
        hovertemplate="%{x:.3~g} or more: %{y:.2%} (%{customdata[0]:.2%} to "
        "%{customdata[1]:.2%})", **axes,
    )  # fmt: skip


def _told(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _zeros(table: Table) -> bool:
    return bool((frame(table, "value")["value"] <= 0).any())


def _alt(curves: pd.DataFrame, measures: list[str]) -> str:
    parts = ", ".join(
        f"{_TITLES.get(measure, (shown(measure), ''))[0]}: up to "
        f"{_told(curves[curves['measure'] == measure]['value'].max())}"
        for measure in measures
    )
    return f"Shares of cascades that reach a value or more. {parts}."
