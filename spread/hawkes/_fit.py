"""Maximum likelihood, with intervals, ties and flexible baselines."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from spread._arguments import require_count, require_number, require_one_of
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.hawkes import _search as search
from spread.hawkes._course import flat
from spread.hawkes._events import Events, events_of
from spread.hawkes._flexible import Option, carried, chosen, weights
from spread.hawkes._gibbs import resampled
from spread.hawkes._objective import Objective
from spread.hawkes._result import (
    HawkesFit,
    endogenous,
    estimates_of,
    parameters_at,
    quantiles,
    radius,
)
from spread.hawkes._shapes import shape

__all__ = ["fit"]

Numbers = NDArray[np.float64]

BASELINES = ("flexible", "constant", "none")
_FEWEST = 20
_WIDE = 0.8
_MOST_RESAMPLED = 20_000
_EQUALLY_GOOD, _APART = 2.0, 0.3
_ESTIMATES = ["parameter", "source", "target", "value", "low", "high"]
_FLEXIBILITY = [
    "flexibility", "daily", "branching_ratio", "branching_ratio_low", "branching_ratio_high",
    "held_out", "log_likelihood", "chosen",
]  # fmt: skip


def fit(
    times_s: ArrayLike,
    *,
    end_s: float,
    marks: ArrayLike | None = None,
    types: ArrayLike | Sequence[object] | None = None,
    kernel: str = "exponential",
    baseline: str = "flexible",
    components: int = 2,
    given: int = 0,
    from_first: bool = False,
    resolution_s: float | None = None,
    replicates: int = 20,
    rng: np.random.Generator | int | None = None,
) -> HawkesFit:
    """Return the self- and cross-exciting process under which the events are most likely.

    The model is that of `log_likelihood`. A constant baseline takes every swell of interest
    for excitation: a plain Poisson process with one bump is given a branching ratio of 0.9. So
    the baseline is a smoothing spline by default, common to all types up to scale, as flexible
    as predicts held-out stretches of the window best, with a daily cycle from three days on.
    How the branching ratio depends on that choice is part of the result. Beside a baseline that
    bends, the mean delay of an exponential is at most a twentieth of the window: slower
    excitation cannot be told from the baseline, and counts to it.

    Intervals are profile likelihoods up to 3,000 events and 14 parameters; beyond, from the
    curvature. Those of a flexible baseline hold the chosen smoothness fixed.

    Parameters
    ----------
    times_s
        Shape (n,): seconds from the start of the window, in any order.
    end_s
        Length of the window in seconds.
    marks
        Shape (n,): above 0, such as followers. An event then counts m^b, with b fitted.
    types
        Shape (n,): names or numbers: hashtags, camps, cities.
    kernel
        `exponential`, `exponentials` (a sum) or `power law`.
    baseline
        `flexible`, `constant`, or `none`: all but the first `given` events were called forth.
    components
        How many exponentials `exponentials` sums.
    given
        So many first events count as known: 1 for a cascade with its root.
    from_first
        Each type is there from its first event on, which counts as known: for hashtags, which
        nobody can be led to before somebody invents them.
    resolution_s
        Times are known to so many seconds, rounded down. Needed where events tie: the
        likelihood of tied times has no maximum. Each is then drawn anew within its resolution,
        `replicates` times, and the fits are pooled by Rubin's rules.
    rng
        Decides draws; the seed is stored.

    Raises
    ------
    UsageError
        Events tie and no resolution is given, or an argument cannot be used.

    References
    ----------
    Ogata 1978, https://doi.org/10.1007/BF02480216; misspecified baselines: Wheatley, Wehrli,
    Sornette 2019, https://doi.org/10.1080/14697688.2019.1574019; pooling: Rubin 1987,
    https://doi.org/10.1002/9780470316696

    Examples
    --------
    >>> from spread import hawkes
    >>> truth = {"baseline": 0.5, "branching": 0.5, "decay": 1.0}
    >>> events = hawkes.simulate(truth, end_s=600, rng=1).events
    >>> found = hawkes.fit(events["time_s"], end_s=600, baseline="constant", rng=1)
    >>> found.converged, found.branching_ratio_low < 0.5 < found.branching_ratio_high
    (True, True)

    Too few events tell nothing.

    >>> hawkes.fit([1, 2, 4], end_s=5, rng=1).cannot_tell
    '3 events are too few to tell excitation from chance: at least 20 are needed'
    """
    require_one_of("baseline", baseline, BASELINES)
    require_count("given", given, least=0)
    require_count("replicates", replicates)
    if resolution_s is not None:
        require_number("resolution_s", resolution_s, above=0, unit="seconds")
    if baseline == "none" and given < 1:
        raise UsageError("without a baseline something must begin", hint="Set given=1")
    seed = resolve_seed(rng)
    events = events_of(times_s, end_s=end_s, marks=marks, types=types)
    require_count("given", given, least=0, most=len(events))
    tied = len(events) > 1 and bool((np.diff(events.times_s) == 0).any())
    if tied and resolution_s is None:
        count = int((np.diff(events.times_s) == 0).sum())
        raise UsageError(
            "events tie, and tied times have no greatest likelihood",
            got=f"{count} ties",
            hint="Give resolution_s, such as 1 for whole seconds",
        )
    copies = replicates if resolution_s is not None else 1
    objective = Objective(
        _jittered(events, resolution_s, seed, 0),
        shape(kernel, longest_s=end_s, components=components),
        flat(end_s),
        given=given,
        outside=baseline != "none",
        marked=marks is not None,
        from_first=from_first,
    )
    objective = replace(objective, course=flat(end_s, objective.born_s))
    counted = len(events) - given
    fewest = max(_FEWEST, 5 * len(events.names) ** 2)
    if counted < fewest:
        why = (
            f"{counted} events are too few to tell excitation from chance: "
            f"at least {fewest} are needed"
        )
        return _untold(objective, why, baseline, copies, seed)
    option, options, table = _option(objective, baseline)
    if copies > 1:
        return _pooled(option, table, events, resolution_s or 0.0, copies, baseline, seed)
    curvature = option.objective.curvature(option.x)
    where = option.objective.slices
    asked = [*range(where["scales"].stop), *range(where["branching"].start, len(option.x))]
    if where["course"].start != where["course"].stop:
        asked = [i for i in asked if i >= where["branching"].start]
    ranges = search.intervals(option.objective, option.x, curvature, asked)
    drawn = search.draws(option.objective, option.x, curvature, stream(seed, 1))
    if option.objective.types > 1 and option.objective.outside:
        mixed = _mixed(option, options, drawn, stream(seed, 4))
        # Of many events the normal draws are as good; to draw the origin of each takes long.
        few = len(events) <= _MOST_RESAMPLED
        drawn = resampled(option.objective, option.x, mixed, stream(seed, 5)) if few else mixed
        ends = quantiles(drawn)
        ranges |= {
            i: (min(ends[0, i], option.x[i]), max(ends[1, i], option.x[i]))
            for i in range(where["branching"].start, where["branching"].stop)
        }
    return _result(option, table, ranges, drawn, baseline, 1, seed)


def _mixed(
    leader: Option, options: list[Option], drawn: Numbers, rng: np.random.Generator
) -> Numbers:
    """Return draws over flexibilities too, each as often as it is to be believed."""
    counts = rng.multinomial(len(drawn), weights(options, rng))
    found = []
    for option, count in zip(options, counts, strict=True):
        own = drawn
        if option is not leader and count:
            information = option.objective.information(option.x)
            own = search.draws(option.objective, option.x, information, rng)
        found += [carried(option.objective, y, leader.objective) for y in own[:count]]
    return rng.permutation(np.array(found))


def _option(objective: Objective, baseline: str) -> tuple[Option, list[Option], pd.DataFrame]:
    if baseline == "flexible":
        return chosen(objective)
    x, value, converged = search.best(objective, search.starts(objective))
    only = Option(objective, x, value, converged, np.zeros(1))
    return only, [only], pd.DataFrame(columns=_FLEXIBILITY)


def _jittered(events: Events, resolution_s: float | None, seed: int, copy: int) -> Events:
    """Return the events each at a moment drawn within its resolution."""
    if resolution_s is None or len(events) == 0:
        return events
    room = np.minimum(resolution_s, events.end_s - events.times_s)
    times = events.times_s + room * stream(seed, 2, copy).random(len(events))
    order = np.argsort(times, kind="stable")
    return replace(
        events,
        times_s=times[order],
        types=events.types[order],
        marks=None if events.marks is None else events.marks[order],
        order=events.order[order],
    )


def _pooled(
    option: Option,
    table: pd.DataFrame,
    events: Events,
    resolution_s: float,
    copies: int,
    baseline: str,
    seed: int,
) -> HawkesFit:
    """Return the fits to several jittered copies as one, by Rubin's rules."""
    objectives = [
        replace(option.objective, events=_jittered(events, resolution_s, seed, copy))
        for copy in range(copies)
    ]
    found = [search.least(objective, option.x) for objective in objectives]
    points = np.array([x for x, _, _ in found])
    within = np.mean(
        [
            search.covariance(objective, x, objective.curvature(x))
            for objective, x in zip(objectives, points, strict=True)
        ],
        axis=0,
    )
    between = np.atleast_2d(np.cov(points.T)) * (1 + 1 / copies)
    centre, total = points.mean(axis=0), within + between
    missing = np.maximum(np.diag(between) / np.diag(total), 1e-9)
    reach = student.ppf(0.975, (copies - 1) / missing**2) * np.sqrt(np.diag(total))
    lower, upper = option.objective.limits
    ends = np.clip(centre - reach, lower, upper), np.clip(centre + reach, lower, upper)
    ranges = {i: (float(ends[0][i]), float(ends[1][i])) for i in range(len(centre))}
    normal = stream(seed, 1).standard_normal((200, len(centre)))
    drawn = centre + normal @ search.root_of(total).T
    pooled = replace(
        option, objective=objectives[0], x=centre, converged=all(done for _, _, done in found)
    )
    return _result(pooled, table, ranges, np.clip(drawn, lower, upper), baseline, copies, seed)


