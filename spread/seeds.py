"""Who carried it, who turned it: credit for passing on, with the chance of being first.

An event's 1 is shared equally by the distinct accounts on the way from the root to it;
an account's credit is the sum of its shares: the Shapley value of the game in which a set
of accounts is worth the events that reach their author through that set alone. It sums to
the number of events, while counts of descendants count an event once for each ancestor.
"""

from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.trees import Forests, credit

__all__ = ["Dated", "rank"]

Numbers = NDArray[np.float64]

_EVIDENCE = 5
_COLUMNS = {
    "user_id": "str",
    "camp": "str",
    "credit": "float64",
    "credit_low": "float64",
    "credit_high": "float64",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
    "p_first": "float64",
    "p_top5": "float64",
    "originals": "int64",
    "retweets": "int64",
    "first_at": "datetime64[us, UTC]",
    "evidence": "object",
    "naive_followers_rank": "int64",
    "naive_first_rank": "int64",
    "naive_retweets_rank": "int64",
}


class Dated(Protocol):
    """A dated turn, such as `hijack.Turn`: how sure, when it began, towards which camp."""

    @property
    def cannot_tell(self) -> str | None:
        """Why no turn can be told, or None."""

    @property
    def p_turn(self) -> float:
        """The probability that there was one."""

    @property
    def onset_low(self) -> Any:
        """The lower end of the onset's interval."""

    @property
    def onset_high(self) -> Any:
        """The upper end of the onset's interval."""

    @property
    def rising(self) -> str | None:
        """The camp that rose."""


