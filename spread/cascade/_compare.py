"""Two groups of cascades compared, at the same size and over whole clusters."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import (
    require_columns,
    require_count,
    require_instance,
    require_number,
    require_one_of,
)
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.cascade._matching import STATISTICS, Labels, Rows, differences, matched

Numbers = NDArray[np.float64]

_METRICS = ("size", "depth", "max_breadth", "virality")
_FEWEST_CLUSTERS = 4
_TESTED = ("ks", "cliffs_delta")


def compare(
    metrics: pd.DataFrame,
    by: str,
    *,
    match: str | None = "size",
    clusters: str | None = None,
    columns: list[str] | None = None,
    caliper: float = 0.1,
    replicates: int = 999,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return how the shapes of cascades differ between groups: at all sizes, and at the same.

    Larger cascades are deeper, broader and more viral, so that groups of different sizes
    differ in shape for that alone (Juul, Ugander). With `match="size"` each metric has a
    second row, over pairs of one cascade of either group: pairs of the same size first,
    then of sizes whose logarithms differ by no more than `caliper`.

    Cascades of one author or rumour resemble each other. What is permuted for p, and drawn
    again for the intervals, are whole clusters: name their column, or every cascade is
    taken for independent and p comes out too small. A cluster with cascades of both groups
    has its labels permuted within it. Matched rows are permuted within the cascades that
    are matched, and matched anew; the statistic is then scaled by the root of the number of
    pairs. The intervals of the trees do not enter: compare `metrics` under several methods.

    Parameters
    ----------
    metrics
        From `metrics`, with columns for the group and the cluster.
    by
        The column of groups: two, or each pair of more. Rows without one are left out.
    match
        size, or None for the rows at all sizes only.
    clusters
        The column of clusters, such as user_id (the root's author) or a rumour. A row
        without one is a cluster of its own.
    columns
        What to compare: by default size, depth, max_breadth and virality.
    caliper
        In units of ln size.
    replicates
        How many permutations, and how many bootstrap samples.
    rng
        Decides pairs, permutations and samples.

    Returns
    -------
    DataFrame
        metric, first, second (the groups), matched, n_first, n_second, clusters_first,
        clusters_second; ks (largest difference between the distributions), ks_low, ks_high,
        p_ks; cliffs_delta (P(first > second) − P(first < second)), _low, _high,
        p_cliffs_delta; median_first, median_second, median_difference (first − second),
        _low, _high; q90_first, q90_second, q90_difference, _low, _high; p_holm (p_ks
        corrected over the rows with the same `matched`); unit, cannot_tell (why there is no
        p or interval, or None), seed. p is (1 + b) / (B + 1). Intervals hold 95 %:
        percentiles, for ks reflected about the estimate since sampling alone enlarges it.

    Raises
    ------
    MissingColumnError
        A column is not there.
    UsageError
        There are fewer than two groups, or an option cannot be used.

    References
    ----------
    Juul, Ugander 2021, https://doi.org/10.1073/pnas.2100786118; Cliff 1993,
    https://doi.org/10.1037/0033-2909.114.3.494; Phipson, Smyth 2010 (p),
    https://doi.org/10.2202/1544-6115.1585

    Examples
    --------
    >>> shapes = pd.DataFrame({"camp": list("AAAAABBBBB"), "size": [5, 6, 7, 8, 9] * 2,
    ...                        "depth": [2, 2, 3, 3, 4, 4, 4, 5, 5, 6]})
    >>> found = compare(shapes, "camp", columns=["depth"], replicates=99, rng=1)
    >>> found[["matched", "n_first", "ks", "cliffs_delta"]].values.tolist()
    [[False, 5, 0.8, -0.92], [True, 5, 0.8, -0.92]]
    """
    wanted = list(_METRICS) if columns is None else list(columns)
    require_instance("by", by, str, "the name of a column")
    _check(metrics, [by, *wanted, *([clusters] if clusters else [])], match, replicates, caliper)
    seed = resolve_seed(rng)
    used = metrics[metrics[by].notna()]
    groups = sorted(used[by].unique(), key=lambda group: (str(type(group)), group))
    if len(groups) < 2:
        raise UsageError("there are no two groups to compare", got=f"{len(groups)} in {by}")
    parts = []
    for number, (first, second) in enumerate(combinations(groups, 2)):
        two = _two(used[used[by].isin([first, second])], by, first, clusters, wanted)
        for at_same_size in [False, True] if match else [False]:
            asked = _Asked(at_same_size, caliper, replicates, seed, 2 * number + at_same_size)
            part = pd.DataFrame(_rows(two, wanted, asked)).assign(first=first, second=second)
            parts.append(part)
    found = pd.concat(parts, ignore_index=True)
    found["p_holm"] = found.groupby("matched")["p_ks"].transform(_holm)
    found = found.assign(unit=clusters or "cascade", seed=seed)
    place = found["metric"].map({name: place for place, name in enumerate(wanted)})
    pair = found.groupby(["first", "second"], sort=False).ngroup()
    order = np.lexsort((found["matched"], place, pair))
    return found[_COLUMNS].iloc[order].reset_index(drop=True)


