"""The family of a hashtag: which tags came from it, and from which of them."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from spread._distinct import distinct
from spread._random import resolve_seed, stream
from spread.hashtags._acts import Acts
from spread.hashtags._candidates import Found, find
from spread.hashtags._collection import Collection, described
from spread.hashtags._completeness import Completeness, completeness, same_inventors
from spread.hashtags._members import LEAST_ADOPTERS, Tag, children_of, companions, members_of
from spread.hashtags._naive import Older, answers, by_first_adopter
from spread.hashtags._posterior import solved, support, tree
from spread.hashtags._recruitment import recruitment
from spread.hashtags._usage import usage, whole
from spread.hashtags._verdict import Answer, Verdict, judged, of_root, untold
from spread.tables import Table, instants
from spread.text import html_card, html_table

__all__ = ["Family", "family"]

_SHOWN_MOST = 12
_SURE = 0.5
_RECRUITED = 1_000_001
_INVENTED = 1_000_002


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
        (root, template, form or adopters), `template` (its family by form), `tweets`,
        `authors`, `first_at`, `first_tweet_id`, `first_author_id` (the first known here;
        the tweet is the retweet that shows it, where the original was not collected),
        `p_same_inventor` (the probability that no missing tweet makes another the first;
        null where the archive does not show how much is missing), `parent` (null when there
        is none or it cannot be told), `probability` (of the verdict: of that parent, or of
        none; of the likeliest when it cannot be told), `p_family` (of any parent among the
        members: with a low `probability` the tag is of the family, but from which member is
        open; for a tag of the root's form the prior alone gives up to 0.8), `p_outside` and
        `p_independent` (the rest: a parent outside the archive, or invented independently),
        `bayes_factor` (of any parent here against none, freed of the prior), `support`
        (share of redrawn adopters that give the same answer), `verdict` (descends, no
        parent, cannot tell), `reason`, `evidence` (tweet ids: the first adopters' tweets,
        and their earlier ones with the parent), `naive_parent` (the older tag with which it
        goes together most).
    links
        `child`, `parent` (null = no parent here), `probability` (1 in sum a child),
        `support`, and of the first adopters how many had `used` the parent (`expected` by
        chance), were `exposed` to it, and named both in one tweet (`joint`).
    recruitment
        What fed the growth, a question apart from the parent: `child`, `source` (another
        tag; the child itself: its own users; null: not seen here), `share`, `share_low`,
        `share_high` of the adopters after the first.
    resolved
        The share of right answers that the tree may expect, the mean of its children's
        highest probabilities. Below 0.5 it is a family and not a tree; NaN without one.
    complete, complete_low, complete_high
        The share of tweets that the archive holds, from retweets whose original it holds
        too, with its 95 % interval; NaN when there are too few.
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
        name is most alike), `first_adopter` (the tag that its first adopter used last).
    """

    root: str
    cannot_tell: str | None
    collection: Collection
    members: pd.DataFrame
    links: pd.DataFrame
    recruitment: pd.DataFrame
    resolved: float
    complete: float
    complete_low: float
    complete_high: float
    merged: pd.DataFrame
    unclear: pd.DataFrame
    companions: pd.DataFrame
    seed: int
    naive: pd.DataFrame

    def __repr__(self) -> str:
        if self.cannot_tell:
            return f"Family(#{self.root}: cannot tell: {self.cannot_tell})"
        counts = self.members["verdict"].value_counts()
        told = ", ".join(
            f"{counts.get(verdict, 0)} {verdict}"
            for verdict in ("descends", "no parent", "cannot tell")
        )
        drawn = "; a family, not a tree" if self.resolved < _SURE else ""
        return f"Family(#{self.root}: {len(self.members) - 1} tags; {told}{drawn})"

    def _repr_html_(self) -> str:
        facts: dict[str, object] = {"tags": len(self.members) - 1, "seed": self.seed}
        if self.cannot_tell:
            facts = {"answer": f"cannot tell: {self.cannot_tell}", **facts}
        listed = self.members.iloc[1 : 1 + _SHOWN_MOST].to_dict("records")
        columns = ["tag", "first used", "authors", "came from", "probability", "why"]
        shown = dict(zip(self.members.hashtag, self.members.shown, strict=True))
        title = f"The family of #{shown.get(self.root, self.root)}"
        return html_card(title, facts) + html_table(columns, [_cells(row, shown) for row in listed])


