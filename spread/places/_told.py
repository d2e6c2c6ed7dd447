"""What accounts say of their place beside the location: description and time zone."""

import re
from collections.abc import Iterable
from functools import lru_cache

import pandas as pd

from spread.places._evidence import SAME_OFFSET, zone_of, zone_ratio
from spread.places._gazetteer import gazetteer
from spread.places._locate import locate

__all__ = ["by_description", "country_of_zone"]

_LIVES, _COMES = 0.9, 0.8
"""How often who says "based in" lives there still; how often who says "native of" does,
where the time zone agrees."""
_ZONE_IS_HOME = 0.75
"""How many users of 2014 chose a zone with the offset of where they lived."""
_NAME = r"([^\W\d_a-z][^|•·/\n;!?()@#]{1,39})"
_BEFORE = r"((?:[A-Z][\w'.’]+[ -]){1,3})"
_ENDS = re.compile(r"(?<=\w{3})\.(?:\s|$)|,\s(?=[a-z])|\s[-–—]\s|https?:|\s(?:and|but|y|et|und)\s")
_LIVING = re.compile(
    rf"(?:\b(?:(?i:based|living|live|lives|residing|resident|located)[ ](?i:in|of)"
    rf"|(?i:vivo|resido|radico|moro)[ ](?i:en|em)|(?i:habite|vis|basée?)[ ](?i:à)"
    rf"|(?i:lebe|wohne)[ ](?i:in)|(?i:vivo)[ ](?i:a)|(?i:ζω|μένω)[ ](?i:στην?|στον?))[ ]|📍[ ]?)"
    rf"{_NAME}|{_BEFORE}based\b(?!\s(?:in|out)\b)"
)
_COMING = re.compile(
    rf"\b(?:(?i:native|born|raised|hailing)(?:[ ](?i:and|&)[ ](?i:raised|bred))?[ ](?i:of|in|from))"
    rf"[ ]{_NAME}|{_BEFORE}(?i:native|born|raised|bred)\b"
)
# Zones of Twitter's menu that stood there for many who never chose.
_DEFAULTS = frozenset(
    {
        "Quito",
        "Hawaii",
        "Greenland",
        "Alaska",
        "Midway Island",
        "International Date Line West",
        "Atlantic Time (Canada)",
        "Mid-Atlantic",
    }
)


def by_description(
    descriptions: Iterable[object], time_zones: Iterable[object], langs: Iterable[object]
) -> pd.DataFrame:
    """Locate people by what their description says of where they live; columns of `locate`.

    Only a few turns of phrase count ("based in", "Oakland native", "vivo en"): a place in a
    description is far more often where someone went, works or supports a club.
    """
    rows = list(zip(descriptions, time_zones, langs, strict=True))
    said = [_said(text) for text, _, _ in rows]
    found = locate(
        [place for place, _ in said],
        time_zones=[zone if isinstance(zone, str) else None for _, zone, _ in rows],
        langs=[lang if isinstance(lang, str) else None for _, _, lang in rows],
    )
    book = gazetteer()
    zone_at = dict(zip(book.place_id, book.time_zone, strict=True))
    agrees = [
        _agrees(zone, zone_at.get(place_id))
        for (_, zone, _), place_id in zip(rows, found["place_id"], strict=True)
    ]
    lives = pd.Series([living for _, living in said], dtype=bool)
    kept = found["place_id"].notna() & (lives | pd.Series(agrees, dtype=bool))
    found["probability"] *= lives.map({True: _LIVES, False: _COMES})
    return found.where(kept)


def _said(text: object) -> tuple[str | None, bool]:
    """Return the place that a description names, and whether as the home of today."""
    if not isinstance(text, str):
        return None, False
    for pattern, living in ((_LIVING, True), (_COMING, False)):
        if (match := pattern.search(text)) is not None:
            named = next(filter(None, match.groups()), "")
            return _ENDS.split(named)[0].rstrip(" -"), living
    return None, False


def _agrees(said: object, zone: str | None) -> bool:
    told = zone_of(said) if isinstance(said, str) else None
    return told is not None and zone is not None and zone_ratio(told, zone) >= SAME_OFFSET


def country_of_zone(name: object) -> tuple[str | None, float]:
    """Return the country that a time zone speaks for, with its probability; no city.

    Zones that Twitter set by itself speak for none, nor do those that several countries
    share.

    Examples
    --------
    >>> country_of_zone("Athens"), country_of_zone("Quito")
    (('GR', 0.75), (None, nan))
    """
    zone = zone_of(name) if isinstance(name, str) and name not in _DEFAULTS else None
    country = _country_of().get(zone) if zone is not None else None
    return (country, _ZONE_IS_HOME) if country is not None else (None, float("nan"))


@lru_cache(maxsize=1)
def _country_of() -> dict[str, str]:
    """Return the one country of each zone of the tz database."""
    book = gazetteer()
    known: dict[str, set[str]] = {}
    for zone, country in zip(book.time_zone, book.country, strict=True):
        if zone is not None:
            known.setdefault(zone, set()).add(country)
    return {zone: next(iter(names)) for zone, names in known.items() if len(names) == 1}
