"""Who adopted a tag where: first uses, in order, joined with places."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_texts
from spread._errors import UsageError
from spread.places._locate import CERTAIN
from spread.places._located import PLACE, of_accounts
from spread.tables import TWEETS, Table, expression, instants, microseconds
from spread.text import hashtag_key

__all__ = ["Adopters", "adopters_of", "adoption", "cities_of"]


@dataclass(frozen=True, slots=True)
class Adopters:
    """One tag's adopters in order of first use; -1 where no city is known.

    `probability` is that of the city, `area_probability` that of a region or country known
    without a city.
    """

    hashtag: str
    tweet_id: NDArray[Any]
    author_id: NDArray[Any]
    at_us: NDArray[np.int64]
    city: NDArray[np.int64]
    probability: NDArray[np.float64]
    area_probability: NDArray[np.float64]
    region: NDArray[Any]
    country: NDArray[Any]


def adoption(tweets: Table, located: pd.DataFrame, tags: Sequence[str]) -> pd.DataFrame:
    """Return how many located users in each city adopted each tag: what `focus` takes.

    Returns
    -------
    DataFrame
        `hashtag`, `place_id`, `city`, `region`, `country`, `longitude`, `latitude`,
        `users`, `first_at`; sorted by hashtag, users (descending), place_id.

    References
    ----------
    Kamath, Caverlee, Lee, Cheng 2013, https://doi.org/10.1145/2488388.2488447

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["1"], "author_id": ["a"], "hashtags": [["t"]],
    ...     "at": pd.to_datetime(["2014-04-22T18:00:00Z"])})
    >>> located = pd.DataFrame({"user_id": ["a"], "place_id": ["1"], "city": ["A"],
    ...     "region": None, "country": "GR", "longitude": 0.0, "latitude": 0.0,
    ...     "probability": 1.0})
    >>> adoption(tweets, located, ["t"])[["city", "users"]].values.tolist()
    [['A', 1]]
    """
    places = cities_of(located)
    parts = []
    for adopters in adopters_of(tweets, located, places, tags):
        here = np.flatnonzero(adopters.city >= 0)
        cities, first, users = np.unique(adopters.city[here], return_index=True, return_counts=True)
        part = places.iloc[cities][list(PLACE)].reset_index(drop=True)
        part.insert(0, "hashtag", adopters.hashtag)
        part["users"], part["first_at"] = users, instants(adopters.at_us[here[first]])
        parts.append(part)
    together = (
        pd.concat([part for part in parts if len(part)])
        if any(map(len, parts))
        else (pd.DataFrame(columns=["hashtag", *PLACE, "users", "first_at"]))
    )
    return together.sort_values(
        ["hashtag", "users", "place_id"], ascending=[True, False, True], ignore_index=True
    )


def cities_of(located: pd.DataFrame) -> pd.DataFrame:
    """Return the cities of located users, sorted by place_id: a city's row is its code."""
    located = of_accounts(located, ("probability", *PLACE))
    cities = located.loc[located["place_id"].notna(), list(PLACE)]
    return cities.drop_duplicates("place_id").sort_values("place_id", ignore_index=True)


def _of_area(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Return the probability of a region or country; `locate` names it beside a refusal only
    where it is certain, else says how likely it is."""
    stated = rows["probability"].to_numpy(dtype=np.float64)
    reason = rows["reason"] if "reason" in rows else pd.Series(None, index=rows.index, dtype="str")
    beside = reason.isin(["ambiguous", "several places"]).to_numpy() | ~np.isfinite(stated)
    return np.where(beside, CERTAIN, stated)


def adopters_of(
    tweets: Table, located: pd.DataFrame, places: pd.DataFrame, tags: Sequence[str]
) -> list[Adopters]:
    """Return each tag's adopters with their places, tags sorted; every tag must occur."""
    keys = sorted({hashtag_key(tag) for tag in require_texts("tags", tags)})
    wanted = ["tweet_id", "author_id", "at", "hashtags"]
    table = expression(tweets, TWEETS, wanted, optional=["origin"])
    table = table.filter((table.origin == "collected") | table.origin.isnull())
    uses = table.select("tweet_id", "author_id", "at", hashtag=table.hashtags.unnest())
    uses = uses.filter(uses.hashtag.isin(keys))
    earliest = ibis.row_number().over(
        group_by=[uses.hashtag, uses.author_id], order_by=[uses.at, uses.tweet_id]
    )
    firsts = uses.mutate(turn=earliest)
    firsts = (
        firsts.filter(firsts.turn == 0)
        .order_by("hashtag", "at", "tweet_id")
        .to_pyarrow()
        .to_pandas()
    )
    if absent := [key for key in keys if key not in set(firsts.hashtag)]:
        raise UsageError(
            "hashtags never occur in the collected tweets",
            got=", ".join(f"#{key}" for key in absent),
            hint="`hashtags.usage` lists those that do",
        )
    homes = of_accounts(located)
    joined = firsts.merge(homes, left_on="author_id", right_on="user_id", how="left")
    code = pd.Series(np.arange(len(places)), index=places["place_id"])
    return [
        Adopters(
            str(hashtag),
            rows["tweet_id"].to_numpy(),
            rows["author_id"].to_numpy(),
            microseconds(rows["at"]),
            rows["place_id"].map(code).fillna(-1).to_numpy(dtype=np.int64),
            rows["probability"].where(rows["place_id"].notna(), 0.0).to_numpy(dtype=np.float64),
            _of_area(rows),
            rows["region"].fillna("").to_numpy(),
            rows["country"].fillna("").to_numpy(),
        )
        for hashtag, rows in joined.groupby("hashtag", sort=True)
    ]
