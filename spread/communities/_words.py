"""What each community says that the others do not."""

import re
from itertools import chain
from typing import Any, Final, NamedTuple

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_count, require_instance, require_number, require_one_of
from spread._distinct import distinct
from spread._intervals import Z_95
from spread.communities._partition import Partition
from spread.tables import TWEETS, Table, codes, expression

__all__ = ["KINDS", "distinctive"]

KINDS: Final = ("hashtag", "word")
_NOT_WORDS: Final = re.compile(r"(?:https?://|www\.)\S+|[@＠#＃]\w+|&\w+;")
# Tweets at a time: their words are ten times as many.
_ROWS: Final = 100_000
_WORD: Final = re.compile(r"[^\W\d_][\w'’]*\w")


def distinctive(
    tweets: Table,
    partition: Partition,
    *,
    of: str = "word",
    most: int = 10,
    prior: float = 500.0,
) -> pd.DataFrame:
    """Return the hashtags or words that mark each community against all others.

    With y_w the accounts of a community that used a term, n their sum over terms, y'_w and
    n' those of all other communities, and α_w the term's share of all uses times `prior`:
    δ_w = ln[(y_w + α_w) / (n + α_0 − y_w − α_w)] − ln[(y'_w + α_w) / (n' + α_0 − y'_w − α_w)],
    with variance 1/(y_w + α_w) + 1/(y'_w + α_w). An account counts once per term, however
    often it tweets; retweets count as what the account passes on. Only accounts of the
    partition and collected tweets count. Terms with δ ≤ 0 are left out.

    Many terms are compared at once: a z of 2 is not a finding, and the words a reader
    sees are the largest of many.

    Parameters
    ----------
    tweets
        With `author_id`, and `hashtags` or `text`.
    partition
        What `detect` returned.
    of
        `hashtag`, or `word`: two or more letters between spaces or signs, casefolded,
        without links, mentions and hashtags. Languages that put no space between words
        come out as phrases.
    most
        How many terms a community.
    prior
        α_0, in uses: how much a community's use of a term is pulled to everyone's.

    Returns
    -------
    DataFrame
        community, term, accounts (of the community), elsewhere (accounts of others),
        log_odds, log_odds_low, log_odds_high (95 %), z; by community, then z descending.

    Raises
    ------
    UsageError
        `of` is unknown, or a number is out of range.
    MissingColumnError
        A column is missing.

    References
    ----------
    Monroe, Colaresi & Quinn (2008), https://doi.org/10.1093/pan/mpn018.

    Examples
    --------
    >>> import igraph
    >>> from spread import communities
    >>> graph = igraph.Graph.Full(3) + igraph.Graph.Full(3)
    >>> found = communities.detect(graph, rng=1)
    >>> said = pd.DataFrame({"author_id": list("012345"), "hashtags": [["a"]] * 3 + [["b"]] * 3})
    >>> distinctive(said, found, of="hashtag")[["community", "term", "accounts"]]
       community term  accounts
    0          0    a         3
    1          1    b         3
    """
    require_one_of("of", of, KINDS)
    require_count("most", most)
    require_number("prior", prior, above=0)
    require_instance("partition", partition, Partition, "what communities.detect returns")
    uses = _hashtags(tweets) if of == "hashtag" else _words(tweets)
    counts = _counted(uses, partition)
    # A term says nothing where it is the only one.
    table = _log_odds(counts if counts["term"].nunique() > 1 else counts[:0], prior)
    table = table[table["log_odds"] > 0].sort_values(
        ["community", "z", "term"], ascending=[True, False, True]
    )
    return table.groupby("community").head(most).reset_index(drop=True)


class _Uses(NamedTuple):
    """Who used what: distinct places among `authors` and `terms`, as author × terms + term."""

    pairs: NDArray[np.int64]
    authors: NDArray[Any]
    terms: NDArray[Any]