def _cells(row: dict[Hashable, Any], shown: dict[str, str]) -> tuple[object, ...]:
    told = row["verdict"] if pd.isna(row["parent"]) else f"#{shown[row['parent']]}"
    probability = "" if pd.isna(row["probability"]) else f"{row['probability']:.2f}"
    at = f"{row['first_at']:%Y-%m-%d %H:%M} UTC"
    return (f"#{row['shown']}", at, row["authors"], told, probability, row["reason"])


def family(
    tweets: Table,
    root: str,
    *,
    follows: Table | None = None,
    lexicon: Sequence[str] = (),
    rng: np.random.Generator | int | None = None,
) -> Family:
    """Return which tags came from a root, and from which of the family each came.

    A possible parent of a tag is any member of the family that was used before it. Where
    that order is certain, the children are independent, and the posterior over forests is
    the product of theirs; where first tweets may be missing, tags that may each be the
    older are taken together (matrix-tree theorem), and the tree shown is the likeliest
    arborescence. For each child c and parent p,

        log odds(p : none) = log prior + sum_i rho^(i-1) log P(e_i | p) / P(e_i | none)

    over the first 15 adopters i in time, rho = 0.6. e_i says whether the adopter had used p
    before, or had turned within a day to (or follows) an account that had; originals that only a
    retweet shows count as tweets. P(e | none) comes from accounts that act at that time with as
    many tweets behind them and never adopt c, drawn towards the share of all accounts; P(e | p)
    lets a share of adopters come another way. To this is added how many of the first adopters' own
    tweets hold p too, against how many of other tags' first tweets do at that time: there, as a
    beta-binomial law over up to 200 tags outside the family, some of which always stand beside p.
    Five unknowns are shared by all children and summed over: the share of inventors who had only
    read p (none at all has a prior of 3/5, any share alike the rest; who had only read p had never
    used it), that of later adopters who came another way, how many of the others had used p, how
    often p is named beside c, and whether parents are drawn evenly or by size. An archive that
    lacks a share of its tweets hides as large a share of the inventors' use.
    The prior of "no parent here" is, for a tag of the root's form, the share of such forms
    that letters alone explain, kept within 0.2 and 0.9; for other tags 0.5. A parent of
    another form than the child has a fifth of the weight; with a first use that may be the
    later one, also the probability that it is the earlier.
    Half of "no parent here" is a parent outside, half independence;
    only first adopters who are themselves new to the archive tell the two apart.

    The verdict is `descends` or `no parent` when that has a probability of 0.8 or more (nine in
    ten of these were right on simulated archives of six kinds), and comes first in half of 200
    redrawings of the adopters; `descends` also needs a Bayes factor of 2.5 for a parent against
    none. Else it is `cannot tell`. It is also `cannot tell` with fewer than 3 adopters, and for
    all tags when the archive was collected by the root or by another tag.

    Parameters
    ----------
    tweets
        As `usage`, with times; `retweet_author_id`, `reply_author_id`, `quote_author_id`
        and `mentions`, where known, show who was exposed; `retweet_of` how much is missing.
    root
        The tag, with or without #, in any case.
    follows
        A table of `follower_id` and `followed_id`, where it is known who follows whom.
    lexicon
        Words of the domain (names of agencies, in any language); a tag that holds one, and
        shares early adopters with the family, may belong to it. None are built in.
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
    What it does not see: accounts that read and never act. A tag that half of all accounts
    have used can hardly be shown to be the parent of another by use before: one inventor
    then gives a Bayes factor of 2 at most, below the 2.5 that a parent needs, and only the
    adopters after him, or tweets that name both tags, can pass it. In an archive with
    holes the first tweets of parent and child may be missing; the probabilities then fall,
    the verdicts become "cannot tell".

    What the probabilities are worth, in simulated families of 16 tags (docs/calibration.md):
    they come true where all inventors had used the parent, be parents drawn evenly or by
    size, with half of the tweets where they are drawn evenly, and over archives of which a
    third each had none, 1/3 and 2/3 of inventors who only read. A dozen tags cannot settle
    the shared unknowns in every kind of archive: where parents are drawn by size and half of
    the tweets are lost, the probabilities are too modest (0.56 said, 0.68 true); where two
    thirds of the inventors only read, too bold (0.48 said, 0.38 true).
    A true child whose first tweets never name the parent, where its sisters' do, looks like
    an independent tag, and may be called one.

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
    L. Adamic, T. Lento, E. Adar, P. Ng (2016), WSDM, https://doi.org/10.1145/2835776.2835827,
    on lineages of shared texts; F. Saracco et al. (2017),
    https://doi.org/10.1088/1367-2630/aa6b38.
    """
    seed = resolve_seed(rng)
    held = whole(tweets)
    used = usage(held)
    how = described(held, root, used)
    found = find(held, how["root"], used, follows=follows, lexicon=lexicon)
    acts, tags = found.acts, members_of(found, how["root"])
    complete = completeness(acts)
    told = [] if how["cannot_tell"] else _answers(found, tags, complete, seed)
    members = _table(acts, tags, told, how, complete, seed)
    naive = answers(
        [Older(t.name, t.first_us, t.tweets, distinct(acts.author[t.acts])) for t in tags],
        acts.authors,
    )
    used_last = by_first_adopter(acts, [tag.acts for tag in tags])[1:]
    names = [None if place is None else tags[place].name for place in used_last]
    naive["first_adopter"] = pd.Series(names, dtype="str")
    members["naive_parent"] = pd.Series([None, *naive["together"]], dtype="str")
    grown = tags if told else tags[:1]
    return Family(
        root=how["root"],
        cannot_tell=how["cannot_tell"],
        collection=how,
        members=members,
        links=_links(tags, told),
        recruitment=recruitment(acts, grown, stream(seed, _RECRUITED)),
        resolved=_resolved(tags, told),
        complete=complete.share,
        complete_low=complete.share_low,
        complete_high=complete.share_high,
        merged=found.merged,
        unclear=found.unclear,
        companions=companions(found, tags),
        seed=seed,
        naive=naive,
    )


