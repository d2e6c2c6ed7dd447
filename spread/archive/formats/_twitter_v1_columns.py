"""What was kept of many statuses of v1.1, as columns of the parts."""

from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from spread.archive.formats import _said
from spread.archive.formats._instants import (
    AGREES_WITHIN_S,
    SNOWFLAKE_EPOCH_MS,
    UNKNOWN,
    clock_times,
)
from spread.archive.formats._twitter_v1 import PLATFORM

FACTS: Final = (
    "tweet_id", "author_id", "created_at", "exact", "lang", "retweet_of", "retweet_author_id",
    "quote_of", "quote_author_id", "reply_to", "reply_author_id", "where",
)  # fmt: skip
"""What is kept of a status beside its words; `exact` is its time where that has milliseconds."""

_SECOND: Final = 1_000_000
# More than `text.manual_retweet` finds, in the words of another engine of expressions.
_MAY_BE_MANUAL: Final = r"(?i)[rmh]t\W{0,7}[@＠]|^\W{0,3}[\"“]\W{0,3}[@＠]|v[iıİ]a\W{1,3}[@＠]"


class Statuses(NamedTuple):
    """The facts of statuses by name, the words of those that write themselves, and which
    status each passes on (itself where that is negative)."""

    facts: dict[str, tuple[Any, ...]]
    said: Sequence[tuple[_said.Said, _said.Mentioned]]
    passes_on: NDArray[np.int64]


class Profiles(NamedTuple):
    """The fields of profiles, which of them was seen each time, and when that was."""

    fields: Sequence[Sequence[Any]]
    seen: Sequence[int]
    when: NDArray[np.int64]


def columns(known: Statuses) -> dict[str, Any]:
    """Return the columns of statuses but for where they stand and how they fared.

    A retweet says what the status says that it passes on.
    """
    facts = known.facts
    text = {
        name: pa.array(facts[name], pa.string())
        for name in ("tweet_id", "retweet_of", "quote_of", "reply_to")
    }
    at, resolution, is_time_of_id = _times(facts, text["tweet_id"])
    originals = text["retweet_of"]
    others: dict[str, Any] = {
        "platform": pa.repeat(pa.scalar(PLATFORM), len(known.passes_on)),
        "at": at,
        "at_resolution_ms": resolution,
        "is_time_of_id": is_time_of_id,
        "kind": _kinds(originals, text["quote_of"], text["reply_to"]),
        "original_at": pa.array(_snowflakes(originals), pa.int64(), mask=_is_null(originals)),
    }
    return facts | text | others | _said_columns(known) | _places(facts["where"])


def user_columns(profiles: Profiles, followers: Sequence[int | None]) -> dict[str, Any]:
    """Return the columns of profiles; `followers` were told each time one was seen."""
    ids, names, shown, described, located, zones, offsets, langs, born, verified = profiles.fields
    which, rows = np.array(profiles.seen, np.int64), len(ids)
    told = pa.array(followers, pa.int64()).fill_null(-1).to_numpy()
    first = np.full(rows, np.iinfo(np.int64).max)
    last, most = (np.full(rows, np.iinfo(np.int64).min) for _ in range(2))
    np.minimum.at(first, which, profiles.when)
    np.maximum.at(last, which, profiles.when)
    np.maximum.at(most, which, told)
    made = clock_times(born)
    return {
        "platform": pa.repeat(pa.scalar(PLATFORM), rows),
        "user_id": ids,
        "screen_name": names,
        "screen_names": _lists([[name] if name else [] for name in names]),
        "name": shown,
        "description": described,
        "location": located,
        "time_zone": zones,
        "utc_offset_s": offsets,
        "lang": langs,
        "followers": pa.array(most, pa.int64(), mask=most < 0),
        "created_at": pa.array(made, pa.int64(), mask=made == UNKNOWN),
        "verified": verified,
        "first_seen": first,
        "last_seen": last,
        "name_key": [name.casefold() if name else None for name in names],
    }


