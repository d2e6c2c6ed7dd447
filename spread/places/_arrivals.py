"""When a tag reached each city, with the places of unlocated users imputed many times."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._errors import MissingColumnError, UsageError
from spread._random import resolve_seed, stream
from spread.tables import TWEETS, Table, expression, instants, microseconds

__all__ = ["adoption", "arrivals", "order"]

_PLACE = ("place_id", "city", "region", "country", "longitude", "latitude")
_GAPS = 4
"""How many of a city's located adopters half a window holds (see `arrivals`)."""
_QUANTILES = (0.025, 0.5, 0.975)


@dataclass(frozen=True, slots=True)
class _Adopters:
    """One tag's adopters in order of first use; -1 and NaN where no city is known."""

    hashtag: str
    tweet_id: NDArray[Any]
    author_id: NDArray[Any]
    at_us: NDArray[np.int64]
    city: NDArray[np.int64]
    probability: NDArray[np.float64]
    region: NDArray[Any]
    country: NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Share:
    """A city's located adopters in a window around each adopter, and all located there."""

    inside: NDArray[np.int64]
    window: NDArray[np.float64]
    overall: float


def arrivals(
    tweets: Table,
    located: pd.DataFrame,
    tags: Sequence[str],
    *,
    k: Sequence[int] = (1, 3, 5),
    draws: int = 200,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return when each tag reached each city: the time of its k-th distinct local adopter.

    An adopter's place is where the account lives, not what the tag names; its adoption
    is its first collected tweet with the tag, retweets included. Places are imputed
    `draws` times. An account that `locate` gives probability p stays in its city with
    the odds p/(1 − p) times the odds of the city's share around its adoption over those
    of its share overall: a lone account far ahead of the others was rather located
    wrongly. Every other account (unlocated, or located elsewhere with 1 − p) may live in
    city c, with the share of c among the located adopters around it. "Around" is counted
    in located adopters, not hours: as far as c's fourth neighbour lies in the median, to
    either side. Then as many unlocated adopters are expected before c's first located one
    as a constant share would have there, however common c is; before that one the share
    is multiplied by a unit exponential (the number missed becomes geometric), after it
    by a Gamma(4)/4. A country or region that is known alone raises or rules out the
    chance. Supposed: whether an account is located does not depend on its city. Cities
    are drawn apart, so that one account may stand in two cities in the same draw.

    Parameters
    ----------
    tweets
        `tweet_id`, `author_id`, `at`, `hashtags`, `origin` (collected rows count).
    located
        `user_id` and the columns of `locate`, as `of_users` returns them.
    tags
        Keys of hashtags.
    k
        Which adopters: the first, the third, the fifth.
    draws
        Imputations; 95 % limits need 100 and more.
    rng
        Seed or generator.

    Returns
    -------
    DataFrame
        One row a tag, a k and a city with at least k located adopters, sorted by
        `hashtag`, `k`, `rank`, `place_id`: `hashtag`, `place_id`, `city`, `region`,
        `country`, `longitude`, `latitude`, `k`, `at` (median over draws), `at_low`,
        `at_high` (95 %; null: not reached in that many draws), `p_reached`, `rank`,
        `rank_low`, `rank_high` (1 = first, among the tag's cities at this k), `adopters`
        (located), `tweet_id`, `author_id` (the k-th located adopter's tweet: the
        evidence), `naive_at` (its time: what the located users alone would say). The
        seed is in `.attrs["seed"]`.

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": ["1", "2"], "author_id": ["a", "b"], "hashtags": [["t"], ["t"]],
    ...     "at": pd.to_datetime(["2014-04-22T18:00:00Z", "2014-04-22T19:00:00Z"])})
    >>> located = pd.DataFrame({"user_id": ["a", "b"], "place_id": ["264371", "3530597"],
    ...     "city": ["Athens", "Mexico City"], "region": ["Attica", "Mexico City"],
    ...     "country": ["GR", "MX"], "longitude": [23.7, -99.1], "latitude": [38.0, 19.4],
    ...     "probability": [1.0, 1.0], "reason": [None, None]})
    >>> arrivals(tweets, located, ["t"], k=[1], rng=1)[["city", "rank"]].values.tolist()
    [['Athens', 1.0], ['Mexico City', 2.0]]
    """
    if draws < 1 or any(number < 1 for number in k):
        raise UsageError("k and draws count from 1", got=f"k={list(k)}, draws={draws}")
    seed = resolve_seed(rng)
    places = _places(located)
    parts = [
        _of_tag(adopters, places, sorted(set(k)), draws, seed)
        for adopters in _adopters(tweets, located, places, tags)
    ]
    rows = [part for part in parts if len(part)]
    found = pd.concat(rows, ignore_index=True) if rows else _no_arrivals()
    found.attrs["seed"] = seed
    return found


def order(
    tweets: Table,
    located: pd.DataFrame,
    tag: str,
    *,
    k: int = 1,
    most: int = 30,
    draws: int = 200,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return the probability that a tag reached one city before another.

    Parameters
    ----------
    tweets, located, k, draws, rng
        As in `arrivals`.
    tag
        Key of a hashtag.
    most
        The cities with the most located adopters, so many of them.

    Returns
    -------
    DataFrame
        `before_id`, `before`, `after_id`, `after`, `probability` for every ordered pair;
        the two orders of a pair sum to 1 (a draw that reaches neither counts half).

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": ["1", "2"], "author_id": ["a", "b"], "hashtags": [["t"], ["t"]],
    ...     "at": pd.to_datetime(["2014-04-22T18:00:00Z", "2014-04-22T19:00:00Z"])})
    >>> located = pd.DataFrame({"user_id": ["a", "b"], "place_id": ["1", "2"],
    ...     "city": ["A", "B"], "region": None, "country": ["GR", "MX"], "longitude": 0.0,
    ...     "latitude": 0.0, "probability": 1.0, "reason": None})
    >>> order(tweets, located, "t", rng=1).query("before == 'A'").probability.tolist()
    [1.0]
    """
    seed, places = resolve_seed(rng), _places(located)
    columns = ["before_id", "before", "after_id", "after", "probability"]
    for adopters in _adopters(tweets, located, places, [tag]):
        count = np.bincount(adopters.city[adopters.city >= 0], minlength=len(places))
        cities = np.flatnonzero(count >= k)
        cities = cities[np.lexsort((cities, -count[cities]))][:most]
        reached = _drawn(adopters, places, cities, k, draws, seed)[:, :, k - 1].astype(float)
        rows = [
            (
                a,
                b,
                float(
                    (
                        (reached[:, i] < reached[:, j]) + 0.5 * (reached[:, i] == reached[:, j])
                    ).mean()
                ),
            )
            for i, a in enumerate(cities)
            for j, b in enumerate(cities)
            if i != j
        ]
        name, place_id = places["city"].tolist(), places["place_id"].tolist()
        return pd.DataFrame(
            [(place_id[a], name[a], place_id[b], name[b], share) for a, b, share in rows],
            columns=columns,
        )
    return pd.DataFrame(columns=columns)


