import numpy as np
import pandas as pd
import pytest

from spread import cascade
from spread._errors import MissingColumnError, UsageError
from spread.cascade import _matching


def world(rng, authors=40, each=3, *, shift=0.0, larger=0.0, author_sd=0.0):
    """Give cascades of two camps: depth follows size, with an effect of the author's own.

    Camp B's cascades are e^larger times as large and deeper by `shift` at the same size.
    """
    author = np.repeat(np.arange(authors), each)
    camp = np.where(np.arange(authors) % 2, "B", "A")[author]
    in_b = camp == "B"
    size = np.ceil(np.exp(rng.exponential(1.0, len(author)) + larger * in_b)).astype(int)
    own = rng.normal(0, author_sd, authors)[author]
    depth = np.log(size) + own + shift * in_b + rng.normal(0, 0.5, len(author))
    return pd.DataFrame({"camp": camp, "user_id": author.astype(str), "size": size, "depth": depth})


def compare(table, **options):
    return cascade.compare(table, "camp", columns=["depth"], **{"replicates": 99} | options)


def plain(first, second):
    """The largest distance of two empirical distributions, and Cliff's delta, pair by pair."""
    grid = np.concatenate([first, second])
    ks = max(abs(np.mean(first <= x) - np.mean(second <= x)) for x in grid)
    return ks, np.mean(np.sign(np.subtract.outer(first, second)))


def test_the_statistics_are_the_plain_ones():
    rng = np.random.default_rng(1)
    table = world(rng).assign(depth=lambda t: t.depth.round(1)).sample(frac=1, random_state=1)
    row = compare(table, match=None, replicates=1, rng=1).iloc[0]
    first, second = (table.depth[table.camp == camp].to_numpy() for camp in "AB")
    assert (row.ks, row.cliffs_delta) == pytest.approx(plain(first, second), abs=1e-12)
    for q, name in ((0.5, "median"), (0.9, "q90")):
        both = [np.quantile(values, q, method="inverted_cdf") for values in (first, second)]
        assert [row[f"{name}_first"], row[f"{name}_second"]] == both
        assert row[f"{name}_difference"] == both[0] - both[1]


def test_matching_takes_every_equal_size_and_nothing_beyond_the_caliper():
    rng = np.random.default_rng(2)
    size = np.sort(rng.integers(1, 40, 200))
    label, order = rng.integers(0, 2, 200).astype(np.int8), np.arange(200)
    exact = _matching.matched(order, np.log(size), label, 0.0)
    counts = pd.crosstab(size, label)
    assert exact.sum() == 2 * counts.min(axis=1).sum()
    near = _matching.matched(order, np.log(size), label, 0.1)
    assert np.all(near >= exact)
    assert np.sum(label[near] == 0) == np.sum(label[near] == 1)
    # Sizes side by side among the pairs: the k-th smallest of one within e^0.1 of the other's.
    ratio = np.log(np.sort(size[near & (label == 0)]) / np.sort(size[near & (label == 1)]))
    assert np.abs(ratio).max() <= 0.1


def test_a_difference_that_size_makes_goes_at_the_same_size():
    table = world(np.random.default_rng(3), 300, 1, larger=1.5)
    every, same = compare(table, rng=1).itertuples()
    assert not every.matched
    assert same.matched
    assert every.p_cliffs_delta == pytest.approx(1 / 100)
    assert every.cliffs_delta_high < 0
    assert same.p_cliffs_delta > 0.05
    assert same.n_first == same.n_second < every.n_first
    assert abs(same.cliffs_delta) < abs(every.cliffs_delta) / 3


def test_a_difference_beyond_size_stays():
    table = world(np.random.default_rng(4), 200, 1, shift=0.8, larger=1.0)
    same = compare(table, rng=1).iloc[1]
    assert same.p_ks == same.p_cliffs_delta == pytest.approx(1 / 100)
    # Normal with sd 0.5 about the same size: δ = 2 Φ(−0.8 / (0.5 √2)) − 1 = −0.742; depth
    # varies with size inside the groups too, so that it is nearer to 0.
    assert -0.75 < same.cliffs_delta < same.cliffs_delta_high < -0.1


def test_rows_in_any_order_give_the_same():
    table = world(np.random.default_rng(5), author_sd=1.0)
    one = compare(table, clusters="user_id", rng=7)
    two = compare(table.sample(frac=1, random_state=2), clusters="user_id", rng=7)
    numbers = one.select_dtypes("number").columns
    pd.testing.assert_frame_equal(one[numbers], two[numbers])
    assert one.unit.tolist() == ["user_id"] * 2
    assert one.clusters_first[0] == 20


