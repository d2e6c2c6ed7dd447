"""Hashtag keys, what is typed in a text, display-safe forms."""

import csv
import io
import time
import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spread import text

SAME_TAG = [
    ("#myNYPD", "#MYNYPD"),
    ("＃ＮＹＰＤ", "#nypd"),
    ("#straße", "#STRASSE"),
    ("#\u212alan", "#klan"),
    ("#Ⅷ", "#viii"),
    ("#caf\u00e9", "#cafe\u0301"),
    ("#İstanbul", "#istanbul"),
    ("#my\u200dNYPD", "#mynypd"),
    ("#love\ufe0f", "#love"),
]


@pytest.mark.parametrize(("one", "other"), SAME_TAG)
def test_spellings_of_one_tag_share_a_key(one: str, other: str) -> None:
    assert text.hashtag_key(one) == text.hashtag_key(other)


def test_dotless_i_stays_itself() -> None:
    assert text.hashtag_key("#ısı") != text.hashtag_key("#isi")


@given(st.text(max_size=20))
@settings(max_examples=2000)
def test_a_key_is_its_own_key(tag: str) -> None:
    key = text.hashtag_key(tag)
    assert text.hashtag_key(key) == key


@pytest.mark.parametrize(
    ("typed", "tags"),
    [
        ("#123 #1a", ["1a"]),
        ("#️⃣ #\u20e3", []),
        ("＃ＮＹＰＤ です", ["ＮＹＰＤ"]),
        ("a#b &#amp; /#path", []),
        ("#one#two", ["one"]),
        ("#GOPDeb… #GOPDeb...", []),
        ("(#MyOPD), #myELAS!", ["MyOPD", "myELAS"]),
        ("#Αθήνα #警察", ["Αθήνα", "警察"]),
        ("", []),
    ],
)
def test_hashtags_in(typed: str, tags: list[str]) -> None:
    assert text.hashtags_in(typed) == tags


@pytest.mark.parametrize(
    ("typed", "form", "name"),
    [
        ("RT @someone: hello", "rt", "someone"),
        ("so true MT @someone hello", "rt", "someone"),
        ("“@someone: hello” yes", "quoted", "someone"),
        ('"@someone: hello" yes', "quoted", "someone"),
        ("hello via @someone", "via", "someone"),
    ],
)
def test_manual_retweets_are_recognised(typed: str, form: str, name: str) -> None:
    assert text.manual_retweet(typed) == (form, name)


@pytest.mark.parametrize("typed", ["START @someone", "@someone hello", "via @someone we met", "RT"])
def test_other_texts_are_no_manual_retweets(typed: str) -> None:
    assert text.manual_retweet(typed) is None


@pytest.mark.parametrize("unit", ["RT ", "“ ", "via ", "#a", "# ", "@a ", "(", "#\u0301"])
def test_extraction_is_linear_in_hostile_texts(unit: str) -> None:
    def cost(times: int) -> float:
        typed, start = unit * times, time.process_time()
        text.hashtags_in(typed), text.mentions_in(typed), text.manual_retweet(typed)
        return time.process_time() - start

    short, long = cost(20_000), cost(160_000)
    assert long < 8 * 4 * short + 0.05  # eight times the text; quadratic would be 64 times


@given(st.text(max_size=200))
def test_plain_never_yields_markup(typed: str) -> None:
    shown = text.plain(typed)
    assert not set("<>\"'$") & set(shown)
    assert not any(unicodedata.category(c) in {"Cc", "Cs"} for c in shown)


def test_plain_disarms_mathematics_and_direction() -> None:
    assert text.plain(r"$\href{javascript:x}{y}$") == r"&#36;\href{javascript:x}{y}&#36;"
    assert text.plain("a\u202eb\u2066c") == "abc"


def test_plain_cuts_before_it_escapes() -> None:
    assert text.plain("<" * 10, most=3) == "&lt;&lt;…"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_csv_cell_never_starts_a_formula(typed: str) -> None:
    cell = text.csv_cell(typed)
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")
    assert cell.removeprefix("'") in (typed.replace("\0", ""), typed.replace("\0", "")[1:])
    file = io.StringIO(newline="")
    csv.writer(file).writerow([cell])
    assert next(csv.reader(io.StringIO(file.getvalue(), newline=""))) == [cell]


@given(st.text(max_size=60))
def test_xml_text_can_be_read_again(typed: str) -> None:
    element = ElementTree.Element("a")
    element.text = text.xml_text(typed)
    ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8"))


def test_cards_and_tables_escape() -> None:
    assert "<i>" not in text.html_card("<i>", {"<i>": "<i>"})
    assert "<i>" not in text.html_table(["<i>"], [["<i>"]])
