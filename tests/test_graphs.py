"""Edges counted by hand, against a plain twin, and against a peer's published numbers."""

import gzip
import json
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import archive, graphs
from spread._errors import MissingColumnError, UsageError
from spread.text import hashtag_key

LAUNCH = pd.Timestamp("2014-04-22T18:00Z")


def tweet(tweet_id: str, author_id: str, kind: str = "tweet", **more: object) -> dict[str, object]:
    """Return a row; its time is as many minutes after the launch as its id says."""
    row: dict[str, object] = {
        "tweet_id": tweet_id,
        "author_id": author_id,
        "kind": kind,
        "origin": "collected",
        "at": LAUNCH + pd.Timedelta(minutes=int(tweet_id)),
        "text": f"text {tweet_id}",
        "hashtags": [],
        "mentions": [],
        "manual_retweet": False,
    }
    for name in ("retweet", "quote"):
        row |= {f"{name}_of": None, f"{name}_author_id": None}
    return row | {"reply_to": None, "reply_author_id": None} | more


def retweet(
    tweet_id: str, who: str, of: str, whom: str | None, **more: object
) -> dict[str, object]:
    return tweet(tweet_id, who, "retweet", retweet_of=of, retweet_author_id=whom, **more)


def table(*rows: dict[str, object]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows))
    frame["at"] = pd.to_datetime(frame["at"], utc=True).astype("datetime64[us, UTC]")
    return frame


SMALL = table(
    tweet("1", "ann", hashtags=["mynypd", "nyc"]),
    tweet("2", "ann", mentions=["bob", "bob", "cy"]),
    retweet("3", "bob", "1", "ann", hashtags=["mynypd", "nyc"], mentions=["cy"]),
    retweet("4", "bob", "1", "ann"),
    retweet("5", "bob", "2", "ann"),
    retweet("6", "ann", "1", "ann"),
    retweet("7", "cy", "99", None),
    tweet("8", "cy", "reply", reply_to="1", reply_author_id="ann", mentions=["ann"]),
    tweet("9", "cy", "quote", quote_of="2", quote_author_id="ann"),
    retweet("10", "bob", "9", "cy", quote_of="2", quote_author_id="ann", origin="embedded"),
    retweet("11", "dee", "9", "cy", quote_of="2", quote_author_id="ann"),
)


