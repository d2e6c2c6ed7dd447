"""How much of the tags that one tag spawned traces back to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_count, require_number
from spread._random import resolve_seed, stream
from spread.hawkes._column import p_turned
from spread.hawkes._feeding import fed_or_not, pairs
from spread.hawkes._fit import fit
from spread.hawkes._origins import origins, parents_of
from spread.hawkes._result import HawkesFit
from spread.hawkes._uses import Uses, uses_of
from spread.tables import Table
from spread.text import html_card

__all__ = ["Traces", "traces"]

Numbers = NDArray[np.float64]

DAY_S = 86_400.0
_MOST_TAGS, _MOST_EVENTS = 3, 20_000
_FEWEST_EVENTS, _EVIDENCE = 20, 5
_WIDE, _CHANCE = 0.8, 0.05
_COLUMNS = [
    "hashtag", "tweets", "events", "share", "share_low", "share_high", "p_null",
    "branching", "branching_low", "branching_high", "evidence", "cannot_tell",
]  # fmt: skip
_MATRIX = [
    "source", "target", "events", "share", "share_low", "share_high", "branching",
    "branching_low", "branching_high", "p_null", "cannot_tell",
]  # fmt: skip


@dataclass(frozen=True, repr=False, eq=False)
class Traces:
    """Which share of each tag's first day traces back to a root tag.

    Attributes
    ----------
    cannot_tell
        Why nothing was fitted, or None.
    root
        Key of the root tag.
    table
        A row a tag asked for, most tweets first: hashtag (key), tweets (collected, of its
        first day, retweets included), events (its own tweets then: what was fitted), share,
        share_low, share_high (of `tweets`, traced back to the root), p_null (how often the
        tag's series, turned on its own clock, follows those of the other tags as closely),
        branching,
        branching_low, branching_high (own tweets with the tag that one with the root calls
        forth), evidence (ids of the tweets that the share rests on most), cannot_tell.
    matrix
        A row a pair of tags that were fitted: source, target, events (own tweets of the
        target in its first day), share, share_low, share_high (of the target's first day,
        traced back to the source), branching, branching_low, branching_high, p_null,
        cannot_tell (why a share is not to be told from chance, or is hardly known).
    fit
        The process that was fitted to own tweets, or None.
    start_at, end_at
        The window.
    first_s, shifts, seed
        What was asked.
    uses, counts
        The events, and for how many tweets of the first day each stands.
    """

    cannot_tell: str | None
    root: str
    table: pd.DataFrame
    matrix: pd.DataFrame
    fit: HawkesFit | None
    start_at: pd.Timestamp
    end_at: pd.Timestamp
    first_s: float
    shifts: int
    seed: int
    uses: Uses
    counts: NDArray[np.int64]

    def __repr__(self) -> str:
        if self.cannot_tell:
            return f"Traces(#{self.root}, cannot_tell={self.cannot_tell!r})"
        told = int(self.table["cannot_tell"].isna().sum())
        return f"Traces(#{self.root}: {told} of {len(self.table)} tags told)"

    def _repr_html_(self) -> str:
        facts = {
            f"#{row.hashtag}": row.cannot_tell
            if isinstance(row.cannot_tell, str)
            else f"{row.share:.0%} ({row.share_low:.0%}–{row.share_high:.0%})"
            for row in self.table.itertuples()
        }
        return html_card(
            f"Traces back to #{self.root}",
            {"cannot tell": self.cannot_tell or "—", **facts, "seed": self.seed},
        )


def traces(
    tweets: Table,
    root: str,
    tags: Sequence[str],
    *,
    first_s: float = DAY_S,
    shifts: int = 99,
    rng: np.random.Generator | int | None = None,
) -> Traces:
    """Return which share of each tag's first day traces back to a root tag.

    Own tweets are events of a cross-exciting process, a type a tag (`fit`): each came from
    outside, at a rate whose course all tags share up to scale, or an earlier one called it
    forth, which came from outside or was called forth, and so on back to a first cause. A
    retweet repeats a known tweet, and traces back to where that does; so retweets are weighed,
    not fitted. Each tag is there from its first use on. The share is the mean of draws from the
    posterior, the interval theirs: over how flexible the common course is, the parameters, and
    each event's origin. A tag feeds another one, or not at all: where it does in 95 % of the
    draws, the share is that of these; elsewhere the interval begins at 0 and ends as theirs. In
    simulated archives of two tags it held the true share in 62 of 64 and 63 of 63 (a tenth; of 700
    and 1,500 tweets), 62 of 63 and 63 of 64 (four tenths). There root tweets follow each other
    too closely for their feeding to be told (2 of 64). Shares that chance helped to be told are
    too high.

    The share is what the process says, not what people thought: anything that moves two tags
    alike and is not in the common course counts as the one calling forth the other. So each
    tag is compared with chance: its series is turned around the window, on the clock on which
    it would come evenly if no other tag fed it, and again it is asked how much likelier its times
    are with the other tags than without (in `matrix`: with one source than without it).

    Parameters
    ----------
    tweets
        Tweets with `tweet_id`, `author_id`, `at`, `hashtags`; `origin`, `kind`, `retweet_of`,
        `at_resolution_ms` where known. Tweets without a time are left out.
    root
        The tag to trace back to, with or without #, in any case.
    tags
        Tags that may have come from it. The three with most own tweets are fitted together;
        one with fewer than 20 is not.
    first_s
        How long after its first use a tag's tweets are counted, seconds.
    shifts
        How many random turns; the least p is 1 / (1 + shifts).
    rng
        Decides turns and draws; the seed is stored.

    Returns
    -------
    Traces
        A share is "cannot tell" where its interval begins at 0 or is wider than 80 points, or
        turned series follow the others as closely in more than 5 % of the turns: `share_low` is
        then 0. From
        20,000 own tweets on, the window ends with the last first day; where that leaves as
        many, nothing is fitted.

    Raises
    ------
    UsageError
        The root is not used at a known time.

    References
    ----------
    Zannettou et al. 2018, https://doi.org/10.1145/3278532.3278550; Linderman, Adams 2014,
    https://doi.org/10.48550/arXiv.1402.0914

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": ["1", "2"], "author_id": ["ann", "bob"],
    ...     "at": pd.to_datetime(["2014-04-22T18:00Z", "2014-04-22T20:00Z"]),
    ...     "hashtags": [["mynypd"], ["mylapd"]]})
    >>> traces(tweets, "#myNYPD", ["#myLAPD"], rng=1).table["cannot_tell"].tolist()
    ['1 own tweet is too few: at least 20 are needed']
    """
    require_number("first_s", first_s, above=0, unit="seconds")
    require_count("shifts", shifts, least=0)
    seed = resolve_seed(rng)
    every = uses_of(tweets, root, tags, rng=stream(seed, 0))
    left_out = _left_out(every)
    uses, why = _within(every.only([tag for tag in every.tags if tag not in left_out]), first_s)
    found = None
    if why is None:
        found = fit(
            uses.times_s, end_s=uses.end_s, types=np.array(uses.tags, dtype=object)[uses.types],
            from_first=True, rng=stream(seed, 1),
        )  # fmt: skip
        why = None if found.parameters else found.cannot_tell
    counts = uses.tweets(uses.born_s() + first_s)
    matrix = pd.DataFrame(columns=_MATRIX)
    best, p_null = dict[str, list[str]](), dict[str, float]()
    if found is not None and why is None:
        turned = _turned(found, shifts, seed)
        matrix = _matrix(found, uses, counts, first_s, turned, seed)
        p_null = dict(zip(found.types, turned[-1].tolist(), strict=True))
        best = _evidence(found, uses, counts)
    return Traces(
        why,
        uses.tags[0],
        _table(every, first_s, matrix, best, p_null, left_out, why),
        matrix,
        found,
        uses.start_at,
        uses.start_at + pd.Timedelta(seconds=uses.end_s),
        first_s,
        shifts,
        seed,
        uses,
        counts,
    )


def _left_out(uses: Uses) -> dict[str, str]:
    """Return the tags that are not fitted, with the reason."""
    counted = np.bincount(uses.types, minlength=len(uses.tags))[1:]
    order = sorted(range(len(counted)), key=lambda i: (-counted[i], uses.tags[i + 1]))
    many = f"only the {_MOST_TAGS} tags with most own tweets are fitted together"
    return {
        uses.tags[i + 1]: many if counted[i] >= _FEWEST_EVENTS else _too_few(counted[i])
        for place, i in enumerate(order)
        if place >= _MOST_TAGS or counted[i] < _FEWEST_EVENTS
    }


def _too_few(count: int) -> str:
    shown = "1 own tweet is" if count == 1 else f"{count} own tweets are"
    return f"{shown} too few: at least {_FEWEST_EVENTS} are needed"


def _within(uses: Uses, first_s: float) -> tuple[Uses, str | None]:
    """Return the uses to be fitted, and why none can be."""
    if len(uses.tags) == 1:
        return uses, "no tag has enough own tweets"
    if not (uses.types == 0).any():
        return uses, "no tweet carries the root without a newer one of the tags"
    if len(uses) > _MOST_EVENTS:
        born = uses.born_s()
        uses = uses.only(uses.tags, float(born.max()) + first_s)
    if len(uses) > _MOST_EVENTS:
        return uses, (
            f"{len(uses):,} own tweets until the tags' first days are over are more than the "
            f"{_MOST_EVENTS:,} that are fitted"
        )
    return uses, None


def _matrix(
    found: HawkesFit,
    uses: Uses,
    counts: NDArray[np.int64],
    first_s: float,
    p_turned: Numbers,
    seed: int,
) -> pd.DataFrame:
    """Return the shares and the numbers called forth, a row a pair of tags."""
    place = np.array([found.types.index(tag) for tag in uses.tags])
    weights = _weights(found, counts)
    p_null, joint = p_turned[:-1][place][:, place], p_turned[-1][place]
    shares, branching = (a[:, place][:, :, place] for a in _drawn(found, weights, stream(seed, 2)))
    day = uses.times_s < (uses.born_s() + first_s)[uses.types]
    events = np.bincount(uses.types[day], minlength=len(uses.tags))
    rows = []
    for i, j, row in pairs(uses.tags, shares, branching, events, p_null):
        chance = p_null[i, j] if i == j else max(p_null[i, j], joint[j])
        rows.append(row | {"cannot_tell": _doubt(row | {"p_null": chance})})
    return pd.DataFrame(rows, columns=_MATRIX)


def _weights(found: HawkesFit, counts: NDArray[np.int64]) -> Numbers:
    """Return for how much of each target's first day each event stands, (n, types)."""
    types = found.objective.events.types
    weights = np.zeros((len(counts), len(found.types)))
    weights[np.arange(len(counts)), types] = counts
    return weights / np.maximum(weights.sum(axis=0), 1)


