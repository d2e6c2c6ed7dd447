"""Where names stand beside dots, so that they cover neither each other nor, if possible, a dot."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread.figures._style import cover

__all__ = ["Dots", "beside", "first_beside"]

_LETTER_PX = 6.6
_HALF_PX = 8.0
_LEFT_OUT = 1_000
_SIDES = {
    "top center": (0, 1),
    "bottom center": (0, -1),
    "middle right": (1, 0),
    "middle left": (-1, 0),
    "top right": (1, 1),
    "bottom right": (1, -1),
    "top left": (-1, 1),
    "bottom left": (-1, -1),
}

_Box = tuple[float, float, float, float]


class Dots(NamedTuple):
    """Dots of one picture in pixels around its middle, upwards; `wide` is how wide it is."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    radius: NDArray[np.float64]
    wide: float


def first_beside(
    pictures: Sequence[Dots], labels: Sequence[str], rows: Sequence[int]
) -> dict[int, str]:
    """Return places of a few names that go before others, found together rather than in turn.

    As many as fit, and among these the places that hide the fewest dots, in every picture.
    """
    best: tuple[int, dict[int, str]] = (_LEFT_OUT * (len(rows) + 1), {})

    def go_on(
        left: Sequence[int], taken: list[list[_Box]], cost: int, held: dict[int, str]
    ) -> None:
        nonlocal best
        if cost >= best[0]:
            return
        if not left:
            best = (cost, dict(held))
            return
        row, *rest = left
        for hidden, place, boxes in _open(pictures, labels[row], row, taken):
            more = [[*before, box] for before, box in zip(taken, boxes, strict=True)]
            go_on(rest, more, cost + hidden, {**held, row: place})
        go_on(rest, taken, cost + _LEFT_OUT, held)

    go_on(rows, [[] for _ in pictures], 0, {})
    return best[1]


def beside(
    pictures: Sequence[Dots],
    labels: Sequence[str],
    rows: Sequence[int],
    *,
    before: dict[int, str],
    most: int,
    in_crowd: bool = False,
) -> dict[int, str]:
    """Return the places of `before` and those of more names in turn, up to `most` in all.

    A name that fits nowhere without covering another name or a dot is left out; `in_crowd` it
    may cover dots, as few as it can.
    """
    chosen = dict(before)
    taken = [[_box(dots, labels[row], row, at) for row, at in before.items()] for dots in pictures]
    for row in rows:
        found = [] if row in chosen else _open(pictures, labels[row], row, taken)
        if len(chosen) < most and found and (in_crowd or found[0][0] == 0):
            chosen[row] = found[0][1]
            for boxes, box in zip(taken, found[0][2], strict=True):
                boxes.append(box)
    return chosen


def _open(
    pictures: Sequence[Dots], label: str, row: int, taken: Sequence[Sequence[_Box]]
) -> list[tuple[int, str, list[_Box]]]:
    """Return how many dots each free place hides, the place, and its box in every picture."""
    found = []
    for place in _SIDES:
        boxes = [_box(dots, label, row, place) for dots in pictures]
        inside = all(
            max(-box[0], box[2]) < dots.wide / 2
            for dots, box in zip(pictures, boxes, strict=True)
        )  # fmt: skip
        covers = any(
            cover(box, other)
            for box, others in zip(boxes, taken, strict=True)
            for other in others
        )  # fmt: skip
        if inside and not covers:
            hidden = max(map(_hidden, pictures, boxes, [row] * len(boxes)))
            found.append((hidden, place, boxes))
    return sorted(found, key=lambda each: each[0])


def _hidden(dots: Dots, box: _Box, row: int) -> int:
    """Return how many dots but its own a name hides."""
    nearest_x = np.clip(dots.x, box[0], box[2])
    nearest_y = np.clip(dots.y, box[1], box[3])
    hidden = np.hypot(dots.x - nearest_x, dots.y - nearest_y) < 0.8 * dots.radius
    hidden[row] = False
    return int(hidden.sum())


def _box(dots: Dots, label: str, row: int, place: str) -> _Box:
    """Return left, low, right and high of a name; plotly keeps it off its own dot."""
    half, gap = _LETTER_PX * len(label) / 2, dots.radius[row] / 0.8 + 1
    beside_dot, above = _SIDES[place]
    middle = dots.x[row] + beside_dot * (gap + half)
    level = dots.y[row] + above * (gap + _HALF_PX - 2)
    return middle - half, level - _HALF_PX, middle + half, level + _HALF_PX
