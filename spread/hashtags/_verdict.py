"""What is said of one tag: its parent, none, or that it cannot be told, and on what grounds."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spread.hashtags._acts import Acts
from spread.hashtags._evidence import Evidence
from spread.hashtags._members import LEAST_ADOPTERS, Tag
from spread.hashtags._posterior import Child

__all__ = ["LEAST_FACTOR", "SURE", "Answer", "Verdict", "judged", "of_root", "untold"]

LEAST_FACTOR = 2.5
"""How much the adopters must speak for a parent, against none, for the verdict `descends`.

Fixed on 104 simulated families, parents drawn evenly or by size, with and without joint
mention: with a factor of 1.5 up to 14 % of the independent tags pass, by their form and the
prior, with 2 or 2.5 up to 8 %; the larger of the two leaves room for other archives.
"""

SURE = 0.8
"""How probable an answer must be for a verdict; below, it cannot be told.

Fixed on 160 simulated archives of 32 families (parents drawn evenly or by size, all or half
of the tweets, no, a third or two thirds of the inventors who only read): from 0.8 on, 92 %
of 423 parents and 91 % of 93 answers "no parent" were right; from 0.5 on, 82 % and 73 %.
Where two thirds of the inventors only read, it is 81 % of 26 parents.
"""

_HELD = 0.5
_NOTHING = (np.nan, np.nan, np.nan, np.nan, np.nan, np.nan)
_EVIDENCE_MOST = 6


@dataclass(frozen=True)
class Verdict:
    """One row of `Family.members`, as far as it is an answer."""

    parent: str | None
    probability: float
    p_family: float
    p_outside: float
    p_independent: float
    bayes_factor: float
    support: float
    verdict: str
    reason: str
    evidence: list[str]


@dataclass(frozen=True)
class Answer:
    """What was worked out for a child: probabilities, its place in the tree, and support."""

    child: Child
    chance: NDArray[np.float64]
    parent: int
    support: NDArray[np.float64]

    @property
    def any_parent(self) -> float:
        """The probability of any parent among the members."""
        return float(self.chance[:-2].sum())

    @property
    def bayes_factor(self) -> float:
        """How much more probable the evidence is with a parent here than without."""
        none = self.child.none
        odds = self.any_parent / max(float(self.chance[-2:].sum()), 1e-300)
        return odds * none / (1.0 - none)


def of_root() -> Verdict:
    """Return the row of the root."""
    return Verdict(None, *_NOTHING, "root", "the tag that was asked for", [])


def untold(acts: Acts, tag: Tag, reason: str) -> Verdict:
    """Return the row of a tag of which nothing can be told."""
    return Verdict(None, *_NOTHING, "cannot tell", reason, [str(acts.tweet_id[tag.acts[0]])])


def judged(acts: Acts, tags: Sequence[Tag], tag: Tag, answer: Answer) -> Verdict:
    """Return what is said of a tag, given its probabilities."""
    if tag.authors < LEAST_ADOPTERS:
        few = f"{tag.authors} account{'s' * (tag.authors > 1)} used it, at least "
        return untold(acts, tag, few + f"{LEAST_ADOPTERS} are needed")
    chance, top, none = answer.chance, answer.parent, len(tags)
    outside, independent = float(chance[-2]), float(chance[-1])
    value = outside + independent if top == none else float(chance[top])
    likely = int(np.argmax(chance[:-2]))
    found = answer.child.evidence
    said = _said(found, likely, tags[likely].shown)
    nearest = "no parent" if top == none else f"#{tags[top].shown}"
    held, factor = float(answer.support[top]), answer.bayes_factor
    doubt = _doubt(nearest, value, held, factor if top < none else np.inf)
    verdict = "cannot tell" if doubt else "no parent" if top == none else "descends"
    return Verdict(
        parent=tags[top].name if verdict == "descends" else None,
        probability=value,
        p_family=answer.any_parent,
        p_outside=outside,
        p_independent=independent,
        bayes_factor=factor,
        support=held,
        verdict=verdict,
        reason=f"{doubt}; {said}" if doubt else said,
        evidence=_tweets(acts, found, tags[likely].acts, likely),
    )


def _doubt(nearest: str, value: float, held: float, factor: float) -> str:
    """Return why the likeliest answer is not given, or nothing."""
    if value < SURE:
        return f"the likeliest, {nearest}, has {value:.2f} ({SURE:g} needed)"
    if factor < LEAST_FACTOR:
        return (
            f"{nearest} ({value:.2f}) is likeliest by the tag's form, and its adopters say "
            f"too little (Bayes factor {factor:.1f}, {LEAST_FACTOR:g} needed)"
        )
    if held < _HELD:
        return f"{nearest} ({value:.2f}) rests on too few of its adopters"
    return ""


def _said(found: Evidence, parent: int, name: str) -> str:
    count = len(found.acts)
    used, expected = (
        int(found.used[:, parent].sum()),
        float(np.nansum(found.used_chance[:, parent])),
    )
    seen, both = int(found.exposed[:, parent].sum()), int(found.joint[:, parent].sum())
    text = f"{used} of its first {count} accounts had used #{name}, {expected:.1f} were expected"
    if seen:
        text += f"; {seen} more had retweeted, answered, named or followed one that had"
    return f"{text}; {both} named both in one tweet" if both else text


def _tweets(acts: Acts, found: Evidence, parent: NDArray[np.int32], column: int) -> list[str]:
    """Return the first adopters' tweets, each followed by his last earlier one with the parent."""
    listed: list[str] = []
    for act, used in zip(found.acts, found.used[:, column], strict=True):
        if len(listed) >= _EVIDENCE_MOST:
            break
        listed.append(str(acts.tweet_id[act]))
        own = parent[(acts.author[parent] == acts.author[act]) & (acts.at[parent] < acts.at[act])]
        if used and len(own):
            listed.append(str(acts.tweet_id[own[-1]]))
    return list(dict.fromkeys(listed))
