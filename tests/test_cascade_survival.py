import branching
import numpy as np
import pandas as pd
import pytest

from spread import cascade, trees
from spread._errors import UsageError

# Freireich et al. 1963: weeks in remission under 6-MP; True: relapse, False: censored.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSE = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]


def forests(reached_s, seen_s):
    """Give a cascade for each time: of two events, or of one that was seen so long."""
    rows, closes = [], pd.Timestamp("2014-05-01", tz="UTC")
    for c, at in enumerate(reached_s):
        rows += [(c, 0, f"{c}r", "a", 0.0, 1.0)]
        rows += [(c, 1, f"{c}s", "b", float(at), 1.0)] if not np.isnan(at) else []
    columns = ["cascade", "event", "tweet_id", "user_id", "at_s", "mark"]
    events = pd.DataFrame(rows, columns=columns)
    parents = np.where(events.event == 0, -1, np.arange(len(events)) - 1)
    root_at = pd.DatetimeIndex(closes - pd.to_timedelta(seen_s, unit="s"))
    return trees.observed(events, parents, parameters={"archive_closes": closes}, root_at=root_at)


def test_survival_of_the_textbook():
    weeks, relapse = np.array(WEEKS, float), np.array(RELAPSE, bool)
    given = forests(np.where(relapse, weeks, np.nan), np.where(relapse, 40, weeks))
    found = cascade.survival(given, size=2).set_index("time_s")
    assert found.at_risk.tolist() == [21, 21, 17, 15, 12, 11, 7, 6]
    # As R's survival prints it with conf.type = "log-log".
    assert found.share[[6, 10, 23]].tolist() == pytest.approx([0.857, 0.753, 0.448], abs=5e-4)
    assert found.low[[6, 10, 23]].tolist() == pytest.approx([0.620, 0.503, 0.188], abs=5e-4)
    assert found.high[[6, 10, 23]].tolist() == pytest.approx([0.952, 0.889, 0.680], abs=5e-4)
    assert found.loc[0, ["share", "low", "high"]].tolist() == [1, 1, 1]


def test_survival_without_censoring_is_the_share_left():
    found = cascade.survival(forests(np.arange(1.0, 6.0), np.full(5, 99.0)), size=2)
    assert found.share.tolist() == pytest.approx([1, 0.8, 0.6, 0.4, 0.2, 0])
    assert found.reached.tolist() == [0, 1, 2, 3, 4, 5]
    assert found.low.iloc[-1] == 0
    assert found.high.iloc[-1] == found.high.iloc[-2]


def test_groups_are_estimated_apart_and_a_missing_one_left_out():
    given = forests(np.array([1.0, 2.0, np.nan, 4.0]), np.full(4, 9.0))
    found = cascade.survival(given, size=2, by=["x", "x", "y", None])
    assert found.group.tolist() == ["x", "x", "x", "y"]
    assert found.share.tolist() == pytest.approx([1, 0.5, 0, 1])


def test_times_to_a_depth_are_pooled_over_trees():
    many = branching.cascades(np.random.default_rng(4), 25, least=3)
    drawn = cascade.forests(branching.tweets(many), trees=20, rng=1)
    found = cascade.survival(drawn, depth=3)
    shares = []
    for i in range(20):
        one = trees.observed(
            drawn.events, drawn.tree(i), parameters=drawn.parameters, root_at=drawn.root_at
        )
        part = cascade.survival(one, depth=3)
        place = np.searchsorted(part.time_s, found.time_s, side="right") - 1
        shares.append(part.share.to_numpy()[place])
    assert found.share.to_numpy() == pytest.approx(np.mean(shares, axis=0))
    assert np.all((found.low <= found.share + 1e-12) & (found.share <= found.high + 1e-12))


def test_what_survival_cannot_use_is_named():
    given = forests(np.array([1.0]), np.array([9.0]))
    for options in ({}, {"size": 2, "depth": 1}):
        with pytest.raises(UsageError, match="give either size or depth"):
            cascade.survival(given, **options)
    with pytest.raises(UsageError, match="size cannot be used: got 1"):
        cascade.survival(given, size=1)
    with pytest.raises(UsageError, match="by has another length: got 2; allowed: 1"):
        cascade.survival(given, size=2, by=["x", "y"])


def test_survival_of_no_cascades_is_empty():
    none = forests(np.empty(0), np.empty(0))
    assert cascade.survival(none, size=2).time_s.tolist() == [0.0]


@pytest.mark.calibration
def test_intervals_of_survival_hold_the_truth(calibration_row):
    runs, held = 300, 0
    for seed in range(runs):
        rng = np.random.default_rng([41, seed])
        at, seen = rng.exponential(100, 60), rng.uniform(20, 200, 60)
        found = cascade.survival(forests(np.where(at < seen, at, np.nan), seen), size=2)
        row = found[found.time_s <= 80].iloc[-1]
        # The share is a step: it is P(T > 80) from the last time before 80 on.
        held += row.low <= np.exp(-0.8) <= row.high
    claim = f"survival: 95 % log-log intervals of {runs} that hold the truth"
    calibration_row("cascade", claim, held, "≥ 275")
    # Of 300 at 95 %, 274 or fewer come in 0.3 % of cases.
    assert held >= 275
