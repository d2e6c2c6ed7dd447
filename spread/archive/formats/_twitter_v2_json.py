"""The objects of Twitter's API v2, declared: what is not declared is not read."""

from typing import Any, Final, TypeAlias, TypeVar

import msgspec

from spread.archive._faults import RejectedError
from spread.archive._rows import UserRow
from spread.archive.formats._instants import Id, id_text, instant

PLATFORM: Final = "twitter"

_T = TypeVar("_T")
Nothing: TypeAlias = dict[str, msgspec.Raw]
"""R writes an empty list as `{}`."""


class UserMetrics(msgspec.Struct, gc=False):
    """Counts of an account."""

    followers_count: int | None = None


class User(msgspec.Struct, gc=False):
    """An account."""

    id: Id = None
    username: str | None = None
    name: str | None = None
    description: str | None = None
    location: str | None = None
    created_at: str | None = None
    verified: bool | None = None
    public_metrics: UserMetrics | None = None

    @property
    def followers_count(self) -> int | None:
        """How many follow the account."""
        return None if self.public_metrics is None else self.public_metrics.followers_count

    def row(self) -> UserRow:
        """Return what the object says of the account."""
        return UserRow(
            platform=PLATFORM,
            user_id=user_id(self),
            screen_name=self.username,
            name=self.name,
            description=self.description,
            location=self.location,
            time_zone=None,
            utc_offset_s=None,
            lang=None,
            created_at=instant(self.created_at),
            verified=self.verified,
        )


class Hashtag(msgspec.Struct, gc=False):
    """A hashtag among the entities."""

    tag: str | None = None


class Url(msgspec.Struct, gc=False):
    """A link among the entities; one with a `media_key` is a picture or film."""

    expanded_url: str | None = None
    url: str | None = None
    media_key: str | None = None


class Mention(User, gc=False):
    """A mentioned account among the entities; flattened files put its profile here."""


class Entities(msgspec.Struct, gc=False):
    """What Twitter found in a text."""

    hashtags: list[Hashtag] | Nothing | None = None
    urls: list[Url] | Nothing | None = None
    mentions: list[Mention] | Nothing | None = None


class TweetMetrics(msgspec.Struct, gc=False):
    """Counts of a tweet."""

    retweet_count: int | None = None


class Medium(msgspec.Struct, gc=False):
    """A picture or film."""

    media_key: str | None = None
    type: str | None = None


class Attachments(msgspec.Struct, gc=False):
    """What hangs on a tweet; flattened files put the media here."""

    media_keys: list[str] | str | Nothing | None = None
    media: list[Medium] | Nothing | None = None


class Point(msgspec.Struct, gc=False):
    """A point: longitude, latitude."""

    coordinates: list[float] | Nothing | None = None


class Place(msgspec.Struct, gc=False):
    """A place."""

    id: str | None = None
    full_name: str | None = None
    name: str | None = None
    country_code: str | None = None
    country: str | None = None


class Geo(Place, gc=False):
    """Where a tweet was tagged; flattened files put the place here."""

    place_id: str | None = None
    coordinates: Point | None = None


class Note(msgspec.Struct, gc=False):
    """The whole of a text over 280 characters."""

    text: str | None = None
    entities: Entities | None = None


class Made(msgspec.Struct, gc=False):
    """What twarc says of its own request."""

    retrieved_at: str | None = None


class Tweet(msgspec.Struct, gc=False):
    """A tweet; the last four fields are there in flattened files."""

    id: Id = None
    text: str | None = None
    author_id: Id = None
    created_at: Any = None
    lang: str | None = None
    entities: Entities | None = None
    referenced_tweets: "list[Reference] | Nothing | None" = None
    in_reply_to_user_id: Id = None
    public_metrics: TweetMetrics | None = None
    attachments: Attachments | None = None
    geo: Geo | None = None
    note_tweet: Note | None = None
    withheld: Any = None
    author: User | None = None
    in_reply_to_user: User | None = None
    made: Made | None = msgspec.field(default=None, name="__twarc")


class Reference(Tweet, gc=False):
    """A tweet that another refers to; flattened files put all of it here."""

    type: str | None = None


class Problem(msgspec.Struct, gc=False):
    """What could not be shown with a page, and why."""

    resource_type: str | None = None
    resource_id: Id = None
    value: Any = None
    parameter: str | None = None
    type: str | None = None


class Includes(msgspec.Struct, gc=False):
    """What comes with a page so that its tweets can be understood."""

    users: list[msgspec.Raw] | Nothing | None = None
    tweets: list[msgspec.Raw] | Nothing | None = None
    places: list[msgspec.Raw] | Nothing | None = None
    media: list[msgspec.Raw] | Nothing | None = None


class Page(Includes, gc=False):
    """A page, a streamed tweet with its includes, or a file of users.

    `statuses` is how API v1.1 called what a search found.
    """

    statuses: list[msgspec.Raw] | None = None
    errors: list[msgspec.Raw] | Nothing | None = None
    data: msgspec.Raw = msgspec.Raw(b"null")
    includes: Includes | None = None
    made: Made | None = msgspec.field(default=None, name="__twarc")


tweet_decoder: Final = msgspec.json.Decoder(Tweet)
user_decoder: Final = msgspec.json.Decoder(User)
place_decoder: Final = msgspec.json.Decoder(Place)
medium_decoder: Final = msgspec.json.Decoder(Medium)
problem_decoder: Final = msgspec.json.Decoder(Problem)
page_decoder: Final = msgspec.json.Decoder(Page)


def user_id(user: User) -> str:
    """Return an account's id.

    Raises
    ------
    RejectedError
        It has none.
    """
    found = id_text(user.id)
    if found is None or found == "0":
        raise RejectedError("NO_ID", "the account has no id")
    return found


def as_list(found: list[_T] | Nothing | None) -> list[_T]:
    """Return a list, empty where nothing or R's `{}` stands for it."""
    return found if isinstance(found, list) else []