def _said_columns(known: Statuses) -> dict[str, Any]:
    """Return what each status says, and whom it mentions; each text is searched once."""
    passes_on = known.passes_on
    writes = np.flatnonzero(passes_on < 0)
    words, mentions = zip(*known.said, strict=True)
    text, cut, hashtags, shown, urls, media = zip(*words, strict=True)
    texts = pa.array(text, pa.string())
    said = {
        "text": texts,
        "text_length": pc.utf8_length(texts),
        "hashtags": _lists(hashtags),
        "hashtags_shown": _lists(shown),
        "urls": _lists(urls),
        "media": _lists(media),
        "cut": pa.array(cut, pa.bool_()),
    }
    place = np.zeros(len(passes_on), np.int64)
    place[writes] = np.arange(len(writes))
    said_in = pa.array(place[_originals(passes_on)])
    is_manual = np.zeros(len(passes_on), bool)
    authors = list(known.facts["retweet_author_id"])
    for place_of, author in _repeated(texts, mentions).items():
        is_manual[writes[place_of]], authors[writes[place_of]] = True, author
    lengths = np.zeros(len(passes_on), np.int64)
    lengths[writes] = list(map(len, mentions))
    found = {name: column.take(said_in) for name, column in said.items()}
    return found | {
        "retweet_author_id": authors,
        "manual_retweet": is_manual,
        "mentions": _lists_of(lengths, mentions),
    }


def _originals(passes_on: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the status that each passes on in the end, or itself."""
    found = np.where(passes_on < 0, np.arange(len(passes_on)), passes_on)
    while (further := found[found]).tolist() != found.tolist():
        found = further
    return found


def _kinds(retweet_of: pa.Array, quote_of: pa.Array, reply_to: pa.Array) -> pa.Array:
    """Return `_said.kind` of each."""
    answers = pc.if_else(reply_to.is_valid(), "reply", "tweet")
    others = pc.if_else(quote_of.is_valid(), "quote", answers)
    return pc.if_else(retweet_of.is_valid(), "retweet", others)


def _times(
    facts: dict[str, tuple[Any, ...]], ids: pa.Array
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return `_instants.tweet_time` of each, and which have no other time than their ids'."""
    made = _snowflakes(ids)
    exact = pa.array(facts["exact"], pa.int64())
    said = clock_times(facts["created_at"])
    if exact.null_count < len(exact):
        said = np.where(_is_null(exact), said, exact.fill_null(UNKNOWN).to_numpy())
    apart = np.abs(made // _SECOND - said // _SECOND)
    is_unknown = said == UNKNOWN
    agrees = is_unknown | (apart <= AGREES_WITHIN_S)
    at = np.where(agrees, made, said)
    return at, np.where(agrees | (said % _SECOND != 0), 1, 1000), is_unknown


def _snowflakes(ids: pa.Array) -> NDArray[np.int64]:
    numbers = ids.cast(pa.int64()).fill_null(0).to_numpy()
    return ((numbers >> 22) + SNOWFLAKE_EPOCH_MS) * 1000


def _is_null(column: pa.Array) -> NDArray[np.bool_]:
    return column.is_null().to_numpy(zero_copy_only=False)


def _repeated(texts: pa.Array, mentions: Sequence[_said.Mentioned]) -> dict[int, str | None]:
    """Return whom old-style retweets repeat: most texts are told apart from them at once."""
    may_be = pc.match_substring_regex(texts, _MAY_BE_MANUAL).to_numpy(zero_copy_only=False)
    found = {
        place: _said.repeated(texts[place].as_py(), mentions[place])
        for place in np.flatnonzero(may_be).tolist()
    }
    return {place: author for place, (is_manual, author) in found.items() if is_manual}


def _places(where: Sequence[Any]) -> dict[str, Any]:
    """Return the columns of where statuses were written; none where nobody told it."""
    if not any(where):
        return {}
    names = ("longitude", "latitude", "place_name", "place_country", "place_id")
    nowhere = (None,) * len(names)
    return dict(zip(names, zip(*(at or nowhere for at in where), strict=True), strict=True))


def _lists(values: Sequence[Collection[str]]) -> pa.Array:
    return _lists_of(np.array(list(map(len, values)), np.int64), values)


def _lists_of(lengths: NDArray[np.int64], values: Sequence[Collection[str]]) -> pa.Array:
    """Return lists of these lengths from their values in order."""
    ends = np.r_[0, np.cumsum(lengths)].astype(np.int32)
    return pa.ListArray.from_arrays(ends, pa.array(list(chain.from_iterable(values)), pa.string()))
