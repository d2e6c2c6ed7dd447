"""Tags that look akin without fitting a template: translations, and names out of a lexicon."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from spread._arguments import require_texts
from spread.hashtags._template import Template
from spread.text import hashtag_key

__all__ = ["akin", "cousins"]

_LEAST_COMMON = 5
_LEAST_WORD = 2


def akin(
    tags: Iterable[str],
    family: Sequence[str],
    templates: Sequence[Template],
    lexicon: Sequence[str] = (),
) -> set[str]:
    """Return the tags that hold a word of the lexicon or five letters of the family's slots.

    What stands in the slot is what a translation keeps; five letters in common are rarely
    chance. The affix does not count. Likeness alone is no descent: `candidates` asks for
    shared early adopters besides.

    Parameters
    ----------
    tags
        Keys that are asked.
    family
        The root and the tags of its form.
    templates
        The root's templates.
    lexicon
        Words in any language and spelling.

    Examples
    --------
    >>> sorted(akin(["mibanconacional", "coffee"], ["mybofa"], [], lexicon=["Banco"]))
    ['mibanconacional']
    >>> sorted(akin(["universidadlibre", "freecollege"], ["myuniversity"], []))
    ['universidadlibre']
    """
    words = {_plain(hashtag_key(word)) for word in require_texts("lexicon", lexicon)}
    words = {word for word in words if len(word) >= _LEAST_WORD}
    known = {part for tag in family for slot in _slots(tag, templates) for part in _parts(slot)}
    return {
        tag
        for tag in tags
        if any(word in _plain(tag) for word in words) or not known.isdisjoint(_parts(tag))
    }


def cousins(shown: Mapping[str, str], templates: Sequence[Template]) -> set[str]:
    """Return the tags that begin or end with a word like a template's, one letter changed.

    Kindred languages often say it so: my·NYPD, Mi·PoliciaMexicana. The first letter has to
    stay, and capitals have to show that the affix is a word of its own, so that scripts
    without capitals have no cousins. As with `akin`, likeness alone is no descent.

    Parameters
    ----------
    shown
        For each tag's key how it is written most often.
    templates
        The root's templates; those with both a beginning and an end are left out.

    Examples
    --------
    >>> my = Template("my", "", 5, 0.1, 0.0)
    >>> written = ["MiPoliciaMexicana", "mining", "MyBank", "BySea", "МоєМісто"]
    >>> sorted(cousins({tag.casefold(): tag for tag in written}, [my]))
    ['mipoliciamexicana']
    """
    found = set()
    for tag, written in shown.items():
        for template in templates:
            affix = template.prefix or template.suffix
            if (template.prefix and template.suffix) or len(tag) != len(written):
                continue
            cut = len(affix) if template.prefix else len(tag) - len(affix)
            if not 0 < cut < len(tag) or not _starts_a_word(written, cut):
                continue
            part = tag[:cut] if template.prefix else tag[cut:]
            if part[0] == affix[0] and _differ(part, affix) == 1:
                found.add(tag)
    return found


def _starts_a_word(written: str, at: int) -> bool:
    return written[at].isupper() and written[at - 1].islower()


def _differ(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def _slots(tag: str, templates: Sequence[Template]) -> list[str]:
    fitting = [template for template in templates if template.fits(tag)]
    return [tag[len(t.prefix) : len(tag) - len(t.suffix)] for t in fitting] or [tag]


def _parts(word: str) -> set[str]:
    """Return all runs of five letters."""
    word = _plain(word)
    return {word[i : i + _LEAST_COMMON] for i in range(len(word) - _LEAST_COMMON + 1)}


def _plain(word: str) -> str:
    """Return a word without accents: they are typed or left out at will."""
    letters = unicodedata.normalize("NFD", word)
    kept = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    return unicodedata.normalize("NFC", kept)
