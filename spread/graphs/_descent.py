"""Layout of a large graph by stochastic descent: linear in edges, compiled."""

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel

_EPOCHS = 200
_REPELLED = 5


def descend(
    ends: NDArray[np.int64], pulls: NDArray[np.float64], size: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return places of `size` vertices: edges pull, random pairs push apart.

    The descent of UMAP (McInnes, Healy & Melville 2018, arXiv:1802.03426; a = b = 1) on
    the graph's own edges. Time: O(epochs × edges), memory: O(vertices + edges).
    """
    order = rng.permutation(len(ends))
    points = rng.uniform(-10, 10, (size, 2))
    state = np.uint64(rng.integers(1, 2**63))
    relative = pulls / pulls.max()
    _epochs(points, ends[order], relative[order], _EPOCHS, _REPELLED, state)
    return points


@kernel
def _epochs(
    points: NDArray[np.float64],
    ends: NDArray[np.int64],
    pulls: NDArray[np.float64],
    epochs: int,
    repelled: int,
    state: np.uint64,
) -> None:
    """Move `points` in place; one pass over all edges an epoch, in ever smaller steps."""
    size = np.uint64(len(points))
    for epoch in range(epochs):
        step = 1.0 - epoch / epochs
        for edge in range(len(ends)):
            for side in range(2):
                here, there = ends[edge, side], ends[edge, 1 - side]
                x = points[here, 0] - points[there, 0]
                y = points[here, 1] - points[there, 1]
                pull = -2.0 * pulls[edge] * step / (1.0 + x * x + y * y)
                points[here, 0] += pull * x
                points[here, 1] += pull * y
                for _ in range(repelled):
                    # xorshift64: a draw that no other code shares
                    state ^= state << np.uint64(13)
                    state ^= state >> np.uint64(7)
                    state ^= state << np.uint64(17)
                    other = np.int64(state % size)
                    x = points[here, 0] - points[other, 0]
                    y = points[here, 1] - points[other, 1]
                    square = x * x + y * y
                    push = 2.0 * pulls[edge] * step / ((0.001 + square) * (1.0 + square))
                    points[here, 0] += min(4.0, max(-4.0, push * x)) * step
                    points[here, 1] += min(4.0, max(-4.0, push * y)) * step
