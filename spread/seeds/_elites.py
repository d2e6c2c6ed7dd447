"""Elites that a crowd confers: who is passed on by how many, camp by camp, over time."""

from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from spread._arguments import require_count, require_number
from spread.seeds._chosen import camps_of
from spread.seeds._facts import EVIDENCE, in_lists
from spread.seeds._intervals import jeffreys
from spread.tables import TWEETS, Table, expression, instants

_NEEDED = ["author_id", "origin", "at", "kind", "retweet_of", "retweet_author_id"]
_CAMPS = pa.schema([("user_id", pa.string()), ("camp", pa.string())])
_COLUMNS = [
    *("start_at", "end_at", "camp", "user_id", "retweeters", "of", "share", "share_low"),
    *("share_high", "rank", "entered", "evidence"),
]


def elites(
    tweets: Table, partition: Any, *, slice_s: float = 3600.0, most: int = 10
) -> pd.DataFrame:
    """Say whom each camp's people passed on most, slice of time by slice.

    An account's share is that of the distinct people of a camp, among those who passed
    anything on within the slice, who passed the account on: a heavy retweeter counts once.
    One table over the whole time would hide who began it; slices show when an account
    entered.

    Parameters
    ----------
    tweets
        A table with author_id, origin, at, kind, retweet_of and retweet_author_id. Collected
        retweets count, and no retweet of oneself.
    partition
        `communities.Partition`, or a frame with user_id and camp (or community), of those
        who pass on; those without are left out.
    slice_s
        How long a slice is, seconds; slices begin at multiples of it since 1970.
    most
        How many accounts are kept, by slice and camp; with those that tie with the last.

    Returns
    -------
    DataFrame
        start_at, end_at, camp (of the people who confer), user_id (on whom), retweeters, of
        (people of the camp who passed anything on), share (_low, _high: 95 % Jeffreys), rank
        (1 is best; ties share it), entered (whether this is the account's first slice among
        that camp's kept), evidence (up to 5 ids of the tweets passed on, most often first);
        by start_at, camp, rank, user_id.

    Raises
    ------
    MissingColumnError
        The table lacks columns.
    UsageError
        slice_s or most is below 1, or the partition cannot be used.

    References
    ----------
    Papacharissi & de Fatima Oliveira 2012, https://doi.org/10.1111/j.1460-2466.2012.01630.x;
    Jackson & Foucault Welles 2015 (on #myNYPD), https://doi.org/10.1111/jcom.12185

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "author_id": ["b", "c", "c"], "origin": "collected", "kind": "retweet",
    ...     "at": pd.to_datetime(["2014-04-22 18:01Z", "2014-04-22 18:02Z", "2014-04-22 18:03Z"]),
    ...     "retweet_of": ["1", "1", "2"], "retweet_author_id": ["a", "a", "d"]})
    >>> camps = pd.DataFrame({"user_id": ["b", "c"], "camp": "A"})
    >>> elites(tweets, camps)[["camp", "user_id", "retweeters", "of", "share"]].values.tolist()
    [['A', 'a', 2, 2, 1.0], ['A', 'd', 1, 2, 0.5]]
    """
    require_number("slice_s", slice_s, least=1, unit="seconds")
    require_count("most", most)
    acts = _acts(tweets, camps_of(partition), slice_s)
    everyone = acts.group_by("slice", "camp").aggregate(of=acts.author_id.nunique())
    conferred = acts.group_by("slice", "camp", user_id=acts.retweet_author_id).aggregate(
        retweeters=acts.author_id.nunique()
    )
    found = conferred.join(everyone, ["slice", "camp"]).to_pyarrow().to_pandas()
    found["rank"] = (
        found.groupby(["slice", "camp"])["retweeters"].rank(ascending=False, method="min")
    ).astype("int64")
    found = found[found["rank"] <= most].sort_values(["slice", "camp", "rank", "user_id"])
    found["entered"] = ~found.duplicated(["camp", "user_id"])
    found = found.merge(_evidence(acts), "left", ["slice", "camp", "user_id"])
    low, high = jeffreys(found["retweeters"].to_numpy(np.float64), found["of"].to_numpy(np.float64))
    step_us = round(slice_s * 1e6)
    begin = found["slice"].to_numpy(np.int64) * step_us
    return found.assign(
        start_at=instants(begin),
        end_at=instants(begin + step_us),
        share=found["retweeters"] / found["of"],
        share_low=low,
        share_high=high,
    )[_COLUMNS]


def _acts(tweets: Table, camps: pd.Series, slice_s: float) -> ibis.Table:
    """Return who passed on whom: slice, camp, author_id, retweet_author_id, retweet_of."""
    known = expression(tweets, TWEETS, _NEEDED)
    passed = known.filter(
        known.kind == "retweet", known.origin == "collected", known["at"].notnull(),
        known.retweet_author_id.notnull(), known.retweet_author_id != known.author_id,
    )  # fmt: skip
    microseconds = passed["at"].epoch_seconds() * 1_000_000
    passed = passed.mutate(slice=(microseconds // round(slice_s * 1e6)).cast("int64"))
    members = pd.DataFrame({"user_id": camps.index.astype(str), "camp": camps.to_numpy()})
    of_camp = expression(members, _CAMPS, ["user_id", "camp"])
    joined = passed.join(of_camp, passed.author_id == of_camp.user_id)
    return joined.select("slice", "camp", "author_id", "retweet_author_id", "retweet_of")


def _evidence(acts: ibis.Table) -> pd.DataFrame:
    """Return the tweets passed on most, per slice, camp and account."""
    by = ["slice", "camp", "user_id"]
    counted = (
        acts.filter(acts.retweet_of.notnull())
        .group_by("slice", "camp", "retweet_of", user_id=acts.retweet_author_id)
        .aggregate(people=acts.author_id.nunique())
        .to_pyarrow()
        .to_pandas()
        .sort_values([*by, "people", "retweet_of"], ascending=[True, True, True, False, True])
    )
    kept = counted.groupby(by).head(EVIDENCE)
    return in_lists(kept, by, "retweet_of").rename(columns={"retweet_of": "evidence"})
