import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spread import excitation, trees
from spread._errors import UsageError

# Rizoiu et al. 2018's formula on a small cascade, computed from the O(n³) recursion.
TIMES, MARKS = [0, 10, 60, 120, 3600], [1000, 50, 20000, 10, 5]
PHI = [5.0, 1.1429496883291295, 2.9006204888678457, 1.0004768702016271, 1.0]


def dense(times, marks, kernel):
    """Give P[i, k] = P(parent of k is i), the plain O(n²) way."""
    times, f = np.asarray(times, float), np.asarray(marks, float) ** kernel.beta
    lags = np.abs(times[None, :] - times[:, None])
    g = sum(w * np.exp(-r * lags) for r, w in zip(kernel.rates_per_s, kernel.weights, strict=True))
    weights = np.triu(f[:, None] * g, 1)
    weights[:, 1:] /= weights[:, 1:].sum(axis=0)
    return weights


def enumerated(p):
    """Give every tree over n events with its probability."""
    n = len(p)
    for choice in itertools.product(*(range(k) for k in range(1, n))):
        parents = np.array([-1, *choice], np.int32)
        yield parents, np.prod([p[i, k] for k, i in enumerate(choice, start=1)])


@st.composite
def cascades(draw, most=6):
    n = draw(st.integers(2, most))
    gaps = draw(st.lists(st.sampled_from([0.0, 0.5, 3.0, 40.0, 90.0]), min_size=n, max_size=n))
    marks = draw(st.lists(st.integers(1, 10**6), min_size=n, max_size=n))
    return np.cumsum([0.0, *gaps[1:]]), np.array(marks, float)


EXPONENTIAL = excitation.exponential(0.01)
kernels = st.sampled_from(
    [
        EXPONENTIAL,
        excitation.exponential(1.0, beta=0.4),
        excitation.Kernel("two", (0.02, 0.5), (0.01, 0.3), 0.7),
        excitation.omori(30, 0.6, beta=0.5),
    ]
)


@given(cascades(), kernels)
@example((np.array([0, 3, 3, 9, 50, 51, 140.0]), np.array([1, 90, 1, 7, 1e6, 2, 5])), EXPONENTIAL)
@settings(max_examples=12, derandomize=True, deadline=None)
def test_expectations_equal_enumeration_of_all_trees(cascade, kernel):
    posterior = excitation.posterior(*cascade, kernel)
    all_trees = list(enumerated(dense(*cascade, kernel)))
    assert sum(w for _, w in all_trees) == pytest.approx(1, rel=1e-12)
    sizes = sum(w * trees.sizes(t) for t, w in all_trees)
    assert posterior.influence() == pytest.approx(sizes, rel=1e-12)
    depths = sum(w * trees.depths(t) for t, w in all_trees)
    assert posterior.expected_depth() == pytest.approx(depths, rel=1e-12)
    virality = sum(w * trees.structural_virality(t) for t, w in all_trees)
    assert posterior.expected_virality() == pytest.approx([virality], rel=1e-12)
    credit = sum(w * trees.credit(t) for t, w in all_trees)
    assert posterior.expected_credit() == pytest.approx(credit, rel=1e-12, abs=1e-14)


@given(cascades(most=30), kernels)
@settings(max_examples=40, derandomize=True, deadline=None)
def test_probabilities_and_entropies_equal_the_dense_twin(cascade, kernel):
    posterior = excitation.posterior(*cascade, kernel)
    p = dense(*cascade, kernel)
    for k in range(1, len(p)):
        assert posterior.probabilities(k) == pytest.approx(p[:k, k], rel=1e-9, abs=1e-15)
    entropy = -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=0)[1:]
    assert posterior.entropy()[1:] == pytest.approx(entropy, rel=1e-9, abs=1e-9)
    parents = posterior.draw(np.random.default_rng(1))
    named = [p[parents[k], k] for k in range(1, len(p))]
    assert posterior.probability(parents)[1:] == pytest.approx(named, rel=1e-9)


def dense_virality(p):
    """Sum expected distances pair by pair: O(n³)."""
    n = len(p)
    d = np.zeros((n, n))
    for k in range(1, n):
        d[k, :k] = d[:k, k] = 1 + p[:k, k] @ d[:k, :k]
    return d.sum() / (n * (n - 1))


@pytest.mark.parametrize("kernel", [excitation.exponential(1e-3), excitation.omori(60, 0.5)])
def test_expectations_equal_the_dense_twin_on_a_long_cascade(kernel):
    rng = np.random.default_rng(3)
    times, marks = np.cumsum(rng.exponential(100, 400)), rng.pareto(1.2, 400) + 1
    posterior, p = excitation.posterior(times, marks, kernel), dense(times, marks, kernel)
    assert posterior.expected_virality()[0] == pytest.approx(dense_virality(p), rel=1e-11)
    assert posterior.influence() == pytest.approx(
        np.linalg.solve(np.eye(400) - p, np.ones(400)), rel=1e-11
    )
    assert posterior.expected_credit().sum() == pytest.approx(400, rel=1e-8)


