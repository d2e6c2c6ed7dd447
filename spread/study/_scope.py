"""What a study is about: the window of time, the root tag, the tweets that carry it."""

import difflib
import re
from dataclasses import dataclass

import ibis
import pandas as pd

from spread import hashtags
from spread._arguments import require_zone
from spread._errors import InputError, UsageError
from spread.archive import Archive
from spread.tables import rows
from spread.text import hashtag_key

MIN_AUTHORS = 10
"""A tag that nobody named and fewer authors use is no subject of a study."""

_YEAR = re.compile(r"\d{4}")
_MOMENT = "such as 2014-04-22T14:00"
_BEFORE = pd.Timedelta(days=1)
"""A tag may have been launched this long before anyone else used it."""


@dataclass(frozen=True)
class Scope:
    """The tweets of a study: `tweets` in the window, `tagged` those with the root."""

    tweets: ibis.Table
    tagged: ibis.Table
    users: ibis.Table
    usage: pd.DataFrame
    root: str | None
    shown: str
    announcement: str | None
    start_at: pd.Timestamp
    end_at: pd.Timestamp
    collected: int
    authors: int


def instant(given: str | pd.Timestamp | None, time_zone: str, *, name: str) -> pd.Timestamp | None:
    """Return a moment as UTC; one without a zone is read in `time_zone`."""
    if given is None:
        return None
    none = f"`{name}` is not a moment in time"
    if isinstance(given, str) and not _YEAR.search(given):
        lacks_year = f"`{name}` is a moment without its year"
        what = lacks_year if any(sign.isdigit() for sign in given) else none
        raise UsageError(what, got=repr(given), allowed=_MOMENT)
    try:
        moment = pd.Timestamp(given)
    except (ValueError, TypeError) as error:
        raise UsageError(none, got=repr(given), allowed=_MOMENT) from error
    if pd.isna(moment):
        raise UsageError(none, got=repr(given), allowed=_MOMENT)
    local = moment.tz_localize(require_zone(time_zone)) if moment.tzinfo is None else moment
    return local.tz_convert("UTC")


def choose(
    archive: Archive,
    root: str | None,
    *,
    start: str | pd.Timestamp | None,
    end: str | pd.Timestamp | None,
    time_zone: str,
) -> Scope:
    """Return the scope of a study, or say why there is none."""
    if root is not None and not root.strip(" #\uff03"):
        raise UsageError("`root` names no tag", got=repr(root), allowed="such as myNYPD")
    start_at = instant(start, time_zone, name="start")
    end_at = instant(end, time_zone, name="end")
    if start_at is not None and end_at is not None and start_at >= end_at:
        raise UsageError("the window is empty", got=f"{start_at} to {end_at}", hint="Swap them")
    tweets = archive.tweets
    if start_at is not None:
        tweets = tweets.filter(tweets.at >= ibis.literal(start_at.to_pydatetime()))
    if end_at is not None:
        tweets = tweets.filter(tweets.at < ibis.literal(end_at.to_pydatetime()))
    collected = tweets.filter(tweets.origin == "collected")
    facts = (
        collected.aggregate(
            tweets=collected.count(),
            authors=collected.author_id.nunique(),
            first=collected["at"].min(),
            last=collected["at"].max(),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    if not facts["tweets"]:
        if stubs := archive.report.origins.get("stub", 0):
            raise InputError(
                "the archive holds no tweet",
                got=f"the ids of {stubs:,} tweets alone",
                hint="Ask the platform for the tweets of these ids (hydrate them) first",
            )
        first, last = _span(archive)
        raise InputError(
            "no tweet in the window",
            got=f"{_told(start_at) or 'the first'} to {_told(end_at) or 'the last'}",
            allowed=f"within {_told(first)} to {_told(last)}",
            hint="Widen `start` and `end`, or leave them out",
        )
    usage = hashtags.usage(tweets)
    key, announcement = _root(usage, root)
    tagged = tweets if key is None else tweets.filter(tweets.hashtags.contains(key))
    shown = "the whole archive" if key is None else "#" + usage.set_index("hashtag").shown[key]
    return Scope(
        tweets=tweets,
        tagged=tagged,
        users=archive.users,
        usage=usage,
        root=key,
        shown=shown,
        announcement=announcement,
        start_at=pd.Timestamp(facts["first"]),
        end_at=pd.Timestamp(facts["last"]),
        collected=facts["tweets"],
        authors=facts["authors"],
    )


def require_launched(scope: Scope, launch: pd.Timestamp | None, archive: Archive) -> None:
    """Refuse a launch that the archive cannot hold: after its last tweet, or long before all."""
    if launch is None:
        return
    allowed = f"up to {_told(scope.end_at)}"
    if launch > scope.end_at:
        raise UsageError("the `launch` is after the last tweet", got=_told(launch), allowed=allowed)
    if launch < scope.start_at - _BEFORE and launch < (first := _span(archive)[0]) - _BEFORE:
        raise UsageError(
            "the `launch` is more than a day before the first tweet of the archive",
            got=_told(launch),
            allowed=f"from {_told(first)} {allowed}",
            hint="Leave it out where the archive does not hold the launch",
        )


def _span(archive: Archive) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return when the first and the last collected tweet of an archive were made."""
    collected = archive.tweets.filter(archive.tweets.origin == "collected")
    ends = collected.aggregate(first=collected["at"].min(), last=collected["at"].max())
    row = ends.to_pyarrow().to_pylist()[0]
    return pd.Timestamp(row["first"]), pd.Timestamp(row["last"])


def _told(moment: pd.Timestamp | None) -> str:
    """Return a moment as one types it, to the minute; nothing for a time that is not known."""
    return "" if moment is None or pd.isna(moment) else f"{moment:%Y-%m-%d %H:%M} UTC"


def _root(usage: pd.DataFrame, root: str | None) -> tuple[str | None, str | None]:
    ranked = usage.sort_values(["authors", "tweets", "hashtag"], ascending=[False, False, True])
    if root is not None:
        key = hashtag_key(root)
        if key in set(usage.hashtag):
            return key, None
        near = difflib.get_close_matches(key, usage.hashtag, n=5, cutoff=0.6)
        offered = ranked[ranked.hashtag.isin(near)] if near else ranked.head(5)
        tags = ", ".join(f"#{tag.shown} ({tag.tweets})" for tag in rows(offered))
        raise InputError(
            f"the tag #{key or root.lstrip('#')} never occurs in the archive",
            hint=f"Name one that does, such as {tags}" if tags else "No tag occurs in it",
        )
    if ranked.empty:
        return None, "No hashtag occurs, so this is a study of the whole archive."
    top = ranked.iloc[0]
    if top.authors < MIN_AUTHORS:
        return None, (
            f"No tag was named, and the commonest, #{top.shown}, is used by {top.authors} of "
            f"the accounts, fewer than {MIN_AUTHORS}: this is a study of the whole archive."
        )
    return top.hashtag, f"No tag was named; this is the commonest, #{top.shown}."
