"""Time a run of the independent cascade against CyNetDiff and NDlib; score inferred networks.

    python tests/benchmarks/diffusion.py [CASCADES]

Barabási–Albert graph of 50,000 vertices, 10 edges each, from hub to follower, p = 0.1, the ten
oldest as seeds. The peers are no dependencies: where one is not installed, its row says so. With
CASCADES, a folder with netinf-*.txt and infopath-*.txt, precision and recall of the networks.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import igraph
import numpy as np

from spread import diffusion

RUNS = 200
SEEDS = list(range(10))


def timed(work: Callable[[], object], repeats: int) -> tuple[float, list[object]]:
    """Return the shortest seconds a repeat, and what each returned."""
    times, made = [], []
    for _ in range(repeats):
        begun = time.perf_counter()
        made.append(work())
        times.append(time.perf_counter() - begun)
    return min(times), made


def graph() -> igraph.Graph:
    """Return the graph, edges from the older vertex to the newer."""
    made = igraph.Graph.Barabasi(50_000, 10, directed=True)
    return igraph.Graph(50_000, [(old, new) for new, old in made.get_edgelist()], directed=True)


def ours(hubs: igraph.Graph, workers: int) -> tuple[float, float]:
    """Return seconds a run and the mean spread."""
    diffusion.expected_spread(hubs, SEEDS, p=0.1, runs=2, rng=1)  # compiled, as in later calls

    def work() -> object:
        return diffusion.expected_spread(hubs, SEEDS, p=0.1, runs=RUNS, workers=workers, rng=1)

    prepared, _ = timed(
        lambda: diffusion.expected_spread(hubs, SEEDS, p=0.1, runs=1, workers=1, rng=1), 3
    )
    seconds, made = timed(work, 3)
    return (seconds - prepared) / (RUNS - 1), float(made[0]["mean"])  # type: ignore[index]


def cynetdiff(hubs: igraph.Graph) -> tuple[float, float]:
    """Return seconds a run and the mean spread, on one thread."""
    from cynetdiff.models import IndependentCascadeModel

    edges = np.asarray(hubs.get_edgelist(), np.uint32)
    order = np.argsort(edges[:, 0], kind="stable")
    starts = np.zeros(hubs.vcount(), np.uint32)
    np.cumsum(np.bincount(edges[:, 0], minlength=hubs.vcount())[:-1], out=starts[1:])
    from array import array

    model = IndependentCascadeModel(
        array("I", starts.tolist()), array("I", edges[order, 1].tolist()),
        activation_prob=0.1,
    )  # fmt: skip
    model.set_seeds(SEEDS)

    def work() -> object:
        reached = []
        for _ in range(RUNS):
            model.reset_model()
            model.advance_until_completion()
            reached.append(model.get_num_activated_nodes())
        return float(np.mean(reached))

    seconds, made = timed(work, 3)
    return seconds / RUNS, float(np.mean(made))  # type: ignore[arg-type]


def ndlib(hubs: igraph.Graph) -> tuple[float, float]:
    """Return seconds a run and the spread of one."""
    import ndlib.models.epidemics as epidemics
    from ndlib.models import ModelConfig
    from networkx import DiGraph

    network = DiGraph(hubs.get_edgelist())

    def work() -> object:
        model = epidemics.IndependentCascadesModel(network)
        config = ModelConfig.Configuration()
        config.add_model_initial_configuration("Infected", SEEDS)
        for edge in network.edges():
            config.add_edge_configuration("threshold", edge, 0.1)
        model.set_initial_status(config)
        begun = time.perf_counter()
        while True:
            state = model.iteration(node_status=False)
            if state["node_count"][1] == 0:
                return time.perf_counter() - begun, state["node_count"][2]

    seconds, reached = work()  # type: ignore[misc]
    return seconds, float(reached)


def networks(folder: Path) -> None:
    """Print precision and recall of the networks inferred from published cascades."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from test_diffusion import published

    print(f"{'network':>10} {'edges':>6} {'told':>6} {'precision':>10} {'recall':>7}")
    for name in ("netinf", "infopath"):
        cascades, truth = published(folder, name)
        found = diffusion.fit(cascades, replicates=0, rng=1)
        told = found[found.verdict == "edge"]
        edges = set(zip(told.source, told.target, strict=True))
        hit = len(edges & truth)
        print(
            f"{name:>10} {len(truth):>6} {len(edges):>6} {hit / len(edges):>10.2f} "
            f"{hit / len(truth):>7.2f}"
        )


def main() -> None:
    """Print the tables."""
    hubs = graph()
    one, spread = ours(hubs, 1)
    print(f"{'model':>24} {'ms a run':>9} {'x ours':>8} {'mean spread':>12}")
    print(f"{'spread, one thread':>24} {1e3 * one:>9.3f} {1.0:>8.2f} {spread:>12.1f}")
    both, spread = ours(hubs, 2)
    print(f"{'spread, two threads':>24} {1e3 * both:>9.3f} {both / one:>8.2f} {spread:>12.1f}")
    for name, peer in (("CyNetDiff, one thread", cynetdiff), ("NDlib", ndlib)):
        try:
            seconds, reached = peer(hubs)
        except ImportError:
            print(f"{name:>24} not installed")
            continue
        print(f"{name:>24} {1e3 * seconds:>9.3f} {seconds / one:>8.2f} {reached:>12.1f}")
    if len(sys.argv) > 1:
        networks(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
