"""What a detection returns, and what people read off it."""

from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_count, require_instance, require_number
from spread.communities._search import SAME
from spread.text import html_card

__all__ = ["Partition", "camps"]


@dataclass(frozen=True, eq=False, repr=False)
class Partition:
    """A graph's nodes in communities, and how far to trust that.

    Attributes
    ----------
    nodes
        Names, sorted.
    labels
        The community of each node: 0 is the largest; equal sizes by first node.
    quality
        What `objective` says of these labels: modularity, or another; NaN where the graph
        has no edge.
    method, objective, resolution, runs, seed
        How they were found.
    tolerance
        Each search ended when a round added less than this share of the quality.
    agreement
        Of each node, the share of the other runs that agree (`detect`); NaN for one run.
    typical_quality
        The median over the runs, each of which is one search: what the rewired graphs,
        one search each, are compared with.
    null_quality, null_high, rewirings
        Mean and best of the quality of rewired graphs, and their number; NaN for 0.
    excess
        By how much `typical_quality` is better than `null_quality`: the part that degrees
        do not explain.
    edges, outside_largest
        Edges counted; nodes outside the largest weakly connected component, whose
        communities are of their component alone.
    cannot_tell
        Why these communities mean nothing, or None.
    """

    nodes: tuple[str, ...]
    labels: NDArray[np.int32]
    quality: float
    method: str
    objective: str
    resolution: float
    runs: int
    seed: int
    agreement: NDArray[np.float64]
    typical_quality: float
    null_quality: float
    null_high: float
    rewirings: int
    edges: int
    outside_largest: int
    cannot_tell: str | None
    tolerance: float = SAME

    @property
    def excess(self) -> float:
        """Return the quality that the nodes' degrees alone do not explain."""
        more = self.typical_quality - self.null_quality
        return -more if self.method == "infomap" else more

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Return the number of nodes in each community, largest first."""
        return np.bincount(self.labels).astype(np.int64)

    def frame(self) -> pd.DataFrame:
        """Return `user_id`, `community`, `agreement`, one row a node, sorted by id."""
        return pd.DataFrame(
            {
                "user_id": pd.Series(self.nodes, dtype="str"),
                "community": self.labels,
                "agreement": self.agreement,
            }
        )

    def __repr__(self) -> str:
        return (
            f"Partition({len(self.sizes)} communities of {len(self.nodes)} nodes, "
            f"quality {self.quality:.3f}, excess {self.excess:.3f}, {self.method}, "
            f"runs={self.runs}, seed={self.seed})"
        )

    def _repr_html_(self) -> str:
        return html_card("Communities", self._facts())

    def _facts(self) -> dict[str, object]:
        compared = f"{self.null_quality:.3f} on average over {self.rewirings} rewired graphs"
        stated: dict[str, object] = {"cannot tell": self.cannot_tell} if self.cannot_tell else {}
        return stated | {
            "communities": f"{len(self.sizes)} of {len(self.nodes)} nodes, {self.edges} edges",
            "largest": ", ".join(str(size) for size in self.sizes[:6]),
            "quality": f"{self.quality:.3f} ({self.objective})",
            "without communities": compared if self.rewirings else "not compared",
            "runs agree": "one run" if self.runs < 2 else f"{_mean(self.agreement):.0%} of nodes",
            "outside the largest component": f"{self.outside_largest} nodes",
            "method": f"{self.method}, resolution {self.resolution:g}, seed {self.seed}",
        }


def camps(partition: Partition, *, most: int = 6, smallest: float = 0.01) -> pd.DataFrame:
    """Return communities folded into few camps: A is the largest, the rest are "other".

    Parameters
    ----------
    partition
        What `detect` returned.
    most
        How many communities keep a letter, 1 to 26.
    smallest
        The share of nodes that a community needs for a letter; a single node never gets
        one. Camps of a handful say little of a crowd, and each costs the analyses that
        compare shares a category.

    Returns
    -------
    pandas.DataFrame
        `user_id`, `camp` ("A", "B", …, "other"), sorted by id.

    Examples
    --------
    >>> import igraph
    >>> from spread import communities
    >>> graph = igraph.Graph.Full(3) + igraph.Graph.Full(2)
    >>> camps(communities.detect(graph, rng=1), most=1).camp.tolist()
    ['A', 'A', 'A', 'other', 'other']
    """
    require_instance("partition", partition, Partition, "what communities.detect returns")
    require_count("most", most, most=len(ascii_uppercase))
    require_number("smallest", smallest, least=0, most=1, unit="a share")
    least = max(2.0, smallest * len(partition.nodes))
    letters = [
        ascii_uppercase[label] if label < most and size >= least else "other"
        for label, size in enumerate(partition.sizes)
    ]
    return pd.DataFrame(
        {
            "user_id": pd.Series(partition.nodes, dtype="str"),
            "camp": pd.Series([letters[label] for label in partition.labels], dtype="str"),
        }
    )


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")
