"""Final sizes foretold from what became of other cascades."""

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spread import hawkes
from spread._errors import UsageError
from spread.hawkes._experience import _features, _learned

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))
import hawkes_prediction as benchmark

HOUR = 3600.0


def fading(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a cascade whose rate falls off within hours, of a size of its own."""
    r = np.random.default_rng(seed)
    size = int(np.exp(r.normal(5, 0.5)))
    times = np.sort(r.exponential(4 * HOUR, size))
    return np.append(0.0, times), np.full(size + 1, 100.0)


def test_left_out_errors_are_those_of_fits_without_the_row() -> None:
    r = np.random.default_rng(1)
    x, y = np.column_stack([np.ones(9), r.normal(size=(9, 2))]), r.normal(size=9)
    left_out = _learned(x, y)[2]
    for i in range(9):
        rest = np.arange(9) != i
        beta = np.linalg.lstsq(x[rest], y[rest])[0]
        assert left_out[i] == pytest.approx(y[i] - x[i] @ beta)


def test_the_next_generation_is_infectiousness_times_what_reactions_are_left() -> None:
    """A lone generation: SEISMIC without its later generations, R + p N, has the same p N."""
    times, marks = np.array([0.0, 400.0, 500.0, 590.0]), np.array([1e6, 1e-9, 1e-9, 1e-9])
    p_n = np.exp(_features([(times, marks)], 600.0, 1.0)[0, 1])
    whole = hawkes.seismic(times, marks, at_s=600.0) - 3
    # whole = p N / (1 − 100 p), N = 10⁶ · (share of reactions still to come)
    share = 6.265725e-4 * 300 / 0.2314843 * (600 / 300) ** -0.2314843
    assert p_n == pytest.approx(whole / (1 + 100 * whole / (1e6 * share)), rel=1e-6)


def test_intervals_hold_new_cascades_of_the_same_kind() -> None:
    """At 95 % each, fewer than 34 of 40 hold it once in 100 times or rarer."""
    known = hawkes.experience([fading(i) for i in range(30)], at_s=HOUR)
    told = [hawkes.foretell(*fading(100 + i), experience=known) for i in range(40)]
    final = np.array([len(fading(100 + i)[0]) for i in range(40)])
    inside = np.array([p.low <= n <= p.high for p, n in zip(told, final, strict=True)])
    assert inside.sum() >= 34


def test_few_cascades_cannot_tell_and_say_so_to_the_forecast() -> None:
    known = hawkes.experience([fading(1)] * 9, at_s=HOUR)
    assert known.cannot_tell == "9 cascades tell too little: at least 10 are needed"
    told = hawkes.foretell(*fading(2), experience=known)
    assert told.cannot_tell == known.cannot_tell
    assert np.isnan(told.median)


def test_a_fit_is_foretold_by_what_became_of_others() -> None:
    known = hawkes.experience([fading(i) for i in range(12)], at_s=HOUR)
    times, marks = fading(99)
    seen = times < HOUR
    alone = hawkes.fit(times[seen], end_s=HOUR, marks=marks[seen], given=1, baseline="none", rng=1)
    told = hawkes.predict(alone, experience=known)
    assert vars(told) == vars(hawkes.foretell(times, marks, experience=known))
    with pytest.raises(UsageError, match="another age"):
        hawkes.predict(alone, experience=hawkes.experience([fading(1)] * 12, at_s=60.0))


def test_a_horizon_before_the_moment_is_refused() -> None:
    with pytest.raises(UsageError, match="horizon"):
        hawkes.experience([fading(1)] * 10, at_s=HOUR, horizon_s=60)


@pytest.mark.parametrize("hour", [1, 6, 24])
def test_real_cascades_are_foretold_better_than_by_the_peers(shared: Path, hour: int) -> None:
    """Half of TiDeH's cascades are learned from, the other half foretold."""
    every = benchmark.cascades(shared / "tideh")
    train, test, at_s = every[::2], every[1::2], hour * HOUR
    final = np.array([len(times) for times, _ in test])

    def error(told: np.ndarray) -> float:
        return float(np.median(np.abs(told[0] - final) / final))

    told = benchmark.learned(train, test, at_s)
    assert error(told) < error(benchmark.seismic(test, at_s))
    assert error(told) < error(benchmark.log_linear(train, test, at_s))
    # 25 intervals of 95 %: fewer than 21 hold the truth once in 100 times.
    assert np.sum((told[1] <= final) & (final <= told[2])) >= 21


@pytest.mark.parametrize(
    ("cascade", "got"),
    [
        (([0, 60], [10]), "(2,) times and (1,) followers"),
        (([], []), "(0,) times and (0,) followers"),
        (([0, np.nan], [10, 10]), "a number that is not finite"),
        (([60, 90], [10, 10]), "a root at 60"),
        (("ab", None), "what is no pair of numbers"),
        (3, "what is no pair of numbers"),
    ],
)
def test_a_cascade_that_cannot_be_used_is_one_line(cascade: Any, got: str) -> None:
    with pytest.raises(UsageError, match=re.escape(f"a cascade cannot be used: got {got}")):
        hawkes.experience([cascade], at_s=600)


def test_a_horizon_that_is_no_number_is_refused() -> None:
    with pytest.raises(UsageError, match="the horizon must come after"):
        hawkes.experience([([0, 60], [1, 1])], at_s=600, horizon_s=np.nan)
