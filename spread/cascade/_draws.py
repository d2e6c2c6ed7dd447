"""Trees of some cascades drawn from the random numbers of all."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from spread.trees import Posterior

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Place:
    """Where some cascades stand among all: what comes before them, and how much there is."""

    rows_before: int
    rows_total: int
    cascades_before: int
    cascades_total: int


@dataclass(frozen=True)
class _Share:
    """A generator that gives to some cascades what it would give to them among all.

    It passes over the numbers of the others. A posterior asks for one number a row, or for
    one integer a cascade out of a power of two, of which two come from one draw.
    """

    rng: np.random.Generator
    place: Place

    def random(self, size: int) -> Numbers:
        """Return one number a row."""
        before = self.place.rows_before
        self._pass_over(before)
        numbers = self.rng.random(size)
        self._pass_over(self.place.rows_total - before - size)
        return numbers

    def integers(self, low: int, high: int, size: int) -> NDArray[np.int64]:
        """Return one integer a cascade."""
        before = self.place.cascades_before
        self._pass_over(before // 2)
        taken = before % 2 + size
        numbers = self.rng.integers(low, high, taken)[before % 2 :]
        self._pass_over(-(-self.place.cascades_total // 2) - before // 2 - -(-taken // 2))
        return numbers

    def _pass_over(self, draws: int) -> None:
        cast(Any, self.rng.bit_generator).advance(draws)


@dataclass(frozen=True, repr=False, eq=False)
class Placed:
    """The posterior of some cascades, whose trees are those that they have among all."""

    inner: Posterior
    place: Place

    def draw(self, rng: np.random.Generator) -> NDArray[np.int32]:
        """Return one parent array, −1 at roots."""
        return self.inner.draw(cast(np.random.Generator, _Share(rng, self.place)))

    def probabilities(self, row: int) -> Numbers:
        """Return the probabilities of the cascade's events before `row` as its parent."""
        return self.inner.probabilities(row)

    def probability(self, parents: NDArray[np.int32]) -> Numbers:
        """Return, per row, the probability of the parent named; 1 at roots."""
        return self.inner.probability(parents)

    def entropy(self) -> Numbers:
        """Return, per row, the entropy of its parent in nats; NaN at roots."""
        return self.inner.entropy()

    def expected_depth(self) -> Numbers:
        """Return, per row, the expected depth."""
        return self.inner.expected_depth()

    def expected_virality(self) -> Numbers:
        """Return, per cascade, the expected structural virality; NaN for one event."""
        return self.inner.expected_virality()

    def expected_credit(self, counted: Numbers | None = None) -> Numbers:
        """Return, per row, the expected Shapley credit for the events counted."""
        return self.inner.expected_credit(counted)
