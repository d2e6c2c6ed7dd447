"""Text from tweets: hashtag keys, what was typed in a text, and display-safe forms.

A tweet is written by strangers, some of them hostile. Whatever of it reaches HTML,
a figure, CSV or XML goes through `plain`, `csv_cell` or `xml_text` first.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

__all__ = [
    "ManualRetweet",
    "csv_cell",
    "csv_text",
    "hashtag_key",
    "hashtags_in",
    "html_card",
    "html_list",
    "html_table",
    "is_cut_after",
    "manual_retweet",
    "mentions_in",
    "one_line",
    "plain",
    "with_mentions",
    "xml_text",
]

# Variation selectors, zero-width characters, word joiner, byte-order mark, soft hyphen.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HASHTAG_MOST = 280
# Signs that twitter-text allows inside a tag beside letters, marks and digits.
_HASHTAG_SIGNS = "_\u00b7\u05be\u05f3\u05f4\u0f0b\u0f0c\u200c\u200d\u3003"
_HASHTAG_SIGNS += "\u301c\u309b\u309c\u30a0\u30fb\ua67e\uff5e"
_PLANE = 0x10000
_BEYOND = "[\U00010000-\U0010ffff]"
_LAST_LETTER = 0x32000  # no letter and no mark that a tag may hold stands above
_CUT_AFTER = ("…", "...", "\ufffd")
_MISREAD = ("€¦", "\x80¦")
_MENTION = re.compile(
    r"(?:(?<![\w@＠/!#$%&*])|(?i:(?<=\brt)))[@＠](\w{1,15})(?![\w@＠\u00c0-\u024f\u1e00-\u1eff]|://)",
    re.ASCII,
)
_QUOTED = re.compile(r"\s{0,3}[\"“]\s{0,3}[@＠](?P<quoted>\w{1,15})\s{0,3}:")
# The letter comes first: where there is none, nothing is looked at twice.
_MANUAL_RETWEET = re.compile(
    r"""(?x) [HMRVhmrv]
    (?: (?<![^\s"“.:(].) (?<![Vv]) [Tt] \s{0,3}:?\s{0,3} [@＠](?P<rt>\w{1,15})
      | (?<![^\s(].) (?<=[Vv]) [Iiİı][Aa] \s{1,3} [@＠](?P<via>\w{1,15}) [\s).…"”]{0,20} $
    )""",
)
# What a spreadsheet would compute, and what `csv_cell` made of such a text or of its like.
_FORMULA = re.compile("'* *[=+@\t\r＝＋－＠-]")
_SHOWN_MOST = 120
_CELL_MOST = 200
_WIDE_FROM = 60


class ManualRetweet(NamedTuple):
    """An old-style retweet typed by hand: the form it has and the account it names."""

    form: str
    screen_name: str


def hashtag_key(tag: str) -> str:
    """Return the form under which spellings of one hashtag are counted together.

    NFKC, casefold, NFKC; without variation selectors and zero-width characters; the
    Turkish i with a dot becomes i, while dotless ı stays itself. A leading # goes.

    References
    ----------
    Unicode Standard Annex 15 (NFKC), https://www.unicode.org/reports/tr15/; The Unicode Standard,
    section 3.13 (case folding). Look-alike letters of other scripts stay apart.

    Examples
    --------
    >>> hashtag_key("#myNYPD"), hashtag_key("＃ＭＹＮＹＰＤ"), hashtag_key("#Straße")
    ('mynypd', 'mynypd', 'strasse')
    """
    compatible = unicodedata.normalize("NFKC", _INVISIBLE.sub("", tag))
    folded = compatible.casefold().replace("i\u0307", "i")
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", folded)).strip().lstrip("#").strip()


def hashtags_in(text: str) -> list[str]:
    """Return the hashtags typed in a text, as shown, without #.

    The rules are those of twitter-text: a tag is made of letters, marks, digits and some
    signs of other scripts, holds at least one letter or mark, follows none of these and
    no &, and is not followed by # or ://. Nor does it follow a /, where a link goes on. It
    is left out where the text was cut inside it (`#GOPDeb…`, also where the ellipsis was
    read in another encoding, `#GOPDebâ€¦`), since a cut tag is another word.

    References
    ----------
    twitter-text, https://github.com/twitter/twitter-text (`conformance/extract.yml`)

    Examples
    --------
    >>> hashtags_in("#myNYPD and #1 (#MyOPD) a#b https://x.org/#y #GOPDeb…")
    ['myNYPD', 'MyOPD']
    """
    return _hashtag().findall(text) if "#" in text or "＃" in text else []


def is_cut_after(tag: str, text: str, end: int) -> bool:
    """Tell whether a tag that ends there was cut: an ellipsis follows, or what is left of one.

    Examples
    --------
    >>> is_cut_after("GOPDeb", "#GOPDeb…", 7), is_cut_after("GOPDebâ", "#GOPDebâ€¦", 8)
    (True, True)
    """
    if text.startswith(_CUT_AFTER, end):
        return True
    return tag.endswith("â") and text.startswith(_MISREAD, end)


@cache
def _hashtag() -> re.Pattern[str]:
    """Return what finds tags; made at first need."""
    kinds = [unicodedata.category(chr(code)) for code in range(_LAST_LETTER)]
    letter, other = [kind[0] in "LM" for kind in kinds], [kind == "Nd" for kind in kinds]
    # Nearly all is written in the first plane. That a sign is not in a whole class is known
    # only after a walk through all its ranges beyond.
    letters, near_letters = _ranges(letter), _ranges(letter[:_PLANE])
    others, near_others = (_ranges(o) + _HASHTAG_SIGNS for o in (other, other[:_PLANE]))
    inside, near = letters + others, near_letters + near_others
    before, most = f"{{0,{_HASHTAG_MOST - 1}}}+", f"{{1,{_HASHTAG_MOST}}}+"
    cut, misread = ("|".join(map(re.escape, ends)) for ends in (_CUT_AFTER, _MISREAD))
    return re.compile(
        # The sign comes first: what is no tag is passed over without a look at what is around.
        "[#＃](?![#＃\ufe0f\u20e3])"
        f"(?:(?<![{near}&/].)(?<!(?={_BEYOND})[{inside}].)|(?<=[\ufe0e\ufe0f].))"
        f"(?=[{near_others}]{before}[{near_letters}]"
        f"|(?=[{near_others}]*+{_BEYOND})[{others}]{before}[{letters}])"
        f"((?>[{near}]{most}(?!{_BEYOND})|[{inside}]{most}))"
        f"(?![#＃]|://|{cut}|(?<=â)(?:{misread}))"
    )


def _ranges(chosen: Sequence[bool]) -> str:
    """Return the characters of the codes that are chosen, as the inside of a class."""
    ends = [code for code in range(1, len(chosen)) if chosen[code] != chosen[code - 1]]
    pairs = zip(ends[::2], [*ends[1::2], len(chosen)][: len(ends[::2])], strict=True)
    return "".join(f"{chr(first)}-{chr(after - 1)}" for first, after in pairs)


def mentions_in(text: str) -> list[str]:
    """Return the screen names mentioned in a text, as typed, without @.

    The rules are those of twitter-text; nor does a name follow a /, where a link goes on.

    References
    ----------
    twitter-text, https://github.com/twitter/twitter-text (`conformance/extract.yml`)

    Examples
    --------
    >>> mentions_in("@NYPDnews meet @OccupyWallStNYC, not mail@example.org")
    ['NYPDnews', 'OccupyWallStNYC']
    """
    return _MENTION.findall(text)


def with_mentions(text: str, called: Callable[[str], str]) -> str:
    """Return a text in which each mention is what `called` makes of its screen name.

    Examples
    --------
    >>> with_mentions("RT @someone: yes", lambda name: "account 7")
    'RT account 7: yes'
    """
    return _MENTION.sub(lambda match: called(match.group(1)), text)


def manual_retweet(text: str) -> ManualRetweet | None:
    """Return what an old-style retweet says of itself, or None.

    Recognised are `RT @a`, `MT @a`, `HT @a`, a text that opens with `"@a:` and one
    that closes with `via @a`. Linear in the length of the text.

    References
    ----------
    boyd, Golder, Lotan 2010 (the forms), https://doi.org/10.1109/HICSS.2010.412. Whether the text
    is quoted truly, or was ever written, is not known from it.

    Examples
    --------
    >>> manual_retweet("so true RT @someone: #myNYPD")
    ManualRetweet(form='rt', screen_name='someone')
    >>> manual_retweet("start @someone now") is None
    True
    """
    match = _QUOTED.match(text) or _MANUAL_RETWEET.search(text)
    if match is None or match.lastgroup is None:
        return None
    return ManualRetweet(match.lastgroup, match.group(match.lastgroup))


def plain(text: object, *, most: int | None = _SHOWN_MOST) -> str:
    """Return a text that no HTML page and no figure can take for anything but text.

    HTML is escaped, $ becomes an entity (figures may typeset mathematics), control and
    text-direction characters go, white space is folded, and what is longer than `most`
    characters is cut with an ellipsis. This is the one escaping function: whatever comes
    from an archive goes through it on its way into HTML.

    Examples
    --------
    >>> plain("<b>$1</b>\u202e")
    '&lt;b&gt;&#36;1&lt;/b&gt;'
    """
    folded = one_line(str(text))
    if most is not None and len(folded) > most:
        folded = folded[: most - 1].rstrip() + "…"
    return html.escape(folded, quote=True).replace("$", "&#36;")


def one_line(text: str) -> str:
    """Return a text without control and text-direction characters, white space folded.

    A terminal then shows it and does not obey it.

    Examples
    --------
    >>> one_line("a\\x1b[2Jb  c")
    'a [2Jb c'
    """
    return " ".join(_BIDIRECTIONAL.sub("", _CONTROL.sub(" ", text)).split())


def csv_cell(text: str) -> str:
    """Return a text that a spreadsheet shows and does not compute.

    A first character that starts a formula gets an apostrophe before it, and so does a text
    that has one there already, that `csv_text` may undo it; control characters but tab and
    line feed go. The Parquet file beside each CSV holds the exact text.

    References
    ----------
    OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection

    Examples
    --------
    >>> csv_cell("=1+1"), csv_cell("@NYPDnews"), csv_cell("fine")
    ("'=1+1", "'@NYPDnews", 'fine')
    """
    cleaned = _CONTROL.sub("", text)
    return f"'{cleaned}" if _FORMULA.match(cleaned) else cleaned


def csv_text(cell: str) -> str:
    """Return the text of which `csv_cell` made a cell.

    Examples
    --------
    >>> csv_text("'=1+1"), csv_text("''=1+1"), csv_text("'fine'")
    ('=1+1', "'=1+1", "'fine'")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def xml_text(text: str) -> str:
    """Return a text without the characters that XML 1.0 forbids.

    Examples
    --------
    >>> xml_text("a\\x08b")
    'ab'
    """
    return _CONTROL.sub("", text)


def html_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return an HTML table, every cell through `plain`; texts stand at the left.

    Examples
    --------
    >>> html_table(["tag"], [["<i>"]]).partition("<tbody>")[2]
    '<tr><td style="text-align:left">&lt;i&gt;</td></tr></tbody></table>'
    """
    head = "".join(f'<th scope="col">{plain(name)}</th>' for name in columns)
    body = "".join("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object, most: int = _CELL_MOST) -> str:
    text = plain(value, most=most)
    if not isinstance(value, str):
        return f"<td>{text}</td>"
    # A notebook sets every cell at the right, and squeezes a sentence into a column of words.
    wide = ";min-width:16em" if len(text) > _WIDE_FROM else ""
    return f'<td style="text-align:left{wide}">{text}</td>'


def html_list(title: str, sentences: Sequence[str]) -> str:
    """Return a titled HTML list, every sentence through `plain`; nothing where there is none.

    Examples
    --------
    >>> html_list("Warnings", ["a < b"])
    '<p><strong>Warnings</strong></p><ul><li>a &lt; b</li></ul>'
    >>> html_list("Warnings", [])
    ''
    """
    if not sentences:
        return ""
    items = "".join(f"<li>{plain(sentence, most=400)}</li>" for sentence in sentences)
    return f"<p><strong>{plain(title)}</strong></p><ul>{items}</ul>"


def html_card(title: str, facts: Mapping[str, object]) -> str:
    """Return the small HTML card by which a result shows itself in a notebook.

    Examples
    --------
    >>> html_card("Turn", {"onset": "15:52"}).partition("</th>")[2]
    '<td style="text-align:left">15:52</td></tr></tbody></table></div>'
    """
    rows = "".join(
        f'<tr><th scope="row">{plain(name)}</th>{_cell(str(value), 400)}</tr>'
        for name, value in facts.items()
    )
    return (
        f'<div class="spread"><strong>{plain(title)}</strong>'
        f"<table><tbody>{rows}</tbody></table></div>"
    )