def _answers(found: Found, tags: Sequence[Tag], complete: Completeness, seed: int) -> list[Answer]:
    children = children_of(found, tags, complete)
    missing = 0.0 if np.isnan(complete.share) else 1.0 - complete.share
    chances, unknowns = solved(children, missing)
    parents = tree(children, chances)
    return [
        Answer(child, chance, parent, support(child, unknowns, stream(seed, number)))
        for number, (child, chance, parent) in enumerate(
            zip(children, chances, parents, strict=True), 1
        )
    ]


def _resolved(tags: Sequence[Tag], told: Sequence[Answer]) -> float:
    asked = [
        max(float(answer.chance[:-2].max()), float(answer.chance[-2:].sum()))
        for tag, answer in zip(tags[1:], told, strict=False)
        if tag.authors >= LEAST_ADOPTERS
    ]
    return float(np.mean(asked)) if asked else np.nan


def _table(
    acts: Acts,
    tags: Sequence[Tag],
    told: Sequence[Answer],
    how: Collection,
    complete: Completeness,
    seed: int,
) -> pd.DataFrame:
    rows = [
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
            **vars(_row(acts, tags, number, told, how)),
        }
        for number, tag in enumerate(tags)
    ]
    table = pd.DataFrame(rows)
    rng = stream(seed, _INVENTED)
    same = same_inventors(acts, [tag.acts for tag in tags], complete.share, rng)
    table.insert(table.columns.tolist().index("parent"), "p_same_inventor", same)
    table["first_at"] = instants(table["first_at"].to_numpy(np.int64))
    return table.astype({"parent": "str", "template": "str"})


def _row(
    acts: Acts, tags: Sequence[Tag], number: int, told: Sequence[Answer], how: Collection
) -> Verdict:
    if number == 0:
        return of_root()
    if not told:
        return untold(acts, tags[number], str(how["cannot_tell"]))
    return judged(acts, tags, tags[number], told[number - 1])


def _links(tags: Sequence[Tag], told: Sequence[Answer]) -> pd.DataFrame:
    rows = []
    for tag, answer in zip(tags[1:], told, strict=False):
        if tag.authors < LEAST_ADOPTERS:
            continue
        found, held = answer.child.evidence, answer.support
        for place in np.flatnonzero(answer.child.before).tolist():
            row = (tag.name, tags[place].name, float(answer.chance[place]), float(held[place]))
            counts = [int(a[:, place].sum()) for a in (found.used, found.exposed, found.joint)]
            rows.append((*row, *counts, float(np.nansum(found.used_chance[:, place]))))
        nothing = (None, float(answer.chance[-2:].sum()), float(held[-1]))
        rows.append((tag.name, *nothing, 0, 0, 0, np.nan))
    columns = ["child", "parent", "probability", "support", "used", "exposed", "joint", "expected"]
    table = pd.DataFrame(rows, columns=columns)
    types = {"child": "str", "parent": "str"}
    types |= dict.fromkeys(["probability", "support", "expected"], "float64")
    types |= dict.fromkeys(["used", "exposed", "joint"], "int64")
    return table.astype(types)
