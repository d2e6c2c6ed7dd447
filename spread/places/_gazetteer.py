"""The gazetteer: cities of 15,000 and up, regions and countries, found by any name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from spread import samples

__all__ = ["CITY", "COUNTRY", "REGION", "Gazetteer", "gazetteer", "unit_vectors"]

CITY, REGION, COUNTRY = 0, 1, 2
SMALLEST, EXTENT = 15_000.0, 0.2
"""How far a city reaches: its population (at least the first) to this power."""
_KINDS = {"city": CITY, "district": CITY, "region": REGION, "country": COUNTRY}


@dataclass(frozen=True, repr=False, eq=False)
class Gazetteer:
    """Places in parallel lists, indexed by row; `names` leads from a key to rows.

    A key of `names` leads to pairs (row, main): `main` is False for a name that GeoNames
    lists only among the alternate ones. `codes` leads from "ny", "gr", "grc" to rows of
    regions and countries. `home` is the row of the city that a district counts as.
    `tree` holds the centres of cities and districts, `tree_home` the rows they count as and
    `extent` how far each reaches, relative to the others.
    `tiers` holds names that are also English words: 10 the commonest, 60 the rarest.
    """

    kind: list[int]
    place_id: list[str]
    name: list[str]
    region: list[str | None]
    country: list[str]
    longitude: list[float]
    latitude: list[float]
    population: list[float]
    time_zone: list[str | None]
    home: list[int]
    names: Mapping[str, tuple[tuple[int, bool], ...]]
    codes: Mapping[str, tuple[int, ...]]
    tiers: Mapping[str, int]
    languages: Mapping[str, tuple[str, ...]]
    region_names: Mapping[str, str]
    tree: cKDTree
    tree_home: NDArray[np.int64]
    extent: NDArray[np.float64]

    def __repr__(self) -> str:
        cities = sum(kind == CITY for kind in self.kind)
        return f"Gazetteer({cities} cities, {len(self.names)} names)"


def unit_vectors(
    longitude: NDArray[np.float64], latitude: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return points on the unit sphere, shape (n, 3), of degrees.

    Examples
    --------
    >>> unit_vectors(np.array([0.0]), np.array([0.0])).tolist()
    [[1.0, 0.0, 0.0]]
    """
    east, north = np.radians(longitude), np.radians(latitude)
    return np.column_stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    )


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """Return the shipped gazetteer, read once a process (half a second)."""
    columns: dict[str, list[Any]] = pq.read_table(samples.path("gazetteer")).to_pydict()
    is_word = [kind == "word" for kind in columns["kind"]]
    tiers = {
        name: tier
        for name, tier, word in zip(columns["name"], columns["tier"], is_word, strict=True)
        if word
    }
    keep = [row for row, word in enumerate(is_word) if not word]
    places = {name: [column[row] for row in keep] for name, column in columns.items()}
    kind = [_KINDS[name] for name in places["kind"]]
    row_of = {place_id: row for row, place_id in enumerate(places["place_id"])}
    cities = np.flatnonzero(np.array(kind) == CITY)
    longitude, latitude = (
        np.array(places[name], dtype=np.float64) for name in ("longitude", "latitude")
    )
    people = _populations(places, kind)
    home = [
        row if within is None else row_of[within] for row, within in enumerate(places["within"])
    ]
    return Gazetteer(
        kind=kind,
        place_id=places["place_id"],
        name=places["name"],
        region=places["region"],
        country=places["country"],
        longitude=longitude.tolist(),
        latitude=latitude.tolist(),
        population=people,
        time_zone=places["time_zone"],
        home=home,
        names=_names(places),
        codes=_codes(places["codes"]),
        tiers=tiers,
        languages={
            country: tuple(spoken.split())
            for country, spoken in zip(places["place_id"], places["languages"], strict=True)
            if spoken
        },
        region_names={
            place_id: name
            for place_id, name, what in zip(places["place_id"], places["name"], kind, strict=True)
            if what == REGION
        },
        tree=cKDTree(unit_vectors(longitude[cities], latitude[cities])),
        tree_home=np.array(home)[cities],
        extent=np.maximum(np.array(people)[cities], SMALLEST) ** EXTENT,
    )


def _names(places: dict[str, list[Any]]) -> dict[str, tuple[tuple[int, bool], ...]]:
    found: dict[str, tuple[tuple[int, bool], ...]] = {}
    for column, main in (("names", True), ("other_names", False)):
        for row, keys in enumerate(places[column]):
            entry = ((row, main),)
            for key in keys:
                found[key] = found[key] + entry if key in found else entry
    return found


def _codes(columns: list[list[str]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for row, codes in enumerate(columns):
        for code in codes:
            found[code] = (*found.get(code, ()), row)
    return found


def _populations(places: dict[str, list[Any]], kind: list[int]) -> list[float]:
    """Return populations; a region's is what its cities in the gazetteer add up to."""
    in_region: dict[str, float] = {}
    rows = zip(places["region"], places["population"], places["within"], kind, strict=True)
    for region, population, within, what in rows:
        if what == CITY and within is None and region is not None:
            in_region[region] = in_region.get(region, 0.0) + population
    return [
        in_region.get(region, 0.0) if what == REGION else float(population)
        for region, population, what in zip(
            places["region"], places["population"], kind, strict=True
        )
    ]
