"""Hashtags: their use over time, the tags that one tag spawned, and from which each came.

`usage` and `timeline` count; `collection` says what the archive itself can tell.
"""

from spread.hashtags._collection import Collection, collection
from spread.hashtags._usage import timeline, usage
from spread.text import hashtag_key as key

__all__ = ["Collection", "collection", "key", "timeline", "usage"]
