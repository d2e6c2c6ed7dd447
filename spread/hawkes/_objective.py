"""What a fit minimises: the penalised negative log-likelihood as a function of one vector.

The vector holds the baselines' scales (one a type, in that type's events over the window), the
knots of the course's logarithm, the branching matrix (for marks of mean 1), the kernel's
logarithmic parameters, and the exponent of the marks.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spread.hawkes import _recursions as recursions
from spread.hawkes._baseline import Baseline, piece_integrals, piece_slopes
from spread.hawkes._course import Course
from spread.hawkes._events import Events
from spread.hawkes._likelihood import Rows, excited
from spread.hawkes._shapes import Shape

Numbers = NDArray[np.float64]

MOST_BRANCHING = 50.0
# A kernel as slow as the baseline bends cannot be told from it.
_SLOWEST, _SLOWEST_BESIDE_A_COURSE = 2.0, 20.0
# Not 0: an event that nothing excites must stay possible.
_NO_SCALE = 1e-9
_LEAST_SHAPE, _MOST_SHAPE = 0.02, 5.0


@dataclass(frozen=True, eq=False)
class Objective:
    """Events, the family of models, and what of the window is seen.

    With `from_first` a type is there from its first event on, which counts as known.
    """

    events: Events
    shape: Shape
    course: Course
    given: int = 0
    outside: bool = True
    marked: bool = False
    hidden: NDArray[np.bool_] | None = None
    from_first: bool = False

    @property
    def types(self) -> int:
        """How many types."""
        return len(self.events.names)

    @cached_property
    def slices(self) -> dict[str, slice]:
        """Where each group of parameters stands in the vector."""
        sizes = {
            "scales": self.types if self.outside else 0,
            "course": self.course.columns.shape[1] if self.outside else 0,
            "branching": self.types**2,
            "shape": self.shape.size,
            "exponent": int(self.marked),
        }
        ends = np.cumsum([0, *sizes.values()])
        return {name: slice(ends[i], ends[i + 1]) for i, name in enumerate(sizes)}

    @property
    def size(self) -> int:
        """How many parameters."""
        return self.slices["exponent"].stop

    @cached_property
    def unit(self) -> Numbers:
        """What a scale of 1 is: as many events of the type a second as there are."""
        return np.maximum(self.events.counts, 1) / self.events.end_s

    @cached_property
    def bounds(self) -> list[tuple[float, float]]:
        """The least and greatest value of each parameter."""
        end = self.events.end_s
        gaps = np.diff(self.events.times_s)
        shortest = float(np.quantile(gaps[gaps > 0], 0.02)) if (gaps > 0).any() else end / 100
        return (
            [(_NO_SCALE, 1e3)] * (self.slices["scales"].stop)
            + [(-20.0, 20.0)] * (self.slices["course"].stop - self.slices["course"].start)
            + [(0.0, MOST_BRANCHING)] * self.types**2
            + self._shape_bounds(shortest, end)
            + [(0.0, 3.0)] * int(self.marked)
        )

    def _shape_bounds(self, shortest: float, end: float) -> list[tuple[float, float]]:
        slowest = _SLOWEST_BESIDE_A_COURSE if self.course.columns.shape[1] else _SLOWEST
        fast = (np.log(slowest / end), np.log(20 / min(shortest, end / 20)))
        if self.shape.name == "power law":
            return [(-fast[1], -fast[0]), (np.log(_LEAST_SHAPE), np.log(_MOST_SHAPE))]
        rates = (self.shape.size + 1) // 2
        return [fast] * rates + [(-8.0, 8.0)] * (self.shape.size - rates)

    @cached_property
    def limits(self) -> tuple[Numbers, Numbers]:
        """The least and the greatest values as arrays."""
        lower, upper = np.array(self.bounds).T
        return lower, upper

    @cached_property
    def _log_marks(self) -> Numbers:
        marks = self.events.marks
        return np.zeros(len(self.events)) if marks is None else np.log(marks)

    def factors(self, exponent: float) -> tuple[Numbers, Numbers]:
        """Return the marks' weights, of mean 1, and their derivatives by the exponent."""
        if not self.marked:
            return np.ones(len(self.events)), np.zeros(len(self.events))
        raised = np.exp(exponent * self._log_marks)
        f = raised / raised.mean()
        return f, f * (self._log_marks - np.mean(f * self._log_marks))

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], Numbers]:
        """The piece of the course that holds each event, and how far into it."""
        at = self.course.at_s
        piece = np.searchsorted(at, self.events.times_s, side="right") - 1
        piece = np.clip(piece, 0, len(at) - 2)
        return piece, (self.events.times_s - at[piece]) / np.diff(at)[piece]

    @cached_property
    def _blank(self) -> Rows:
        """Rows without baseline and marks: events, and the edges of hidden pieces."""
        times, end = self.events.times_s, self.events.end_s
        hidden = self.hidden
        pieces = len(self.course.at_s) - 1
        edges = np.array([end])
        if hidden is not None:
            edges = np.append(self.course.at_s[1:-1][hidden[1:] != hidden[:-1]], end)
        every = np.concatenate([times, edges])
        order = np.lexsort((np.arange(len(every)) >= len(times), every))
        before = np.concatenate([[0.0], every[order][:-1]])
        middle = (every[order] + before) / 2
        piece = np.clip(np.searchsorted(self.course.at_s, middle, side="right") - 1, 0, pieces - 1)
        seen = np.ones(len(every), dtype=np.bool_) if hidden is None else ~hidden[piece]
        types = np.append(self.events.types, np.full(len(edges), -1))[order]
        rank = np.append(np.arange(len(times)), np.full(len(edges), -1))[order]
        nothing = np.zeros(len(every))
        known = (rank < self.given) | np.isin(rank, self.first)
        births = np.full(self.types, -1)
        births[self.events.types[self.first]] = np.flatnonzero(np.isin(rank, self.first))
        return Rows(
            every[order], types, nothing, nothing, seen,
            seen & (types >= 0) & ~known, nothing, births,
        )  # fmt: skip

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """The first event of each type, where types are there from it on; ascending."""
        if not self.from_first:
            return np.zeros(0, dtype=np.int64)
        return np.sort(np.unique(self.events.types, return_index=True)[1])

    @cached_property
    def born_s(self) -> Numbers:
        """The moment from which each type is there."""
        found = np.zeros(self.types)
        found[self.events.types[self.first]] = self.events.times_s[self.first]
        return found

    @cached_property
    def _kept(self) -> NDArray[np.bool_]:
        return self._blank.types >= 0

    @cached_property
    def _exposed(self) -> Numbers:
        """Which part of each piece of the course counts for each type, (types, pieces)."""
        at = self.course.at_s
        part = np.clip((at[1:] - self.born_s[:, None]) / np.diff(at), 0.0, 1.0)
        return part if self.hidden is None else part * ~self.hidden

    def rows(self, mu: Numbers, f: Numbers, df: Numbers) -> Rows:
        """Return what the recursions read."""
        blank = self._blank
        if len(blank.times) == len(mu) + 1:
            spread = [np.append(values, 0.0) for values in (f, df, mu)]
        else:
            spread = [np.zeros(len(blank.times)) for _ in range(3)]
            for target, values in zip(spread, (f, df, mu), strict=True):
                target[self._kept] = values
        return Rows(
            blank.times, blank.types, spread[0], spread[1], blank.seen, blank.counted, spread[2],
            blank.births,
        )  # fmt: skip

    def baseline(self, x: Numbers) -> Baseline:
        """Return the baseline at a point."""
        if not self.outside:
            return Baseline(self.course.at_s, np.zeros(len(self.course.at_s)), np.zeros(self.types))
        course = self.course.columns @ x[self.slices["course"]]
        return Baseline(self.course.at_s, course, self.unit * x[self.slices["scales"]])

    def branching(self, x: Numbers) -> Numbers:
        """Return the branching matrix at a point, for marks of mean 1."""
        return x[self.slices["branching"]].reshape(self.types, self.types)

    def exponent(self, x: Numbers) -> float:
        """Return the exponent of the marks at a point."""
        return float(x[-1]) if self.marked else 0.0

    def log_likelihood(self, x: Numbers) -> tuple[float, Numbers, Numbers]:
        """Return ℓ over what is seen, its gradient, and μ/λ of each event."""
        baseline = self.baseline(x)
        piece, within = self._places
        log_course = baseline.log_course
        mu = baseline.scales[self.events.types] * np.exp(
            log_course[piece] * (1 - within) + log_course[piece + 1] * within
        )
        rates, weights = self.shape.rates_weights(x[self.slices["shape"]])
        f, df = self.factors(self.exponent(x))
        value, by_a, by_w, by_r, by_b, outside = excited(
            self.rows(mu, f, df), self.branching(x), rates, weights
        )
        outside = outside[:-1] if len(outside) == len(mu) + 1 else outside[self._kept]
        slopes = np.zeros(self.size)
        if self.outside:
            exposed = self._exposed @ piece_integrals(self.course.at_s, log_course)
            value -= float(baseline.scales @ exposed)
            by_type = np.bincount(self.events.types, outside, minlength=self.types)
            slopes[self.slices["scales"]] = by_type / x[self.slices["scales"]] - self.unit * exposed
            slopes[self.slices["course"]] = self.course.columns.T @ (
                np.bincount(piece, outside * (1 - within), minlength=len(log_course))
                + np.bincount(piece + 1, outside * within, minlength=len(log_course))
                - piece_slopes(self.course.at_s, log_course, baseline.scales @ self._exposed)
            )
        by_rates, by_weights = self.shape.slopes(x[self.slices["shape"]])
        slopes[self.slices["branching"]] = by_a.ravel()
        slopes[self.slices["shape"]] = by_rates @ by_r + by_weights @ by_w
        slopes[self.slices["exponent"]] = by_b
        return float(value), slopes, outside

    def __call__(self, x: Numbers) -> tuple[float, Numbers]:
        """Return the penalised negative log-likelihood and its gradient."""
        value, slopes, _ = self.log_likelihood(x)
        knots = x[self.slices["course"]]
        rough = self.course.roughness @ knots
        slopes[self.slices["course"]] -= rough
        if not np.isfinite(value):
            return 1e300, np.zeros(self.size)
        return float(0.5 * knots @ rough - value), -slopes

    def information(self, x: Numbers) -> Numbers:
        """Return Σ_i ∇ln λ_i ∇ln λ_iᵀ with the penalty: definite, and near the curvature.

        A martingale's variance: the expected curvature is the expected sum of these squares
        (Ogata 1978, https://doi.org/10.1007/BF02480216).
        """
        baseline, (piece, within) = self.baseline(x), self._places
        types, where = self.events.types, self.slices
        rates, weights = self.shape.rates_weights(x[where["shape"]])
        f, df = self.factors(self.exponent(x))
        log_course = baseline.log_course
        mu = baseline.scales[types] * np.exp(
            log_course[piece] * (1 - within) + log_course[piece + 1] * within
        )
        rows = self.rows(mu, f, df)
        knots, heights = self._near_knots
        by_rates, by_weights = self.shape.slopes(x[where["shape"]])
        found = recursions.information(
            rows.times, rows.types, rows.f, rows.df, rows.counted, rows.mu,
            self.branching(x), rates, weights, by_rates, by_weights, x[where["scales"]],
            knots, heights, self._starts, self.size,
        )  # fmt: skip
        found[where["course"], where["course"]] += self.course.roughness
        return found

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        """Where each group of parameters begins, negative where it has none."""
        return np.array(
            [part.start if part.stop > part.start else -1 for part in self.slices.values()]
        )

    @cached_property
    def _near_knots(self) -> tuple[NDArray[np.int64], Numbers]:
        """The knots that move the course at each row, and by how much; a row never names many."""
        columns, (piece, within) = self.course.columns, self._places
        most = int((columns != 0).sum(axis=1).max(initial=0))
        near = np.argsort(columns == 0, axis=1, kind="stable")[:, :most]
        height = np.take_along_axis(columns, near, axis=1)
        knots = np.zeros((len(self._kept), 2 * most), dtype=np.int64)
        heights = np.zeros((len(self._kept), 2 * most))
        knots[self._kept] = np.hstack([near[piece], near[piece + 1]])
        heights[self._kept] = np.hstack(
            [height[piece] * (1 - within)[:, None], height[piece + 1] * within[:, None]]
        )
        return knots, heights

    def curvature(self, x: Numbers, step: float = 1e-4) -> Numbers:
        """Return the second derivatives by central differences of the exact gradient."""
        rows = np.empty((self.size, self.size))
        for i, (low, high) in enumerate(self.bounds):
            up, down = x.copy(), x.copy()
            up[i], down[i] = min(x[i] + step, high), max(x[i] - step, low)
            rows[i] = (self(up)[1] - self(down)[1]) / (up[i] - down[i])
        return (rows + rows.T) / 2
