"""Codes from lists of words."""

import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import hijack
from spread._errors import UsageError

LEXICON = {
    "praise": ["proud", "thank*", "fair", "❤️", ":)", "感謝", "I ♥ NY"],
    "protest": ["brutality", "not fair", "no justice", "don't", "#acab", "👎", "暴力"],
}


def codes(*texts: str | None, lexicon: object = LEXICON, **columns: object) -> list[str | None]:
    tweets = pd.DataFrame({"tweet_id": [f"{i:03}" for i in range(len(texts))], "text": texts})
    found = hijack.by_lexicon(tweets.assign(**columns), lexicon)
    assert found.tweet_id.tolist() == tweets.tweet_id.tolist()
    return [None if pd.isna(code) else code for code in found.code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("PROUD!", "praise"),
        ("#proud", "praise"),
        ("ｐｒｏｕｄ of them", "praise"),
        ("proudly", None),  # whole words
        ("thankful", "praise"),
        ("unthankful", None),
        ("that is not fair", "protest"),  # the longest that fits, once
        ("fair, not", "praise"),
        ("the officer's brutality's", "protest"),
        ("we don’t", "protest"),
        ("acab", None),  # the key is the hashtag
        ("(#ACAB)", "protest"),
        ("\u2764", "praise"),  # with or without a variation selector
        ("👎🏽", "protest"),  # any skin tone
        ("hello:)", "praise"),
        ("i ♥ ny", "praise"),
        ("警察暴力事件", "protest"),  # written without spaces
        ("@proud https://example.org/brutality", None),  # names and addresses are no words
        ("proud brutality", None),  # as many of each
        ("proud thanks brutality", "praise"),
        ("", None),
        (None, None),
    ],
)
def test_words_are_matched_whole(text: str | None, code: str | None) -> None:
    assert codes(text) == [code]


def test_sarcasm_is_missed_and_the_result_says_so() -> None:
    tweets = pd.DataFrame({"tweet_id": ["1"], "text": ["thanks for the free stitches"]})
    found = hijack.by_lexicon(tweets, LEXICON)
    assert found.code.tolist() == ["praise"]
    assert "sarcasm" in found.attrs["weak"]


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from(["good", "bad", "so", "x."]), max_size=12))
def test_counts_agree_with_counting_words(words: list[str]) -> None:
    good, bad = words.count("good"), words.count("bad")
    expected = None if good == bad else ("up" if good > bad else "down")
    assert codes(" ".join(words), lexicon={"up": ["good"], "down": ["bad"]}) == [expected]


def test_rows_come_by_id_whatever_their_order() -> None:
    tweets = pd.DataFrame({"tweet_id": ["2", "1"], "text": ["proud", "brutality"]})
    found = hijack.by_lexicon(tweets, LEXICON)
    assert found.values.tolist() == [["1", "protest"], ["2", "praise"]]
    assert tweets.columns.tolist() == ["tweet_id", "text"]


def test_vader_tells_sentiment() -> None:
    """The first three sentences and their compounds are in VADER's own documentation."""
    texts = (
        "VADER is smart, handsome, and funny.",  # 0.8316
        "Today SUX!",  # -0.5461
        "The book was good.",  # 0.4404
        "The book.",
    )
    expected = ["positive", "negative", "positive", "neutral"]
    assert codes(*texts, lexicon="vader") == expected
    assert codes(*texts, lexicon="vader", lang=["en", "de", "und", None]) == [
        "positive",
        None,
        "positive",
        "neutral",
    ]


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vaderSentiment.vaderSentiment", None)
    with pytest.raises(UsageError, match=r"not installed\. Install the extra: .*spread\[lexicon\]"):
        codes("fine", lexicon="vader")


@pytest.mark.parametrize(
    ("lexicon", "line"),
    [
        ("afinn", "unknown lexicon: got 'afinn'; allowed: vader"),
        ({}, "the lexicon cannot be used: got {}; allowed: category -> list of words"),
        (["proud"], "the lexicon cannot be used"),
        ({"praise": "proud"}, "the lexicon cannot be used: got 'praise': 'proud'"),
        ({"praise": [" "]}, "the lexicon holds what is no word: got ' '"),
        ({"praise": ["Fair"], "protest": ["fair"]}, "a word is in two categories: got 'fair'"),
    ],
)
def test_what_is_no_lexicon_is_refused(lexicon: object, line: str) -> None:
    with pytest.raises(UsageError, match=line):
        codes("fine", lexicon=lexicon)
