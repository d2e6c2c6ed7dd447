"""Diffusion on a graph: simulate it, fit it, and ask how exposure leads to adoption.

Simulated spread comes as `Forests`, so that the metrics and figures of observed cascades
apply. Chances belong to edges and must be given: none is assumed.
"""

from spread.diffusion._exposure import exposure_curve
from spread.diffusion._fit import fit
from spread.diffusion._simulate import expected_spread, independent_cascade, linear_threshold

__all__ = [
    "expected_spread",
    "exposure_curve",
    "fit",
    "independent_cascade",
    "linear_threshold",
]
