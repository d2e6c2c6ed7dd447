"""Accounts through which something goes from one camp to another."""

from typing import Any

import igraph
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._distinct import distinct_pairs
from spread.seeds._chosen import camps_of
from spread.seeds._roles import names_of, neighbours

_KINDS = ["gatekeeper", "representative", "itinerant", "liaison"]


def brokers(graph: igraph.Graph, partition: Any) -> pd.DataFrame:
    """Count the pairs of accounts between which each account stands, by their camps.

    An account stands between the account that it passed on (the author) and the one that
    passed it on (the hearer). As gatekeeper it brought another camp's author to its own; as
    representative its own to another; as itinerant it went between two of another camp;
    as liaison between two camps that are neither its own. Pairs of distinct neighbours are
    counted, whether or not the two are tied directly, and whether or not the same tweet
    went both ways: a count of openings, an upper bound of what went through. O(edges +
    accounts × camps).

    Parameters
    ----------
    graph
        Directed, who passes on → who is passed on, vs["name"] = id.
    partition
        `communities.Partition`, or a frame with user_id and camp (or community).

    Returns
    -------
    DataFrame
        user_id, camp, gatekeeper, representative, itinerant, liaison (pairs), between (pairs
        of different camps: gatekeeper + representative + liaison), for accounts with any, by
        falling between, then id.

    Raises
    ------
    UsageError
        Nodes have no names, or the partition cannot be used.

    References
    ----------
    Gould & Fernandez 1989, https://doi.org/10.2307/270949

    Examples
    --------
    >>> graph = igraph.Graph(edges=[(1, 0), (2, 1), (3, 1)], directed=True)
    >>> graph.vs["name"] = ["author", "broker", "b1", "b2"]
    >>> camps = pd.DataFrame({"user_id": graph.vs["name"], "camp": ["A", "B", "B", "B"]})
    >>> brokers(graph, camps)[["user_id", "gatekeeper", "between"]].values.tolist()
    [['broker', 2, 2]]
    """
    names = names_of(graph)
    camp = pd.Series(names).map(camps_of(partition))
    codes, _ = pd.factorize(camp, sort=True)
    authors, hearers = neighbours(graph, codes, "out"), neighbours(graph, codes, "in")
    at = np.arange(len(codes)), np.maximum(codes, 0)
    own_authors, own_hearers = authors[at], hearers[at]
    other_authors = authors.sum(axis=1) - own_authors
    other_hearers = hearers.sum(axis=1) - own_hearers
    itinerant = (authors * hearers).sum(axis=1) - own_authors * own_hearers
    itinerant -= _mutual(graph, codes)
    liaison = other_authors * other_hearers - (authors * hearers).sum(axis=1)
    liaison += own_authors * own_hearers
    table = pd.DataFrame(
        {
            "user_id": names,
            "camp": camp,
            "gatekeeper": other_authors * own_hearers,
            "representative": own_authors * other_hearers,
            "itinerant": itinerant,
            "liaison": liaison,
        }
    )
    table["between"] = table["gatekeeper"] + table["representative"] + table["liaison"]
    kept = table[table["camp"].notna() & (table[_KINDS].sum(axis=1) > 0)]
    ordered = kept.sort_values(["between", "user_id"], ascending=[False, True])
    return ordered.reset_index(drop=True)


def _mutual(graph: igraph.Graph, codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return with how many accounts of other camps each is tied both ways: no pairs of two."""
    ends = np.asarray(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    ends = ends[(codes[ends] >= 0).all(axis=1)]
    ends = np.column_stack(distinct_pairs(ends[:, 0], ends[:, 1]))
    crossing = ends[codes[ends[:, 0]] != codes[ends[:, 1]]]
    n = graph.vcount()
    there, back = crossing @ np.array([n, 1]), crossing @ np.array([1, n])
    both = crossing[np.isin(there, back)]
    return np.bincount(both[:, 0], minlength=n)
