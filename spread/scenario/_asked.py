"""The agenda of a campaign that asks for tweets under a tag and gets others."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
from spread.scenario._story import SHAPES, Campaign, Story, Topic, Turning
from spread.scenario._world import CRITICAL, FRIENDLY, NEWS, OTHER

__all__ = ["Asked", "Stretch", "make"]

_REPLY = 0.2  # of the friendly ones in the first two hours
_ANSWERS = 6


@dataclass(frozen=True)
class Stretch:
    """Originals from one moment to another (seconds since the launch), fading by `fades_s`.

    `least` of them come at scale 0, and `more` for each unit of scale.
    """

    from_s: float
    to_s: float
    fades_s: float
    least: float
    more: float


@dataclass(frozen=True)
class Asked:
    """What chance is given: ranges from which the turn is drawn, and how much is said when.

    `onset_s` since the launch, `ramp_s` and the shares of critical originals `before` and
    `after` are ranges; without an onset nothing turns and `before` holds throughout. Of what
    is not critical, `friendly` and `news` are so, the rest talks of something else.

    `leaders` are fixtures of which the first begins the turn and the others join within the
    ramp; without them anybody begins it. The first `turners` critics without a name are
    passed on as the leaders are. `stars` are fixtures that join when the turn is over.
    `reports` are fixtures and when they report (seconds since the launch). `lookalikes` are
    tags of the same form without a parent: shown, city, seconds after the launch. `talk` are
    tags of talk beside the root ("": none); the launcher used the last of them earlier. Of
    that talk `talk_critical` is critical.
    """

    root: str
    launch_s: float
    stretches: tuple[Stretch, ...]
    before: tuple[float, float]
    after: tuple[float, float] = (0.0, 0.0)
    onset_s: tuple[float, float] | None = None
    ramp_s: tuple[float, float] = (120.0, 1_800.0)
    friendly: float = 0.5
    news: float = 0.15
    launch_size: float = 200.0
    turn_size: float = 0.0
    leaders: tuple[int, ...] = ()
    turners: int = 0
    stars: tuple[int, ...] = ()
    reports: tuple[tuple[int, float], ...] = ()
    talk: tuple[str, ...] = ("", "news")
    talk_critical: float = 0.25
    lookalikes: tuple[tuple[str, str, float], ...] = ()


class _Draw(NamedTuple):
    """One draw of a campaign: what it is made of, its turn, its volume, and its chance."""

    asked: Asked
    story: Story
    turning: Turning | None
    scale: float
    mean_size: float
    rng: np.random.Generator

    @property
    def cares_until_s(self) -> float:
        """Until when the launcher takes part."""
        ends = self.story.end_s if self.turning is None else self.turning.halfway_s
        return ends if self.story.pulled_s is None else min(ends, self.story.pulled_s)


def make(
    asked: Asked, story: Story, scale: float, mean_size: float, rng: np.random.Generator
) -> Campaign:
    """Draw the agenda of a campaign; `scale` changes the volume and not the story."""
    draw = _Draw(asked, story, _turning(asked, rng), scale, mean_size, rng)
    topics = _topics(asked)
    rows = Rows()
    size = 30 + asked.launch_size * scale
    launch = rows.add([asked.launch_s], stance=FRIENDLY, size=size, author=LAUNCHER)
    led = _add_named(rows, draw) + _add_root(rows, draw, launch)
    pulled = _add_launcher(rows, draw)
    for number, topic in enumerate(topics):
        if topic.kind == "independent":
            add_lookalike(
                rows, number, topic, scale=scale, mean_size=mean_size, end_s=story.end_s, rng=rng
            )
    _add_talk(rows, draw, len(topics) - len(asked.talk))
    agenda, moved = in_order(rows)
    return Campaign(
        agenda=agenda,
        topics=topics,
        family=1,
        turning=draw.turning,
        launch_row=int(moved[launch]),
        turn_rows=tuple(moved[led].tolist()),
        pulled_row=-1 if pulled < 0 else int(moved[pulled]),
        story=story,
    )


def _turning(asked: Asked, rng: np.random.Generator) -> Turning | None:
    if asked.onset_s is None:
        return None
    onset = asked.launch_s + rng.uniform(*asked.onset_s)
    ramp = float(np.exp(rng.uniform(*np.log(asked.ramp_s))))
    shape = str(rng.choice(list(SHAPES)))
    before, after = rng.uniform(*asked.before), rng.uniform(*asked.after)
    return Turning(onset, ramp, onset + ramp * SHAPES[shape], before, after, shape)


def _topics(asked: Asked) -> tuple[Topic, ...]:
    lookalikes = [
        Topic(shown, "independent", -1, city_number(city), asked.launch_s + after_s)
        for shown, city, after_s in asked.lookalikes
    ]
    talk = [Topic(shown, "talk") for shown in asked.talk]
    return (Topic(asked.root, "root", -1, 0, asked.launch_s), *lookalikes, *talk)


def _add_named(rows: Rows, draw: _Draw) -> list[int]:
    """Add what named accounts say; return the rows with which the turn begins and is led."""
    asked, turning, rng = draw.asked, draw.turning, draw.rng
    for fixture, after_s in asked.reports:
        size = 5 + 0.2 * asked.launch_size * draw.scale
        rows.add([asked.launch_s + after_s], stance=NEWS, size=size, author=fixture)
    if turning is None:
        return []
    starts, ends = turning.onset_s, turning.onset_s + turning.ramp_s
    size = _turn_size(draw)
    first = asked.leaders[0] if asked.leaders else -1
    led = [rows.add([starts], stance=CRITICAL, size=size, author=first)]
    for leader in asked.leaders[1:]:
        at_s = [rng.uniform(starts, ends), ends + rng.exponential(HOUR_S)]
        led.append(rows.add(at_s, stance=CRITICAL, size=0.5 * size, author=leader))
    for star in asked.stars:
        joins = ends + rng.uniform(0.3, 3.0) * HOUR_S
        rows.add([joins], stance=CRITICAL, size=0.5 * size, author=star)
    return led


def _turn_size(draw: _Draw) -> float:
    return 2 + draw.asked.turn_size * draw.scale


def _add_root(rows: Rows, draw: _Draw, launch: int) -> list[int]:
    """Add the originals under the tag, and the launcher's answers to some of them.

    Their stance is what the turn gives them, for replies too, so that nothing else moves the
    shares. Returns the rows of the first critics who are passed on as leaders are.
    """
    asked, rng = draw.asked, draw.rng
    at_s = np.sort(np.concatenate([_times(draw, stretch) for stretch in asked.stretches]))
    stance = _stances(draw, at_s)
    size = draw.mean_size * luck(at_s.size, rng)
    heard = min(asked.launch_s + 2 * HOUR_S, draw.cares_until_s)
    replies = (stance == FRIENDLY) & (at_s < heard) & (rng.random(at_s.size) < _REPLY)
    onset = np.inf if draw.turning is None else draw.turning.onset_s
    turners = np.flatnonzero((stance == CRITICAL) & (at_s > onset))[: asked.turners]
    size[turners] = _turn_size(draw)
    first = rows.add(
        at_s,
        stance=stance,
        size=size,
        source=np.where(rng.random(at_s.size) < 0.5, 0, -1),
        prompt=np.where(replies, launch, -1),
    )
    answered = np.flatnonzero(replies)[:_ANSWERS]
    after = at_s[answered] + rng.uniform(30.0, 120.0, answered.size)
    rows.add(after, stance=FRIENDLY, size=2.0, author=LAUNCHER, prompt=first + answered)
    return (first + turners).tolist()


def _stances(draw: _Draw, at_s: NDArray[np.float64]) -> NDArray[np.int64]:
    asked, turning, rng = draw.asked, draw.turning, draw.rng
    critical = np.full(at_s.size, rng.uniform(*asked.before))
    if turning is not None:
        critical = turning.before + (turning.after - turning.before) * turning.progress(at_s)
    drawn, rest = rng.random(at_s.size), rng.random(at_s.size)
    others = np.where(rest < asked.friendly, FRIENDLY, OTHER)
    others = np.where(rest > 1 - asked.news, NEWS, others)
    return np.where(drawn < critical, CRITICAL, others)


def _times(draw: _Draw, stretch: Stretch) -> NDArray[np.float64]:
    """Draw a Poisson process that fades from the start of a stretch."""
    launch = draw.asked.launch_s
    ends = min(launch + stretch.to_s, draw.story.end_s) - GRID_S
    grid = np.arange(launch + stretch.from_s, ends, GRID_S)
    rate = np.exp(-(grid - grid[0]) / stretch.fades_s)
    return times(grid, rate, stretch.least + stretch.more * draw.scale, draw.rng)


def _add_launcher(rows: Rows, draw: _Draw) -> int:
    """Add the launcher's further tweets; return the row in which it gives up, or −1."""
    asked, story = draw.asked, draw.story
    size = 3 + 0.2 * asked.launch_size * draw.scale
    until = max(draw.cares_until_s, asked.launch_s + 90.0)
    further = draw.rng.uniform(asked.launch_s + 30.0, until, 4)
    rows.add(further, stance=FRIENDLY, size=size, author=LAUNCHER)
    if story.pulled_s is None or not story.pulled:
        return -1
    return rows.add([story.pulled_s], stance=NEWS, size=4 * size, author=LAUNCHER)


def _add_talk(rows: Rows, draw: _Draw, first: int) -> None:
    """Add talk without the tag, before and after the launch, by all sides."""
    asked, rng = draw.asked, draw.rng
    last = first + len(asked.talk) - 1
    earlier = asked.launch_s * np.array([0.3, 0.7])
    rows.add(earlier, topic=last, stance=FRIENDLY, size=6.0, author=LAUNCHER)
    shares = [0.5 - asked.talk_critical, asked.talk_critical, 0.15, 0.35]
    count = rng.poisson(200 + 4_000 * draw.scale)
    rows.add(
        rng.uniform(0.0, draw.story.end_s, count),
        topic=np.where(rng.random(count) < 0.4, last, first),
        stance=rng.choice([FRIENDLY, CRITICAL, NEWS, OTHER], count, p=shares),
        size=0.6 * draw.mean_size * luck(count, rng),
        city=anywhere(count, rng),
    )
