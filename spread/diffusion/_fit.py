"""Chances of edges from cascades: in continuous time, or in rounds."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spread._arguments import require_count, require_number, require_one_of
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.diffusion._edges import read_edges
from spread.diffusion._passages import Passages, passages, read_cascades
from spread.diffusion._rounds import rounds_fit, trials

__all__ = ["fit"]

_STEPS = 500
_TOLERANCE = 1e-7
_LEAST = 3
_FEWEST = 20
_LEVEL = 0.05

Floats = NDArray[np.float64]
Climb = Callable[[Passages, Floats, Floats | None, NDArray[np.bool_]], tuple[Floats, Floats, float]]
_COLUMNS = ("rate", "rate_low", "rate_high", "used", "log_ratio")
_NEGLIGIBLE = 1e-3
_OUTSIDE = 0.1


def fit(
    cascades: pd.DataFrame,
    *,
    graph: Any = None,
    method: str = "continuous",
    window_s: float | None = None,
    round_s: float = 1.0,
    replicates: int = 100,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Estimate along which edges cascades pass, and how readily.

    "continuous" (the independent cascade in continuous time, exponential delays): who is
    reached passes it on to each other vertex at that edge's `rate`; the first to arrive is
    the parent. The likelihood is concave in the rates and its maximum is found by EM, each
    target apart. An edge is told where the likelihood with it beats that without it (ratio
    test on the boundary, half a χ² with one degree of freedom, false discovery rate 5 %).

    "rounds" (Saito's EM): time is cut into rounds, who is reached in one tries in the next
    each edge of `graph` once, with chance `p`. Binning decides what counts as a try: prefer
    continuous time.

    A vertex that a cascade never reached was at risk until the end of the window; a tenth
    of an arrival at each vertex may come from outside. Delays of another form bias rates
    more than the ranking of edges. Edges not named never had the source reached before the
    target.

    Parameters
    ----------
    cascades
        cascade, user_id, at_s (seconds; the first time of a user in a cascade counts).
    graph
        Which edges there may be: an igraph graph, or a frame with source and target. None:
        all pairs (not with "rounds").
    method
        continuous or rounds.
    window_s
        How long each cascade was watched since its first event; by default as long as the
        longest lasted, and no shorter.
    round_s
        How long a round is.
    replicates
        How many Bayesian bootstraps of the cascades the intervals rest on: 20 or more, or
        0 for none, with NaN for intervals.
    rng
        Decides them.

    Returns
    -------
    DataFrame
        One row an edge, by falling evidence: source, target, rate (per second) or p, with
        _low and _high (95 %), used (expected number of passages), tried (cascades in which
        it could have been), log_ratio (log likelihood with the edge above that without),
        q, verdict ("edge"; "no edge"; "cannot tell", tried fewer than three times).
        `.attrs`: log_likelihood, cascades, window_s, seed.

    Raises
    ------
    MissingColumnError, InputError
        A column is missing; there is no cascade.
    UsageError
        The method is unknown, "rounds" without a graph, or a length of time is not positive.

    References
    ----------
    Gomez-Rodriguez, Balduzzi, Schölkopf 2011 (NetRate), https://arxiv.org/abs/1105.0697;
    Saito, Nakano, Kimura 2008, https://doi.org/10.1007/978-3-540-85567-5_9

    Examples
    --------
    >>> cascades = pd.DataFrame({"cascade": [0, 0, 1, 1, 2, 2], "user_id": list("ababab"),
    ...                          "at_s": [0.0, 1.0, 0.0, 3.0, 0.0, 2.0]})
    >>> found = fit(cascades, replicates=20, rng=1)
    >>> found[["source", "target", "tried", "verdict"]].values.tolist()
    [['a', 'b', 3, 'edge']]
    """
    require_one_of("method", method, ("continuous", "rounds"))
    if method == "rounds" and graph is None:
        raise UsageError("no graph was given", hint='"rounds" needs the edges that may be tried')
    require_number("round_s", round_s, above=0, unit="seconds")
    if require_count("replicates", replicates, least=0):
        require_count("replicates", replicates, least=_FEWEST)
    names, cascade, vertex, at_s = read_cascades(cascades)
    seed = resolve_seed(rng)
    allowed = None if graph is None else _allowed(graph, names)
    climb: Climb = _climbed
    if allowed is not None and method == "rounds":
        whole, climb = trials(cascade, vertex, np.floor(at_s / round_s), allowed), rounds_fit
        window_s = float("nan")
    else:
        starts = np.flatnonzero(np.diff(cascade, prepend=-1))
        lasted = at_s[np.append(starts[1:], len(at_s)) - 1] - at_s[starts]
        longest = float(lasted.max())
        if window_s is not None:
            require_number("window_s", window_s, least=longest, unit="seconds")
        window_s = longest if window_s is None else float(window_s)
        whole = passages(cascade, vertex, at_s, len(names), window_s=window_s, allowed=allowed)
    made = _estimated(whole, climb, int(cascade.max()) + 1, replicates, seed)
    made.insert(0, "source", names[whole.source].astype(str))
    made.insert(1, "target", names[whole.target].astype(str))
    if method == "rounds":
        made = made.rename(columns={f"rate{end}": f"p{end}" for end in ("", "_low", "_high")})
    log_likelihood = made.attrs["log_likelihood"]
    made = made.sort_values(["log_ratio", "source", "target"], ascending=[False, True, True])
    made = made.reset_index(drop=True)
    made.attrs = {
        "log_likelihood": log_likelihood, "cascades": int(cascade.max()) + 1,
        "window_s": window_s, "seed": seed,
    }  # fmt: skip
    return made


