"""Two hundred archives with a turn, and two hundred without."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from test_hijack_streams import Stream, stream

from spread import hijack
from spread.hijack import _labels, _units

ARCHIVES = 200


def drawn(number: int) -> Stream:
    """Ramps of 2 to 30 min and steps, of four shapes; two are none of the estimator's."""
    rng = np.random.default_rng([number, 7])
    shape = ["linear", "exponential", "sigmoid", "growing"][number % 4]
    ramp_s = 0.0 if number % 10 == 9 else float(np.exp(rng.uniform(np.log(120), np.log(1800))))
    return stream(number, shape=shape, ramp_s=ramp_s)


def abrupt(archive: Stream) -> bool:
    """Whether the 95 % interval of an abrupt change of the same units holds the onset."""
    rows = _units.read(archive.tweets)
    camps = _labels.labelled(rows, archive.tweets, archive.camps)
    counted = _units.units(rows, camps.camp, camps.names, audience=True)
    found = hijack.segment(counted.categories())
    reached = np.cumsum(found.probability)
    low, high = np.searchsorted(reached, [0.025, 0.975])
    onset_s = (archive.onset - counted.instant(0)).total_seconds()
    return bool(counted.times_s[low] <= onset_s <= counted.times_s[high + 1])


@pytest.mark.calibration
def test_the_onset_lies_in_its_interval(calibration_row: Callable[..., None]) -> None:
    """Of 200 intervals at 95 %, 179 to 198 hold the truth."""
    rows = []
    for number in range(ARCHIVES):
        archive = drawn(number)
        turn = hijack.detect(archive.tweets, archive.camps, rng=number)
        rows.append(
            {
                "called": turn.rising == "B",
                "onset": turn.onset_low <= archive.onset <= turn.onset_high,
                "halfway": turn.halfway_low <= archive.halfway <= turn.halfway_high,
                "width": (turn.onset_high - turn.onset_low) / pd.Timedelta(minutes=1),
                "halfway_width": (turn.halfway_high - turn.halfway_low) / pd.Timedelta(minutes=1),
                "abrupt": abrupt(archive) if number % 5 == 0 else np.nan,
                "tweets": len(archive.tweets),
            }
        )
    found = pd.DataFrame(rows)
    size = f"{ARCHIVES} archives of {found.tweets.median():,.0f} tweets, ramps of 0 to 30 min"
    sudden = found.abrupt.dropna().astype(bool)
    width, halfway_width = found.width.median(), found.halfway_width.median()
    calibration_row("hijack", f"turns called, of {size}", found.called.sum(), "≥ 198")
    calibration_row("hijack", "95 % intervals that hold the onset", found.onset.sum(), "179–198")
    calibration_row("hijack", "median width of them, min", f"{width:.1f}", "≤ 30")
    calibration_row("hijack", "95 % intervals that hold half-way", found.halfway.sum(), "179–200")
    calibration_row("hijack", "median width of these, min", f"{halfway_width:.1f}", "≤ 30")
    calibration_row(
        "hijack",
        f"the same by an abrupt change (for comparison), of {len(sudden)}",
        sudden.sum(),
        "none",
    )
    assert found.called.sum() >= 198
    assert 179 <= found.onset.sum() <= 198
    assert found.halfway.sum() >= 179
    assert width <= 30
    assert sudden.mean() < found.onset.mean()


@pytest.mark.calibration
def test_no_turn_is_called_where_there_is_none(calibration_row: Callable[..., None]) -> None:
    """Volume in bursts, Pareto cascades, threads: at most 4 of 200 (2 %) called."""
    found = [
        hijack.detect(archive.tweets, archive.camps, rng=number)
        for number in range(ARCHIVES)
        for archive in [stream(5000 + number, turn=False, threads=0.1 + 0.3 * (number % 2))]
    ]
    called = sum(turn.rising is not None for turn in found)
    undecided = sum(turn.cannot_tell is not None for turn in found)
    calibration_row("hijack", f"called, of {ARCHIVES} archives without a turn", called, "≤ 4")
    calibration_row("hijack", f"cannot tell, of {ARCHIVES} without a turn", undecided, "none")
    assert called <= 4
