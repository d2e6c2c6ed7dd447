"""The evidence for a change of composition that sets in at a time and takes a while.

Units i at times t_i fall into category k with probability (1 − s(t)) p0_k + s(t) p1_k.
s is 0 before the onset a, and one of three shapes after it; each reaches ½ at a + d/2,
so that d, the ramp, is twice the time from onset to half-way. p0 and p1 are integrated
out. The likelihood of units lives in this file alone.
"""

import functools
import math

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel

Floats = NDArray[np.float64]

_LEVELS = 24
_TAIL = 8
_FINE = 64
_TAIL_SHARE = 0.9
_EXPONENTIAL_END = 5.0


@functools.cache
def shapes() -> tuple[Floats, Floats]:
    """Return the shapes as steps: edges (shape × level + 1) and levels (shape × level).

    Edges are in ramps since the onset; a level is the mean of s between two edges.
    Linear: s(x) = x. Exponential approach: s(x) = 1 − 4^−x. S-shaped: s(x) = 3x² − 2x³.
    After the last edge s is 1 (the exponential is cut at 5 ramps, where 1 − s = 0.001).

    Examples
    --------
    >>> edges, levels = shapes()
    >>> edges[0, :3].tolist(), levels[0, :2].tolist()
    ([0.0, 0.0416..., 0.0833...], [0.0208..., 0.0625])
    """
    even = np.linspace(0, 1, _LEVELS + 1)
    rise = -np.log(1 - np.linspace(0, _TAIL_SHARE, _LEVELS - _TAIL + 1)) / math.log(4)
    approach = np.append(rise[:-1], np.linspace(rise[-1], _EXPONENTIAL_END, _TAIL + 1))
    edges = np.stack([even, approach, even])
    fine = edges[:, :-1, None] + np.diff(edges)[:, :, None] * (np.arange(_FINE) + 0.5) / _FINE
    curves = np.stack([fine[0], 1 - 0.25 ** fine[1], fine[2] ** 2 * (3 - 2 * fine[2])])
    return edges, curves.mean(axis=2)


def share_after(times_s: Floats, onset_s: float, ramp_s: float, shape: int) -> Floats:
    """Return s at given times: how far the change has gone, 0 to 1.

    Examples
    --------
    >>> share_after(np.array([0.0, 10.0, 15.0, 90.0]), 10.0, 10.0, 0).tolist()
    [0.0, 0.0, 0.5, 1.0]
    """
    if ramp_s == 0:
        return (times_s >= onset_s).astype(float)
    x = np.maximum(times_s - onset_s, 0) / ramp_s
    if shape == 1:
        return np.asarray(1 - 0.25**x)
    x = np.minimum(x, 1)
    return np.asarray(x if shape == 0 else x**2 * (3 - 2 * x))


@kernel
def log_dirichlet(counts: Floats, alpha: float) -> float:
    """Return the log evidence of ordered counts under a symmetric Dirichlet prior."""
    total = 0.0
    value = 0.0
    for k in range(counts.size):
        total += counts[k]
        value += math.lgamma(alpha + counts[k]) - math.lgamma(alpha)
    mass = alpha * counts.size
    return value + math.lgamma(mass) - math.lgamma(mass + total)


@kernel
def log_determinant(matrix: Floats) -> float:
    """Return the log determinant of a symmetric positive matrix, changed in place."""
    size = matrix.shape[0]
    value = 0.0
    for i in range(size):
        pivot = max(matrix[i, i], 1e-9)
        value += math.log(pivot)
        for j in range(i + 1, size):
            factor = matrix[j, i] / pivot
            for k in range(i, size):
                matrix[j, k] -= factor * matrix[i, k]
    return value


