"""Kernels, prefix-sum recursions and the posterior over parents that cascades rest on."""

from spread.excitation._fit import KernelFit, fit, sampled
from spread.excitation._posterior import (
    ExponentialPosterior,
    Kernel,
    exponential,
    omori,
    posterior,
)

__all__ = [
    "ExponentialPosterior",
    "Kernel",
    "KernelFit",
    "exponential",
    "fit",
    "omori",
    "posterior",
    "sampled",
]
