"""Where the invented accounts live, and what their owners wrote as a location in 2014."""

from typing import NamedTuple

__all__ = ["CITIES", "ELSEWHERE", "USELESS", "City", "city_number"]


class City(NamedTuple):
    """A city by its GeoNames name, its share of accounts, and how its people name it."""

    name: str
    country: str
    share: float
    longitude: float
    latitude: float
    language: str
    time_zone: str
    utc_offset_s: int
    called: str
    written: tuple[str, ...]


_EASTERN = ("Eastern Time (US & Canada)", -14400)
_CENTRAL = ("Central Time (US & Canada)", -18000)
_MOUNTAIN = ("Mountain Time (US & Canada)", -21600)
_PACIFIC = ("Pacific Time (US & Canada)", -25200)

CITIES = (
    City(
        *("New York City", "US", 0.22, -74.006, 40.713, "en", *_EASTERN, "New York"),
        (
            *("NYC", "New York", "New York, NY", "Brooklyn, NY", "Brooklyn", "Queens", "The Bronx"),
            *("nyc ", "New York City", "Harlem, NYC", "Manhattan, New York", "Staten Island, NY"),
            *("BK // NYC", "N.Y.C.", "New York, USA", "brooklyn ny", "Bronx, New York 🗽"),
        ),
    ),
    City(
        *("Los Angeles", "US", 0.11, -118.244, 34.052, "en", *_PACIFIC, "LA"),
        (
            *(
                "Los Angeles",
                "Los Angeles, CA",
                "LA",
                "L.A.",
                "los angeles, california",
                "Hollywood",
            ),
            *("Los Ángeles", "East LA", "LA, Califas", "South Central, Los Angeles", "DTLA ☀"),
        ),
    ),
    City(
        *("Oakland", "US", 0.06, -122.271, 37.804, "en", *_PACIFIC, "Oakland"),
        (
            *("Oakland", "Oakland, CA", "oakland california", "The Town (Oakland)", "Oakland ✈ LA"),
            *("West Oakland", "Oakland, Calif.", "OAKLAND", "East Oakland, CA"),
        ),
    ),
    City(
        *("Chicago", "US", 0.08, -87.65, 41.85, "en", *_CENTRAL, "Chicago"),
        (
            *("Chicago", "Chicago, IL", "Chicago, Illinois", "chicago il", "South Side, Chicago"),
            *("Chi-Town", "CHICAGO", "Logan Square, Chicago", "Chicago/Evanston"),
        ),
    ),
    City(
        *("Boston", "US", 0.06, -71.06, 42.358, "en", *_EASTERN, "Boston"),
        (
            *("Boston", "Boston, MA", "Boston, Massachusetts", "boston mass", "Dorchester, Boston"),
            *("BOSTON", "Boston MA USA", "Jamaica Plain, Boston"),
        ),
    ),
    City(
        *("Denver", "US", 0.05, -104.985, 39.739, "en", *_MOUNTAIN, "Denver"),
        (
            *("Denver", "Denver, CO", "Denver, Colorado", "denver co", "Mile High City, Denver"),
            *("DENVER", "Denver ⛰", "Five Points, Denver"),
        ),
    ),
    City(
        *("Seattle", "US", 0.06, -122.332, 47.606, "en", *_PACIFIC, "Seattle"),
        (
            *(
                "Seattle",
                "Seattle, WA",
                "Seattle, Washington",
                "seattle wa",
                "Capitol Hill, Seattle",
            ),
            *("SEATTLE", "Ballard, Seattle", "Seattle ☔"),
        ),
    ),
    City(
        *("Athens", "GR", 0.06, 23.728, 37.984, "el", "Athens", 10800, "Αθήνα"),
        (
            *("Αθήνα", "Athens", "Athens, Greece", "ΑΘΗΝΑ", "Αθήνα, Ελλάδα", "Athina", "Εξάρχεια"),
            *("athens gr", "Αθηνα"),
        ),
    ),
    City(
        *("Mexico City", "MX", 0.07, -99.128, 19.428, "es", "Mexico City", -18000, "la ciudad"),
        (
            *("Ciudad de México", "México D.F.", "CDMX", "Mexico City", "DF, México", "D.F."),
            *("Mexico, D.F.", "Coyoacán, México DF", "méxico df", "Distrito Federal, Mexico"),
        ),
    ),
    City(
        *("London", "GB", 0.05, -0.126, 51.509, "en", "London", 3600, "London"),
        ("London", "London, UK", "london", "Hackney, London", "London, England"),
    ),
    City(
        *("Toronto", "CA", 0.03, -79.416, 43.7, "en", *_EASTERN, "Toronto"),
        ("Toronto", "Toronto, ON", "Toronto, Canada", "toronto ontario"),
    ),
    City(
        *("Portland", "US", 0.04, -122.676, 45.523, "en", *_PACIFIC, "Portland"),
        ("Portland, OR", "Portland", "PDX", "Portland, Oregon"),
    ),
    City(
        *("Philadelphia", "US", 0.04, -75.164, 39.952, "en", *_EASTERN, "Philly"),
        ("Philadelphia, PA", "Philly", "Philadelphia", "West Philadelphia"),
    ),
    City(
        *("Atlanta", "US", 0.03, -84.388, 33.749, "en", *_EASTERN, "Atlanta"),
        ("Atlanta, GA", "Atlanta", "ATL", "Atlanta, Georgia"),
    ),
    City(
        *("Madrid", "ES", 0.02, -3.703, 40.417, "es", "Madrid", 7200, "Madrid"),
        ("Madrid", "Madrid, España", "MADRID", "Lavapiés, Madrid"),
    ),
    City(
        *("Berlin", "DE", 0.02, 13.411, 52.524, "en", "Berlin", 7200, "Berlin"),
        ("Berlin", "Berlin, Germany", "Berlin, Deutschland", "Kreuzberg, Berlin"),
    ),
)
"""Offsets are those of April 2014. The first nine cities have a part in the story."""

ELSEWHERE = range(9, len(CITIES))
"""Numbers of the cities that have no part in the story."""

USELESS = (
    *("", "", "", "", "", "", "", "earth", "somewhere over it", "🌍", "here", "everywhere", "ÜT"),
    *("the internet", "in your feed", "🌀🌀🌀", "nowhere fast", "between two stops", "planet e"),
    *("your timeline", "n/a", "-", "third rock", "mars (for now)", "where the coffee is", "home"),
    *("0.000000,0.000000", "behind you", "wonderland", "✨✨", "worldwide", "?", "offline mostly"),
    *("<b>bold town</b>", "=HYPERLINK(1)", "$\\href{javascript:alert(1)}{here}$", "\u202enwotpu"),
)
"""Locations that name no place; some are hostile to whatever shows them."""


def city_number(name: str) -> int:
    """Return a city's place in `CITIES`.

    Examples
    --------
    >>> city_number("New York City")
    0
    """
    return [city.name for city in CITIES].index(name)
