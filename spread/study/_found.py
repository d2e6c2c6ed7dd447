"""The path itself: each analysis once, its results side by side."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import igraph
import pandas as pd

from spread import cascade, coordination, graphs, hashtags, hawkes, hijack, places, seeds
from spread._random import stream
from spread.hashtags import Family
from spread.hawkes import Traces
from spread.hijack import Turn
from spread.study import _camps, _standing
from spread.study._camps import Camps
from spread.study._labels import accounts
from spread.study._scope import Scope
from spread.trees import Forests

_COMPARED = 20
_IN_STEP_S = 10

TAGS = 8
"""How many tags are followed over time and over places: the root and the largest."""


@dataclass(frozen=True)
class Found:
    """What the analyses found; everything that is told or drawn comes from here."""

    scope: Scope
    launch: pd.Timestamp | None
    labels: pd.DataFrame
    kind: str
    graph: igraph.Graph
    camps: Camps
    forests: Forests
    metrics: pd.DataFrame
    reconstructions: pd.DataFrame
    coverage: pd.DataFrame
    turn: Turn
    rank: pd.DataFrame
    turned: pd.DataFrame
    roles: pd.DataFrame
    elites: pd.DataFrame
    in_step: pd.DataFrame
    family: Family | None
    traced: Traces | None
    tags: list[str]
    located: pd.DataFrame
    arrivals: pd.DataFrame
    flows: pd.DataFrame


def find(
    scope: Scope,
    *,
    coding: pd.DataFrame | None,
    launch: pd.Timestamp | None,
    names: bool,
    seed: int,
    begin: Callable[[str], None],
) -> Found:
    """Run the analyses; `begin` is told the name of each step."""
    begin("finding communities")
    kind, graph = _interactions(scope)
    retweets = graph if kind == "retweet" else graphs.retweets(scope.tweets)
    used = _camps.choose(retweets, coding, seed=seed)
    begin("reconstructing cascades")
    forests = cascade.forests(scope.tagged, rng=stream(seed, 2))
    metrics = cascade.metrics(forests)
    other = cascade.forests(scope.tagged, method="debatenight", rng=stream(seed, 2))
    begin("dating the turn")
    turn = dated(scope, retweets, used, launch, seed)
    begin("crediting accounts")
    rank = seeds.rank(forests, partition=used.accounts, rng=stream(seed, 4))
    begin("tracing the family of tags")
    root = scope.root
    family = None if root is None else hashtags.family(scope.tweets, root, rng=stream(seed, 5))
    tags = _tags(scope, family)
    begin("tracing tags back to their root")
    traced = _traced(scope, family, seed)
    begin("locating accounts")
    located = places.of_users(scope.users, scope.tweets)
    return Found(
        scope=scope,
        launch=launch,
        labels=accounts(scope.users.to_pyarrow().to_pandas(), names=names),
        kind=kind,
        graph=graph,
        camps=used,
        forests=forests,
        metrics=metrics,
        reconstructions=reconstructions(metrics, cascade.metrics(other)),
        coverage=cascade.coverage(scope.tagged),
        turn=turn,
        rank=rank,
        turned=turned(forests, used, turn, seed),
        roles=_standing.roles(retweets, scope, used, seed),
        elites=_standing.elites(scope, used),
        in_step=in_step(scope),
        family=family,
        traced=traced,
        tags=tags,
        located=located,
        arrivals=places.arrivals(scope.tweets, located, tags, rng=stream(seed, 6)),
        flows=places.flows(scope.tagged, located, rng=stream(seed, 10)),
    )


def _traced(scope: Scope, family: Family | None, seed: int) -> Traces | None:
    """Return which share of each tag's first day traces back to the root, if it can be told."""
    if scope.root is None or family is None or family.cannot_tell:
        return None
    kin = family.members.hashtag[family.members.hashtag != scope.root].tolist()
    return hawkes.traces(scope.tweets, scope.root, kin, rng=stream(seed, 11)) if kin else None


def dated(
    scope: Scope, graph: igraph.Graph, camps: Camps, launch: pd.Timestamp | None, seed: int
) -> Turn:
    """Date the turn; a second time by camps to which the turn's own retweets gave nobody."""

    def detect(dating: pd.DataFrame) -> Turn:
        return hijack.detect(scope.tagged, dating, launch=launch, rng=stream(seed, 3))

    turn = detect(camps.dating)
    if turn.rising is None or camps.coded:
        return turn
    window = (turn.onset_low, turn.halfway_high)
    return detect(_camps.held_out(graph, camps.partition, seed=seed, outside=window))


def turned(forests: Forests, camps: Camps, turn: Turn, seed: int) -> pd.DataFrame:
    """Return who turned it; nobody where the camps are codes of tweets, not of accounts."""
    known = turn.rising in set(camps.accounts.camp)
    dated = replace(turn, cannot_tell="the camps are not of accounts") if not known else turn
    return seeds.rank(forests, partition=camps.accounts, turn=dated, rng=stream(seed, 9))


def in_step(scope: Scope) -> pd.DataFrame:
    """Return pairs of accounts that retweet the same within seconds of each other."""
    return coordination.detect(scope.tweets, within_s=_IN_STEP_S)


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
