"""Who writes a root: kernels that find an author by what happened before."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel
from spread.scenario._world import AVOID, INVENT, Agenda, Events, World

__all__ = ["Past", "find_author"]

_RECRUITED, _FOLLOWER = 0.75, 0.45
_TRIES = 60
_MINUTE_S = 60.0


class Past(NamedTuple):
    """What has happened: events so far, and each topic's roots in order of time.

    Topic k has had `passed[k]` of the roots `by_topic[topic_starts[k]:topic_starts[k + 1]]`.
    """

    events: Events
    by_topic: NDArray[np.int32]
    topic_starts: NDArray[np.int64]
    passed: NDArray[np.int64]


@kernel
def _stranger(world: World, stance: int, city: int, rng: np.random.Generator) -> int:
    """Draw an author of a stance from the whole population, or from one city."""
    found = -1
    for _ in range(_TRIES):
        bloc = int(np.searchsorted(world.authors[stance], rng.random(), side="right"))
        block = 128 * bloc
        start = world.member_starts[block + max(city, 0)]
        end = world.member_starts[block + (city + 1 if city >= 0 else 127)]
        if end > start:
            drawn = world.members[rng.integers(start, end)]
            if rng.random() < world.activity[drawn]:
                return drawn
            if world.activity[drawn] > 0.0:
                found = drawn
    return found


@kernel
def _participant(events: Events, root: int, at_s: float, rng: np.random.Generator) -> int:
    """Draw an account that took part in a cascade before a time; −1 if none is found."""
    for _ in range(6):
        row = rng.integers(events.first[root], events.first[root + 1])
        if events.at_s[row] < at_s - 20.0:
            return events.user[row]
    return -1


@kernel
def _recent_root(past: Past, topic: int, rng: np.random.Generator) -> int:
    """Draw one of a topic's roots so far, the latest most often; −1 if there is none."""
    so_far = past.passed[topic]
    if so_far == 0:
        return -1
    back = int(rng.exponential(20.0 + 0.1 * so_far))
    if back >= so_far:
        back = rng.integers(0, so_far)
    return past.by_topic[past.topic_starts[topic] + so_far - 1 - back]


@kernel
def _recruit(
    world: World, agenda: Agenda, past: Past, index: int, rng: np.random.Generator
) -> tuple[int, int]:
    """Find an author among those who took part in the source topic, or who follow them."""
    city, stance, at_s = int(agenda.city[index]), agenda.stance[index], agenda.at_s[index]
    for _ in range(_TRIES):
        root = agenda.source_root[index]
        if root < 0:
            root = _recent_root(past, agenda.source[index], rng)
        if root < 0:
            return -1, -1
        user = _participant(past.events, root, at_s, rng)
        if user >= 0 and rng.random() < _FOLLOWER and world.starts[user] < world.starts[user + 1]:
            user = world.followers[rng.integers(world.starts[user], world.starts[user + 1])]
        if user < 0 or (city >= 0 and world.city[user] != city):
            continue
        if rng.random() < world.activity[user] * world.willing[stance, world.bloc[user]]:
            return user, root
    return -1, -1


@kernel
def _inventor(
    world: World, events: Events, topic: int, city: int, at_s: float, rng: np.random.Generator
) -> int:
    """Draw a local who used a topic before a time (two in three), or only saw it."""
    found, best = -1, -1.0
    want_used = rng.random() < 0.67
    for user in range(world.bloc.size):
        if world.city[user] != city or world.activity[user] == 0.0:
            continue
        used = events.used[topic, user] < at_s - _MINUTE_S
        if not used and not events.seen[topic, user] < at_s - _MINUTE_S:
            continue
        rank = rng.random() * world.activity[user] + (1.0 if used == want_used else 0.0)
        if rank > best:
            found, best = user, rank
    return found


@kernel
def _unaware(world: World, events: Events, city: int, at_s: float, rng: np.random.Generator) -> int:
    """Draw a local who never used topic 0 and, if there is one, never saw it."""
    found, best = -1, -1.0
    for user in range(world.bloc.size):
        if world.city[user] != city or events.used[0, user] < at_s or world.activity[user] == 0.0:
            continue
        rank = rng.random() + (1.0 if events.seen[0, user] > at_s else 0.0)
        if rank > best:
            found, best = user, rank
    return found


@kernel
def find_author(
    world: World, agenda: Agenda, past: Past, index: int, rng: np.random.Generator
) -> tuple[int, int]:
    """Return who writes a root, and through which earlier root they came to it."""
    city, at_s = int(agenda.city[index]), agenda.at_s[index]
    if agenda.author[index] >= 0:
        return agenda.author[index], agenda.prompt[index]
    if agenda.rule[index] == INVENT:
        return _inventor(world, past.events, agenda.source[index], city, at_s, rng), -1
    if agenda.rule[index] == AVOID:
        return _unaware(world, past.events, city, at_s, rng), -1
    if agenda.source[index] >= 0 and rng.random() < _RECRUITED:
        user, root = _recruit(world, agenda, past, index, rng)
        if user >= 0:
            return user, root if agenda.prompt[index] < 0 else agenda.prompt[index]
    return _stranger(world, agenda.stance[index], city, rng), agenda.prompt[index]
