"""How long communities take beside igraph's own call: communities.py [edges] [runs]

One run of `detect` against igraph's Leiden with the same weights and both strengths, until
nothing changes (n_iterations=-1) and with igraph's default of two, in the same session and on the
same planted graph: ten edges a node, eight camps, hubs. Sorted is what `graphs.retweets` returns;
shuffled has its vertices in no order. Then many runs by one process and by two (wall time).
"""

import os
import random
import sys
import time
from collections.abc import Callable

import igraph
import numpy as np

from spread import communities

REPEATS = 3


def planted(edges: int, seed: int = 1) -> igraph.Graph:
    """Return a retweet graph whose edges stay within one of eight camps four times in five."""
    rng, nodes = np.random.default_rng(seed), edges // 10
    camp = rng.integers(0, 8, nodes)
    order = np.argsort(camp, kind="stable")
    starts = np.searchsorted(camp[order], np.arange(9))
    source, anyone = rng.integers(0, nodes, (2, edges))
    size = (starts[1:] - starts[:-1])[camp[source]]
    near = order[starts[camp[source]] + (rng.random(edges) ** 3 * size).astype(int)]
    target = np.where(rng.random(edges) < 0.8, near, anyone)
    keys = np.unique((source * nodes + target)[source != target])
    graph = igraph.Graph(nodes, list(zip(keys // nodes, keys % nodes, strict=True)), directed=True)
    graph.vs["name"] = [f"{node:08}" for node in range(nodes)]
    graph.es["weight"] = rng.integers(1, 4, len(keys)).tolist()
    return graph


def own(graph: igraph.Graph, iterations: int) -> float:
    """Return the quality of igraph's own call, given what it needs."""
    leaving, reaching = (graph.strength(mode=mode, weights="weight") for mode in ("out", "in"))
    igraph.set_random_number_generator(random.Random(1))
    start = time.process_time()
    found = graph.community_leiden(
        "modularity",
        weights="weight",
        node_weights=leaving,
        node_in_weights=reaching,
        n_iterations=iterations,
    )
    own.seconds = time.process_time() - start
    igraph.set_random_number_generator(random)
    return float(found.quality)


def ours(graph: igraph.Graph, seed: int) -> float:
    """Return the quality of one run."""
    start = time.process_time()
    found = communities.detect(graph, runs=1, rewirings=0, rng=seed)
    ours.seconds = time.process_time() - start
    return found.quality


def best(call: Callable[[], float], timed: Callable[..., float]) -> tuple[float, float]:
    """Return the least CPU seconds of several calls, and the quality."""
    seconds = []
    for _ in range(REPEATS):
        reached = call()
        seconds.append(timed.seconds)
    return min(seconds), reached


def main() -> None:
    """Print seconds and ratios."""
    edges = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 8
    graph = planted(edges)
    shuffled = graph.permute_vertices(np.random.default_rng(2).permutation(graph.vcount()).tolist())
    print(f"{graph.vcount():,} nodes, {graph.ecount():,} edges; CPU seconds, best of {REPEATS}")
    for name, given in (("sorted", graph), ("shuffled", shuffled)):
        until, reached = best(lambda given=given: own(given, -1), own)
        two, of_two = best(lambda given=given: own(given, 2), own)
        seconds, quality = best(lambda given=given: ours(given, 1), ours)
        print(
            f"{name:9} igraph -1 {until:.2f} (Q {reached:.6f}), 2 {two:.2f} (Q {of_two:.6f}); "
            f"detect {seconds:.2f} (Q {quality:.6f}): {seconds / until:.2f} and {seconds / two:.2f}"
        )
    for workers in (1, 2):
        start = time.perf_counter()
        found = communities.detect(graph, runs=runs, rewirings=0, workers=workers, rng=1)
        seconds = time.perf_counter() - start
        print(
            f"{runs} runs, {workers} worker(s) on {os.cpu_count()} cores: {seconds:.1f} s wall, "
            f"Q {found.quality:.6f}"
        )


if __name__ == "__main__":
    main()
