"""A generator of hashtag families with known parents, for scoring (invented accounts).

People live in communities and follow mostly their neighbours; who follows whom is not in
the archive. The root is started by several of them and passed on along the graph. A
child is invented by an account that has used its parent (drawn evenly, or by size, among
the tags that exist) and is passed on from there; a share of inventors can have only seen it
at an account that they follow. An independent lookalike is invented by anybody. Everybody
also tweets of other things.
"""

import heapq
from dataclasses import dataclass

import numpy as np
import pandas as pd

HOUR = 3600.0
START = pd.Timestamp("2014-04-22T12:00Z")
LETTERS = "abcdefghijklmnopqrstuvwz"


@dataclass(frozen=True)
class Settings:
    communities: int = 20
    people: int = 120
    follows_near: int = 8
    follows_far: int = 2
    children: int = 13
    lookalikes: int = 3
    by_size: float = 0.0
    only_seen: float = 0.0
    beside: float = 0.0
    beside_root: float = 0.0
    root_seeds: int = 40
    pass_on: float = 0.2
    child_pass_on: float = 0.2
    background: float = 4.0
    retweets: float = 0.5


def family(seed: int, settings: Settings = Settings()) -> tuple[pd.DataFrame, pd.Series]:
    """Return tweets, and the true parent of every tag (None: no parent)."""
    rng = np.random.default_rng([seed, 77])
    followers = _followers(rng, settings)
    people = len(followers)
    rate = rng.lognormal(0.0, 1.0, people)
    rows: list[tuple] = []
    adopted: dict[str, dict[int, float]] = {}
    truth: dict[str, str | None] = {}
    names = _names(rng, settings.children + settings.lookalikes)
    first = {
        int(u): 2 * HOUR + rng.exponential(HOUR) for u in rng.choice(people, settings.root_seeds)
    }
    _spread(rng, "mynypd", first, followers, rate, settings.pass_on, 1200, rows, adopted, settings)
    times = np.sort(rng.uniform(6 * HOUR, 40 * HOUR, len(names)))
    lone = set(rng.choice(len(names), settings.lookalikes, replace=False).tolist())
    for i, (name, at) in enumerate(zip(names, times, strict=True)):
        if i in lone:
            inventor, truth[name] = int(rng.choice(people, p=rate / rate.sum())), None
            beside = ("mynypd", settings.beside_root)
        else:
            living = [tag for tag in adopted if min(adopted[tag].values()) < at - HOUR]
            size = np.array([sum(t < at for t in adopted[tag].values()) for tag in living], float)
            weight = size**settings.by_size
            parent = living[int(rng.choice(len(living), p=weight / weight.sum()))]
            users = sorted(u for u, t in adopted[parent].items() if t < at)
            inventor, truth[name] = int(rng.choice(users)), parent
            beside = (truth[name], settings.beside)
            if settings.only_seen and rng.random() < settings.only_seen:
                saw = {v for u in users for v in followers[u]} - set(adopted[parent])
                inventor = int(rng.choice(sorted(saw))) if saw else inventor
        size = int(rng.integers(15, 120))
        _spread(
            rng,
            name,
            {inventor: at},
            followers,
            rate,
            settings.child_pass_on,
            size,
            rows,
            adopted,
            settings,
            beside,
        )
    _talk(rng, rate, rows, adopted, settings)
    return _table(rows), pd.Series(truth)


def thinned(tweets: pd.DataFrame, share: float, seed: int) -> pd.DataFrame:
    kept = np.random.default_rng([seed, 78]).random(len(tweets)) < share
    return tweets[kept].reset_index(drop=True)


def _followers(rng: np.random.Generator, settings: Settings) -> list[list[int]]:
    people = settings.communities * settings.people
    lists: list[list[int]] = [[] for _ in range(people)]
    for u in range(people):
        home = u // settings.people * settings.people
        near = home + rng.integers(0, settings.people, settings.follows_near)
        for v in {*near.tolist(), *rng.integers(0, people, settings.follows_far).tolist()} - {u}:
            lists[v].append(u)
    return lists


