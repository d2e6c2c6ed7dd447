"""Which city's own tweets called forth those of which other city."""

from dataclasses import replace

import pandas as pd

from spread import hawkes
from spread._random import stream
from spread.hawkes import Between
from spread.study import _words as words
from spread.study._places import SMALLEST_CELL
from spread.study._scope import Scope
from spread.study._telling import Telling
from spread.tables import rows

TOPIC = "which city's tweets called forth those of which other"
_TOLD = 5


def found(scope: Scope, located: pd.DataFrame, seed: int) -> Between | None:
    """Return what of each city's own tweets with the root traces back to each other city."""
    if scope.root is None:
        return None
    made = hawkes.between(scope.tweets, scope.root, homes(located), rng=stream(seed, 14))
    return replace(made, fit=None)


def homes(located: pd.DataFrame) -> pd.DataFrame:
    """Return the city of each located account, with its probability; namesakes with their region.

    Two cities of one name in one region are told apart by their ids.
    """
    known = located[located.reason.isna() & located.city.notna()]
    cities = known[["place_id", "city", "region", "country"]].drop_duplicates("place_id")
    shown = cities.city.astype(str)
    for more in ("region", "country", "place_id"):
        twice = shown.duplicated(keep=False) & cities[more].notna()
        shown = shown.where(~twice, shown + ", " + cities[more].astype(str))
    named = dict(zip(cities.place_id, shown, strict=True))
    return pd.DataFrame(
        {
            "user_id": known.user_id,
            "group": known.place_id.map(named),
            "probability": known.probability.astype(float),
        }
    )


def table(between: Between | None, *, names: bool) -> pd.DataFrame:
    """Return the matrix, in public without cities that too few accounts share to be shown."""
    if between is None:
        return pd.DataFrame(columns=hawkes.BETWEEN_COLUMNS)
    if names:
        return between.matrix
    few = set(between.groups.group[between.groups.authors < SMALLEST_CELL])
    hidden = between.matrix.source.isin(few) | between.matrix.target.isin(few)
    return between.matrix[~hidden].reset_index(drop=True)


def tell(between: Between | None, *, names: bool) -> Telling:
    """Say which share of a city's own tweets traces back to which other city."""
    if between is None:
        return Telling([], [])
    unlocated = (
        f"{between.unlocated:,} of {words.counted(between.authors, 'author')} of tweets that are "
        "no retweets, those inside others included, could not be located"
    )
    shown = table(between, names=names)
    told = shown.merge(between.told[["source", "target"]], on=["source", "target"])
    if told.empty:
        why = between.cannot_tell or "the cities have too few accounts to be shown"
        return Telling([], [(TOPIC, f"{_of_cities(why)}; {unlocated}")])
    told = told.sort_values(["share", "target", "source"], ascending=[False, True, True])
    parts = [
        f"of {row.target}'s own tweets "
        f"{words.percent_interval(row.share, row.share_low, row.share_high)} to {row.source}"
        for row in rows(told.head(_TOLD))
    ]
    return Telling(
        [
            f"Under a fitted process, {words.listed(parts)} trace back; {unlocated} and count as "
            "elsewhere, and what moves two cities alike may look like the one feeding the other. "
            "Shares that are told from few tweets tend to be too high."
        ],
        [],
    )


def _of_cities(why: str) -> str:
    return why.replace("groups", "cities").replace("group", "city")
