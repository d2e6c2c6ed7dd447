import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest

from spread import seeds
from spread._errors import UsageError


def graph_of(edges, names, directed=True):
    graph = igraph.Graph(n=len(names), edges=edges, directed=directed)
    graph.vs["name"] = names
    return graph


@pytest.fixture(scope="module")
def karate():
    """Zachary's club as igraph, with the side that each member took (networkx ships it)."""
    club = nx.karate_club_graph()
    graph = graph_of(list(club.edges), [str(v) for v in club], directed=False)
    sides = pd.DataFrame(
        {"user_id": graph.vs["name"], "camp": [club.nodes[v]["club"] for v in club]}
    )
    return seeds.roles(graph, sides, rng=1).set_index("user_id")


def test_z_of_the_karate_club_is_that_of_bctpy(karate):
    # bctpy's module_degree_zscore: the population standard deviation; ddof 1 gives 3.2466.
    wanted = {"0": 3.346533, "1": 1.193898, "2": 0.578860, "8": -0.651217, "33": 3.136281}
    wanted["32"] = 1.910608
    assert karate.z_in[list(wanted)].tolist() == pytest.approx(list(wanted.values()), abs=1e-6)
    assert (karate.z_in == karate.z_out).all()


def test_participation_in_the_karate_club_is_that_of_bctpy(karate):
    wanted = {"0": 0.117188, "1": 0.197531, "2": 0.48, "8": 0.48, "19": 0.444444, "31": 0.277778}
    wanted["33"] = 0.290657
    found = karate.participation_in[list(wanted)].tolist()
    assert found == pytest.approx(list(wanted.values()), abs=1e-6)


def test_the_core_of_the_karate_club_has_ten_members(karate):
    # networkx: k-cores up to 4.
    inner = karate.index[karate.core == 4].astype(int)
    assert karate.core.max() == 4
    assert sorted(inner) == [0, 1, 2, 3, 7, 8, 13, 30, 32, 33]


def test_pagerank_follows_who_is_passed_on():
    # r1, r2, r3 pass A on, r3 also B. By networkx; reversed arrows put r3 on top (.318).
    graph = graph_of([(2, 0), (3, 0), (4, 0), (4, 1)], ["A", "B", "r1", "r2", "r3"])
    camps = pd.DataFrame({"user_id": graph.vs["name"], "camp": "x"})
    found = seeds.roles(graph, camps, rng=1).set_index("user_id").pagerank
    assert found[["A", "B", "r1"]].tolist() == pytest.approx(
        [0.413907, 0.188742, 0.13245], abs=1e-6
    )


def test_leader_rank_of_a_small_graph_is_its_linear_system():
    graph = graph_of([(0, 1), (1, 2), (2, 0), (3, 0)], list("abcd"))
    camps = pd.DataFrame({"user_id": list("abcd"), "camp": "x"})
    found = seeds.roles(graph, camps, rng=1).set_index("user_id").leaderrank
    # The fixed point of s = P s with the ground node, solved: it sums to the number of nodes.
    wanted = [1.19047619, 1.0952381, 1.04761905, 0.66666667]
    assert found[list("abcd")].tolist() == pytest.approx(wanted, abs=1e-7)


def test_who_is_passed_on_stands_apart_from_whom_it_passes_on():
    graph = graph_of([(1, 0), (2, 0), (0, 3)], list("abcd"))
    camps = pd.DataFrame({"user_id": list("abcd"), "camp": ["x", "x", "y", "y"]})
    a = seeds.roles(graph, camps, rng=1).set_index("user_id").loc["a"]
    assert [a["in"], a["out"], a.participation_in, a.participation_out] == [2, 1, 0.5, 0]
    assert a.outside_in == 0.5
    # In community x, one of two passes on, and is passed on by, a member: mean and sd are 1/2.
    assert [a.z_in, a.z_out] == [1, -1]


def test_an_account_without_neighbours_takes_part_nowhere():
    graph = graph_of([(1, 0)], ["a", "b"])
    camps = pd.DataFrame({"user_id": ["a", "b"], "camp": "x"})
    b = seeds.roles(graph, camps, rng=1).set_index("user_id").loc["b"]
    assert np.isnan([b.participation_in, b.participation_in_low, b.outside_in]).all()


def test_the_interval_of_participation_is_a_dirichlet_posterior():
    # Five who pass it on, of two of three communities; prior mass 1 spread over the three.
    graph = graph_of([(i, 0) for i in range(1, 6)], list("abcdefg"))
    camps = pd.DataFrame({"user_id": graph.vs["name"], "camp": list("xxxxxyz")[:7]})
    found = seeds.roles(graph, camps, rng=1).set_index("user_id").loc["a"]
    shares = np.random.default_rng(2).dirichlet([4 + 1 / 3, 1 + 1 / 3, 1 / 3], 100_000)
    posterior = 1 - (shares**2).sum(axis=1)
    # 500 draws: a 2.5 % quantile lies between the 0.7 % and the 5.5 % with 99.99 %.
    for end, between in (("low", (0.007, 0.055)), ("high", (0.945, 0.993))):
        low, high = np.quantile(posterior, between)
        assert low <= found[f"participation_in_{end}"] <= high


