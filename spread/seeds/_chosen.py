"""What is counted: whose events, of which camp, within which stretch of a turn."""

from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._errors import UsageError
from spread.trees import Forests


class Dated(Protocol):
    """A dated turn, such as `hijack.Turn`: how sure, when it began, towards which camp."""

    @property
    def cannot_tell(self) -> str | None:
        """Why no turn can be told, or None."""

    @property
    def p_turn(self) -> float:
        """The probability that there was one."""

    @property
    def onset_low(self) -> Any:
        """The lower end of the onset's interval."""

    @property
    def onset_high(self) -> Any:
        """The upper end of the onset's interval."""

    @property
    def ramp_s_high(self) -> float:
        """The upper end of the interval of how long the rise took, seconds."""

    @property
    def rising(self) -> str | None:
        """The camp that rose."""


def told(turn: Dated) -> bool:
    """Return whether there is a turn with a date."""
    return turn.cannot_tell is None and turn.onset_high is not None and pd.notna(turn.onset_high)


def camps_of(partition: Any) -> pd.Series:
    """Return accounts' camps, whatever the partition's form."""
    frame = partition.frame() if hasattr(partition, "frame") else partition
    known = list(frame.columns) if isinstance(frame, pd.DataFrame) else []
    name = next((name for name in ("camp", "community") if name in known), None)
    if name is None or "user_id" not in known:
        raise UsageError(
            "the partition cannot be used",
            got=", ".join(map(str, known)) or type(partition).__name__,
            allowed="a Partition, or a frame with user_id and camp or community",
        )
    return frame.drop_duplicates("user_id").set_index("user_id")[name].astype(str)


def dated_events(forests: Forests) -> pd.DataFrame:
    """Return the events with their instants, `at`."""
    since = pd.to_timedelta(forests.events["at_s"].round(6), unit="s")
    return forests.events.assign(at=forests.root_at[forests.events["cascade"]] + since)


def within(
    forests: Forests,
    events: pd.DataFrame,
    camps: pd.Series | None,
    camp: str | None,
    turn: Dated | None,
) -> NDArray[np.bool_]:
    """Return which events the camp and the turn leave."""
    left = np.ones(len(events), dtype=bool)
    if turn is not None:
        if not told(turn):
            return ~left
        left &= (events["at"] <= pd.Timestamp(turn.onset_high)).to_numpy()
        camp = turn.rising if camp is None else camp
    if camp is not None and camps is not None:
        if str(camp) not in set(camps):
            raise UsageError("no such camp", got=repr(camp), allowed=", ".join(sorted(set(camps))))
        roots = events["user_id"].iloc[forests.offsets[:-1]].map(camps)
        left &= (roots == str(camp)).to_numpy()[events["cascade"]]
    return left


def owners_of(events: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return each event's account as a code; unknown accounts get codes of their own, last."""
    codes, ids = pd.factorize(events["user_id"], sort=True)
    unknown = codes < 0
    owners = codes.astype(np.int64)
    owners[unknown] = len(ids) + np.arange(unknown.sum())
    return owners, np.asarray(ids)
