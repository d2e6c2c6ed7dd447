"""How near each method comes to groups that are known: communities_truth.py FOLDER

FOLDER holds `onadata` (parties of Ontario's politicians, departments of an email network) and
`finnish-nato` (weekly retweet networks). Printed are adjusted mutual information with the truth
and with the week before, with 95 % intervals over nodes (`communities.compare`).
"""

import csv
import gzip
import io
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import igraph
import networkx as nx

from spread import communities, graphs
from spread.communities import Partition

METHODS = ("leiden", "infomap", "louvain")


def rows(path: Path) -> list[dict[str, str]]:
    """Return the records of a CSV file, compressed or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def known(folder: Path, name: str, group: str) -> tuple[igraph.Graph, dict[str, str]]:
    """Return a directed graph of onadata, and the group of each node."""
    edges = next((folder / "onadata").glob(f"{name}_edgelist.csv*"))
    vertices = next((folder / "onadata").glob(f"{name}_vertices.csv*"))
    truth = {row["id"]: row[group] for row in rows(vertices)}
    graph = igraph.Graph.DictList(
        [{"name": node} for node in truth],
        [
            {"source": row["from"], "target": row["to"], "weight": float(row.get("weight") or 1)}
            for row in rows(edges)
        ],
        directed=True,
    )
    return graph, truth


def weeks(folder: Path) -> Iterator[tuple[str, igraph.Graph]]:
    """Yield the date on which each network begins, and the network."""
    for path in sorted((folder / "finnish-nato").glob("*.xml.gz")):
        with gzip.open(path) as stream:
            yield path.name[5:15], graphs.from_networkx(nx.read_graphml(stream))


def found(graph: igraph.Graph, method: str, *, runs: int = 10) -> Partition:
    """Return the communities by a method, the consensus where there can be one."""
    if method == "consensus":
        return communities.consensus(graph, runs=runs, rng=1)
    return communities.detect(graph, method=method, runs=runs, rewirings=0, rng=1)


def line(what: str, how: str, count: int, a: object, b: object) -> None:
    """Print one comparison."""
    row = communities.compare(a, b, measures=["ami"]).iloc[0]
    span = f"[{row['low']:.3f}, {row['high']:.3f}]"
    print(f"{what:<28} {how:<10} {count:>6} {row['nodes']:>6}  {row['value']:.3f} {span}")


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    print(f"{'data':<28} {'method':<10} {'groups':>6} {'nodes':>6}  AMI [95 %]")
    for name, group in (("ontariopol", "party"), ("email", "dept")):
        graph, truth = known(folder, name, group)
        for method in (*METHODS, "consensus"):
            partition = found(graph, method)
            line(
                f"{name} ({len(set(truth.values()))} {group})",
                method,
                len(partition.sizes),
                partition,
                truth,
            )
    for method in METHODS:
        before, last = None, ""
        start = time.process_time()
        for begins, graph in weeks(folder):
            partition = found(graph, method, runs=3)
            if before is not None:
                line(f"{last} to {begins}", method, len(partition.sizes), before, partition)
            before, last = partition, begins
        print(f"  ({time.process_time() - start:.0f} s CPU)")


if __name__ == "__main__":
    main()
