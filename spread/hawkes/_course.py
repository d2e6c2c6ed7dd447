"""How flexible the baseline may be: its moments, and the columns that its knots move."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

DAY_S = 86_400.0
_CYCLE_KNOTS = 8
_STRETCH = 0.01
_LEVEL = 1e4


@dataclass(frozen=True, eq=False)
class Course:
    """The logarithm of a course at moments as columns times knots, with a penalty.

    `pieces` is how many stretches between knots there are, 0 for a constant; `stiffness` is
    the penalty on a squared second difference between knots 1/32 of the clock apart.
    """

    at_s: Numbers
    columns: Numbers
    roughness: Numbers
    pieces: int
    stiffness: float
    daily: bool


def flat(end_s: float, also_at: Numbers | None = None) -> Course:
    """Return the course of a constant; `also_at` as `course`."""
    at = np.array([0.0, end_s]) if also_at is None else np.unique([0.0, *also_at, end_s])
    return Course(at, np.zeros((len(at), 0)), np.zeros((0, 0)), 0, 0.0, False)


def clock(times_s: Numbers, end_s: float) -> Numbers:
    """Return quantiles of a clock that runs half with time and half with events, 0 to 1.

    Knots equally spaced on it are dense where events are, and nowhere absent.
    """
    n = len(times_s)
    at = np.concatenate([[0.0], times_s, [end_s]])
    passed = np.concatenate([[0.0], (np.arange(n) + 0.5) / max(n, 1), [1.0]])
    return np.vstack([at, 0.5 * at / end_s + 0.5 * passed])


def moments(times_s: Numbers, end_s: float, pieces: int) -> Numbers:
    """Return the moments that part the clock into equal pieces."""
    at, passed = clock(times_s, end_s)
    found = np.interp(np.linspace(0, 1, pieces + 1), passed, at)
    found[0], found[-1] = 0.0, end_s
    return found


def course(
    times_s: Numbers,
    end_s: float,
    pieces: int,
    *,
    stiffness: float,
    daily: bool,
    also_at: Numbers | None = None,
) -> Course:
    """Return a course with so many pieces, and a daily cycle of 3-hour knots if wanted.

    `also_at` are further moments that the pieces must not straddle: edges of blocks, births.
    """
    knots = moments(times_s, end_s, max(pieces, 1))
    extra = np.zeros(0) if also_at is None else also_at
    hours = np.arange(0, end_s, DAY_S / _CYCLE_KNOTS) if daily else np.zeros(0)
    at = np.unique(np.concatenate([knots, hours, extra, [0.0, end_s]]))
    at = at[np.append(True, np.diff(at) > 1e-9 * end_s)]
    at[-1] = end_s
    columns = [hats(at, knots)] if pieces else []
    rough = [_roughness(pieces + 1, stiffness) + _level(pieces + 1)] if pieces else []
    if daily:
        columns.append(_cycle(at))
        rough.append(np.eye(_CYCLE_KNOTS) * 0.25 + _level(_CYCLE_KNOTS))
    if not columns:
        return Course(at, np.zeros((len(at), 0)), np.zeros((0, 0)), 0, 0.0, False)
    return Course(at, np.hstack(columns), _blocks(rough), pieces, stiffness, daily)


def hats(at_s: Numbers, knots: Numbers) -> Numbers:
    """Return the piecewise linear functions that are 1 at one knot and 0 at the others."""
    return np.array([np.interp(at_s, knots, unit) for unit in np.eye(len(knots))]).T


def _cycle(at_s: Numbers) -> Numbers:
    place = np.linspace(0, DAY_S, _CYCLE_KNOTS + 1)
    found = hats(np.mod(at_s, DAY_S), place)
    found[:, 0] += found[:, -1]
    return found[:, :-1]


def _roughness(knots: int, stiffness: float) -> Numbers:
    """Return the penalty of a cubic smoothing spline, ∝ Σ (second difference)² / spacing³."""
    bends = np.diff(np.eye(knots), n=2, axis=0)
    return stiffness * ((knots - 1) / 32) ** 3 * bends.T @ bends + _STRETCH * np.eye(knots)


def _level(knots: int) -> Numbers:
    """Return a penalty on the mean of the knots: the level is told by the scales alone."""
    return np.full((knots, knots), _LEVEL / knots**2)


def _blocks(squares: list[Numbers]) -> Numbers:
    size = sum(len(square) for square in squares)
    whole, start = np.zeros((size, size)), 0
    for square in squares:
        whole[start : start + len(square), start : start + len(square)] = square
        start += len(square)
    return whole
