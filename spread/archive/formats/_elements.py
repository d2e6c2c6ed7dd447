"""What the readers of records hand over beside tweets, and what makes rows easier to write."""

from typing import Final, NamedTuple, TypeAlias

from spread.archive._faults import RejectedError
from spread.archive._rows import COLLECTED, UNAVAILABLE, FollowRow, NoticeRow, TweetRow, UserRow
from spread.archive.formats import _said
from spread.archive.formats._instants import snowflake


class Profile(NamedTuple):
    """What a record says of an account, and when (microseconds since 1970)."""

    row: UserRow
    followers: int | None
    at: int | None


class TimeOfId(NamedTuple):
    """A record whose own time is absent or cannot be read, so that it has that of its id.

    `lacks_zone` where the time is whole, but for the zone in which it was.
    """

    lacks_zone: bool = False


class Server(NamedTuple):
    """The server that a record was asked of, where its ids are its own."""

    host: str


class Nothing(NamedTuple):
    """A record that holds nothing to keep: a like, an account's new name, a post that is gone."""


class Share(NamedTuple):
    """A tweet of a table with a row for each object that it shares."""

    row: TweetRow


Element: TypeAlias = (
    TweetRow | Profile | Share | FollowRow | NoticeRow | TimeOfId | Server | Nothing | RejectedError
)
NO_PROFILE: Final = dict.fromkeys(UserRow._fields)
NOTHING_SAID: Final = _said.Said("", False, [], [], [], [])


def unavailable(row: TweetRow) -> list[NoticeRow]:
    """Return the notice that the platform withholds what a tweet of Twitter's says, if it does."""
    is_withheld = row.text is None and row.retweet_of is None
    return [NoticeRow(UNAVAILABLE, row.tweet_id, None)] if is_withheld else []


def tweet_row(
    platform: str,
    tweet_id: str,
    author_id: str | None,
    at: int,
    *,
    said: _said.Said | None,
    source_file: str,
    source_record: int,
    **more: object,
) -> TweetRow:
    """Return a row with what is known; the rest says that it is not."""
    heard = said or NOTHING_SAID
    known: dict[str, object] = dict.fromkeys(TweetRow._fields) | {
        "platform": platform,
        "tweet_id": tweet_id,
        "author_id": author_id,
        "origin": COLLECTED,
        "at": at,
        "at_resolution_ms": 1,
        "text": heard.text if said is not None else None,
        "hashtags": heard.hashtags,
        "hashtags_shown": heard.hashtags_shown,
        "urls": heard.urls,
        "media": heard.media,
        "mentions": [],
        "manual_retweet": False,
        "cut": heard.cut,
        "source_file": source_file,
        "source_record": source_record,
        "text_length": len(heard.text),
    }
    known |= more
    if known["kind"] is None:
        known["kind"] = _said.kind(
            *(_text(known[n]) for n in ("retweet_of", "quote_of", "reply_to"))
        )
    if platform == "twitter" and known["original_at"] is None:
        known["original_at"] = snowflake(_text(known["retweet_of"]))
    return TweetRow(**known)  # type: ignore[arg-type]


def user_row(platform: str, user_id: str, **more: object) -> UserRow:
    """Return what is known of an account."""
    return UserRow(**(NO_PROFILE | {"platform": platform, "user_id": user_id} | more))  # type: ignore[arg-type]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
