"""When a tag reached a city: by hand, against a plain twin, against simulated truth."""

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import stats

from spread import places
from spread._errors import MissingColumnError, UsageError
from spread.places._imputation import _fill

NEW_YORK, LOS_ANGELES = (-74.0060, 40.7128), (-118.2437, 34.0522)
CHICAGO = (-87.6298, 41.8781)


def archive(at_s: NDArray[np.float64], tag: str = "t") -> pd.DataFrame:
    names = [f"{number:05d}" for number in range(len(at_s))]
    at = pd.to_datetime((at_s * 1e6).astype("int64"), unit="us", utc=True)
    return pd.DataFrame(
        {"tweet_id": names, "author_id": names, "hashtags": [[tag]] * len(names), "at": at}
    )


def people(
    user_ids: list[str], cities: list[str], probability: float | NDArray[np.float64] = 1.0
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "user_id": user_ids,
            "place_id": cities,
            "city": cities,
            "region": None,
            "country": "US",
            "longitude": 0.0,
            "latitude": 0.0,
            "probability": probability,
            "reason": None,
        }
    )


def seconds(at: pd.Timestamp) -> float:
    return at.timestamp()


def test_with_everyone_located_arrivals_are_order_statistics() -> None:
    tweets = archive(np.array([0.0, 60, 120, 180, 240]))
    located = people(["00000", "00001", "00002", "00003", "00004"], ["b", "a", "a", "b", "a"])
    found = places.arrivals(tweets, located, ["t"], k=(1, 3), rng=1)
    first, third = found[found.k == 1], found[found.k == 3]
    assert first.place_id.tolist() == ["b", "a"]
    assert [seconds(at) for at in first["at"]] == [0, 60]
    assert (first.at_low == first.at_high).all()
    assert first["rank"].tolist() == [1, 2]
    # b has two adopters: it is absent at k = 3; a's third is the last tweet.
    assert third.place_id.tolist() == ["a"]
    assert third.tweet_id.tolist() == ["00004"]
    assert seconds(third["at"].iloc[0]) == 240
    assert found.attrs["seed"] == 1


def test_an_account_adopts_once_and_only_by_collected_tweets() -> None:
    tweets = archive(np.array([0.0, 60, 120, 180]))
    tweets["author_id"] = ["x", "y", "y", "z"]
    tweets["origin"] = ["embedded", "collected", "collected", "collected"]
    located = people(["x", "y", "z"], ["a", "a", "a"])
    found = places.arrivals(tweets, located, ["t"], k=(1, 2, 3), rng=1)
    assert found.k.tolist() == [1, 2]
    assert [seconds(at) for at in found["at"]] == [60, 180]
    assert places.adoption(tweets, located, ["t"]).users.tolist() == [2]


def test_an_unlocated_account_can_move_an_arrival_earlier_never_later() -> None:
    # Half of a steady crowd is in a; accounts 0 and 1 are unlocated.
    tweets = archive(np.arange(40.0))
    names = tweets.author_id.tolist()
    located = people(names[2:], ["a", "b"] * 19)
    found = places.arrivals(tweets, located, ["t"], k=(1,), rng=1).set_index("place_id")
    assert (found.at_low < found.naive_at).all()
    assert (found.at_high <= found.naive_at).all()
    assert seconds(found.naive_at["a"]) == 2


def test_a_known_country_rules_cities_out() -> None:
    tweets = archive(np.arange(40.0))
    names = tweets.author_id.tolist()
    located = people(names[2:], ["a", "b"] * 19)
    elsewhere = people(names[:2], ["-", "-"]).assign(place_id=None, city=None, country="GR")
    found = places.arrivals(tweets, pd.concat([located, elsewhere]), ["t"], k=(1,), rng=1)
    assert (found.at_low == found.naive_at).all()


def test_rows_in_any_order_and_other_tags_change_nothing() -> None:
    rng = np.random.default_rng(3)
    tweets = archive(np.sort(rng.uniform(0, 3600, 80)))
    located = people(tweets.author_id.tolist()[::2], rng.choice(["a", "b", "c"], 40).tolist(), 0.9)
    one = places.arrivals(tweets, located, ["t"], rng=5)
    shuffled = tweets.sample(frac=1, random_state=1)
    other = archive(np.array([5.0]), "u").assign(tweet_id="x", author_id="x")
    two = places.arrivals(
        pd.concat([shuffled, other]), located.sample(frac=1, random_state=2), ["t", "u"], rng=5
    )
    pd.testing.assert_frame_equal(one, two)


