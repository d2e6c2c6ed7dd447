"""The posterior over places behind one typed location.

Readings of the text compete: each city that a span can name, each region or country,
and "no place of the gazetteer". A reading's weight is the population (who could have
typed it) times a factor for each other span that it leaves explained or unexplained,
for time zone and language. The constants are priors, fixed before any archive was
looked at; `tests/test_places_accuracy.py` measures what they give.
"""

import itertools
import math
from dataclasses import dataclass

from spread.places._evidence import language_ratio, zone_ratio
from spread.places._gazetteer import CITY, COUNTRY, REGION, Gazetteer
from spread.places._reading import Group, Span, contains

__all__ = ["NO_PLACE", "SEVERAL_PLACES", "Reading", "readings"]

NO_PLACE, SEVERAL_PLACES = -1, -2
"""What stands for a row where no listed place, or more than one, is meant."""

OTHER_NAME = 0.2
"""A name that GeoNames lists only among alternate ones, against the main name."""
WHOLE_REGION, WHOLE_COUNTRY = 0.15, 0.1
"""The share of people in a region, in a country, who name no more than that."""
UNEXPLAINED = 0.0005
"""A span that a reading does not explain."""
COUNTRY_BY_TWO_LETTERS = 0.05
"""Two letters after a city as the code of a country, against those of a state."""
NEARBY, NEARBY_FIRST, NEARBY_KM = 0.5, 0.002, 60.0
"""A city within this distance, named after ("Compton, Los Angeles") or before."""
REGION_OF_ITS_CITY = 0.3
"""The name of a region that is also the name of a city in it, meant as the region."""
SMALLER_PLACE = 0.02
"""A name that no listed city of the region bears is a smaller place there."""
NEIGHBOURHOOD, NAMESAKE = 0.02, 30_000.0
"""What stands right before a city is a part of it that is not listed ("Capitol Hill,
Seattle"); the more people bear a place of that name, the rather is that place meant."""
SEVERAL, COMPARABLE = 0.02, 5.0
"""Two spans that agree in no reading are two places; so are neighbours of like size."""
LOOKS_LIKE, PER_UNKNOWN_WORD, CHANCE_AGREEMENT = 3_000.0, 6.0, 0.01
"""People behind a text that only looks like a place; more with each unknown word, fewer
with each span that agrees with another one."""
WORD_PEOPLE = {10: 2e6, 20: 5e5, 35: 1e5, 40: 4e4, 50: 4e4, 55: 1.5e4, 60: 1.5e4}
"""The same where the name is an English word, by SCOWL's tier of its frequency."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a text: a row of the gazetteer (or a negative code) and its weight.

    `people` is the weight before other spans are looked at.
    """

    row: int
    people: float
    weight: float
    explained: int


@dataclass(frozen=True, slots=True)
class _Others:
    before: tuple[Span, ...]
    after: tuple[Span, ...]


def readings(
    group: Group, outside: tuple[Span, ...], zone: str | None, lang: str | None, places: Gazetteer
) -> list[Reading]:
    """Return the weighed readings of a group; `outside` are spans of areas beside it."""
    by_span: list[list[Reading]] = []
    for number, span in enumerate(group.spans):
        others = _Others(group.spans[:number], (*group.spans[number + 1 :], *outside))
        cities = [_city(row, main, others, zone, lang, places) for row, main in span.cities]
        areas = [_area(row, span, others, lang, places) for row in (*span.areas, *span.coded)]
        by_span.append(cities + areas)
    found = [reading for span in by_span for reading in span]
    return [*found, *_several(by_span, places), _no_place(group, found, places)]


def _city(
    row: int,
    main: bool,
    others: _Others,
    zone: str | None,
    lang: str | None,
    places: Gazetteer,
) -> Reading:
    people = places.population[row] * (1.0 if main else OTHER_NAME)
    if zone is not None and (here := places.time_zone[row]) is not None:
        people *= zone_ratio(zone, here)
    return _weighed(row, people, others, lang, places)


