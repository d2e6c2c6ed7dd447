"""HTML made of elements: a text is escaped when it enters, so nothing else has to be."""

import re

from spread.text import plain

__all__ = ["Markup", "document", "element", "isolated", "joined"]

_SIGN = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff"
_LEFTWARD = re.compile(rf"([#@]?[{_SIGN}][{_SIGN}\w]*(?: [{_SIGN}][{_SIGN}\w]*)*)")
"""A run of Hebrew, Arabic or their like."""


_VOID = frozenset({"meta", "link", "br", "hr"})


class Markup(str):
    """HTML that was made by `element`; every other string is a text and is escaped."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: object) -> Markup:
    """Return an element; texts among its children and all attribute values are escaped.

    An attribute that is True stands alone, one that is False or None is left out; a name
    may end in _ (`class_`) and has - for _ inside (`aria_label`).

    Examples
    --------
    >>> element("p", "1 < 2 & ", element("b", "so"), class_="a b", hidden=True)
    '<p class="a b" hidden>1 &lt; 2 &amp; <b>so</b></p>'
    """
    given = "".join(_attribute(key, value) for key, value in attributes.items())
    opened = f"<{name}{given}>"
    return Markup(opened if name in _VOID else f"{opened}{joined(*children)}</{name}>")


def joined(*children: str) -> Markup:
    """Return children one after the other, texts escaped.

    Examples
    --------
    >>> joined("<", element("br"))
    '&lt;<br>'
    """
    escaped = (child if isinstance(child, Markup) else _text(child) for child in children)
    return Markup("".join(escaped))


def isolated(text: str) -> Markup:
    """Return a text in which words that run from right to left keep the order of the rest.

    A number stays on one line with its per cent.

    Examples
    --------
    >>> isolated("from #myNYPD & co")
    'from #myNYPD &amp; co'
    """
    parts = _LEFTWARD.split(text)
    runs = (element("bdi", part) if at % 2 else _text(part) for at, part in enumerate(parts))
    return Markup("".join(runs).replace(" %", "&nbsp;%"))


def document(*, head: Markup, body: Markup, language: str = "en") -> str:
    """Return a whole HTML page.

    Examples
    --------
    >>> document(head=element("title", "a"), body=element("p", "b"))[:15]
    '<!DOCTYPE html>'
    """
    page = element("html", element("head", head), element("body", body), lang=language)
    return f"<!DOCTYPE html>\n{page}\n"


def _text(text: str) -> str:
    """Escape a text; the white space at its ends, which parts words, stays."""
    lead = " " if text[:1].isspace() else ""
    tail = " " if len(text) > 1 and text[-1:].isspace() else ""
    return f"{lead}{plain(text, most=None)}{tail}"


def _attribute(key: str, value: object) -> str:
    name = key.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    return f' {name}="{value if isinstance(value, Markup) else plain(value, most=None)}"'
