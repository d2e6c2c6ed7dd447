"""When the composition of a hashtag's talk changed, how sharply, and by whom."""

from spread.hijack._agreement import Agreement, agreement
from spread.hijack._changes import Changes, changes
from spread.hijack._coding import consensus, sample_to_code
from spread.hijack._detect import detect
from spread.hijack._lexicon import by_lexicon
from spread.hijack._misclassification import Misclassification, misclassification
from spread.hijack._segment import Segmentation, segment
from spread.hijack._turn import Turn
from spread.hijack._volume import volume

__all__ = [
    "Agreement",
    "Changes",
    "Misclassification",
    "Segmentation",
    "Turn",
    "agreement",
    "by_lexicon",
    "changes",
    "consensus",
    "detect",
    "misclassification",
    "sample_to_code",
    "segment",
    "volume",
]
