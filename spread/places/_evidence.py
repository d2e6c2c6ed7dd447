"""What a profile's time zone and language say of a place: likelihood ratios.

Each is P(said | lives there) over P(said) among all users, rounded to what is known:
about three in four users of 2014 chose a zone with the offset of where they lived, the
rest kept a default or chose at random; most people set their own country's language,
and English is set everywhere. They can tilt an answer, never make one.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from spread.places._gazetteer import CITY, gazetteer
from spread.places._words import name_key

__all__ = ["language_ratio", "zone_of", "zone_ratio"]

SAME_ZONE, SAME_OFFSET, NEAR_OFFSET, OTHER_OFFSET = 6.0, 4.0, 1.0, 0.25
FIRST_LANGUAGE, ALSO_SPOKEN, NOT_SPOKEN = 6.0, 2.0, 0.3
ENGLISH_FIRST, ENGLISH_ELSEWHERE = 1.5, 0.7

# Names in Twitter's menu that name no city. The other names of that menu are cities.
_DESCRIBED = {
    "eastern time us and canada": "America/New_York",
    "central time us and canada": "America/Chicago",
    "mountain time us and canada": "America/Denver",
    "pacific time us and canada": "America/Los_Angeles",
    "atlantic time canada": "America/Halifax",
    "indiana east": "America/Indiana/Indianapolis",
    "alaska": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "arizona": "America/Phoenix",
    "saskatchewan": "America/Regina",
    "newfoundland": "America/St_Johns",
    "central america": "America/Guatemala",
    "puerto rico": "America/Puerto_Rico",
    "georgetown": "America/Guyana",
    "greenland": "America/Nuuk",
    "mid atlantic": "Atlantic/South_Georgia",
    "azores": "Atlantic/Azores",
    "cape verde is": "Atlantic/Cape_Verde",
    "west central africa": "Africa/Lagos",
    "edinburgh": "Europe/London",
    "bern": "Europe/Zurich",
    "kyiv": "Europe/Kyiv",
    "rangoon": "Asia/Yangon",
    "sri jayawardenepura": "Asia/Colombo",
    "ekaterinburg": "Asia/Yekaterinburg",
    "kamchatka": "Asia/Kamchatka",
    "new caledonia": "Pacific/Noumea",
    "solomon is": "Pacific/Guadalcanal",
    "marshall is": "Pacific/Majuro",
    "chatham is": "Pacific/Chatham",
    "tokelau is": "Pacific/Fakaofo",
    "fiji": "Pacific/Fiji",
    "samoa": "Pacific/Apia",
    "guam": "Pacific/Guam",
    "american samoa": "Pacific/Pago_Pago",
    "midway island": "Pacific/Midway",
}


@lru_cache(maxsize=4096)
def zone_of(name: str) -> str | None:
    """Return the tz database's name of a zone as Twitter shows it, or None.

    Examples
    --------
    >>> zone_of("Eastern Time (US & Canada)"), zone_of("Athens"), zone_of("Europe/Paris")
    ('America/New_York', 'Europe/Athens', 'Europe/Paris')
    """
    if "/" in name:
        return name if _offsets(name) is not None else None
    key = name_key(name)
    if key in _DESCRIBED:
        return _DESCRIBED[key]
    places = gazetteer()
    named = [row for row, main in places.names.get(key, ()) if main and places.kind[row] == CITY]
    return places.time_zone[max(named, key=places.population.__getitem__)] if named else None


@lru_cache(maxsize=4096)
def _offsets(zone: str) -> tuple[float, float] | None:
    try:
        clock = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    hours = [
        (datetime(2014, month, 1, tzinfo=clock).utcoffset() or timedelta()) / timedelta(hours=1)
        for month in (1, 7)
    ]
    return hours[0], hours[1]


@lru_cache(maxsize=65536)
def zone_ratio(said: str, zone: str) -> float:
    """Return how much a profile's zone speaks for a place in `zone`.

    Examples
    --------
    >>> zone_ratio("America/New_York", "America/Detroit")
    4.0
    """
    if said == zone:
        return SAME_ZONE
    theirs, here = _offsets(said), _offsets(zone)
    if theirs is None or here is None:
        return 1.0
    if theirs == here:
        return SAME_OFFSET
    return (
        NEAR_OFFSET
        if max(abs(a - b) for a, b in zip(theirs, here, strict=True)) <= 1
        else (OTHER_OFFSET)
    )


@lru_cache(maxsize=65536)
def language_ratio(lang: str, country: str) -> float:
    """Return how much a profile's language speaks for a country.

    Examples
    --------
    >>> language_ratio("el", "GR"), language_ratio("es", "US"), language_ratio("el", "FR")
    (6.0, 2.0, 0.3)
    """
    spoken = gazetteer().languages.get(country, ())
    said = lang.casefold().replace("_", "-").split("-")[0]
    said = {"in": "id", "iw": "he", "msa": "ms", "fil": "tl"}.get(said, said)
    if not said or said in {"und", "xx"}:
        return 1.0
    if said == "en":
        return ENGLISH_FIRST if spoken[:1] == ("en",) else ENGLISH_ELSEWHERE
    if said not in spoken:
        return NOT_SPOKEN
    return FIRST_LANGUAGE if spoken[0] == said else ALSO_SPOKEN
