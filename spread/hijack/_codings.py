"""The table of codes that people gave by hand."""

import pandas as pd
import pyarrow as pa

from spread import tables
from spread._errors import UsageError

__all__ = ["CODINGS", "NONE_TWICE", "given", "pairs_by_tweet", "read_codings"]

CODINGS = pa.schema([("tweet_id", pa.string()), ("coder", pa.string()), ("code", pa.string())])
"""One row a tweet and coder; a code that is null or blank has not been given."""

_ROUNDED = r"\s*\d+(?:[.,]\d+)?[eE]\+?\d+\s*"
NONE_TWICE = "no tweet was coded by two coders"


def given(names: pd.Series) -> pd.Series:
    """Return the names of codes or camps without blanks around them; null where none is given."""
    return names.str.strip().replace("", None)


def read_codings(codings: tables.Table) -> pd.DataFrame:
    """Return the codes that were given: tweet_id, coder, code, sorted; a repeat is dropped.

    Raises
    ------
    UsageError
        A coder gave a tweet two codes, or ids were rounded by a spreadsheet.
    """
    rows = tables.frame(codings, CODINGS, ["tweet_id", "coder", "code"])
    rows = rows.assign(code=given(rows.code)).dropna().drop_duplicates()
    rounded = rows.tweet_id[rows.tweet_id.str.fullmatch(_ROUNDED)]
    if len(rounded):
        raise UsageError(
            "tweet ids were rounded by a spreadsheet",
            got=repr(rounded.iloc[0]),
            hint="Import the column tweet_id as text",
        )
    twice = rows[rows.duplicated(["tweet_id", "coder"])]
    if len(twice):
        raise UsageError(
            "a coder gave a tweet two codes",
            got=f"tweet_id {twice.tweet_id.iloc[0]!r}, coder {twice.coder.iloc[0]!r}",
            allowed="one row a tweet and coder",
        )
    return rows.sort_values(["tweet_id", "coder"], ignore_index=True)


def pairs_by_tweet(rows: pd.DataFrame) -> pd.DataFrame:
    """Return tweet_id, coders, disagreement (share of its pairs of coders): coded twice."""
    each = rows.groupby(["tweet_id", "code"]).size().rename("votes").reset_index()
    each["agreeing"] = each.votes * (each.votes - 1)
    by_tweet = each.groupby("tweet_id").agg(coders=("votes", "sum"), agreeing=("agreeing", "sum"))
    by_tweet = by_tweet[by_tweet.coders > 1].reset_index()
    pairs = by_tweet.coders * (by_tweet.coders - 1)
    by_tweet["disagreement"] = 1 - by_tweet.agreeing / pairs
    return by_tweet[["tweet_id", "coders", "disagreement"]]
