"""The story of #AskRKelly: questions called for, turned within moments."""

import numpy as np
import pandas as pd

from spread.scenario._accounts import Fixture
from spread.scenario._asked import Asked, Stretch, make
from spread.scenario._said import CAMPS, LEANINGS, MUSIC
from spread.scenario._story import Campaign, Story

__all__ = ["ASKRKELLY"]

_ASKED = Asked(
    root="AskRKelly",
    launch_s=21_600.0,
    stretches=(
        Stretch(20.0, 7_200.0, 3_600.0, 900.0, 9_000.0),
        Stretch(7_200.0, 150_000.0, 20_000.0, 300.0, 8_000.0),
    ),
    onset_s=(120.0, 300.0),
    ramp_s=(60.0, 180.0),
    before=(0.1, 0.25),
    after=(0.9, 0.96),
    friendly=0.6,
    launch_size=120.0,
    turn_size=120.0,
    turners=4,
    stars=(2,),
    reports=((1, 10_800.0),),
)


def _make(scale: float, mean_size: float, rng: np.random.Generator) -> Campaign:
    return make(_ASKED, ASKRKELLY, scale, mean_size, rng)


ASKRKELLY = Story(
    start=pd.Timestamp("2013-12-10T12:00:00Z"),
    end_s=2.0 * 86_400.0,
    fixtures=(
        Fixture("velvet_note_6120", "Velvet Note 6120", 0, 2, 900000, "Synthetic singer."),
        Fixture("backstage_7301", "Backstage 7301", 2, 1, 310000, "Synthetic newsroom on music."),
        Fixture("dj_orbit_9031", "DJ Orbit 9031", 4, 0, 450000, "Synthetic star: records."),
    ),
    camps=CAMPS,
    leanings=LEANINGS,
    created_to=2013.9,
    last_user_id=2_230_000_000,
    patterns=MUSIC,
    launch="You have questions, I have answers. Send them with the tag",
    turn="A question that nobody on the radio asks",
    answer="Good question",
    beside=("music", "radio", "tbt", "tour"),
    misspelt={"AskRKelly": ("AskRKelley", 0.02)},
    make=_make,
)
"""December 2013: almost nothing lies between the launch and the turn."""
