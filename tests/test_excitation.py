import itertools

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from spread import excitation, trees
from spread._errors import UsageError
from spread.excitation import _recursions as recursions

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


def test_other_marks_on_the_same_times_are_a_posterior_of_their_own():
    kernel, marks = excitation.omori(300, 0.8, beta=0.5), np.array(MARKS)[::-1]
    changed = excitation.posterior(TIMES, MARKS, kernel).with_marks(marks)
    anew = excitation.posterior(TIMES, marks, kernel)
    assert changed.probabilities(3).tolist() == anew.probabilities(3).tolist()
    draws = [one.draw(np.random.default_rng(1)).tolist() for one in (changed, anew)]
    assert draws[0] == draws[1]


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


def test_tied_events_of_equal_marks_are_a_random_recursive_tree():
    # Its mean depth is the harmonic number H_k; the mean subtree of event i has n/(i + 1) events.
    for kernel in (excitation.exponential(0.5), excitation.omori(10, 0.7)):
        posterior = excitation.posterior(np.full(50, 7.0), np.full(50, 3.0), kernel)
        k = np.arange(1, 50)
        assert posterior.expected_depth()[1:] == pytest.approx(np.cumsum(1 / k), rel=1e-12)
        assert posterior.influence()[1:] == pytest.approx(50 / (k + 1), rel=1e-12)
        assert posterior.entropy()[1:] == pytest.approx(np.log(k), abs=0.02)
        assert posterior.entropy()[1:33] == pytest.approx(np.log(k[:32]), abs=1e-12)


@pytest.mark.parametrize("beta", [-2.0, 0.0, 0.5, 2.0])
def test_marks_count_by_their_ratios_however_large(beta):
    kernel, times = excitation.exponential(0.1, beta=beta), [0, 1, 3, 4, 20]
    marks = np.array([5.0, 1.0, 90.0, 2.0, 7.0])
    small = excitation.posterior(times, marks * 1e-300, kernel)
    large = excitation.posterior(times, marks * 1e300, kernel)
    for name in ("influence", "expected_depth", "expected_virality", "expected_credit"):
        plain = getattr(excitation.posterior(times, marks, kernel), name)()
        assert getattr(small, name)() == pytest.approx(plain, rel=1e-12)
        assert getattr(large, name)() == pytest.approx(plain, rel=1e-12)


@pytest.mark.parametrize("kernel", [excitation.exponential(1.0, beta=2), excitation.omori(9, 3.0)])
def test_marks_of_every_size_at_times_of_every_size_stay_finite(kernel):
    times = np.array([-1e12, 0, 0, 1e-6, 1, 1e9, 1e9, 1e15])
    marks = np.array([5e-324, 1, 1e308, 1e-300, 1e308, 1, 1e5, 1])
    posterior = excitation.posterior(times, marks, kernel)
    p = [posterior.probabilities(k) for k in range(1, 8)]
    assert [column.sum() for column in p] == pytest.approx(np.ones(7), rel=1e-12)
    assert p[2] == pytest.approx([0, 0, 1], abs=1e-12)
    assert posterior.influence()[0] == pytest.approx(8, rel=1e-12)
    assert posterior.expected_credit().sum() == pytest.approx(8, rel=1e-12)
    assert np.isfinite(posterior.expected_virality()).all()
    assert np.isfinite(posterior.entropy()[1:]).all()
    drawn = posterior.draw(np.random.default_rng(0))
    assert drawn[3] == 2
    assert (posterior.probability(drawn) > 0).all()


def test_no_events_single_events_and_cascades_without_events():
    for kernel in (excitation.exponential(1.0), excitation.omori(9, 0.5)):
        none = excitation.posterior([], [], kernel)
        assert none.draw(np.random.default_rng(0)).tolist() == []
        assert none.expected_virality() == pytest.approx([np.nan], nan_ok=True)
        some = excitation.posterior([4, 1, 2], [1, 1, 1], kernel, offsets=[0, 0, 1, 1, 3])
        assert some.draw(np.random.default_rng(0)).tolist() == [-1, -1, 1]
        assert some.influence().tolist() == [1, 2, 1]
        assert some.expected_credit() == pytest.approx([1, 1.5, 0.5], rel=1e-12)
        assert some.expected_virality() == pytest.approx([np.nan] * 3 + [1], nan_ok=True)
        assert some.entropy() == pytest.approx([np.nan, np.nan, 0], nan_ok=True)
        alone = some.probability(np.array([-1, -1, 1], np.int32))
        assert alone == pytest.approx([1, 1, 1], rel=1e-12)


@pytest.mark.parametrize("u", [0.0, 1e-12, 0.3, 0.999999, 1 - 2**-53])
def test_the_parent_at_a_quantile_is_the_one_whose_turn_it_is(u):
    # Candidates by component, then by time: a plain cumulative sum over that order.
    rng = np.random.default_rng(12)
    times, marks = np.cumsum(rng.exponential(5, 60)), rng.pareto(1, 60) + 1
    kernel = excitation.Kernel("three", (1.0, 0.05, 0.001), (0.3, 0.2, 0.1), 1.0)
    known = excitation.posterior(times, marks, kernel)
    reach, _ = known._reach_and_share
    for k in (1, 2, 9, 59):
        lags = np.exp(-np.outer(times[k] - times[:k], kernel.rates_per_s)) * kernel.weights
        parts = (marks[:k, None] * lags).T.ravel()
        expected = np.searchsorted(np.cumsum(parts) / parts.sum(), u) % k
        assert recursions.parent_at(k, u, 0, known._logs, reach) == expected


