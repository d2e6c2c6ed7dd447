"""Reading a typed location: which of its words name places, and which do not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from spread.places._gazetteer import CITY, COUNTRY, REGION, Gazetteer
from spread.places._words import Word, words_of

__all__ = ["Group", "Span", "contains", "coordinates_in", "groups_of"]

_LONGEST_NAME = 5
_LONGEST_UNSPACED = 12
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_COORDINATES = re.compile(
    r"(-?\d{1,3}\.\d+)\s*(?:°\s*)?([NS]?)\s*[,; ]\s*(-?\d{1,3}\.\d+)\s*(?:°\s*)?([EW]?)",
    re.IGNORECASE,
)
_NEUTRAL_WORDS = """
    in the from of at near by living live lives life born raised based city area downtown metro
    greater now currently via north south east west northern southern eastern western side region
    state province native proud capital here town central inner en de del el la los las desde vivo
    y e em no da do le les à und im aus στην στο από город г
"""
# Words beside a place that say nothing for or against it.
_NEUTRAL = frozenset(_NEUTRAL_WORDS.split())
# Which names of a key count: those of GeoNames' alternate names too, main names, or none.
_ALL, _MAIN, _NONE = 2, 1, 0
# Words that part two places, where they stand inside no name.
_BETWEEN = frozenset({"and", "y", "und", "et", "to", "x", "or", "vs", "και"})


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """Words that name places: rows of cities with `main`, rows of regions and countries.

    `coded` rows were named by a code such as "NY"; a country's two letters mean a state
    or a province far more often. What is the same is the same object.
    """

    key: str
    cities: tuple[tuple[int, bool], ...]
    areas: tuple[int, ...]
    coded: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What stands between two strong separators: its spans and how many words are unknown."""

    spans: tuple[Span, ...]
    unknown: int

    @property
    def has_city(self) -> bool:
        """Whether some span can be a city."""
        return any(span.cities for span in self.spans)


