import math
from types import SimpleNamespace

import branching
import numpy as np
import pytest

from spread import excitation
from spread._errors import UsageError
from spread.excitation import _fit, _likelihood

START = excitation.exponential(1.0)


def posterior_of(many):
    times, marks, _, offsets = branching.flat(many)
    return excitation.posterior(times, marks, START, offsets=offsets)


def dense_log_likelihood(many, closes, truncated, kernel, mean, a, centre):
    """Give the likelihood of untied cascades, pair by pair, κ integrated out numerically."""
    rates, weights = np.array(kernel.rates_per_s), np.array(kernel.weights)
    total, b = 0.0, a / mean
    for (times, marks, _), close, seen in zip(many, closes, truncated, strict=True):
        f = np.exp(kernel.beta * (np.log(marks) - centre))
        logs, n = 0.0, len(times) - 1
        for j in range(1, len(times)):
            lags = times[j] - times[:j]
            logs += math.log(f[:j] @ (np.exp(-np.outer(lags, rates)) @ weights))
        mass = (1 - np.exp(-np.outer(close - times, rates))) @ (weights / rates)
        # ∫ κ^n e^{−κ H} Gamma(κ; a, b) dκ by Simpson's rule on a fine grid of κ.
        k = np.linspace(1e-9, 80 / b, 400_001)
        prior = a * math.log(b) + (a - 1) * np.log(k) - b * k - math.lgamma(a)

        def integral(power, exposure, k=k, prior=prior):
            y = np.exp(prior + power * np.log(k) - exposure * k)
            h = k[1] - k[0]
            return h / 3 * (y[0] + y[-1] + 4 * y[1:-1:2].sum() + 2 * y[2:-1:2].sum())

        total += logs + math.log(integral(n, f @ mass))
        if seen:
            total -= math.log(1 - integral(0, f[0] * mass[0]))
    return total


@pytest.mark.parametrize("shape", ["exponential", "omori"])
def test_the_likelihood_equals_its_plain_twin(shape):
    many = branching.cascades(np.random.default_rng(1), 6, most=40)
    closes = np.array([times[-1] + 50.0 * k for k, (times, _, _) in enumerate(many, start=1)])
    truncated = np.arange(6) % 2 == 0
    sample = _fit._sample(posterior_of(many), closes, None, truncated, 1e-9, 0)
    family = _fit._SHAPES[shape](sample)
    point = np.array([*([-9.0] if shape == "exponential" else [4.0, -0.4]), 0.6, -0.3, 1.2])
    kernel = family.kernel(point)
    centre = np.concatenate([np.log(marks) for _, marks, _ in many]).mean()
    expected = dense_log_likelihood(
        many, closes, truncated, kernel, math.exp(-0.3), math.exp(1.2), centre
    )
    # Ticks of 1e-9 s change the kernel by less than 1e-9; Simpson's rule is good to 1e-7.
    assert _likelihood.log_likelihood(sample, family, point) == pytest.approx(expected, rel=1e-6)


def test_ties_are_the_limit_of_a_tick():
    # Delays within a tick δ have the triangular density 2 (1 − x/δ) / δ: its mean of r e^{−rx}.
    rate, tick = 3.0, 1.0
    x = (np.arange(200_000) + 0.5) / 200_000
    expected = np.mean(2 * (1 - x) * rate * np.exp(-rate * x))
    sample = _fit._sample(
        excitation.posterior([0.0, 0.0], [1.0, 1.0], START), np.array([1e9]), None, None, tick, 0
    )
    one = np.ones(1)
    tied = 2 * (1 + np.expm1(-rate) / rate) / rate
    found = _likelihood._log_intensities(
        sample.times_s, np.ones(2), sample.offsets, rate * one, rate * one, one, tied * one, tick
    )
    assert math.exp(found) == pytest.approx(expected, rel=1e-8)


def test_times_in_whole_seconds_do_not_drive_the_rate_to_infinity():
    rng = np.random.default_rng(2)
    many = branching.cascades(rng, 80, least=3, delays=branching.exponential_delays(0.5))
    floored = [(np.floor(times), marks, parents) for times, marks, parents in many]
    found = excitation.fit(
        posterior_of(floored), shape="exponential", resolution_s=1.0, closes_s=np.full(80, 1e6)
    )
    low, high = found.intervals["rate_per_s"]
    # With the ticks' density the interval holds the truth; without, half the delays are 0.
    assert low < 0.5 < high


