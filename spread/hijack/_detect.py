"""From tweets and camps to the turn."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import beta

from spread import tables
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.hijack import _drivers
from spread.hijack._posterior import RampPosterior, median, posterior, shortest
from spread.hijack._segment import check_prior
from spread.hijack._turn import Turn
from spread.hijack._units import Units, read, units

__all__ = ["detect"]

_LEAST_UNITS = 20
_LEAST_A_SIDE = 10
_SURE = 0.95
_NO_TURN = 0.1
_DRAWS = 400
_BEFORE_ONSET = pd.Timedelta(minutes=5)
_MOST_BINS = 96
_BIN_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10080, 40320, 524160)


def detect(
    tweets: tables.Table,
    camps: tables.Table,
    *,
    unit: str = "cascade",
    prior: float = 1.0,
    rng: np.random.Generator | int | None = None,
) -> Turn:
    """Say whether, when and by whom the composition of the talk was turned.

    Each unit falls into the camp of its author with probability
    (1 − s(t)) p0 + s(t) p1, where s rises from 0 at the onset to 1 over a ramp: at once,
    linearly, as an exponential approach, or S-shaped. Onset (half uniform by the clock,
    half by order of units), ramp (none, or 1 min to 2 h, logarithmic) and shape have a
    posterior on a grid; p0 and p1 ~ Dirichlet are integrated out. `p_turn` compares this
    with no change at prior odds of 1:1. How many units come when plays no part: a burst of
    volume is no turn.

    A unit is a cascade, a tweet, quote or reply with its retweets, dated by the original
    and in the camp of its author: the retweets of one original repeat one choice. So do the
    originals of one author: an author counts at most ten times an hour, and all units of an
    hour weigh their effective number, by authors, over their number. What dependence is left
    is measured as variance between blocks of units around the fitted change, and the
    evidence is divided by it.

    A turn is called from `p_turn` 0.95 on; up to 0.1 there is no turn. The answer is
    `cannot_tell` in between; with units of a weight below 20 or of a single camp; and when
    a weight below 10 lies before (after) the change, since then the archive does not show
    what it came from (led to).

    Parameters
    ----------
    tweets
        tweet_id, author_id, at, kind, retweet_of; where there are: origin,
        retweet_author_id, manual_retweet, followers. All of them are used: choose those
        that carry the tag. Counts are of collected tweets; originals that came in with a
        retweet are units if they were posted within the collected span.
    camps
        user_id, camp: one row an account. Accounts without a row are counted as
        unlabelled and not used; "other" is a camp. Camps found in the retweets of these
        same tweets make a change look sharper than it is.
    unit
        Only "cascade". Tweets of one cascade are not independent (a test by tweet rejects
        a true "no change" in 93 % of archives, by cascade in 5 %), and an author is a tweet
        in disguise where each retweet has its own author.
    prior
        Total mass of the Dirichlet priors, spread equally over the camps.
    rng
        Seed of the draws for shares and drivers.

    Returns
    -------
    Turn
        Times in UTC; every estimate with a 95 % interval.

    Raises
    ------
    UsageError
        `unit` or `prior` is not what is allowed, or an account has two camps.
    MissingColumnError
        A table lacks a column.

    Notes
    -----
    Departs from Bayesian segmentation (Fearnhead 2006, doi:10.1007/s11222-006-8450-8) in
    that the change may be gradual: an abrupt model's interval misses the onset of a ramp.
    Of several changes the one that explains most is found.

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
    if unit != "cascade":
        raise UsageError(
            "unit cannot be used",
            got=repr(unit),
            allowed="'cascade'",
            hint="Tweets of one cascade repeat one choice, and an author of a retweet is a "
            "tweet in disguise: both find changes where there are none",
        )
    check_prior(prior)
    seed = resolve_seed(rng)
    rows = read(tweets, camps)
    counted = units(rows)
    common = {
        "units": len(counted), "unlabelled": counted.unlabelled, "unit": unit,
        "prior": float(prior), "seed": seed, "timeline": _timeline(counted),
    }  # fmt: skip
    if reason := _too_little(counted):
        return _unknown(reason, rows, common)
    found = posterior(counted.times_s, counted.categories, prior=prior)
    return _judged(found, counted, rows, common, seed)


def _judged(
    found: RampPosterior, counted: Units, rows: pd.DataFrame, common: dict[str, Any], seed: int
) -> Turn:
    p_turn = float(expit(found.log_bayes_factor))
    onset_weights = found.weights.sum(axis=(1, 2))
    answers = common | {
        "cannot_tell": _undecided(found, counted, p_turn),
        "p_turn": p_turn,
        "log_bayes_factor": found.log_bayes_factor,
        "overdispersion": found.overdispersion,
        "posterior": _onset_table(counted, found.onsets_s, onset_weights),
    }
    if answers["cannot_tell"] is not None or p_turn < _SURE:
        return Turn(**answers, shares=_no_shares(), drivers=_drivers.none(),
                    naive=_drivers.naive(rows, None, None, None))  # fmt: skip
    onsets_s, ramps_s, drawn = found.draw(stream(seed, 0), _DRAWS)
    shares = _share_table(counted, drawn)
    rising = str(shares.camp[int((shares.after - shares.before).to_numpy().argmax())])
    times = _times(found, counted, onset_weights)
    window = (times["onset_low"] - _BEFORE_ONSET, times["halfway_high"])
    onsets_us = counted.start_us + np.round(onsets_s * 1e6).astype(np.int64)
    drivers = _drivers.drivers(
        rows, rising, onsets_us=onsets_us, ramps_s=ramps_s, rng=stream(seed, 1)
    )
    return Turn(**answers, **times, shares=shares, rising=rising, drivers=drivers,
                evidence=_drivers.to_read(rows, rising, *window),
                naive=_drivers.naive(rows, rising, *window))  # fmt: skip


