"""From tweets and camps to the turn."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import tables
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.hijack import _drivers
from spread.hijack._average import Average
from spread.hijack._labels import Labels, corrected, labelled
from spread.hijack._posterior import RampPosterior, log_bayes_factor, posterior
from spread.hijack._segment import check_prior
from spread.hijack._steps import in_composition, in_volume, no_changes
from spread.hijack._timeline import timeline
from spread.hijack._turn import Turn
from spread.hijack._units import Units, read, units
from spread.hijack._verdict import judge, too_little

__all__ = ["detect"]

_DRAWS = 400
_BEFORE_ONSET = pd.Timedelta(minutes=5)
_LEFT_OUT = 3


@dataclass(frozen=True, eq=False)
class _Context:
    """What every step needs: the rows, their camps, and what was asked."""

    rows: pd.DataFrame
    labels: Labels
    launcher: str | None
    prior: float
    seed: int
    common: dict[str, Any]


def detect(
    tweets: tables.Table,
    camps: tables.Table | str,
    *,
    unit: str = "cascade",
    prior: float = 1.0,
    launch: pd.Timestamp | None = None,
    rng: np.random.Generator | int | None = None,
) -> Turn:
    """Say whether, when and by whom the composition of the talk was turned.

    Each unit falls into a camp with probability (1 − s(t)) p0 + s(t) p1, where s rises from
    0 at the onset to 1 over a ramp: at once, linearly, as an exponential approach, or
    S-shaped. Onset (half uniform by the clock, half by order of units), ramp (none, or 1 min
    to 2 h, logarithmic) and shape have a posterior on a grid; p0 and p1 ~ Dirichlet are
    integrated out. `p_turn` compares this with no change and with a slow drift, a linear
    change over the whole archive or half of a long one, each as probable beforehand. How many units
    come when plays no part: a burst of volume is no turn.

    A unit is a cascade: a tweet, quote or reply with its retweets, dated by the original.
    The accounts that took part fall into camps by a Dirichlet-multinomial around the shares
    of the time, whose concentration is fitted over the cascades: the more alike those in
    one cascade are, the less they count beyond one. An author counts at most ten times an
    hour, and all units of an hour weigh their effective number, by authors, over their
    number. What dependence is left is measured as variance between blocks of units around
    the fitted change, and the evidence is divided by it.

    A turn is called from `p_turn` 0.95 on; up to 0.1 there is no turn. The answer is
    `cannot_tell` in between; with units of a weight below 20 or of a single camp; and when
    a weight below 10 lies before (after) the change, since then the archive does not show
    what it came from (led to). Only where `launch` is known can a tag be told to have been
    another camp's from the start.

    Parameters
    ----------
    tweets
        tweet_id, author_id, at, kind, retweet_of; where there are: origin,
        retweet_author_id, manual_retweet, followers. All of them are used: choose those
        that carry the tag. Counts are of collected tweets; originals that came in with a
        retweet are units if they were posted within the collected span.
    camps
        One of: user_id and camp, one row an account, with `split` where camps were found
        several times without the accounts they are for (`communities.held_out_camps`): then
        the posteriors of the splits are averaged. Or tweet_id and code (`by_lexicon`,
        hand-coded tweets), with `coder` where several coded: each tweet counts with its
        first coder's code, tweets coded twice tell how often codes are wrong, and the
        shares are corrected for that. Or the name of a
        column of `tweets` that holds codes. What has no camp is counted as unlabelled and
        not used; "other" is a camp. Camps found in the retweets of these same accounts make
        a change look sharper than it is.
    unit
        Only "cascade". Tweets of one cascade are not independent (a test by tweet rejects
        a true "no change" in 93 % of archives, by cascade in 5 %), and an author is a tweet
        in disguise where each retweet has its own author.
    prior
        Total mass of the Dirichlet priors, spread equally over the camps.
    launch
        When the tag was launched, if the archive holds that.
    rng
        Seed of the draws for shares and drivers.

    Returns
    -------
    Turn
        Times in UTC; every estimate with a 95 % interval.

    Raises
    ------
    UsageError
        `unit` or `prior` is not what is allowed, an account has two camps or a tweet two
        codes.
    MissingColumnError
        A table lacks a column.

    Notes
    -----
    Departs from Bayesian segmentation in that the change may be gradual: an abrupt model's
    interval misses the onset of a ramp. Of several changes the one that explains most is
    found; `changes` finds all, as steps.

    References
    ----------
    Fearnhead 2006, https://doi.org/10.1007/s11222-006-8450-8

    Examples
    --------
    Forty people of camp A post, one a minute; then forty of camp B:

    >>> tweets = pd.DataFrame({
    ...     "tweet_id": [f"{i:03}" for i in range(80)],
    ...     "author_id": [f"u{i:03}" for i in range(80)],
    ...     "at": pd.date_range("2014-04-22 18:00", periods=80, freq="min", tz="UTC"),
    ...     "kind": "tweet", "retweet_of": None})
    >>> camps = pd.DataFrame({"user_id": tweets.author_id, "camp": ["A"] * 40 + ["B"] * 40})
    >>> turn = detect(tweets, camps, rng=1)
    >>> turn.rising, str(turn.onset_low.floor("min")), str(turn.onset_high.ceil("min"))
    ('B', '2014-04-22 18:34:00+00:00', '2014-04-22 18:41:00+00:00')
    """
    if not isinstance(unit, str) or unit != "cascade":
        raise UsageError(
            "unit cannot be used",
            got=repr(unit),
            allowed="'cascade'",
            hint="Tweets of one cascade repeat one choice, and an author of a retweet is a "
            "tweet in disguise: both find changes where there are none",
        )
    check_prior(prior)
    launched = None if launch is None else _moment(launch)
    seed = resolve_seed(rng)
    rows = read(tweets)
    labels = labelled(rows, tweets, camps, stream(seed, 6))
    whole = units(rows, labels.camp, labels.names, audience=labels.audience)
    common = {
        "units": len(whole), "unlabelled": whole.unlabelled, "unit": unit, "weak": labels.weak,
        "splits": len(labels.splits), "prior": float(prior), "seed": seed,
        "timeline": timeline(whole), "volume": _volume(rows, stream(seed, 4)),
    }  # fmt: skip
    launcher = _launcher(rows, labels, launched)
    context = _Context(rows.assign(camp=labels.camp), labels, launcher, prior, seed, common)
    counted = [units(rows, camp, labels.names, audience=labels.audience) for camp in labels.splits]
    for each in (whole, *counted):
        if reason := too_little(each, rows, audience=labels.audience):
            return _unknown(reason, context)
    found = Average([posterior(each, prior=prior) for each in counted])
    return _judged(found, whole, counted[0], context)


def _volume(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    collected = rows["at"][rows.collected.to_numpy(dtype=bool)]
    return in_volume(tables.microseconds(collected), rng)


def _moment(launch: object) -> pd.Timestamp:
    try:
        moment = pd.Timestamp(launch) if isinstance(launch, str | date | np.datetime64) else None
    except ValueError:
        moment = None
    if moment is None or pd.isna(moment) or moment.tz is None:
        raise UsageError(
            "launch cannot be used", got=repr(launch), allowed="a moment with its time zone"
        )
    return moment


def _launcher(rows: pd.DataFrame, labels: Labels, launch: pd.Timestamp | None) -> str | None:
    """Return the camp of whoever posted first, where the archive holds the launch."""
    if launch is None:
        return None
    first = labels.camp[(rows.kind != "retweet") & (rows["at"] >= launch)].head(1).dropna()
    return None if first.empty else str(first.iloc[0])


def _judged(found: Average, whole: Units, counted: Units, context: _Context) -> Turn:
    onsets_s, ramps_s, drawn = found.draw(stream(context.seed, 0), _DRAWS)
    drawn = corrected(drawn, context.labels, stream(context.seed, 2))
    verdict = judge(found, whole, drawn, context.launcher)
    answers = context.common | {
        "p_turn": found.p_turn,
        "log_bayes_factor": found.log_bayes_factor,
        "overdispersion": float(np.mean([part.overdispersion for part in found.parts])),
        "concentration": float(np.mean([part.concentration for part in found.parts])),
        "posterior": _onset_table(whole, *found.onset_cells()),
        "changes": in_composition(
            whole,
            found.parts[0].concentration,
            found.parts[0].overdispersion,
            stream(context.seed, 5),
        ),
        "cannot_tell": verdict.cannot_tell,
    }
    if verdict.rising is None:
        return Turn(**answers, shares=_no_shares(), drivers=_drivers.none(),
                    naive=_drivers.naive(context.rows, None, None, None))  # fmt: skip
    times = _times(found, whole)
    if verdict.by_s is not None:
        times = _from_the_start(whole, verdict.by_s)
        onsets_s, ramps_s = np.zeros(_DRAWS), np.full(_DRAWS, verdict.by_s)
        drawn = _of_all(whole, found.parts[0], stream(context.seed, 3))
    window = (times["onset_low"] - _BEFORE_ONSET, times["halfway_high"])
    drivers = _drivers.drivers(
        context.rows,
        verdict.rising,
        onsets_us=whole.start_us + np.round(onsets_s * 1e6).astype(np.int64),
        ramps_s=ramps_s,
        rng=stream(context.seed, 1),
    )
    lost = _lost(drivers, found.parts[0], counted, context)
    return Turn(**answers, **times, shares=_share_table(whole, drawn), rising=verdict.rising,
                kind=verdict.kind, drivers=drivers.assign(log_bayes_factor_lost=lost),
                evidence=_drivers.to_read(context.rows, verdict.rising, *window),
                naive=_drivers.naive(context.rows, verdict.rising, *window))  # fmt: skip


def _lost(
    drivers: pd.DataFrame, found: RampPosterior, counted: Units, context: _Context
) -> NDArray[np.float64]:
    """Return by how much the log Bayes factor falls without all that an account began."""
    lost = np.full(len(drivers), np.nan)
    began = context.rows.author_id.to_numpy()[counted.row]
    for place, account in enumerate(drivers.user_id.head(_LEFT_OUT)):
        without = counted.without(began == account)
        lost[place] = found.log_bayes_factor - log_bayes_factor(without, found, prior=context.prior)
    return lost


def _of_all(counted: Units, found: RampPosterior, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return draws of the shares over all units as what came after; before is not known."""
    totals = counted.categories(found.concentration).sum(axis=0) / found.overdispersion
    after = rng.dirichlet(found.alpha + totals, size=_DRAWS)
    return np.stack([np.full_like(after, np.nan), after], axis=1)


