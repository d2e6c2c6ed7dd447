"""Figures as SVG, PDF or PNG: one start of a browser for all of them, no network."""

import asyncio
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import plotly.graph_objects as go

from spread import tables
from spread._errors import OutputError, UsageError
from spread.report import _safety

__all__ = ["FORMATS", "MissingBrowserError", "export"]

FORMATS = ("svg", "pdf", "png")

_WIDTH_PX = 1000
_SCALE = {"png": 2}
_TIMEOUT_S = 60.0


class MissingBrowserError(OutputError):
    """Nothing on this machine can draw a figure into a file."""


def export(figures: Mapping[str, go.Figure], folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write each figure in each format, as `folder`/NAME.FORMAT; each appears whole or not at all.

    Text and marks stay vectors in SVG and PDF. The browser is given plotly.js and the outline
    of the world from this machine, no MathJax, and has nothing to ask a network for.

    Raises
    ------
    UsageError
        A format is unknown.
    MissingBrowserError
        Kaleido or a browser of the Chrome family is not installed.
    OutputError
        A file cannot be written, or the browser fails.
    """
    if unknown := sorted(set(formats) - set(FORMATS)):
        raise UsageError("unknown format", got=repr(unknown[0]), allowed=", ".join(FORMATS))
    wanted = [(name, form) for name in figures for form in dict.fromkeys(formats)]
    with tempfile.TemporaryDirectory() as scratch:
        world = Path(scratch) / "world.js"
        world.write_text(_safety.outline_script(), encoding="utf-8")
        drawn = _apart([(figures[name], form) for name, form in wanted], world)
    paths = []
    for (name, form), content in zip(wanted, drawn, strict=True):
        with tables.written(folder / f"{name}.{form}") as draft:
            draft.write_bytes(content)
        paths.append(folder / f"{name}.{form}")
    return paths


def _apart(wanted: Sequence[tuple[go.Figure, str]], world: Path) -> list[bytes]:
    """Draw in a thread of its own: a notebook has an event loop running already."""
    drawn: list[bytes] = []
    failed: list[Exception] = []

    def work() -> None:
        try:
            drawn.extend(asyncio.run(_drawn(wanted, world)))
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=work, name="spread-export")
    thread.start()
    thread.join()
    for error in failed:
        raise _explained(error) from error
    return drawn


async def _drawn(wanted: Sequence[tuple[go.Figure, str]], world: Path) -> list[bytes]:
    import kaleido

    page = kaleido.PageGenerator(mathjax=False, others=[(world.as_uri(), "utf-8")])
    drawn = []
    async with kaleido.Kaleido(page_generator=page, timeout=_TIMEOUT_S) as browser:
        for figure, form in wanted:
            options = {
                "format": form,
                "width": _WIDTH_PX,
                "height": int(figure.layout.height),
                "scale": _SCALE.get(form, 1),
            }
            drawn.append(bytes(await browser.calc_fig(figure, opts=options)))
    return drawn


def _explained(error: Exception) -> OutputError:
    if isinstance(error, ImportError):
        return MissingBrowserError(
            "figures cannot be drawn into files",
            got="no kaleido",
            hint="python -m pip install 'spread[export]', and a browser of the Chrome family",
        )
    if type(error).__name__ == "ChromeNotFoundError":
        return MissingBrowserError(
            "figures cannot be drawn into files",
            got="no browser of the Chrome family",
            hint="Install one, such as Debian's chromium, or name it in BROWSER_PATH",
        )
    why = (str(error).splitlines() or [type(error).__name__])[0]
    return OutputError("the browser could not draw a figure", got=why)
