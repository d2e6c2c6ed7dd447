"""What one file held, counted."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

FILE_COLUMNS: Final = (
    "source_file",
    "formats",
    "records",
    "kept",
    "kept_tweets",
    "kept_users",
    "kept_follows",
    "duplicates",
    "notices",
    "rejected",
    "times_of_ids",
    "times_without_zone",
    "times_doubted",
    "blank",
    "size",
    "sha256",
)


@dataclass
class FileCounts:
    """What one file held: records = kept_tweets + kept_users + kept_follows
    + notices + rejected.

    Duplicates are known only once all files are read, so `kept_tweets` still holds them.
    `changed` names the file where it was not the same after it was read; `tracks` are the counts
    of the `limit` notices in a stretch of a file, from which `lost` is told of the whole of it.
    `servers` are those whose own ids its records are called by. Of `times_of_ids` those
    `times_without_zone` stand in the file, but not with the zone in which they were. `zones` are
    the times in the stated zone whose ids hold a time, by the quarters of an hour between the
    two; `times_doubted` are those that are some apart.
    """

    source_file: str
    size: int = 0
    sha256: str = ""
    records: int = 0
    kept_tweets: int = 0
    kept_users: int = 0
    kept_follows: int = 0
    notices: int = 0
    rejected: int = 0
    times_of_ids: int = 0
    times_without_zone: int = 0
    times_doubted: int = 0
    blank: int = 0
    lost: int = 0
    formats: dict[str, int] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    tracks: list[int] = field(default_factory=list)
    servers: list[str] = field(default_factory=list)
    zones: dict[str, int] = field(default_factory=dict)


def held_back(tracks: Iterable[int]) -> int:
    """Return how many tweets a stream held back at least, by its `limit` notices in their order.

    Each counts on from the start of its connection, so that no counter falls. Which notices are of
    one counter they do not say, and counters may run side by side: the least is taken that any
    division into counters can come to. Each count goes on from the largest that it can follow: a
    smaller one instead would leave no choice that is better. A count that was told before may be
    the same notice again, and is left out.

    Examples
    --------
    >>> held_back([10, 25, 3, 9]), held_back([10, 3, 25, 9]), held_back([10, 25, 10, 25])
    (34, 34, 25)
    """
    last: list[int] = []
    for track in dict.fromkeys(tracks):
        # Negative, so that they stand in order: what follows none is the least of all.
        at = bisect_left(last, -track)
        last[at : at + 1] = [-track]
    return -sum(last)
