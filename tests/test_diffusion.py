"""Diffusion: exact by enumeration of live edges, the published numbers, and recovery."""

import itertools
from pathlib import Path

import igraph
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import cascade, diffusion
from spread._errors import InputError, MissingColumnError, UsageError
from spread.diffusion import _rounds, _runs
from spread.diffusion._draws import begin, skip, uniform
from spread.diffusion._passages import read_cascades

# Five edges of chance 1/2: spread of {0}, {1}, {0, 3} by enumeration, Kempe et al. 2003's models.
DIAMOND = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)]


def enumerated(edges: list[tuple[int, int]], chances: list[float], seeds: list[int]) -> float:
    """Expected spread: the mean over every set of live edges."""
    total = 0.0
    for live in itertools.product([False, True], repeat=len(edges)):
        weight = float(np.prod([p if on else 1 - p for p, on in zip(chances, live, strict=True)]))
        kept = [edge for edge, on in zip(edges, live, strict=True) if on]
        reached = set(seeds)
        while more := {b for a, b in kept if a in reached} - reached:
            reached |= more
        total += weight * len(reached)
    return total


@pytest.mark.parametrize(("seeds", "spread"), [([0], 2.65625), ([1], 1.75), ([0, 3], 3.5)])
def test_the_cascade_reaches_as_many_as_live_edges_say(seeds: list[int], spread: float) -> None:
    graph = igraph.Graph(DIAMOND, directed=True)
    assert enumerated(DIAMOND, [0.5] * 5, seeds) == spread
    found = diffusion.expected_spread(graph, seeds, p=0.5, runs=40_000, rng=1)
    # Four standard errors of the mean; the interval holds 1.96 of them on each side.
    error = (found["mean_high"] - found["mean_low"]) / 3.92
    assert abs(found["mean"] - spread) < 4 * error


def test_the_threshold_model_is_another_one() -> None:
    """Whoever is reached by two halves is reached for certain: 2.75, not 2.65625."""
    graph = igraph.Graph(DIAMOND, directed=True)
    found = diffusion.expected_spread(graph, [0], weights=0.5, runs=40_000, rng=1)
    assert abs(found["mean"] - 2.75) < 4 * (found["mean_high"] - found["mean_low"]) / 3.92


@given(
    edges=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=7),
    seed=st.integers(0, 1000),
)
@settings(max_examples=15, deadline=None, derandomize=True)
def test_chances_of_edges_are_honoured(edges: list[tuple[int, int]], seed: int) -> None:
    chances = np.random.default_rng(seed).random(len(edges))
    graph = igraph.Graph(n=5, edges=edges, directed=True)
    found = diffusion.expected_spread(graph, [0], p=chances, runs=4_000, rng=seed)
    error = max((found["mean_high"] - found["mean_low"]) / 3.92, 1e-9)
    assert abs(found["mean"] - enumerated(edges, list(chances), [0])) < 5 * error


def test_skipping_failures_and_trying_each_edge_are_the_same_law() -> None:
    graph = igraph.Graph.Barabasi(300, 3, directed=True)
    edges = [(b, a) for a, b in graph.get_edgelist()]
    graph = igraph.Graph(300, edges, directed=True)
    each = np.full(len(edges), 0.2)
    each[0] = np.nextafter(0.2, 1)  # not all alike: nothing is skipped
    one, other = (
        diffusion.expected_spread(graph, [0, 1, 2], p=p, runs=3_000, rng=1) for p in (0.2, each)
    )
    error = np.hypot(*((r["mean_high"] - r["mean_low"]) / 3.92 for r in (one, other)))
    assert abs(one["mean"] - other["mean"]) < 4 * error


def test_a_run_is_the_same_by_itself_and_among_others_and_by_any_number_of_threads() -> None:
    graph = igraph.Graph(DIAMOND, directed=True)
    sizes = {
        tuple(diffusion.expected_spread(graph, [0], p=0.5, runs=501, workers=n, rng=3)[:5])
        for n in (1, 2, 7)
    }
    forests = diffusion.independent_cascade(graph, [0], p=0.5, runs=501, rng=3)
    assert len(sizes) == 1
    assert len(forests.events) / 501 == next(iter(sizes))[0]


