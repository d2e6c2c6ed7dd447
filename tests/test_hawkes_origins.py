"""Who called forth whom, checks of fit, and predictions: against plain sums and truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from spread import hawkes
from spread._errors import UsageError

TRUTH = {"baseline": 0.5, "branching": 0.5, "decay": 1.0}
PAIR = {
    "baseline": [0.4, 0.1], "branching": [[0.3, 0.4], [0.05, 0.2]], "decay": 1.0,
    "types": ["nypd", "lapd"],
}  # fmt: skip


def fitted(truth: dict = TRUTH, end_s: float = 200, rng: int = 1) -> tuple:
    events = hawkes.simulate(truth, end_s=end_s, rng=rng).events.sort_values("time_s")
    types = events["type"] if "types" in truth else None
    found = hawkes.fit(events["time_s"], end_s=end_s, types=types, baseline="constant", rng=1)
    return events, found


def plain_chances(fit: hawkes.HawkesFit, row: int) -> np.ndarray:
    """Return the parents' probabilities by a loop over the model's definition."""
    p = fit.parameters
    times, kinds = fit.objective.events.times_s, fit.objective.events.types
    a, mu = np.atleast_2d(p["branching"]), np.atleast_1d(p["baseline"])
    excited = [
        a[kinds[j], kinds[row]] * p["decay"] * np.exp(-p["decay"] * (times[row] - times[j]))
        for j in range(row)
    ]
    return np.array(excited) / (mu[kinds[row]] + sum(excited))


def test_parents_have_the_probabilities_of_the_definition() -> None:
    _, found = fitted(PAIR)
    posterior = hawkes.forests(found, rng=1).posterior
    for row in (1, 10, 40):
        expected = plain_chances(found, row)
        assert posterior.probabilities(row) == pytest.approx(expected, rel=1e-9)
        assert 1 - expected.sum() == pytest.approx(found.events["p_outside"][row], rel=1e-9)


def test_drawn_parents_have_their_probabilities() -> None:
    _, found = fitted(PAIR, 40)
    forests = hawkes.forests(found, trees=600, rng=1)
    row = int(np.argmin(found.events["p_outside"]))
    drawn = np.array([forests.tree(i)[row] for i in range(600)])
    expected = plain_chances(found, row)
    for parent in np.argsort(-expected)[:3]:
        error = np.sqrt(expected[parent] * (1 - expected[parent]) / 600)
        assert np.mean(drawn == parent) == pytest.approx(expected[parent], abs=4.5 * error)


def test_expectations_of_the_posterior_match_its_draws() -> None:
    _, found = fitted(end_s=60)
    posterior = hawkes.forests(found, rng=1).posterior
    roots = np.array([posterior.draw(np.random.default_rng(i)) < 0 for i in range(400)])
    # The number of roots of a draw: standard error √(Σ p(1−p) / 400) at most √(n/1600).
    error = np.sqrt(len(found.events) / 1600)
    assert roots.sum(axis=1).mean() == pytest.approx(
        found.events["p_outside"].sum(), abs=4.5 * error
    )
    assert posterior.expected_credit().sum() == pytest.approx(len(found.events))
    none = posterior.expected_credit(np.zeros(len(found.events)))
    assert none.sum() == 0
    assert (posterior.expected_depth() >= 0).all()
    assert np.isnan(posterior.expected_virality()).all()
    tree = posterior.draw(np.random.default_rng(1))
    assert (posterior.probability(tree) > 0).all()
    assert np.nanmax(posterior.entropy()) <= np.log(len(found.events))


def test_first_causes_follow_their_recursion() -> None:
    _, found = fitted(PAIR, 80)
    kinds = found.objective.events.types
    root = np.zeros((len(kinds), 2))
    for row in range(len(kinds)):
        chances = plain_chances(found, row)
        root[row] = chances @ root[:row] if row else 0.0
        root[row, kinds[row]] += 1 - chances.sum()
    told = hawkes.attribution(found, shifts=0, rng=1).set_index(["source", "target"])
    for source, name in enumerate(found.types):
        for target, other in enumerate(found.types):
            expected = root[kinds == target, source].mean()
            assert told.loc[(name, other), "share"] == pytest.approx(expected, rel=1e-9)
    assert told.groupby("target")["share"].sum().to_numpy() == pytest.approx([1, 1])


def true_share(events: pd.DataFrame, source: str, target: str) -> float:
    """Return the share of the target's events whose cascade began with the source."""
    began = events[events["event"] == 0].set_index("cascade")["type"]
    own = events[events["type"] == target]
    return float((own["cascade"].map(began) == source).mean())