def _names(rng: np.random.Generator, count: int) -> list[str]:
    names: list[str] = []
    while len(names) < count:
        slot = "".join(rng.choice(list(LETTERS), 4))
        if all(sum(a != b for a, b in zip(slot, other[2:], strict=True)) > 2 for other in names):
            names.append("my" + slot)
    return names


def _spread(
    rng, tag, first, followers, rate, chance, most, rows, adopted, settings, beside=("", 0.0)
) -> None:
    """Let a tag pass along the graph; each adopter also uses it again.

    `beside`: a tag that adopters put beside it in their first tweet, and how often.
    """
    at = dict(first)
    source: dict[int, int | None] = dict.fromkeys(first)
    queue = sorted((t, u) for u, t in at.items())  # a heap, as any sorted list
    done: set[int] = set()
    while queue and len(done) < most:
        t, u = heapq.heappop(queue)
        if u in done:
            continue
        done.add(u)
        for v in followers[u]:
            if v not in done and rng.random() < chance:
                when = t + rng.exponential(1.5 * HOUR)
                if when < at.get(v, np.inf):
                    at[v], source[v] = when, u
                    heapq.heappush(queue, (when, v))
    adopted[tag] = {u: at[u] for u in done}
    held: dict[int, tuple[str, ...]] = {}
    wrote: dict[int, int] = {}  # whose words an adopter's first tweet holds: his own, or passed on
    for u in sorted(done, key=lambda u: at[u]):
        passed = source[u] is not None and rng.random() < settings.retweets
        wrote[u] = wrote[source[u]] if passed else u
        if not passed:
            held[u] = (tag, beside[0]) if beside[1] and rng.random() < beside[1] else (tag,)
        rows.append((u, at[u], held[wrote[u]], wrote[u] if passed else None))
        for _ in range(rng.poisson(min(rate[u], 5.0))):
            rows.append((u, at[u] + rng.exponential(6 * HOUR), (tag,), None))


def _talk(rng, rate, rows, adopted, settings) -> None:
    """Write of other subjects; users of the root put it beside them at the base rate."""
    subjects = [f"{a}{b}news" for a in LETTERS[:8] for b in LETTERS[8:12]]
    for u, own in enumerate(rate.tolist()):
        count = rng.poisson(settings.background * min(own, 8.0))
        for t in rng.uniform(0, 48 * HOUR, count).tolist():
            tags = (subjects[rng.integers(len(subjects))],) if rng.random() < 0.5 else ()
            known = settings.beside_root and adopted["mynypd"].get(u, np.inf) < t
            if tags and known and rng.random() < settings.beside_root:
                tags = (*tags, "mynypd")
            rows.append((u, t, tags, None))


def _table(rows) -> pd.DataFrame:
    rows = sorted(rows, key=lambda row: (row[1], row[0]))
    ids = list(map(str, range(10**6, 10**6 + len(rows))))
    people, seconds, tags, of = zip(*rows, strict=True)
    # A retweet repeats the first tweet of its author with that tag.
    first: dict[tuple, str] = {}
    for tweet, who, held, passed in zip(ids, people, tags, of, strict=True):
        if passed is None:
            first.setdefault((who, held), tweet)
    at = pd.to_timedelta((np.array(seconds) * 1e6).astype(np.int64), unit="us")
    return pd.DataFrame(
        {
            "tweet_id": ids,
            "author_id": [f"u{who}" for who in people],
            "at": START + at,
            "kind": ["tweet" if who is None else "retweet" for who in of],
            "hashtags": list(map(list, tags)),
            "hashtags_shown": list(map(list, tags)),
            "retweet_of": [
                None if who is None else first[who, held]
                for who, held in zip(of, tags, strict=True)
            ],
            "retweet_author_id": [None if who is None else f"u{who}" for who in of],
        }
    )
