"""Who passed on from which place to which, and whether arrival follows distance."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from spread._arguments import require_count, require_instance, require_one_of
from spread._random import resolve_seed, stream
from spread.places._levels import LEVELS, at_level, named_place
from spread.places._located import needs
from spread.tables import TWEETS, Table, expression, require_once

__all__ = ["distance_test", "flows"]

_NAMED = ("name", "longitude", "latitude")
_EVIDENCE = 3
_LEAST_PLACES = 5


def flows(
    tweets: Table,
    located: pd.DataFrame,
    *,
    level: str = "city",
    until: pd.Timestamp | None = None,
    least: int = 5,
    replicates: int = 200,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return how much was passed on from place to place: retweets between located accounts.

    A retweet goes from the place of the original's author to the place of who retweets. It
    counts the product of the two accounts' probabilities of living there. Where accounts
    live is not what a tag names. The interval is over accounts that retweet (Bayesian
    bootstrap): one that retweets much is one account.

    Parameters
    ----------
    tweets
        author_id, at, kind, retweet_author_id, tweet_id; `origin` where known (collected
        rows count). Choose those that carry a tag for the flows of that tag.
    located
        user_id and the columns of `locate`, as `of_users` returns them.
    level
        "city" or "country".
    until
        Only what was retweeted before. Distances that explain an event must come from
        flows before it (`effective_distance`).
    least
        Pairs with fewer accounts that retweet are left out: few people can be recognised.
    replicates
        How many times the accounts are weighed anew.
    rng
        Seed or generator.

    Returns
    -------
    DataFrame
        source, source_name, source_longitude, source_latitude, the same of target, users
        (that retweet), retweets, weight (expected retweets), weight_low, weight_high (95 %),
        evidence (tweet ids); by falling weight. `.attrs["seed"]`, and in `.attrs["hidden"]`
        the pairs left out. A country's coordinates are the middle of its
        accounts' cities.

    Raises
    ------
    UsageError
        `level`, `least` or `replicates` is not what is allowed.
    MissingColumnError
        A column is missing.

    References
    ----------
    Bayesian bootstrap: Rubin 1981, https://doi.org/10.1214/aos/1176345338

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": ["2", "3"], "author_id": ["b", "c"], "kind": "retweet",
    ...     "retweet_author_id": "a", "at": pd.to_datetime(["2014-04-22T18:00Z"] * 2)})
    >>> located = pd.DataFrame({"user_id": ["a", "b", "c"], "place_id": ["1", "2", "2"],
    ...     "city": ["A", "B", "B"], "country": "GR", "longitude": 0.0, "latitude": 0.0,
    ...     "probability": [1.0, 0.5, 1.0]})
    >>> flows(tweets, located, least=1, rng=1)[["source_name", "target_name", "weight"]]
      source_name target_name  weight
    0           A           B     1.5
    """
    _check(level, least, replicates)
    if until is not None:
        require_instance("until", until, pd.Timestamp, "a pandas Timestamp with its zone")
    seed = resolve_seed(rng)
    require_once(tweets)
    passed = _passed(tweets, until)
    homes = _homes(located, level)
    joined = passed.merge(homes.add_prefix("source_"), on="source_user")
    joined = joined.merge(homes.add_prefix("target_"), on="target_user")
    joined = joined.rename(columns={"source_place": "source", "target_place": "target"})
    joined = joined.sort_values(["at", "tweet_id"], ignore_index=True)
    joined["weight"] = joined.pop("source_probability") * joined.pop("target_probability")
    keys = ["source", "target"]
    pair = np.asarray(joined.groupby(keys, sort=True).ngroup(), dtype=np.int64)
    table = joined.groupby(keys, sort=True).agg(
        **{f"{end}_{name}": (f"{end}_{name}", "first") for end in keys for name in _NAMED},
        users=("target_user", "nunique"),
        retweets=("tweet_id", "size"),
        weight=("weight", "sum"),
        evidence=("tweet_id", lambda ids: ids.head(_EVIDENCE).tolist()),
    )
    low, high = _interval(joined, pair, len(table), replicates, seed)
    table = table.reset_index().assign(weight_low=low, weight_high=high)
    shown = table[table.users >= least]
    ordered = shown.sort_values(["weight", *keys], ascending=[False, True, True])
    ends = [f"{end}{name}" for end in keys for name in ("", *(f"_{name}" for name in _NAMED))]
    columns = [*ends, "users", "retweets", "weight", "weight_low", "weight_high", "evidence"]
    found = ordered[columns].reset_index(drop=True)
    found.attrs |= {"seed": seed, "hidden": len(table) - len(shown)}
    return found


