"""Any number of abrupt changes, of composition and of volume."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from spread import hijack
from spread._errors import UsageError
from spread.hijack._segment import log_marginal

# 12 bins × (launch, counter, news), turning after the fifth.
WORKED = np.array(
    [
        *([9, 1, 2], [8, 0, 3], [10, 2, 1], [7, 1, 2], [9, 2, 2], [4, 11, 3]),
        *([2, 15, 4], [1, 18, 2], [2, 14, 5], [0, 20, 3], [1, 16, 4], [2, 13, 4]),
    ]
)
# Explosions in British coal mines that killed ten or more, by year, 1851–1962 (Jarrett 1979,
# doi:10.1093/biomet/66.1.191): 112 years, 191 explosions.
COAL = np.array(
    [
        *(4, 5, 4, 1, 0, 4, 3, 4, 0, 6, 3, 3, 4, 0, 2, 6, 3, 3, 5, 4, 5, 3, 1, 4, 4, 1, 5, 5),
        *(3, 4, 2, 5, 2, 2, 3, 4, 2, 1, 3, 2, 2, 1, 1, 1, 1, 3, 0, 0, 1, 0, 1, 1, 0, 0, 3, 1),
        *(0, 3, 2, 2, 0, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 2, 1, 0, 0, 0, 1, 1, 0, 2, 3, 3, 1, 1),
        *(2, 1, 1, 1, 1, 2, 4, 2, 0, 0, 0, 1, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1),
    ]
)

Cuts = tuple[int, ...]


def all_cuts(bins: int) -> list[Cuts]:
    """All 2^(n − 1) ways to cut."""
    every = range(bins)
    return [cut for m in every for cut in itertools.combinations(range(1, bins), m)]


def enumerated(table: np.ndarray, prior: float, rate: float) -> dict[Cuts, float]:
    """Log joint probability of the table and each way to cut it."""
    bins, categories = table.shape

    def evidence(cut: Cuts) -> float:
        edges = [0, *cut, bins]
        parts = [table[a:b].sum(axis=0) for a, b in itertools.pairwise(edges)]
        log = sum(float(log_marginal(part, prior / categories)) for part in parts)
        return log + len(cut) * math.log(rate) + (bins - 1 - len(cut)) * math.log1p(-rate)

    return {cut: evidence(cut) for cut in all_cuts(bins)}


def online_evidence(table: np.ndarray, prior: float, rate: float) -> float:
    """Adams & MacKay's forward recursion over the length of the run, bin by bin."""
    alpha = prior / table.shape[1]
    runs, log = {0: 0.0}, {0: 0.0}  # where a run began: its log joint probability
    for now, counts in enumerate(table):
        if now:
            log = {start: value + math.log1p(-rate) for start, value in runs.items()}
            log[now] = float(np.logaddexp.reduce(list(runs.values()))) + math.log(rate)
        runs = {}
        for start, value in log.items():
            seen = table[start:now].sum(axis=0).astype(float)
            predictive = log_marginal(seen + counts, alpha) - log_marginal(seen, alpha)
            runs[start] = value + float(predictive)
    return float(np.logaddexp.reduce(list(runs.values())))


tables_of_counts = st.integers(2, 8).flatmap(
    lambda bins: st.lists(
        st.lists(st.floats(0, 20) | st.integers(0, 9), min_size=2, max_size=2),
        min_size=bins,
        max_size=bins,
    )
)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(tables_of_counts, st.floats(0.3, 5), st.floats(0.02, 0.9))
def test_agrees_with_enumeration_and_with_the_online_recursion(
    rows: list[list[float]], prior: float, rate: float
) -> None:
    table = np.array(rows, dtype=float)
    joint = enumerated(table, prior, rate)
    evidence = float(np.logaddexp.reduce(list(joint.values())))
    found = hijack.changes(table, prior=prior, rate=rate, draws=1, rng=1)
    assert found.log_evidence == pytest.approx(evidence, abs=1e-8)  # 1e-9 of it is left out
    assert online_evidence(table, prior, rate) == pytest.approx(evidence, abs=1e-10)
    for after, probability in zip(found.marginal.after, found.marginal.probability, strict=True):
        expected = sum(math.exp(v - evidence) for cut, v in joint.items() if after in cut)
        assert probability == pytest.approx(expected, abs=1e-8)
    for number, probability in zip(found.number.changes, found.number.probability, strict=True):
        expected = sum(math.exp(v - evidence) for cut, v in joint.items() if len(cut) == number)
        assert probability == pytest.approx(expected, abs=1e-8)


