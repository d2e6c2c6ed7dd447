"""Which places are shown and told: enough accounts, the root's arrivals first."""

import pandas as pd

from spread.hashtags import Family

BEGAN = "where it began"
"""The topic under which an order of arrival is refused."""

SMALLEST_CELL = 5
"""A place with fewer accounts is not shown in public: its people could be guessed."""

_TOLD_K = (3, 1)

_CITY = "a city"
_WHY = {
    "empty": "nothing",
    "no place": "no place that is known",
    "ambiguous": "a name that several places have, or a region or country",
    "several places": "several places",
}


def shown(arrivals: pd.DataFrame, located: pd.DataFrame, *, names: bool) -> pd.DataFrame:
    """Return arrivals in places that enough accounts share to be shown in public.

    Both who is located there and who used the tag there are enough; nobody is enough, too.
    """
    if names:
        return arrivals
    accounts = arrivals.place_id.map(located.place_id.value_counts()).fillna(0)
    few = arrivals.adopters.between(1, SMALLEST_CELL - 1)
    return arrivals[(accounts >= SMALLEST_CELL) & ~few].reset_index(drop=True)


def told(arrivals: pd.DataFrame, root: str | None) -> pd.DataFrame:
    """Return the root's arrivals by time, by the third adopter or else by the first.

    The third says more than the first, which may be one account that is located wrongly.
    """
    of_root = arrivals[(arrivals.hashtag == root) & arrivals["at"].notna()]
    third, first = (of_root[of_root.k == k] for k in _TOLD_K)
    chosen = third if len(third) > 1 or len(third) >= len(first) else first
    return chosen.sort_values(["at", "place_id"], ignore_index=True)


def collected_by_tag(family: Family | None) -> bool:
    """Return whether an archive shows no use of the root but in the time of its collection."""
    return family is not None and family.collection["selected_by"] is not None


def ordered(arrivals: pd.DataFrame, family: Family | None) -> pd.DataFrame:
    """Return arrivals as far as their order is told: none in an archive collected by the tag."""
    return arrivals.iloc[: 0 if collected_by_tag(family) else None]


def cities(located: pd.DataFrame, *, names: bool) -> pd.DataFrame:
    """Return the cities of located accounts with how many there are in each."""
    keys = ["place_id", "city", "region", "country", "longitude", "latitude"]
    known = located[located.reason.isna() & located.city.notna()]
    counted = known.groupby(keys, dropna=False).size().reset_index(name="users")
    kept = counted if names else counted[counted["users"] >= SMALLEST_CELL]
    return kept.sort_values(["users", "place_id"], ascending=[False, True], ignore_index=True)


def locations(located: pd.DataFrame) -> pd.DataFrame:
    """Return how many accounts say where they are, and why the others could not be placed."""
    told = located.reason.map(_WHY).where(located.reason.notna(), _CITY)
    counts = told.fillna("another reason").value_counts().rename_axis("location")
    table = counts.reset_index(name="accounts")
    return table.sort_values(["accounts", "location"], ascending=[False, True], ignore_index=True)