def test_the_h_index_counts_originals_retweeted_as_often():
    times = [10, 8, 5, 4, 3]  # four were retweeted at least four times
    of = np.repeat(["1", "2", "3", "4", "5"], times)
    tweets = pd.DataFrame({"tweet_id": [f"r{i}" for i in range(len(of))], "retweet_of": of})
    tweets = tweets.assign(origin="collected", kind="retweet", retweet_author_id="a")
    graph = graph_of([(1, 0)], ["a", "b"])
    camps = pd.DataFrame({"user_id": ["a", "b"], "camp": "x"})
    assert seeds.roles(graph, camps, tweets=tweets, rng=1).h_index.tolist() == [4, 0]


def test_roles_need_names_and_a_partition():
    bare = igraph.Graph(edges=[(0, 1)], directed=True)
    with pytest.raises(UsageError, match="the nodes have no names"):
        seeds.roles(bare, pd.DataFrame({"user_id": [], "camp": []}))
    with pytest.raises(UsageError, match="the partition cannot be used"):
        seeds.roles(graph_of([(0, 1)], ["a", "b"]), pd.DataFrame({"who": ["a"]}))


def pairs_between(edges, camp):
    """Count, by definition, the pairs around each node: author ← node ← hearer."""
    kinds = {"gatekeeper": {}, "representative": {}, "itinerant": {}, "liaison": {}}
    for hearer, node in edges:
        for other, author in edges:
            if other == node and author != hearer:
                a, v, h = camp[author], camp[node], camp[hearer]
                kind = (
                    "gatekeeper" if a != v == h else
                    "representative" if a == v != h else
                    "itinerant" if a == h != v else
                    "liaison" if a != v != h else None
                )  # fmt: skip
                if kind:
                    kinds[kind][node] = kinds[kind].get(node, 0) + 1
    return kinds


def test_brokers_are_counted_pair_by_pair():
    rng = np.random.default_rng(4)
    edges = sorted({(int(a), int(b)) for a, b in rng.integers(0, 14, (70, 2)) if a != b})
    names = [f"u{i:02}" for i in range(14)]
    camp = rng.choice(list("xyz"), 14)
    found = seeds.brokers(
        graph_of(edges, names), pd.DataFrame({"user_id": names, "camp": camp})
    ).set_index("user_id")
    for kind, wanted in pairs_between(edges, camp).items():
        assert found[kind][found[kind] > 0].to_dict() == {names[v]: n for v, n in wanted.items()}
    assert (found.between == found.gatekeeper + found.representative + found.liaison).all()


def retweets(*rows):
    tweets = pd.DataFrame(rows, columns=["author_id", "at", "retweet_of", "retweet_author_id"])
    tweets["at"] = pd.to_datetime("2014-04-22T" + tweets["at"] + "Z")
    return tweets.assign(origin="collected", kind="retweet")


ACTS = retweets(
    ("b", "18:01", "1", "a"), ("b", "18:02", "1", "a"), ("b", "18:03", "3", "a"),
    ("c", "18:59", "3", "a"), ("c", "18:59", "9", "z"), ("x", "18:30", "9", "z"),
    ("b", "19:00", "9", "z"), ("a", "19:10", "1", "a"), ("q", "18:10", "1", "a"),
)  # fmt: skip
PEOPLE = pd.DataFrame({"user_id": list("abcx"), "camp": ["A", "A", "A", "B"]})


def test_elites_are_conferred_by_distinct_people_of_a_camp():
    # In camp A, b and c passed a on, c also z; q has no camp, and a's own retweet is none.
    found = seeds.elites(ACTS, PEOPLE)
    assert found[["camp", "user_id", "retweeters", "of", "rank", "entered"]].values.tolist() == [
        ["A", "a", 2, 2, 1, True], ["A", "z", 1, 2, 2, True], ["B", "z", 1, 1, 1, True],
        ["A", "z", 1, 1, 1, False],
    ]  # fmt: skip
    assert found.evidence[0] == ["3", "1"]
    assert found.start_at[3] == pd.Timestamp("2014-04-22T19:00Z")
    # Jeffreys for 1 of 2: Beta(1.5, 1.5) at 2.5 %.
    assert found.share_low[1] == pytest.approx(0.0608, abs=1e-4)


def test_elites_do_not_depend_on_the_order_or_the_kind_of_the_table():
    shuffled = ACTS.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(seeds.elites(ACTS, PEOPLE), seeds.elites(shuffled, PEOPLE))
    assert len(seeds.elites(ACTS, PEOPLE, most=1)) == 3
    assert len(seeds.elites(ACTS.head(0), PEOPLE)) == 0
    with pytest.raises(UsageError, match="slice_s cannot be used: got 0"):
        seeds.elites(ACTS, PEOPLE, slice_s=0)
