"""The tables of a study: what is drawn, shown and written."""

import pandas as pd

from spread import cascade, coordination, hashtags
from spread.archive import ReadReport
from spread.study import _between, _drawn, _evidence, _naive, _places, _story
from spread.study._found import Found

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
    found: Found, report: ReadReport, *, names: bool, time_zone: str, seed: int
) -> dict[str, pd.DataFrame]:
    """Return every table of a study by its name."""
    places = _places.shown(found.arrivals, found.located, names=names)
    told = _places.told(places, found.scope.root)
    depth_refused = any(topic == _story.DEPTH for topic, _ in _story.of_cascades(found).refusals)
    nodes, edges = _drawn.network(found.graph, found.labels, found.camps.accounts, seed=seed)
    return {
        "files": report.files,
        "rejects": report.rejects,
        "usage": found.scope.usage,
        "timeline": _timeline(found),
        "nodes": nodes,
        "edges": edges,
        "camps": found.camps.accounts,
        "resolutions": found.camps.profile,
        "vocabulary": found.vocabulary,
        "seeds": _labelled(found.rank, found.labels),
        "metrics": found.metrics,
        "reconstructions": found.reconstructions.iloc[: 0 if depth_refused else None],
        "coverage": found.coverage,
        "profile": found.profile,
        "tree": _largest(found),
        "ccdf": cascade.ccdf(found.metrics, _DISTRIBUTIONS),
        "turn_shares": found.turn.shares,
        "turn_timeline": found.turn.timeline,
        "turn_posterior": found.turn.posterior,
        "turn_changes": found.turn.changes,
        "turn_volume": found.turn.volume,
        "drivers": _labelled(found.turn.drivers, found.labels),
        "turned": _labelled(found.turned, found.labels),
        "roles": _labelled(found.roles, found.labels),
        "elites": _labelled(found.elites, found.labels),
        "in_step": _in_step(found, names=names),
        **_family(found),
        "traced": _NOT_TRACED if found.traced is None else found.traced.table,
        "without": pd.DataFrame() if found.without is None else found.without.timeline,
        "influence": _NOT_TRACED if found.traced is None else found.traced.matrix,
        "arrivals": told.assign(hashtag=found.scope.shown.removeprefix("#")),
        "arrivals_all": places,
        "flows": found.flows,
        "between_cities": _between.table(found.between, names=names),
        "places": _places.cities(found.located, names=names),
        "evidence": _evidence.behind(
            found.scope.tweets,
            rank=found.rank,
            turn=found.turn,
            turned=found.turned,
            family=found.family,
            labels=found.labels,
            names=names,
        ),
        "naive": _naive.answers(
            rank=found.rank if _story.no_credit(found) is None else found.rank.iloc[:0],
            turn=found.turn,
            turned=found.turned,
            family=found.family,
            arrivals=told,
            labels=found.labels,
            time_zone=time_zone,
        ),
    }


def _timeline(found: Found) -> pd.DataFrame:
    """Return how often each tag was used when; no row where no tag occurs."""
    if not found.tags:
        return pd.DataFrame(columns=["hashtag", "start_at", "end_at", "tweets", "authors"])
    return hashtags.timeline(found.scope.tweets, found.tags)


def _labelled(table: pd.DataFrame, labels: pd.DataFrame) -> pd.DataFrame:
    joined = table.merge(labels.drop(columns="screen_name"), on="user_id", how="left")
    joined["label"] = joined.label.fillna("an unknown account")
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


def _family(found: Found) -> dict[str, pd.DataFrame]:
    if found.family is None:
        return {name: pd.DataFrame(columns=columns) for name, columns in _EMPTY.items()}
    return {name: getattr(found.family, name) for name in _EMPTY}
