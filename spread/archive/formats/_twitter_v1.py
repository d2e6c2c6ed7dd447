"""Twitter's API v1.1: statuses with a `user` inside, as streams and searches gave them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from spread.archive._faults import RejectedError
from spread.archive._rows import COLLECTED, EMBEDDED, NoticeRow, TweetRow, UserRow
from spread.archive.formats import _said
from spread.archive.formats._elements import TimeOfId, unavailable
from spread.archive.formats._instants import (
    Id,
    id_text,
    in_zone,
    instant,
    snowflake,
    tweet_time,
    without_zone,
)

PLATFORM: Final = "twitter"
_STAMP_DIGITS: Final = 13
_WITHHELD: Final = "Withheld account"
"""What the platform calls an account that it withholds; it describes it in its own words, too."""


class User(msgspec.Struct, gc=False):
    """The account in a status, or a line of a list of accounts."""

    id_str: Id = None
    id: Id = None
    screen_name: str | None = None
    name: str | None = None
    location: str | None = None
    description: str | None = None
    time_zone: str | None = None
    utc_offset: int | None = None
    lang: str | None = None
    followers_count: int | None = None
    created_at: str | None = None
    verified: bool | None = None

    def row(self) -> UserRow:
        """Return what the object says of the account."""
        return UserRow(
            PLATFORM,
            user_id(self),
            self.screen_name,
            None if self.name == _WITHHELD else self.name,
            None if self.name == _WITHHELD else self.description,
            self.location,
            self.time_zone,
            _said.offset_s(self.utc_offset),
            self.lang,
            instant(self.created_at),
            self.verified,
        )


class Hashtag(msgspec.Struct, gc=False):
    """A hashtag among the entities."""

    text: str | None = None


class Url(msgspec.Struct, gc=False):
    """A link among the entities."""

    expanded_url: str | None = None
    url: str | None = None


class Mention(msgspec.Struct, gc=False):
    """A mentioned account among the entities."""

    id_str: Id = None
    id: Id = None
    screen_name: str | None = None


class Medium(msgspec.Struct, gc=False):
    """A picture or film among the entities."""

    type: str | None = None


class Entities(msgspec.Struct, gc=False):
    """What Twitter found in a text."""

    hashtags: list[Hashtag] | None = None
    urls: list[Url] | None = None
    user_mentions: list[Mention] | None = None
    media: list[Medium] | None = None


class Point(msgspec.Struct, gc=False):
    """A point; `coordinates` is longitude, latitude, in `geo` the other way round."""

    coordinates: list[float] | None = None


class Place(msgspec.Struct, gc=False):
    """The place a tweet was tagged with."""

    id: str | None = None
    full_name: str | None = None
    name: str | None = None
    country_code: str | None = None
    country: str | None = None


class Extended(msgspec.Struct, gc=False):
    """The whole of a tweet over 140 characters, in streams."""

    full_text: str | None = None
    entities: Entities | None = None
    extended_entities: Entities | None = None


class Tweet(msgspec.Struct, gc=False):
    """A status."""

    id_str: Id = None
    id: Id = None
    created_at: Any = None
    timestamp_ms: str | int | None = None
    text: str | None = None
    full_text: str | None = None
    truncated: bool | None = None
    extended_tweet: Extended | None = None
    entities: Entities | None = None
    extended_entities: Entities | None = None
    user: User | None = None
    in_reply_to_status_id_str: Id = None
    in_reply_to_status_id: Id = None
    in_reply_to_user_id_str: Id = None
    in_reply_to_user_id: Id = None
    quoted_status_id_str: Id = None
    quoted_status_id: Id = None
    quoted_status: "Tweet | None" = None
    retweeted_status: "Tweet | None" = None
    retweet_count: int | str | None = None
    lang: str | None = None
    coordinates: Point | None = None
    geo: Point | None = None
    place: Place | None = None
    withheld_copyright: Any = None
    withheld_in_countries: Any = None


Found: TypeAlias = TweetRow | TimeOfId | NoticeRow | tuple[User, int] | RejectedError

tweet_decoder: Final = msgspec.json.Decoder(Tweet)
user_decoder: Final = msgspec.json.Decoder(User)


def is_tweet(tweet: Tweet) -> bool:
    """Tell whether what was decoded is a status of this format."""
    return tweet.user is not None and (tweet.text is not None or tweet.full_text is not None)


def rows(tweet: Tweet, *, source_file: str, source_record: int) -> list[Found]:
    """Return the collected row of a status, then those of the statuses inside it.

    After each comes its author with the instant at which the author was seen: the outer
    status's time, since what is inside was as it is then. A status inside that cannot be
    read is an error in the list.

    Parameters
    ----------
    tweet
        The status.
    source_file, source_record
        Where it stands.

    Raises
    ------
    RejectedError
        The status itself cannot be read.
    """
    row = _row(tweet, COLLECTED, source_file, source_record)
    found: list[Found] = [row]
    if created(tweet) is None:
        found.append(TimeOfId(without_zone(tweet.created_at) is not None))
    if tweet.user is not None:
        found.append((tweet.user, row.at))
    found += unavailable(row)
    for inner in _inside(tweet):
        try:
            embedded = _row(inner, EMBEDDED, source_file, source_record)
            found += [embedded, *unavailable(embedded)]
            if inner.user is not None:
                found.append((inner.user, row.at))
        except RejectedError as error:
            found.append(error)
    return found


def user_id(user: User) -> str:
    """Return an account's id.

    Raises
    ------
    RejectedError
        It has none.
    """
    found = id_text(user.id_str, user.id)
    if found is None:
        raise RejectedError("NO_ID", "the account has no id")
    return found


def _inside(tweet: Tweet) -> Iterator[Tweet]:
    for inner in (tweet.retweeted_status, tweet.quoted_status):
        if inner is not None:
            yield inner
            yield from _inside(inner)


def _author_id(tweet: Tweet | None) -> str | None:
    if tweet is None or tweet.user is None:
        return None
    return id_text(tweet.user.id_str, tweet.user.id)


def _row(tweet: Tweet, origin: str, source_file: str, source_record: int) -> TweetRow:
    tweet_id = id_text(tweet.id_str, tweet.id)
    if tweet_id is None:
        raise RejectedError("NO_ID", "the tweet has no id")
    author_id = _author_id(tweet)
    if author_id is None or tweet.user is None:
        raise RejectedError("NO_USER", "the tweet has no author")
    at, resolution = tweet_time(tweet_id, created(tweet), tweet.created_at)
    said, mentions = said_in(tweet)
    retweet = tweet.retweeted_status
    retweet_of = id_text(retweet.id_str, retweet.id) if retweet is not None else None
    quote_of = reply_to = reply_author = author = None
    is_manual = False
    if retweet_of is None:
        is_manual, author = _said.repeated(said.text, mentions)
        quoted = tweet.quoted_status
        quote_of = id_text(tweet.quoted_status_id_str, tweet.quoted_status_id)
        if quote_of is None and quoted is not None:
            quote_of = id_text(quoted.id_str, quoted.id)
        reply_to = id_text(tweet.in_reply_to_status_id_str, tweet.in_reply_to_status_id)
        reply_author = id_text(tweet.in_reply_to_user_id_str, tweet.in_reply_to_user_id)
    longitude, latitude = point(tweet)
    place = tweet.place
    return TweetRow(
        platform=PLATFORM,
        tweet_id=tweet_id,
        author_id=author_id,
        origin=origin,
        at=at,
        at_resolution_ms=resolution,
        observed_at=None,
        kind=_said.kind(retweet_of, quote_of, reply_to),
        text=None if said is _said.WITHHELD else said.text,
        lang=tweet.lang,
        hashtags=said.hashtags,
        hashtags_shown=said.hashtags_shown,
        mentions=[] if retweet_of is not None else list(mentions),
        urls=said.urls,
        media=said.media,
        retweet_of=retweet_of,
        retweet_author_id=author if is_manual else _author_id(retweet),
        quote_of=quote_of,
        quote_author_id=_author_id(tweet.quoted_status) if quote_of is not None else None,
        reply_to=reply_to,
        reply_author_id=reply_author,
        manual_retweet=is_manual,
        retweet_count=_said.count(tweet.retweet_count),
        followers=_said.count(tweet.user.followers_count),
        longitude=longitude,
        latitude=latitude,
        place_name=(place.full_name or place.name) if place is not None else None,
        place_country=(place.country_code or place.country) if place is not None else None,
        cut=said.cut,
        source_file=source_file,
        source_record=source_record,
        text_length=len(said.text),
        place_id=place.id if place is not None else None,
        original_at=snowflake(retweet_of),
    )


def state_zone(tweet: Tweet, zone: ZoneInfo, apart: Counter[int]) -> None:
    """Write the zone to the times of a status, and of those inside it, that have none."""
    for each in (tweet, *_inside(tweet)):
        each.created_at = in_zone(each.created_at, zone, str(each.id_str or each.id), apart)


def created(tweet: Tweet) -> int | None:
    """Return when a status says it was made: to the millisecond, where both times agree."""
    told = instant(tweet.created_at)
    stamp = str(tweet.timestamp_ms)
    if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > _STAMP_DIGITS:
        return told
    exact = int(stamp) * 1000
    return exact if told is None or exact // 1_000_000 == told // 1_000_000 else told


def said_in(tweet: Tweet) -> tuple[_said.Said, _said.Mentioned]:
    """Return what a status says and whom it mentions; a retweet says what its original says."""
    inner = tweet.retweeted_status
    if inner is not None and (inner.text is not None or inner.full_text is not None):
        return said_in(inner)[0], {}
    is_marked = tweet.withheld_copyright or tweet.withheld_in_countries
    if is_marked and any(map(_said.is_placeholder, _texts(tweet))):
        return _said.WITHHELD, {}
    return own_words(tweet)


def _texts(tweet: Tweet) -> Iterator[str | None]:
    yield from (tweet.text, tweet.full_text)
    if tweet.extended_tweet is not None:
        yield tweet.extended_tweet.full_text


def own_words(tweet: Tweet) -> tuple[_said.Said, _said.Mentioned]:
    """Return what a status says itself: the longest text, with its own entities."""
    extended = tweet.extended_tweet
    if extended is not None and extended.full_text is not None:
        text, cut = extended.full_text, False
        entities = extended.entities or tweet.entities
        media = extended.extended_entities or extended.entities
    elif tweet.full_text is not None:
        text, cut, entities = tweet.full_text, False, tweet.entities
        media = tweet.extended_entities or entities
    else:
        text, cut, entities = tweet.text or "", bool(tweet.truncated), tweet.entities
        media = tweet.extended_entities or entities
    if tweet.retweeted_status is not None:
        cut = cut or _said.ends_cut(text)
        text = _said.without_retweet_prefix(text)
    tags: list[str] | None = None
    links: Sequence[str | None] = ()
    mentions = None
    if entities is not None:
        mentions = entities.user_mentions
        if entities.hashtags is not None:
            tags = [tag.text for tag in entities.hashtags if tag.text] if entities.hashtags else []
        if entities.urls:
            links = [url.expanded_url or url.url for url in entities.urls]
    pictures = media.media if media is not None else None
    kinds = [medium.type for medium in pictures] if pictures else ()
    said = _said.said(text, cut=cut, tags=tags, urls=links, media=kinds)
    if mentions is None:
        return said, _said.names_in(said.text)
    return said, _mentions(mentions) if mentions else {}


def _mentions(mentions: list[Mention]) -> _said.Mentioned:
    found: dict[str, str | None] = {}
    for mention in mentions:
        account = id_text(mention.id_str, mention.id) if mention.id_str != "-1" else None
        if account is None and mention.screen_name:
            account = _said.name_id(mention.screen_name)
        if account is not None:
            found[account] = mention.screen_name
    return found


def point(tweet: Tweet) -> tuple[float | None, float | None]:
    """Return the longitude and latitude of a status, where it has them."""
    if tweet.coordinates is None and tweet.geo is None:
        return None, None
    if tweet.coordinates is not None and len(tweet.coordinates.coordinates or ()) == 2:
        longitude, latitude = tweet.coordinates.coordinates or (None, None)
        return longitude, latitude
    if tweet.geo is not None and len(tweet.geo.coordinates or ()) == 2:
        latitude, longitude = tweet.geo.coordinates or (None, None)
        return longitude, latitude
    return None, None
