"""Expectations over drawn trees, for posteriors without a closed form."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from spread._random import stream
from spread.trees import Observed

Numbers = NDArray[np.float64]


class Drawable(Protocol):
    """A posterior that trees can be drawn from, and which ones to draw."""

    @property
    def offsets(self) -> NDArray[np.int64]:
        """Where cascades begin and end."""

    @property
    def trees(self) -> int:
        """How many trees stand for the posterior."""

    @property
    def seed(self) -> int:
        """Decides the trees, as in `Forests`."""

    def draw(self, rng: np.random.Generator) -> NDArray[np.int32]:
        """Return one parent array."""


class MeansOverTrees:
    """The expectations that `trees.Posterior` asks for, as means over the drawn trees."""

    def expected_depth(self: Drawable) -> Numbers:
        """Return, per row, the mean depth over the drawn trees."""
        return _mean(self, Observed.expected_depth)

    def expected_virality(self: Drawable) -> Numbers:
        """Return, per cascade, the mean structural virality; NaN for one event."""
        return _mean(self, Observed.expected_virality)

    def expected_credit(self: Drawable, counted: Numbers | None = None) -> Numbers:
        """Return, per row, the mean Shapley credit for the events counted."""
        return _mean(self, lambda tree: tree.expected_credit(counted))


def _mean(posterior: Drawable, measure: Callable[[Observed], Numbers]) -> Numbers:
    total: Numbers | None = None
    for i in range(posterior.trees):
        drawn = posterior.draw(stream(posterior.seed, i))
        one = measure(Observed(drawn, posterior.offsets))
        total = one if total is None else total + one
    assert total is not None
    return total / posterior.trees
