"""Events as arrays, checked once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spread._arguments import require_number
from spread._errors import UsageError

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Events:
    """Events in the order of time, with where each stood in what was given."""

    times_s: Numbers
    types: NDArray[np.int64]
    names: tuple[str, ...]
    marks: Numbers | None
    end_s: float
    order: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.times_s)

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many events of each type."""
        return np.bincount(self.types, minlength=len(self.names))


def events_of(
    times_s: ArrayLike,
    *,
    end_s: float,
    marks: ArrayLike | None = None,
    types: ArrayLike | Sequence[object] | None = None,
    names: Sequence[str] | None = None,
) -> Events:
    """Return the events sorted by time; simultaneous ones keep their order.

    Raises
    ------
    UsageError
        A time is not within 0 to `end_s`, a mark not above 0, or lengths disagree.
    """
    end_s = require_number("end_s", end_s, above=0, unit="seconds")
    times = np.atleast_1d(_numbers("times_s", times_s))
    if times.ndim != 1 or not np.isfinite(times).all() or ((times < 0) | (times > end_s)).any():
        raise UsageError("times must lie in the window", allowed=f"seconds from 0 to {end_s:g}")
    codes, labels = _types(types, len(times), names)
    values = None if marks is None else np.atleast_1d(_numbers("marks", marks))
    if values is not None and len(values) != len(times):
        raise UsageError("times and marks disagree", got=f"{len(times)} and {len(values)}")
    if values is not None and not (np.isfinite(values).all() and (values > 0).all()):
        raise UsageError("marks must be above 0", hint="Count a missing or zero mark as 1")
    order = np.argsort(times, kind="stable")
    return Events(
        times[order],
        codes[order],
        labels,
        None if values is None else values[order],
        end_s,
        order.astype(np.int64),
    )


def _numbers(name: str, values: ArrayLike) -> NDArray[np.float64]:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name} hold what is no number", got=str(error)) from error


def _types(
    types: ArrayLike | Sequence[object] | None, count: int, names: Sequence[str] | None
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    if types is None:
        return np.zeros(count, dtype=np.int64), tuple(names or ("events",))
    values = np.atleast_1d(np.asarray(types))
    if len(values) != count:
        raise UsageError("times and types disagree", got=f"{count} and {len(values)}")
    if names is not None and values.dtype.kind in "iu":
        return values.astype(np.int64), tuple(names)
    labels = np.array([str(value) for value in values.tolist()], dtype=object)
    found = tuple(names) if names is not None else _sorted(values, labels)
    place = {name: i for i, name in enumerate(found)}
    unknown = sorted(set(labels) - set(found))
    if unknown:
        raise UsageError("unknown type", got=unknown[0], allowed=", ".join(found))
    return np.array([place[label] for label in labels], dtype=np.int64), found


def _sorted(values: NDArray[np.generic], labels: NDArray[np.object_]) -> tuple[str, ...]:
    if values.dtype.kind in "iu":
        return tuple(str(value) for value in np.unique(values).tolist())
    return tuple(sorted(set(labels)))
