"""Misspellings: which tag is another one mistyped, judged by how the two are used."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from spread.hashtags._acts import Acts
from spread.hashtags._template import Template
from spread.hashtags._usage import Used

__all__ = ["distance", "near", "slips"]

_RARE = 0.05
_RARE_AT_LEAST = 2
_OVERLAP_SLOT = 0.5
_OVERLAP_SLIP = 0.25
_FEW = 2


@dataclass(frozen=True)
class _Edit:
    """One edit: `kind` is swap, repeat, affix (outside the slot) or slot (may change a name)."""

    kind: str
    words: str


def slips(
    acts: Acts, used: dict[str, Used], targets: Sequence[str], templates: Sequence[Template]
) -> pd.DataFrame:
    """Return the tags one edit from a target, each merged or not, and why.

    An edit inside a slot may be another name (two cities' police differ by one letter).
    So a tag is merged only if it is much rarer than the target (at most 5 % of its
    authors, or 2), appears later, nobody writes it in two tweets or more of his own
    without also using the target, and, where the edit is inside the slot and is neither a
    swap of neighbours nor a repeated letter, at least half of the (two or more) authors
    who typed it also used the target. What is unclear is not merged.

    Returns
    -------
    DataFrame
        variant, hashtag, merge, reason; sorted by variant.
    """
    rows = []
    for variant, target in near(used, targets):
        if used[variant].tweets < used[target].tweets:
            merge, reason = _judge(acts, used, variant, target, templates)
            rows.append((variant, target, merge, reason, used[target].authors))
    table = pd.DataFrame(rows, columns=["variant", "hashtag", "merge", "reason", "size"])
    table = table.astype({"variant": "str", "hashtag": "str", "merge": "bool", "reason": "str"})
    table = table.sort_values(
        ["variant", "merge", "size", "hashtag"], ascending=[True, False, False, True]
    )
    kept = table.drop_duplicates("variant", ignore_index=True)
    return kept[["variant", "hashtag", "merge", "reason"]]


def near(tags: Iterable[str], targets: Sequence[str]) -> list[tuple[str, str]]:
    """Return (tag, target) one edit apart, found through shared deletions.

    Time linear in the number of letters, not in pairs.

    Examples
    --------
    >>> near(["myladp", "mylvpd", "police"], ["mylapd"])
    [('myladp', 'mylapd'), ('mylvpd', 'mylapd')]
    """
    index = defaultdict(set)
    for target in targets:
        for short in _deletions(target):
            index[short].add(target)
    found = {
        (tag, target)
        for tag in tags
        for short in _deletions(tag)
        for target in index.get(short, ())
    }
    return sorted((a, b) for a, b in found if a != b and distance(a, b) == 1)


def distance(one: str, other: str) -> int:
    """Return the optimal string alignment distance: Levenshtein's, a swap of neighbours is one.

    Examples
    --------
    >>> distance("mylapd", "myladp"), distance("mylapd", "mylvpd"), distance("abc", "")
    (1, 1, 3)
    """
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, rows[i - 2][j - 2] + 1)
            row.append(cost)
        rows.append(row)
    return rows[-1][-1]


def _deletions(tag: str) -> set[str]:
    return {tag} | {tag[:i] + tag[i + 1 :] for i in range(len(tag))}


def _edit(variant: str, target: str, templates: Sequence[Template]) -> _Edit:
    if sorted(variant) == sorted(target):
        return _Edit("swap", "two neighbouring letters are swapped")
    longer, shorter = sorted((variant, target), key=len, reverse=True)
    if len(longer) > len(shorter):
        doubled = any(
            longer[:i] + longer[i + 1 :] == shorter and longer[i] in longer[i - 1 : i]
            for i in range(1, len(longer))
        )
        if doubled:
            return _Edit("repeat", "a letter is repeated")
    if not _slot_changed(variant, target, templates):
        return _Edit("affix", "one letter differs outside the slot")
    return _Edit("slot", "one letter differs, which may be another name")


def _slot_changed(variant: str, target: str, templates: Sequence[Template]) -> bool:
    """Whether the slot of a template that the target fits is not the variant's slot."""
    fitting = [template for template in templates if template.fits(target)]
    slots = [target[len(t.prefix) : len(target) - len(t.suffix)] for t in fitting]
    ends = [
        (variant.endswith(slot + t.suffix) if t.prefix else variant.startswith(slot + t.suffix))
        if not (t.prefix and t.suffix)
        else slot in variant
        for slot, t in zip(slots, fitting, strict=True)
    ]
    return not any(ends)


def _judge(
    acts: Acts, used: dict[str, Used], variant: str, target: str, templates: Sequence[Template]
) -> tuple[bool, str]:
    edit = _edit(variant, target, templates)
    typed = acts.acts_with(acts.code(variant))
    typed = typed[acts.original[typed]]
    own, often = np.unique(acts.author[typed], return_counts=True)
    also = np.isin(own, acts.author[acts.acts_with(acts.code(target))])
    limit = max(_RARE_AT_LEAST, _RARE * used[target].authors)
    said = f"{edit.words}; {len(own)} typed it, {int(also.sum())} of them used #{target} too"
    if used[variant].first_us <= used[target].first_us:
        return False, f"not merged: it is older than #{target} ({said})"
    if len(own) > limit:
        return False, f"not merged: too many typed it for a slip ({said})"
    if (often[~also] >= _FEW).any():
        return False, f"not merged: some write only this form, more than once ({said})"
    if edit.kind == "slot" and (len(own) < _FEW or also.mean() < _OVERLAP_SLOT):
        return False, f"not merged: {said}, too few to call it a slip"
    if edit.kind != "slot" and len(own) > _FEW and also.mean() < _OVERLAP_SLIP:
        return False, f"not merged: those who typed it do not use #{target} ({said})"
    return True, said
