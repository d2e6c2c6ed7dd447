"""The campaigns besides #myNYPD against what was reported of them, and the control."""

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spread import archive, scenario
from spread.scenario import Truth
from spread.scenario._askjpm import ASKJPM
from spread.scenario._askrkelly import ASKRKELLY
from spread.scenario._mcdstories import MCDSTORIES
from spread.scenario._steady import STEADY

NAMED = {
    fixture.screen_name
    for story in (MCDSTORIES, ASKJPM, ASKRKELLY, STEADY)
    for fixture in story.fixtures
}
ROOTS = {
    "mcdstories": "mcdstories",
    "askjpm": "askjpm",
    "askrkelly": "askrkelly",
    "steady": "mybook",
}


@pytest.fixture(scope="module")
def truths(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Truth]:
    folder = tmp_path_factory.mktemp("campaigns")
    return {
        name: scenario.generate(name, folder / f"{name}.jsonl.gz", scale=0.05, rng=3)
        for name in ROOTS
    }


def critical(truth: Truth, root: str, *, of_all: bool = False) -> pd.Series:
    """Whether each original under the root (with its retweets, `of_all`) is critical, by time."""
    own = truth.originals[truth.originals.hashtags.map(lambda tags: root in tags)]
    found = pd.Series((own.stance == "critical").to_numpy(), index=pd.DatetimeIndex(own["at"]))
    if of_all:
        stance = (own.stance == "critical").set_axis(own.tweet_id)
        passed = truth.retweets[truth.retweets.root_id.isin(own.tweet_id)]
        more = passed.root_id.map(stance).to_numpy()
        found = pd.concat([found, pd.Series(more, index=pd.DatetimeIndex(passed["at"]))])
    return found.sort_index()


def test_a_small_part_of_mcdstories_is_critical(truths: dict[str, Truth]) -> None:
    """Reported: 2 % of 72,000 mentions were negative, turned within two hours, pulled the
    same day. About 5,500 mentions here; a cascade repeats one stance, so that their effective
    number is about a third: three standard errors of 2.5 % are 1.1 %."""
    truth = truths["mcdstories"]
    assert critical(truth, "mcdstories", of_all=True).mean() == pytest.approx(0.025, abs=0.011)
    launch, pulled = (pd.Timestamp(truth.parameters[k]) for k in ("launch_at", "pulled_at"))
    assert launch < truth.turn.onset_at[0] < pulled < launch + pd.Timedelta(hours=2)
    assert pulled.date() == launch.date()
    assert truth.turn.kind[0] == "minority"


def test_mcdstories_fades_when_it_is_no_longer_paid_for(truths: dict[str, Truth]) -> None:
    truth = truths["mcdstories"]
    at = critical(truth, "mcdstories").index
    pulled, hours = pd.Timestamp(truth.parameters["pulled_at"]), pd.Timedelta(hours=2)
    before, after = ((at >= low) & (at < low + hours) for low in (pulled - hours, pulled + hours))
    assert after.sum() < 0.7 * before.sum()


def test_mcdstories_is_turned_by_several_whom_nobody_knows(truths: dict[str, Truth]) -> None:
    truth = truths["mcdstories"]
    led = truth.users.set_index("user_id").loc[truth.turn.hijackers[0]]
    assert len(led) > 3
    assert not led.screen_name.isin(NAMED).any()
    assert led.followers.max() < truth.users.followers[0]


@pytest.mark.calibration
def test_mcdstories_has_the_volume_that_was_reported(tmp_path: Path) -> None:
    """72,000 mentions for each unit of scale, so 18,000 for a quarter. Cascades come as a
    Poisson process: the variance of their total is the sum of their squared sizes."""
    totals, variance = [], 0.0
    for scale in (0.5, 0.25):
        truth = scenario.generate("mcdstories", tmp_path / "a.jsonl", scale=scale, rng=4)
        own = truth.originals[truth.originals.hashtags.map(lambda tags: "mcdstories" in tags)]
        passed = truth.retweets.root_id.value_counts().reindex(own.tweet_id, fill_value=0)
        totals.append(len(own) + passed.sum())
        variance += ((1 + passed) ** 2).sum()
    assert totals[0] - totals[1] == pytest.approx(18_000, abs=3 * np.sqrt(variance))


def test_askjpm_turns_before_the_event(truths: dict[str, Truth]) -> None:
    """Of some 700 originals after the turn at least two thirds are critical."""
    truth = truths["askjpm"]
    moments = ("launch_at", "pulled_at", "event_at")
    launch, pulled, event = (pd.Timestamp(truth.parameters[name]) for name in moments)
    assert launch < truth.turn.onset_at[0] < truth.turn.halfway_at[0] < pulled < event
    assert pulled - launch < pd.Timedelta(hours=6)
    assert event.tz_convert("America/New_York").hour == 13
    done = truth.turn.halfway_at[0] + pd.Timedelta(hours=2)
    found = critical(truth, "askjpm")
    assert found[found.index > done].mean() > 2 / 3 - 3 * np.sqrt(2 / 9 / 700)
    assert found[found.index < truth.turn.onset_at[0]].mean() < 0.25


