"""Templates: what stays of a tag when another is made after it (my·NYPD, my·LAPD).

A template is a beginning, an end or both, taken from the root; what stands between is
the slot. Which of them are alive is learned from the archive's own tags: a template is
productive when more different tags fit it than a model of the letters expects. No list
of words is used, so it works in any script.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import poisson

from spread.hashtags._association import q_values

__all__ = ["Template", "matching", "productive"]

_FALSE_DISCOVERIES = 0.01
_LEAST_TYPES = 3
_LEAST_SLOT = 2
_LEAST_AFFIX = 2
_SMOOTHING = 0.5
_KEPT = 0.75


@dataclass(frozen=True)
class Template:
    """A beginning and an end that tags share, with the number of tags that do."""

    prefix: str
    suffix: str
    types: int
    expected: float
    q: float

    def __repr__(self) -> str:
        return f"Template({self.shown}: {self.types} tags, {self.expected:.1f} expected)"

    @property
    def shown(self) -> str:
        """The template as people write it: `my…`."""
        return f"{self.prefix}…{self.suffix}"

    def fits(self, tag: str) -> bool:
        """Whether a tag is this template with a slot of two letters or more."""
        rest = len(tag) - len(self.prefix) - len(self.suffix)
        return rest >= _LEAST_SLOT and tag.startswith(self.prefix) and tag.endswith(self.suffix)


def productive(root: str, tags: Sequence[str]) -> list[Template]:
    """Return the templates of a root that more tags fit than their letters make expect.

    For each beginning, end and pair of both that the root has, the number of different
    tags that fit is compared with N P(affix), P from a first-order letter chain whose
    transitions are learned from the tags that do not fit (Poisson, Benjamini-Hochberg at
    1 %). The one with the largest excess is taken (lengthened where hardly a tag is lost
    by it), its tags are laid aside, and the rest is tested again: `m…` is not productive
    only because `my…` is.

    Parameters
    ----------
    root
        The root's key.
    tags
        Other tags' keys, in any order; misspellings of the root should not be among them.

    Returns
    -------
    list of Template
        Most tags in excess first. Empty when nothing is productive.

    Examples
    --------
    >>> others = ["mylapd", "myopd", "myelas", "mycpd", "mybpd", "news", "justice", "march"]
    >>> productive("mynypd", others)[0].shown
    'my…'
    """
    left = sorted(set(tags) - {root})
    found: list[Template] = []
    while left:
        best = _best(root, left)
        if best is None:
            break
        found.append(best)
        left = [tag for tag in left if not best.fits(tag)]
    return found


def matching(tag: str, templates: Sequence[Template]) -> Template | None:
    """Return the template that a tag fits, the least expected by chance if several."""
    fitting = [template for template in templates if template.fits(tag)]
    return min(fitting, key=lambda t: (t.expected / t.types, t.shown), default=None)


def _best(root: str, tags: list[str]) -> Template | None:
    affixes = [Template(*affix, 0, 0.0, 1.0) for affix in _affixes(root)]
    fitting = [[tag for tag in tags if affix.fits(tag)] for affix in affixes]
    kept = [i for i, fit in enumerate(fitting) if len(fit) >= _LEAST_TYPES]
    if not kept:
        return None
    letters = _Letters(tags)
    expected = np.array([letters.expected(affixes[i], fitting[i]) for i in kept])
    types = np.array([len(fitting[i]) for i in kept])
    # Every affix of the root was asked, also those that hardly a tag fits.
    p = np.r_[poisson.sf(types - 1, expected), np.ones(len(affixes) - len(kept))]
    q = q_values(p)[: len(kept)]
    excess = np.where(q < _FALSE_DISCOVERIES, types - expected, -np.inf)
    top = int(np.argmax(excess))
    if not np.isfinite(excess[top]):
        return None
    top = _lengthened(top, [affixes[i] for i in kept], excess)
    chosen = affixes[kept[top]]
    return Template(
        chosen.prefix, chosen.suffix, int(types[top]), float(expected[top]), float(q[top])
    )


def _lengthened(top: int, affixes: list[Template], excess: NDArray[np.float64]) -> int:
    """Return the longest affix on the same side that keeps three quarters of the excess.

    `…er` has a stray tag more than `…livesmatter`, which is what people took over.
    """
    sides = bool(affixes[top].prefix), bool(affixes[top].suffix)
    longer = [
        i
        for i, affix in enumerate(affixes)
        if (bool(affix.prefix), bool(affix.suffix)) == sides
        and affix.prefix.startswith(affixes[top].prefix)
        and affix.suffix.endswith(affixes[top].suffix)
        and excess[i] >= _KEPT * excess[top]
    ]
    return max(longer, key=lambda i: (len(affixes[i].prefix + affixes[i].suffix), excess[i]))


def _affixes(root: str) -> list[tuple[str, str]]:
    """Return beginnings and ends of the root that leave a slot; the whole root counts as one."""
    length = len(root)
    pairs = [(root[:i], "") for i in range(1, length + 1)]
    pairs += [("", root[j:]) for j in range(length)]
    pairs += [(root[:i], root[j:]) for i in range(1, length) for j in range(i + 1, length)]
    return [(prefix, suffix) for prefix, suffix in pairs if _weight(prefix + suffix) >= 2]


def _weight(affix: str) -> int:
    """Return the letters of an affix; one ideograph or syllable counts as two."""
    return sum(_LEAST_AFFIX if unicodedata.category(c) == "Lo" else 1 for c in affix)


class _Letters:
    """First-order letter chains of tags, read forwards and backwards."""

    def __init__(self, tags: Sequence[str]) -> None:
        self.total = len(tags)
        self.firsts = Counter(tag[:1] for tag in tags)
        self.lasts = Counter(tag[-1:] for tag in tags)
        self.pairs = Counter(pair for tag in tags for pair in pairwise(tag))
        self.alphabet = len(set("".join(tags)))

    def expected(self, affix: Template, fitting: Sequence[str]) -> float:
        """Return how many tags should fit; those that do teach the chain nothing."""
        pairs = Counter(self.pairs)
        for tag in fitting:
            pairs.subtract(pairwise(tag))
        before, after = Counter[str](), Counter[str]()
        for (one, two), count in pairs.items():
            before[one] += count
            after[two] += count
        share = 1.0
        if affix.prefix:
            share *= self.firsts[affix.prefix[0]] / self.total
            for pair in pairwise(affix.prefix):
                share *= self._step(pairs[pair], before[pair[0]])
        if affix.suffix:
            share *= self.lasts[affix.suffix[-1]] / self.total
            for pair in pairwise(affix.suffix):
                share *= self._step(pairs[pair], after[pair[1]])
        return self.total * share

    def _step(self, count: int, total: int) -> float:
        return (count + _SMOOTHING) / (total + _SMOOTHING * self.alphabet)
