"""Methods beside the fitted kernel: pdi, followers, replies, joined quotes."""

import branching
import igraph
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import cascade, trees
from spread._errors import MissingColumnError, UsageError
from spread.cascade import _lineage

COLUMNS = ["tweet_id", "author_id", "at", "kind", "of", "its_author", "followers"]


def table(*rows):
    """Give a tweets table of rows (id, author, seconds, kind, original, its author, followers)."""
    found = pd.DataFrame(rows, columns=COLUMNS).assign(origin="collected")
    at = pd.Timestamp("2014-04-22T18:00:00Z") + pd.to_timedelta(found["at"], unit="s")
    for kind, name in (("retweet", "retweet"), ("quote", "quote"), ("reply", "reply")):
        link = "reply_to" if kind == "reply" else f"{name}_of"
        found[link] = found["of"].where(found.kind == kind).astype(object)
        found[f"{name}_author_id"] = found["its_author"].where(found.kind == kind).astype(object)
    return found.assign(at=at.astype("datetime64[us, UTC]"))


TOY = table(
    ("10", "a", 0, "tweet", None, None, 1000),
    ("11", "b", 10, "retweet", "10", "a", 50),
    ("12", "c", 60, "retweet", "10", "a", 20000),
    ("13", "d", 120, "retweet", "10", "a", 5),
)


def pdi(tweets=TOY, **options):
    return cascade.forests(tweets, method="pdi", rng=1, **options)


def test_pdi_gives_the_probabilities_of_the_published_program():
    # t = [0, 10, 60], m = [1000, 50, 20000], now = 120, γ = .5, α = 2, by the authors' code.
    found = pdi(gamma=0.5, alpha=2.0).posterior.probabilities(3)
    assert found == pytest.approx([0.1046166, 0.09740748, 0.79797592], abs=5e-9)


def test_pdi_takes_a_delay_below_a_second_as_one():
    same = table(*[tuple(row) for row in TOY[COLUMNS].assign(at=[0, 10, 60, 60]).values])
    found = pdi(same, gamma=0.25, alpha=3.0).posterior.probabilities(3)
    marks, delays = np.array([1000, 50, 20000]), np.array([60.1, 50.1, 1.0])
    expected = 0.25 * marks / 21050 + 0.75 * delays**-3 / np.sum(delays**-3.0)
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("gamma", "alpha"), [(0.0, 3.0), (0.5, 1.1), (1.0, 2.0)])
def test_pdi_draws_parents_by_their_probabilities(gamma, alpha):
    gaps = np.random.default_rng(1).exponential([[0.3], [30.0], [3000.0]], (3, 5)).T.ravel()
    many = [(np.append(0, np.cumsum(gaps)), np.arange(1.0, 17.0) ** 2, np.full(16, -1))] * 2
    found = pdi(branching.tweets(many), gamma=gamma, alpha=alpha, trees=4000)
    last = np.array([found.tree(i)[-1] for i in range(4000)]) - 16
    p = found.posterior.probabilities(31)
    count = np.bincount(last, minlength=15)
    # Five standard errors of a share among 4,000, and one draw for what is all but impossible.
    assert np.all(np.abs(count - 4000 * p) <= 5 * np.sqrt(4000 * p * (1 - p)) + 1)


def test_pdi_probability_and_entropy_equal_the_plain_sums():
    many = branching.cascades(np.random.default_rng(5), 3, least=20, most=60)
    posterior = pdi(branching.tweets(many), trees=2).posterior
    drawn, entropy = posterior.draw(np.random.default_rng(1)), posterior.entropy()
    named = posterior.probability(drawn)
    for row in np.flatnonzero(drawn >= 0):
        p = posterior.probabilities(row)
        assert p.sum() == pytest.approx(1, rel=1e-12)
        assert entropy[row] == pytest.approx(-np.sum(p * np.log(p)), abs=1e-10)
        assert named[row] == pytest.approx(p[drawn[row] - (row - len(p))], rel=1e-10)
    assert np.isnan(entropy[0])


def test_pdi_keeps_small_accounts_beside_a_huge_one():
    huge = TOY.assign(tweet_id="9" + TOY.tweet_id, retweet_of="9" + TOY.retweet_of, at=TOY["at"])
    huge = huge.assign(followers=2**62, at=huge["at"] - pd.Timedelta(days=1))
    found = pdi(pd.concat([huge, TOY.assign(followers=0)]))
    rows = np.flatnonzero(found.tree(0) >= 0)
    assert all(found.posterior.probabilities(row).sum() == pytest.approx(1) for row in rows)
    assert (cascade.tree(found, 1).probability <= 1).all()
    assert np.isfinite(cascade.metrics(found).depth).all()


