"""Trees that grow from one root along weighted arcs: the best one, and each arc's share in all.

Where it is certain which of two tags is the older, every child chooses its parent on its
own. Where it is not, two tags might each be the other's parent, but not both: the
possible forests are then the arborescences of a directed graph.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["best", "log_total", "marginals"]

_Matrix = NDArray[np.float64]


def log_total(weights: _Matrix, root: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log of the sum over all arborescences of the product of their arcs.

    Parameters
    ----------
    weights
        (..., n, n): weight of the arc from row to column, zero where there is none.
    root
        (..., n): weight of the arc from the root.

    Examples
    --------
    Two children of which each may be the other's parent: r→a→b, r→b→a, and both from r.

    >>> float(np.exp(log_total(np.array([[0.0, 2.0], [3.0, 0.0]]), np.ones(2))))
    6.0

    References
    ----------
    W. T. Tutte (1948), Mathematical Proceedings of the Cambridge Philosophical Society 44,
    https://doi.org/10.1017/S030500410002243X: the matrix-tree theorem for directed graphs.
    """
    sign, value = np.linalg.slogdet(_laplacian(weights, root))
    return np.where(sign > 0, value, -np.inf)


def marginals(weights: _Matrix, root: NDArray[np.float64]) -> tuple[_Matrix, NDArray[np.float64]]:
    """Return each arc's probability: its share of the weight of all arborescences.

    Parameters as `log_total`; the second array is for the arcs from the root. Each
    column, with the root's arc, sums to one. P(u→v) = w_uv (L⁻¹_vv − L⁻¹_vu), time O(n³).

    Examples
    --------
    >>> arcs, root = marginals(np.array([[0.0, 2.0], [3.0, 0.0]]), np.ones(2))
    >>> [float(p) for p in (arcs[0, 1].round(3), arcs[1, 0].round(3), root[0].round(3))]
    [0.333, 0.5, 0.5]
    """
    inverse = np.linalg.inv(_laplacian(weights, root))
    own = np.diagonal(inverse, axis1=-2, axis2=-1)
    arcs = weights * (own[..., None, :] - np.swapaxes(inverse, -1, -2))
    return np.clip(arcs, 0.0, 1.0), np.clip(root * own, 0.0, 1.0)


def _laplacian(weights: _Matrix, root: NDArray[np.float64]) -> _Matrix:
    own = weights.sum(axis=-2) + root
    return np.asarray(own[..., None, :] * np.eye(weights.shape[-1]) - weights)


def best(weights: _Matrix) -> NDArray[np.int64]:
    """Return the parents in the arborescence of largest total weight from node 0.

    Chu and Liu's and Edmonds' algorithm: each node takes its best arc; a cycle is shrunk
    to one node, where an arc into the cycle costs what it displaces, and the smaller
    problem is solved in the same way. Time O(n³).

    Parameters
    ----------
    weights
        (n, n): weight of the arc from row to column, −inf where there is none. Node 0 is
        the root and must reach every other.

    Returns
    -------
    array
        For each node its parent; −1 for the root.

    Examples
    --------
    >>> no = -np.inf
    >>> best(np.array([[no, 5.0, 1.0], [no, no, 10.0], [no, 11.0, no]])).tolist()
    [-1, 0, 1]

    References
    ----------
    J. Edmonds (1967), Journal of Research of the National Bureau of Standards 71B,
    https://doi.org/10.6028/jres.071B.032.
    """
    weights = np.array(weights, float)
    np.fill_diagonal(weights, -np.inf)
    weights[:, 0] = -np.inf
    parent = weights.argmax(axis=0)
    parent[0] = -1
    cycle = _cycle(parent)
    return _opened(weights, parent, cycle) if len(cycle) else parent


def _opened(
    weights: _Matrix, parent: NDArray[np.int64], cycle: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Shrink a cycle, solve the smaller problem, and break the cycle where its arc enters."""
    outside = np.setdiff1d(np.arange(len(weights)), cycle)
    kept = weights[parent[cycle], cycle]
    entering = weights[np.ix_(outside, cycle)] - kept
    leaving = weights[np.ix_(cycle, outside)]
    small = np.full((len(outside) + 1,) * 2, -np.inf)
    small[:-1, :-1] = weights[np.ix_(outside, outside)]
    small[:-1, -1], small[-1, :-1] = entering.max(axis=1), leaving.max(axis=0)
    above = best(small)
    result = parent.copy()
    for place, node in enumerate(outside):
        if above[place] == len(outside):
            result[node] = cycle[int(leaving[:, place].argmax())]
        else:
            result[node] = -1 if above[place] < 0 else outside[above[place]]
    source = above[-1]
    result[cycle[int(entering[source].argmax())]] = outside[source]
    return result


def _cycle(parent: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the nodes of one cycle, or nothing."""
    done = np.zeros(len(parent), bool)
    for start in range(len(parent)):
        path: list[int] = []
        node = start
        while node >= 0 and not done[node] and node not in path:
            path.append(node)
            node = int(parent[node])
        if node in path:
            return np.array(path[path.index(node) :])
        done[path] = True
    return np.empty(0, np.int64)
