"""Who called forth whom: parents, and the first causes behind them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_count, require_instance
from spread._compile import kernel
from spread._errors import UsageError
from spread._random import resolve_seed
from spread.hawkes._recursions import least
from spread.hawkes._result import HawkesFit
from spread.trees import Forests, Observed

__all__ = ["Parents", "forests"]

Numbers = NDArray[np.float64]
Rows = NDArray[np.int32]
Types = NDArray[np.int64]


@kernel
def roots_by_type(
    times: Numbers,
    types: Types,
    f: Numbers,
    mu: Numbers,
    given: int,
    branching: Numbers,
    rates: Numbers,
    weights: Numbers,
) -> tuple[Numbers, Numbers]:
    """Return the probabilities that an event's parent, and its first cause, is of each type.

    q_i(r) = P_i0 1[type i = r] + Σ_j P_ij q_j(r): each state of the past holds its sources'
    q besides its weight, so that no pair of events is looked at; O(n K² M).
    """
    n, k_types, m = len(times), branching.shape[0], len(rates)
    s, held = np.zeros((k_types, m)), np.zeros((k_types, m, k_types))
    parent, root = np.zeros((n, k_types)), np.zeros((n, k_types))
    scaled, decay = np.empty(m), np.empty(m)
    slowest = least(rates)
    for i in range(n):
        gap = times[i] - times[i - 1] if i > 0 else 0.0
        k = types[i]
        for c in range(m):
            decay[c] = np.exp(-rates[c] * gap)
        if i < given:
            root[i, k] = 1.0
        else:
            shift = slowest * gap if mu[i] == 0.0 else 0.0
            intensity = mu[i]
            for c in range(m):
                scaled[c] = np.exp(shift - rates[c] * gap)
                for p in range(k_types):
                    level = branching[p, k] * weights[c] * scaled[c]
                    intensity += level * s[p, c]
                    parent[i, p] += level * s[p, c]
                    for r in range(k_types):
                        root[i, r] += level * held[p, c, r]
            root[i, k] += mu[i]
            inverse = 1.0 / intensity if intensity > 0.0 else 0.0
            for p in range(k_types):
                parent[i, p] *= inverse
                root[i, p] *= inverse
        for c in range(m):
            for p in range(k_types):
                s[p, c] *= decay[c]
                for r in range(k_types):
                    held[p, c, r] *= decay[c]
            s[k, c] += f[i]
            for r in range(k_types):
                held[k, c, r] += f[i] * root[i, r]
    return parent, root


@kernel
def drawn_causes(
    uniforms: Numbers,
    times: Numbers,
    types: Types,
    f: Numbers,
    mu: Numbers,
    branching: Numbers,
    rates: Numbers,
    weights: Numbers,
    outside: Types,
    always: Types,
) -> Types:
    """Return each event's class: its parent's, who is drawn, or its own if from outside.

    `outside` has the class of an event that came from outside, `always` of one whose parent
    does not matter (−1: it does). The states of the past are kept a class, so that no pair of
    events is looked at; O(n K M) for each class.
    """
    n, k_types, m = len(times), branching.shape[0], len(rates)
    classes = 1
    for i in range(n):
        classes = max(classes, outside[i] + 1, always[i] + 1)
    s, pull = np.zeros((classes, k_types, m)), np.zeros(classes)
    found = np.zeros(n, dtype=np.int64)
    slowest = least(rates)
    for i in range(n):
        gap = times[i] - times[i - 1] if i > 0 else 0.0
        k = types[i]
        if always[i] >= 0:
            found[i] = always[i]
        else:
            shift = slowest * gap if mu[i] == 0.0 else 0.0
            total = mu[i]
            for q in range(classes):
                pull[q] = 0.0
                for c in range(m):
                    scaled = weights[c] * np.exp(shift - rates[c] * gap)
                    for p in range(k_types):
                        pull[q] += branching[p, k] * scaled * s[q, p, c]
                total += pull[q]
            left = uniforms[i] * total - mu[i]
            found[i] = outside[i]
            for q in range(classes):
                if left > 0.0 and pull[q] > 0.0:
                    found[i] = q
                    left -= pull[q]
        for c in range(m):
            decay = np.exp(-rates[c] * gap)
            for q in range(classes):
                for p in range(k_types):
                    s[q, p, c] *= decay
            s[found[i], k, c] += f[i]
    return found


@dataclass(frozen=True, eq=False)
class Parents:
    """Who called forth whom under a fitted process, or nobody: a posterior of `trees`.

    All events make one cascade, in which those from outside are roots too; the probabilities
    of a row's parents so add up to less than 1. Chances of one row cost O(n).
    """

    times_s: Numbers
    types: Types
    f: Numbers
    mu: Numbers
    given: int
    branching: Numbers
    rates_per_s: Numbers
    weights: Numbers

    def _excitations(self, row: int, start: int = 0) -> Numbers:
        lag = self.times_s[row] - self.times_s[start:row]
        shift = lag[-1] * self.rates_per_s.min() if self.mu[row] == 0 and len(lag) else 0.0
        shape = np.exp(shift - np.outer(lag, self.rates_per_s)) @ self.weights
        return np.asarray(
            self.f[start:row] * self.branching[self.types[start:row], self.types[row]] * shape
        )

    def probabilities(self, row: int) -> Numbers:
        """Return the probabilities of the events before `row` as its parent."""
        if row < self.given:
            return np.zeros(row)
        excited = self._excitations(row)
        total = self.mu[row] + excited.sum()
        return np.asarray(excited / total) if total > 0 else excited

    def draw(self, rng: np.random.Generator) -> Rows:
        """Return one parent array, −1 for events from outside; O(n) an event at most.

        The look back ends where what is left of the past cannot hold the parent.
        """
        uniforms = rng.random(len(self.times_s))
        return _draw(
            uniforms, self.times_s, self.types, self.f, self.mu, self.given,
            self.branching, self.rates_per_s, self.weights,
        )  # fmt: skip

    def causes(
        self, rng: np.random.Generator, outside: Types | None = None, always: Types | None = None
    ) -> Types:
        """Return the class of what each event goes back to, by a draw of all parents.

        An event from outside has the class in `outside` (its type where not given), one with
        a class in `always` (−1: none) has that whatever its parent.
        """
        kept = np.full(len(self.times_s), -1) if always is None else always.copy()
        begun = self.types if outside is None else outside
        kept[: self.given] = np.where(kept < 0, begun, kept)[: self.given]
        return drawn_causes(
            rng.random(len(self.times_s)), self.times_s, self.types, self.f, self.mu,
            self.branching, self.rates_per_s, self.weights, begun, kept,
        )  # fmt: skip

    def probability(self, parents: Rows) -> Numbers:
        """Return, per row, the probability of the parent named, −1 for outside."""
        found = np.ones(len(parents))
        for row in range(self.given, len(parents)):
            chances = self.probabilities(row)
            found[row] = 1 - chances.sum() if parents[row] < 0 else chances[parents[row]]
        return found

    def entropy(self) -> Numbers:
        """Return each parent's entropy in nats, outside as one more candidate; O(n²)."""
        found = np.full(len(self.times_s), np.nan)
        for row in range(self.given, len(found)):
            chances = self.probabilities(row)
            every = np.append(chances, max(1 - chances.sum(), 0.0))
            every = every[every > 0]
            found[row] = -np.sum(every * np.log(every))
        return found

    def expected_depth(self) -> Numbers:
        """Return each event's expected number of ancestors; O(n²)."""
        depth = np.zeros(len(self.times_s))
        for row in range(self.given, len(depth)):
            chances = self.probabilities(row)
            depth[row] = chances @ (1 + depth[:row])
        return depth

    def expected_virality(self) -> Numbers:
        """Return NaN: events of different roots have no distance."""
        return np.full(1, np.nan)

    def expected_credit(self, counted: Numbers | None = None) -> Numbers:
        """Return each event's Shapley credit, averaged over 100 drawn forests."""
        ends = np.array([0, len(self.times_s)])
        drawn = [
            Observed(self.draw(np.random.default_rng([0, i])), ends).expected_credit(counted)
            for i in range(100)
        ]
        return np.asarray(np.mean(drawn, axis=0))


