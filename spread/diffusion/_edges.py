"""Edges as flat arrays: from who influences to who is influenced, each with its chance."""

from dataclasses import dataclass
from typing import Any

import igraph
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._errors import UsageError

__all__ = ["Edges", "positions", "read_edges"]

Chances = float | str | NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Edges:
    """Out-edges of vertex v: `targets[offsets[v]:offsets[v + 1]]`, with their values.

    `alike` is the one value that all edges have, or NaN.
    """

    names: NDArray[np.object_]
    offsets: NDArray[np.int64]
    targets: NDArray[np.int32]
    values: NDArray[np.float64]
    alike: float


def read_edges(graph: Any, values: Chances, *, called: str) -> Edges:
    """Return the edges of a graph, or of a table with source and target.

    Of a graph that is not directed each edge leads both ways. Raises UsageError where a
    value is absent, no number, or no probability: nothing is filled in.
    """
    names, sources, targets, given = _read(graph, values, called)
    if not np.isfinite(given).all() or (given < 0).any() or (given > 1).any():
        wrong = given[~(np.isfinite(given) & (given >= 0) & (given <= 1))][0]
        raise UsageError(f"{called} is no probability", got=repr(float(wrong)), allowed="0 to 1")
    order = np.argsort(sources, kind="stable")
    offsets = np.zeros(len(names) + 1, np.int64)
    np.cumsum(np.bincount(sources, minlength=len(names)), out=offsets[1:])
    alike = float(given[0]) if len(given) and (given == given[0]).all() else np.nan
    return Edges(names, offsets, targets[order].astype(np.int32), given[order], alike)


def positions(names: NDArray[np.object_], wanted: Any, *, what: str) -> NDArray[np.int32]:
    """Return the positions of names, or say which is not there."""
    if isinstance(wanted, str) or not hasattr(wanted, "__iter__"):
        wanted = [wanted]
    asked = [str(name) for name in wanted]
    found = pd.Index(names.astype(str)).get_indexer(asked)
    if not asked:
        raise UsageError(f"no {what} was given", allowed="at least one vertex")
    if (found < 0).any():
        lost = asked[int(np.flatnonzero(found < 0)[0])]
        raise UsageError(f"a {what} is not in the graph", got=repr(lost))
    return np.unique(found).astype(np.int32)


def _read(graph: Any, values: Chances, called: str) -> tuple[Any, Any, Any, Any]:
    if isinstance(graph, igraph.Graph):
        ends = np.asarray(graph.get_edgelist(), np.int64).reshape(-1, 2)
        known = "name" in graph.vs.attributes()
        names = np.asarray(graph.vs["name"] if known else range(graph.vcount()), object)
        attributes = graph.es.attributes()
        given = _values(values, len(ends), lambda name: graph.es[name], attributes, called)
        if not graph.is_directed():
            ends, given = np.vstack([ends, ends[:, ::-1]]), np.tile(given, 2)
        return names, ends[:, 0], ends[:, 1], given
    if isinstance(graph, pd.DataFrame) and {"source", "target"} <= set(graph.columns):
        both = pd.concat([graph["source"], graph["target"]]).astype(str)
        code, names = pd.factorize(both, sort=True)
        sources, targets = code[: len(graph)], code[len(graph) :]
        given = _values(values, len(graph), lambda name: graph[name], list(graph.columns), called)
        return np.asarray(names, object), sources, targets, given
    raise UsageError(
        "no graph",
        got=type(graph).__name__,
        allowed="an igraph graph, or a frame with source and target",
    )


def _values(
    values: Chances, count: int, column: Any, known: list[str], called: str
) -> NDArray[np.float64]:
    if isinstance(values, str):
        if values not in known:
            allowed = ", ".join(known) or "a number, or one number an edge"
            raise UsageError(f"the edges have no {called}", got=repr(values), allowed=allowed)
        values = column(values)
    try:
        given = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{called} is no number", got=repr(values)[:60]) from error
    if given.ndim == 0:
        return np.full(count, float(given))
    if given.shape != (count,):
        raise UsageError(
            f"{called} does not fit the edges",
            got=f"{given.size} values for {count} edges",
            allowed="one number, or one for each edge",
        )
    return given
