"""Shape and speed of groups of cascades, measure by measure: all of them, and of like size."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_columns, require_count, require_one_of
from spread._random import resolve_seed, stream
from spread.cascade._compare import middle
from spread.cascade._medians import in_time, medians
from spread.cascade._metrics import ccdf
from spread.cascade._reach import DEPTH_MOST, USERS, Numbers, Reach, Rows, cells_of, reach
from spread.trees import Forests

_SHAPES = ["size", "depth", "max_breadth", "virality"]
_COLUMNS = ["matched", "group", "measure", "x", "y", "low", "high", "cascades"]
_VALUES_MOST = 150
_FEWEST = 5
_CALIPER = 0.1


def profile(
    metrics: pd.DataFrame,
    forests: Forests,
    *,
    by: str | None = None,
    match: str | None = "size",
    clusters: str | None = "user_id",
    replicates: int = 199,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return the eight curves by which kinds of cascades are compared, a row a point.

    How many are of a size, depth, breadth and virality or more; how long they take to a
    depth and to a number of users; how many users they have within a number of steps and
    how many tweets at each [1]_. Larger cascades are deeper and faster for their size
    alone, so with `match="size"` all curves are given again for as many cascades of each
    group of every size: first of the same, then of sizes within 10 % of each other [2]_.

    Times are medians among the cascades that get there within the archive. One that had
    not when the archive closed may still have: Kaplan's and Meier's estimate F(t) of those
    that got there counts it until it was last seen, and the median is the time at which
    F(t) is half of its last value. Means at a depth are over the cascades that reach it.
    Points of fewer than five cascades are left out. O(replicates × events).

    Parameters
    ----------
    metrics
        From `metrics`, with a column for the groups; some of its rows are enough.
    forests
        The cascades of `metrics`.
    by
        The column of groups; rows without one are left out. None: all are one group.
    match
        size, or None for all cascades only.
    clusters
        The column of what is drawn again for the intervals; by default all cascades of an
        author together. None: single cascades.
    replicates
        How many bootstrap samples, each with one of the sampled trees.
    rng
        Decides matches and samples.

    Returns
    -------
    DataFrame
        matched, group, measure, x, y, low, high (95 %, percentiles), cascades (behind the
        point, a mean over the trees). measure is size, depth, max_breadth or virality (y:
        share of cascades whose value is x or more), time_to_depth or time_to_users (y:
        seconds since the root), users_by_depth (y: mean users within x steps) or
        breadth_by_depth (y: mean tweets x steps away).

    Raises
    ------
    MissingColumnError
        A column is not there.
    UsageError
        An option cannot be used.

    References
    ----------
    .. [1] Vosoughi, Roy, Aral 2018, Figure 2, https://doi.org/10.1126/science.aap9559
    .. [2] Juul, Ugander 2021, https://doi.org/10.1073/pnas.2100786118

    Examples
    --------
    >>> from spread import trees
    >>> from spread.cascade import metrics
    >>> events = pd.DataFrame({
    ...     "cascade": np.repeat(range(6), 2), "event": [0, 1] * 6,
    ...     "tweet_id": list("abcdefghijkl"), "user_id": list("abcdefghijkl"),
    ...     "at_s": [0.0, 30.0] * 6, "mark": 1.0})
    >>> forests = trees.observed(events, [-1, 0, -1, 2, -1, 4, -1, 6, -1, 8, -1, 10])
    >>> curves = profile(metrics(forests), forests, rng=1)
    >>> curves[curves.measure == "time_to_depth"][["x", "y", "cascades"]].values.tolist()
    [[1.0, 30.0, 6.0]]
    """
    _check(metrics, by, match, clusters, replicates)
    seed = resolve_seed(rng)
    table = metrics if by is None else metrics[metrics[by].notna()]
    names, group = (
        (np.array(["all"], dtype=object), np.zeros(len(table), np.int64))
        if by is None
        else _coded(table[by])
    )
    cascade = table["cascade"].to_numpy(np.int64)
    cluster = np.arange(len(table)) if clusters is None else _coded(table[clusters])[1]
    reached = reach(forests)
    parts = []
    for matched in [False, True] if match and len(names) > 1 else [False]:
        kept = np.arange(len(table))
        if matched:
            kept = _same_size(table["size"].to_numpy(float), group, stream(seed, 1))
        asked = _Asked(cascade[kept], group[kept], cluster[kept], names, replicates, seed)
        curves = [_distributions(table.iloc[kept], asked), *_speeds(reached, asked)]
        curves += _by_depth(reached, asked)
        parts += [curve.assign(matched=matched) for curve in curves if len(curve)]
    if not parts:
        return pd.DataFrame(columns=_COLUMNS)
    found = pd.concat(parts, ignore_index=True)
    return found[found["cascades"] >= _FEWEST][_COLUMNS].reset_index(drop=True)