@pytest.mark.parametrize(
    ("shape", "delays"),
    [("exponential", branching.exponential_delays(0.01)), ("omori", branching.power_law_delays)],
)
def test_the_family_that_made_the_delays_is_chosen(shape, delays):
    many = branching.cascades(np.random.default_rng(1), 60, least=5, delays=delays, most=200)
    found = excitation.fit(posterior_of(many), closes_s=np.full(60, 1e9), with_intervals=False)
    assert found.kernel.name == shape


def test_quadratic_and_profile_intervals_agree(monkeypatch):
    many = branching.cascades(
        np.random.default_rng(4), 150, delays=branching.exponential_delays(0.01), most=200
    )
    cascades = posterior_of(many)
    options = {
        "shape": "exponential",
        "closes_s": np.full(150, 1e9),
        "truncated": np.zeros(150, bool),
    }
    profile = excitation.fit(cascades, **options)
    monkeypatch.setattr(_likelihood, "QUADRATIC_FROM", 1)
    quadratic = excitation.fit(cascades, **options)
    for name, ends in profile.intervals.items():
        width = ends[1] - ends[0]
        assert quadratic.intervals[name] == pytest.approx(ends, abs=0.15 * width)


def test_cascades_not_seen_from_the_start_are_left_out():
    many = branching.cascades(np.random.default_rng(5), 30, least=5)
    whole = np.arange(30) < 20
    some = excitation.fit(
        posterior_of(many), shape="exponential", whole=whole, with_intervals=False
    )
    alone = excitation.fit(
        posterior_of(many[:20]),
        shape="exponential",
        closes_s=np.full(20, max(times[-1] for times, _, _ in many) + 1e-3),
        with_intervals=False,
    )
    assert some.values == pytest.approx(alone.values, rel=1e-3)


def test_too_few_retweets_take_the_published_kernel():
    found = excitation.fit(excitation.posterior([0.0, 1.0], [5.0, 1.0], START))
    assert found.kernel == excitation.exponential(6.8e-5, beta=1.0)
    assert "only 1 retweets" in found.cannot_tell


def test_an_unknown_family_is_refused():
    with pytest.raises(UsageError, match="unknown kernel: got 'weibull'; allowed: exponential"):
        excitation.fit(excitation.posterior([0.0], [1.0], START), shape="weibull")


@pytest.mark.parametrize("shape", ["exponential", "omori"])
def test_equal_followers_leave_beta_open(shape):
    rng = np.random.default_rng(6)
    times = np.concatenate([[0.0], np.sort(rng.exponential(100, 60))])
    found = excitation.fit(excitation.posterior(times, np.full(61, 9.0), START), shape=shape)
    assert found.intervals["beta"] == (0.0, 2.0)


@pytest.mark.parametrize("shape", ["exponential", "omori"])
def test_retweets_all_at_the_same_instant_give_a_finite_fit(shape):
    marks = np.arange(1.0, 62.0)
    cascades = excitation.posterior(np.zeros(61), marks, START)
    found = excitation.fit(cascades, shape=shape, resolution_s=1.0)
    assert np.all(np.isfinite(list(found.values.values())))
    assert np.isfinite(excitation.posterior(np.zeros(61), marks, found.kernel).influence()).all()


@pytest.mark.parametrize("events", [_likelihood.QUADRATIC_FROM, 100])
def test_intervals_of_a_quadratic_likelihood_are_its_own(events):
    # ln L = −x' A x / 2 has standard errors √(A⁻¹)_ii; its profile is a parabola as well.
    curvature, best = np.array([[4.0, 1.0], [1.0, 2.0]]), np.array([0.5, -1.0])

    def cost(point):
        return 0.5 * (point - best) @ curvature @ (point - best)

    bounds = [(-9.0, 9.0), (-9.0, 9.0)]
    found = _likelihood.intervals(cost, best, bounds, 2, events)
    reach = 1.959963984540054 * np.sqrt(np.diag(np.linalg.inv(curvature)))
    # The profile stops once a step changes its reach by less than 3 %.
    relative = 1e-6 if events >= _likelihood.QUADRATIC_FROM else 0.03
    ends = np.array(found)
    assert ends[:, 1] - best == pytest.approx(reach, rel=relative)
    assert best - ends[:, 0] == pytest.approx(reach, rel=relative)
    near = _likelihood.intervals(cost, best, [(0.4, 0.6), (-9.0, 9.0)], 2, events)
    assert near[0] == pytest.approx((0.4, 0.6))


