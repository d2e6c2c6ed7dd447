"""Users with their places: geotags first, then profiles."""

import numpy as np
import pandas as pd

from spread.places._locate import COLUMNS, locate, nearest_cities
from spread.places._located import of_accounts
from spread.places._told import by_description, country_of_zone
from spread.tables import TWEETS, USERS, Table, expression, frame

__all__ = ["coverage", "of_users"]

SAID = (*COLUMNS, "source")
_GEOTAG_PRIOR, _GEOTAG_PRIOR_WEIGHT = 0.9, 10.0


def of_users(users: Table, tweets: Table | None = None) -> pd.DataFrame:
    """Locate accounts: by the geotags of their tweets, else by what their profile says.

    A geotagged account lives in the city that most of its geotags lie in (`nearest_cities`).
    The probability is (n_city + 9) / (n + 10), one geotag alone being home in nine of ten
    cases and each further one counting as it says, times the mean probability that those
    points lie in that city. Where there is no geotag, `locate` reads the profile's location
    with its time zone and language. Where the location names no city, a description that
    says so in plain words and agrees with its region or country does ("based in Lagos";
    "Oakland native" only where the time zone agrees), less surely by 0.9 and 0.8; and
    failing that, the time zone gives a country (0.75), never a city.

    Parameters
    ----------
    users
        `user_id` and, where known, `location`, `time_zone`, `lang`, `description`.
    tweets
        `author_id`, `longitude`, `latitude`; without it profiles alone decide.

    Returns
    -------
    DataFrame
        One row a user, sorted by `user_id`, with the columns of `locate` and `source`:
        geotag, profile, description, time zone (a country alone, `reason` country only), or
        null where no city was found.

    References
    ----------
    GeoNames, https://www.geonames.org (CC BY 4.0); the rule is this project's own

    Examples
    --------
    >>> users = pd.DataFrame({"user_id": ["1", "2"], "location": ["CDMX", "earth"]})
    >>> of_users(users)[["user_id", "city", "source"]].fillna("").values.tolist()
    [['1', 'Mexico City', 'profile'], ['2', '', '']]
    """
    wanted = ["location", "time_zone", "lang", "description"]
    people = frame(users, USERS, ["user_id"], optional=wanted)
    people = people.drop_duplicates("user_id").sort_values("user_id", ignore_index=True)
    located = locate(people["location"], time_zones=people["time_zone"], langs=people["lang"])
    located.insert(0, "user_id", people["user_id"])
    located["source"] = pd.Series(
        ["profile" if known else None for known in located["place_id"].notna()], dtype="str"
    )
    located = _with_told(located, people)
    tagged = _by_geotag(tweets) if tweets is not None else None
    if tagged is None or tagged.empty:
        return located
    tagged = tagged[tagged["user_id"].isin(located["user_id"])]
    kept = located[~located["user_id"].isin(tagged["user_id"])]
    both = pd.concat([part for part in (kept, tagged) if len(part)])
    return both.sort_values("user_id", ignore_index=True)


def _with_told(located: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return located users with what descriptions and time zones say of the others."""
    silent = np.flatnonzero(located["reason"].notna() & (located["reason"] != "several places"))
    asked, before = people.iloc[silent], located.iloc[silent].reset_index(drop=True)
    told = by_description(asked["description"], asked["time_zone"], asked["lang"])
    known = told["place_id"].notna().to_numpy()
    for name in ("country", "region"):
        known = known & (before[name].isna() | (before[name] == told[name])).to_numpy()
    places = {name: located[name].to_numpy(dtype=object, copy=True) for name in SAID}
    for name in COLUMNS:
        places[name][silent[known]] = told.loc[known, name].to_numpy(dtype=object)
    places["source"][silent[known]] = "description"
    zones = people["time_zone"].tolist()
    for row in silent[~known & before["country"].isna().to_numpy()]:
        country, probability = country_of_zone(zones[row])
        if country is not None:
            said = {"country": country, "probability": probability, "reason": "country only"}
            for name, value in {**said, "source": "time zone"}.items():
                places[name][row] = value
    changed = {name: pd.Series(places[name]).astype(located[name].dtype) for name in SAID}
    return located.assign(**changed)


def _by_geotag(tweets: Table) -> pd.DataFrame:
    table = expression(tweets, TWEETS, ["author_id"], optional=["longitude", "latitude"])
    points = (
        table.filter(table.longitude.notnull(), table.latitude.notnull()).to_pyarrow().to_pandas()
    )
    cities = nearest_cities(points["longitude"], points["latitude"])
    cities.insert(0, "user_id", points["author_id"].to_numpy())
    cities = cities[cities["reason"].isna()]
    if cities.empty:
        return cities
    counted = (
        cities.groupby(["user_id", "place_id"])["probability"]
        .agg(here="size", inside="mean")
        .reset_index()
    )
    counted["all"] = counted.groupby("user_id")["here"].transform("sum")
    counted = counted.sort_values(
        ["user_id", "here", "place_id"], ascending=[True, False, True]
    ).drop_duplicates("user_id")
    found = counted.merge(cities.drop_duplicates("place_id").drop(columns="user_id"), on="place_id")
    prior = _GEOTAG_PRIOR * _GEOTAG_PRIOR_WEIGHT
    home = (found["here"] + prior) / (found["all"] + _GEOTAG_PRIOR_WEIGHT)
    found["probability"] = home * found["inside"]
    found["source"] = pd.Series(["geotag"] * len(found), dtype="str", index=found.index)
    return found[["user_id", *COLUMNS, "source"]]


def coverage(tweets: Table, located: pd.DataFrame) -> pd.DataFrame:
    """Return which share of users is located: for all, and for each hashtag.

    Parameters
    ----------
    tweets
        `author_id`, `hashtags`, `origin` (collected rows count; all where it is absent).
    located
        `user_id`, `place_id`, as `of_users` returns them.

    Returns
    -------
    DataFrame
        `hashtag` (null in the first row: all users), `users`, `located`, `share`.

    Examples
    --------
    >>> tweets = pd.DataFrame({"author_id": ["1", "2"], "hashtags": [["a"], ["a", "b"]]})
    >>> located = pd.DataFrame({"user_id": ["1"], "place_id": ["264371"]})
    >>> coverage(tweets, located).share.tolist()
    [0.5, 0.5, 0.0]
    """
    table = expression(tweets, TWEETS, ["author_id", "hashtags"], optional=["origin"])
    table = table.filter((table.origin == "collected") | table.origin.isnull())
    uses = table.select(author_id="author_id", hashtag=table.hashtags.unnest()).distinct()
    by_tag = uses.to_pyarrow().to_pandas()
    everyone = table.select("author_id").distinct().to_pyarrow().to_pandas().assign(hashtag=None)
    homes = of_accounts(located)
    city = set(homes.loc[homes["place_id"].notna(), "user_id"])
    rows = pd.concat([everyone, by_tag])
    rows["located"] = rows["author_id"].isin(city)
    counted = rows.groupby("hashtag", dropna=False)["located"].agg(["size", "sum"]).reset_index()
    counted = counted.sort_values("hashtag", na_position="first", ignore_index=True)
    counted.columns = ["hashtag", "users", "located"]
    return counted.assign(share=counted["located"] / counted["users"])