def test_places_are_drawn_with_their_chances() -> None:
    # The law written out. Adopter 0 lives in its city 0 where it is kept (in every other draw),
    # else in city 1 by the chance 0.3. Adopter 1 is unlocated: 0.5 and 0.3 by its chances,
    # doubled for city 0 by the factor before its start and then scaled to 1: 1/1.3, 0.3/1.3.
    # 20,000 draws have a standard error of at most 0.0036; five of them make 0.018.
    runs = 20_000
    chance = np.broadcast_to(np.array([[0.5], [0.3]]), (2, 2, 7)).copy()
    adopters = np.array([0, -1]), np.zeros(2), np.array([0, -1])
    keep = (np.arange(runs) % 2 == 0)[:, np.newaxis]
    uniform = np.random.default_rng(1).random((runs, 2))
    early, late = np.tile([2.0, 1.0], (runs, 1)), np.ones((runs, 2))
    heads, starts = np.repeat([[1], [0]], 6, axis=1), np.zeros((runs, 2), dtype=np.int64)

    def drawn(law: Callable[..., None], n: int) -> NDArray[np.int64]:
        count, reached = np.zeros((n, 2), dtype=np.int64), np.full((n, 2, 2), 9)
        drawing = keep[:n], uniform[:n], early[:n], late[:n]
        law(chance, *adopters, *drawing, heads, starts[:n], 0, count, reached)
        return reached

    reached = drawn(_fill, runs)
    lives = [(reached == event).any(axis=2).mean(axis=0) for event in (0, 1)]
    assert lives[0] == pytest.approx([0.5, 0.5 * 0.3], abs=0.018)
    assert lives[1] == pytest.approx([1 / 1.3, 0.3 / 1.3], abs=0.018)
    # Nobody stands in two cities in one draw, and the compiled law is the plain one.
    assert all((reached == event).sum(axis=(1, 2)).max() <= 1 for event in (0, 1))
    assert np.array_equal(drawn(_fill.py_func, 200), reached[:200])


def crowd() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return 20 adopters among 100 active users, 10 of them in b; b's adopters are 2 and 3."""
    tweets = archive(np.arange(100.0))
    tweets["hashtags"] = [["t"]] * 20 + [["u"]] * 80
    cities = ["a", "a", "b", "b"] + ["a"] * 16 + ["b"] * 8 + ["a"] * 72
    return tweets, people(tweets.author_id.tolist(), cities)


def test_the_null_is_that_adopters_are_any_active_users() -> None:
    # b's first adopter is the third: by chance one of b's 10 is among 3 of 100 with
    # 1 - C(90,3)/C(100,3) = 0.2735; its second is the fourth: hypergeometric 0.0488. Chance is
    # exact; ranks and times are of 199 runs, whose mean rank has a standard error of at most
    # 0.5/sqrt(199) = 0.0355 here.
    found = places.arrivals(*crowd(), ["t"], k=(1, 2), rng=1).set_index(["place_id", "k"])
    first = 1 - stats.hypergeom(100, 10, 3).pmf(0)
    second = stats.hypergeom(100, 10, 4).sf(1)
    assert found.p_early["b", 1] == pytest.approx(first)
    assert found.p_early["b", 2] == pytest.approx(second)
    assert found.active["a", 1] == 90
    assert found.active["b", 1] == 10
    assert found.expected_rank["b", 1] == pytest.approx(1.9, abs=0.09)
    reached = stats.hypergeom(100, 10, 20).sf(0)
    assert found.p_reached_by_chance["b", 1] == pytest.approx(reached)


