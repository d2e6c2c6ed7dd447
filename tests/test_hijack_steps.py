"""All changes of an archive as steps, and its volume apart from its composition."""

import numpy as np
import pandas as pd
from test_hijack import START, plain_tweets

from spread import hijack


def test_two_turns_are_two_changes() -> None:
    """A leads, then B, then A again, a hundred units each: changes at units 100 and 200."""
    tweets, camps = plain_tweets("A" * 100 + "B" * 100 + "A" * 100)
    found = hijack.detect(tweets, camps, rng=1).changes
    assert found.change.tolist() == [1, 2]
    for row, unit in zip(found.itertuples(), (100, 200), strict=True):
        assert row.at_low <= tweets["at"][unit] <= row.at_high + pd.Timedelta(minutes=1)
        assert row.probability > 0.95


def test_what_does_not_change_has_no_step() -> None:
    found = hijack.detect(*plain_tweets("AB" * 200), rng=1)
    assert found.changes.empty
    assert found.changes.columns.tolist() == ["change", "at", "at_low", "at_high", "probability"]


def test_a_burst_changes_the_volume_and_not_the_composition() -> None:
    """One unit a minute for two hours, then ten a minute for one, of the same two camps."""
    letters = np.random.default_rng(3).choice(list("AB"), 720)
    tweets, camps = plain_tweets("".join(letters))
    at_s = np.append(np.arange(120) * 60.0, 7200 + np.arange(600) * 6.0)
    tweets["at"] = START + pd.to_timedelta(at_s, unit="s")
    found = hijack.detect(tweets, camps, rng=1)
    assert found.rising is None
    assert found.changes.empty
    assert found.volume.start_at.tolist() == [START, START + pd.Timedelta(hours=2)]
    for row, rate in zip(found.volume.itertuples(), (1, 10), strict=True):
        assert row.tweets_per_min_low <= rate <= row.tweets_per_min_high


def test_too_few_units_and_one_instant_have_neither() -> None:
    tweets, camps = plain_tweets("AB" * 2)
    found = hijack.detect(tweets.assign(at=START), camps, rng=1)
    assert found.changes.empty
    assert found.volume.empty


def test_a_century_has_no_more_bins_than_an_hour() -> None:
    """40 tweets 1000 days apart: 16 weeks a bin, where 5,572 weeks would be 5,572 bins."""
    tweets, camps = plain_tweets("AB" * 20)
    at = START + pd.to_timedelta(np.arange(40) * 1000.0, unit="D")
    volume = hijack.detect(tweets.assign(at=at), camps, rng=1).volume
    widths = volume.end_at - volume.start_at
    assert (widths % pd.Timedelta(weeks=16) == pd.Timedelta(0)).all()
    assert widths.sum() / pd.Timedelta(weeks=16) <= 400
