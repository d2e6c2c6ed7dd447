"""Which tags may have come from a root, and in what way they look like it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from spread._distinct import distinct, distinct_pairs
from spread.hashtags._acts import Acts, folded, read
from spread.hashtags._association import (
    coins_tail,
    expected_together,
    g_squared,
    npmi,
    q_values,
    upper_tail,
)
from spread.hashtags._evidence import gather
from spread.hashtags._forms import akin, cousins
from spread.hashtags._template import Template, matching, productive
from spread.hashtags._usage import Used, facts, present, usage, whole
from spread.hashtags._variants import near, slips
from spread.tables import Table, instants

__all__ = ["Found", "candidates", "find"]

_ASKED_MOST = 300
_LEAST_ADOPTERS = 5
_FALSE_DISCOVERIES = 0.01
_FALSE_FORMS = 0.05
_USED_BEFORE = 0.5
_LEAST_JOINT = 2
_KINDS = ("template", "variant", "form", "adopters", "companion")
_COLUMNS = (
    *("hashtag", "shown", "kind", "template", "tweets", "authors", "first_at", "together"),
    *("npmi", "g_squared", "expected", "q", "early", "early_expected", "q_early", "joint", "score"),
)


@dataclass(frozen=True)
class Found:
    """Candidates, the templates, what was folded into what, and the archive after that."""

    table: pd.DataFrame
    templates: tuple[Template, ...]
    merged: pd.DataFrame
    unclear: pd.DataFrame
    acts: Acts
    used: pd.DataFrame


def candidates(tweets: Table, root: str, *, lexicon: Sequence[str] = ()) -> pd.DataFrame:
    """Return the tags that may have come from a root: first used after it, and akin to it.

    Parameters
    ----------
    tweets
        As `usage`, with times; `retweet_author_id`, `reply_author_id`, `quote_author_id`
        and `mentions` where known.
    root
        The tag in question, with or without #, in any case.
    lexicon
        Words of the domain, in any language; see `kind`. None are built in.

    Returns
    -------
    DataFrame
        A row a tag. `kind` is `template` (fits a template that the archive's own tags
        show to be alive, named in `template`), `variant` (a misspelling, folded in
        `family`), `form` (holds a word of the lexicon, or five letters of the family's slots,
        as a translation does, and shares early adopters; q < 5 % among such; or begins or
        ends with a word one letter off the template's, as Mi… is to My…, half of its first
        adopters had used the family, and two named both in one tweet), `adopters` (of
        another form, but its first adopters had used the root's
        family beforehand, more than matched accounts had; q < 1 %) or `companion` (shares
        more users than activity alone explains; says nothing about descent). `together`
        counts authors who used both; `npmi`, `g_squared` (Dunning) measure that against
        independence; `expected` and `q` against the bipartite configuration model, which
        respects how active each author is. `early` of the first 15 adopters had used the
        family before, where `early_expected` were to be expected; `q_early` tests that,
        `score` is its standardised excess. `joint` of them named a tag of the family in the
        same tweet, not counting retweets. Sorted by kind, then tweets.

    Raises
    ------
    UsageError
        The root never occurs.

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": list("12345"), "author_id": list("abcde"),
    ...     "hashtags": [["mynypd"], ["mylapd"], ["myopd"], ["myelas"], ["police"]],
    ...     "at": pd.date_range("2014-04-22T18:00Z", periods=5, freq="min")})
    >>> candidates(tweets, "myNYPD")[["hashtag", "kind", "template"]]
    Empty DataFrame
    ...

    References
    ----------
    F. Saracco et al. (2017), https://doi.org/10.1088/1367-2630/aa6b38; T. Dunning (1993),
    Computational Linguistics 19, 61-74.
    """
    held = whole(tweets)
    return find(held, root, usage(held), lexicon=lexicon).table


def find(
    tweets: pa.Table,
    root: str,
    table: pd.DataFrame,
    *,
    follows: Table | None = None,
    lexicon: Sequence[str] = (),
) -> Found:
    """Return the candidates and all that `family` needs besides, given `usage`."""
    used = facts(table)
    key = present(root, {tag: row.tweets for tag, row in used.items()})
    after = [tag for tag in used if tag != key and used[tag].first_us > used[key].first_us]
    slip_of_root = {tag for tag, _ in near(used, [key]) if used[tag].tweets < used[key].tweets}
    templates = productive(key, [tag for tag in after if tag not in slip_of_root])
    forms = {tag: template for tag in after if (template := matching(tag, templates))}
    acts = read(tweets, follows)
    edits = slips(acts, used, [key, *sorted(forms)], templates)
    merged = _resolved(edits)
    acts = folded(acts, dict(zip(merged["variant"], merged["hashtag"], strict=True)))
    gone = set(merged["variant"])
    alive = [tag for tag in after if tag not in gone]
    forms = {tag: forms[tag] for tag in forms if tag not in gone}
    free = [tag for tag in alive if tag not in forms]
    like = akin(free, [key, *forms], templates, lexicon)
    near_form = cousins({tag: used[tag].shown for tag in free}, templates)
    rows = _rows(acts, used, key, alive, forms, like, near_form)
    variants = pd.DataFrame(
        {"hashtag": merged["variant"], "kind": "variant", "template": merged["hashtag"]}
    )
    rows = pd.concat([rows, variants], ignore_index=True) if len(variants) else rows
    unclear = edits[~edits["merge"]].drop(columns="merge").reset_index(drop=True)
    return Found(_finished(rows, used), tuple(templates), merged, unclear, acts, table)


def _resolved(edits: pd.DataFrame) -> pd.DataFrame:
    """Return the merges; a misspelling of a misspelling goes to what that one goes to."""
    merged = edits[edits["merge"]].drop(columns="merge").reset_index(drop=True)
    to = dict(zip(merged["variant"], merged["hashtag"], strict=True))
    final = []
    for target in merged["hashtag"]:
        while target in to:
            target = to[target]
        final.append(target)
    return merged.assign(hashtag=pd.Series(final, dtype="str"))


def _rows(
    acts: Acts,
    used: dict[str, Used],
    root: str,
    tags: list[str],
    forms: dict[str, Template],
    like: set[str],
    near_form: set[str],
) -> pd.DataFrame:
    table = _together(acts, root, tags)
    first = _early(acts, used, root, table, forms, like | near_form)
    table = table.merge(first, on="hashtag", how="left")
    table["template"] = [forms[tag].shown if tag in forms else None for tag in table["hashtag"]]
    shares = (table["together"] > 1) & (table["q"] < _FALSE_DISCOVERIES)
    early = table["q_early"] < _FALSE_DISCOVERIES
    alike = table["hashtag"].isin(like | near_form) & (table["q_early"] < _FALSE_FORMS)
    alike |= table["hashtag"].isin(near_form) & table["close"].eq(True)
    table["kind"] = np.select(
        [table["hashtag"].isin(list(forms)), alike, early, shares],
        ["template", "form", "adopters", "companion"],
        "",
    )
    return table[table["kind"] != ""]


def _together(acts: Acts, root: str, tags: list[str]) -> pd.DataFrame:
    """Return for each tag the authors it shares with the root, against two kinds of chance."""
    own = acts.collected[acts.use_act]
    author, tag = distinct_pairs(acts.author[acts.use_act[own]], acts.use_tag[own])
    of_root = np.zeros(acts.authors, bool)
    of_root[author[tag == acts.code(root)]] = True
    degrees = np.bincount(tag, minlength=len(acts.tags))
    shared = np.bincount(tag[of_root[author]], minlength=len(acts.tags))
    users = np.bincount(author)
    used = degrees > 0  # a misspelling that was folded is used no more
    expected = np.zeros(len(degrees))
    expected[used] = expected_together(users[users > 0], degrees[used], int(of_root.sum()))
    codes = np.array([acts.code(name) for name in tags], int)
    both, size, root_size = shared[codes], degrees[codes], int(of_root.sum())
    total = len(distinct(author))
    return pd.DataFrame(
        {
            "hashtag": pd.Series(tags, dtype="str"),
            "together": both,
            "npmi": npmi(both, size, np.array(root_size), total),
            "g_squared": g_squared(both, size, np.array(root_size), total),
            "expected": expected[codes],
            "q": q_values(upper_tail(both, expected[codes])),
        }
    )


def _early(
    acts: Acts,
    used: dict[str, Used],
    root: str,
    table: pd.DataFrame,
    forms: dict[str, Template],
    like: set[str],
) -> pd.DataFrame:
    """Return how many of a tag's first adopters had used the family, and how many should have."""
    others = [t for t in table["hashtag"] if t not in forms and used[t].authors >= _LEAST_ADOPTERS]
    others = sorted(others, key=lambda t: (t not in like, -used[t].authors, t))[:_ASKED_MOST]
    asked = [*sorted(forms), *others]
    codes = {tag: acts.code(tag) for tag in asked}
    of_family = np.isin(acts.use_tag, [acts.code(root), *(codes[tag] for tag in forms)])
    family = distinct(acts.use_act[of_family])
    named = np.bincount(acts.use_act[of_family], minlength=len(acts.at))
    rows = []
    for tag, found in zip(asked, gather(acts, list(codes.values()), [family]), strict=True):
        # Who acts for the first time had used nothing; who is like nobody tells nothing.
        known = (acts.earlier[found.acts] > 0) & ~np.isnan(found.used_chance[:, 0])
        chance = found.used_chance[known, 0]
        early, expected = int(found.used[known, 0].sum()), float(chance.sum())
        spread = float(np.sqrt((chance * (1 - chance)).sum()))
        score = (early - expected) / spread if spread else 0.0
        # Where hardly anybody has not used the family, use before shows no excess.
        other_than_it = named[found.acts] > int(tag in forms)
        joint, asked_of = int((other_than_it & acts.original[found.acts]).sum()), int(known.sum())
        close = joint >= _LEAST_JOINT and early >= max(_USED_BEFORE * asked_of, _LEAST_JOINT)
        rows.append((tag, early, expected, score, joint, close, coins_tail(early, chance)))
    columns = ["hashtag", "early", "early_expected", "score", "joint", "close", "p"]
    result = pd.DataFrame(rows, columns=columns).astype({"hashtag": "str"})
    # Only tags of another form are asked; those of the form need no such test. Those that
    # look akin are few and asked for themselves.
    q = np.full(len(result), np.nan)
    for group in (set(others) - like, like & set(others)):
        free = result["hashtag"].isin(list(group)).to_numpy()
        q[free] = q_values(result["p"].to_numpy(float)[free])
    return result.assign(q_early=q).drop(columns="p")


def _finished(rows: pd.DataFrame, used: dict[str, Used]) -> pd.DataFrame:
    facts_of = [used[tag] for tag in rows["hashtag"]]
    table = rows.assign(
        shown=pd.Series([f.shown for f in facts_of], index=rows.index, dtype="str"),
        tweets=[f.tweets for f in facts_of],
        authors=[f.authors for f in facts_of],
        first_at=instants([f.first_us for f in facts_of]),
        template=rows["template"].astype("str"),
        order=[_KINDS.index(kind) for kind in rows["kind"]],
    )
    table = table.sort_values(
        ["order", "tweets", "hashtag"], ascending=[True, False, True], ignore_index=True
    )
    return table[list(_COLUMNS)]