def test_evidence_of_the_worked_table_is_exact() -> None:
    """With every number of changes allowed, nothing is left out."""
    joint = enumerated(WORKED, 3.0, 1 / 12)
    evidence = float(np.logaddexp.reduce(list(joint.values())))
    found = hijack.changes(WORKED, prior=3, most=11, rng=1)
    assert found.log_evidence == pytest.approx(evidence, abs=1e-10)
    assert online_evidence(WORKED, 3.0, 1 / 12) == pytest.approx(evidence, abs=1e-10)
    none = joint.pop(())
    some = float(np.logaddexp.reduce(list(joint.values())))
    prior_none = (11 / 12) ** 11
    expected = some - math.log1p(-prior_none) - (none - math.log(prior_none))
    assert found.log_bayes_factor == pytest.approx(expected, abs=1e-9)
    assert found.p_change == pytest.approx(1 - math.exp(none - evidence))


def test_one_change_at_most_is_the_posterior_of_segment() -> None:
    found = hijack.changes(WORKED, prior=3, most=1, rng=1)
    single = hijack.segment(WORKED, prior=3)
    only = found.marginal.probability.to_numpy() / found.p_change
    assert only == pytest.approx(single.probability)
    assert found.log_bayes_factor == pytest.approx(single.log_bayes_factor)
    assert found.positions.iloc[0, :4].tolist() == [1, 5, 5, 5]


def test_the_optimal_partition_is_the_most_probable_one() -> None:
    """Jackson et al. 2005: F(t) = min F(s) + C(s, t) + β, C = −2 Σ c ln(c/N), β = 3 ln 203."""
    beta, bins = 3 * math.log(WORKED.sum()), len(WORKED)
    cost, last = [-beta] + [math.inf] * bins, [0] * (bins + 1)
    for t in range(1, bins + 1):
        for s in range(t):
            c = WORKED[s:t].sum(axis=0)
            value = cost[s] - 2 * float(np.sum(c[c > 0] * np.log(c[c > 0] / c.sum()))) + beta
            if value < cost[t]:
                cost[t], last[t] = value, s
    assert cost[bins] == pytest.approx(316.8123197424545, rel=1e-13)
    assert (last[bins], last[last[bins]]) == (5, 0)
    assert hijack.changes(WORKED, prior=3, rng=1).positions.after.tolist() == [5]


