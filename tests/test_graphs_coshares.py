"""Accounts that share the same thing within a window: by hand, and against a plain twin."""

from collections import defaultdict
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import graphs
from spread._errors import MissingColumnError, UsageError
from spread.graphs import _coshares

LAUNCH = pd.Timestamp("2014-04-22T18:00Z")


def table(*shares: tuple[str, float, str | None, list[str]], **more: object) -> pd.DataFrame:
    """Return tweets of (author, second, what is retweeted or None, URLs)."""
    rows = [
        {
            "tweet_id": str(number),
            "author_id": who,
            "origin": "collected",
            "at": LAUNCH + pd.Timedelta(seconds=second),
            "kind": "tweet" if of is None else "retweet",
            "retweet_of": of,
            "urls": urls,
            "text": f"text {number}",
        }
        for number, (who, second, of, urls) in enumerate(shares, start=10)
    ]
    frame = pd.DataFrame(rows).assign(**more)
    return frame.astype({"at": "datetime64[us, UTC]"})


SMALL = table(
    ("ann", 0, "1", ["u"]),  # the URL is the original's
    ("bob", 10, "1", []),
    ("bob", 20, None, ["u", "u", "v"]),
    ("cem", 20, "1", []),
    ("cem", 21, None, ["u"]),
    ("ann", 25, "2", []),
    ("bob", 35.000001, "2", []),
    ("bob", 36, "2", []),
)


def edges(graph: object) -> list[tuple[object, ...]]:
    names = graph.vs["name"]
    found = [
        (names[edge.source], names[edge.target], edge["weight"], edge["count"]) for edge in graph.es
    ]
    return sorted(found)


def test_a_share_within_the_window_is_an_edge_and_exactly_the_window_counts() -> None:
    graph = graphs.coshares(SMALL, within_s=10)
    # ann-bob: tweet 1 (10 s); tweet 2 is a microsecond late. bob-cem: tweet 1 (10 s), u (1 s).
    assert edges(graph) == [("ann", "bob", 1, 1), ("bob", "cem", 2, 2)]
    assert not graph.is_directed()
    assert (graph["kind"], graph["within_s"]) == ("coshare", 10.0)
    assert graph.es["first_at"] == [LAUNCH.timestamp() + 10, LAUNCH.timestamp() + 20]
    assert graph.es["last_at"] == [LAUNCH.timestamp() + 10, LAUNCH.timestamp() + 21]


def test_a_wider_window_finds_more() -> None:
    # ann-bob: tweet 1 and both shares of tweet 2; ann-cem: tweet 1, 20 s
    expected = [("ann", "bob", 2, 3), ("ann", "cem", 1, 1), ("bob", "cem", 2, 2)]
    assert edges(graphs.coshares(SMALL, within_s=60)) == expected


def test_what_is_not_collected_and_ones_own_tweets_do_not_count() -> None:
    assert graphs.coshares(SMALL.assign(origin="embedded"), within_s=60).vcount() == 0
    own = graphs.coshares(SMALL.assign(retweet_author_id="ann"), within_s=60)
    assert edges(own) == [("bob", "cem", 2, 2)]


def test_a_tweet_and_a_link_of_the_same_text_are_not_the_same_thing() -> None:
    apart = table(("ann", 0, "1", []), ("bob", 0, None, ["1"]))
    assert graphs.coshares(apart, within_s=1).ecount() == 0


def test_ties_and_a_window_of_nothing() -> None:
    tied = table(("ann", 0, "1", []), ("bob", 0, "1", []), ("cem", 1e-6, "1", []))
    assert edges(graphs.coshares(tied, within_s=0)) == [("ann", "bob", 1, 1)]


def test_evidence_holds_the_shares_of_both() -> None:
    found = graphs.evidence(SMALL, "cem", "bob", kind="coshare", within_s=10)
    assert found.tweet_id.tolist() == ["11", "12", "13", "14"]
    assert found.target_tweet_id.isna().tolist() == [False, True, False, True]
    assert found.text.tolist() == ["text 11", "text 12", "text 13", "text 14"]
    assert graphs.evidence(SMALL, "ann", "cem", kind="coshare", within_s=10).empty


def test_what_cannot_be_asked_is_refused() -> None:
    for wrong in (-1, float("nan"), float("inf"), True):
        with pytest.raises(UsageError, match=r"within_s cannot be used: got .*seconds"):
            graphs.coshares(SMALL, within_s=wrong)
    with pytest.raises(UsageError, match="within_s goes with coshare"):
        graphs.evidence(SMALL, "a", "b", kind="coshare")
    with pytest.raises(UsageError, match="within_s goes with coshare"):
        graphs.evidence(SMALL, "a", "b", kind="retweet", within_s=1)
    with pytest.raises(MissingColumnError, match="urls"):
        graphs.coshares(SMALL.drop(columns="urls"), within_s=1)


def test_no_row_gives_an_empty_graph() -> None:
    graph = graphs.coshares(SMALL[:0], within_s=9)
    assert (graph.vcount(), graph.ecount()) == (0, 0)
    assert graph.es["weight"] == []


def test_labels_come_from_the_users_table() -> None:
    people = pd.DataFrame({"user_id": ["ann"], "screen_name": ["Ann"]})
    assert graphs.coshares(SMALL, within_s=10, names=people).vs["label"] == ["Ann", "bob", "cem"]


def twin(frame: pd.DataFrame, within_s: float) -> list[tuple[object, ...]]:
    """Compare every share with every other."""
    things: dict[tuple[str, str], list[str]] = defaultdict(list)
    shares = []
    for row in frame.to_dict("records"):
        what = [row["urls"], [f"tweet {row['retweet_of']}"]][row["kind"] == "retweet"]
        shares += [(thing, row["author_id"], row["at"]) for thing in set(what)]
    for (thing, one, at), (same, other, then) in combinations(shares, 2):
        if thing == same and one != other and abs((at - then).total_seconds()) <= within_s:
            things[min(one, other), max(one, other)].append(thing)
    return sorted((*ends, len(set(found)), len(found)) for ends, found in things.items())


share = st.tuples(
    st.sampled_from("abcd"),
    st.integers(0, 12),
    st.sampled_from(["1", "2", None]),
    st.lists(st.sampled_from(["u", "v"]), max_size=3),
)


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.lists(share, min_size=1, max_size=25), st.integers(0, 6))
def test_edges_equal_the_plain_twin_in_any_order(shares: list[object], within_s: int) -> None:
    frame = table(*shares)
    assert edges(graphs.coshares(frame, within_s=within_s)) == twin(frame, within_s)
    assert edges(graphs.coshares(frame[::-1], within_s=within_s)) == twin(frame, within_s)


@pytest.mark.parametrize("at_once", [1, 7, 100])
def test_the_answer_does_not_depend_on_how_much_is_taken_at_once(at_once: int) -> None:
    rng = np.random.default_rng(4)
    frame = table(
        *((f"u{a}", float(s), str(o), []) for a, s, o in rng.integers(0, 9, (80, 3)).tolist())
    )
    found = _coshares.shares(frame)
    whole, parts = _coshares.grouped(found, 2), _coshares.grouped(found, 2, at_once=at_once)
    assert len(whole.source) > 20
    for name in ("source", "target", "weight", "count", "first_us", "last_us"):
        np.testing.assert_array_equal(getattr(parts, name), getattr(whole, name))
