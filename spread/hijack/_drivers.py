"""Who drove the turn, what to read about it, and what simpler looks would have said."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import tables

_MOST_DRIVERS = 50
_MOST_EVIDENCE = 10
_EVIDENCE_A_DRIVER = 3
_SHORTEST_WINDOW_S = 600.0
_RESAMPLES = 400

COLUMNS = ["user_id", "share", "share_low", "share_high", "first_at", "evidence"]
LOST = "log_bayes_factor_lost"


def drivers(
    rows: pd.DataFrame,
    camp: str,
    *,
    onsets_us: NDArray[np.int64],
    ramps_s: NDArray[np.float64],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return accounts of the rising camp by turning share, largest first; at most 50.

    `onsets_us` and `ramps_s` are posterior draws. For each, the window runs from the onset
    through the ramp, at least ten minutes. A tweet or retweet of the camp weighs the
    probability that it lies in the window; the share is over all of them, those in cascades
    of other camps' accounts included. The interval resamples cascades.
    """
    ends_us = onsets_us + (np.maximum(ramps_s, _SHORTEST_WINDOW_S) * 1e6).astype(np.int64)
    active = rows[rows.collected & (rows.camp == camp).fillna(False)]
    at_us = tables.microseconds(active["at"])
    active = active[(at_us >= onsets_us.min()) & (at_us <= ends_us.max())]
    own = pd.Index(rows.author_id[(rows.camp == camp).fillna(False)].unique())
    credited = active.root_author_id.where(own.get_indexer(pd.Index(active.root_author_id)) >= 0)
    account, names = pd.factorize(credited)
    if not len(names):
        return none()
    weight = _weights(tables.microseconds(active["at"]), onsets_us, ends_us)
    cascade = pd.factorize(active.root_id)[0]
    share, low, high = _shares(weight, account, cascade, accounts=len(names), rng=rng)
    found = pd.DataFrame({"user_id": names.astype(str), "share": share, "share_low": low}).assign(
        share_high=high
    )
    found = found[found.share > 0].sort_values(
        ["share", "user_id"], ascending=[False, True], kind="stable"
    )
    return _with_evidence(found.head(_MOST_DRIVERS), rows, active)


def none() -> pd.DataFrame:
    """Return the drivers of no turn: the columns and no row."""
    texts = {"user_id": pd.Series(dtype="str"), "evidence": pd.Series(dtype="object")}
    numbers = {name: pd.Series(dtype="float64") for name in [*COLUMNS[1:4], LOST]}
    first = {"first_at": pd.Series(dtype="datetime64[us, UTC]")}
    return pd.DataFrame({**texts, **numbers, **first})[[*COLUMNS, LOST]]


def to_read(rows: pd.DataFrame, camp: str, low: pd.Timestamp, high: pd.Timestamp) -> list[str]:
    """Return the ids of the camp's most retweeted originals posted between two instants."""
    posted = _originals(rows, low, high)
    posted = posted[(posted.camp == camp).fillna(False)]
    passed = rows[rows.collected & (rows.kind == "retweet")].root_id.value_counts()
    ranked = posted.assign(passed=posted.tweet_id.map(passed).fillna(0)).sort_values(
        ["passed", "at", "tweet_id"], ascending=[False, True, True], kind="stable"
    )
    return ranked.tweet_id.head(_MOST_EVIDENCE).tolist()


def naive(
    rows: pd.DataFrame, camp: str | None, low: pd.Timestamp | None, high: pd.Timestamp | None
) -> dict[str, Any]:
    """Return what simpler looks say: volume, followers (between two instants), first."""
    answer: dict[str, Any] = {"volume_peak": pd.NaT}
    if (collected := rows[rows.collected]).empty:
        return answer
    minutes = collected["at"].dt.floor("min").value_counts().sort_index()
    answer["volume_peak"] = minutes.index[int(np.argmax(minutes.to_numpy()))]
    seen = collected
    if low is not None and high is not None:
        seen = collected[(collected["at"] >= low) & (collected["at"] <= high)]
    if len(seen):
        largest = seen.iloc[int(np.argmax(seen.followers.to_numpy()))]
        answer["most_followed"] = {
            "user_id": largest.author_id, "at": largest["at"], "followers": int(largest.followers),
        }  # fmt: skip
    first = collected[(collected.camp == camp).fillna(False)].head(1)
    for row in first.itertuples():
        answer["first_of_rising"] = {
            "tweet_id": row.tweet_id, "user_id": row.author_id, "at": row.at,
        }  # fmt: skip
    return answer


def _weights(
    at_us: NDArray[np.int64], starts_us: NDArray[np.int64], ends_us: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the share of windows that hold each instant."""
    begun = np.searchsorted(np.sort(starts_us), at_us, side="right")
    over = np.searchsorted(np.sort(ends_us), at_us, side="left")
    return np.asarray((begun - over) / len(starts_us))


def _shares(
    weight: NDArray[np.float64],
    account: NDArray[np.int64],
    cascade: NDArray[np.int64],
    *,
    accounts: int,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], ...]:
    """Return each account's share of the weight, low and high; account -1 is no driver."""
    cascades = int(cascade.max()) + 1
    even = np.full(cascades, 1 / cascades)
    shares = np.empty((_RESAMPLES + 1, accounts))
    for again in range(_RESAMPLES + 1):
        times = rng.multinomial(cascades, even) if again else np.ones(cascades)
        counted = weight * times[cascade]
        credit = np.bincount(account + 1, weights=counted, minlength=accounts + 1)[1:]
        shares[again] = credit / max(counted.sum(), 1e-12)
    low, high = np.quantile(shares[1:], [0.025, 0.975], axis=0)
    return shares[0], low, high


def _with_evidence(found: pd.DataFrame, rows: pd.DataFrame, active: pd.DataFrame) -> pd.DataFrame:
    low, high = active["at"].min(), active["at"].max()
    posted = _originals(rows, low, high).drop_duplicates("author_id").set_index("author_id")
    credited = active[active.root_author_id.isin(found.user_id)]
    passed = credited.groupby(["root_author_id", "root_id"], as_index=False).size()
    passed = passed.sort_values(["size", "root_id"], ascending=[False, True], kind="stable")
    read = passed.groupby("root_author_id").root_id.agg(
        lambda ids: ids.head(_EVIDENCE_A_DRIVER).tolist()
    )
    return found.assign(
        first_at=found.user_id.map(posted["at"]), evidence=found.user_id.map(read)
    ).reset_index(drop=True)[COLUMNS]


def _originals(rows: pd.DataFrame, low: pd.Timestamp, high: pd.Timestamp) -> pd.DataFrame:
    within = (rows["at"] >= low) & (rows["at"] <= high)
    return rows[within & (rows.kind != "retweet") & ~rows.manual_retweet]
