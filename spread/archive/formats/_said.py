"""What a tweet says: its text, and the tags, links and media of the same object."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from spread.text import hashtag_key, hashtags_in, is_cut_after, manual_retweet, mentions_in

MEDIA_KINDS: Final = {"animated_gif": "gif"}
Mentioned: TypeAlias = Mapping[str, str | None]
"""The ids of accounts that a tweet mentions, with their screen names as far as it tells them."""

_ELLIPSIS: Final = "…"
_CUT_ENDS: Final = (_ELLIPSIS, "...")
_RETWEET_OF: Final = re.compile(r"^RT [@＠](\w{1,15}):? ?", re.ASCII)
_PLACEHOLDER: Final = re.compile(
    r"(?:This (?:Tweet|Post)(?: from @?\w{1,15})?|@?\w{1,15}['’]s account|The account @?\w{1,15}) "
    r"(?:is|has been) (?:withheld|temporarily unavailable)\b",
    re.ASCII,
)
_OWN_STATUS: Final = "twitter.com/i/web/status/"
_MEDIA_PAGE: Final = re.compile(r"/status/\d+/(?:photo|video)/\d+$")
_cached_key: Final = lru_cache(maxsize=1 << 16)(hashtag_key)
# Sums of counts are to fit into 63 bits, too.
_COUNT_END: Final = 1 << 40
_DAY_S: Final = 86_400


class Said(NamedTuple):
    """A text, and what was found in the same object: tags (keys and as typed), links, media."""

    text: str
    cut: bool
    hashtags: list[str]
    hashtags_shown: list[str]
    urls: list[str]
    media: list[str]


WITHHELD: Final = Said("", cut=True, hashtags=[], hashtags_shown=[], urls=[], media=[])
"""What a tweet says whose words the platform keeps back."""


def is_placeholder(text: str | None) -> bool:
    """Tell what the platform writes in the place of a text that it withholds.

    A person may write so, too: it is a placeholder where the tweet is marked as withheld.

    Examples
    --------
    >>> is_placeholder("This Tweet from @chatty is withheld in: Japan.")
    True
    """
    return text is not None and _PLACEHOLDER.match(text) is not None


def said(
    text: str,
    *,
    cut: bool,
    tags: Sequence[str] | None,
    urls: Sequence[str | None],
    media: Sequence[str | None],
) -> Said:
    """Return what a tweet says.

    `tags` are those of the platform's own entities, None where it gave none: then the
    text is searched. A tag that a cut goes through (`#GOPDeb…`) is left out, also where a
    client did the cutting and the platform took the rest for a tag.
    """
    plain = unescape(text) if "&" in text else text
    found = hashtags_in(plain) if tags is None else tags
    if found:
        if tags is not None and (cut or _ELLIPSIS in plain):
            found = _whole_tags(plain, tags, _CUT_ENDS if cut else (_ELLIPSIS,))
        if "¦" in plain:
            found = [tag for tag in found if not _is_half_read(tag, plain)]
    keys, shown = _distinct_tags(found)
    links = list(dict.fromkeys(url for url in urls if url and not _leads_home(url))) if urls else []
    kinds = [MEDIA_KINDS.get(kind, kind) for kind in media if kind] if media else []
    return Said(plain, cut, keys, shown, links, kinds)


def unescape(text: str) -> str:
    """Return a text without the three escapes that Twitter writes.

    Examples
    --------
    >>> unescape("Q&amp;A &lt;3 &amp;lt;")
    'Q&A <3 &lt;'
    """
    if "&" in text:
        text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text


def retweeted_name(text: str) -> str | None:
    """Return whom the text of a retweet names as the author.

    Examples
    --------
    >>> retweeted_name("RT @NYPDnews: Do you have a photo")
    'NYPDnews'
    """
    match = _RETWEET_OF.match(text)
    return match.group(1) if match else None


def without_retweet_prefix(text: str) -> str:
    """Return a retweet's text without `RT @name: `, as far as it goes the original's.

    Examples
    --------
    >>> without_retweet_prefix("RT @NYPDnews: Do you have a photo")
    'Do you have a photo'
    """
    return _RETWEET_OF.sub("", text, count=1)


def repeated(text: str, mentioned: Mentioned) -> tuple[bool, str | None]:
    """Tell an old-style retweet, and whom it says it repeats; nobody where the name is not whole.

    Examples
    --------
    >>> repeated("so true RT @Ann: yes @bob", {"7": "bob", "8": "ann"})
    (True, '8')
    >>> repeated("so true RT @Ann: yes", {}), repeated("and so RT @An…", {}), repeated("yes", {})
    ((True, 'name:ann'), (True, None), (False, None))
    """
    # Most texts name nobody, and are not searched.
    found = manual_retweet(text) if "@" in text or "＠" in text else None
    if found is None:
        return False, None
    name = found.screen_name.casefold()
    ids = (who for who, shown in mentioned.items() if shown and shown.casefold() == name)
    is_whole = re.search(rf"[@＠]{re.escape(found.screen_name)}(?![\w{_ELLIPSIS}])", text)
    return True, next(ids, name_id(name) if is_whole else None)


def ends_cut(text: str) -> bool:
    """Tell whether a retweet's text ends in the ellipsis by which Twitter cuts it."""
    return text.rstrip().endswith(_ELLIPSIS)


