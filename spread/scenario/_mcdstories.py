"""The story of #McDStories: paid for, turned by customers, pulled on the same day."""

import numpy as np
import pandas as pd

from spread.scenario._accounts import Fixture
from spread.scenario._asked import Asked, Stretch, make
from spread.scenario._said import CAMPS, FOOD, LEANINGS
from spread.scenario._story import Campaign, Story

__all__ = ["MCDSTORIES"]

_ASKED = Asked(
    root="McDStories",
    launch_s=14_400.0,
    stretches=(
        # Paid for until it is pulled, less than two hours after the launch; then it fades.
        Stretch(30.0, 6_900.0, 20_000.0, 450.0, 13_000.0),
        Stretch(6_900.0, 158_000.0, 14_000.0, 400.0, 15_600.0),
    ),
    onset_s=(3_600.0, 6_000.0),
    ramp_s=(300.0, 1_800.0),
    before=(0.001, 0.003),
    after=(0.02, 0.03),
    friendly=0.4,
    launch_size=600.0,
    turn_size=20.0,
    turners=6,
    reports=((1, 10_800.0),),
    talk=("", "MeetTheFarmers"),
    talk_critical=0.03,
)


def _make(scale: float, mean_size: float, rng: np.random.Generator) -> Campaign:
    return make(_ASKED, MCDSTORIES, scale, mean_size, rng)


MCDSTORIES = Story(
    start=pd.Timestamp("2012-01-18T12:00:00Z"),
    end_s=2.0 * 86_400.0,
    fixtures=(
        Fixture("McDonalds", "McDonald's", 0, 9, 200000, "Synthetic posts under a brand's name."),
        Fixture("table_talk_4410", "Table Talk 4410", 2, 0, 350000, "Synthetic newsroom on food."),
    ),
    camps=CAMPS,
    leanings=LEANINGS,
    created_to=2012.0,
    last_user_id=470_000_000,
    patterns=FOOD,
    launch="Meet the people who grow our food, and tell us your own stories with the tag",
    turn="My own story: what I found in the paper bag, with a photo",
    answer="Thank you for your story",
    beside=("lunch", "food", "tbt", "farm"),
    misspelt={"McDStories": ("McDStroies", 0.012)},
    make=_make,
    pulled_s=14_400.0 + 6_900.0,
)
"""January 2012: turned by nobody in particular, and never by more than a few in a hundred."""
