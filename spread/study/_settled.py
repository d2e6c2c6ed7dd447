"""What of a study's claims does not hold whatever is chosen, in one sentence."""

import pandas as pd

from spread.study import _words as words
from spread.tables import rows
from spread.text import one_line

__all__ = ["sentence"]

_ROBUST = 0.95
_HOLD = ("holds", "hold")


def sentence(robustness: pd.DataFrame | None) -> str | None:
    """Return what does not hold, in direction or in size; None where nothing was asked.

    Parameters
    ----------
    robustness
        From `study.robustness`; None where no other choices were tried.
    """
    if robustness is None or not robustness.robust.notna().any():
        return None
    asked = robustness[robustness.robust.notna()]
    least, most = asked.specifications.min(), asked.specifications.max()
    times = f"{most}" if least == most else f"{least} to {most}"
    start = f"Of {words.counted(len(asked), 'claim')}, each made under {times} specifications,"
    failed = asked[~asked.robust.astype(bool)]
    if failed.empty:
        return f"{start} every one holds in direction and in size."
    turned = failed.share_agree < _ROBUST
    parts = [
        _told(failed[turned], "does not hold", "do not hold"),
        _told(failed[~turned], *(f"{hold} in direction but not in size" for hold in _HOLD)),
    ]
    return f"{start} {'; '.join(part for part in parts if part)}."


def _told(claims: pd.DataFrame, one: str, more: str) -> str:
    """Return how many claims do so, and which; nothing where there are none."""
    named = words.listed([f"{row.claim} ({row.about})" for row in rows(claims)])
    verb = one if len(claims) == 1 else more
    return one_line(f"{len(claims)} {verb}: {named}") if len(claims) else ""
