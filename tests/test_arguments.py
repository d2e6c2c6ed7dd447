"""What may be given: a wrong argument is one line, before any work."""

from collections.abc import Callable
from functools import partial

import igraph
import numpy as np
import pandas as pd
import pytest

from spread import (
    _arguments,
    archive,
    cascade,
    communities,
    coordination,
    diffusion,
    graphs,
    hashtags,
    hawkes,
    hijack,
    places,
    seeds,
    trees,
)
from spread._errors import MissingColumnError, SpreadError, UsageError

WRONG = [None, "x", "", [], {}, float("nan"), float("inf"), np.array([1, 2]), pd.DataFrame(), True]


@pytest.mark.parametrize("wrong", [*WRONG, -1, 0, 2.5, 3.0, 2**63, 1j], ids=lambda x: repr(x)[:20])
def test_a_count_is_a_whole_number(wrong: object) -> None:
    with pytest.raises(UsageError, match=r"^runs cannot be used: got .*; allowed: an integer"):
        _arguments.require_count("runs", wrong)


@pytest.mark.parametrize("wrong", [*WRONG, -1, 0, 1.5, 10**400, 1j], ids=lambda x: repr(x)[:20])
def test_a_number_keeps_within_its_bounds(wrong: object) -> None:
    with pytest.raises(UsageError, match=r"^level cannot .* allowed: a number > 0 and <= 1$"):
        _arguments.require_number("level", wrong, above=0, most=1)


@pytest.mark.parametrize("wrong", [*WRONG, "fast", 1], ids=lambda x: repr(x)[:20])
def test_a_choice_is_among_the_named_ones(wrong: object) -> None:
    with pytest.raises(UsageError, match=r"^unknown method: got .*; allowed: leiden, louvain$"):
        _arguments.require_one_of("method", wrong, ("leiden", "louvain"))


def test_numbers_of_numpy_are_numbers() -> None:
    assert _arguments.require_count("runs", np.int8(3)) == 3
    assert _arguments.require_number("level", np.float32(0.5), most=1) == 0.5
    assert _arguments.require_number("horizon_s", np.inf, infinite=True) == np.inf
    assert _arguments.require_one_of("method", np.str_("leiden"), ("leiden",)) == "leiden"


def test_a_count_has_a_ceiling() -> None:
    with pytest.raises(UsageError, match=r"allowed: an integer from 1 to 4$"):
        _arguments.require_count("runs", 5, most=4)


def test_a_table_has_its_columns() -> None:
    metrics = pd.DataFrame({"size": [1]})
    assert _arguments.require_columns("metrics", metrics, ["size"]) is metrics
    with pytest.raises(MissingColumnError, match=r"metrics lack columns: got size\. Add depth"):
        _arguments.require_columns("metrics", metrics, ["size", "depth"])
    with pytest.raises(UsageError, match="got NoneType; allowed: a pandas DataFrame"):
        _arguments.require_columns("metrics", None, ["size"])


EVENTS = pd.DataFrame(
    {"cascade": 0, "event": [0, 1], "tweet_id": ["1", "2"], "user_id": ["a", "b"],
     "at_s": [0.0, 5.0], "mark": 1.0}
)  # fmt: skip
TWEETS = pd.DataFrame(
    {"tweet_id": ["1", "2"], "author_id": ["a", "b"], "origin": "collected",
     "at": pd.to_datetime(["2014-04-22T18:00Z", "2014-04-22T18:01Z"]), "kind": ["tweet", "retweet"],
     "retweet_of": [None, "1"], "retweet_author_id": [None, "a"], "followers": [100, 5],
     "text": "#myNYPD", "hashtags": [["mynypd"], ["mynypd"]], "urls": [[], []]}
)  # fmt: skip
CODINGS = pd.DataFrame({"tweet_id": list("1122"), "coder": list("abab"), "code": list("xyxx")})
LOCATED = pd.DataFrame(
    {"user_id": ["a", "b"], "place_id": ["1", "2"], "city": ["A", "B"], "region": None,
     "country": "GR", "longitude": 0.0, "latitude": 0.0, "probability": 1.0, "reason": None}
)  # fmt: skip
CASCADES = pd.DataFrame({"cascade": [0, 0], "user_id": ["a", "b"], "at_s": [0.0, 1.0]})
CAMPS = pd.DataFrame({"user_id": ["a", "b"], "camp": ["A", "B"]})
SHAPES = pd.DataFrame({"camp": ["A", "B"], "size": [2, 3], "depth": [1, 2]})
ARRIVED = pd.DataFrame({"place_id": ["1"], "at": pd.to_datetime(["2014-04-22T18:00Z"])})
DISTANT = pd.DataFrame({"place_id": ["1"], "distance": [1.0]})
SPREAD = pd.DataFrame({"hashtag": "a", "place_id": ["1"], "users": [8]})
KARATE = igraph.Graph.Famous("Zachary")
PARTITION = communities.detect(KARATE, runs=1, rewirings=0, rng=1)
FORESTS = trees.observed(EVENTS, [-1, 0])