def test_each_parent_of_one_round_is_as_likely_as_another() -> None:
    graph = igraph.Graph([(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4)], directed=True)
    forests = diffusion.independent_cascade(graph, [0], p=1.0, runs=3_000, rng=1)
    parent = forests.frame(0).query("user_id == '4'").parent
    # Three equal shares of 3,000: four binomial standard deviations.
    assert (abs(parent.value_counts() - 1_000) < 4 * np.sqrt(3_000 * 2 / 9)).all()


def test_a_parent_of_a_threshold_is_as_likely_as_its_weight() -> None:
    graph = igraph.Graph([(0, 1), (0, 2), (1, 3), (2, 3)], directed=True)
    weights = np.array([1.0, 1.0, 0.25, 0.75])
    forests = diffusion.linear_threshold(graph, [0], weights=weights, runs=3_000, rng=1)
    frame = forests.frame(0)
    at = frame[frame.user_id == "3"].merge(
        frame[["cascade", "event", "user_id"]], left_on=["cascade", "parent"],
        right_on=["cascade", "event"],
    )  # fmt: skip
    share = (at.user_id_y == "2").mean()
    assert len(at) == 3_000
    assert abs(share - 0.75) < 4 * np.sqrt(0.75 * 0.25 / 3_000)


def test_metrics_apply_to_what_is_simulated() -> None:
    chain = igraph.Graph([(i, i + 1) for i in range(9)], directed=True)
    forests = diffusion.independent_cascade(chain, [0], p=1.0, runs=2, rng=1)
    metrics = cascade.metrics(forests)
    assert metrics["size"].tolist() == [10, 10]
    assert metrics.depth.tolist() == [9.0, 9.0]
    # A path of n has structural virality (n + 1)/3 (Goel et al. 2016).
    assert metrics.virality.tolist() == pytest.approx([11 / 3, 11 / 3])


def test_seeds_have_a_cascade_each_and_runs_stay_apart() -> None:
    graph = igraph.Graph(DIAMOND, directed=True)
    forests = diffusion.independent_cascade(graph, [0, 4], p=0.5, runs=20, rng=2)
    roots = forests.events[forests.events.event == 0]
    assert roots.user_id.tolist() == ["0", "4"] * 20
    run = forests.events.tweet_id.str.partition(":")[0].astype(int)
    assert (run == forests.events.cascade // 2).all()
    assert not forests.events.duplicated("tweet_id").any()


def test_names_undirected_edges_and_tables_are_read() -> None:
    graph = igraph.Graph([(0, 1)], directed=False)
    graph.vs["name"], graph.es["p"] = ["a", "b"], [1.0]
    table = pd.DataFrame({"source": ["a"], "target": ["b"], "chance": [1.0]})
    assert diffusion.expected_spread(graph, "b", p="p", runs=2, rng=1)["mean"] == 2
    assert diffusion.expected_spread(table, ["a"], p="chance", runs=2, rng=1)["mean"] == 2
    assert diffusion.expected_spread(table, ["b"], p="chance", runs=2, rng=1)["mean"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"p": 1.5}, "p is no probability: got 1.5"),
        ({"p": np.nan}, "p is no probability"),
        ({"p": "weight"}, "the edges have no p: got 'weight'"),
        ({"p": [0.5, 0.5]}, "got 2 values for 5 edges"),
        ({"p": "p", "runs": 0}, "the edges have no p"),
        ({"p": 0.5, "runs": 0}, "runs cannot be used"),
        ({"p": 0.5, "workers": 0}, "workers cannot be used"),
        ({}, "exactly one of p and weights"),
        ({"p": 0.5, "weights": 0.5}, "exactly one of p and weights"),
        ({"weights": 0.6}, "sum to more than 1: got 1.2 into 3"),
    ],
)
def test_nothing_is_assumed_of_an_edge(options: dict[str, object], message: str) -> None:
    graph = igraph.Graph(DIAMOND, directed=True)
    with pytest.raises(UsageError, match=message):
        diffusion.expected_spread(graph, [0], **options)