def kind(retweet_of: str | None, quote_of: str | None, reply_to: str | None) -> str:
    """Return a tweet's kind; one that quotes and replies is a quote, and keeps both fields.

    A tweet that opens with a name, and answers no tweet, is no reply.

    Examples
    --------
    >>> kind(None, "1", "2"), kind(None, None, None)
    ('quote', 'tweet')
    """
    if retweet_of is not None:
        return "retweet"
    if quote_of is not None:
        return "quote"
    return "tweet" if reply_to is None else "reply"


def name_id(screen_name: str) -> str:
    """Return how an account is called while only its screen name is known.

    Examples
    --------
    >>> name_id("NYPDnews")
    'name:nypdnews'
    """
    return f"name:{screen_name.casefold()}"


def names_in(text: str) -> Mentioned:
    """Return the accounts that a text mentions, as `name_id` calls them."""
    return dict.fromkeys(map(name_id, mentions_in(text)))


def count(value: object) -> int | None:
    """Return a count; the `100+` of 2011 is read as 100. What cannot be one is unknown.

    Examples
    --------
    >>> count(3), count("100+"), count("many"), count(2**63)
    (3, 100, None, None)
    """
    if isinstance(value, str):
        digits = value.rstrip("+")
        value = int(digits) if len(digits) < 20 and digits.isascii() and digits.isdigit() else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value < _COUNT_END else None


def offset_s(value: int | None) -> int | None:
    """Return a clock's offset from UTC in seconds; what exceeds a day is none."""
    return value if value is not None and abs(value) <= _DAY_S else None


def _leads_home(url: str) -> bool:
    """Tell a link to the tweet itself or to its picture."""
    return "/status/" in url and (_OWN_STATUS in url or _MEDIA_PAGE.search(url) is not None)


def _whole_tags(text: str, tags: Iterable[str], ends: Sequence[str]) -> Sequence[str]:
    """Return the tags that stand somewhere without an ellipsis right behind them."""
    return [
        tag
        for tag in tags
        # To look for words is fast, to make an expression of each tag is slow.
        if not any(f"{tag}{end}" in text for end in ends) or not _is_always_cut(tag, text, ends)
    ]


def _is_always_cut(tag: str, text: str, ends: Sequence[str]) -> bool:
    """Tell whether a tag is typed, and has an ellipsis behind it wherever it is."""
    ellipsis = "|".join(map(re.escape, ends))
    typed = re.findall(rf"[#＃]{re.escape(tag)}(?!\w)({ellipsis})?", text)
    return bool(typed) and all(typed)


def _is_half_read(tag: str, text: str) -> bool:
    """Tell a tag that ends in an ellipsis which was read in another encoding."""
    at = text.find(tag) if tag.endswith("â") else -1
    return at >= 0 and is_cut_after(tag, text, at + len(tag))


def _distinct_tags(tags: Sequence[str]) -> tuple[list[str], list[str]]:
    if not tags:
        return [], []
    if len(tags) == 1:
        key = _cached_key(tags[0])
        return ([key], [unescape(tags[0]).lstrip("#＃")]) if key else ([], [])
    shown: dict[str, str] = {}
    for tag in tags:
        if key := _cached_key(tag):
            shown.setdefault(key, unescape(tag).lstrip("#＃"))
    return list(shown), list(shown.values())
