"""One abrupt change in a table of counts, exactly."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, logsumexp

from spread._arguments import require_number
from spread._errors import UsageError
from spread.text import html_card

__all__ = ["Segmentation", "check_prior", "checked", "log_marginal", "segment"]


@dataclass(frozen=True, eq=False, repr=False)
class Segmentation:
    """Posterior over one abrupt change of composition.

    Attributes
    ----------
    splits
        Candidate positions 1 … n − 1: how many bins lie before the change.
    probability
        Posterior probability of each position, given that there is one change.
    log_evidence
        Log marginal likelihood of the table with the change at each position.
    log_evidence_none
        Log marginal likelihood of the table without a change.
    log_bayes_factor
        One change, its position uniform, against none; natural logarithm.
    prior
        Total mass of the Dirichlet prior, spread equally over the categories.
    """

    splits: NDArray[np.int64]
    probability: NDArray[np.float64]
    log_evidence: NDArray[np.float64]
    log_evidence_none: float
    log_bayes_factor: float
    prior: float

    def __repr__(self) -> str:
        best = int(np.argmax(self.probability))
        return (
            f"Segmentation(change after bin {self.splits[best]} of {len(self.splits) + 1}, "
            f"probability {self.probability[best]:.3f}, "
            f"log Bayes factor {self.log_bayes_factor:.2f})"
        )

    def _repr_html_(self) -> str:
        best = int(np.argmax(self.probability))
        facts = {
            "most probable change": f"after bin {self.splits[best]} of {len(self.splits) + 1}",
            "its probability": f"{self.probability[best]:.3f}",
            "log Bayes factor": f"{self.log_bayes_factor:.2f}",
        }
        return html_card("One abrupt change", facts)


def segment(counts: ArrayLike, *, prior: float = 1.0) -> Segmentation:
    """Return the exact posterior over one abrupt change of a table of counts.

    Each segment is multinomial with its own shares p ~ Dirichlet(a, …, a), a = prior/K,
    integrated out: with N the sum of the segment's counts c,
    log M(c) = lnΓ(Ka) − lnΓ(Ka + N) + Σ_k [lnΓ(a + c_k) − lnΓ(a)]. Positions are equally
    probable beforehand, so p(τ) ∝ M(c_1…c_τ) M(c_τ+1…c_n), and the Bayes factor is the
    mean of these products over M of the whole table. O(n K).

    The counted things must be independent of each other: count cascades, not tweets.

    Parameters
    ----------
    counts
        n bins × K categories, in order of time; not negative; n ≥ 2.
    prior
        Total mass A = Ka. It is a total because a mass of 1 for each of many empty
        categories would drown the evidence.

    Raises
    ------
    UsageError
        The table has another shape, or holds a negative or missing number; the prior is
        not positive.

    References
    ----------
    Liu & Lawrence 1999, https://doi.org/10.1093/bioinformatics/15.1.38; Fearnhead 2006,
    https://doi.org/10.1007/s11222-006-8450-8, of which this is the case of one change.

    Examples
    --------
    >>> segment([[9, 1], [8, 2], [9, 1], [1, 9], [2, 8]])
    Segmentation(change after bin 3 of 5, probability 1.000, log Bayes factor 10.90)

    A table without a category that changes cannot tell:

    >>> round(segment([[5], [50], [5]]).log_bayes_factor, 6)
    0.0
    """
    table = checked(counts)
    check_prior(prior)
    alpha = prior / table.shape[1]
    before = np.cumsum(table, axis=0)
    whole = before[-1]
    each = log_marginal(before[:-1], alpha) + log_marginal(whole - before[:-1], alpha)
    none = float(log_marginal(whole, alpha))
    total = float(logsumexp(each))
    return Segmentation(
        splits=np.arange(1, len(table)),
        probability=np.exp(each - total),
        log_evidence=each,
        log_evidence_none=none,
        log_bayes_factor=total - float(np.log(len(each))) - none,
        prior=float(prior),
    )


def log_marginal(counts: NDArray[np.float64], alpha: float) -> NDArray[np.float64]:
    """Return the log Dirichlet–multinomial evidence of ordered counts, by last axis.

    Examples
    --------
    >>> float(np.exp(log_marginal(np.array([1.0, 0.0]), 1.0)).round(12))
    0.5
    """
    mass = alpha * counts.shape[-1]
    each = np.sum(gammaln(alpha + counts) - gammaln(alpha), axis=-1)
    evidence: NDArray[np.float64] = each + gammaln(mass) - gammaln(mass + counts.sum(axis=-1))
    return evidence


def check_prior(prior: float) -> None:
    """Refuse a prior mass that is not a positive number."""
    require_number("prior", prior, above=0, unit="a total mass")


def checked(counts: ArrayLike) -> NDArray[np.float64]:
    """Return counts as a table of numbers; refuse what is none."""
    try:
        table = np.asarray(counts, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError("counts are not numbers", got=str(error)) from error
    if table.ndim != 2 or table.shape[0] < 2 or table.shape[1] < 1:
        raise UsageError(
            "counts have the wrong shape",
            got=f"shape {table.shape}",
            allowed="bins × categories with at least 2 bins",
        )
    if not np.all(np.isfinite(table)) or np.any(table < 0):
        raise UsageError("counts hold numbers that are no counts", allowed="finite numbers >= 0")
    return table
