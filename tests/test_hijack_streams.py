"""Archives with a known turn, made apart from `spread.scenario`, and what they hold."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

START = pd.Timestamp("2014-04-22 16:00", tz="UTC")
LAUNCH, COUNTER, NEWS = 0, 1, 2


@dataclass(frozen=True)
class Stream:
    """One archive: its tables, and the truth."""

    tweets: pd.DataFrame
    camps: pd.DataFrame
    onset: pd.Timestamp
    halfway: pd.Timestamp


def gone(since_s: NDArray[np.float64], ramp_s: float, shape: str) -> NDArray[np.float64]:
    """How far the change has gone; half at `ramp_s` / 2."""
    if ramp_s == 0:
        return (since_s >= 0).astype(float)
    x = np.clip(since_s / ramp_s, 0, None)
    curves = {
        "linear": np.minimum(x, 1),
        "exponential": 1 - 0.25**x,
        "growing": np.minimum(2 * x**2, 1),
        "sigmoid": np.clip(1 / (1 + np.exp(-8 * (np.minimum(x, 1) - 0.5))), 0, 1),
    }
    return curves[shape]


def stream(
    seed: int,
    *,
    turn: bool = True,
    ramp_s: float = 900.0,
    shape: str = "linear",
    tweets: int = 10_000,
    hours: float = 6.0,
    onset_h: float = 2.0,
    before: tuple[float, ...] = (0.65, 0.12, 0.23),
    after: tuple[float, ...] = (0.1, 0.7, 0.2),
    labelled: float = 0.6,
    threads: float = 0.1,
    desk: int | None = None,
) -> Stream:
    """Draw an archive whose volume comes in bursts and whose cascades are Pareto in size.

    The volume has its own peaks, one of them half an hour after the onset, turn or not. One
    original in ten begins a thread by the same author within the hour. Nine in ten of those
    who pass a tweet on are of its camp. With `desk` the launching camp is so many accounts.
    """
    rng = np.random.default_rng([seed, 20140422])
    originals = int(tweets / 5.2)
    onset_s = onset_h * 3600
    peaks = np.append(rng.uniform(0, hours * 3600, 2), onset_s + 1800)
    at_s = np.concatenate(
        [
            rng.uniform(0, hours * 3600, originals // 2),
            rng.choice(peaks, originals - originals // 2)
            + rng.exponential(2400, originals - originals // 2),
        ]
    )
    at_s = np.sort(at_s[at_s < hours * 3600])
    share = gone(at_s - onset_s, ramp_s, shape) if turn else np.zeros(len(at_s))
    chances = (1 - share)[:, None] * before + share[:, None] * np.array(after)
    camp = (rng.random(len(at_s))[:, None] > np.cumsum(chances, axis=1)).sum(axis=1)
    # Authors are drawn with Pareto activity: a few write much.
    author = np.minimum(rng.pareto(1.1, len(at_s)) * 40, 1999).astype(int)
    author = (author * 7919 + rng.integers(0, 3, len(at_s)) * 17) % 2000
    if desk is not None:
        author[camp == LAUNCH] = author[camp == LAUNCH] % desk
    begins = rng.random(len(at_s)) < threads
    more = rng.geometric(0.25, len(at_s)) * begins
    at_s = np.append(at_s, np.repeat(at_s, more) + rng.exponential(600, more.sum()))
    camp, author = (
        np.append(camp, np.repeat(camp, more)),
        np.append(author, np.repeat(author, more)),
    )
    sizes = np.minimum(rng.pareto(1.3, len(at_s)) * 1.2, 400).astype(int)
    of = np.repeat(np.arange(len(at_s)), sizes)
    who = np.where(rng.random(len(of)) < 0.9, camp[of], rng.integers(0, 3, len(of)))
    passed_s = at_s[of] + rng.exponential(1200, len(of))
    fans = rng.integers(2000, 9000, len(of))
    ids = np.array([f"t{i:06}" for i in range(len(at_s) + len(of))])
    names = np.array(["L", "C", "N"])
    authors = [
        f"{names[c]}{a:05}"
        for c, a in zip(np.append(camp, who), np.append(author, fans), strict=True)
    ]
    original = ids[: len(at_s)]
    table = pd.DataFrame(
        {
            "tweet_id": ids,
            "author_id": authors,
            "at": START + pd.to_timedelta(np.round(np.append(at_s, passed_s), 3), unit="s"),
            "kind": np.where(np.arange(len(ids)) < len(at_s), "tweet", "retweet"),
            "retweet_of": np.append(np.full(len(at_s), None, dtype=object), original[of]),
            "followers": np.round(rng.pareto(1.0, len(ids)) * 200).astype(int) + 1,
        }
    )
    accounts = np.unique(authors)
    known = accounts[rng.random(len(accounts)) < labelled]
    camps = pd.DataFrame(
        {"user_id": known, "camp": [{"L": "A", "C": "B", "N": "other"}[a[0]] for a in known]}
    )
    onset = START + pd.Timedelta(seconds=onset_s)
    return Stream(table, camps, onset, onset + pd.Timedelta(seconds=ramp_s / 2))
