"""Time-inferred diffusion: the parent is an earlier participant whom the author follows."""

import igraph
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spread._compile import kernel
from spread._errors import UsageError
from spread.tables import FOLLOWS, arrow

CHOICES = ("latest", "first", "most_followed")

_Codes = NDArray[np.int64]


def parents_followed(
    events: pd.DataFrame, offsets: NDArray[np.int64], follower_graph: object, choice: str
) -> tuple[NDArray[np.int32], dict[str, object]]:
    """Return each event's parent, and how many follow nobody who came before them.

    O(events + followed accounts of each event's author).
    """
    users = pa.array(events["user_id"], type=pa.string())
    known = pc.unique(users.drop_null())
    follower, followed = _between(follower_graph, known)
    order = np.lexsort((followed, follower))
    starts = np.searchsorted(follower[order], np.arange(len(known) + 1))
    user = pc.index_in(users, known).fill_null(-1).to_numpy(zero_copy_only=False)
    parents, unseen = _parents(
        user.astype(np.int64),
        events["mark"].to_numpy(),
        offsets,
        starts,
        followed[order],
        CHOICES.index(choice),
    )
    return parents, {
        "choice": choice,
        "follows_between_participants": len(follower),
        "follow_nobody_before_them": int(unseen),
    }


def _between(follower_graph: object, known: pa.Array) -> tuple[_Codes, _Codes]:
    """Return follower and followed of the edges between known accounts, as their places."""
    if isinstance(follower_graph, igraph.Graph):
        return _between_vertices(follower_graph, known)
    if not isinstance(follower_graph, pd.DataFrame | pa.Table) and not hasattr(
        follower_graph, "to_pyarrow"
    ):
        raise UsageError(
            "follower_graph cannot be used",
            got=type(follower_graph).__name__,
            allowed="a table of follower_id and followed_id, or an igraph graph",
        )
    table = arrow(follower_graph, FOLLOWS, FOLLOWS.names)
    return _kept(pc.index_in(table["follower_id"], known), pc.index_in(table["followed_id"], known))


def _between_vertices(graph: igraph.Graph, known: pa.Array) -> tuple[_Codes, _Codes]:
    if not graph.is_directed() or "name" not in graph.vs.attributes():
        raise UsageError(
            "follower_graph cannot be used",
            got="an undirected graph" if not graph.is_directed() else "a graph without names",
            allowed="a directed graph, follower to followed, with user ids in vs['name']",
        )
    place = pc.index_in(pa.array(map(str, graph.vs["name"]), pa.string()), known)
    pairs = np.array(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)
    return _kept(place.take(pa.array(pairs[:, 0])), place.take(pa.array(pairs[:, 1])))


def _kept(follower: pa.Array, followed: pa.Array) -> tuple[_Codes, _Codes]:
    both = [codes.fill_null(-1).to_numpy().astype(np.int64) for codes in (follower, followed)]
    kept = (both[0] >= 0) & (both[1] >= 0)
    return both[0][kept], both[1][kept]


@kernel
def _parents(
    user: _Codes,
    marks: NDArray[np.float64],
    offsets: NDArray[np.int64],
    starts: _Codes,
    followed: _Codes,
    choice: int,
) -> tuple[NDArray[np.int32], int]:
    """Return parents, and how many events have none but the root for want of an edge."""
    parents = np.full(len(user), -1, np.int32)
    seen = np.full(len(starts), -1)
    unseen = 0
    for cascade in range(len(offsets) - 1):
        start, end = offsets[cascade], offsets[cascade + 1]
        for k in range(start, end):
            best = -1
            if k > start and user[k] >= 0:
                for edge in range(starts[user[k]], starts[user[k] + 1]):
                    i = seen[followed[edge]]
                    if i < start:
                        continue
                    better = best < 0 or (
                        (choice == 0 and i > best)
                        or (choice == 1 and i < best)
                        or (choice == 2 and (marks[i], i) > (marks[best], best))
                    )
                    if better:
                        best = i
            if k > start:
                unseen += best < 0
                parents[k] = best if best >= 0 else start
            # The first of an account's events is what its followers could see first.
            if user[k] >= 0 and (choice != 1 or seen[user[k]] < start):
                seen[user[k]] = k
    return parents, unseen