def rows(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(frame[["source", "target", "weight", "count"]].itertuples(index=False, name=None))


def test_weight_is_distinct_originals_and_count_is_retweets() -> None:
    # bob retweeted tweet 1 twice and tweet 2 once; the embedded row 10 does not count
    assert rows(graphs.edges(SMALL, "retweet")) == [("bob", "ann", 2, 3), ("dee", "cy", 1, 1)]


def test_self_and_unknown_are_left_out_and_counted() -> None:
    graph = graphs.retweets(SMALL)
    assert (graph["self_loops"], graph["unresolved"]) == (1, 1)  # rows 6 and 7
    assert graph.vs["name"] == ["ann", "bob", "cy", "dee"]
    assert graph.is_directed()


def test_times_of_an_edge_are_its_first_and_last_act() -> None:
    edge = graphs.edges(SMALL, "retweet").iloc[0]
    assert edge.first_at == LAUNCH + pd.Timedelta(minutes=3)
    assert edge.last_at == LAUNCH + pd.Timedelta(minutes=5)
    assert graphs.retweets(SMALL).es["last_at"][0] == edge.last_at.timestamp()


def test_a_retweet_inherits_neither_mention_nor_quote() -> None:
    # row 3 repeats ann's mention of cy; row 11 repeats cy's quote of ann
    assert rows(graphs.edges(SMALL, "mention")) == [
        ("ann", "bob", 1, 2),
        ("ann", "cy", 1, 1),
        ("cy", "ann", 1, 1),
    ]
    assert rows(graphs.edges(SMALL, "quote")) == [("cy", "ann", 1, 1)]
    assert rows(graphs.edges(SMALL, "reply")) == [("cy", "ann", 1, 1)]


def test_hashtag_weight_is_authors_and_count_is_tweets() -> None:
    more = table(
        tweet("1", "ann", hashtags=["nyc", "mynypd"]),
        tweet("2", "ann", hashtags=["mynypd", "nyc", "nyc"]),
        tweet("3", "bob", hashtags=["mynypd", "nyc"]),
        tweet("4", "bob", hashtags=["alone"]),
    )
    graph = graphs.hashtags(more)
    assert not graph.is_directed()
    assert graph.vs["name"] == ["mynypd", "nyc"]
    assert (graph.es["weight"], graph.es["count"]) == ([2], [3])


@pytest.mark.parametrize("build", [pa.Table.from_pandas, lambda frame: frame[::-1], ibis.memtable])
def test_any_kind_of_table_in_any_order_gives_the_same(build: object) -> None:
    given_table = build(pa.Table.from_pandas(SMALL) if build is ibis.memtable else SMALL)
    for kind in graphs.KINDS:
        pd.testing.assert_frame_equal(graphs.edges(given_table, kind), graphs.edges(SMALL, kind))


def test_input_is_not_changed() -> None:
    before = SMALL.copy(deep=True)
    graphs.retweets(SMALL)
    graphs.evidence(SMALL, "bob", "ann", kind="retweet")
    pd.testing.assert_frame_equal(SMALL, before)


def test_no_row_gives_an_empty_graph() -> None:
    for build in (graphs.retweets, graphs.mentions, graphs.replies, graphs.quotes, graphs.hashtags):
        graph = build(SMALL[:0])
        assert (graph.vcount(), graph.ecount(), graph["self_loops"]) == (0, 0, 0)
    assert graphs.edges(SMALL[:0], "retweet").columns.tolist() == list(
        graphs.edges(SMALL, "retweet").columns
    )


def test_errors_name_the_kind_and_the_column() -> None:
    with pytest.raises(UsageError, match="unknown kind: got 'like'; allowed: retweet"):
        graphs.edges(SMALL, "like")
    with pytest.raises(MissingColumnError, match="retweet_of"):
        graphs.retweets(SMALL.drop(columns="retweet_of"))


def test_evidence_lists_the_tweets_behind_an_edge() -> None:
    found = graphs.evidence(SMALL, "bob", "ann", kind="retweet")
    assert found.tweet_id.tolist() == ["3", "4", "5"]
    assert found.target_tweet_id.tolist() == ["1", "1", "2"]
    assert found.text.tolist() == ["text 3", "text 4", "text 5"]
    assert graphs.evidence(SMALL, "ann", "bob", kind="mention").tweet_id.tolist() == ["2"]
    assert graphs.evidence(SMALL, "nobody", "ann", kind="retweet").empty


def test_evidence_of_hashtags_takes_any_order_and_spelling() -> None:
    found = graphs.evidence(SMALL, "#NYC", "myNYPD", kind="hashtag")
    assert found.tweet_id.tolist() == ["1", "3"]
    assert found.author_id.tolist() == ["ann", "bob"]


def test_evidence_has_as_many_rows_as_its_edge_counts() -> None:
    for kind in ("retweet", "reply", "quote", "hashtag"):
        for edge in graphs.edges(SMALL, kind).itertuples():
            found = graphs.evidence(SMALL, edge.source, edge.target, kind=kind)
            assert len(found) == edge.count


MANUAL = table(
    tweet("1", "bob", text="RT @Ann: hello @cy", mentions=["u-ann", "u-cy"], manual_retweet=True),
    tweet("2", "bob", text="RT @Ann: bye", mentions=["u-ann"], manual_retweet=True),
    retweet("3", "bob", "9", "u-ann"),
)
PEOPLE = pd.DataFrame({"user_id": ["u-ann", "bob"], "screen_name": ["ANN", "bob"]})


def test_manual_retweets_count_only_when_asked() -> None:
    assert rows(graphs.edges(MANUAL, "retweet")) == [("bob", "u-ann", 1, 1)]
    # row 1 names two accounts: without a users table it stays unresolved
    assert rows(graphs.edges(MANUAL, "retweet", manual=True)) == [("bob", "u-ann", 2, 2)]
    assert graphs.retweets(MANUAL, manual=True)["unresolved"] == 1
    resolved = graphs.edges(MANUAL, "retweet", manual=True, names=PEOPLE)
    assert rows(resolved) == [("bob", "u-ann", 3, 3)]


def test_manual_retweets_hold_whom_they_repeat() -> None:
    tweets = table(
        tweet("1", "bob", text="RT @Ann: hello @cy", mentions=["u-ann", "u-cy"],
              manual_retweet=True, retweet_author_id="u-ann"),
        tweet("2", "bob", text="MT @Ann: bye", manual_retweet=True, retweet_author_id="name:ann"),
        tweet("3", "u-ann", text="RT @ann", manual_retweet=True, retweet_author_id="u-ann"),
    )  # fmt: skip
    found = graphs.edges(tweets, "retweet", manual=True)
    assert rows(found) == [("bob", "name:ann", 1, 1), ("bob", "u-ann", 1, 1)]
    assert rows(graphs.edges(tweets, "retweet", manual=True, names=PEOPLE)) == [
        ("bob", "u-ann", 2, 2)
    ]
    graph = graphs.retweets(tweets, manual=True)
    assert (graph["self_loops"], graph["unresolved"]) == (1, 0)
    assert graphs.edges(tweets, "retweet").empty


def test_labels_come_from_the_users_table() -> None:
    graph = graphs.retweets(MANUAL, names=PEOPLE)
    assert dict(zip(graph.vs["name"], graph.vs["label"], strict=True)) == {
        "bob": "bob",
        "u-ann": "ANN",
    }
    assert graphs.mentions(MANUAL, names=PEOPLE).vs.find("u-cy")["label"] == "u-cy"


def twin(frame: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    """Count retweet edges with plain dictionaries."""
    originals: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in frame.to_dict("records"):
        ends = row["author_id"], row["retweet_author_id"]
        if row["kind"] == "retweet" and row["origin"] == "collected" and ends[0] != ends[1]:
            originals[ends].append(row["retweet_of"])
    return {ends: (len(set(found)), len(found)) for ends, found in originals.items()}


@settings(max_examples=15, derandomize=True, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from("abcd")] * 2, st.integers(0, 2)), min_size=1))
def test_edges_equal_the_plain_twin(acts: list[tuple[str, str, int]]) -> None:
    frame = table(
        *(retweet(str(n), who, f"{whom}{of}", whom) for n, (who, whom, of) in enumerate(acts))
    )
    found = {(row[0], row[1]): (row[2], row[3]) for row in rows(graphs.edges(frame, "retweet"))}
    assert found == twin(frame)