def distance_test(
    arrivals: pd.DataFrame,
    distances: pd.DataFrame,
    *,
    permutations: int = 999,
    rng: np.random.Generator | int | None = None,
) -> dict[str, object]:
    """Say whether places farther from the origin were reached later.

    Spearman's rank correlation of arrival and distance, against distances dealt out anew
    among the places (a Mantel test with one origin). Test effective and geographic distance
    alike, and `adopters`: populous places are early by their number alone.

    Parameters
    ----------
    arrivals
        place_id, at: one row a place (one tag and one k of `arrivals`).
    distances
        place_id, distance from the origin: kilometres, or effective distance. Places
        without one are left out, the origin (distance 0) too.
    permutations
        How often distances are dealt out.
    rng
        Seed or generator.

    Returns
    -------
    dict
        places, correlation, p (one-sided, (1 + b)/(B + 1)), cannot_tell (a reason below
        5 places, else None), seed.

    Raises
    ------
    MissingColumnError
        A column is missing.

    References
    ----------
    Mantel 1967, Cancer Research 27, 209-220; Brockmann & Helbing 2013,
    https://doi.org/10.1126/science.1245200

    Examples
    --------
    >>> at = pd.date_range("2014-04-22", periods=6, freq="h", tz="UTC")
    >>> places = pd.DataFrame({"place_id": list("abcdef"), "at": at})
    >>> far = pd.DataFrame({"place_id": list("abcdef"), "distance": range(1, 7)})
    >>> found = distance_test(places, far, rng=1)
    >>> round(found["correlation"], 3), found["p"] < 0.01
    (1.0, True)
    """
    require_count("permutations", permutations)
    needs(arrivals, ("place_id", "at"), "the arrivals", maker="arrivals")
    needs(distances, ("place_id", "distance"), "the distances", maker="effective_distance")
    seed = resolve_seed(rng)
    both = arrivals[["place_id", "at"]].dropna().merge(distances, on="place_id")
    both = both[(both.distance > 0) & np.isfinite(both.distance)]
    result: dict[str, object] = {"places": len(both), "correlation": np.nan, "p": np.nan}
    if len(both) < _LEAST_PLACES:
        few = f"{len(both)} places have an arrival and a distance; {_LEAST_PLACES} are needed"
        return result | {"cannot_tell": few, "seed": seed}
    later = stats.rankdata(both["at"].astype("int64"))
    far = stats.rankdata(both.distance)
    observed = _correlation(later, far)
    draws = stream(seed, 0)
    dealt = [_correlation(later, draws.permutation(far)) for _ in range(permutations)]
    p = (1 + np.sum(np.array(dealt) >= observed - 1e-12)) / (permutations + 1)
    return result | {"correlation": observed, "p": float(p), "cannot_tell": None, "seed": seed}


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    a, b = one - one.mean(), other - other.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / size if size else 0.0


def _check(level: str, least: int, replicates: int) -> None:
    require_one_of("level", level, LEVELS)
    require_count("least", least)
    require_count("replicates", replicates)


def _passed(tweets: Table, until: pd.Timestamp | None) -> pd.DataFrame:
    """Return tweet_id, at, source_user, target_user: retweets of others, collected."""
    needed = ["tweet_id", "author_id", "at", "kind", "retweet_author_id"]
    rows = expression(tweets, TWEETS, needed, optional=["origin"])
    rows = rows.filter(
        (rows.kind == "retweet")
        & (rows.origin.fill_null("collected") == "collected")
        & rows.author_id.notnull()
        & rows.retweet_author_id.notnull()
        & (rows.author_id != rows.retweet_author_id)
    )
    if until is not None:
        rows = rows.filter(rows["at"] < pd.Timestamp(until))
    chosen = rows.select("tweet_id", "at", source_user="retweet_author_id", target_user="author_id")
    return chosen.to_pyarrow().to_pandas()


def _homes(located: pd.DataFrame, level: str) -> pd.DataFrame:
    """Return user, place (its id), name, longitude, latitude and probability."""
    people = at_level(located, level)
    people = people[people.place_id.notna()]
    homes = people.assign(place=people.place_id, name=named_place(people))
    kept = homes[["user_id", "place", "name", "longitude", "latitude", "probability"]]
    return kept.rename(columns={"user_id": "user"})


def _interval(
    joined: pd.DataFrame, pair: NDArray[np.int64], pairs: int, replicates: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the 95 % limits of each pair's weight over accounts that retweet."""
    if not pairs:
        return np.empty(0), np.empty(0)
    user, people = pd.factorize(joined.target_user)
    by_user = sparse.csr_array((joined.weight, (user, pair)), shape=(len(people), pairs))
    weights = stream(seed, 0).standard_exponential((replicates, len(people)))
    drawn = weights @ by_user
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return low, high
