"""The effect of the original: exact given its values, and found where it is planted."""

import branching
import numpy as np
import pytest

from spread import cascade, excitation, trees
from spread.cascade import _root_effect
from spread.cascade._root_effect import RootEffect, with_root_effect

TRUE = excitation.omori(branching.C_S, branching.THETA, beta=branching.BETA)
FACTORS = np.array([[1.0, 1.5, 4.0], [1.0, 20.0, 300.0]])


def small():
    """Give the posterior of two cascades of six events, roots at three weights each."""
    rng = np.random.default_rng(1)
    times = np.concatenate([np.cumsum(rng.exponential(200, 6)) for _ in range(2)])
    marks, unit = rng.pareto(1.2, 12) + 1, excitation.omori(300, 0.8)
    least = excitation.posterior(times, marks, unit, offsets=[0, 6, 12])
    each = []
    for node in range(3):
        weights = marks.copy()
        weights[[0, 6]] *= FACTORS[:, node]
        each.append(excitation.posterior(times, weights, unit, offsets=[0, 6, 12]))
    return RootEffect(least, FACTORS), each


def test_what_is_stated_is_the_mean_over_the_effects():
    found, each = small()
    drawn = found.draw(np.random.default_rng(2))
    entropy, named = found.entropy(), found.probability(drawn)
    for row in [1, 2, 5, 7, 10, 11]:
        p = np.mean([one.probabilities(row) for one in each], axis=0)
        assert found.probabilities(row) == pytest.approx(p, rel=1e-12)
        assert entropy[row] == pytest.approx(-np.sum(p * np.log(p)), abs=1e-12)
        assert named[row] == pytest.approx(p[drawn[row] - (row - len(p))], rel=1e-12)
    assert np.isnan(entropy[[0, 6]]).all()
    assert named[[0, 6]].tolist() == [1, 1]
    for name in ("expected_depth", "expected_virality", "expected_credit"):
        mean = np.mean([getattr(one, name)() for one in each], axis=0)
        assert getattr(found, name)() == pytest.approx(mean, rel=1e-12)


def test_drawn_trees_have_the_stated_virality_and_parents():
    found, _ = small()
    drawn = [found.draw(np.random.default_rng([3, i])) for i in range(3000)]
    virality = np.array([trees.structural_virality(tree) for tree in drawn])
    # Five standard errors of the mean of 3,000 trees.
    error = 5 * virality.std(axis=0) / np.sqrt(3000)
    assert np.all(np.abs(virality.mean(axis=0) - found.expected_virality()) < error)
    p = found.probabilities(5)
    share = np.bincount([tree[5] for tree in drawn], minlength=5) / 3000
    assert np.all(np.abs(share - p) < 5 * np.sqrt(p * (1 - p) / 3000) + 1e-3)


def test_by_how_many_cascades_at_a_time_changes_nothing(monkeypatch):
    found, _ = small()
    names = ("expected_depth", "expected_virality", "expected_credit")
    whole = [getattr(found, name)().tolist() for name in names]
    monkeypatch.setattr(_root_effect, "_BLOCK", 5)
    assert len(_root_effect._blocks(found.least.offsets, np.array([True, True]))) == 2
    assert [getattr(found, name)().tolist() for name in names] == whole
    monkeypatch.setattr(_root_effect, "_ROWS", 3)
    values = np.arange(14.0).reshape(7, 2)
    assert _root_effect._by_rows(lambda rows: values[rows], 7).tolist() == values.tolist()


def test_credit_is_sought_where_something_is_counted():
    found, _ = small()
    counted = np.array([0.0] * 6 + [1.0] * 6)
    credit = found.expected_credit(counted)
    assert (credit[:6] == 0).all()
    assert credit.sum() == pytest.approx(6)


def test_trees_of_some_cascades_are_the_same_there():
    found, _ = small()
    whole = found.draw(np.random.default_rng(4))
    generators = [np.random.default_rng(4), np.random.default_rng(5)]
    some, other = found.draw_some(generators, np.array([False, True]))
    assert some.tolist() == [-1] * 6 + whole[6:].tolist()
    assert other[6:].tolist() == found.draw(np.random.default_rng(5))[6:].tolist()


