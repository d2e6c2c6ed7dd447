"""Place names as words: one form for names of the gazetteer and for what people type."""

import re
import unicodedata
from typing import NamedTuple

__all__ = ["Word", "name_key", "words_of"]

_MARKS = "".join(
    re.escape(chr(point))
    for point in range(0x300, 0xAC00)
    if unicodedata.category(chr(point)) in {"Mn", "Mc"}
)
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*|&|[\U0001F1E6-\U0001F1FF]{{2}}")
_ASCII_WORD = re.compile("[A-Za-z0-9]+|&")
_LATIN_MARKS = re.compile("[\u0300-\u036f]")
_APOSTROPHES = re.compile("['’‘`´ʻʼʽ\u200b-\u200f\u00ad\ufe0f]")
_INITIAL = re.compile(r"(?<![^\W_])([^\W_])\.")
_FOLDED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d"})
_SAME = {"saint": "st", "sainte": "ste", "ft": "fort", "&": "and"}
# A comma, a bracket or a hyphen may stand inside the name of one place and its region.
_WEAK_BREAK = re.compile(r"[\s,.;:()\[\]{}\-–—_'\"“”#@!?*…،、。\u200d\U0001F1E6-\U0001F1FF]*")
_HARD_COMMA = re.compile(r"[,;:()\[\]،、]")


class Word(NamedTuple):
    """A typed word: its key, how it was typed, and what stands between it and the last one.

    `gap` is 0 for a space, a full stop or a hyphen, 1 for a comma or a bracket, 2 for
    what parts two places: a slash, a bar, an arrow, a plus, a line break, a picture.
    """

    key: str
    typed: str
    gap: int


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", _LATIN_MARKS.sub("", decomposed)).translate(_FOLDED)


def _gap(between: str) -> int:
    if between in {" ", "-"}:
        return 0
    if between == ", ":
        return 1
    if "\n" in between or _WEAK_BREAK.fullmatch(between) is None:
        return 2
    return 1 if _HARD_COMMA.search(between) else 0


def words_of(text: str) -> list[Word]:
    """Return the words of a text, without case, accents, apostrophes and abbreviation dots.

    A flag is one word, `flag:` and its country.

    Examples
    --------
    >>> [word.key for word in words_of("São Paulo, D.F.")]
    ['sao', 'paulo', 'df']
    >>> [(word.key, word.gap) for word in words_of("Oakland ✈ LA")]
    [('oakland', 0), ('la', 2)]
    """
    cleaned, word = _cleaned(text)
    found: list[Word] = []
    end = 0
    for match in word.finditer(cleaned):
        typed, start = match.group(), match.start()
        gap = _gap(cleaned[end:start]) if found else 0
        found.append(Word(_word_key(typed), typed, gap))
        end = match.end()
    return found


def _cleaned(text: str) -> tuple[str, re.Pattern[str]]:
    if text.isascii():
        cleaned, word = text.replace("'", "").replace("`", ""), _ASCII_WORD
    else:
        cleaned = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text))
        word = _WORD
    return (_INITIAL.sub(r"\1", cleaned) if "." in cleaned else cleaned), word


def _word_key(typed: str) -> str:
    if "\U0001f1e6" <= typed[0] <= "\U0001f1ff":
        return "flag:" + "".join(chr(ord(letter) - 0x1F1E6 + ord("a")) for letter in typed)
    key = typed.lower() if typed.isascii() else _plain(typed)
    return _SAME.get(key, key)


def name_key(name: str) -> str:
    """Return the form under which spellings of one place name are found.

    Examples
    --------
    >>> name_key("Saint-Denis"), name_key("L.A."), name_key("Αθήνα"), name_key("Ἀθήνα")
    ('st denis', 'la', 'αθηνα', 'αθηνα')
    """
    return " ".join(word.key for word in words_of(name))
