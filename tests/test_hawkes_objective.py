"""What a fit minimises, against plain loops."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from spread import hawkes
from spread.hawkes._course import course
from spread.hawkes._events import events_of
from spread.hawkes._flexible import Option, weights
from spread.hawkes._gibbs import known, swept
from spread.hawkes._objective import Objective
from spread.hawkes._shapes import shape

END = 100.0


def made(*, from_first: bool) -> tuple[Objective, np.ndarray]:
    """Return a function of 40 events in 3 types, the third from event 20 on, and a point."""
    r = np.random.default_rng(1)
    times, kinds = np.sort(r.uniform(0, END, 40)), r.integers(0, 3, 40)
    kinds[:20] %= 2
    events = events_of(times, end_s=END, types=kinds)
    kernel = shape("exponential", longest_s=END)
    born = times[np.unique(kinds, return_index=True)[1]] if from_first else np.zeros(3)
    bent = course(times, END, 4, stiffness=8.0, daily=False, also_at=born)
    objective = Objective(events, kernel, bent, from_first=from_first)
    x = 0.3 * r.normal(size=objective.size)
    x[objective.slices["scales"]] = 0.5
    x[objective.slices["branching"]] = 0.3 * r.random(9)
    return objective, x


def plain_rates(objective: Objective, x: np.ndarray) -> np.ndarray:
    """Return the rate of each event that is not known, by looking at all pairs."""
    events, baseline, a = objective.events, objective.baseline(x), objective.branching(x)
    (beta,), rates = np.exp(x[objective.slices["shape"]]), []
    for i in np.setdiff1d(np.arange(len(events)), objective.first):
        t, k = events.times_s[i], events.types[i]
        rate = baseline.rates(np.array([t]), np.array([k]))[0]
        for j in range(i):
            rate += a[events.types[j], k] * beta * np.exp(-beta * (t - events.times_s[j]))
        rates.append(rate)
    return np.array(rates)


def plain(objective: Objective, x: np.ndarray) -> float:
    events, baseline, a = objective.events, objective.baseline(x), objective.branching(x)
    beta, value = np.exp(x[objective.slices["shape"]])[0], np.log(plain_rates(objective, x)).sum()
    for k, born in enumerate(objective.born_s):
        outside = baseline.integral(np.array([born, END]))
        value -= baseline.scales[k] * (outside[1] - outside[0])
        for t, source in zip(events.times_s, events.types, strict=True):
            begun = np.exp(-beta * max(born - t, 0))
            value -= a[source, k] * (begun - np.exp(-beta * (END - t)))
    return float(value)


@pytest.mark.parametrize("from_first", [False, True])
def test_types_count_from_the_window_or_from_their_first_event(from_first: bool) -> None:
    objective, x = made(from_first=from_first)
    assert objective.log_likelihood(x)[0] == pytest.approx(plain(objective, x), rel=1e-12)
    slope = approx_fprime(x, lambda y: objective.log_likelihood(y)[0], 1e-6)
    # Forward differences of step h err by h/2 · curvature, here below 1e-6 · 1e3.
    assert objective.log_likelihood(x)[1] == pytest.approx(slope, abs=1e-3)


def test_the_information_adds_the_squares_of_each_events_slope() -> None:
    objective, x = made(from_first=True)
    slopes = approx_fprime(x, lambda y: np.log(plain_rates(objective, y)), 1e-7)
    expected = slopes.T @ slopes
    where = objective.slices["course"]
    expected[where, where] += objective.course.roughness
    # Slopes of size up to 10 are right to about 1e-6 by forward differences of step 1e-7.
    assert objective.information(x) == pytest.approx(expected, rel=1e-4, abs=1e-3)


def test_sources_of_a_rate_add_up_to_it() -> None:
    objective, x = made(from_first=True)
    rows = np.setdiff1d(np.arange(40), objective.first)
    pulls, _ = known(objective, x, rows)
    parts = np.vstack([x[:3] * objective.unit, objective.branching(x)])
    rates = np.sum(pulls * parts[:, objective.events.types[rows]].T, axis=1)
    assert np.sort(rates) == pytest.approx(np.sort(plain_rates(objective, x)), rel=1e-12)


def test_draws_of_one_known_rate_follow_its_gamma() -> None:
    """30 events, one source of total 10: a gamma of shape 30.5 has mean 3.05 and spread 0.552."""
    r = np.random.default_rng(1)
    one, types = np.ones((30, 1)), np.zeros(30, dtype=np.int64)
    total = np.array([[10.0]])
    drawn = [swept(one, types, total, np.ones((1, 1)), r) for _ in range(4000)]
    assert np.mean(drawn) == pytest.approx(3.05, abs=4 * 0.552 / np.sqrt(4000))


def test_baselines_are_believed_by_what_they_foretell() -> None:
    """Equal scores: equal shares. A lead of 50 on each of five folds: all."""
    objective, x = made(from_first=False)
    even = [Option(objective, x, 0.0, True, np.zeros(5)) for _ in range(2)]
    led = [even[0], Option(objective, x, 0.0, True, np.full(5, 50.0))]
    assert weights(even, np.random.default_rng(1)) == pytest.approx([0.5, 0.5])
    assert weights(led, np.random.default_rng(1))[1] > 0.999


def test_a_type_is_known_by_its_first_event() -> None:
    truth = {"baseline": [0.05, 0.02], "branching": [[0.3, 0.2], [0, 0.3]], "decay": 0.1}
    events = hawkes.simulate(truth, end_s=3000, rng=1).events
    found = hawkes.fit(events["time_s"], end_s=3000, types=events["type"], from_first=True,
                       baseline="constant", rng=1)  # fmt: skip
    assert len(hawkes.residuals(found, bootstraps=19, rng=1).table) == len(events) - 2
