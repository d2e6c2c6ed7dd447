"""Exact draws, generation by generation."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from spread._arguments import require_number
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.hawkes._likelihood import Model, Parameters, model_of
from spread.trees import Forests, observed

__all__ = ["simulate"]

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

_MOST_EVENTS = 5_000_000


class EndlessError(UsageError):
    """More events than can be held."""


def simulate(
    parameters: Parameters,
    *,
    end_s: float,
    marks: ArrayLike | None = None,
    types: Sequence[str] | None = None,
    rng: np.random.Generator | int | None = None,
) -> Forests:
    """Return one draw of the process over the window, with who called forth whom.

    Exact: events from outside are a Poisson process, each calls forth Poisson numbers of
    children at independent delays, and so on; those after the window's end are not seen.

    Parameters
    ----------
    parameters
        As `log_likelihood`; those of a fit do.
    end_s
        Length of the window in seconds.
    marks
        Marks to draw from, each as likely; all 1 where not given.
    types
        Names of the types; else those in `parameters`, or numbers.

    Returns
    -------
    Forests
        A cascade an event from outside. `events` has also `time_s`, seconds from the start of
        the window, and `type`. The window starts in 1970.

    Raises
    ------
    UsageError
        Parameters cannot be used, or the draw passes 5,000,000 events.

    References
    ----------
    Hawkes, Oakes 1974, https://doi.org/10.2307/3212693

    Examples
    --------
    >>> drawn = simulate({"baseline": 0.1, "branching": 0.5, "decay": 1.0}, end_s=500, rng=3)
    >>> bool((drawn.events["time_s"] < 500).all())
    True
    """
    require_number("end_s", end_s, above=0, unit="seconds")
    seed = resolve_seed(rng)
    model = model_of(parameters, end_s)
    names = tuple(types or model.names or (str(i) for i in range(len(model.branching))))
    pool = np.ones(1) if marks is None else np.asarray(marks, dtype=np.float64).ravel()
    times, kinds, parents, values = drawn(model, parameters, end_s, pool, stream(seed, 0))
    return _forests(times, kinds, parents, values, names, parameters, seed)


def drawn(
    model: Model,
    parameters: Parameters,
    end_s: float,
    pool: Numbers,
    rng: np.random.Generator,
) -> tuple[Numbers, Whole, Whole, Numbers]:
    """Return times, types, parents (−1 from outside) and marks in the order of time."""
    starts = [model.baseline.draw(k, rng) for k in range(len(model.branching))]
    times = np.concatenate(starts)
    kinds = np.repeat(np.arange(len(starts)), [len(start) for start in starts])
    parents = np.full(len(times), -1, dtype=np.int64)
    values = pool[rng.integers(len(pool), size=len(times))]
    times, kinds, parents, values = descended(
        model, parameters, (times, kinds, parents, values), end_s, pool, rng
    )
    order = np.argsort(times, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    ordered = parents[order]
    return (
        times[order],
        kinds[order],
        np.where(ordered < 0, -1, place[np.maximum(ordered, 0)]),
        values[order],
    )


def descended(
    model: Model,
    parameters: Parameters,
    first: tuple[Numbers, Whole, Whole, Numbers],
    end_s: float,
    pool: Numbers,
    rng: np.random.Generator,
    *,
    most: int = _MOST_EVENTS,
) -> tuple[Numbers, Whole, Whole, Numbers]:
    """Return the events given and all that descend from them within the window."""
    generations, born = [first], len(first[0])
    rows = np.arange(born)
    while len(generations[-1][0]):
        times, kinds, _, values = generations[-1]
        mean = model.branching[kinds] * (values**model.mark_exponent)[:, None]
        if born + mean.sum() > most:
            raise EndlessError(
                f"the process does not die out within {most:,} events",
                hint="Take a branching ratio below 1 or a shorter window",
            )
        counts = rng.poisson(mean)
        cells = np.repeat(np.arange(counts.size), counts.ravel())
        parent, target = np.divmod(cells, counts.shape[1])
        at = times[parent] + model.shape.delays(parameters, len(parent), rng)
        seen = at < end_s
        marks = pool[rng.integers(len(pool), size=int(seen.sum()))]
        generations.append((at[seen], target[seen], rows[parent[seen]], marks))
        rows = born + np.arange(int(seen.sum()))
        born += len(rows)
    times, kinds, parents, values = (
        np.concatenate(part) for part in zip(*generations, strict=True)
    )
    return times, kinds, parents, values


def _forests(
    times: Numbers,
    kinds: Whole,
    parents: Whole,
    marks: Numbers,
    names: tuple[str, ...],
    parameters: Parameters,
    seed: int,
) -> Forests:
    roots = roots_of(parents)
    order = np.lexsort((np.arange(len(times)), roots))
    cascade = np.unique(roots[order], return_inverse=True)[1].astype(np.int32)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    above = parents[order]
    first = np.flatnonzero(np.diff(cascade, prepend=-1))
    events = pd.DataFrame(
        {
            "cascade": cascade,
            "event": (np.arange(len(order)) - first[cascade]).astype(np.int32),
            "tweet_id": pd.array(order.astype(str), dtype="str"),
            "user_id": pd.array(order.astype(str), dtype="str"),
            "at_s": times[order] - times[roots[order]],
            "mark": marks[order],
            "time_s": times[order],
            "type": pd.array(np.array(names, dtype=object)[kinds[order]], dtype="str"),
        }
    )
    began = pd.to_datetime(
        np.round(times[order][first] * 1e6).astype(np.int64), unit="us", utc=True
    )
    return observed(
        events,
        np.where(above < 0, -1, place[np.maximum(above, 0)]),
        method="simulated",
        parameters={**parameters, "seed": seed},
        root_at=pd.DatetimeIndex(began).as_unit("us"),
    )


def roots_of(parents: Whole) -> Whole:
    """Return the root of each event; parents stand before their children."""
    roots = np.arange(len(parents))
    above = np.where(parents < 0, roots, parents)
    while True:
        higher = above[above]
        if np.array_equal(higher, above):
            return above
        above = higher