def adoption(tweets: Table, located: pd.DataFrame, tags: Sequence[str]) -> pd.DataFrame:
    """Return how many located users in each city adopted each tag: what `focus` takes.

    Returns
    -------
    DataFrame
        `hashtag`, `place_id`, `city`, `region`, `country`, `longitude`, `latitude`,
        `users`, `first_at`; sorted by hashtag, users (descending), place_id.

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
    places = _places(located)
    parts = []
    for adopters in _adopters(tweets, located, places, tags):
        here = np.flatnonzero(adopters.city >= 0)
        cities, first, users = np.unique(adopters.city[here], return_index=True, return_counts=True)
        part = places.iloc[cities][list(_PLACE)].reset_index(drop=True)
        part.insert(0, "hashtag", adopters.hashtag)
        part["users"], part["first_at"] = users, instants(adopters.at_us[here[first]])
        parts.append(part)
    together = (
        pd.concat([part for part in parts if len(part)])
        if any(map(len, parts))
        else (pd.DataFrame(columns=["hashtag", *_PLACE, "users", "first_at"]))
    )
    return together.sort_values(
        ["hashtag", "users", "place_id"], ascending=[True, False, True], ignore_index=True
    )


def _places(located: pd.DataFrame) -> pd.DataFrame:
    """Return the cities of located users, sorted by place_id: a city's row is its code."""
    if missing := {"user_id", "probability", *_PLACE} - set(located.columns):
        raise MissingColumnError(
            "the located users lack columns",
            got=", ".join(map(str, located.columns)),
            hint=f"Add {', '.join(sorted(missing))}; `places.of_users` returns them all",
        )
    cities = located.loc[located["place_id"].notna(), list(_PLACE)]
    return cities.drop_duplicates("place_id").sort_values("place_id", ignore_index=True)


