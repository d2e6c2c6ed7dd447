"""The rate at which events come from outside, as a function of time."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Baseline:
    """Rates per second, one a type, whose logarithm is linear between moments.

    Types share the course in time and differ in scale. Rates, integrals and draws are exact.

    Attributes
    ----------
    at_s
        Shape (g,): moments in seconds, ascending, from 0 to the end of the window.
    log_course
        Shape (g,): logarithm of the common course there.
    scales
        Shape (types,): what the course is multiplied by.

    Examples
    --------
    >>> falling = Baseline(np.array([0.0, 1.0]), np.array([0.0, -np.log(2)]), np.array([3.0]))
    >>> falling.rates(np.array([0.5]), np.array([0])).round(4).tolist()
    [2.1213]
    >>> falling.mean_rates().round(4).tolist()  # 3 (1 − 1/2) / ln 2
    [2.164]
    """

    at_s: Numbers
    log_course: Numbers
    scales: Numbers

    def __repr__(self) -> str:
        rates = ", ".join(f"{rate:.4g}" for rate in self.mean_rates())
        return f"Baseline({len(self.at_s)} moments, mean rates per second {rates})"

    def course(self, times_s: Numbers) -> Numbers:
        """Return the common course at each time."""
        return np.exp(np.interp(times_s, self.at_s, self.log_course))

    def rates(self, times_s: Numbers, types: NDArray[np.int64]) -> Numbers:
        """Return the rate of each event's type at its time."""
        return self.scales[types] * self.course(times_s)

    def integral(self, times_s: Numbers) -> Numbers:
        """Return the integral of the common course from 0 to each time."""
        pieces = piece_integrals(self.at_s, self.log_course)
        before = np.concatenate([[0.0], np.cumsum(pieces)])
        last = len(self.at_s) - 2
        piece = np.clip(np.searchsorted(self.at_s, times_s, side="right") - 1, 0, last)
        start = self.log_course[piece]
        width = times_s - self.at_s[piece]
        slope = (self.log_course[piece + 1] - start) / (self.at_s[piece + 1] - self.at_s[piece])
        return before[piece] + np.exp(start) * width * growth(slope * width)

    def mean_rates(self) -> Numbers:
        """Return the mean rate of each type over the window."""
        total = piece_integrals(self.at_s, self.log_course).sum()
        return self.scales * total / (self.at_s[-1] - self.at_s[0])

    def draw(self, type_: int, rng: np.random.Generator) -> Numbers:
        """Return the times of a Poisson process of a type's rate, ascending."""
        pieces = piece_integrals(self.at_s, self.log_course)
        count = rng.poisson(self.scales[type_] * pieces.sum())
        piece = rng.choice(len(pieces), count, p=pieces / pieces.sum())
        width = np.diff(self.at_s)[piece]
        rise = np.diff(self.log_course)[piece]
        u = rng.random(count)
        steep = np.abs(rise) > 1e-9
        safe = np.where(steep, rise, 1.0)
        within = np.where(steep, np.log1p(u * np.expm1(safe)) / safe, u)
        return np.sort(self.at_s[piece] + width * within)


def constant(rates: Numbers, end_s: float) -> Baseline:
    """Return a baseline that does not change."""
    return Baseline(np.array([0.0, end_s]), np.zeros(2), rates)


def growth(x: Numbers) -> Numbers:
    """Return (eˣ − 1) / x, 1 at 0."""
    small = np.abs(x) < 1e-8
    safe = np.where(small, 1.0, x)
    return np.where(small, 1 + x / 2, np.expm1(safe) / safe)


def piece_integrals(at_s: Numbers, log_course: Numbers) -> Numbers:
    """Return the integral of the course over each piece."""
    return np.exp(log_course[:-1]) * np.diff(at_s) * growth(np.diff(log_course))


def piece_slopes(at_s: Numbers, log_course: Numbers, seen: Numbers) -> Numbers:
    """Return the derivative of Σ seen · integral of the piece by each moment's logarithm."""
    rise = np.diff(log_course)
    scale = np.exp(log_course[:-1]) * np.diff(at_s) * seen
    small = np.abs(rise) < 1e-4
    safe = np.where(small, 1.0, rise)
    exact = (np.exp(safe) * (safe - 1) + 1) / safe**2
    later = scale * np.where(small, 0.5 + rise / 3, exact)
    slopes = np.zeros(len(at_s))
    slopes[1:] += later
    slopes[:-1] += scale * growth(rise) - later
    return slopes
