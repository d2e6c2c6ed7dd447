"""How alike two partitions of the same nodes are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from spread._errors import UsageError
from spread.communities._partition import Partition

__all__ = ["similarity"]

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
    Gates et al. (2019), doi:10.1038/s41598-019-44892-y; Hubert & Arabie (1985),
    doi:10.1007/BF01908075; Vinh, Epps & Bailey (2010), JMLR 11:2837; Meilă (2007),
    doi:10.1016/j.jmva.2006.11.013.

    Examples
    --------
    >>> round(similarity([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 1]), 4)
    0.5556
    """
    if measure not in _MEASURES:
        raise UsageError("unknown measure", got=repr(measure), allowed=", ".join(_MEASURES))
    one, other = _aligned(a, b)
    width = int(other.max()) + 1
    cells, shared = np.unique(one * width + other, return_counts=True)
    overlap = _Overlap(shared, cells // width, cells % width, np.bincount(one), np.bincount(other))
    return _MEASURES[measure](overlap)


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
    logs = np.log(cells.n * cells.shared / (cells.ours * cells.theirs))
    information = float((cells.shared / cells.n * logs).sum())
    expected = _expected_information(cells.rows, cells.columns, cells.n)
    mean = (_entropy(cells.rows) + _entropy(cells.columns)) / 2
    # Two trivial partitions carry no information, and are equal.
    return (information - expected) / (mean - expected) if abs(mean - expected) > 1e-12 else 1.0


_MEASURES: Final[dict[str, Callable[[_Overlap], float]]] = {
    "ecs": _ecs,
    "ari": _ari,
    "vi": _vi,
    "ami": _ami,
}


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
    shares = sizes / sizes.sum()
    return float(-(shares * np.log(shares)).sum())


def _expected_information(first: Counts, second: Counts, n: int) -> float:
    """Return the mean mutual information over all permutations (hypergeometric)."""
    total = 0.0
    for a, times_a in zip(*np.unique(first, return_counts=True), strict=True):
        for b, times_b in zip(*np.unique(second, return_counts=True), strict=True):
            shared = np.arange(max(1, a + b - n), min(a, b) + 1)
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
            total += times_a * times_b * float(terms.sum())
    return total
