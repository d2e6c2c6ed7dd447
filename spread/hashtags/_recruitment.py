"""What fed the growth of a tag: its own users, another tag's users, or what is not seen here."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.hashtags._acts import Acts
from spread.hashtags._association import coins_tail
from spread.hashtags._evidence import Evidence, gather
from spread.hashtags._members import LEAST_ADOPTERS, Tag

__all__ = ["recruitment", "shares"]

_ASKED_MOST = 30
_BY_USE = 0.8
_FALSE_SOURCES = 0.05
_DRAWS = 200
_ROUNDS = 40


def recruitment(acts: Acts, tags: Sequence[Tag], rng: np.random.Generator) -> pd.DataFrame:
    """Return for each child which tags its adopters came through.

    Up to 30 adopters after the first, evenly from the whole growth. Who retweets a tweet
    with the tag came through the tag itself. Others came through a tag that they had used,
    or to whose users they had turned, as far as that is commoner than among matched
    accounts; only tags of which it is (5 % by Bonferroni) are sources at all.

    Returns
    -------
    DataFrame
        `child`, `source` (a tag; the child itself: its own users; null: not seen here),
        `share` with `share_low` and `share_high` (95 %, Bayesian bootstrap over adopters).
    """
    asked = [tag for tag in tags[1:] if tag.authors >= LEAST_ADOPTERS]
    adopting = [_growth(acts, tag) for tag in asked]
    codes = [acts.code(tag.name) for tag in asked]
    found = gather(acts, codes, [tag.acts for tag in tags], adopting=adopting) if asked else []
    rows = []
    for tag, evidence in zip(asked, found, strict=True):
        older = [i for i, other in enumerate(tags) if other.first_us < tag.first_us]
        own = tags.index(tag)
        sources = _sources(acts, evidence, older)
        ratios = _ratios(acts, evidence, sources, own)
        names = [*(tags[i].name for i in sources), tag.name, None]
        for name, *share in zip(names, *shares(ratios, rng), strict=True):
            rows.append((tag.name, name, *share))
    columns = ["child", "source", "share", "share_low", "share_high"]
    table = pd.DataFrame(rows, columns=columns)
    return table.astype({"child": "str", "source": "str"} | dict.fromkeys(columns[2:], "float64"))


def shares(
    ratios: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the shares of a mixture's sources, and the ends of their 95 % intervals.

    Parameters
    ----------
    ratios
        (adopters, sources): how probable each adopter's past is under each source.
    rng
        Decides the weights that adopters are given.
    """
    weights = np.vstack([np.ones(len(ratios)), rng.exponential(size=(_DRAWS, len(ratios)))])
    weights /= weights.sum(axis=1, keepdims=True)
    share = np.full((_DRAWS + 1, ratios.shape[1]), 1.0 / ratios.shape[1])
    for _ in range(_ROUNDS):
        share = share * ((weights / (share @ ratios.T)) @ ratios)
    low, high = np.quantile(share[1:], [0.025, 0.975], axis=0)
    return share[0], np.minimum(low, share[0]), np.maximum(high, share[0])


def _growth(acts: Acts, tag: Tag) -> NDArray[np.int64]:
    """Return adopting tweets of collected accounts after the first, evenly over the growth."""
    _, first = np.unique(acts.author[tag.acts], return_index=True)
    adopters = tag.acts[np.sort(first)][1:]
    if len(adopters) > _ASKED_MOST:
        adopters = adopters[np.linspace(0, len(adopters) - 1, _ASKED_MOST).astype(int)]
    return adopters.astype(np.int64)


def _sources(acts: Acts, evidence: Evidence, older: Sequence[int]) -> list[int]:
    """Return the older tags that more adopters had met than matched accounts had."""
    typed = acts.original[evidence.acts]
    found = []
    for i in older:
        known = typed & ~np.isnan(evidence.used_chance[:, i])
        met = (evidence.used[:, i] | evidence.exposed[:, i])[known]
        chance = np.minimum(evidence.used_chance[known, i] + evidence.exposed_chance[known, i], 1.0)
        if len(met) and coins_tail(int(met.sum()), chance) < _FALSE_SOURCES / len(older):
            found.append(i)
    return found


def _ratios(
    acts: Acts, evidence: Evidence, sources: Sequence[int], own: int
) -> NDArray[np.float64]:
    """Return how probable each adopter's past is under each source, itself and elsewhere."""
    by_use = _BY_USE / evidence.used_chance
    by_sight = (1.0 - _BY_USE) / evidence.exposed_chance
    met = np.where(evidence.used, by_use, np.where(evidence.exposed, by_sight, 0.0))[:, sources]
    itself = np.where(evidence.exposed[:, own], 1.0 / evidence.exposed_chance[:, own], 0.0)
    table = np.column_stack([met, itself, np.ones(len(met))])
    table[np.isnan(evidence.used_chance[:, own])] = 1.0
    table[~acts.original[evidence.acts]] = [*[0.0] * len(sources), 1.0, 0.0]
    return np.nan_to_num(table, nan=1.0)
