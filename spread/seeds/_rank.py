"""The ranking of accounts."""

from typing import Any

import igraph
import numpy as np
import pandas as pd

from spread._arguments import require_count, require_instance, require_number
from spread._errors import UsageError
from spread._random import resolve_seed
from spread.seeds import _turned
from spread.seeds._chosen import Dated, camps_of, dated_events, owners_of, told, within
from spread.seeds._facts import external, facts
from spread.seeds._over_trees import over_trees
from spread.trees import Forests

_FEWEST = 20
_INSTANT = "datetime64[us, UTC]"
_COLUMNS = {
    "user_id": "str",
    "camp": "str",
    "credit": "float64",
    "credit_low": "float64",
    "credit_high": "float64",
    "credit_median": "float64",
    "share": "float64",
    "share_low": "float64",
    "share_high": "float64",
    "p_first": "float64",
    "p_top5": "float64",
    "lost_low": "float64",
    "lost_high": "float64",
    "external": "float64",
    "external_low": "float64",
    "external_high": "float64",
    "entered_at": _INSTANT,
    "entered_low": _INSTANT,
    "entered_high": _INSTANT,
    "p_entered": "float64",
    "originals": "int64",
    "retweets": "int64",
    "first_at": _INSTANT,
    "first_tweet_id": "str",
    "evidence": "object",
    "naive_followers_rank": "int64",
    "naive_first_rank": "int64",
    "naive_retweets_rank": "int64",
}
_OF_A_TURN = ("p_turned", "brought", "brought_low", "brought_high")
_OF_CREDIT = [
    *("credit_low", "credit_high", "credit_median", "share", "share_low", "share_high"),
    *("p_first", "p_top5", "lost_low", "lost_high", "p_entered"),
]


