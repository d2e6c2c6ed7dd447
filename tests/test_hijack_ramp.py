"""The evidence for a ramp against plain numerical integration, and its posterior."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import expit, gammaln, logsumexp

from spread.hijack import _posterior, _ramp, _segment, _units

LOGITS = np.linspace(-12, 12, 241)


def integrated(
    times_s: NDArray[np.float64], second: NDArray[np.bool_], ramp: tuple[float, float, int]
) -> float:
    """Two camps, prior mass 1: ∫∫ Π p(t_i) over logits of p0 and p1, each unit at its own s."""
    p = expit(LOGITS)
    prior = 0.5 * (np.log(p) + np.log1p(-p)) + gammaln(1.0) - 2 * gammaln(0.5)
    surface = prior[:, None] + prior[None, :]
    for gone, is_second in zip(_ramp.share_after(times_s, *ramp), second, strict=True):
        mixed = (1 - gone) * p[:, None] + gone * p[None, :]
        surface = surface + np.log(mixed if is_second else 1 - mixed)
    return float(logsumexp(surface) + 2 * np.log(LOGITS[1] - LOGITS[0]))


def approximated(
    times_s: NDArray[np.float64], second: NDArray[np.bool_], ramp: tuple[float, float, int]
) -> float:
    edges, levels = _ramp.shapes()
    onset, length, shape = ramp
    cumulative = np.vstack([np.zeros(2), np.cumsum(np.stack([~second, second], axis=1), axis=0)])
    before, after = np.empty((2, 2))
    return _ramp.ramp(
        times_s, cumulative, 0.5, onset, length, edges[shape], levels[shape], before, after,
        np.zeros((2, 2)),
    )  # fmt: skip


def alone(times_s: NDArray[np.float64], second: NDArray[np.bool_]) -> _units.Units:
    """Each unit an author's own, nobody retweets."""
    counts = np.stack([~second, second], axis=1) * 1.0
    rows = np.arange(len(times_s))
    return _units.Units(times_s, counts, np.ones(len(rows)), rows, ("A", "B"), 0, 0)


def sixty(seed: int = 3) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    rng = np.random.default_rng(seed)
    times = np.sort(rng.uniform(0, 6000, 60))
    return times, rng.random(60) < 0.15 + 0.6 * _ramp.share_after(times, 2000.0, 1500.0, 0)


def test_a_step_is_exact() -> None:
    times, second = sixty()
    first = int(np.searchsorted(times, 2500.0))
    sides = [second[:first], second[first:]]
    exact = sum(_segment.log_marginal(np.array([(~s).sum(), s.sum()]), 0.5) for s in sides)
    assert approximated(times, second, (2500.0, 0.0, 0)) == pytest.approx(exact, abs=1e-10)
    assert integrated(times, second, (2500.0, 0.0, 0)) == pytest.approx(exact, abs=1e-6)


def test_posterior_of_onset_is_that_of_numerical_integration() -> None:
    """An interval that should hold 95 % holds at least 89.5 % if the two posteriors differ by
    at most 0.055 in total variation."""
    times, second = sixty()
    grid = [
        (onset, ramp, shape)
        for onset in np.linspace(500.0, 4500.0, 9)
        for ramp in (0.0, 600.0, 2400.0)
        for shape in range(3)
    ]
    plain, fast = (
        np.array([how(times, second, place) for place in grid])
        for how in (integrated, approximated)
    )
    onsets = [np.exp(v - logsumexp(v)).reshape(9, 9).sum(axis=1) for v in (plain, fast)]
    assert np.abs(onsets[0] - onsets[1]).sum() / 2 < 0.055
    # Of the log evidence, half a nat is a sixth of the log odds of 19:1 that decide.
    assert logsumexp(plain) == pytest.approx(logsumexp(fast), abs=0.5)


def test_without_units_in_the_ramp_it_is_a_step() -> None:
    times, second = np.array([0.0, 1.0, 100.0, 101.0]), np.array([False, False, True, True])
    step = approximated(times, second, (50.0, 0.0, 0))
    assert approximated(times, second, (20.0, 60.0, 2)) == pytest.approx(step, abs=1e-12)


