"""What simple rules would say a tag came from: printed beside the answer, never used in it."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread.hashtags._acts import Acts
from spread.hashtags._association import npmi

__all__ = ["Older", "answers", "by_first_adopter"]


class Older(NamedTuple):
    """A member of the family: its name, first use, number of tweets and users (sorted)."""

    name: str
    first_us: int
    tweets: int
    users: NDArray[np.int32]


def answers(tags: Sequence[Older], authors: int) -> pd.DataFrame:
    """Return for each tag but the first what it came from by three rules.

    `together`: the older tag of highest NPMI over authors; `largest`: the older tag with
    most tweets; `similar`: the older tag whose name is most alike. None without an older.

    Examples
    --------
    >>> one, two = Older("mynypd", 1, 9, np.array([0, 1])), Older("mylapd", 2, 3, np.array([1]))
    >>> answers([one, two], 5).to_dict("records")
    [{'hashtag': 'mylapd', 'together': 'mynypd', 'largest': 'mynypd', 'similar': 'mynypd'}]
    """
    rows = []
    for tag in tags[1:]:
        older = [other for other in tags if other.first_us < tag.first_us]
        rows.append([tag.name, *(_best(tag, older, authors) if older else [None] * 3)])
    return pd.DataFrame(rows, columns=["hashtag", "together", "largest", "similar"]).astype("str")


def by_first_adopter(acts: Acts, held: Sequence[NDArray[np.int32]]) -> list[int | None]:
    """Return for each tag the other that its first adopter had used last, as a number.

    Only tweets that the archive collected count, as for anybody who reads them off a list.
    """
    own = [tweets[acts.collected[tweets]] for tweets in held]
    found: list[int | None] = []
    for number, tweets in enumerate(own):
        first = tweets[0]
        last = [_last(acts, other, first) for other in own]
        last[number] = -1
        best = int(np.argmax(last))
        found.append(best if last[best] >= 0 else None)
    return found


def _last(acts: Acts, tweets: NDArray[np.int32], before: np.int32) -> int:
    """Return the last of some tweets that the author of a later one wrote, or -1."""
    earlier = tweets[: np.searchsorted(tweets, before)]
    of_author = earlier[acts.author[earlier] == acts.author[before]]
    return int(of_author[-1]) if len(of_author) else -1


def _both(one: NDArray[np.int32], other: NDArray[np.int32]) -> int:
    """Return how many numbers are in both, each of which holds a number once."""
    ordered = np.sort(np.concatenate([one, other]))
    return int(np.count_nonzero(ordered[1:] == ordered[:-1]))


def _best(tag: Older, older: Sequence[Older], authors: int) -> list[str]:
    shared = np.array([_both(tag.users, other.users) for other in older], float)
    sizes = np.array([len(other.users) for other in older], float)
    rules = (
        npmi(shared, np.array(float(len(tag.users))), sizes, authors),
        [other.tweets for other in older],
        [SequenceMatcher(None, tag.name, other.name).ratio() for other in older],
    )
    return [older[int(np.argmax(rule))].name for rule in rules]
