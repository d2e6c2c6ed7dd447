"""The story of #myNYPD as an agenda: when somebody writes something, about what.

All times are seconds since `_START`. Who writes, who passes on and when is left to
`_contagion`; the agenda fixes only what the story fixes.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.scenario._accounts import BLOCS, CAMP_OF_BLOC, Fixture
from spread.scenario._agenda import (
    GRID_S,
    HOUR_S,
    LAUNCHER,
    Rows,
    add_lookalike,
    anywhere,
    in_order,
    luck,
    times,
)
from spread.scenario._cities import city_number
from spread.scenario._phrases import PATTERNS
from spread.scenario._story import SHAPES, Campaign, Story, Topic, Turning
from spread.scenario._world import CRITICAL, FRIENDLY, INVENT, NEWS

__all__ = ["MYNYPD"]

_START = pd.Timestamp("2014-04-21T18:00:00Z")
_END_S = 4 * 86_400.0
_LAUNCH_S = 86_400.0 - 300.0  # 17:55 UTC = 13:55 EDT on 22 April
_HIJACKER, _DECOYS = 1, (2, 3, 4, 5)

_FIXTURES = (
    Fixture("NYPDnews", "NYPD NEWS", 0, 0, 100_000, "Synthetic posts under a police name."),
    Fixture(
        "OccupyWallStNYC", "Occupy Wall Street", 1, 0, 169_000, "Synthetic posts, protest name."
    ),
    Fixture("maxo_live_2207", "Maxo Live 2207", 4, 1, 2_300_000, "Synthetic star: jokes."),
    Fixture("dj_orbit_9031", "DJ Orbit 9031", 4, 0, 1_450_000, "Synthetic star: records."),
    Fixture("kira_tv_5518", "Kira TV 5518", 4, 3, 1_100_000, "Synthetic star: talks."),
    Fixture("WorldDesk_7740", "World Desk 7740", 2, 9, 3_800_000, "Synthetic newsroom."),
)


_DERIVATIVES = (  # shown, city, hours after the turn (from, to), weight
    ("myLAPD", "Los Angeles", 1.0, 1.8, 0.24),
    ("MyOPD", "Oakland", 2.2, 3.0, 0.12),
    ("myCPD", "Chicago", 3.2, 4.2, 0.15),
    ("myBPD", "Boston", 4.5, 6.0, 0.09),
    ("mySPD", "Seattle", 6.0, 8.0, 0.09),
    ("myDPD", "Denver", 8.5, 11.0, 0.07),
    ("myELAS", "Athens", 13.0, 17.0, 0.12),
    ("MiPoliciaMexicana", "Mexico City", 20.0, 26.0, 0.12),
)
_LOOKALIKES = (  # shown, city, start in seconds after _START
    ("myNYC", "New York City", 2.0 * HOUR_S),
    ("MyPDX", "Portland", _LAUNCH_S + 1_500.0),
    ("myATL", "Atlanta", 20.0 * HOUR_S),
    ("MyPD", "Toronto", _LAUNCH_S + 3_600.0),
)
_UNRELATED = ("EarthDay", "NYC", "tbt", "coffee")
_TALK = ("", "police", "copwatch", "StopAndFrisk", "NationalPoliceWeek")
_FROM_ROOT = 0.55  # how often a derivative tag descends from the root itself
_EARLY = 12  # uses of a new tag that still come from its parent's people


def _make(scale: float, mean_size: float, rng: np.random.Generator) -> Campaign:
    """Draw the agenda. `scale` changes the volume and not the story."""
    turning = _draw_turning(rng)
    topics = _draw_topics(turning.onset_s, rng)
    rows = Rows()
    launch = rows.add([_LAUNCH_S], stance=FRIENDLY, size=50 + 500 * scale, author=LAUNCHER)
    critics = 0.53 * mean_size * (1_000 + 40_000 * scale)  # retweets that activists will get
    turn = rows.add([turning.onset_s], stance=CRITICAL, size=0.035 * critics, author=_HIJACKER)
    _add_launchers_talk(rows, launch, turning, scale, rng)
    _add_named_critics(rows, turning, critics, rng)
    _add_root_talk(rows, turning, turn, scale, mean_size, rng)
    for number, topic in enumerate(topics):
        if topic.kind == "derivative":
            _add_derivative(rows, number, topic, scale, mean_size, rng)
        elif topic.kind == "independent":
            add_lookalike(
                rows, number, topic, scale=scale, mean_size=mean_size, end_s=_END_S, rng=rng
            )
    _add_talk(rows, scale, mean_size, rng)
    agenda, moved = in_order(rows)
    family = 1 + len(_DERIVATIVES)
    launched, turned = int(moved[launch]), int(moved[turn])
    return Campaign(agenda, topics, family, turning, launched, (turned,), MYNYPD)


def _draw_turning(rng: np.random.Generator) -> Turning:
    onset = _LAUNCH_S + rng.uniform(110.0, 130.0) * 60.0  # 15:45 to 16:05 EDT
    ramp = float(np.exp(rng.uniform(np.log(120.0), np.log(1_800.0))))
    shape = str(rng.choice(list(SHAPES)))
    before, after = rng.uniform(0.10, 0.17), rng.uniform(0.78, 0.9)
    return Turning(onset, ramp, onset + ramp * SHAPES[shape], before, after, shape)


def _draw_topics(onset_s: float, rng: np.random.Generator) -> tuple[Topic, ...]:
    """Return the root, its descendants with a tree drawn anew, and what is no descendant."""
    topics = [Topic("myNYPD", "root", -1, 0, _LAUNCH_S, 0.0)]
    for number, (shown, city, least, most, weight) in enumerate(_DERIVATIVES, start=1):
        start = onset_s + rng.uniform(least, most) * HOUR_S
        parent = 0 if number == 1 or rng.random() < _FROM_ROOT else int(rng.integers(1, number))
        topics.append(Topic(shown, "derivative", parent, city_number(city), start, weight))
    if all(topic.parent < 1 for topic in topics):
        topics[3] = topics[3]._replace(parent=1)
    for shown, city, start in _LOOKALIKES:
        topics.append(Topic(shown, "independent", -1, city_number(city), start))
    topics += [Topic(shown, "unrelated") for shown in _UNRELATED]
    topics += [Topic(shown, "talk") for shown in _TALK]
    return tuple(topics)


def _add_launchers_talk(
    rows: Rows, launch: int, turning: Turning, scale: float, rng: np.random.Generator
) -> None:
    """Add friendly replies to the launch, the launcher's answers, and its other tweets."""
    count = 24 + int(40 * scale)
    replied = np.sort(_LAUNCH_S + 60.0 + (turning.onset_s - _LAUNCH_S - 900.0) * rng.random(count))
    replies = rows.add(replied, stance=FRIENDLY, size=0.4, source=0, prompt=launch)
    answered = np.flatnonzero(rng.random(count) < 0.6)
    rows.add(
        replied[answered] + rng.uniform(60.0, 600.0, answered.size),
        stance=FRIENDLY,
        size=4.0,
        author=LAUNCHER,
        prompt=replies + answered,
    )
    further = _LAUNCH_S + np.array([2_400.0, 5_000.0])
    rows.add(further, stance=FRIENDLY, size=15 + 100 * scale, author=LAUNCHER)
    earlier = np.array([3.0, 9.5, 19.0]) * HOUR_S
    rows.add(earlier, topic=_talk_topic(0), stance=FRIENDLY, size=6.0, author=LAUNCHER)


