"""The shape of each cascade, with intervals from sampled trees."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_columns, require_count, require_instance, require_texts
from spread._compile import kernel
from spread._intervals import quantiles, wilson
from spread._random import resolve_seed, stream
from spread.trees import Forests, depths

Numbers = NDArray[np.float64]

_MILESTONES = (10, 100, 1000)
_ONE_TREE = 2
"""Cascades of up to so many events have one tree only."""
_COLUMNS = ("size", "depth", "max_breadth", "virality")


def metrics(forests: Forests) -> pd.DataFrame:
    """Return size and shape of each cascade, a row a cascade.

    Depth and largest breadth are means over the sampled trees, virality is exact where
    the posterior gives it; `_low` and `_high` bound the middle 95 % of the trees and
    the estimate (a mean that few trees raise may lie above the others). The
    intervals tell what is unknown of who passed on from whom under the fitted kernel, not
    whether the model is right (`forests` says how far it can be off). O(trees × events).

    Parameters
    ----------
    forests
        From `forests`, or trees that were observed or simulated.

    Returns
    -------
    DataFrame
        cascade, tweet_id, user_id (of the root), root_at, size (events, root included),
        depth, depth_low, depth_high, max_breadth(_low, _high), virality(_low, _high; NaN
        for one event), time_to_10_s, time_to_100_s, time_to_1000_s (from the root to that
        event, NaN when never reached), star_depth, star_virality (what the bare archive
        shows: every retweet from the original), parent_entropy (nats a retweet).

    References
    ----------
    Structural virality: Goel et al. 2016, https://doi.org/10.1287/mnsc.2015.2158; depth,
    breadth and time to so many users as in Vosoughi et al. 2018,
    https://doi.org/10.1126/science.aap9559

    Examples
    --------
    >>> from spread import trees
    >>> events = pd.DataFrame({
    ...     "cascade": [0, 0, 0], "event": [0, 1, 2], "tweet_id": ["1", "2", "3"],
    ...     "user_id": ["a", "b", "c"], "at_s": [0.0, 5.0, 9.0], "mark": 1.0})
    >>> chain = metrics(trees.observed(events, [-1, 0, 1]))
    >>> chain[["size", "depth", "virality", "star_virality"]].round(3).values.tolist()
    [[3.0, 2.0, 1.333, 1.333]]
    """
    require_instance("forests", forests, Forests, "what cascade.forests returns")
    events, offsets = forests.events, forests.offsets
    starts, sizes = offsets[:-1], np.diff(offsets)
    table = events.iloc[starts][["cascade", "tweet_id", "user_id"]].reset_index(drop=True)
    table = table.assign(root_at=forests.root_at, size=sizes)
    for name, values in _shapes(forests).items():
        table[name] = values
    at_s = events["at_s"].to_numpy()
    for size in _MILESTONES:
        reached = sizes >= size
        seconds = np.full(len(sizes), np.nan)
        seconds[reached] = at_s[starts[reached] + size - 1]
        table[f"time_to_{size}_s"] = seconds
    table["star_depth"] = np.minimum(sizes - 1, 1)
    table["star_virality"] = np.where(sizes > 1, 2 * (sizes - 1) / sizes, np.nan)
    table["parent_entropy"] = _mean_entropy(forests.posterior.entropy(), starts, sizes)
    return table


def ccdf(
    metrics: pd.DataFrame,
    columns: list[str] | None = None,
    *,
    clusters: str | None = None,
    replicates: int = 999,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return P(X ≥ value) for the values of each metric, with pointwise 95 % intervals.

    Wilson's intervals hold where cascades are independent. Those of one author or rumour
    are not: with `clusters` whole clusters are drawn again, with replacement.

    Parameters
    ----------
    metrics
        From `metrics`.
    columns
        Which metrics; by default size, depth, max_breadth and virality. NaN is left out.
    clusters
        The column of clusters, such as user_id; a row without one is its own cluster.
    replicates
        How many bootstrap samples, with `clusters`.
    rng
        Decides the samples.

    Returns
    -------
    DataFrame
        metric, value, share, low, high (Wilson, or percentiles of the bootstrap), sorted by
        metric as given and value; with `clusters` also seed.

    Raises
    ------
    MissingColumnError
        A column is not there.
    UsageError
        replicates cannot be used.

    References
    ----------
    Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953; Field, Welsh 2007
    (clusters), https://doi.org/10.1111/j.1467-9868.2007.00593.x

    Examples
    --------
    >>> ccdf(pd.DataFrame({"size": [1, 1, 2, 5]}), ["size"])[["value", "share"]].values.tolist()
    [[1.0, 1.0], [2.0, 0.5], [5.0, 0.25]]
    """
    wanted = list(_COLUMNS) if columns is None else require_texts("columns", columns)
    require_columns("metrics", metrics, [*wanted, clusters] if clusters else wanted)
    require_count("replicates", replicates)
    parts = [_shares(name, metrics[name].to_numpy(dtype=np.float64)) for name in wanted]
    if clusters is None:
        return pd.concat(parts, ignore_index=True) if parts else _shares("", np.empty(0))
    seed = resolve_seed(rng)
    cluster = _cluster_codes(metrics[clusters])
    for part, name in zip(parts, wanted, strict=True):
        values = metrics[name].to_numpy(dtype=np.float64)
        bounds = _clustered_bounds(values, cluster, part["value"].to_numpy(), replicates, seed)
        part["low"], part["high"] = bounds
    return pd.concat(parts, ignore_index=True).assign(seed=seed)


