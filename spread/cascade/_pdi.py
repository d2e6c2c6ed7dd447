"""Probabilistic diffusion inference: parents by popularity or by recency."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel
from spread.cascade._sampled import MeansOverTrees

Numbers = NDArray[np.float64]

# The published code adds 0.1 s to each delay; below 1 s its power law is not defined.
_OFFSET_S, _LEAST_S = 0.1, 1.0
_RATIO = 2**0.5


@dataclass(frozen=True, repr=False, eq=False)
class PopularityOrRecency(MeansOverTrees):
    """p_ij = γ m_i / Σm + (1 − γ) q_ij, with q_ij ∝ max(t_j − t_i + 0.1 s, 1 s)^−α.

    Trees are drawn exactly in O(log delay) an event; probabilities and entropies take
    O(n²) a cascade; depth, virality and credit are means over the drawn trees.
    """

    times_s: Numbers
    marks: Numbers
    offsets: NDArray[np.int64]
    gamma: float
    alpha: float
    trees: int
    seed: int

    def draw(self, rng: np.random.Generator) -> NDArray[np.int32]:
        """Return one parent array, −1 at roots."""
        bits = rng.integers(0, 2**63, len(self.times_s), dtype=np.uint64)
        return _drawn(bits, self.times_s, self._reach, self.offsets, self.gamma, self.alpha)

    def probabilities(self, row: int) -> Numbers:
        """Return the probabilities of the cascade's events before `row` as its parent."""
        start = self.offsets[np.searchsorted(self.offsets, row, side="right") - 1]
        recency = self._recency(self.times_s[row] - self.times_s[start:row])
        marks = self.marks[start:row]
        return self.gamma * marks / marks.sum() + (1 - self.gamma) * recency / recency.sum()

    def probability(self, parents: NDArray[np.int32]) -> Numbers:
        """Return, per row, the probability of the parent named; 1 at roots."""
        child = np.flatnonzero(parents >= 0)
        named = parents[child]
        recency = self._recency(self.times_s[child] - self.times_s[named]) / self._totals[child]
        popularity = self.marks[named] / self._reach[child - 1]
        p = np.ones(len(parents))
        p[child] = self.gamma * popularity + (1 - self.gamma) * recency
        return p

    def entropy(self) -> Numbers:
        """Return, per row, the entropy of its parent in nats; NaN at roots."""
        return _entropies(
            self.times_s, self.marks, self._reach, self._totals, self.offsets,
            self.gamma, self.alpha,
        )  # fmt: skip

    def _recency(self, delays_s: Numbers) -> Numbers:
        return np.asarray(np.maximum(delays_s + _OFFSET_S, _LEAST_S) ** -self.alpha)

    @cached_property
    def _reach(self) -> Numbers:
        """Return, per row, the followers of its cascade up to and with it."""
        return _summed(self.marks, self.offsets)

    @cached_property
    def _totals(self) -> Numbers:
        return _recency_totals(self.times_s, self.offsets, self.alpha)


@kernel
def _summed(marks: Numbers, offsets: NDArray[np.int64]) -> Numbers:
    """Return sums within each cascade; differences of one long sum would lose digits."""
    reach = np.empty(len(marks))
    for cascade in range(len(offsets) - 1):
        total = 0.0
        for row in range(offsets[cascade], offsets[cascade + 1]):
            total += marks[row]
            reach[row] = total
    return reach


@kernel
def _recency_at(delay: float, alpha: float) -> float:
    return float(max(delay + _OFFSET_S, _LEAST_S) ** -alpha)


@kernel
def _recency_totals(times: Numbers, offsets: NDArray[np.int64], alpha: float) -> Numbers:
    """Return Σ_i q_ij before normalisation, 1 at roots; O(n²) a cascade."""
    totals = np.ones(len(times))
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        for k in range(start + 1, end):
            total = 0.0
            for i in range(start, k):
                total += _recency_at(times[k] - times[i], alpha)
            totals[k] = total
    return totals


@kernel
def _entropies(
    times: Numbers,
    marks: Numbers,
    reach: Numbers,
    totals: Numbers,
    offsets: NDArray[np.int64],
    gamma: float,
    alpha: float,
) -> Numbers:
    """Return −Σ p ln p over each row's candidates, NaN at roots; O(n²) a cascade."""
    entropy = np.full(len(times), np.nan)
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        for k in range(start + 1, end):
            found = 0.0
            for i in range(start, k):
                recent = _recency_at(times[k] - times[i], alpha) / totals[k]
                p = gamma * marks[i] / reach[k - 1] + (1 - gamma) * recent
                if p > 0:
                    found -= p * np.log(p)
            entropy[k] = max(found, 0.0)
    return entropy


@kernel
def _uniform(state: np.uint64) -> tuple[float, np.uint64]:
    """Return the next number in [0, 1) and the next state (SplitMix64, Steele et al. 2014)."""
    following = state + np.uint64(0x9E3779B97F4A7C15)
    z = (following ^ (following >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) / 9007199254740992.0, following


@kernel
def _drawn(
    bits: NDArray[np.uint64],
    times: Numbers,
    reach: Numbers,
    offsets: NDArray[np.int64],
    gamma: float,
    alpha: float,
) -> NDArray[np.int32]:
    """Return one parent per row, exactly.

    By popularity: a search in the sums of followers. By recency: candidates fall into
    classes of delay whose bounds grow by √2 and move along with the event; a class is
    drawn by its count times its largest weight, a member evenly, and accepted by its
    weight over the largest, which is at least 2^(−α/2).
    """
    parents = np.full(len(times), -1, np.int32)
    classes = 128
    edge, first, bound = np.empty(classes), np.empty(classes, np.int64), np.empty(classes)
    for b in range(classes):
        edge[b] = _RATIO ** (b + 1) - _OFFSET_S
        bound[b] = _RATIO ** (-alpha * b)
    edge[classes - 1] = np.inf
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        first[:] = start
        for k in range(start + 1, end):
            state = bits[k]
            u, state = _uniform(state)
            v, state = _uniform(state)
            if u < gamma:
                target = v * reach[k - 1]
                low, high = start, k - 1
                while low < high:
                    middle = (low + high) // 2
                    if reach[middle] > target:
                        high = middle
                    else:
                        low = middle + 1
                parents[k] = low
                continue
            total, last, used = 0.0, k, 0
            while last > start:
                while times[k] - times[first[used]] >= edge[used]:
                    first[used] += 1
                first[used] = min(first[used], last)
                total += (last - first[used]) * bound[used]
                last = first[used]
                used += 1
            while True:
                target, last = v * total, k
                for b in range(used):
                    weight = (last - first[b]) * bound[b]
                    if target < weight or b == used - 1:
                        i = min(first[b] + int(target / bound[b]), last - 1)
                        break
                    target -= weight
                    last = first[b]
                w, state = _uniform(state)
                if w * bound[b] <= _recency_at(times[k] - times[i], alpha):
                    parents[k] = i
                    break
                v, state = _uniform(state)
    return parents