def _from_the_start(counted: Units, by_s: float) -> dict[str, Any]:
    """Return the times of a tag that was another camp's from its launch, by `by_s`."""
    first, last = counted.instant(0), counted.instant(by_s)
    names = ("onset", "onset_low", "halfway", "halfway_low")
    return dict.fromkeys(names, first) | {"onset_high": last, "halfway_high": last}


def _times(found: Average, counted: Units) -> dict[str, Any]:
    """Return onset, half-way time and ramp, each with the shortest 95 % interval."""
    answers: dict[str, Any] = {}
    for name, at in (("onset", found.onset()), ("halfway", found.halfway())):
        answers[name] = counted.instant(at.middle)
        answers[f"{name}_low"] = counted.instant(at.low)
        answers[f"{name}_high"] = counted.instant(at.high)
    ramp = found.ramp()
    return answers | {"ramp_s": ramp.middle, "ramp_s_low": ramp.low, "ramp_s_high": ramp.high}


def _unknown(reason: str, context: _Context) -> Turn:
    empty = pd.DataFrame(
        {"at": pd.Series(dtype="datetime64[us, UTC]"), "probability": pd.Series(dtype="float64")}
    )
    return Turn(
        cannot_tell=reason, p_turn=np.nan, log_bayes_factor=np.nan, **context.common,
        posterior=empty, changes=no_changes(), shares=_no_shares(), drivers=_drivers.none(),
        naive=_drivers.naive(context.rows, None, None, None),
    )  # fmt: skip


def _onset_table(
    counted: Units, onsets_s: NDArray[np.float64], weights: NDArray[np.float64]
) -> pd.DataFrame:
    at_us = counted.start_us + np.round(onsets_s * 1e6).astype(np.int64)
    return pd.DataFrame({"at": tables.instants(at_us), "probability": weights})


def _share_table(counted: Units, drawn: NDArray[np.float64]) -> pd.DataFrame:
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    shares: dict[str, Any] = {"camp": list(counted.camps)}
    for side, name in enumerate(("before", "after")):
        shares |= {name: drawn[:, side].mean(axis=0), f"{name}_low": low[side],
                   f"{name}_high": high[side]}  # fmt: skip
    return pd.DataFrame(shares)


def _no_shares() -> pd.DataFrame:
    names = ["before", "before_low", "before_high", "after", "after_low", "after_high"]
    camp = {"camp": pd.Series(dtype="str")}
    return pd.DataFrame(camp | {name: pd.Series(dtype="float64") for name in names})
