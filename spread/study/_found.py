"""The path itself: each analysis once, its results side by side."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from threading import Thread
from typing import Protocol, TypeVar

import igraph
import pandas as pd

from spread import cascade, coordination, graphs, hashtags, hawkes, hijack, places, seeds
from spread._random import stream
from spread.hashtags import Family
from spread.hawkes import Between, Traces, Without
from spread.hijack import Turn
from spread.study import _between, _camps, _drawn, _standing, _vocabulary
from spread.study._camps import Camps
from spread.study._scope import Scope
from spread.trees import Forests

_COMPARED = 20
_COMPARED_CAMPS = ("A", "B")
_IN_STEP_S = 10

STEPS = {
    "reconstructing cascades": 3,
    "tracing the family of tags": 20,
    "locating accounts": 25,
    "tracing cities back to each other": 42,
    "finding communities": 50,
    "dating the turn": 54,
    "tracing tags back to their root": 70,
    "comparing accounts and camps": 78,
    "crediting accounts": 92,
    "laying out the network": 95,
}
"""The steps in order, and how much of the time is usually gone when each begins, in per cent."""

_Answer = TypeVar("_Answer")


class Step(Protocol):
    """What calls an analysis, by the name of its step, and returns its answer."""

    def __call__(self, name: str, make: Callable[[], _Answer]) -> _Answer:
        """Return what `make` returns, or returned before."""

    def beside(self, name: str, make: Callable[[], _Answer]) -> Callable[[], _Answer]:
        """Let `make` begin in a thread of its own; return what waits for its answer."""


NAMED = 0.5
"""How probable it must be that an account turned it, to be named for it."""

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
    vocabulary: pd.DataFrame
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
    without: Without | None
    profile: pd.DataFrame
    tags: list[str]
    located: pd.DataFrame
    arrivals: pd.DataFrame
    flows: pd.DataFrame
    between: Between | None
    nodes: pd.DataFrame
    edges: pd.DataFrame


def find(
    scope: Scope,
    *,
    coding: pd.DataFrame | None,
    launch: pd.Timestamp | None,
    labels: pd.DataFrame,
    seed: int,
    step: Step,
) -> Found:
    """Run the analyses; each is given to `step`, which may know its answer already.

    Communities are sought beside what needs none, and accounts credited beside what is told
    of the turn. Each analysis draws from a stream of its own, so that the order plays no part.
    What runs beside asks no table: an engine answers one question at a time.
    """
    root = scope.root
    kind, graph = _interactions(scope)
    retweets = graph if kind == "retweet" else graphs.retweets(scope.tweets)
    communities = step.beside(
        "finding communities", lambda: _camps.choose(retweets, coding, seed=seed)
    )
    forests, metrics, compared = step("reconstructing cascades", lambda: _cascades(scope, seed))
    family = step(
        "tracing the family of tags",
        lambda: None if root is None else hashtags.family(scope.tweets, root, rng=stream(seed, 5)),
    )
    tags = _tags(scope, family)
    located, arrivals, flows = step("locating accounts", lambda: _placed(scope, tags, seed))
    between = step(
        "tracing cities back to each other", lambda: _between.found(scope, located, seed)
    )
    used = communities()
    credited = step.beside(
        "crediting accounts",
        lambda: seeds.rank(forests, partition=used.accounts, rng=stream(seed, 4)),
    )

    def turning() -> tuple[Turn, pd.DataFrame]:
        turn = dated(scope, retweets, used, launch, seed)
        return turn, turned(forests, used, turn, seed)

    turn, who = step("dating the turn", turning)
    traced, without = step(
        "tracing tags back to their root",
        lambda: (_traced(scope, family, seed), _without(scope, who, seed)),
    )

    def comparing() -> dict[str, pd.DataFrame]:
        profile = beside(lambda: _profile(metrics, forests, used, seed))
        private = labels.screen_name[~labels.public]
        return {
            "vocabulary": _vocabulary.marks(scope.tweets, used, private),
            "coverage": cascade.coverage(scope.tagged),
            "roles": _standing.roles(retweets, scope, used, seed),
            "elites": _standing.elites(scope, used),
            "in_step": in_step(scope, seed),
            "profile": profile(),
        }

    rest = step("comparing accounts and camps", comparing)
    rank = credited()
    nodes, edges = step(
        "laying out the network", lambda: _drawn.network(graph, labels, used.accounts, seed=seed)
    )
    return Found(
        scope=scope,
        launch=launch,
        labels=labels,
        kind=kind,
        graph=graph,
        camps=used,
        forests=forests,
        metrics=metrics,
        reconstructions=compared,
        turn=turn,
        rank=rank,
        turned=who,
        family=family,
        traced=traced,
        without=without,
        tags=tags,
        located=located,
        arrivals=arrivals,
        flows=flows,
        between=between,
        nodes=nodes,
        edges=edges,
        **rest,
    )


def beside(make: Callable[[], _Answer]) -> Callable[[], _Answer]:
    """Let something begin in a thread of its own; return what waits for its answer."""
    answer: Future[_Answer] = Future()

    def work() -> None:
        try:
            answer.set_result(make())
        except BaseException as error:
            answer.set_exception(error)

    # Whoever interrupts a study does not wait for it.
    Thread(target=work, daemon=True).start()
    return answer.result


def _cascades(scope: Scope, seed: int) -> tuple[Forests, pd.DataFrame, pd.DataFrame]:
    """Return cascades, their metrics, and the largest of them under other reconstructions."""
    forests = cascade.forests(scope.tagged, rng=stream(seed, 2))
    metrics = cascade.metrics(forests)
    other = cascade.forests(scope.tagged, method="debatenight", rng=stream(seed, 2))
    return forests, metrics, reconstructions(metrics, cascade.metrics(other))


def _placed(
    scope: Scope, tags: list[str], seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return where accounts are, when tags arrived where, and what went from where to where."""
    located = places.of_users(scope.users, scope.tweets)
    arrivals = places.arrivals(scope.tweets, located, tags, rng=stream(seed, 6))
    return located, arrivals, places.flows(scope.tagged, located, rng=stream(seed, 10))


