"""Self- and cross-exciting processes (Hawkes): fit, check, predict, simulate.

Events come from outside at a baseline rate, and each calls forth further ones: how many, is
the branching ratio; how soon, the kernel.
"""

from spread.hawkes._attribution import attribution
from spread.hawkes._baseline import Baseline
from spread.hawkes._between import BETWEEN_COLUMNS, Between, between
from spread.hawkes._experience import Experience, experience, foretell
from spread.hawkes._fit import fit
from spread.hawkes._likelihood import branching_matrix, gradient, intensity, log_likelihood
from spread.hawkes._origins import Parents, forests
from spread.hawkes._predict import Prediction, predict
from spread.hawkes._residuals import Residuals, residuals
from spread.hawkes._result import HawkesFit
from spread.hawkes._seismic import seismic
from spread.hawkes._simulate import simulate
from spread.hawkes._traces import Traces, traces
from spread.hawkes._without import Without, without

__all__ = [
    "BETWEEN_COLUMNS",
    "Baseline",
    "Between",
    "Experience",
    "HawkesFit",
    "Parents",
    "Prediction",
    "Residuals",
    "Traces",
    "Without",
    "attribution",
    "between",
    "branching_matrix",
    "experience",
    "fit",
    "forests",
    "foretell",
    "gradient",
    "intensity",
    "log_likelihood",
    "predict",
    "residuals",
    "seismic",
    "simulate",
    "traces",
    "without",
]