def tree(forests: Forests, cascade: int, *, number: int = 0) -> pd.DataFrame:
    """Return one sampled tree of one cascade, with the probability of each parent.

    Parameters
    ----------
    forests
        From `forests`.
    cascade
        Its number, as in `metrics`.
    number
        Which of the sampled trees.

    Returns
    -------
    DataFrame
        event, parent (an event, −1 at the root), probability of that parent, depth, at_s,
        user_id, tweet_id, mark.

    Raises
    ------
    UsageError
        There is no cascade or tree of that number.

    References
    ----------
    As `forests`; one tree is one of many that the times allow, never the tree

    Examples
    --------
    >>> from spread import trees
    >>> events = pd.DataFrame({
    ...     "cascade": [0, 0], "event": [0, 1], "tweet_id": ["1", "2"],
    ...     "user_id": ["a", "b"], "at_s": [0.0, 5.0], "mark": 1.0})
    >>> tree(trees.observed(events, [-1, 0]), 0).parent.tolist()
    [-1, 0]
    """
    require_instance("forests", forests, Forests, "what cascade.forests returns")
    cascade = require_count("cascade", cascade, least=0, most=len(forests) - 1)
    start, end = forests.offsets[cascade], forests.offsets[cascade + 1]
    parents = forests.tree(number)
    within = np.where(parents[start:end] < 0, -1, parents[start:end] - start).astype(np.int32)
    events = forests.events.iloc[start:end].reset_index(drop=True)
    table = events[["event"]].assign(
        parent=within,
        probability=forests.posterior.probability(parents)[start:end],
        depth=depths(within),
    )
    return table.join(events[["at_s", "user_id", "tweet_id", "mark"]])


def _shapes(forests: Forests) -> dict[str, Numbers]:
    """Return depth, largest breadth and virality, each with its interval."""
    sizes = np.diff(forests.offsets)
    uncertain = sizes > _ONE_TREE
    places = np.flatnonzero(uncertain)
    alone = {
        "depth": np.minimum(sizes - 1, 1.0),
        "max_breadth": np.ones(len(sizes)),
        "virality": np.where(sizes > 1, 1.0, np.nan),
    }
    drawn = {name: np.zeros((forests.trees, len(places)), np.float32) for name in alone}

    def measured(i: int, tree: NDArray[np.int32]) -> None:
        found = _shapes_of_tree(tree, forests.offsets, places)
        for values, one in zip(drawn.values(), found, strict=True):
            values[i] = one

    for _ in forests.numbered(measured, cascades=uncertain):
        pass
    shapes = {}
    for name, values in drawn.items():
        low, high = quantiles(values, [0.025, 0.975], method="inverted_cdf")
        if name == "virality":
            estimate = forests.posterior.expected_virality()
        else:
            estimate = _with(alone[name], places, values.mean(axis=0, dtype=np.float64))
        shapes[name] = estimate
        shapes[f"{name}_low"] = np.fmin(_with(alone[name], places, low), estimate)
        shapes[f"{name}_high"] = np.fmax(_with(alone[name], places, high), estimate)
    return shapes


