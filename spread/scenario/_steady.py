"""A campaign that gets what it asked for: the control."""

import numpy as np
import pandas as pd

from spread.scenario._accounts import Fixture
from spread.scenario._asked import Asked, Stretch, make
from spread.scenario._said import BOOKS, CAMPS, LEANINGS
from spread.scenario._story import Campaign, Story

__all__ = ["STEADY"]

_ASKED = Asked(
    root="myBook",
    launch_s=21_600.0,
    stretches=(
        Stretch(30.0, 21_600.0, 10_000.0, 700.0, 8_000.0),
        # A second burst, for instance when a newsroom takes it up: volume, nothing else.
        Stretch(50_000.0, 70_000.0, 5_000.0, 500.0, 9_000.0),
        Stretch(600.0, 230_000.0, 90_000.0, 500.0, 12_000.0),
    ),
    before=(0.25, 0.35),
    friendly=0.45,
    reports=((1, 50_000.0),),
    lookalikes=(("myShelf", "Boston", 9_000.0), ("myBoat", "Seattle", 30_000.0)),
)


def _make(scale: float, mean_size: float, rng: np.random.Generator) -> Campaign:
    return make(_ASKED, STEADY, scale, mean_size, rng)


STEADY = Story(
    start=pd.Timestamp("2014-03-04T12:00:00Z"),
    end_s=3.0 * 86_400.0,
    fixtures=(
        Fixture("city_library_1010", "City Library 1010", 0, 0, 60000, "Synthetic library."),
        Fixture("page_desk_5150", "Page Desk 5150", 2, 1, 120000, "Synthetic newsroom on books."),
    ),
    camps=CAMPS,
    leanings=LEANINGS,
    created_to=2014.1,
    last_user_id=2_350_000_000,
    patterns=BOOKS,
    launch="What are you reading? Tell us with the tag",
    turn="",
    answer="We like that one too",
    beside=("books", "NYC", "tbt", "coffee"),
    misspelt={"myBook": ("myBokk", 0.012)},
    make=_make,
)
"""Invented: a library asks what people read; nothing turns, and tags of its form have no parent."""
