"""Simulated branching cascades with known trees, for tests."""

import numpy as np
import pandas as pd

BETA, C_S, THETA, BRANCHING = 0.5, 300.0, 0.8, 0.75
MEDIAN_FOLLOWERS, SPREAD = 300.0, 2.2


def followers(rng):
    """Give a log-normal count, as counts of followers are; SPREAD is the sd of its logarithm."""
    return np.exp(rng.normal(np.log(MEDIAN_FOLLOWERS), SPREAD))


def power_law_delays(rng, n):
    return C_S * (rng.random(n) ** (-1 / THETA) - 1)


def exponential_delays(rate):
    return lambda rng, n: rng.exponential(1 / rate, n)


def cascade(rng, *, delays=power_law_delays, beta=BETA, branching=BRANCHING, most=1500, scale=1.0):
    """Give times, marks and parents of one marked branching process, or None beyond `most`.

    Offspring are Poisson with mean scale × branching × m^β / E m^β, where E m^β is
    median^β exp(β² SPREAD² / 2).
    """
    kappa = scale * branching / (MEDIAN_FOLLOWERS**beta * np.exp((beta * SPREAD) ** 2 / 2))
    times, marks, parents = [0.0], [followers(rng)], [-1]
    event = 0
    while event < len(times):
        for delay in delays(rng, rng.poisson(kappa * marks[event] ** beta)):
            times.append(times[event] + delay)
            marks.append(followers(rng))
            parents.append(event)
        event += 1
        if len(times) > most:
            return None
    order = np.argsort(times, kind="stable")
    place = np.empty(len(times), int)
    place[order] = np.arange(len(times))
    moved = [place[parents[v]] if parents[v] >= 0 else -1 for v in order]
    return np.array(times)[order], np.array(marks)[order], np.array(moved, np.int32)


def cascades(rng, n, *, least=1, **options):
    """Give n cascades of at least `least` events."""
    found = []
    while len(found) < n:
        one = cascade(rng, **options)
        if one is not None and len(one[0]) >= least:
            found.append(one)
    return found


def flat(many):
    """Give times, marks, global parents and offsets of cascades end to end."""
    offsets = np.cumsum([0, *(len(times) for times, _, _ in many)])
    parents = [
        np.where(p < 0, -1, p + start) for (_, _, p), start in zip(many, offsets, strict=False)
    ]
    return (
        np.concatenate([times for times, _, _ in many]),
        np.concatenate([marks for _, marks, _ in many]),
        np.concatenate(parents).astype(np.int32),
        offsets,
    )


def tweets(many, *, start="2014-04-22T18:00:00Z", collected_root=True):
    """Give cascades as a tweets table: each account is new, ids are Snowflake-like numbers."""
    begin = pd.Timestamp(start).value // 1000
    rows, number = [], 10**9
    for c, (times, marks, _) in enumerate(many):
        root = str(number)
        for event, (at, mark) in enumerate(zip(times, marks, strict=True)):
            rows.append(
                {
                    "tweet_id": str(number),
                    "author_id": f"u{number}",
                    "origin": "embedded" if event == 0 and not collected_root else "collected",
                    "at": begin + int((at + 1000 * c) * 1e6),
                    "at_resolution_ms": 1,
                    "kind": "retweet" if event else "tweet",
                    "retweet_of": root if event else None,
                    "retweet_author_id": f"u{root}" if event else None,
                    "followers": max(round(mark), 1),
                }
            )
            number += 1
    table = pd.DataFrame(rows)
    return table.assign(at=pd.to_datetime(table["at"], unit="us", utc=True))
