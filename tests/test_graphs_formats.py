"""Graphs survive the way to networkx, GEXF and GraphML; what XML cannot hold is counted."""

from pathlib import Path
from xml.etree import ElementTree

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import graphs
from spread._errors import OutputError, UsageError
from spread.graphs import _formats

LAUNCH_S = 1398189600.0  # 2014-04-22T18:00:00Z


def pair(**vertex: object) -> igraph.Graph:
    graph = igraph.Graph([(1, 0)], directed=True)
    graph.vs["name"] = ["18446744073709551615", "20140422"]
    graph.es["weight"] = [2]
    graph.es["first_at"] = [LAUNCH_S]
    for name, values in vertex.items():
        graph.vs[name] = values
    return graph


def test_networkx_and_back() -> None:
    graph = pair(label=["Ann", "Bob"])
    back = graphs.from_networkx(graphs.to_networkx(graph))
    assert back.get_vertex_dataframe().equals(graph.get_vertex_dataframe()[["label", "name"]])
    assert back.get_edge_dataframe().equals(graph.get_edge_dataframe())
    assert back.is_directed()


def test_parallel_edges_and_missing_names_survive_networkx() -> None:
    graph = igraph.Graph([(0, 1), (0, 1)])
    assert graphs.to_networkx(graph).number_of_edges("0", "1") == 2


def test_nodes_that_are_the_same_text_are_refused() -> None:
    with pytest.raises(UsageError, match="share a name"):
        graphs.from_networkx(nx.Graph([(1, "1")]))


@pytest.mark.parametrize(
    ("write", "read"),
    [(graphs.write_gexf, nx.read_gexf), (graphs.write_graphml, nx.read_graphml)],
)
def test_written_graph_reads_back(tmp_path: Path, write: object, read: object) -> None:
    write(pair(label=["Ann", "Bob <b>"], followers=[7, None]), tmp_path / "g.xml")
    found = read(tmp_path / "g.xml")
    assert list(found.edges) == [("20140422", "18446744073709551615")]
    assert found.nodes["20140422"]["label"] == "Bob <b>"
    assert found.nodes["18446744073709551615"]["followers"] == 7
    assert "followers" not in found.nodes["20140422"]
    edge = found.edges["20140422", "18446744073709551615"]
    assert float(edge["weight"]) == 2
    assert edge["first_at"] == "2014-04-22T18:00:00+00:00"


@pytest.mark.parametrize("write", [graphs.write_gexf, graphs.write_graphml])
def test_forbidden_characters_are_left_out_and_counted(tmp_path: Path, write: object) -> None:
    with pytest.warns(UserWarning, match=r"^3 character\(s\) that XML forbids were left out$"):
        write(pair(label=["A\x08n\x0cn", "B\ufffe"]), tmp_path / "g.xml")
    assert "Ann" in (tmp_path / "g.xml").read_text(encoding="utf-8")


def test_gexf_holds_positions_for_gephi(tmp_path: Path) -> None:
    graphs.write_gexf(pair(x=[1.5, 2.0], y=[-3.0, 0.0]), tmp_path / "g.gexf")
    places = ElementTree.parse(tmp_path / "g.gexf").iter(
        "{http://www.gexf.net/1.2draft/viz}position"
    )
    assert [place.get("x") for place in places] == ["1.5", "2.0"]


def test_values_of_any_kind_are_written(tmp_path: Path) -> None:
    graph = pair(
        a=[np.int64(3), np.float64("nan")], b=[["x", "y"], True], c=[float("inf"), np.bool_(1)]
    )
    graphs.write_graphml(graph, tmp_path / "g.graphml")
    found = nx.read_graphml(tmp_path / "g.graphml").nodes
    assert found["18446744073709551615"] == {"a": 3, "b": "x y"}


