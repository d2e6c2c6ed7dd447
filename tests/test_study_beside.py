"""Steps that run beside each other: the same answers as one after the other."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from spread import samples, study
from spread.study import Study, _found, _steps
from spread.study._found import beside


def made() -> Study:
    return study.run(samples.path("mynypd"), "myNYPD", end="2014-04-22T18:10Z", rng=7)


def test_who_asks_is_given_the_answer_or_the_error() -> None:
    assert beside(lambda: 3)() == 3
    with pytest.raises(ZeroDivisionError):
        beside(lambda: 1 // 0)()


@pytest.mark.calibration
def test_a_study_is_the_same_with_one_step_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def at_once(make: Callable[[], Any]) -> Callable[[], Any]:
        answer = make()
        return lambda: answer

    whole = made()
    for module in (_found, _steps):
        monkeypatch.setattr(module, "beside", at_once)
    again = made()
    assert again.story == whole.story
    for name, table in whole.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)