@pytest.mark.parametrize("shape", range(3))
def test_shapes_are_half_way_at_half_the_ramp_and_their_steps_follow(shape: int) -> None:
    edges, levels = (part[shape] for part in _ramp.shapes())
    at = np.array([-1.0, 0.0, 5.0])
    assert _ramp.share_after(at, 0.0, 10.0, shape) == pytest.approx([0, 0, 0.5])
    ends = _ramp.share_after(edges, 0.0, 1.0, shape)
    assert (ends[:-1] <= levels).all()
    assert (levels <= ends[1:]).all()


def test_log_determinant_is_that_of_linear_algebra() -> None:
    root = np.random.default_rng(1).normal(size=(5, 5))
    matrix = root @ root.T + np.eye(5)
    expected = np.linalg.slogdet(matrix)[1]
    assert _ramp.log_determinant(matrix.copy()) == pytest.approx(expected)
    assert _ramp.log_determinant.py_func(matrix.copy()) == pytest.approx(expected)


def test_closing_in_finds_what_a_fine_grid_finds() -> None:
    rng = np.random.default_rng(8)
    times = np.sort(rng.uniform(0, 36_000, 500))
    second = rng.random(500) < np.where(times < 20_000, 0.1, 0.7)
    found = _posterior.posterior(alone(times, second), prior=1.0)
    curve = _posterior._prior_curve(times)
    edges = np.interp(np.linspace(0, 1, 3001), curve[1], curve[0])
    onsets = (edges[1:] + edges[:-1]) / 2
    heights = _ramp.surface(times, found.cumulative, 0.5, onsets, found.ramps_s, *_ramp.shapes())
    fine = np.exp(logsumexp(heights, axis=(1, 2)) - logsumexp(heights))
    low, high = (onsets[i] for i in _posterior.shortest(onsets, fine))
    inside = (found.onsets_s >= low) & (found.onsets_s <= high)
    # Each limit falls into one cell of either grid: the mass can differ by two cells' mass.
    slack = 2 * found.weights.sum(axis=(1, 2)).max() + 2 * fine.max()
    assert found.weights.sum(axis=(1, 2))[inside].sum() == pytest.approx(0.95, abs=slack)
    none = _ramp.log_dirichlet(found.cumulative[-1], 0.5)
    whole = logsumexp(heights) - np.log(heights.size) - none
    assert found.log_bayes_factor == pytest.approx(whole, abs=0.05)


@pytest.mark.parametrize("copies", [1, 4])
def test_repeated_units_are_seen_as_overdispersion(copies: int) -> None:
    """Each unit `copies` times makes the variance of every block `copies` times as large; the
    ratio of 20 blocks has 20 − 4 degrees of freedom: a relative standard deviation of
    √(2/16); it is never below the 1 of independent units."""
    rng = np.random.default_rng(2)
    second = np.repeat(rng.random(2000) < 0.3, copies)
    times = np.arange(len(second)) * 10.0
    found = _posterior.posterior(alone(times, second), prior=1.0)
    assert found.overdispersion == pytest.approx(copies, rel=3 * np.sqrt(2 / 16))


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), min_size=1, max_size=20))
def test_crowding_agrees_with_a_plain_twin(posts: list[tuple[int, int]]) -> None:
    ordered = sorted(posts)
    expected = [
        sum(author == other and abs(at - then) <= 3 for other, then in ordered)
        for author, at in ordered
    ]
    authors, times = (np.array(column) for column in zip(*ordered, strict=True))
    found = _units.crowding(authors.astype(np.int64), times.astype(float), 3.0)
    assert found.tolist() == expected


def test_draws_follow_the_posterior() -> None:
    times, second = sixty()
    found = _posterior.posterior(alone(times, second), prior=1.0)
    onsets, ramps, shares = found.draw(np.random.default_rng(0), 4000)
    weights = found.weights.sum(axis=(1, 2))
    below = weights[found.onsets_s < 2000].sum()
    # Three standard errors of a share of 4000 draws, and the cell that 2000 s falls into.
    slack = 3 * np.sqrt(0.25 / 4000) + weights.max()
    assert np.mean(onsets < 2000) == pytest.approx(below, abs=slack)
    assert set(ramps) <= set(found.ramps_s)
    assert shares.sum(axis=2) == pytest.approx(np.ones((4000, 2)))