_COLUMNS = [
    "metric", "first", "second", "matched", "n_first", "n_second", "clusters_first",
    "clusters_second", "ks", "ks_low", "ks_high", "p_ks", "cliffs_delta", "cliffs_delta_low",
    "cliffs_delta_high", "p_cliffs_delta", "median_first", "median_second", "median_difference",
    "median_difference_low", "median_difference_high", "q90_first", "q90_second",
    "q90_difference", "q90_difference_low", "q90_difference_high", "p_holm", "unit",
    "cannot_tell", "seed",
]  # fmt: skip


@dataclass(frozen=True)
class _Two:
    """Two groups: label 0 or 1 and cluster per row, values per metric."""

    label: Labels
    cluster: Rows
    log_size: Numbers
    values: dict[str, Numbers]


@dataclass(frozen=True)
class _Asked:
    at_same_size: bool
    caliper: float
    replicates: int
    seed: int
    number: int


def _check(
    metrics: pd.DataFrame, needed: list[str], match: str | None, replicates: int, caliper: float
) -> None:
    require_one_of("match", match, ("size", None))
    require_count("replicates", replicates)
    require_number("caliper", caliper, least=0, infinite=True)
    require_columns("metrics", metrics, [*needed, "size"] if match else needed)
    if match and not (metrics["size"].to_numpy(dtype=np.float64, na_value=np.nan) > 0).all():
        raise UsageError(
            "a size is missing or not above 0", allowed="sizes > 0", hint="Leave those rows out"
        )


def _two(
    used: pd.DataFrame, by: str, first: object, clusters: str | None, wanted: list[str]
) -> _Two:
    # Sorted by what is compared, so that the answer does not depend on the order of rows.
    keys = [name for name in ("size", *wanted) if name in used]
    named = pd.Series(np.arange(len(used)), index=used.index).map(lambda row: ("", row))
    if clusters:
        named = named.where(used[clusters].isna(), used[clusters].map(lambda name: ("c", name)))
        keys.append(clusters)
    order = used.assign(_label=used[by].astype(str)).sort_values(
        [*dict.fromkeys(keys), "_label"], kind="stable"
    ).index  # fmt: skip
    used, named = used.loc[order], named.loc[order]
    size = used["size"].to_numpy(dtype=np.float64) if "size" in used else np.ones(len(used))
    return _Two(
        (used[by] != first).to_numpy().astype(np.int8),
        pd.factorize(named)[0].astype(np.int64),
        np.log(size),
        {name: used[name].to_numpy(dtype=np.float64) for name in wanted},
    )