def _adopters(
    tweets: Table, located: pd.DataFrame, places: pd.DataFrame, tags: Sequence[str]
) -> list[_Adopters]:
    """Return each tag's adopters with their places, tags sorted."""
    wanted = ["tweet_id", "author_id", "at", "hashtags"]
    table = expression(tweets, TWEETS, wanted, optional=["origin"])
    table = table.filter((table.origin == "collected") | table.origin.isnull())
    uses = table.select("tweet_id", "author_id", "at", hashtag=table.hashtags.unnest())
    uses = uses.filter(uses.hashtag.isin(sorted(set(tags))))
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
    joined = firsts.merge(
        located.drop_duplicates("user_id"), left_on="author_id", right_on="user_id", how="left"
    )
    code = pd.Series(np.arange(len(places)), index=places["place_id"])
    return [
        _Adopters(
            str(hashtag),
            rows["tweet_id"].to_numpy(),
            rows["author_id"].to_numpy(),
            microseconds(rows["at"]),
            rows["place_id"].map(code).fillna(-1).to_numpy(dtype=np.int64),
            rows["probability"].where(rows["place_id"].notna(), 0.0).to_numpy(dtype=np.float64),
            rows["region"].fillna("").to_numpy(),
            rows["country"].fillna("").to_numpy(),
        )
        for hashtag, rows in joined.groupby("hashtag", sort=True)
    ]


def _of_tag(
    adopters: _Adopters, places: pd.DataFrame, k: Sequence[int], draws: int, seed: int
) -> pd.DataFrame:
    count = np.bincount(adopters.city[adopters.city >= 0], minlength=len(places))
    cities = np.flatnonzero(count >= min(k))
    reached = _drawn(adopters, places, cities, max(k), draws, seed)
    parts = [
        _at_k(adopters, places, cities[count[cities] >= number], number, count, at_k)
        for number in k
        if (at_k := reached[:, count[cities] >= number, number - 1]).size
    ]
    return pd.concat(parts, ignore_index=True) if parts else _no_arrivals()


def _at_k(
    adopters: _Adopters,
    places: pd.DataFrame,
    cities: NDArray[np.int64],
    k: int,
    count: NDArray[np.int64],
    reached: NDArray[np.int64],
) -> pd.DataFrame:
    """Return the rows of one k; `reached` holds events, shape (draws, cities)."""
    never = len(adopters.at_us)
    low, middle, high = np.quantile(reached, _QUANTILES, axis=0, method="inverted_cdf")
    ranks = 1 + np.array([np.searchsorted(np.sort(row), row) for row in reached])
    rank_low, rank_high = np.quantile(
        ranks, (_QUANTILES[0], _QUANTILES[2]), axis=0, method="inverted_cdf"
    )
    evidence = np.array([np.flatnonzero(adopters.city == city)[k - 1] for city in cities])
    rows = places.iloc[cities][list(_PLACE)].reset_index(drop=True)
    rows.insert(0, "hashtag", adopters.hashtag)
    rows["k"] = k
    for name, event in (("at", middle), ("at_low", low), ("at_high", high)):
        rows[name] = _times(adopters, event)
    rows["p_reached"] = (reached < never).mean(axis=0)
    rows["rank"] = 1.0 + np.searchsorted(np.sort(middle), middle)
    rows["rank_low"], rows["rank_high"] = rank_low.astype(float), rank_high.astype(float)
    rows["adopters"] = count[cities]
    rows["tweet_id"] = pd.Series(adopters.tweet_id[evidence], dtype="str")
    rows["author_id"] = pd.Series(adopters.author_id[evidence], dtype="str")
    rows["naive_at"] = _times(adopters, evidence)
    return rows.sort_values(["rank", "place_id"], ignore_index=True)


def _times(adopters: _Adopters, events: NDArray[np.int64]) -> pd.DatetimeIndex:
    padded = np.append(adopters.at_us, np.iinfo(np.int64).min)
    return instants(padded[events.astype(np.int64)])


def _drawn(
    adopters: _Adopters,
    places: pd.DataFrame,
    cities: NDArray[np.int64],
    most: int,
    draws: int,
    seed: int,
) -> NDArray[np.int64]:
    """Return the events that are a city's first `most` adopters, (draws, cities, most).

    An event is an adopter's position in order; n stands for never.
    """
    n = len(adopters.at_us)
    reached = np.full((draws, len(cities), most), n, dtype=np.int64)
    rank = np.cumsum(adopters.city >= 0, dtype=np.int64)
    for number, city in enumerate(cities):
        # The stream belongs to the place, so that other cities do not change the draw.
        rng = stream(seed, int.from_bytes(str(places["place_id"].iloc[city]).encode(), "big"))
        share = _share(adopters.city == city, rank)
        here, probability = _confirmed(adopters, city, share, most)
        kept = np.where(rng.random((draws, len(here))) < probability, here, n)
        chance = _chance(adopters, places, city, share)
        start = here[np.argmax(probability >= 0.5)]
        added = _added(chance, int(start), most, draws, rng)
        reached[:, number] = np.sort(np.concatenate([kept, added], axis=1), axis=1)[:, :most]
    return reached


