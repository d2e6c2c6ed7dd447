"""Saito's EM for the independent cascade in rounds."""

import numpy as np
from numpy.typing import NDArray

from spread.diffusion._passages import Passages

__all__ = ["log_likelihood", "rounds_fit", "step", "trials"]

_STEPS = 500
_TOLERANCE = 1e-9

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def trials(cascade: Ints, vertex: Ints, number: Floats, allowed: NDArray[np.bool_]) -> Passages:
    """Return the tries of each allowed edge, from the round in which each vertex was reached.

    An edge is tried once, in the round after its source was reached, unless its target was
    reached before.
    """
    sources, targets = np.nonzero(allowed)
    parts = []
    for one in range(int(cascade.max()) + 1):
        rows = cascade == one
        reached = np.full(len(allowed), np.inf)
        reached[vertex[rows]] = number[rows]
        begun = reached[sources]
        ended = reached[targets]
        tried = np.isfinite(begun) & (ended > begun)
        hit = ended[tried] == begun[tried] + 1
        parts.append((np.flatnonzero(tried), hit, np.full(int(tried.sum()), one)))
    edge, hit, owner = (np.concatenate([part[i] for part in parts]) for i in range(3))
    case = np.full(len(edge), -1, np.int64)
    keys, code = np.unique(owner[hit] * len(allowed) + targets[edge[hit]], return_inverse=True)
    case[hit] = code
    return Passages(
        sources.astype(np.int64), targets.astype(np.int64), edge.astype(np.int64), case,
        owner.astype(np.int64), np.ones(len(edge)), len(keys),
    )  # fmt: skip


def step(whole: Passages, weights: Floats, p: Floats) -> tuple[Floats, Floats]:
    """Return the next p, and the expected number of successes of each edge."""
    hit = whole.case >= 0
    edge, case = whole.edge[hit], whole.case[hit]
    reached = _reached(whole, p)
    weight = weights[whole.cascade]
    share = np.divide(p[edge], reached[case], out=np.zeros(len(edge)), where=reached[case] > 0)
    used = np.bincount(edge, weight[hit] * share, minlength=len(p)).astype(float)
    tried = np.bincount(whole.edge, weight, minlength=len(p))
    return np.divide(used, tried, out=np.zeros(len(p)), where=tried > 0), used


def log_likelihood(whole: Passages, weights: Floats, p: Floats) -> float:
    """Return the log likelihood of what was and was not reached by the tries.

    What no try explains came from outside: at least one arrival in as many as there were
    tries is allowed for.
    """
    least = 1.0 / (len(whole.edge) + 1)
    hit = whole.case >= 0
    weight = weights[whole.cascade]
    of_case = np.zeros(whole.cases)
    of_case[whole.case[hit]] = weight[hit]
    gained = np.where(of_case > 0, np.log(np.maximum(_reached(whole, p), least)), 0.0)
    with np.errstate(divide="ignore"):
        failed = np.log1p(-np.minimum(p[whole.edge[~hit]], 1.0))
    return float((of_case * gained).sum() + (weight[~hit] * failed).sum())


def rounds_fit(
    whole: Passages, weights: Floats, start: Floats | None, kept: NDArray[np.bool_]
) -> tuple[Floats, Floats, float]:
    """Return p at the maximum, the expected successes of each edge, and the log likelihood."""
    p = np.full(len(whole.source), 0.5) if start is None else np.minimum(start, 1.0)
    p[~kept] = 0.0
    used = np.zeros(len(p))
    for _ in range(_STEPS):
        new, used = step(whole, weights, p)
        moved = np.abs(new - p).max(initial=0.0)
        p = new
        if moved <= _TOLERANCE:
            break
    return p, used, log_likelihood(whole, weights, p)


def _reached(whole: Passages, p: Floats) -> Floats:
    """Return, for each reached target, the chance that one of the tries of that round hit."""
    hit = whole.case >= 0
    with np.errstate(divide="ignore"):
        failed = np.log1p(-np.minimum(p[whole.edge[hit]], 1.0))
    return -np.expm1(np.bincount(whole.case[hit], failed, minlength=whole.cases))
