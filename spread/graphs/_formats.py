"""Graphs to and from networkx, and to the files that Gephi opens."""

import math
import warnings
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import igraph
import networkx as nx
import pandas as pd

from spread._arguments import require_instance
from spread._errors import OutputError, UsageError
from spread.tables import written
from spread.text import xml_text

__all__ = ["from_networkx", "to_networkx", "write_gexf", "write_graphml"]

_SECONDS = ("first_at", "last_at")


def to_networkx(graph: igraph.Graph) -> Any:
    """Return a networkx graph: DiGraph or Graph (Multi… where edges are parallel).

    Nodes are the vertices' names (their numbers as text where they have none); all
    other attributes come along.

    Examples
    --------
    >>> graph = igraph.Graph([(0, 1)], directed=True, vertex_attrs={"name": ["ann", "bob"]})
    >>> list(to_networkx(graph).edges)
    [('ann', 'bob')]
    """
    require_instance("graph", graph, igraph.Graph, "a graph of igraph")
    kinds = {
        (True, False): nx.DiGraph,
        (True, True): nx.MultiDiGraph,
        (False, False): nx.Graph,
        (False, True): nx.MultiGraph,
    }
    result = kinds[graph.is_directed(), graph.has_multiple()]()
    result.graph.update({name: graph[name] for name in graph.attributes()})
    named = "name" in graph.vs.attributes()
    nodes = [str(name) for name in (graph.vs["name"] if named else range(graph.vcount()))]
    if len(set(nodes)) < len(nodes):
        raise UsageError("vertices share a name", hint="Give each vertex a name of its own")
    for node, vertex in zip(nodes, graph.vs, strict=True):
        result.add_node(node, **_without(vertex.attributes(), "name"))
    for edge in graph.es:
        # Not as keywords: an attribute may be called like an argument of add_edge.
        result.add_edges_from([(nodes[edge.source], nodes[edge.target], edge.attributes())])
    return result


def from_networkx(graph: Any) -> igraph.Graph:
    """Return an igraph graph: nodes become `name`, as text; attributes come along.

    Raises
    ------
    UsageError
        Two nodes are the same text, such as 1 and "1".

    Examples
    --------
    >>> from_networkx(nx.DiGraph([("ann", "bob")])).vs["name"]
    ['ann', 'bob']
    """
    require_instance("graph", graph, nx.Graph, "a graph of networkx")
    nodes = list(graph.nodes)
    names = [str(node) for node in nodes]
    if len(set(names)) < len(names):
        raise UsageError("nodes share a name once they are text", hint="Relabel the nodes first")
    number = {node: place for place, node in enumerate(nodes)}
    links = list(graph.edges(data=True))
    result = igraph.Graph(
        n=len(nodes),
        edges=[(number[source], number[target]) for source, target, _ in links],
        directed=graph.is_directed(),
        graph_attrs={str(name): value for name, value in graph.graph.items()},
        vertex_attrs=_columns([data for _, data in graph.nodes(data=True)]),
        edge_attrs=_columns([data for _, _, data in links]),
    )
    result.vs["name"] = names
    return result


def write_gexf(graph: igraph.Graph, path: str | Path) -> None:
    """Write a graph as GEXF 1.2draft, which Gephi opens.

    Ids are text. Characters that XML forbids are left out, with one warning that counts
    them; attributes without a value are left out; `first_at` and `last_at` are written
    as ISO 8601 in UTC; vertices with `x` and `y` get that position, and `label` is
    shown. The file is parsed again before it takes its place.

    Raises
    ------
    OutputError
        The place cannot be written, or the file does not parse back to the same size.

    References
    ----------
    GEXF 1.2draft, https://gexf.net/1.2/

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_gexf(igraph.Graph([(0, 1)]), Path(folder) / "g.gexf")
    ...     nx.read_gexf(Path(folder) / "g.gexf").number_of_edges()
    1
    """
    cleaned = _cleaned(graph)
    for _, data in cleaned.nodes(data=True):
        if isinstance(data.get("x"), float) and isinstance(data.get("y"), float):
            data["viz"] = {"position": {"x": data.pop("x"), "y": data.pop("y"), "z": 0.0}}
    _write(cleaned, path, nx.write_gexf)


def write_graphml(graph: igraph.Graph, path: str | Path) -> None:
    """Write a graph as GraphML, which Gephi and graph-tool open; as `write_gexf`.

    References
    ----------
    GraphML: Brandes et al. 2002, https://doi.org/10.1007/3-540-45848-4_59

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_graphml(igraph.Graph([(0, 1)]), Path(folder) / "g.graphml")
    ...     nx.read_graphml(Path(folder) / "g.graphml").number_of_edges()
    1
    """
    _write(_cleaned(graph), path, nx.write_graphml_xml)


def _write(cleaned: Any, path: str | Path, writer: Callable[..., None]) -> None:
    with written(path) as draft:
        writer(cleaned, draft)
        found = _sizes(draft)
        expected = cleaned.number_of_nodes(), cleaned.number_of_edges()
        if found != expected:
            raise OutputError(
                "a written graph does not read back",
                got=f"{path}: {found[0]} nodes, {found[1]} edges",
                allowed=f"{expected[0]} nodes, {expected[1]} edges",
            )


def _sizes(path: Path) -> tuple[int, int]:
    """Return how many nodes and edges an XML file that we wrote holds."""
    nodes = edges = 0
    try:
        for _, element in ElementTree.iterparse(path):
            nodes += element.tag.endswith("}node")
            edges += element.tag.endswith("}edge")
            element.clear()
    except ElementTree.ParseError as error:
        raise OutputError("a written graph does not read back", got=f"{path}: {error}") from error
    return nodes, edges


def _cleaned(graph: igraph.Graph) -> Any:
    """Return a networkx copy whose names and values XML can hold."""
    original = to_networkx(graph)
    cleaned = original.__class__()
    stripped = 0

    def clean(value: Any) -> Any:
        nonlocal stripped
        if not isinstance(value, str):
            return value
        kept = xml_text(value)
        stripped += len(value) - len(kept)
        return kept

    def values(data: Mapping[str, Any]) -> dict[str, Any]:
        plain = {clean(name): clean(_value(name, value)) for name, value in data.items()}
        return {name: value for name, value in plain.items() if value is not None}

    ids = {node: clean(node) for node in original.nodes}
    if len(set(ids.values())) < len(ids):
        raise UsageError("names differ only in characters that XML forbids")
    cleaned.graph.update(values(original.graph))
    cleaned.add_nodes_from((ids[node], values(data)) for node, data in original.nodes(data=True))
    cleaned.add_edges_from(
        (ids[source], ids[target], values(data)) for source, target, data in original.edges.data()
    )
    if stripped:
        warnings.warn(
            f"{stripped} character(s) that XML forbids were left out", UserWarning, stacklevel=4
        )
    return cleaned


def _value(name: str, value: Any) -> Any:
    """Return a value as one that both formats can hold, or None to leave it out."""
    if hasattr(value, "tolist"):  # numpy's
        return _value(name, value.tolist())
    if value is None or value is pd.NaT or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if name in _SECONDS and isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple | set):
        return " ".join(str(part) for part in value)
    return value if isinstance(value, bool | int | float) else str(value)


def _without(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key != name}


def _columns(rows: Iterable[Mapping[Any, Any]]) -> dict[str, list[Any]]:
    """Return attributes of nodes or edges as columns, None where one lacks them."""
    listed = list(rows)
    names = dict.fromkeys(name for row in listed for name in row)
    return {str(name): [row.get(name) for row in listed] for name in names}
