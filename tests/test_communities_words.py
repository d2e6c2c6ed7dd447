"""What marks a community: log-odds by hand, and what is not a word."""

import math

import igraph
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from spread import communities, tables
from spread._errors import MissingColumnError, UsageError
from spread.communities._words import _counted, _words, _words_of

GRAPH = igraph.Graph.Full(4) + igraph.Graph.Full(3)
GRAPH.vs["name"] = list("abcdefg")
FOUND = communities.detect(GRAPH, runs=1, rewirings=0, rng=1)
TWEETS = pd.DataFrame(
    {
        "author_id": [*"abcdefg", "a", "a", "z"],
        "hashtags": [["x", "y"], ["x"], ["x"], ["y"], ["y"], ["y"], ["y"], ["x"], ["x"], ["q"]],
        "text": [*["free dogs"] * 4, *["paid cats"] * 3, *["dogs <b>free</b>"] * 2, "other"],
    }
)


def test_log_odds_by_hand() -> None:
    # accounts: x by a, b, c of the first community; y by a, d there and e, f, g elsewhere.
    # 8 uses in all; with prior 8: α_x = 3, α_y = 5; first: n = 5, others: n' = 3
    table = communities.distinctive(TWEETS, FOUND, of="hashtag", prior=8)
    first = table.iloc[0]
    assert first[["community", "term", "accounts", "elsewhere"]].tolist() == [0, "x", 3, 0]
    expected = math.log((3 + 3) / (5 + 8 - 6)) - math.log((0 + 3) / (3 + 8 - 3))
    assert first.log_odds == pytest.approx(expected)
    assert first.z == pytest.approx(expected / math.sqrt(1 / 6 + 1 / 3))
    assert first.log_odds_high - first.log_odds == pytest.approx(1.959964 * math.sqrt(0.5))
    assert table.term.tolist() == ["x", "y"]


@pytest.mark.parametrize("kind", ["pandas", "arrow", "ibis"])
def test_the_same_for_any_kind_of_table_and_order(kind: str) -> None:
    turned = TWEETS[::-1].reset_index(drop=True)
    table = {
        "pandas": turned,
        "arrow": pa.Table.from_pandas(turned),
        "ibis": tables.expression(turned, tables.TWEETS, list(turned.columns)),
    }[kind]
    found = communities.distinctive(table, FOUND)
    pd.testing.assert_frame_equal(found, communities.distinctive(TWEETS, FOUND))
    assert found.term.tolist() == ["dogs", "free", "cats", "paid"]


def test_accounts_are_counted_as_a_plain_set_counts_them() -> None:
    rng = np.random.default_rng(3)
    said = ["free dogs", "dogs dogs cats", "@ann 42", None]
    tweets = pd.DataFrame(
        {"author_id": rng.choice([*"abcdefgz", None], 60), "text": rng.choice(said, 60)}
    )
    label = dict(zip(FOUND.nodes, FOUND.labels.tolist(), strict=True))
    used = {
        (label[author], author, word)
        for author, text in tweets.dropna().itertuples(index=False)
        for word in _words_of(text)
        if author in label
    }
    expected = pd.Series([(community, word) for community, _, word in used]).value_counts()
    table = _counted(_words(tweets), FOUND)
    assert table.set_index(["community", "term"]).accounts.to_dict() == expected.to_dict()


def test_only_what_was_collected_counts() -> None:
    tweets = TWEETS.assign(origin=["collected"] * 6 + ["embedded"] * 4)
    found = communities.distinctive(tweets, FOUND, of="hashtag")
    assert found.set_index("term").accounts.to_dict() == {"x": 3, "y": 2}


def test_describe_says_what_they_say() -> None:
    table = communities.describe(FOUND, GRAPH, tweets=TWEETS, most=1)
    assert table.hashtags.tolist() == [["x"], ["y"]]
    assert table.words.tolist() == [["dogs"], ["cats"]]


def test_hostile_text_is_escaped_where_it_is_shown() -> None:
    hostile = "<script>alert(1)</script>"
    graph = GRAPH.copy()
    graph.vs["name"] = [hostile, *"bcdefg"]
    tweets = TWEETS.assign(
        author_id=TWEETS.author_id.replace("a", hostile), hashtags=[["<i>"]] * 4 + [["x"]] * 6
    )
    found = communities.detect(graph, runs=1, rewirings=0, rng=1)
    shown = communities.describe(found, graph, tweets=tweets)._repr_html_()
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown
    assert "&lt;i&gt;" in shown
    assert "<i>" not in shown


def test_links_mentions_and_signs_are_no_words() -> None:
    text = "RT @ann: Don’t stop! https://t.co/x1 #tag &amp; 42 ÉCOLE"
    assert _words_of(text) == {"rt", "don’t", "stop", "école"}


def test_what_is_not_allowed_is_named() -> None:
    with pytest.raises(UsageError, match="unknown of: got 'emoji'"):
        communities.distinctive(TWEETS, FOUND, of="emoji")
    with pytest.raises(MissingColumnError, match="text"):
        communities.distinctive(TWEETS[["author_id"]], FOUND)
    assert communities.distinctive(TWEETS[:0], FOUND).empty
    alike = TWEETS.assign(hashtags=[["x"]] * 10)  # nothing to compare a term with
    assert communities.distinctive(alike, FOUND, of="hashtag").empty
