"""Tags that look akin without fitting a template: translations, and names out of a lexicon."""

from collections.abc import Iterable, Sequence

from spread.hashtags._template import Template
from spread.text import hashtag_key

__all__ = ["akin"]

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
    words = {hashtag_key(word) for word in lexicon}
    words = {word for word in words if len(word) >= _LEAST_WORD}
    known = {part for tag in family for slot in _slots(tag, templates) for part in _parts(slot)}
    return {
        tag
        for tag in tags
        if any(word in tag for word in words) or not known.isdisjoint(_parts(tag))
    }


def _slots(tag: str, templates: Sequence[Template]) -> list[str]:
    fitting = [template for template in templates if template.fits(tag)]
    return [tag[len(t.prefix) : len(tag) - len(t.suffix)] for t in fitting] or [tag]


def _parts(word: str) -> set[str]:
    """Return all runs of five letters."""
    return {word[i : i + _LEAST_COMMON] for i in range(len(word) - _LEAST_COMMON + 1)}
