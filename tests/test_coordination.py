"""Accounts that share in step: counts, chance, verdicts."""

import itertools
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sharing import HOUR_S, shares, world

from spread import coordination
from spread._errors import SpreadError
from spread._random import stream
from spread.coordination import _asked
from spread.coordination._chance import adjusted, cells, shuffled, tail
from spread.coordination._close import close_rows
from spread.coordination._near import near_pairs, permuted
from spread.coordination._shares import read_shares
from spread.tables import TWEETS, empty

ROWS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.integers(0, 40)), max_size=30
)


def look(table: pd.DataFrame, **options: object) -> pd.DataFrame:
    return coordination.detect(table, kind="object", **{"within_s": 10, **options})


def every_two(table: pd.DataFrame, within_s: float) -> set[tuple[str, str]]:
    """Join a table with itself: the plain twin, O(n^2)."""
    rows = list(zip(table.tweet_id, table.author_id, table.object, table["at"], strict=True))
    return {
        tuple(sorted((a[0], b[0])))
        for a, b in itertools.combinations(rows, 2)
        if a[2] == b[2] and a[1] != b[1] and abs((a[3] - b[3]).total_seconds()) <= within_s
    }


@given(ROWS, st.integers(0, 12))
@settings(max_examples=20, derandomize=True, deadline=None)
def test_close_shares_are_those_of_a_join_with_itself(rows: list, within_s: int) -> None:
    table = shares([(user, item, float(at)) for user, item, at in rows])
    found = coordination.close_shares(table, within_s=within_s, kind="object")
    ids = [tuple(sorted(pair)) for pair in zip(found.tweet_id, found.target_tweet_id, strict=True)]
    assert len(ids) == len(set(ids))
    assert set(ids) == every_two(table, within_s)


def test_shares_exactly_a_window_apart_are_close() -> None:
    table = shares([("a", "x", 0.0), ("b", "x", 10.0), ("c", "x", 20.000001)])
    found = coordination.close_shares(table, within_s=10, kind="object")
    assert list(zip(found.source, found.target, strict=True)) == [("a", "b")]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({"loops": True}, 1145),
        ({}, 1098),
        ({"min_shares": 2, "loops": True}, 771),
        ({"min_shares": 2}, 724),
        ({"min_shares": 2, "participation": 2, "rule": "either"}, 447),
        ({"min_shares": 2, "participation": 2}, 118),
    ],
)
def test_counts_of_coortweet_on_its_own_archive(
    shared: Path, options: dict[str, object], count: int
) -> None:
    """CooRTweet at d31a008: 10 s, russian_coord_tweets (35,125 rows)."""
    found = coordination.close_shares(russian(shared), within_s=10, kind="object", **options)
    assert len(found) == count


def test_coortweets_archive_holds_as_many_close_pairs_as_chance_gives(shared: Path) -> None:
    found = coordination.profile(
        russian(shared), kind="object", windows_s=(10,), permutations=19, rng=1
    ).iloc[0]
    assert found.pairs_by_chance_low <= found.pairs <= found.pairs_by_chance_high
    assert found.in_step == 0


def russian(shared: Path) -> pd.DataFrame:
    table = pd.read_csv(shared / "coortweet" / "russian_coord_tweets.csv.gz")
    assert len(table) == 35_125
    assert table.content_id.nunique() == 35_085
    names = {"content_id": "tweet_id", "account_id": "author_id", "object_id": "object"}
    at = pd.to_datetime(table.pop("timestamp_share"), unit="s", utc=True)
    return table.rename(columns=names).assign(at=at)


def crowd(objects: int, *, members: str = "ab", crowd: str = "cdefgh") -> pd.DataFrame:
    """Return objects that members share at once and others five minutes apart."""
    rows = [
        (user, f"o{k}", k * 2 * HOUR_S + (0 if user in members else 300.0 * (1 + i)))
        for k in range(objects)
        for i, user in enumerate(crowd + members)
    ]
    return shares(rows)