def test_expectations_without_a_closed_form_are_means_over_the_trees():
    many = branching.cascades(np.random.default_rng(6), 3, least=20, most=60)
    found = pdi(branching.tweets(many), trees=7)
    drawn = [found.tree(i) for i in range(7)]
    virality = np.mean([trees.structural_virality(tree) for tree in drawn], axis=0)
    assert cascade.metrics(found).virality.to_numpy() == pytest.approx(virality)
    assert found.posterior.expected_depth() == pytest.approx(
        np.mean([trees.depths(tree) for tree in drawn], axis=0)
    )
    assert found.posterior.expected_credit().sum() == pytest.approx(len(found.events))


FOLLOWS = pd.DataFrame(
    [("c", "a"), ("c", "b"), ("d", "b"), ("d", "c"), ("d", "zz"), ("b", "d")],
    columns=["follower_id", "followed_id"],
)


@pytest.mark.parametrize(
    ("choice", "parents"),
    [("latest", [-1, 0, 1, 2]), ("first", [-1, 0, 0, 1]), ("most_followed", [-1, 0, 0, 2])],
)
def test_the_parent_is_an_earlier_participant_whom_the_author_follows(choice, parents):
    found = cascade.forests(TOY, method="followers", follower_graph=FOLLOWS, choice=choice, rng=1)
    assert found.tree(0).tolist() == parents
    # b follows d alone, who came later: its parent is the original for want of another.
    assert found.parameters["follow_nobody_before_them"] == 1
    assert found.parameters["follows_between_participants"] == 5


def test_a_follower_graph_of_igraph_is_the_table():
    graph = igraph.Graph.TupleList(FOLLOWS.itertuples(index=False), directed=True)
    found = cascade.forests(TOY, method="followers", follower_graph=graph, rng=1)
    assert found.tree(0).tolist() == [-1, 0, 1, 2]
    graph.to_undirected()
    with pytest.raises(UsageError, match="got an undirected graph"):
        cascade.forests(TOY, method="followers", follower_graph=graph, rng=1)


def test_followers_by_the_plain_rule_on_random_graphs():
    rng = np.random.default_rng(3)
    tweets = branching.tweets(branching.cascades(rng, 4, least=20, most=60))
    users = tweets.author_id.to_numpy()
    pairs = pd.DataFrame(rng.choice(users, (4000, 2)), columns=FOLLOWS.columns)
    found = cascade.forests(tweets, method="followers", follower_graph=pairs, rng=1)
    follows, parents = set(pairs.itertuples(index=False, name=None)), found.tree(0)
    user = found.events.user_id.to_numpy()
    for start, end in zip(found.offsets[:-1], found.offsets[1:], strict=True):
        for k in range(start + 1, end):
            seen = [i for i in range(start, k) if (user[k], user[i]) in follows]
            assert parents[k] == (seen[-1] if seen else start)


THREAD = table(
    ("1", "a", 0, "tweet", None, None, 9),
    ("2", "b", 10, "reply", "1", "a", 8),
    ("3", "c", 5, "reply", "2", "b", 7),  # dated before what it answers
    ("4", "a", 30, "reply", "1", "a", 9),
    ("6", "d", 40, "reply", "5", "z", 6),  # to what is in no row
    ("7", "e", 50, "tweet", None, None, 5),
    ("8", "e", 60, "retweet", "1", "a", 5),
)


def test_replies_are_trees_as_the_archive_tells():
    found = cascade.forests(THREAD, method="replies", rng=1)
    assert found.events.tweet_id.tolist() == ["1", "2", "3", "4", "5", "6", "7"]
    assert found.tree(0).tolist() == [-1, 0, 1, 0, -1, 4, -1]
    assert found.events.at_s.tolist() == [0, 10, 10, 30, 0, 0, 0]
    assert found.events.user_id[4] == "z"
    assert found.parameters["replies"] == 4
    assert found.parameters["earlier_than_parent"] == 1
    lone = cascade.forests(THREAD, method="replies", singletons=False, rng=1)
    assert len(lone) == 2
    with pytest.raises(MissingColumnError, match="reply_to"):
        cascade.forests(THREAD.drop(columns="reply_to"), method="replies")


