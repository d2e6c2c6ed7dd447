"""Parent and child named in one tweet: against what chance, and what it is worth."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.special import logsumexp
from scipy.stats import betabinom
from test_hashtags_generator import Settings, family

from spread import hashtags
from spread.hashtags import _acts, _beside, _posterior

JOINT = Settings(only_seen=1 / 3, beside=0.3, beside_root=0.05)


def weights(tweets: pd.DataFrame, child: str) -> np.ndarray:
    """Return the laws' weights for a child and the root, the child alone being of the family."""
    acts = _acts.read(tweets)
    members = [acts.code("mynypd"), acts.code(child)]
    others = _beside.controls(acts, members)
    root, own = acts.acts_with(members[0]), acts.acts_with(members[1])
    return _beside.weighed(others, [root], int(own[0]))[0]


def test_the_law_of_other_tags_equals_its_plain_twin() -> None:
    """For each other tag, its first 15 typing authors after the child's first tweet."""
    tweets, truth = family(3, JOINT)
    child = str(truth.index[8])
    rows = tweets.sort_values(["at", "tweet_id"]).explode("hashtags").dropna(subset="hashtags")
    born = rows.loc[rows["hashtags"] == child, "at"].min()
    typed = rows[rows["kind"] == "tweet"].drop_duplicates(["hashtags", "author_id"])
    beside = set(tweets["tweet_id"][["mynypd" in tags for tags in tweets["hashtags"]]])
    log_weight = np.zeros((len(_beside._MEANS), len(_beside._WORTHS)))
    for tag, of_tag in typed.groupby("hashtags"):
        if tag in ("mynypd", child) or len(of_tag) < 3:
            continue
        asked = of_tag[of_tag["at"] > born].head(15)
        both = asked["tweet_id"].isin(beside).sum()
        for (i, mean), (j, worth) in product(enumerate(_beside._MEANS), enumerate(_beside._WORTHS)):
            law = betabinom(len(asked), mean * worth, (1 - mean) * worth)
            log_weight[i, j] += law.logpmf(both)
    plain = np.exp(log_weight - logsumexp(log_weight)).ravel()
    assert weights(tweets, child) == pytest.approx(plain, abs=1e-9)


def test_a_root_that_fills_the_archive_does_not_speak_against_its_children() -> None:
    """What is asked is how often other tags name the root; its own tweets change nothing."""
    tweets, truth = family(3, Settings(beside_root=0.05))
    flood = tweets[[tags == ["mynypd"] for tags in tweets["hashtags"]]]
    flood = flood[flood["kind"] == "tweet"]
    more = [flood.assign(tweet_id="9" + str(i) + flood["tweet_id"]) for i in range(5)]
    child = str(truth.index[-1])
    flooded = weights(pd.concat([tweets, *more], ignore_index=True), child)
    assert flooded == pytest.approx(weights(tweets, child))


def test_where_other_tags_always_name_the_parent_naming_it_says_nothing() -> None:
    """All of 20 other tags' 15 tweets name it: a law near 1, under which 9 of 9 is common."""
    laws = _beside._laws()[15, 15] * 20
    sure = np.exp(laws - logsumexp(laws))[None]
    ratios = _beside.named_ratios(sure, np.array([9]), np.array([9]))
    assert (ratios <= 0.0).all()


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


def no_news(_: np.ndarray, __: np.ndarray, both: np.ndarray) -> np.ndarray:
    return np.zeros((len(_beside.NAMED), *both.shape))


@pytest.mark.calibration
def test_joint_mention_finds_parents_whom_use_before_does_not_show(
    monkeypatch: pytest.MonkeyPatch, calibration_row: Callable[..., None]
) -> None:
    """A third of the inventors only saw the parent; 3 of 10 typed first tweets name it.

    About 7 of the first 15 adopters type their tweet: 1 - .7^7 = .92 of the children are
    named beside their parent early on. Tolerance: two binomial standard errors; and, for
    the difference that joint mention makes on the same archives, two of a sign test.
    """
    seeds = range(700, 706)
    found, asked = right(seeds)
    monkeypatch.setattr(_posterior, "named_ratios", no_news)
    without, _ = right(seeds)
    calibration_row(
        "hashtags",
        "parents of tags found, a third of inventors only read it, 3 of 10 tweets name it",
        f"{len(found) / asked:.2f} of {asked}; {len(without) / asked:.2f} without joint mention",
        ">= 0.85",
    )
    gained, lost = len(found - without), len(without - found)
    assert len(found) / asked >= 0.85 - 2 * np.sqrt(0.85 * 0.15 / asked)
    assert gained - lost > 2 * np.sqrt(gained + lost)