def test_p_is_that_of_all_ways_to_deal_the_moments_out() -> None:
    """Three objects of 4, 4 and 3 sharers, all in one hour: 4! 4! 3! = 3,456 ways."""
    times = {"x": (0, 5, 8, 100), "y": (0, 3, 300, 304), "z": (0, 9, 50)}
    users = {"x": "abcd", "y": "abce", "z": "abc"}
    rows = [(u, k, float(t)) for k in times for u, t in zip(users[k], times[k], strict=True)]
    found = look(shares(rows), min_objects=2, support=2).set_index(["source", "target"])
    reached = []
    for ways in itertools.product(*(itertools.permutations(times[k]) for k in times)):
        at = {k: dict(zip(users[k], way, strict=True)) for k, way in zip(times, ways, strict=True)}
        reached.append(sum(abs(at[k]["a"] - at[k]["b"]) <= 10 for k in times))
    row = found.loc[("a", "b")]
    assert row.in_step == 3
    assert row.p == pytest.approx(np.mean(np.array(reached) >= 3), rel=1e-12)
    assert row.expected == pytest.approx(np.mean(reached), rel=1e-12)


def test_moments_on_both_sides_of_a_full_hour() -> None:
    """2 shares before and 3 after the hour, one of 6 pairs across close: (1/6)^4."""
    moments = {"c": -900, "a": -2, "b": 2, "d": 900, "e": 1800}
    start = -1_398_000_000 % HOUR_S
    rows = [
        (user, f"o{k}", start + (2 * k + 2) * HOUR_S + at)
        for k in range(4)
        for user, at in moments.items()
    ]
    found = look(shares(rows))
    assert found[["source", "target", "in_step"]].to_numpy().tolist() == [["a", "b", 4]]
    assert found.p[0] == pytest.approx((1 / 6) ** 4, rel=1e-12)


def test_expected_under_the_null_of_hours_is_the_mean_of_shuffles() -> None:
    table = world(3, accounts=12, objects=40, sharers=4)
    found = look(table, null="hour", within_s=300, min_objects=2).iloc[0]
    flat = read_shares(table, "object")
    left, right = close_rows(flat.item, flat.at_us, 300_000_000)
    one, other = np.searchsorted(flat.users, [found.source, found.target])
    counts = []
    for number in range(1000):
        user = shuffled(flat, cells(flat, 0, 3_600_000_000), "hour", stream(1, number))
        first, second = user[left], user[right]
        ends = np.stack([np.minimum(first, second), np.maximum(first, second)])
        counts.append((ends == np.array([[one], [other]])).all(axis=0).sum())
    error = np.std(counts) / np.sqrt(len(counts))
    assert abs(np.mean(counts) - found.expected) < 4 * error


def test_expected_under_the_null_of_hours_across_a_full_hour() -> None:
    """a's share falls on any of 2 before, b's on any of 3 after: 1 close of 6, four times.

    In each of the four pairs of hours; the hours between hold nothing.
    """
    moments = {"c": -900, "a": -2, "b": 2, "d": 900, "e": 1800}
    start = -1_398_000_000 % HOUR_S
    rows = [
        (user, f"o{k}", start + (3 * k + 3) * HOUR_S + at)
        for k in range(4)
        for user, at in moments.items()
    ]
    found = look(shares(rows), null="hour")
    assert found[["source", "target"]].to_numpy().tolist() == [["a", "b"]]
    assert found.expected[0] == pytest.approx(4 / 6, rel=1e-12)
    assert found.p[0] == pytest.approx(stats.poisson.sf(3, 4 / 6), rel=1e-12)


@pytest.mark.parametrize("null", ["object", "hour"])
def test_permuted_counts_are_those_of_sets_of_objects(null: str) -> None:
    """The same draw, counted plainly."""
    flat = read_shares(world(8, accounts=15, objects=60, sharers=5), "object")
    stretch, window = 86_400_000_000, 1_800_000_000
    hours = cells(flat, window, stretch)
    near = near_pairs(flat, np.ones(len(flat.users), dtype=bool), window, 2)
    user = shuffled(flat, hours, null, stream(1, 2))
    left, right = close_rows(flat.item, flat.at_us, window)
    met: dict[tuple[int, int], set[int]] = {}
    for one, other in zip(left, right, strict=True):
        ends = tuple(sorted((int(user[one]), int(user[other]))))
        met.setdefault(ends, set()).add(int(flat.item[one]))
    expected = [len(met.get((int(a), int(b)), ())) for a, b in near.pairs]
    drawn = permuted(flat, hours, near, window, null, stream(1, 2))
    assert drawn.tolist() == expected
    assert sum(expected) > 50


