"""The path itself: each analysis once, its results side by side."""

from collections.abc import Callable
from dataclasses import dataclass

import igraph
import numpy as np
import pandas as pd

from spread import cascade, communities, graphs, hashtags, hijack, places, seeds
from spread._random import stream
from spread.communities import Partition
from spread.hashtags import Family
from spread.hijack import Turn
from spread.study._labels import accounts
from spread.study._scope import Scope
from spread.trees import Forests

# A graph of more edges is searched less often, down to five times: its quality hardly varies.
_SEARCHED_EDGES = 70_000
_RUNS = (5, 20)

_COMPARED = 20

# Exchanging within runs of 30 retweets blurs time a little, so that pure timing explains
# somewhat less than all of the modularity.
_TIMED_MOST = 0.8

TAGS = 8
"""How many tags are followed over time and over places: the root and the largest."""


@dataclass(frozen=True)
class Found:
    """What the analyses found; everything that is told or drawn comes from here."""

    scope: Scope
    labels: pd.DataFrame
    kind: str
    graph: igraph.Graph
    profile: pd.DataFrame
    partition: Partition
    camps: pd.DataFrame
    coded: bool
    camps_refused: str | None
    forests: Forests
    metrics: pd.DataFrame
    reconstructions: pd.DataFrame
    coverage: pd.DataFrame
    turn: Turn
    rank: pd.DataFrame
    family: Family | None
    tags: list[str]
    located: pd.DataFrame
    arrivals: pd.DataFrame


def find(
    scope: Scope,
    *,
    camps: pd.DataFrame | None,
    names: bool,
    seed: int,
    begin: Callable[[str], None],
) -> Found:
    """Run the analyses; `begin` is told the name of each step."""
    begin("finding communities")
    kind, graph = _interactions(scope)
    retweets = graph if kind == "retweet" else graphs.retweets(scope.tweets)
    runs = int(np.clip(_SEARCHED_EDGES // max(retweets.ecount(), 1), *_RUNS))
    profile = communities.profile(retweets, runs=max(runs // 3, 2), rng=stream(seed, 0))
    partition = communities.detect(
        retweets,
        resolution=communities.clearest(profile),
        runs=runs,
        rewirings=runs,
        rng=stream(seed, 1),
    )
    refused = partition.cannot_tell or _timing(retweets, partition, runs, seed)
    folded = communities.camps(partition)
    if refused:
        folded = folded.iloc[:0]
    used = folded if camps is None else camps
    begin("reconstructing cascades")
    forests = cascade.forests(scope.tagged, rng=stream(seed, 2))
    metrics = cascade.metrics(forests)
    other = cascade.forests(scope.tagged, method="debatenight", rng=stream(seed, 2))
    begin("dating the turn")
    turn = hijack.detect(scope.tagged, used, rng=stream(seed, 3))
    begin("crediting accounts")
    rank = seeds.rank(forests, partition=used, rng=stream(seed, 4))
    begin("tracing the family of tags")
    root = scope.root
    family = None if root is None else hashtags.family(scope.tweets, root, rng=stream(seed, 5))
    tags = _tags(scope, family)
    begin("locating accounts")
    located = places.of_users(scope.users, scope.tweets)
    return Found(
        scope=scope,
        labels=accounts(scope.users.to_pyarrow().to_pandas(), names=names),
        kind=kind,
        graph=graph,
        profile=profile,
        partition=partition,
        camps=used,
        coded=camps is not None,
        camps_refused=refused,
        forests=forests,
        metrics=metrics,
        reconstructions=reconstructions(metrics, cascade.metrics(other)),
        coverage=cascade.coverage(scope.tagged),
        turn=turn,
        rank=rank,
        family=family,
        tags=tags,
        located=located,
        arrivals=places.arrivals(scope.tweets, located, tags, rng=stream(seed, 6)),
    )


def reconstructions(fitted: pd.DataFrame, fixed: pd.DataFrame) -> pd.DataFrame:
    """Return the largest cascades under three reconstructions, side by side.

    The fitted posterior, DebateNight's fixed kernel (arXiv:1802.09808) and the
    star that the platform reports. Which one is chosen matters more than the interval of
    any: where accounts see the original rather than its retweets, the fitted posterior is
    too deep.
    """
    shown = ["depth", "depth_low", "depth_high", "virality", "virality_low", "virality_high"]
    largest = fitted.sort_values(["size", "cascade"], ascending=[False, True]).head(_COMPARED)
    same = fixed.set_index("cascade").loc[largest.cascade]
    star = pd.DataFrame(
        {name: largest[f"star_{name.partition('_')[0]}"].to_numpy() for name in shown}
    )
    parts = {"fitted": largest[shown], "debatenight": same[shown], "star": star}
    named = largest[["cascade", "tweet_id", "user_id", "size"]].reset_index(drop=True)
    return pd.concat(
        [
            named.assign(method=name).join(part.reset_index(drop=True))
            for name, part in parts.items()
        ],
        ignore_index=True,
    )


def _interactions(scope: Scope) -> tuple[str, igraph.Graph]:
    """Return the retweet graph or, where nobody retweets, that of replies or mentions."""
    builders = {
        "retweet": graphs.retweets,
        "reply": graphs.replies,
        "mention": graphs.mentions,
    }
    for kind, build in builders.items():
        if (graph := build(scope.tweets)).ecount():
            return kind, graph
    return "retweet", graphs.retweets(scope.tweets)


def _timing(graph: igraph.Graph, partition: Partition, runs: int, seed: int) -> str | None:
    """Return why the camps may be no more than people who were there at the same time."""
    null = communities.timing_null(
        graph, resolution=partition.resolution, rewirings=runs, rng=stream(seed, 7)
    )
    beyond_chance = partition.typical_quality - partition.null_quality
    explained = float(null.mean() - partition.null_quality) / beyond_chance
    if explained < _TIMED_MOST:
        return None
    return (
        f"{min(explained, 1):.0%} of the modularity beyond chance is explained by when accounts "
        "were there: it stays when those who were retweeted at the same time are exchanged"
    )


def _tags(scope: Scope, family: Family | None) -> list[str]:
    """Return the root and the largest tags that come from it, or the commonest tags."""
    if family is None or scope.root is None:
        return (
            scope.usage.sort_values(["authors", "hashtag"], ascending=[False, True])
            .hashtag.head(TAGS)
            .tolist()
        )
    kin = family.members[family.members.hashtag != scope.root]
    kin = kin.sort_values(["authors", "hashtag"], ascending=[False, True])
    return [scope.root, *kin.hashtag.head(TAGS - 1)]