@kernel
def _draw(
    uniforms: Numbers,
    times: Numbers,
    types: Types,
    f: Numbers,
    mu: Numbers,
    given: int,
    branching: Numbers,
    rates: Numbers,
    weights: Numbers,
) -> Rows:
    n, k_types, m = len(times), branching.shape[0], len(rates)
    parents = np.full(n, -1, dtype=np.int32)
    s = np.zeros((k_types, m))
    slowest = least(rates)
    for i in range(n):
        gap = times[i] - times[i - 1] if i > 0 else 0.0
        k = types[i]
        if i >= given:
            shift = slowest * gap if mu[i] == 0.0 else 0.0
            total = mu[i]
            for c in range(m):
                scaled = weights[c] * np.exp(shift - rates[c] * gap)
                for p in range(k_types):
                    total += branching[p, k] * scaled * s[p, c]
            left = uniforms[i] * total - mu[i]
            j = i - 1
            while left > 0.0 and j >= 0:
                a = f[j] * branching[types[j], k]
                if a > 0.0:
                    for c in range(m):
                        left -= a * weights[c] * np.exp(shift - rates[c] * (times[i] - times[j]))
                    parents[i] = j
                j -= 1
        for c in range(m):
            decay = np.exp(-rates[c] * gap)
            for p in range(k_types):
                s[p, c] *= decay
            s[k, c] += f[i]
    return parents