def test_permutations_agree_with_the_exact_p() -> None:
    table = world(1, accounts=60, objects=40)
    found = look(table, within_s=60, permutations=400, rng=1)
    sure = found[(found.p > 0.02) & (found.p < 0.98)]
    # 400 draws: each within 4.5 standard errors, a chance of 7e-6 per pair.
    error = np.sqrt(sure.p * (1 - sure.p) / 400) + 1 / 401
    assert len(sure) > 20
    assert ((sure.p_permuted - sure.p).abs() < 4.5 * error).all()


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=8), st.integers(0, 8))
@settings(max_examples=50, derandomize=True, deadline=None)
def test_tail_is_that_of_all_outcomes(probabilities: list[float], least: int) -> None:
    p = np.array(probabilities)
    outcomes = np.array(list(itertools.product([0, 1], repeat=len(p))))
    weights = np.where(outcomes, p, 1 - p).prod(axis=1)
    expected = weights[outcomes.sum(axis=1) >= least].sum()
    assert tail(p, least) == pytest.approx(expected, rel=1e-10, abs=1e-300)
    assert tail.py_func(p, least) == pytest.approx(tail(p, least), rel=1e-12)


def test_tail_of_equal_events_is_binomial_however_small() -> None:
    assert tail(np.full(40, 0.01), 30) == pytest.approx(stats.binom.sf(29, 40, 0.01), rel=1e-9)


def test_q_counts_the_pairs_that_are_not_listed() -> None:
    p = np.array([0.03, 0.0001, 0.002])
    every = np.concatenate([p, np.ones(97)])
    assert adjusted(p, 100) == pytest.approx(stats.false_discovery_control(every)[:3])


def test_two_always_together_among_many_are_in_step() -> None:
    found = look(crowd(6))
    assert found[["source", "target", "verdict"]].to_numpy().tolist() == [["a", "b", "in step"]]
    assert found.p[0] == pytest.approx((1 / 28) ** 6)
    assert found.attrs["cannot_tell"] is None
    assert found.share_low[0] == pytest.approx(6 / (6 + 1.959964**2), rel=1e-6)  # Wilson at 6/6
    assert set(found.evidence[0]) <= set(crowd(6).tweet_id)


def test_breaking_news_is_no_evidence() -> None:
    """All eight share everything at once: every pair is close, and chance says so."""
    found = look(crowd(6, members="abcdefgh", crowd=""))
    assert len(found) == 28
    assert (found.p == 1).all()
    assert set(found.verdict) == {"cannot tell"}
    assert "too small" in found.attrs["cannot_tell"]


def test_objects_that_nobody_else_shared_cannot_tell() -> None:
    alone = shares([(user, f"p{k}", k * 2 * HOUR_S) for k in range(6) for user in "yz"])
    found = look(pd.concat([crowd(6), alone])).set_index(["source", "target"])
    assert found.loc[("y", "z"), "verdict"] == "cannot tell"
    assert found.loc[("a", "b"), "verdict"] == "in step"


def test_an_archive_without_common_objects_cannot_tell() -> None:
    table = shares([("a", "x", 0.0), ("b", "x", 1.0)])
    assert look(table).attrs["cannot_tell"] == "no two accounts shared 3 objects"
    assert look(table.iloc[:0]).attrs["cannot_tell"] == "no two accounts shared 3 objects"


def test_two_objects_are_not_enough() -> None:
    assert look(crowd(2)).empty
    assert look(crowd(6), support=7).empty


def test_only_the_first_share_of_an_object_counts() -> None:
    again = crowd(6).assign(at=lambda t: t["at"] + pd.Timedelta(minutes=50))
    again = again[again.author_id.isin(["c", "d"])].assign(tweet_id=lambda t: "again" + t.tweet_id)
    assert look(pd.concat([crowd(6), again]))[["source", "target"]].to_numpy().tolist() == [
        ["a", "b"]
    ]


def test_too_many_pairs_to_enumerate_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    table = world(2, ring=5)
    exact = look(table)
    monkeypatch.setattr(_asked, "_ENUMERATED", 0)
    bounded = look(table)
    assert bounded.attrs["tests"] >= exact.attrs["tests"]
    assert bounded.p.tolist() == exact.p.tolist()
    assert coordination.accounts(bounded).user_id.tolist() == table.attrs["ring"]


def test_the_null_of_hours_takes_common_objects_of_two_alone_as_evidence() -> None:
    alone = shares([(user, f"p{k}", k * 2 * HOUR_S) for k in range(6) for user in "yz"])
    found = look(pd.concat([crowd(6), alone]), null="hour").set_index(["source", "target"])
    assert found.loc[("y", "z"), "p"] < found.loc[("y", "z"), "expected"] ** 6
    assert found.attrs["tests"] == 10 * 9 // 2