def test_a_file_that_does_not_read_back_takes_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        _formats.nx, "write_gexf", lambda _, path: path.write_text("<gexf>", encoding="utf-8")
    )
    with pytest.raises(OutputError, match="does not read back"):
        graphs.write_gexf(pair(), tmp_path / "g.gexf")
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        graphs.write_gexf(pair(), tmp_path / "file" / "g.gexf")


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.lists(st.integers(1, 2**64 - 1).map(str), min_size=1, max_size=4, unique=True))
def test_any_id_survives_both_files(
    tmp_path_factory: pytest.TempPathFactory, ids: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("ids")
    graph = igraph.Graph.Full(len(ids), directed=True)
    graph.vs["name"] = ids
    graphs.write_gexf(graph, folder / "g.gexf")
    graphs.write_graphml(graph, folder / "g.graphml")
    assert list(nx.read_gexf(folder / "g.gexf")) == ids
    assert list(nx.read_graphml(folder / "g.graphml")) == ids
    assert igraph.Graph.Read_GraphML(str(folder / "g.graphml")).vs["id"] == ids


HOSTILE = [
    "18446744073709551615",
    "did:plc:z72i7hdynmk6r22z27h6tvur",
    "at://did:plc:z72i/app.bsky.feed.post/3k43tv4rft22g?x=1&y='2'",
    "https://mastodon.example/@ann#<main>",
    '"]]><node id="0"/><!-- & -->',
    "&lt;&#0;&#x1F600;",
    "𝓜𝔂 😀 עברית \u202eabc",
    "007",
    "7",
    "NaN",
    "e\u0301",
    "\u00e9",
]


@pytest.mark.parametrize("format_", ["gexf", "graphml"])
def test_hostile_ids_and_labels_survive_both_files(tmp_path: Path, format_: str) -> None:
    graph = igraph.Graph.Ring(len(HOSTILE), directed=True)
    graph.vs["name"], graph.vs["label"] = HOSTILE, HOSTILE[::-1]
    graph.es["why <&>\"'"] = HOSTILE
    path = tmp_path / f"g.{format_}"
    getattr(graphs, f"write_{format_}")(graph, path)
    found = getattr(nx, f"read_{format_}")(path)
    assert list(found.nodes) == HOSTILE
    assert [found.nodes[name]["label"] for name in HOSTILE] == HOSTILE[::-1]
    ends = list(zip(HOSTILE, HOSTILE[1:] + HOSTILE[:1], strict=True))
    assert [found.edges[end]["why <&>\"'"] for end in ends] == HOSTILE
    back = graphs.from_networkx(graphs.to_networkx(graph))
    assert back.vs["name"] == HOSTILE


@pytest.mark.parametrize("write", [graphs.write_gexf, graphs.write_graphml])
def test_every_character_xml_forbids_is_left_out_everywhere(tmp_path: Path, write: object) -> None:
    # XML 1.0, production 2: tab, line feed and carriage return alone stand below U+0020.
    controls = [chr(code) for code in range(0x20) if chr(code) not in "\t\n\r"]
    forbidden = "".join([*controls, "\ud800", "\udfff", "\ufffe", "\uffff"])
    graph = pair(label=[f"A{forbidden}nn", "Bob"])
    graph.vs["name"] = [f"at://{forbidden}ann", "bob"]
    graph.es[f"why{forbidden}"] = [f"be{forbidden}cause"]
    count = 4 * len(forbidden)
    with pytest.warns(UserWarning, match=rf"^{count} character\(s\) that XML forbids"):
        write(graph, tmp_path / "g.xml")
    text = (tmp_path / "g.xml").read_text(encoding="utf-8")
    assert "at://ann" in text
    assert 'title="why"' in text or 'attr.name="why"' in text
    assert ">because<" in text or '"because"' in text


def test_names_that_are_the_same_without_forbidden_characters_are_refused(tmp_path: Path) -> None:
    graph = pair()
    graph.vs["name"] = ["ann", "an\x00n"]
    with pytest.raises(UsageError, match="names differ only in characters that XML forbids"):
        graphs.write_gexf(graph, tmp_path / "g.gexf")
    assert not list(tmp_path.iterdir())


NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(st.lists(NAMES.filter(lambda name: "\ufffe" not in name and "\uffff" not in name),
                min_size=1, max_size=4, unique=True))  # fmt: skip
def test_any_text_survives_both_files(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("names")
    graph = igraph.Graph.Full(len(names), directed=True)
    graph.vs["name"] = names
    graphs.write_gexf(graph, folder / "g.gexf")
    graphs.write_graphml(graph, folder / "g.graphml")
    for found in (nx.read_gexf(folder / "g.gexf"), nx.read_graphml(folder / "g.graphml")):
        assert list(found.nodes) == names
        assert found.number_of_edges() == graph.ecount()
