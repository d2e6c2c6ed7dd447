"""A network of very many edges as a picture of pixels, drawn with datashader (extra `large`)."""

import importlib.util
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = ["Picture", "available", "lines"]

_PIXELS = 1_000
_FAINTEST, _STRONGEST = 0.10, 0.90


class Picture(NamedTuple):
    """A PNG as a data address, and the box that it covers: left, low, right, high."""

    source: str
    box: tuple[float, float, float, float]


def available() -> bool:
    """Say whether datashader is installed."""
    return importlib.util.find_spec("datashader") is not None


def lines(
    places: NDArray[np.float64],
    parts: Sequence[tuple[NDArray[np.int64], str]],
    points: tuple[NDArray[np.float64], Sequence[str]],
) -> Picture:
    """Draw edges by how many pass through each pixel, and points over them.

    Parameters
    ----------
    places
        x and y a node.
    parts
        Edges as pairs of rows of `places`, with the hexadecimal colour of each lot; where
        edges of several lots cross, their colours are mixed by number.
    points
        x and y of nodes to be dotted, and the colour of each.
    """
    pixels, box = _pixels(places, parts, points)
    return Picture(_png(pixels[::-1]), box)


def _pixels(
    places: NDArray[np.float64],
    parts: Sequence[tuple[NDArray[np.int64], str]],
    points: tuple[NDArray[np.float64], Sequence[str]],
) -> tuple[NDArray[np.uint8], tuple[float, float, float, float]]:
    """Return colours with opacities from the bottom up, and the box that they cover."""
    low, high = places.min(axis=0), places.max(axis=0)
    room = 0.01 * np.maximum(high - low, 1e-9)
    low, high = low - room, high + room
    counts = np.array([_counted(places, ends, low, high) for ends, _ in parts])
    colours = np.array([_rgb(colour) for _, colour in parts])
    total = counts.sum(axis=0)
    mixed = np.tensordot(counts, colours, axes=(0, 0)) / np.maximum(total, 1)[..., None]
    pixels = np.dstack([mixed, 255 * _opacity(total)]).astype(np.uint8)
    _dot(pixels, *points, low, high)
    return pixels, (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _counted(
    places: NDArray[np.float64],
    ends: NDArray[np.int64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return how many edges pass through each pixel, from the bottom up."""
    import datashader

    canvas = datashader.Canvas(
        _PIXELS, _PIXELS, x_range=(low[0], high[0]), y_range=(low[1], high[1])
    )
    first, second = places[ends[:, 0]], places[ends[:, 1]]
    table = pd.DataFrame(
        {"x0": first[:, 0], "x1": second[:, 0], "y0": first[:, 1], "y1": second[:, 1]}
    )
    drawn = canvas.line(table, x=["x0", "x1"], y=["y0", "y1"], axis=1, agg=datashader.count())
    return np.asarray(drawn.to_numpy(), dtype=np.float64)


def _opacity(total: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return opacities even in rank: few edges stay visible beside very many."""
    inked = total > 0
    opacity = np.zeros_like(total)
    if inked.any():
        levels, place, number = np.unique(total[inked], return_inverse=True, return_counts=True)
        rank = (np.cumsum(number) - number / 2) / number.sum()
        span = _STRONGEST - _FAINTEST
        opacity[inked] = (_FAINTEST + span * rank**2)[place] if len(levels) > 1 else 0.5
    return opacity


def _dot(
    pixels: NDArray[np.uint8],
    places: NDArray[np.float64],
    colours: Sequence[str],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> None:
    """Set two by two pixels at each point."""
    if not len(places):
        return
    spot = ((places - low) / (high - low) * (_PIXELS - 2)).astype(int)
    known = {colour: [*_rgb(colour), 235] for colour in set(colours)}
    ink = np.array([known[colour] for colour in colours], dtype=np.uint8)
    for right in (0, 1):
        for up in (0, 1):
            pixels[spot[:, 1] + up, spot[:, 0] + right] = ink


def _rgb(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _png(pixels: NDArray[np.uint8]) -> str:
    import plotly.express as px

    image = px.imshow(
        pixels, binary_string=True, binary_backend="pypng", binary_compression_level=9
    )
    return str(image.data[0].source)