Call = Callable[..., object]
COUNTS: list[tuple[Call, str]] = [
    (partial(cascade.forests, TWEETS), "trees"),
    (partial(cascade.ccdf, SHAPES, ["size"]), "replicates"),
    (partial(cascade.compare, SHAPES, "camp", columns=["depth"]), "replicates"),
    (partial(cascade.profile, SHAPES, FORESTS), "replicates"),
    (partial(cascade.tree, FORESTS), "cascade"),
    (partial(cascade.tree, FORESTS, 0), "number"),
    (partial(communities.detect, KARATE), "runs"),
    (partial(communities.consensus, KARATE), "runs"),
    (partial(communities.consensus, KARATE), "rewirings"),
    (partial(communities.stability, KARATE, PARTITION), "replicates"),
    (partial(communities.held_out_camps, KARATE, PARTITION), "splits"),
    (partial(communities.held_out_camps, KARATE, PARTITION), "most"),
    (partial(communities.camps, PARTITION), "most"),
    (partial(communities.describe, PARTITION, KARATE), "most"),
    (partial(communities.distinctive, TWEETS, PARTITION), "most"),
    (partial(communities.profile, KARATE), "runs"),
    (partial(communities.timing_null, KARATE), "rewirings"),
    (partial(coordination.detect, TWEETS, within_s=1, kind="retweet"), "permutations"),
    (partial(coordination.detect, TWEETS, within_s=1, kind="retweet"), "support"),
    (partial(coordination.detect, TWEETS, within_s=1, kind="retweet"), "min_objects"),
    (partial(coordination.profile, TWEETS, kind="retweet"), "permutations"),
    (partial(coordination.close_shares, TWEETS, within_s=1, kind="retweet"), "min_shares"),
    (partial(diffusion.fit, CASCADES), "replicates"),
    (partial(diffusion.independent_cascade, KARATE, ["0"], p=0.1), "runs"),
    (partial(diffusion.linear_threshold, KARATE, ["0"], weights=0.01), "runs"),
    (partial(diffusion.expected_spread, KARATE, ["0"], p=0.1), "runs"),
    (partial(diffusion.exposure_curve, CASCADES, CASCADES), "shuffles"),
    (partial(hawkes.fit, [1.0, 2.0], end_s=5.0), "given"),
    (partial(hawkes.fit, [1.0, 2.0], end_s=5.0), "replicates"),
    (partial(hawkes.fit, [1.0, 2.0], end_s=5.0), "components"),
    (partial(hijack.agreement, CODINGS), "resamples"),
    (partial(hijack.misclassification, CODINGS), "draws"),
    (partial(hijack.changes, [[1, 2], [3, 4]]), "draws"),
    (partial(hijack.volume, [1, 2, 3], bin_s=60), "draws"),
    (partial(hijack.sample_to_code, TWEETS, 1), "coders"),
    (partial(hijack.sample_to_code, TWEETS), "n"),
    (partial(places.arrivals, TWEETS, LOCATED, "mynypd"), "draws"),
    (partial(places.order, TWEETS, LOCATED, "mynypd"), "k"),
    (partial(places.order, TWEETS, LOCATED, "mynypd"), "most"),
    (partial(places.order, TWEETS, LOCATED, "mynypd"), "draws"),
    (partial(places.flows, TWEETS, LOCATED), "replicates"),
    (partial(places.flows, TWEETS, LOCATED), "least"),
    (partial(places.distance_test, ARRIVED, DISTANT), "permutations"),
    (partial(seeds.rank, FORESTS), "replicates"),
    (partial(seeds.elites, TWEETS, CAMPS), "most"),
    (FORESTS.tree, "i"),
]
COUNTS_OR_NONE: list[tuple[Call, str]] = [
    (partial(archive.read, "nowhere"), "workers"),
    (partial(cascade.survival, FORESTS), "size"),
    (partial(cascade.survival, FORESTS), "depth"),
    (partial(communities.detect, KARATE), "rewirings"),
    (partial(communities.detect, KARATE, runs=1, rewirings=0), "workers"),
    (partial(diffusion.expected_spread, KARATE, ["0"], p=0.1, runs=1), "workers"),
    (partial(hashtags.timeline, TWEETS, "mynypd"), "bin_s"),
    (partial(hijack.changes, [[1, 2], [3, 4]]), "most"),
    (partial(places.arrivals, TWEETS, LOCATED, "mynypd"), "censored_from"),
    (partial(places.focus, SPREAD), "common"),
]
NUMBERS: list[tuple[Call, str]] = [
    (partial(cascade.compare, SHAPES, "camp", columns=["depth"]), "caliper"),
    (partial(cascade.forests, TWEETS, method="pdi"), "gamma"),
    (partial(cascade.forests, TWEETS, method="pdi"), "alpha"),
    (partial(communities.detect, KARATE), "resolution"),
    (partial(communities.detect, KARATE), "tolerance"),
    (partial(communities.modularity, KARATE, PARTITION), "resolution"),
    (partial(communities.consensus, KARATE), "threshold"),
    (partial(communities.camps, PARTITION), "smallest"),
    (partial(communities.distinctive, TWEETS, PARTITION), "prior"),
    (partial(coordination.detect, TWEETS, kind="retweet"), "within_s"),
    (partial(coordination.detect, TWEETS, within_s=1, kind="retweet"), "level"),
    (partial(coordination.detect, TWEETS, within_s=1, kind="retweet"), "stretch_s"),
    (partial(coordination.close_shares, TWEETS, within_s=1, kind="retweet"), "participation"),
    (partial(diffusion.fit, CASCADES), "round_s"),
    (partial(graphs.coshares, TWEETS), "within_s"),
    (partial(hawkes.fit, [1.0, 2.0]), "end_s"),
    (partial(hawkes.simulate, {"baseline": 0.1, "branching": 0.5, "decay": 1.0}), "end_s"),
    (partial(hijack.detect, TWEETS, CAMPS), "prior"),
    (partial(hijack.segment, [[1, 2], [3, 4]]), "prior"),
    (partial(hijack.volume, [1, 2, 3]), "bin_s"),
    (partial(hijack.sample_to_code, TWEETS, 1), "double"),
    (partial(places.nearest_cities, [0.0], [50.0]), "within_km"),
    (partial(seeds.rank, FORESTS), "window_s"),
    (partial(seeds.elites, TWEETS, CAMPS), "slice_s"),
]
NUMBERS_OR_NONE: list[tuple[Call, str]] = [
    (partial(diffusion.fit, CASCADES), "window_s"),
    (partial(hawkes.fit, [1.0, 2.0], end_s=5.0), "resolution_s"),
    (partial(hijack.changes, [[1, 2], [3, 4]]), "rate"),
    (partial(hijack.volume, [1, 2, 3], bin_s=60), "overdispersion"),
]
CHECKED = [
    *((call, name, [None, 2.5]) for call, name in COUNTS),
    *((call, name, [2.5]) for call, name in COUNTS_OR_NONE),
    *((call, name, [None]) for call, name in NUMBERS),
    *((call, name, []) for call, name in NUMBERS_OR_NONE),
]


