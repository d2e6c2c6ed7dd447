"""Numbers and instants as a report puts them into words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

_NOUNS: Final[Mapping[str, tuple[str, str]]] = {
    "early_retweets": ("retweet before its original", "retweets before their originals"),
    "replies": ("reply", "replies"),
    "manual_retweets": (
        "old-style retweet (`RT @name`: graphs.retweets counts it with manual=True)",
        "old-style retweets (`RT @name`: graphs.retweets counts them with manual=True)",
    ),
}


def number_of(count: int, one: str, several: str = "") -> str:
    """Return a count with its noun, such as 1 record; `several` where no s is enough."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"


def counted(name: str, count: int) -> str:
    """Return a count that has a name with what it is of, such as 1 self-retweet."""
    one, several = _NOUNS.get(name, (name.removesuffix("s"), name))
    return number_of(count, one.replace("_", "-"), several.replace("_", "-"))


def percent(share: float) -> str:
    """Return a share in percent; a small one with two digits."""
    return f"{share:.1%}" if share >= 0.01 else f"{100 * share:.2g}%"


def day(at: "pd.Timestamp") -> str:
    """Return the day of an instant of which the time of day is not known."""
    return f"{at:%Y-%m-%d} (a day in UTC)"


def instant(at: "pd.Timestamp") -> str:
    """Return an instant to the second."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
