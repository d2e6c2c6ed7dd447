import branching
import numpy as np
import pandas as pd
import pytest

from spread import cascade, excitation, trees
from spread._errors import MissingColumnError, UsageError

# Two trees end to end: 0 → 1, 2; 1 → 3, 4; 2 → 5 → 6, and an event alone.
PARENTS = [-1, 0, 0, 1, 1, 2, 5, -1]


def observed(parents=PARENTS, sizes=(7, 1)):
    cascade_of = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    event = np.concatenate([np.arange(n, dtype=np.int32) for n in sizes])
    ids = [str(v) for v in range(len(parents))]
    events = pd.DataFrame({"cascade": cascade_of, "event": event, "tweet_id": ids, "user_id": ids})
    return trees.observed(events.assign(at_s=event * 10.0, mark=1.0), parents)


def test_metrics_of_known_trees():
    found = cascade.metrics(observed())
    assert found["size"].tolist() == [7, 1]
    assert found.depth.tolist() == found.depth_low.tolist() == [3, 0]
    assert found.max_breadth.tolist() == [3, 1]
    assert found.virality[0] == pytest.approx(2.476190476190476)
    assert found.star_virality[0] == pytest.approx(12 / 7)
    assert found.star_depth.tolist() == [1, 0]
    assert np.isnan(found.virality[1])
    assert np.isnan(found.star_virality[1])
    assert found.parent_entropy[0] == 0
    assert found.columns.tolist() == [
        "cascade", "tweet_id", "user_id", "root_at", "size", "depth", "depth_low", "depth_high",
        "max_breadth", "max_breadth_low", "max_breadth_high", "virality", "virality_low",
        "virality_high", "time_to_10_s", "time_to_100_s", "time_to_1000_s", "star_depth",
        "star_virality", "parent_entropy",
    ]  # fmt: skip


def test_times_to_sizes_count_the_root():
    found = cascade.metrics(observed([-1, *range(11)], (12,)))
    assert found.time_to_10_s[0] == 90
    assert np.isnan(found.time_to_100_s[0])


def test_shapes_of_sampled_trees_agree_with_the_arithmetic_of_parents():
    many = branching.cascades(np.random.default_rng(6), 5, least=20)
    forests = cascade.forests(branching.tweets(many), trees=3, rng=2)
    found = cascade.metrics(forests)
    frames = [forests.frame(i).groupby("cascade") for i in range(3)]
    shapes = [
        frame.parent.agg([lambda p: trees.depths(p).max(), lambda p: trees.breadths(p).max()])
        for frame in frames
    ]
    depth, breadth = np.mean(shapes, axis=0).T
    virality = np.max([frame.parent.apply(trees.structural_virality) for frame in frames], 0)
    assert found.depth.to_numpy() == pytest.approx(depth)
    assert found.max_breadth.to_numpy() == pytest.approx(breadth)
    assert found.virality_high.to_numpy() == pytest.approx(virality, rel=1e-6)  # float32


def test_the_exact_virality_is_the_mean_of_the_trees():
    many = branching.cascades(np.random.default_rng(7), 3, least=30)
    forests = cascade.forests(branching.tweets(many), trees=400, rng=2)
    found = cascade.metrics(forests)
    drawn = np.array([
        [trees.structural_virality(p) for _, p in forests.frame(i).groupby("cascade").parent]
        for i in range(400)
    ])  # fmt: skip
    # Five standard errors of the mean of 400 trees.
    assert np.all(np.abs(drawn.mean(0) - found.virality) < 5 * drawn.std(0) / 20)
    assert np.all(found.virality_low <= found.virality)
    assert np.all(found.virality <= found.virality_high)


def test_ccdf_is_at_least_and_has_wilson_intervals():
    found = cascade.ccdf(pd.DataFrame({"size": [1, 1, 2, 5], "depth": [0, np.nan, 1, 1]}), ["size"])
    assert found.columns.tolist() == ["metric", "value", "share", "low", "high"]
    assert found.share.tolist() == [1, 0.5, 0.25]
    # Wilson for 2 of 4: (0.5 + z²/8 ± z √(1/16 + z²/64)) / (1 + z²/4), z = 1.959964.
    assert found.low[1] == pytest.approx(0.15003899, abs=1e-8)
    assert found.high[1] == pytest.approx(0.84996101, abs=1e-8)


def test_ccdf_leaves_out_what_is_not_a_number_and_names_what_is_missing():
    metrics = cascade.metrics(observed())
    assert cascade.ccdf(metrics).query("metric == 'virality'").share.tolist() == [1.0]
    with pytest.raises(MissingColumnError, match=r"metrics lack columns: .* Add deepness"):
        cascade.ccdf(metrics, ["deepness"])


