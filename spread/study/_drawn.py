"""What of a graph is drawn: its strongest accounts and the edges between them."""

import igraph
import numpy as np
import pandas as pd

from spread import graphs

MOST_NODES = 1_500
KINDS = ("retweet", "reply", "mention")


def interactions(tweets: object) -> tuple[str, pd.DataFrame]:
    """Return the kind of graph that can be drawn, retweets first, and its edges."""
    for kind in KINDS:
        edges = graphs.edges(tweets, kind)
        if len(edges):
            return kind, edges
    return KINDS[0], edges


def network(
    graph: igraph.Graph, labels: pd.DataFrame, camps: pd.DataFrame, *, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return nodes (user_id, label, x, y, camp, strength, public) and edges to draw.

    At most `MOST_NODES` accounts, those whose edges weigh most, and the edges between
    them. Complexity: that of the layout, which is bounded by the number drawn.
    """
    strength = np.asarray(graph.strength(weights="weight"), dtype=float)
    names = np.asarray(graph.vs["name"] if graph.vcount() else [], dtype=object)
    kept = np.lexsort((names, -strength))[:MOST_NODES]
    drawn = graph.induced_subgraph(kept.tolist())
    nodes = graphs.layout(drawn, rng=seed).rename(columns={"name": "user_id"})
    nodes = nodes.merge(labels, on="user_id", how="left").merge(camps, on="user_id", how="left")
    nodes["label"] = nodes.label.fillna("an unknown account")
    nodes["public"] = nodes.public.fillna(False).astype(bool)
    nodes["camp"] = nodes.camp.fillna("other")
    nodes["strength"] = nodes.user_id.map(dict(zip(names[kept], strength[kept], strict=True)))
    names_drawn = drawn.vs["name"] if drawn.vcount() else []
    edges = pd.DataFrame(
        [
            (names_drawn[edge.source], names_drawn[edge.target], edge["weight"])
            for edge in drawn.es
        ],
        columns=["source", "target", "weight"],
    )
    return nodes, edges
