"""What an explorer counts: the tweets of a study, in bins of time, by account, tag and place.

Texts are not in it. A choice of a window, an account, a tag and a place is answered by counts
in O(tweets), some milliseconds for 100,000.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread import places, tables
from spread.study import Study

__all__ = ["KINDS", "Choice", "Index", "counts", "in_window", "index", "kept"]

KINDS = ("account", "tag", "place")

_BINS_MOST = 600
_STEPS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10_080, 43_200, 525_600)
_STEPS_US = tuple(60_000_000 * minutes for minutes in _STEPS_MIN)
_TAGS_MOST = 30


@dataclass(frozen=True)
class Choice:
    """A window from bin `first` to bin `last`, and codes of what is picked; -1 for nothing."""

    first: int
    last: int
    account: int = -1
    tag: int = -1
    place: int = -1


@dataclass(frozen=True, repr=False)
class Index:
    """The tweets of a study in the order of time.

    Attributes
    ----------
    tweet_id, bin
        A value a tweet; the bins lie between `edges`, in microseconds since 1970.
    voice
        What each tweet gives voice to: itself, or the original that it retweets.
    names
        For each of account, tag and place, what can be picked: user ids, keys, place ids.
    pairs
        For each of them, rows of tweets and codes of names. A tweet is its author's, and
        the account's that it retweets; it lies in the place of its author.
    timeline
        hashtag, start_at, end_at, tweets, authors: all tweets, bin by bin.
    """

    tweet_id: NDArray[np.object_]
    voice: NDArray[np.object_]
    bin: NDArray[np.int64]
    edges: NDArray[np.int64]
    names: Mapping[str, tuple[str, ...]]
    pairs: Mapping[str, tuple[NDArray[np.int64], NDArray[np.int64]]]
    timeline: pd.DataFrame

    @property
    def everything(self) -> Choice:
        """The choice of all tweets."""
        return Choice(0, len(self.edges) - 2)

    def bins(self, low: int, high: int) -> tuple[int, int]:
        """Return the first and the last bin that a window touches, both in microseconds."""
        first = int(np.searchsorted(self.edges, low, side="right")) - 1
        last = int(np.searchsorted(self.edges, high, side="left")) - 1
        whole = self.everything
        first = min(max(first, 0), whole.last)
        return first, min(max(last, first), whole.last)

    def __len__(self) -> int:
        return len(self.tweet_id)

    def __repr__(self) -> str:
        return f"<Index of {len(self):,} tweets in {len(self.edges) - 1} bins>"


def index(study: Study) -> Index:
    """Return the collected tweets of a study's window, ready to be counted."""
    tweets = in_window(study)
    read = tweets.select("tweet_id", "author_id", "at", "retweet_of", "retweet_author_id")
    rows = read.to_pyarrow().to_pandas().drop_duplicates("tweet_id")
    rows = rows.sort_values(["at", "tweet_id"], ignore_index=True)
    instants = tables.microseconds(rows["at"])
    edges = _edges(instants)
    tags = tweets.select("tweet_id", hashtag=tweets.hashtags.unnest()).distinct()
    tagged = tags.to_pyarrow().to_pandas()
    home = places.of_users(study.archive.users, study.archive.tweets)
    lived = dict(zip(home["user_id"], home["place_id"], strict=True))
    number = np.arange(len(rows))
    # One that was typed by hand names an author, too, and is a tweet of its own.
    retweeted = rows["retweet_author_id"].where(rows["retweet_of"].notna())
    names = {
        "account": tuple(study.tables["nodes"]["name"]),
        "tag": _tags(study),
        "place": tuple(study.tables["places"]["place_id"].astype(str)),
    }
    found = {
        "account": (
            np.concatenate([number, number]),
            pd.concat([rows["author_id"], retweeted]),
        ),
        "tag": (pd.Index(rows["tweet_id"]).get_indexer(tagged["tweet_id"]), tagged["hashtag"]),
        "place": (number, rows["author_id"].map(lived)),
    }
    pairs = {kind: _pairs(*found[kind], names[kind], len(rows)) for kind in KINDS}
    bins = np.searchsorted(edges, instants, side="right") - 1
    return Index(
        tweet_id=rows["tweet_id"].to_numpy(object),
        voice=rows["retweet_of"].fillna(rows["tweet_id"]).to_numpy(object),
        bin=bins,
        edges=edges,
        names=MappingProxyType(names),
        pairs=MappingProxyType(pairs),
        timeline=_timeline(
            rows["author_id"], *pairs["tag"], bins=bins, edges=edges, tags=names["tag"]
        ),
    )


