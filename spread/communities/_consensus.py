"""What many searches have in common, and whether a resampled graph gives it again."""

from collections.abc import Sequence
from typing import Final

import igraph
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_count, require_instance, require_number, require_one_of
from spread._errors import UsageError
from spread._random import igraph_random, resolve_seed, stream
from spread.communities._detect import check, record
from spread.communities._flat import Flat, flat
from spread.communities._partition import Partition
from spread.communities._search import Found, Labels, Settings, canonical, objective, score
from spread.communities._workers import Job, run

__all__ = ["consensus", "stability"]

_PAIRED_MOST: Final = 2_000
_ROUNDS: Final = 10
_STABILITY: Final = ("together", "jaccard")


def consensus(
    graph: igraph.Graph,
    *,
    method: str = "leiden",
    resolution: float = 1.0,
    runs: int = 20,
    rewirings: int = 0,
    threshold: float = 0.5,
    workers: int | None = None,
    rng: np.random.Generator | int | None = None,
) -> Partition:
    """Return the communities that most of several searches have in common.

    D_ij is the share of runs that put i and j together. Shares below the threshold are set
    to zero; Leiden is run on D as often as the graph was, until all its runs are equal, at
    most ten times. Nodes that no run separates are one group, for which D is 1. It is taken
    over all pairs of groups up to 2,000 of them, and beyond that over the graph's edges and
    as many pairs of nodes drawn at random.

    Parameters
    ----------
    graph, method, resolution, runs, rewirings, workers, rng
        As in `detect`, infomap excepted, which cannot score a partition it did not find.
    threshold
        The least share of runs, 0 to 1 (τ; 0.3 to 0.7 are worth comparing).

    Returns
    -------
    Partition
        `quality` is of the consensus, and can be below the best run's; `agreement` the
        share of all runs that agree with it about a node.

    Raises
    ------
    UsageError
        As `detect`, or the threshold is out of range.

    References
    ----------
    Lancichinetti & Fortunato (2012), https://doi.org/10.1038/srep00336.

    Examples
    --------
    >>> found = consensus(igraph.Graph.Famous("Zachary"), rng=1)
    >>> found.sizes.tolist(), found.objective
    ([12, 11, 6, 5], 'consensus of 20 runs, undirected modularity')
    """
    check(method, resolution, runs, rewirings)
    require_one_of("method", method, ("leiden", "cpm", "louvain"))
    require_count("rewirings", rewirings, least=0)
    require_number("threshold", threshold, least=0, most=1)
    edges, seed = flat(graph), resolve_seed(rng)
    settings = Settings(method, float(resolution), seed)
    jobs = [Job("run", number) for number in range(runs)]
    jobs += [Job("rewired", number) for number in range(rewirings if edges.count else 0)]
    found = run(edges, settings, jobs, workers=workers)
    labels = _agreed(edges, [each.labels for each in found[:runs]], threshold, seed)
    return record(
        edges,
        found=found[:runs],
        null=[each.score for each in found[runs:]],
        settings=settings,
        chosen=Found(labels, score(edges, labels, settings)),
        aim=f"consensus of {runs} runs, {objective(edges, method)}",
    )


