"""Distance on the globe and along flows."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from spread._arguments import require_columns
from spread._errors import UsageError

__all__ = ["EARTH_RADIUS_KM", "distance_km", "effective_distance"]

EARTH_RADIUS_KM = 6371.0088


def distance_km(
    points: tuple[ArrayLike, ArrayLike], others: tuple[ArrayLike, ArrayLike]
) -> NDArray[np.float64]:
    """Return great-circle distances (haversine, mean radius 6371.0088 km).

    Parameters
    ----------
    points, others
        (longitudes, latitudes) in degrees; they broadcast.

    References
    ----------
    Moritz 2000 (the radius), https://doi.org/10.1007/s001900050278; a sphere, not the ellipsoid:
    off by 0.6 % at most

    Examples
    --------
    >>> new_york, los_angeles = (-74.0060, 40.7128), (-118.2437, 34.0522)
    >>> round(float(distance_km(new_york, los_angeles)), 6)
    3935.751691
    """
    (east, north), (east_2, north_2) = (
        (np.radians(np.asarray(a, dtype=np.float64)), np.radians(np.asarray(b, dtype=np.float64)))
        for a, b in (points, others)
    )
    half = np.sin((north - north_2) / 2) ** 2 + (
        np.cos(north) * np.cos(north_2) * np.sin((east - east_2) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def effective_distance(flows: pd.DataFrame) -> pd.DataFrame:
    """Return the effective distance between places along the likeliest paths of a flow.

    With P(m|n) the share of what leaves n that goes to m, a step from n to m has length
    1 − ln P(m|n) ≥ 1, and the distance is that of the shortest path. It is directed.
    Flows are never those of the event itself: retweets or mentions before it will do. A
    flow to oneself is left out.

    Parameters
    ----------
    flows
        `source`, `target`, `weight` (≥ 0): what went from one place to another.

    Returns
    -------
    DataFrame
        `source`, `target`, `distance`, `direct` (1 − ln P, infinite without a direct
        flow), for every pair that a path joins.

    Raises
    ------
    UsageError
        A weight is negative or missing.

    References
    ----------
    Brockmann, Helbing (2013), The hidden geometry of complex, network-driven contagion
    phenomena, Science 342, https://doi.org/10.1126/science.1245200

    Examples
    --------
    >>> flows = pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"], "weight": [10, 90]})
    >>> effective_distance(flows).distance.round(4).tolist()
    [3.3026, 1.1054]
    """
    require_columns("flows", flows, ["source", "target", "weight"])
    if not (flows["weight"] >= 0).all():
        raise UsageError("a flow is negative or missing", allowed="weights >= 0")
    moving = flows[(flows["weight"] > 0) & (flows["source"] != flows["target"])]
    names = sorted(set(moving["source"]) | set(moving["target"]))
    code = {name: number for number, name in enumerate(names)}
    weight = np.zeros((len(names), len(names)))
    ends = ([code[name] for name in moving[end]] for end in ("source", "target"))
    np.add.at(weight, tuple(ends), moving["weight"].to_numpy(dtype=np.float64))
    out = weight.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        direct = np.where(weight > 0, 1 - np.log(weight / out), np.inf)
    steps = csr_array(np.where(np.isfinite(direct), direct, 0.0))
    distance = dijkstra(steps, directed=True)
    source, target = np.nonzero(np.isfinite(distance) & ~np.eye(len(names), dtype=bool))
    return pd.DataFrame(
        {
            "source": [names[row] for row in source],
            "target": [names[row] for row in target],
            "distance": distance[source, target],
            "direct": direct[source, target],
        }
    )
