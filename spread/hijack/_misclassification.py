"""How often a code given by hand is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from spread import tables
from spread._arguments import require_count
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.hijack._codings import NONE_TWICE, pairs_by_tweet, read_codings
from spread.text import html_card

__all__ = ["Misclassification", "misclassification"]

_Drawing = tuple[int, int, np.random.Generator]


@dataclass(frozen=True, eq=False, repr=False)
class Misclassification:
    """How often a true code is coded as another; unpacks as labels, matrix, draws.

    Attributes
    ----------
    cannot_tell
        Why the codings do not say it, in one sentence; matrix and draws are then NaN.
    labels
        The codes, sorted.
    matrix
        K × K; row i, column j: probability that one coder codes j where i is true,
        posterior mean. Shares of codes are `shares_true @ matrix`.
    draws
        Draws × K × K from the posterior.
    error, error_low, error_high
        Probability that a coder errs, over all true codes alike: posterior median and 95 %.
    tweets
        How many tweets it is from.
    seed
        Seed of the draws.
    """

    cannot_tell: str | None
    labels: tuple[str, ...]
    matrix: NDArray[np.float64]
    draws: NDArray[np.float64]
    error: float
    error_low: float
    error_high: float
    tweets: int
    seed: int

    def __iter__(self) -> Iterator[tuple[str, ...] | NDArray[np.float64]]:
        return iter((self.labels, self.matrix, self.draws))

    def __repr__(self) -> str:
        return f"Misclassification({self._sentence()})"

    def _repr_html_(self) -> str:
        facts = {"answer": self._sentence(), "codes": ", ".join(self.labels)}
        return html_card("How often a code is wrong", facts)

    def _sentence(self) -> str:
        if self.cannot_tell is not None:
            return f"cannot tell: {self.cannot_tell}"
        return (
            f"a coder errs with probability {self.error:.3f} "
            f"[{self.error_low:.3f}, {self.error_high:.3f}], from {self.tweets} tweets"
        )


def misclassification(
    codings: tables.Table,
    *,
    gold: str | None = None,
    draws: int = 1000,
    rng: np.random.Generator | int | None = None,
) -> Misclassification:
    """Return the probability that a coder codes j where i is true.

    With `gold`, that coder's codes are the truth: row i of the matrix has the posterior
    Dirichlet(1/K + n_i1, …, 1/K + n_iK), n_ij how often another coder gave j to what is i.

    Without, from tweets coded twice. Model: coders err independently of each other given the
    truth, each with probability e, and an error is any other code with equal probability.
    Two coders then agree when both are right or both make the same error, so they disagree
    with probability

    d = 1 − (1 − e)² − e²/(K − 1) = 2e − e² K/(K − 1),

    which is at most (K − 1)/K, where coders guess. Its inverse is
    e = (1 − √(1 − d K/(K − 1))) (K − 1)/K. d has a Beta(½, ½) prior, cut at that most. Where
    coders share a misunderstanding they agree on what is wrong, and e is too small: only
    `gold` shows this. Limiting case: no disagreement in many tweets, e → 0.

    A tweet counts once, however many coders it had. The matrix is that of one coder; of a
    majority of several it is an upper bound of the error.

    Parameters
    ----------
    codings
        tweet_id, coder, code.
    gold
        The coder whose codes are the truth; None for the model of equal errors.
    draws
        Number of draws from the posterior.
    rng
        Seed or generator.

    Raises
    ------
    UsageError
        There is no coder of that name, or the codings cannot be used.

    References
    ----------
    Dawid & Skene 1979, https://doi.org/10.2307/2346806, with one error rate; Jeffreys' prior
    for d.

    Examples
    --------
    >>> codings = pd.DataFrame({"tweet_id": [str(i) for i in range(100)] * 2,
    ...     "coder": ["1"] * 100 + ["2"] * 100,
    ...     "code": ["a", "b"] * 50 + ["a", "b"] * 41 + ["b", "a"] * 9})
    >>> misclassification(codings, rng=1)
    Misclassification(a coder errs with probability 0.10... [0.0..., 0.1...], from 100 tweets)
    """
    require_count("draws", draws)
    rows = read_codings(codings)
    labels = tuple(sorted(rows.code.unique()))
    seed = resolve_seed(rng)
    draw = stream(seed, 0)
    if gold is not None:
        return _against_gold(rows, gold, labels, (draws, seed, draw))
    return _from_disagreement(rows, labels, (draws, seed, draw))


def _against_gold(
    rows: pd.DataFrame, gold: str, labels: tuple[str, ...], drawing: _Drawing
) -> Misclassification:
    coders = sorted(rows.coder.unique())
    if gold not in coders:
        raise UsageError("no coder has this name", got=repr(gold), allowed=", ".join(coders))
    is_gold = rows.coder == gold
    truth = rows[is_gold].set_index("tweet_id").code
    others = rows[~is_gold & rows.tweet_id.isin(truth.index)]
    if others.empty:
        sentence = f"no tweet was coded by {gold} and by another coder"
        return _unknown(sentence, labels, drawing)
    place = {label: number for number, label in enumerate(labels)}
    counts = np.zeros((len(labels), len(labels)))
    weight = 1 / others.groupby("tweet_id").coder.transform("size").to_numpy()
    true, coded = others.tweet_id.map(truth).map(place), others.code.map(place)
    np.add.at(counts, (true.to_numpy(dtype=int), coded.to_numpy(dtype=int)), weight)
    number, _, draw = drawing
    drawn = draw.standard_gamma(counts + 1 / len(labels), size=(number, *counts.shape))
    drawn = np.maximum(drawn, np.finfo(float).tiny)
    drawn /= drawn.sum(axis=2, keepdims=True)
    wrong = 1 - np.diagonal(drawn, axis1=1, axis2=2) @ (counts.sum(axis=1) / counts.sum())
    mean = counts + 1 / len(labels)
    mean /= mean.sum(axis=1, keepdims=True)
    return _known(labels, (mean, drawn), wrong, others.tweet_id.nunique(), drawing)


def _from_disagreement(
    rows: pd.DataFrame, labels: tuple[str, ...], drawing: _Drawing
) -> Misclassification:
    double = pairs_by_tweet(rows)
    if double.empty:
        return _unknown(NONE_TWICE, labels, drawing)
    if len(labels) < 2:
        return _unknown("only one code was given", labels, drawing)
    most = 1 - 1 / len(labels)
    seen = float(double.disagreement.sum())
    if seen >= most * len(double):
        sentence = (
            f"coders disagree on {100 * seen / len(double):.0f} % of tweets; even guesses between "
            f"{len(labels)} codes disagree on {100 * most:.0f} %"
        )
        return _unknown(sentence, labels, drawing)
    number, _, draw = drawing
    posterior = stats.beta(seen + 0.5, len(double) - seen + 0.5)
    disagreement = posterior.ppf(draw.random(number) * posterior.cdf(most))
    error = (1 - np.sqrt(np.maximum(0, 1 - disagreement / most))) * most
    matrices = _uniform_error(error, len(labels))
    return _known(labels, (matrices.mean(axis=0), matrices), error, len(double), drawing)


def _uniform_error(error: NDArray[np.float64], codes: int) -> NDArray[np.float64]:
    """Return a matrix each: 1 − e on the diagonal, e/(K − 1) elsewhere."""
    same = np.eye(codes)
    each = error[:, None, None]
    return np.asarray((1 - each) * same + each / (codes - 1) * (1 - same))


def _known(
    labels: tuple[str, ...],
    matrices: tuple[NDArray[np.float64], NDArray[np.float64]],
    error: NDArray[np.float64],
    tweets: int,
    drawing: _Drawing,
) -> Misclassification:
    low, middle, high = np.quantile(error, [0.025, 0.5, 0.975]).tolist()
    return Misclassification(None, labels, *matrices, middle, low, high, tweets, drawing[1])


def _unknown(sentence: str, labels: tuple[str, ...], drawing: _Drawing) -> Misclassification:
    number, seed, _ = drawing
    square = np.full((len(labels), len(labels)), np.nan)
    empty = np.full((number, *square.shape), np.nan)
    return Misclassification(sentence, labels, square, empty, np.nan, np.nan, np.nan, 0, seed)
