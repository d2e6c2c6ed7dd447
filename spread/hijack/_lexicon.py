"""Codes from lists of words: weak evidence, a check on what people coded."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from spread import tables
from spread._arguments import require_one_of
from spread._errors import UsageError

__all__ = ["by_lexicon"]

_WEAK = (
    "The codes come from a list of words, which takes words as they stand: sarcasm and "
    "quotation are coded as the opposite of what they mean."
)
_URL = re.compile(r"https?://\S+")
# Scripts written without spaces: there each character is a word of its own.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff"
_WORD = re.compile(rf"[{_UNSPACED}]|@\w+|(?:[^\W{_UNSPACED}]|[{_MARKS}])+|\S")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]")
_POSITIVE, _NEGATIVE = 0.05, -0.05


class _Key(NamedTuple):
    """Words that follow each other; of a prefix the last is only how the word begins."""

    words: tuple[str, ...]
    is_prefix: bool
    category: str


_Keys = dict[str, list[_Key]]


def by_lexicon(tweets: tables.Table, lexicon: Mapping[str, Iterable[str]] | str) -> pd.DataFrame:
    """Return the code that a list of words gives to each tweet: weak evidence.

    A tweet gets the category of which it holds most words; none, or as many of another
    category, is no code. Words and texts are compared without regard to case and in
    compatibility form (NFKC), whole words only; a word that ends in * stands for all words
    that begin so. Words may be phrases, hashtags, @names, emoticons or emoji. Where several
    fit at one place the longest counts, so that "not fair" is not also "fair". Addresses of
    web pages are passed over. Linear in the length of the texts.

    Sarcasm misleads it: "thanks for the free stitches" is praise to it. Use it to check codes
    given by hand, never in place of them.

    Parameters
    ----------
    tweets
        tweet_id and text; lang where there.
    lexicon
        Category → its words; or "vader": the sentiment of English texts by VADER (the extra
        `lexicon`), compound score ≥ 0.05 "positive", ≤ −0.05 "negative", else "neutral". With
        "vader" a tweet said to be in another language has no code.

    Returns
    -------
    DataFrame
        tweet_id, code (null: none), by tweet_id. `attrs["weak"]` is the sentence to be shown
        beside whatever is made of it.

    Raises
    ------
    UsageError
        The lexicon is no such mapping, is empty, or has a word in two categories; the package
        of "vader" is not installed.

    References
    ----------
    VADER: Hutto & Gilbert 2014, https://doi.org/10.1609/icwsm.v8i1.14550. On what lists of
    words miss: Grimmer & Stewart 2013, https://doi.org/10.1093/pan/mps028.

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["1", "2", "3"], "text": [
    ...     "Proud of our officers!", "Stop the BRUTALITY. No justice", "#myNYPD"]})
    >>> by_lexicon(tweets, {"praise": ["proud", "thank*"], "protest": ["brutality", "no justice"]})
      tweet_id     code
    0        1   praise
    1        2  protest
    2        3      NaN
    """
    rows = tables.frame(tweets, tables.TWEETS, ["tweet_id", "text"], optional=["lang"])
    tables.require_once(tweets)
    if isinstance(lexicon, str):
        rows.loc[~rows.lang.fillna("und").isin(["en", "und", ""]), "text"] = None
    code = _by_name(lexicon) if isinstance(lexicon, str) else _by_words(_keys(lexicon))
    told = {text: code(text) for text in rows.text.dropna().unique()}
    coded = rows[["tweet_id"]].assign(code=rows.text.map(told).astype("str"))
    coded = coded.sort_values("tweet_id", kind="stable", ignore_index=True)
    coded.attrs["weak"] = _WEAK
    return coded


def _by_name(name: str) -> Callable[[str], str | None]:
    require_one_of("lexicon", name, ("vader",))
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError as error:
        raise UsageError(
            "the lexicon of VADER is not installed",
            hint="Install the extra: pip install 'spread[lexicon]'",
        ) from error
    analyzer = SentimentIntensityAnalyzer()

    def code(text: str) -> str:
        compound = analyzer.polarity_scores(text)["compound"]
        if compound >= _POSITIVE:
            return "positive"
        return "negative" if compound <= _NEGATIVE else "neutral"

    return code


def _by_words(keys: _Keys) -> Callable[[str], str | None]:
    def code(text: str) -> str | None:
        hits = Counter(_hits(_words(text), keys)).most_common(2)
        if not hits or (len(hits) == 2 and hits[0][1] == hits[1][1]):
            return None
        return hits[0][0]

    return code


def _hits(words: Sequence[str], keys: _Keys) -> Iterator[str]:
    """Give the category of each key that fits, from the left, the longest first."""
    at = 0
    while at < len(words):
        starts = [words[at], *(words[at][:end] + "*" for end in range(1, len(words[at]) + 1))]
        fitting = [key for start in starts for key in keys.get(start, ()) if _fits(key, words, at)]
        longest = max(fitting, key=_length, default=None)
        if longest is not None:
            yield longest.category
        at += 1 if longest is None else len(longest.words)


def _fits(key: _Key, words: Sequence[str], at: int) -> bool:
    *before, last = key.words
    place = at + len(before)
    if place >= len(words) or list(words[at:place]) != before:
        return False
    return words[place].startswith(last) if key.is_prefix else words[place] == last


def _length(key: _Key) -> tuple[int, int, bool]:
    return len(key.words), len(key.words[-1]), not key.is_prefix


def _keys(lexicon: Mapping[str, Iterable[str]]) -> _Keys:
    """Return keys by the word they begin with; `word*` where that is itself a prefix."""
    allowed = "category -> list of words"
    if not isinstance(lexicon, Mapping) or not lexicon:
        raise UsageError("the lexicon cannot be used", got=repr(lexicon), allowed=allowed)
    category_of: dict[tuple[tuple[str, ...], bool], str] = {}
    for category, entries in lexicon.items():
        if not isinstance(category, str) or isinstance(entries, str):
            raise UsageError(
                "the lexicon cannot be used", got=f"{category!r}: {entries!r}", allowed=allowed
            )
        for entry in entries:
            key = _parsed(entry)
            if category_of.setdefault(key, category) != category:
                raise UsageError(
                    "a word is in two categories",
                    got=f"{entry!r} in {category_of[key]!r} and {category!r}",
                    allowed="one",
                )
    keys: _Keys = {}
    for (words, is_prefix), category in category_of.items():
        start = words[0] + "*" if is_prefix and len(words) == 1 else words[0]
        keys.setdefault(start, []).append(_Key(words, is_prefix, category))
    return keys


def _parsed(entry: str) -> tuple[tuple[str, ...], bool]:
    text = entry if isinstance(entry, str) else ""
    is_prefix = len(text) > 1 and text[-1] == "*" and text[-2].isalnum()
    words = tuple(_words(text[:-1] if is_prefix else text))
    if not words:
        raise UsageError("the lexicon holds what is no word", got=repr(entry))
    return words, is_prefix


def _words(text: str) -> list[str]:
    compatible = unicodedata.normalize("NFKC", _INVISIBLE.sub("", _URL.sub(" ", text)))
    return _WORD.findall(compatible.casefold().replace("’", "'"))