def _times(
    found: RampPosterior, counted: Units, onset_weights: NDArray[np.float64]
) -> dict[str, Any]:
    """Return onset, half-way time and ramp, each with the shortest 95 % interval."""
    by_ramp = found.weights.sum(axis=2)
    cells = np.diff(found.edges_s) / 2
    halfway = (found.onsets_s[:, None] + found.ramps_s / 2).ravel()
    estimates = {
        "onset": (found.onsets_s, onset_weights, cells),
        "halfway": (halfway, by_ramp.ravel(), np.repeat(cells, len(found.ramps_s))),
        "ramp_s": (found.ramps_s, by_ramp.sum(axis=0), np.zeros(len(found.ramps_s))),
    }
    answers: dict[str, Any] = {}
    for name, (values, weights, reach) in estimates.items():
        low, high = shortest(values, weights)
        answers[name] = median(values, weights)
        answers[f"{name}_low"] = float(values[low] - reach[low])
        answers[f"{name}_high"] = float(values[high] + reach[high])
    return {
        name: value if name.startswith("ramp") else counted.instant(value)
        for name, value in answers.items()
    }


def _too_little(counted: Units) -> str | None:
    if counted.weight.sum() < _LEAST_UNITS:
        return (
            f"only {len(counted)} cascades are by authors with a camp ({counted.unlabelled} "
            f"without), worth {counted.weight.sum():.0f} independent ones; at least "
            f"{_LEAST_UNITS} are needed"
        )
    if len(counted.camps) < 2:
        return f"all {len(counted)} cascades are by authors of one camp, {counted.camps[0]}"
    if counted.times_s[-1] == counted.times_s[0]:
        return f"all {len(counted)} cascades have the same time"
    return None


def _undecided(found: RampPosterior, counted: Units, p_turn: float) -> str | None:
    if p_turn <= _NO_TURN:
        return None
    if p_turn < _SURE:
        return f"the probability of a turn is {p_turn:.2f}, between {_NO_TURN} and {_SURE}"
    at = median(found.onsets_s, found.weights.sum(axis=(1, 2)))
    before = counted.weight[counted.times_s < at].sum()
    after = counted.weight.sum() - before
    for edge, side, weight in (("starts", "before", before), ("ends", "after", after)):
        if weight < _LEAST_A_SIDE:
            return (
                f"the archive {edge} with the change: the cascades {side} it are worth only "
                f"{weight:.0f} independent ones"
            )
    return None


def _unknown(reason: str, rows: pd.DataFrame, common: dict[str, Any]) -> Turn:
    empty = pd.DataFrame(
        {"at": pd.Series(dtype="datetime64[us, UTC]"), "probability": pd.Series(dtype="float64")}
    )
    return Turn(
        cannot_tell=reason, p_turn=np.nan, log_bayes_factor=np.nan, **common, posterior=empty,
        shares=_no_shares(), drivers=_drivers.none(),
        naive=_drivers.naive(rows, None, None, None),
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


def _timeline(counted: Units) -> pd.DataFrame:
    """Return the share of each camp in each bin of the clock that holds a unit."""
    span_s = float(counted.times_s[-1]) if len(counted) else 0.0
    bin_s = 60 * next(m for m in _BIN_MINUTES if span_s / (60 * m) < _MOST_BINS)
    at_s = (counted.start_us // 10**6 // bin_s * bin_s - counted.start_us / 1e6) * -1
    place, inverse = np.unique((counted.times_s + at_s) // bin_s, return_inverse=True)
    counts = np.zeros((len(place), len(counted.camps)))
    units_in = np.zeros((len(place), len(counted.camps)), dtype=np.int64)
    np.add.at(counts, (inverse, counted.camp), counted.weight)
    np.add.at(units_in, (inverse, counted.camp), 1)
    totals = counts.sum(axis=1, keepdims=True)
    low, high = (beta.ppf(q, counts + 0.5, totals - counts + 0.5) for q in (0.025, 0.975))
    first_us = counted.start_us // 10**6 // bin_s * bin_s * 10**6
    starts_us = np.repeat(first_us + (place * bin_s * 1e6).astype(np.int64), len(counted.camps))
    return pd.DataFrame(
        {
            "start_at": tables.instants(starts_us),
            "end_at": tables.instants(starts_us + int(bin_s * 1e6)),
            "camp": np.tile(np.array(counted.camps, dtype=str), len(place)),
            "units": units_in.ravel(),
            "share": (counts / totals).ravel(),
            "low": np.where(counts == 0, 0.0, low).ravel(),
            "high": np.where(counts == totals, 1.0, high).ravel(),
        }
    )
