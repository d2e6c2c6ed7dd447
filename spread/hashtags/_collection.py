"""How the archive was collected, as far as its own tweets tell."""

from typing import TypedDict

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from spread._intervals import wilson
from spread.hashtags._usage import collected, present, usage, uses, whole
from spread.tables import Table

__all__ = ["SELECTED_BELOW", "Collection", "collection", "described"]

SELECTED_BELOW = 0.05
"""Below this share of tweets without a tag, an archive counts as collected by that tag.

A search by a tag also returns some tweets without it (matched in a quoted tweet or a
link): 1.2 % in a real search archive. And the parents of a tag are read from what its
first 15 adopters had used before: with fewer than 1 tweet in 20 outside the root, not
one of the 15 is expected to have been seen outside it, so that a tag which grew up
elsewhere could not be told from one that descends from the root.
"""

_LAUNCH_S = 300.0
_LAUNCH_SHARE = 0.01


class Collection(TypedDict):
    """What `collection` returns."""

    root: str
    tweets: int
    without_root: int
    share_without_root: float
    share_low: float
    share_high: float
    selected_by: str | None
    first_at: pd.Timestamp
    root_first_at: pd.Timestamp
    lead_s: float
    span_s: float
    starts_at_launch: bool
    other_tags: int
    first_beside_root: int
    cannot_tell: str | None


def collection(tweets: Table, root: str) -> Collection:
    """Return what the archive itself tells of how it was collected.

    An archive that was searched by a tag holds another tag only where it stands beside
    it: no family can be read from that. It counts as collected by a tag when the share of
    tweets without that tag is not shown to be above 5 % (the lower end of Wilson's 95 %
    interval is below). The same is asked of the commonest tag, if that is another.

    Parameters
    ----------
    tweets
        As `usage`.
    root
        The tag in question, with or without #, in any case.

    Returns
    -------
    Collection
        A dict: `root` (key), `tweets` (collected), `without_root`, `share_without_root`
        with `share_low` and `share_high`, `selected_by` (the tag that it was collected
        by, or None), `first_at`, `root_first_at`, `lead_s` (seconds of archive before the
        root's first use), `span_s`, `starts_at_launch` (the lead is under 5 minutes or
        1 % of the span: what came before is not shown), `other_tags`, `first_beside_root`
        (how many of them appear first in a tweet with the root), `cannot_tell`.

    Raises
    ------
    UsageError
        The root never occurs.

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": ["1", "2"], "author_id": ["ann", "bob"],
    ...     "hashtags": [["mynypd"], ["mynypd", "mylapd"]],
    ...     "at": pd.to_datetime(["2014-04-22T18:00Z", "2014-04-22T18:05Z"])})
    >>> collection(tweets, "myNYPD")["cannot_tell"]
    'collected by this tag (0 of 2 tweets lack #mynypd; 1 of 1 other tags ...'

    References
    ----------
    E. B. Wilson (1927), Journal of the American Statistical Association 22,
    https://doi.org/10.1080/01621459.1927.10502953.
    """
    held = whole(tweets)
    return described(held, root, usage(held))


def described(tweets: pa.Table, root: str, used: pd.DataFrame) -> Collection:
    """Return `collection`, given `usage`."""
    counts = dict(zip(used["hashtag"], used["tweets"].tolist(), strict=True))
    key = present(root, counts)
    rows = uses(tweets)
    at = collected(tweets, ["at"])["at"]
    total = len(at)
    lacking = total - counts[key]
    low, high = (float(end) for end in wilson(lacking, total))
    first, last = (pd.Timestamp(end.as_py()) for end in pc.min_max(at).values())
    root_first = used.loc[used["hashtag"] == key, "first_at"].iloc[0]
    span, lead = (last - first).total_seconds(), (root_first - first).total_seconds()
    beside = rows.filter(pc.equal(rows["hashtag"], key))["tweet_id"]
    others = used[used["hashtag"] != key]
    firsts = pa.array(others["first_tweet_id"], pa.string())
    found = Collection(
        root=key,
        tweets=total,
        without_root=lacking,
        share_without_root=lacking / total,
        share_low=low,
        share_high=high,
        selected_by=_selected_by(key, counts, total),
        first_at=first,
        root_first_at=root_first,
        lead_s=lead,
        span_s=span,
        starts_at_launch=bool(lead <= max(_LAUNCH_S, _LAUNCH_SHARE * span)),
        other_tags=len(others),
        first_beside_root=pc.sum(pc.is_in(firsts, beside), min_count=0).as_py(),
        cannot_tell=None,
    )
    return {**found, "cannot_tell": _reason(found)}


def _selected_by(root: str, counts: dict[str, int], total: int) -> str | None:
    """Return the root, else the commonest tag, if hardly a tweet is without it."""
    commonest = min(counts, key=lambda name: (-counts[name], name))
    for name in (root, commonest):
        if float(wilson(total - counts[name], total)[0]) < SELECTED_BELOW:
            return name
    return None


def _reason(found: Collection) -> str | None:
    if found["selected_by"] is None:
        return None
    if found["selected_by"] != found["root"]:
        return (
            f"collected by another tag (nearly every tweet holds "
            f"#{found['selected_by']}), so what #{found['root']} did elsewhere is not here"
        )
    without, beside = found["without_root"], found["first_beside_root"]
    return (
        f"collected by this tag ({without:,} of {found['tweets']:,} tweets lack "
        f"#{found['root']}; {beside:,} of {found['other_tags']:,} other tags first appear beside "
        "it), so another tag is seen only where it stands beside this one"
    )
