"""To which group each author belongs, with which probability."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_columns
from spread._errors import UsageError

__all__ = ["ELSEWHERE", "Groups", "groups_of"]

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

ELSEWHERE = "elsewhere"
_TOO_MUCH = 1.0 + 1e-6


@dataclass(frozen=True, eq=False)
class Groups:
    """The groups of the authors of some tweets.

    Attributes
    ----------
    names
        Most tweets first; elsewhere last, where anybody is.
    authors
        Shape (n,): which author wrote each tweet.
    chances
        Shape (authors, names): rows add up to 1.
    unlocated
        How many authors are in no group that was given, whether chosen or not.
    """

    names: tuple[str, ...]
    authors: Whole
    chances: Numbers
    unlocated: int

    def likeliest(self) -> Whole:
        """Return the most probable group of each tweet's author, the larger of equals."""
        return np.asarray(self.chances.argmax(axis=1)[self.authors])

    def drawn(self, rng: np.random.Generator) -> Whole:
        """Return a group of each tweet's author, drawn by its probability."""
        ends = np.cumsum(self.chances, axis=1)
        u = rng.random((len(ends), 1)) * ends[:, -1:]
        return np.asarray((u >= ends[:, :-1]).sum(axis=1)[self.authors])


def groups_of(
    author_ids: NDArray[np.object_], groups: pd.DataFrame, *, most: int, fewest: int
) -> Groups:
    """Return the groups in which most tweets were written, of at least so many each.

    Raises
    ------
    UsageError
        A probability is not within 0 to 1, or those of a user add up to more.
    """
    people, authors = np.unique(author_ids.astype(str), return_inverse=True)
    members = _members(groups)
    members = members[members["user_id"].isin(people)]
    row = np.searchsorted(people, members["user_id"].to_numpy(str))
    names, code = np.unique(members["group"].to_numpy(str), return_inverse=True)
    every = np.zeros((len(people), len(names) + 1))
    np.add.at(every, (row, code), members["probability"].to_numpy(float))
    unlocated = int((every.sum(axis=1) == 0).sum())
    every[:, -1] = np.maximum(1 - every.sum(axis=1), 0.0)
    written = np.bincount(every.argmax(axis=1), np.bincount(authors), len(names) + 1)[:-1]
    order = [i for i in np.lexsort((names, -written)) if written[i] >= fewest][:most]
    chances = np.column_stack([every[:, order], np.delete(every, order, axis=1).sum(axis=1)])
    shown = [*names[order].tolist(), ELSEWHERE]
    if not (chances.argmax(axis=1) == len(order)).any():
        chances, shown = chances[:, :-1] / chances[:, :-1].sum(axis=1, keepdims=True), shown[:-1]
    return Groups(tuple(shown), authors.astype(np.int64), chances, unlocated)


def _members(groups: pd.DataFrame) -> pd.DataFrame:
    """Return a row a user and group, with the probability that it is theirs."""
    given = require_columns("groups", groups, ["user_id", "group"])
    chance = given["probability"] if "probability" in given else pd.Series(1.0, given.index)
    table = given[["user_id", "group"]].assign(probability=_probabilities(chance))
    table = table[table["group"].notna() & (table["group"] != ELSEWHERE)]
    table = table.astype({"user_id": str, "group": str})
    table = table.drop_duplicates(["user_id", "group"]).sort_values(["user_id", "group"])
    sums = table.groupby("user_id")["probability"].sum()
    if (sums > _TOO_MUCH).any():
        raise UsageError(
            "the probabilities of a user's groups add up to more than 1",
            got=f"{sums.max():g} for user {sums.idxmax()}",
            hint="Give each user's groups once, with a column probability",
        )
    return table


def _probabilities(given: pd.Series) -> pd.Series:
    """Return probabilities as numbers."""
    known = pd.to_numeric(given, errors="coerce")
    wrong = given[~known.between(0, 1)]
    if len(wrong):
        raise UsageError(
            "probabilities of groups cannot be used", got=repr(wrong.iloc[0]), allowed="0 to 1"
        )
    return known.astype(float)
