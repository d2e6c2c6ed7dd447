"""What an account did, the tweets behind its credit, and the ranks by simpler rules."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.seeds._intervals import jeffreys

Numbers = NDArray[np.float64]

EVIDENCE = 5


def facts(
    events: pd.DataFrame,
    owners: NDArray[np.int64],
    counted: NDArray[np.bool_],
    per_event: Numbers,
    accounts: int,
) -> dict[str, Any]:
    """Return columns over accounts, from the events given."""
    table = events.assign(owner=owners, credit=per_event, received=0)
    received = pd.Series(counted & (events["event"] > 0).to_numpy()).groupby(
        events["cascade"].to_numpy()
    )
    is_root = table["event"] == 0
    table.loc[is_root, "received"] = table.loc[is_root, "cascade"].map(received.sum()).fillna(0)
    grouped = table.assign(root=is_root).groupby("owner")
    found = grouped.agg(
        originals=("root", "sum"),
        events=("root", "size"),
        first_at=("at", "min"),
        mark=("mark", "max"),
        received=("received", "sum"),
    ).reindex(range(accounts))
    best = table[table["credit"] > 0].sort_values(
        ["owner", "credit", "at", "tweet_id"], ascending=[True, False, True, True]
    )
    evidence = in_lists(best.groupby("owner").head(EVIDENCE), ["owner"], "tweet_id")
    first = table.sort_values(["at", "tweet_id"]).drop_duplicates("owner").set_index("owner")
    return {
        "originals": found["originals"],
        "retweets": found["events"] - found["originals"],
        "first_at": found["first_at"],
        "first_tweet_id": first["tweet_id"].reindex(range(accounts)),
        "evidence": evidence.set_index("owner")["tweet_id"].reindex(range(accounts)),
        "naive_followers_rank": found["mark"].rank(ascending=False, method="min"),
        "naive_first_rank": found["first_at"].rank(method="min"),
        "naive_retweets_rank": found["received"].rank(ascending=False, method="min"),
    }


def in_lists(table: pd.DataFrame, by: list[str], column: str) -> pd.DataFrame:
    """Return each run of equal keys once, with the list of its values."""
    first = (~table.duplicated(by)).to_numpy()
    values, starts = table[column].tolist(), np.flatnonzero(first)
    ends = np.append(starts, len(values))[1:]
    held = [values[start:end] for start, end in zip(starts, ends, strict=True)]
    kept = table.loc[first, by].reset_index(drop=True)
    return kept.assign(**{column: pd.Series(held, dtype="object")})


def external(
    events: pd.DataFrame,
    owners: NDArray[np.int64],
    counted: NDArray[np.bool_],
    accounts: int,
) -> dict[str, Numbers]:
    """Return the share of each account's counted events that nothing in the archive precedes.

    Those are originals by an account that had passed nothing on before. A 95 % Jeffreys
    interval, since most accounts have few events; NaN where none is counted.
    """
    table = pd.DataFrame({"owner": owners, "at": events["at"], "root": events["event"] == 0})
    passed = table[~table["root"]].groupby("owner")["at"].min()
    met = table["owner"].map(passed)
    own = table["root"] & (met.isna() | (table["at"] <= met))
    mine = counted & (owners < accounts)
    of = np.bincount(owners[mine], minlength=accounts).astype(np.float64)
    outside = np.bincount(owners[mine & own.to_numpy()], minlength=accounts).astype(np.float64)
    low, high = jeffreys(outside, of)
    share = np.divide(outside, of, out=np.full(accounts, np.nan), where=of > 0)
    return {"external": share, "external_low": low, "external_high": high}