def _log_odds(counts: pd.DataFrame, prior: float) -> pd.DataFrame:
    by_term = counts.groupby("term")["accounts"].transform("sum").to_numpy(dtype=float)
    ours = counts["accounts"].to_numpy(dtype=float)
    ours_total = counts.groupby("community")["accounts"].transform("sum").to_numpy(dtype=float)
    total, theirs = ours.sum(), by_term - ours
    weight = prior * by_term / total if total else by_term
    odds = np.log(ours + weight) - np.log(ours_total + prior - ours - weight)
    odds -= np.log(theirs + weight) - np.log(total - ours_total + prior - theirs - weight)
    deviation = np.sqrt(1 / (ours + weight) + 1 / (theirs + weight))
    return counts.assign(
        elsewhere=theirs.astype("int64"),
        log_odds=odds,
        log_odds_low=odds - Z_95 * deviation,
        log_odds_high=odds + Z_95 * deviation,
        z=odds / deviation,
    )


def _counted(uses: _Uses, partition: Partition) -> pd.DataFrame:
    """Return how many accounts of each community used each term; O(uses log uses)."""
    labels = pd.Series(partition.labels, pd.Index(partition.nodes, dtype="str"))
    community = labels.reindex(uses.authors, fill_value=-1).to_numpy(np.int64)
    size = max(len(uses.terms), 1)
    of = community[uses.pairs // size]
    cells, accounts = np.unique((of * size + uses.pairs % size)[of >= 0], return_counts=True)
    terms = pd.Series(uses.terms[cells % size], dtype="str")
    return pd.DataFrame({"community": cells // size, "term": terms, "accounts": accounts})


def _hashtags(tweets: Table) -> _Uses:
    rows = _collected(tweets, "hashtags")
    table = rows.select("author_id", term=rows["hashtags"].unnest()).to_pyarrow()
    (author,), authors = codes(table["author_id"])
    (term,), terms = codes(table["term"])
    known = (author >= 0) & (term >= 0)
    return _Uses(
        distinct(author[known].astype(np.int64) * len(terms) + term[known]), authors, terms
    )


def _words(tweets: Table) -> _Uses:
    table = _collected(tweets, "text").to_pyarrow()
    (author,), authors = codes(table["author_id"])
    # A text that is passed on comes once an author: its words are sought once.
    texts = table["text"].combine_chunks().dictionary_encode()
    number: dict[str, int] = {}
    found = [
        [number.setdefault(word, len(number)) for word in _words_of(said)]
        for said in texts.dictionary.to_pylist()
    ]
    many = np.array([*map(len, found), 0])
    # The number of a word by its place in the sorted vocabulary.
    terms = np.array(sorted(number), dtype=object)
    place = np.empty(len(terms), np.int64)
    place[[number[word] for word in terms]] = np.arange(len(terms))
    said = place[np.fromiter(chain.from_iterable(found), np.int64, many.sum())]
    start, text = np.cumsum(many) - many, texts.indices.fill_null(-1).to_numpy()
    parts = []
    for first in range(0, len(author), _ROWS):
        rows = slice(first, first + _ROWS)
        known = author[rows] >= 0
        who, what = author[rows][known].astype(np.int64), text[rows][known]
        words = many[what]
        within = np.arange(words.sum()) - np.repeat(np.cumsum(words) - words, words)
        uses = said[np.repeat(start[what], words) + within]
        parts.append(distinct(np.repeat(who, words) * len(terms) + uses))
    pairs = distinct(np.concatenate(parts)) if parts else np.empty(0, np.int64)
    return _Uses(pairs, authors, terms)


def _words_of(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(_NOT_WORDS.sub(" ", text))}


def _collected(tweets: Table, column: str) -> ibis.Table:
    rows = expression(tweets, TWEETS, ["author_id", column], optional=["origin"])
    return rows.filter((rows["origin"].isnull()) | (rows["origin"] == "collected"))