def test_askjpm_is_turned_by_journalists_and_critics(truths: dict[str, Truth]) -> None:
    truth = truths["askjpm"]
    led = truth.users.set_index("user_id").loc[truth.turn.hijackers[0]]
    assert led.camp.tolist() == ["critics", "press", "critics"]
    assert led.index[0] == truth.turn.made_by[0]
    joined = truth.originals[truth.originals.user_id.isin(led.index)].groupby("user_id")["at"]
    ramp = pd.Timedelta(seconds=truth.turn.ramp_s[0])
    assert (joined.min() <= truth.turn.onset_at[0] + ramp).all()


def test_a_bank_calls_it_off_in_public(truths: dict[str, Truth]) -> None:
    truth = truths["askjpm"]
    own = truth.originals[truth.originals.user_id == truth.parameters["launched_by"]]
    pulled = pd.Timestamp(truth.parameters["pulled_at"])
    assert (own["at"] == pulled).sum() == 1
    assert not (own["at"] > pulled).any()


def test_askrkelly_turns_within_moments(truths: dict[str, Truth]) -> None:
    truth = truths["askrkelly"]
    launch = pd.Timestamp(truth.parameters["launch_at"])
    minutes = (truth.turn.onset_at[0] - launch) / pd.Timedelta(minutes=1)
    assert 2 <= minutes <= 5
    found = critical(truth, "askrkelly")
    assert found[found.index > launch + pd.Timedelta(minutes=10)].mean() > 0.85


def test_steady_never_turns(truths: dict[str, Truth]) -> None:
    """Eight stretches of equally many originals share one share: χ² with 7 degrees of freedom
    stays below its 99.9 % quantile, 24.3."""
    truth = truths["steady"]
    assert truth.turn.empty
    assert truth.parameters["pulled_at"] is None
    assert "turned: never" in repr(truth)
    found = critical(truth, "mybook")
    parts = np.array_split(found.to_numpy(), 8)
    share = found.mean()
    chi = sum((p.sum() - len(p) * share) ** 2 / (len(p) * share * (1 - share)) for p in parts)
    assert chi < 24.3
    kinds = truth.tags[truth.tags.kind == "independent"]
    assert set(kinds.hashtag) == {"myshelf", "myboat"}
    assert kinds.parent.isna().all()


@pytest.mark.parametrize("name", ROOTS)
def test_an_archive_reads_back_whole(truths: dict[str, Truth], tmp_path: Path, name: str) -> None:
    truth = scenario.generate(name, tmp_path / "a.jsonl", scale=0.02, rng=5)
    read = archive.read(tmp_path / "a.jsonl", progress=False)
    assert read.report.rejects.empty
    kept = truth.originals.kept.sum() + truth.retweets.kept.sum()
    assert read.report.origins["collected"] == kept
    assert len(truth.turn.columns) == len(truths["steady"].turn.columns)


def unnamed(truth: Truth) -> Truth:
    """Without what named accounts wrote and the tweet that begins the turn: the story fixes it."""
    named = truth.users.user_id[truth.users.screen_name.isin(NAMED)]
    fixed = truth.originals.user_id.isin(named)
    fixed |= truth.originals.tweet_id.isin(truth.turn.tweet_id)
    return dataclasses.replace(truth, originals=truth.originals[~fixed])


@pytest.mark.calibration
def test_the_shares_are_those_of_the_truth(tmp_path: Path) -> None:
    """Over three seeds, before the onset and after the ramp, originals of accounts without a
    name: within three standard errors of a sum of Bernoulli draws."""
    for name in ("mcdstories", "askjpm", "askrkelly"):
        gaps, spread = np.zeros(2), np.zeros(2)
        for seed in range(3):
            truth = scenario.generate(name, tmp_path / "a.jsonl", scale=0.05, rng=seed)
            found, turn = critical(unnamed(truth), ROOTS[name]), truth.turn.iloc[0]
            ended = turn.onset_at + 3 * pd.Timedelta(seconds=turn.ramp_s)
            parts = found[found.index < turn.onset_at], found[found.index > ended]
            shares = np.array([turn.before, turn.after])
            counts = np.array([len(part) for part in parts])
            gaps += np.array([part.sum() for part in parts]) - counts * shares
            spread += counts * shares * (1 - shares)
        assert (np.abs(gaps) < 3 * np.sqrt(spread)).all(), name


def test_the_launcher_answers_some_of_the_first(truths: dict[str, Truth]) -> None:
    for truth in truths.values():
        launcher = truth.parameters["launched_by"]
        answers = truth.originals[truth.originals.user_id == launcher].reply_to.dropna()
        replied = truth.originals.set_index("tweet_id").loc[answers]
        assert len(answers) > 0
        assert set(replied.reply_to) == {truth.parameters["launch_tweet_id"]}


def test_all_truths_have_the_same_columns(truths: dict[str, Truth]) -> None:
    for truth in truths.values():
        assert list(truth.turn.columns) == list(truths["steady"].turn.columns)
        assert set(truth.parameters) == set(truths["steady"].parameters)
        assert set(truth.users.camp) == {"house", "critics", "press", "public"}


def test_only_organisations_keep_their_names() -> None:
    assert {name for name in NAMED if not name[-4:].isdigit()} == {"McDonalds", "jpmorgan"}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        scenario.generate("askjpm", tmp_path / f"{name}.jsonl", scale=0.02, rng=8)
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
