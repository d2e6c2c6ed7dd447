"""Stretches of an archive without a tweet: told where one is too long, and only there."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_archive import put, v1_tweet
from numpy.typing import NDArray

from spread import archive
from spread.archive.merging._measures import FEWEST_ASIDE, gaps

HOUR = 3_600_000_000
DAY = 24 * HOUR
BURSTS = st.lists(
    st.tuples(
        st.lists(st.sampled_from([0, 1, 2]), min_size=25, max_size=60),
        st.sampled_from([40, 80, 150, 3_000]),
    ),
    min_size=2,
    max_size=4,
)


def _steady(count: int, *, per_hour: float, seed: int) -> NDArray[np.int64]:
    """Return instants of a Poisson process."""
    between = np.random.default_rng(seed).exponential(HOUR / per_hour, count)
    return np.cumsum(between).astype(np.int64)


def _told_plainly(at: list[int]) -> list[list[int]]:
    """Return gaps by the words of `gaps`, one silence after the other."""
    told = []
    for row in range(10, len(at) - 11):
        silent = at[row + 1] - at[row]
        sides = ((at[row::-1], row), (at[row + 1 :], len(at) - row - 2))
        if all(_is_too_long(silent, side, min(k, 40)) for side, k in sides):
            counts = [sum(abs(x - side[0]) <= silent for x in side[1:]) for side, _ in sides]
            told.append([at[row], at[row + 1], min(counts)])
    return told


def _is_too_long(silent: int, side: list[int], intervals: int) -> bool:
    took = abs(side[intervals] - side[0]) + 1_000_000
    return silent - 1_000_000 >= took and (1 + (silent - 1_000_000) / took) ** -intervals <= 2**-40


def test_a_steady_rate_has_no_gap() -> None:
    # 2,000 silences with a chance of 2^-40 each, 300 times: one in a million is told of.
    for seed in range(300):
        assert gaps(_steady(2_000, per_hour=10.0 ** (seed % 4), seed=seed)) == []


@pytest.mark.parametrize("before", [30, 500, 970])
def test_a_silence_of_a_month_is_told_wherever_it_lies(before: int) -> None:
    at = _steady(1_000, per_hour=10, seed=before)
    at[before:] += 30 * DAY
    start, end, due = gaps(at)[0]
    assert (start, end) == (at[before - 1], at[before])
    # No more can be due than were there: 29 others on the shorter side, or so many as in a month.
    assert due == min(before - 1, 1_000 - before - 1)
    assert len(gaps(at)) == 1


def test_a_silence_that_the_rate_of_a_side_explains_is_none() -> None:
    # Ten tweets a year before a thousand an hour: the first silence is usual for those before.
    rare = _steady(60, per_hour=10 / (24 * 365), seed=1)
    assert gaps(np.r_[rare, rare[-1] + DAY + _steady(3_000, per_hour=1_000, seed=2)]) == []


def test_what_was_due_between_bursts_is_not_what_a_burst_would_give() -> None:
    # Two hundred tweets in an hour, half a year of nothing, and so on.
    bursts = [n * 180 * DAY + _steady(200, per_hour=200, seed=n) for n in range(4)]
    told = gaps(np.concatenate(bursts))
    assert [due for *_, due in told] == [199, 199, 199]


@settings(max_examples=60, derandomize=True)
@given(BURSTS)
def test_gaps_are_those_of_a_plain_twin(bursts: list[tuple[list[int], int]]) -> None:
    seconds = [each for burst, silent in bursts for each in (*burst, silent)]
    at = np.cumsum(np.array(seconds, np.int64) * 1_000_000)
    assert gaps(at) == _told_plainly(at.tolist())


def test_instants_to_the_second_make_no_gap() -> None:
    # Sixty tweets a second, known to the second: each second starts with a silence of one.
    assert gaps(np.repeat(np.arange(100), 60) * 1_000_000) == []


def test_none_is_not_said_of_where_it_cannot_be_told(tmp_path: Path) -> None:
    early = [v1_tweet(at, author=1 + at) for at in range(FEWEST_ASIDE)]
    late = [v1_tweet(500_000 + at, author=100 + at) for at in range(40)]
    said = archive.read(put(tmp_path / "t.jsonl", *early, *late)).report.facts()["gaps in time"]
    assert said.startswith("none (within 10 tweets of either end it cannot be told); the longest")
    assert said.endswith("is 6 days from 2014-04-22 17:55:09 UTC")