ACTS = {"retweeted": "retweet", "quoted": "quote", "replied_to": "reply"}


def peer_rows(folder: Path) -> pd.DataFrame:
    """Read the peer's sample: one row a tweet, `named` and `shown` as its own JSON has them."""
    found: list[dict[str, object]] = []
    with gzip.open(folder / "twarc-network" / "tweets.jsonl.gz", "rt", encoding="utf-8") as file:
        for page in map(json.loads, file):
            known = {item["id"]: item for item in [*page["includes"]["tweets"], *page["data"]]}
            for item in page["data"]:
                row = tweet("1", item["author_id"]) | {"tweet_id": item["id"], "whom": []}
                for ref in item.get("referenced_tweets", []):
                    kind = ACTS[ref["type"]]
                    whom = known.get(ref["id"], {}).get("author_id")
                    of = "reply_to" if kind == "reply" else f"{kind}_of"
                    row |= {"kind": kind, of: ref["id"], f"{kind}_author_id": whom}
                    row["whom"] = [*row["whom"], whom] if whom else row["whom"]
                entities = item.get("entities", {})
                row["shown"] = [tag["tag"] for tag in entities.get("hashtags", [])]
                named = entities.get("mentions", [])
                passed_on = row["kind"] == "retweet"
                # "RT @ann: " is the mention that the peer leaves out
                first = bool(passed_on and named and named[0]["start"] == 3)
                row["named"] = [mention["id"] for mention in named[first:]]
                row["mentions"] = [] if passed_on else row["named"]
                row["hashtags"] = [hashtag_key(tag) for tag in row["shown"]]
                found.append(row)
    return table(*found)


