"""Accounts that share in step, scored against archives whose truth is known."""

from collections.abc import Callable

import pandas as pd
import pytest
from sharing import world

from spread import coordination

pytestmark = pytest.mark.calibration


def look(table: pd.DataFrame, null: str, within_s: float = 10) -> pd.DataFrame:
    return coordination.detect(table, kind="object", within_s=within_s, null=null)


def anything(table: pd.DataFrame, null: str, within_s: float = 10) -> bool:
    return bool((look(table, null, within_s).verdict == "in step").any())


@pytest.mark.parametrize("null", ["object", "hour"])
def test_nothing_is_found_once_accounts_are_dealt_out_again(
    null: str, calibration_row: Callable[..., None]
) -> None:
    """Even where a ring was before."""
    worlds = 60
    clean = sum(
        not anything(
            coordination.shuffle(world(seed, ring=5), kind="object", null=null, rng=seed),
            null,
            (5, 60)[seed % 2],
        )
        for seed in range(worlds)
    )
    claim = f"permuted archives without a pair at q < 0.01 (null of the {null})"
    calibration_row("coordination", claim, f"{clean} of {worlds}", ">= 95 %")
    assert clean >= 0.95 * worlds


def test_common_interest_and_bursts_are_not_found(calibration_row: Callable[..., None]) -> None:
    """Camps share ten times as readily what is theirs, most of it within minutes."""
    worlds = 60
    clean = sum(not anything(world(seed), "object", (5, 60)[seed % 2]) for seed in range(worlds))
    claim = "archives with camps and bursts, no coordination, without a pair at q < 0.01"
    calibration_row("coordination", claim, f"{clean} of {worlds}", ">= 95 %")
    assert clean >= 0.95 * worlds


def test_planted_rings_are_found(calibration_row: Callable[..., None]) -> None:
    found = members = others = 0
    for seed in range(20):
        table = world(seed, ring=5)
        named = set(coordination.accounts(look(table, "object")).user_id)
        ring = set(table.attrs["ring"])
        found, members = found + len(named & ring), members + len(ring)
        others += len(named - ring)
    claim = "members of planted rings (5 accounts, 12 objects, within 4 s) found; others named"
    calibration_row("coordination", claim, f"{found} of {members}; {others}", ">= 90 %; <= 1 %")
    assert found >= 0.9 * members
    assert others <= 0.01 * (found + others)
