"""What may be said of a posterior: a turn and of which kind, none, or that one cannot tell."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import beta

from spread.hijack._average import Average
from spread.hijack._ramp import Floats
from spread.hijack._units import Units

__all__ = ["Verdict", "judge", "too_little"]

_LEAST_UNITS = 20
_LEAST_A_SIDE = 10
_SURE = 0.95
_NO_TURN = 0.1
_CERTAIN = 0.975


@dataclass(frozen=True)
class Verdict:
    """The camp that rose and how (None: none did), or why that cannot be told.

    `by_s` is set where a camp led from the start: when its majority was established.
    """

    rising: str | None = None
    kind: str | None = None
    cannot_tell: str | None = None
    by_s: float | None = None


def judge(found: Average, counted: Units, drawn: Floats, launcher: str | None) -> Verdict:
    """Judge a posterior and its drawn shares (draws × before, after × camps).

    `launcher` is the camp of whoever launched the tag, where the archive holds the launch.
    """
    rose = int((drawn[:, 1] - drawn[:, 0]).mean(axis=0).argmax())
    sides = _sides(found, counted)
    if found.p_turn >= _SURE and min(sides.values()) >= _LEAST_A_SIDE:
        return Verdict(counted.camps[rose], _kind(drawn[:, 1, rose]))
    if sides["after"] >= _LEAST_A_SIDE and (never := _never_held(counted, launcher)):
        return never
    if found.p_turn <= _NO_TURN and found.p_drift < 0.5:
        return Verdict()
    return Verdict(cannot_tell=_doubt(found, sides))


def _kind(share: Floats) -> str:
    """Whether the camp that rose made up most of the talk afterwards."""
    most = float(np.mean(share > 0.5))
    if most >= _CERTAIN:
        return "takeover"
    return "minority" if most <= 1 - _CERTAIN else "contested"


def _sides(found: Average, counted: Units) -> dict[str, float]:
    at = found.onset().middle
    before = float(counted.weight[counted.times_s < at].sum())
    return {"before": before, "after": float(counted.weight.sum()) - before}


def _doubt(found: Average, sides: dict[str, float]) -> str:
    if found.p_drift > max(found.p_turn, 0.5):
        return (
            "the shares drift over much of the archive rather than turn: the probability of a "
            f"drift is {found.p_drift:.2f}, of a turn {found.p_turn:.2f}"
        )
    if found.p_turn < _SURE:
        return f"the probability of a turn is {found.p_turn:.2f}, between {_NO_TURN} and {_SURE}"
    edge, side = ("starts", "before") if sides["before"] < _LEAST_A_SIDE else ("ends", "after")
    return (
        f"the archive {edge} with the change: the cascades {side} it are worth only "
        f"{sides[side]:.0f} independent ones"
    )


def _never_held(counted: Units, launcher: str | None) -> Verdict | None:
    """Tell a tag that was another camp's than its launcher's almost from its first tweet.

    The leading camp must have more than half with 97.5 %, in the first tenth of the cascades
    as well as in all; `by_s` is when that is first so and holds in every later count.
    """
    weights = counted.categories()
    so_far = np.cumsum(weights, axis=0)
    lead = int(so_far[-1].argmax())
    if launcher is None or counted.camps[lead] == launcher:
        return None
    sure = beta.sf(0.5, so_far[:, lead] + 0.5, (so_far.sum(axis=1) - so_far[:, lead]) + 0.5)
    unsure = np.flatnonzero(sure < _CERTAIN)
    first = int(unsure[-1]) + 1 if len(unsure) else 0
    if first > len(counted) / 10:
        return None
    return Verdict(counted.camps[lead], "from the start", by_s=float(counted.times_s[first]))


def too_little(counted: Units, rows: pd.DataFrame, *, audience: bool) -> str | None:
    """Return why the units are too few to ask when their composition changed.

    `rows` are what was read; `audience` says that those who retweeted count beside authors.
    """
    if not len(counted):
        return _none(counted, rows, audience=audience)
    if counted.weight.sum() < _LEAST_UNITS:
        known = "in which somebody has a camp" if audience else "with a code"
        return (
            f"too few cascades {known}: {len(counted):,} (and {counted.unlabelled:,} without), "
            f"worth {counted.weight.sum():.0f} independent ones; at least {_LEAST_UNITS} are needed"
        )
    seen = np.flatnonzero(counted.counts.sum(axis=0))
    if len(seen) < 2:
        return f"all {len(counted)} cascades are of one camp, {counted.camps[seen[0]]}"
    if counted.times_s[-1] == counted.times_s[0]:
        return f"all {len(counted)} cascades have the same time"
    return None


def _none(counted: Units, rows: pd.DataFrame, *, audience: bool) -> str:
    """Return why there is no unit at all: no cascade, or none of which a camp is known."""
    if counted.unlabelled:
        many = f"the {counted.unlabelled:,} cascades"
        return f"nobody in {many} has a camp" if audience else f"none of {many} has a code"
    original = (rows.kind != "retweet") & ~rows.manual_retweet.astype(bool)
    if original.any():
        return (
            f"none of the {int(original.sum()):,} originals was posted within the time that the "
            "archive collected, so no cascade began in it"
        )
    if rows.empty:
        return "no cascade is there: no tweet with an author and a time"
    return (
        f"no cascade can be dated: all {len(rows):,} tweets are retweets, and when an original was "
        "posted the archive does not hold"
    )
