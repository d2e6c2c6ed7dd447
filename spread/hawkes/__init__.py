"""Self- and cross-exciting processes (Hawkes): fit, check, predict, simulate.

Events come from outside at a baseline rate, and each calls forth further ones: how many, is
the branching ratio; how soon, the kernel.
"""

from spread.hawkes._baseline import Baseline
from spread.hawkes._fit import fit
from spread.hawkes._likelihood import branching_matrix, gradient, intensity, log_likelihood
from spread.hawkes._result import HawkesFit
from spread.hawkes._simulate import simulate

__all__ = [
    "Baseline",
    "HawkesFit",
    "branching_matrix",
    "fit",
    "gradient",
    "intensity",
    "log_likelihood",
    "simulate",
]
