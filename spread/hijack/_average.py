"""One answer from the posteriors of several splits of the accounts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from spread.hijack._posterior import RampPosterior, median, shortest
from spread.hijack._ramp import Floats

__all__ = ["Average", "Estimate"]


@dataclass(frozen=True)
class Estimate:
    """A median and the shortest 95 % interval."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Average:
    """The mixture of posteriors, one a split; given a turn each counts by its own odds."""

    parts: Sequence[RampPosterior]

    @property
    def p_turn(self) -> float:
        """The mean probability of a turn; a drift and no change are as probable beforehand."""
        return float(np.mean(self._p))

    @property
    def p_drift(self) -> float:
        """The mean probability of a drift over the archive."""
        return float(np.mean(self._odds[:, 1]))

    @property
    def log_bayes_factor(self) -> float:
        """The mean log Bayes factor of a change."""
        return float(np.mean([part.log_bayes_factor for part in self.parts]))

    @property
    def _odds(self) -> Floats:
        """Return splits × (turn, drift, none): their probabilities."""
        logs = [(part.log_bayes_factor, part.log_bayes_factor_drift, 0.0) for part in self.parts]
        return np.asarray(softmax(logs, axis=1))

    @property
    def _p(self) -> Floats:
        return np.asarray(self._odds[:, 0])

    @property
    def _share(self) -> Floats:
        return np.asarray(
            self._p / self._p.sum() if self._p.any() else np.full(len(self._p), 1 / len(self._p))
        )

    def onset(self) -> Estimate:
        """Return when the change set in, seconds."""
        return self._estimate(
            [part.onsets_s for part in self.parts],
            [part.weights.sum(axis=(1, 2)) for part in self.parts],
            [np.diff(part.edges_s) / 2 for part in self.parts],
        )

    def halfway(self) -> Estimate:
        """Return when half of the change had happened, seconds."""
        return self._estimate(
            [(part.onsets_s[:, None] + part.ramps_s / 2).ravel() for part in self.parts],
            [part.weights.sum(axis=2).ravel() for part in self.parts],
            [np.repeat(np.diff(part.edges_s) / 2, len(part.ramps_s)) for part in self.parts],
        )

    def ramp(self) -> Estimate:
        """Return how long the change took, seconds."""
        return self._estimate(
            [part.ramps_s for part in self.parts],
            [part.weights.sum(axis=(0, 2)) for part in self.parts],
            [np.zeros(len(part.ramps_s)) for part in self.parts],
        )

    def onset_cells(self) -> tuple[Floats, Floats]:
        """Return the middles of cells of onset, the same for all splits, and their weight."""
        finest = min(self.parts, key=lambda part: np.ptp(part.edges_s)).edges_s
        rest = [part.edges_s[[0, -1]] for part in self.parts]
        edges = np.unique(np.concatenate([finest, *rest]))
        reached = np.zeros(len(edges))
        for share, part in zip(self._share, self.parts, strict=True):
            cumulated = np.append(0.0, np.cumsum(part.weights.sum(axis=(1, 2))))
            reached += share * np.interp(edges, part.edges_s, cumulated)
        return (edges[1:] + edges[:-1]) / 2, np.diff(reached)

    def draw(self, rng: np.random.Generator, size: int) -> tuple[Floats, Floats, Floats]:
        """Draw (onset s, ramp s, shares 2 × K): `size` of each."""
        counts = rng.multinomial(size, self._share)
        drawn = [
            part.draw(rng, int(count))
            for part, count in zip(self.parts, counts, strict=True)
            if count
        ]
        onsets, ramps, shares = zip(*drawn, strict=True)
        return np.concatenate(onsets), np.concatenate(ramps), np.concatenate(shares)

    def _estimate(
        self, values: Sequence[Floats], weights: Sequence[Floats], reach: Sequence[Floats]
    ) -> Estimate:
        weight = np.concatenate(
            [share * each for share, each in zip(self._share, weights, strict=True)]
        )
        value, around = np.concatenate(values), np.concatenate(reach)
        low, high = shortest(value, weight)
        return Estimate(
            median(value, weight),
            float(value[low] - around[low]),
            float(value[high] + around[high]),
        )
