"""Who belongs together: partitions of a graph, how sure they are, how alike two are.

A community is a set of accounts that act on each other more than their activity alone
explains. Every partition says how often its runs agree about each node, and how its
quality compares with rewired graphs that have no communities: a graph without any
structure reaches a modularity near 0.5 by chance.
"""

from spread.communities._consensus import consensus, stability
from spread.communities._describe import describe
from spread.communities._detect import detect, modularity
from spread.communities._held_out import held_out_camps
from spread.communities._partition import Partition, camps
from spread.communities._profile import clearest, profile
from spread.communities._similarity import compare, similarity
from spread.communities._timing import timing_null
from spread.communities._words import distinctive

__all__ = [
    "Partition",
    "camps",
    "clearest",
    "compare",
    "consensus",
    "describe",
    "detect",
    "distinctive",
    "held_out_camps",
    "modularity",
    "profile",
    "similarity",
    "stability",
    "timing_null",
]
