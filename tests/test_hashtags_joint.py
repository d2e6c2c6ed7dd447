"""Parent and child named in one tweet: against what chance, and what it is worth."""

import numpy as np
import pandas as pd
import pytest
from test_hashtags_generator import Settings, family

from spread import hashtags
from spread.hashtags import _acts, _evidence, _posterior

JOINT = Settings(only_seen=1 / 3, beside=0.3, beside_root=0.05)


def test_the_chance_is_that_of_tweets_that_hold_another_tag() -> None:
    """Plain twin: matched tweets with a tag beside the root, how many hold the root too."""
    tweets, truth = family(3, JOINT)
    acts = _acts.read(tweets)
    tags = tweets.sort_values(["at", "tweet_id"])["hashtags"].tolist()
    child = acts.code(truth.index[8])
    never = ~np.isin(np.arange(acts.authors), acts.author[acts.acts_with(child)])
    got = _evidence.gather(acts, [child], [acts.acts_with(acts.code("mynypd"))])[0]
    known = np.flatnonzero(~np.isnan(got.joint_chance[:, 0]))
    assert len(known) >= 3
    for i in known:
        alike = _evidence._Matching(acts).acts_like(int(got.acts[i]), never)
        other = [j for j in alike if acts.original[j] and set(tags[j]) - {"mynypd"}]
        both = sum("mynypd" in tags[j] for j in other)
        assert got.joint_chance[i, 0] == pytest.approx((both + 0.5) / (len(other) + 1.0))
        assert bool(got.joint[i, 0]) == ("mynypd" in tags[got.acts[i]])


def test_a_root_that_fills_the_archive_does_not_speak_against_its_children() -> None:
    """Most tweets hold the root alone; a child beside it in one of three is still a sign."""
    tweets, _ = family(3, Settings(beside_root=0.05))
    flood = tweets[["mynypd" in tags for tags in tweets["hashtags"]]]
    flood = flood[flood["kind"] == "tweet"]
    more = [flood.assign(tweet_id="9" + str(i) + flood["tweet_id"]) for i in range(5)]
    acts = _acts.read(pd.concat([tweets, *more], ignore_index=True))
    child = acts.code(str(tweets["hashtags"].explode().value_counts().index[-1]))
    root = [acts.acts_with(acts.code("mynypd"))]
    got = _evidence.gather(acts, [child], root)[0]
    assert np.nanmax(got.joint_chance) < 0.5


def right(seeds: range) -> tuple[set[tuple[int, str]], int]:
    """Which true children have their parent as the likeliest, and how many there are."""
    hits, asked = set(), 0
    for seed in seeds:
        tweets, truth = family(seed, JOINT)
        links = hashtags.family(tweets, "mynypd", rng=seed).links.dropna(subset="parent")
        best = links.sort_values("probability").groupby("child")["parent"].last()
        real = best[best.index.isin(truth[truth.notna()].index)]
        hits |= {(seed, str(tag)) for tag in real.index[real == truth[real.index]]}
        asked += len(real)
    return hits, asked


@pytest.mark.calibration
def test_joint_mention_finds_parents_whom_use_before_does_not_show(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A third of the inventors only saw the parent; 3 of 10 typed first tweets name it.

    About 7 of the first 15 adopters type their tweet: 1 - .7^7 = .92 of the children are
    named beside their parent early on. Tolerance: two binomial standard errors; and, for
    the difference that joint mention makes on the same archives, two of a sign test.
    """
    seeds = range(700, 706)
    found, asked = right(seeds)
    monkeypatch.setattr(_posterior, "_JOINT", (0.0, 0.0))
    without, _ = right(seeds)
    gained, lost = len(found - without), len(without - found)
    assert len(found) / asked >= 0.85 - 2 * np.sqrt(0.85 * 0.15 / asked)
    assert gained - lost > 2 * np.sqrt(gained + lost)
