"""Whether searches for communities do more work an edge in larger graphs, or only wait longer.

python tests/benchmarks/communities_work.py small.jsonl large.jsonl

Two rounds of Leiden on the retweet graph of each archive, and on as many disjoint copies of the
first as make the size of the last, are counted by Valgrind's cachegrind: instructions, and misses
of a last-level cache of 16 MB. Copies at as many times the resolution need the same work a copy,
since each gain of modularity is the same: what they cost more an edge, memory costs.
"""

import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import igraph
import numpy as np

ROUNDS = 2
SIMULATED = ("--cache-sim=yes", "--D1=49152,12,64", "--LL=16777216,16,64")
COUNTED = {"instructions": r"I +refs: +([\d,]+)", "misses": r"LL misses: +([\d,]+)"}


def kept(archive: str, path: Path) -> int:
    """Write the retweet graph of an archive, and return how many edges it has."""
    # Here alone: a counted process would take minutes to load it.
    import spread

    graph = spread.graphs.retweets(spread.archive.read(archive).tweets)
    ends = np.array(graph.get_edgelist())
    np.savez(path, ends=ends, weight=graph.es["weight"], size=graph.vcount())
    return len(ends)


def searched(path: str, copies: int, rounds: int) -> None:
    """Search disjoint copies of a graph for so many rounds."""
    found = np.load(path)
    size, weight = int(found["size"]), np.tile(found["weight"], copies).tolist()
    shift = np.repeat(np.arange(copies) * size, len(found["ends"]))[:, None]
    ends = np.tile(found["ends"], (copies, 1)) + shift
    graph = igraph.Graph(size * copies, ends.tolist(), directed=True)
    random.seed(3)
    strengths = {
        name: graph.strength(mode=mode, weights=weight)
        for name, mode in (("node_weights", "out"), ("node_in_weights", "in"))
    }
    labels = None
    for _ in range(rounds):
        labels = graph.community_leiden(
            objective_function="modularity",
            weights=weight,
            resolution=float(copies),
            n_iterations=1,
            initial_membership=labels,
            **strengths,
        ).membership


def counted(path: Path, copies: int) -> dict[str, int]:
    """Return what the rounds alone take: a search less the same process without one."""
    seen = []
    for rounds in (0, ROUNDS):
        command = [sys.executable, __file__, "search", str(path), str(copies), str(rounds)]
        valgrind = ["valgrind", "--tool=cachegrind", *SIMULATED, "--cachegrind-out-file=/dev/null"]
        said = subprocess.run([*valgrind, *command], check=True, capture_output=True, text=True)
        numbers = {
            name: re.search(pattern, said.stderr).group(1) for name, pattern in COUNTED.items()
        }
        seen.append({name: int(number.replace(",", "")) for name, number in numbers.items()})
    return {name: seen[1][name] - seen[0][name] for name in COUNTED}


def main(archives: list[str]) -> None:
    """Print instructions and misses an edge."""
    with tempfile.TemporaryDirectory() as folder:
        graphs = [Path(folder) / f"{number}.npz" for number in range(len(archives))]
        edges = [kept(archive, path) for archive, path in zip(archives, graphs, strict=True)]
        copies = round(edges[-1] / edges[0])
        asked = [(path, 1, count) for path, count in zip(graphs, edges, strict=True)]
        for path, times, count in [*asked, (graphs[0], copies, copies * edges[0])]:
            found = counted(path, times)
            told = ", ".join(f"{found[name] / count:,.1f} {name} an edge" for name in COUNTED)
            print(f"{count:,} edges ({times} of {count // times:,}): {told}", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "search":
        searched(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main(sys.argv[1:])
