"""A study as HTML: one self-contained page, and its figures one by one.

A page makes no request and runs no script but its own: see `spread.report._safety`.
"""

from collections.abc import Sequence
from pathlib import Path

import plotly.graph_objects as go

from spread import tables
from spread.report import _page, _safety, _sections
from spread.report._elements import document, element, joined
from spread.report._explore import explore
from spread.report._pictures import picture, pictures
from spread.report._static import FORMATS, MissingBrowserError, export
from spread.study import Study

__all__ = ["FORMATS", "MissingBrowserError", "explore", "write", "write_figures", "write_static"]

_PLOTLY, _WORLD = "plotly.min.js", "world.js"


def write(study: Study, path: str | Path, *, command: str = "") -> None:
    """Write a study as one HTML page that needs nothing else, not even a network.

    Parameters
    ----------
    study
        What `study.run` returns.
    path
        The file to write; it appears whole or not at all.
    command
        The command that made it, to be shown under "How it was done".

    Raises
    ------
    OutputError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from spread import samples, study
    >>> s = study.run(samples.path("mynypd"), "myNYPD", end="2014-04-22T18:10Z", rng=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(s, Path(folder) / "report.html")
    ...     "https://" in (Path(folder) / "report.html").read_text(encoding="utf-8")[:1000]
    False
    """
    scripts = (_safety.outline_script(), _safety.plotly_script(), _safety.drawing_script())
    page = document(
        head=_page.head(study, _safety.policy(*scripts)),
        body=joined(_page.body(study, command=command), *map(_safety.script, scripts)),
    )
    _write(path, page)


def write_figures(study: Study, folder: str | Path) -> None:
    """Write each figure as a page of its own; they share one plotly.min.js beside them.

    Parameters
    ----------
    study
        What `study.run` returns.
    folder
        Where to write timeline.html, network.html, ccdf.html, tree.html, seeds.html,
        shares.html, family.html, map.html, arrivals.html, plotly.min.js and world.js;
        sensitivity.html where the study has that table.

    Raises
    ------
    OutputError
        A file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from spread import samples, study
    >>> s = study.run(samples.path("mynypd"), "myNYPD", end="2014-04-22T18:10Z", rng=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_figures(s, folder)
    ...     sorted(page.name for page in Path(folder).glob("*.html"))[:3]
    ['arrivals.html', 'ccdf.html', 'family.html']
    """
    place = Path(folder)
    _write(place / _PLOTLY, _safety.plotly_script())
    _write(place / _WORLD, _safety.outline_script())
    for name in pictures(study):
        _write(place / f"{name}.html", _alone(study, name))


def write_static(study: Study, folder: str | Path, *, formats: Sequence[str] = FORMATS) -> None:
    """Write each figure as SVG, PDF or PNG, by one start of a browser for all of them.

    SVG and PDF hold vectors. Needs the extra `export` (kaleido) and a browser of the Chrome
    family, but no network: maps included.

    Parameters
    ----------
    study
        What `study.run` returns.
    folder
        Where to write timeline.svg and so on.
    formats
        Some of svg, pdf, png.

    Raises
    ------
    UsageError
        A format is unknown.
    MissingBrowserError
        Kaleido or a browser is missing; the line says what to install.
    OutputError
        A file cannot be written, or the browser fails.

    Examples
    --------
    >>> import tempfile
    >>> from spread import samples, study
    >>> s = study.run(samples.path("mynypd"), "myNYPD", end="2014-04-22T18:10Z", rng=7)
    >>> write_static(s, "figures", formats=["gif"])
    Traceback (most recent call last):
    spread._errors.UsageError: unknown format: got 'gif'; allowed: svg, pdf, png
    """
    drawn = {name: _labelled(picture(study, name), study) for name in pictures(study)}
    export(drawn, Path(folder), formats)


def _labelled(figure: go.Figure, study: Study) -> go.Figure:
    """Return a figure that says of itself that its data are synthetic, if they are."""
    if study.synthetic:
        figure.update_layout(title_text=f"{figure.layout.title.text or ''} (synthetic data)")
    return figure


def _alone(study: Study, name: str) -> str:
    """Return the page of one figure."""
    draw = _safety.drawing_script()
    beside = [_WORLD, _PLOTLY] if name == "map" else [_PLOTLY]
    label = [element("p", "SYNTHETIC DATA", class_="label")] if study.synthetic else []
    return document(
        head=_page.head(study, _safety.policy(draw, beside=True)),
        body=joined(
            element("main", *label, _sections.plot(study, name), class_="alone"),
            *(element("script", src=file) for file in beside),
            _safety.script(draw),
        ),
    )


def _write(path: str | Path, text: str) -> None:
    with tables.written(path) as draft:
        draft.write_text(text, encoding="utf-8")
