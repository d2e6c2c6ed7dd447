"""Codes by hand: what to code, and one code a tweet."""

import html

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import tables
from spread._arguments import require_count, require_number
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.hijack._codings import read_codings
from spread.text import csv_cell, plain

__all__ = ["consensus", "sample_to_code"]


def sample_to_code(
    tweets: tables.Table,
    n: int,
    *,
    coders: int = 2,
    double: float = 0.2,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return a random sample of originals, one a cascade, as sheets to be coded by hand.

    The originals with a text, in order of time, are cut into n runs of equal length (or one
    more), and one is drawn from each: every stretch of the talk is covered evenly, however
    fast it was. A share of the sample is given to every coder, so that `agreement` and
    `misclassification` can be had; the rest is dealt out evenly. Each coder's rows come in
    random order: neither the course of events nor which tweets are coded twice shows.

    Write it with `to_csv(path, index=False)`, read it with `read_csv(path, dtype=str)`. In a
    spreadsheet, import the column tweet_id as text: as numbers long ids are rounded.

    Parameters
    ----------
    tweets
        Table of tweets: tweet_id, author_id, at, kind, text; where there, origin and
        manual_retweet. Retweets, also those typed by hand, and what lies outside the
        collected span are not drawn.
    n
        How many tweets; at least 1.
    coders
        How many people code.
    double
        Share of the n tweets that every coder codes, 0 to 1, rounded to whole tweets.
    rng
        Seed or generator.

    Returns
    -------
    DataFrame
        tweet_id, at, author_id, text (safe to open in a spreadsheet), code (null), coder
        ("coder 1", …), weight (how many originals the tweet stands for; over the n tweets
        they sum to all originals). `attrs["seed"]` is the seed of the draw.

    Raises
    ------
    UsageError
        n is not between 1 and the number of originals; coders or double cannot be used.

    References
    ----------
    Neyman 1934, https://doi.org/10.2307/2342192 (stratified samples); Krippendorff 2018,
    Content Analysis, 4th ed., ch. 12 (coders work independently of each other).

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": list("abcd"), "author_id": list("1234"),
    ...     "at": pd.to_datetime(["2014-04-22"] * 4, utc=True), "kind": "tweet", "text": "=1+1"})
    >>> sheet = sample_to_code(tweets, 2, double=0.5, rng=1)
    >>> sheet[["text", "code", "weight"]].values.tolist()[0], sheet.coder.value_counts().tolist()
    (["'=1+1", nan, 2.0], [2, 1])
    """
    rows = _originals(tweets)
    _check_sample(n, len(rows), coders, double)
    seed = resolve_seed(rng)
    draw = stream(seed, 0)
    edges = np.arange(n + 1) * len(rows) // n
    sample = rows.iloc[draw.integers(edges[:-1], edges[1:])].assign(weight=np.diff(edges) * 1.0)
    sheets = []
    for number, places in enumerate(_dealt(n, coders, double, draw), start=1):
        part = sample.iloc[draw.permutation(places)]
        sheets.append(part.assign(coder=f"coder {number}"))
    sheet = pd.concat(sheets, ignore_index=True)
    # `plain` folds and cleans for HTML; a spreadsheet shows no entities, so they are undone.
    sheet["text"] = [csv_cell(html.unescape(plain(text, most=None))) for text in sheet.text]
    sheet["code"] = pd.Series(np.nan, index=sheet.index, dtype="str")
    sheet.attrs["seed"] = seed
    return sheet[["tweet_id", "at", "author_id", "text", "code", "coder", "weight"]]


def consensus(codings: tables.Table) -> pd.DataFrame:
    """Return one code a tweet: the one that most of its coders gave.

    Parameters
    ----------
    codings
        tweet_id, coder, code; rows without a code are passed over.

    Returns
    -------
    DataFrame
        tweet_id, code (null where codes tie), coders (how many coded it), by tweet_id.

    Raises
    ------
    UsageError
        A coder gave a tweet two codes, or ids were rounded by a spreadsheet.

    References
    ----------
    Dawid & Skene 1979, https://doi.org/10.2307/2346806, weigh coders by their errors; here all
    count alike, and what they disagree on stays uncertain: see `misclassification`.

    Examples
    --------
    >>> consensus(pd.DataFrame({"tweet_id": list("aabb"), "coder": list("1212"),
    ...     "code": ["praise", "praise", "praise", "protest"]}))
      tweet_id    code  coders
    0        a  praise       2
    1        b     NaN       2
    """
    rows = read_codings(codings)
    votes = rows.groupby(["tweet_id", "code"], as_index=False).agg(coders=("coder", "size"))
    most = votes.groupby("tweet_id").coders.transform("max")
    first = votes[votes.coders == most]
    alone = first[~first.tweet_id.duplicated(keep=False)].set_index("tweet_id").code
    total = votes.groupby("tweet_id").coders.sum().reset_index()
    total["code"] = total.tweet_id.map(alone).astype("str")
    return total.sort_values("tweet_id", ignore_index=True)[["tweet_id", "code", "coders"]]


def _originals(tweets: tables.Table) -> pd.DataFrame:
    tables.require_once(tweets)
    rows = tables.expression(
        tweets,
        tables.TWEETS,
        ["tweet_id", "author_id", "at", "kind", "text"],
        optional=["origin", "manual_retweet"],
    )
    collected = rows.filter(rows.origin.fill_null("collected") == "collected")
    span = collected.aggregate(first=collected["at"].min(), last=collected["at"].max())
    rows = rows.cross_join(span)
    originals = rows.filter(
        rows.kind != "retweet",
        ~rows.manual_retweet.fill_null(False),
        rows.author_id.notnull(),
        rows.text.strip() != "",
        rows["at"].between(rows["first"], rows["last"]),
    )
    chosen = originals.select("tweet_id", "at", "author_id", "text")
    return chosen.order_by(ibis.asc("at"), "tweet_id").to_pyarrow().to_pandas()


def _check_sample(n: int, most: int, coders: int, double: float) -> None:
    if not most:
        raise UsageError("there is nothing to code", got="no original with a text")
    require_count("n", n, most=most)
    require_count("coders", coders)
    require_number("double", double, least=0, most=1, unit="a share")


def _dealt(
    n: int, coders: int, double: float, draw: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Return each coder's places in the sample: what all code, and a part of the rest."""
    order = draw.permutation(n)
    shared = round(double * n)
    return [
        np.concatenate([order[:shared], order[shared + number :: coders]])
        for number in range(coders)
    ]
