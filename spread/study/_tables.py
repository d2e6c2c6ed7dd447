"""The tables of a study: what is drawn, shown and written."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pandas as pd

from spread import cascade, coordination
from spread.archive import ReadReport
from spread.hashtags import Family
from spread.hawkes import Between, Traces, Without
from spread.hijack import Turn
from spread.study import _between, _evidence, _naive, _places, _recent, _story
from spread.study._camps import Camps
from spread.study._found import Found
from spread.study._labels import UNKNOWN
from spread.trees import Forests

Tables: TypeAlias = dict[str, pd.DataFrame]

_DISTRIBUTIONS = ["size", "depth", "max_breadth", "virality", "star_depth", "star_virality"]

_EMPTY = {
    "members": ["hashtag", "shown", "first_at", "authors", "parent", "probability", "verdict"],
    "links": ["child", "parent", "probability"],
    "recruitment": ["child", "source", "share", "share_low", "share_high"],
    "merged": ["variant", "hashtag", "reason"],
    "companions": ["hashtag", "shown", "tweets", "authors", "together"],
}

_NOT_TRACED = pd.DataFrame(
    columns=["hashtag", "source", "target", "events", "share", "share_low", "share_high"]
)


def of(
    found: Found, report: ReadReport, *, names: bool, time_zone: str, timed: bool = True
) -> Tables:
    """Return every table of a study by its name."""
    public = _places.shown(found.arrivals, found.located, names=names)
    told = _places.ordered(_places.told(public, found.scope.root), found.family)
    credited = found.rank if _story.no_credit(found) is None else found.rank.iloc[:0]
    depth_refused = any(topic == _story.DEPTH for topic, _ in _story.of_cascades(found).refusals)
    return {
        "files": report.files,
        "rejects": report.rejects,
        "usage": found.scope.usage,
        "timeline": _recent.timeline(found.scope, found.tags),
        **_of_network((found.nodes, found.edges)),
        **_of_camps(found.camps),
        "vocabulary": found.vocabulary,
        **_of_credit(found.rank, found.labels),
        **_of_cascades((found.forests, found.metrics, found.reconstructions), found.labels),
        "reconstructions": found.reconstructions.iloc[: 0 if depth_refused else None],
        "coverage": _labelled(found.coverage, found.labels),
        "profile": found.profile,
        "tree": _largest(found),
        **_of_turn((found.turn, found.turned), found.labels),
        "roles": _labelled(found.roles, found.labels),
        "elites": _labelled(found.elites, found.labels),
        "in_step": _in_step(found, names=names),
        **_of_family(found.family),
        **_of_traces((found.traced, found.without)),
        "arrivals": told.assign(hashtag=found.scope.shown.removeprefix("#")),
        **_of_places((found.located, found.arrivals, found.flows), names=names),
        **_of_between(found.between, names=names),
        "evidence": _evidence.behind(
            found.scope.tweets,
            rank=credited,
            turn=found.turn,
            turned=found.turned,
            family=found.family,
            labels=found.labels,
            names=names,
        ),
        "naive": _naive.answers(
            rank=credited,
            turn=found.turn,
            turned=found.turned,
            family=found.family,
            arrivals=told,
            labels=found.labels,
            time_zone=time_zone,
            timed=timed,
        ),
    }


def of_step(name: str, answer: Any, *, labels: pd.DataFrame, names: bool) -> Tables:
    """Return the tables that a step alone decides, as they stand in the whole study."""
    tables: dict[str, Callable[[], Tables]] = {
        "finding communities": lambda: _of_camps(answer),
        "reconstructing cascades": lambda: _of_cascades(answer, labels),
        "dating the turn": lambda: _of_turn(answer, labels),
        "crediting accounts": lambda: _of_credit(answer, labels),
        "tracing the family of tags": lambda: _of_family(answer),
        "tracing tags back to their root": lambda: _of_traces(answer),
        "locating accounts": lambda: _of_places(answer, names=names),
        "tracing cities back to each other": lambda: _of_between(answer, names=names),
        "comparing accounts and camps": lambda: {
            "vocabulary": answer["vocabulary"],
            "coverage": _labelled(answer["coverage"], labels),
            "profile": answer["profile"],
        },
        "laying out the network": lambda: _of_network(answer),
    }
    return tables[name]()


def _of_network(drawn: tuple[pd.DataFrame, pd.DataFrame]) -> Tables:
    nodes, edges = drawn
    return {"nodes": nodes, "edges": edges}


def _of_camps(camps: Camps) -> Tables:
    return {"camps": camps.accounts, "resolutions": camps.profile}


def _of_cascades(found: tuple[Forests, pd.DataFrame, pd.DataFrame], labels: pd.DataFrame) -> Tables:
    metrics = found[1]
    measured = _labelled(metrics, labels)
    return {"metrics": measured, "ccdf": cascade.ccdf(metrics, _DISTRIBUTIONS)}


def _of_turn(found: tuple[Turn, pd.DataFrame], labels: pd.DataFrame) -> Tables:
    turn, turned = found
    return {
        "turn_shares": turn.shares,
        "turn_timeline": turn.timeline,
        "turn_posterior": turn.posterior,
        "turn_changes": turn.changes,
        "turn_volume": turn.volume,
        "drivers": _labelled(turn.drivers, labels),
        "turned": _labelled(turned, labels),
    }


def _of_credit(rank: pd.DataFrame, labels: pd.DataFrame) -> Tables:
    return {"seeds": _labelled(rank, labels)}


def _of_traces(found: tuple[Traces | None, Without | None]) -> Tables:
    traced, without = found
    return {
        "traced": _NOT_TRACED if traced is None else traced.table,
        "without": pd.DataFrame() if without is None else without.timeline,
        "influence": _NOT_TRACED if traced is None else traced.matrix,
    }


def _of_places(found: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame], *, names: bool) -> Tables:
    located, arrivals, flows = found
    return {
        "arrivals_all": _places.shown(arrivals, located, names=names),
        "flows": flows,
        "locations": _places.locations(located),
        "places": _places.cities(located, names=names),
    }


def _of_between(between: Between | None, *, names: bool) -> Tables:
    return {"between_cities": _between.table(between, names=names)}


def _labelled(table: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    joined = table.merge(labels.drop(columns="screen_name"), on="user_id", how="left")
    joined["label"] = joined.label.fillna(UNKNOWN)
    joined["public"] = joined.public.fillna(False).astype(bool)
    return joined


def _in_step(found: Found, *, names: bool) -> pd.DataFrame:
    """Return the clusters that share in step; who is in them, if accounts are named."""
    clusters = coordination.clusters(found.in_step)
    return clusters if names else clusters.drop(columns=["user_ids", "evidence"])


def _largest(found: Found) -> pd.DataFrame:
    """Return the tree of the largest cascade, the earliest of equals."""
    if found.metrics.empty:
        return pd.DataFrame(columns=["event", "parent", "probability", "depth", "at_s"])
    ordered = found.metrics.sort_values(["size", "cascade"], ascending=[False, True])
    tree = cascade.tree(found.forests, int(ordered.cascade.iloc[0]))
    camp = dict(zip(found.camps.accounts.user_id, found.camps.accounts.camp, strict=True))
    return _labelled(tree, found.labels).assign(
        camp=[camp.get(user, "other") for user in tree.user_id]
    )


def _of_family(family: Family | None) -> Tables:
    if family is None:
        return {name: pd.DataFrame(columns=columns) for name, columns in _EMPTY.items()}
    tables = {name: getattr(family, name) for name in _EMPTY}
    if family.cannot_tell:
        # What is refused is not told by a table instead; tags that stand beside the root are.
        return {name: t if name == "companions" else t.iloc[:0] for name, t in tables.items()}
    return tables
