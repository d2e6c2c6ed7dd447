"""Roles of accounts in a graph of who passes on whom, and between its communities."""

from typing import Any

import igraph
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from spread._arguments import require_instance
from spread._distinct import distinct_pairs
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.seeds._chosen import camps_of
from spread.seeds._h_index import h_index
from spread.seeds._intervals import jeffreys
from spread.tables import Table

Numbers = NDArray[np.float64]
Counts = NDArray[np.int64]

_DRAWS = 500
_DAMPING = 0.85
_TOLERANCE = 1e-12
_MOST_ROUNDS = 10_000


def roles(
    graph: igraph.Graph,
    partition: Any,
    *,
    tweets: Table | None = None,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Describe each account's place: within its community, between communities, at large.

    z is how far the number of an account's neighbours in its own community stands above
    that community's mean, in (population) standard deviations, 0 where all have as many;
    participation P = 1 − Σ_s (k_s / k)² is 0 where all neighbours are of one community, NaN
    without neighbours. Both count distinct accounts, apart for those who pass the account
    on (in) and those whom it passes on (out). Few neighbours bias P downwards, so that its
    interval matters more than itself: 95 % of a posterior with a Dirichlet prior of total
    mass 1 spread equally over the communities (those never met enter at their mean). P may lie
    below its own interval.

    PageRank and LeaderRank follow the arrows from who passes on to who is passed on; the
    first by the edges' weights where the graph has them, the second by edges alone. They
    describe this graph and no sample of it, hence no interval.

    Parameters
    ----------
    graph
        Directed, who passes on → who is passed on, vs["name"] = id, such as
        `graphs.retweets` gives it. In an undirected graph in and out are the same.
    partition
        `communities.Partition`, or a frame with user_id and camp (or community). Accounts
        without one are left out, and so are they as neighbours in z and P.
    tweets
        The tweets behind the graph: adds the h-index.
    rng
        Decides the draws of the intervals.

    Returns
    -------
    DataFrame
        user_id, camp; in, out (neighbours with a camp); z_in, participation_in (_low, _high),
        z_out, participation_out (_low, _high); outside_in (_low, _high: 95 % Jeffreys), the
        share of those who pass it on that are of other communities; core (k-core of the
        undirected graph); pagerank (sums to 1), leaderrank (sums to the number of accounts);
        with tweets h_index, the most h originals that each were retweeted h times. By falling
        pagerank, then id.

    Raises
    ------
    UsageError
        Nodes have no names, or the partition cannot be used.

    References
    ----------
    Guimerà & Amaral 2005, https://doi.org/10.1038/nature03288 (its seven roles were cut for
    metabolic networks, and are not given here); Lü, Zhang, Yeung & Zhou 2011, LeaderRank,
    https://doi.org/10.1371/journal.pone.0021202; Seidman 1983, k-cores,
    https://doi.org/10.1016/0378-8733(83)90028-X

    Examples
    --------
    >>> graph = igraph.Graph(edges=[(2, 0), (3, 0), (4, 0), (4, 1)], directed=True)
    >>> graph.vs["name"] = ["a", "b", "c", "d", "e"]
    >>> camps = pd.DataFrame({"user_id": list("abcde"), "camp": ["A", "B", "A", "A", "B"]})
    >>> found = roles(graph, camps, rng=1)
    >>> found[["user_id", "in", "participation_in", "pagerank"]].round(3).head(2).values
    array([['a', 3, 0.444, 0.414],
           ['b', 1, 0.0, 0.189]], dtype=object)
    """
    seed = resolve_seed(rng)
    names = names_of(graph)
    camp = pd.Series(names).map(camps_of(partition))
    codes, _ = pd.factorize(camp, sort=True)
    table = pd.DataFrame({"user_id": names, "camp": camp})
    for number, side in enumerate(("in", "out")):
        counts = neighbours(graph, codes, side)
        table[side] = counts.sum(axis=1)
        table[f"z_{side}"] = within_z(counts, codes)
        low, high = participation_interval(counts, rng=stream(seed, number))
        table[f"participation_{side}"] = participation(counts)
        table[f"participation_{side}_low"], table[f"participation_{side}_high"] = low, high
        if side == "in":
            own = counts[np.arange(len(codes)), np.maximum(codes, 0)]
            table = table.assign(**_outside(table["in"].to_numpy() - own, table["in"].to_numpy()))
    table["core"] = graph.as_undirected(combine_edges="first").simplify().coreness()
    weights = "weight" if "weight" in graph.es.attributes() else None
    table["pagerank"] = graph.pagerank(damping=_DAMPING, weights=weights)
    table["leaderrank"] = leader_rank(graph)
    if tweets is not None:
        table["h_index"] = table["user_id"].map(h_index(tweets)).fillna(0).astype("int64")
    ordered = table[table["camp"].notna()].sort_values(
        ["pagerank", "user_id"], ascending=[False, True]
    )
    return ordered.reset_index(drop=True)


def names_of(graph: igraph.Graph) -> NDArray[Any]:
    """Return the ids of a graph's nodes."""
    require_instance("graph", graph, igraph.Graph, "a graph of igraph")
    if "name" not in graph.vs.attributes():
        raise UsageError("the nodes have no names", hint='Set graph.vs["name"] to account ids')
    return np.asarray(graph.vs["name"], dtype=object)


