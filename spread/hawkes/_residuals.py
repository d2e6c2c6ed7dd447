"""Whether the fitted process could have made the events."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import kstest

from spread._arguments import require_count, require_instance
from spread._random import resolve_seed, stream
from spread.hawkes import _search as search
from spread.hawkes._events import Events
from spread.hawkes._likelihood import Model, Parameters, excitations_at, model_of
from spread.hawkes._predict import descendants
from spread.hawkes._result import HawkesFit, parameters_at
from spread.hawkes._simulate import drawn
from spread.text import html_card

__all__ = ["Residuals", "residuals"]

Numbers = NDArray[np.float64]

_LAGS = 10
_FEWEST_BOOTSTRAPS = 19


@dataclass(frozen=True, repr=False, eq=False)
class Residuals:
    """Gaps between events in the time that the fit makes run evenly.

    Attributes
    ----------
    cannot_tell
        Why the fit cannot be checked, or None.
    table
        time_s, type, gap, expected, low, high: gaps of each type, ascending, beside what a
        unit exponential's would be, with the pointwise 95 % band of the bootstrap.
    distance, p_distance
        Kolmogorov and Smirnov's distance of the gaps from a unit exponential, and how often
        data drawn from the fit, fitted again, lie as far.
    correlation, p_correlation
        Ljung and Box's sum over 10 lags of the gaps' autocorrelation, and the same.
    bootstraps, seed
        How many drawn data sets stand behind both.
    """

    cannot_tell: str | None
    table: pd.DataFrame
    distance: float
    p_distance: float
    correlation: float
    p_correlation: float
    bootstraps: int
    seed: int

    def __repr__(self) -> str:
        if self.cannot_tell:
            return f"Residuals(cannot_tell={self.cannot_tell!r})"
        return (
            f"Residuals({len(self.table)} gaps, distance={self.distance:.3f} "
            f"(p={self.p_distance:.2g}), correlation={self.correlation:.1f} "
            f"(p={self.p_correlation:.2g}))"
        )

    def _repr_html_(self) -> str:
        return html_card(
            "Goodness of fit",
            {
                "cannot tell": self.cannot_tell or "—",
                "gaps": f"{len(self.table):,}",
                "distance from exponential": f"{self.distance:.3f} (p = {self.p_distance:.2g})",
                "autocorrelation": f"{self.correlation:.1f} (p = {self.p_correlation:.2g})",
                "bootstraps": self.bootstraps,
                "seed": self.seed,
            },
        )


def residuals(
    fit: HawkesFit, *, bootstraps: int = 99, rng: np.random.Generator | int | None = None
) -> Residuals:
    """Return whether the fitted process could have made the events.

    Between one event of a type and the next, its fitted intensity adds up to a gap; under the
    true process gaps are independent unit exponentials. Fitted parameters bring them closer
    than chance: tables of the two tests do not hold, so data are drawn from the fit, fitted
    again (as flexibly, not choosing anew), and their gaps compared.

    Parameters
    ----------
    fit
        What `fit` returned.
    bootstraps
        How many data sets to draw, at least 19.
    rng
        Decides the draws; the seed is stored.

    Raises
    ------
    UsageError
        Too few bootstraps.

    References
    ----------
    Ogata 1988, https://doi.org/10.1080/01621459.1988.10478560; Kling, Vetter 2024,
    https://doi.org/10.48550/arXiv.2407.09130

    Examples
    --------
    >>> from spread import hawkes
    >>> truth = {"baseline": 0.5, "branching": 0.5, "decay": 1.0}
    >>> times = hawkes.simulate(truth, end_s=200, rng=4).events["time_s"]
    >>> found = hawkes.fit(times, end_s=200, baseline="constant", rng=1)
    >>> residuals(found, bootstraps=19, rng=1).p_distance > 0.05
    True
    """
    require_instance("fit", fit, HawkesFit, "what hawkes.fit returns")
    require_count("bootstraps", bootstraps, least=_FEWEST_BOOTSTRAPS)
    seed = resolve_seed(rng)
    if not fit.parameters:
        return _untold(fit.cannot_tell or "nothing was fitted", seed)
    objective = fit.objective
    gaps, kinds, rows = gaps_of(fit.parameters, objective.events, fit.given, objective.first)
    copies = [_copy(fit, stream(seed, i)) for i in range(bootstraps)]
    redrawn = [copy for copy in copies if copy is not None]
    if len(redrawn) < _FEWEST_BOOTSTRAPS:
        return _untold("data drawn from the fit have too few events", seed)
    found = np.array([[_distance(copy), _correlation(copy)] for copy in redrawn])
    distance, correlation = _distance(gaps), _correlation(gaps)
    above = np.sum(found >= [distance, correlation], axis=0)
    p = (1 + above) / (1 + len(redrawn))
    return Residuals(
        None,
        _table(objective.events, gaps, kinds, rows, redrawn),
        distance,
        float(p[0]),
        correlation,
        float(p[1]),
        len(redrawn),
        seed,
    )


def gaps_of(
    parameters: Parameters,
    events: Events,
    given: int,
    known: NDArray[np.int64],
) -> tuple[Numbers, NDArray[np.int64], NDArray[np.int64]]:
    """Return the gaps, type by type, with each one's type and event; none before one known."""
    model = model_of(parameters, events.end_s)
    _, integral = excitations_at(model, events, events.times_s)
    outside = model.baseline.integral(events.times_s)
    kinds, rows = events.types, np.arange(len(events))
    passed = model.baseline.scales[kinds] * outside + np.sum(
        integral * model.branching[:, kinds].T, axis=1
    )
    start = 0.0 if given == 0 else events.times_s[given - 1]
    order = np.lexsort((rows, kinds))
    order = order[order >= given]
    before = _passed_at(model, events, start)
    before[kinds[known]] = passed[known]
    order = order[~np.isin(order, known)]
    first = np.diff(kinds[order], prepend=-1) != 0
    previous = np.where(first, before[kinds[order]], np.roll(passed[order], 1))
    return passed[order] - previous, kinds[order], order


