"""What a tag would have been without some of its accounts, under the fitted process."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_count, require_texts
from spread._random import resolve_seed, stream
from spread.hawkes._column import p_turned
from spread.hawkes._fit import fit
from spread.hawkes._origins import parents_of
from spread.hawkes._result import HawkesFit, quantiles
from spread.hawkes._uses import Uses, uses_of
from spread.tables import Table
from spread.text import html_card

__all__ = ["Without", "without"]

Numbers = NDArray[np.float64]

_MOST_EVENTS, _DRAWS, _CHANCE, _BINS = 20_000, 200, 0.05, 120
_TIMELINE = [
    "start_at", "end_at", "tweets", "without", "without_low", "without_high",
    "least", "least_low", "least_high",
]  # fmt: skip


@dataclass(frozen=True, repr=False, eq=False)
class Without:
    """A tag without some accounts: how many of its tweets trace back to them.

    Attributes
    ----------
    cannot_tell
        Why that cannot be told, or None.
    root, accounts
        Key of the tag, and ids of the accounts.
    tweets
        Collected tweets with the tag, retweets included.
    own
        Those of them that the accounts wrote, or that repeat one of theirs: these fall away
        whatever the process says.
    traced, traced_low, traced_high
        Tweets that descend from one of theirs under the fitted process, `own` among them: the
        lower bound, for what they did to the rate from outside is not in it.
    bound, bound_low, bound_high
        The upper bound: besides, all that came from outside after their first tweet beyond the
        mean rate from outside before it, and what descends from that.
    p_null
        How often the other accounts' series, turned around the window, follows theirs as
        closely.
    timeline
        start_at, end_at, tweets, without, without_low, without_high (what is left without
        `traced`), least, least_low, least_high (without `bound`).
    first_at
        The accounts' first tweet with the tag.
    fit, seed
        The process that was fitted to own tweets, or None; what decides the draws.
    """

    cannot_tell: str | None
    root: str
    accounts: tuple[str, ...]
    tweets: int
    own: int
    traced: float
    traced_low: float
    traced_high: float
    bound: float
    bound_low: float
    bound_high: float
    p_null: float
    timeline: pd.DataFrame
    first_at: pd.Timestamp | None
    fit: HawkesFit | None
    seed: int

    def __repr__(self) -> str:
        if self.cannot_tell:
            return f"Without(#{self.root}, cannot_tell={self.cannot_tell!r})"
        return (
            f"Without(#{self.root}: {self.traced:.0f} ({self.traced_low:.0f}–"
            f"{self.traced_high:.0f}) of {self.tweets} tweets, at most {self.bound_high:.0f})"
        )

    def _repr_html_(self) -> str:
        return html_card(
            f"#{self.root} without {', '.join(self.accounts)}",
            {
                "cannot tell": self.cannot_tell or "—",
                "tweets": f"{self.tweets:,}",
                "theirs, and retweets of these": f"{self.own:,}",
                "trace back to theirs": f"{self.traced:,.0f} "
                f"({self.traced_low:,.0f}–{self.traced_high:,.0f})",
                "at most": f"{self.bound:,.0f} ({self.bound_low:,.0f}–{self.bound_high:,.0f})",
                "seed": self.seed,
            },
        )


def without(
    tweets: Table,
    root: str,
    accounts: Sequence[str] | str,
    *,
    shifts: int = 99,
    rng: np.random.Generator | int | None = None,
) -> Without:
    """Return how many of a tag's tweets would not be there without some accounts.

    Own tweets with the tag are fitted as a cross-exciting process of two types, the accounts'
    and all others', with a flexible rate from outside. Who called forth whom is drawn from the
    posterior, and whatever descends from a tweet of theirs goes, its retweets too. Two bounds:
    the lower takes the rate from outside as given, though they may have raised it (a headline
    about them); the upper credits them with all of that rate, after their first tweet, beyond
    its mean before. Nobody who would have come anyway, later or with another tag, is in either.

    Parameters
    ----------
    tweets
        As `traces`.
    root
        The tag, with or without #, in any case.
    accounts
        User ids: its hijackers.
    shifts
        How many random turns; the least p is 1 / (1 + shifts).
    rng
        Decides turns and draws; the seed is stored.

    Returns
    -------
    Without
        "Cannot tell" where others follow the accounts no closer than turned around the window
        (5 % level): the lower bound's interval then starts at `own`.

    Raises
    ------
    UsageError
        The tag is not used at a known time.

    References
    ----------
    Linderman, Adams 2014, https://doi.org/10.48550/arXiv.1402.0914; Zannettou et al. 2018,
    https://doi.org/10.1145/3278532.3278550

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": ["1", "2"], "author_id": ["ann", "bob"], "hashtags": [["mynypd"]] * 2,
    ...     "at": pd.to_datetime(["2014-04-22T18:00Z", "2014-04-22T20:00Z"])})
    >>> without(tweets, "#myNYPD", "ann", rng=1).cannot_tell
    '2 events are too few to tell excitation from chance: at least 20 are needed'
    >>> without(tweets, "#myNYPD", "eve", rng=1).cannot_tell
    'none of these accounts has a tweet of its own with the tag'
    """
    require_count("shifts", shifts, least=0)
    seed = resolve_seed(rng)
    names = tuple(require_texts("accounts", accounts))
    uses = uses_of(tweets, root, [], rng=stream(seed, 0))
    theirs = np.isin(uses.author_ids, np.array(names, dtype=object))
    counts = uses.tweets(np.array([np.inf]))
    why, found = _refused(uses, theirs), None
    if why is None:
        found = fit(
            uses.times_s, end_s=uses.end_s, types=np.where(theirs, "accounts", "others"),
            rng=stream(seed, 1),
        )  # fmt: skip
        why = None if found.parameters else found.cannot_tell
    first = float(uses.times_s[theirs][0]) if theirs.any() else None
    own = int(counts[theirs].sum())
    gone, p_null = np.zeros((2, _DRAWS, len(uses))), float("nan")
    if found is not None and first is not None and why is None:
        gone = _gone(found, theirs, first, stream(seed, 2))
        p_null = _p_null(found, shifts, stream(seed, 3))
        if p_null > _CHANCE:
            why = (
                f"with their times shifted against the others', which undoes every tie, these "
                f"accounts are followed as closely in {100 * p_null:.0f} % of the shifts"
            )
    totals = gone @ counts
    told = np.vstack([totals.mean(axis=1), quantiles(totals.T)])
    if np.isnan(p_null):
        told = np.full((3, 2), np.nan)
    elif why:
        told[1, 0] = own
    (traced, traced_low, traced_high), (bound, bound_low, bound_high) = told.T.tolist()
    return Without(
        cannot_tell=why,
        root=uses.tags[0],
        accounts=names,
        tweets=int(counts.sum()),
        own=own,
        traced=traced,
        traced_low=traced_low,
        traced_high=traced_high,
        bound=bound,
        bound_low=bound_low,
        bound_high=bound_high,
        p_null=p_null,
        timeline=pd.DataFrame(columns=_TIMELINE) if np.isnan(p_null) else _timeline(uses, gone),
        first_at=None if first is None else uses.start_at + pd.Timedelta(seconds=first),
        fit=found,
        seed=seed,
    )


def _refused(uses: Uses, theirs: NDArray[np.bool_]) -> str | None:
    if not theirs.any():
        return "none of these accounts has a tweet of its own with the tag"
    if theirs.all():
        return "nobody else has a tweet of its own with the tag"
    if len(uses) > _MOST_EVENTS:
        return f"{len(uses):,} own tweets are more than the {_MOST_EVENTS:,} that are fitted"
    return None


def _gone(
    found: HawkesFit, theirs: NDArray[np.bool_], first_s: float, rng: np.random.Generator
) -> Numbers:
    """Return which events fall away under the lower and the upper bound, by draws."""
    gone = np.zeros((2, _DRAWS, len(theirs)))
    times = found.objective.events.times_s
    chosen = found.draws[rng.integers(len(found.draws), size=_DRAWS)]
    for i, x in enumerate(chosen):
        posterior = parents_of(found, x)
        usual = _rate_before(posterior.mu, found, x, first_s)
        beyond = (times > first_s) & (rng.random(len(times)) * posterior.mu > usual)
        cause = posterior.causes(rng, beyond.astype(np.int64), np.where(theirs, 2, -1))
        gone[0, i], gone[1, i] = cause == 2, cause > 0
    return gone


def _rate_before(mu: Numbers, found: HawkesFit, x: Numbers, first_s: float) -> Numbers:
    """Return each event's rate from outside as if the course had stayed at its mean before."""
    if first_s <= 0:
        return np.zeros(len(mu))
    baseline = found.objective.baseline(x)
    mean = baseline.integral(np.array([first_s]))[0] / first_s
    return np.asarray(baseline.scales[found.objective.events.types] * mean)


