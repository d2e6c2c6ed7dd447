"""Against groups that are known: parties, departments, and the same accounts a week later."""

import csv
import gzip
from pathlib import Path

import igraph
import networkx as nx
import numpy as np
import pytest

from spread import communities, graphs


def known(shared: Path, name: str, group: str) -> tuple[igraph.Graph, dict[str, str]]:
    """Return a directed graph of the archive onadata, and the group of each node."""
    edges, vertices = (
        next((shared / "onadata").glob(f"{name}_{part}.csv*")) for part in ("edgelist", "vertices")
    )
    links, nodes = (list(csv.DictReader(_text(path).splitlines())) for path in (edges, vertices))
    graph = igraph.Graph.DictList(
        [{"name": node["id"]} for node in nodes],
        [
            {"source": row["from"], "target": row["to"], "weight": float(row.get("weight") or 1)}
            for row in links
        ],
        directed=True,
    )
    return graph, {node["id"]: node[group] for node in nodes}


def _text(path: Path) -> str:
    raw = path.read_bytes()
    return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")


@pytest.mark.parametrize("method", ["leiden", "infomap", "louvain"])
def test_parties_of_politicians(shared: Path, method: str) -> None:
    # 108 politicians of 5 labels; measured .909 [.850, .968], infomap .925 [.870, .979]
    graph, party = known(shared, "ontariopol", "party")
    found = communities.detect(graph, method=method, runs=5, rewirings=3, rng=1)
    row = communities.compare(found, party, measures=["ami"]).iloc[0]
    assert (row.nodes, found.cannot_tell) == (108, None)
    assert row.low > 0.8


@pytest.mark.parametrize("method", ["leiden", "infomap", "louvain"])
def test_departments_of_an_email_network(shared: Path, method: str) -> None:
    # 1,005 people, 42 departments; measured .558 [.530, .586], infomap .598 [.569, .628],
    # louvain .562 [.534, .590]: half of what can be known, and far from chance
    graph, department = known(shared, "email", "dept")
    found = communities.detect(graph, method=method, runs=2, rewirings=0, rng=1)
    row = communities.compare(found, department, measures=["ami"]).iloc[0]
    assert row.nodes == 1005
    assert row.low > 0.45


def test_accounts_keep_their_communities_from_week_to_week(shared: Path) -> None:
    # accounts of two consecutive weeks; dealt out at random they would agree as chance does
    found = []
    for week in ("2021-12-30_2022-01-12", "2022-01-13_2022-01-26"):
        with gzip.open(shared / "finnish-nato" / f"nato_{week}.xml.gz") as stream:
            graph = graphs.from_networkx(nx.read_graphml(stream))
        found.append(communities.detect(graph, runs=2, rewirings=0, rng=1))
    row = communities.compare(*found, measures=["ami"]).iloc[0]
    before, after = (dict(zip(part.nodes, part.labels, strict=True)) for part in found)
    shared_nodes = sorted(before.keys() & after.keys())
    assert row.nodes == len(shared_nodes)
    assert 0 < row.low < row.value < row.high < 1
    dealt = np.random.default_rng(1).permutation([after[node] for node in shared_nodes])
    by_chance = communities.compare(
        [before[node] for node in shared_nodes], dealt.tolist(), measures=["ami"]
    )
    assert by_chance.high.iloc[0] < row.low
