"""The posterior over places behind one typed location.

Readings of the text compete: each city that a span can name, each region or country,
and "no place of the gazetteer". A reading's weight is the population (who could have
typed it) times a factor for each other span that it leaves explained or unexplained,
for time zone and language. The constants are priors, fixed before any archive was
looked at; `tests/test_places_accuracy.py` measures what they give.
"""

import math
from dataclasses import dataclass

from spread.places._evidence import language_ratio, zone_ratio
from spread.places._gazetteer import CITY, COUNTRY, REGION, Gazetteer
from spread.places._reading import Group, Span, contains

__all__ = ["Reading", "readings"]

OTHER_NAME = 0.2
"""A name that GeoNames lists only among alternate ones, against the main name."""
WHOLE_REGION, WHOLE_COUNTRY = 0.15, 0.1
"""The share of people in a region, in a country, who name no more than that."""
UNEXPLAINED = 0.0005
"""A span that a reading does not explain."""
COUNTRY_BY_TWO_LETTERS = 0.05
"""Two letters after a city as the code of a country, against those of a state."""
NEARBY, NEARBY_KM = 0.5, 60.0
"""A second city within this distance of the first is its surroundings."""
SMALLER_PLACE = 0.02
"""A name that no listed city of the region bears is a smaller place there."""
NO_PLACE, PER_UNKNOWN_WORD, CHANCE_AGREEMENT = 3_000.0, 6.0, 0.01
"""People behind a text that only looks like a place; more with each unknown word, fewer
with each span that agrees with another one."""
WORD_PEOPLE = {10: 2e6, 20: 5e5, 35: 1e5, 40: 4e4, 50: 4e4, 55: 1.5e4, 60: 1.5e4}
"""The same where the name is an English word, by SCOWL's tier of its frequency."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a text: a row of the gazetteer (-1: no place) and its weight."""

    row: int
    weight: float
    explained: int
    unexplained: int


def readings(
    group: Group, outside: tuple[Span, ...], zone: str | None, lang: str | None, places: Gazetteer
) -> list[Reading]:
    """Return the weighed readings of a group; `outside` are spans of areas beside it."""
    found: list[Reading] = []
    for number, span in enumerate(group.spans):
        others = (*group.spans[:number], *group.spans[number + 1 :], *outside)
        for row, main in span.cities:
            people = places.population[row] * (1.0 if main else OTHER_NAME)
            found.append(_weighed(row, people, others, zone, lang, places))
        found += [
            _area(row, row in span.coded, others, zone, lang, places)
            for row in (*span.areas, *span.coded)
        ]
    return [*found, _no_place(group, found, places)]


def _weighed(
    row: int,
    people: float,
    others: tuple[Span, ...],
    zone: str | None,
    lang: str | None,
    places: Gazetteer,
) -> Reading:
    factors = [_explanation(row, span, places) for span in others]
    weight = people * math.prod(factors)
    if zone is not None and (here := places.time_zone[row]) is not None:
        weight *= zone_ratio(zone, here)
    if lang is not None:
        weight *= language_ratio(lang, places.country[row])
    missed = sum(factor <= UNEXPLAINED for factor in factors)
    return Reading(row, weight, len(factors) - missed, missed)


def _area(
    row: int,
    coded: bool,
    others: tuple[Span, ...],
    zone: str | None,
    lang: str | None,
    places: Gazetteer,
) -> Reading:
    country = places.kind[row] == COUNTRY
    people = places.population[row] * (WHOLE_COUNTRY if country else WHOLE_REGION)
    if coded and country:
        people *= COUNTRY_BY_TWO_LETTERS
    return _weighed(row, people, others, zone, lang, places)


def _explanation(row: int, span: Span, places: Gazetteer) -> float:
    """Return P(span | the person is at `row`), up to a constant."""
    if any(row != area and contains(area, row, places) for area in (*span.areas, *span.coded)):
        return _by_area(row, span, places)
    if places.kind[row] == CITY:
        near = any(_near(row, other, places) for other, _ in span.cities)
        return NEARBY if near else UNEXPLAINED
    if places.kind[row] == REGION and span.cities and not span.areas and not span.coded:
        listed = any(contains(row, other, places) for other, _ in span.cities)
        return UNEXPLAINED if listed else SMALLER_PLACE
    return 1.0 if row in span.areas else UNEXPLAINED


def _by_area(row: int, span: Span, places: Gazetteer) -> float:
    """Return how well an area that holds the place explains a span: best as a region."""
    if any(contains(area, row, places) for area in span.areas) or len(span.key) > 2:
        return 1.0
    state = any(places.kind[area] == REGION and contains(area, row, places) for area in span.coded)
    return 1.0 if state else COUNTRY_BY_TWO_LETTERS


def _near(row: int, other: int, places: Gazetteer) -> bool:
    if places.home[row] == places.home[other]:
        return True
    if places.country[row] != places.country[other]:
        return False
    north = (places.latitude[row] - places.latitude[other]) * 111.2
    if abs(north) > NEARBY_KM:
        return False
    east = (places.longitude[row] - places.longitude[other]) * 111.2
    east *= math.cos(math.radians(places.latitude[row]))
    return math.hypot(north, east) <= NEARBY_KM


def _no_place(group: Group, found: list[Reading], places: Gazetteer) -> Reading:
    """Return the reading that no listed place is meant."""
    people = NO_PLACE * PER_UNKNOWN_WORD**group.unknown
    tiers = [places.tiers[span.key] for span in group.spans if span.key in places.tiers]
    people += sum(WORD_PEOPLE[tier] for tier in tiers)
    agreeing = max((reading.explained for reading in found), default=0)
    return Reading(-1, people * CHANCE_AGREEMENT**agreeing, 0, 0)