def _with(values: Numbers, places: NDArray[np.int64], at_places: Numbers) -> Numbers:
    """Return a copy with other values at some places."""
    changed = values.astype(np.float64)
    changed[places] = at_places
    return changed


def _mean_entropy(entropy: Numbers, starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> Numbers:
    total = np.add.reduceat(np.nan_to_num(entropy), starts) if len(starts) else np.empty(0)
    return np.divide(total, sizes - 1, out=np.full(len(sizes), np.nan), where=sizes > 1)


def _cluster_codes(clusters: pd.Series) -> NDArray[np.int64]:
    """Return each row's cluster as a number, by name; rows without one come last, apart."""
    known = clusters.notna().to_numpy()
    names, codes = np.unique(clusters[known].astype(str), return_inverse=True)
    found = np.empty(len(clusters), np.int64)
    found[known] = codes
    found[~known] = len(names) + np.arange((~known).sum())
    return found


def _clustered_bounds(
    values: Numbers, cluster: NDArray[np.int64], at: Numbers, replicates: int, seed: int
) -> Numbers:
    """Return the middle 95 % of P(X ≥ at) over samples of whole clusters; O(n replicates)."""
    known = np.flatnonzero(~np.isnan(values))
    place = np.searchsorted(at, values[known])
    count = int(cluster.max(initial=-1)) + 1
    shares = np.zeros((replicates, len(at)), np.float32)
    for i in range(replicates):
        drawn = np.bincount(stream(seed, i).integers(0, count, count), minlength=count)
        held = np.bincount(place, drawn[cluster[known]], len(at))
        shares[i] = held[::-1].cumsum()[::-1] / max(held.sum(), 1)
    return np.asarray(np.quantile(shares, [0.025, 0.975], axis=0), dtype=np.float64)


def _shares(name: str, values: Numbers) -> pd.DataFrame:
    ordered = np.sort(values[~np.isnan(values)])
    distinct, first = np.unique(ordered, return_index=True)
    n = max(len(ordered), 1)
    share = (len(ordered) - first) / n
    low, high = wilson(len(ordered) - first, n)
    return pd.DataFrame(
        {"metric": name, "value": distinct, "share": share, "low": low, "high": high}
    )


@kernel
def _shapes_of_tree(
    parents: NDArray[np.int32], offsets: NDArray[np.int64], places: NDArray[np.int64]
) -> tuple[Numbers, Numbers, Numbers]:
    """Return depth, largest breadth and virality of the cascades at some places; O(n)."""
    cascades = len(places)
    deepest, broadest = np.zeros(cascades), np.zeros(cascades)
    virality = np.full(cascades, np.nan)
    depth = np.zeros(len(parents), np.int32)
    size = np.ones(len(parents), np.int32)
    breadth = np.zeros(len(parents) + 1, np.int32)
    for cascade in range(cascades):
        start, end = offsets[places[cascade]], offsets[places[cascade] + 1]
        most = 0
        for v in range(start, end):
            if parents[v] >= 0:
                depth[v] = depth[parents[v]] + 1
            most = max(most, depth[v])
            breadth[depth[v]] += 1
        deepest[cascade] = most
        for d in range(most + 1):
            broadest[cascade] = max(broadest[cascade], float(breadth[d]))
            breadth[d] = 0
        n, distances = float(end - start), 0.0
        for v in range(end - 1, start, -1):
            size[parents[v]] += size[v]
            distances += float(size[v]) * (n - size[v])
        if n > 1:
            virality[cascade] = 2 * distances / (n * (n - 1))
    return deepest, broadest, virality