def named(call: Call) -> str:
    return getattr(getattr(call, "func", call), "__name__", "call")


@pytest.mark.parametrize(
    ("call", "name", "more"),
    [pytest.param(*row, id=f"{named(row[0])}-{row[1]}") for row in CHECKED],
)
def test_a_wrong_number_is_one_line(call: Call, name: str, more: list[object]) -> None:
    for wrong in ["x", [], float("nan"), -1, np.array([1.0, 2.0]), pd.DataFrame(), *more]:
        with pytest.raises(UsageError, match="cannot be used: got") as caught:
            call(**{name: wrong})
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (partial(cascade.forests, TWEETS), "method"),
        (partial(cascade.compare, SHAPES, "camp"), "match"),
        (partial(communities.detect, KARATE), "method"),
        (partial(communities.similarity, PARTITION, PARTITION), "measure"),
        (partial(coordination.shares, TWEETS), "kind"),
        (partial(diffusion.fit, CASCADES), "method"),
        (partial(graphs.edges, TWEETS), "kind"),
        (partial(hawkes.fit, [1.0, 2.0], end_s=5.0), "kernel"),
        (partial(hawkes.fit, [1.0, 2.0], end_s=5.0), "baseline"),
        (partial(places.flows, TWEETS, LOCATED), "level"),
    ],
    ids=lambda row: named(row) if callable(row) else row,
)
def test_a_wrong_choice_is_one_line(call: Call, name: str) -> None:
    for wrong in ["fast", 5, [], np.array(["leiden", "star"]), pd.DataFrame()]:
        with pytest.raises(UsageError, match=f"^unknown {name}: got"):
            call(**{name: wrong})