def _rows(two: _Two, wanted: list[str], asked: _Asked) -> Iterator[dict[str, object]]:
    every = np.arange(len(two.label))
    kept = every
    if asked.at_same_size:
        kept = _pairs(two, every, two.label, asked, stream(asked.seed, asked.number, 0))
    label, cluster = two.label[kept], two.cluster[kept]
    reason = _too_few(label, cluster)
    ordered = {name: _by_value(values, kept) for name, values in two.values.items()}
    observed = {name: _of_rows(two, name, ordered, two.label, kept) for name in wanted}
    permuted, sampled = _replicated(two, kept, ordered, wanted, asked, reason)
    for name in wanted:
        known = ~np.isnan(two.values[name][kept])
        row: dict[str, object] = {"metric": name, "matched": asked.at_same_size}
        for group, word in ((0, "first"), (1, "second")):
            mine = known & (label == group)
            row[f"n_{word}"] = int(mine.sum())
            row[f"clusters_{word}"] = len(np.unique(cluster[mine]))
        yield {
            **row,
            **_described(observed[name], permuted[name], sampled[name]),
            "cannot_tell": reason,
        }


def _replicated(
    two: _Two,
    kept: Rows,
    ordered: dict[str, Rows],
    wanted: list[str],
    asked: _Asked,
    reason: str | None,
) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """Return per metric the scaled statistics under permutation, and those of samples."""
    count = 0 if reason else asked.replicates
    permuted = {name: np.full((count, len(STATISTICS)), np.nan) for name in wanted}
    sampled = {name: np.full((count, len(STATISTICS)), np.nan) for name in wanted}
    clusters = _clusters(two, kept)
    every = np.arange(len(two.label))
    in_order = {name: _by_value(values, every) for name, values in two.values.items()}
    for i in range(count):
        draw = stream(asked.seed, asked.number, 1, i)
        label = _permuted(two, clusters, draw)
        rows = _pairs(two, kept, label, asked, draw) if asked.at_same_size else kept
        for name in wanted:
            permuted[name][i] = _of_rows(two, name, ordered, label, rows)
            permuted[name][i, :2] *= _scale(two.values[name], label, rows)
        rows = _sampled(two, draw)
        rows = _pairs(two, rows, two.label, asked, draw) if asked.at_same_size else rows
        for name in wanted:
            sampled[name][i] = _of_rows(two, name, in_order, two.label, rows)
    for name in wanted:
        permuted[name][:, :2] /= max(_scale(two.values[name], two.label, kept), 1e-300)
    return permuted, sampled


@dataclass(frozen=True)
class _Clusters:
    """Rows by cluster: those whose cascades are of one group, and those of both."""

    pure_rows: Rows
    pure_place: Rows
    label_of_pure: Labels
    mixed_rows: Rows
    mixed_cluster: Rows


def _clusters(two: _Two, kept: Rows) -> _Clusters:
    cluster = two.cluster[kept]
    count = int(two.cluster.max(initial=-1)) + 1
    events = np.bincount(cluster, minlength=count)
    second = np.bincount(cluster, two.label[kept], count)
    mixed = (second > 0) & (second < events)
    pure = np.flatnonzero((events > 0) & ~mixed)
    pure_rows, mixed_rows = kept[~mixed[cluster]], kept[mixed[cluster]]
    mixed_rows = mixed_rows[np.argsort(two.cluster[mixed_rows], kind="stable")]
    return _Clusters(
        pure_rows,
        np.searchsorted(pure, two.cluster[pure_rows]),
        (second[pure] > 0).astype(np.int8),
        mixed_rows,
        two.cluster[mixed_rows],
    )


def _permuted(two: _Two, clusters: _Clusters, draw: np.random.Generator) -> Labels:
    """Return labels permuted among clusters of one group, and within clusters of both."""
    label = two.label.copy()
    label[clusters.pure_rows] = draw.permutation(clusters.label_of_pure)[clusters.pure_place]
    shuffled = np.lexsort((draw.random(len(clusters.mixed_rows)), clusters.mixed_cluster))
    label[clusters.mixed_rows] = two.label[clusters.mixed_rows[shuffled]]
    return label


