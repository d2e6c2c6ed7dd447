"""How tables as text are laid out: those of the tools of this field, lists of ids, follows."""

import csv
import re
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from spread.archive.formats import _coortweet

Columns = Mapping[str, str]
_SAMPLE: Final = 1000
_DELIMITERS: Final = ",\t;"
_IDS: Final = ("tweet_id", "tweetid", "id", "id_str", "status_id", "tweet id", "ids")
AROUND_IDS: Final = " \t\r\n\"',;"
"""What programs put around ids in a list of them."""
_ID: Final = re.compile(r"\d{1,20}")
_ROUNDED_ID: Final = re.compile(r"\d[.,]\d+[eE]\+?\d\d|\d{15,20}\.0+")
_BETWEEN_IDS: Final = re.compile(r"[\s,;\"']+")
_SNOWFLAKE_DIGITS: Final = 11
_LONG_DIGITS: Final = 15
_FEW: Final = 100
_BARE_FOLLOWS: Final = "follows (the first column follows the second)"
_TWO_IDS: Final = (
    "two ids on each line, of tweets or of who follows whom? Put the line follower_id,followed_id "
    "before them, or one id of a tweet on each line"
)

FIELDS: Final = (
    "tweet_id", "author_id", "screen_name", "at", "text", "lang", "hashtags", "urls",
    "retweet_of", "retweet_author_id", "quote_of", "quote_author_id", "reply_to",
    "reply_author_id", "retweet_count", "followers", "longitude", "latitude", "name",
    "description", "location", "time_zone", "verified", "observed_at", "account_created_at",
    "follower_id", "followed_id",
)  # fmt: skip
"""What a column can be said to hold, by `columns` of `archive.read`."""

_ENDS: Final = ("follower_id", "followed_id")
_TWARC: Final = {
    "tweet_id": "id", "author_id": "author_id", "screen_name": "author.username",
    "at": "created_at", "text": "text", "lang": "lang", "hashtags": "entities.hashtags",
    "urls": "entities.urls", "retweet_of": "referenced_tweets.retweeted.id",
    "retweet_author_id": "retweeted_user_id", "quote_of": "referenced_tweets.quoted.id",
    "quote_author_id": "quoted_user_id", "reply_to": "referenced_tweets.replied_to.id",
    "reply_author_id": "in_reply_to_user_id", "retweet_count": "public_metrics.retweet_count",
    "followers": "author.public_metrics.followers_count", "name": "author.name",
    "description": "author.description", "location": "author.location",
    "verified": "author.verified", "observed_at": "__twarc.retrieved_at",
    "account_created_at": "author.created_at",
}  # fmt: skip
_TCAT: Final = {
    "tweet_id": "id", "author_id": "from_user_id", "screen_name": "from_user_name", "at": "time",
    "text": "text", "lang": "lang", "retweet_of": "retweet_id", "quote_of": "quoted_status_id",
    "reply_to": "in_reply_to_status_id", "retweet_count": "retweet_count",
    "followers": "from_user_followercount", "longitude": "lng", "latitude": "lat",
    "name": "from_user_realname", "description": "from_user_description", "location": "location",
    "time_zone": "from_user_timezone", "verified": "from_user_verified",
}  # fmt: skip
_TAGS: Final = {
    "tweet_id": "id_str", "author_id": "from_user_id_str", "screen_name": "from_user",
    "at": "created_at", "text": "text", "reply_to": "in_reply_to_status_id_str",
    "reply_author_id": "in_reply_to_user_id_str", "followers": "user_followers_count",
    "location": "user_location",
}  # fmt: skip
_TOOLKIT: Final = {
    "tweet_id": "message_id", "author_id": "user_id", "screen_name": "username",
    "at": "timestamp", "text": "message", "retweet_of": "repost_id", "reply_to": "reply_id",
    "urls": "urls",
}  # fmt: skip
_COORTWEET: Final = {
    "tweet_id": "content_id", "author_id": "account_id", "at": "timestamp_share",
    "object": "object_id",
}  # fmt: skip
_COORTWEET_1: Final = _COORTWEET | {"author_id": "id_user"}
_LAYOUTS: Final = (
    ("twarc-csv", ("id", "author_id", "public_metrics.retweet_count"), _TWARC),
    ("DMI-TCAT", ("id", "time", "from_user_name", "text"), _TCAT),
    ("TAGS", ("id_str", "from_user", "created_at", "text"), _TAGS),
    ("coordination-network-toolkit", ("message_id", "user_id", "repost_id"), _TOOLKIT),
    *((_coortweet.NAME, tuple(fields.values()), fields) for fields in (_COORTWEET, _COORTWEET_1)),
    ("follows", _ENDS, {n: n for n in _ENDS}),
)


_SHOWN: Final = 30
_NAMING: Final = (
    "say which is which, by archive.read(…, columns={'tweet_id': …, 'author_id': …}) or "
    "python -m spread.archive read … --to DIR --columns tweet_id=… --columns author_id=… "
    "(then python -m spread.cascade --keep DIR)"
)


_NAMING_TWO: Final = f"{_NAMING}; of who follows whom, follower_id and followed_id"


class Layout(NamedTuple):
    """How a table is laid out: its name, which column holds what, its delimiter and width.

    `fault` is why none of its rows can be read; a table of ids has no header line where
    `is_bare`; the objects in CooRTweet's may be `texts`; `header` has the columns' names.
    """

    name: str
    places: Mapping[str, int]
    delimiter: str
    width: int
    fault: str | None = None
    is_bare: bool = False
    texts: bool = False
    header: tuple[str, ...] = ()


