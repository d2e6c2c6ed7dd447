"""Cascades as parent arrays: their arithmetic, and the record that holds forests of them.

A parent array gives each event the index of the event that it was passed on from, −1 at
a root. A parent stands before its children, as in time. An array may hold one tree or
many (a forest, or all the cascades of an archive end to end).
"""

from spread.trees._arithmetic import (
    account_credit,
    breadths,
    credit,
    depths,
    sizes,
    structural_virality,
)
from spread.trees._forests import Forests, Observed, Posterior, observed

__all__ = [
    "Forests",
    "Observed",
    "Posterior",
    "account_credit",
    "breadths",
    "credit",
    "depths",
    "observed",
    "sizes",
    "structural_virality",
]
