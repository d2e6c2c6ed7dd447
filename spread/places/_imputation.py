"""Imputing places: which adopters are a city's first, drawn many times and jointly."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._compile import kernel
from spread._random import stream
from spread.places._adopters import Adopters

__all__ = ["drawn"]

_GAPS = 4
"""How many of a city's located adopters half a window holds (see `arrivals`)."""
_HEADS = 6
"""Which of a city's first located adopters may be its start: each may live elsewhere."""
_BLOCK = 4096
"""Adopters whose places are drawn at once: bounds the memory."""


@dataclass(frozen=True, slots=True)
class _City:
    """A city's located adopters by their rank among all located ones, and the window."""

    ranks: NDArray[np.int64]
    half: float
    located: int

    @property
    def overall(self) -> float:
        """The city's share of all located adopters."""
        return len(self.ranks) / self.located


def drawn(
    adopters: Adopters,
    places: pd.DataFrame,
    cities: NDArray[np.int64],
    most: int,
    draws: int,
    seed: int,
) -> NDArray[np.int64]:
    """Return the events that are a city's first `most` adopters, (draws, cities, most).

    An event is an adopter's position in order; n stands for never. In a draw every adopter
    lives in one place at most. O(draws · adopters · cities), less where cities fill up early.
    """
    n, width = len(adopters.at_us), len(cities)
    reached = np.full((draws, width, most), n, dtype=np.int64)
    if not width:
        return reached
    rng = stream(seed, int.from_bytes(adopters.hashtag.encode(), "big"))
    factors = rng.exponential(size=(draws, width)), rng.gamma(_GAPS, 1 / _GAPS, (draws, width))
    rank = np.cumsum(adopters.city >= 0, dtype=np.int64)
    shares = [_city(adopters.city == city, rank) for city in cities]
    own, stays = _own(adopters, cities, shares, rank)
    heads = _heads(own, width)
    column = np.where(own >= 0, np.cumsum(own >= 0) - 1, -1)
    keep = rng.random((draws, int((own >= 0).sum()))) < stays[own >= 0]
    starts = _first_kept(heads, keep, column)
    known = _partly_known(adopters, places, cities)
    count = np.zeros((draws, width), dtype=np.int64)
    for first in range(0, n, _BLOCK):
        rows = np.arange(first, min(first + _BLOCK, n))
        factor = known(rows)
        chance = _chance(shares, heads, rank, rows) * factor[:, :, np.newaxis]
        uniform = rng.random((draws, len(rows)))
        of_rows = own[rows], stays[rows], column[rows]
        _fill(chance, *of_rows, keep, uniform, *factors, heads, starts, first, count, reached)
        if (count == most).all():
            break
    return reached


