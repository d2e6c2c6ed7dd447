"""Twitter's API v2: pages of `data` and `includes`, streams, flattened and split files."""

from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from spread.archive._faults import RejectedError
from spread.archive._rows import COLLECTED, EMBEDDED, UNAVAILABLE, NoticeRow, PlaceRow, TweetRow
from spread.archive.formats import _said
from spread.archive.formats._elements import TimeOfId, unavailable
from spread.archive.formats._instants import (
    id_text,
    in_zone,
    instant,
    microseconds,
    snowflake,
    tweet_time,
    without_zone,
)
from spread.archive.formats._twitter_v2_json import (
    PLATFORM,
    Attachments,
    Geo,
    Mention,
    Page,
    Place,
    Reference,
    Tweet,
    User,
    as_list,
    problem_decoder,
    user_id,
)

_NOT_SHOWN: Final = (
    "/resource-not-found", "/not-authorized-for-resource", "/resource-unavailable"
)  # fmt: skip
_MEDIA_OF_KEY: Final = {"3": "photo", "7": "video", "13": "video", "16": "gif"}


class Context(NamedTuple):
    """What a page says beside its tweets: accounts, media kinds, when it was retrieved."""

    users: dict[str, User]
    media: dict[str, str]
    retrieved_at: int | None


NO_CONTEXT: Final = Context({}, {}, None)


def rows(
    tweet: Tweet, context: Context, *, source_file: str, source_record: int
) -> Iterator[TweetRow | TimeOfId | NoticeRow | tuple[User, int] | RejectedError]:
    """Yield a tweet's collected row, then whatever tweets and accounts stand inside it.

    An account comes with the instant at which it was seen: when the page was retrieved,
    else the tweet's time.

    Raises
    ------
    RejectedError
        The tweet itself cannot be read; of one inside, the error is yielded.
    """
    if tweet.made is not None:
        context = context._replace(retrieved_at=microseconds(tweet.made.retrieved_at))
    row = tweet_row(tweet, COLLECTED, context, source_file, source_record)
    seen_at = row.at if context.retrieved_at is None else context.retrieved_at
    yield row
    if instant(tweet.created_at) is None:
        yield TimeOfId(without_zone(tweet.created_at) is not None)
    yield from unavailable(row)
    yield from _accounts(tweet, seen_at)
    for inner in as_list(tweet.referenced_tweets):
        if inner.text is None:
            continue
        try:
            embedded = tweet_row(inner, EMBEDDED, context, source_file, source_record)
            yield embedded
            yield from unavailable(embedded)
            yield from _accounts(inner, seen_at)
        except RejectedError as error:
            yield error


def tweet_row(
    tweet: Tweet, origin: str, context: Context, source_file: str, source_record: int
) -> TweetRow:
    """Return the row of one tweet.

    Raises
    ------
    RejectedError
        NO_ID, NO_USER, ID_FLOAT or BAD_TIME.
    """
    tweet_id = id_text(tweet.id)
    if tweet_id is None:
        raise RejectedError("NO_ID", "the tweet has no id")
    author_id = id_text(tweet.author_id)
    if author_id is None and tweet.author is not None:
        author_id = id_text(tweet.author.id)
    if author_id is None or author_id == "0":
        raise RejectedError("NO_USER", "the tweet has no author_id")
    at, resolution = tweet_time(tweet_id, instant(tweet.created_at), tweet.created_at)
    refers = {r.type: r for r in reversed(as_list(tweet.referenced_tweets))}
    retweet_of = _referred(refers.get("retweeted"))
    said, mentions = _said_in(tweet, context, retweet=retweet_of is not None)
    author = _retweeted_author(tweet, refers.get("retweeted"), context)
    quote_of = reply_to = reply_author = None
    is_manual = False
    if retweet_of is None:
        is_manual, author = _said.repeated(said.text, mentions)
        quote_of = _referred(refers.get("quoted"))
        reply_to = _referred(refers.get("replied_to"))
        reply_author = id_text(tweet.in_reply_to_user_id)
    longitude, latitude = _point(tweet.geo)
    place_id, place_name, place_country = _place(tweet.geo)
    return TweetRow(
        platform=PLATFORM,
        tweet_id=tweet_id,
        author_id=author_id,
        origin=origin,
        at=at,
        at_resolution_ms=resolution,
        observed_at=context.retrieved_at,
        kind=_said.kind(retweet_of, quote_of, reply_to),
        text=None if said is _said.WITHHELD else said.text,
        lang=tweet.lang,
        hashtags=said.hashtags,
        hashtags_shown=said.hashtags_shown,
        mentions=[] if retweet_of is not None else list(mentions),
        urls=said.urls,
        media=said.media,
        retweet_of=retweet_of,
        retweet_author_id=author,
        quote_of=quote_of,
        quote_author_id=_author_id(refers.get("quoted")) if quote_of is not None else None,
        reply_to=reply_to,
        reply_author_id=reply_author,
        manual_retweet=is_manual,
        retweet_count=_said.count(tweet.public_metrics.retweet_count)
        if tweet.public_metrics
        else None,
        followers=_followers(tweet, author_id, context),
        longitude=longitude,
        latitude=latitude,
        place_name=place_name,
        place_country=place_country,
        cut=said.cut,
        source_file=source_file,
        source_record=source_record,
        text_length=len(said.text),
        place_id=place_id,
        original_at=snowflake(retweet_of),
    )


