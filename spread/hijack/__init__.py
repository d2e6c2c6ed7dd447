"""When the composition of a hashtag's talk changed, how sharply, and by whom."""

from spread.hijack._detect import detect
from spread.hijack._segment import Segmentation, segment
from spread.hijack._turn import Turn

__all__ = ["Segmentation", "Turn", "detect", "segment"]
