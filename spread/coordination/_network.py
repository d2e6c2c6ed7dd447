"""Published similarity networks of accounts, for comparison: they always find somebody."""

import numpy as np
import pandas as pd
from scipy import sparse

from spread._arguments import require_columns, require_one_of
from spread._errors import UsageError
from spread.coordination._shares import read_shares
from spread.tables import Table

__all__ = ["backbone", "similarity"]

_CONVENTIONS = ("plain", "smooth")


def similarity(tweets: Table, *, kind: str = "retweet", idf: str = "plain") -> pd.DataFrame:
    """Return how alike the objects of two accounts are: cosine of TF-IDF vectors.

    Times do not enter. Every archive has a most similar half per cent, which is what the
    published threshold takes; a high cosine is a description, not a finding.

    Parameters
    ----------
    tweets
        A tweets table.
    kind
        What is shared, as in `shares`.
    idf
        Of an object that `df` of `n` accounts shared: "plain", ln(n / df), under which what
        all share counts nothing; "smooth", ln((1 + n) / (1 + df)) + 1, scikit-learn's.
        They can disagree altogether: say which.

    Returns
    -------
    DataFrame
        source, target (ids, in order), common (objects of both), similarity (cosine > 0):
        by falling similarity. Time and memory grow with the pairs that share an object.

    Raises
    ------
    UsageError
        `idf` or `kind` is unknown.

    References
    ----------
    Pacheco et al. 2021, https://doi.org/10.1609/icwsm.v15i1.18075.

    Examples
    --------
    Two pairs of accounts that have only the object of all four in common:

    >>> seen = pd.DataFrame([(u, o) for u, has in zip("abcd", ["wxy", "wxy", "wz", "wz"])
    ...                      for o in has], columns=["author_id", "object"])
    >>> seen["at"], seen["tweet_id"] = pd.Timestamp(0, tz="UTC"), "1"
    >>> similarity(seen, kind="object")[["source", "target"]].to_numpy().tolist()
    [['a', 'b'], ['c', 'd']]
    """
    require_one_of("idf", idf, _CONVENTIONS)
    read = read_shares(tweets, kind)
    shape = (len(read.users), len(read.objects))
    counts = sparse.coo_array((np.ones(len(read)), (read.user, read.item)), shape=shape).tocsr()
    seen = (counts > 0).astype(float)
    spread_over, accounts = seen.sum(axis=0), shape[0]
    weight = np.log(accounts / np.maximum(spread_over, 1))
    if idf == "smooth":
        weight = np.log((1 + accounts) / (1 + spread_over)) + 1
    vectors = counts.multiply(weight).tocsr()
    norms = np.sqrt(vectors.multiply(vectors).sum(axis=1))
    unit = vectors.multiply(1 / np.where(norms > 0, norms, 1)[:, None]).tocsr()
    cosine = sparse.triu(unit @ unit.T, k=1).tocoo()
    one, other, alike = cosine.row, cosine.col, cosine.data
    kept = alike > 0
    one, other, alike = one[kept], other[kept], alike[kept]
    common = (seen @ seen.T).tocsr()[one, other] if len(one) else np.empty(0)
    table = pd.DataFrame(
        {
            "source": read.users[one],
            "target": read.users[other],
            "common": np.asarray(common).astype(np.int64),
            "similarity": np.round(alike, 12),
        }
    )
    order = ["similarity", "source", "target"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def backbone(edges: pd.DataFrame, *, weight: str = "similarity") -> pd.DataFrame:
    """Return edges with the disparity filter's p-value: is an edge heavy for its ends?

    At a node with k edges, the probability that one of them takes the share w/s of its
    strength s by splitting it at random is (1 - w/s)^(k - 1). An edge has the smaller value
    of its two ends; a node with one edge says nothing (1).

    Parameters
    ----------
    edges
        source, target and the weight; undirected, one row an edge.
    weight
        The column of weights, > 0.

    Returns
    -------
    DataFrame
        `edges` with p_source, p_target and p.

    Raises
    ------
    MissingColumnError
        A column is missing.
    UsageError
        A weight is not above 0.

    References
    ----------
    Serrano, Boguñá, Vespignani 2009, https://doi.org/10.1073/pnas.0808904106, as used by
    Nizzoli et al. 2021, https://doi.org/10.1609/icwsm.v15i1.18074.

    Examples
    --------
    One of four edges has half of the strength: (1 - 1/2)^3.

    >>> star = pd.DataFrame({"source": "a", "target": list("bcde"), "weight": [3., 1, 1, 1]})
    >>> backbone(star, weight="weight").p.tolist()[:2]
    [0.125, 0.5787...]
    """
    require_columns("edges", edges, ["source", "target", weight])
    weights = edges[weight].to_numpy(dtype=float)
    if not (weights > 0).all():
        raise UsageError("a weight is not above 0", got=repr(weights.min()), allowed="> 0")
    ends = pd.concat([edges["source"], edges["target"]], ignore_index=True)
    twice = pd.Series(np.concatenate([weights, weights]))
    strength = twice.groupby(ends).transform("sum").to_numpy()
    degree = twice.groupby(ends).transform("size").to_numpy()
    p = np.where(degree > 1, np.maximum(1 - twice / strength, 0.0) ** (degree - 1), 1.0)
    one, other = np.split(p, 2)
    return edges.assign(p_source=one, p_target=other, p=np.minimum(one, other))