def _result(
    option: Option,
    table: pd.DataFrame,
    ranges: dict[int, tuple[float, float]],
    drawn: Numbers,
    baseline: str,
    copies: int,
    seed: int,
) -> HawkesFit:
    objective, x = option.objective, option.x
    if objective.types == 1:
        low, high = ranges[objective.slices["branching"].start]
    else:
        low, high = quantiles([radius(objective, y) for y in drawn])
    n_star = radius(objective, x)
    share = endogenous(objective, x, drawn, stream(seed, 3))
    value, _, outside = objective.log_likelihood(x)
    return HawkesFit(
        cannot_tell=_doubt(option.converged, float(low), float(high), table),
        parameters=parameters_at(objective, x),
        estimates=estimates_of(objective, x, ranges, drawn),
        branching_ratio=n_star,
        branching_ratio_low=min(float(low), n_star),
        branching_ratio_high=max(float(high), n_star),
        endogenous_share=share[0],
        endogenous_share_low=share[1],
        endogenous_share_high=share[2],
        flexibility=table,
        events=_frame(objective.events, outside),
        log_likelihood=value,
        converged=option.converged,
        kernel=objective.shape.name,
        baseline=baseline,
        end_s=objective.events.end_s,
        given=objective.given,
        replicates=copies,
        seed=seed,
        objective=objective,
        point=x,
        draws=drawn,
    )


