"""Draws in which a type may feed another one or not, against what they must be."""

import numpy as np
import pytest

from spread.hawkes._feeding import reach, risen, switches


def chain(pulls: np.ndarray, draws: int, log_odds: float = 0.0) -> np.ndarray:
    """Return draws of two sources' weights, of which the second may feed or not."""
    kept = np.empty((draws, 2))
    switches(
        pulls, np.array([len(pulls) / 2, 1.0]), np.array([False, True]), np.array([1.0, 1.5]),
        np.array([1.0, len(pulls) / 8]), np.random.default_rng(1), kept, 5, log_odds,
    )  # fmt: skip
    return kept


def exact(pulls: np.ndarray, log_odds: float = 0.0) -> tuple[float, float]:
    """Return the chance that the second source feeds, and its mean where it does, on a grid."""
    n = len(pulls)
    outside, fed = (np.arange(600) + 0.5) * n / 200, (np.arange(600) + 0.5) * n / 200
    rates = pulls[:, 0, None, None] * outside[:, None] + pulls[:, 1, None, None] * fed
    logs = np.log(rates).sum(axis=0) - outside[:, None] - fed - 2 * fed / n + np.log(2 / n)
    alone = np.log(np.outer(pulls[:, 0], outside)).sum(axis=0) - outside
    top = max(logs.max(), alone.max())
    joint, none = np.exp(logs - top) * n / 200, np.exp(alone - top)
    p = joint.sum() / (joint.sum() + np.exp(-log_odds) * none.sum())
    return float(p), float((joint * fed).sum() / joint.sum())


@pytest.mark.parametrize(("seed", "log_odds"), [(1, 0.0), (2, -1.0), (3, 0.0)])
def test_how_often_a_source_feeds_is_what_integrals_say(seed: int, log_odds: float) -> None:
    """Over 20,000 draws, whose autocorrelation leaves 2,000 or more: 5 standard errors of 0.011."""
    pulls = np.random.default_rng(seed).exponential(size=(12, 2))
    kept = chain(pulls, 20_000, log_odds)
    p, mean = exact(pulls, log_odds)
    fed = kept[kept[:, 1] > 0, 1]
    assert (kept[:, 1] > 0).mean() == pytest.approx(p, abs=0.056)
    assert fed.mean() == pytest.approx(mean, abs=5 * fed.std() / np.sqrt(2000 * p))


def test_kernels_do_as_their_plain_twins() -> None:
    r = np.random.default_rng(4)
    pulls, rates = r.exponential(size=50), r.exponential(size=50)
    expected = np.log1p(0.3 * pulls / rates).sum() - 0.3
    assert risen(pulls, rates, 0.3) == pytest.approx(expected, rel=1e-12)
    assert risen(pulls, pulls, -1.0) == -np.inf
    sources = r.exponential(size=(30, 2))
    there, back = np.empty((2, 20, 2))
    for step, kept in ((switches, there), (switches.py_func, back)):
        step(
            sources, np.ones(2), np.array([False, True]), np.ones(2), np.ones(2),
            np.random.default_rng(1), kept, 1, 0.0,
        )  # fmt: skip
    assert there == pytest.approx(back, rel=1e-9)


def test_ends_are_those_of_the_draws_that_feed() -> None:
    """Of 1,000 draws 25 feed, with 0.01 to 0.25: the 97.5 % point of those is 0.244. Of 100
    draws 96 feed, with 1: of those all ends are 1."""
    values = np.zeros((1000, 1, 1))
    values[:25, 0, 0] = np.arange(1, 26) / 100
    assert np.ravel(reach(values, values)) == pytest.approx([0.00325, 0.0, 0.244])
    sure = np.ones((100, 1, 1))
    sure[:4] = 0.0
    assert np.ravel(reach(sure, sure)) == pytest.approx([1.0, 1.0, 1.0])