def rank(
    forests: Forests,
    *,
    graph: Any = None,
    partition: Any = None,
    camp: str | None = None,
    turn: Dated | None = None,
    resample: bool = True,
    replicates: int = 200,
    window_s: float = 3600.0,
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
    It is no proof that without the account less would have happened. `lost_low` and
    `lost_high` bound that: at most all that descends from the account goes with it; at
    least what goes if whoever passed it on would have, where possible, from another event of
    the cascade that remains, with the probability that the kernel gives to the others. Both
    suppose the kernel and that nothing else would have come instead.

    Who turned it is another question than who carried it: a turn is a change in who begins
    new cascades. With `turn`, the accounts of the rising camp that wrote an original between
    the earliest onset and the latest end of the rise are its new authors; the tweets that an
    author had passed on since that onset, and before its own, brought it there, each as
    likely as the others, from whatever camp. `p_turned` is P(turn) × P(brought the most), over
    those draws and a Bayesian bootstrap of the new authors (`resample`), since an archive
    holds some of those who were there. A Dirichlet prior of mass 1 stands for an account of
    which nothing is known, so that few new authors make nobody sure. It supposes that to
    pass on is to be brought (those who only read are not seen) and that one account did it:
    where several did, the chance is spread over them and over their like.

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
        `camp` says otherwise, and add who turned it. Where the turn cannot be told the frame
        is empty.
    resample
        Whether cascades, and new authors, are resampled.
    replicates
        How many replicates: 20 or more, or the middle 95 % of them is no interval.
    window_s
        How long the window is by whose credit an account enters the top, seconds.
    rng
        Decides the bootstrap; trees are decided by the forests' own seed.

    Returns
    -------
    DataFrame
        By falling credit, then id; accounts whose id is unknown are left out.

        - user_id; camp (with a partition);
        - credit (the mean over the posterior, of this archive) and share (of all credit),
          each with _low and _high (95 %); credit_median (of the replicates);
        - p_first, p_top5: share of replicates;
        - lost_low, lost_high: bounds, over at most 50 trees, of how many of the counted
          events would be missing without the account; no interval of a single number;
        - external (_low, _high: 95 % Jeffreys): share of the account's own counted events
          that nothing in the archive precedes, originals by who had passed nothing on;
          NaN where it has none;
        - entered_at (_low, _high): when its credit of the last `window_s` first was among
          the five largest, looked at four times a window or, in long archives, 400 times
          in all; the median over at most 50 trees, NaT where p_entered, the share of trees in
          which it ever was, is below a half;
        - originals, retweets, first_at, first_tweet_id, evidence (up to 5 tweet ids, most
          credited first);
        - naive_followers_rank, naive_first_rank (who came first), naive_retweets_rank (raw
          retweets received), naive_pagerank_rank (with a graph);
        - with a turn, p_turned and brought (_low, _high: 95 %): how many new authors of
          the rising camp it brought; also accounts that brought some and have no credit.

    Raises
    ------
    UsageError
        A camp is asked for without a partition, does not exist, there are fewer than 20
        replicates, or window_s is not positive.

    References
    ----------
    Shapley 1953, https://doi.org/10.1515/9781400881970-018; Rubin 1981, The Bayesian
    bootstrap, https://doi.org/10.1214/aos/1176345338; that a snapshot hides who began it:
    Jackson & Foucault Welles 2016, https://doi.org/10.1080/1369118X.2015.1106571

    Examples
    --------
    >>> from spread import trees
    >>> events = pd.DataFrame({
    ...     "cascade": [0, 0, 0], "event": [0, 1, 2], "tweet_id": ["1", "2", "3"],
    ...     "user_id": ["a", "b", "c"], "at_s": [0.0, 5.0, 9.0], "mark": 1.0})
    >>> ranked = rank(trees.observed(events, [-1, 0, 1]), rng=1)
    >>> ranked[["user_id", "credit", "lost_low", "lost_high"]].round(3).values
    array([['a', 1.833, 3.0, 3.0],
           ['b', 0.833, 2.0, 2.0],
           ['c', 0.333, 1.0, 1.0]], dtype=object)
    """
    require_instance("forests", forests, Forests, "what cascade.forests returns")
    if graph is not None:
        require_instance("graph", graph, igraph.Graph, "a retweet graph of igraph")
    _check(partition, camp, turn, replicates, window_s)
    seed = resolve_seed(rng)
    events = dated_events(forests)
    owners, ids = owners_of(events)
    camps = None if partition is None else camps_of(partition)
    seen = within(forests, events, camps, camp, turn)
    counted = seen & (np.diff(forests.offsets) > 1)[events["cascade"]]
    table = pd.DataFrame({"user_id": ids, "credit": 0.0, "p_turned": 0.0})
    if turn is not None and camps is not None and told(turn):
        counted &= (events["at"] >= pd.Timestamp(turn.onset_low)).to_numpy()
        rising = str(turn.rising if camp is None else camp)
        found = _turned.brought(events, owners, camps, turn=turn, camp=rising)
        bringing = _turned.turned(
            found, len(ids), replicates=replicates, seed=seed, resample=resample
        )
        table = table.assign(**bringing, p_turned=turn.p_turn * bringing["p_most"])
        seen = _turned.with_their_originals(seen, events, owners, table, until=found.until)
    per_event = np.zeros(len(events))
    if counted.any():
        per_event, columns = over_trees(
            forests,
            events,
            owners,
            counted,
            accounts=len(ids),
            replicates=replicates,
            window_s=window_s,
            seed=seed if resample else None,
        )
        table = table.assign(**columns, **external(events, owners, counted, len(ids)))
    did = facts(events[seen], owners[seen], counted[seen], per_event[seen], len(ids))
    return _shaped(table.assign(**did), camps, graph, turn)


def _check(
    partition: Any, camp: str | None, turn: Dated | None, replicates: int, window_s: float
) -> None:
    require_count("replicates", replicates, least=_FEWEST)
    require_number("window_s", window_s, above=0, unit="seconds")
    if partition is None and (camp is not None or turn is not None):
        raise UsageError("a camp needs a partition", hint="Give partition=")


def _pagerank_ranks(graph: Any, ids: pd.Series) -> pd.Series:
    """Return each account's rank by PageRank; accounts outside the graph come last."""
    weights = "weight" if "weight" in graph.es.attributes() else None
    scores = pd.Series(graph.pagerank(weights=weights), index=graph.vs["name"])
    return ids.map(scores).fillna(0.0).rank(ascending=False, method="min")


def _shaped(
    table: pd.DataFrame, camps: pd.Series | None, graph: Any, turn: Dated | None
) -> pd.DataFrame:
    """Return the accounts that matter, with the columns in their order and types."""
    types = dict(_COLUMNS)
    if camps is None:
        del types["camp"]
    else:
        table["camp"] = table["user_id"].map(camps)
    if graph is not None:
        types["naive_pagerank_rank"] = "int64"
        table["naive_pagerank_rank"] = _pagerank_ranks(graph, table["user_id"])
    if turn is not None:
        types |= dict.fromkeys(_OF_A_TURN, "float64")
    matters = (table["credit"] > 0) | (table["p_turned"] > 0)
    kept = table[matters].sort_values(["credit", "user_id"], ascending=[False, True])
    if "passed_on" in kept:
        kept["evidence"] = kept["evidence"].where(kept["evidence"].notna(), kept["passed_on"])
    kept = kept.reindex(columns=list(types)).reset_index(drop=True)
    none = kept["credit"] == 0
    kept.loc[none, kept.columns.intersection(_OF_CREDIT)] = 0.0
    return kept.astype(types)