def _doubt(converged: bool, low: float, high: float, table: pd.DataFrame) -> str | None:
    if not converged:
        return "the search for the greatest likelihood did not come to an end"
    if high - low > _WIDE:
        return f"the data allow branching ratios from {low:.2f} to {high:.2f}"
    if len(table):
        good = table[table["held_out"] >= table["held_out"].max() - _EQUALLY_GOOD]
        least, most = good["branching_ratio"].min(), good["branching_ratio"].max()
        if most - least > _APART:
            return (
                f"baselines that predict equally well give branching ratios from "
                f"{least:.2f} to {most:.2f}"
            )
    return None


def _frame(events: Events, outside: Numbers) -> pd.DataFrame:
    names = np.array(events.names, dtype=object)
    marks = np.ones(len(events)) if events.marks is None else events.marks
    return pd.DataFrame(
        {
            "time_s": events.times_s,
            "type": pd.array(names[events.types], dtype="str"),
            "mark": marks,
            "p_outside": outside,
        }
    )


def _untold(objective: Objective, why: str, baseline: str, copies: int, seed: int) -> HawkesFit:
    """Return a result that says why there is none."""
    nan, events = float("nan"), objective.events
    return HawkesFit(
        cannot_tell=why,
        parameters={},
        estimates=pd.DataFrame(columns=_ESTIMATES),
        branching_ratio=nan,
        branching_ratio_low=nan,
        branching_ratio_high=nan,
        endogenous_share=nan,
        endogenous_share_low=nan,
        endogenous_share_high=nan,
        flexibility=pd.DataFrame(columns=_FLEXIBILITY),
        events=_frame(events, np.full(len(events), nan)),
        log_likelihood=nan,
        converged=False,
        kernel=objective.shape.name,
        baseline=baseline,
        end_s=events.end_s,
        given=objective.given,
        replicates=copies,
        seed=seed,
        objective=objective,
        point=np.full(objective.size, nan),
        draws=np.zeros((0, objective.size)),
    )
