"""When a tag reached each city, with the places of unlocated users imputed many times."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_count
from spread._errors import UsageError
from spread._random import resolve_seed
from spread.places._adopters import Adopters, adopters_of, cities_of
from spread.places._imputation import drawn
from spread.places._levels import at_level, named_place
from spread.places._located import PLACE
from spread.places._null import Null, dealt, null_of, positions
from spread.tables import TWEETS, Table, expression, instants

__all__ = ["arrivals", "order"]

_QUANTILES = (0.025, 0.5, 0.975)
_COLUMNS = (
    *("hashtag", *PLACE, "place", "k", "at", "at_low", "at_high", "p_reached"),
    *("rank", "rank_low", "rank_high", "adopters", "tweet_id", "author_id", "naive_at"),
    *("censored", "active", "expected_rank", "expected_rank_low", "expected_rank_high"),
    *("expected_at", "expected_at_low", "expected_at_high", "p_early", "p_reached_by_chance"),
)


def arrivals(
    tweets: Table,
    located: pd.DataFrame,
    tags: Sequence[str],
    *,
    k: Sequence[int] = (1, 3, 5),
    level: str = "city",
    censored_from: int | None = None,
    draws: int = 200,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return when each tag reached each city: the time of its k-th distinct local adopter.

    An adopter's place is where the account lives, not what the tag names; its adoption
    is its first collected tweet with the tag, retweets included. The places of all adopters
    are imputed together, `draws` times, each in one place at most. An account that `locate`
    gives probability p stays in its city with the odds p/(1 − p) times the odds of the
    city's share around its adoption over those of its share overall: a lone account far
    ahead of the others was rather located wrongly. Every other account (unlocated, or
    located elsewhere with 1 − p) may live in city c, with the share of c among the located
    adopters around it. "Around" is counted in located adopters, not hours: as far as c's
    fourth neighbour lies in the median, to either side, and before c's first adopter that
    stays in the draw as far as its fourth successor. Then as many unlocated adopters are
    expected before that first one as a constant share would have there, however common c
    is. The share itself is bootstrapped (Bayesian bootstrap): before the start it is
    multiplied by a unit exponential, which makes the number missed geometric, after it by a
    Gamma(4)/4. A country or region that is known alone raises or lowers the chance. Supposed:
    whether an account is located does not depend on its city.

    Parameters
    ----------
    tweets
        `tweet_id`, `author_id`, `at`, `hashtags`, `origin` (collected rows count).
    located
        `user_id` and the columns of `locate`, as `of_users` returns them.
    tags
        Hashtags; each must occur.
    k
        Which adopters: the first, the third, the fifth.
    level
        "city" or "country": countries are known for more accounts.
    censored_from
        Places with so many active located accounts and more are told even where the tag has
        not reached k of them yet; by default they are left out.
    draws
        Imputations; 95 % limits need 100 and more.
    rng
        Seed or generator.

    Returns
    -------
    DataFrame
        One row a tag, a k and a place with at least k located adopters, sorted by
        `hashtag`, `k`, `rank`, `place_id`: `hashtag`, `place_id`, `city`, `region`,
        `country`, `longitude`, `latitude`, `place` (what to call it), `k`, `at` (median over draws;
        null: not reached in half of them), `at_low`, `at_high` (95 %; null: not reached in
        that many draws), `p_reached`, `rank`,
        `rank_low`, `rank_high` (1 = first, among the tag's cities at this k), `adopters`
        (located), `tweet_id`, `author_id` (the k-th located adopter's tweet: the
        evidence), `naive_at` (its time: what the located users alone would say),
        `censored` (not reached: no time, no rank).
        Against the null that arrival follows the number of active users (located accounts
        with a collected tweet; the located adopters are dealt out among them 199 times):
        `active`, `expected_rank`, `expected_rank_low`, `expected_rank_high`, `expected_at`
        (median; null: by chance not reached), `expected_at_low`, `expected_at_high`, and
        exactly (hypergeometric): `p_early` (that
        chance alone brings the k-th located adopter as early in the sequence of located
        adopters; small: earlier than its size explains, near 1: later),
        `p_reached_by_chance` (that chance alone reaches the place). The seed is in
        `.attrs["seed"]`.

    References
    ----------
    Multiple imputation: Rubin 1987, https://doi.org/10.1002/9780470316696; Bayesian bootstrap:
    Rubin 1981, https://doi.org/10.1214/aos/1176345338. The weights by time are this project's own.

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
    require_count("draws", draws)
    numbers = sorted({require_count("k", number) for number in np.atleast_1d(k).tolist()})
    if not numbers:
        raise UsageError("no k is given", allowed="integers >= 1")
    if censored_from is not None:
        require_count("censored_from", censored_from)
    seed = resolve_seed(rng)
    located = at_level(located, level)
    places = cities_of(located)
    active = _active(tweets, located, places)
    parts = [
        _of_tag(adopters, places, active, numbers, censored_from, draws, seed)
        for adopters in adopters_of(tweets, located, places, tags)
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
    level: str = "city",
    draws: int = 200,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return the probability that a tag reached one city before another.

    Parameters
    ----------
    tweets, located, k, level, draws, rng
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

    References
    ----------
    As `arrivals`

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
    for option, given in (("k", k), ("most", most), ("draws", draws)):
        require_count(option, given)
    seed, located = resolve_seed(rng), at_level(located, level)
    places = cities_of(located)
    columns = ["before_id", "before", "after_id", "after", "probability"]
    (adopters,) = adopters_of(tweets, located, places, [tag])
    count = np.bincount(adopters.city[adopters.city >= 0], minlength=len(places))
    cities = np.flatnonzero(count >= k)
    cities = cities[np.lexsort((cities, -count[cities]))][:most]
    reached = drawn(adopters, places, cities, k, draws, seed)[:, :, k - 1].astype(float)
    rows = [
        (
            a,
            b,
            float(
                ((reached[:, i] < reached[:, j]) + 0.5 * (reached[:, i] == reached[:, j])).mean()
            ),
        )
        for i, a in enumerate(cities)
        for j, b in enumerate(cities)
        if i != j
    ]
    name, place_id = named_place(places).tolist(), places["place_id"].tolist()
    return pd.DataFrame(
        [(place_id[a], name[a], place_id[b], name[b], share) for a, b, share in rows],
        columns=columns,
    )


def _of_tag(
    adopters: Adopters,
    places: pd.DataFrame,
    active: NDArray[np.int64],
    k: Sequence[int],
    censored_from: int | None,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    adopted = adopters.city[adopters.city >= 0]
    count = np.bincount(adopted, minlength=len(places))
    cities = np.flatnonzero(count >= min(k))
    reached = drawn(adopters, places, cities, max(k), draws, seed)
    least = np.inf if censored_from is None else censored_from
    told = np.flatnonzero((count >= min(k)) | (active >= least))
    by_chance = dealt(active, len(adopted), told, k, seed)
    parts = []
    for at, number in enumerate(k):
        here = count[cities] >= number
        part = [_at_k(adopters, places, cities[here], number, reached[:, here, number - 1])]
        late = told[(count[told] < number) & (active[told] >= least)]
        part.append(_censored(adopters, places, late, number))
        rows = pd.concat([rows for rows in part if len(rows)] or part[:1], ignore_index=True)
        chosen = np.concatenate([cities[here], late])
        which = np.searchsorted(told, chosen)
        seen = positions(adopted, chosen, [number])[0]
        dealt_at, users = by_chance[:, at, which], active[chosen]
        null = null_of(dealt_at, seen, len(adopted), number, users, int(active.sum()))
        times = np.append(np.flatnonzero(adopters.city >= 0), len(adopters.at_us))[null.at]
        rows = _with_null(rows, count[chosen], users, null, [_times(adopters, t) for t in times])
        parts.append(rows)
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else _no_arrivals()


def _at_k(
    adopters: Adopters,
    places: pd.DataFrame,
    cities: NDArray[np.int64],
    k: int,
    reached: NDArray[np.int64],
) -> pd.DataFrame:
    """Return the rows of one k; `reached` holds events, shape (draws, cities)."""
    if not len(cities):
        return _no_arrivals()
    never = len(adopters.at_us)
    low, middle, high = np.quantile(reached, _QUANTILES, axis=0, method="inverted_cdf")
    ranks = 1 + np.array([np.searchsorted(np.sort(row), row) for row in reached])
    rank_low, rank_high = np.quantile(
        ranks, (_QUANTILES[0], _QUANTILES[2]), axis=0, method="inverted_cdf"
    )
    by_city = np.argsort(adopters.city, kind="stable")
    evidence = by_city[np.searchsorted(adopters.city[by_city], cities) + k - 1]
    rows = _places(adopters, places, cities, k)
    for name, event in (("at", middle), ("at_low", low), ("at_high", high)):
        rows[name] = _times(adopters, event)
    rows["p_reached"] = (reached < never).mean(axis=0)
    rows["rank"] = 1.0 + np.searchsorted(np.sort(middle), middle)
    rows["rank_low"], rows["rank_high"] = rank_low.astype(float), rank_high.astype(float)
    rows["tweet_id"] = pd.Series(adopters.tweet_id[evidence], dtype="str")
    rows["author_id"] = pd.Series(adopters.author_id[evidence], dtype="str")
    rows["naive_at"] = _times(adopters, evidence)
    rows["censored"] = False
    return rows


def _places(
    adopters: Adopters, places: pd.DataFrame, cities: NDArray[np.int64], k: int
) -> pd.DataFrame:
    rows = places.iloc[cities][list(PLACE)].reset_index(drop=True)
    rows.insert(0, "hashtag", adopters.hashtag)
    rows["place"], rows["k"] = named_place(rows), k
    return rows


def _censored(
    adopters: Adopters, places: pd.DataFrame, cities: NDArray[np.int64], k: int
) -> pd.DataFrame:
    """Return rows of places with active users and no k-th located adopter."""
    rows = _places(adopters, places, cities, k)
    never = np.full(len(rows), len(adopters.at_us))
    for name in ("at", "at_low", "at_high", "naive_at"):
        rows[name] = _times(adopters, never)
    for name in ("p_reached", "rank", "rank_low", "rank_high"):
        rows[name] = np.nan
    for name in ("tweet_id", "author_id"):
        rows[name] = pd.Series([None] * len(rows), dtype="str")
    rows["censored"] = True
    return rows


def _with_null(
    rows: pd.DataFrame,
    count: NDArray[np.int64],
    active: NDArray[np.int64],
    null: Null,
    times: Sequence[pd.DatetimeIndex],
) -> pd.DataFrame:
    if not len(rows):
        return rows
    rows = rows.assign(
        adopters=count,
        active=active,
        expected_at_low=times[0],
        expected_at=times[1],
        expected_at_high=times[2],
        expected_rank=null.rank,
        expected_rank_low=null.rank_low,
        expected_rank_high=null.rank_high,
        p_early=null.early,
        p_reached_by_chance=null.reached,
    )
    return rows[list(_COLUMNS)].sort_values(["rank", "place_id"], ignore_index=True)


def _active(tweets: Table, located: pd.DataFrame, places: pd.DataFrame) -> NDArray[np.int64]:
    """Return how many located accounts with a collected tweet each place has."""
    table = expression(tweets, TWEETS, ["author_id"], optional=["origin"])
    table = table.filter((table.origin == "collected") | table.origin.isnull())
    authors = table.select("author_id").distinct().to_pyarrow().to_pandas()["author_id"]
    people = located.drop_duplicates("user_id")
    code = pd.Series(np.arange(len(places)), index=places["place_id"])
    present = pd.Index(authors).get_indexer(pd.Index(people["user_id"])) >= 0
    homes = people.loc[present, "place_id"].map(code).dropna()
    return np.bincount(homes.to_numpy(dtype=np.int64), minlength=len(places))


def _times(adopters: Adopters, events: NDArray[np.int64]) -> pd.DatetimeIndex:
    padded = np.append(adopters.at_us, np.iinfo(np.int64).min)
    return instants(padded[events.astype(np.int64)])


def _no_arrivals() -> pd.DataFrame:
    instant = pd.Series(dtype="datetime64[us, UTC]")
    texts = {"hashtag", "place_id", "city", "region", "country", "place", "tweet_id", "author_id"}
    times = {"at", "at_low", "at_high", "naive_at"}
    times |= {"expected_at", "expected_at_low", "expected_at_high"}
    kinds = dict.fromkeys(texts, "str") | {"censored": "bool"}
    return pd.DataFrame(
        {
            name: instant if name in times else pd.Series(dtype=kinds.get(name, "float64"))
            for name in _COLUMNS
        }
    )
