"""What the turn is told by: camps in several splits, codes of tweets, codes with errors."""

import numpy as np
import pandas as pd
import pytest
from test_hijack import plain_tweets, retweeted
from test_hijack_streams import stream

from spread import hijack
from spread._errors import UsageError
from spread.hijack._concentration import concentration
from spread.hijack._labels import Labels, corrected, labelled
from spread.hijack._units import read, units


def shuffled(camps: pd.DataFrame, share: float, seed: int) -> pd.DataFrame:
    """Camps, of which a share is wrong."""
    rng = np.random.default_rng(seed)
    wrong = rng.random(len(camps)) < share
    mixed = rng.permutation(camps.camp.to_numpy(copy=True))
    return camps.assign(camp=np.where(wrong, mixed, camps.camp), split=seed)


def test_splits_are_averaged() -> None:
    """Each split alone gives its own interval; their mixture's ends lie within all of them, and
    the probability is their mean."""
    archive = stream(3)
    parts = [shuffled(archive.camps, 0.3, seed) for seed in range(3)]
    alone = [hijack.detect(archive.tweets, part.drop(columns="split"), rng=1) for part in parts]
    together = hijack.detect(archive.tweets, pd.concat(parts), rng=1)
    assert together.splits == 3
    assert together.p_turn == pytest.approx(np.mean([turn.p_turn for turn in alone]))
    assert together.log_bayes_factor == pytest.approx(
        np.mean([turn.log_bayes_factor for turn in alone])
    )
    assert min(t.onset_low for t in alone) <= together.onset_low
    assert together.onset_high <= max(t.onset_high for t in alone)
    assert together.posterior.probability.sum() == pytest.approx(1)
    assert together.posterior["at"].is_monotonic_increasing


def test_a_split_in_which_nothing_changes_halves_the_probability() -> None:
    tweets, camps = plain_tweets("A" * 100 + "B" * 100)
    other = camps.assign(camp=["A", "B"] * 100, split=1)
    found = hijack.detect(tweets, pd.concat([camps.assign(split=0), other]), rng=1)
    assert 0.5 <= found.p_turn < 0.7
    assert found.cannot_tell.startswith("the probability of a turn is 0.")


def test_codes_of_tweets_do_and_retweets_inherit_them() -> None:
    tweets, _ = plain_tweets("." * 200)
    coded = pd.DataFrame({"tweet_id": tweets.tweet_id, "code": ["kind"] * 100 + ["angry"] * 100})
    archive = retweeted(tweets, 100, list(range(150, 190)), 30.0)
    found = hijack.detect(archive, coded, rng=1)
    assert (found.rising, found.units) == ("angry", 200)
    assert found.drivers.iloc[0].user_id == "u0100"
    again = hijack.detect(archive.assign(frame=coded.code), "frame", rng=1)
    assert (again.rising, again.units) == ("angry", 200)
    assert again.onset == found.onset


def test_a_blank_code_is_none_and_blanks_around_one_do_not_count() -> None:
    tweets, _ = plain_tweets("." * 200)
    codes = ["kind", " kind", "", None] * 25 + ["angry", "angry ", " ", "angry"] * 25
    found = hijack.detect(tweets, pd.DataFrame({"tweet_id": tweets.tweet_id, "code": codes}))
    assert (set(found.shares.camp), found.units) == ({"kind", "angry"}, 125)


def test_shares_are_corrected_for_errors_of_coders() -> None:
    """Two coders who each err in 15 % of tweets: of 90 % kind, .9·.85 + .1·.15 = 78 % are
    coded so. Of 600 tweets on a side; the interval holds the true shares."""
    rng = np.random.default_rng(1)
    true = np.where(rng.random(1200) < np.repeat([0.9, 0.1], 600), "kind", "angry")
    tweets, _ = plain_tweets("." * 1200)
    other = {"kind": "angry", "angry": "kind"}
    coded = [
        pd.DataFrame(
            {
                "tweet_id": tweets.tweet_id,
                "coder": coder,
                "code": [other[c] if e else c for c, e in zip(true, errs, strict=True)],
            }
        )
        for coder, errs in (("x", rng.random(1200) < 0.15), ("y", rng.random(1200) < 0.15))
    ]
    alone = hijack.detect(tweets, coded[0].drop(columns="coder"), rng=1)
    both = hijack.detect(tweets, pd.concat(coded), rng=1)
    before = alone.shares.set_index("camp").loc["kind"]
    assert before.before_high < 0.85
    corrected_row = both.shares.set_index("camp").loc["kind"]
    assert corrected_row.before_low <= 0.9 <= corrected_row.before_high
    assert corrected_row.after_low <= 0.1 <= corrected_row.after_high


def test_the_correction_inverts_the_errors() -> None:
    """q = Mᵀp with M = [[.8, .2], [.1, .9]] and p = (.5, .5) is (.45, .55)."""
    errors = np.array([[[0.8, 0.2], [0.1, 0.9]]])
    labels = Labels((), pd.Series(dtype="str"), ("a", "b"), audience=False, errors=errors)
    drawn = np.array([[[0.45, 0.55], [0.05, 0.95]]])
    shares = corrected(drawn, labels, np.random.default_rng(0))
    assert shares[0, 0] == pytest.approx([0.5, 0.5])
    assert shares[0, 1] == pytest.approx([0.0, 1.0])