@pytest.mark.parametrize(
    ("rates", "weights", "beta"),
    [((), (), 1), ((1.0,), (1.0, 1.0), 1), ((0.0,), (1.0,), 1), ((1.0,), (np.inf,), 1),
     ((1.0,), (0.0,), 1), ((1.0,), (1.0,), np.nan)],
)  # fmt: skip
def test_unusable_kernels_are_refused(rates, weights, beta):
    with pytest.raises(UsageError, match="the kernel cannot be used: got Kernel"):
        excitation.Kernel("odd", rates, weights, beta)


def test_unusable_laws_and_offsets_are_refused():
    for rate in (0, -1, np.nan, np.inf):
        with pytest.raises(UsageError, match="rate cannot be used"):
            excitation.exponential(rate)
    for law in ((0, 1), (1, -1), (np.nan, 1), (1, np.inf)):
        with pytest.raises(UsageError, match="the power law cannot be used"):
            excitation.omori(*law)
    with pytest.raises(UsageError, match="falls too steeply"):
        excitation.omori(1, 200)
    for offsets in ([], [1, 2], [0, 2, 1, 2]):
        with pytest.raises(UsageError, match="offsets cannot be used"):
            excitation.posterior([0, 1], [1, 1], excitation.exponential(1.0), offsets=offsets)


def test_the_quantile_between_two_parents_belongs_to_the_earlier():
    known = excitation.posterior([0, 0, 0], [1, 1, 1], excitation.exponential(1.0))
    reach, _ = known._reach_and_share
    drawn = [recursions.parent_at(2, u, 0, known._logs, reach) for u in (0.5, 0.500001)]
    assert drawn == [0, 1]


@pytest.mark.parametrize("kernel", [EXPONENTIAL, excitation.omori(30, 0.6, beta=0.5)])
def test_probabilities_of_a_row_stay_in_its_cascade(kernel):
    alone = excitation.posterior([0, 3, 9, 20], [5, 1, 40, 2], kernel)
    together = excitation.posterior(
        [0, 1, 0, 3, 9, 20, 4], [7, 7, 5, 1, 40, 2, 9], kernel, offsets=[0, 2, 6, 7]
    )
    assert together.offsets.dtype == np.int64
    for k in (1, 2, 3):
        assert together.probabilities(2 + k).tolist() == alone.probabilities(k).tolist()
    assert together.probabilities(1) == pytest.approx([1.0], rel=1e-12)
    assert [len(together.probabilities(root)) for root in (0, 2, 6)] == [0, 0, 0]


@pytest.mark.parametrize("longest", [3e5, 3e6])
def test_the_power_law_of_the_docstring_is_met_to_a_thousandth(longest):
    # θ c^θ (s + c)^−(1+θ) from 0 to 3·10⁵ s, as `omori` promises for c = 300 s, θ = 0.8.
    kernel = excitation.omori(300, 0.8, longest_s=longest)
    s = np.append(0, np.geomspace(1, longest, 200))
    g = np.exp(-np.outer(s, kernel.rates_per_s)) @ np.array(kernel.weights)
    assert g == pytest.approx(0.8 * 300**0.8 * (s + 300) ** -1.8, rel=1e-3)
    assert (kernel.name, kernel.beta, len(kernel.rates_per_s)) == ("omori", 1.0, 20)
    assert excitation.exponential(2) == excitation.Kernel("exponential", (2.0,), (2.0,), 1.0)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: excitation.exponential(0),
         "rate cannot be used: got 0; allowed: a number > 0, per second"),
        (lambda: excitation.omori(0, 1),
         "the power law cannot be used: got c=0, theta=1, longest=300000.0; allowed: numbers > 0"),
        (lambda: excitation.omori(1, 200),
         "the power law falls too steeply for a sum of exponentials: got theta=200. "
         "Take an exponential kernel"),
        (lambda: excitation.posterior([0, 1], [1], EXPONENTIAL),
         "times, marks and offsets disagree: got 2 times, 1 marks, 2 events by the offsets"),
        (lambda: excitation.posterior([0], [0], EXPONENTIAL),
         "marks must be above 0. Count a missing or zero follower count as 1"),
        (lambda: excitation.posterior([1, 0], [1, 1], EXPONENTIAL),
         "times must be finite and ascend. Sort the events by time"),
        (lambda: excitation.posterior([0], [1], EXPONENTIAL, offsets=[1, 1]),
         "offsets cannot be used: allowed: numbers that rise from 0"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_in_full(make, told):
    with pytest.raises(UsageError) as refused:
        make()
    assert str(refused.value) == told
