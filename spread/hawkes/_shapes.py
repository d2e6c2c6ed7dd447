"""How excitation falls with delay: three families, each a sum of exponentials inside."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gamma

from spread._arguments import require_count, require_one_of
from spread._errors import UsageError

Numbers = NDArray[np.float64]

KERNELS = ("exponential", "exponentials", "power law")
_STEP = 1e-30
_NODES = 40
_LONGEST_LOG = 600.0
_CANNOT = "the kernel cannot be used"


@dataclass(frozen=True)
class Shape:
    """A family of kernels of total 1, by its logarithmic parameters.

    `terms` gives rates and weights of the exponentials at a point, complex numbers too:
    a step into the complex plane gives their derivatives to the last digit.
    """

    name: str
    size: int
    terms: Callable[[Any], tuple[Any, Any]]
    read: Callable[[Numbers], dict[str, object]]
    delays: Callable[[Mapping[str, object], int, np.random.Generator], Numbers]

    def rates_weights(self, point: Numbers) -> tuple[Numbers, Numbers]:
        """Return rates (per second) and weights of the exponentials."""
        rates, weights = self.terms(np.asarray(point, dtype=np.float64))
        return np.asarray(rates, dtype=np.float64), np.asarray(weights, dtype=np.float64)

    def slopes(self, point: Numbers) -> tuple[Numbers, Numbers]:
        """Return the derivatives of rates and weights, a row a parameter."""
        rows = [self.terms(point + 1j * _STEP * unit) for unit in np.eye(self.size)]
        return (
            np.array([np.imag(rates) / _STEP for rates, _ in rows]),
            np.array([np.imag(weights) / _STEP for _, weights in rows]),
        )


def shape(name: str, *, longest_s: float, components: int = 2) -> Shape:
    """Return a family by its name; `longest_s` is the longest delay that must be right."""
    require_one_of("kernel", name, KERNELS)
    require_count("components", components)
    if name == "exponential":
        return Shape(name, 1, _one, lambda y: {"decay": float(np.exp(y[0]))}, _exponential_delays)
    if name == "exponentials":
        return Shape(
            name,
            2 * components - 1,
            lambda y: _several(y, components),
            lambda y: _read_several(y, components),
            _mixed_delays,
        )
    return Shape(
        name,
        2,
        lambda y: _power_law(y, longest_s),
        lambda y: {"c_s": float(np.exp(y[0])), "theta": float(np.exp(y[1]))},
        _power_law_delays,
    )


def point_of(parameters: Mapping[str, object], longest_s: float) -> tuple[Shape, Numbers]:
    """Return the family that the parameters name, and their point in it."""
    if "theta" in parameters:
        values = _positive(parameters, "c_s"), _positive(parameters, "theta")
        return shape("power law", longest_s=longest_s), np.log(np.concatenate(values))
    decay = _positive(parameters, "decay")
    if "shares" not in parameters:
        if len(decay) > 1:
            raise UsageError(_CANNOT, got=f"{len(decay)} decays", hint="Give their `shares` too")
        return shape("exponential", longest_s=longest_s), np.log(decay)
    shares = _positive(parameters, "shares")
    if len(shares) != len(decay) or not math.isclose(shares.sum(), 1.0, rel_tol=1e-6):
        raise UsageError(
            _CANNOT, got=f"shares {shares.tolist()}", allowed="one a decay, together 1"
        )
    point = np.concatenate([np.log(decay), np.log(shares[1:] / shares[0])])
    return shape("exponentials", longest_s=longest_s, components=len(decay)), point


def _positive(parameters: Mapping[str, object], name: str) -> Numbers:
    if name not in parameters:
        raise UsageError(
            _CANNOT,
            got=", ".join(parameters) or "nothing",
            allowed="decay; decay and shares; or c_s and theta",
        )
    values = np.atleast_1d(_numbers(parameters[name]))
    if not (np.isfinite(values).all() and (values > 0).all()):
        raise UsageError(_CANNOT, got=f"{name}={parameters[name]!r}", allowed="numbers > 0")
    return values


def _numbers(values: Any) -> Numbers:
    return np.asarray(values, dtype=np.float64)


def _one(y: ArrayLike) -> tuple[Any, Any]:
    rate = np.exp(y)
    return rate, rate


def _several(y: Any, components: int) -> tuple[Any, Any]:
    rates = np.exp(y[:components])
    odds = np.concatenate([np.ones(1), np.exp(y[components:])])
    return rates, rates * odds / odds.sum()


def _read_several(y: Numbers, components: int) -> dict[str, object]:
    rates, weights = _several(y, components)
    order = np.argsort(-rates)
    return {
        "decay": tuple(rates[order].tolist()),
        "shares": tuple((weights / rates)[order].tolist()),
    }


def _power_law(y: Any, longest_s: float) -> tuple[Any, Any]:
    """Return θ c^θ (s + c)^−(1+θ) as 40 exponentials, right to 1e-5 up to the longest delay.

    (s + c)^−(1+θ) = ∫ λ^θ e^{−λ(s+c)} dλ / Γ(1+θ): in ln λ the trapezoidal rule converges
    geometrically, and the slowest term stands for the whole integral below it.
    """
    c, theta = np.exp(y[0]), np.exp(y[1])
    top = np.log((30 + 4 * theta) / c)
    bottom = np.log(0.003 / (longest_s + c))
    grid = bottom + (top - bottom) * np.linspace(0, 1, _NODES)
    spacing = (top - bottom) / (_NODES - 1)
    rates = np.exp(grid)
    scale = theta * c**theta / gamma(1 + theta)
    weights = scale * np.exp((1 + theta) * grid - rates * c) * spacing
    ends = np.ones(_NODES, dtype=weights.dtype)
    ends[0] = 0.5 + 1 / ((1 + theta) * spacing)
    return rates, weights * ends


def _exponential_delays(
    parameters: Mapping[str, object], count: int, rng: np.random.Generator
) -> Numbers:
    return rng.exponential(1 / float(_numbers(parameters["decay"]).ravel()[0]), count)


def _mixed_delays(
    parameters: Mapping[str, object], count: int, rng: np.random.Generator
) -> Numbers:
    decay, shares = _numbers(parameters["decay"]), _numbers(parameters["shares"])
    return rng.exponential(1 / decay[rng.choice(len(decay), count, p=shares / shares.sum())])


def _power_law_delays(
    parameters: Mapping[str, object], count: int, rng: np.random.Generator
) -> Numbers:
    c, theta = float(_numbers(parameters["c_s"])), float(_numbers(parameters["theta"]))
    logs = np.minimum(rng.exponential(1 / theta, count), _LONGEST_LOG)
    return c * np.expm1(logs)
