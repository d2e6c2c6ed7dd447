"""The arithmetic of parent arrays: depth, size, breadth, virality, credit."""

from collections.abc import Sequence
from typing import TypeAlias, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from spread._compile import kernel
from spread._errors import UsageError

Parents: TypeAlias = NDArray[np.int32]
Numbers: TypeAlias = NDArray[np.float64]


def depths(parents: ArrayLike) -> NDArray[np.int32]:
    """Return each event's distance from its root. O(n).

    Raises
    ------
    UsageError
        The array is no forest with parents before their children.

    References
    ----------
    Vosoughi, Roy, Aral 2018, https://doi.org/10.1126/science.aap9559

    Examples
    --------
    >>> depths([-1, 0, 0, 1]).tolist()
    [0, 1, 1, 2]
    """
    return depths_kernel(checked_parents(parents))


def sizes(parents: ArrayLike) -> NDArray[np.int64]:
    """Return the size of the subtree under each event, itself included. O(n).

    Raises
    ------
    UsageError
        The array is no forest with parents before their children.

    References
    ----------
    As `structural_virality`, which rests on these sizes

    Examples
    --------
    >>> sizes([-1, 0, 0, 1]).tolist()
    [4, 2, 1, 1]
    """
    return sizes_kernel(checked_parents(parents))


def breadths(parents: ArrayLike) -> NDArray[np.int64]:
    """Return the number of events at depth 0, 1, 2, …, over all trees of the array. O(n).

    Raises
    ------
    UsageError
        The array is no forest with parents before their children.

    References
    ----------
    Vosoughi, Roy, Aral 2018, https://doi.org/10.1126/science.aap9559

    Examples
    --------
    >>> breadths([-1, 0, 0, 1]).tolist()
    [1, 2, 1]
    """
    return np.bincount(depths_kernel(checked_parents(parents))).astype(np.int64)


def structural_virality(parents: ArrayLike) -> float | Numbers:
    """Return the structural virality: the mean distance between two events of a tree.

    With subtree sizes s_v and n events it is 2 Σ_v s_v (n − s_v) / (n (n − 1)): the edge
    above v lies on the way between s_v (n − s_v) pairs. A broadcast of n events has
    2 (n − 1) / n, near 2; a chain has (n + 1) / 3. O(n), summed in floating point since
    a chain of 10⁷ events exceeds 64-bit integers.

    Parameters
    ----------
    parents
        Shape (n,): each event's parent, −1 at a root.

    Returns
    -------
    float or ndarray
        For one tree a number, for a forest one a tree in the order of the roots. NaN for
        a tree of one event: there is no pair.

    Raises
    ------
    UsageError
        The array is no forest with parents before their children.

    References
    ----------
    Goel, Anderson, Hofman, Watts 2016, Management Science 62:180,
    https://doi.org/10.1287/mnsc.2015.2158

    Examples
    --------
    >>> structural_virality([-1, 0, 0, 0])
    1.5
    >>> structural_virality([-1, 0, -1, 2, 3]).round(3).tolist()
    [1.0, 1.333]
    """
    values = viralities_kernel(checked_parents(parents))
    return float(values[0]) if len(values) == 1 else values


@overload
def credit(parents: ArrayLike, owners: None = None, *, counted: ArrayLike | None = None) -> Numbers:
    """Return the credit of each event."""


@overload
def credit(
    parents: ArrayLike, owners: ArrayLike | Sequence[object], *, counted: ArrayLike | None = None
) -> pd.Series:
    """Return the credit of each account."""


def credit(
    parents: ArrayLike,
    owners: ArrayLike | Sequence[object] | None = None,
    *,
    counted: ArrayLike | None = None,
) -> Numbers | pd.Series:
    """Return the Shapley credit of each event, or of each account, for a tree's events.

    The game gives a set of players the events whose whole path from the root belongs to
    them. Each event's 1 is then shared equally by the players on its path: by the events
    there, 1 / (depth + 1) each, or by the distinct accounts there. Credits sum to n,
    while descendant counts count an event once for each ancestor. O(n).

    Parameters
    ----------
    parents
        Shape (n,): each event's parent, −1 at a root.
    owners
        Shape (n,): each event's account. Without, the events are the players.
    counted
        Shape (n,): how much each event counts, 1 by default; credits sum to its sum.

    Returns
    -------
    ndarray or Series
        Credit per event; with `owners` per account, sorted by account.

    Raises
    ------
    UsageError
        The array is no forest, or `owners` or `counted` has another length.

    References
    ----------
    Shapley 1953, A value for n-person games, https://doi.org/10.1515/9781400881970-018

    Examples
    --------
    >>> credit([-1, 0, 1]).round(3).tolist()
    [1.833, 0.833, 0.333]
    >>> credit([-1, 0, 1], ["a", "b", "a"]).to_dict()
    {'a': 2.0, 'b': 1.0}
    """
    checked = checked_parents(parents)
    weights = np.ones(len(checked)) if counted is None else np.asarray(counted, dtype=np.float64)
    players = None if owners is None else np.asarray(owners)
    for name, array in (("owners", players), ("counted", weights)):
        if array is not None and len(array) != len(checked):
            raise UsageError(
                f"{name} and parents differ in length", got=f"{len(array)}, {len(checked)}"
            )
    if players is None:
        return event_credit_kernel(checked, weights)
    codes, names = pd.factorize(players, sort=True)
    values = owned_credit_kernel(checked, codes.astype(np.int64), weights)
    return pd.Series(
        np.bincount(codes, weights=values, minlength=len(names)), index=names, name="credit"
    )