def forests(
    fit: HawkesFit, *, trees: int = 200, rng: np.random.Generator | int | None = None
) -> Forests:
    """Return who called forth whom under the fitted process, as Forests.

    Parameters
    ----------
    fit
        What `fit` returned.
    trees
        How many draws stand for the posterior.
    rng
        Decides the draws; the seed is stored.

    Returns
    -------
    Forests
        One cascade of all events; those from outside are roots, −1, in each draw anew.
        `events` has also `time_s` and `type`; the rows are those of `fit.events`.

    Raises
    ------
    UsageError
        Nothing was fitted.

    References
    ----------
    Zhuang, Ogata, Vere-Jones 2002, https://doi.org/10.1198/016214502760046925

    Examples
    --------
    >>> from spread import hawkes
    >>> truth = {"baseline": 0.5, "branching": 0.5, "decay": 1.0}
    >>> times = hawkes.simulate(truth, end_s=200, rng=1).events["time_s"]
    >>> found = hawkes.fit(times, end_s=200, baseline="constant", rng=1)
    >>> drawn = forests(found, rng=1).tree(0)
    >>> bool((drawn < np.arange(len(times))).all())
    True
    """
    posterior = parents_of(fit)
    require_count("trees", trees)
    events = fit.objective.events
    n = len(events)
    start = events.times_s[0] if n else 0.0
    names = np.arange(n).astype(str)
    table = pd.DataFrame(
        {
            "cascade": np.zeros(n, dtype=np.int32),
            "event": np.arange(n, dtype=np.int32),
            "tweet_id": pd.array(names, dtype="str"),
            "user_id": pd.array(names, dtype="str"),
            "at_s": events.times_s - start,
            "mark": np.ones(n) if events.marks is None else events.marks,
            "time_s": events.times_s,
            "type": fit.events["type"].array,
        }
    )
    return Forests(
        table,
        np.array([0, n], dtype=np.int64),
        posterior,
        "hawkes",
        trees,
        resolve_seed(rng),
        {"kernel": fit.kernel, "branching_ratio": fit.branching_ratio},
        pd.DatetimeIndex([pd.Timestamp(0, unit="us", tz="UTC")]).as_unit("us"),
    )


def parents_of(fit: HawkesFit, x: Numbers | None = None) -> Parents:
    """Return the posterior over parents, at the fit or at another point."""
    require_instance("fit", fit, HawkesFit, "what hawkes.fit returns")
    if not fit.parameters:
        raise UsageError("nothing was fitted", hint=fit.cannot_tell)
    objective = fit.objective
    point = fit.point if x is None else x
    events, baseline = objective.events, objective.baseline(point)
    rates, weights = objective.shape.rates_weights(point[objective.slices["shape"]])
    return Parents(
        events.times_s,
        events.types,
        objective.factors(objective.exponent(point))[0],
        baseline.rates(events.times_s, events.types),
        fit.given,
        objective.branching(point),
        rates,
        weights,
    )


def origins(fit: HawkesFit, x: Numbers | None = None) -> tuple[Numbers, Numbers]:
    """Return the chances that each event's parent and its first cause are of each type."""
    found = parents_of(fit, x)
    return roots_by_type(
        found.times_s, found.types, found.f, found.mu, found.given,
        found.branching, found.rates_per_s, found.weights,
    )  # fmt: skip
