"""The story of #AskJPM: questions called for, turned before the event, called off."""

import numpy as np
import pandas as pd

from spread.scenario._accounts import Fixture
from spread.scenario._asked import Asked, Stretch, make
from spread.scenario._said import CAMPS, LEANINGS, MONEY
from spread.scenario._story import Campaign, Story

__all__ = ["ASKJPM"]

_ASKED = Asked(
    root="AskJPM",
    launch_s=23_160.0,  # 13:26 EST on 13 November
    stretches=(
        Stretch(30.0, 10_800.0, 14_000.0, 260.0, 2_000.0),
        Stretch(10_800.0, 21_000.0, 12_000.0, 500.0, 14_000.0),
        Stretch(21_000.0, 185_000.0, 30_000.0, 350.0, 14_000.0),
    ),
    onset_s=(9_000.0, 14_400.0),
    ramp_s=(1_800.0, 3_600.0),
    before=(0.08, 0.15),
    after=(0.72, 0.82),
    friendly=0.55,
    launch_size=150.0,
    turn_size=250.0,
    leaders=(2, 1, 3),
)


def _make(scale: float, mean_size: float, rng: np.random.Generator) -> Campaign:
    return make(_ASKED, ASKJPM, scale, mean_size, rng)


ASKJPM = Story(
    start=pd.Timestamp("2013-11-13T12:00:00Z"),
    end_s=2.5 * 86_400.0,
    fixtures=(
        Fixture("jpmorgan", "J.P. Morgan", 0, 0, 80000, "Synthetic posts under a bank's name."),
        Fixture(
            "ledger_desk_3302", "Ledger Desk 3302", 2, 0, 240000, "Synthetic newsroom on money."
        ),
        Fixture("audit_this_7719", "Audit This 7719", 1, 0, 120000, "Synthetic columnist."),
        Fixture("pier_books_2045", "Pier Books 2045", 1, 1, 65000, "Synthetic critic of banks."),
    ),
    camps=CAMPS,
    leanings=LEANINGS,
    created_to=2013.8,
    last_user_id=2_150_000_000,
    patterns=MONEY,
    launch="Questions about a career in banking? Ask one of us tomorrow at 1 pm with the tag",
    turn="A question for tomorrow: who pays for the fines?",
    answer="Good question, we will take it up tomorrow",
    beside=("career", "bank", "tbt", "finance"),
    misspelt={"AskJPM": ("AksJPM", 0.012)},
    make=_make,
    event_s=108_000.0,  # 13:00 EST on the next day
    pulled_s=23_160.0 + 20_900.0,  # 19:14 EST
    pulled="We have thought again: there will be no session tomorrow",
)
"""November 2013: turned on the day before the event by journalists and known critics."""