def checked_parents(parents: ArrayLike) -> Parents:
    array = np.asarray(parents)
    if array.ndim != 1 or (array.size and not np.issubdtype(array.dtype, np.integer)):
        raise UsageError(
            "not a parent array",
            got=f"{array.ndim} dimensions of {array.dtype}",
            allowed="one dimension of integers, −1 at a root",
        )
    fault = np.flatnonzero((array < -1) | (array >= np.arange(len(array))))
    if len(fault):
        raise UsageError(
            "not a forest",
            got=f"parent {array[fault[0]]} of event {fault[0]}",
            allowed="−1, or an earlier event",
            hint="Sort the events by time",
        )
    return array.astype(np.int32)


def account_credit(
    parents: Parents, owners: NDArray[np.int64], counted: Numbers, *, accounts: int
) -> Numbers:
    """Return `credit` per account, whose owners are numbers from 0; nothing is checked.

    For many trees of the same events, over threads. O(n + accounts).

    References
    ----------
    As `credit`

    Examples
    --------
    >>> parents, owners = np.array([-1, 0, 1], np.int32), np.array([0, 1, 0])
    >>> account_credit(parents, owners, np.ones(3), accounts=2).tolist()
    [2.0, 1.0]
    """
    values = owned_credit_kernel(parents, owners, counted)
    return np.asarray(np.bincount(owners, values, accounts), dtype=np.float64)


@kernel
def depths_kernel(parents: Parents) -> NDArray[np.int32]:
    depth = np.zeros(len(parents), np.int32)
    for v in range(len(parents)):
        if parents[v] >= 0:
            depth[v] = depth[parents[v]] + 1
    return depth


@kernel
def sizes_kernel(parents: Parents) -> NDArray[np.int64]:
    size = np.ones(len(parents), np.int64)
    for v in range(len(parents) - 1, -1, -1):
        if parents[v] >= 0:
            size[parents[v]] += size[v]
    return size


@kernel
def viralities_kernel(parents: Parents) -> Numbers:
    size = sizes_kernel(parents)
    tree = np.empty(len(parents), np.int32)
    total = np.empty((parents < 0).sum(), np.float64)
    distances = np.zeros(len(total))
    found = 0
    for v in range(len(parents)):
        if parents[v] < 0:
            tree[v] = found
            total[found] = size[v]
            found += 1
        else:
            tree[v] = tree[parents[v]]
            distances[tree[v]] += float(size[v]) * (total[tree[v]] - size[v])
    return 2 * distances / np.where(total > 1, total * (total - 1), np.nan)


@kernel
def event_credit_kernel(parents: Parents, counted: Numbers) -> Numbers:
    depth = depths_kernel(parents)
    value = counted / (depth + 1.0)
    for v in range(len(parents) - 1, -1, -1):
        if parents[v] >= 0:
            value[parents[v]] += value[v]
    return value


@kernel
def owned_credit_kernel(parents: Parents, owners: NDArray[np.int64], counted: Numbers) -> Numbers:
    """Return credit per event, given to an account's topmost event on each path."""
    n = len(parents)
    child = np.full(n, -1, np.int32)
    sibling = np.full(n, -1, np.int32)
    for v in range(n - 1, -1, -1):
        if parents[v] >= 0:
            sibling[v] = child[parents[v]]
            child[parents[v]] = v
    on_path = np.zeros(owners.max() + 1 if n else 0, np.int32)
    accounts = np.zeros(n, np.int32)
    top = np.zeros(n, np.bool_)
    for root in range(n):
        if parents[root] >= 0:
            continue
        v = root
        while v >= 0:
            top[v] = on_path[owners[v]] == 0
            above = accounts[parents[v]] if v != root else 0
            accounts[v] = above + top[v]
            on_path[owners[v]] += 1
            if child[v] >= 0:
                v = child[v]
                continue
            while v >= 0:
                on_path[owners[v]] -= 1
                if v == root:
                    v = -1
                elif sibling[v] >= 0:
                    v = sibling[v]
                    break
                else:
                    v = parents[v]
    value = counted / accounts
    for v in range(n - 1, -1, -1):
        if parents[v] >= 0:
            value[parents[v]] += value[v]
    return np.where(top, value, 0.0)
