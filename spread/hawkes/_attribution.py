"""Which type fed which: shares that trace back to each, against chance."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_count, require_instance, require_number
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.hawkes import _search as search
from spread.hawkes._origins import origins
from spread.hawkes._result import HawkesFit, quantiles

__all__ = ["attribution"]

Numbers = NDArray[np.float64]

_DRAWS = 100


def attribution(
    fit: HawkesFit,
    *,
    first_s: float | None = None,
    shifts: int = 39,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return which share of each type's events traces back to each type.

    An event came from outside or was called forth by an earlier one, which came from outside
    or was called forth, and so on: its first cause is of one type, with the probabilities
    that the fit gives. The interval holds doubt about the parameters and about each event's
    origin. Common swings that the baseline misses look like feeding, so each pair is compared
    with chance: the target's times are turned around the window against all others, which
    keeps each series' own bursts, and the process is fitted again.

    Parameters
    ----------
    fit
        What `fit` returned for several types.
    first_s
        Count each type's events in so many seconds from its first; all where not given.
    shifts
        How many random turns; 0 for none. The least p is 1 / (1 + shifts).
    rng
        Decides turns and draws; the seed is in `.attrs["seed"]`.

    Returns
    -------
    DataFrame
        source, target, events (of the target), share, low, high (of them, traced back to the
        source), immediate, immediate_low, immediate_high (called forth by one of the source
        directly), p_shift, cannot_tell (why the share says nothing of feeding, or null). A
        type traced back to itself came from outside or from its own kind throughout.

    Raises
    ------
    UsageError
        Nothing was fitted.

    References
    ----------
    Zannettou et al. 2018, https://doi.org/10.1145/3278532.3278550; Linderman, Adams 2014,
    https://doi.org/10.48550/arXiv.1402.0914

    Examples
    --------
    >>> from spread import hawkes
    >>> truth = {"baseline": [0.5, 0.1], "branching": [[0.3, 0.5], [0, 0.2]], "decay": 1.0,
    ...          "types": ["nypd", "lapd"]}
    >>> events = hawkes.simulate(truth, end_s=400, rng=2).events
    >>> found = hawkes.fit(events["time_s"], end_s=400, types=events["type"],
    ...                    baseline="constant", rng=1)
    >>> told = attribution(found, shifts=0, rng=1).set_index(["source", "target"])
    >>> bool(told.loc[("nypd", "lapd"), "low"] > 0.3)
    True
    """
    require_instance("fit", fit, HawkesFit, "what hawkes.fit returns")
    require_count("shifts", shifts, least=0)
    if first_s is not None:
        require_number("first_s", first_s, above=0, unit="seconds")
    if not fit.parameters:
        raise UsageError("nothing was fitted", hint=fit.cannot_tell)
    seed = resolve_seed(rng)
    counted = _counted(fit, first_s)
    immediate, traced = _shares(fit, counted, fit.point, None)
    chosen = fit.draws[stream(seed, 0).integers(len(fit.draws), size=_DRAWS)]
    noise = stream(seed, 1)
    sampled = [_shares(fit, counted, x, noise) for x in chosen]
    (parent_low, parent_high), (low, high) = (
        np.clip(quantiles([pair[i].ravel() for pair in sampled]), 0, 1) for i in (0, 1)
    )
    p_shift = _shifted(fit, first_s, traced, shifts, seed)
    rows = []
    for source, name in enumerate(fit.types):
        for target, other in enumerate(fit.types):
            cell = source * len(fit.types) + target
            share, direct = traced[source, target], immediate[source, target]
            rows.append(
                {
                    "source": name,
                    "target": other,
                    "events": int(counted[:, target].sum()),
                    "share": share,
                    "low": min(low[cell], share),
                    "high": max(high[cell], share),
                    "immediate": direct,
                    "immediate_low": min(parent_low[cell], direct),
                    "immediate_high": max(parent_high[cell], direct),
                    "p_shift": p_shift[source, target],
                    "cannot_tell": _doubt(fit, source, target, p_shift, shifts),
                }
            )
    table = pd.DataFrame(rows)
    table.attrs["seed"] = seed
    return table


def _counted(fit: HawkesFit, first_s: float | None) -> NDArray[np.bool_]:
    """Return which events count for each type, (n, types)."""
    events = fit.objective.events
    counted = events.types[:, None] == np.arange(len(fit.types))
    counted[: fit.given] = False
    if first_s is None:
        return counted
    for k in range(counted.shape[1]):
        own = np.flatnonzero(events.types == k)
        if len(own):
            counted[:, k] &= events.times_s < events.times_s[own[0]] + first_s
    return counted


def _shares(
    fit: HawkesFit, counted: NDArray[np.bool_], x: Numbers, rng: np.random.Generator | None
) -> tuple[Numbers, Numbers]:
    """Return the shares of parents and of first causes; with `rng` as if origins were drawn."""
    found = []
    totals = np.maximum(counted.sum(axis=0), 1)
    for chances in origins(fit, x):
        sums = chances.T @ counted
        if rng is not None:
            spread = np.sqrt((chances * (1 - chances)).T @ counted)
            sums = sums + spread * rng.standard_normal(sums.shape)
        found.append(sums / totals)
    return found[0], found[1]


def _shifted(
    fit: HawkesFit, first_s: float | None, traced: Numbers, shifts: int, seed: int
) -> Numbers:
    """Return how often a turned target traces back to each source as much as in truth."""
    types = len(fit.types)
    p = np.full((types, types), np.nan)
    if shifts == 0:
        return p
    for target in range(types):
        above = np.zeros(types)
        for turn in range(shifts):
            moved = _turned(fit, target, stream(seed, 2, target, turn).uniform(0.05, 0.95))
            above += (
                _shares(moved, _counted(moved, first_s), moved.point, None)[1][:, target]
                >= (traced[:, target])
            )
        p[:, target] = (1 + above) / (1 + shifts)
        p[target, target] = np.nan
    return p


def _turned(fit: HawkesFit, target: int, part: float) -> HawkesFit:
    """Return the fit to the events with one type's turned around the window."""
    events = fit.objective.events
    own = events.types == target
    times = events.times_s.copy()
    times[own] = np.mod(times[own] + part * events.end_s, events.end_s)
    order = np.argsort(times, kind="stable")
    turned = replace(
        events,
        times_s=times[order],
        types=events.types[order],
        marks=None if events.marks is None else events.marks[order],
        order=events.order[order],
    )
    objective = replace(fit.objective, events=turned)
    x, _, _ = search.least(objective, fit.point, within=0.01)
    return replace(fit, objective=objective, point=x)


def _doubt(fit: HawkesFit, source: int, target: int, p: Numbers, shifts: int) -> str | None:
    if fit.cannot_tell:
        return fit.cannot_tell
    if source != target and shifts and p[source, target] > 0.05:
        return (
            "the same series turned against each other give as much in "
            f"{100 * p[source, target]:.0f} % of the turns"
        )
    return None