def test_the_null_says_when_an_arrival_was_due() -> None:
    # a has 90 of 100 active users: its first adopter is due at once, at the latest as the third
    # (0.1^3 = 0.001 to be later). b's median is the m-th with 1 - C(90,m)/C(100,m) >= 1/2: m = 7
    # at 0.53, m = 6 at 0.48; 199 runs have a standard error of 0.035 there: 5 to 9.
    found = places.arrivals(*crowd(), ["t"], k=(1,), rng=1).set_index("place_id")
    assert seconds(found.expected_at["a"]) == 0
    assert seconds(found.expected_at_high["a"]) <= 2
    assert 4 <= seconds(found.expected_at["b"]) <= 8
    assert pd.isna(found.expected_at_high["b"])  # not reached in 10 % of the runs
    assert (found.expected_at_low <= found.expected_at).all()


def test_chance_calls_few_places_early() -> None:
    # Adopters dealt out by chance: P(p_early <= 0.05) <= 0.05 for an exact test. Of 320
    # places, those not reached among them, more than 29 would be one table in 1,000 (binomial).
    rng, early = np.random.default_rng(2), 0
    for world in range(40):
        tweets = archive(np.arange(200.0))
        tweets["hashtags"] = [["t"]] * 50 + [["u"]] * 150
        homes = rng.choice(list("abcdefgh"), 200, p=np.array([8, 7, 6, 5, 4, 3, 2, 1]) / 36)
        located = people(tweets.author_id.tolist(), homes.tolist())
        found = places.arrivals(tweets, located, ["t"], k=(3,), draws=1, rng=world)
        early += int((found.p_early <= 0.05).sum())
    assert early <= stats.binom.ppf(0.999, 320, 0.05)


def test_places_not_reached_are_censored_not_absent() -> None:
    tweets, located = crowd()
    short = places.arrivals(tweets, located, ["t"], k=(1, 3), rng=1)
    assert not short.censored.any()
    found = places.arrivals(tweets, located, ["t"], k=(1, 3), censored_from=10, rng=1)
    late = found[found.censored]
    assert late[["place_id", "k", "adopters", "active"]].values.tolist() == [["b", 3, 2, 10]]
    assert late[["at", "rank", "tweet_id", "naive_at"]].isna().all(axis=None)
    pd.testing.assert_frame_equal(
        found.loc[~found.censored, found.columns[:20]].reset_index(drop=True),
        short[short.columns[:20]],
    )
    assert not places.arrivals(tweets, located, ["t"], k=(3,), censored_from=11).censored.any()


def test_countries_are_places_one_level_up() -> None:
    tweets = archive(np.arange(6.0))
    located = people(tweets.author_id.tolist(), ["a", "b", "c", "a", "b", "c"])
    located["country"] = ["GR", "GR", "MX"] * 2
    located.loc[3, ["place_id", "city"]] = None
    located["longitude"], located["latitude"] = [10.0, 20.0, -99.0] * 2, 0.0
    found = places.arrivals(tweets, located, ["t"], k=(1, 3), level="country", rng=1)
    assert found[["place_id", "place", "k", "adopters"]].values.tolist() == [
        ["GR", "Greece", 1, 4],
        ["MX", "Mexico", 1, 2],
        ["GR", "Greece", 3, 4],
    ]
    assert found.longitude[0] == pytest.approx(15)
    assert found.city.isna().all()
    pairs = places.order(tweets, located, "t", level="country", rng=1)
    assert pairs[["before", "after", "probability"]].values.tolist()[0] == ["Greece", "Mexico", 1.0]
    with pytest.raises(UsageError, match="level"):
        places.arrivals(tweets, located, ["t"], level="county")


def test_order_gives_both_directions_of_a_pair() -> None:
    tweets = archive(np.arange(60.0))
    located = people(tweets.author_id.tolist()[1::2], ["a"] * 10 + ["b"] * 20)
    found = places.order(tweets, located, "t", rng=2).set_index(["before", "after"]).probability
    assert found["a", "b"] + found["b", "a"] == pytest.approx(1)
    assert found["a", "b"] == 1.0


def test_tags_are_found_however_they_are_written() -> None:
    tweets, located = archive(np.arange(3.0), "mynypd"), people(["00000"], ["a"])
    plain = places.arrivals(tweets, located, ["mynypd"], k=[1], rng=1)
    assert len(plain) == 1
    for written in ("mynypd", "#myNYPD", ["＃MYNYPD", "mynypd"]):
        pd.testing.assert_frame_equal(
            places.arrivals(tweets, located, written, k=[1], rng=1), plain
        )
    nobody = places.arrivals(tweets, located.assign(place_id=None), "mynypd")
    assert nobody.columns.tolist() == plain.columns.tolist()