def _weighed(
    row: int, people: float, others: _Others, lang: str | None, places: Gazetteer
) -> Reading:
    if lang is not None:
        people *= language_ratio(lang, places.country[row])
    factors = [_explanation(row, span, NEARBY_FIRST, places) for span in others.before]
    if factors and factors[-1] == UNEXPLAINED and places.kind[row] == CITY:
        factors[-1] = _neighbourhood(others.before[-1], places)
    factors += [_explanation(row, span, NEARBY, places) for span in others.after]
    explained = sum(factor > UNEXPLAINED for factor in factors)
    return Reading(row, people, people * math.prod(factors), explained)


def _area(row: int, span: Span, others: _Others, lang: str | None, places: Gazetteer) -> Reading:
    country = places.kind[row] == COUNTRY
    people = places.population[row] * (WHOLE_COUNTRY if country else WHOLE_REGION)
    if country and row in span.coded:
        people *= COUNTRY_BY_TWO_LETTERS
    if not country and any(main and contains(row, city, places) for city, main in span.cities):
        people *= REGION_OF_ITS_CITY
    return _weighed(row, people, others, lang, places)


def _several(by_span: list[list[Reading]], places: Gazetteer) -> list[Reading]:
    """Return the reading that two spans name two places, where they can."""
    weights = [_two_places(one, other, places) for one, other in itertools.combinations(by_span, 2)]
    return [Reading(SEVERAL_PLACES, max(weights), max(weights), 0)] if any(weights) else []


def _two_places(one: list[Reading], other: list[Reading], places: Gazetteer) -> float:
    agreeing = [
        (a, b) for a in one for b in other if _agree(a.row, b.row, places) and a.row != b.row
    ]
    if not agreeing:
        same = any(a.row == b.row for a in one for b in other)
        largest = min(max(reading.people for reading in span) for span in (one, other))
        return 0.0 if same else SEVERAL * largest
    neighbours = [
        min(a.people, b.people)
        for a, b in agreeing
        if places.kind[a.row] == places.kind[b.row] == CITY
        and places.home[a.row] != places.home[b.row]
        and max(a.people, b.people) < COMPARABLE * min(a.people, b.people)
    ]
    return max(neighbours, default=0.0)


def _agree(row: int, other: int, places: Gazetteer) -> bool:
    if places.kind[row] == places.kind[other] == CITY:
        return _near(row, other, places)
    return (
        contains(row, other, places) if places.kind[row] != CITY else (contains(other, row, places))
    )


def _explanation(row: int, span: Span, nearby: float, places: Gazetteer) -> float:
    """Return P(span | the person is at `row`), up to a constant."""
    if any(row != area and contains(area, row, places) for area in (*span.areas, *span.coded)):
        return _by_area(row, span, places)
    if places.kind[row] == CITY:
        near = any(_near(row, other, places) for other, _ in span.cities)
        return nearby if near else UNEXPLAINED
    if places.kind[row] == REGION and span.cities and not span.areas and not span.coded:
        listed = any(contains(row, other, places) for other, _ in span.cities)
        return UNEXPLAINED if listed else SMALLER_PLACE
    return 1.0 if row in span.areas else UNEXPLAINED


def _neighbourhood(span: Span, places: Gazetteer) -> float:
    """Return P(span | it names a part of the city that follows), up to a constant."""
    if span.areas or span.coded or not span.cities:
        return UNEXPLAINED
    people = max(
        places.population[row] * (1.0 if main else OTHER_NAME) for row, main in span.cities
    )
    return max(UNEXPLAINED, NEIGHBOURHOOD * min(1.0, NAMESAKE / max(people, 1.0)))


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
    people = LOOKS_LIKE * PER_UNKNOWN_WORD**group.unknown
    tiers = [places.tiers[span.key] for span in group.spans if span.key in places.tiers]
    people += sum(WORD_PEOPLE[tier] for tier in tiers)
    agreeing = max((reading.explained for reading in found), default=0)
    return Reading(NO_PLACE, people, people * CHANCE_AGREEMENT**agreeing, 0)
