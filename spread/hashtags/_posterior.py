"""From evidence to the probability of each parent, "no parent" among them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spread.hashtags._evidence import Evidence

__all__ = ["TEMPER", "WEIGHT", "Child", "log_ratios", "posterior", "support"]

WEIGHT = 0.6
"""Weight of an adopter against the one before him: the inventor tells most."""

TEMPER = 1.0
"""Exponent on the evidence, fitted on simulated families other than those of the tests."""

_BY_USE = 0.8
_JOINT = 0.15
_BACKGROUND = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85)
_SIZE = (0.0, 0.5, 1.0)


@dataclass(frozen=True)
class Child:
    """What the posterior of one child is made of; arrays run over the possible parents.

    `allowed`: used before the child at all. `fit`: how well the parent's form explains the
    child's (1 the same template). `size`: the parent's users when the child appeared.
    `none`: the prior probability of "no parent".
    """

    evidence: Evidence
    allowed: NDArray[np.bool_]
    fit: NDArray[np.float64]
    size: NDArray[np.float64]
    none: float


def log_ratios(evidence: Evidence, background: float) -> NDArray[np.float64]:
    """Return log P(what an adopter had done | parent) / P(the same | no parent).

    An adopter came through the parent with probability 1 - `background`, by his own use
    (four in five) or by exposure; else he is like a matched account.
    """
    came = 1.0 - background
    by_use = background + came * _BY_USE / evidence.used_chance
    by_exposure = background + came * (1.0 - _BY_USE) / evidence.exposed_chance
    past = np.where(evidence.used, by_use, np.where(evidence.exposed, by_exposure, background))
    with np.errstate(invalid="ignore"):
        beside = np.where(
            evidence.joint, 1.0 - _JOINT + _JOINT / evidence.joint_chance, 1.0 - _JOINT
        )
    return np.log(past) + np.where(np.isnan(evidence.joint_chance), 0.0, np.log(beside))


def posterior(children: Sequence[Child]) -> list[NDArray[np.float64]]:
    """Return for each child the probabilities of its possible parents and, last, of none.

    The order of first uses makes the children independent given two shared unknowns: the
    share of adopters who came another way than the archive shows, and how far a parent's
    size counts. Both are summed over, weighted by how well they explain all children: an
    archive with holes raises the first, and with it the doubt.
    """
    if not children:
        return []
    tables = [[_joint(child, b, s) for b in _BACKGROUND for s in _SIZE] for child in children]
    total = np.array([[np.logaddexp.reduce(joint) for joint in row] for row in tables]).sum(axis=0)
    weight = np.exp(total - np.logaddexp.reduce(total))
    return [
        np.asarray(sum(w * _normalised(joint) for w, joint in zip(weight, row, strict=True)))
        for row in tables
    ]


def support(child: Child, rng: np.random.Generator, runs: int = 200) -> NDArray[np.float64]:
    """Return how often each parent, and last none, comes first when adopters are redrawn."""
    ratios = TEMPER * log_ratios(child.evidence, _BACKGROUND[len(_BACKGROUND) // 2])
    drawn = np.sort(rng.integers(0, len(ratios), (runs, len(ratios))), axis=1)
    scores = np.einsum("k,rkp->rp", _weights(len(ratios)), ratios[drawn])
    prior = _log_prior(child, 0.5)
    scores = np.column_stack([scores, np.zeros(runs)]) + prior
    return np.bincount(scores.argmax(axis=1), minlength=len(prior)) / runs


def _joint(child: Child, background: float, size: float) -> NDArray[np.float64]:
    ratios = TEMPER * log_ratios(child.evidence, background)
    score = _weights(len(ratios)) @ ratios
    return np.append(score, 0.0) + _log_prior(child, size)


def _log_prior(child: Child, size: float) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        worth = np.where(child.allowed, child.fit * np.maximum(child.size, 1.0) ** size, 0.0)
        if not worth.sum():
            return np.append(np.full(len(worth), -np.inf), 0.0)
        return np.log(np.append((1.0 - child.none) * worth / worth.sum(), child.none))


def _weights(count: int) -> NDArray[np.float64]:
    return np.asarray(WEIGHT ** np.arange(count))


def _normalised(log_weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(log_weights - np.logaddexp.reduce(log_weights)))
