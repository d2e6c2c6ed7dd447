"""Arrivals of one hashtag, a row a city."""

import pandas as pd

from spread._errors import UsageError
from spread.figures._style import frame

__all__ = ["counted_too", "of_one_tag", "places"]


def of_one_tag(arrivals: pd.DataFrame, tag: str | None) -> tuple[pd.DataFrame, str | None]:
    """Return the arrivals of one hashtag with known times, its first row for each city.

    Without a tag it is the one that reached most cities; a table without hashtags is of
    one already. Of several `k` (the k-th account of a city) the smallest is taken.

    Raises
    ------
    UsageError
        The tag is not in the table.
    """
    timed = frame(arrivals, "at")
    timed = timed[timed["at"].notna()]
    if "hashtag" in timed:
        reached = timed.groupby("hashtag", sort=True)["place_id"].nunique()
        if tag is not None and len(reached) and tag not in reached.index:
            raise UsageError(
                "no arrival of this hashtag", got=repr(tag), allowed=", ".join(reached.index[:9])
            )
        if len(reached):
            tag = tag if tag is not None else str(reached.idxmax())
            timed = timed[timed["hashtag"] == tag]
    if "k" in timed:
        timed = timed.sort_values(["k", "at"], kind="stable")
    return timed.drop_duplicates("place_id").reset_index(drop=True), tag


def places(cities: pd.DataFrame) -> list[int]:
    """Return the place of each city in the order: among all, where that is known, or as drawn."""
    if "rank" in cities and cities["rank"].notna().all():
        return cities["rank"].astype(int).tolist()
    return list(range(1, len(cities) + 1))


def counted_too(cities: pd.DataFrame) -> str:
    """Return a sentence on cities that are counted and not drawn, if there is any before these."""
    is_whole = max(places(cities), default=0) <= len(cities)
    return "" if is_whole else " The numbers count cities, too, that are not drawn."
