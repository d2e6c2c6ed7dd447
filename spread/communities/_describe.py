"""What a community is, in words: its members, its hashtags, its vocabulary."""

from typing import Any

import igraph
import numpy as np
import pandas as pd

from spread._arguments import require_count, require_instance
from spread._errors import UsageError
from spread.communities._flat import flat
from spread.communities._partition import Partition
from spread.communities._words import KINDS, distinctive
from spread.tables import Table

__all__ = ["describe"]


def describe(
    partition: Partition, graph: igraph.Graph, *, tweets: Table | None = None, most: int = 5
) -> pd.DataFrame:
    """Return labels people can read: each community's size, members, hashtags and words.

    Parameters
    ----------
    partition, graph
        What `detect` returned, and for which graph.
    tweets
        With `author_id`, `hashtags` and `text`, for what the communities say.
    most
        How many members, hashtags and words to name.

    Returns
    -------
    pandas.DataFrame
        `community`; `size` (nodes); `share` of all nodes; `members`: ids by weight
        received from the whole graph, most first, ties by id; `strengths`: those weights
        (for an undirected graph, of all edges); `inside`: of the weight that the
        community's nodes give, the share that stays in it (NaN where they give none). With
        tweets, also `hashtags` and `words`: those that mark it against all others, by z
        (`distinctive` gives the numbers). Ids and texts are as in the archive: what shows
        them has to escape them, as pandas, the report and the figures do.

    References
    ----------
    What marks a community: Monroe, Colaresi, Quinn 2008, https://doi.org/10.1093/pan/mpn018

    Examples
    --------
    >>> from spread import communities
    >>> toy = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3), (0, 3)]
    >>> graph = igraph.Graph(toy, directed=True)
    >>> describe(communities.detect(graph, rng=1), graph, most=1)[["size", "members"]]
       size members
    0     3     [0]
    1     3     [3]
    """
    require_count("most", most)
    require_instance("partition", partition, Partition, "what communities.detect returns")
    edges = flat(graph)
    if edges.names != partition.nodes:
        raise UsageError("the partition is of another graph", hint="Pass the graph it came from")
    leaving, reaching = edges.strengths()
    received = reaching if edges.directed else leaving + reaching
    given = leaving if edges.directed else received
    count = len(partition.sizes)
    labels = partition.labels
    same = labels[edges.source] == labels[edges.target]
    kept = np.bincount(labels[edges.source[same]], edges.weight[same], count)
    kept = kept if edges.directed else 2 * kept
    sums = np.bincount(labels, given, count)
    rows: list[dict[str, Any]] = []
    for community in range(count):
        inside = np.flatnonzero(labels == community)
        top = inside[np.argsort(-received[inside], kind="stable")][:most]
        rows.append(
            {
                "community": community,
                "size": len(inside),
                "share": len(inside) / len(labels),
                "members": [partition.nodes[node] for node in top],
                "strengths": received[top].tolist(),
                "inside": kept[community] / sums[community] if sums[community] else np.nan,
            }
        )
    columns = ["community", "size", "share", "members", "strengths", "inside"]
    table = pd.DataFrame(rows, columns=columns)
    for of in KINDS if tweets is not None else ():
        terms = distinctive(tweets, partition, of=of, most=most)
        said = terms.groupby("community")["term"].agg(list).to_dict()
        table[f"{of}s"] = [said.get(community, []) for community in range(count)]
    return table
