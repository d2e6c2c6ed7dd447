"""The recursions over all ways to cut a table into segments."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import logsumexp

from spread._compile import kernel

__all__ = ["Posterior", "positions_drawn", "posterior"]

_LEFT_OUT = 1e-9
"""Share of the posterior, in numbers of changes too large to matter, that is left out."""


@dataclass(frozen=True, eq=False)
class Posterior:
    """Over the number and the positions of changes.

    `number[m]` is the probability of m changes. `later[m, t]` and `earlier[m, t]` are the log
    evidence of the bins from t on, and of those before t, with m changes; `evidence[t, e]`
    that of t … e as one segment.
    """

    evidence: NDArray[np.float64]
    later: NDArray[np.float64]
    earlier: NDArray[np.float64]
    number: NDArray[np.float64]
    log_evidence: float
    log_bayes_factor: float

    @property
    def bins(self) -> int:
        return len(self.evidence)

    @property
    def most_probable(self) -> int:
        return int(np.argmax(self.number))

    def position(self, changes: int, which: int) -> NDArray[np.float64]:
        """Return the probability that the `which`-th (from 1) of `changes` lies after t bins."""
        log = self.earlier[which - 1] + self.later[changes - which] - self.later[changes, 0]
        return np.exp(log)

    def anywhere(self) -> NDArray[np.float64]:
        """Return the probability of a change after t bins, t = 0 … n − 1."""
        total = np.zeros(self.bins)
        for changes in range(1, len(self.number)):
            each = self.earlier[:changes] + self.later[changes - 1 :: -1][:changes]
            total += self.number[changes] * np.exp(logsumexp(each, axis=0) - self.later[changes, 0])
        return total


def posterior(evidence: NDArray[np.float64], rate: float, most: int | None) -> Posterior:
    """Return the posterior for segments whose lengths are geometric.

    After each bin but the last there is a change with probability `rate`; m changes among
    n bins have the prior rate^m (1 − rate)^(n−1−m), cut at `most` and scaled where that is
    given. O(n² M), M the largest number of changes that matters.
    """
    bins = len(evidence)
    change, stay = np.log(rate), np.log1p(-rate)
    whole = backward(evidence, change, stay)[0] if most is None else np.inf
    limit = bins - 1 if most is None else min(most, bins - 1)
    later = [np.append(evidence[:, -1], -np.inf)]
    weights = [later[0][0] + (bins - 1) * stay]
    while len(later) < 2 or (len(later) <= limit and logsumexp(weights) < whole - _LEFT_OUT):
        later.append(one_more(evidence, later[-1]))
        changes = len(later) - 1
        weights.append(later[-1][0] + changes * change + (bins - 1 - changes) * stay)
    mirrored = evidence[::-1, ::-1].T
    earlier = [np.append(mirrored[:, -1], -np.inf)]
    for _ in later[1:]:
        earlier.append(one_more(mirrored, earlier[-1]))
    total = float(logsumexp(weights))
    chances = stats.binom.logpmf(np.arange(limit + 1), bins - 1, rate)
    prior, prior_some = float(logsumexp(chances)), float(logsumexp(chances[1:]))
    some = float(logsumexp(weights[1:])) - prior_some
    return Posterior(
        evidence=evidence,
        later=np.array(later)[:, :-1],
        earlier=np.array(earlier)[:, :0:-1],
        number=np.exp(np.array(weights) - total),
        log_evidence=total - prior,
        log_bayes_factor=some - float(evidence[0, -1]),
    )


def positions_drawn(
    found: Posterior, numbers: NDArray[np.int64], draw: np.random.Generator
) -> NDArray[np.int64]:
    """Return exact draws of the positions of so many changes: −1 fills the rows."""
    most = int(numbers.max(initial=0))
    chances = draw.random((len(numbers), most))
    return drawn(found.evidence, found.later, numbers, chances)


@kernel
def backward(evidence: NDArray[np.float64], change: float, stay: float) -> NDArray[np.float64]:
    """Return the log evidence of the bins from t on, over all ways to cut them.

    Q(t) = Σ_e P(t … e) (1 − h)^(e−t) h Q(e + 1) + P(t … n − 1) (1 − h)^(n−1−t); O(n²).
    """
    bins = evidence.shape[0]
    total = np.empty(bins)
    terms = np.empty(bins)
    for t in range(bins - 1, -1, -1):
        largest = -np.inf
        for e in range(t, bins):
            terms[e] = evidence[t, e] + (e - t) * stay
            if e < bins - 1:
                terms[e] += change + total[e + 1]
            largest = max(largest, terms[e])
        part = 0.0
        for e in range(t, bins):
            part += np.exp(terms[e] - largest)
        total[t] = largest + np.log(part)
    return total


@kernel
def one_more(evidence: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log evidence of the bins from t on with one change more than `after`.

    Both run over t = 0 … n; −inf where there are too few bins. O(n²).
    """
    bins = evidence.shape[0]
    total = np.full(bins + 1, -np.inf)
    for t in range(bins - 1):
        largest = -np.inf
        for e in range(t, bins - 1):
            largest = max(largest, evidence[t, e] + after[e + 1])
        if largest == -np.inf:
            continue
        part = 0.0
        for e in range(t, bins - 1):
            part += np.exp(evidence[t, e] + after[e + 1] - largest)
        total[t] = largest + np.log(part)
    return total


@kernel
def drawn(
    evidence: NDArray[np.float64],
    later: NDArray[np.float64],
    numbers: NDArray[np.int64],
    chances: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Draw positions forward: the next change given the last, by inversion; O(n) each."""
    bins = evidence.shape[0]
    positions = np.full(chances.shape, -1, dtype=np.int64)
    for row in range(numbers.size):
        t = 0
        for place in range(numbers[row]):
            left = numbers[row] - place
            reached = 0.0
            chosen = t
            for e in range(t, bins - 1):
                term = evidence[t, e] + later[left - 1, e + 1] - later[left, t]
                if term > -np.inf:
                    reached += np.exp(term)
                    chosen = e
                if reached > chances[row, place]:
                    break
            t = chosen + 1
            positions[row, place] = t
    return positions
