"""What of a graph is drawn: its strongest accounts and the edges between them."""

import igraph
import numpy as np
import pandas as pd

from spread import graphs
from spread.study._labels import UNKNOWN
from spread.tables import instants

MOST_NODES = 1_500


def network(
    graph: igraph.Graph, labels: pd.DataFrame, camps: pd.DataFrame, *, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return nodes (name, label, x, y, camp, strength, public) and edges to draw.

    At most `MOST_NODES` accounts, those whose edges weigh most, and the edges between
    them: the layout is bounded by the number drawn.
    """
    drawn = _strongest(graph)
    known = labels.rename(columns={"user_id": "name"}).drop(columns="screen_name")
    coloured = camps.rename(columns={"user_id": "name"})
    nodes = graphs.layout(drawn, rng=seed).merge(known, on="name", how="left")
    nodes = nodes.merge(coloured, on="name", how="left")
    nodes["label"] = nodes.label.fillna(UNKNOWN)
    nodes["public"] = nodes.public.fillna(False).astype(bool)
    nodes["camp"] = nodes.camp.fillna("other")
    strength = dict(zip(drawn.vs["name"], drawn.vs["strength"], strict=True))
    nodes["strength"] = nodes.name.map(strength).astype(float)
    return nodes, _edges(drawn)


def _strongest(graph: igraph.Graph) -> igraph.Graph:
    strength = np.asarray(graph.strength(weights="weight"), dtype=float)
    names = np.asarray(graph.vs["name"], dtype=str)
    kept = np.sort(np.lexsort((names, -strength))[:MOST_NODES])
    drawn = graph.induced_subgraph(kept.tolist())
    drawn.vs["strength"] = strength[kept].tolist()
    return drawn


def _edges(drawn: igraph.Graph) -> pd.DataFrame:
    names = np.asarray(drawn.vs["name"], dtype=str)
    ends = np.asarray(drawn.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    first_us = np.asarray(drawn.es["first_at"], dtype=float) * 1e6
    return pd.DataFrame(
        {
            "source": names[ends[:, 0]],
            "target": names[ends[:, 1]],
            "weight": drawn.es["weight"],
            "first_at": instants(first_us.astype(np.int64)),
        }
    ).sort_values(["source", "target"], ignore_index=True)
