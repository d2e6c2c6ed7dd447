"""How alike two partitions of the same nodes are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln

from spread._arguments import require_one_of, require_texts
from spread._errors import UsageError
from spread._intervals import Z_95
from spread.communities._partition import Partition

__all__ = ["compare", "similarity"]

Labelling: TypeAlias = Partition | Mapping[str, Any] | Sequence[Any] | NDArray[Any]
"""A partition: as `detect` returns it, a label a name, or labels in the same order."""


def similarity(a: Labelling, b: Labelling, *, measure: str = "ecs") -> float:
    """Return how alike two partitions are.

    Parameters
    ----------
    a, b
        Partitions or mappings from name to label, which are compared on the names that
        both have; or two sequences of labels in the same order.
    measure
        `ecs`: element-centric similarity, 0 to 1, the mean over nodes of shared
        companions / the larger of its two communities (Gates et al., hard partitions,
        where it does not depend on their α). `ari`: adjusted Rand index, 0 by chance.
        `ami`: mutual information adjusted for chance, over the mean entropy. `vi`:
        variation of information in nats, a distance: 0 when equal.

    Returns
    -------
    float
        1 (`vi`: 0) for equal partitions, whatever their labels are called.

    Raises
    ------
    UsageError
        The measure is unknown, or there is nothing to compare.

    References
    ----------
    Gates et al. (2019), https://doi.org/10.1038/s41598-019-44892-y; Hubert & Arabie (1985),
    https://doi.org/10.1007/BF01908075; Vinh, Epps & Bailey (2010), JMLR 11:2837; Meilă (2007),
    https://doi.org/10.1016/j.jmva.2006.11.013.

    Examples
    --------
    >>> round(similarity([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1]), 4)
    0.5556
    """
    require_one_of("measure", measure, _MEASURES)
    return _MEASURES[measure](_overlap(*_aligned(a, b)))


def compare(
    a: Labelling, b: Labelling, *, measures: Sequence[str] = ("ecs", "ari", "ami", "vi")
) -> pd.DataFrame:
    """Return how alike two partitions are by several measures, with intervals.

    The interval is the delete-one jackknife's, over nodes: how the value would vary had other
    nodes of the same kind been seen. (A bootstrap draws nodes twice, and twins always agree,
    which lifts every adjusted measure.) It does not say how the partitions would vary on
    another graph, as `stability` does. All nodes of one cell of the contingency table give
    the same value, so it is exact, and the same each time. O(cells²).

    Parameters
    ----------
    a, b, measures
        As in `similarity`.

    Returns
    -------
    DataFrame
        measure, value, low, high (95 %, within the measure's range; NaN for fewer than 3
        nodes), nodes (compared).

    Raises
    ------
    UsageError
        A measure is unknown, or there is nothing to compare.

    References
    ----------
    Efron & Stein (1981), https://doi.org/10.1214/aos/1176345462.

    Examples
    --------
    >>> compare([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1], measures=["ecs"]).round(3)
      measure  value    low   high  nodes
    0     ecs  0.556  0.142  0.969      6
    """
    for measure in require_texts("measures", measures):
        require_one_of("measure", measure, _MEASURES)
    cells = _overlap(*_aligned(a, b))
    rows = []
    for measure in measures:
        value = _MEASURES[measure](cells)
        margin = Z_95 * _deviation(cells, measure)
        lowest, highest = _RANGES[measure]
        low, high = np.clip([value - margin, value + margin], lowest, highest)
        rows.append((measure, value, float(low), float(high), cells.n))
    return pd.DataFrame(rows, columns=["measure", "value", "low", "high", "nodes"])


Counts: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Overlap:
    """Nonempty cells of the contingency table, and its margins."""

    shared: Counts
    row: Counts
    column: Counts
    rows: Counts
    columns: Counts

    @property
    def ours(self) -> Counts:
        return self.rows[self.row]

    @property
    def theirs(self) -> Counts:
        return self.columns[self.column]

    @property
    def n(self) -> int:
        return int(self.shared.sum())


def _ecs(cells: _Overlap) -> float:
    # 1 - ½ Σ_j |p_ij - q_ij| with p = 1/|A| on A and q = 1/|B| on B is |A∩B| / max(|A|, |B|).
    shares = cells.shared / np.maximum(cells.ours, cells.theirs)
    return float((cells.shared * shares).sum() / cells.n)


def _ari(cells: _Overlap) -> float:
    together, first, second = (
        _pairs(counts) for counts in (cells.shared, cells.rows, cells.columns)
    )
    total = cells.n * (cells.n - 1) / 2
    expected = first * second / total if total else 0.0
    highest = (first + second) / 2
    return (together - expected) / (highest - expected) if highest != expected else 1.0


def _vi(cells: _Overlap) -> float:
    logs = np.log(cells.ours / cells.shared) + np.log(cells.theirs / cells.shared)
    return float((cells.shared / cells.n * logs).sum())


def _ami(cells: _Overlap) -> float:
    return _adjusted(cells, _expected_information(cells.rows, cells.columns, cells.n))


def _adjusted(cells: _Overlap, expected: float) -> float:
    logs = np.log(cells.n * cells.shared / (cells.ours * cells.theirs))
    information = float((cells.shared / cells.n * logs).sum())
    mean = (_entropy(cells.rows) + _entropy(cells.columns)) / 2
    # Two trivial partitions carry no information, and are equal.
    return (information - expected) / (mean - expected) if abs(mean - expected) > 1e-12 else 1.0


_MEASURES: Final[dict[str, Callable[[_Overlap], float]]] = {
    "ecs": _ecs,
    "ari": _ari,
    "vi": _vi,
    "ami": _ami,
}


_RANGES: Final = {"ecs": (0, 1), "ari": (-1, 1), "vi": (0, np.inf), "ami": (-np.inf, 1)}


def _overlap(one: Counts, other: Counts) -> _Overlap:
    width = int(other.max()) + 1
    cells, shared = np.unique(one * width + other, return_counts=True)
    return _Overlap(shared, cells // width, cells % width, np.bincount(one), np.bincount(other))


def _deviation(cells: _Overlap, measure: str) -> float:
    """Return the delete-one jackknife's standard deviation."""
    if cells.n < 3:
        return float("nan")
    kinds = np.column_stack([cells.shared, cells.ours, cells.theirs])
    _, first, times = np.unique(kinds, axis=0, return_index=True, return_counts=True)
    times = times * cells.shared[first]
    expected = _expected_without(cells) if measure == "ami" else None
    values = np.array([_without(cells, cell, measure, expected) for cell in first])
    mean = (times * values).sum() / cells.n
    return float(np.sqrt((cells.n - 1) / cells.n * (times * (values - mean) ** 2).sum()))


