import itertools
from types import SimpleNamespace

import branching
import igraph
import numpy as np
import pandas as pd
import pytest

from spread import cascade, seeds, trees
from spread._errors import UsageError

PARENTS = [-1, 0, 0, 1, 1, 2, 5]
OWNERS = ["A", "B", "C", "B", "D", "A", "C"]
BASE = [
    "user_id", "credit", "credit_low", "credit_high", "credit_median",
    "share", "share_low", "share_high", "p_first", "p_top5", "lost_low", "lost_high",
    "external", "external_low", "external_high",
    "entered_at", "entered_low", "entered_high", "p_entered",
    "originals", "retweets", "first_at", "first_tweet_id", "evidence",
    "naive_followers_rank", "naive_first_rank", "naive_retweets_rank",
]  # fmt: skip


def observed(*cascades):
    """Give known trees of cascades (parents, users, marks)."""
    parts, parents = [], []
    for number, (above, users, marks) in enumerate(cascades):
        start = len(parents)
        parents += [p + start if p >= 0 else -1 for p in above]
        n = len(above)
        part = {"cascade": np.int32(number), "event": np.arange(n, dtype=np.int32)}
        part |= {"tweet_id": [f"{number}{v}" for v in range(n)], "user_id": users}
        parts.append(pd.DataFrame(part).assign(at_s=np.arange(n) * 10.0, mark=marks))
    at = pd.date_range("2014-04-22T18:00Z", periods=len(cascades), freq="1h", unit="us")
    return trees.observed(pd.concat(parts, ignore_index=True), parents, root_at=at)


def test_credit_of_a_known_tree_is_the_shapley_value():
    found = seeds.rank(observed((PARENTS, OWNERS, 1.0)), rng=1)
    assert found.columns.tolist() == BASE
    assert found.user_id.tolist() == ["A", "C", "B", "D"]
    # By hand: Σ over events of 1 / (distinct accounts on the way).
    assert found.credit.to_numpy() == pytest.approx([23 / 6, 3 / 2, 4 / 3, 1 / 3])
    assert found.share.sum() == pytest.approx(1)
    assert found.originals.tolist() == [1, 0, 0, 0]
    assert found.retweets.tolist() == [1, 2, 2, 1]
    assert found.evidence[0] == ["00", "05"]
    assert found.p_first.tolist() == [1, 0, 0, 0]
    assert found.p_top5.tolist() == [1, 1, 1, 1]


def test_shares_of_one_cascade_are_certain_where_its_tree_is():
    found = seeds.rank(observed((PARENTS, OWNERS, 1.0)), rng=1)
    assert found.share_low.to_numpy() == pytest.approx(found.share, rel=1e-6)  # float32
    assert found.share_high.to_numpy() == pytest.approx(found.share, rel=1e-6)
    alone = seeds.rank(observed((PARENTS, OWNERS, 1.0)), resample=False, rng=1)
    assert alone.credit_low.to_numpy() == pytest.approx(alone.credit, rel=1e-6)


def test_cascades_of_one_event_spread_nothing():
    lone = ([-1], ["Z"], 1e6)
    found = seeds.rank(observed(lone, ([-1, 0], ["A", "B"], 1.0), lone), rng=1)
    assert found.user_id.tolist() == ["A", "B"]
    assert found.credit.tolist() == [1.5, 0.5]


def test_naive_ranks_stand_beside_the_credit():
    small = ([-1, 0], ["big", "B"], [1e6, 1.0])
    large = ([-1, 0, 1, 1, 1, 1], ["A", "C", "D", "E", "F", "G"], 5.0)
    found = seeds.rank(observed(small, large), rng=1).set_index("user_id")
    assert found.naive_followers_rank["big"] == 1
    assert found.naive_first_rank["big"] == 1
    assert found.naive_retweets_rank["A"] == 1
    assert found.naive_retweets_rank["big"] == 2
    assert found.credit.idxmax() == "A"


TURNING = ["p_turned", "brought", "brought_low", "brought_high"]
CAMPS = pd.DataFrame({"user_id": ["A", "B", "X"], "camp": ["A", "A", "B"]})
TWO = (([-1, 0, 0], ["A", "B", "X"], 1.0), ([-1, 0], ["X", "A"], 1.0))


def test_a_camp_counts_the_cascades_of_its_roots():
    found = seeds.rank(observed(*TWO), partition=CAMPS, camp="B", rng=1)
    assert found.columns.tolist() == ["user_id", "camp", *BASE[1:]]
    assert found[["user_id", "camp", "credit"]].values.tolist() == [
        ["X", "B", 1.5],
        ["A", "A", 0.5],
    ]


def test_a_partition_record_does_as_well():
    record = SimpleNamespace(
        frame=lambda: pd.DataFrame({"user_id": ["A", "B", "X"], "community": [0, 0, 1]})
    )
    found = seeds.rank(observed(*TWO), partition=record, camp=1, rng=1)
    assert found.camp.tolist() == ["1", "0"]


def turn(at, **others):
    facts = {"cannot_tell": None, "onset_high": at and pd.Timestamp(at), "rising": "A"}
    facts |= {"onset_low": pd.Timestamp("2014-04-22T17:00Z"), "p_turn": 0.5, "ramp_s_high": 0.0}
    return SimpleNamespace(**{**facts, **others})


