"""What one file held, counted."""

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
    "blank",
    "size",
    "sha256",
)


@dataclass
class FileCounts:
    """What one file held: records = kept_tweets + kept_users + kept_follows
    + notices + rejected.

    Duplicates are known only once all files are read, so `kept_tweets` still holds them.
    `changed` names the file where it was not the same after it was read.
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
    blank: int = 0
    lost: int = 0
    formats: dict[str, int] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
