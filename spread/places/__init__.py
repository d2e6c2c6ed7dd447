"""Where: cities and countries of accounts, when a tag arrived, how concentrated it is.

`locate` and `of_users` give people a city with a probability, or say why not; `arrivals`
and `order` say when a tag reached each city; `adoption` and `focus` how concentrated it
is; `flows` who passed on from where to where, `effective_distance` how far places lie
apart along them; `named` which place a tag names, wherever its users live.
"""

from spread.places._adopters import adoption
from spread.places._arrivals import arrivals, order
from spread.places._flows import distance_test, flows
from spread.places._focus import focus
from spread.places._geography import distance_km, effective_distance
from spread.places._locate import candidates, locate, nearest_cities
from spread.places._named import at_home, named
from spread.places._users import coverage, of_users

__all__ = [
    "adoption",
    "arrivals",
    "at_home",
    "candidates",
    "coverage",
    "distance_km",
    "distance_test",
    "effective_distance",
    "flows",
    "focus",
    "locate",
    "named",
    "nearest_cities",
    "of_users",
    "order",
]
