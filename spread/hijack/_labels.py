"""Which camp each tweet speaks for: its author's, by community or list, or its own code."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from spread import tables
from spread._errors import UsageError
from spread.hijack._codings import given
from spread.hijack._misclassification import misclassification

__all__ = ["Labels", "corrected", "labelled"]

_CAMPS = pa.schema(
    [
        ("user_id", pa.string()),
        ("camp", pa.string()),
        ("split", pa.int64()),
        ("tweet_id", pa.string()),
        ("code", pa.string()),
        ("coder", pa.string()),
    ]
)


@dataclass(frozen=True, eq=False)
class Labels:
    """The camp of each row that was read, as found once or in several splits.

    `splits` hold a camp a row (null: none), `camp` the commonest of them. `audience` says
    that the camps are accounts', so that those who retweet count as well. `errors` are
    draws of the matrix P(coded | true) over `names`, where tweets were coded twice; `weak`
    says why the labels are weak evidence.
    """

    splits: tuple[pd.Series, ...]
    camp: pd.Series
    names: tuple[str, ...]
    audience: bool
    errors: NDArray[np.float64] | None = None
    weak: str | None = None


def labelled(
    rows: pd.DataFrame,
    tweets: tables.Table,
    camps: tables.Table | str,
    rng: np.random.Generator | int | None = None,
) -> Labels:
    """Return the camps of the rows that `read` gave, however they were said."""
    if isinstance(camps, str):
        if camps == "tweet_id":
            raise UsageError("camps cannot be used", got="'tweet_id'", allowed="a column of codes")
        schema = pa.schema([("tweet_id", pa.string()), (camps, pa.string())])
        coded = tables.frame(tweets, schema, ["tweet_id", camps])
        return _of_codes(rows, coded.rename(columns={camps: "code"}), None, rng)
    known = getattr(camps, "column_names", getattr(camps, "columns", ()))
    names = [str(name) for name in known]
    if "tweet_id" in names and "code" in names:
        coded = tables.frame(camps, _CAMPS, ["tweet_id", "code"], optional=["coder"])
        return _of_codes(rows, coded, getattr(camps, "attrs", {}).get("weak"), rng)
    found = tables.frame(camps, _CAMPS, ["user_id", "camp"], optional=["split"])
    found = found.assign(camp=given(found.camp), split=found.split.fillna(0)).dropna(
        subset=["user_id", "camp"]
    )
    return _of_accounts(rows, found)


def _of_accounts(rows: pd.DataFrame, camps: pd.DataFrame) -> Labels:
    _check_once(camps, "user_id", "an account has two camps")
    splits = tuple(
        rows.author_id.map(part.set_index("user_id").camp) for _, part in camps.groupby("split")
    )
    votes = camps.value_counts(["user_id", "camp"]).reset_index()
    votes = votes.sort_values(["count", "camp"], ascending=[False, True])
    commonest = votes.drop_duplicates("user_id").set_index("user_id").camp
    single = rows.author_id.map(commonest)
    held = {name for camp in (*splits, single) for name in camp.dropna().unique()}
    names = tuple(sorted(held))
    return Labels(splits or (single,), single, names, audience=True)


def _of_codes(
    rows: pd.DataFrame,
    coded: pd.DataFrame,
    weak: str | None,
    rng: np.random.Generator | int | None,
) -> Labels:
    coded = coded.assign(code=given(coded.code)).dropna(subset=["tweet_id", "code"])
    errors, names = None, tuple(sorted(set(coded.code)))
    if "coder" in coded and coded.coder.nunique() > 1:
        found = misclassification(coded, rng=rng)
        errors, names = (None if found.cannot_tell else found.draws), found.labels
        if found.cannot_tell:
            weak = f"how often codes are wrong is unknown: {found.cannot_tell}"
        # The matrix is of one coder: what several agree on is wrong less often.
        coded = coded.sort_values(["tweet_id", "coder"]).drop_duplicates("tweet_id")
    _check_once(coded, "tweet_id", "a tweet has two codes")
    single = rows.root_id.map(coded.set_index("tweet_id").code)
    return Labels((single,), single, names, audience=False, errors=errors, weak=weak)


def _check_once(table: pd.DataFrame, name: str, what: str) -> None:
    keys = [name, "split"] if "split" in table else [name]
    if (again := table.duplicated(keys)).any():
        raise UsageError(what, got=f"{name} {table[name][again].iloc[0]!r}", allowed="one row each")


def corrected(
    drawn: NDArray[np.float64], labels: Labels, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return drawn shares (draws × side × camp) of true instead of coded camps.

    Coded shares q are Mᵀp, with M = P(coded | true) drawn from its posterior. What no p can
    give is moved to the nearest that is a distribution (negative shares to 0). Errors that
    do not change over time cannot move the date of a change, only make it look smaller.
    """
    if labels.errors is None:
        return drawn
    chosen = labels.errors[rng.integers(0, len(labels.errors), len(drawn))]
    solved = np.linalg.solve(np.swapaxes(chosen, 1, 2), np.swapaxes(drawn, 1, 2))
    shares = np.maximum(np.swapaxes(solved, 1, 2), 0)
    return np.asarray(shares / shares.sum(axis=2, keepdims=True))
