"""Who turned it: whose tweets the rising camp's new authors had passed on before they wrote.

A turn is a change in who begins new cascades. Its account is therefore sought among those
who brought the people that began them, not among those whose cascades were largest.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._intervals import quantiles
from spread._random import stream
from spread.seeds._chosen import Dated
from spread.seeds._facts import EVIDENCE

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Brought:
    """New authors whom somebody brought, each with the accounts that may have, by code.

    `accounts` lists the candidates of the first such author, then of the next, from
    `starts`. `links` is a row a tweet passed on: owner (of the tweet), tweet_id, at.
    """

    accounts: Codes
    starts: Codes
    links: pd.DataFrame
    until: pd.Timestamp


def brought(
    events: pd.DataFrame, owners: Codes, camps: pd.Series, *, turn: Dated, camp: str
) -> Brought:
    """Return who brought the camp's new authors, from the earliest onset to the latest rise."""
    begin = pd.Timestamp(turn.onset_low)
    ramp_s = turn.ramp_s_high if np.isfinite(turn.ramp_s_high) else 0.0
    until = pd.Timestamp(turn.onset_high) + pd.Timedelta(seconds=ramp_s)
    root = events["event"].to_numpy() == 0
    during = ((events["at"] >= begin) & (events["at"] <= until)).to_numpy()
    first_row = np.maximum.accumulate(np.where(root, np.arange(len(events)), 0))
    table = events[["at", "tweet_id"]].assign(owner=owners)
    of_camp = (events["user_id"].map(camps) == camp).to_numpy()
    new = table[during & root & of_camp].sort_values(["at", "tweet_id"])
    new = new.drop_duplicates("owner").reset_index(drop=True).assign(author=lambda t: t.index)
    passed = table.assign(
        source=owners[first_row], source_id=events["tweet_id"].to_numpy()[first_row]
    )[during & ~root]
    links = new[["owner", "at", "author"]].merge(passed, on="owner", suffixes=("", "_passed"))
    links = links[(links["at_passed"] < links["at"]) & (links["source"] != links["owner"])]
    pairs = links[["author", "source"]].sort_values(["author", "source"])
    starts = np.flatnonzero(np.diff(pairs["author"].to_numpy(), prepend=-1, append=len(new)))
    told = links[["source", "source_id", "at_passed"]].set_axis(["owner", "tweet_id", "at"], axis=1)
    return Brought(pairs["source"].to_numpy(np.int64), starts.astype(np.int64), told, until)


def turned(
    found: Brought, accounts: int, *, replicates: int, seed: int, resample: bool
) -> dict[str, Any]:
    """Return how many new authors each account brought, and the chance that it was the most.

    Each replicate draws one of a new author's candidates, all alike, and with `resample`
    weighs the new authors by a Bayesian bootstrap: the archive holds some of those who were
    there. It has a Dirichlet prior of mass 1, one more new author whom an account brought of
    whom nothing is known: with few new authors nobody is sure to have brought the most.
    Where several have as many, they share the chance.
    """
    authors = len(found.starts) - 1
    many = np.diff(found.starts)
    unseen = max(accounts, int(found.accounts.max(initial=-1)) + 1)
    rng = stream(seed, replicates)
    drawn, first = np.zeros((replicates, unseen + 1), np.float32), np.zeros(unseen + 1)
    for i in range(replicates):
        chosen = found.accounts[found.starts[:-1] + (rng.random(authors) * many).astype(np.int64)]
        weights = np.ones(authors + 1)
        if resample:
            weights = rng.standard_exponential(authors + 1)
            weights *= len(weights) / weights.sum()
        drawn[i] = np.bincount(np.append(chosen, unseen), weights=weights, minlength=unseen + 1)
        most = np.flatnonzero(drawn[i] >= drawn[i].max() * (1 - 1e-6))
        first[most] += 1 / len(most)
    even = np.repeat(1 / np.maximum(many, 1), many)
    mean = np.bincount(found.accounts, weights=even, minlength=unseen)[:accounts]
    low, high = quantiles(drawn[:, :accounts], [0.025, 0.975])
    return {
        "brought": mean,
        "brought_low": low,
        "brought_high": high,
        "p_most": first[:accounts] / replicates,
        "passed_on": _passed_on(found, accounts),
    }


def _passed_on(found: Brought, accounts: int) -> pd.Series:
    """Return, per account, the tweets by which it brought new authors, the most passed on first."""
    grouped = found.links.groupby(["owner", "tweet_id"], as_index=False).agg(
        times=("at", "size"), first=("at", "min")
    )
    ordered = grouped.sort_values(
        ["owner", "times", "first", "tweet_id"], ascending=[True, False, True, True]
    )
    kept = ordered.groupby("owner").head(EVIDENCE).groupby("owner")["tweet_id"].agg(list)
    return kept.reindex(range(accounts))


def with_their_originals(
    left: NDArray[np.bool_],
    events: pd.DataFrame,
    owners: Codes,
    table: pd.DataFrame,
    *,
    until: pd.Timestamp,
) -> NDArray[np.bool_]:
    """Return the events left, and the originals of who brought authors from another camp."""
    unseen = table["p_turned"].to_numpy() > 0
    unseen[owners[left & (owners < len(unseen))]] = False
    theirs = unseen[np.minimum(owners, len(unseen) - 1)] & (owners < len(unseen))
    in_time = (events["at"] <= until) & (events["event"] == 0)
    return np.asarray(left | (theirs & in_time.to_numpy()))