def _sampled(two: _Two, draw: np.random.Generator) -> Rows:
    """Return the rows of as many clusters as there are, drawn again: of each group and of both."""
    events = np.bincount(two.cluster)
    second = np.bincount(two.cluster, two.label)
    kind = np.where(second == 0, 0, np.where(second == events, 1, 2))
    strata = [np.flatnonzero(kind == one) for one in range(3)]
    drawn = np.concatenate([draw.choice(found, len(found)) for found in strata if len(found)])
    starts = np.append(0, np.cumsum(events))
    sizes = events[drawn]
    shift = np.repeat(starts[drawn] - np.append(0, np.cumsum(sizes)[:-1]), sizes)
    return np.asarray(np.argsort(two.cluster, kind="stable")[shift + np.arange(sizes.sum())])


def _pairs(two: _Two, rows: Rows, label: Labels, asked: _Asked, draw: np.random.Generator) -> Rows:
    """Return the rows that are in a pair of the same size; chance decides among equals."""
    order = rows[np.lexsort((draw.random(len(rows)), two.log_size[rows]))]
    return order[matched(order, two.log_size, label, asked.caliper)]


def _by_value(values: Numbers, rows: Rows) -> Rows:
    known = rows[~np.isnan(values[rows])]
    return known[np.argsort(values[known], kind="stable")]


def _of_rows(two: _Two, name: str, ordered: dict[str, Rows], label: Labels, rows: Rows) -> Numbers:
    weight = np.bincount(rows, minlength=len(two.label))
    return differences(ordered[name], two.values[name], label, weight)


def _scale(values: Numbers, label: Labels, rows: Rows) -> float:
    """Return what makes the statistics of samples of different sizes alike without a difference."""
    of = label[rows[~np.isnan(values[rows])]]
    second = float(of.sum())
    return float(np.sqrt((len(of) - second) * second / max(len(of), 1)))


def _too_few(label: Labels, cluster: Rows) -> str | None:
    for group, word in ((0, "first"), (1, "second")):
        found = len(np.unique(cluster[label == group]))
        if found < _FEWEST_CLUSTERS:
            return (
                f"the {word} group has {found} clusters; a p or an interval needs at least "
                f"{_FEWEST_CLUSTERS}"
            )
    return None


def _described(observed: Numbers, permuted: Numbers, sampled: Numbers) -> dict[str, object]:
    """Return estimates, intervals and p from the statistics of replicates."""
    row: dict[str, object] = dict(zip(STATISTICS, observed.tolist(), strict=True))
    bounds = {"cliffs_delta": sampled[:, 1]}
    for name, first in (("median_difference", 2), ("q90_difference", 4)):
        row[name] = float(observed[first] - observed[first + 1])
        bounds[name] = sampled[:, first] - sampled[:, first + 1]
    for name, values in bounds.items():
        row[f"{name}_low"], row[f"{name}_high"] = middle(values)
    low, high = middle(sampled[:, 0])
    row["ks_low"] = max(2 * observed[0] - high, 0.0) if high == high else np.nan
    row["ks_high"] = min(2 * observed[0] - low, 1.0) if low == low else np.nan
    row["ks_high"] = max(row["ks_high"], observed[0]) if low == low else np.nan
    for place, name in enumerate(_TESTED):
        drawn = np.abs(permuted[:, place])
        known = drawn[~np.isnan(drawn)]
        # Rounding must not make a tie a difference.
        as_far = np.sum(known >= abs(observed[place]) * (1 - 1e-9))
        row[f"p_{name}"] = (1 + as_far) / (1 + len(known)) if len(known) else np.nan
    return row


def middle(values: Numbers) -> tuple[float, float]:
    """Return the ends of the middle 95 % of the known values; NaN where there is none."""
    known = values[~np.isnan(values)]
    if not len(known):
        return np.nan, np.nan
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def _holm(p: pd.Series) -> Numbers:
    values = p.to_numpy(dtype=np.float64)
    adjusted = np.full(len(values), np.nan)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    steps = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(values[order] * steps), 1.0)
    return adjusted