@pytest.mark.parametrize("wrong", [None, 5, object()], ids=["None", "5", "object"])
@pytest.mark.parametrize(
    "call",
    [
        cascade.metrics, cascade.coverage, cascade.ccdf, partial(cascade.compare, SHAPES),
        communities.detect, communities.camps,
        communities.clearest, coordination.clusters, diffusion.fit, graphs.layout,
        graphs.retweets, graphs.to_networkx, graphs.from_networkx, hashtags.usage,
        partial(hashtags.timeline, TWEETS), partial(hashtags.family, TWEETS), hawkes.forests,
        hawkes.attribution, hawkes.residuals, partial(hawkes.simulate, end_s=1.0),
        partial(hawkes.predict, horizon_s=9.0), partial(hawkes.traces, TWEETS, tags=["x"]),
        partial(hawkes.traces, TWEETS, "mynypd"), partial(hawkes.between, TWEETS, "mynypd"),
        partial(hawkes.without, TWEETS, "mynypd"), hijack.segment, hijack.consensus,
        hijack.agreement, partial(communities.modularity, labels=[0]),
        partial(communities.modularity, KARATE), partial(places.nearest_cities, latitudes=[0.0]),
        partial(places.nearest_cities, [0.0]), places.locate, places.candidates, places.of_users,
        places.named,
        partial(places.arrivals, TWEETS, LOCATED), places.effective_distance, seeds.rank,
        partial(seeds.elites, TWEETS), partial(seeds.brokers, KARATE), archive.open,
    ],
    ids=named,
)  # fmt: skip
def test_a_wrong_object_is_one_line(call: Call, wrong: object) -> None:
    with pytest.raises(UsageError) as caught:
        call(wrong)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("launch", [pd.Timestamp("2014-04-22"), np.datetime64("2014"), 5, "x"])
def test_a_launch_is_a_moment_with_its_zone(launch: object) -> None:
    with pytest.raises(UsageError, match="launch cannot be used: got"):
        hijack.detect(TWEETS, CAMPS, launch=launch)


@pytest.mark.parametrize("camps", ["tweet_id", None, 5])
def test_camps_are_a_table_or_a_column_of_codes(camps: object) -> None:
    with pytest.raises(UsageError):
        hijack.detect(TWEETS, camps)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"paths": "x" * 5000}, "a path cannot be used: got x.*File name too long"),
        ({"paths": ""}, "no path was given"),
        ({"paths": None}, "paths cannot be used: got NoneType"),
        ({"paths": [5]}, "a path cannot be used: got int"),
        ({"paths": __file__, "to": "x" * 300}, "a path cannot be used"),
        ({"paths": __file__, "to": "\0"}, "a path cannot be used"),
        ({"paths": __file__, "columns": ["id"]}, "columns cannot be used: got list"),
    ],
)
def test_paths_that_no_system_takes(options: dict[str, object], message: str) -> None:
    with pytest.raises(SpreadError, match=message) as caught:
        archive.read(**options)
    assert str(caught.value).isprintable()


def test_a_tweet_that_stands_twice_is_refused_where_it_would_count_twice() -> None:
    twice = pd.concat([TWEETS, TWEETS.iloc[1:]])
    for call in (
        cascade.coverage,
        graphs.retweets,
        partial(coordination.shares, kind="retweet"),
        partial(hijack.by_lexicon, lexicon={"a": ["b"]}),
        partial(hijack.sample_to_code, n=1),
        partial(places.flows, located=LOCATED),
    ):
        with pytest.raises(UsageError, match="tweets are not unique: got tweet 2 twice"):
            call(twice)
