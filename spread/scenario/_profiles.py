"""What an account shows of itself: names, location, time zone, counts."""

import time
from functools import lru_cache

from spread.scenario._accounts import Accounts
from spread.scenario._cities import CITIES, USELESS

__all__ = ["created_text", "is_geo", "location_of", "profile", "screen_name", "user_object"]

_FIRST = (
    *("ada", "ben", "cleo", "dan", "eli", "fern", "gus", "hana", "ivo", "jo", "kai", "lena"),
    *("milo", "nia", "otto", "pia", "quin", "rosa", "sam", "tess", "uma", "vito", "wren", "xan"),
    *("yara", "zeno", "abe", "bea", "cy", "dot", "ezra", "flo", "gil", "hugo", "ines", "jude"),
)
_MIDDLE = (
    *("bk", "qn", "la", "ok", "chi", "bos", "den", "sea", "ath", "mx", "ny", "go", "on", "up"),
    *("tv", "fm", "pix", "lab", "run", "sky", "ink", "bot", "art", "jam"),
)
_NUMBERS = 9_000
_STRIDE = 6_700_417  # prime to the number of names, so that no two accounts share one
_INTERESTS = ("trains", "coffee", "maps", "soup", "radio", "chess", "dogs", "kites", "film", "tea")
_HOSTILE_NAMES = (
    *("<b>Bold</b> Name", "=1+1", "$\\href{javascript:alert(1)}{N}$", "\u202eeman", "A\r\nB"),
    *("🦊🔥", "N\u0336a\u0336m\u0336e\u0336", '"><svg onload=alert(1)>'),
)
_USELESS_SHARE, _HOSTILE_SHARE, _ZONE_SHARE, _WRONG_ZONE = 0.40, 0.004, 0.62, 0.06
_GEO_SHARE = 0.02
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_WHOLE = 2.0**32


@lru_cache(maxsize=50_000)
def screen_name(accounts: Accounts, number: int) -> str:
    """Return an account's unique screen name, at most 15 characters."""
    if number < len(accounts.fixtures):
        return accounts.fixtures[number].screen_name
    first, middle, digits = _name_parts(number)
    return f"{first}_{middle}_{digits}"


def _name_parts(number: int) -> tuple[str, str, int]:
    mixed = number * _STRIDE % (len(_FIRST) * len(_MIDDLE) * _NUMBERS)
    mixed, digits = divmod(mixed, _NUMBERS)
    first, middle = divmod(mixed, len(_MIDDLE))
    return _FIRST[first], _MIDDLE[middle], 1_000 + digits


def location_of(accounts: Accounts, number: int) -> str:
    """Return the location that an account's owner wrote: useless for two in five."""
    if number < 2:
        return "New York City"
    luck, choice = (float(draw) / _WHOLE for draw in accounts.draws[number, :2])
    written = USELESS if luck < _USELESS_SHARE else CITIES[accounts.city[number]].written
    return written[int(choice * len(written))]


def _time_zone(accounts: Accounts, number: int) -> tuple[str | None, int | None]:
    luck = float(accounts.draws[number, 2]) / _WHOLE
    if luck >= _ZONE_SHARE:
        return None, None
    city = CITIES[accounts.city[number]]
    if luck < _WRONG_ZONE * _ZONE_SHARE:
        city = CITIES[int(accounts.draws[number, 3]) % len(CITIES)]
    return city.time_zone, city.utc_offset_s


def is_geo(accounts: Accounts, number: int) -> bool:
    """Return whether an account's tweets may carry coordinates."""
    return float(accounts.draws[number, 7]) / _WHOLE < _GEO_SHARE


def user_object(accounts: Accounts, number: int, at_s: float) -> dict[str, object]:
    """Return the account as the API showed it at a time: counts grow a little meanwhile."""
    followers = int(accounts.followers[number])
    growth = 1e-10 * float(accounts.draws[number, 6] % 997)
    return {
        **profile(accounts, number),
        "followers_count": followers + int(followers * growth * at_s),
        "listed_count": followers // 90,
        "statuses_count": 50 + int(accounts.draws[number, 3]) % 30_000 + int(at_s / 7_200),
    }


@lru_cache(maxsize=50_000)
def profile(accounts: Accounts, number: int) -> dict[str, object]:
    """Return what stays of an account's object; not to be changed by who gets it."""
    bits = [int(draw) for draw in accounts.draws[number]]
    fixture = accounts.fixtures[number] if number < len(accounts.fixtures) else None
    zone, offset = _time_zone(accounts, number)
    interest = _INTERESTS[bits[5] % len(_INTERESTS)]
    verified = number != 1 if fixture else bool(accounts.bloc[number] == 2 and bits[6] % 10 < 6)
    return {
        "id": int(accounts.user_id[number]),
        "id_str": str(accounts.user_id[number]),
        "name": fixture.name if fixture else _name(number, bits),
        "screen_name": screen_name(accounts, number),
        "location": location_of(accounts, number),
        "description": fixture.description if fixture else f"Synthetic account. {interest}.",
        "url": None,
        "protected": False,
        "verified": verified,
        "friends_count": 20 + bits[5] % 900,
        "favourites_count": bits[6] % 4_000,
        "created_at": created_text(_created(accounts, number)),
        "utc_offset": offset,
        "time_zone": zone,
        "geo_enabled": is_geo(accounts, number),
        "lang": CITIES[accounts.city[number]].language if bits[3] % 4 else "en",
    }


def _name(number: int, bits: list[int]) -> str:
    if bits[4] / _WHOLE < _HOSTILE_SHARE:
        return _HOSTILE_NAMES[bits[5] % len(_HOSTILE_NAMES)]
    first, _, digits = _name_parts(number)
    return f"{first.title()} {digits}"


def _created(accounts: Accounts, number: int) -> int:
    """Return the creation of an account in milliseconds since 1970."""
    return int((accounts.created_year[number] - 1970.0) * 365.2425 * 86_400_000.0)


def created_text(at_ms: int) -> str:
    """Return an instant as the v1.1 API wrote it.

    Examples
    --------
    >>> created_text(1398189300123)
    'Tue Apr 22 17:55:00 +0000 2014'
    """
    moment = time.gmtime(at_ms // 1000)
    return (
        f"{_DAYS[moment.tm_wday]} {_MONTHS[moment.tm_mon - 1]} {moment.tm_mday:02d} "
        f"{moment.tm_hour:02d}:{moment.tm_min:02d}:{moment.tm_sec:02d} +0000 {moment.tm_year}"
    )
