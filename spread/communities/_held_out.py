"""Camps of accounts by what others than themselves did, for dating a change with them."""

from typing import Any

import igraph
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from spread._arguments import require_count, require_instance
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.communities._flat import Flat, built, flat
from spread.communities._partition import Partition
from spread.communities._partition import camps as folded
from spread.communities._search import Settings
from spread.communities._workers import Job, Task, each

__all__ = ["held_out_camps"]


def held_out_camps(
    graph: igraph.Graph,
    partition: Partition,
    *,
    splits: int = 5,
    most: int = 6,
    smallest: float = 0.01,
    outside: tuple[Any, Any] | None = None,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return each account's camp as found without it, once for each of several splits.

    Camps that are found in the retweets of some accounts and then used to date a change in
    what those same accounts post make the change look sharper than it is. So accounts are
    split in two halves at random. Communities are sought among one half alone; an account
    of the other half gets the camp that holds most of the weight of its edges to and from
    the first half. Then the halves swap. This is repeated for each split; what is dated
    with them (`hijack.detect`) averages over the splits.

    Communities of a half take the letter of the camp in which most of their members are, so
    that letters mean the same in every split. Only these names come from the whole graph.

    Parameters
    ----------
    graph, partition
        What `detect` was given and returned; its resolution and names of camps are used.
    splits
        How many times accounts are halved.
    most, smallest
        As in `camps`.
    outside
        Two instants: edges that were active only between them do not assign accounts (the
        edges carry `first_at` and `last_at`, seconds since 1970).
    rng
        A generator, a seed, or None for a fresh one.

    Returns
    -------
    pandas.DataFrame
        `user_id`, `camp`, `split` (0, 1, …), sorted by split and id. An account without an
        edge to the other half, or one that lies between two camps, is left out there.

    Raises
    ------
    UsageError
        `splits` < 1, the partition is of another graph, or `outside` is asked for edges
        without times.

    References
    ----------
    Cross-fitting: Chernozhukov et al. 2018, https://doi.org/10.1111/ectj.12097.

    Examples
    --------
    Two cliques with a bridge; nobody's camp rests on his own edges alone:

    >>> from spread import communities
    >>> graph = igraph.Graph.Full(12) + igraph.Graph.Full(10)
    >>> graph.add_edges([(0, 12)])
    >>> found = communities.detect(graph, runs=4, rewirings=0, rng=1)
    >>> held = held_out_camps(graph, found, splits=1, rng=1)
    >>> held.camp.value_counts().to_dict()
    {'A': 12, 'B': 10}
    """
    require_count("splits", splits)
    require_instance("partition", partition, Partition, "what communities.detect returns")
    edges = flat(graph)
    if edges.names != partition.nodes:
        raise UsageError("the partition is of another graph", hint="Pass the graph it came from")
    reference, letters = pd.factorize(folded(partition, most=most, smallest=smallest).camp)
    seed, names = resolve_seed(rng), np.array(edges.names, dtype=object)
    ties = _ties(graph if outside is None else _without(graph, outside))
    plain = _plain(edges)
    halves = []
    for split in range(splits):
        half = stream(seed, split, 0).random(len(names)) < 0.5
        halves += [(split, 0, half), (split, 1, ~half)]
    tasks = [
        _task(plain, trained, partition, resolve_seed(stream(seed, split, side, 1)))
        for split, side, trained in halves
    ]
    parts = []
    for (split, _, trained), found in zip(halves, each(tasks), strict=True):
        labels = _learned(found.labels, trained, reference, len(letters))
        camp = _assigned(ties, labels, len(letters))
        known = np.flatnonzero((camp >= 0) & ~trained)
        parts.append(
            pd.DataFrame(
                {
                    "user_id": pd.Series(names[known], dtype="str"),
                    "camp": pd.Series(letters.take(camp[known]), dtype="str"),
                    "split": split,
                }
            )
        )
    return pd.concat(parts).sort_values(["split", "user_id"], ignore_index=True)


def _task(graph: igraph.Graph, trained: NDArray[np.bool_], partition: Partition, seed: int) -> Task:
    """Return the search among one half of the accounts."""
    half = graph.induced_subgraph(np.flatnonzero(trained).tolist())
    settings = Settings("leiden", partition.resolution, seed, partition.tolerance)
    return Task(flat(half), settings, Job("run", 0))


def _learned(
    found: NDArray[np.int64],
    trained: NDArray[np.bool_],
    reference: NDArray[np.int64],
    camps: int,
) -> NDArray[np.int64]:
    """Return the camps of one half by the communities within it; -1 for the other half."""
    labels = np.full(len(trained), -1, dtype=np.int64)
    rows = np.flatnonzero(trained)
    if not len(rows):
        return labels
    # Vertices without names keep their order, so the found nodes stand as the rows do.
    shared = np.zeros((found.max() + 1, camps))
    np.add.at(shared, (found, reference[rows]), 1)
    labels[rows] = shared.argmax(axis=1)[found]
    return labels


def _plain(edges: Flat) -> igraph.Graph:
    """Return the graph with its vertices in order of their names, and without them."""
    graph = built(len(edges.names), edges.source, edges.target, directed=edges.directed)
    graph.es["weight"] = edges.weight.tolist()
    return graph


def _ties(graph: igraph.Graph) -> sparse.csr_array:
    """Return the weight of the edges between two accounts, in either direction."""
    edges = flat(graph)
    size = len(edges.names)
    one_way = sparse.coo_array((edges.weight, (edges.source, edges.target)), shape=(size, size))
    return (one_way + one_way.T).tocsr()


def _assigned(ties: sparse.csr_array, labels: NDArray[np.int64], camps: int) -> NDArray[np.int64]:
    """Return the camp with most of each account's weight; -1 where there is none, or two."""
    rows = np.flatnonzero(labels >= 0)
    member = sparse.coo_array((np.ones(len(rows)), (rows, labels[rows])), (len(labels), camps))
    weight = (ties @ member.tocsr()).toarray()
    if not weight.size:
        return np.full(len(labels), -1)
    best = weight.max(axis=1, keepdims=True)
    decided = (best[:, 0] > 0) & ((weight == best).sum(axis=1) == 1)
    return np.where(decided, weight.argmax(axis=1), -1)


def _without(graph: igraph.Graph, outside: tuple[Any, Any]) -> igraph.Graph:
    """Return the graph without the edges that were active only between two instants."""
    if not {"first_at", "last_at"} <= set(graph.es.attributes()):
        raise UsageError("the edges carry no times", allowed="edge attributes first_at, last_at")
    low, high = (pd.Timestamp(at).timestamp() for at in outside)
    first, last = (np.array(graph.es[name], dtype=float) for name in ("first_at", "last_at"))
    kept = graph.copy()
    kept.delete_edges(np.flatnonzero((first >= low) & (last <= high)).tolist())
    return kept