def _passed_at(model: Model, events: Events, start: float) -> Numbers:
    _, integral = excitations_at(model, events, np.array([start]))
    outside = model.baseline.integral(np.array([start]))[0]
    return np.asarray(model.baseline.scales * outside + integral[0] @ model.branching)


def _copy(fit: HawkesFit, rng: np.random.Generator) -> Numbers | None:
    """Return the gaps of data drawn from the fit and fitted again."""
    objective = fit.objective
    events = _redrawn(fit, rng)
    if len(events) - fit.given < objective.size + 2:
        return None
    again = replace(objective, events=events)
    x, _, _ = search.least(again, fit.point)
    return gaps_of(parameters_at(again, x), events, fit.given, again.first)[0]


def _redrawn(fit: HawkesFit, rng: np.random.Generator) -> Events:
    old = fit.objective.events
    model = model_of(fit.parameters, fit.end_s)
    pool = np.ones(1) if old.marks is None else old.marks
    if fit.given:
        times, kinds, marks = descendants(fit, model, fit.given, fit.end_s, pool, rng)
    else:
        times, kinds, _, marks = drawn(model, fit.parameters, fit.end_s, pool, rng)
    return replace(
        old,
        times_s=times,
        types=kinds,
        marks=None if old.marks is None else marks,
        order=np.arange(len(times)),
    )


def _distance(gaps: Numbers) -> float:
    return float(kstest(gaps, "expon").statistic)


def _correlation(gaps: Numbers) -> float:
    """Return Ljung and Box's statistic of the gaps' ranks, which no long gap can rule."""
    n = len(gaps)
    values = np.argsort(np.argsort(gaps)).astype(float)
    values -= values.mean()
    lags = range(1, min(_LAGS, n - 1) + 1)
    power = float(np.sum(values**2))
    found = [np.sum(values[lag:] * values[:-lag]) / power for lag in lags]
    return float(n * (n + 2) * sum(r**2 / (n - lag) for r, lag in zip(found, lags, strict=True)))


def _table(
    events: Events,
    gaps: Numbers,
    kinds: NDArray[np.int64],
    rows: NDArray[np.int64],
    copies: list[Numbers],
) -> pd.DataFrame:
    order = np.argsort(gaps, kind="stable")
    share = (np.arange(len(gaps)) + 0.5) / len(gaps)
    low, high = np.quantile([np.quantile(copy, share) for copy in copies], [0.025, 0.975], axis=0)
    names = np.array(events.names, dtype=object)
    return pd.DataFrame(
        {
            "time_s": events.times_s[rows[order]],
            "type": pd.array(names[kinds[order]], dtype="str"),
            "gap": gaps[order],
            "expected": -np.log1p(-share),
            "low": low,
            "high": high,
        }
    )


def _untold(why: str, seed: int) -> Residuals:
    nan = float("nan")
    columns = ["time_s", "type", "gap", "expected", "low", "high"]
    return Residuals(why, pd.DataFrame(columns=columns), nan, nan, nan, nan, 0, seed)