def _traced(scope: Scope, family: Family | None, seed: int) -> Traces | None:
    """Return which share of each tag's first day traces back to the root, if it can be told."""
    if scope.root is None or family is None or family.cannot_tell:
        return None
    kin = family.members.hashtag[family.members.hashtag != scope.root].tolist()
    if not kin:
        return None
    # Tables are told, not the process behind them: the step is kept without it.
    return replace(hawkes.traces(scope.tweets, scope.root, kin, rng=stream(seed, 11)), fit=None)


def _without(scope: Scope, turned: pd.DataFrame, seed: int) -> Without | None:
    """Return how much of the tag traces back to who turned it, if somebody is named."""
    likely = turned[turned.p_turned >= NAMED] if len(turned) else turned
    if scope.root is None or likely.empty:
        return None
    first = likely.sort_values(["p_turned", "user_id"], ascending=[False, True]).user_id.iloc[0]
    return replace(
        hawkes.without(scope.tweets, scope.root, [first], rng=stream(seed, 12)), fit=None
    )


def _profile(metrics: pd.DataFrame, forests: Forests, camps: Camps, seed: int) -> pd.DataFrame:
    """Compare the cascades of the two largest camps, curve by curve."""
    of_two = camps.accounts[camps.accounts.camp.isin(_COMPARED_CAMPS)]
    grouped = metrics.merge(of_two, on="user_id")
    if camps.refused or grouped.camp.nunique() < len(_COMPARED_CAMPS):
        return pd.DataFrame(columns=["matched", "group", "measure", "x", "y", "low", "high"])
    return cascade.profile(grouped, forests, by="camp", rng=stream(seed, 13))


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


def in_step(scope: Scope, seed: int) -> pd.DataFrame:
    """Return pairs of accounts that retweet the same within seconds of each other."""
    return coordination.detect(scope.tweets, within_s=_IN_STEP_S, rng=seed)


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
    if family is not None and family.cannot_tell:
        used = scope.usage[scope.usage.hashtag != family.root]
        used = used.sort_values(["tweets", "authors", "hashtag"], ascending=[False, False, True])
        return [family.root, *used.hashtag.head(TAGS - 1)]
    if family is None or scope.root is None:
        return (
            scope.usage.sort_values(["authors", "hashtag"], ascending=[False, True])
            .hashtag.head(TAGS)
            .tolist()
        )
    kin = family.members[family.members.hashtag != scope.root]
    kin = kin.sort_values(["authors", "hashtag"], ascending=[False, True])
    return [scope.root, *kin.hashtag.head(TAGS - 1)]
