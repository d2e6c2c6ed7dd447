"""Final sizes foretold from what became of other cascades."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from spread._errors import UsageError
from spread.hawkes._events import events_of
from spread.hawkes._predict import Prediction
from spread.hawkes._seismic import later, weighed
from spread.text import html_card

__all__ = ["Experience", "experience", "foretell"]

Numbers = NDArray[np.float64]

_FEWEST = 10
_EXPONENTS = (0.0, 0.2, 0.4, 1.0)


@dataclass(frozen=True, repr=False, eq=False)
class Experience:
    """What became of cascades, as a function of how they stood at some age.

    Attributes
    ----------
    cannot_tell
        Why nothing can be learned from them, or None.
    at_s, horizon_s
        The age at which they were looked at, and that at which they had become what they did.
    cascades
        How many were learned from.
    mark_exponent
        An author's followers count to this power: the one that foretold left-out cascades best.
    coefficients
        Constant, slope of the logarithm of the retweets that those seen so far are still to call
        forth directly, and slope of the logarithm of the number seen.
    spread
        Standard deviation of the logarithm of those to come about what is foretold.
    error
        Median absolute percentage error of the final size, each cascade foretold from the others.
    covariance
        Of the coefficients, in units of `spread` squared.
    """

    cannot_tell: str | None
    at_s: float
    horizon_s: float
    cascades: int
    mark_exponent: float
    coefficients: tuple[float, ...]
    spread: float
    error: float
    covariance: Numbers

    def __repr__(self) -> str:
        if self.cannot_tell:
            return f"Experience(cannot_tell={self.cannot_tell!r})"
        return (
            f"Experience({self.cascades} cascades at {self.at_s / 3600:g} h, "
            f"median error {self.error:.0%})"
        )

    def _repr_html_(self) -> str:
        return html_card(
            "What became of other cascades",
            {
                "cannot tell": self.cannot_tell or "—",
                "cascades": self.cascades,
                "looked at after": f"{self.at_s / 3600:g} h",
                "median error, each from the others": f"{self.error:.0%}",
            },
        )


def _checked(cascade: tuple[ArrayLike, ArrayLike]) -> tuple[Numbers, Numbers]:
    """Return the times and followers of a cascade as numbers; raise a UsageError for others."""
    try:
        times, followers = (np.asarray(column, dtype=float) for column in cascade)
    except (TypeError, ValueError):
        raise _unusable("what is no pair of numbers") from None
    if times.ndim != 1 or times.shape != followers.shape or not len(times):
        raise _unusable(f"{times.shape} times and {followers.shape} followers")
    if not (np.isfinite(times).all() and np.isfinite(followers).all()):
        raise _unusable("a number that is not finite")
    if times[0] != 0 or (times < 0).any():
        raise _unusable(f"a root at {times[0]:g}, or times before it")
    return times, followers


def _unusable(got: str) -> UsageError:
    return UsageError(
        "a cascade cannot be used",
        got=got,
        allowed="(seconds since the root, which is the first, at 0; followers), of one length",
    )


def experience(
    cascades: Sequence[tuple[ArrayLike, ArrayLike]], *, at_s: float, horizon_s: float = np.inf
) -> Experience:
    """Return what complete cascades tell of how many retweets are still to come at an age.

    A process fitted to one young cascade believes that it goes on as it began; real ones fade,
    by how much no young cascade says. So the process gives only what it can tell, the retweets
    that those seen so far are still to call forth themselves (infectiousness now, and the
    published reaction times, as `seismic`); how these and the number seen become the number
    still to come is learned: ln(to come) is linear in the logarithms of both, with normal
    errors. Departure from SEISMIC: no generation after the first is summed, so that nothing
    diverges; their number is in the coefficients.

    It holds for cascades like those learned from: the same platform, and chosen alike. Those
    chosen because they became large tell nothing of one that is not.

    Parameters
    ----------
    cascades
        (seconds since the root, which is the first, at 0; followers of each author), each.
    at_s
        The age to look at, seconds.
    horizon_s
        The age at which they are counted; the end of the records where not given.

    Returns
    -------
    Experience
        "Cannot tell" from fewer than 10 cascades.

    Raises
    ------
    UsageError
        A cascade cannot be used, or the horizon comes before `at_s`.

    References
    ----------
    Zhao et al. 2015, https://doi.org/10.1145/2783258.2783401; Szabo, Huberman 2010,
    https://doi.org/10.1145/1787234.1787254; learning across cascades: Mishra, Rizoiu, Xie 2016,
    https://doi.org/10.1145/2983323.2983812

    Examples
    --------
    >>> experience([([0, 60], [1000, 10])], at_s=600).cannot_tell
    '1 cascade tells too little: at least 10 are needed'
    """
    cascades = [_checked(one) for one in cascades]
    if not horizon_s > at_s:
        raise UsageError(
            "the horizon must come after the moment looked at",
            got=f"{horizon_s:g}",
            allowed=f"above {at_s:g}",
        )
    if len(cascades) < _FEWEST:
        told = "1 cascade tells" if len(cascades) == 1 else f"{len(cascades)} cascades tell"
        why = f"{told} too little: at least {_FEWEST} are needed"
        nan = float("nan")
        return Experience(
            why, at_s, horizon_s, len(cascades), nan, (nan,) * 3, nan, nan, np.full((3, 3), nan)
        )
    now = np.array([np.sum(np.asarray(times) <= at_s) for times, _ in cascades], dtype=float)
    final = np.array([np.sum(np.asarray(times) <= horizon_s) for times, _ in cascades], dtype=float)
    to_come = np.log(np.maximum(final - now, 1.0))
    options = [_learned(_features(cascades, at_s, b), to_come) for b in _EXPONENTS]
    place = int(np.argmin([np.sum(left_out**2) for _, _, left_out, _ in options]))
    beta, spread, left_out, covariance = options[place]
    foretold = now + np.exp(to_come - left_out)
    return Experience(
        None,
        at_s,
        horizon_s,
        len(cascades),
        _EXPONENTS[place],
        tuple(beta.tolist()),
        spread,
        float(np.median(np.abs(foretold - final) / final)),
        covariance,
    )


def foretell(times_s: ArrayLike, followers: ArrayLike, *, experience: Experience) -> Prediction:
    """Return the size of a cascade at the horizon, from what became of others.

    Parameters
    ----------
    times_s, followers
        Shape (n,): seconds since the root, which is the first, at 0; what came after the age of
        the experience is not looked at.
    experience
        What `experience` learned, at the age that the cascade has now.

    Returns
    -------
    Prediction
        Sizes count the root; the interval is Student's, for the logarithm of those to come.

    Raises
    ------
    UsageError
        The cascade cannot be used.

    References
    ----------
    As `experience`

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> others = [(np.append(0, np.cumsum(rng.exponential(60, 200))), np.full(201, 100))
    ...           for _ in range(12)]
    >>> learned = experience(others, at_s=3600)
    >>> told = foretell(others[0][0], others[0][1], experience=learned)
    >>> told.low < 201 < told.high
    True
    """
    times, marks = np.asarray(times_s, dtype=float), np.asarray(followers, dtype=float)
    seen = times <= experience.at_s
    observed, nan = int(seen.sum()), float("nan")
    if experience.cannot_tell:
        return Prediction(
            experience.cannot_tell, observed, nan, nan, nan, nan, experience.horizon_s, 0, 0
        )
    x = _features([(times, marks)], experience.at_s, experience.mark_exponent)[0]
    middle = float(x @ np.array(experience.coefficients))
    freedom = experience.cascades - len(x)
    wide = experience.spread * np.sqrt(1 + x @ experience.covariance @ x)
    reach = student.ppf(0.975, freedom) * wide
    logs = [middle + wide**2 / 2, middle, middle - reach, middle + reach]
    expected, median, low, high = (observed + np.exp(logs)).tolist()
    return Prediction(None, observed, expected, median, low, high, experience.horizon_s, 0, 0)


def _features(
    cascades: Sequence[tuple[ArrayLike, ArrayLike]], at_s: float, exponent: float
) -> Numbers:
    """Return a row a cascade: 1, ln of the next generation, ln of the number seen."""
    rows = np.ones((len(cascades), 3))
    for row, (times, followers) in zip(rows, cascades, strict=True):
        seen = np.asarray(times, dtype=float) <= at_s
        events = events_of(
            np.asarray(times, dtype=float)[seen],
            end_s=at_s,
            marks=np.asarray(followers, dtype=float)[seen] ** exponent,
        )
        ages, marks = at_s - events.times_s, events.marks
        if marks is None or len(events) == 0:
            raise UsageError("a cascade has nothing at the moment looked at", got=f"{at_s:g} s")
        recent = np.maximum(1 - 2 * ages[1:] / at_s, 0.0).sum()
        coming = recent / float(marks @ weighed(ages, at_s)) * float(marks @ later(ages))
        row[1:] = np.log(max(coming, 0.5)), np.log(len(events))
    return rows


def _learned(x: Numbers, y: Numbers) -> tuple[Numbers, float, Numbers, Numbers]:
    """Return least squares: coefficients, residual spread, left-out errors, (XᵀX)⁻¹."""
    covariance = np.linalg.pinv(x.T @ x)
    beta = covariance @ x.T @ y
    error = y - x @ beta
    leverage = np.einsum("ij,jk,ik->i", x, covariance, x)
    spread = float(np.sqrt(np.sum(error**2) / (len(y) - x.shape[1])))
    left_out = np.asarray(error / np.maximum(1 - leverage, 1e-6))
    return beta, spread, left_out, np.asarray(covariance)