def test_two_codes_of_one_coder_are_refused() -> None:
    tweets, _ = plain_tweets("." * 40)
    coded = pd.DataFrame({"tweet_id": ["t0001", "t0001"], "code": ["a", "b"]})
    with pytest.raises(UsageError, match="a tweet has two codes: got tweet_id 't0001'"):
        hijack.detect(tweets, coded)


def test_those_who_retweet_count_in_their_camps() -> None:
    """An original by A, passed on by one A and two B: a cascade of 2 A and 2 B."""
    tweets, camps = plain_tweets("AABB" + "A" * 4)
    archive = retweeted(tweets.iloc[[0, 4, 5, 6, 7]], 0, [1, 2], 9.0)
    archive = retweeted(tweets, 0, [1, 2, 3], 9.0)
    rows = read(archive)
    camp = labelled(rows, archive, camps).camp
    counted = units(rows, camp, ["A", "B"], audience=True)
    assert counted.counts[0].tolist() == [2, 2]
    alone = units(rows, camp, ["A", "B"], audience=False)
    assert alone.counts[0].tolist() == [1, 0]
    # Four accounts at φ = 2 are worth 3·4/6 = 2 independent ones, times the author's weight.
    worth = counted.categories(2.0)[0].sum() / counted.weight[0]
    assert worth == pytest.approx(2.0)


@pytest.mark.parametrize("phi", [0.3, 2.0, 20.0])
def test_the_concentration_is_found_again(phi: float) -> None:
    """400 cascades of 2 to 30: the standard error of ln φ is about 0.1, so within 0.35."""
    rng = np.random.default_rng(7)
    shares = np.tile([0.5, 0.3, 0.2], (400, 1))
    p = rng.dirichlet(phi * shares[0], size=400)
    counts = np.array([rng.multinomial(rng.integers(2, 31), row) for row in p]).astype(float)
    assert np.log(concentration(counts, shares)) == pytest.approx(np.log(phi), abs=0.35)


def test_the_time_before_an_instant_has_its_probability() -> None:
    tweets, camps = plain_tweets("A" * 100 + "B" * 100)
    found = hijack.detect(tweets, camps, rng=1)
    assert found.p_before(tweets["at"][80]) < 0.01
    assert found.p_before(tweets["at"][120]) > 0.99


def test_a_small_share_is_a_minority_and_a_large_one_a_takeover() -> None:
    """Of 3,000 units, 1 % are of camp B before and 6 % after, as in a campaign that most
    people went on to enjoy; the other archive turns from 10 to 90 %."""
    rng = np.random.default_rng(2)
    letters = np.where(rng.random(3000) < np.repeat([0.01, 0.06], 1500), "B", "A")
    weak = hijack.detect(*plain_tweets("".join(letters), every_s=5.0), rng=1)
    assert (weak.rising, weak.kind) == ("B", "minority")
    letters = np.where(rng.random(600) < np.repeat([0.1, 0.9], 300), "B", "A")
    strong = hijack.detect(*plain_tweets("".join(letters)), rng=1)
    assert (strong.rising, strong.kind) == ("B", "takeover")


def test_a_tag_that_was_never_its_launchers_needs_the_launch() -> None:
    """Three tweets by the launcher's camp, then four hundred of which one in twenty is."""
    rng = np.random.default_rng(4)
    letters = "AAA" + "".join(np.where(rng.random(400) < 0.95, "B", "A"))
    tweets, camps = plain_tweets(letters)
    unknown = hijack.detect(tweets, camps, rng=1)
    assert unknown.cannot_tell is not None
    found = hijack.detect(tweets, camps, launch=tweets["at"][0], rng=1)
    assert (found.cannot_tell, found.rising, found.kind) == (None, "B", "from the start")
    assert found.onset_low == tweets["at"][0]
    assert found.onset_high <= tweets["at"][40]
    after = found.shares.set_index("camp").loc["B"]
    assert after.after_low <= 0.95 <= after.after_high
    assert np.isnan(after.before)


def test_a_launchers_own_tag_did_not_turn_from_the_start() -> None:
    tweets, camps = plain_tweets("B" + "BBAB" * 100)
    found = hijack.detect(tweets, camps, launch=tweets["at"][0], rng=1)
    assert found.kind is None


def three_days(share: np.ndarray, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """2,500 units at even times, each of camp A with the share of its time."""
    letters = np.where(np.random.default_rng(seed).random(2500) < share, "A", "B")
    return plain_tweets("".join(letters), every_s=3 * 86_400 / 2500)


@pytest.mark.parametrize("seed", range(3))
def test_day_and_night_are_no_turn(seed: int) -> None:
    """One camp sleeps while the other is awake: its share swings between 30 and 70 %."""
    found = hijack.detect(*three_days(0.5 + 0.2 * np.sin(np.linspace(0, 6 * np.pi, 2500)), seed))
    assert found.rising is None
    assert found.p_turn < 0.5


@pytest.mark.parametrize("seed", range(3))
def test_a_slow_drift_is_told_from_a_turn(seed: int) -> None:
    """From 35 to 65 % over three days."""
    found = hijack.detect(*three_days(np.linspace(0.35, 0.65, 2500), seed))
    assert found.p_turn < 0.05
    assert found.cannot_tell.startswith("the shares drift over much of the archive")