def tweets() -> pd.DataFrame:
    at = pd.to_datetime("2014-04-22 18:00Z") + pd.to_timedelta(range(7), unit="s")
    return pd.DataFrame(
        {
            "tweet_id": list("1234567"),
            "author_id": list("abcabca"),
            "at": at,
            "origin": ["collected"] * 6 + ["embedded"],
            "kind": ["retweet"] * 3 + ["tweet"] * 4,
            "retweet_of": ["9", "9", "9", None, None, None, None],
            "retweet_author_id": ["z", "z", "c", None, None, None, None],
            "urls": [["r"], ["r"], [], ["u"], ["u", "v", "u"], [], ["w"]],
            "hashtags": [["p", "q"]] * 3 + [["p", "q"], ["q", "p"], ["p", "p"], ["p", "r"]],
        }
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("retweet", [("a", "9"), ("b", "9")]),
        ("link", [("a", "u"), ("b", "u"), ("b", "v")]),
        ("hashtags", [("a", "p q"), ("b", "q p")]),
    ],
)
def test_what_is_shared(kind: str, expected: list[tuple[str, str]]) -> None:
    found = coordination.shares(tweets(), kind=kind)
    assert sorted(zip(found.author_id, found.object, strict=True)) == expected


def test_order_and_kind_of_table_do_not_matter_and_nothing_is_changed() -> None:
    table = world(4, accounts=80, objects=40, ring=3)
    before = table.copy(deep=True)
    found = look(table, rng=1)
    mixed = look(table.sample(frac=1, random_state=1), rng=1)
    arrow = pa.Table.from_pandas(table, preserve_index=False)
    pd.testing.assert_frame_equal(mixed, found)
    pd.testing.assert_frame_equal(look(arrow, rng=1), found)
    pd.testing.assert_frame_equal(look(ibis.memtable(arrow), rng=1), found)
    pd.testing.assert_frame_equal(table, before)


def test_an_empty_archive_has_no_pairs() -> None:
    for kind in ("retweet", "link", "hashtags"):
        found = coordination.detect(empty(TWEETS), within_s=10, kind=kind, permutations=3)
        assert found.empty
        assert coordination.clusters(found).empty
        assert coordination.accounts(found).empty


def test_shuffling_keeps_what_the_null_keeps() -> None:
    table = world(5)
    for null, kept in (("object", ["object", "hour"]), ("hour", ["hour"])):
        drawn = coordination.shuffle(table, kind="object", null=null, rng=1)
        pd.testing.assert_series_equal(drawn["at"], coordination.shares(table, kind="object")["at"])
        for one in ([*kept, "author_id"], ["object", "at"]):
            assert counts(drawn, one) == counts(table, one)


def counts(table: pd.DataFrame, columns: list[str]) -> dict:
    return table.assign(hour=table["at"].dt.floor("h")).value_counts(columns).to_dict()


def pair(source: str, target: str, objects: str, verdict: str = "in step") -> dict[str, object]:
    at = pd.Timestamp("2014-04-22", tz="UTC")
    return {
        "source": source,
        "target": target,
        "in_step": len(objects),
        "shared": 2 * len(objects),
        "lag_s": 1.0,
        "first_at": at,
        "last_at": at + pd.Timedelta(hours=len(objects)),
        "q": 10.0 ** -len(objects),
        "objects": list(objects),
        "evidence": [source + objects, target + objects],
        "verdict": verdict,
    }


def test_clusters_are_what_pairs_tie_together() -> None:
    pairs = pd.DataFrame(
        [
            pair("x", "y", "klm"),
            pair("b", "c", "klmn"),
            pair("a", "b", "lmno"),
            pair("c", "x", "klm", "by chance"),
        ]
    )
    found = coordination.clusters(pairs)
    assert found.user_ids.tolist() == [["a", "b", "c"], ["x", "y"]]
    assert found[["pairs", "objects"]].to_numpy().tolist() == [[2, 5], [1, 3]]
    assert found.density.tolist() == [2 / 3, 1.0]
    assert found.q.tolist() == [1e-4, 1e-3]
    low, high = stats.binomtest(1, 2).proportion_ci(method="wilson")
    assert found.share_low[0] > low  # five objects say more than two
    assert found.share_high[0] < high
    assert coordination.accounts(pairs)[["user_id", "cluster"]].to_numpy().tolist() == [
        *(["a", 0], ["b", 0], ["c", 0], ["x", 1], ["y", 1])
    ]


