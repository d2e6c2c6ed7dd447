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


def test_a_key_holds_nothing_invisible() -> None:
    assert text.hashtag_key("#my\u200bNY\u00adPD\ufe0f") == "mynypd"


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
        ("#one#two", []),
        ("#GOPDeb… #GOPDeb... #GOPDebâ€¦ #GOPDeb\ufffd", []),
        ("(#MyOPD), #myELAS!", ["MyOPD", "myELAS"]),
        ("#Αθήνα #警察", ["Αθήνα", "警察"]),
        ("", []),
    ],
)
def test_hashtags_in(typed: str, tags: list[str]) -> None:
    assert text.hashtags_in(typed) == tags


# Cases of twitter-text's conformance/extract.yml (Apache-2.0), `hashtags` and `_from_astral`.
CONFORMANCE = [
    ("On the #16 bus", []),
    ("#1hashtag is this", ["1hashtag"]),
    ("(#hashtag1 )#hashtag2 [#hashtag3 ]#hashtag4 ’#hashtag5’#hashtag6",
     [f"hashtag{n}" for n in range(1, 7)]),
    ("this is not valid: # 会議中 ハッシュ", []),
    ("日本語ハッシュタグ#日本語ハッシュタグ", []),
    ("#日本語ハッシュタグ。", ["日本語ハッシュタグ"]),
    ("#ﾊｯｼｭﾀｸﾞ #ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ", ["ﾊｯｼｭﾀｸﾞ", "ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ"]),
    ("できましたよー！＃日本語ハッシュタグ。", ["日本語ハッシュタグ"]),
    ("#云々 #学問のすゝめ #いすゞ #各〻 #各〃", ["云々", "学問のすゝめ", "いすゞ", "各〻", "各〃"]),
    ("#メ～テレ ハッシュタグ内で～が認識されず", ["メ～テレ"]),
    ("#İn #ın", ["İn", "ın"]),
    (":#hashtag ;#hashtag ,#hashtag .#hashtag !#hashtag ?#hashtag", ["hashtag"] * 6),
    ("#http://twitter.com #https://twitter.com", []),
    ("http://twitter.com/#hashtag twitter.com/#hashtag", []),
    ("#عربية #سیاست", ["عربية", "سیاست"]),
    ("#עַל־יְדֵי #וכו׳ #מ״כ", ["עַל־יְדֵי", "וכו׳", "מ״כ"]),
    ("#ผู้เริ่ม #การเมือง", ["ผู้เริ่ม", "การเมือง"]),
    ("#महात्मा #महात्मा_१२३४ #१२३४ गांधी", ["महात्मा", "महात्मा_१२३४"]),
    ("#བོད་སྐད་ #བོད་སྐད", ["བོད་སྐད་", "བོད་སྐད"]),
    ("#il·lusió", ["il·lusió"]),
    ("#_ #1_2 #122 #〃", []),
    ("#\U00020021", ["\U00020021"]),
    ("#\U00016f04\U00016f51", ["\U00016f04\U00016f51"]),
    ("#A\U000104a0", ["A\U000104a0"]),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "tags"), CONFORMANCE)
def test_hashtags_follow_the_conformance_suite(typed: str, tags: list[str]) -> None:
    assert text.hashtags_in(typed) == tags


