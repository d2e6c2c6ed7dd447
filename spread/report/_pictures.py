"""The figures of a study, by name."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import plotly.graph_objects as go

from spread import figures
from spread.study import Study
from spread.study._evidence import NOT_SHOWN

__all__ = ["PICTURES", "picture", "pictures"]


def _written(study: Study) -> dict[str, str]:
    """Return how each hashtag is mostly written."""
    usage = study.tables["usage"]
    return dict(zip(usage["hashtag"], usage["shown"], strict=True)) if len(usage) else {}


def _timeline(study: Study) -> go.Figure:
    return figures.timeline(
        study.tables["timeline"],
        turn=study.turn,
        labels=_written(study),
        time_zone=study.time_zone,
    )


def _shares(study: Study) -> go.Figure:
    return figures.shares(study.tables["turn_timeline"], turn=study.turn, time_zone=study.time_zone)


def _onset(study: Study) -> go.Figure:
    tables = study.tables
    return figures.onset(
        tables["turn_posterior"],
        turn=study.turn,
        turned=tables["turned"] if len(tables["turned"]) else None,
        time_zone=study.time_zone,
    )


def _network(study: Study) -> go.Figure:
    nodes, edges = study.tables["nodes"], study.tables["edges"]
    draw = partial(
        figures.network,
        kind=study.graph_kind,
        whole=study.graph_size,
        rasterised=False,
        time_zone=study.time_zone,
    )
    still = draw(nodes, edges)
    if "first_at" not in edges or not still.data:
        return still
    return _bare(draw(nodes, edges, animated=True), still)


def _with_read(study: Study, table: str, topic: str, called: pd.Series) -> pd.DataFrame:
    """Return a table with a tweet behind each row, of those that may be shown."""
    told = study.tables["evidence"]
    told = told[(told.topic == topic) & ~told.text.fillna("").isin(("", NOT_SHOWN))]
    first = told.drop_duplicates("about")
    read = dict(zip(first.about, first.text, strict=True))
    return study.tables[table].assign(read=[read.get(name, "") for name in called])


def _seeds(study: Study) -> go.Figure:
    rank = study.tables["seeds"]
    return figures.seeds(_with_read(study, "seeds", "who carried it", rank["label"]))


def _tree(study: Study) -> go.Figure:
    return figures.tree(study.tables["tree"])


def _ccdf(study: Study) -> go.Figure:
    return figures.ccdf(study.tables["ccdf"])


def _family(study: Study) -> go.Figure:
    members = study.tables["members"]
    return figures.family(
        _with_read(study, "members", "what it spawned", "#" + members["shown"].astype("str")),
        study.tables["links"],
        root=study.root,
        window=(study.start_at, study.end_at),
        time_zone=study.time_zone,
    )


def _map(study: Study) -> go.Figure:
    reached = study.tables["arrivals"]
    places = reached if len(reached) else study.tables["places"]
    draw = partial(figures.map, flows=study.tables["flows"], time_zone=study.time_zone)
    still = draw(places)
    if not len(reached) or not still.data:
        return still
    return _bare(draw(places, animated=True), still)


def _arrivals(study: Study) -> go.Figure:
    return figures.arrivals(study.tables["arrivals"], time_zone=study.time_zone)


def _cascades(study: Study) -> go.Figure:
    return figures.cascades(study.tables["profile"])


def _influence(study: Study) -> go.Figure:
    return figures.influence(study.tables["influence"], labels=_written(study))


def _between(study: Study) -> go.Figure:
    return figures.influence(study.tables["between_cities"], of="cities")


def _sensitivity(study: Study) -> go.Figure:
    return figures.sensitivity(study.tables["sensitivity"])


def _bare(played: go.Figure, still: go.Figure) -> go.Figure:
    """Return a figure with its frames but without plotly's buttons, which no keyboard reaches."""
    return go.Figure(played.data, still.layout, played.frames)


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
ASKED = {
    "onset": ("turn_posterior", _onset),
    "influence": ("influence", _influence),
    "between_cities": ("between_cities", _between),
    "cascades": ("profile", _cascades),
    "sensitivity": ("sensitivity", _sensitivity),
}
"""Pictures of tables that not every study has: the table, and how it is drawn."""

_OF_TOPIC = {
    "which city's tweets called forth those of which other": {"between_cities"},
    "how deep it went": {"ccdf", "cascades", "tree"},
    "who carried it": {"seeds"},
    "where it began": {"arrivals"},
    "anything that rests on the hour": {
        "timeline",
        "shares",
        "onset",
        "family",
        "influence",
        "between_cities",
        "arrivals",
        "map",
    },
}


_UNTOLD = {
    "shares": ("the turn", "turn_timeline"),
    "family": ("the family of tags", "members"),
    "map": ("where it went", "places"),
    "arrivals": ("where it went", "arrivals"),
}
"""Pictures that would be empty where a topic is refused: the topic, and what is drawn."""


def picture(study: Study, name: str) -> go.Figure:
    """Return one figure of a study."""
    draw = PICTURES[name] if name in PICTURES else ASKED[name][1]
    return draw(study)


def pictures(study: Study) -> list[str]:
    """Return the names of the figures that a study has; what it refuses to tell is not drawn."""
    asked = [name for name, (table, _) in ASKED.items() if len(study.tables.get(table, ()))]
    topics = {topic for topic, _ in study.cannot_tell}
    refused = {name for topic in topics for name in _OF_TOPIC.get(topic, ())}
    for name, (topic, table) in _UNTOLD.items():
        if topic in topics and not len(study.tables[table]):
            refused.add(name)
    return [name for name in [*PICTURES, *asked] if name not in refused]
