"""Hashtags: their use over time, the tags that one tag spawned, and from which each came.

`usage` and `timeline` count; `collection` says what the archive itself can tell;
`candidates` lists the tags that may have come from a root, `family` says from which.
"""

from spread.hashtags._candidates import candidates
from spread.hashtags._collection import Collection, collection
from spread.hashtags._family import Family, family
from spread.hashtags._usage import timeline, usage
from spread.text import hashtag_key as key

__all__ = [
    "Collection",
    "Family",
    "candidates",
    "collection",
    "family",
    "key",
    "timeline",
    "usage",
]
