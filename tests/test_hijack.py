"""The turn: when, how sharply, by whom; and when that cannot be told."""

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from test_hijack_streams import Stream, stream

from spread import hijack
from spread._errors import MissingColumnError, UsageError
from spread.hijack._labels import labelled
from spread.hijack._units import read, units

START = pd.Timestamp("2014-04-22 18:00", tz="UTC")


@pytest.fixture(scope="module")
def archive() -> Stream:
    return stream(1)


@pytest.fixture(scope="module")
def turn(archive: Stream) -> hijack.Turn:
    return hijack.detect(archive.tweets, archive.camps, rng=5)


def plain_tweets(camps: str, *, every_s: float = 60.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One original by its own author for each letter, at even times."""
    numbers = range(len(camps))
    tweets = pd.DataFrame(
        {
            "tweet_id": [f"t{i:04}" for i in numbers],
            "author_id": [f"u{i:04}" for i in numbers],
            "at": [START + pd.Timedelta(seconds=every_s * i) for i in numbers],
            "kind": "tweet",
            "retweet_of": None,
        }
    )
    return tweets, pd.DataFrame({"user_id": tweets.author_id, "camp": list(camps)})


def retweeted(tweets: pd.DataFrame, tweet: int, by: list[int], after_s: float) -> pd.DataFrame:
    """The tweets, with retweets of one of them by authors of others."""
    more = tweets.iloc[by].assign(
        tweet_id=[f"r{tweet:04}-{i:04}" for i in by],
        at=tweets["at"][tweet] + pd.Timedelta(seconds=after_s),
        kind="retweet",
        retweet_of=tweets.tweet_id[tweet],
    )
    return pd.concat([tweets, more], ignore_index=True)


def test_a_ramp_of_a_quarter_of_an_hour_is_dated(archive: Stream, turn: hijack.Turn) -> None:
    """One archive: estimates within half an interval's promised width of 30 min; how often
    intervals hold the truth is for the calibration to say."""
    assert turn.cannot_tell is None
    assert turn.p_turn > 0.999
    assert turn.rising == "B"
    assert abs(turn.onset - archive.onset) < pd.Timedelta(minutes=15)
    assert abs(turn.halfway - archive.halfway) < pd.Timedelta(minutes=15)
    assert turn.onset_low < turn.onset < turn.onset_high
    assert turn.halfway_low < turn.halfway < turn.halfway_high
    assert turn.ramp_s_low <= turn.ramp_s <= turn.ramp_s_high


def test_shares_lie_around_the_truth(turn: hijack.Turn) -> None:
    """The generator's shares; accounts who post much count once an hour, which pulls the
    largest camp down a little, so the intervals are not asked to hold them exactly."""
    shares = turn.shares.set_index("camp")
    assert shares.index.tolist() == ["A", "B", "other"]
    assert shares.before.tolist() == pytest.approx([0.65, 0.12, 0.23], abs=0.1)
    assert shares.after.tolist() == pytest.approx([0.1, 0.7, 0.2], abs=0.1)
    assert shares[["before", "after"]].sum().tolist() == pytest.approx([1, 1])
    for side in ("before", "after"):
        assert (shares[f"{side}_low"] < shares[side]).all()
        assert (shares[side] < shares[f"{side}_high"]).all()


def test_columns_are_those_agreed(turn: hijack.Turn) -> None:
    assert turn.posterior.columns.tolist() == ["at", "probability"]
    timeline = ["start_at", "end_at", "camp", "units", "share", "low", "high"]
    assert turn.timeline.columns.tolist() == timeline
    drivers = ["user_id", "share", "share_low", "share_high", "first_at", "evidence"]
    drivers.append("log_bayes_factor_lost")
    assert turn.drivers.columns.tolist() == drivers
    assert turn.posterior.probability.sum() == pytest.approx(1)
    assert turn.timeline.units.sum() == turn.units
    assert (turn.unit, turn.prior, turn.seed) == ("cascade", 1.0, 5)


def test_timeline_starts_on_the_clock_and_holds_intervals(turn: hijack.Turn) -> None:
    lengths = (turn.timeline.end_at - turn.timeline.start_at).unique()
    assert len(lengths) == 1
    assert (turn.timeline.start_at == turn.timeline.start_at.dt.floor(lengths[0])).all()
    assert turn.timeline.groupby("start_at").share.sum().to_numpy() == pytest.approx(1)
    assert (turn.timeline.low <= turn.timeline.share).all()
    assert (turn.timeline.share <= turn.timeline.high).all()


@pytest.mark.parametrize("seed", range(4))
def test_a_burst_of_volume_is_no_turn(seed: int) -> None:
    """Two hundred units in three hours, then eight hundred within a quarter of an hour."""
    rng = np.random.default_rng(seed)
    tweets, camps = plain_tweets("".join(rng.choice(list("ABC"), 1000, p=[0.6, 0.1, 0.3])))
    at_s = np.append(np.linspace(0, 10_800, 200), np.linspace(10_801, 11_700, 800))
    tweets["at"] = START + pd.to_timedelta(np.round(at_s), unit="s")
    found = hijack.detect(tweets, camps, rng=0)
    assert found.p_turn < 0.5
    assert found.rising is None
    assert found.naive["volume_peak"] > START + pd.Timedelta(hours=3) - pd.Timedelta(minutes=1)


def test_one_large_cascade_is_one_unit() -> None:
    """Retweets, most of an archive, by another camp than before: still no second unit."""
    tweets, camps = plain_tweets("ABBABAABAB" * 6 + "B" * 300)
    originals = tweets.iloc[:60]
    archive = retweeted(tweets, 59, list(range(60, 360)), 30.0)
    archive = archive[archive.tweet_id.isin(originals.tweet_id) | (archive.kind == "retweet")]
    found = hijack.detect(archive, camps, rng=0)
    assert found.units == 60
    assert found.rising is None


def test_units_weigh_their_effective_number() -> None:
    """Within one hour twelve by one author and two by others. The twelve count 10/12 each: a
    cluster of 10 and two of 1, Σ = 12, Σ² = 102, an effective number of 12²/102, so all is
    scaled by 12/102. What comes at minute 90 is alone."""
    tweets, _ = plain_tweets("A" * 100)
    chosen = tweets.iloc[[*range(14), 90]].copy()
    chosen.loc[:11, "author_id"] = "me"
    camps = pd.DataFrame({"user_id": chosen.author_id.unique(), "camp": "A"})
    rows = read(chosen)
    counted = units(rows, labelled(rows, chosen, camps).camp, ["A"], audience=True)
    assert counted.weight.tolist() == pytest.approx([10 / 102] * 12 + [12 / 102] * 2 + [1])


def test_one_diligent_account_is_no_turn() -> None:
    """Two camps by turns; then one account of B answers everyone, forty times."""
    tweets, camps = plain_tweets("AB" * 60 + "B" * 40)
    tweets.loc[120:, "author_id"] = "u0121"
    assert hijack.detect(tweets, camps, rng=0).p_turn < 0.5
    apart = hijack.detect(*plain_tweets("AB" * 60 + "B" * 40), rng=0)
    assert apart.p_turn > 0.95


def test_manual_retweets_and_the_unlabelled_are_no_units() -> None:
    tweets, camps = plain_tweets("AB" * 30)
    tweets["manual_retweet"] = [i < 5 for i in range(60)]
    found = hijack.detect(tweets, camps.iloc[:50], rng=0)
    assert (found.units, found.unlabelled) == (45, 10)


def test_originals_from_before_the_collection_are_left_out() -> None:
    """Before the collected span only what was retweeted is known: a false change."""
    tweets, camps = plain_tweets("A" * 40 + "AB" * 40)
    tweets["origin"] = ["embedded"] * 40 + ["collected"] * 80
    found = hijack.detect(tweets, camps, rng=0)
    assert found.units == 80
    assert found.rising is None


def test_turning_share_is_that_of_cascades_in_the_window() -> None:
    """At minute 100 the camp B begins; forty of B pass on its first tweet at once, and one B
    a minute posts on. The window is ten minutes or a little more: 41 of about 41 + 10."""
    tweets, camps = plain_tweets("A" * 100 + "B" * 100)
    archive = retweeted(tweets, 100, list(range(150, 190)), 30.0)
    found = hijack.detect(archive, camps, rng=0)
    first = found.drivers.iloc[0]
    assert first.user_id == "u0100"
    assert first["share"] == pytest.approx(41 / 51, abs=0.08)
    assert first.share_low <= first["share"] <= first.share_high
    assert first.first_at == tweets["at"][100]
    assert first.evidence == ["t0100"]
    assert found.evidence[0] == "t0100"
    assert found.drivers["share"].sum() == pytest.approx(1)


def test_cascades_of_another_camp_lower_the_turning_share() -> None:
    """The same, but those forty pass on a tweet of camp A."""
    tweets, camps = plain_tweets("A" * 100 + "B" * 100)
    archive = retweeted(tweets, 99, list(range(150, 190)), 90.0)
    found = hijack.detect(archive, camps, rng=0)
    assert "u0099" not in set(found.drivers.user_id)
    assert found.drivers["share"].sum() < 0.35


def test_naive_answers_are_given_beside() -> None:
    tweets, camps = plain_tweets("A" * 10 + "B" + "A" * 89 + "B" * 100)
    tweets["followers"] = [10**6 if i in (20, 98) else 5 for i in range(200)]
    naive = hijack.detect(retweeted(tweets, 150, [160, 161], 20.0), camps, rng=0).naive
    assert naive["volume_peak"] == tweets["at"][150]
    assert naive["first_of_rising"]["tweet_id"] == "t0010"
    assert naive["most_followed"] == {
        "user_id": "u0098",
        "at": tweets["at"][98],
        "followers": 10**6,
    }


@pytest.mark.parametrize(
    ("camps", "reason"),
    [
        ("AB" * 9, "too few cascades in which somebody has a camp: 18 (and 0 without)"),
        ("A" * 40, "all 40 cascades are of one camp, A"),
        ("A" * 4 + "B" * 60, "the archive starts with the change: the cascades before it are"),
        ("A" * 60 + "B" * 4, "the archive ends with the change: the cascades after it are"),
        ("AABAB" * 6 + "BBABA" * 8, "the probability of a turn is 0."),
    ],
)
def test_what_cannot_be_told_is_said(camps: str, reason: str) -> None:
    found = hijack.detect(*plain_tweets(camps), rng=0)
    assert found.cannot_tell is not None
    assert found.cannot_tell.startswith(reason)
    assert pd.isna(found.onset)
    assert found.rising is None
    assert len(found.drivers) == len(found.shares) == len(found.evidence) == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"kind": "retweet", "retweet_of": "0"}, "no cascade can be dated: all 40 tweets are ret"),
        ({"author_id": "unknown"}, "nobody in the 40 cascades has a camp"),
        ({"origin": "embedded"}, "none of the 40 originals was posted within the time that"),
    ],
)
def test_where_there_is_no_cascade_to_count_the_reason_is_the_true_one(
    change: dict[str, str], reason: str
) -> None:
    tweets, camps = plain_tweets("AB" * 20)
    found = hijack.detect(tweets.assign(**change), camps, rng=0)
    assert found.cannot_tell.startswith(reason)
    coded = tweets.assign(code=None, **change)
    assert hijack.detect(coded, "code", rng=0).cannot_tell.startswith(
        reason.replace("nobody in the 40 cascades has a camp", "none of the 40 cascades has a code")
    )


def test_an_empty_archive_cannot_tell() -> None:
    tweets, camps = plain_tweets("AB")
    found = hijack.detect(tweets.iloc[:0], camps.iloc[:0], rng=0)
    assert found.cannot_tell.startswith("no cascade")
    assert len(found.timeline) == 0


def test_the_same_whatever_the_kind_and_order_of_the_tables(
    archive: Stream, turn: hijack.Turn
) -> None:
    shuffled = archive.tweets.sample(frac=1, random_state=1)
    camps = archive.camps.sample(frac=1, random_state=2)
    for tweets in (shuffled, pa.Table.from_pandas(shuffled, preserve_index=False)):
        again = hijack.detect(tweets, pa.Table.from_pandas(camps, preserve_index=False), rng=5)
        assert (again.onset, again.halfway_high) == (turn.onset, turn.halfway_high)
        pd.testing.assert_frame_equal(again.drivers, turn.drivers)
        pd.testing.assert_frame_equal(again.shares, turn.shares)
        assert again.evidence == turn.evidence


def test_ibis_tables_do() -> None:
    tweets, camps = plain_tweets("A" * 30 + "B" * 30)
    tables = [ibis.memtable(pa.Table.from_pandas(t, preserve_index=False)) for t in (tweets, camps)]
    assert hijack.detect(*tables, rng=0).rising == "B"


def test_inputs_stay_as_they_were(archive: Stream) -> None:
    tweets, camps = archive.tweets.copy(deep=True), archive.camps.copy(deep=True)
    hijack.detect(tweets, camps, rng=1)
    pd.testing.assert_frame_equal(tweets, archive.tweets)
    pd.testing.assert_frame_equal(camps, archive.camps)


def test_every_name_of_a_camp_gives_the_same_dates(archive: Stream, turn: hijack.Turn) -> None:
    renamed = archive.camps.assign(camp=archive.camps.camp.map({"A": "z", "B": "y", "other": "x"}))
    found = hijack.detect(archive.tweets, renamed, rng=5)
    assert found.rising == "y"
    assert abs(found.onset - turn.onset) < pd.Timedelta(milliseconds=1)


@pytest.mark.parametrize("unit", ["tweet", "author", "retweet"])
def test_other_units_are_refused_with_the_reason(archive: Stream, unit: str) -> None:
    with pytest.raises(UsageError, match=r"allowed: 'cascade'\. Tweets of one cascade repeat"):
        hijack.detect(archive.tweets, archive.camps, unit=unit)


def test_an_account_in_two_camps_is_refused() -> None:
    tweets, camps = plain_tweets("AB" * 20)
    twice = pd.concat([camps, camps.iloc[:1].assign(camp="B")])
    with pytest.raises(UsageError, match="an account has two camps: got user_id 'u0000'"):
        hijack.detect(tweets, twice)


def test_a_missing_column_is_named() -> None:
    tweets, camps = plain_tweets("AB" * 20)
    with pytest.raises(MissingColumnError, match="Add retweet_of"):
        hijack.detect(tweets.drop(columns="retweet_of"), camps)
    with pytest.raises(MissingColumnError, match="Add camp"):
        hijack.detect(tweets, camps.drop(columns="camp"))


def test_a_turn_shows_itself(turn: hijack.Turn) -> None:
    assert repr(turn).startswith("Turn(camp B rises from 2014-04-22 1")
    assert "half-way" in turn._repr_html_()
    none = hijack.detect(*plain_tweets("AB" * 400), rng=0)
    assert repr(none).startswith("Turn(no turn, probability of one 0.0")
    nothing = hijack.detect(*plain_tweets("A" * 40), rng=0)
    assert repr(nothing) == f"Turn(cannot tell: {nothing.cannot_tell})"