def _heads(own: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Return each city's first located adopters (events), the last repeated to fill a row."""
    events = [np.flatnonzero(own == city)[:_HEADS] for city in range(width)]
    return np.array([np.pad(row, (0, _HEADS - len(row)), mode="edge") for row in events])


def _first_kept(
    heads: NDArray[np.int64], keep: NDArray[np.bool_], column: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return which of a city's heads is the first to stay there in each draw (the last: none)."""
    stays = keep[:, column[heads]]
    return np.where(stays.any(axis=2), stays.argmax(axis=2), _HEADS - 1)


def _chance(
    shares: list[_City], heads: NDArray[np.int64], rank: NDArray[np.int64], rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return each city's share around rows, (rows, cities, 1 + heads).

    The first is the share over the usual window; the others hold up to a head that starts
    the city, over the window that its next adopters span: a tag spreads fastest where it
    has just arrived, and what came before the start does not count.
    """
    chance = np.zeros((len(rows), len(shares), 1 + _HEADS))
    for number, city in enumerate(shares):
        chance[:, number, 0] = _around(city, rank[rows])
        for head, event in enumerate(heads[number]):
            if rows[0] <= event:
                early = rows[rows <= event]
                headed = _headed(city, rank[event])
                chance[: len(early), number, 1 + head] = _around(headed, rank[early])
    return chance


def _city(here: NDArray[np.bool_], rank: NDArray[np.int64]) -> _City:
    """Return a city's adopters and how far, in located adopters, its share is averaged."""
    ranks, located = rank[here], int(rank[-1])
    spans = ranks[_GAPS:] - ranks[:-_GAPS]
    if len(spans):
        half = float(np.median(spans))
    else:
        half = (ranks[-1] - ranks[0]) * _GAPS / (len(ranks) - 1) if len(ranks) > 1 else located
    return _City(ranks, half, located)


def _window(city: _City, rank: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the city's adopters around each rank, and all located ones there."""
    first = np.maximum(rank - city.half, 0)
    last = np.minimum(rank + city.half, city.located)
    inside = np.searchsorted(city.ranks, last, "right")
    inside -= np.searchsorted(city.ranks, first, "right")
    return inside, np.maximum(last - first, 1.0)


def _around(city: _City, rank: NDArray[np.int64]) -> NDArray[np.float64]:
    inside, window = _window(city, rank)
    return inside / window


def _headed(city: _City, start: int) -> _City:
    """Return the city from a start on, with the window that its first adopters span."""
    ranks = city.ranks[city.ranks >= start]
    half = float(ranks[_GAPS] - ranks[0]) if len(ranks) > _GAPS else city.half
    return replace(city, ranks=ranks, half=half)


def _own(
    adopters: Adopters,
    cities: NDArray[np.int64],
    shares: list[_City],
    rank: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each adopter its city among those drawn (-1: none) and P(it lives there).

    The probability of `locate` goes with the city's share overall; around an adopter
    the others say more, so that its odds are multiplied by theirs over the overall ones:
    a lone account far ahead of the city's others is rather one that was located wrongly.
    """
    own = np.full(len(rank), -1, dtype=np.int64)
    stays = np.clip(np.where(adopters.city >= 0, adopters.probability, 0.0), 0.0, 1.0)
    for number, (place, city) in enumerate(zip(cities, shares, strict=True)):
        here = np.flatnonzero(adopters.city == place)
        inside, window = _window(city, rank[here])
        around = np.minimum((inside - 1 + city.overall) / (window + 1), 1 - 1e-9)
        overall = min(city.overall, 1 - 1e-9)
        odds = around / (1 - around) * (1 - overall) / overall
        own[here] = number
        stays[here] = stays[here] * odds / (stays[here] * odds + (1 - stays[here]))
    return own, stays


def _partly_known(
    adopters: Adopters, places: pd.DataFrame, cities: NDArray[np.int64]
) -> Callable[[NDArray[np.int64]], NDArray[np.float64]]:
    """Return how a known country or region alone changes the chance of each city."""
    located = adopters.city >= 0
    columns = []
    for names, column in ((adopters.country, "country"), (adopters.region, "region")):
        values, code = np.unique(names.astype(str), return_inverse=True)
        share = np.bincount(code[located], minlength=len(values)) / max(int(located.sum()), 1)
        place = places[column].iloc[cities].fillna("").to_numpy()
        number = dict(zip(values.tolist(), range(len(values)), strict=True))
        of_city = np.array([number.get(name, -1) for name in place.tolist()], dtype=np.int64)
        columns.append((code, values != "", share, of_city))

    def factor(rows: NDArray[np.int64]) -> NDArray[np.float64]:
        sure = np.where(located[rows], np.nan, adopters.area_probability[rows])[:, np.newaxis]
        product = np.ones((len(sure), len(cities)))
        for code, named, share, of_city in columns:
            here = code[rows][:, np.newaxis] == of_city
            told = named[code[rows]][:, np.newaxis] & np.isfinite(sure)
            of = share[code[rows]][:, np.newaxis]
            inside, outside = sure / np.maximum(of, 1e-9), (1 - sure) / np.maximum(1 - of, 1e-9)
            # A region says more than its country, and all that the country says.
            product = np.where(told, np.where(here, inside, outside), product)
        return product

    return factor


@kernel
def _fill(
    chance: NDArray[np.float64],
    own: NDArray[np.int64],
    stays: NDArray[np.float64],
    column: NDArray[np.int64],
    keep: NDArray[np.bool_],
    uniform: NDArray[np.float64],
    early: NDArray[np.float64],
    late: NDArray[np.float64],
    heads: NDArray[np.int64],
    starts: NDArray[np.int64],
    first: int,
    count: NDArray[np.int64],
    reached: NDArray[np.int64],
) -> None:
    """Draw one place at most for each adopter in each draw; note each city's first ones.

    An adopter stays in its own city where it is kept there, or else lives in city c with the
    chance of c before or after its start in this draw, times the draw's factor; chances that
    sum to more than 1 are scaled to 1. Cities that still lack adopters come first in the order
    of chances, so that a number beyond the most that theirs can sum to changes nothing.
    """
    draws, width, most = reached.shape
    weight = np.zeros(width)
    largest = np.zeros(width)
    for row in range(len(own)):
        for city in range(width):
            for head in range(chance.shape[2]):
                largest[city] = max(largest[city], chance[row, city, head])
    lacking = np.empty(width, np.int64)
    for draw in range(draws):
        lacks, bound = 0, 0.0
        for city in range(width):
            if count[draw, city] < most:
                lacking[lacks] = city
                lacks += 1
                bound += largest[city] * max(early[draw, city], late[draw, city])
        for row in range(len(own)):
            event, mine, u = first + row, own[row], uniform[draw, row]
            if mine >= 0 and keep[draw, column[row]]:
                if count[draw, mine] < most:
                    reached[draw, mine, count[draw, mine]] = event
                    count[draw, mine] += 1
                continue
            if mine < 0:
                if u < stays[row]:
                    continue
                u = (u - stays[row]) / (1 - stays[row])
            if u >= bound:
                continue
            total = 0.0
            for city in range(width):
                start = starts[draw, city]
                if city == mine:
                    weight[city] = 0.0
                elif event <= heads[city, start]:
                    weight[city] = chance[row, city, 1 + start] * early[draw, city]
                else:
                    weight[city] = chance[row, city, 0] * late[draw, city]
                total += weight[city]
            u *= max(total, 1.0)
            for place in range(lacks):
                city = lacking[place]
                u -= weight[city]
                if u < 0:
                    if count[draw, city] < most:
                        reached[draw, city, count[draw, city]] = event
                        count[draw, city] += 1
                    break