@kernel
def mixture(
    middle: Floats, levels: Floats, alpha: float, before: Floats, after: Floats, guess: Floats
) -> float:
    """Return the log evidence of one ramp; add its units to `before` and `after`.

    `middle` holds levels × categories counts within the ramp, `before` and `after` the
    counts outside of it; at the end they hold the expected counts drawn from p0 and p1.

    With z the latent side of each unit within the ramp, EM finds the mode of p0, p1 in
    logarithmic coordinates. There the integrand f touches g, the Dirichlet kernels with
    the expected counts, value and slope; so ∫f ≈ ∫g · f/g · (det H_g / det H_f)^½, where
    H_g − H_f is the information that z hides (Louis 1982,
    doi:10.1111/j.2517-6161.1982.tb01203.x), of rank K. Without units in the ramp f = g and
    the evidence is exact. EM starts from `guess` (2 × K expected counts, 0: none), such as
    the result of a neighbouring ramp. O(levels × K) a step of EM.
    """
    categories = before.size
    first = before.copy()
    last = after.copy()
    p0 = np.empty(categories)
    p1 = np.empty(categories)
    hidden = np.zeros(categories)
    if guess.sum() > 0.0:
        before[:] = guess[0]
        after[:] = guess[1]
    for step in range(200):
        mass0 = alpha * categories + before.sum()
        mass1 = alpha * categories + after.sum()
        moved = 0.0
        for k in range(categories):
            new0 = (alpha + before[k]) / mass0
            new1 = (alpha + after[k]) / mass1
            if step > 0:
                moved = max(moved, abs(new0 - p0[k]), abs(new1 - p1[k]))
            p0[k] = new0
            p1[k] = new1
            before[k] = first[k]
            after[k] = last[k]
            hidden[k] = 0.0
        for m in range(levels.size):
            for k in range(categories):
                count = middle[m, k]
                if count > 0.0:
                    mixed = (1.0 - levels[m]) * p0[k] + levels[m] * p1[k]
                    late = levels[m] * p1[k] / mixed
                    before[k] += count * (1.0 - late)
                    after[k] += count * late
                    hidden[k] += count * late * (1.0 - late)
        if step > 0 and moved < 1e-6:
            break
    excess = 0.0
    for k in range(categories):
        log0, log1 = math.log(p0[k]), math.log(p1[k])
        for m in range(levels.size):
            if middle[m, k] > 0.0:
                mixed = (1.0 - levels[m]) * p0[k] + levels[m] * p1[k]
                late = levels[m] * p1[k] / mixed
                excess += middle[m, k] * (math.log(mixed) - (1.0 - late) * log0 - late * log1)
    matrix = np.empty((categories, categories))
    for j in range(categories):
        for k in range(categories):
            shared = -1.0 / mass0 - 1.0 / mass1
            if j == k:
                shared += 1.0 / (p0[k] * mass0) + 1.0 / (p1[k] * mass1)
            matrix[j, k] = -math.sqrt(hidden[j] * hidden[k]) * shared
            if j == k:
                matrix[j, k] += 1.0
    value = log_dirichlet(before, alpha) + log_dirichlet(after, alpha) + excess
    return value - 0.5 * log_determinant(matrix)


@kernel
def ramp(
    times_s: Floats,
    cumulative: Floats,
    alpha: float,
    onset_s: float,
    ramp_s: float,
    edges: Floats,
    levels: Floats,
    before: Floats,
    after: Floats,
    guess: Floats,
) -> float:
    """Return the log evidence of a ramp; fill the expected counts from p0 and from p1.

    `times_s` are sorted; `cumulative[i]` are the counts of the first i units.
    """
    categories = before.size
    start = np.searchsorted(times_s, onset_s)
    middle = np.empty((levels.size, categories))
    here = start
    for m in range(levels.size):
        there = np.searchsorted(times_s, onset_s + ramp_s * edges[m + 1])
        for k in range(categories):
            middle[m, k] = cumulative[there, k] - cumulative[here, k]
        here = there
    for k in range(categories):
        before[k] = cumulative[start, k]
        after[k] = cumulative[-1, k] - cumulative[here, k]
    if here == start:
        return log_dirichlet(before, alpha) + log_dirichlet(after, alpha)
    return mixture(middle, levels, alpha, before, after, guess)


@kernel
def surface(
    times_s: Floats,
    cumulative: Floats,
    alpha: float,
    onsets_s: Floats,
    ramps_s: Floats,
    edges: Floats,
    levels: Floats,
) -> Floats:
    """Return the log evidence over onset × ramp × shape. O(cells × levels × (K + log n))."""
    values = np.empty((onsets_s.size, ramps_s.size, edges.shape[0]))
    before = np.empty(cumulative.shape[1])
    after = np.empty(cumulative.shape[1])
    guess = np.zeros((2, cumulative.shape[1]))
    for i in range(onsets_s.size):
        for j in range(ramps_s.size):
            for shape in range(edges.shape[0]):
                if ramps_s[j] == 0.0 and shape > 0:
                    values[i, j, shape] = values[i, j, 0]
                else:
                    values[i, j, shape] = ramp(
                        times_s, cumulative, alpha, onsets_s[i], ramps_s[j],
                        edges[shape], levels[shape], before, after, guess,
                    )  # fmt: skip
                    guess[0] = before
                    guess[1] = after
    return values