def test_influence_of_the_published_toy():
    posterior = excitation.posterior(TIMES, MARKS, excitation.exponential(6.8e-5))
    assert posterior.influence() == pytest.approx(PHI, rel=1e-14)


def test_parents_under_a_power_law():
    # p ∝ m^.5 (lag + 300)^-1.8, worked directly; the sum of exponentials is within 0.1 %.
    kernel = excitation.omori(300, 0.8, beta=0.5)
    posterior = excitation.posterior(TIMES, MARKS, kernel)
    assert posterior.probabilities(2) == pytest.approx([0.809560748, 0.190439252], rel=1e-3)
    assert posterior.probabilities(3) == pytest.approx(
        [0.140138628, 0.032725074, 0.827136298], rel=1e-3
    )


@pytest.mark.parametrize(("c", "theta"), [(300, 0.8), (30, 0.3), (5, 0.2), (300, 1.5)])
def test_the_sum_of_exponentials_is_the_power_law(c, theta):
    kernel, s = excitation.omori(c, theta), np.append(0, np.geomspace(1, 3e5, 100))
    g = np.exp(-np.outer(s, kernel.rates_per_s)) @ np.array(kernel.weights)
    assert g == pytest.approx(theta * c**theta * (s + c) ** -(1 + theta), rel=0.006)


def test_events_far_apart_do_not_underflow():
    times, marks = [0.0, 1e9, 1e9 + 1, 3e9], [1.0, 5.0, 1.0, 1.0]
    posterior = excitation.posterior(times, marks, excitation.exponential(1.0))
    assert posterior.probabilities(3) == pytest.approx([0, 5 / (5 + np.e), np.e / (5 + np.e)])
    assert posterior.influence()[0] == 4
    assert np.isfinite(posterior.expected_virality()).all()
    assert posterior.draw(np.random.default_rng(0))[1:].tolist()[0] == 0


@pytest.mark.parametrize("kernel", [excitation.exponential(0.02), excitation.omori(30, 0.6)])
def test_drawn_parents_follow_their_probabilities(kernel):
    rng = np.random.default_rng(5)
    times, marks = np.cumsum(rng.exponential(30, 6)), np.array([9.0, 1, 4, 20, 1, 2])
    many = 20_000
    together = excitation.posterior(
        np.tile(times, many), np.tile(marks, many), kernel, offsets=np.arange(0, 6 * many + 1, 6)
    )
    drawn = together.draw(rng).reshape(many, 6) - np.arange(0, 6 * many, 6)[:, None]
    p = dense(times, marks, kernel)
    for k in range(1, 6):
        share = np.bincount(drawn[:, k], minlength=k)[:k] / many
        # Five standard errors of a share at 15 comparisons.
        assert np.all(np.abs(share - p[:k, k]) <= 5 * np.sqrt(0.25 / many))


def test_cascades_do_not_touch_each_other():
    kernel, rng = excitation.omori(30, 0.6, beta=0.3), np.random.default_rng(2)
    parts = [(np.cumsum(rng.exponential(9, n)), rng.pareto(1, n) + 1) for n in (1, 7, 2, 5)]
    times, marks = (np.concatenate(column) for column in zip(*parts, strict=True))
    together = excitation.posterior(times, marks, kernel, offsets=[0, 1, 8, 10, 15])
    for name in ("influence", "expected_depth", "expected_virality", "expected_credit", "entropy"):
        alone = [getattr(excitation.posterior(*part, kernel), name)() for part in parts]
        np.testing.assert_array_equal(getattr(together, name)(), np.concatenate(alone))


def test_entropy_at_quantiles_is_near_the_exact_one():
    # One exponential written as two equal halves takes the quadrature path.
    rng = np.random.default_rng(8)
    times, marks = np.cumsum(rng.exponential(50, 2000)), rng.pareto(1.5, 2000) + 1
    exact = excitation.posterior(times, marks, excitation.exponential(1e-3)).entropy()[1:]
    halves = excitation.Kernel("halves", (1e-3, 1e-3), (0.5, 0.5), 1.0)
    by_quantiles = excitation.posterior(times, marks, halves).entropy()[1:]
    assert by_quantiles[:32] == pytest.approx(exact[:32], abs=1e-9)
    # Five standard errors of a mean over 16 quantiles of 2000 events, were they independent.
    error = np.std(by_quantiles - exact) / np.sqrt(2000)
    assert abs(np.mean(by_quantiles - exact)) < 5 * error
    assert error < 0.01


@pytest.mark.parametrize(
    ("times", "marks", "message"),
    [
        ([1, 0], [1, 1], "times must be finite and ascend"),
        ([0, 1], [1, 0], "marks must be above 0"),
        ([0, 1], [1], "times, marks and offsets disagree"),
        ([0, np.nan], [1, 1], "times must be finite"),
    ],
)
def test_unusable_cascades_are_refused(times, marks, message):
    with pytest.raises(UsageError, match=message):
        excitation.posterior(times, marks, excitation.exponential(1.0))


def test_unusable_kernels_are_refused():
    with pytest.raises(UsageError, match="rate cannot be used"):
        excitation.exponential(0)
    with pytest.raises(UsageError, match="power law cannot be used"):
        excitation.omori(300, -1)
