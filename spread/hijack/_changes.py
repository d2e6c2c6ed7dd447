"""Any number of abrupt changes of composition."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from spread._arguments import require_count, require_number
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.hijack._recursion import Posterior, positions_drawn, posterior
from spread.hijack._segment import check_prior, checked, log_marginal
from spread.text import html_card

__all__ = ["Changes", "changes", "check_options", "cuts", "interval", "record"]

_MOST_BINS = 4000


@dataclass(frozen=True, eq=False, repr=False)
class Changes:
    """Posterior over how many abrupt changes there were, and where.

    Attributes
    ----------
    cannot_tell
        Why the table does not say it, in one sentence; None when it does.
    of
        "composition" or "volume".
    p_change
        Probability of at least one change.
    log_bayes_factor
        At least one change against none, natural logarithm.
    log_evidence
        Log marginal likelihood of the table under the prior.
    number
        changes, probability: of the number of changes.
    marginal
        after, probability: that there is a change after so many bins.
    positions
        change (1, 2, …), after (bins before it, posterior median), after_low, after_high
        (shortest 95 % interval), probability (of a change within the interval, whatever their
        number): given the most probable number of changes, none where that is 0.
    segments
        segment, start, end: bins start … end − 1 between the changes in `positions`; of a
        composition: category (its number), share, share_low, share_high; of a volume: rate,
        rate_low, rate_high, per minute. Means and 95 % intervals over where the changes lie.
    draws
        draw, after: changes drawn from the posterior; a draw without change has no row.
    bins
        How many bins the table has.
    rate
        Prior probability of a change after a bin.
    overdispersion
        Variance over mean of counts around the fit (volume; 1 for a composition).
    seed
        Seed of the draws.
    """

    cannot_tell: str | None
    of: str
    p_change: float
    log_bayes_factor: float
    log_evidence: float
    number: pd.DataFrame
    marginal: pd.DataFrame
    positions: pd.DataFrame
    segments: pd.DataFrame
    draws: pd.DataFrame
    bins: int
    rate: float
    overdispersion: float
    seed: int

    def __repr__(self) -> str:
        return f"Changes({self._sentence()})"

    def _repr_html_(self) -> str:
        facts: dict[str, object] = {
            "answer": self._sentence(),
            "probability of a change": f"{self.p_change:.3f}",
            "log Bayes factor": f"{self.log_bayes_factor:.1f}",
        }
        if self.of == "volume":
            facts["variance over mean"] = f"{self.overdispersion:.1f}"
        return html_card(f"Changes of {self.of}", facts)

    def _sentence(self) -> str:
        if self.cannot_tell is not None:
            return f"{self.of}: cannot tell: {self.cannot_tell}"
        many = int(np.argmax(self.number.probability))
        where = ", ".join(
            f"{after} [{low}, {high}]"
            for after, low, high in zip(
                self.positions.after,
                self.positions.after_low,
                self.positions.after_high,
                strict=True,
            )
        )
        told = f"{many or 'no'} change{'s' * (many != 1)} of {self.of} in {self.bins} bins"
        return f"{told}, probability {self.number.probability[many]:.3f}" + (
            f": after {where}" if where else ""
        )


def changes(
    counts: ArrayLike,
    *,
    prior: float = 1.0,
    rate: float | None = None,
    most: int | None = None,
    draws: int = 1000,
    rng: np.random.Generator | int | None = None,
) -> Changes:
    """Return the exact posterior over any number of changes of a table of counts.

    Within a segment the counts are multinomial with shares p ~ Dirichlet(a, …, a),
    a = prior/K, integrated out, as in `segment`; after each bin but the last there is a
    change with probability `rate`, so that lengths of segments are geometric. With P(t, s)
    the evidence of bins t … s as one segment, the backward recursion
    Q(t) = Σ_s P(t, s) g(s + 1 − t) Q(s + 1) + P(t, n)(1 − G(n − t)) gives the evidence of the
    whole table, run apart for each number of changes; draws, positions and their intervals
    are exact. O(n² (K + M)), M the number of changes; memory O(n²).

    Limiting case: with one change at most, positions have the posterior of `segment`.

    Parameters
    ----------
    counts
        n bins × K categories, in order of time; 2 ≤ n ≤ 4000; fractions (weights of units)
        are allowed. The counted things must be independent of each other.
    prior
        Total mass of the Dirichlet prior of each segment's shares.
    rate
        Prior probability of a change after a bin; None: 1/n, about one in the table.
    most
        Allow at most so many changes; None: any number.
    draws
        How many segmentations to draw.
    rng
        Seed or generator.

    Raises
    ------
    UsageError
        The table is not one of counts, or too long, or an option cannot be used.

    References
    ----------
    Fearnhead 2006, https://doi.org/10.1007/s11222-006-8450-8; the prior is that of Adams &
    MacKay 2007, https://arxiv.org/abs/0710.3742, whose forward recursion has the same evidence.

    Examples
    --------
    >>> changes([[9, 1], [8, 1], [9, 0], [1, 9], [0, 8], [9, 1], [8, 0]], rng=1)
    Changes(2 changes of composition in 7 bins, probability 0.750: after 3 [3, 3], 5 [5, 5])
    """
    table = checked(counts)
    check_prior(prior)
    rate = check_options(len(table), rate, most, draws)
    alpha = prior / table.shape[1]
    summed = np.vstack([np.zeros(table.shape[1]), np.cumsum(table, axis=0)])
    evidence = np.full((len(table), len(table)), -np.inf)
    for start in range(len(table)):
        evidence[start, start:] = log_marginal(summed[start + 1 :] - summed[start], alpha)
    found = posterior(evidence, rate, most)
    seed = resolve_seed(rng)
    cannot_tell = None
    if table.shape[1] < 2:
        cannot_tell = "there is only one category"
    elif not table.any():
        cannot_tell = "nothing is counted"

    def shares(edges: NDArray[np.int64]) -> pd.DataFrame:
        within = np.diff(summed[edges], axis=1)
        drawn = stream(seed, 2).standard_gamma(alpha + within)
        drawn = np.maximum(drawn, np.finfo(float).tiny)
        drawn /= drawn.sum(axis=2, keepdims=True)
        expected = (alpha + within) / (prior + within.sum(axis=2, keepdims=True))
        segments, categories = np.indices(drawn.shape[1:]).reshape(2, -1)
        where = {"segment": segments + 1, "category": categories}
        return pd.DataFrame(where | interval("share", expected, drawn))

    return record("composition", cannot_tell, found, (rate, draws, seed, 1.0), shares)


def record(
    of: str,
    cannot_tell: str | None,
    found: Posterior,
    facts: tuple[float, int, int, float],
    within: Callable[[NDArray[np.int64]], pd.DataFrame],
) -> Changes:
    """Gather what is told of a posterior; `within` tells what lies between drawn changes."""
    rate, draws, seed, overdispersion = facts
    draw = stream(seed, 0)
    numbers = draw.choice(len(found.number), size=draws, p=found.number / found.number.sum())
    any_number = positions_drawn(found, numbers, draw)
    places, order = np.nonzero(any_number >= 0)
    modal = positions_drawn(found, np.full(draws, found.most_probable), stream(seed, 1))
    positions = _positions(found, any_number)
    edges = cuts(found)
    segments = within(np.pad(modal, ((0, 0), (1, 1)), constant_values=((0, 0), (0, found.bins))))
    segments.insert(1, "start", edges[segments.segment - 1])
    segments.insert(2, "end", edges[segments.segment])
    return Changes(
        cannot_tell=cannot_tell,
        of=of,
        p_change=float(found.number[1:].sum()),
        log_bayes_factor=found.log_bayes_factor,
        log_evidence=found.log_evidence,
        number=pd.DataFrame({"changes": np.arange(len(found.number)), "probability": found.number}),
        marginal=pd.DataFrame(
            {"after": np.arange(1, found.bins), "probability": found.anywhere()[1:]}
        ),
        positions=positions,
        segments=segments,
        draws=pd.DataFrame({"draw": places, "after": any_number[places, order]}),
        bins=found.bins,
        rate=rate,
        overdispersion=overdispersion,
        seed=seed,
    )


def _positions(found: Posterior, drawn: NDArray[np.int64]) -> pd.DataFrame:
    """Return the ordered changes of the most probable number."""
    rows = []
    for which in range(1, found.most_probable + 1):
        low, middle, high = _span(found.position(found.most_probable, which))
        near = ((drawn >= low) & (drawn <= high)).any(axis=1).mean()
        rows.append((which, middle, low, high, float(near)))
    columns = ["change", "after", "after_low", "after_high", "probability"]
    whole = dict.fromkeys(columns[:4], np.int64)
    return pd.DataFrame(rows, columns=columns).astype(whole | {"probability": np.float64})


def _span(probability: NDArray[np.float64]) -> tuple[int, int, int]:
    """Return the shortest interval of 95 % and, in the middle, the median; places from 0."""
    reached = np.cumsum(probability) / probability.sum()
    begun = np.append(0.0, reached[:-1])
    ends = np.searchsorted(reached, begun + 0.95 - 1e-12)
    lengths = np.where(ends < len(reached), ends - np.arange(len(reached)), len(reached))
    low = int(np.argmin(lengths))
    return low, int(np.searchsorted(reached, 0.5)), int(ends[low])


def cuts(found: Posterior) -> NDArray[np.int64]:
    """Return where the segments begin, and n: the medians of the most probable number."""
    many = found.most_probable
    medians = [_span(found.position(many, which))[1] for which in range(1, many + 1)]
    return np.array([0, *medians, found.bins], dtype=np.int64)


def interval(
    name: str, expected: NDArray[np.float64], drawn: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return the mean and 95 % interval of each segment's quantities, flat."""
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    mean = expected.mean(axis=0)
    return {name: mean.ravel(), f"{name}_low": low.ravel(), f"{name}_high": high.ravel()}


def check_options(bins: int, rate: float | None, most: int | None, draws: int) -> float:
    """Return the probability of a change after a bin; refuse what cannot be used."""
    if bins > _MOST_BINS:
        raise UsageError(
            "the table is too long",
            got=f"{bins} bins",
            allowed=f"at most {_MOST_BINS}",
            hint="Add neighbouring bins together",
        )
    if most is not None:
        require_count("most", most)
    require_count("draws", draws)
    if rate is None:
        return 1 / bins
    return require_number("rate", rate, above=0, below=1, unit="a probability")