def test_a_turn_counts_what_came_before_its_latest_onset():
    # Of A's cascade the root at 18:00:00 and B at 18:00:10 came in time, X did not.
    found = seeds.rank(observed(*TWO), partition=CAMPS, turn=turn("2014-04-22T18:00:15Z"), rng=1)
    assert found[["user_id", "credit"]].values.tolist() == [["A", 1.5], ["B", 0.5]]
    assert found.naive_retweets_rank.tolist() == [1, 2]


def test_what_came_before_the_earliest_onset_turned_nothing():
    # The root at 18:00:00 is too early, its two retweets are not.
    late = turn("2014-04-22T19:00Z", onset_low=pd.Timestamp("2014-04-22T18:00:05Z"))
    found = seeds.rank(observed(TWO[0]), partition=CAMPS, turn=late, rng=1)
    assert found[["user_id", "credit"]].values.tolist() == [["A", 1.0], ["B", 0.5], ["X", 0.5]]


@pytest.mark.parametrize(
    "no_turn", [turn(None), turn("2014-04-23T00:00Z", cannot_tell="nothing changed")]
)
def test_without_a_turn_nobody_turned_it(no_turn):
    found = seeds.rank(observed(*TWO), partition=CAMPS, turn=no_turn, rng=1)
    assert found.columns.tolist() == ["user_id", "camp", *BASE[1:], *TURNING]
    assert len(found) == 0


def test_no_cascades_give_no_accounts():
    found = seeds.rank(observed(([-1], ["A"], 1.0)), rng=1)
    assert found.columns.tolist() == BASE
    assert len(found) == 0


def test_unknown_accounts_are_counted_and_left_out():
    found = seeds.rank(observed(([-1, 0, 0], [None, "A", None], 1.0)), rng=1)
    assert found.user_id.tolist() == ["A"]
    assert found.credit[0] == 0.5
    assert found.share[0] == pytest.approx(0.5 / 3)


def test_pagerank_joins_the_naive_ranks():
    graph = igraph.Graph.TupleList([("B", "A"), ("X", "A")], directed=True)
    found = seeds.rank(observed(*TWO), graph=graph, rng=1).set_index("user_id")
    assert found.naive_pagerank_rank.to_dict() == {"A": 1, "X": 2, "B": 2}


def test_the_same_seed_gives_the_same_and_rows_may_come_in_any_order():
    tweets = branching.tweets(branching.cascades(np.random.default_rng(3), 6, least=8))
    first = seeds.rank(cascade.forests(tweets, rng=1), replicates=20, rng=5)
    shuffled = cascade.forests(tweets.sample(frac=1, random_state=1), rng=1)
    pd.testing.assert_frame_equal(first, seeds.rank(shuffled, replicates=20, rng=5))
    assert first.credit.sum() == pytest.approx(len(tweets[tweets.author_id.isin(first.user_id)]))


def test_credit_of_a_repeated_account_is_its_mean_over_the_trees():
    # The root's author retweets himself third: 3! trees, enumerated.
    many = [(np.array([0.0, 60, 90, 4000]), np.array([9.0, 4, 9, 2]), None)]
    tweets = branching.tweets(many)
    tweets.loc[2, "author_id"] = tweets.author_id[0]
    forests = cascade.forests(tweets, trees=1000, rng=1)
    p = [forests.posterior.probabilities(k) for k in range(1, 4)]
    owners = ["root", "B", "root", "D"]
    values = [
        (p[1][j] * p[2][k], trees.credit([-1, 0, j, k], owners)["root"])
        for j, k in itertools.product(range(2), range(3))
    ]
    mean = sum(w * value for w, value in values)
    error = np.sqrt(sum(w * (value - mean) ** 2 for w, value in values) / 1000)
    found = seeds.rank(forests, rng=1).set_index("user_id").credit[tweets.author_id[0]]
    assert abs(found - mean) < 5 * error


def test_an_interval_holds_its_estimate():
    many = branching.cascades(np.random.default_rng(2), 30, least=2)
    found = seeds.rank(cascade.forests(branching.tweets(many), rng=1), replicates=20, rng=1)
    for name in ("credit", "share"):
        assert (found[f"{name}_low"] <= found[name]).all()
        assert (found[name] <= found[f"{name}_high"]).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"camp": "A"}, "a camp needs a partition"),
        ({"camp": "C", "partition": CAMPS}, "no such camp: got 'C'; allowed: A, B"),
        ({"partition": pd.DataFrame({"who": ["A"]})}, "the partition cannot be used: got who"),
        ({"replicates": 19}, "replicates cannot be used: got 19; allowed: an integer >= 20"),
        ({"replicates": 20.0}, "replicates cannot be used: got 20.0"),
        ({"window_s": "1 h"}, "window_s cannot be used: got '1 h'; allowed: seconds > 0"),
        ({"partition": 3}, "the partition cannot be used: got int"),
        ({"graph": True}, "graph cannot be used: got bool"),
    ],
)
def test_what_is_not_allowed_is_refused(options, message):
    with pytest.raises(UsageError, match=message):
        seeds.rank(observed(*TWO), rng=1, **options)