def _add_named_critics(
    rows: Rows, turning: Turning, critics: float, rng: np.random.Generator
) -> None:
    """Add the hijacker's other tweets, and stars with over a million followers, who come late."""
    more = turning.onset_s + np.cumsum(rng.uniform(0.4, 3.0, 8)) * HOUR_S
    rows.add(more, stance=CRITICAL, size=0.0025 * critics, author=_HIJACKER)
    earlier = np.array([4.0, 15.0]) * HOUR_S
    rows.add(earlier, topic=_talk_topic(2), stance=CRITICAL, size=8.0, author=_HIJACKER)
    joins = turning.onset_s + rng.uniform(1.5, 10.0, len(_DECOYS)) * HOUR_S
    for decoy, joined, share in zip(_DECOYS, joins, (0.05, 0.04, 0.03, 0.02), strict=True):
        stance = NEWS if _FIXTURES[decoy].bloc == 2 else CRITICAL
        when = joined + np.array([0.0, rng.uniform(0.5, 12.0) * HOUR_S])
        rows.add(when, stance=stance, size=share * critics * np.array([0.8, 0.4]), author=decoy)


def _add_root_talk(
    rows: Rows,
    turning: Turning,
    turn: int,
    scale: float,
    mean_size: float,
    rng: np.random.Generator,
) -> None:
    """Add the originals under the root tag, with the stance that the turn gives them."""
    at_s = _root_times(turning, scale, rng)
    critical = turning.before + (turning.after - turning.before) * turning.progress(at_s)
    friendly = 0.06 + 0.66 * (1.0 - turning.progress(at_s))
    drawn = rng.random(at_s.size)
    stance = np.where(drawn < critical, CRITICAL, np.where(drawn < critical + friendly, 0, NEWS))
    since = at_s - turning.onset_s
    led = (since > 60.0) & (stance == CRITICAL) & (rng.random(at_s.size) < _led(since))
    rows.add(
        at_s,
        stance=stance,
        size=mean_size * luck(at_s.size, rng),
        source=0,
        source_root=np.where(led, turn, -1),
    )