def in_window(study: Study) -> ibis.Table:
    """Return the collected tweets of a study's window."""
    tweets = study.archive.tweets
    low, high = (ibis.literal(end.to_pydatetime()) for end in (study.start_at, study.end_at))
    inside = (tweets.origin == "collected") & (tweets["at"] >= low) & (tweets["at"] <= high)
    return tweets.filter(inside)


def kept(index: Index, choice: Choice, *, without: str = "") -> NDArray[np.bool_]:
    """Return which tweets a choice holds, one of its parts left out."""
    inside = np.ones(len(index), dtype=bool)
    if without != "window":
        inside = (index.bin >= choice.first) & (index.bin <= choice.last)
    for kind in KINDS:
        code = getattr(choice, kind)
        if kind != without and code >= 0:
            rows, codes = index.pairs[kind]
            of_code = np.zeros(len(index), dtype=bool)
            of_code[rows[codes == code]] = True
            inside &= of_code
    return inside


def counts(index: Index, choice: Choice) -> dict[str, NDArray[np.int64]]:
    """Count the tweets of a choice by account, tag and place, and by tag and bin.

    Each is counted without its own part of the choice, so that what else could be picked
    is seen: the places of a window, though one of them is picked. `timeline` has a row a
    tag and counts all bins.
    """
    counted = {}
    for kind in KINDS:
        rows, codes = index.pairs[kind]
        inside = kept(index, choice, without=kind)[rows]
        counted[kind] = np.bincount(codes[inside], minlength=len(index.names[kind]))
    rows, codes = index.pairs["tag"]
    inside = kept(index, choice, without="window")[rows]
    bins, tags = len(index.edges) - 1, len(index.names["tag"])
    cells = codes[inside] * bins + index.bin[rows[inside]]
    counted["timeline"] = np.bincount(cells, minlength=bins * tags).reshape(tags, bins)
    return counted


def _tags(study: Study) -> tuple[str, ...]:
    """Return the keys of the root, of its family and of the commonest tags."""
    usage = study.tables["usage"].sort_values(["tweets", "hashtag"], ascending=[False, True])
    root = [study.root] if study.root is not None else []
    members = study.tables["members"]["hashtag"].tolist()
    return tuple(dict.fromkeys([*root, *members, *usage["hashtag"]][:_TAGS_MOST]))


def _pairs(
    rows: NDArray[np.int64], values: "pd.Series[str]", names: Sequence[str], size: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each pair of a tweet and a known name once."""
    number = {name: code for code, name in enumerate(names)}
    codes = np.array([number.get(value, -1) for value in values], dtype=np.int64)
    known = (codes >= 0) & (rows >= 0)
    cells = np.unique(codes[known] * max(size, 1) + rows[known])
    return cells % max(size, 1), cells // max(size, 1)


def _edges(instants: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the ends of bins, multiples of a round width since 1970, not too many."""
    low, high = (int(instants[0]), int(instants[-1])) if len(instants) else (0, 0)
    fitting = (step for step in _STEPS_US if (high - low) / step < _BINS_MOST)
    step = next(fitting, _STEPS_US[-1])
    return step * np.arange(low // step, high // step + 2, dtype=np.int64)


def _timeline(
    authors: "pd.Series[str]",
    rows: NDArray[np.int64],
    codes: NDArray[np.int64],
    *,
    bins: NDArray[np.int64],
    edges: NDArray[np.int64],
    tags: Sequence[str],
) -> pd.DataFrame:
    """Return tweets and authors of each tag in each bin that has some."""
    uses = pd.DataFrame({"tag": codes, "bin": bins[rows], "author": authors.to_numpy()[rows]})
    binned = uses.groupby(["tag", "bin"], as_index=False).agg(
        tweets=("author", "size"), authors=("author", "nunique")
    )
    starts, ends = (tables.instants(edges[binned["bin"] + end]) for end in (0, 1))
    shown = np.asarray(tags, dtype=object)[binned["tag"]]
    return binned.assign(hashtag=shown, start_at=starts, end_at=ends)
