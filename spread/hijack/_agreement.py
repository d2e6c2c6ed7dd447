"""How well coders agree, with its doubt."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import tables
from spread._arguments import require_count
from spread._random import resolve_seed, stream
from spread.hijack._codings import NONE_TWICE, pairs_by_tweet, read_codings
from spread.text import html_card

__all__ = ["Agreement", "agreement"]

_BY_CODE = ("code", "uses", "agreement", "agreement_low", "agreement_high")


@dataclass(frozen=True, eq=False, repr=False)
class Agreement:
    """How well coders agree on the tweets that two or more of them coded.

    Attributes
    ----------
    cannot_tell
        Why the codings do not say it, in one sentence; None when they do.
    tweets, double_coded
        Tweets that were coded; of these, by two coders or more.
    coders
        Names of the coders, sorted.
    percent, percent_low, percent_high
        Share of pairs of coders that agree, mean over tweets; 0 to 1.
    kappa, kappa_low, kappa_high
        Cohen's kappa; NaN unless there are two coders, and where both always give one code.
    alpha, alpha_low, alpha_high
        Krippendorff's alpha for nominal codes; NaN where only one code was given.
    by_code
        code, uses (codes given, on tweets coded twice), agreement (probability that another
        coder of the same tweet gives this code too), agreement_low, agreement_high.
    confusion
        One row and one column a code. With two coders, the rows are the first one's codes
        and the columns the other's; with more, the matrix of coincidences.
    seed
        Seed of the bootstrap.
    """

    cannot_tell: str | None
    tweets: int
    double_coded: int
    coders: tuple[str, ...]
    by_code: pd.DataFrame
    confusion: pd.DataFrame
    seed: int
    percent: float = np.nan
    percent_low: float = np.nan
    percent_high: float = np.nan
    kappa: float = np.nan
    kappa_low: float = np.nan
    kappa_high: float = np.nan
    alpha: float = np.nan
    alpha_low: float = np.nan
    alpha_high: float = np.nan

    def __repr__(self) -> str:
        if self.cannot_tell is not None:
            return f"Agreement(cannot tell: {self.cannot_tell})"
        return (
            f"Agreement(alpha {_shown(self.alpha, self.alpha_low, self.alpha_high)}, "
            f"{len(self.coders)} coders, {self.double_coded} tweets coded twice)"
        )

    def _repr_html_(self) -> str:
        if self.cannot_tell is not None:
            return html_card("Agreement of coders", {"answer": f"cannot tell: {self.cannot_tell}"})
        facts: dict[str, object] = {
            "agreement": _shown(self.percent, self.percent_low, self.percent_high),
            "Krippendorff's alpha": _shown(self.alpha, self.alpha_low, self.alpha_high),
            "tweets coded twice": f"{self.double_coded} of {self.tweets}",
        }
        if np.isfinite(self.kappa):
            facts["Cohen's kappa"] = _shown(self.kappa, self.kappa_low, self.kappa_high)
        return html_card("Agreement of coders", facts)


def agreement(
    codings: tables.Table,
    *,
    resamples: int = 2000,
    rng: np.random.Generator | int | None = None,
) -> Agreement:
    """Return how well coders agree: percent, Cohen's kappa, Krippendorff's alpha.

    Of a tweet with m ≥ 2 codes, n_c of them code c, the coincidences are
    o_ck = n_c (n_k − [c = k]) / (m − 1), summed over tweets. With n_c = Σ_k o_ck and
    n = Σ_c n_c, α = 1 − (n − 1) Σ_{c≠k} o_ck / Σ_{c≠k} n_c n_k; tweets with one code do not
    count, and coders may be many and miss tweets. κ = (p − q)/(1 − q) for two coders, p the
    share of agreement and q = Σ_c p_c1 p_c2 what their own use of codes would give by chance.
    1 is full agreement, 0 what chance gives; alpha of 0.8 is usual for firm conclusions,
    0.667 for tentative ones.

    Intervals: 2.5 and 97.5 % quantiles of a bootstrap over tweets. Where all agree, the
    bootstrap knows no doubt and the interval is a point, however few the tweets are:
    `misclassification` has the doubt there.

    Parameters
    ----------
    codings
        tweet_id, coder, code; one row a tweet and coder, rows without a code are passed over.
    resamples
        Number of bootstrap samples.
    rng
        Seed or generator.

    Raises
    ------
    UsageError
        A coder gave a tweet two codes, or ids were rounded by a spreadsheet.

    References
    ----------
    Cohen 1960, https://doi.org/10.1177/001316446002000104; Hayes & Krippendorff 2007,
    https://doi.org/10.1080/19312450709336664.

    Examples
    --------
    >>> codings = pd.DataFrame({"tweet_id": list("abcd") * 2, "coder": ["1"] * 4 + ["2"] * 4,
    ...     "code": ["praise", "protest", "protest", "news"] * 2})
    >>> agreement(codings, rng=1)
    Agreement(alpha 1.00 [1.00, 1.00], 2 coders, 4 tweets coded twice)
    """
    require_count("resamples", resamples)
    rows = read_codings(codings)
    labels = sorted(rows.code.unique())
    double = pairs_by_tweet(rows)
    seed = resolve_seed(rng)
    shared = rows[rows.tweet_id.isin(double.tweet_id)]
    coders = tuple(sorted(rows.coder.unique()))
    facts = (rows.tweet_id.nunique(), len(double), coders)
    if double.empty:
        square = pd.DataFrame(0, index=labels, columns=labels)
        nothing = pd.DataFrame(columns=list(_BY_CODE))
        return Agreement(NONE_TWICE, *facts, nothing, square, seed)
    # The first row of weights is the sample itself, the others are its bootstrap.
    size = len(double)
    resampled = stream(seed, 0).multinomial(size, np.full(size, 1 / size), resamples)
    weights = np.vstack([np.ones(size), resampled])
    coincidences = _weighted(weights, _coincidences(shared, labels))
    pair = sorted(shared.coder.unique())
    crossed = _weighted(weights, _crossed(shared, pair, labels)) if len(pair) == 2 else None
    by_code = _by_code(coincidences, labels)
    confusion = pd.DataFrame(
        coincidences[0] if crossed is None else crossed[0].astype(int),
        index=pd.Index(labels, name=None if crossed is None else pair[0]),
        columns=pd.Index(labels, name=None if crossed is None else pair[1]),
    )
    percent = weights @ (1 - double.disagreement.to_numpy()) / size
    kappa = np.full(len(weights), np.nan) if crossed is None else _kappa(crossed)
    return Agreement(
        None,
        *facts,
        by_code,
        confusion,
        seed,
        *_interval(percent),
        *_interval(kappa),
        *_interval(_alpha(coincidences)),
    )


def _coincidences(rows: pd.DataFrame, labels: list[str]) -> NDArray[np.float64]:
    """Return tweets × codes × codes, tweets in order of id."""
    votes = pd.crosstab(rows.tweet_id, rows.code).reindex(columns=labels, fill_value=0)
    count = votes.sort_index().to_numpy(dtype=float)
    pairs = count[:, :, None] * count[:, None, :] - count[:, :, None] * np.eye(len(labels))
    return np.asarray(pairs / (count.sum(axis=1) - 1)[:, None, None])


def _crossed(rows: pd.DataFrame, pair: list[str], labels: list[str]) -> NDArray[np.float64]:
    """Return tweets × codes of the first × codes of the second coder, one cell each 1."""
    wide = rows.pivot(index="tweet_id", columns="coder", values="code").sort_index()
    place = np.eye(len(labels))
    first, second = (place[np.searchsorted(labels, wide[coder].to_numpy(str))] for coder in pair)
    return np.asarray(first[:, :, None] * second[:, None, :])


def _weighted(weights: NDArray[np.float64], tables: NDArray[np.float64]) -> NDArray[np.float64]:
    flat = weights @ tables.reshape(len(tables), -1)
    return flat.reshape(len(weights), *tables.shape[1:])


def _alpha(coincidences: NDArray[np.float64]) -> NDArray[np.float64]:
    uses = coincidences.sum(axis=2)
    total = uses.sum(axis=1)
    differing = total - np.trace(coincidences, axis1=1, axis2=2)
    expected = total**2 - (uses**2).sum(axis=1)
    return 1 - (total - 1) * _ratio(differing, expected)


def _kappa(crossed: NDArray[np.float64]) -> NDArray[np.float64]:
    total = crossed.sum(axis=(1, 2))
    agreeing = np.trace(crossed, axis1=1, axis2=2)
    chance = (crossed.sum(axis=1) * crossed.sum(axis=2)).sum(axis=1) / total
    return _ratio(agreeing - chance, total - chance)


def _by_code(coincidences: NDArray[np.float64], labels: list[str]) -> pd.DataFrame:
    uses = coincidences.sum(axis=2)
    agreeing = _ratio(np.diagonal(coincidences, axis1=1, axis2=2), uses)
    rows = [
        (label, round(uses[0, number]), *_interval(agreeing[:, number]))
        for number, label in enumerate(labels)
    ]
    return pd.DataFrame(rows, columns=list(_BY_CODE))


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return part / whole, NaN where the whole is nothing."""
    return np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 1e-9)


def _interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the value of the sample, and the 95 % of its bootstrap that have one."""
    told = values[1:][np.isfinite(values[1:])]
    if not np.isfinite(values[0]) or not len(told):
        return float(values[0]), np.nan, np.nan
    low, high = np.quantile(told, [0.025, 0.975]).tolist()
    return float(values[0]), low, high


def _shown(value: float, low: float, high: float) -> str:
    return f"{value:.2f} [{low:.2f}, {high:.2f}]"