def _led(since_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of critics whom the hijacker's own cascade brings: it halves hourly."""
    return 0.7 * 0.5 ** (since_s / HOUR_S)


def _root_times(turning: Turning, scale: float, rng: np.random.Generator) -> NDArray[np.float64]:
    grid = np.arange(_LAUNCH_S + 40.0, _END_S, GRID_S)
    onset, hour = turning.onset_s, turning.onset_s + HOUR_S
    quiet = 1.0 + 0.8 * np.exp(-(grid - _LAUNCH_S) / 1_200.0)
    busy = 0.15 + 0.85 * turning.progress(grid)
    waning = _day(grid) / (1.0 + (grid - hour) / (3.0 * HOUR_S))
    pieces = (
        (quiet * (grid < onset), 320 + 1_500 * scale),
        (busy * ((grid >= onset) & (grid < hour)), 620 + 5_600 * scale),
        (waning * (grid >= hour), 300 + 36_000 * scale),
    )
    return np.concatenate([times(grid, rate, mean, rng) for rate, mean in pieces])


def _day(at_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how awake New York is: 1 at 15:00 EDT, 0.25 at 3:00."""
    hours = at_s / HOUR_S + 14.0
    return 0.625 + 0.375 * np.cos(2.0 * np.pi * (hours - 15.0) / 24.0)


def _add_derivative(
    rows: Rows,
    number: int,
    topic: Topic,
    scale: float,
    mean_size: float,
    rng: np.random.Generator,
) -> None:
    """Add a tag's invention by a local who met its parent, and its use from then on."""
    parent, city = topic.parent, topic.city
    rows.add(
        [topic.start_s],
        topic=number,
        also=parent if rng.random() < 0.5 else -1,
        stance=CRITICAL,
        size=3.0,
        city=city,
        source=parent,
        rule=INVENT,
    )
    count = int(26 + topic.weight * 5_000 * scale)
    delay = 1.5 * HOUR_S * ((1.0 - rng.random(count)) ** (-1 / 0.9) - 1.0)
    room = _END_S - topic.start_s - 180.0
    at_s = np.sort(topic.start_s + 120.0 + np.where(delay < room, delay, room * rng.random(count)))
    early = np.arange(count) < _EARLY
    from_parent = rng.random(count) < np.where(early, 0.6, 0.2)
    named = rng.random(count) < np.where(early, 0.4, 0.2)
    rows.add(
        at_s,
        topic=number,
        also=np.where(named, np.where(rng.random(count) < 0.6, parent, 0), -1),
        stance=rng.choice([CRITICAL, NEWS, FRIENDLY], count, p=[0.85, 0.1, 0.05]),
        size=0.7 * mean_size * luck(count, rng),
        city=np.where(rng.random(count) < 0.7, city, -1),
        source=np.where(from_parent, parent, number),
    )


def _talk_topic(number: int) -> int:
    return 1 + len(_DERIVATIVES) + len(_LOOKALIKES) + len(_UNRELATED) + number


def _add_talk(
    rows: Rows,
    scale: float,
    mean_size: float,
    rng: np.random.Generator,
) -> None:
    """Add talk about police and about nothing, without the tag, before and after the launch."""
    grid = np.arange(0.0, _END_S, GRID_S)
    police = times(grid, _day(grid), 260 + 5_500 * scale, rng)
    first = _talk_topic(0)
    topic = first + rng.choice(len(_TALK), police.size, p=[0.5, 0.2, 0.12, 0.1, 0.08])
    rows.add(
        police,
        topic=topic,
        stance=rng.choice([FRIENDLY, CRITICAL, NEWS], police.size, p=[0.3, 0.4, 0.3]),
        size=0.7 * mean_size * luck(police.size, rng),
        source=np.where(rng.random(police.size) < 0.7, topic, -1),
        city=anywhere(police.size, rng),
    )
    rest = times(grid, _day(grid), 60 + 1_200 * scale, rng)
    unrelated = first - len(_UNRELATED) + rng.integers(0, len(_UNRELATED), rest.size)
    rows.add(rest, topic=unrelated, size=0.5 * mean_size * luck(rest.size, rng))


MYNYPD = Story(
    start=_START,
    end_s=_END_S,
    fixtures=_FIXTURES,
    camps=CAMP_OF_BLOC,
    leanings=BLOCS,
    created_to=2014.2,
    last_user_id=2_400_000_000,
    patterns=PATTERNS,
    launch="Do you have a photo with one of our officers? Send it to us with the tag",
    turn="Here is our photo with one of your officers. Send us yours, everybody",
    answer="Thank you for the photo, we are glad to see it",
    beside=("NYC", "photo", "tbt", "EarthDay"),
    misspelt={"myNYPD": ("myNYDP", 0.012), "myLAPD": ("myLADP", 0.06)},
    make=_make,
)
"""April 2014: turned within about two hours, and other cities made tags of their own."""
