"""The agenda of a campaign that asks for tweets under a tag and gets others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spread.scenario._agenda import Rows, in_order
from spread.scenario._cities import ELSEWHERE, city_number
from spread.scenario._story import SHAPES, Campaign, Story, Topic, Turning
from spread.scenario._world import AVOID, CRITICAL, FRIENDLY, NEWS, OTHER

__all__ = ["Asked", "Stretch", "make"]

_HOUR_S = 3_600.0
_GRID_S = 10.0
_LAUNCHER = 0


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
    is not critical, `friendly` and `news` are so, the rest talks of something else. `named`
    are fixtures that join after the turn, `turned_by` one that begins it (−1: anybody).
    `lookalikes` are tags of the same form without a parent: shown, city, seconds after the
    launch. `talk` are tags of talk beside the root ("": none); the launcher used the last of
    them earlier. Of that talk `talk_critical` is critical.
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
    turned_by: int = -1
    named: tuple[int, ...] = ()
    talk: tuple[str, ...] = ("", "news")
    talk_critical: float = 0.25
    lookalikes: tuple[tuple[str, str, float], ...] = ()


def make(
    asked: Asked, story: Story, scale: float, mean_size: float, rng: np.random.Generator
) -> Campaign:
    """Draw the agenda of a campaign; `scale` changes the volume and not the story."""
    turning = _turning(asked, rng)
    topics = _topics(asked)
    rows = Rows()
    launch = rows.add(
        [asked.launch_s], stance=FRIENDLY, size=30 + asked.launch_size * scale, author=_LAUNCHER
    )
    turn = -1
    if turning is not None:
        turn = rows.add(
            [turning.onset_s],
            stance=CRITICAL,
            size=2 + asked.turn_size * scale,
            author=asked.turned_by,
        )
        _add_named(rows, asked, turning, scale, rng)
    _add_launcher(rows, asked, story, turning, scale, rng)
    _add_root(rows, asked, turning, scale, mean_size, story.end_s, rng)
    for number, topic in enumerate(topics):
        if topic.kind == "independent":
            _add_lookalike(rows, number, topic, scale, mean_size, story.end_s, rng)
    _add_talk(rows, asked, len(topics) - len(asked.talk), scale, mean_size, story.end_s, rng)
    agenda, moved = in_order(rows)
    turned = -1 if turning is None else int(moved[turn])
    return Campaign(agenda, topics, 1, turning, int(moved[launch]), turned, story)


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


def _add_launcher(
    rows: Rows,
    asked: Asked,
    story: Story,
    turning: Turning | None,
    scale: float,
    rng: np.random.Generator,
) -> None:
    """Add the launcher's further tweets, until it gives up or the turn has come."""
    ends = turning.halfway_s if turning is not None else story.end_s
    if story.pulled_s is not None:
        ends = min(ends, story.pulled_s)
    further = np.sort(rng.uniform(asked.launch_s + 30.0, max(ends, asked.launch_s + 90.0), 4))
    rows.add(further, stance=FRIENDLY, size=3 + 0.2 * asked.launch_size * scale, author=_LAUNCHER)


def _add_named(
    rows: Rows, asked: Asked, turning: Turning, scale: float, rng: np.random.Generator
) -> None:
    """Add accounts with a name that join in the hours after the turn."""
    for fixture in asked.named:
        joins = turning.onset_s + rng.exponential(turning.ramp_s + 600.0) + np.array([0.0, 2_700.0])
        size = (4 + asked.turn_size * scale) * np.array([0.6, 0.3])
        rows.add(joins, stance=CRITICAL, size=size, author=fixture)


def _add_root(
    rows: Rows,
    asked: Asked,
    turning: Turning | None,
    scale: float,
    mean_size: float,
    end_s: float,
    rng: np.random.Generator,
) -> None:
    """Add the originals under the tag, with the stance that the turn gives them."""
    at_s = np.concatenate(
        [_times(asked, stretch, scale, end_s, rng) for stretch in asked.stretches]
    )
    critical = np.full(at_s.size, rng.uniform(*asked.before))
    if turning is not None:
        gone = turning.progress(at_s)
        critical = turning.before + (turning.after - turning.before) * gone
    luck, rest = rng.random(at_s.size), rng.random(at_s.size)
    others = np.where(rest < asked.friendly, FRIENDLY, OTHER)
    others = np.where(rest > 1 - asked.news, NEWS, others)
    rows.add(
        at_s,
        stance=np.where(luck < critical, CRITICAL, others),
        size=mean_size * rng.lognormal(-0.5, 1.0, at_s.size),
        source=np.where(rng.random(at_s.size) < 0.5, 0, -1),
    )


def _times(
    asked: Asked, stretch: Stretch, scale: float, end_s: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw a Poisson process that fades from the start of a stretch."""
    ends = min(asked.launch_s + stretch.to_s, end_s) - _GRID_S
    grid = np.arange(asked.launch_s + stretch.from_s, ends, _GRID_S)
    rate = np.exp(-(grid - grid[0]) / stretch.fades_s)
    count = rng.poisson(stretch.least + stretch.more * scale)
    return grid[rng.choice(grid.size, count, p=rate / rate.sum())] + _GRID_S * rng.random(count)


def _add_lookalike(
    rows: Rows,
    number: int,
    topic: Topic,
    scale: float,
    mean_size: float,
    end_s: float,
    rng: np.random.Generator,
) -> None:
    """Add a tag of the same form, invented by somebody who never met the root."""
    rows.add([topic.start_s], topic=number, city=topic.city, rule=AVOID)
    count = int(30 + 250 * scale)
    rows.add(
        topic.start_s + 300.0 + (end_s - topic.start_s - 300.0) * rng.random(count) ** 1.5,
        topic=number,
        size=0.5 * mean_size * rng.lognormal(-0.5, 1.0, count),
        city=np.where(rng.random(count) < 0.8, topic.city, -1),
        source=np.where(rng.random(count) < 0.6, number, -1),
    )


def _add_talk(
    rows: Rows,
    asked: Asked,
    first: int,
    scale: float,
    mean_size: float,
    end_s: float,
    rng: np.random.Generator,
) -> None:
    """Add talk without the tag, before and after the launch, by all sides."""
    earlier = asked.launch_s * np.array([0.3, 0.7])
    rows.add(
        earlier, topic=first + len(asked.talk) - 1, stance=FRIENDLY, size=6.0, author=_LAUNCHER
    )
    critical = asked.talk_critical
    shares = [0.5 - critical, critical, 0.15, 0.35]
    count = rng.poisson(200 + 4_000 * scale)
    rows.add(
        np.sort(rng.uniform(0.0, end_s, count)),
        topic=first + (len(asked.talk) - 1) * (rng.random(count) < 0.4),
        stance=rng.choice([FRIENDLY, CRITICAL, NEWS, OTHER], count, p=shares),
        size=0.6 * mean_size * rng.lognormal(-0.5, 1.0, count),
        city=np.where(rng.random(count) < 0.5, rng.integers(0, ELSEWHERE.stop, count), -1),
    )
