"""The family of a hashtag: which tags came from it, and from which of them."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._random import resolve_seed, stream
from spread.hashtags._acts import NEVER, Acts
from spread.hashtags._candidates import Found, find
from spread.hashtags._collection import Collection, collection
from spread.hashtags._evidence import Evidence, gather
from spread.hashtags._naive import Older, answers
from spread.hashtags._posterior import Child, posterior, support
from spread.hashtags._template import Template, matching
from spread.tables import Table, instants
from spread.text import html_card, html_table

__all__ = ["Family", "family"]

LEAST_ADOPTERS = 3
NONE_OF_A_FORM = (0.25, 0.9)
NONE_WITHOUT_A_FORM = 0.5
OTHER_FORM = 0.2
_SURE = 0.5
_MEMBERS_MOST = 200
_EVIDENCE_MOST = 6
_SHOWN_MOST = 12
_SHARED_LEAST = 2


@dataclass(frozen=True)
class Family:
    """The tags that came, or may have come, from a root; see `family`.

    Attributes
    ----------
    root
        The root's key.
    cannot_tell
        Why no descent can be read from this archive, or None.
    collection
        What `collection` returns.
    members
        The root first, then a row a tag in order of first use: `hashtag`, `shown`, `kind`
        (root, template or adopters), `template`, `tweets`, `authors`, `first_at`,
        `first_tweet_id`, `first_author_id` (the first in this archive, so its inventor only
        if nothing older is missing), `parent` (null when there is none or it cannot be
        told), `probability` (of the verdict: of that parent, or of none; of the likeliest
        when it cannot be told), `p_family` (of any parent among the members: with a low
        `probability` the tag is of the family, but from which member is open; for a tag of
        the root's form the prior alone gives up to 0.75), `support` (share of redrawn
        adopters that give the same answer), `verdict` (descends, no parent, cannot tell),
        `reason`, `evidence` (tweet ids: the first adopters' tweets, and their earlier ones
        with the parent), `naive_parent` (the older tag with which it goes together most).
    links
        `child`, `parent` (null = no parent), `probability`: all of them; 1 in sum a child.
    merged
        `variant`, `hashtag`, `reason`: misspellings, counted as the tag they stand for.
    unclear
        The same columns: one letter apart, yet not merged.
    companions
        `hashtag`, `shown`, `tweets`, `authors`, `together`: every other tag that two or
        more users of the root used as well, older or newer; nothing is said of descent.
    seed
        Decides the redrawn adopters.
    naive
        What simple rules would say, a row a child: `hashtag`, `together` (older tag of
        highest NPMI), `largest` (older tag with most tweets), `similar` (older tag whose
        name is most alike).
    """

    root: str
    cannot_tell: str | None
    collection: Collection
    members: pd.DataFrame
    links: pd.DataFrame
    merged: pd.DataFrame
    unclear: pd.DataFrame
    companions: pd.DataFrame
    seed: int
    naive: pd.DataFrame

    def __repr__(self) -> str:
        if self.cannot_tell:
            return f"Family(#{self.root}: {self.cannot_tell})"
        counts = self.members["verdict"].value_counts()
        told = ", ".join(
            f"{counts.get(verdict, 0)} {verdict}"
            for verdict in ("descends", "no parent", "cannot tell")
        )
        return f"Family(#{self.root}: {len(self.members) - 1} tags; {told})"

    def _repr_html_(self) -> str:
        facts: dict[str, object] = {"tags": len(self.members) - 1, "seed": self.seed}
        if self.cannot_tell:
            facts = {"answer": self.cannot_tell, **facts}
        listed = self.members.iloc[1 : 1 + _SHOWN_MOST].to_dict("records")
        columns = ["tag", "first used", "authors", "came from", "probability", "why"]
        return html_card(f"The family of #{self.root}", facts) + html_table(
            columns, [_cells(row) for row in listed]
        )


def _cells(row: dict[Hashable, Any]) -> tuple[object, ...]:
    told = row["verdict"] if pd.isna(row["parent"]) else f"#{row['parent']}"
    probability = "" if pd.isna(row["probability"]) else f"{row['probability']:.2f}"
    at = f"{row['first_at']:%Y-%m-%d %H:%M} UTC"
    return (f"#{row['shown']}", at, row["authors"], told, probability, row["reason"])


def family(tweets: Table, root: str, *, rng: np.random.Generator | int | None = None) -> Family:
    """Return which tags came from a root, and from which of the family each came.

    A possible parent of a tag is any member of the family that was used before it; the
    order of first uses so makes the children independent, and the posterior over forests
    is the product of theirs. For each child c and parent p,

        log odds(p : none) = log prior + sum_i rho^(i-1) log P(e_i | p) / P(e_i | none)

    over the first 15 adopters i in time, rho = 0.6. e_i says whether the adopter had used
    p before, or had turned within a day to an account that had, and whether the adopting
    tweet holds p too. P(e | none) comes from accounts that act at that time with as many
    tweets behind them and never adopt c; P(e | p) lets a share of adopters come another
    way. That share, and how far the size of p counts, are shared by all children and
    summed over. The prior of "no parent" (which includes a parent outside the archive) is,
    for a tag of the root's form, the share of such forms that letters alone explain, kept
    within 0.25 and 0.9; for other tags 0.5. A parent of another form than the child has a
    fifth of the weight.

    The verdict is `descends` or `no parent` when that has a probability of 0.5 or more, and
    comes first in half of 200 redrawings of the adopters; else `cannot tell`. It is also
    `cannot tell` with fewer than 3 adopters, and for all tags when the archive was
    collected by the root or by another tag.

    Parameters
    ----------
    tweets
        As `usage`, with times; `retweet_author_id`, `reply_author_id`, `quote_author_id`
        and `mentions`, where known, show who was exposed.
    root
        The tag, with or without #, in any case.
    rng
        Decides the redrawn adopters of `support`.

    Returns
    -------
    Family

    Raises
    ------
    UsageError
        The root never occurs: the nearest tags are named.

    Notes
    -----
    What it does not see: accounts that read and never act, parents outside the archive,
    and who fed the growth of a tag afterwards. In an archive with holes the first tweets
    of parent and child may be missing; the probabilities then fall, the verdicts become
    "cannot tell".

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": ["1", "2"], "author_id": ["ann", "bob"],
    ...     "hashtags": [["mynypd"], ["mynypd", "mylapd"]],
    ...     "at": pd.to_datetime(["2014-04-22T18:00Z", "2014-04-22T18:05Z"])})
    >>> family(tweets, "#myNYPD", rng=1)
    Family(#mynypd: cannot tell: collected by this tag (...)

    References
    ----------
    L. Adamic, T. Lento, E. Adar, P. Ng (2016), WSDM, doi:10.1145/2835776.2835827, on
    lineages of shared texts; F. Saracco et al. (2017), doi:10.1088/1367-2630/aa6b38.
    """
    seed = resolve_seed(rng)
    how = collection(tweets, root)
    found = find(tweets, how["root"])
    tags = _members(found, how["root"])
    children = [] if how["cannot_tell"] else _children(found, tags)
    chances = posterior(children)
    members = _table(found, tags, children, chances, how, seed)
    naive = answers(
        [Older(t.name, t.first_us, t.tweets, np.unique(found.acts.author[t.acts])) for t in tags],
        found.acts.authors,
    )
    members["naive_parent"] = pd.Series([None, *naive["together"]], dtype="str")
    return Family(
        root=how["root"],
        cannot_tell=how["cannot_tell"],
        collection=how,
        members=members,
        links=_links(tags, children, chances),
        merged=found.merged,
        unclear=found.unclear,
        companions=_companions(found, tags),
        seed=seed,
        naive=naive,
    )


@dataclass(frozen=True)
class _Tag:
    """A member: its name, number, tweets and what `candidates` says of it."""

    name: str
    shown: str
    kind: str
    template: Template | None
    acts: NDArray[np.int32]
    tweets: int
    authors: int
    first_us: int


def _members(found: Found, root: str) -> list[_Tag]:
    """Return the root and the tags that may descend from it, in order of first use."""
    acts, table = found.acts, found.table
    kinds = dict(zip(table["hashtag"], table["kind"], strict=True))
    names = [name for name, kind in kinds.items() if kind in ("template", "adopters")]
    shown = dict(zip(found.used["hashtag"], found.used["shown"], strict=True))
    tags = []
    for name in [root, *names[:_MEMBERS_MOST]]:
        held = acts.acts_with(acts.code(name))
        own = held[acts.collected[held]]
        authors = len(np.unique(acts.author[own]))
        template = matching(name, found.templates)
        kind = kinds.get(name, "root") if name != root else "root"
        first_us = int(acts.at[held[0]])
        tags.append(_Tag(name, shown[name], kind, template, held, len(own), authors, first_us))
    return [tags[0], *sorted(tags[1:], key=lambda tag: (tag.first_us, tag.name))]


def _companions(found: Found, tags: Sequence[_Tag]) -> pd.DataFrame:
    acts = found.acts
    of_root = acts.first_use(tags[0].acts) != NEVER
    own = acts.collected[acts.use_act]
    pair = acts.use_tag[own].astype(np.int64) * acts.authors + acts.author[acts.use_act[own]]
    tag, author = np.divmod(np.unique(pair), acts.authors)
    together = np.bincount(tag[of_root[author]], minlength=len(acts.tags))
    members = {member.name for member in tags} | set(found.merged["variant"])
    table = found.used.merge(pd.DataFrame({"hashtag": acts.tags, "together": together}))
    table = table[~table["hashtag"].isin(members) & (table["together"] >= _SHARED_LEAST)]
    table = table.sort_values(["together", "hashtag"], ascending=[False, True], ignore_index=True)
    return table[["hashtag", "shown", "tweets", "authors", "together"]]


def _children(found: Found, tags: Sequence[_Tag]) -> list[Child]:
    acts = found.acts
    codes = [acts.code(tag.name) for tag in tags]
    firsts = [acts.first_use(tag.acts) for tag in tags]
    evidence = gather(acts, codes[1:], [tag.acts for tag in tags])
    return [
        Child(
            evidence=one,
            allowed=np.array([tag.first_us < child.first_us for tag in tags]),
            fit=np.array([_fit(child, tag) for tag in tags]),
            size=np.array([(first < child.first_us).sum() for first in firsts], float),
            none=_none(child),
        )
        for child, one in zip(tags[1:], evidence, strict=True)
    ]


def _fit(child: _Tag, parent: _Tag) -> float:
    """Return how well the parent's form explains the child's, 1 for the same template."""
    if child.template is None or parent.kind == "root":
        return 1.0
    return 1.0 if child.template.fits(parent.name) else OTHER_FORM


def _none(child: _Tag) -> float:
    if child.template is None:
        return NONE_WITHOUT_A_FORM
    by_letters = child.template.expected / child.template.types
    return float(np.clip(by_letters, *NONE_OF_A_FORM))


def _table(
    found: Found,
    tags: Sequence[_Tag],
    children: Sequence[Child],
    chances: Sequence[NDArray[np.float64]],
    how: Collection,
    seed: int,
) -> pd.DataFrame:
    acts = found.acts
    rows = []
    for i, tag in enumerate(tags):
        if i == 0:
            verdict = _Verdict(
                None, np.nan, np.nan, np.nan, "root", "the tag that was asked for", []
            )
        elif not children:
            verdict = _untold(acts, tag, str(how["cannot_tell"]))
        else:
            rows_of = support(children[i - 1], stream(seed, i))
            verdict = _judged(acts, tags, tag, children[i - 1], chances[i - 1], rows_of)
        rows.append(
            {
                "hashtag": tag.name,
                "shown": tag.shown,
                "kind": tag.kind,
                "template": tag.template.shown if tag.template else None,
                "tweets": tag.tweets,
                "authors": tag.authors,
                "first_at": tag.first_us,
                "first_tweet_id": acts.tweet_id[tag.acts[0]],
                "first_author_id": acts.author_ids[acts.author[tag.acts[0]]],
                **vars(verdict),
            }
        )
    table = pd.DataFrame(rows)
    table["first_at"] = instants(table["first_at"].to_numpy(np.int64))
    return table.astype({"parent": "str", "template": "str"})


@dataclass(frozen=True)
class _Verdict:
    parent: str | None
    probability: float
    p_family: float
    support: float
    verdict: str
    reason: str
    evidence: list[str]


def _untold(acts: Acts, tag: _Tag, reason: str) -> _Verdict:
    first = [str(acts.tweet_id[tag.acts[0]])]
    return _Verdict(None, np.nan, np.nan, np.nan, "cannot tell", reason, first)


def _judged(
    acts: Acts,
    tags: Sequence[_Tag],
    tag: _Tag,
    child: Child,
    chance: NDArray[np.float64],
    supported: NDArray[np.float64],
) -> _Verdict:
    if tag.authors < LEAST_ADOPTERS:
        few = f"{tag.authors} account{'s' * (tag.authors > 1)} used it, at least "
        return _untold(acts, tag, few + f"{LEAST_ADOPTERS} are needed")
    top = int(np.argmax(chance))
    value, held, any_parent = float(chance[top]), float(supported[top]), float(1 - chance[-1])
    likely = int(np.argmax(chance[:-1]))
    found = child.evidence
    said = _said(found, likely, tags[likely].shown)
    tweets = _tweets(acts, found, tags[likely].acts, likely)
    nearest = "no parent" if top == len(tags) else f"#{tags[top].shown}"
    if value < _SURE:
        reason = f"the likeliest, {nearest}, has {value:.2f}; {said}"
        return _Verdict(None, value, any_parent, held, "cannot tell", reason, tweets)
    if held < _SURE:
        reason = f"{nearest} ({value:.2f}) rests on too few of its adopters; {said}"
        return _Verdict(None, value, any_parent, held, "cannot tell", reason, tweets)
    if top == len(tags):
        return _Verdict(None, value, any_parent, held, "no parent", said, tweets)
    return _Verdict(tags[top].name, value, any_parent, held, "descends", said, tweets)


def _said(found: Evidence, parent: int, name: str) -> str:
    count = len(found.acts)
    used, expected = (
        int(found.used[:, parent].sum()),
        float(np.nansum(found.used_chance[:, parent])),
    )
    seen = int(found.exposed[:, parent].sum())
    text = f"{used} of its first {count} accounts had used #{name}, {expected:.1f} were expected"
    return f"{text}; {seen} more had retweeted, answered or named one that had" if seen else text


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
    return listed


def _links(
    tags: Sequence[_Tag], children: Sequence[Child], chances: Sequence[NDArray[np.float64]]
) -> pd.DataFrame:
    names = [*(tag.name for tag in tags), None]
    rows = [
        (tag.name, names[column], float(chance[column]))
        for tag, child, chance in zip(tags[1:], children, chances, strict=False)
        for column in [*np.flatnonzero(child.allowed).tolist(), len(tags)]
        if tag.authors >= LEAST_ADOPTERS
    ]
    table = pd.DataFrame(rows, columns=["child", "parent", "probability"])
    return table.astype({"child": "str", "parent": "str", "probability": "float64"})
