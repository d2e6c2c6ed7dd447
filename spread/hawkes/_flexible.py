"""How flexible the baseline is: chosen by the likelihood of stretches that were held out."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._intervals import Z_95
from spread.hawkes import _search as search
from spread.hawkes._course import DAY_S, course, moments
from spread.hawkes._objective import Objective

Numbers = NDArray[np.float64]

STIFFNESS = (4096.0, 512.0, 64.0, 8.0, 1.0)
_MOST_PIECES, _EVENTS_A_PIECE = 32, 8
_FOLDS, _BLOCKS = 5, 40
_ONE_FOLD_FROM = 30_000
_DAYS = 3


@dataclass(frozen=True, eq=False)
class Option:
    """A fit with one flexibility."""

    objective: Objective
    x: Numbers
    value: float
    converged: bool
    held_out: Numbers


def chosen(objective: Objective) -> tuple[Option, list[Option], pd.DataFrame]:
    """Return the fit that predicts held-out stretches best, all fits, and a table of them.

    The window is parted into 40 blocks, by a clock that runs half with time and half with
    events; each fifth of the blocks is predicted from the others. What an event excites is
    known in a block, as are the events before it: it is the rate that is predicted.
    """
    pieces = min(_MOST_PIECES, len(objective.events) // _EVENTS_A_PIECE)
    found = [_option(objective, 0, 0.0, False, None)]
    for stiffness in STIFFNESS if pieces > 1 else ():
        found.append(_option(objective, pieces, stiffness, False, None))
        found[-1] = _improved(found[-1], found[-2])
    if objective.events.end_s >= _DAYS * DAY_S:
        lead = _leader(found)
        course_of = lead.objective.course
        found.append(_option(objective, course_of.pieces, course_of.stiffness, True, lead))
    leader = _leader(found)
    return leader, found, _table(found, leader)


def weights(options: list[Option], rng: np.random.Generator) -> Numbers:
    """Return how far each flexibility is to be believed, by how it predicts held-out stretches.

    Pseudo-Bayesian averaging with a Bayesian bootstrap over the folds: a lead that rests on
    one fold is no lead. Yao et al. 2018, https://doi.org/10.1214/17-BA1091
    """
    scores = np.array([option.held_out for option in options])
    folds = scores.shape[1]
    drawn = (scores - scores.max(axis=0)) @ (folds * rng.dirichlet(np.ones(folds), 1000)).T
    shares = np.exp(drawn - drawn.max(axis=0))
    return np.asarray((shares / shares.sum(axis=0)).mean(axis=1))


def _leader(options: list[Option]) -> Option:
    return max(options, key=lambda option: float(option.held_out.sum()))


def _option(
    objective: Objective, pieces: int, stiffness: float, daily: bool, start: Option | None
) -> Option:
    events = objective.events
    bent = course(
        events.times_s, events.end_s, pieces,
        stiffness=stiffness, daily=daily, also_at=objective.born_s,
    )  # fmt: skip
    whole = replace(objective, course=bent)
    points = search.starts(whole) if start is None else [carried(start.objective, start.x, whole)]
    x, value, converged = search.best(whole, points)
    return Option(whole, x, value, converged, held_out(whole, x))


def _improved(option: Option, simpler: Option) -> Option:
    """Search also from the simpler fit: a baseline that can bend may first have to be told."""
    x, value, converged = search.least(
        option.objective, carried(simpler.objective, simpler.x, option.objective)
    )
    if value >= option.value - 1e-3:
        return option
    return Option(option.objective, x, value, converged, held_out(option.objective, x))


def carried(old: Objective, x: Numbers, new: Objective) -> Numbers:
    """Return the point of another flexibility that is nearest to a fitted one."""
    y = np.zeros(new.size)
    for name in ("scales", "branching", "shape", "exponent"):
        y[new.slices[name]] = x[old.slices[name]]
    if new.slices["course"].stop > new.slices["course"].start:
        old_course = np.interp(new.course.at_s, old.course.at_s, old.baseline(x).log_course)
        columns, rough = new.course.columns, new.course.roughness
        y[new.slices["course"]] = np.linalg.solve(
            columns.T @ columns + 1e-3 * (rough + np.eye(len(rough))), columns.T @ old_course
        )
    return y


def held_out(objective: Objective, x: Numbers) -> Numbers:
    """Return the log-likelihood of each fold's blocks under the fit to the others."""
    events = objective.events
    blocks = min(_BLOCKS, max(_FOLDS, len(events) // 5))
    edges = moments(events.times_s, events.end_s, blocks)
    old = objective.course
    cut = course(
        events.times_s, events.end_s, old.pieces,
        stiffness=old.stiffness, daily=old.daily, also_at=np.append(edges, objective.born_s),
    )  # fmt: skip
    parted = replace(objective, course=cut)
    middle = (parted.course.at_s[1:] + parted.course.at_s[:-1]) / 2
    block = np.clip(np.searchsorted(edges, middle, side="right") - 1, 0, blocks - 1)
    folds = 1 if len(events) > _ONE_FOLD_FROM else _FOLDS
    found = np.empty(folds)
    for fold in range(folds):
        out = block % _FOLDS == fold
        y, _, _ = search.least(replace(parted, hidden=out), x, most=30, within=0.01)
        found[fold] = replace(parted, hidden=~out).log_likelihood(y)[0]
    return found


def _table(options: list[Option], leader: Option) -> pd.DataFrame:
    rows = []
    for option in options:
        n_star, spread = _ratio(option)
        rows.append(
            {
                "flexibility": freedom(option.objective, option.x),
                "daily": option.objective.course.daily,
                "branching_ratio": n_star,
                "branching_ratio_low": max(n_star - Z_95 * spread, 0.0),
                "branching_ratio_high": n_star + Z_95 * spread,
                "held_out": float((option.held_out - options[0].held_out).sum()),
                "log_likelihood": option.objective.log_likelihood(option.x)[0],
                "chosen": option is leader,
            }
        )
    return pd.DataFrame(rows)


def freedom(objective: Objective, x: Numbers) -> float:
    """Return how many free numbers the baseline's course is worth beyond a constant."""
    where = objective.slices["course"]
    if where.start == where.stop:
        return 0.0
    penalised = objective.information(x)
    free = penalised.copy()
    free[where, where] -= objective.course.roughness
    ridge = 1e-9 * np.trace(penalised) * np.eye(len(penalised))
    used = np.linalg.solve(penalised + ridge, free)
    return float(np.trace(used[where, where]))


def _ratio(option: Option) -> tuple[float, float]:
    """Return the spectral radius and its standard error, by first-order change."""
    objective, x = option.objective, option.x
    matrix = objective.branching(x)
    radius, left, right = radius_of(matrix)
    where = objective.slices["branching"]
    cover = search.covariance(objective, x, objective.information(x))[where, where]
    weight = left @ right
    slope = np.outer(left, right).ravel() / (weight if abs(weight) > 1e-12 else 1.0)
    variance = float(slope @ cover @ slope)
    return radius, max(variance, 0.0) ** 0.5


def radius_of(matrix: Numbers) -> tuple[float, Numbers, Numbers]:
    """Return the spectral radius of a matrix without negative entries, and its vectors."""
    values, right = np.linalg.eig(matrix)
    top = int(np.argmax(np.real(values)))
    values_left, left = np.linalg.eig(matrix.T)
    top_left = int(np.argmax(np.real(values_left)))
    return (
        float(np.real(values[top])),
        np.abs(np.real(left[:, top_left])),
        np.abs(np.real(right[:, top])),
    )
