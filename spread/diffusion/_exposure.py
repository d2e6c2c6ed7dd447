"""How the chance to adopt depends on how often one was exposed."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_columns, require_count
from spread._errors import UsageError
from spread._intervals import wilson
from spread._random import resolve_seed, stream

__all__ = ["exposure_curve"]

_READABLE = 30
_DAY_S = 86_400.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def exposure_curve(
    exposures: pd.DataFrame,
    adoptions: pd.DataFrame,
    *,
    users: Iterable[object] | None = None,
    shuffles: int = 100,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return the chance to adopt after the k-th exposure and before the next one.

    p(k) = I(k) / E(k): of the E(k) users who were exposed k times before they adopted, if
    they ever did, the I(k) who adopted then. Users who never adopt count; exposures after
    adoption do not. A rising curve is no proof of influence: people alike are exposed and
    adopt together. The control exchanges the times of all exposures of the same day (UTC), so
    that each user keeps how many there were on each day; what the curve shows beyond the
    control is about timing within a day.

    Parameters
    ----------
    exposures
        user_id, at: one row an exposure; instants or seconds.
    adoptions
        user_id, at: one row an adopter (the first counts); the same clock.
    users
        All users, exposed or not; None for those in the two tables.
    shuffles
        How many controls are drawn; 0 for none.
    rng
        Decides them.

    Returns
    -------
    DataFrame
        k, exposed (E), adopted (I), p, p_low, p_high (95 % Wilson), readable (E ≥ 30:
        elsewhere read nothing), shuffled, shuffled_low, shuffled_high (mean and 95 % of the
        controls). `.attrs`: persistence F(p) = ∑p(k) / (K max p) over k = 0 … K of the
        readable rows (null without any), seed.

    Raises
    ------
    MissingColumnError
        A column is missing.
    UsageError
        `shuffles` is no count, or times are missing.

    References
    ----------
    Romero, Meeder, Kleinberg 2011, https://doi.org/10.1145/1963405.1963503

    Examples
    --------
    >>> seen = pd.DataFrame({"user_id": ["a", "a", "b", "c"], "at": [1.0, 2.0, 1.0, 1.0]})
    >>> took = pd.DataFrame({"user_id": ["a"], "at": [1.5]})
    >>> exposure_curve(seen, took, shuffles=0)[["k", "exposed", "adopted"]].values.tolist()
    [[0, 3, 0], [1, 3, 1]]
    """
    require_count("shuffles", shuffles, least=0)
    seed = resolve_seed(rng)
    who, when = _columns(exposures, "exposures")
    adopter, adopted = _columns(adoptions, "adoptions")
    names = pd.Index(sorted({*who, *adopter, *map(str, users or [])}))
    took_at = np.full(len(names), np.inf)
    np.minimum.at(took_at, names.get_indexer(pd.Index(adopter)), adopted)
    user = names.get_indexer(pd.Index(who)).astype(np.int64)
    reached, at_k = _counts(user, when, took_at)
    table = pd.DataFrame({"k": np.arange(len(reached)), "exposed": reached, "adopted": at_k})
    table = table.assign(p=table.adopted / table.exposed)
    table["p_low"], table["p_high"] = wilson(at_k, reached)
    table["readable"] = table.exposed >= _READABLE
    controls = _controls(user, when, took_at, len(table), shuffles, seed)
    for name, column in zip(("shuffled", "shuffled_low", "shuffled_high"), controls, strict=True):
        table[name] = column
    table.attrs = {"persistence": _persistence(table[table.readable]), "seed": seed}
    return table


def _columns(table: pd.DataFrame, what: str) -> tuple[list[str], Floats]:
    require_columns(what, table, ["user_id", "at"])
    at = table["at"]
    if pd.api.types.is_datetime64_any_dtype(at):
        at = (pd.to_datetime(at, utc=True) - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
    seconds = at.to_numpy(float)
    if not np.isfinite(seconds).all() or table["user_id"].isna().any():
        raise UsageError(f"{what} without a user or a time", hint="Leave those rows out")
    return table["user_id"].astype(str).tolist(), seconds


def _counts(user: Ints, when: Floats, took_at: Floats) -> tuple[Ints, Ints]:
    """Return E(k) and I(k), k from 0 to the most exposures that anybody had before adopting."""
    before = np.bincount(user[when < took_at[user]], minlength=len(took_at))
    most = int(before.max(initial=0))
    at_k = np.bincount(before[np.isfinite(took_at)], minlength=most + 1)
    reached = np.bincount(before, minlength=most + 1)[::-1].cumsum()[::-1]
    return reached.astype(np.int64), at_k.astype(np.int64)


def _controls(
    user: Ints, when: Floats, took_at: Floats, rows: int, shuffles: int, seed: int
) -> tuple[Floats, Floats, Floats]:
    """Return mean and 95 % band of p(k) when times are exchanged within each day."""
    if not shuffles or not len(when):
        nothing = np.full(rows, np.nan)
        return nothing, nothing, nothing
    day = np.floor(when / _DAY_S)
    order = np.lexsort((when, day))
    drawn = np.full((shuffles, rows), np.nan)
    for number in range(shuffles):
        random = stream(seed, number).random(len(when))
        mixed = np.empty_like(when)
        mixed[order[np.lexsort((random[order], day[order]))]] = when[order]
        reached, at_k = _counts(user, mixed, took_at)
        kept = min(rows, len(reached))
        drawn[number, :kept] = (at_k / reached)[:kept]
    seen = np.isfinite(drawn).sum(axis=0)
    filled = np.where(np.isfinite(drawn), drawn, 0.0)
    mean = np.divide(filled.sum(axis=0), seen, out=np.full(rows, np.nan), where=seen > 0)
    low, high = mean.copy(), mean.copy()
    known = seen > 0
    low[known], high[known] = np.nanquantile(drawn[:, known], [0.025, 0.975], axis=0)
    return mean, low, high


def _persistence(readable: pd.DataFrame) -> float | None:
    """Return F of the readable rows: how little the curve falls from its height."""
    if len(readable) < 2 or not readable.p.max() > 0:
        return None
    return float(readable.p.sum() / (len(readable) * readable.p.max()))