@pytest.mark.parametrize(
    ("typed", "names"),
    [  # cases of the same suite, `mentions`
        ("の@usernameに到着を待っている", ["username"]),
        ("Current Status: @_@ (cc: @username)", ["username"]),
        ("@aliceìnheiro something something", []),
        ("@username email me @test@example.com", ["username"]),
        ("@http://twitter.com", []),
        ("RT@username RT:@mention RT @test", ["username", "mention", "test"]),
        ("rT@username rT:@mention rT @test", ["username", "mention", "test"]),
        ("f!@kn f@@kn f#@kn f$@kn f%@kn f&@kn f*@kn", []),
    ],
)
def test_mentions_follow_the_conformance_suite(typed: str, names: list[str]) -> None:
    assert text.mentions_in(typed) == names


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
    kept = "".join(c for c in typed if c in "\t\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    kept = kept.replace("\ufffe", "").replace("\uffff", "")
    assert cell.removeprefix("'") in (kept, kept[1:])
    file = io.StringIO(newline="")
    csv.writer(file).writerow([cell])
    assert next(csv.reader(io.StringIO(file.getvalue(), newline=""))) == [cell]


def test_a_line_for_a_terminal_obeys_nobody() -> None:
    """Escape sequences, carriage returns and text direction could rewrite what is told."""
    assert text.one_line("@a\x1b]0;title\x07\x9b2J\r\n\u202eb") == "@a ]0;title 2J b"


@given(st.text(max_size=60))
def test_xml_text_can_be_read_again(typed: str) -> None:
    element = ElementTree.Element("a")
    element.text = text.xml_text(typed)
    ElementTree.fromstring(ElementTree.tostring(element, encoding="utf-8"))


def test_cards_and_tables_escape() -> None:
    assert "<i>" not in text.html_card("<i>", {"<i>": "<i>"})
    assert "<i>" not in text.html_table(["<i>"], [["<i>"]])


def test_a_table_a_list_and_a_card_are_this_html() -> None:
    left = '<td style="text-align:left">'
    wide = '<td style="text-align:left;min-width:16em">'
    assert text.html_table(["a", "<b>"], [[1, "x"], [2, "$"]]) == (
        '<table><thead><tr><th scope="col">a</th><th scope="col">&lt;b&gt;</th></tr></thead>'
        f"<tbody><tr><td>1</td>{left}x</td></tr><tr><td>2</td>{left}&#36;</td></tr></tbody></table>"
    )
    long = "w" * 401
    assert text.html_list("<t>", ["a", long]) == (
        f"<p><strong>&lt;t&gt;</strong></p><ul><li>a</li><li>{'w' * 399}…</li></ul>"
    )
    assert text.html_list("t", []) == ""
    assert text.html_card("t", {"a": long, "<b>": 1}) == (
        '<div class="spread"><strong>t</strong><table><tbody>'
        f'<tr><th scope="row">a</th>{wide}{"w" * 399}…</td></tr>'
        f'<tr><th scope="row">&lt;b&gt;</th>{left}1</td></tr></tbody></table></div>'
    )


@pytest.mark.parametrize(
    ("length", "most", "shown"),
    [(120, 120, 120), (121, 120, 120), (3, 3, 3), (4, 3, 3), (900, None, 900)],
)
def test_plain_keeps_so_many_characters(length: int, most: int | None, shown: int) -> None:
    found = text.plain("w" * length, most=most)
    assert len(found) == shown
    assert found.endswith("…") == (shown < length)


@pytest.mark.parametrize(
    ("piece", "tags"),
    [("#1 ", []), ("#a ", ["a"]), ("#aa", []), ("#1𝒜", []), ("#1𝒜 ", ["1𝒜"]), ("𝒜#a ", []),
     ("a…#", []), ("#a…", []), ("#🙂", []), ("#本１ ", ["本１"])],
)  # fmt: skip
def test_tags_are_the_same_in_a_text_of_any_length(piece: str, tags: list[str]) -> None:
    assert text.hashtags_in(piece * 20_000 + " ") == tags * 20_000
    assert text.manual_retweet("RT @" + piece * 20_000) == text.manual_retweet("RT @" + piece)


@given(st.text(alphabet="'=+-@＝ a\t\x00") | st.text(max_size=60))
def test_a_csv_cell_is_undone(typed: str) -> None:
    assert text.csv_text(text.csv_cell(typed)) == text.xml_text(typed)


def test_plain_shows_quotes_as_entities_and_no_blank_before_its_ellipsis() -> None:
    assert text.plain("\"a' &") == "&quot;a&#x27; &amp;"
    assert text.plain("ab  cdefgh", most=4) == "ab…"
    assert text.plain("w" * 121) == "w" * 119 + "…"
    assert text.plain(5) == "5"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "  ="])
def test_a_formula_gets_an_apostrophe(sign: str) -> None:
    assert text.csv_cell(f"{sign}1") == f"'{sign}1"


def test_forms_without_control_characters() -> None:
    assert text.csv_cell("a\x00b=\r") == "ab="
    assert text.xml_text("a\x08b\ud800\uffff\n") == "ab\n"


def test_a_name_gives_way_to_what_it_is_called() -> None:
    called = text.with_mentions("RT @one: @two, a@b", lambda name: name.upper())
    assert called == "RT ONE: TWO, a@b"


@pytest.mark.parametrize("rest", ["€¦", "\x80¦"])
def test_an_ellipsis_in_another_encoding_cuts_a_tag(rest: str) -> None:
    assert text.is_cut_after("tagâ", f"#tagâ{rest}", 5)
    assert not text.is_cut_after("tag", f"#tag {rest}", 5)
    assert not text.is_cut_after("tagâ", "#tagâ!", 5)
    assert not text.is_cut_after("taga", f"#taga{rest}", 5)


def test_a_key_loses_what_leads_a_tag_only() -> None:
    assert text.hashtag_key(" ## tag#x# ") == "tag#x#"


def test_a_text_without_a_sign_has_no_tags_and_one_of_each_kind_has() -> None:
    assert text.hashtags_in("mail a@b") == []
    assert text.hashtags_in("#a") == text.hashtags_in("＃a") == ["a"]
    assert text.hashtags_in("#a#b") == []
