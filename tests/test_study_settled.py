"""Which parents are asked about again, when one holds, and what the story says of it."""

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from spread import study
from spread.study import _claims, _settled


def _family(probability: float) -> Any:
    """Return two tags of one parent; told from 0.8 on, as by `hashtags.family`."""
    told = probability >= 0.8
    members = pd.DataFrame(
        {
            "hashtag": ["root", "a", "b", "c", "d", "e"],
            "authors": [99, 9, 8, 7, 6, 5],
            "verdict": ["root", *["descends"] * 4, "descends" if told else "cannot tell"],
            "parent": [None, *["root"] * 4, "root" if told else None],
        }
    )
    links = pd.DataFrame({"child": list("abcde"), "parent": "root", "probability": probability})
    return SimpleNamespace(cannot_tell=None, root="root", members=members, links=links)


def test_every_told_parent_is_asked_about() -> None:
    assert [child for child, _ in _claims._parents(_family(0.9))] == list("abcde")


@pytest.mark.parametrize(("probability", "holds"), [(0.9, True), (0.653, False)])
def test_a_parent_that_a_study_would_not_tell_does_not_hold(
    probability: float, holds: bool
) -> None:
    row = _claims._of_parent(_family(probability), "e", "root", {})
    assert (row["estimate"], row["agrees"]) == (probability, holds)


def _table(estimates: list[float], agrees: list[bool], claim: str = "most credit") -> pd.DataFrame:
    return pd.DataFrame(
        {"specification": range(len(agrees)), "claim": claim, "about": "7", "unit": "share",
         "estimate": estimates, "agrees": agrees, "beyond_null": None, "cannot_tell": None}
    )  # fmt: skip


def test_a_claim_that_stays_is_said_to_be_the_same() -> None:
    holds = study.robustness(_table([0.99, 1.0], [True, True])).holds
    assert holds.tolist() == ["yes: its size is the same"]


def test_the_story_says_what_does_not_hold() -> None:
    parts = [
        _table([0.9, 0.9], [True, True], "turned it"),
        _table([0.48, 0.01], [True, True]),
        _table([0.9, 0.65], [True, False], "comes from #x"),
    ]
    assert _settled.sentence(study.robustness(pd.concat(parts))) == (
        "Of 3 claims, each made under 2 specifications, 1 does not hold: comes from #x (7); "
        "1 holds in direction but not in size: most credit (7)."
    )
    assert _settled.sentence(study.robustness(parts[0])) == (
        "Of 1 claim, each made under 2 specifications, every one holds in direction and in size."
    )
    assert _settled.sentence(None) is None