def layout(head: bytes, columns: Columns | None) -> Layout | None:
    """Return how a text is laid out as a table; None where it is none.

    Parameters
    ----------
    head
        The first bytes of the text.
    columns
        Which column holds what, by the names in `FIELDS`; None to go by known layouts.
    """
    starts = head.lstrip(b"\r\n").splitlines()
    first = starts[0].decode("utf-8", "replace") if starts else ""
    if not first or first.lstrip()[:1] in "{[<":
        return None
    second = starts[1].decode("utf-8", "replace").strip() if len(starts) > 1 else ""
    alone = first.strip(AROUND_IDS)
    if _ID.fullmatch(alone) or _ROUNDED_ID.fullmatch(alone):
        return Layout("ids", {"tweet_id": 0}, "\x00", 1, is_bare=True)
    if columns is None and _is_header_of_ids(first, second):
        return Layout("ids", {"tweet_id": 0}, "\x00", 1)
    if found := _without_header(starts):
        return found
    delimiter = " " if set(_ENDS) <= set(first.split(" ")) else max(_DELIMITERS, key=first.count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    absent = [name for name in (columns or {}).values() if name not in names]
    if columns is None and _are_fields(names):
        columns = {name: name for name in names}
    if columns is not None and not absent:
        places = {field: names.index(name) for field, name in columns.items()}
        return Layout("columns as named", places, delimiter, len(names), header=tuple(names))
    if columns is not None and len(absent) < len(columns):
        return Layout("table", {}, delimiter, len(names), _without(absent, names))
    for name, marks, fields in _LAYOUTS:
        if set(marks) <= set(names):
            places = {field: names.index(c) for field, c in fields.items() if c in names}
            found = Layout(name, places, delimiter, len(names), header=tuple(names))
            return found._replace(texts=_has_texts(starts[1:], found))
    is_table = len(names) > 1 or columns is not None
    if is_table and all(re.fullmatch(r"[\w .:/()#-]{1,60}", name) for name in names):
        how = _NAMING_TWO if len(names) == 2 else _NAMING
        why = f"a table with {_shown(names)}: {how}" if not absent else _without(absent, names)
        return Layout("table", {}, delimiter, len(names), why)
    return None


def _are_fields(names: Sequence[str]) -> bool:
    """Tell columns that are all called as fields of tweets are here, and say enough."""
    whose = {"author_id", "screen_name"} & set(names)
    return "tweet_id" in names and bool(whose) and set(names) <= set(FIELDS)


def _without_header(lines: Sequence[bytes]) -> Layout | None:
    """Return how lines of several ids each are laid out; two, not all long, are a follow."""
    some = [line.decode("utf-8", "replace").strip() for line in lines[: _SAMPLE + 1]]
    # The last of many may be cut.
    each = [_ids_of(line) for line in (some[:-1] if len(some) > _FEW else some) if line]
    if len(each[0]) < 2:
        return None
    if len(each) == 1 and all(len(text) >= _SNOWFLAKE_DIGITS for text in each[0]):
        return Layout("ids", {"tweet_id": 0}, ",", 1, is_bare=True)
    if all(len(ids) == 2 for ids in each):
        # Nobody follows themselves.
        if any(one == other for one, other in each):
            return None
        between = _ID.sub("", some[0]).strip("\"'")[:1] or " "
        is_told = any(len(text) < _LONG_DIGITS for ids in each for text in ids)
        places = {name: number for number, name in enumerate(_ENDS)}
        fault = None if is_told else _TWO_IDS
        return Layout(_BARE_FOLLOWS, places, between, 2, fault, is_bare=True)
    if all(len(text) >= _SNOWFLAKE_DIGITS for text in each[0]):
        return Layout("ids", {"tweet_id": 0}, ",", 1, is_bare=True)
    return None


def _ids_of(line: str) -> list[str]:
    """Return the ids of a line that holds nothing else."""
    found = [text for text in _BETWEEN_IDS.split(line) if text]
    return found if all(map(_ID.fullmatch, found)) else []


def _without(absent: Sequence[str], names: Sequence[str]) -> str:
    wanted = ", ".join(map(repr, absent))
    return f"a table without {wanted}, which `columns` (--columns) names: it has {_shown(names)}"


def _shown(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return f"the column{'s' * (len(names) != 1)} {', '.join(names[:_SHOWN])}{more}"


def _has_texts(lines: Sequence[bytes], found: Layout) -> bool:
    """Tell whether the objects of CooRTweet's table are texts, by its first whole lines."""
    if found.name != _coortweet.NAME:
        return False
    some = [line.decode("utf-8", "replace") for line in lines[:_SAMPLE]]
    each = csv.reader(some, delimiter=found.delimiter)
    return _coortweet.are_texts(
        [row[found.places["object"]] for row in each if len(row) == found.width]
    )


def _is_header_of_ids(first: str, second: str) -> bool:
    name = first.strip(AROUND_IDS).lower()
    return name in _IDS and (not second or looks_like_id(second))


def looks_like_id(text: str) -> bool:
    """Tell a cell that holds an id, if perhaps one that a spreadsheet rounded."""
    return re.fullmatch(r"[\d.,]{1,22}(?:[eE]\+?\d+)?", text.strip(AROUND_IDS)) is not None