def _allowed(graph: Any, names: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Return which pairs of the cascades' vertices are edges of a graph."""
    edges = read_edges(graph, 1.0, called="p")
    place = pd.Index(names.astype(str)).get_indexer(pd.Index(edges.names.astype(str)))
    sources = np.repeat(place, np.diff(edges.offsets))
    targets = place[edges.targets]
    known = (sources >= 0) & (targets >= 0)
    allowed = np.zeros((len(names), len(names)), bool)
    allowed[sources[known], targets[known]] = True
    return allowed


def _estimated(
    whole: Passages, climb: Climb, cascades: int, replicates: int, seed: int
) -> pd.DataFrame:
    """Return rates with intervals and evidence, in the order of the edges.

    The likelihood is a product over targets: each is climbed by itself.
    """
    drawn = [stream(seed, number).exponential(size=cascades) for number in range(replicates)]
    columns = {name: np.zeros(len(whole.source)) for name in _COLUMNS}
    height = 0.0
    for edges, part in whole.by_target():
        found, reached = _of_target(part, climb, cascades, drawn)
        height += reached
        for name, column in found.items():
            columns[name][edges] = column
    table = pd.DataFrame(columns)
    table["tried"] = np.bincount(whole.edge, minlength=len(table))
    p = np.where(table.log_ratio > 0, stats.chi2.sf(2 * table.log_ratio, 1) / 2, 1.0)
    table["q"] = stats.false_discovery_control(p) if len(p) else p
    verdict = np.where(table.q < _LEVEL, "edge", "no edge")
    table["verdict"] = np.where(table.tried < _LEAST, "cannot tell", verdict).astype(str)
    table.attrs["log_likelihood"] = height
    return table


def _of_target(
    part: Passages, climb: Climb, cascades: int, drawn: list[Floats]
) -> tuple[dict[str, Floats], float]:
    """Return rate, interval, passages and evidence of the edges into one target."""
    edges = len(part.source)
    alike, every = np.ones(cascades), np.ones(edges, bool)
    rates, used, height = climb(part, alike, None, every)
    start = np.maximum(rates, 1e-12)
    low = high = np.full(edges, np.nan)
    if drawn:
        again = np.array([climb(part, weights, start, every)[0] for weights in drawn])
        low, high = np.quantile(again, [0.025, 0.975], axis=0)
        low, high = np.minimum(low, rates), np.maximum(high, rates)
    ratio = np.zeros(edges)
    for edge in np.flatnonzero(used > _NEGLIGIBLE):
        others = every.copy()
        others[edge] = False
        ratio[edge] = max(height - climb(part, alike, start, others)[2], 0.0)
    found = {"rate": rates, "rate_low": low, "rate_high": high, "used": used, "log_ratio": ratio}
    return found, height


def _climbed(
    whole: Passages, weights: Floats, start: Floats | None, kept: NDArray[np.bool_]
) -> tuple[Floats, Floats, float]:
    """Return rates at the maximum, expected passages, and the log likelihood.

    EM: a reached target's parent is each earlier vertex with a chance like its rate; the
    rate is passages over time at risk. A tenth of an arrival in all the time at risk may
    come from outside, so that no edge is infinitely sure. Each step is O(passages).
    """
    outside = _OUTSIDE / max(float(whole.waited_s.sum()), 1e-300)
    edges = len(whole.source)
    weight = weights[whole.cascade]
    risk = np.bincount(whole.edge, weight * whole.waited_s, minlength=edges)
    hit = whole.case >= 0
    edge, case, weight_hit = whole.edge[hit], whole.case[hit], weight[hit]
    rates = np.bincount(edge, weight_hit, minlength=edges) / risk if start is None else start.copy()
    used = np.zeros(edges)
    rates[~kept] = 0.0
    for _ in range(_STEPS):
        total = outside + np.bincount(case, rates[edge], minlength=whole.cases)
        share = rates[edge] / total[case]
        used = np.bincount(edge, weight_hit * share, minlength=edges).astype(float)
        new = used / risk
        moved = np.abs(new - rates).max(initial=0.0)
        rates = new
        if moved <= _TOLERANCE * rates.max(initial=0.0):
            break
    total = outside + np.bincount(case, rates[edge], minlength=whole.cases)
    of_case = np.zeros(whole.cases)
    of_case[case] = weight_hit
    return rates, used, float((of_case * np.log(total)).sum() - (rates * risk).sum())
