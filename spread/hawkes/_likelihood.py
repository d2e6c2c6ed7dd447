"""The log-likelihood under given parameters, with its gradient, and the intensity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spread._arguments import require_instance
from spread._errors import UsageError
from spread.hawkes import _recursions as recursions
from spread.hawkes._baseline import Baseline, constant
from spread.hawkes._events import Events, events_of
from spread.hawkes._shapes import Shape, point_of

__all__ = ["branching_matrix", "gradient", "intensity", "log_likelihood"]

Numbers = NDArray[np.float64]
Parameters = Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Model:
    """Parameters as arrays."""

    baseline: Baseline
    branching: Numbers
    shape: Shape
    point: Numbers
    mark_exponent: float
    names: tuple[str, ...] | None

    def weigh(self, marks: Numbers | None, count: int) -> Numbers:
        """Return what each event counts: its mark to the exponent, 1 without marks."""
        return np.ones(count) if marks is None else marks**self.mark_exponent


def model_of(parameters: Parameters, end_s: float) -> Model:
    """Return the parameters as arrays.

    Raises
    ------
    UsageError
        A parameter is missing or cannot be used.
    """
    require_instance("parameters", parameters, Mapping, "a mapping of names to values")
    for name in ("baseline", "branching"):
        if name not in parameters:
            raise UsageError("a parameter is missing", got=", ".join(parameters), allowed=name)
    given: Any = parameters["baseline"]
    baseline = given if isinstance(given, Baseline) else constant(_array(given), end_s)
    branching = np.atleast_2d(_array(parameters["branching"]))
    types = len(baseline.scales)
    if branching.shape != (types, types):
        raise UsageError(
            "baseline and branching disagree",
            got=f"{types} baselines, branching of shape {branching.shape}",
            allowed="a row a source and a column a target",
        )
    if min(branching.min(), baseline.scales.min()) < 0:
        raise UsageError("baseline and branching must be 0 or more")
    kernel, point = point_of(parameters, end_s)
    exponent: Any = parameters.get("mark_exponent", 1.0)
    names: Any = parameters.get("types")
    return Model(
        baseline, branching, kernel, point, float(exponent), None if names is None else tuple(names)
    )


def _array(values: Any) -> Numbers:
    found = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if not np.isfinite(found).all():
        raise UsageError("a parameter is not finite", got=repr(values))
    return found


def checked(
    times_s: ArrayLike,
    parameters: Parameters,
    end_s: float,
    marks: ArrayLike | None,
    types: ArrayLike | Sequence[object] | None,
) -> tuple[Model, Events]:
    """Return model and events that fit each other."""
    model = model_of(parameters, end_s)
    count = len(model.baseline.scales)
    names = model.names or tuple(str(i) for i in range(count))
    whole = types is not None and np.asarray(types).dtype.kind in "iu"
    free = types is not None and not whole and model.names is None
    events = events_of(
        times_s, end_s=end_s, marks=marks, types=types, names=None if free else names
    )
    if len(events.names) != count or (whole and len(events) and events.types.max() >= count):
        raise UsageError(
            "types and parameters disagree", got=f"{count} baselines", allowed="one a type"
        )
    if (events.types < 0).any():
        raise UsageError("types must be 0 or more")
    return model, events


def log_likelihood(
    times_s: ArrayLike,
    *,
    parameters: Parameters,
    end_s: float,
    marks: ArrayLike | None = None,
    types: ArrayLike | Sequence[object] | None = None,
    given: int = 0,
) -> float:
    """Return the log-likelihood of events in the window from 0 to `end_s`.

    An event of type k comes at the rate

        λ_k(t) = μ_k(t) + Σ_p α_pk Σ_{events j of type p, t_j < t} m_j^b g(t − t_j)

    and ℓ = Σ_i ln λ_{k_i}(t_i) − Σ_k ∫₀^T λ_k. The kernel g has total 1, so that α_pk is the
    mean number of events of type k that one of type p with mark 1 calls forth. One pass: O(n)
    for one type, and events however far apart do not underflow.

    Parameters
    ----------
    times_s
        Shape (n,): seconds, in any order.
    parameters
        `baseline`: μ per second, a number, one a type, or the `Baseline` of a fit.
        `branching`: α, a number or a matrix with a row a source and a column a target.
        The kernel: `decay` β per second, g(s) = β e^{−βs}; or several `decay` with their
        `shares`; or `c_s` and `theta`, g(s) = θ c^θ (s + c)^−(1+θ) (to 1e-5).
        `mark_exponent`: b, 1 where it is not given.
        `types`: the names of the types in the order of the rows.
    end_s
        Length of the window in seconds.
    marks
        Shape (n,): above 0; all 1 where not given.
    types
        Shape (n,): names, or numbers from 0 of the rows of `branching`.
    given
        So many first events count as known: they excite, and their own coming is not
        explained. 1 for a cascade with its root.

    Raises
    ------
    UsageError
        Events or parameters cannot be used.

    References
    ----------
    Ozaki 1979, https://doi.org/10.1007/BF02480272; Laub, Lee, Taimre 2021,
    https://doi.org/10.1007/978-3-030-84639-8

    Examples
    --------
    >>> toy = {"baseline": 0.6, "branching": 0.4, "decay": 1.3}
    >>> round(log_likelihood([0.3, 0.7, 1.1, 2, 2.2, 4.5], parameters=toy, end_s=5), 12)
    -5.974359177434

    Without excitation it is Poisson: n ln μ − μ T.

    >>> still = {"baseline": 5.0, "branching": 0.0, "decay": 1.0}
    >>> log_likelihood([], parameters=still, end_s=2)
    -10.0
    """
    model, events = checked(times_s, parameters, end_s, marks, types)
    return _evaluated(model, events, given)[0]


def gradient(
    times_s: ArrayLike,
    *,
    parameters: Parameters,
    end_s: float,
    marks: ArrayLike | None = None,
    types: ArrayLike | Sequence[object] | None = None,
    given: int = 0,
) -> dict[str, Numbers]:
    """Return the exact derivatives of the log-likelihood, in the same one pass.

    Parameters
    ----------
    times_s, parameters, end_s, marks, types, given
        As `log_likelihood`.

    Returns
    -------
    dict
        By `baseline` (types,) — by the scales where it is a `Baseline` —, `branching`
        (types, types), the logarithms of the kernel's parameters `kernel` (for several
        exponentials: of the decays, then of the later shares' odds), and `mark_exponent`.

    Raises
    ------
    UsageError
        As `log_likelihood`.

    References
    ----------
    As `log_likelihood`

    Examples
    --------
    >>> toy = {"baseline": 0.5, "branching": 0.0, "decay": 1.0}
    >>> gradient([1.0, 3.0], parameters=toy, end_s=10)["baseline"].tolist()  # n / μ − T
    [-6.0]
    """
    model, events = checked(times_s, parameters, end_s, marks, types)
    return _evaluated(model, events, given)[1]


def _evaluated(model: Model, events: Events, given: int) -> tuple[float, dict[str, Numbers]]:
    f = model.weigh(events.marks, len(events))
    df = np.zeros(len(events)) if events.marks is None else f * np.log(events.marks)
    mu = model.baseline.rates(events.times_s, events.types)
    rates, weights = model.shape.rates_weights(model.point)
    logs, by_a, by_w, by_r, by_b, outside = excited(
        with_end(events, f, df, mu, given), model.branching, rates, weights
    )
    total = model.baseline.integral(np.array([events.end_s]))[0]
    scales = model.baseline.scales
    share = np.bincount(events.types, outside[: len(events)], minlength=len(scales))
    by_rates, by_weights = model.shape.slopes(model.point)
    counted = np.bincount(events.types[given:], minlength=len(scales))
    quiet = np.where((scales == 0) & (counted > 0), np.inf, -total)
    slopes = {
        "baseline": np.where(scales > 0, share / np.where(scales > 0, scales, 1) - total, quiet),
        "branching": by_a,
        "kernel": by_rates @ by_r + by_weights @ by_w,
        "mark_exponent": np.array([by_b]),
    }
    return float(logs - scales.sum() * total), slopes


@dataclass(frozen=True, eq=False)
class Rows:
    """What the recursions read: events and the edges of what is seen of the window."""

    times: Numbers
    types: NDArray[np.int64]
    f: Numbers
    df: Numbers
    seen: NDArray[np.bool_]
    counted: NDArray[np.bool_]
    mu: Numbers
    births: NDArray[np.int64]


def with_end(events: Events, f: Numbers, df: Numbers, mu: Numbers, given: int) -> Rows:
    """Return the events followed by the end of the window."""
    n = len(events)
    return Rows(
        np.append(events.times_s, events.end_s),
        np.append(events.types, -1),
        np.append(f, 0.0),
        np.append(df, 0.0),
        np.ones(n + 1, dtype=np.bool_),
        (np.arange(n + 1) >= given) & (np.arange(n + 1) < n),
        np.append(mu, 0.0),
        np.full(len(events.names), -1),
    )


def excited(
    rows: Rows, branching: Numbers, rates: Numbers, weights: Numbers
) -> tuple[float, Numbers, Numbers, Numbers, float, Numbers]:
    """Return what `many_types` returns, by the faster way where there is one."""
    if len(branching) > 1 or len(rates) > 1 or rows.df.any() or (rows.births >= 0).any():
        return recursions.many_types(
            rows.times, rows.types, rows.f, rows.df, rows.seen, rows.counted, rows.mu,
            branching, rates, weights, rows.births,
        )  # fmt: skip
    logs, by_a, by_r, outside = recursions.one_type(
        rows.times, rows.f, rows.seen, rows.counted, rows.mu, branching[0, 0], rates[0]
    )
    # One exponential of total 1 has w = r: its derivative along both is all told in r.
    return logs, np.array([[by_a]]), np.zeros(1), np.array([by_r]), 0.0, outside


def intensity(
    at_s: ArrayLike,
    times_s: ArrayLike,
    *,
    parameters: Parameters,
    end_s: float,
    marks: ArrayLike | None = None,
    types: ArrayLike | Sequence[object] | None = None,
) -> Numbers:
    """Return the rate of each type at each moment, given the events before it.

    Parameters
    ----------
    at_s
        Shape (q,): seconds.
    times_s, parameters, end_s, marks, types
        As `log_likelihood`.

    Returns
    -------
    ndarray
        Shape (q, types): events per second.

    Raises
    ------
    UsageError
        As `log_likelihood`.

    References
    ----------
    Hawkes 1971, https://doi.org/10.1093/biomet/58.1.83

    Examples
    --------
    >>> one = {"baseline": 0.0, "branching": 0.9, "decay": 1.0}
    >>> intensity(3, [0, 1], parameters=one, end_s=5).round(7).tolist()
    [[0.1666101]]
    """
    model, events = checked(times_s, parameters, end_s, marks, types)
    at = np.atleast_1d(np.asarray(at_s, dtype=np.float64))
    order = np.argsort(at, kind="stable")
    level, _ = excitations_at(model, events, at[order])
    found = np.empty((len(at), len(model.branching)))
    outside = np.outer(model.baseline.course(at[order]), model.baseline.scales)
    found[order] = outside + level @ model.branching
    return found


def excitations_at(model: Model, events: Events, at_s: Numbers) -> tuple[Numbers, Numbers]:
    """Return what each source type excites at the moments, and its integral from 0."""
    rates, weights = model.shape.rates_weights(model.point)
    f = model.weigh(events.marks, len(events))
    return recursions.excitations(
        events.times_s, events.types, f, at_s, len(model.branching), rates, weights
    )


def branching_matrix(
    parameters: Parameters,
    *,
    marks: ArrayLike | None = None,
    types: ArrayLike | Sequence[object] | None = None,
) -> Numbers:
    """Return how many events of each type one of each type calls forth on average.

    α_pk times the mean of m^b over the events of type p: the empirical mean, since a fitted
    tail of the marks may have none. The process dies out if the spectral radius is below 1.

    Parameters
    ----------
    parameters, marks, types
        As `log_likelihood`.

    Returns
    -------
    ndarray
        Shape (types, types): a row a source, a column a target.

    Raises
    ------
    UsageError
        As `log_likelihood`.

    References
    ----------
    Hawkes 1971, https://doi.org/10.1093/biomet/58.1.83

    Examples
    --------
    >>> marked = {"baseline": 0.1, "branching": 0.2, "decay": 1.0, "mark_exponent": 0.5}
    >>> branching_matrix(marked, marks=[4, 16]).tolist()  # 0.2 · (2 + 4) / 2
    [[0.6000000000000001]]
    """
    count = 0 if marks is None else np.asarray(marks).size
    model, events = checked(np.zeros(count), parameters, 1.0, marks, types if count else None)
    if not count:
        return model.branching.copy()
    f = model.weigh(events.marks, count)
    means = np.bincount(events.types, f, minlength=len(model.branching))
    return model.branching * (means / np.maximum(events.counts, 1))[:, None]
