"""How much of what is studied is known: originals beyond their ids, and who has a camp."""

import pandas as pd

from spread.study import _words as words
from spread.study._camps import Camps
from spread.study._scope import Scope

__all__ = ["by_camps", "by_id_alone", "known_by_id_alone", "uncounted"]

_UNKNOWN_LEAST = 0.05
_UNKNOWN_MOST = 0.5
_ORIGINALS_LEAST = 3
_PROBABLE, _PROBABLE_LEAST = 0.5, 0.05


def by_id_alone(coverage: pd.DataFrame) -> list[str]:
    """Say how many of the originals that were passed on are known by their ids alone.

    Fewer than 5 % are not worth a sentence.
    """
    unknown, passed = known_by_id_alone(coverage)
    if not unknown or unknown < _UNKNOWN_LEAST * passed:
        return []
    return [
        f"Of {words.counted(passed, 'original')} passed on in the archive, {unknown:,} "
        f"({words.percent(unknown / passed)}) are known by their number alone, without "
        "author, text or hour: their cascades begin with the first retweet, nobody has credit for "
        "writing them, and no link of the network rests on them."
    ]


def known_by_id_alone(coverage: pd.DataFrame) -> tuple[int, int]:
    """Return how many originals that were passed on are known by ids alone, and how many there are.

    Examples
    --------
    >>> known_by_id_alone(pd.DataFrame({"observed": [3, 1, 0], "user_id": ["1", None, None]}))
    (1, 2)
    """
    passed = coverage[coverage.observed > 0]
    return int(passed.user_id.isna().sum()), len(passed)


def uncounted(coverage: pd.DataFrame, tree: pd.DataFrame) -> str | None:
    """Return why depth cannot be told where the platform's counts are not in the archive.

    Without them nobody knows whether cascades are whole. They may be told nevertheless where
    most originals are known, and one in twenty of the largest's parents is more likely than not.
    """
    if coverage.reported.notna().any():
        return None
    unknown, passed = known_by_id_alone(coverage)
    lead = "whether cascades are whole is not known, as no retweet count was reported, and"
    if unknown > _UNKNOWN_MOST * passed:
        return (
            f"{lead} {words.percent(unknown / passed)} of the originals are known by their "
            "number alone, so that their cascades begin with the first retweet"
        )
    parents = tree.probability[tree.parent >= 0]
    probable = float((parents >= _PROBABLE).mean()) if len(parents) else 1.0
    if probable < _PROBABLE_LEAST:
        return (
            f"{lead} only {words.percent(probable)} of the parents in the largest are more "
            "likely than not"
        )
    return None


def by_camps(scope: Scope, camps: Camps) -> list[str]:
    """Say how many of the accounts and of the tweets studied have a camp."""
    if camps.refused and not camps.coded:
        return []
    of_tag = f" with {scope.shown}" if scope.root else ""
    posted = scope.tagged.filter(scope.tagged.origin == "collected")
    if camps.coded == "tweets":
        ids = posted.tweet_id.name("id").as_table().to_pyarrow().to_pandas()["id"]
        known = int(ids.isin(camps.dating.tweet_id).sum())
        return [f"Your coding covers {_part(known, len(ids), 'tweet')}{of_tag}."]
    counts = posted.group_by("author_id").aggregate(tweets=posted.count()).to_pyarrow().to_pandas()
    named = camps.accounts if camps.coded else camps.accounts[camps.accounts.camp != "other"]
    inside = counts[counts.author_id.isin(named.user_id)]
    accounts = _part(len(inside), len(counts), "account")
    tweets = _part(int(inside.tweets.sum()), int(counts.tweets.sum()), "tweet")
    return [
        f"The camps hold {accounts} that posted or passed on tweets{of_tag}, and with them "
        f"{tweets}; of the others nothing is told by camp."
        f"{_more_in_camps(len(named) - len(inside), of_tag)}"
    ]


def _more_in_camps(more: int, of_tag: str) -> str:
    """Say why camps have more accounts than are counted here."""
    if not more:
        return ""
    return (
        f" They hold {words.counted(more, 'account')} more, of which the archive returned no "
        f"tweet{of_tag}."
    )


def without_largest(known: pd.DataFrame) -> str:
    """Say how much is held without the one original that has most of the reported retweets.

    Examples
    --------
    >>> without_largest(pd.DataFrame({"observed": [1, 3, 1], "reported": [95, 4, 1]}))
    ' (one original alone has 95 of them; of the others it holds 80 %, of the median one 75 %)'
    """
    held = known.observed.clip(upper=known.reported)
    most, total = int(known.reported.max()), int(known.reported.sum())
    others = known.reported.idxmax() != known.index
    if len(known) < _ORIGINALS_LEAST or most <= total / 2 or not known.reported[others].sum():
        return ""
    passed = known.reported > 0
    share = held[others].sum() / known.reported[others].sum()
    median = float((held / known.reported)[passed].median())
    return (
        f" (one original alone has {words.number(most)} of them; of the others it holds "
        f"{words.percent(share)}, of the median one {words.percent(median)})"
    )


def _part(known: int, whole: int, noun: str) -> str:
    """Return "12 of 40 accounts (30 %)"."""
    share = words.percent(known / whole) if whole else "0 %"
    return f"{known:,} of {words.counted(whole, noun)} ({share})"
