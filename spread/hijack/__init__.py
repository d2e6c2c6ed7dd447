"""When the composition of a hashtag changed, how sharply, and by whom."""

from spread.hijack._segment import Segmentation, segment

__all__ = ["Segmentation", "segment"]