def test_the_interval_holds_the_true_share() -> None:
    events, found = fitted(PAIR, 600, 3)
    told = hawkes.attribution(found, shifts=19, rng=1).set_index(["source", "target"])
    row = told.loc[("nypd", "lapd")]
    assert row["low"] <= true_share(events, "nypd", "lapd") <= row["high"]
    assert row["p_shift"] == pytest.approx(1 / 20)
    assert pd.isna(row["cannot_tell"])


def test_series_that_ignore_each_other_feed_nobody() -> None:
    apart = {**PAIR, "branching": [[0.4, 0.0], [0.0, 0.4]]}
    _, found = fitted(apart, 400, 5)
    told = hawkes.attribution(found, shifts=19, rng=1).set_index(["source", "target"])
    for pair in (("nypd", "lapd"), ("lapd", "nypd")):
        assert told.loc[pair, "low"] < 0.05 or pd.notna(told.loc[pair, "cannot_tell"])


def test_a_common_swell_is_not_feeding() -> None:
    # Two Poisson series with the same bump: what the news does to both.
    rng, end_s = np.random.default_rng(0), 3 * 86_400.0
    times = [rng.normal(end_s / 2, 5 * 3600, 400), rng.uniform(0, end_s, 80)]
    times += [rng.normal(end_s / 2, 5 * 3600, 200), rng.uniform(0, end_s, 40)]
    kinds = np.repeat(["nypd", "nypd", "lapd", "lapd"], [len(part) for part in times])
    every = np.concatenate(times)
    inside = (every > 0) & (every < end_s)
    found = hawkes.fit(every[inside], end_s=end_s, types=kinds[inside], rng=1)
    told = hawkes.attribution(found, shifts=19, rng=1)
    across = told[told["source"] != told["target"]]
    assert (across["share"] < 0.25).all()
    # What the bent baseline leaves over is no more than turned series give.
    assert across["cannot_tell"].notna().all()


def test_the_first_day_counts_alone() -> None:
    events, found = fitted(PAIR, 300)
    told = hawkes.attribution(found, first_s=50, shifts=0, rng=1)
    own = events.loc[events["type"] == "lapd", "time_s"]
    expected = int((own < own.min() + 50).sum())
    assert told.loc[told["target"] == "lapd", "events"].tolist() == [expected, expected]


def test_residuals_are_gaps_of_the_compensator() -> None:
    _, found = fitted()
    told = hawkes.residuals(found, bootstraps=19, rng=1)
    times, p = found.events["time_s"].to_numpy(), found.parameters
    total = [
        p["baseline"] * t + p["branching"] * np.sum(-np.expm1(-p["decay"] * (t - times[times < t])))
        for t in times
    ]
    expected = np.sort(np.diff(total, prepend=0))
    assert told.table["gap"].to_numpy() == pytest.approx(expected, rel=1e-9)


def test_a_wrong_model_is_rejected() -> None:
    # A Poisson fit (excitation bound to be absent) of strongly clustered events.
    truth = {"baseline": 0.2, "branching": 0.8, "decay": 5.0}
    _, found = fitted(truth, 300)
    point = found.point.copy()
    point[0], point[1] = np.log(len(found.events) / 300), 0.0
    still = replace(
        found, point=point, parameters={"baseline": len(found.events) / 300,
                                        "branching": 0.0, "decay": 5.0},
    )  # fmt: skip
    told = hawkes.residuals(still, bootstraps=19, rng=1)
    assert told.p_distance == pytest.approx(1 / 20)


