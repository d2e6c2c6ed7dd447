"""Which part of a layout is shown at first: that of nearly all nodes."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.figures._beside import Dots

__all__ = ["Frame", "framed"]

_MARGIN_PX = 30
_MANY, _STRAYS, _ROOM = 100, 0.01, 0.06


class Frame(NamedTuple):
    """The part of the layout that is shown at first, in its own units."""

    left: float
    right: float
    low: float
    high: float

    def holds(self, nodes: pd.DataFrame) -> NDArray[np.bool_]:
        """Say which nodes lie within."""
        inside = nodes["x"].between(self.left, self.right) & nodes["y"].between(self.low, self.high)
        return inside.to_numpy(bool)

    def in_pixels(self, nodes: pd.DataFrame, radius: NDArray[np.float64], wide_px: float) -> Dots:
        """Return where nodes lie in a picture in which the frame is so wide."""
        scale = wide_px / (max(self.right - self.left, self.high - self.low) or 1.0)
        x = (nodes["x"].to_numpy(float) - (self.left + self.right) / 2) * scale
        y = (nodes["y"].to_numpy(float) - (self.low + self.high) / 2) * scale
        return Dots(x, y, radius, wide_px + _MARGIN_PX)


def framed(nodes: pd.DataFrame, *, whole: bool) -> Frame:
    """Return the frame around nearly all nodes, or around each; a few strays widen none."""
    places = nodes[["x", "y"]].to_numpy(float)
    is_small = whole or len(nodes) < _MANY
    ends = np.quantile(places, [0, 1] if is_small else [_STRAYS, 1 - _STRAYS], axis=0)
    room = _ROOM * (ends[1] - ends[0])
    (left, low), (right, high) = ends[0] - room, ends[1] + room
    return Frame(float(left), float(right), float(low), float(high))