def test_the_belief_in_an_effect_is_bayes_rule_with_the_whole_likelihood():
    rng = np.random.default_rng(4)
    times, marks = np.append(0, np.cumsum(rng.exponential(300, 9))), rng.pareto(1.2, 10) + 1
    kernel = excitation.Kernel("two", (0.01, 0.001), (0.005, 0.0004), 0.6)
    f, effects, closes, kappa = marks**0.6, np.exp(_root_effect._LOG_GRID), 9000.0, 0.3

    def rate(at, rho):
        before = times < at
        lags = at - times[before]
        g = 0.005 * np.exp(-0.01 * lags) + 0.0004 * np.exp(-0.001 * lags)
        weights = f[before] * np.where(np.arange(before.sum()) == 0, rho, 1)
        return kappa * np.sum(weights * g)

    grown = 0.5 * -np.expm1(-0.01 * (closes - times)) + 0.4 * -np.expm1(-0.001 * (closes - times))
    logs = np.array([
        sum(np.log(rate(at, rho)) for at in times[1:])
        - kappa * np.sum(f * grown * np.append(rho, np.ones(9)))
        - (np.log(rho) - 0.2) ** 2 / (2 * 0.7**2)
        for rho in effects
    ])  # fmt: skip
    expected = np.exp(logs - logs.max())
    posterior = excitation.posterior(times, marks, kernel)
    exposure = f * _root_effect._grown(kernel, closes - times)
    share = _root_effect._probability_of_root(posterior)
    told = np.log1p(np.outer(effects - 1, share)).sum(axis=1)
    likelihood = [told[None], np.array([9.0]), exposure[:1], exposure[1:].sum(keepdims=True)]
    found = _root_effect._belief(likelihood, effects, kappa, 0.2, 0.7)
    assert found[0] == pytest.approx(expected / expected.sum(), rel=1e-9)


def planted(rng, n, spread):
    """Give n cascades whose originals count e^N(0, spread²) times their author's followers."""
    scale = branching.MEDIAN_FOLLOWERS**branching.BETA
    scale *= np.exp((branching.BETA * branching.SPREAD) ** 2 / 2)
    many = []
    while len(many) < n:
        mark, rho = branching.followers(rng), np.exp(rng.normal(0, spread))
        mean = 0.6 * rho * mark**branching.BETA / scale
        delays = branching.power_law_delays(rng, rng.poisson(mean))
        parts = [branching.cascade(rng, branching=0.6) for _ in delays]
        if any(part is None for part in parts):
            continue
        times, marks, parents = [0.0], [mark], [-1]
        for delay, (at, weights, above) in zip(delays, parts, strict=True):
            start = len(times)
            times += (at + delay).tolist()
            marks += weights.tolist()
            parents += [0 if p < 0 else p + start for p in above.tolist()]
        order = np.argsort(times, kind="stable")
        place = np.argsort(order)
        moved = [place[parents[v]] if parents[v] >= 0 else -1 for v in order]
        many.append((np.array(times)[order], np.array(marks)[order], np.array(moved, np.int32)))
    return many


def measured(posterior, parents):
    """Give the mean ln(virality / truth) of large cascades, and how often intervals hold it."""
    true, large = trees.structural_virality(parents), np.diff(posterior_offsets(posterior)) >= 20
    drawn = [
        trees.structural_virality(posterior.draw(np.random.default_rng([5, i]))) for i in range(200)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0, method="inverted_cdf")
    bias = np.log(posterior.expected_virality() / true)[large].mean()
    return bias, np.mean((low - 1e-9 <= true) & (true <= high + 1e-9), where=large), large.sum()


def posterior_offsets(posterior):
    return posterior.least.offsets if isinstance(posterior, RootEffect) else posterior.offsets


@pytest.mark.calibration
@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_the_effect_is_found_where_it_is_planted(spread, calibration_row):
    many = planted(np.random.default_rng(51), 6000, spread)
    times, marks, parents, offsets = branching.flat(many)
    closes = np.full(len(many), 1e12)
    without = excitation.posterior(times, marks, TRUE, offsets=offsets)
    found, told = with_root_effect(without, closes_s=closes, seen_whole=closes > 0)
    bias, held, large = measured(found, parents)
    bias_before, held_before, _ = measured(without, parents)
    # Below what 1 % of samples of so many intervals at 95 % hold.
    least = 0.95 - 2.33 * np.sqrt(0.95 * 0.05 / large)
    claim = f"root's effect, sd of its logarithm {spread:g}, {large} cascades of 20 or more"
    calibration_row("cascade", f"{claim}: sd found", f"{told['root_effect_log_sd']:.2f}", spread)
    calibration_row("cascade", f"{claim}: mean ln(virality / truth), with it and without",
                    f"{bias:+.3f}, {bias_before:+.3f}", "|·| < 0.05")  # fmt: skip
    calibration_row("cascade", f"{claim}: 95 % intervals that hold virality, with and without",
                    f"{held:.2f}, {held_before:.2f}", f"≥ {least:.2f}")  # fmt: skip
    assert abs(bias) < 0.05
    assert held >= least
    if spread:
        assert 0.8 < told["root_effect_log_sd"] < 1.2
        assert abs(bias) < abs(bias_before)


def test_the_effect_can_be_left_out_and_is_told():
    many = branching.cascades(np.random.default_rng(6), 6, least=30)
    tweets = branching.tweets(many)
    with_effect = cascade.forests(tweets, rng=1)
    without = cascade.forests(tweets, root_effect=False, rng=1)
    assert isinstance(with_effect.posterior, RootEffect)
    assert isinstance(without.posterior, excitation.ExponentialPosterior)
    assert with_effect.parameters["root_effect_median"] > 0
    assert "root_effect_median" not in without.parameters
    assert with_effect.parameters["beta"] == without.parameters["beta"]
