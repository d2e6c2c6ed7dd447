"""Trees, kernels and credit scored against simulated truth."""

import branching
import numpy as np
import pandas as pd
import pytest

from spread import cascade, excitation, seeds, trees

pytestmark = pytest.mark.calibration

TRUE = excitation.omori(branching.C_S, branching.THETA, beta=branching.BETA)


@pytest.fixture(scope="module")
def truth():
    """Give 150 marked power-law cascades of 50 to 1,500 events."""
    many = branching.cascades(np.random.default_rng(20140422), 150, least=50)
    return branching.flat(many)


def scores(truth, kernel):
    """Give the mean ln(virality / true), its standard error, and p of the true parents."""
    times, marks, parents, offsets = truth
    posterior = excitation.posterior(times, marks, kernel, offsets=offsets)
    ratio = np.log(posterior.expected_virality() / trees.structural_virality(parents))
    p = posterior.probability(parents)[parents >= 0].mean()
    return ratio.mean(), ratio.std() / np.sqrt(len(ratio)), p


def fitted(truth, shape):
    times, marks, _, offsets = truth
    cascades = excitation.posterior(times, marks, TRUE, offsets=offsets)
    closes = np.full(len(offsets) - 1, 1e12)
    return excitation.fit(cascades, shape=shape, closes_s=closes, with_intervals=False).kernel


def test_virality_under_each_way_of_building_trees(truth, calibration_row):
    _, _, parents, offsets = truth
    true = trees.structural_virality(parents)
    sizes = np.diff(offsets)
    star = np.log(2 * (sizes - 1) / sizes / true).mean()
    latest = np.log((sizes + 1) / 3 / true).mean()
    rows = {
        "the true power law": (scores(truth, TRUE), "|·| < 0.05"),
        "a fitted power law (chosen by AIC)": (scores(truth, fitted(truth, None)), "|·| < 0.05"),
        "a fitted exponential": (scores(truth, fitted(truth, "exponential")), "biased: < −0.2"),
        "DebateNight": (scores(truth, excitation.exponential(6.8e-5)), "biased"),
    }
    for name, ((bias, error, p), target) in rows.items():
        measured = f"{bias:+.3f} ± {error:.3f}; p of the true parent {p:.3f}"
        calibration_row("cascade", f"mean ln(virality / truth), {name}", measured, target)
    calibration_row("cascade", "mean ln(virality / truth), star", f"{star:+.3f}", "< −1")
    calibration_row("cascade", "mean ln(virality / truth), latest", f"{latest:+.3f}", "> +1")
    assert star < -1
    assert latest > 1
    assert abs(rows["the true power law"][0][0]) < 0.05
    assert abs(rows["a fitted power law (chosen by AIC)"][0][0]) < 0.05
    # Why the exponential is not the default: it is off by far more than the noise.
    assert rows["a fitted exponential"][0][0] < -0.2


def test_parent_probabilities_are_calibrated(truth, calibration_row):
    times, marks, parents, offsets = truth
    posterior = excitation.posterior(times, marks, fitted(truth, None), offsets=offsets)
    drawn = posterior.draw(np.random.default_rng(1))
    p, hit = posterior.probability(drawn)[parents >= 0], (drawn == parents)[parents >= 0]
    slope = np.cov(p, hit)[0, 1] / p.var()
    calibration_row(
        "cascade", "slope of true against stated probability", f"{slope:.3f}", "0.95–1.05"
    )
    assert 0.95 < slope < 1.05


def test_intervals_of_the_kernel_hold_the_truth(calibration_row):
    runs, held = 60, np.zeros(2, int)
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        many = branching.cascades(rng, 60, delays=branching.exponential_delays(0.01), most=400)
        times, marks, _, offsets = branching.flat(many)
        found = excitation.fit(
            excitation.posterior(times, marks, TRUE, offsets=offsets),
            shape="exponential",
            closes_s=np.full(60, 1e6),
            truncated=np.zeros(60, bool),
        )
        if found.cannot_tell is None:
            truth = {"rate_per_s": 0.01, "beta": branching.BETA}
            ends = found.intervals
            held += [ends[name][0] <= truth[name] <= ends[name][1] for name in truth]
    # Of 60 at 95 %, 52 or fewer come in less than 1.6 % of the time.
    calibration_row("excitation", f"95 % intervals of {runs} that hold the rate", held[0], "≥ 53")
    calibration_row("excitation", f"95 % intervals of {runs} that hold β", held[1], "≥ 53")
    assert np.all(held >= 53)