def _p_null(found: HawkesFit, shifts: int, rng: np.random.Generator) -> float:
    source, target = (found.types.index(name) for name in ("accounts", "others"))
    return float(p_turned([found], target, shifts, rng)[source])


def _timeline(uses: Uses, gone: Numbers) -> pd.DataFrame:
    """Return tweets over time, and what is left of them under both bounds."""
    row = np.concatenate([np.flatnonzero(uses.collected), uses.retweeted])
    at = np.concatenate([uses.times_s[uses.collected], uses.retweeted_s])
    edges = np.linspace(0, at.max(initial=1.0), _BINS + 1)
    place = np.clip(np.searchsorted(edges, at, side="right") - 1, 0, _BINS - 1)
    counted = np.zeros((_BINS, len(uses)))
    np.add.at(counted, (place, row), 1.0)
    tweets = counted.sum(axis=1)
    start = uses.start_at + pd.to_timedelta(np.round(edges * 1e6), unit="us")
    table = pd.DataFrame(
        {"start_at": start[:-1], "end_at": start[1:], "tweets": tweets.astype(int)}
    )
    for name, lost in zip(("without", "least"), gone, strict=True):
        left = tweets - lost @ counted.T
        low, high = quantiles(left)
        table[name], table[f"{name}_low"], table[f"{name}_high"] = left.mean(axis=0), low, high
    return table[_TIMELINE]