def test_draws_are_those_of_the_exact_posterior() -> None:
    found = hijack.changes(WORKED[:8] // 3, rate=0.3, draws=4000, rng=4)
    drawn = found.draws.after.value_counts().reindex(found.marginal.after, fill_value=0) / 4000
    exact = found.marginal.probability.to_numpy()
    # Binomial standard errors, four of them; a floor of one draw.
    assert np.all(
        np.abs(drawn.to_numpy() - exact) <= 4 * np.sqrt(exact * (1 - exact) / 4000) + 1 / 4000
    )
    numbers = found.draws.groupby("draw").size().value_counts() / 4000
    of = found.number.set_index("changes").probability
    assert numbers[1] == pytest.approx(of[1], abs=4 * math.sqrt(of[1] * (1 - of[1]) / 4000))


def test_several_changes_are_found_in_order() -> None:
    counts = np.repeat([[9, 1, 0], [1, 9, 0], [0, 2, 8], [9, 1, 0]], 6, axis=0)
    found = hijack.changes(counts, rng=1)
    assert found.positions.after.tolist() == [6, 12, 18]
    assert (found.positions.after_low <= found.positions.after).all()
    first = found.segments[found.segments.category == 0]
    assert first.start.tolist() == [0, 6, 12, 18]
    assert first.end.tolist() == [6, 12, 18, 24]
    # Dirichlet mean with a = 1/3 of a total mass 1, where the changes are certain.
    assert first.share.iloc[0] == pytest.approx((54 + 1 / 3) / 61, abs=0.02)
    assert ((first.share_low < first.share) & (first.share < first.share_high)).all()


def test_time_has_no_direction() -> None:
    forth = hijack.changes(WORKED, rng=1)
    back = hijack.changes(WORKED[::-1], rng=1)
    assert back.log_evidence == pytest.approx(forth.log_evidence)
    assert back.marginal.probability[::-1].to_numpy() == pytest.approx(forth.marginal.probability)


def test_fractional_weights_and_inputs_are_kept() -> None:
    halves = WORKED / 2
    before = halves.copy()
    found = hijack.changes(halves, rng=3)
    assert (halves == before).all()
    assert 0 < found.log_bayes_factor < hijack.changes(WORKED, rng=3).log_bayes_factor
    again = hijack.changes(halves, rng=3)
    assert found.segments.equals(again.segments)
    assert found.draws.equals(again.draws)


def test_coal_mining_explosions() -> None:
    """Gamma(1, 1) prior, one change; the years are those of Carlin et al. 1992's example."""
    assert (len(COAL), COAL.sum()) == (112, 191)
    assert (COAL[:41].mean().round(4), COAL[41:].mean().round(4)) == (3.0976, 0.9014)
    found = hijack.volume(COAL, bin_s=60, prior=(1, 1), overdispersion=1, most=1, rng=1)
    of_year = (found.marginal.probability / found.p_change).set_axis(1850 + found.marginal.after)
    expected = {1891: 0.2450, 1890: 0.1848, 1889: 0.1432, 1892: 0.0988, 1887: 0.0931}
    assert of_year.nlargest(5).round(4).to_dict() == expected


def test_evidence_of_a_volume_is_the_chance_of_its_counts() -> None:
    """With a Gamma(a, b) mean the next count is negative binomial given those before."""
    counts, (a, b) = [3, 0, 5], (2.0, 0.5)
    log = 0.0
    for place, count in enumerate(counts):
        shape, rate = a + sum(counts[:place]), b + place
        log += float(stats.nbinom.logpmf(count, shape, rate / (rate + 1)))
    options = {"bin_s": 60.0, "prior": (a, b), "overdispersion": 1.0, "rng": 1}
    found = hijack.volume(counts, rate=1e-12, **options)
    assert found.log_evidence == pytest.approx(log, abs=1e-9)


def test_a_burst_is_a_change_of_volume_and_not_of_composition() -> None:
    draw = np.random.default_rng(5)
    counts = draw.multinomial(np.where(np.arange(60) < 40, 4, 40), [0.7, 0.2, 0.1])
    loud = hijack.volume(counts.sum(axis=1), bin_s=120, rng=1)
    assert loud.positions.after.tolist() == [40]
    # Bins of two minutes: 2 and 20 a minute, no noise in the totals.
    assert loud.segments.rate.tolist() == pytest.approx([2, 20], rel=0.02)
    assert hijack.changes(counts, rng=1).p_change < 0.5


@pytest.mark.calibration
@pytest.mark.parametrize("factor", [1, 4, 10])
def test_overdispersion_is_found_around_the_fit(factor: float) -> None:
    draw = np.random.default_rng(6)
    mean = np.where(np.arange(1000) < 500, 20.0, 80.0)
    counts = (
        draw.poisson(mean)
        if factor == 1
        else draw.negative_binomial(mean / (factor - 1), 1 / factor)
    )
    found = hijack.volume(counts, bin_s=60, rng=1)
    # Pearson's statistic: sd φ √((2 + 6φ/20)/1000) at most, where the kurtosis of a count of
    # mean 20 adds at most 6φ/20; four of them.
    tolerance = 4 * factor * math.sqrt((2 + 0.3 * factor) / 1000)
    assert found.overdispersion == pytest.approx(factor, abs=tolerance)
    assert len(found.positions) == 1
    assert hijack.volume(counts, bin_s=60, overdispersion=1, rng=1).log_bayes_factor >= (
        found.log_bayes_factor
    )


def test_counts_that_say_nothing() -> None:
    assert hijack.changes([[1], [5], [9]], rng=1).cannot_tell == "there is only one category"
    empty = hijack.volume([0, 0, 0], bin_s=60, rng=1)
    assert empty.cannot_tell == "nothing is counted"
    assert "cannot tell" in repr(empty)
    assert "cannot tell" in hijack.changes(np.zeros((3, 2)), rng=1)._repr_html_()


def test_no_change_is_told_as_such() -> None:
    found = hijack.changes([[5, 5]] * 30, rng=1)
    assert repr(found).startswith("Changes(no changes of composition in 30 bins, probability 0.8")
    assert len(found.positions) == 0
    assert found.segments[["start", "end"]].values.tolist() == [[0, 30]] * 2
    assert found.p_change == pytest.approx(1 - found.number.probability[0])


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"rate": 0}, "rate cannot be used: got 0; allowed: a probability"),
        ({"rate": 1.0}, "rate cannot be used"),
        ({"most": 0}, "most cannot be used: got 0; allowed: an integer >= 1"),
        ({"draws": 1.5}, "draws cannot be used"),
        ({"prior": -1}, "prior cannot be used"),
    ],
)
def test_options_are_checked(options: dict[str, float], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        hijack.changes(WORKED, **options)


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: hijack.volume([1, 2], bin_s=0), "bin_s cannot be used"),
        (
            lambda: hijack.volume([1, 2], bin_s=1, prior=(0, 1)),
            "shape of the prior cannot be used: got 0",
        ),
        (lambda: hijack.volume([1, 2], bin_s=1, overdispersion=0.5), "overdispersion cannot"),
        (lambda: hijack.volume([1], bin_s=1), "counts have the wrong shape"),
        (lambda: hijack.volume([1, -2], bin_s=1), "counts hold numbers that are no counts"),
        (lambda: hijack.changes(np.ones((4001, 2))), "the table is too long: got 4001 bins"),
    ],
)
def test_volumes_are_checked(call: Callable[[], object], line: str) -> None:
    with pytest.raises(UsageError, match=line):
        call()