def coordinates_in(text: str) -> tuple[float, float] | None:
    """Return (longitude, latitude) written in a text, latitude first, or None.

    Examples
    --------
    >>> coordinates_in("ÜT: 40.6,-73.9")
    (-73.9, 40.6)
    """
    match = _COORDINATES.search(text)
    if match is None:
        return None
    north, south, east, west = match.groups()
    latitude = float(north) * (-1 if south.lower() == "s" else 1)
    longitude = float(east) * (-1 if west.lower() == "w" else 1)
    return (longitude, latitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def groups_of(text: str, places: Gazetteer) -> list[Group]:
    """Return the groups of a location; a slash, a bar, an arrow or "and" parts two."""
    groups = []
    for words in _parted(words_of(text), places):
        group = _read(words, places)
        if group.spans or group.unknown:
            groups.append(group)
    return groups


def _parted(words: Sequence[Word], places: Gazetteer) -> list[list[Word]]:
    parts: list[list[Word]] = [[]]
    for number, word in enumerate(words):
        between = word.key in _BETWEEN and not _inside_name(words, number, places)
        if word.gap == 2 or between:
            parts.append([])
        if not between:
            parts[-1].append(word)
    return [part for part in parts if part]


def _inside_name(words: Sequence[Word], number: int, places: Gazetteer) -> bool:
    """Tell whether a word such as "and" stands inside a name ("Trinidad and Tobago")."""
    if words[number].typed.isupper() and len(words[number].key) == 2:
        return True
    for start in range(max(0, number - 2), number + 1):
        for end in range(number + 1, min(len(words), number + 3) + 1):
            if end - start > 1 and _key(words[start:end]) in places.names:
                return True
    return False


def _key(words: Sequence[Word]) -> str:
    return words[0].key if len(words) == 1 else " ".join([word.key for word in words])


def _read(words: Sequence[Word], places: Gazetteer) -> Group:
    spans: list[Span] = []
    unknown, start = 0, 0
    shouting = len(words) > 2 and all(word.typed.isupper() for word in words)
    while start < len(words):
        length = _longest(words, start, places)
        if length > 1 and _is_phrase(_key(words[start : start + length]), places):
            unknown, start = unknown + 1, start + length
            continue
        span = _span(words, start, length, spans, places, shouting) if length else None
        if span is not None:
            spans.append(span)
            start += length
            continue
        word = words[start]
        if _UNSPACED.search(word.key):
            parts = _inside_unspaced(word.key, places)
            spans.extend(parts)
            unknown += not parts
        elif word.key not in _NEUTRAL:
            unknown += 1
        start += 1
    return Group(tuple(spans), unknown)


def _longest(words: Sequence[Word], start: int, places: Gazetteer) -> int:
    """Return how many words from `start` make the longest known name, no comma inside."""
    most = 1
    while start + most < len(words) and most < _LONGEST_NAME and words[start + most].gap == 0:
        most += 1
    for length in range(most, 0, -1):
        key = _key(words[start : start + length])
        if key in places.names or key in places.codes or (length == 1 and key[:5] == "flag:"):
            return length
        if length > 1 and _is_phrase(key, places):
            return length
    return 0


def _is_phrase(key: str, places: Gazetteer) -> bool:
    """Tell whether words are known to name no place ("real madrid", "paris hilton's")."""
    return key not in places.names and (
        key in places.tiers or key.removesuffix("s") in places.tiers
    )


def _span(
    words: Sequence[Word],
    start: int,
    length: int,
    before: Sequence[Span],
    places: Gazetteer,
    shouting: bool,
) -> Span | None:
    """Return what words name, or None where they are rather words of a sentence."""
    key = _key(words[start : start + length])
    if key.startswith("flag:"):
        return _flag(key, places)
    if length == 1 and key in _NEUTRAL and len(words) > 1 and not words[start].typed.isupper():
        # "West Oakland" names no province called West.
        return None
    if length > 1 or len(key) > 3 or not words[start].typed.isascii():
        return _split(key, _ALL, places) if key in places.names else None
    word = words[start]
    upper = word.typed.isupper() and not shouting
    alone = len(words) == 1
    follows = start + 1 < len(words) and words[start + 1].gap == 1
    codes = _accepted(places.codes.get(key, ()), word, before, upper, alone or follows, places)
    which = _ALL
    if not upper:
        # "la" and "of" are words of a sentence; "Ulm" and a lone "nyc" are not.
        which = _NONE if len(key) == 2 and not alone else _MAIN
    if codes and before and before[-1].cities and word.gap <= 1:
        # After a city, "LA" in "Monroe, LA" is the state where that holds.
        which = _NONE
    span = _split(key, which, places, codes)
    return span if span.cities or span.areas or span.coded else None


@lru_cache(maxsize=1 << 18)
def _split(key: str, which: int, places: Gazetteer, coded: tuple[int, ...] = ()) -> Span:
    named = places.names.get(key, ()) if which else ()
    if which == _MAIN:
        named = tuple(entry for entry in named if entry[1])
    cities = tuple(entry for entry in named if places.kind[entry[0]] == CITY)
    areas = tuple(row for row, _ in named if places.kind[row] != CITY)
    return Span(key, cities, areas, coded)


def _accepted(
    rows: tuple[int, ...],
    word: Word,
    before: Sequence[Span],
    upper: bool,
    alone: bool,
    places: Gazetteer,
) -> tuple[int, ...]:
    """Return the areas that a code can stand for here.

    After a city that lies in the area any spelling will do; beside a comma, or alone,
    capitals are needed, and a country needs more than its two letters.
    """
    if before and (agreeing := tuple(row for row in rows if _agrees(row, before[-1], places))):
        return agreeing
    if not upper or not (alone or word.gap == 1):
        return ()
    return tuple(row for row in rows if places.kind[row] == REGION or len(word.key) == 3)


def _agrees(area: int, span: Span, places: Gazetteer) -> bool:
    return any(contains(area, row, places) for row, _ in span.cities) or any(
        contains(area, row, places) for row in span.areas if row != area
    )


def contains(area: int, row: int, places: Gazetteer) -> bool:
    """Tell whether a country or a region holds a place (or is it)."""
    if places.kind[area] == COUNTRY:
        return places.country[area] == places.country[row]
    return places.region[area] == places.region[row]


@lru_cache(maxsize=1024)
def _flag(key: str, places: Gazetteer) -> Span | None:
    named = places.codes.get(key[5:], ())
    rows = tuple(row for row in named if places.kind[row] == COUNTRY)
    return Span(key, (), rows, ()) if rows else None


def _inside_unspaced(key: str, places: Gazetteer) -> list[Span]:
    """Return names of two letters and up inside a word of a script without spaces."""
    found, start = [], 0
    while start < len(key):
        for end in range(min(len(key), start + _LONGEST_UNSPACED), start + 1, -1):
            name = key[start:end]
            if name in places.names:
                found.append(_split(name, _ALL, places))
                start = end - 1
                break
        start += 1
    return found