def test_ccdf_draws_whole_clusters():
    metrics = pd.DataFrame({"size": np.repeat([1.0, 9.0], [50, 50]), "user_id": None})
    metrics["user_id"] = np.repeat([str(k) for k in range(20)], 5)
    found = cascade.ccdf(metrics, ["size"], clusters="user_id", replicates=2000, rng=1)
    assert found.share.tolist() == [1, 0.5]
    # 20 clusters, each all 1 or all 9: the share is Binomial(20, 1/2) / 20, whose 2.5 %
    # quantile is 6 / 20 (P(X ≤ 5) = 0.021, P(X ≤ 6) = 0.058).
    assert [found.low[1], found.high[1]] == pytest.approx([0.3, 0.7])
    assert [found.low[0], found.high[0], found.seed[0]] == [1, 1, 1]
    alone = cascade.ccdf(metrics.assign(user_id=None), ["size"], clusters="user_id", rng=1)
    assert alone.low[1] > 0.38  # as Wilson's 0.404 for 100 that are independent


def test_a_drawn_tree_shows_the_probability_of_each_parent():
    many = branching.cascades(np.random.default_rng(8), 2, least=10)
    forests = cascade.forests(branching.tweets(many), rng=2)
    found = cascade.tree(forests, 1)
    start = forests.offsets[1]
    assert found.columns.tolist() == [
        "event", "parent", "probability", "depth", "at_s", "user_id", "tweet_id", "mark",
    ]  # fmt: skip
    p = [forests.posterior.probabilities(start + k)[found.parent[k]] for k in found.event[1:]]
    assert found.probability[1:].to_numpy() == pytest.approx(p)
    assert found.depth.to_numpy() == pytest.approx(trees.depths(found.parent.to_numpy()))


@pytest.mark.parametrize("method", ["debatenight", "star", "latest", "pdi"])
def test_an_interval_holds_its_estimate(method):
    tweets = branching.tweets(branching.cascades(np.random.default_rng(6), 12, least=3))
    shapes = cascade.metrics(cascade.forests(tweets, method=method, trees=40, rng=1))
    shapes = shapes[shapes["size"] > 1]
    for name in ("depth", "max_breadth", "virality"):
        assert (shapes[f"{name}_low"] <= shapes[name]).all()
        assert (shapes[name] <= shapes[f"{name}_high"]).all()


def test_a_cascade_that_is_not_there_is_refused():
    with pytest.raises(
        UsageError, match="cascade cannot be used: got 2; allowed: an integer from 0 to 1"
    ):
        cascade.tree(observed(), 2)


@pytest.mark.parametrize("beta", [1.0, 0.5])
def test_exact_functions_hold_for_a_power_law_to_half_a_per_cent(beta):
    rng = np.random.default_rng(5)
    times, marks = np.cumsum(rng.exponential(200, 300)), rng.pareto(1.2, 300) + 1
    lags = np.subtract.outer(times, times)
    p = np.tril((np.abs(lags) + 300) ** -1.8 * marks**beta, -1)
    p[1:] /= p[1:].sum(axis=1, keepdims=True)  # row: child; the power law itself, no sum
    kernel = excitation.omori(300, 0.8, beta=beta)
    answer = np.linalg.solve(np.eye(300) - p.T, np.ones(300))
    assert cascade.influence(times, marks, kernel=kernel) == pytest.approx(answer, rel=6e-3)
    depth = np.linalg.solve(np.eye(300) - p, np.arange(300) > 0)
    assert cascade.expected_depth(times, marks, kernel=kernel) == pytest.approx(depth, rel=6e-3)
    distance = np.zeros((300, 300))
    for k in range(1, 300):
        distance[k, :k] = distance[:k, k] = 1 + p[k, :k] @ distance[:k, :k]
    virality = distance.sum() / (300 * 299)
    assert cascade.expected_virality(times, marks, kernel=kernel) == pytest.approx(
        virality, rel=6e-3
    )


def test_exact_functions_take_a_rate_or_a_kernel():
    one, toy = excitation.exponential(0.01), ([0, 10, 60], [4, 2, 1])
    functions = (
        cascade.influence,
        cascade.expected_depth,
        cascade.expected_credit,
        cascade.expected_virality,
    )
    for function in functions:
        assert np.all(function(*toy, rate=0.01) == function(*toy, kernel=one))
        with pytest.raises(UsageError, match="give either rate or kernel"):
            function(*toy)


def test_exact_functions_take_weights_and_a_rate():
    times, marks = [0, 10, 60, 120, 3600], [1000, 50, 20000, 10, 5]
    kernel = excitation.exponential(6.8e-5)
    credit = cascade.expected_credit(times, marks, rate=6.8e-5)
    assert credit.sum() == pytest.approx(5, rel=1e-12)
    drawn = excitation.posterior(times, marks, kernel).expected_virality()[0]
    assert cascade.expected_virality(times, marks, rate=6.8e-5) == drawn
    assert np.isnan(cascade.expected_virality([0], [1], rate=1))


@pytest.mark.parametrize("rate", [0, -1, np.nan, np.inf])
def test_exact_functions_refuse_a_rate_that_is_none(rate):
    with pytest.raises(UsageError, match="rate cannot be used"):
        cascade.influence([0, 1], [1, 1], rate=rate)
