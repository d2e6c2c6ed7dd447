"""Imputing places: which adopters are a city's first, drawn many times."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._random import stream
from spread.places._adopters import Adopters

__all__ = ["drawn"]

_GAPS = 4
"""How many of a city's located adopters half a window holds (see `arrivals`)."""


@dataclass(frozen=True, slots=True)
class _Share:
    """A city's located adopters in a window around each adopter, and all located there."""

    inside: NDArray[np.int64]
    window: NDArray[np.float64]
    overall: float


def drawn(
    adopters: Adopters,
    places: pd.DataFrame,
    cities: NDArray[np.int64],
    most: int,
    draws: int,
    seed: int,
) -> NDArray[np.int64]:
    """Return the events that are a city's first `most` adopters, (draws, cities, most).

    An event is an adopter's position in order; n stands for never.
    """
    n = len(adopters.at_us)
    reached = np.full((draws, len(cities), most), n, dtype=np.int64)
    rank = np.cumsum(adopters.city >= 0, dtype=np.int64)
    for number, city in enumerate(cities):
        # The stream belongs to the place, so that other cities do not change the draw.
        rng = stream(seed, int.from_bytes(str(places["place_id"].iloc[city]).encode(), "big"))
        share = _share(adopters.city == city, rank)
        here, probability = _confirmed(adopters, city, share, most)
        kept = np.where(rng.random((draws, len(here))) < probability, here, n)
        chance = _chance(adopters, places, city, share)
        start = here[np.argmax(probability >= 0.5)]
        added = _added(chance, int(start), most, draws, rng)
        reached[:, number] = np.sort(np.concatenate([kept, added], axis=1), axis=1)[:, :most]
    return reached


def _share(here: NDArray[np.bool_], rank: NDArray[np.int64]) -> _Share:
    """Return a city's running share among located adopters, around each adopter."""
    ranks, located = rank[here], int(rank[-1])
    spans = ranks[_GAPS:] - ranks[:-_GAPS]
    if len(spans):
        half = float(np.median(spans))
    else:
        half = (ranks[-1] - ranks[0]) * _GAPS / (len(ranks) - 1) if len(ranks) > 1 else located
    first, last = np.maximum(rank - half, 0), np.minimum(rank + half, located)
    inside = np.searchsorted(ranks, last, "right") - np.searchsorted(ranks, first, "right")
    return _Share(inside, np.maximum(last - first, 1), len(ranks) / located)


def _confirmed(
    adopters: Adopters, city: int, share: _Share, most: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return a city's first located adopters and the probability that each lives there.

    The probability of `locate` goes with the city's share overall; around an adopter
    the others say more, so that its odds are multiplied by theirs over the overall ones:
    a lone account far ahead of the city's others is rather one that was located wrongly.
    """
    here = np.flatnonzero(adopters.city == city)
    around = (share.inside[here] - 1 + share.overall) / (share.window[here] + 1)
    overall = min(share.overall, 1 - 1e-9)
    odds = around / (1 - np.minimum(around, 1 - 1e-9)) * (1 - overall) / overall
    stated = np.clip(adopters.probability[here], 0.0, 1.0)
    probability = stated * odds / (stated * odds + (1 - stated))
    enough = np.searchsorted(np.cumsum(probability), 2 * most + 20) + 1
    return here[:enough], probability[:enough]


def _added(
    chance: NDArray[np.float64], start: int, most: int, draws: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return the first `most` other adopters drawn into a city, shape (draws, most).

    With h the sum of −ln(1 − chance), the next one comes where h has grown by a unit
    exponential: the law of a coin for each adopter, at O(draws) for a city. The chance
    itself is uncertain: before the first located adopter (`start`) it is multiplied by a
    unit exponential, which makes the number of adopters missed there geometric, as it is
    when each is located with one probability; after it by a Gamma(4)/4.
    """
    hazard = np.cumsum(-np.log1p(-np.minimum(chance, 0.999)))
    n, before = len(hazard), hazard[start]
    early, late = rng.exponential(size=draws), rng.gamma(_GAPS, 1 / _GAPS, size=draws)
    found = np.full((draws, most), n, dtype=np.int64)
    used, last = np.zeros(draws), np.full(draws, -1)
    for number in range(most):
        used = used + rng.exponential(size=draws)
        reached = np.where(
            used < early * before, used / early, before + (used - early * before) / late
        )
        event = np.maximum(np.searchsorted(hazard, reached), np.minimum(last + 1, n))
        found[:, number] = last = event
    return found


def _chance(
    adopters: Adopters, places: pd.DataFrame, city: int, share: _Share
) -> NDArray[np.float64]:
    """Return for each adopter not located in a city the chance that it lives there."""
    elsewhere = np.where(adopters.city >= 0, 1 - adopters.probability, 1.0)
    elsewhere[adopters.city == city] = 0.0
    known = _partly_known(adopters, places, city)
    return np.minimum(share.inside / share.window * elsewhere * known, 1.0)


def _partly_known(adopters: Adopters, places: pd.DataFrame, city: int) -> NDArray[np.float64]:
    """Return how a known country or region alone changes an unlocated adopter's chance."""
    factor = np.ones(len(adopters.city))
    located = adopters.city >= 0
    for names, column in ((adopters.country, "country"), (adopters.region, "region")):
        name = places[column].iloc[city]
        here = names == (name if isinstance(name, str) else "")
        known = ~located & (names != "")
        share = (here & located).sum() / max(int(located.sum()), 1)
        if share > 0:
            factor = np.where(known, np.where(here, 1 / share, 0.0), factor)
    return factor
