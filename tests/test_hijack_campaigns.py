"""The four campaigns and the control are told apart in kind and in time."""

from pathlib import Path

import pandas as pd
import pytest

from spread import archive, hijack, scenario
from spread.hijack import Turn
from spread.scenario import Truth

pytestmark = pytest.mark.calibration

CASES = {
    "mynypd": ("mynypd", 0.05),
    "mcdstories": ("mcdstories", 0.3),
    "askjpm": ("askjpm", 0.05),
    "askrkelly": ("askrkelly", 0.05),
    "steady": ("mybook", 0.05),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Turn, Truth]]:
    """The turn of each, by the true stance of its originals."""
    folder = tmp_path_factory.mktemp("turns")
    return {name: one(folder / f"{name}.jsonl", name) for name in CASES}


def one(path: Path, name: str) -> tuple[Turn, Truth]:
    root, scale = CASES[name]
    truth = scenario.generate(name, path, scale=scale, rng=3)
    tweets = archive.read(path, progress=False).tweets
    tagged = tweets.filter(tweets.hashtags.contains(root))
    codes = truth.originals[["tweet_id", "stance"]].rename(columns={"stance": "code"})
    launch = pd.Timestamp(truth.parameters["launch_at"])
    return hijack.detect(tagged, codes, launch=launch, rng=1), truth


def test_each_is_of_its_kind(told: dict[str, tuple[Turn, Truth]]) -> None:
    assert {name: turn.kind for name, (turn, _) in told.items()} == {
        "mynypd": "takeover",
        "mcdstories": "minority",
        "askjpm": "takeover",
        "askrkelly": "takeover",
        "steady": None,
    }
    for name in ("mynypd", "mcdstories", "askjpm", "askrkelly"):
        assert told[name][0].rising == "critical"


@pytest.mark.parametrize("name", ["mynypd", "mcdstories", "askjpm", "askrkelly"])
def test_the_onset_lies_in_its_interval(told: dict[str, tuple[Turn, Truth]], name: str) -> None:
    turn, truth = told[name]
    assert turn.onset_low <= truth.turn.onset_at[0] <= turn.onset_high


def test_each_has_its_time(told: dict[str, tuple[Turn, Truth]]) -> None:
    """#myNYPD about two hours after the launch, #McDStories within two, #AskJPM before the
    event, #AskRKelly within moments."""
    launch = {name: pd.Timestamp(t.parameters["launch_at"]) for name, (_, t) in told.items()}
    hours = {name: pd.Timedelta(hours=h) for name, h in (("two", 2), ("three", 3))}
    assert told["mynypd"][0].p_before(launch["mynypd"] + hours["three"]) > 0.99
    assert told["mynypd"][0].p_before(launch["mynypd"] + hours["two"] / 2) < 0.01
    assert told["mcdstories"][0].p_before(launch["mcdstories"] + hours["two"]) > 0.95
    askjpm, truth = told["askjpm"]
    assert askjpm.p_before(pd.Timestamp(truth.parameters["event_at"])) > 0.99
    assert askjpm.onset_low > launch["askjpm"] + hours["two"]
    moments = told["askrkelly"][0].onset_high - launch["askrkelly"]
    assert moments < pd.Timedelta(minutes=10)


def test_a_small_share_is_told_with_its_size(told: dict[str, tuple[Turn, Truth]]) -> None:
    turn, truth = told["mcdstories"]
    row = turn.shares.set_index("camp").loc["critical"]
    assert row.before_low <= truth.turn.before[0] <= row.before_high
    assert row.after_low <= truth.turn.after[0] <= row.after_high
    assert row.after_high < 0.05


def test_the_control_does_not_turn_though_its_volume_does(
    told: dict[str, tuple[Turn, Truth]],
) -> None:
    turn, _ = told["steady"]
    assert turn.p_turn < 0.1
    assert len(turn.volume) > 1