def test_ids_that_became_numbers_are_refused() -> None:
    tweets, located = archive(np.arange(3.0)), people(["00000"], ["a"])
    numbers = located.assign(user_id=located.user_id.astype("int64"))
    for ask in (places.arrivals, places.order, places.adoption):
        with pytest.raises(UsageError, match="user_id of the located users holds numbers"):
            ask(tweets, numbers, "t")
    with pytest.raises(UsageError, match="user_id of the located users holds numbers"):
        places.coverage(tweets, numbers)


def test_absent_tags_and_bad_arguments() -> None:
    tweets, located = archive(np.arange(3.0)), people(["00000"], ["a"])
    with pytest.raises(UsageError, match="never occur in the collected tweets: got #absent"):
        places.arrivals(tweets, located, ["absent", "t"], rng=1)
    with pytest.raises(UsageError, match="k cannot be used: got 0; allowed: an integer >= 1"):
        places.arrivals(tweets, located, ["t"], k=(0,))
    with pytest.raises(UsageError, match="draws cannot be used: got 0"):
        places.order(tweets, located, "t", draws=0)
    for wrong in (-1.0, 2.0, np.nan):
        with pytest.raises(UsageError, match="a probability of the located users"):
            places.arrivals(tweets, located.assign(probability=wrong), ["t"])
    with pytest.raises(MissingColumnError, match=r"places\.of_users"):
        places.arrivals(tweets, located[["user_id"]], ["t"])


def simulated(
    rng: np.random.Generator, *, located: float, wrong: float
) -> tuple[NDArray[np.float64], NDArray[np.int64], pd.DataFrame]:
    """Return times, true cities and located users of eight cities that start in turn.

    Of the located users half are stated with certainty, the others with 1 - wrong, and the
    latter are given the city of a random adopter that often.
    """
    onset = np.r_[0.0, np.sort(rng.uniform(0, 10_000, 7))]
    size = rng.pareto(1.2, 8) + 0.2
    each = np.maximum((1_500 * size / size.sum()).astype(int), 6)
    city = np.repeat(np.arange(8), each)
    at = onset[city] + rng.exponential(4_800, len(city))
    at, city = at[order := np.argsort(at)], city[order]
    stated = np.where(rng.random(len(at)) < 0.5, 1.0, 1 - wrong)
    shown = np.where(rng.random(len(at)) < stated, city, rng.permutation(city))
    known = np.flatnonzero(rng.random(len(at)) < located)
    users = people([f"{row:05d}" for row in known], [f"c{c}" for c in shown[known]], stated[known])
    return at, city, users


@functools.cache
def answered(
    world: int, located: float, wrong: float
) -> tuple[NDArray[np.float64], NDArray[np.int64], pd.DataFrame]:
    """Return the times and true cities of a simulated world, and its arrivals."""
    at, city, users = simulated(np.random.default_rng([9, world]), located=located, wrong=wrong)
    return at, city, places.arrivals(archive(at), users, ["t"], rng=world)


def covered(worlds: int, *, located: float, wrong: float) -> pd.DataFrame:
    """Return for each k how many true arrivals lie inside their interval."""
    rows = []
    for world in range(worlds):
        at, city, found = answered(world, located, wrong)
        for row in found[found.adopters >= 10].itertuples():
            true = at[city == int(row.place_id[1:])][row.k - 1 : row.k]
            late = np.inf if pd.isna(row.at_high) else seconds(row.at_high)
            inside = len(true) == 1 and seconds(row.at_low) - 1e-5 <= true[0] <= late + 1e-5
            rows.append(
                (row.k, inside, len(true) == 1 and abs(seconds(row.naive_at) - true[0]) < 1)
            )
    return pd.DataFrame(rows, columns=["k", "inside", "naive"])


