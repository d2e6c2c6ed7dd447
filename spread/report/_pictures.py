"""The figures of a study, by name."""

from collections.abc import Callable

import plotly.graph_objects as go

from spread import figures
from spread.study import Study

__all__ = ["PICTURES", "picture", "pictures"]


def _timeline(study: Study) -> go.Figure:
    usage = study.tables["usage"]
    labels = dict(zip(usage["hashtag"], usage["shown"], strict=True)) if len(usage) else {}
    return figures.timeline(
        study.tables["timeline"], turn=study.turn, labels=labels, time_zone=study.time_zone
    )


def _shares(study: Study) -> go.Figure:
    return figures.shares(study.tables["turn_timeline"], turn=study.turn, time_zone=study.time_zone)


def _network(study: Study) -> go.Figure:
    return figures.network(
        study.tables["nodes"], study.tables["edges"], kind=study.graph_kind, whole=study.graph_size
    )


def _seeds(study: Study) -> go.Figure:
    return figures.seeds(study.tables["seeds"])


def _tree(study: Study) -> go.Figure:
    return figures.tree(study.tables["tree"])


def _ccdf(study: Study) -> go.Figure:
    return figures.ccdf(study.tables["ccdf"])


def _family(study: Study) -> go.Figure:
    members, links = study.tables["members"], study.tables["links"]
    return figures.family(members, links, root=study.root, time_zone=study.time_zone)


def _map(study: Study) -> go.Figure:
    reached = study.tables["arrivals"]
    places = reached if len(reached) else study.tables["places"]
    return figures.map(places, flows=study.tables["flows"], time_zone=study.time_zone)


def _arrivals(study: Study) -> go.Figure:
    return figures.arrivals(study.tables["arrivals"], time_zone=study.time_zone)


def _cascades(study: Study) -> go.Figure:
    return figures.cascades(study.tables["profile"])


def _sensitivity(study: Study) -> go.Figure:
    return figures.sensitivity(study.tables["sensitivity"])


PICTURES: dict[str, Callable[[Study], go.Figure]] = {
    "timeline": _timeline,
    "network": _network,
    "ccdf": _ccdf,
    "tree": _tree,
    "seeds": _seeds,
    "shares": _shares,
    "family": _family,
    "map": _map,
    "arrivals": _arrivals,
}
ASKED = {"cascades": ("profile", _cascades), "sensitivity": ("sensitivity", _sensitivity)}
"""Pictures of tables that not every study has: the table, and how it is drawn."""


def picture(study: Study, name: str) -> go.Figure:
    """Return one figure of a study."""
    draw = PICTURES[name] if name in PICTURES else ASKED[name][1]
    return draw(study)


def pictures(study: Study) -> list[str]:
    """Return the names of the figures that a study has."""
    return [*PICTURES, *(name for name, (table, _) in ASKED.items() if table in study.tables)]
