"""Shares of one object that follow each other closely: a sliding window."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_count, require_number, require_one_of
from spread._compile import kernel
from spread.coordination._shares import Shares, read_shares
from spread.tables import Table, instants

__all__ = ["close_rows", "close_shares", "window_us"]

_MOST_S = 2**32
"""More than a century: microseconds stay whole."""

Rows = NDArray[np.int64]


def close_shares(
    tweets: Table,
    *,
    within_s: float,
    kind: str = "retweet",
    min_shares: int = 1,
    participation: int = 1,
    rule: str = "both",
    loops: bool = False,
) -> pd.DataFrame:
    """Return all pairs of shares of one object within a window: the raw counts.

    These are counts, not findings: in a burst everybody is close to everybody. `detect`
    compares them with chance. With `min_shares=2`, `participation=2` and `rule="either"`
    they are those of the R package CooRTweet (its rule keeps a pair as soon as one of the
    two accounts takes part often enough).

    Parameters
    ----------
    tweets
        A tweets table.
    within_s
        Seconds; two shares exactly so far apart are close.
    kind
        What is shared, as in `shares`.
    min_shares
        Accounts with fewer shares in all are left out beforehand.
    participation
        Accounts need so many shares among the close ones ...
    rule
        ... "both" of a pair, or "either".
    loops
        Keep pairs of an account with itself.

    Returns
    -------
    DataFrame
        object, source, target, at, lag_s, tweet_id, target_tweet_id: `source` shared first,
        at `at`, `target` `lag_s` seconds later. Sorted by object and time. O(n log n + pairs).

    Raises
    ------
    UsageError
        An option is not what is allowed.

    References
    ----------
    Righetti, Balluff 2025, Computational Communication Research 7(1),
    https://doi.org/10.5117/CCR2025.1.7.RIGH.

    Examples
    --------
    >>> seen = pd.DataFrame({"tweet_id": ["1", "2", "3"], "author_id": ["a", "b", "c"],
    ...     "object": "x", "at": pd.to_datetime([0, 4, 60], unit="s", utc=True)})
    >>> close_shares(seen, within_s=10, kind="object")[["source", "target", "lag_s"]]
      source target  lag_s
    0      a      b    4.0
    """
    require_one_of("rule", rule, ("both", "either"))
    require_count("min_shares", min_shares)
    require_number("participation", participation, least=0)
    window = window_us("within_s", within_s)
    read = read_shares(tweets, kind)
    often = np.bincount(read.user, minlength=len(read.users))[read.user] >= min_shares
    read = read.take(np.flatnonzero(often))
    left, right = close_rows(read.item, read.at_us, window)
    if not loops:
        other = read.user[left] != read.user[right]
        left, right = left[other], right[other]
    if participation > 1:
        kept = _taking_part(read, left, right, participation, rule)
        left, right = left[kept], right[kept]
    return pd.DataFrame(
        {
            "object": read.objects[read.item[left]],
            "source": read.users[read.user[left]],
            "target": read.users[read.user[right]],
            "at": instants(read.at_us[left]),
            "lag_s": (read.at_us[right] - read.at_us[left]) / 1e6,
            "tweet_id": read.tweet_ids[left],
            "target_tweet_id": read.tweet_ids[right],
        }
    )


def window_us(name: str, seconds: float) -> int:
    """Return a window in microseconds, checked."""
    return round(require_number(name, seconds, least=0, most=_MOST_S, unit="seconds") * 1e6)


def close_rows(item: NDArray[np.int32], at_us: NDArray[np.int64], window: int) -> tuple[Rows, Rows]:
    """Return the rows (earlier, later) of close pairs; rows are sorted by object and time."""
    ends = window_ends(item, at_us, window)
    following = ends - np.arange(len(ends)) - 1
    left = np.repeat(np.arange(len(ends)), following)
    starts = np.cumsum(following) - following
    right = np.arange(len(left)) - np.repeat(starts, following) + left + 1
    return left, right


@kernel
def window_ends(item: NDArray[np.int32], at_us: NDArray[np.int64], window: int) -> Rows:
    """Return for each row the first later row that is not close to it; O(n)."""
    ends = np.empty(len(item), dtype=np.int64)
    end = 0
    for row in range(len(item)):
        end = max(end, row + 1)
        while end < len(item) and item[end] == item[row] and at_us[end] - at_us[row] <= window:
            end += 1
        ends[row] = end
    return ends


def _taking_part(
    read: Shares, left: Rows, right: Rows, participation: int, rule: str
) -> NDArray[np.bool_]:
    """Return which close pairs have accounts with enough shares among the close ones.

    Shares are counted by their tweet's id: in a table that holds a tweet twice, both rows count.
    """
    close = np.concatenate([read.tweet_ids[left], read.tweet_ids[right]])
    involved = pd.Index(read.tweet_ids).isin(close)
    counts = np.bincount(read.user[involved], minlength=len(read.users))
    enough = counts >= participation
    first, second = enough[read.user[left]], enough[read.user[right]]
    return first & second if rule == "both" else first | second
