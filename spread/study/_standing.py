"""Where accounts stand: whom each camp passed on most over time, and who is between camps."""

import igraph
import pandas as pd

from spread import seeds
from spread.study._camps import Camps
from spread.study._scope import Scope

__all__ = ["elites", "roles"]

_SLICES_S = (900, 3600, 21_600, 86_400, *(604_800 << doubled for doubled in range(10)))
_MOST_SLICES = 120
_MOST = 3
_PEOPLE_LEAST = 20
_BETWEEN = ["gatekeeper", "representative", "itinerant", "liaison", "between"]


def elites(scope: Scope, camps: Camps) -> pd.DataFrame:
    """Return whom each camp passed on most, by slices in which at least 20 of it passed on."""
    conferred = seeds.elites(
        scope.tagged, _known(camps), slice_s=_slice_s(scope.start_at, scope.end_at), most=_MOST
    )
    large = (conferred.of >= _PEOPLE_LEAST) & (conferred.camp != "other")
    return conferred[large & (conferred["rank"] <= _MOST)].reset_index(drop=True)


def roles(graph: igraph.Graph, scope: Scope, camps: Camps, seed: int) -> pd.DataFrame:
    """Return each account's place within its camp, between camps, and at large."""
    known = _known(camps)
    described = seeds.roles(graph, known, tweets=scope.tweets, rng=seed)
    between = seeds.brokers(graph, known)[["user_id", *_BETWEEN]]
    joined = described.merge(between, on="user_id", how="left")
    return joined.fillna(dict.fromkeys(_BETWEEN, 0)).astype(dict.fromkeys(_BETWEEN, "int64"))


def _known(camps: Camps) -> pd.DataFrame:
    """Return the camps of accounts; nobody's where camps were refused."""
    return camps.accounts.iloc[:0] if camps.refused else camps.accounts


def _slice_s(start_at: pd.Timestamp, end_at: pd.Timestamp) -> int:
    """Return the shortest usual slice of time of which at most 120 cover the window."""
    span_s = (end_at - start_at).total_seconds()
    return next((s for s in _SLICES_S if span_s <= s * _MOST_SLICES), _SLICES_S[-1])
