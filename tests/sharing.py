"""Invented archives of shares: popular and rare objects, bursts, day and night, camps, a ring."""

import numpy as np
import pandas as pd

HOUR_S = 3600.0


def world(
    seed: int,
    *,
    accounts: int = 300,
    objects: int = 120,
    sharers: float = 20.0,
    ring: int = 0,
    together: int = 12,
    ring_s: float = 4.0,
) -> pd.DataFrame:
    """Return shares without coordination, and of a ring that shares objects within seconds.

    Objects have log-normal popularity and heavy-tailed delays, so that most shares come in
    bursts; accounts have log-normal activity, one of three camps whose objects they share
    ten times as readily, and a time of day at which they are awake. Given the object and the
    hour, who shares at which moment is chance: the null of `detect` holds for all but the ring.
    """
    rng = np.random.default_rng([seed, 77])
    activity, camp = rng.lognormal(0, 1, accounts), rng.integers(0, 3, accounts)
    awake = rng.integers(0, 24, accounts)
    rows: list[tuple[str, str, float]] = []
    members = rng.choice(accounts, ring, replace=False)
    chosen = rng.choice(objects, min(together, objects), replace=False)
    for item in range(objects):
        born, of_camp = rng.uniform(0, 240 * HOUR_S), rng.integers(0, 3)
        count = min(1 + rng.poisson(sharers * rng.lognormal(-0.5, 1)), accounts // 3)
        at = born + 30 * (rng.pareto(0.7, count) + rng.uniform(0, 1, count))
        hour = (np.minimum(at, born + 20 * HOUR_S) // HOUR_S).astype(int)
        taken: set[int] = set()
        for moment, clock in zip(at, hour, strict=True):
            near = np.minimum((clock - awake) % 24, (awake - clock) % 24)
            readiness = activity * np.where(camp == of_camp, 10, 1) * np.exp(-near / 4)
            readiness[list(taken)] = 0
            who = int(rng.choice(accounts, p=readiness / readiness.sum()))
            taken.add(who)
            rows.append((f"u{who:03d}", f"o{item:03d}", moment))
        if ring and item in chosen:
            rows = [
                row
                for row in rows
                if row[1] != f"o{item:03d}" or row[0] not in {f"u{m:03d}" for m in members}
            ]
            start = born + 30 * rng.uniform(1, 5)
            moments = start + rng.uniform(0, ring_s, ring)
            rows += [
                (f"u{m:03d}", f"o{item:03d}", x) for m, x in zip(members, moments, strict=True)
            ]
    table = shares(rows)
    table.attrs["ring"] = sorted(f"u{m:03d}" for m in members)
    return table


def shares(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    """Return (account, object, seconds) as a table of shares."""
    table = pd.DataFrame(rows, columns=["author_id", "object", "at_s"])
    at = (table.pop("at_s") * 1e6).round().astype("int64") + 1_398_000_000_000_000
    table["at"] = pd.to_datetime(at, unit="us", utc=True)
    table["tweet_id"] = [f"t{row}" for row in range(len(table))]
    return table
