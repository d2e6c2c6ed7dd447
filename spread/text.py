"""Text from tweets: hashtag keys, what was typed in a text, and display-safe forms.

A tweet is written by strangers, some of them hostile. Whatever of it reaches HTML,
a figure, CSV or XML goes through `plain`, `csv_cell` or `xml_text` first.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

__all__ = [
    "ManualRetweet",
    "csv_cell",
    "hashtag_key",
    "hashtags_in",
    "html_card",
    "html_table",
    "manual_retweet",
    "mentions_in",
    "plain",
    "with_mentions",
    "xml_text",
]

# Variation selectors, zero-width characters, word joiner, byte-order mark, soft hyphen.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BIDIRECTIONAL = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_HASHTAG = re.compile(
    r"(?:(?<=^)|(?<=[^\w&/]))[#＃](?!\ufe0f?\u20e3)([\w\u0300-\u036f\u200c\u200d\u30fb\u00b7]{1,280})"
)
_HAS_LETTER = re.compile(r"[^\W\d_]")
_CUT_AFTER = ("…", "...", "\ufffd")
_MENTION = re.compile(r"(?<![\w@/])[@＠](\w{1,15})(?![\w@])", re.ASCII)
_MANUAL_RETWEET = re.compile(
    r"""(?ix)
    (?: (?:^|(?<=[\s"“.:(])) (?:RT|MT|HT)\s{0,3}:?\s{0,3} [@＠](?P<rt>\w{1,15})
      | ^\s{0,3} ["“] \s{0,3} [@＠](?P<quoted>\w{1,15}) \s{0,3} :
      | (?:^|(?<=[\s(])) via \s{1,3} [@＠](?P<via>\w{1,15}) [\s).…"”]{0,20} $
    )""",
)
_SHOWN_MOST = 120


class ManualRetweet(NamedTuple):
    """An old-style retweet typed by hand: the form it has and the account it names."""

    form: str
    screen_name: str


def hashtag_key(tag: str) -> str:
    """Return the form under which spellings of one hashtag are counted together.

    NFKC, casefold, NFKC; without variation selectors and zero-width characters; the
    Turkish i with a dot becomes i, while dotless ı stays itself. A leading # goes.

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

    A tag holds at least one letter, follows no word character, & or /, and is left out
    where the text was cut inside it (`#GOPDeb…`), since a cut tag is another word.

    Examples
    --------
    >>> hashtags_in("#myNYPD and #1 (#MyOPD) a#b https://x.org/#y #GOPDeb…")
    ['myNYPD', 'MyOPD']
    """
    found = []
    for match in _HASHTAG.finditer(text):
        tag = match.group(1)
        if _HAS_LETTER.search(tag) and not text.startswith(_CUT_AFTER, match.end()):
            found.append(tag)
    return found


def mentions_in(text: str) -> list[str]:
    """Return the screen names mentioned in a text, as typed, without @.

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

    Examples
    --------
    >>> manual_retweet("so true RT @someone: #myNYPD")
    ManualRetweet(form='rt', screen_name='someone')
    >>> manual_retweet("start @someone now") is None
    True
    """
    match = _MANUAL_RETWEET.search(text)
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
    folded = " ".join(_BIDIRECTIONAL.sub("", _CONTROL.sub(" ", str(text))).split())
    if most is not None and len(folded) > most:
        folded = folded[: most - 1].rstrip() + "…"
    return html.escape(folded, quote=True).replace("$", "&#36;")


def csv_cell(text: str) -> str:
    """Return a text that a spreadsheet shows and does not compute.

    A first character that starts a formula gets an apostrophe before it. The Parquet
    file beside each CSV holds the exact text.

    Examples
    --------
    >>> csv_cell("=1+1"), csv_cell("@NYPDnews"), csv_cell("fine")
    ("'=1+1", "'@NYPDnews", 'fine')
    """
    cleaned = text.replace("\x00", "")
    return (
        f"'{cleaned}"
        if cleaned.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
        else cleaned
    )


def xml_text(text: str) -> str:
    """Return a text without the characters that XML 1.0 forbids.

    Examples
    --------
    >>> xml_text("a\\x08b")
    'ab'
    """
    return _CONTROL.sub("", text)


def html_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return an HTML table, every cell through `plain`.

    Examples
    --------
    >>> html_table(["tag"], [["<i>"]]).partition("<tbody>")[2]
    '<tr><td>&lt;i&gt;</td></tr></tbody></table>'
    """
    head = "".join(f'<th scope="col">{plain(name)}</th>' for name in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{plain(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def html_card(title: str, facts: Mapping[str, object]) -> str:
    """Return the small HTML card by which a result shows itself in a notebook.

    Examples
    --------
    >>> html_card("Turn", {"onset": "15:52"}).partition("<tbody>")[2]
    '<tr><th scope="row">onset</th><td>15:52</td></tr></tbody></table></div>'
    """
    rows = "".join(
        f'<tr><th scope="row">{plain(name)}</th><td>{plain(value, most=400)}</td></tr>'
        for name, value in facts.items()
    )
    return (
        f'<div class="spread"><strong>{plain(title)}</strong>'
        f"<table><tbody>{rows}</tbody></table></div>"
    )