def _without(
    cells: _Overlap, cell: int, measure: str, expected: Callable[[int, int], float] | None
) -> float:
    """Return the measure without one node of a cell."""
    shared, rows, columns = (counts.copy() for counts in (cells.shared, cells.rows, cells.columns))
    shared[cell] -= 1
    rows[cells.row[cell]] -= 1
    columns[cells.column[cell]] -= 1
    kept = shared > 0
    left = _Overlap(shared[kept], cells.row[kept], cells.column[kept], rows, columns)
    if expected is None:
        return _MEASURES[measure](left)
    return _adjusted(left, expected(int(cells.ours[cell]), int(cells.theirs[cell])))


def _expected_without(cells: _Overlap) -> Callable[[int, int], float]:
    """Return the expected information as a function of the sizes that lose one node.

    Only the terms of one row and one column change, so all of it is not summed again.
    """
    n = cells.n - 1
    term = lru_cache(None)(lambda a, b: _pair_information(a, b, n))
    rows, columns = (
        list(zip(*(part.tolist() for part in np.unique(sizes, return_counts=True)), strict=True))
        for sizes in (cells.rows, cells.columns)
    )
    total = sum(ta * tb * term(a, b) for a, ta in rows for b, tb in columns)

    @lru_cache(None)
    def by_row(a: int) -> float:
        return sum(times * (term(a - 1, b) - term(a, b)) for b, times in columns)

    @lru_cache(None)
    def by_column(b: int) -> float:
        return sum(times * (term(a, b - 1) - term(a, b)) for a, times in rows)

    def expected(a: int, b: int) -> float:
        corner = term(a, b) - term(a - 1, b) - term(a, b - 1) + term(a - 1, b - 1)
        return float(total + by_row(a) + by_column(b) + corner)

    return expected


def _aligned(a: Labelling, b: Labelling) -> tuple[Counts, Counts]:
    one, other = _named(a), _named(b)
    if (one is None) != (other is None):
        raise UsageError("one partition has names and the other has none")
    if one is not None and other is not None:
        common = sorted(one.keys() & other.keys())
        a, b = [one[name] for name in common], [other[name] for name in common]
    first, second = _codes(a), _codes(b)
    if len(first) != len(second) or not len(first):
        raise UsageError("nothing to compare", got=f"{len(first)} and {len(second)} nodes")
    return first, second


def _named(labelling: Labelling) -> Mapping[str, Any] | None:
    if isinstance(labelling, Partition):
        return dict(zip(labelling.nodes, labelling.labels.tolist(), strict=True))
    return labelling if isinstance(labelling, Mapping) else None


def _codes(labels: Any) -> Counts:
    return np.unique(np.asarray(labels), return_inverse=True)[1].ravel().astype(np.int64)


def _pairs(counts: Counts) -> float:
    return float((counts * (counts - 1) / 2).sum())


def _entropy(sizes: Counts) -> float:
    shares = sizes[sizes > 0] / sizes.sum()
    return float(-(shares * np.log(shares)).sum())


def _expected_information(first: Counts, second: Counts, n: int) -> float:
    """Return the mean mutual information over all permutations (hypergeometric)."""
    return sum(
        int(times_a) * int(times_b) * _pair_information(int(a), int(b), n)
        for a, times_a in zip(*np.unique(first, return_counts=True), strict=True)
        for b, times_b in zip(*np.unique(second, return_counts=True), strict=True)
    )


def _pair_information(a: int, b: int, n: int) -> float:
    """Return what two communities of sizes a and b add to it; 0 where they cannot be."""
    shared = np.arange(max(1, a + b - n), min(a, b) + 1)
    if not len(shared):
        return 0.0
    log_probability = (
        gammaln(a + 1) + gammaln(b + 1) + gammaln(n - a + 1) + gammaln(n - b + 1)
    ) - (
        gammaln(n + 1)
        + gammaln(shared + 1)
        + gammaln(a - shared + 1)
        + gammaln(b - shared + 1)
        + gammaln(n - a - b + shared + 1)
    )
    terms = shared / n * np.log(n * shared / (a * b)) * np.exp(log_probability)
    return float(terms.sum())