def test_the_peers_user_graph_and_what_we_count_otherwise(shared: Path) -> None:
    frame = peer_rows(shared)
    theirs = {
        (row.author_id, whom) for row in frame.itertuples() for whom in [*row.whom, *row.named]
    }
    # the peer's own tests: 656 nodes, 618 edges
    assert (len({name for ends in theirs for name in ends}), len(theirs)) == (656, 618)
    kinds = ("retweet", "quote", "reply", "mention")
    found = pd.concat([graphs.edges(frame, kind) for kind in kinds])
    ours = set(zip(found.source, found.target, strict=True))
    assert ours <= theirs
    loops = {ends for ends in theirs if ends[0] == ends[1]}
    inherited = theirs - ours - loops
    passed_on = frame[frame.kind == "retweet"]
    cut = {(row.author_id, whom) for row in passed_on.itertuples() for whom in row.named}
    # the whole difference: acts on oneself, and mentions that a retweet repeats
    assert inherited <= cut
    assert (len(ours), len(loops), len(inherited)) == (492, 22, 104)


def test_the_peers_hashtag_graph(shared: Path) -> None:
    frame = peer_rows(shared)
    theirs = {tag for tags in frame.shown for pair in combinations(tags, 2) for tag in pair}
    assert len(theirs) == 383  # the peer's own test: it tells letter case apart
    ours = graphs.hashtags(frame).vs["name"]
    assert len(ours) == 352  # one key for #BlackLivesMatter and #blacklivesmatter
    assert set(ours) == {hashtag_key(tag) for tag in theirs}


def test_the_archive_gives_the_same_graphs(shared: Path) -> None:
    frame = peer_rows(shared)
    read = archive.read(shared / "twarc-network" / "tweets.jsonl.gz")
    for kind in ("retweet", "quote", "reply", "mention"):
        pd.testing.assert_frame_equal(
            graphs.edges(read.tweets, kind)[["source", "target", "weight"]],
            graphs.edges(frame, kind)[["source", "target", "weight"]],
        )
    # with each retweet's hashtags resolved through its original there are 516
    assert graphs.hashtags(read.tweets).vcount() == 516


def test_manual_retweets_have_evidence_and_find_renamed_accounts() -> None:
    found = graphs.evidence(MANUAL, "bob", "u-ann", kind="retweet", manual=True)
    assert found.tweet_id.tolist() == ["2", "3"]
    assert found.target_tweet_id.isna().tolist() == [True, False]
    renamed = PEOPLE.assign(screen_name=["annie", "bob"], screen_names=[["ANN", "annie"], None])
    assert rows(graphs.edges(MANUAL, "retweet", manual=True, names=renamed)) == [
        ("bob", "u-ann", 3, 3)
    ]


def test_a_manual_retweet_without_text_or_mentions_stays_unresolved() -> None:
    bare = table(tweet("1", "bob", text=None, mentions=None, manual_retweet=True))
    graph = graphs.retweets(bare, manual=True, names=PEOPLE)
    assert (graph.ecount(), graph["unresolved"]) == (0, 1)
    with pytest.raises(UsageError, match="manual goes with retweets only"):
        graphs.edges(MANUAL, "quote", manual=True)


def test_accounts_with_no_edge_left_are_no_vertices() -> None:
    # ann only retweets herself, cy only an unknown account: neither has an edge
    frame = table(
        retweet("1", "ann", "9", "ann"),
        retweet("2", "zoe", "9", "bob"),
        retweet("3", "cy", "8", None),
        retweet("4", "bob", "7", "abe"),
    )
    graph = graphs.retweets(frame)
    assert graph.vs["name"] == ["abe", "bob", "zoe"]
    assert graph.get_edgelist() == [(1, 0), (2, 1)]
    assert (graph["self_loops"], graph["unresolved"]) == (1, 1)
