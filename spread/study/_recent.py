"""Tweets over time where a few are much older than all others."""

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import hashtags
from spread.study._scope import Scope
from spread.tables import instants, microseconds

__all__ = ["core_begins", "timeline"]

_FEW, _REST = 0.02, 0.1


def timeline(scope: Scope, tags: list[str]) -> pd.DataFrame:
    """Return how often each tag was used when, as `hashtags.timeline`.

    Where at most 2 % of the tweets lie before a gap, and the others in the last tenth of the
    time, bins are as fine as these ask for; one long bin a tag holds what is older.
    """
    if not tags:
        return pd.DataFrame(columns=["hashtag", "start_at", "end_at", "tweets", "authors"])
    tagged = scope.tagged.filter(scope.tagged.origin == "collected")
    column = tagged.filter(tagged["at"].notnull())["at"].as_table().to_pyarrow()["at"]
    begin_us = core_begins(np.sort(microseconds(column)))
    if begin_us is None:
        return hashtags.timeline(scope.tweets, tags)
    since = ibis.literal(instants([begin_us])[0].to_pydatetime())
    recent = scope.tweets.filter(scope.tweets["at"] >= since)
    used = set(hashtags.usage(recent).hashtag) & set(tags)
    if not used:
        return hashtags.timeline(scope.tweets, tags)
    bins = hashtags.timeline(recent, sorted(used))
    older = hashtags.usage(scope.tweets.filter(scope.tweets["at"] < since))
    older = older[older.hashtag.isin(tags)].rename(columns={"first_at": "start_at"})
    older = older.assign(end_at=bins.start_at.min())[bins.columns]
    both = pd.concat([older.astype(bins.dtypes), bins], ignore_index=True)
    return both.sort_values(["hashtag", "start_at"], ignore_index=True)


def core_begins(at_us: NDArray[np.int64]) -> int | None:
    """Return when all but a few of the times begin, if those are much older; else None.

    Examples
    --------
    >>> core_begins(np.array([0, *range(1000, 1060)]))
    1000
    >>> core_begins(np.arange(60))
    """
    few = int(_FEW * len(at_us))
    if not few:
        return None
    begin = int(at_us[int(np.diff(at_us[: few + 1]).argmax()) + 1])
    if at_us[-1] - begin > _REST * (at_us[-1] - at_us[0]):
        return None
    return begin
