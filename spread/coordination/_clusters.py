"""Clusters: accounts tied together by pairs that share in step."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from spread._arguments import require_columns
from spread._intervals import wilson

__all__ = ["accounts", "clusters"]

_NEEDED = ("source", "target", "in_step", "shared", "objects", "evidence", "verdict")
_EVIDENCE = 20


def clusters(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the clusters of accounts that share in step: connected components of the pairs.

    A cluster may be a campaign, a fan club, a newsroom or a script; this does not tell which.

    Parameters
    ----------
    pairs
        What `detect` returned; only rows whose verdict is "in step" tie accounts together.

    Returns
    -------
    DataFrame
        cluster (0 is the largest; ties by first id), accounts, user_ids (sorted list), pairs,
        density (of all its pairs, how many), objects (distinct, in step), share, share_low,
        share_high (of the objects its pairs have in common, those in step; 95 % Wilson with
        the distinct objects as units, since one object counts for several pairs), lag_s
        (median over pairs), first_at, last_at, q (largest), evidence (tweet ids).

    Raises
    ------
    MissingColumnError
        `pairs` is no table of `detect`.

    References
    ----------
    Pacheco et al. 2021, https://doi.org/10.1609/icwsm.v15i1.18075

    Examples
    --------
    >>> at = pd.Timestamp("2014-04-22", tz="UTC")
    >>> pairs = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "in_step": 3,
    ...     "shared": 3, "lag_s": 1.0, "first_at": at, "last_at": at, "q": 0.001,
    ...     "objects": [["x", "y", "z"]] * 2, "evidence": [["1"], ["2"]], "verdict": "in step"})
    >>> clusters(pairs)[["accounts", "user_ids", "pairs", "objects"]]
       accounts   user_ids  pairs  objects
    0         3  [a, b, c]      2        3
    """
    found = [_cluster(members, rows) for members, rows in _components(pairs)]
    names = (
        *("accounts", "user_ids", "pairs", "density", "objects", "share", "share_low"),
        *("share_high", "lag_s", "first_at", "last_at", "q", "evidence"),
    )
    table = pd.DataFrame(found, columns=list(names))
    for column in ("first_at", "last_at"):
        table[column] = pd.to_datetime(table[column], utc=True).astype("datetime64[us, UTC]")
    table.insert(0, "cluster", np.arange(len(table)))
    table.attrs = dict(pairs.attrs)
    return table


def accounts(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return which accounts belong to which cluster, to leave them out and look again.

    Parameters
    ----------
    pairs
        What `detect` returned.

    Returns
    -------
    DataFrame
        user_id, cluster (as in `clusters`), pairs (that tie it): by cluster and id.

    Raises
    ------
    MissingColumnError
        `pairs` is no table of `detect`.

    Examples
    --------
    >>> pairs = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "in_step": 3,
    ...     "shared": 3, "objects": [["x"], ["x"]], "evidence": [["1"], ["2"]],
    ...     "verdict": ["in step", "by chance"]})
    >>> accounts(pairs).to_dict("records")
    [{'user_id': 'a', 'cluster': 0, 'pairs': 1}, {'user_id': 'b', 'cluster': 0, 'pairs': 1}]
    """
    rows = [
        (user, cluster, int(((ties.source == user) | (ties.target == user)).sum()))
        for cluster, (members, ties) in enumerate(_components(pairs))
        for user in members
    ]
    table = pd.DataFrame(rows, columns=["user_id", "cluster", "pairs"])
    return table.astype({"user_id": "str", "cluster": np.int64, "pairs": np.int64})


def _components(pairs: pd.DataFrame) -> Iterator[tuple[list[str], pd.DataFrame]]:
    """Yield members and pairs of each cluster, the largest first."""
    require_columns("pairs", pairs, _NEEDED, source="what coordination.detect returns")
    tied = pairs[pairs["verdict"] == "in step"]
    names = sorted({*tied["source"], *tied["target"]})
    label = _labels(names, tied)
    members: dict[int, list[str]] = {}
    for name, number in zip(names, label, strict=True):
        members.setdefault(int(number), []).append(name)
    of_pair = tied["source"].map(dict(zip(names, label, strict=True)))
    ordered = sorted(members.items(), key=lambda item: (-len(item[1]), item[1]))
    for number, group in ordered:
        yield group, tied[of_pair == number]


def _labels(names: list[str], tied: pd.DataFrame) -> NDArray[np.int32]:
    if not names:
        return np.empty(0, dtype=np.int32)
    index = pd.Index(names)
    one, other = (index.get_indexer(pd.Index(tied[end])) for end in ("source", "target"))
    ties = sparse.coo_array((np.ones(len(one)), (one, other)), shape=(len(names),) * 2)
    return sparse.csgraph.connected_components(ties, directed=False)[1]


def _cluster(members: list[str], ties: pd.DataFrame) -> tuple[object, ...]:
    objects = len({name for names in ties["objects"] for name in names})
    share = ties["in_step"].sum() / ties["shared"].sum()
    low, high = wilson(share * objects, objects)
    evidence = list(dict.fromkeys(tweet for tweets in ties["evidence"] for tweet in tweets))
    return (
        len(members),
        members,
        len(ties),
        len(ties) / (len(members) * (len(members) - 1) / 2),
        objects,
        share,
        float(low),
        float(high),
        ties["lag_s"].median(),
        ties["first_at"].min(),
        ties["last_at"].max(),
        ties["q"].max(),
        evidence[:_EVIDENCE],
    )