def forests_with_accounts(rng, n, accounts):
    """Give cascades under the true kernel, their accounts drawn by Zipf's law."""
    times, marks, parents, offsets = branching.flat(branching.cascades(rng, n, least=5, most=200))
    p = 1 / np.arange(1, accounts + 1)
    users = rng.choice(accounts, len(times), p=p / p.sum()).astype(str)
    starts = np.repeat(offsets[:-1], np.diff(offsets))
    events = pd.DataFrame(
        {
            "cascade": np.repeat(np.arange(n, dtype=np.int32), np.diff(offsets)),
            "event": (np.arange(len(times)) - starts).astype(np.int32),
            "tweet_id": np.arange(len(times)).astype(str),
            "user_id": users,
            "at_s": times,
            "mark": marks,
        }
    )
    known = trees.observed(events, parents)
    posterior = excitation.posterior(times, marks, TRUE, offsets=offsets)
    drawn = trees.Forests(
        events, offsets, posterior, "posterior", 200, int(rng.integers(2**31)), {}, known.root_at
    )
    return drawn, pd.Series(trees.credit(parents, users))


def coverage(found, truth):
    table = found.set_index("user_id").join(truth.rename("truth"))
    # float32 replicates: an account whose credit is certain must not miss by rounding.
    margin = 1e-5 * table.truth
    return (table.credit_low - margin <= table.truth) & (table.truth <= table.credit_high + margin)


def test_credit_intervals_hold_the_credit_in_this_archive(calibration_row):
    rng = np.random.default_rng(11)
    held = []
    for seed in range(12):
        drawn, truth = forests_with_accounts(rng, 40, 60)
        held.append(coverage(seeds.rank(drawn, resample=False, rng=seed), truth).mean())
    error = np.std(held) / np.sqrt(len(held))
    measured = f"{np.mean(held):.3f} ± {error:.3f}"
    calibration_row("seeds", "95 % intervals of credit, this archive", measured, "0.92–0.98")
    # 200 trees: the outer quantiles of a replicate set cost up to 1 % of coverage.
    assert 0.92 < np.mean(held) < 0.98


def test_credit_intervals_hold_the_expected_credit(calibration_row):
    rng = np.random.default_rng(12)
    _, truth = forests_with_accounts(rng, 4000, 60)
    expected = truth / 4000
    held = []
    for seed in range(12):
        drawn, _ = forests_with_accounts(rng, 60, 60)
        found = seeds.rank(drawn, rng=seed).head(20)
        held.append(coverage(found, 60 * expected).mean())
    error = np.std(held) / np.sqrt(len(held))
    measured = f"{np.mean(held):.3f} ± {error:.3f}"
    calibration_row("seeds", "95 % intervals of credit, such cascades", measured, "0.85–0.99")
    # A bootstrap of 60 heavy-tailed cascades undercovers by some per cent.
    assert 0.85 < np.mean(held) < 0.99


def test_trees_of_an_archive_are_scored_from_its_tweets(calibration_row):
    many = branching.cascades(np.random.default_rng(13), 60, least=50, most=600)
    true = np.array([trees.structural_virality(parents) for _, _, parents in many])
    metrics = cascade.metrics(cascade.forests(branching.tweets(many), rng=1))
    bias = np.log(metrics.virality.to_numpy() / true)
    inside = np.mean((metrics.virality_low <= true) & (true <= metrics.virality_high))
    calibration_row(
        "cascade", "mean ln(virality / truth) from tweets", f"{bias.mean():+.3f}", "|·| < 0.15"
    )
    calibration_row("cascade", "95 % intervals that hold the virality", f"{inside:.2f}", "0.87–1")
    assert abs(bias.mean()) < 0.15
    # 60 intervals at 95 %: 52 of 60 or more in all but 1 % of the cases.
    assert inside >= 0.87