@dataclass(frozen=True)
class _Asked:
    """Cascades with their group and cluster, and how to draw them again."""

    cascade: Rows
    group: Rows
    cluster: Rows
    names: NDArray[np.object_]
    replicates: int
    seed: int

    @cached_property
    def drawn(self) -> NDArray[np.uint16]:
        """How often each cluster is drawn: a row a sample."""
        count = int(self.cluster.max(initial=-1)) + 1
        drawn = np.zeros((self.replicates, count), np.uint16)
        for i in range(self.replicates):
            which = stream(self.seed, 2, i).integers(0, max(count, 1), count)
            drawn[i] = np.bincount(which, minlength=count)
        return drawn

    @cached_property
    def totals(self) -> Numbers:
        """How many cascades of a group each sample holds: (groups, samples)."""
        wide = self.drawn.shape[1]
        held = np.bincount(self.group * wide + self.cluster, minlength=len(self.names) * wide)
        by_group = held.reshape(len(self.names), wide).astype(float)
        return np.array([by_group @ sample for sample in self.drawn]).T

    def weights(self) -> Iterator[Numbers]:
        """Yield how often each cascade is drawn, sample by sample."""
        for drawn in self.drawn:
            yield drawn[self.cluster].astype(float)


def _check(
    metrics: pd.DataFrame, by: str | None, match: str | None, clusters: str | None, replicates: int
) -> None:
    require_one_of("match", match, ("size", None))
    require_count("replicates", replicates)
    require_columns(
        "metrics", metrics, ["cascade", *_SHAPES, *(name for name in (by, clusters) if name)]
    )


def _coded(values: "pd.Series[str]") -> tuple[NDArray[np.object_], Rows]:
    """Return names and, per row, the number of its name; a row without one is its own."""
    known = values.notna().to_numpy()
    names, codes = np.unique(values[known].astype(str), return_inverse=True)
    found = np.empty(len(values), np.int64)
    found[known] = codes
    found[~known] = len(names) + np.arange((~known).sum())
    return names.astype(object), found


def _same_size(size: Numbers, group: Rows, draw: np.random.Generator) -> Rows:
    """Return rows: of each size as many of one group as of another; then of like sizes."""
    left = draw.permutation(len(size))
    kept = []
    for stratum in (size, np.floor(np.log(size) / _CALIPER)):
        rows = pd.DataFrame({"stratum": stratum[left], "group": group[left]})
        counts = rows.groupby(["stratum", "group"]).size().unstack(fill_value=0)
        fewest = counts.reindex(columns=range(group.max(initial=0) + 1), fill_value=0).min(axis=1)
        place = rows.groupby(["stratum", "group"]).cumcount()
        chosen = (place < rows["stratum"].map(fewest)).to_numpy()
        kept.append(left[chosen])
        left = left[~chosen]
    return np.sort(np.concatenate(kept))


def _distributions(table: pd.DataFrame, asked: _Asked) -> pd.DataFrame:
    """Return the shares of cascades that reach a value or more, a curve a measure and group."""
    parts = []
    for code, name in enumerate(asked.names):
        rows = asked.group == code
        of_group = table[rows].assign(cluster=asked.cluster[rows])
        curves = ccdf(
            of_group, _SHAPES, clusters="cluster", replicates=asked.replicates, rng=asked.seed
        )
        known = of_group[_SHAPES].notna().sum()
        if curves.empty:
            continue
        kept = pd.concat(_thinned(curve) for _, curve in curves.groupby("metric", sort=False))
        parts.append(
            kept.rename(columns={"metric": "measure", "value": "x", "share": "y"}).assign(
                group=name, cascades=kept["metric"].map(known).astype(float)
            )
        )
    return pd.concat(parts) if parts else pd.DataFrame(columns=_COLUMNS)


def _thinned(curve: pd.DataFrame) -> pd.DataFrame:
    """Keep of a long curve the steps that a picture can show: even in share and in its tail."""
    if len(curve) <= _VALUES_MOST:
        return curve
    wanted = np.geomspace(curve["share"].iloc[0], curve["share"].iloc[-1], _VALUES_MOST)
    places = len(curve) - 1 - np.searchsorted(curve["share"].to_numpy()[::-1], wanted)
    return curve.iloc[np.unique(np.clip(places, 0, len(curve) - 1))]