def state_zone(tweet: Tweet, zone: ZoneInfo, apart: Counter[int]) -> None:
    """Write the zone to the times of a tweet, and of those inside it, that have none."""
    for each in (tweet, *as_list(tweet.referenced_tweets)):
        each.created_at = in_zone(each.created_at, zone, str(each.id), apart)


def not_shown(page: Page) -> Iterator[NoticeRow]:
    """Yield the tweets of which a page says that they cannot be seen, and which it refers to.

    They are deleted, of protected or suspended accounts, or withheld.
    """
    for raw in as_list(page.errors):
        try:
            problem = problem_decoder.decode(raw)
            tweet_id = id_text(problem.resource_id or problem.value)
        except (msgspec.DecodeError, RejectedError, TypeError):
            continue
        is_tweet = problem.resource_type == "tweet" and problem.parameter != "pinned_tweet_id"
        if is_tweet and tweet_id is not None and (problem.type or "").endswith(_NOT_SHOWN):
            yield NoticeRow(UNAVAILABLE, tweet_id, None)


def place_row(place: Place) -> PlaceRow:
    """Return a place.

    Raises
    ------
    RejectedError
        It has no id.
    """
    if not place.id:
        raise RejectedError("NO_ID", "the place has no id")
    return PlaceRow(place.id, place.full_name or place.name, place.country_code or place.country)


def _accounts(tweet: Tweet, seen_at: int) -> Iterator[tuple[User, int]]:
    """Yield the profiles inside a flattened tweet; a bare mention is no profile."""
    mentioned = as_list(tweet.entities.mentions) if tweet.entities is not None else []
    for user in (tweet.author, tweet.in_reply_to_user, *mentioned):
        if user is not None and user.id is not None and user.name is not None:
            yield user, seen_at


def _referred(reference: Reference | None) -> str | None:
    return None if reference is None else id_text(reference.id)


def _author_id(reference: Reference | None) -> str | None:
    if reference is None:
        return None
    found = id_text(reference.author_id)
    return id_text(reference.author.id) if found is None and reference.author else found


def _retweeted_author(tweet: Tweet, original: Reference | None, context: Context) -> str | None:
    """Return who is retweeted: as the original says, else the account the text opens with."""
    known = _author_id(original)
    name = _said.retweeted_name(tweet.text or "")
    if original is None or known is not None or name is None:
        return known
    mentioned = as_list(tweet.entities.mentions) if tweet.entities is not None else []
    named = [m for m in mentioned if (m.username or "").casefold() == name.casefold()]
    return next(iter(_mentions(named[:1] or [Mention(username=name)], context)))


def _followers(tweet: Tweet, author_id: str, context: Context) -> int | None:
    author = tweet.author or context.users.get(author_id)
    return _said.count(author.followers_count) if author is not None else None


def _said_in(
    tweet: Tweet, context: Context, *, retweet: bool
) -> tuple[_said.Said, _said.Mentioned]:
    text, entities = tweet.text or "", tweet.entities
    if tweet.note_tweet is not None and tweet.note_tweet.text is not None:
        text, entities = tweet.note_tweet.text, tweet.note_tweet.entities or entities
    cut = retweet and _said.ends_cut(text)
    plain = _said.without_retweet_prefix(text) if retweet else text
    if tweet.withheld and _said.is_placeholder(plain):
        return _said.WITHHELD, {}
    tags = as_list(entities.hashtags) if entities is not None else None
    urls = as_list(entities.urls) if entities is not None else []
    said = _said.said(
        plain,
        cut=cut,
        tags=None if tags is None else [tag.tag for tag in tags if tag.tag],
        urls=[url.expanded_url or url.url for url in urls if url.media_key is None],
        media=_media(tweet.attachments, context),
    )
    mentioned = as_list(entities.mentions) if entities is not None else None
    if mentioned is None:
        return said, _said.names_in(_said.unescape(text))
    return said, _mentions(mentioned, context)


def _mentions(mentions: list[Mention], context: Context) -> _said.Mentioned:
    found: dict[str, str | None] = {}
    for mention in mentions:
        account = id_text(mention.id)
        if account is None and mention.username:
            account = _said.name_id(mention.username)
            named = context.users.get(account)
            account = account if named is None else user_id(named)
        if account is not None:
            found[account] = mention.username
    return found


def _media(attachments: Attachments | None, context: Context) -> list[str | None]:
    if attachments is None:
        return []
    inside = {medium.media_key: medium.type for medium in as_list(attachments.media)}
    keys = attachments.media_keys
    return [
        inside.get(key) or context.media.get(key) or _MEDIA_OF_KEY.get(key.partition("_")[0])
        for key in ([keys] if isinstance(keys, str) else as_list(keys))
    ]


def _point(geo: Geo | None) -> tuple[float | None, float | None]:
    if geo is None or geo.coordinates is None:
        return None, None
    point = as_list(geo.coordinates.coordinates)
    return (point[0], point[1]) if len(point) == 2 else (None, None)


def _place(geo: Geo | None) -> tuple[str | None, str | None, str | None]:
    if geo is None:
        return None, None, None
    return geo.place_id or geo.id, geo.full_name or geo.name, geo.country_code or geo.country