def test_intervals_cover_the_true_arrival() -> None:
    # About 70 arrivals for each k; a 95 % interval covers fewer than 0.88 of 70 with
    # probability 0.01 (binomial), while the located users alone are right in 1 of 2.
    found = covered(10, located=0.6, wrong=0.0).groupby("k").mean()
    assert (found.inside >= 0.88).all()
    assert (found.naive < 0.75).all()


@pytest.mark.calibration
@pytest.mark.parametrize(
    ("located", "wrong"),
    # Well located, few located, some located wrongly (5 % of them).
    [(0.6, 0.0), (0.3, 0.0), (0.6, 0.1), (0.9, 0.1)],
)
def test_coverage_of_arrivals(
    located: float, wrong: float, calibration_row: Callable[..., None]
) -> None:
    # Of 200 intervals with a coverage of 0.95, 179 to 198 hold the truth, but for one run in
    # 1,000 on either side (binomial): 0.895 to 0.99. Where nobody is located wrongly the first
    # k located adopters are an upper limit that cannot fail: only the lower limit can, and
    # 0.975 is due. Then the upper bound is the binomial's of 0.975 at the number told.
    inside = covered(60, located=located, wrong=wrong).groupby("k").inside
    found, told = inside.mean(), int(inside.size().min())
    most = 0.99 if wrong else float(stats.binom.ppf(0.9995, told, 0.975)) / told
    calibration_row(
        "places",
        f"95 % intervals that hold the arrival, {located:.0%} located, {wrong / 2:.0%} wrongly",
        ", ".join(f"{share:.3f} (k = {k})" for k, share in found.items()),
        f"0.895 to {most:.3f}",
    )
    assert found.between(0.895, most).all(), found.to_dict()


def ordered(worlds: int, *, located: float, wrong: float) -> list[tuple[float, float]]:
    """Return Kendall's tau of first arrivals with the truth: imputed, and located alone."""
    found = []
    for world in range(worlds):
        at, city, rows = answered(world, located, wrong)
        rows = rows[(rows.k == 1) & (rows.adopters >= 30)]
        if len(rows) < 4:
            continue
        true = [at[city == int(place[1:])][0] for place in rows.place_id]
        shown = (rows[name].astype("int64") for name in ("at", "naive_at"))
        found.append(tuple(stats.kendalltau(true, times).statistic for times in shown))
    return found


@pytest.mark.calibration
@pytest.mark.parametrize(("located", "wrong"), [(0.6, 0.0), (0.3, 0.0), (0.6, 0.1)])
def test_the_order_of_first_arrivals(
    located: float, wrong: float, calibration_row: Callable[..., None]
) -> None:
    """Where nobody is located wrongly, 0.8 is due; elsewhere more than those located alone give."""
    imputed, naive = np.mean(ordered(60, located=located, wrong=wrong), axis=0)
    calibration_row(
        "places",
        f"Kendall's tau of first arrivals with the truth, cities with 30 located adopters and "
        f"more, {located:.0%} located, {wrong / 2:.0%} wrongly",
        f"{imputed:.3f} (located alone: {naive:.3f})",
        "none" if wrong else ">= 0.8",
    )
    assert imputed >= (naive if wrong else 0.8)


def test_distances_are_great_circles() -> None:
    # Haversine with R = 6371.0088 km, computed apart from this code.
    assert float(places.distance_km(NEW_YORK, LOS_ANGELES)) == pytest.approx(3935.751690893986)
    assert float(places.distance_km(NEW_YORK, CHICAGO)) == pytest.approx(1144.2928545087723)
    assert float(places.distance_km(NEW_YORK, NEW_YORK)) == 0
    # Antipodes: half the circumference.
    assert float(places.distance_km((0, 0), (180, 0))) == pytest.approx(np.pi * 6371.0088)


def counts(users: list[int]) -> pd.DataFrame:
    ids = [str(number) for number in range(len(users))]
    return pd.DataFrame({"hashtag": "t", "place_id": ids, "users": users})


