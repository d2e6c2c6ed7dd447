"""Where the objective is least, and how far parameters can move from there."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from spread.hawkes._objective import Objective

Numbers = NDArray[np.float64]

CHI_SQUARE_95 = 3.841458820694124
PROFILE_EVENTS, PROFILE_SIZE = 3000, 14
_PROFILE_STEPS = 8
_OFFERED, _DRAWS = 400, 200
_STARTS = (0.75, 0.5, 0.25)
_SCORING_EVENTS = 20_000
_FAR = 1.5


def starts(objective: Objective) -> list[Numbers]:
    """Return points to search from: fast, middling and slow kernels."""
    where = objective.slices
    found = []
    for place in _STARTS:
        x = np.zeros(objective.size)
        x[where["scales"]] = 0.6
        types = objective.types
        mixed = 0.3 * np.eye(types) + 0.1 / types
        x[where["branching"]] = (mixed if objective.outside else 2 * mixed).ravel()
        x[where["shape"]] = _shape_start(objective, place)
        x[where["exponent"]] = 0.3
        found.append(x)
    return found


def _shape_start(objective: Objective, place: float) -> Numbers:
    bounds = objective.bounds[objective.slices["shape"]]
    low, high = bounds[0]
    if objective.shape.name == "power law":
        return np.array([high + place * (low - high), np.log(0.5)])
    rates = (len(bounds) + 1) // 2
    apart = np.linspace(0.15, -0.15, rates) if rates > 1 else np.zeros(1)
    odds = np.zeros(len(bounds) - rates)
    return np.concatenate([low + np.clip(place + apart, 0, 1) * (high - low), odds])


def least(
    objective: Objective,
    start: Numbers,
    *,
    most: int = 100,
    fixed: tuple[int, float] | None = None,
    within: float = 1e-6,
) -> tuple[Numbers, float, bool]:
    """Return the nearest minimum, its value, and whether the search came to an end.

    Scoring: Newton's step with the information in place of the curvature, inside the bounds.
    It ends where a step promises less than `within` of log-likelihood. From very many events
    single passes are dear, and quasi-Newton steps take over.
    """
    lower, upper = objective.limits
    x = np.clip(start, lower, upper)
    held = np.zeros(len(x), dtype=np.bool_)
    if fixed is not None:
        x[fixed[0]], held[fixed[0]] = fixed[1], True
    if len(objective.events) > _SCORING_EVENTS:
        return _by_gradients(objective, x, held, most)
    value, slope = objective(x)
    damping = 1e-6
    for _ in range(most):
        edge = ((x <= lower) & (slope > 0)) | ((x >= upper) & (slope < 0))
        free = np.flatnonzero(~(edge | held))
        information = objective.information(x)[np.ix_(free, free)]
        moved = _damped_step(objective, x, value, slope, free, information, damping)
        if moved is None:
            return x, value, bool(np.abs(slope[free]).max(initial=0.0) < 0.1)
        y, new_value, new_slope, damping = moved
        promised = value - new_value
        x, value, slope = y, new_value, new_slope
        if promised < within:
            return x, value, True
    return x, value, False


def _damped_step(
    objective: Objective,
    x: Numbers,
    value: float,
    slope: Numbers,
    free: NDArray[np.int64],
    information: Numbers,
    damping: float,
) -> tuple[Numbers, float, Numbers, float] | None:
    """Return the next point, or None where no step lowers the value."""
    lower, upper = objective.limits
    scale = np.maximum(np.diag(information), 1e-6)
    for _ in range(12):
        step = -np.linalg.solve(information + np.diag(damping * scale), slope[free])
        y = x.copy()
        y[free] = np.clip(x[free] + np.clip(step, -_FAR, _FAR), lower[free], upper[free])
        found, new_slope = objective(y)
        if found <= value + 1e-4 * slope @ (y - x):
            return y, found, new_slope, max(damping / 10, 1e-8)
        damping = max(damping * 10, 1e-3)
    return None


def _by_gradients(
    objective: Objective, x: Numbers, held: NDArray[np.bool_], most: int
) -> tuple[Numbers, float, bool]:
    bounds = [
        (value, value) if still else bound
        for value, still, bound in zip(x, held, objective.bounds, strict=True)
    ]
    found = minimize(
        objective, x, jac=True, method="L-BFGS-B", bounds=bounds,
        options={"ftol": 1e-10, "gtol": 1e-6, "maxiter": 5 * most, "maxcor": 20},
    )  # fmt: skip
    return np.asarray(found.x), float(found.fun), bool(found.success)


def best(objective: Objective, points: Iterable[Numbers]) -> tuple[Numbers, float, bool]:
    """Return the least of the minima that short searches from several points find."""
    rough = [least(objective, point, most=6) for point in points]
    leader = min(rough, key=lambda found: found[1])
    return least(objective, leader[0])


def intervals(
    objective: Objective, x: Numbers, curvature: Numbers, which: Iterable[int]
) -> dict[int, tuple[float, float]]:
    """Return 95 % intervals: from profiles while they are cheap, else from the curvature."""
    few = len(objective.events) <= PROFILE_EVENTS and objective.size <= PROFILE_SIZE
    spread = spreads(objective, x, curvature)
    if few:
        return {i: _profile(objective, x, i, spread[i]) for i in which}
    reach = np.sqrt(CHI_SQUARE_95) * spread
    return {
        i: (max(x[i] - reach[i], low), min(x[i] + reach[i], high))
        for i in which
        for low, high in [objective.bounds[i]]
    }


def spreads(objective: Objective, x: Numbers, curvature: Numbers) -> Numbers:
    """Return the standard errors that the curvature gives."""
    return np.sqrt(np.diag(covariance(objective, x, curvature)))


def covariance(objective: Objective, x: Numbers, curvature: Numbers) -> Numbers:
    """Return the inverse of the curvature, made definite.

    At a bound the slope, not the curvature, says how far a parameter can move: to a
    distance s where slope · s is as much as one standard error costs, 1/2.
    """
    slope = objective(x)[1]
    lower, upper = objective.limits
    at_bound = (x <= lower + 1e-9) | (x >= upper - 1e-9)
    # What depends on a scale of 0 bends only with the slope at the bound: nothing moves it.
    held = np.where(at_bound | at_bound[:, None], objective.information(x), curvature)
    held += np.diag(np.where(at_bound, (2 * slope) ** 2, 0.0))
    least_value = 1e-3 / np.median(upper - lower) ** 2
    try:
        np.linalg.cholesky(held - least_value * np.eye(len(held)))
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(held)
        return (vectors / np.maximum(values, least_value)) @ vectors.T
    found = np.linalg.inv(held)
    return np.asarray((found + found.T) / 2)


def root_of(cover: Numbers) -> Numbers:
    """Return a matrix whose square is a covariance: R Rᵀ, also where it is of lower rank."""
    try:
        return np.asarray(np.linalg.cholesky(cover))
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(cover)
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0)))


def _profile(objective: Objective, x: Numbers, i: int, spread: float) -> tuple[float, float]:
    low, high = objective.bounds[i]
    floor = objective(x)[0]
    first = np.sqrt(CHI_SQUARE_95) * spread
    return (
        _profile_end(objective, x, i, -min(first, x[i] - low), floor),
        _profile_end(objective, x, i, min(first, high - x[i]), floor),
    )


def _profile_end(objective: Objective, x: Numbers, i: int, reach: float, floor: float) -> float:
    """Return where twice the profile's fall is the 95 % point, by secants on its root.

    The root of the fall is nearly linear in the parameter.
    """
    if reach == 0:
        return float(x[i])
    bound = objective.bounds[i][1] if reach > 0 else objective.bounds[i][0]
    goal = np.sqrt(CHI_SQUARE_95)
    inner, inner_root, outer, outer_root = 0.0, 0.0, np.nan, np.nan
    start, step = x, reach
    for _ in range(_PROFILE_STEPS):
        start, value, _ = least(objective, start, fixed=(i, x[i] + step))
        root = np.sqrt(2 * max(value - floor, 0.0))
        if abs(root - goal) < 0.01:
            return float(x[i] + step)
        if root < goal:
            inner, inner_root = step, root
            if x[i] + step == bound:
                return float(bound)
        else:
            outer, outer_root = step, root
        if np.isnan(outer):
            step = step * min(goal / max(root, 0.3), 3.0)
            step = np.clip(x[i] + step, *sorted((x[i], bound))) - x[i]
        else:
            step = inner + (outer - inner) * (goal - inner_root) / (outer_root - inner_root)
    return float(x[i] + step)


def draws(
    objective: Objective, x: Numbers, curvature: Numbers, rng: np.random.Generator
) -> Numbers:
    """Return parameter vectors as likely as the likelihood says they are.

    Drawn from a normal of the curvature's width (Student's t with 7 degrees of freedom) and,
    from few events, resampled by their likelihoods (Rubin's importance resampling).
    """
    root = root_of(covariance(objective, x, curvature))
    lower, upper = objective.limits
    few = len(objective.events) <= PROFILE_EVENTS
    count = _OFFERED if few else _DRAWS
    normal = rng.standard_normal((count, len(x)))
    tail = np.sqrt(7 / rng.chisquare(7, count)) if few else np.ones(count)
    points = x + (normal * tail[:, None]) @ root.T
    inside = ((points >= lower) & (points <= upper)).all(axis=1)
    if not few or inside.sum() < 20:
        return np.clip(points, lower, upper)
    kept, distance = points[inside], np.sum((normal * tail[:, None]) ** 2, axis=1)[inside]
    logs = np.array([-objective(point)[0] for point in kept])
    logs += (7 + len(x)) / 2 * np.log1p(distance / 7)
    weights = np.exp(logs - logs.max())
    return kept[rng.choice(len(kept), _DRAWS, p=weights / weights.sum())]
