"""The record of a turn."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.typing import NaTType

from spread.hijack._steps import no_changes, no_volume
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
        Probability of a turn rather than of a drift or of no change, as probable beforehand;
        NaN when it cannot be told.
    log_bayes_factor
        A turn against no change, natural logarithm.
    onset, onset_low, onset_high
        When the change set in: posterior median and shortest 95 % interval (UTC). NaT
        unless a turn was found.
    halfway, halfway_low, halfway_high
        When half of the change had happened.
    ramp_s, ramp_s_low, ramp_s_high
        Twice the time from onset to half-way, seconds: the whole of a linear ramp.
    rising
        The camp whose share rose most; None unless a turn was found.
    kind
        "takeover" (that camp had more than half afterwards, with 97.5 %), "minority" (less
        than half), "contested" (either), or "from the start": the tag was never its
        launcher's, `onset_high` is by when the other camp's majority was established, and
        shares before are NaN.
    shares
        camp, before, before_low, before_high, after, after_low, after_high: shares of
        units, 95 % intervals.
    timeline
        start_at, end_at, camp, units, share, low, high: by the clock, for plots alone; 95 %
        Jeffreys intervals. Units are cascades; shares are weighted as in `detect`.
    posterior
        at, probability: of the onset, in cells, given that there is a change.
    changes
        change, at, at_low, at_high, probability: all changes of composition as abrupt steps
        (`changes`); a gradual one shows as several.
    volume
        start_at, end_at, tweets_per_min, tweets_per_min_low, tweets_per_min_high: stretches
        of even volume of collected tweets, which is modelled apart from the composition.
    drivers
        user_id, share, share_low, share_high, first_at, evidence, log_bayes_factor_lost:
        accounts of the rising camp by turning share, the expected share of that camp's
        tweets and retweets within the ramp (at least ten minutes) in cascades that the
        account began. The last is by how much the log Bayes factor falls without all that
        the account began, for the first three.
    evidence
        Ids of at most ten tweets to read.
    units, unlabelled
        Cascades counted; those left out because nobody in them has a camp.
    overdispersion
        The variance of units over what their weights imply; evidence is divided by it.
    concentration
        How alike those in one cascade are: 0 when all are of one camp, large when each is
        drawn alone.
    splits
        Over how many splits of the accounts this is averaged.
    weak
        Why the camps are weak evidence, or None.
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
    changes: pd.DataFrame = field(default_factory=no_changes)
    volume: pd.DataFrame = field(default_factory=no_volume)
    evidence: list[str] = field(default_factory=list)
    rising: str | None = None
    kind: str | None = None
    overdispersion: float = np.nan
    concentration: float = np.nan
    splits: int = 1
    weak: str | None = None
    onset: pd.Timestamp | NaTType = pd.NaT
    onset_low: pd.Timestamp | NaTType = pd.NaT
    onset_high: pd.Timestamp | NaTType = pd.NaT
    halfway: pd.Timestamp | NaTType = pd.NaT
    halfway_low: pd.Timestamp | NaTType = pd.NaT
    halfway_high: pd.Timestamp | NaTType = pd.NaT
    ramp_s: float = np.nan
    ramp_s_low: float = np.nan
    ramp_s_high: float = np.nan

    def p_before(self, at: pd.Timestamp) -> float:
        """Return the probability that the change set in before an instant, given a turn.

        Examples
        --------
        >>> turn = Turn(None, 1.0, 9.0, 0, 0, "cascade", 1.0, 1, pd.DataFrame(), pd.DataFrame(),
        ...     pd.DataFrame({"at": pd.to_datetime(["2014-04-22 18:00Z", "2014-04-22 19:00Z"]),
        ...                   "probability": [0.25, 0.75]}), pd.DataFrame(), {})
        >>> turn.p_before(pd.Timestamp("2014-04-22 18:30", tz="UTC"))
        0.25
        """
        earlier = self.posterior["at"] < pd.Timestamp(at)
        return float(self.posterior.probability[earlier].sum())

    def __repr__(self) -> str:
        return f"Turn({self._sentence()})"

    def _repr_html_(self) -> str:
        facts: dict[str, object] = {"answer": self._sentence()}
        if self.weak is not None:
            facts["weak"] = self.weak
        if self.rising is not None:
            facts["kind"] = self.kind
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
        if self.kind == "from the start":
            by = f"{self.onset_high:%Y-%m-%d %H:%M} UTC"
            return f"camp {self.rising} led from the start, at the latest by {by}"
        when = _span(self.onset, self.onset_low, self.onset_high)
        return f"camp {self.rising} rises from {when}, probability {self.p_turn:.3f}"


def _span(
    at: pd.Timestamp | NaTType, low: pd.Timestamp | NaTType, high: pd.Timestamp | NaTType
) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC [{low:%H:%M}, {high:%H:%M}]"
