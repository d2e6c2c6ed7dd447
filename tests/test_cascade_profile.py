"""Curves of groups of cascades: small ones by hand, a textbook's times, sizes made alike."""

import numpy as np
import pandas as pd
import pytest
from test_cascade_survival import RELAPSE, WEEKS, forests

from spread import cascade, trees
from spread._errors import MissingColumnError, UsageError


def of(parents, *, copies=5, users=None, closes=None):
    """Give the same cascade `copies` times over; event k comes after k minutes."""
    size = len(parents)
    events = pd.DataFrame({
        "cascade": np.repeat(np.arange(copies), size), "event": np.tile(np.arange(size), copies),
        "tweet_id": [str(row) for row in range(copies * size)],
        "user_id": [f"{row // size}{(users or range(size))[row % size]}"
                    for row in range(copies * size)],
        "at_s": np.tile(60.0 * np.arange(size), copies), "mark": 1.0,
    })  # fmt: skip
    whole = [parent + size * (row // size) if parent >= 0 else -1
             for row, parent in enumerate(list(parents) * copies)]  # fmt: skip
    return trees.observed(events, whole)


def points(curves, measure, *, matched=False, group="all"):
    asked = (curves.measure == measure) & (curves.matched == matched) & (curves.group == group)
    return dict(curves[asked][["x", "y"]].itertuples(index=False))


def profile(given, **options):
    return cascade.profile(cascade.metrics(given), given, rng=1, replicates=20, **options)


def test_users_and_tweets_by_depth_of_a_small_tree() -> None:
    """0 → 1, 2; 1 → 3, 4; 3 → 5. Events 2 and 5 are by the same user, first one step away."""
    curves = profile(of([-1, 0, 0, 1, 1, 3], users="abcdec"))
    assert points(curves, "breadth_by_depth") == {0: 1, 1: 2, 2: 2, 3: 1}
    assert points(curves, "users_by_depth") == {0: 1, 1: 3, 2: 5, 3: 5}
    assert points(curves, "time_to_depth") == {1: 60, 2: 180, 3: 300}
    assert points(curves, "time_to_users") == {2: 60, 3: 120, 5: 240}
    assert points(curves, "size") == {6: 1}


def test_times_are_the_textbooks_though_some_are_censored() -> None:
    """F of Freireich's patients ends at 1 − 0.448; half of it, 0.276, is passed in week 13."""
    weeks, relapse = np.array(WEEKS, float), np.array(RELAPSE, bool)
    given = forests(np.where(relapse, weeks, np.nan), np.where(relapse, 40, weeks))
    curves = profile(given, clusters=None)
    assert points(curves, "time_to_depth") == {1: 13}
    row = curves[curves.measure == "time_to_depth"].iloc[0]
    assert row.cascades == 9
    assert 6 <= row.low <= 13 <= row.high <= 23


def test_the_median_is_that_of_a_slow_twin() -> None:
    draw = np.random.default_rng(3)
    seen, due = np.ceil(draw.uniform(1, 60, 80)), np.ceil(draw.exponential(30, 80))
    reached = due <= seen
    curves = profile(forests(np.where(reached, due, np.nan), seen), clusters=None)
    left, after = 1.0, {}
    for at in np.unique(due[reached]):
        at_risk = np.sum(np.where(reached, due, seen) >= at)
        left *= 1 - np.sum(reached & (due == at)) / at_risk
        after[at] = 1 - left
    half = next(at for at, share in after.items() if share >= (1 - left) / 2)
    assert points(curves, "time_to_users") == {2: half}


def groups(draw, *, small, large):
    """Give chains, whose depth their size decides, with mostly small or mostly large ones."""
    sizes = np.concatenate([draw.choice([2, 8], 60, p=share) for share in (small, large)])
    parents, rows = [], []
    for number, size in enumerate(sizes):
        start = len(rows)
        parents += [-1, *range(start, start + size - 1)]
        rows += [(number, event, f"{number}-{event}", f"{number}-{event}", 60.0 * event, 1.0)
                 for event in range(size)]  # fmt: skip
    columns = ["cascade", "event", "tweet_id", "user_id", "at_s", "mark"]
    given = trees.observed(pd.DataFrame(rows, columns=columns), parents)
    return given, cascade.metrics(given).assign(kind=np.repeat(["one", "two"], 60))


def test_what_size_alone_makes_is_gone_at_the_same_size() -> None:
    """Chains of 2 or 8: a group with more long ones is deeper, and not beside its equals."""
    given, shapes = groups(np.random.default_rng(2), small=[0.9, 0.1], large=[0.3, 0.7])
    curves = cascade.profile(shapes, given, by="kind", rng=1, replicates=20)
    at_all = [points(curves, "depth", group=kind)[7] for kind in ("one", "two")]
    alike = [points(curves, "depth", group=kind, matched=True)[7] for kind in ("one", "two")]
    assert at_all[1] - at_all[0] > 0.3
    assert alike[0] == alike[1]
    counted = curves[curves.matched & (curves.measure == "size")].groupby("group").cascades.first()
    long = shapes["size"].eq(8).groupby(shapes.kind).sum()
    assert counted.tolist() == 2 * [min(long) + min(60 - long)]


def test_clusters_widen_what_is_known() -> None:
    given, shapes = groups(np.random.default_rng(2), small=[0.5, 0.5], large=[0.5, 0.5])
    same = shapes.assign(author=shapes["size"].astype(str))  # all of one size by one author
    apart, together = (
        cascade.profile(shapes, given, clusters=None, rng=1, replicates=99),
        cascade.profile(same, given, clusters="author", rng=1, replicates=99),
    )
    wide = [curves[(curves.measure == "depth") & (curves.x == 7)].iloc[0]
            for curves in (apart, together)]  # fmt: skip
    assert wide[1].high - wide[1].low > 3 * (wide[0].high - wide[0].low)
    for curves in (apart, together):
        assert (curves.low <= curves.y + 1e-12).all()
        assert (curves.y <= curves.high + 1e-12).all()


def test_few_cascades_are_no_curve() -> None:
    assert profile(of([-1, 0], copies=4)).empty
    assert list(profile(of([-1, 0], copies=4)).columns) == [
        "matched", "group", "measure", "x", "y", "low", "high", "cascades",
    ]  # fmt: skip


def test_what_cannot_be_used_is_one_line() -> None:
    given = of([-1, 0])
    shapes = cascade.metrics(given)
    with pytest.raises(MissingColumnError, match=r"metrics lack columns: .* Add kind"):
        cascade.profile(shapes, given, by="kind")
    with pytest.raises(UsageError, match="unknown match: got 'age'; allowed: size, None"):
        cascade.profile(shapes, given, match="age")
