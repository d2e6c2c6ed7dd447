"""The members of a family, their companions, and what each child's posterior is made of."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._distinct import distinct, distinct_pairs
from spread.hashtags._beside import controls, weighed
from spread.hashtags._candidates import Found
from spread.hashtags._completeness import Completeness, early_gap, order_chances
from spread.hashtags._evidence import gather
from spread.hashtags._posterior import Child
from spread.hashtags._template import Template, matching

__all__ = ["LEAST_ADOPTERS", "Tag", "children_of", "companions", "members_of"]

LEAST_ADOPTERS = 3
NONE_OF_A_FORM = (0.2, 0.9)
NONE_WITHOUT_A_FORM = 0.5
OTHER_FORM = 0.2
_KINDS = ("template", "form", "adopters")
_MEMBERS_MOST = 200
_SHARED_LEAST = 2


@dataclass(frozen=True)
class Tag:
    """A member: its name, tweets, and what `candidates` says of it.

    `acts` are all that are known; `tweets` and `authors` count those that were collected.
    """

    name: str
    shown: str
    kind: str
    template: Template | None
    acts: NDArray[np.int32]
    tweets: int
    authors: int
    first_us: int


def members_of(found: Found, root: str) -> list[Tag]:
    """Return the root and the tags that may descend from it, in order of first use."""
    acts, table = found.acts, found.table
    kinds = dict(zip(table["hashtag"], table["kind"], strict=True))
    names = [name for name, kind in kinds.items() if kind in _KINDS]
    shown = dict(zip(found.used["hashtag"], found.used["shown"], strict=True))
    tags = []
    for name in [root, *names[:_MEMBERS_MOST]]:
        held = acts.acts_with(acts.code(name))
        own = held[acts.collected[held]]
        authors = len(distinct(acts.author[own]))
        template = matching(name, found.templates)
        kind = kinds.get(name, "root") if name != root else "root"
        first_us = int(acts.at[held[0]])
        tags.append(Tag(name, shown[name], kind, template, held, len(own), authors, first_us))
    return [tags[0], *sorted(tags[1:], key=lambda tag: (tag.first_us, tag.name))]


def companions(found: Found, tags: Sequence[Tag]) -> pd.DataFrame:
    """Return every other tag that two or more users of the root used as well."""
    acts = found.acts
    own = acts.collected[acts.use_act]
    tag, author = distinct_pairs(acts.use_tag[own], acts.author[acts.use_act[own]])
    of_root = np.zeros(acts.authors, bool)
    of_root[author[tag == acts.code(tags[0].name)]] = True
    together = np.bincount(tag[of_root[author]], minlength=len(acts.tags))
    members = {member.name for member in tags} | set(found.merged["variant"])
    table = found.used.merge(pd.DataFrame({"hashtag": acts.tags, "together": together}))
    table = table[~table["hashtag"].isin(members) & (table["together"] >= _SHARED_LEAST)]
    table = table.sort_values(["together", "hashtag"], ascending=[False, True], ignore_index=True)
    return table[["hashtag", "shown", "tweets", "authors", "together"]]


def children_of(found: Found, tags: Sequence[Tag], complete: Completeness) -> list[Child]:
    """Return what the posterior of each tag but the root is made of."""
    acts = found.acts
    codes = [acts.code(tag.name) for tag in tags]
    firsts = [acts.first_use(tag.acts) for tag in tags]
    held = [tag.acts for tag in tags]
    evidence = gather(acts, codes[1:], held)
    first_us = np.array([tag.first_us for tag in tags])
    gaps = np.array([early_gap(acts, tag.acts) for tag in tags])
    before = order_chances(first_us, gaps, complete.share)
    others = controls(acts, codes)
    return [
        Child(
            evidence=one,
            before=before[:, number],
            fit=np.array([_fit(child, tag) for tag in tags]),
            size=np.array([(first < child.first_us).sum() for first in firsts], float),
            none=_none(child),
            number=number,
            laws=weighed(others, held, int(child.acts[0])),
        )
        for number, (child, one) in enumerate(zip(tags[1:], evidence, strict=True), 1)
    ]


def _fit(child: Tag, parent: Tag) -> float:
    """Return how well the parent's form explains the child's, 1 for the same template."""
    if child.template is None or parent.kind == "root":
        return 1.0
    return 1.0 if child.template.fits(parent.name) else OTHER_FORM


def _none(child: Tag) -> float:
    if child.template is None:
        return NONE_WITHOUT_A_FORM
    by_letters = child.template.expected / child.template.types
    return float(np.clip(by_letters, *NONE_OF_A_FORM))
