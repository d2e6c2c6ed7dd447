"""What a campaign is: topics, a turn, an agenda, and the words and people it needs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.scenario._accounts import Fixture
from spread.scenario._world import Agenda

__all__ = ["SHAPES", "Campaign", "Story", "Topic", "Turning"]

SHAPES = {"linear": 0.5, "s-shaped": 0.5, "saturating": np.log(2.0) / 3.0}
"""Shape of the ramp -> when, in parts of the ramp, the turn is half done."""


class Topic(NamedTuple):
    """A hashtag (or, shown as "", talk without one) and where it comes from."""

    shown: str
    kind: str
    parent: int = -1
    city: int = -1
    start_s: float = 0.0
    weight: float = 0.0


class Turning(NamedTuple):
    """How the share of critical originals rises: from `before` to `after` within `ramp_s`."""

    onset_s: float
    ramp_s: float
    halfway_s: float
    before: float
    after: float
    shape: str

    @property
    def kind(self) -> str:
        """Whether the critics had more than half afterwards."""
        return "takeover" if self.after > 0.5 else "minority"

    def progress(self, at_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far the turn has come, 0 to 1."""
        u = np.clip((at_s - self.onset_s) / self.ramp_s, 0.0, None)
        if self.shape == "linear":
            return np.clip(u, 0.0, 1.0)
        if self.shape == "s-shaped":
            u = np.clip(u, 0.0, 1.0)
            return u * u * (3.0 - 2.0 * u)
        return 1.0 - np.exp(-3.0 * u)


@dataclass(frozen=True)
class Campaign:
    """An agenda, its topics, the turn, and the rows of the tweets that make the story.

    `family` counts the topics that people are followed through. Of `turn_rows` the first
    tweet begins the turn, and others that lead it follow; where nothing turns there are
    none and `turning` is None. `pulled_row` is −1 where the launcher does not say that it
    gives up.
    """

    agenda: Agenda
    topics: tuple[Topic, ...]
    family: int
    turning: Turning | None
    launch_row: int
    turn_rows: tuple[int, ...]
    story: "Story"
    pulled_row: int = -1


@dataclass(frozen=True, eq=False)
class Story:
    """What a campaign is made of, before chance.

    Attributes
    ----------
    start, end_s
        Where the clock of the simulation begins, and its length in seconds.
    fixtures
        Accounts needed by name; the launcher comes first.
    camps, leanings
        What the six blocs of accounts are called.
    created_to, last_user_id
        Year until which accounts were made, and about what the last one's id was.
    patterns
        What people say, by stance and language; English stands in for what is missing.
    launch, turn, answer, pulled
        The texts that begin it, that turn it, with which the launcher answers, and with
        which it gives up ("": without a word).
    beside
        Four tags that some put beside the root.
    misspelt
        Tag -> how fingers get it wrong, and how often.
    event_s, pulled_s
        When what was announced was to take place, and when the launcher gave up; None where
        the campaign has no such moment. Seconds since `start`.
    make
        (scale, mean retweets of an original, rng) -> Campaign.
    """

    start: pd.Timestamp
    end_s: float
    fixtures: tuple[Fixture, ...]
    camps: tuple[str, ...]
    leanings: tuple[str, ...]
    created_to: float
    patterns: Mapping[tuple[int, str], tuple[str, ...]]
    launch: str
    turn: str
    answer: str
    beside: tuple[str, str, str, str]
    misspelt: Mapping[str, tuple[str, float]]
    make: Callable[[float, float, np.random.Generator], Campaign]
    event_s: float | None = None
    pulled_s: float | None = None
    pulled: str = ""
    last_user_id: int = 2_000_000_000