def neighbours(graph: igraph.Graph, codes: Counts, side: str) -> Counts:
    """Return how many distinct neighbours each node has in each community, shape (n, s)."""
    ends = np.asarray(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    of, other = (ends[:, 1], ends[:, 0]) if side == "in" else (ends[:, 0], ends[:, 1])
    if not graph.is_directed():
        of, other = np.concatenate([of, other]), np.concatenate([other, of])
    kept = (of != other) & (codes[other] >= 0)
    pairs = distinct_pairs(of[kept], other[kept])
    counts = np.zeros((graph.vcount(), max(int(codes.max(initial=-1)) + 1, 1)), np.int64)
    np.add.at(counts, (pairs[0], codes[pairs[1]]), 1)
    return counts


def within_z(counts: Counts, codes: Counts) -> Numbers:
    """Return the z-score of each node's neighbours in its own community; NaN without one."""
    own = counts[np.arange(len(codes)), np.maximum(codes, 0)].astype(np.float64)
    found = np.full(len(codes), np.nan)
    for code in range(counts.shape[1]):
        members = codes == code
        spread = own[members].std() if members.any() else 0.0
        found[members] = (own[members] - own[members].mean()) / spread if spread > 0 else 0.0
    return found


def participation(counts: Counts) -> Numbers:
    """Return 1 − Σ (k_s / k)²; NaN where k is 0."""
    k = counts.sum(axis=1, keepdims=True).astype(np.float64)
    shares = np.divide(counts, k, out=np.full(counts.shape, np.nan), where=k > 0)
    return np.asarray(1 - (shares**2).sum(axis=1))


def participation_interval(counts: Counts, *, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Return 95 % posterior intervals of the participation, NaN without neighbours.

    The prior is symmetric, so that accounts with the same counts in whatever order share
    their interval.
    """
    ordered = -np.sort(-counts, axis=1)
    kinds, which = np.unique(ordered, axis=0, return_inverse=True)
    ends = np.full((len(kinds), 2), np.nan)
    for kind, row in enumerate(kinds):
        if row[0] > 0:
            ends[kind] = _interval(row[row > 0], counts.shape[1], rng)
    found = ends[which.ravel()]
    return found[:, 0], found[:, 1]


def _interval(met: Counts, communities: int, rng: np.random.Generator) -> Numbers:
    prior = 1.0 / communities
    unmet = communities - len(met)
    drawn = rng.standard_gamma(met + prior, size=(_DRAWS, len(met)))
    rest = rng.standard_gamma(unmet * prior, size=_DRAWS) if unmet else np.zeros(_DRAWS)
    # The mean of the sum of squares of what the unmet share, under a symmetric Dirichlet.
    even = (1 + communities) / (unmet + communities)
    total = drawn.sum(axis=1) + rest
    squares = ((drawn**2).sum(axis=1) + even * rest**2) / total**2
    return np.asarray(np.quantile(1 - squares, [0.025, 0.975]))


def _outside(outside: Counts, of: Counts) -> dict[str, Numbers]:
    low, high = jeffreys(outside.astype(np.float64), of.astype(np.float64))
    share = np.divide(outside, of, out=np.full(len(of), np.nan), where=of > 0)
    return {"outside_in": share, "outside_in_low": low, "outside_in_high": high}


def leader_rank(graph: igraph.Graph) -> Numbers:
    """Return each node's LeaderRank: a walk with a ground node tied to all, both ways."""
    n = graph.vcount()
    if not n:
        return np.zeros(0)
    ends = np.asarray(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    if not graph.is_directed():
        ends = np.concatenate([ends, ends[:, ::-1]])
    ends = ends[ends[:, 0] != ends[:, 1]]
    ends = np.column_stack(distinct_pairs(ends[:, 0], ends[:, 1]))
    leaving = np.bincount(ends[:, 0], minlength=n) + 1.0
    flow = sparse.csr_array((1 / leaving[ends[:, 0]], (ends[:, 1], ends[:, 0])), shape=(n, n))
    score, ground = np.ones(n), 0.0
    for _ in range(_MOST_ROUNDS):
        following = flow @ score + ground / n
        ground_next = float((score / leaving).sum())
        moved = np.abs(following - score).sum() + abs(ground_next - ground)
        score, ground = following, ground_next
        if moved < _TOLERANCE * n:
            break
    return np.asarray(score + ground / n)
