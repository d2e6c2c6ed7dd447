"""The record of a turn."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.typing import NaTType

from spread.text import html_card

__all__ = ["Turn"]


@dataclass(frozen=True, eq=False, repr=False)
class Turn:
    """When the composition of the talk changed, how sharply, and by whom.

    Attributes
    ----------
    cannot_tell
        Why the data do not decide, in one sentence; None when they do.
    p_turn
        Probability of a change, at prior odds of 1:1; NaN when it cannot be told.
    log_bayes_factor
        A change against none, natural logarithm.
    onset, onset_low, onset_high
        When the change set in: posterior median and shortest 95 % interval (UTC). NaT
        unless a turn was found.
    halfway, halfway_low, halfway_high
        When half of the change had happened.
    ramp_s, ramp_s_low, ramp_s_high
        Twice the time from onset to half-way, seconds: the whole of a linear ramp.
    rising
        The camp whose share rose most; None unless a turn was found.
    shares
        camp, before, before_low, before_high, after, after_low, after_high: shares of
        units, 95 % intervals.
    timeline
        start_at, end_at, camp, units, share, low, high: by the clock, for plots alone; 95 %
        Jeffreys intervals. Units are cascades; shares are weighted as in `detect`.
    posterior
        at, probability: of the onset, in cells, given that there is a change.
    drivers
        user_id, share, share_low, share_high, first_at, evidence: accounts of the rising
        camp by turning share, the expected share of that camp's tweets and retweets within
        the ramp (at least ten minutes) in cascades that the account began.
    evidence
        Ids of at most ten tweets to read.
    units, unlabelled
        Units counted; originals left out because their author has no camp.
    overdispersion
        The variance of units over what their weights imply; evidence is divided by it.
    unit, prior, seed
        What was asked, and the seed of all draws.
    naive
        What simpler looks would have said: volume_peak (minute with most tweets),
        most_followed (account and its tweet's time) and first_of_rising (tweet, account,
        time).
    """

    cannot_tell: str | None
    p_turn: float
    log_bayes_factor: float
    units: int
    unlabelled: int
    unit: str
    prior: float
    seed: int
    shares: pd.DataFrame
    timeline: pd.DataFrame
    posterior: pd.DataFrame
    drivers: pd.DataFrame
    naive: dict[str, Any]
    evidence: list[str] = field(default_factory=list)
    rising: str | None = None
    overdispersion: float = np.nan
    onset: pd.Timestamp | NaTType = pd.NaT
    onset_low: pd.Timestamp | NaTType = pd.NaT
    onset_high: pd.Timestamp | NaTType = pd.NaT
    halfway: pd.Timestamp | NaTType = pd.NaT
    halfway_low: pd.Timestamp | NaTType = pd.NaT
    halfway_high: pd.Timestamp | NaTType = pd.NaT
    ramp_s: float = np.nan
    ramp_s_low: float = np.nan
    ramp_s_high: float = np.nan

    def __repr__(self) -> str:
        return f"Turn({self._sentence()})"

    def _repr_html_(self) -> str:
        facts: dict[str, object] = {"answer": self._sentence()}
        if self.rising is not None:
            facts["half-way"] = _span(self.halfway, self.halfway_low, self.halfway_high)
            facts["ramp"] = f"{self.ramp_s / 60:.0f} min"
        facts |= {
            "log Bayes factor": f"{self.log_bayes_factor:.1f}",
            "cascades counted": f"{self.units}; without a camp {self.unlabelled}",
        }
        return html_card("The turn", facts)

    def _sentence(self) -> str:
        if self.cannot_tell is not None:
            return f"cannot tell: {self.cannot_tell}"
        if self.rising is None:
            return f"no turn, probability of one {self.p_turn:.3f}"
        when = _span(self.onset, self.onset_low, self.onset_high)
        return f"camp {self.rising} rises from {when}, probability {self.p_turn:.3f}"


def _span(
    at: pd.Timestamp | NaTType, low: pd.Timestamp | NaTType, high: pd.Timestamp | NaTType
) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC [{low:%H:%M}, {high:%H:%M}]"
