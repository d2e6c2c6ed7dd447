"""Cascades: who passed on from whom, how large, how deep, how viral, how completely seen."""

from spread.cascade._compare import compare
from spread.cascade._coverage import coverage
from spread.cascade._exact import expected_credit, expected_depth, expected_virality, influence
from spread.cascade._forests import forests
from spread.cascade._metrics import ccdf, metrics, tree
from spread.cascade._on_workers import metrics_on_workers
from spread.cascade._profile import profile
from spread.cascade._survival import survival

__all__ = [
    "ccdf",
    "compare",
    "coverage",
    "expected_credit",
    "expected_depth",
    "expected_virality",
    "forests",
    "influence",
    "metrics",
    "metrics_on_workers",
    "profile",
    "survival",
    "tree",
]