def _speeds(found: Reach, asked: _Asked) -> Iterator[pd.DataFrame]:
    """Yield the median times to each depth and to each number of users."""
    place = np.full(len(found.seen_s), -1)
    place[asked.cascade] = np.arange(len(asked.cascade))
    cells = [(tree.cascade, tree.depth, tree.first_s) for tree in found.trees]
    by_users = found.users
    users = [tuple(by_users[name].to_numpy() for name in ("cascade", "users", "at_s"))]
    for measure, trees, values in (
        ("time_to_depth", cells, range(1, DEPTH_MOST + 1)),
        ("time_to_users", users, USERS),
    ):
        for value in values:
            arrived = []
            for cascade, reached, at_s in trees:
                of_value = (reached == value) & (place[cascade] >= 0)
                arrived.append((place[cascade[of_value]], at_s[of_value]))
            if not any(len(rows) for rows, _ in arrived):
                break
            yield _times(arrived, found.seen_s[asked.cascade], asked).assign(
                measure=measure, x=float(value)
            )


def _times(arrived: Sequence[tuple[Rows, Numbers]], seen_s: Numbers, asked: _Asked) -> pd.DataFrame:
    """Return per group the median time of those that got there, with its interval.

    `arrived` holds, a tree, which cascades got there and when.
    """
    found = []
    once = np.ones((1, asked.drawn.shape[1]), np.uint16)
    for code, name in enumerate(asked.names):
        mine = np.flatnonzero(asked.group == code)
        mine = mine[np.argsort(seen_s[mine], kind="stable")]
        seen = seen_s[mine]
        behind = np.mean([np.count_nonzero(asked.group[rows] == code) for rows, _ in arrived])
        if behind < _FEWEST:
            continue
        each, drawn = np.empty(len(arrived)), np.empty(asked.replicates)
        for i, (rows, at_s) in enumerate(arrived):
            own = asked.group[rows] == code
            order, when, there = in_time(rows[own], at_s[own], mine, seen)
            rows_of = (when, there, asked.cluster[order])
            each[i] = medians(*rows_of, np.array([float(len(mine))]), once)[0]
            part = slice(i, None, len(arrived))
            drawn[part] = medians(*rows_of, asked.totals[code, part].copy(), asked.drawn[part])
        low, high = middle(drawn)
        found.append((name, float(np.nanmean(each)), low, high, behind))
    return pd.DataFrame(found, columns=["group", "y", "low", "high", "cascades"])


def _by_depth(found: Reach, asked: _Asked) -> Iterator[pd.DataFrame]:
    """Yield mean users and tweets by depth, over the cascades that reach it."""
    number = np.full(len(found.seen_s), -1)
    number[asked.cascade] = np.arange(len(asked.cascade))
    wide, groups = DEPTH_MOST + 1, len(asked.names)
    trees = [cells_of(tree, number) for tree in found.trees]
    keys = [asked.group[tree.cascade] * wide + tree.depth for tree in trees]

    def means(i: int, weight: Numbers) -> Numbers:
        of, key = trees[i], keys[i]
        drawn = weight[of.cascade]
        totals = [np.bincount(key, drawn * value, groups * wide)
                  for value in (np.ones(len(drawn)), of.users, of.tweets)]  # fmt: skip
        with np.errstate(invalid="ignore"):
            return np.array([totals[0], totals[1] / totals[0], totals[2] / totals[0]])

    one = np.ones(len(asked.cascade))
    each = np.array([means(i, one) for i in range(len(trees))])
    drawn = np.array([means(i % len(trees), weight) for i, weight in enumerate(asked.weights())])
    behind = each[:, 0].mean(axis=0)
    for place, measure in ((1, "users_by_depth"), (2, "breadth_by_depth")):
        bounds = np.array([middle(drawn[:, place, cell]) for cell in range(groups * wide)])
        yield pd.DataFrame(
            {
                "group": np.repeat(asked.names, wide),
                "measure": measure,
                "x": np.tile(np.arange(wide, dtype=float), groups),
                "y": [_mean(each[:, place, cell]) for cell in range(groups * wide)],
                "low": bounds[:, 0],
                "high": bounds[:, 1],
                "cascades": behind,
            }
        )


def _mean(values: Numbers) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan
