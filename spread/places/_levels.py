"""Countries as places: the same tables, one level up."""

import numpy as np
import pandas as pd

from spread._arguments import require_one_of
from spread.places._gazetteer import COUNTRY, gazetteer, unit_vectors
from spread.places._locate import CERTAIN
from spread.places._located import of_accounts

__all__ = ["LEVELS", "at_level", "named_place"]

LEVELS = ("city", "country")
_NEEDED = ("probability", "place_id", "city", "country", "longitude", "latitude")


def at_level(located: pd.DataFrame, level: str) -> pd.DataFrame:
    """Return located users as they are, or with their country as their place.

    A country is known where a city is, and for some whose city is not. Its coordinates are
    the middle (of unit vectors) of the cities of its located users.

    Raises
    ------
    UsageError
        The level is neither "city" nor "country".
    """
    require_one_of("level", level, LEVELS)
    located = of_accounts(located, _NEEDED)
    if level == "city":
        return located
    probability = _of_country(located)
    middle = _middles(located).reindex(located["country"].fillna("")).to_numpy()
    nothing = pd.Series(None, index=located.index, dtype="str")
    return located.assign(
        place_id=located["country"],
        city=nothing,
        region=nothing,
        longitude=middle[:, 0],
        latitude=middle[:, 1],
        probability=probability,
        reason=nothing,
    )


def named_place(places: pd.DataFrame) -> pd.Series:
    """Return what a row is called: its city, or its country's name."""
    book = gazetteer()
    countries = {
        place_id: name
        for place_id, name, kind in zip(book.place_id, book.name, book.kind, strict=True)
        if kind == COUNTRY
    }
    country = places["country"].map(countries).fillna(places["country"])
    return places["city"].astype("str").fillna(country.astype("str"))


def _of_country(located: pd.DataFrame) -> pd.Series:
    """Return P(lives in the country named); a country beside a refusal is certain."""
    reason = located["reason"] if "reason" in located else pd.Series(None, index=located.index)
    beside = reason.isin(["ambiguous", "several places"]) | located["probability"].isna()
    return located["probability"].mask(beside, CERTAIN)


def _middles(located: pd.DataFrame) -> pd.DataFrame:
    known = located[located["longitude"].notna() & located["latitude"].notna()]
    points = unit_vectors(
        known["longitude"].to_numpy(dtype=np.float64), known["latitude"].to_numpy(dtype=np.float64)
    )
    x, y, z = pd.DataFrame(points).groupby(known["country"].to_numpy()).mean().to_numpy().T
    names = np.sort(known["country"].dropna().unique())
    return pd.DataFrame(
        {
            "longitude": np.degrees(np.arctan2(y, x)),
            "latitude": np.degrees(np.arctan2(z, np.hypot(x, y))),
        },
        index=names,
    )
