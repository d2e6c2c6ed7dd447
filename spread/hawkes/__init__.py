"""Self- and cross-exciting processes (Hawkes): fit, check, predict, simulate.

Events come from outside at a baseline rate, and each calls forth further ones: how many, is
the branching ratio; how soon, the kernel.
"""

from spread.hawkes._baseline import Baseline
from spread.hawkes._likelihood import branching_matrix, gradient, intensity, log_likelihood

__all__ = [
    "Baseline",
    "branching_matrix",
    "gradient",
    "intensity",
    "log_likelihood",
]