def _share(here: NDArray[np.bool_], rank: NDArray[np.int64]) -> _Share:
    """Return a city's running share among located adopters, around each adopter."""
    ranks, located = rank[here], int(rank[-1])
    spans = ranks[_GAPS:] - ranks[:-_GAPS]
    if len(spans):
        half = float(np.median(spans))
    else:
        half = (ranks[-1] - ranks[0]) * _GAPS / (len(ranks) - 1) if len(ranks) > 1 else located
    first, last = np.maximum(rank - half, 0), np.minimum(rank + half, located)
    inside = np.searchsorted(ranks, last, "right") - np.searchsorted(ranks, first, "right")
    return _Share(inside, np.maximum(last - first, 1), len(ranks) / located)


def _confirmed(
    adopters: _Adopters, city: int, share: _Share, most: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return a city's first located adopters and the probability that each lives there.

    The probability of `locate` goes with the city's share overall; around an adopter
    the others say more, so that its odds are multiplied by theirs over the overall ones:
    a lone account far ahead of the city's others is rather one that was located wrongly.
    """
    here = np.flatnonzero(adopters.city == city)
    around = (share.inside[here] - 1 + share.overall) / (share.window[here] + 1)
    overall = min(share.overall, 1 - 1e-9)
    odds = around / (1 - np.minimum(around, 1 - 1e-9)) * (1 - overall) / overall
    stated = np.clip(adopters.probability[here], 0.0, 1.0)
    probability = stated * odds / (stated * odds + (1 - stated))
    enough = np.searchsorted(np.cumsum(probability), 2 * most + 20) + 1
    return here[:enough], probability[:enough]


def _added(
    chance: NDArray[np.float64], start: int, most: int, draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the first `most` other adopters drawn into a city, shape (draws, most).

    With h the sum of −ln(1 − chance), the next one comes where h has grown by a unit
    exponential: the law of a coin for each adopter, at O(draws) for a city. The chance
    itself is uncertain: before the first located adopter (`start`) it is multiplied by a
    unit exponential, which makes the number of adopters missed there geometric, as it is
    when each is located with one probability; after it by a Gamma(4)/4.
    """
    hazard = np.cumsum(-np.log1p(-np.minimum(chance, 0.999)))
    n, before = len(hazard), hazard[start]
    early, late = rng.exponential(size=draws), rng.gamma(_GAPS, 1 / _GAPS, size=draws)
    found = np.full((draws, most), n, dtype=np.int64)
    used, last = np.zeros(draws), np.full(draws, -1)
    for number in range(most):
        used = used + rng.exponential(size=draws)
        reached = np.where(
            used < early * before, used / early, before + (used - early * before) / late
        )
        event = np.maximum(np.searchsorted(hazard, reached), np.minimum(last + 1, n))
        found[:, number] = last = event
    return found


def _chance(
    adopters: _Adopters, places: pd.DataFrame, city: int, share: _Share
) -> NDArray[np.float64]:
    """Return for each adopter not located in a city the chance that it lives there."""
    elsewhere = np.where(adopters.city >= 0, 1 - adopters.probability, 1.0)
    elsewhere[adopters.city == city] = 0.0
    known = _partly_known(adopters, places, city)
    return np.minimum(share.inside / share.window * elsewhere * known, 1.0)


def _partly_known(adopters: _Adopters, places: pd.DataFrame, city: int) -> NDArray[np.float64]:
    """Return how a known country or region alone changes an unlocated adopter's chance."""
    factor = np.ones(len(adopters.city))
    located = adopters.city >= 0
    for names, column in ((adopters.country, "country"), (adopters.region, "region")):
        name = places[column].iloc[city]
        here = names == (name if isinstance(name, str) else "")
        known = ~located & (names != "")
        share = (here & located).sum() / max(int(located.sum()), 1)
        if share > 0:
            factor = np.where(known, np.where(here, 1 / share, 0.0), factor)
    return factor


def _no_arrivals() -> pd.DataFrame:
    instant = pd.Series(dtype="datetime64[us, UTC]")
    columns = ["hashtag", *_PLACE, "k", "at", "at_low", "at_high", "p_reached", "rank"]
    columns += ["rank_low", "rank_high", "adopters", "tweet_id", "author_id", "naive_at"]
    numbers = {"longitude", "latitude", "k", "p_reached", "rank", "rank_low", "rank_high"}
    return pd.DataFrame(
        {
            name: instant
            if name.startswith("at") or name == "naive_at"
            else pd.Series(dtype="float64" if name in numbers | {"adopters"} else "str")
            for name in columns
        }
    )