def test_marks_of_every_size_leave_the_likelihood_finite():
    many = branching.cascades(np.random.default_rng(1), 6, most=40)
    for marks in (many[0][1], many[1][1]):
        marks[: len(marks) // 2] *= 1e250
    sample = _fit._sample(posterior_of(many), None, None, None, 1e-3, 0)
    family = _fit._SHAPES["exponential"](sample)
    value = _likelihood.log_likelihood(sample, family, np.array([-9.0, 2.0, -0.3, 1.2]))
    assert math.isfinite(value)


def test_whole_cascades_are_sampled_until_there_are_20000_events():
    sizes = np.full(9, 6000)
    assert len(excitation.sampled(sizes)) == 4  # 18,000 are too few, 24,000 enough
    assert len(excitation.sampled(np.full(9, 10_000))) == 2
    assert excitation.sampled(sizes, seed=1).tolist() != excitation.sampled(sizes).tolist()
    assert np.all(np.diff(excitation.sampled(sizes)) > 0)
    whole = np.arange(9) >= 6
    assert excitation.sampled(sizes, whole=whole).tolist() == [6, 7, 8]


def test_a_sample_says_what_was_seen_of_each_event():
    cascades = excitation.posterior(
        [0.0, 0.25, 0.0, 0.5], [1.0, 4.0, 2.0, 2.0], START, offsets=[0, 2, 3, 4]
    )
    sample = _fit._sample(cascades, None, None, None, 0.125, None)
    # The window closes a tick after the latest event, 0.5 s; the marks' mean logarithm is ln 2.
    assert sample.closes_after_s.tolist() == [0.625, 0.375, 0.625, 0.125]
    assert sample.log_marks == pytest.approx(np.log([0.5, 2, 1, 1]))
    assert sample.truncated.tolist() == [True, False, False]
    assert sample.offsets.tolist() == [0, 2, 3, 4]
    assert sample.passed_on.tolist() == [1, 0, 0]
    closed = _fit._sample(cascades, np.array([0.2, 3, 1]), None, np.ones(3, bool), 1.0, 0)
    assert closed.closes_after_s == pytest.approx([0.2, 0, 3, 0.5])
    assert closed.truncated.all()
    assert closed.resolution_s == 1.0
    some = _fit._sample(cascades, np.array([7.0, 8, 9]), np.array([False, True, True]), None, 1, 0)
    assert some.closes_after_s.tolist() == [8, 8.5]
    assert some.times_s.tolist() == [0, 0.5]


def test_a_search_starts_from_the_data():
    cascades = excitation.posterior(
        [0.0, 8.0, 16.0, 80.0, 0.0], [1.0, 1, 1, 1, 1], START, offsets=[0, 4, 5]
    )
    sample = _fit._sample(cascades, None, None, None, 0.01, None)
    assert _fit._typical_delay(sample) == 2.0  # an eighth of the median of 8, 16 and 80
    assert _fit._log_infectivity(sample) == pytest.approx(math.log(3 / 5))
    assert _fit._typical_delay(_fit._sample(cascades, None, None, None, 5.0, None)) == 5.0
    one = _fit._SHAPES["exponential"](sample)
    assert (one.names, one.start) == (("rate_per_s",), [pytest.approx(-math.log(2))])
    assert one.limits == [pytest.approx((math.log(1e-8), math.log(100)))]
    two = _fit._SHAPES["omori"](sample)
    assert (two.names, two.start) == (("c_s", "theta"), pytest.approx([math.log(2), -0.5]))
    assert two.limits == [pytest.approx((math.log(0.1), math.log(1e6))), (-3.0, 2.0)]


def test_families_make_their_kernels():
    sample = _fit._sample(excitation.posterior([0.0, 9], [1.0, 1], START), None, None, None, 1, 0)
    point = np.array([math.log(300), math.log(0.8), 0.5, -0.3, 1.2])
    made = _fit._SHAPES["omori"](sample).kernel(point)
    expected = excitation.omori(300, 0.8, beta=0.5)
    assert made.rates_per_s == pytest.approx(expected.rates_per_s, rel=1e-12)
    assert (made.name, made.beta) == ("omori", 0.5)
    assert _fit._SHAPES["exponential"](sample).kernel(point[[0, 2]]).beta == 0.5


def test_a_fit_carries_its_likelihood_and_reads_when_the_window_closed():
    rng = np.random.default_rng(6)
    times = np.concatenate([[0.0], np.sort(rng.exponential(100, 60))])
    cascades = excitation.posterior(times, rng.pareto(1, 61) + 1, START)
    options = {"shape": "exponential", "with_intervals": False}
    found = excitation.fit(cascades, closes_s=np.array([1e6]), **options)
    assert (found.free, found.events, found.intervals) == (4, 60, {})
    assert found.cannot_tell is None
    sample = _fit._sample(cascades, np.array([1e6]), None, None, 1e-3, 0)
    again = _fit._Fit.of(sample, _fit._SHAPES["exponential"](sample))
    expected = _likelihood.log_likelihood(sample, again.family, again.best)
    assert found.log_likelihood == pytest.approx(expected, rel=1e-12)
    assert found.kernel.rates_per_s == (found.values["rate_per_s"],)
    assert found.kernel.beta == found.values["beta"]
    # Where the window closes with the last event, more may be to come: the decay is slower.
    assert excitation.fit(cascades, **options).values["rate_per_s"] < found.values["rate_per_s"]


@pytest.mark.parametrize(("falls", "taken"), [((2.0, 1.0), 1), ((1.0, 2.0), 0), ((1.0, 1.0), 0)])
def test_the_better_of_two_searches_is_taken(monkeypatch, falls, taken):
    starts, tolerances = [], []

    def search(cost, start, *, bounds, options, **_):
        starts.append(start)
        tolerances.append(options["ftol"])
        return SimpleNamespace(x=np.array([len(starts) - 1.0]), fun=falls[len(starts) - 1])

    monkeypatch.setattr(_likelihood, "minimize", search)
    found = _likelihood.minimum(lambda _: 50.0, np.array([9.0]), [(0.0, 9.0)])
    assert found.tolist() == [taken]
    assert starts == [[9.0], [0.0]]
    assert tolerances == [pytest.approx(2e-5)] * 2  # a thousandth of 50


def test_the_published_kernel_comes_with_its_reason_and_no_intervals():
    found = excitation.fit(excitation.posterior([], [], START, offsets=[0]))
    assert found.values == {"rate_per_s": 6.8e-5, "beta": 1.0}
    assert (found.events, found.free, found.intervals) == (0, 0, {})
    assert found.cannot_tell.startswith("only 0 retweets of originals that the archive saw")


def test_an_interval_of_a_parameter_at_its_bound_follows_the_profile():
    # With many events as well: −ln L = 2 (x + y)² + 2 (x − 1)² has its least at the bound x = 0.6.
    def cost(point):
        return 2 * (point[0] + point[1]) ** 2 + 2 * (point[0] - 1) ** 2

    best = np.array([0.6, -0.6])
    (low, high), _ = _likelihood.intervals(cost, best, [(-5, 0.6), (-5, 5)], 2, 10**6)
    # The profile over y is 2 (x − 1)²: 4 ((1 − x)² − 0.16) is 3.84 at the lower end.
    assert low == pytest.approx(1 - math.sqrt(0.16 + 3.841458820694124 / 4), abs=0.04)
    assert high == 0.6


def test_cascades_known_only_when_passed_on_are_catching_by_selection():
    many = branching.cascades(np.random.default_rng(5), 20, least=4)
    options = {"shape": "exponential", "with_intervals": False, "closes_s": np.full(20, 1e6)}
    selected = excitation.fit(posterior_of(many), **options)
    anyhow = excitation.fit(posterior_of(many), truncated=np.zeros(20, bool), **options)
    # The chance of having been passed on, below 1, divides the likelihood of the first.
    assert selected.log_likelihood > anyhow.log_likelihood + 0.01
