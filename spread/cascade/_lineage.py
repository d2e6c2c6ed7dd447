"""Generations of nodes that name a parent."""

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel

Rows = NDArray[np.int64]


@kernel
def lineage(parents: Rows) -> tuple[Rows, Rows, Rows]:
    """Return parents, generation and root of each node; O(n).

    Nodes that name each other in a ring cannot all be later than their parent: the
    link of the ring's first node is cut.
    """
    n = len(parents)
    kept = parents.copy()
    generation, root = np.full(n, -1), np.full(n, -1)
    path, visit = np.empty(n, np.int64), np.full(n, -1)
    for node in range(n):
        steps, at = 0, node
        while generation[at] < 0 and visit[at] != node:
            visit[at] = node
            path[steps] = at
            steps += 1
            if kept[at] < 0:
                break
            at = kept[at]
        if steps and generation[at] < 0 and kept[at] >= 0:
            first = at
            step = steps - 1
            while path[step] != at:
                first = min(first, path[step])
                step -= 1
            kept[first] = -1
            # The ring is a path now: its top is walked down from below.
            place = 0
            at = path[0]
            while kept[at] >= 0:
                path[place] = at
                place += 1
                at = kept[at]
            path[place] = at
            steps = place + 1
        for step in range(steps - 1, -1, -1):
            v = path[step]
            if generation[v] >= 0:
                continue
            above = kept[v]
            generation[v] = 0 if above < 0 else generation[above] + 1
            root[v] = v if above < 0 else root[above]
    return kept, generation, root