def rank(
    forests: Forests,
    *,
    graph: Any = None,
    partition: Any = None,
    camp: str | None = None,
    turn: Dated | None = None,
    resample: bool = True,
    replicates: int = 200,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Rank accounts by their expected credit for what was passed on.

    `credit` is the expectation over the posterior of trees: exact where no account
    occurs twice in a cascade, else the mean over sampled trees. Each replicate takes one
    sampled tree per cascade and, with `resample`, weighs the cascades by a Bayesian
    bootstrap (exponential weights), so that the intervals and the chances of being first
    hold for another sample of such cascades; without, they hold for this archive and tell
    only what is unknown of who passed on from whom. An account that lives by one cascade
    has a wide interval: one cascade says little of the next. Cascades of one event spread
    nothing and are left out. O(replicates × events).

    Credit is for what happened after an account in its cascades, under the fitted kernel.
    It is no proof that without the account less would have happened.

    Parameters
    ----------
    forests
        From `cascade.forests`.
    graph
        A retweet graph (retweeter → author); adds `naive_pagerank_rank`.
    partition
        `communities.Partition`, or a frame with user_id and camp (or community).
    camp
        Count only events of cascades whose root's author is in this camp.
    turn
        Count only events within the interval of the onset, of the camp `turn.rising` unless
        `camp` says otherwise: who turned it, which is another question than who carried it.
        Adds `p_turned`, P(turn) × P(first | turn, camp). Where the turn cannot be told the
        frame is empty.
    resample
        Whether cascades are resampled.
    replicates
        How many replicates.
    rng
        Decides the bootstrap; trees are decided by the forests' own seed.

    Returns
    -------
    DataFrame
        user_id, camp (with a partition), credit, share (of all credit), each with _low and
        _high (95 %), p_first, p_top5 (share of replicates), originals, retweets, first_at,
        evidence (up to 5 tweet ids, most credited first), naive_followers_rank,
        naive_first_rank (who came first), naive_retweets_rank (raw retweets received), by
        falling credit, then id; with a turn, p_turned. Accounts whose id is unknown are
        left out.

    Raises
    ------
    UsageError
        A camp is asked for without a partition, does not exist, or replicates < 2.

    References
    ----------
    Shapley 1953, https://doi.org/10.1515/9781400881970-018; Rubin 1981, The Bayesian
    bootstrap, https://doi.org/10.1214/aos/1176345338

    Examples
    --------
    >>> from spread import trees
    >>> events = pd.DataFrame({
    ...     "cascade": [0, 0, 0], "event": [0, 1, 2], "tweet_id": ["1", "2", "3"],
    ...     "user_id": ["a", "b", "c"], "at_s": [0.0, 5.0, 9.0], "mark": 1.0})
    >>> rank(trees.observed(events, [-1, 0, 1]), rng=1)[["user_id", "credit"]].round(3).values
    array([['a', 1.833],
           ['b', 0.833],
           ['c', 0.333]], dtype=object)
    """
    if replicates < 2:
        raise UsageError("replicates cannot be used", got=str(replicates), allowed=">= 2")
    if partition is None and (camp is not None or turn is not None):
        raise UsageError("a camp needs a partition", hint="Give partition=")
    seed = resolve_seed(rng)
    events = forests.events.assign(
        at=forests.root_at[forests.events["cascade"]]
        + pd.to_timedelta(forests.events["at_s"].round(6), unit="s")
    )
    camps = None if partition is None else _camps(partition)
    within = _within(forests, events, camps, camp, turn)
    counted = within & (np.diff(forests.offsets) > 1)[events["cascade"]]
    if turn is not None and counted.any():
        counted &= (events["at"] >= pd.Timestamp(turn.onset_low)).to_numpy()
    if not counted.any():
        return _shaped(pd.DataFrame(columns=list(_COLUMNS)), camps, graph, turn)
    owners, ids = _owners(events)
    exact, per_event = _expected(forests, owners, counted)
    table = pd.DataFrame({"user_id": ids, "credit": exact[: len(ids)]})
    drawn = _replicates(forests, owners, counted, len(ids), replicates, seed if resample else None)
    table = table.assign(share=table["credit"] / counted.sum(), **drawn)
    facts = _facts(events[within], owners[within], counted[within], per_event[within], len(ids))
    table = table.assign(**facts)
    if camps is not None:
        table["camp"] = table["user_id"].map(camps)
    if graph is not None:
        table["naive_pagerank_rank"] = _pagerank_ranks(graph, table["user_id"])
    if turn is not None:
        table["p_turned"] = turn.p_turn * table["p_first"]
    kept = table[table["credit"] > 0].sort_values(["credit", "user_id"], ascending=[False, True])
    return _shaped(kept.reset_index(drop=True), camps, graph, turn)


def _camps(partition: Any) -> pd.Series:
    """Return accounts' camps, whatever the partition's form."""
    frame = partition.frame() if hasattr(partition, "frame") else partition
    name = next((name for name in ("camp", "community") if name in frame), None)
    if name is None or "user_id" not in frame:
        raise UsageError(
            "the partition cannot be used",
            got=", ".join(map(str, frame.columns)),
            allowed="a Partition, or a frame with user_id and camp or community",
        )
    return frame.drop_duplicates("user_id").set_index("user_id")[name].astype(str)


def _within(
    forests: Forests,
    events: pd.DataFrame,
    camps: pd.Series | None,
    camp: str | None,
    turn: Dated | None,
) -> NDArray[np.bool_]:
    """Return which events the camp and the turn leave."""
    within = np.ones(len(events), dtype=bool)
    if turn is not None:
        if turn.cannot_tell is not None or turn.onset_high is None or pd.isna(turn.onset_high):
            return ~within
        within &= (events["at"] <= pd.Timestamp(turn.onset_high)).to_numpy()
        camp = turn.rising if camp is None else camp
    if camp is not None and camps is not None:
        if str(camp) not in set(camps):
            raise UsageError("no such camp", got=repr(camp), allowed=", ".join(sorted(set(camps))))
        roots = events["user_id"].iloc[forests.offsets[:-1]].map(camps)
        within &= (roots == str(camp)).to_numpy()[events["cascade"]]
    return within


def _owners(events: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return each event's account as a code; unknown accounts get codes of their own, last."""
    codes, ids = pd.factorize(events["user_id"], sort=True)
    unknown = codes < 0
    owners = codes.astype(np.int64)
    owners[unknown] = len(ids) + np.arange(unknown.sum())
    return owners, np.asarray(ids)


def _expected(
    forests: Forests, owners: NDArray[np.int64], counted: NDArray[np.bool_]
) -> tuple[Numbers, Numbers]:
    """Return the expected credit per account and, per event, that of its players as events."""
    cascade = forests.events["cascade"].to_numpy()
    pairs = np.stack([cascade, owners])
    repeated = np.zeros(len(forests), dtype=bool)
    order = np.lexsort(pairs)
    same = np.all(np.diff(pairs[:, order], axis=1) == 0, axis=0)
    repeated[cascade[order][1:][same]] = True
    per_event = forests.posterior.expected_credit(counted.astype(np.float64))
    alone = np.where(repeated[cascade], 0.0, per_event)
    exact = np.bincount(owners, weights=alone).astype(np.float64)
    rows = np.flatnonzero(repeated[cascade])
    if len(rows):
        for i in range(forests.trees):
            found = credit(*_part(forests.tree(i), rows, owners), counted=counted[rows])
            exact[found.index] += found.to_numpy() / forests.trees
    return exact, per_event


def _part(
    parents: NDArray[np.int32], rows: NDArray[np.int64], owners: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the parents and owners of some rows, whole cascades, renumbered."""
    above = parents[rows]
    return np.where(above < 0, -1, np.searchsorted(rows, above)), owners[rows]


def _replicates(
    forests: Forests,
    owners: NDArray[np.int64],
    counted: NDArray[np.bool_],
    accounts: int,
    replicates: int,
    seed: int | None,
) -> dict[str, Numbers]:
    """Return intervals and chances over sampled trees and resampled cascades."""
    cascade = forests.events["cascade"].to_numpy()
    rows = np.flatnonzero(np.isin(cascade, cascade[counted]))
    _, number = np.unique(cascade[rows], return_inverse=True)
    drawn = np.zeros((replicates, accounts), np.float32)
    shares = np.zeros((replicates, accounts), np.float32)
    first, top = np.zeros(accounts), np.zeros(accounts)
    for i in range(replicates):
        weights = np.ones(number[-1] + 1)
        if seed is not None:
            weights = stream(seed, i).standard_exponential(len(weights))
            weights /= weights.mean()
        parents = forests.tree(i % forests.trees)
        weighed = counted[rows] * weights[number]
        found = credit(*_part(parents, rows, owners), counted=weighed)
        known = found[found.index < accounts]
        drawn[i, known.index] = known.to_numpy()
        shares[i] = drawn[i] / weighed.sum()
        most = np.argsort(-drawn[i], kind="stable")[:5]
        first[most[0]] += 1
        top[most[drawn[i, most] > 0]] += 1
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    share_low, share_high = np.quantile(shares, [0.025, 0.975], axis=0)
    return {
        "credit_low": low,
        "credit_high": high,
        "share_low": share_low,
        "share_high": share_high,
        "p_first": first / replicates,
        "p_top5": top / replicates,
    }


def _facts(
    events: pd.DataFrame,
    owners: NDArray[np.int64],
    counted: NDArray[np.bool_],
    per_event: Numbers,
    accounts: int,
) -> dict[str, Any]:
    """Return what the account did, the tweets behind its credit, and the naive ranks."""
    table = events.assign(owner=owners, credit=per_event, received=0)
    received = pd.Series(counted & (events["event"] > 0).to_numpy()).groupby(
        events["cascade"].to_numpy()
    )
    is_root = table["event"] == 0
    table.loc[is_root, "received"] = table.loc[is_root, "cascade"].map(received.sum())
    grouped = table.assign(root=is_root).groupby("owner")
    found = grouped.agg(
        originals=("root", "sum"),
        events=("root", "size"),
        first_at=("at", "min"),
        mark=("mark", "max"),
        received=("received", "sum"),
    ).reindex(range(accounts))
    best = table[table["credit"] > 0].sort_values(
        ["owner", "credit", "at", "tweet_id"], ascending=[True, False, True, True]
    )
    evidence = best.groupby("owner").head(_EVIDENCE).groupby("owner")["tweet_id"].agg(list)
    return {
        "originals": found["originals"],
        "retweets": found["events"] - found["originals"],
        "first_at": found["first_at"],
        "evidence": evidence.reindex(range(accounts)),
        "naive_followers_rank": found["mark"].rank(ascending=False, method="min"),
        "naive_first_rank": found["first_at"].rank(method="min"),
        "naive_retweets_rank": found["received"].rank(ascending=False, method="min"),
    }


def _pagerank_ranks(graph: Any, ids: pd.Series) -> pd.Series:
    """Return each account's rank by PageRank; accounts outside the graph come last."""
    weights = "weight" if "weight" in graph.es.attributes() else None
    scores = pd.Series(graph.pagerank(weights=weights), index=graph.vs["name"])
    return ids.map(scores).fillna(0.0).rank(ascending=False, method="min")


def _shaped(
    table: pd.DataFrame, camps: pd.Series | None, graph: Any, turn: Dated | None
) -> pd.DataFrame:
    """Return the columns in their order and types."""
    types = dict(_COLUMNS)
    if camps is None:
        del types["camp"]
    if graph is not None:
        types["naive_pagerank_rank"] = "int64"
    if turn is not None:
        types["p_turned"] = "float64"
    return table.reindex(columns=list(types)).astype(types)