def test_reply_trees_do_not_depend_on_the_order_of_rows_and_cut_rings():
    shuffled = THREAD.sample(frac=1, random_state=4)
    one, two = (cascade.forests(t, method="replies", rng=1) for t in (THREAD, shuffled))
    pd.testing.assert_frame_equal(one.events, two.events)
    ring = table(("1", "a", 0, "reply", "2", "b", 9), ("2", "b", 5, "reply", "1", "a", 9))
    assert cascade.forests(ring, method="replies", rng=1).tree(0).tolist() == [-1, 0]
    empty = cascade.forests(THREAD.iloc[:0], method="replies", rng=1)
    assert len(empty) == len(empty.events) == 0


@given(st.lists(st.integers(-1, 11), min_size=12, max_size=12))
@settings(max_examples=60, derandomize=True, deadline=None)
def test_lineage_is_the_walk_to_the_root(named):
    kept, generation, root = _lineage.lineage(np.array(named))
    for node in range(12):
        path = [node]
        while kept[path[-1]] >= 0:
            path.append(kept[path[-1]])
        assert (generation[node], root[node]) == (len(path) - 1, path[-1])
    cut = np.flatnonzero(kept != np.array(named))
    for node in cut:
        above = named[node]
        while above != node:  # a cut link closed a ring
            above = named[above]


QUOTED = table(
    ("10", "a", 0, "tweet", None, None, 100),
    ("11", "b", 10, "retweet", "10", "a", 20),
    ("12", "c", 20, "quote", "10", "a", 30),
    ("13", "d", 30, "retweet", "12", "c", 5),
    ("14", "e", 40, "retweet", "10", "a", 6),
    ("15", "f", 50, "quote", "12", "c", 7),
    ("16", "g", 60, "retweet", "15", "f", 8),
)


def test_a_quote_hangs_under_what_it_quotes_with_its_own_cascade():
    apart = cascade.forests(QUOTED, rng=1)
    assert np.diff(apart.offsets).tolist() == [3, 2, 2]
    found = cascade.forests(QUOTED, quotes=True, method="latest", rng=1)
    assert found.events.tweet_id.tolist() == [str(k) for k in range(10, 17)]
    # Of 10: 11, 12, 14. Of 12: 13, 15. Of 15: 16. Each from the one before in its part.
    assert found.tree(0).tolist() == [-1, 0, 1, 2, 2, 3, 5]
    assert found.events.at_s.tolist() == [0, 10, 20, 30, 40, 50, 60]
    assert found.parameters["quotes"] == 2
    assert found.parameters["quotes_with_cascade"] == 2
    star = cascade.forests(QUOTED, quotes=True, method="star", rng=1)
    assert cascade.metrics(star)[["size", "depth"]].values.tolist() == [[7, 3]]


def test_joined_probabilities_are_those_of_the_parts():
    found = cascade.forests(QUOTED, quotes=True, method="debatenight", rng=1)
    posterior, weight = found.posterior, np.exp(-6.8e-5 * np.array([40.0, 30.0, 20.0]))
    weight *= [100, 20, 30]
    expected = weight / weight.sum()
    assert posterior.probabilities(4) == pytest.approx([*expected, 0.0])
    assert posterior.probabilities(3) == pytest.approx([0, 0, 1])
    named = posterior.probability(np.array([-1, 0, 0, 2, 1, 2, 5], np.int32))
    assert named[4] == pytest.approx(expected[1])
    assert named[[0, 1, 3]] == pytest.approx(1)
    impossible = np.array([-1, 0, 0, 0, 3, 4, 4], np.int32)
    assert posterior.probability(impossible)[3:].tolist() == [0, 0, 0, 0]
    assert posterior.entropy()[4] == pytest.approx(-np.sum(expected * np.log(expected)))


def test_joining_does_not_depend_on_the_order_of_rows_nor_on_rings():
    shuffled = QUOTED.sample(frac=1, random_state=5)
    one, two = (cascade.forests(t, quotes=True, rng=3) for t in (QUOTED, shuffled))
    pd.testing.assert_frame_equal(one.events, two.events)
    np.testing.assert_array_equal(one.tree(5), two.tree(5))
    ring = table(("1", "a", 0, "quote", "2", "b", 9), ("2", "b", 5, "quote", "1", "a", 9))
    found = cascade.forests(ring, quotes=True, method="star", rng=1)
    assert sorted(found.events.tweet_id.unique()) == ["1", "2"]
    assert len(cascade.forests(QUOTED.iloc[:0], quotes=True, rng=1)) == 0