def test_a_ring_is_one_cluster_and_its_accounts_can_be_left_out() -> None:
    table = world(6, ring=5)
    found = coordination.clusters(look(table))
    assert found.user_ids.tolist() == [table.attrs["ring"]]
    rest = table[~table.author_id.isin(coordination.accounts(look(table)).user_id)]
    assert coordination.clusters(look(rest)).empty


def test_the_profile_shows_a_script_at_its_own_window() -> None:
    found = coordination.profile(
        world(7, ring=4), kind="object", windows_s=(0.1, 5, 60), permutations=9, rng=1
    )
    assert found.in_step.tolist()[:2] == [0, 6]
    assert (found.candidates_by_chance_low <= found.candidates_by_chance).all()
    again = coordination.profile(
        world(7, ring=4), kind="object", windows_s=(0.1, 5, 60), permutations=9, rng=1
    )
    pd.testing.assert_frame_equal(found, again)


def toy() -> pd.DataFrame:
    """Accounts x objects 1110, 1110, 1001, 1001."""
    rows = [(user, item) for user in "ab" for item in "wxy"]
    rows += [(user, item) for user in "cd" for item in "wz"]
    return shares([(user, item, 0.0) for user, item in rows])


def test_similarity_depends_on_the_convention_of_idf() -> None:
    plain = coordination.similarity(toy(), kind="object")
    assert set(zip(plain.source, plain.target, strict=True)) == {("a", "b"), ("c", "d")}
    smooth = coordination.similarity(toy(), kind="object", idf="smooth")
    between = smooth.set_index(["source", "target"]).loc[("a", "c")]
    # w has weight ln(5/5) + 1 = 1, the rest v = ln(5/3) + 1: 1 / sqrt((1 + 2v^2)(1 + v^2)).
    v = np.log(5 / 3) + 1
    assert between.similarity == pytest.approx(1 / np.sqrt((1 + 2 * v**2) * (1 + v**2)), abs=1e-12)
    assert between.similarity == pytest.approx(0.233965, abs=5e-7)
    assert between.common == 1


def test_backbone_of_one_heavy_edge_among_four() -> None:
    star = pd.DataFrame({"source": "a", "target": list("bcde"), "similarity": [3.0, 1, 1, 1]})
    found = coordination.backbone(star)
    assert found.p_source.tolist() == pytest.approx([0.125] + [(5 / 6) ** 3] * 3)
    assert (found.p_target == 1).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "text"}, "unknown kind: got 'text'"),
        ({"null": "none"}, "unknown null: got 'none'"),
        ({"within_s": -1}, "within_s cannot be used: got -1; allowed: seconds >= 0"),
        ({"within_s": float("nan")}, "within_s cannot be used: got nan"),
        ({"within_s": 7200}, "shorter than the window"),
        ({"min_objects": 1}, "min_objects cannot be used: got 1; allowed: an integer >= 2"),
        ({"permutations": -1}, "permutations cannot be used"),
        ({"level": 1.5}, "level cannot be used"),
    ],
)
def test_options_that_are_not_allowed(options: dict[str, object], message: str) -> None:
    with pytest.raises(SpreadError, match=message):
        coordination.detect(crowd(3), **{"within_s": 10, "kind": "object", **options})


def test_errors_of_the_smaller_functions() -> None:
    for option in ({"min_shares": -1}, {"participation": float("nan")}):
        with pytest.raises(SpreadError, match="cannot be used: got"):
            coordination.close_shares(crowd(3), within_s=1, kind="object", **option)
    with pytest.raises(SpreadError, match="unknown rule"):
        coordination.close_shares(crowd(3), within_s=1, kind="object", rule="any")
    with pytest.raises(SpreadError, match="unknown idf"):
        coordination.similarity(crowd(3), kind="object", idf="log")
    with pytest.raises(SpreadError, match="a weight is not above 0"):
        coordination.backbone(pd.DataFrame({"source": ["a"], "target": ["b"], "similarity": [0.0]}))
    with pytest.raises(SpreadError, match=r"what coordination\.detect returns"):
        coordination.clusters(pd.DataFrame({"source": []}))
