"""Passing on along the follower graph: who writes, who retweets whom, and when.

Every tweet and every retweet of an account shows the root to its followers. Each of them
may retweet it once, after a delay with a power-law tail (Omori): the number who do is
Poisson with a mean proportional to the audience's taste for it, which makes each cascade a
branching point process on the graph. Roots are written at the times of an agenda, mostly
by accounts that took part in, or saw, what came before.
"""

import heapq
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spread._compile import kernel
from spread._errors import UsageError
from spread.scenario._authors import Past, find_author
from spread.scenario._world import BRANCHING, Agenda, Events, World

__all__ = ["simulate"]

_AUDIENCE_MOST = 0.6  # of an audience's whole taste, what one tweet can draw at once
_DELAY_S, _DELAY_TAIL = 240.0, 0.85
_REACTION_S = 3.0
_ELSEWHERE = 0.35  # how readily a local matter is passed on in another city
_TRIES = 60


@kernel
def _grown(values: NDArray[Any], size: int) -> NDArray[Any]:
    larger = np.empty(size, values.dtype)
    larger[: values.size] = values
    return larger


@kernel
def _delay(rng: np.random.Generator) -> float:
    """Draw a delay with density proportional to (s + c)^-(1 + theta)."""
    stretched = (1.0 - rng.random()) ** (-1.0 / _DELAY_TAIL) - 1.0
    return _REACTION_S + _DELAY_S * stretched


@kernel
def _follower_who_acts(
    world: World, user: int, stance: int, city: int, rng: np.random.Generator
) -> int:
    """Draw a follower in proportion to activity, taste and nearness; −1 if none is found."""
    start, end = world.starts[user], world.starts[user + 1]
    for _ in range(_TRIES if end > start else 0):
        found = world.followers[rng.integers(start, end)]
        chance = world.activity[found] * world.taste[stance, world.bloc[found]]
        if city >= 0 and world.city[found] != city:
            chance *= _ELSEWHERE
        if rng.random() < chance:
            return found
    return -1


@kernel
def _with_room(events: Events) -> Events:
    """Return the events with room for as many again."""
    size = 2 * events.at_s.size
    return Events(
        _grown(events.at_s, size),
        _grown(events.user, size),
        _grown(events.root, size),
        _grown(events.parent, size),
        events.first,
        events.prompt,
        events.used,
        events.seen,
    )


@kernel
def _tell(world: World, events: Events, topic: int, user: int, at_s: float) -> None:
    """Note that an account used a topic and that its followers saw it."""
    if topic < 0 or topic >= events.used.shape[0]:
        return
    events.used[topic, user] = min(events.used[topic, user], at_s)
    for place in range(world.starts[user], world.starts[user + 1]):
        follower = world.followers[place]
        events.seen[topic, follower] = min(events.seen[topic, follower], at_s)


@kernel
def _drawn_at_once(world: World, agenda: Agenda, index: int, user: int) -> float:
    """Return the mean number of followers who pass a root on: audiences cap it."""
    wanted = agenda.size[index] * (1.0 - BRANCHING)
    if agenda.author[index] < 0:
        wanted *= world.reach[user]
    return min(wanted, _AUDIENCE_MOST * world.audience[agenda.stance[index], user])


@kernel
def _cascade(
    world: World,
    agenda: Agenda,
    events: Events,
    index: int,
    author: int,
    acted: NDArray[np.int64],
    end_s: float,
    rng: np.random.Generator,
) -> Events:
    """Append the root `index` and all who pass it on, in order of time."""
    stance, city = agenda.stance[index], agenda.city[index]
    count = events.first[index]
    queue = [(agenda.at_s[index], np.int64(-1), np.int64(author))]
    while queue:
        at_s, parent, person = heapq.heappop(queue)
        user = int(person)
        if acted[user] == index:
            continue
        acted[user] = index
        if count == events.at_s.size:
            events = _with_room(events)
        events.at_s[count], events.user[count] = at_s, user
        events.root[count], events.parent[count] = index, parent
        _tell(world, events, agenda.topic[index], user, at_s)
        _tell(world, events, agenda.also[index], user, at_s)
        mean = world.offspring[stance, user]
        if parent < 0:
            mean = _drawn_at_once(world, agenda, index, user)
        for _ in range(rng.poisson(mean)):
            follower = _follower_who_acts(world, user, stance, city, rng)
            when = at_s + _delay(rng)
            if follower >= 0 and when < end_s:
                heapq.heappush(queue, (when, np.int64(count), np.int64(follower)))
        count += 1
    events.first[index + 1] = count
    return events


@kernel
def _run(
    world: World, agenda: Agenda, past: Past, end_s: float, rng: np.random.Generator
) -> tuple[Events, int]:
    """Return the events, and the first root for which nobody could be found (−1: none)."""
    acted = np.full(world.bloc.size, -1, np.int64)
    for index in range(agenda.at_s.size):
        author, prompt = find_author(world, agenda, past, index, rng)
        if author < 0:
            return past.events, index
        past.events.prompt[index] = prompt
        events = _cascade(world, agenda, past.events, index, author, acted, end_s, rng)
        past = Past(events, past.by_topic, past.topic_starts, past.passed)
        past.passed[agenda.topic[index]] += 1
    return past.events, -1


def simulate(
    world: World, agenda: Agenda, *, family: int, end_s: float, rng: np.random.Generator
) -> Events:
    """Run an agenda on a world.

    Topics 0 to `family` − 1 are followed through the population (who used and who saw them).
    Time is linear in the number of exposures: followers summed over events.

    Raises
    ------
    UsageError
        The population is too small for the story.
    """
    by_topic = np.argsort(agenda.topic, kind="stable").astype(np.int32)
    topics = int(agenda.topic.max()) + 2
    topic_starts = np.searchsorted(agenda.topic[by_topic], np.arange(topics))
    past = Past(
        events=_no_events(agenda.at_s.size, len(world.bloc), family),
        by_topic=by_topic,
        topic_starts=topic_starts,
        passed=np.zeros(topics, dtype=np.int64),
    )
    events, stuck = _run(world, agenda, past, end_s, rng)
    if stuck >= 0:
        raise UsageError(
            "nobody in a city met the parent of the tag that it should invent",
            hint="Take a larger scale or another seed",
        )
    count = int(events.first[-1])
    return events._replace(
        at_s=events.at_s[:count].copy(),
        user=events.user[:count].copy(),
        root=events.root[:count].copy(),
        parent=events.parent[:count].copy(),
    )


def _no_events(roots: int, people: int, family: int) -> Events:
    room = 4 * roots + 64
    return Events(
        at_s=np.empty(room, dtype=np.float64),
        user=np.empty(room, dtype=np.int32),
        root=np.empty(room, dtype=np.int32),
        parent=np.empty(room, dtype=np.int32),
        first=np.zeros(roots + 1, dtype=np.int64),
        prompt=np.full(roots, -1, dtype=np.int32),
        used=np.full((family, people), np.inf, dtype=np.float32),
        seen=np.full((family, people), np.inf, dtype=np.float32),
    )