def test_focus_and_entropy_as_published() -> None:
    # Kamath et al. 2013: [8, 1, 1] and four equal places.
    found = places.focus(counts([8, 1, 1])).iloc[0]
    assert found.focus == 0.8
    assert found.entropy_bits == pytest.approx(0.9219280948873623)
    # Miller-Madow: (3 - 1) / (2 * 10 ln 2) bits more.
    assert found.entropy_corrected_bits == pytest.approx(0.9219280948873623 + 0.1 / np.log(2))
    assert found.focus_place_id == "0"
    equal = places.focus(counts([1, 1, 1, 1])).iloc[0]
    assert (equal.focus, equal.entropy_bits) == (0.25, 2.0)


def test_entropy_with_places_not_seen() -> None:
    # Chao & Shen 2003 by hand: [8, 1, 1] has 2 singletons, coverage 0.8, shares .64, .08, .08;
    # each term is divided by the chance 1 - (1 - P)^10 to be seen at all.
    terms = [-p * np.log2(p) / (1 - (1 - p) ** 10) for p in (0.64, 0.08, 0.08)]
    found = places.focus(counts([8, 1, 1])).entropy_chao_shen_bits[0]
    assert found == pytest.approx(sum(terms))
    # Where every place is a singleton, one counts as seen twice; one place has no entropy.
    assert np.isfinite(places.focus(counts([1, 1])).entropy_chao_shen_bits[0])
    assert places.focus(counts([5])).entropy_chao_shen_bits[0] == 0


def test_tags_are_compared_in_samples_of_one_size() -> None:
    # The exact expectation of a thinned entropy: each count is hypergeometric.
    large, small = counts([60, 30, 10]), counts([12, 6, 2]).assign(hashtag="s")
    table = pd.concat([large, small]).assign(longitude=[0.0, 90.0, 180.0] * 2, latitude=0.0)
    found = places.focus(table, rng=1).set_index("hashtag")
    assert found.common.tolist() == [20, 20]
    x = np.arange(1, 21)
    exact = sum(
        (stats.hypergeom(100, c, 20).pmf(x) * -(x / 20) * np.log2(x / 20)).sum()
        for c in (60, 30, 10)
    )
    # 400 samples of an entropy that varies by less than 0.25 bits: four standard errors.
    assert found.entropy_common_bits["t"] == pytest.approx(exact, abs=4 * 0.25 / 20)
    # A tag of just that size is not thinned.
    assert found.entropy_common_bits["s"] == pytest.approx(found.entropy_bits["s"])
    assert found.spread_common_km["s"] == pytest.approx(found.spread_km["s"])
    assert found.focus_common_low["s"] == found.focus_common_high["s"] == 0.6
    few = places.focus(table, common=50, rng=1).set_index("hashtag")
    assert np.isnan(few.focus_common["s"])
    with pytest.raises(UsageError, match="common"):
        places.focus(table, common=0)


def test_spread_is_the_mean_distance_from_the_midpoint() -> None:
    # Two points on the equator, 2 degrees apart: each 1 degree from the midpoint.
    table = counts([1, 1]).assign(longitude=[0.0, 2.0], latitude=0.0)
    assert places.focus(table).spread_km[0] == pytest.approx(np.radians(1) * 6371.0088)
    one = counts([5]).assign(longitude=10.0, latitude=20.0)
    assert places.focus(one).spread_km[0] == pytest.approx(0, abs=1e-3)
    assert np.isnan(places.focus(counts([5])).spread_km[0])


def test_effective_distance_takes_the_likeliest_path() -> None:
    # Brockmann & Helbing 2013, rows are origins: 0 -> 2 carries 90 of 100: 1 - ln 0.9.
    weight = np.array([[0, 10, 90], [30, 0, 70], [50, 50, 0]])
    source, target = np.nonzero(weight)
    flows = pd.DataFrame({"source": source, "target": target, "weight": weight[source, target]})
    found = places.effective_distance(flows).set_index(["source", "target"])
    assert found.distance[0, 2] == pytest.approx(1.1053605156578263)
    # 0 -> 1 directly is 1 - ln 0.1; by way of 2 it is (1 - ln 0.9) + (1 - ln 0.5), shorter.
    assert found.direct[0, 1] == pytest.approx(1 - np.log(0.1))
    assert found.distance[0, 1] == pytest.approx(2 - np.log(0.45))
    with pytest.raises(UsageError, match="negative"):
        places.effective_distance(flows.assign(weight=-1))