@pytest.mark.parametrize(("seeds", "message"), [([9], "got '9'"), ([], "no seed was given")])
def test_seeds_are_in_the_graph(seeds: list[int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        diffusion.independent_cascade(igraph.Graph(DIAMOND, directed=True), seeds, p=0.5, runs=1)


def test_no_graph() -> None:
    with pytest.raises(UsageError, match="no graph: got dict"):
        diffusion.independent_cascade({}, [0], p=0.5, runs=1)


def test_compiled_draws_are_those_of_plain_python() -> None:
    one, other = np.zeros(1, np.uint64), np.zeros(1, np.uint64)
    begin(5, 3, one)
    with np.errstate(over="ignore"):
        mask, state = 2**64 - 1, 5 ^ (4 * 0xD1B54A32D192ED03 % 2**64)
        drawn = []
        for _ in range(3):
            state = (state + 0x9E3779B97F4A7C15) & mask
            z = state
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
            drawn.append(((z ^ (z >> 31)) >> 11) / 2**53)
    assert uniform(one) == drawn[2]
    begin(5, 3, other)
    # Failures before a success, chance 1/4: floor(ln(1 − u)/ln(3/4)).
    assert skip(other, np.log1p(-0.25)) == int(np.log(1 - drawn[2]) / np.log(0.75))
    assert skip(other, 0.0) > 10**18


def test_uniforms_are_uniform() -> None:
    state, values = np.zeros(1, np.uint64), []
    for run in range(4_000):
        begin(1, run, state)
        values.append(uniform(state))
    counts = np.histogram(values, 20, (0, 1))[0]
    # χ² with 19 degrees of freedom passes 43.8 with probability 0.001.
    assert ((counts - 200) ** 2 / 200).sum() < 43.8


# Saito, Nakano, Kimura 2008: six cascades over four edges, all p = 1/2 at first.
ROUNDS = [
    {"a": 0, "c": 1, "d": 2}, {"a": 0, "b": 0, "c": 1}, {"b": 0, "c": 1}, {"a": 0},
    {"a": 0, "b": 1, "c": 2, "d": 3}, {"b": 0},
]  # fmt: skip
SAITO = pd.DataFrame(
    [(n, user, float(at)) for n, one in enumerate(ROUNDS) for user, at in one.items()],
    columns=["cascade", "user_id", "at_s"],
)
FOUR = pd.DataFrame({"source": list("abca"), "target": list("ccdb")})


def test_rounds_climb_from_the_first_step_as_published() -> None:
    names, number, vertex, at_s = read_cascades(SAITO)
    allowed = np.zeros((4, 4), bool)
    for source, target in FOUR.itertuples(index=False):
        allowed[list(names).index(source), list(names).index(target)] = True
    whole = _rounds.trials(number, vertex, at_s, allowed)
    alike, p = np.ones(6), np.full(4, 0.5)
    assert _rounds.log_likelihood(whole, alike, p) == pytest.approx(-9.29859541973107, abs=1e-12)
    p, _ = _rounds.step(whole, alike, p)
    assert _rounds.log_likelihood(whole, alike, p) == pytest.approx(-8.761358579297568, abs=1e-12)


def test_rounds_never_fall() -> None:
    found = diffusion.fit(SAITO, graph=FOUR, method="rounds", replicates=20, rng=1)
    assert found.attrs["log_likelihood"] > -8.761358579297568
    assert {"p", "p_low", "p_high"} <= set(found)
    assert found.p.between(0, 1).all()


def simulated(rates: dict[tuple[str, str], float], runs: int, window_s: float) -> pd.DataFrame:
    """Continuous-time independent cascades from a random vertex, by the first of all delays."""
    rng = np.random.default_rng(7)
    vertices = sorted({v for edge in rates for v in edge})
    rows = []
    for run in range(runs):
        reached, todo = {}, {str(rng.choice(vertices)): 0.0}
        while todo:
            user = min(todo, key=lambda v: todo[v])
            reached[user] = todo.pop(user)
            for (source, target), rate in rates.items():
                at = reached[user] + rng.exponential(1 / rate)
                if source == user and target not in reached and at < todo.get(target, window_s):
                    todo[target] = at
        rows += [(run, user, at) for user, at in reached.items()]
    return pd.DataFrame(rows, columns=["cascade", "user_id", "at_s"])


RATES = {("a", "b"): 1.0, ("b", "c"): 0.5, ("a", "c"): 0.2, ("c", "a"): 1.5, ("d", "a"): 0.7}


def test_rates_are_recovered_and_other_edges_refused() -> None:
    cascades = simulated(RATES, 600, window_s=4.0)
    found = diffusion.fit(cascades, window_s=4.0, replicates=60, rng=1)
    told = found[found.verdict == "edge"]
    assert set(zip(told.source, told.target, strict=True)) == set(RATES)
    inside = [RATES[r.source, r.target] for r in told.itertuples()]
    held = (told.rate_low <= inside) & (inside <= told.rate_high)
    # Of five 95 % intervals fewer than three hold with probability 0.001.
    assert held.sum() >= 3


def test_a_rate_is_arrivals_over_time_at_risk() -> None:
    """One edge: two arrivals after 1 and 3 s, one cascade watched for 6 s without any."""
    cascades = pd.DataFrame(
        {"cascade": [0, 0, 1, 1, 2], "user_id": list("ababa"), "at_s": [0.0, 1.0, 5.0, 8.0, 2.0]}
    )
    found = diffusion.fit(cascades, window_s=6.0, replicates=20, rng=1)
    # A tenth of an arrival in the 10 s at risk may be from outside: r = (2 r/(r + 1/100))/10.
    assert found.rate.tolist() == pytest.approx([0.19])
    assert found.tried.tolist() == [3]


def test_a_fit_does_not_depend_on_the_order_of_rows() -> None:
    cascades = simulated(RATES, 60, window_s=4.0)
    mixed = cascades.sample(frac=1, random_state=1)
    one, other = (diffusion.fit(c, replicates=20, rng=1) for c in (cascades, mixed))
    pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(
    ("name", "recall"),
    # What was found when the method was chosen; the precision is what is promised.
    [("netinf", 0.5), ("infopath", 0.95)],
)
def test_networks_of_published_cascades_are_inferred(
    shared: Path, name: str, recall: float
) -> None:
    """The simulated cascades of NetInf and InfoPath with the networks that made them."""
    cascades, truth = published(shared / "netinf", name)
    found = diffusion.fit(cascades, replicates=0, rng=1)
    told = found[found.verdict == "edge"]
    edges = set(zip(told.source, told.target, strict=True))
    assert len(edges & truth) >= 0.95 * len(edges)
    assert len(edges & truth) >= recall * len(truth)


def published(folder: Path, name: str) -> tuple[pd.DataFrame, set[tuple[str, str]]]:
    rows = []
    lines = (folder / f"{name}-cascades.txt").read_text(encoding="utf-8").split("\n\n")[1]
    for number, line in enumerate(lines.split()):
        values = line.rpartition(";")[2].split(",")
        pairs = zip(values[::2], values[1::2], strict=True)
        rows += [(number, user, float(at)) for user, at in pairs]
    network = (folder / f"{name}-network.txt").read_text(encoding="utf-8").split("\n\n")[1]
    truth = {tuple(line.split(",")[:2]) for line in network.split()}
    return pd.DataFrame(rows, columns=["cascade", "user_id", "at_s"]), truth


def test_a_seed_may_be_of_any_length() -> None:
    forests = [diffusion.independent_cascade(FOUR, ["a"], p=0.5, runs=9, rng=2**80) for _ in "12"]
    assert forests[0].parameters["seed"] == 2**80
    pd.testing.assert_frame_equal(forests[0].events, forests[1].events)
    assert diffusion.expected_spread(FOUR, ["a"], p=0.5, runs=9, rng=2**80)["seed"] == 2**80


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "guess"}, "unknown method: got 'guess'"),
        ({"method": "rounds"}, "no graph was given"),
        ({"window_s": 0.0}, "window_s cannot be used: got 0.0; allowed: seconds >= "),
        ({"window_s": np.inf}, "window_s cannot be used: got inf"),
        ({"replicates": 3}, "replicates cannot be used: got 3; allowed: an integer >= 20"),
        ({"round_s": -1.0}, "round_s cannot be used"),
    ],
)
def test_a_fit_says_what_it_cannot_use(options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        diffusion.fit(SAITO, **options)


def test_cascades_without_rows_or_columns() -> None:
    with pytest.raises(InputError, match="there is no cascade"):
        diffusion.fit(SAITO[:0])
    with pytest.raises(MissingColumnError, match="Add at_s"):
        diffusion.fit(SAITO[["cascade", "user_id"]])
    with pytest.raises(UsageError, match="without a user or a time"):
        diffusion.fit(SAITO.assign(at_s=np.nan))
    lonely = diffusion.fit(pd.DataFrame({"cascade": [0], "user_id": ["a"], "at_s": [0.0]}))
    assert lonely.empty


SEEN = {"u1": [1, 2, 3], "u2": [1], "u3": [1, 2], "u4": [], "u5": [2, 4], "u6": [1, 3, 4]}
TOOK = {"u1": 2.5, "u3": 1.5, "u4": 5.0, "u6": 4.5}


def exposed() -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = [(user, float(at)) for user, times in SEEN.items() for at in times]
    return (
        pd.DataFrame(rows, columns=["user_id", "at"]),
        pd.DataFrame(list(TOOK.items()), columns=["user_id", "at"]),
    )


def test_exposures_count_before_adoption_and_those_who_never_adopt_count() -> None:
    """E = 6, 5, 3, 1 and I = 1, 1, 1, 1, counted by hand from the six users above."""
    curve = diffusion.exposure_curve(*exposed(), shuffles=10, rng=1)
    assert curve.exposed.tolist() == [6, 5, 3, 1]
    assert curve.adopted.tolist() == [1, 1, 1, 1]
    assert not curve.readable.any()
    assert curve.attrs["persistence"] is None


def test_instants_and_seconds_give_one_curve() -> None:
    seen, took = exposed()
    dated = [t.assign(at=pd.to_datetime(t["at"], unit="s", utc=True)) for t in (seen, took)]
    one, other = (diffusion.exposure_curve(a, b, rng=1) for a, b in ((seen, took), dated))
    pd.testing.assert_frame_equal(one, other)


def test_a_timely_curve_stands_above_its_control_and_an_idle_one_does_not() -> None:
    """500 users see it thrice a day; half adopt just after the third time, or at any time."""
    rng = np.random.default_rng(1)
    at = np.sort(rng.uniform(0, 86_400, (500, 3)), axis=1)
    seen = pd.DataFrame({"user_id": np.repeat(np.arange(500), 3), "at": at.ravel()})
    after, idle = at[:250, 2] + 1.0, rng.uniform(0, 86_400, 250)
    for when, above in ((after, True), (idle, False)):
        took = pd.DataFrame({"user_id": np.arange(250), "at": when})
        curve = diffusion.exposure_curve(seen, took, shuffles=60, rng=1).iloc[-1]
        assert curve.readable
        assert (curve.p > curve.shuffled_high) == above


def test_exposures_without_columns_or_times() -> None:
    seen, took = exposed()
    with pytest.raises(MissingColumnError, match="Add at"):
        diffusion.exposure_curve(seen[["user_id"]], took)
    with pytest.raises(UsageError, match="without a user or a time"):
        diffusion.exposure_curve(seen.assign(at=np.nan), took)
    with pytest.raises(UsageError, match="shuffles cannot be used"):
        diffusion.exposure_curve(seen, took, shuffles=-1)
    empty = diffusion.exposure_curve(seen[:0], took[:0], users=["a", 5], rng=1)
    assert empty.exposed.tolist() == [2]


def test_roots_of_rows() -> None:
    above = np.array([-1, -1, 0, 1, 2], np.int64)
    assert _runs.roots(above).tolist() == [0, 1, 0, 1, 0]
    assert _runs.roots.py_func(above).tolist() == [0, 1, 0, 1, 0]


def test_simulated_trees_keep_the_seed_that_makes_them_again() -> None:
    pair = igraph.Graph([(0, 1)], directed=True)
    made = diffusion.independent_cascade(pair, [0], p=0.5, runs=20, rng=7)
    again = diffusion.independent_cascade(pair, [0], p=0.5, runs=20, rng=made.seed)
    assert made.seed == 7
    assert list(again.offsets) == list(made.offsets)
