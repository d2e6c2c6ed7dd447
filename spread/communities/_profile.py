"""How coarse to look: what each resolution finds beyond chance."""

from collections.abc import Sequence

import igraph
import numpy as np
import pandas as pd

from spread._arguments import require_columns
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.communities._detect import check, record
from spread.communities._flat import flat
from spread.communities._search import SAME, Settings
from spread.communities._workers import Job, Task, each

__all__ = ["clearest", "profile"]

_RESOLUTIONS = (0.25, 0.5, 1.0, 2.0)


def profile(
    graph: igraph.Graph,
    *,
    resolutions: Sequence[float] = _RESOLUTIONS,
    method: str = "leiden",
    runs: int = 5,
    rewirings: int | None = None,
    tolerance: float = SAME,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return what the communities of a graph look like at several resolutions.

    The resolution is a choice, and the number of communities follows from it: retweet
    graphs fall into two sides at a low one and into cities or fan circles at a high one.
    This table lays the choice open.

    Parameters
    ----------
    graph
        Vertices by `name`, edges by `weight`.
    resolutions
        Values of γ > 0.
    method
        As in `detect`.
    runs
        How many searches at each resolution.
    rewirings
        How many rewired graphs at each; None: as many as runs.
    tolerance
        As in `detect`.
    rng
        A generator, a seed, or None for a fresh one.

    Returns
    -------
    DataFrame
        resolution, communities (of more than one node), quality, null_quality (mean over
        the rewired graphs), excess (of the median run beyond that), agreement (mean over
        nodes and runs).

    Raises
    ------
    UsageError
        No resolution is given, or `detect` refuses one.

    References
    ----------
    γ: Reichardt, Bornholdt 2006, https://doi.org/10.1103/PhysRevE.74.016110; what one resolution
    cannot see: Fortunato, Barthélemy 2007, https://doi.org/10.1073/pnas.0605965104; chance:
    Guimerà, Sales-Pardo, Amaral 2004, https://doi.org/10.1103/PhysRevE.70.025101

    Examples
    --------
    >>> found = profile(igraph.Graph.Famous("Zachary"), resolutions=[0.5, 1.0], rng=1)
    >>> found.communities.tolist()
    [2, 4]
    """
    if not isinstance(resolutions, Sequence | np.ndarray) or not len(resolutions):
        raise UsageError("no resolution is given", allowed="one or more numbers > 0")
    seed, edges = resolve_seed(rng), flat(graph)
    rewirings = runs if rewirings is None else rewirings
    chosen = []
    for number, resolution in enumerate(resolutions):
        check(method, resolution, runs, rewirings, tolerance)
        seeded = resolve_seed(stream(seed, number))
        chosen.append(Settings(method, float(resolution), seeded, tolerance))
    jobs = [Job("run", number) for number in range(runs)]
    jobs += [Job("rewired", number) for number in range(rewirings if edges.count else 0)]
    searched = each([Task(edges, settings, job) for settings in chosen for job in jobs])
    found = []
    for number, settings in enumerate(chosen):
        of_this = searched[number * len(jobs) : (number + 1) * len(jobs)]
        null = [one.score for one in of_this[runs:]]
        found.append(record(edges, found=of_this[:runs], null=null, settings=settings))
    return pd.DataFrame(
        {
            "resolution": [float(partition.resolution) for partition in found],
            "communities": [int(np.sum(partition.sizes > 1)) for partition in found],
            "quality": [partition.quality for partition in found],
            "null_quality": [partition.null_quality for partition in found],
            "excess": [partition.excess for partition in found],
            "agreement": [
                float(np.mean(partition.agreement)) if len(partition.agreement) else np.nan
                for partition in found
            ],
        }
    )


def clearest(profiled: pd.DataFrame) -> float:
    """Return the resolution whose communities exceed chance most; 1 where none can.

    Of the resolutions profiled it is the one with the largest difference from rewired
    graphs. That is one rule among several: it needs no number of communities, and on
    nested communities it takes the level that is marked most strongly.

    References
    ----------
    As `profile`; the rule itself is of this project

    Examples
    --------
    >>> clearest(pd.DataFrame({"resolution": [0.5, 1.0], "excess": [0.1, 0.2]}))
    1.0
    """
    require_columns("profiles", profiled, ["resolution", "excess"])
    known = profiled.dropna(subset=["excess"])
    if known.empty:
        return 1.0
    return float(known.resolution.iloc[int(np.argmax(known.excess.to_numpy()))])