def test_three_groups_are_compared_two_by_two_and_p_corrected():
    table = world(np.random.default_rng(6), 60, 1)
    table["camp"] = np.array(list("ABC"))[np.arange(60) % 3]
    found = compare(table, match=None, rng=1)
    assert found[["first", "second"]].values.tolist() == [["A", "B"], ["A", "C"], ["B", "C"]]
    smallest = found.p_ks.idxmin()
    assert found.p_holm[smallest] == pytest.approx(min(3 * found.p_ks[smallest], 1))


def test_clusters_of_both_groups_are_permuted_within():
    rng = np.random.default_rng(7)
    author = np.repeat(np.arange(30), 4)
    table = pd.DataFrame({"camp": np.tile(["A", "B"], 60), "user_id": author, "size": 5})
    table["depth"] = 10.0 * author + (table.camp == "B") + rng.normal(0, 0.1, 120)
    within = compare(table, match=None, clusters="user_id", rng=1).iloc[0]
    alone = compare(table, match=None, rng=1).iloc[0]
    # Each author is deeper in camp B by 1: nothing beside the 10 between authors.
    assert within.p_cliffs_delta == pytest.approx(1 / 100)
    assert alone.p_cliffs_delta > 0.5


def test_too_few_clusters_cannot_tell():
    table = world(np.random.default_rng(8), authors=6, each=5)
    row = compare(table, clusters="user_id", rng=1).iloc[0]
    assert "the first group has 3 clusters" in row.cannot_tell
    assert np.isnan([row.p_ks, row.ks_low, row.cliffs_delta_high, row.p_holm]).all()
    assert not np.isnan(row.ks)


@pytest.mark.parametrize("size", [np.nan, -1.0, 0.0])
def test_a_size_that_is_none_is_refused(size):
    table = world(np.random.default_rng(1)).astype({"size": float})
    table.loc[3, "size"] = size
    with pytest.raises(UsageError, match="a size is missing or not above 0"):
        compare(table)


def test_what_cannot_be_compared_is_named():
    table = world(np.random.default_rng(9))
    with pytest.raises(MissingColumnError, match="Add breadth"):
        cascade.compare(table, "camp", columns=["breadth"])
    with pytest.raises(UsageError, match="no two groups to compare: got 1 in camp"):
        compare(table[table.camp == "A"])
    with pytest.raises(UsageError, match="unknown match"):
        compare(table, match="depth")


def rejected(runs, *, clusters, **options):
    """Give how often p < 0.05 comes out at any size and at the same size."""
    found = np.zeros(2, int)
    for seed in range(runs):
        table = world(np.random.default_rng([31, seed]), 24, 5, **options)
        p = compare(table, clusters=clusters, replicates=79, rng=seed).p_cliffs_delta
        found += p.to_numpy() < 0.05
    return found


@pytest.mark.calibration
def test_no_difference_is_rarely_rejected_unless_authors_are_ignored(
    calibration_row,
):
    runs = 60
    by_author = rejected(runs, clusters="user_id", author_sd=1.0)
    alone = rejected(runs, clusters=None, author_sd=1.0)
    larger = rejected(runs, clusters="user_id", author_sd=1.0, larger=1.0)
    target = f"≤ 8 of {runs}"
    calibration_row("cascade", f"compare, no difference, by author: p < .05 in {runs}",
                    f"{by_author[0]}; at the same size {by_author[1]}", target)  # fmt: skip
    calibration_row("cascade", f"compare, larger but not deeper, by author: p < .05 in {runs}",
                    f"at the same size {larger[1]}", target)  # fmt: skip
    calibration_row("cascade", f"compare, no difference, authors ignored: p < .05 in {runs}",
                    f"{alone[0]}; at the same size {alone[1]}", "too often: > 8")  # fmt: skip
    # 60 tests at 5 % (p takes multiples of 1/80, so 3.75 %): 8 or fewer in 99.8 % of cases.
    assert by_author.max() <= 8
    assert larger[1] <= 8
    # What the clusters are for: of a variance of 1 + 0.25 + 0.6, 54 % is the author's, so that
    # five cascades an author make the variance 3.2 times as large, and 25 % are rejected.
    assert alone.min() > 8


@pytest.mark.calibration
def test_intervals_of_cliffs_delta_hold_the_truth(calibration_row):
    runs, held = 60, 0
    large = world(np.random.default_rng(32), 6000, 1, shift=0.5, author_sd=1.0)
    truth = compare(large, match=None, replicates=1, rng=1).cliffs_delta[0]
    for seed in range(runs):
        table = world(np.random.default_rng([33, seed]), 40, 4, shift=0.5, author_sd=1.0)
        row = compare(table, match=None, clusters="user_id", rng=seed).iloc[0]
        held += row.cliffs_delta_low <= truth <= row.cliffs_delta_high
    claim = f"compare: 95 % intervals of {runs} that hold Cliff's delta, by author"
    calibration_row("cascade", claim, held, "≥ 52")
    # 99 samples and 40 authors: about 93 %; of 60, 51 or fewer come in 2 % of cases.
    assert held >= 52
