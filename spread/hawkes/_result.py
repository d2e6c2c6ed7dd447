"""What a fit found, with its intervals."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.hawkes._flexible import radius_of
from spread.hawkes._objective import Objective
from spread.text import html_card

Numbers = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class HawkesFit:
    """A fitted self- and cross-exciting process.

    Attributes
    ----------
    cannot_tell
        Why the branching ratio cannot be told, in one sentence, or None.
    parameters
        As `log_likelihood` and `simulate` take them; empty where nothing was fitted.
    estimates
        parameter, source, target, value, low, high: each with its 95 % interval. `baseline` is
        the mean rate per second of type `target`; `branching` how many events of `target` one
        event of `source` with the mean weight of marks calls forth; then the kernel's.
    branching_ratio, branching_ratio_low, branching_ratio_high
        Spectral radius of the branching matrix: each event's mean number of children for one
        type; at 1 the process no longer dies out.
    endogenous_share, endogenous_share_low, endogenous_share_high
        Share of the events that others called forth.
    flexibility
        flexibility, daily, branching_ratio, branching_ratio_low, branching_ratio_high,
        held_out, log_likelihood, chosen: the branching ratio as a function of how many free
        numbers the baseline's course has; `held_out` against a constant baseline's.
    events
        time_s, type, mark, p_outside: in the order of time, with the probability that no
        earlier event called this one forth.
    log_likelihood, converged
        At the maximum; whether the search came to an end.
    kernel, baseline, end_s, given, replicates, seed
        What was asked. `replicates`: jittered copies that were pooled, 1 without ties.
    objective, point, draws
        The function that was minimised, where, and vectors as likely as the data say.
    """

    cannot_tell: str | None
    parameters: Mapping[str, object]
    estimates: pd.DataFrame
    branching_ratio: float
    branching_ratio_low: float
    branching_ratio_high: float
    endogenous_share: float
    endogenous_share_low: float
    endogenous_share_high: float
    flexibility: pd.DataFrame
    events: pd.DataFrame
    log_likelihood: float
    converged: bool
    kernel: str
    baseline: str
    end_s: float
    given: int
    replicates: int
    seed: int
    objective: Objective = field(repr=False)
    point: Numbers = field(repr=False)
    draws: Numbers = field(repr=False)

    @property
    def types(self) -> tuple[str, ...]:
        """The names of the types, in the order of rows and columns."""
        return self.objective.events.names

    def __repr__(self) -> str:
        told = f"cannot_tell={self.cannot_tell!r}" if self.cannot_tell else self._ratio()
        return f"HawkesFit({len(self.events)} events, {len(self.types)} types, {told})"

    def _ratio(self) -> str:
        return (
            f"branching_ratio={self.branching_ratio:.2f} "
            f"({self.branching_ratio_low:.2f}–{self.branching_ratio_high:.2f})"
        )

    def _repr_html_(self) -> str:
        return html_card(
            "Self-exciting process",
            {
                "events": f"{len(self.events):,} of {', '.join(self.types[:6])}",
                "cannot tell": self.cannot_tell or "—",
                "branching ratio": f"{self.branching_ratio:.2f} "
                f"({self.branching_ratio_low:.2f}–{self.branching_ratio_high:.2f})",
                "called forth by others": f"{self.endogenous_share:.0%} "
                f"({self.endogenous_share_low:.0%}–{self.endogenous_share_high:.0%})",
                "kernel": self.kernel,
                "baseline": self.baseline,
                "converged": self.converged,
                "replicates": self.replicates,
                "seed": self.seed,
            },
        )


def parameters_at(objective: Objective, x: Numbers) -> dict[str, object]:
    """Return a point as the parameters that `log_likelihood` takes."""
    baseline = objective.baseline(x)
    branching = objective.branching(x)
    simple = objective.course.columns.shape[1] == 0
    found: dict[str, object] = {"baseline": baseline}
    if simple:
        rates = baseline.scales
        found["baseline"] = float(rates[0]) if objective.types == 1 else tuple(rates.tolist())
    if objective.marked and objective.events.marks is not None:
        exponent = objective.exponent(x)
        branching = branching / np.mean(objective.events.marks**exponent)
        found["mark_exponent"] = exponent
    found["branching"] = float(branching[0, 0]) if objective.types == 1 else branching
    found |= objective.shape.read(x[objective.slices["shape"]])
    if objective.types > 1:
        found["types"] = objective.events.names
    return found


def estimates_of(
    objective: Objective, x: Numbers, ranges: Mapping[int, tuple[float, float]], draws: Numbers
) -> pd.DataFrame:
    """Return each parameter with its interval."""
    names, rows = objective.events.names, list[dict[str, object]]()

    def add(
        name: str, source: str | None, target: str | None, value: float, low: float, high: float
    ) -> None:
        rows.append(
            {"parameter": name, "source": source, "target": target, "value": float(value),
             "low": float(low), "high": float(high)}
        )  # fmt: skip

    where = objective.slices
    if objective.outside:
        rates = objective.baseline(x).mean_rates()
        if where["course"].start == where["course"].stop:
            ends = np.array([ranges[i] for i in range(objective.types)]).T
            low, high = objective.unit * ends
        else:
            low, high = quantiles([objective.baseline(y).mean_rates() for y in draws])
        for k, name in enumerate(names):
            add("baseline", None, name, rates[k], low[k], high[k])
    for i in range(objective.types**2):
        place = where["branching"].start + i
        source, target = divmod(i, objective.types)
        add("branching", names[source], names[target], x[place], *ranges[place])
    _add_shape(objective, x, ranges, draws, add)
    if objective.marked:
        add("mark_exponent", None, None, x[-1], *ranges[len(x) - 1])
    return pd.DataFrame(rows)


def _add_shape(
    objective: Objective,
    x: Numbers,
    ranges: Mapping[int, tuple[float, float]],
    draws: Numbers,
    add: Callable[[str, str | None, str | None, float, float, float], None],
) -> None:
    where = objective.slices["shape"]
    read = objective.shape.read
    if objective.shape.name == "exponentials":
        values = _flat(read(x[where]))
        low, high = quantiles([list(_flat(read(y[where])).values()) for y in draws])
        for i, (name, value) in enumerate(values.items()):
            add(name, None, None, value, low[i], high[i])
        return
    for i, (name, value) in enumerate(_flat(read(x[where])).items()):
        low, high = np.exp(ranges[where.start + i])
        add(name, None, None, value, low, high)


def _flat(values: Mapping[str, Any]) -> dict[str, float]:
    found = {}
    for name, several in values.items():
        for i, value in enumerate(np.atleast_1d(np.asarray(several, dtype=np.float64)), 1):
            found[name if np.ndim(several) == 0 else f"{name}_{i}"] = float(value)
    return found


def quantiles(values: object) -> Numbers:
    """Return the 2.5 % and the 97.5 % point of each column."""
    return np.quantile(np.asarray(values, dtype=np.float64), [0.025, 0.975], axis=0)


def radius(objective: Objective, x: Numbers) -> float:
    """Return the spectral radius of the branching matrix at a point."""
    return radius_of(objective.branching(x))[0]


def endogenous(
    objective: Objective, x: Numbers, draws: Numbers, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return the share of events that others called forth, with its interval.

    Two doubts add up: about the parameters, and, given these, about each event's origin.
    """
    counted = np.setdiff1d(np.arange(objective.given, len(objective.events)), objective.first)
    share = float(np.mean(1 - objective.log_likelihood(x)[2][counted]))
    few = draws[: 100 if len(objective.events) > 20_000 else len(draws)]
    found = []
    for y in few:
        inside = 1 - objective.log_likelihood(y)[2][counted]
        noise = rng.standard_normal() * np.sqrt(np.sum(inside * (1 - inside))) / len(inside)
        found.append(np.mean(inside) + noise)
    low, high = quantiles(found)
    return share, min(max(float(low), 0.0), share), max(min(float(high), 1.0), share)