def test_what_was_not_fitted_is_not_checked() -> None:
    nothing = hawkes.fit([1.0, 2.0], end_s=5, rng=1)
    assert "few" in (hawkes.residuals(nothing, rng=1).cannot_tell or "")
    assert "few" in (hawkes.predict(nothing, horizon_s=9, rng=1).cannot_tell or "")
    with pytest.raises(UsageError, match="nothing was fitted"):
        hawkes.attribution(nothing)


def cascade(seed: int, end_s: float) -> tuple[np.ndarray, int]:
    """Return a cascade of 60 roots at once, as far as it is seen, and its final size."""
    rng = np.random.default_rng(seed)
    times = list(np.linspace(0, 0.01, 60))
    queue = list(times)
    while queue:
        at = queue.pop()
        born = at + 0.01 + rng.exponential(1.0, rng.poisson(0.7))
        times += born.tolist()
        queue += born.tolist()
    return np.sort([t for t in times if t < end_s]), len(times)


def test_the_expected_final_size_is_that_of_the_formula() -> None:
    # evently's example: EXP(.8, 1), events at 0..5 seen until 10; twice the cascade 12.08506.
    seen = np.arange(6.0)
    shell = hawkes.fit(cascade(1, 3.0)[0], end_s=3, baseline="none", given=1, rng=1)
    events = replace(
        shell.objective.events, times_s=seen, types=np.zeros(6, dtype=np.int64), end_s=10.0,
        order=np.arange(6),
    )  # fmt: skip
    known = replace(
        shell, objective=replace(shell.objective, events=events), end_s=10.0,
        point=np.array([0.8, 0.0]), draws=np.array([[0.8, 0.0]]),
    )  # fmt: skip
    told = hawkes.predict(known, rng=1)
    assert 2 * told.expected == pytest.approx(12.08506, abs=1e-5)
    assert told.low == 6


def test_final_sizes_lie_in_their_intervals() -> None:
    inside = []
    for seed in range(8):
        seen, final = cascade(seed, 3.0)
        found = hawkes.fit(seen, end_s=3, baseline="none", given=60, rng=seed)
        told = hawkes.predict(found, draws=60, rng=seed)
        inside.append(told.low <= final <= told.high)
    # 8 intervals of 95 %, nearer 93 % from 60 draws: fewer than 5 hold with 0.001.
    assert sum(inside) >= 5


def test_a_baseline_needs_a_horizon() -> None:
    _, found = fitted()
    with pytest.raises(UsageError, match="never ends"):
        hawkes.predict(found)
    with pytest.raises(UsageError, match="before the end"):
        hawkes.predict(found, horizon_s=10)


def plain_seismic(times: np.ndarray, followers: np.ndarray, at_s: float) -> float:
    """Return SEISMIC's number with integrals as sums over half seconds."""
    step = np.arange(0.25, at_s, 0.5)
    reaction = 6.265725e-4 * np.maximum(step / 300, 1) ** -1.2314843
    exposed = later = 0.0
    for t, followed in zip(times, followers, strict=True):
        seen = step < at_s - t
        weight = np.maximum(1 - 2 * (at_s - t - step[seen]) / at_s, 0)
        exposed += followed * np.sum(weight * reaction[seen]) / 2
        later += followed * (1 - np.sum(reaction[seen]) / 2)
    p = np.sum(np.maximum(1 - 2 * (at_s - times[1:]) / at_s, 0)) / exposed
    return len(times) - 1 + p * later / (1 - 100 * p)


def test_seismic_is_its_formula() -> None:
    times = np.array([0.0, 100.0, 900.0, 1500.0, 1900.0])
    followers = np.array([9000.0, 200.0, 50.0, 400.0, 10.0])
    found = hawkes.seismic(times, followers, at_s=2000)
    # Both sums are midpoint rules: right to some 1e-4; 1 − Φ is exact to the printed constant.
    assert found == pytest.approx(plain_seismic(times, followers, 2000), rel=1e-3)
