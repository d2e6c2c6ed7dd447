"""The archive: one v1.1 JSON object a line, in order of time, as a stream gave it then."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from spread.scenario._cities import CITIES
from spread.scenario._profiles import created_text, is_geo, profile, screen_name, user_object
from spread.scenario._texts import MOST, Span, Wording, Words, wording
from spread.tables import written

__all__ = ["Record", "make_record", "write_archive"]

_TWITTER_EPOCH_MS = 1_288_834_974_657
_SOURCE = '<a href="http://example.org/spread" rel="nofollow">synthetic</a>'
_GZIP_LEVEL = 4


@dataclass(frozen=True)
class Record:
    """When each event happened, its Snowflake id, and whether the archive kept it."""

    at_ms: NDArray[np.int64]
    tweet_id: NDArray[np.int64]
    kept: NDArray[np.bool_]


def make_record(
    words: Words, *, thinning: float, authors_kept: float, rng: np.random.Generator
) -> Record:
    """Draw ids, unique and in order of time, and what the archive has lost."""
    events = words.events
    start_ms = int(words.campaign.story.start.timestamp() * 1000)
    at_ms = start_ms + np.floor(events.at_s * 1000.0).astype(np.int64)
    machine = rng.integers(0, 1024, at_ms.size)
    order = np.lexsort((machine, at_ms))
    ticks = at_ms[order] * 1024 + machine[order]
    new = np.concatenate([[True], ticks[1:] != ticks[:-1]])
    place = np.arange(ticks.size)
    sequence = np.empty_like(place)
    sequence[order] = place - np.maximum.accumulate(np.where(new, place, 0))
    tweet_id = (at_ms - _TWITTER_EPOCH_MS << 22) | machine << 12 | sequence
    kept = (rng.random(at_ms.size) < thinning) | (events.parent < 0)
    people = rng.random(len(words.accounts)) < authors_kept
    people[: len(words.accounts.fixtures)] = True
    return Record(at_ms, tweet_id, kept & people[events.user])


def write_archive(words: Words, record: Record, path: Path) -> None:
    """Write the kept events; the file appears whole or not at all."""
    encode = msgspec.json.Encoder().encode
    with _opened(path) as file:
        for tweet in _tweets(words, record):
            file.write(encode(tweet) + b"\n")


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with written(path) as draft, draft.open("wb") as raw:
        if path.suffix != ".gz":
            yield raw
            return
        # No name and no time in the header: the same call writes the same bytes.
        with gzip.GzipFile("", "wb", _GZIP_LEVEL, raw, mtime=0) as packed:
            yield cast(IO[bytes], packed)


def _tweets(words: Words, record: Record) -> Iterator[dict[str, object]]:
    events = words.events
    so_far = np.zeros(words.authors.size, dtype=np.int64)
    for row in np.argsort(record.tweet_id, kind="stable"):
        root = int(events.root[row])
        if events.parent[row] < 0:
            if record.kept[row]:
                yield _original(words, record, root, 0, float(events.at_s[row]))
            continue
        so_far[root] += 1  # the platform counts what the archive has lost too
        if record.kept[row]:
            yield _retweet(words, record, int(row), root, int(so_far[root]))


def _original(
    words: Words, record: Record, root: int, retweets: int, seen_s: float
) -> dict[str, object]:
    """Return a root as it looked at a later time."""
    said, author = wording(words, root), int(words.authors[root])
    row = int(words.events.first[root])
    tweet = _tweet(record, row, said.text, said.lang, _entities(words, record, root, said))
    tweet["user"] = user_object(words.accounts, author, seen_s)
    tweet["retweet_count"] = retweets
    tweet["favorite_count"] = retweets // 2
    if said.replies_to >= 0:
        tweet |= _in_reply(words, record, said.replies_to)
    if is_geo(words.accounts, author) and words.draws[root, 8] < 0.6:
        tweet |= _geotag(words, root, author)
    return tweet


def _retweet(words: Words, record: Record, row: int, root: int, so_far: int) -> dict[str, object]:
    """Return a retweet: whoever it came from, the API names the root alone."""
    said = wording(words, root)
    at_s, user = float(words.events.at_s[row]), int(words.events.user[row])
    author = int(words.authors[root])
    name = screen_name(words.accounts, author)
    head = f"RT @{name}: "
    text = head + said.text
    cut = len(text) > MOST
    text = text[: MOST - 1] + "…" if cut else text
    moved = _moved(said, len(head), MOST - 2 if cut else MOST)
    entities = _entities(words, record, root, moved)
    named = _mention(words, Span(3, 4 + len(name), str(author)))
    entities["user_mentions"] = [named, *cast(list[object], entities["user_mentions"])]
    tweet = _tweet(record, row, text, said.lang, entities)
    tweet["truncated"] = cut
    tweet["user"] = user_object(words.accounts, user, at_s)
    tweet["retweeted_status"] = _original(words, record, root, so_far, at_s)
    return tweet


def _moved(said: Wording, by: int, most: int) -> Wording:
    """Return the marked pieces that are still whole after a text has moved and been cut."""
    return said._replace(
        hashtags=tuple(span for span in _shifted(said.hashtags, by) if span.end <= most),
        mentions=tuple(span for span in _shifted(said.mentions, by) if span.end <= most),
        link=next((s for s in _shifted((said.link,), by) if s.end <= most), None)
        if said.link
        else None,
    )


def _shifted(spans: tuple[Span, ...], by: int) -> tuple[Span, ...]:
    return tuple(Span(span.start + by, span.end + by, span.value) for span in spans)


def _tweet(
    record: Record,
    row: int,
    text: str,
    lang: str,
    entities: dict[str, object],
) -> dict[str, object]:
    number = int(record.tweet_id[row])
    return {
        "created_at": created_text(int(record.at_ms[row])),
        "id": number,
        "id_str": str(number),
        "text": text,
        "source": _SOURCE,
        "truncated": False,
        "in_reply_to_status_id": None,
        "in_reply_to_status_id_str": None,
        "in_reply_to_user_id": None,
        "in_reply_to_user_id_str": None,
        "in_reply_to_screen_name": None,
        "user": None,
        "geo": None,
        "coordinates": None,
        "place": None,
        "contributors": None,
        "retweet_count": 0,
        "favorite_count": 0,
        "entities": entities,
        "favorited": False,
        "retweeted": False,
        "filter_level": "medium",
        "lang": lang,
    }


def _entities(words: Words, record: Record, root: int, said: Wording) -> dict[str, object]:
    entities: dict[str, object] = {
        "hashtags": [{"text": tag, "indices": [start, end]} for start, end, tag in said.hashtags],
        "symbols": [],
        "urls": [],
        "user_mentions": [_mention(words, span) for span in said.mentions],
    }
    if said.link is not None and said.link.value == "photo":
        entities["media"] = [_photo(words, record, root, said.link)]
    elif said.link is not None:
        short, year = _short(words, root), words.campaign.story.start.year
        entities["urls"] = [
            {
                "url": short,
                "expanded_url": f"http://news.example.org/{year}/{short[-8:]}",
                "display_url": f"news.example.org/{year}/{short[-8:]}",
                "indices": [said.link.start, said.link.end],
            }
        ]
    return entities


def _short(words: Words, root: int) -> str:
    said = wording(words, root)
    return said.text[said.link.start : said.link.end] if said.link else ""


def _photo(words: Words, record: Record, root: int, link: Span) -> dict[str, object]:
    number = int(record.tweet_id[words.events.first[root]])
    name, short = screen_name(words.accounts, int(words.authors[root])), _short(words, root)
    return {
        "id": number + 1,
        "id_str": str(number + 1),
        "indices": [link.start, link.end],
        "media_url": f"http://pbs.example.org/media/{short[-8:]}.jpg",
        "media_url_https": f"https://pbs.example.org/media/{short[-8:]}.jpg",
        "url": short,
        "display_url": f"pic.example.org/{short[-8:]}",
        "expanded_url": f"http://example.org/{name}/status/{number}/photo/1",
        "type": "photo",
    }


def _mention(words: Words, span: Span) -> dict[str, object]:
    number = int(span.value)
    user = profile(words.accounts, number)
    return {
        "screen_name": user["screen_name"],
        "name": user["name"],
        "id": user["id"],
        "id_str": user["id_str"],
        "indices": [span.start, span.end],
    }


def _in_reply(words: Words, record: Record, root: int) -> dict[str, object]:
    author = int(words.authors[root])
    tweet = int(record.tweet_id[words.events.first[root]])
    user = int(words.accounts.user_id[author])
    return {
        "in_reply_to_status_id": tweet,
        "in_reply_to_status_id_str": str(tweet),
        "in_reply_to_user_id": user,
        "in_reply_to_user_id_str": str(user),
        "in_reply_to_screen_name": screen_name(words.accounts, author),
    }


def _geotag(words: Words, root: int, author: int) -> dict[str, object]:
    """Return coordinates within about 10 km of the centre of the author's city."""
    city = CITIES[words.accounts.city[author]]
    east, north = (float(draw) * 0.2 - 0.1 for draw in words.draws[root, 10:12])
    longitude, latitude = round(city.longitude + east, 6), round(city.latitude + north, 6)
    return {
        "geo": {"type": "Point", "coordinates": [latitude, longitude]},
        "coordinates": {"type": "Point", "coordinates": [longitude, latitude]},
        "place": {
            "id": f"synthetic{words.accounts.city[author]:02d}",
            "place_type": "city",
            "name": city.name,
            "full_name": city.name,
            "country_code": city.country,
            "country": city.country,
        },
    }