def stability(
    graph: igraph.Graph,
    partition: Partition,
    *,
    replicates: int = 50,
    workers: int | None = None,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return how far each community is found again when edges are drawn anew.

    As many edges as the graph has are drawn with replacement, one drawn twice weighs twice,
    and communities are searched once in each replicate. Accounts without an edge in a
    replicate are left out of it. Runs on the same graph can agree and share an error; this
    asks what another sample of the same acts would have shown.

    Parameters
    ----------
    graph, partition
        What was searched and what was found; its method and resolution are used again.
    replicates
        How many times edges are drawn.
    workers, rng
        As in `detect`.

    Returns
    -------
    DataFrame
        A row a community: community, size, agreement (mean over its nodes of the share of
        runs that agree), `together` (the largest share of its members that one community
        of the replicate holds; mean over replicates), `jaccard` (the highest Jaccard index
        with a community of the replicate: it falls also where communities merge; below 0.6
        a community should not be trusted), each with `_low` and `_high` (2.5 % and 97.5 %
        of the replicates), and replicates (those in which it has a member). `attrs["seed"]`
        is the seed.

    Raises
    ------
    UsageError
        The partition is of another graph, or `replicates` < 1.

    References
    ----------
    Hennig (2007), https://doi.org/10.1016/j.csda.2006.11.025.

    Examples
    --------
    >>> from spread import communities
    >>> graph = igraph.Graph.Full(9) + igraph.Graph.Full(7)
    >>> found = communities.detect(graph, rng=1)
    >>> stability(graph, found, replicates=5, rng=1)[["size", "together", "jaccard"]]
       size  together  jaccard
    0     9       1.0      1.0
    1     7       1.0      1.0
    """
    require_count("replicates", replicates)
    require_instance("partition", partition, Partition, "what communities.detect returns")
    edges, seed = flat(graph), resolve_seed(rng)
    if edges.names != partition.nodes:
        raise UsageError("the partition is of another graph", hint="Pass the graph it came from")
    settings = Settings(partition.method, partition.resolution, seed)
    jobs = [Job("resampled", number) for number in range(replicates if edges.count else 0)]
    found = run(edges, settings, jobs, workers=workers)
    count, labels = len(partition.sizes), partition.labels.astype(np.int64)
    again = np.array([_found_again(labels, each.labels, count) for each in found])
    again = again.reshape(-1, len(_STABILITY), count)
    members = np.maximum(partition.sizes, 1)
    columns: dict[str, object] = {
        "community": np.arange(count),
        "size": partition.sizes,
        "agreement": np.bincount(labels, partition.agreement, count) / members,
    }
    for number, name in enumerate(_STABILITY):
        columns |= _summary(name, again[:, number])
    columns["replicates"] = np.isfinite(again[:, 0]).sum(axis=0)
    table = pd.DataFrame(columns)
    table.attrs["seed"] = seed
    return table


def _found_again(labels: Labels, other: Labels, count: int) -> NDArray[np.float64]:
    """Return per community the best share held together and the best Jaccard index."""
    best = np.full((len(_STABILITY), count), np.nan)
    here = other >= 0
    labels, other = labels[here], other[here]
    if not len(labels):
        return best
    width = int(other.max()) + 1
    cells, shared = np.unique(labels * width + other, return_counts=True)
    ours, theirs = cells // width, cells % width
    size, against = np.bincount(labels)[ours], np.bincount(other)[theirs]
    for row, share in enumerate((shared / size, shared / (size + against - shared))):
        np.fmax.at(best[row], ours, share)
    return best


def _summary(name: str, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    known = np.isfinite(values).any(axis=0)
    rows = np.full((3, values.shape[1]), np.nan)
    if known.any():
        seen = values[:, known]
        rows[:, known] = [np.nanmean(seen, axis=0), *np.nanquantile(seen, [0.025, 0.975], axis=0)]
    return dict(zip((name, f"{name}_low", f"{name}_high"), rows, strict=True))


def _agreed(edges: Flat, found: Sequence[Labels], threshold: float, seed: int) -> Labels:
    """Search the shares of common runs until all searches of them are equal."""
    for number in range(_ROUNDS):
        if len({labels.tobytes() for labels in found}) == 1:
            break
        found = _searched_again(edges, found, threshold, seed, number)
    return found[0]


def _searched_again(
    edges: Flat, found: Sequence[Labels], threshold: float, seed: int, number: int
) -> list[Labels]:
    runs = np.array(found)
    groups, group = np.unique(runs, axis=1, return_inverse=True)
    group = group.ravel()
    one, other, weight, within = _shares(edges, groups, group, threshold, seed, number)
    count = groups.shape[1]
    strength = np.bincount(one, weight, count) + np.bincount(other, weight, count) + 2 * within
    if not len(weight):
        return [canonical(group)] * len(found)
    graph = igraph.Graph(count, np.column_stack([one, other]).tolist())
    labels = []
    for again in range(len(found)):
        with igraph_random(seed, 8, number, again):
            membership = graph.community_leiden(
                objective_function="modularity",
                weights=weight.tolist(),
                node_weights=strength.tolist(),
                n_iterations=10,
            ).membership
        labels.append(canonical(np.array(membership)[group]))
    return labels


def _shares(
    edges: Flat, groups: Labels, group: Labels, threshold: float, seed: int, number: int
) -> tuple[Labels, Labels, NDArray[np.float64], NDArray[np.float64]]:
    """Return pairs of groups, the sums over node pairs of their shares, and those within."""
    count = groups.shape[1]
    if count <= _PAIRED_MOST:
        one, other = np.triu_indices(count, 1)
        sizes = np.bincount(group).astype(np.float64)
        pairs = sizes[one] * sizes[other]
        within = sizes * (sizes - 1) / 2
    else:
        drawn = stream(seed, 7, number).integers(0, len(group), (2, edges.count))
        drawn = drawn[:, drawn[0] != drawn[1]]
        ends = group[np.hstack([[edges.source, edges.target], drawn])]
        low, high = ends.min(axis=0), ends.max(axis=0)
        within = np.bincount(low[low == high], minlength=count).astype(np.float64)
        keys, times = np.unique(low[low < high] * count + high[low < high], return_counts=True)
        one, other, pairs = keys // count, keys % count, times.astype(np.float64)
    share = np.zeros(len(one))
    for labels in groups:
        share += labels[one] == labels[other]
    share /= len(groups)
    kept = (share > 0) & (share >= threshold)
    return one[kept], other[kept], (pairs * share)[kept], within
