"""Flows between places, and whether arrival follows distance."""

import numpy as np
import pandas as pd
import pytest

from spread import places
from spread._errors import MissingColumnError, UsageError

AT = pd.Timestamp("2014-04-22T18:00Z")


def archive(pairs: list[tuple[str, str]]) -> pd.DataFrame:
    """One retweet for each (who retweets, whom), a minute apart."""
    return pd.DataFrame(
        {
            "tweet_id": [f"r{i:03}" for i in range(len(pairs))],
            "author_id": [who for who, _ in pairs],
            "retweet_author_id": [whom for _, whom in pairs],
            "kind": "retweet",
            "at": [AT + pd.Timedelta(minutes=i) for i in range(len(pairs))],
        }
    )


def homes(cities: dict[str, str], probability: float = 1.0) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "user_id": list(cities),
            "place_id": list(cities.values()),
            "city": [name.upper() for name in cities.values()],
            "country": ["US" if name in "xy" else "GR" for name in cities.values()],
            "longitude": [float(ord(name)) for name in cities.values()],
            "latitude": 1.0,
            "probability": probability,
        }
    )


def test_weights_are_products_of_probabilities() -> None:
    """b and c of y retweet a of x, b twice: 3 · .8 · .8 = 1.92 by two accounts."""
    tweets = archive([("b", "a"), ("b", "a"), ("c", "a"), ("a", "a"), ("b", "unknown")])
    found = places.flows(tweets, homes({"a": "x", "b": "y", "c": "y"}, 0.8), least=1, rng=1)
    assert len(found) == 1
    row = found.iloc[0]
    assert (row.source, row.target, row.users, row.retweets) == ("x", "y", 2, 3)
    assert row.weight == pytest.approx(1.92)
    assert (row.source_longitude, row.target_name) == (ord("x"), "Y")
    assert row.weight_low < row.weight < row.weight_high
    assert row.evidence == ["r000", "r001", "r002"]


def test_pairs_with_few_accounts_are_hidden_and_counted() -> None:
    tweets = archive([(f"u{i}", "a") for i in range(5)] + [("v", "a")])
    located = homes({"a": "x", "v": "z", **{f"u{i}": "y" for i in range(5)}})
    found = places.flows(tweets, located, rng=1)
    assert found.target.tolist() == ["y"]
    assert found.attrs["hidden"] == 1


def test_only_what_came_before_counts() -> None:
    """Of retweets at minutes 0, 1 and 2 two came before minute 2."""
    tweets = archive([("b", "a"), ("c", "a"), ("b", "a")])
    located = homes({"a": "x", "b": "y", "c": "y"})
    found = places.flows(tweets, located, until=AT + pd.Timedelta(minutes=2), least=1, rng=1)
    assert found.retweets.tolist() == [2]


def test_countries_are_known_where_cities_are_not() -> None:
    located = homes({"a": "x", "b": "g"})
    located.loc[1, "place_id"] = None
    located.loc[1, "probability"] = np.nan
    tweets = archive([("b", "a")])
    assert places.flows(tweets, located, least=1, rng=1).empty
    found = places.flows(tweets, located, level="country", least=1, rng=1)
    assert found[["source", "target"]].values.tolist() == [["US", "GR"]]
    assert found.weight[0] == pytest.approx(0.95)  # how sure a country beside a refusal is


def test_flows_give_effective_distances() -> None:
    """From x 1 of 4 goes to z and 3 to y: d = 1 − ln(1/4) and 1 − ln(3/4)."""
    tweets = archive([("b", "a"), ("c", "a"), ("d", "a"), ("e", "a")])
    located = homes({"a": "x", "b": "y", "c": "y", "d": "y", "e": "z"})
    found = places.effective_distance(places.flows(tweets, located, least=1, rng=1))
    direct = found[found.source == "x"].set_index("target").distance
    assert direct["y"] == pytest.approx(1 - np.log(3 / 4))
    assert direct["z"] == pytest.approx(1 - np.log(1 / 4))


def test_the_interval_is_over_accounts() -> None:
    """One account retweets 200 times, or 200 accounts once: the first interval is that of an
    exponential variable of mean 200, (5.1, 738); the second about 200 ± 28."""
    located = homes({"a": "x", **{f"u{i}": "y" for i in range(200)}})
    options = {"least": 1, "replicates": 4000, "rng": 1}
    one = places.flows(archive([("u0", "a")] * 200), located, **options).iloc[0]
    many = places.flows(archive([(f"u{i}", "a") for i in range(200)]), located, **options).iloc[0]
    assert one.weight_low == pytest.approx(200 * -np.log(0.975), rel=0.3)
    assert one.weight_high == pytest.approx(200 * -np.log(0.025), rel=0.1)
    assert many.weight_low == pytest.approx(200 - 1.96 * np.sqrt(200), abs=4)
    assert many.weight_high == pytest.approx(200 + 1.96 * np.sqrt(200), abs=4)


def test_the_order_of_rows_plays_no_part() -> None:
    pairs = [(f"u{i % 7}", "a") for i in range(40)]
    located = homes({"a": "x", **{f"u{i}": "xyz"[i % 3] for i in range(7)}})
    tweets = archive(pairs)
    shuffled = tweets.sample(frac=1, random_state=3)
    one, other = (places.flows(t, located, least=1, rng=2) for t in (tweets, shuffled))
    pd.testing.assert_frame_equal(one, other)


def test_nothing_flows_in_an_empty_archive() -> None:
    found = places.flows(archive([("b", "a")]).iloc[:0], homes({"a": "x", "b": "y"}), rng=1)
    assert found.empty
    assert "weight_low" in found.columns


def test_what_cannot_be_used_is_refused() -> None:
    tweets, located = archive([("b", "a")]), homes({"a": "x", "b": "y"})
    with pytest.raises(UsageError, match="unknown level: got 'town'; allowed: city, country"):
        places.flows(tweets, located, level="town")
    with pytest.raises(UsageError, match="least cannot be used: got 0"):
        places.flows(tweets, located, least=0)
    with pytest.raises(MissingColumnError, match="place_id"):
        places.flows(tweets, located.drop(columns="place_id"))


def test_arrivals_dealt_out_at_random_do_not_follow_distance() -> None:
    """Under the null p is uniform: of 200 at most 18 fall below 0.05 (binomial, 99.5 %)."""
    rng = np.random.default_rng(5)
    ids = [str(i) for i in range(12)]
    below = 0
    for seed in range(200):
        at = AT + pd.to_timedelta(rng.permutation(12), unit="h")
        arrived = pd.DataFrame({"place_id": ids, "at": at})
        far = pd.DataFrame({"place_id": ids, "distance": np.arange(1, 13)})
        below += places.distance_test(arrived, far, permutations=99, rng=seed)["p"] <= 0.05
    assert below <= 18


def test_few_places_cannot_tell() -> None:
    arrived = pd.DataFrame({"place_id": ["a", "b"], "at": [AT, AT]})
    found = places.distance_test(arrived, pd.DataFrame({"place_id": ["a"], "distance": [2.0]}))
    assert found["cannot_tell"] == "1 places have an arrival and a distance; 5 are needed"