def _drawn(found: HawkesFit, weights: Numbers, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Return shares and branching by draws of the parameters, and of who called forth whom."""
    drawn = fed_or_not(found.objective, found.point, found.draws, rng)
    types = weights.shape[1]
    shares = np.empty((len(drawn), types, types))
    for i, x in enumerate(drawn):
        first = parents_of(found, x).causes(rng)
        for source in range(types):
            shares[i, source] = (first == source) @ weights
    return shares, drawn[:, found.objective.slices["branching"]].reshape(shares.shape)


def _turned(found: HawkesFit, shifts: int, seed: int) -> Numbers:
    """Return how often a turned target follows each source as closely, and all others at last.

    Shape (sources + 1, targets).
    """
    types = len(found.types)
    p = np.full((types + 1, types), np.nan)
    for target in range(types if shifts else 0):
        p[:, target] = p_turned([found], target, shifts, stream(seed, 3, target))
    return p


def _evidence(found: HawkesFit, uses: Uses, counts: NDArray[np.int64]) -> dict[str, list[str]]:
    """Return, for each tag, the tweets on which the share that traces back rests most."""
    held = counts * origins(found)[1][:, found.types.index(uses.tags[0])]
    best = {}
    for i, tag in enumerate(uses.tags):
        rows = np.flatnonzero((uses.types == i) & (held > 0))
        rows = rows[np.lexsort((rows, -held[rows]))][:_EVIDENCE]
        best[tag] = [str(tweet_id) for tweet_id in uses.tweet_ids[rows]]
    return best


def _table(
    uses: Uses,
    first_s: float,
    matrix: pd.DataFrame,
    best: dict[str, list[str]],
    p_null: dict[str, float],
    left_out: dict[str, str],
    why: str | None,
) -> pd.DataFrame:
    """Return a row a tag that was asked for."""
    until = uses.born_s() + first_s
    tweets = np.bincount(uses.types, uses.tweets(until), minlength=len(uses.tags))
    events = np.bincount(uses.types[uses.times_s < until[uses.types]], minlength=len(uses.tags))
    told = matrix[matrix["source"] == uses.tags[0]].set_index("target")
    rows = []
    for i, tag in enumerate(uses.tags[1:], start=1):
        row: dict[str, Any] = dict.fromkeys(_COLUMNS, float("nan"))
        row |= {"hashtag": tag, "evidence": best.get(tag, [])}
        if tag in told.index:
            row |= {str(name): value for name, value in told.loc[tag].items() if name in row}
        row |= {"tweets": int(tweets[i]), "events": int(events[i])}
        row["p_null"] = p_null.get(tag, float("nan"))
        if row["p_null"] > _CHANCE:
            row["share_low"] = 0.0
        row["cannot_tell"] = left_out.get(tag) or why or _doubt(row)
        rows.append(row)
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.sort_values(["tweets", "hashtag"], ascending=[False, True], ignore_index=True)


def _doubt(row: dict[str, Any]) -> str | None:
    if row["p_null"] > _CHANCE:
        return (
            f"with its times shifted against the others', which undoes every tie, the tag follows "
            f"them as closely in {100 * row['p_null']:.0f} % of the shifts"
        )
    if row["share_low"] == 0:
        return f"the data allow that nothing traces back, and up to {row['share_high']:.0%}"
    if row["share_high"] - row["share_low"] > _WIDE:
        low, high = 100 * row["share_low"], 100 * row["share_high"]
        return f"the data allow shares from {low:.0f} to {high:.0f} %"
    return None
