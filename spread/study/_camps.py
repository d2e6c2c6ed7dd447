"""Which camps the turn is told by: found in who retweets whom, or coded by the user."""

from dataclasses import dataclass
from typing import Any

import igraph
import numpy as np
import pandas as pd
import pyarrow as pa

from spread import communities, tables
from spread._errors import UsageError
from spread._random import stream
from spread.communities import Partition

__all__ = ["Camps", "checked", "choose", "held_out"]

# A graph of more edges is searched less often, down to five times: its quality hardly varies.
_SEARCHED_EDGES = 70_000
_RUNS = (5, 20)
_SPLITS = 3

# On a graph of more edges the later rounds of a search take nearly all the time and add a
# percent to the quality, of rewired graphs as well; and its quality varies so little that
# fewer searches tell what they tell. Three rounds are left, and two to compare resolutions,
# as many as igraph does by default.
_MANY_EDGES = 50_000
_TOLERANCE, _TOLERANCE_OF_MANY = 1e-6, 5e-3
_PROFILE_TOLERANCE_OF_MANY = 3e-2
_RUNS_OF_MANY = 3
_SPLITS_OF_MANY = 2

# Exchanging within runs of 30 retweets blurs time a little, so that pure timing explains
# somewhat less than all of the modularity.
_TIMED_MOST = 0.8

_ACCOUNTS = pa.schema([("user_id", pa.string()), ("camp", pa.string())])
_TWEETS = pa.schema([("tweet_id", pa.string()), ("code", pa.string()), ("coder", pa.string())])


@dataclass(frozen=True, eq=False)
class Camps:
    """Camps of accounts, and what dates the turn.

    `accounts` is user_id, camp; `dating` what `hijack.detect` takes: the same, or camps held
    out from the accounts that they are for, or codes of tweets. `coded` names what the user
    coded, "accounts" or "tweets". `refused` says why there are none.
    """

    accounts: pd.DataFrame
    dating: pd.DataFrame
    coded: str | None
    refused: str | None
    partition: Partition
    profile: pd.DataFrame


def choose(
    graph: igraph.Graph,
    coding: pd.DataFrame | None,
    *,
    resolution: float | None = None,
    seed: int,
) -> Camps:
    """Find camps in a retweet graph; a coding by the user comes before them.

    The resolution is the one at which communities stand out most, unless it is given.
    A graph of more than 50,000 edges is searched until a round adds less than 0.5 % of the
    quality (3 % for the profile) rather than a millionth, and three times, as are its rewired
    graphs; the profile and the timing rest on one graph each, since the quality of such large
    graphs has a deviation of 0.0002 to 0.0006. Its accounts are halved twice rather than three
    times. `partition.tolerance` and `partition.runs` say which.
    """
    many = graph.ecount() > _MANY_EDGES
    runs = int(np.clip(_SEARCHED_EDGES // max(graph.ecount(), 1), *_RUNS))
    runs = _RUNS_OF_MANY if many else runs
    profile = communities.profile(
        graph,
        runs=max(runs // 3, 2),
        rewirings=1 if many else None,
        tolerance=_PROFILE_TOLERANCE_OF_MANY if many else _TOLERANCE,
        rng=stream(seed, 0),
    )
    partition = communities.detect(
        graph,
        resolution=communities.clearest(profile) if resolution is None else resolution,
        runs=runs,
        rewirings=runs,
        tolerance=_TOLERANCE_OF_MANY if many else _TOLERANCE,
        rng=stream(seed, 1),
    )
    refused = partition.cannot_tell or _timing(graph, partition, 1 if many else runs, seed)
    accounts = communities.camps(partition)
    dating = held_out(graph, partition, seed=seed)
    if refused:
        accounts, dating = accounts.iloc[:0], dating.iloc[:0]
    coded = None
    if coding is not None:
        dating, coded = coding, "tweets"
        if "user_id" in coding:
            accounts, coded = coding, "accounts"
    return Camps(accounts, dating, coded, refused, partition, profile)


def held_out(
    graph: igraph.Graph,
    partition: Partition,
    *,
    seed: int,
    outside: tuple[Any, Any] | None = None,
) -> pd.DataFrame:
    """Return camps held out from the accounts that they are for."""
    return communities.held_out_camps(
        graph,
        partition,
        splits=_SPLITS_OF_MANY if graph.ecount() > _MANY_EDGES else _SPLITS,
        outside=outside,
        rng=stream(seed, 8),
    )


def checked(coding: pd.DataFrame) -> pd.DataFrame:
    """Return a coding by the user, of accounts or of tweets, as text, without gaps."""
    if "tweet_id" in coding.columns:
        kept = tables.frame(coding, _TWEETS, ["tweet_id", "code"], optional=["coder"])
        kept = kept.assign(code=_given(kept.code)).dropna(subset=["tweet_id", "code"])
        kept.attrs = dict(coding.attrs)
        return _filled(kept.drop(columns="coder") if kept.coder.isna().all() else kept)
    kept = tables.frame(coding, _ACCOUNTS, ["user_id", "camp"])
    kept = kept.assign(camp=_given(kept.camp)).dropna()
    if kept.user_id.duplicated().any():
        twice = kept.user_id[kept.user_id.duplicated()].iloc[0]
        raise UsageError("an account has two camps", got=repr(twice), hint="Keep one row each")
    return _filled(kept)


def _given(names: pd.Series) -> pd.Series:
    """Return names without blanks around them; a cell left blank names nothing."""
    return names.str.strip().replace("", None)


def _filled(coding: pd.DataFrame) -> pd.DataFrame:
    if coding.empty:
        raise UsageError(
            "the coding of camps is empty",
            allowed="rows with user_id and camp, or with tweet_id and code",
        )
    return coding.reset_index(drop=True)


def _timing(graph: igraph.Graph, partition: Partition, rewirings: int, seed: int) -> str | None:
    """Return why the camps may be no more than people who were there at the same time."""
    null = communities.timing_null(
        graph,
        resolution=partition.resolution,
        rewirings=rewirings,
        tolerance=partition.tolerance,
        rng=stream(seed, 7),
    )
    beyond_chance = partition.typical_quality - partition.null_quality
    explained = float(null.mean() - partition.null_quality) / beyond_chance
    if explained < _TIMED_MOST:
        return None
    return (
        f"{100 * min(explained, 1):.0f} % of the modularity beyond chance is explained by when "
        "accounts were there: it stays when those who were retweeted at the same time are exchanged"
    )
