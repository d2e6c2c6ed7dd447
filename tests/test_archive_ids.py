"""Ids of Bluesky and Mastodon, which are no numbers, come back from every format as they were."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_archive import lines

from spread import archive, graphs, tables

AT = "2023-11-14T22:13:19.000Z"
_SHORT = st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=1, max_size=24)
_DIDS = st.builds("did:plc:{}".format, _SHORT) | st.builds("did:web:{}.example%3A80".format, _SHORT)
_NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="/"), min_size=1
)
_ACTORS = st.builds("https://a.example/users/{}?b=1&c=<d>".format, _NAMES)
_PAIRS = {
    "bluesky": st.lists(_DIDS, min_size=6, max_size=6, unique=True),
    "mastodon": st.lists(_ACTORS, min_size=6, max_size=6, unique=True),
}


def _reposts(people: list[str]) -> bytes:
    """Return a Jetstream in which each account reposts the next one's post."""
    events = []
    for who, other in pairwise(people):
        subject = {"uri": f"at://{other}/app.bsky.feed.post/x"}
        commit = {"operation": "create", "collection": "app.bsky.feed.repost", "rkey": "r"}
        commit["record"] = {"subject": subject, "createdAt": AT}
        events.append({"did": who, "time_us": 1, "kind": "commit", "commit": commit})
    return lines(*events)


def _boosts(people: list[str]) -> bytes:
    """Return statuses in which each account boosts the next one's."""
    boosts = []
    for who, other in pairwise(people):
        inner = {"id": f"{other}/1", "created_at": AT, "content": "", "account": {"id": other}}
        outer = {"id": f"{who}/2", "created_at": AT, "content": "", "account": {"id": who}}
        boosts.append(outer | {"reblog": inner})
    return lines(*boosts)


def _of_graphs(rows: pd.DataFrame, folder: Path) -> list[set[Any]]:
    graph = graphs.retweets(rows)
    graphs.write_gexf(graph, folder / "g.gexf")
    graphs.write_graphml(graph, folder / "g.graphml")
    found = nx.read_gexf(folder / "g.gexf"), nx.read_graphml(folder / "g.graphml")
    return [set(each.nodes) for each in found]


@pytest.mark.parametrize("platform", _PAIRS)
@settings(max_examples=3, deadline=None, derandomize=True)
@given(data=st.data())
def test_ids_come_back_from_every_format(
    tmp_path_factory: pytest.TempPathFactory, platform: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp(platform)
    people = data.draw(_PAIRS[platform])
    text = _reposts(people) if platform == "bluesky" else _boosts(people)
    (folder / "a.jsonl").write_bytes(text)
    read = archive.read(folder / "a.jsonl", to=folder / "out")
    rows = archive.open(read.path).frame("tweets", columns=list(tables.TWEETS.names))
    own = rows[rows.origin == "collected"]
    assert set(own.platform) == {platform}
    assert set(own.author_id) == set(people[:-1])
    assert set(own.retweet_author_id) == set(people[1:])
    assert pq.read_table(read.path / "tweets.parquet")["tweet_id"].to_pylist() == [*rows.tweet_id]
    assert _of_graphs(rows, folder) == [set(people)] * 2
    ids = own[["tweet_id", "author_id", "retweet_of"]]
    told = json.loads(ids.to_json())
    assert [*told["tweet_id"].values()] == [*ids.tweet_id]
    tables.write(ids, folder / "ids")
    again = pd.read_csv(folder / "ids.csv", dtype=str)
    assert again.to_numpy().tolist() == ids.to_numpy().tolist()