def test_constant_of_the_evidence_is_that_of_counts() -> None:
    """One bin of y, exponential mean with rate b: P(y) = b / (1 + b)^(y + 1)."""
    found = hijack.volume([4, 0], bin_s=60, prior=(1, 1), overdispersion=1, rate=1 - 1e-12, rng=1)
    assert found.log_evidence == pytest.approx(math.log(0.5**5 * 0.5), abs=1e-9)


@pytest.mark.calibration
@pytest.mark.parametrize("factor", [1, 4])
def test_changes_of_volume_are_where_they_say(
    factor: float, calibration_row: Callable[..., None]
) -> None:
    draw, runs = np.random.default_rng(8), 200
    told, held, called = 0, 0, 0
    for _ in range(runs):
        true = int(draw.integers(30, 170))
        for mean in (np.where(np.arange(200) < true, 15.0, 30.0), np.full(200, 20.0)):
            counts = (
                draw.poisson(mean)
                if factor == 1
                else draw.negative_binomial(mean / (factor - 1), 1 / factor)
            )
            found = hijack.volume(counts, bin_s=60, draws=10, rng=1)
            if mean[0] == mean[-1]:
                called += found.p_change > 0.95
            elif len(found.positions) == 1:
                told += 1
                held += found.positions.after_low[0] <= true <= found.positions.after_high[0]
    low = stats.binom(told, 0.95).ppf(0.0005)
    claim = f"volume doubles, variance {factor} × mean: 95 % interval of the change"
    calibration_row("hijack", claim, f"{held} of {told}", f">= {low:.0f}")
    assert told >= 0.9 * runs
    assert held >= low
    assert called <= 0.05 * runs
