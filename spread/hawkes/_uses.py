"""The uses of a few hashtags as events: own tweets, and the retweets that hang on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_instance, require_texts
from spread._errors import UsageError
from spread.tables import TWEETS, Table, expression, microseconds
from spread.text import hashtag_key

__all__ = ["Uses", "uses_of"]

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

_COLUMNS = ["tweet_id", "author_id", "at", "hashtags"]
_OPTIONAL = ["origin", "kind", "retweet_of", "at_resolution_ms"]


@dataclass(frozen=True, eq=False)
class Uses:
    """Own tweets in the order of time, and the collected retweets of them.

    Attributes
    ----------
    tags
        Keys, the root first; `types` points into them.
    tweet_ids, author_ids, times_s, types, collected
        Shape (n,): own tweets; seconds from the first. One with several of the tags counts
        for the one that began last: it is the newer tag that it spreads.
    retweeted, retweeted_s
        Shape (m,): which own tweet each collected retweet repeats, and when.
    start_at
        When the window starts: the first use of any of the tags.
    """

    tags: tuple[str, ...]
    tweet_ids: NDArray[np.object_]
    author_ids: NDArray[np.object_]
    times_s: Numbers
    types: Whole
    collected: NDArray[np.bool_]
    retweeted: Whole
    retweeted_s: Numbers
    start_at: pd.Timestamp

    def __len__(self) -> int:
        return len(self.times_s)

    @property
    def end_s(self) -> float:
        """The end of the window: just after the last own tweet."""
        return float(self.times_s[-1]) + 1.0 if len(self) else 1.0

    def born_s(self) -> Numbers:
        """Return the moment of each tag's first own tweet; infinite for a tag without."""
        found = np.full(len(self.tags), np.inf)
        np.minimum.at(found, self.types, self.times_s)
        return found

    def tweets(self, until_s: Numbers) -> Whole:
        """Return how many collected tweets each own tweet stands for until its tag's moment."""
        counted = (self.collected & (self.times_s < until_s[self.types])).astype(np.int64)
        early = self.retweeted_s < until_s[self.types[self.retweeted]]
        return counted + np.bincount(self.retweeted[early], minlength=len(self))

    def only(self, tags: Sequence[str], before_s: float = np.inf) -> "Uses":
        """Return the uses of some of the tags, until a moment."""
        place = {tag: i for i, tag in enumerate(tags)}
        code = np.array([place.get(tag, -1) for tag in self.tags])
        kept = (code[self.types] >= 0) & (self.times_s < before_s)
        row = np.cumsum(kept) - 1
        still = kept[self.retweeted]
        start = self.times_s[kept].min(initial=np.inf)
        start = float(start) if np.isfinite(start) else 0.0
        return Uses(
            tuple(tags),
            self.tweet_ids[kept],
            self.author_ids[kept],
            self.times_s[kept] - start,
            code[self.types[kept]],
            self.collected[kept],
            row[self.retweeted[still]],
            self.retweeted_s[still] - start,
            self.start_at + pd.Timedelta(seconds=start),
        )


def uses_of(tweets: Table, root: str, tags: Sequence[str], *, rng: np.random.Generator) -> Uses:
    """Return the uses of a root tag and of others.

    Own tweets count whether collected or embedded in another; tweets whose times tie are
    spread over the resolution of their times.

    Raises
    ------
    UsageError
        The root is not used at a known time.
    """
    first = require_instance("a hashtag", root, str, "text")
    keys = list(dict.fromkeys(map(hashtag_key, [first, *require_texts("tags", tags)])))
    rows = _rows(tweets, keys)
    if not (rows["hashtag"] == keys[0]).any():
        raise UsageError(
            "this hashtag is not used at any known time", got=f"#{keys[0]}",
            hint="Name the root as the archive has it",
        )  # fmt: skip
    own = rows[rows["kind"] != "retweet"]
    began = own.groupby("hashtag")["us"].min().reindex(keys)
    newest = began.rank(method="first", na_option="bottom").to_numpy()
    code = own["hashtag"].map({key: i for i, key in enumerate(keys)}).to_numpy(np.int64)
    own = own.assign(type=code, newest=newest[code])
    own = own.sort_values(["tweet_id", "newest"]).drop_duplicates("tweet_id", keep="last")
    own = own.assign(length=own["tweet_id"].str.len())
    own = own.sort_values(["us", "length", "tweet_id"], ignore_index=True)
    start = int(own["us"].min()) if len(own) else 0
    times = (own["us"].to_numpy(np.int64) - start) / 1e6
    if (np.diff(times) == 0).any():
        times = times + rng.random(len(times)) * own["resolution"].to_numpy(np.float64) / 1e3
    order = np.argsort(times, kind="stable")
    own, times = own.iloc[order], times[order]
    place = pd.Series(np.arange(len(own)), index=own["tweet_id"].to_numpy())
    again = rows[(rows["kind"] == "retweet") & (rows["origin"] == "collected")]
    again = again.drop_duplicates("tweet_id")
    again = again[again["retweet_of"].isin(place.index)]
    return Uses(
        tuple(keys),
        own["tweet_id"].to_numpy(object),
        own["author_id"].to_numpy(object),
        times,
        own["type"].to_numpy(np.int64),
        (own["origin"] == "collected").to_numpy(),
        place.reindex(again["retweet_of"]).to_numpy(np.int64),
        (again["us"].to_numpy(np.int64) - start) / 1e6,
        pd.Timestamp(start, unit="us", tz="UTC"),
    )


def _rows(tweets: Table, keys: Sequence[str]) -> pd.DataFrame:
    """Return a row a tweet at a known time and tag."""
    table = expression(tweets, TWEETS, _COLUMNS, optional=_OPTIONAL)
    table = table.select(
        "tweet_id",
        "author_id",
        "at",
        "retweet_of",
        origin=table.origin.fill_null("collected"),
        kind=table.kind.fill_null("tweet"),
        resolution=table.at_resolution_ms.fill_null(1000).cast("int64"),
        hashtag=table.hashtags.unnest(),
    )
    known = table.at.notnull() & (table.origin != "stub") & table.hashtag.isin(list(keys))
    found = table.filter(known).distinct().to_pyarrow()
    frame = found.drop_columns(["at"]).to_pandas()
    frame["us"] = microseconds(found["at"])
    return frame.sort_values(["us", "tweet_id", "hashtag"], ignore_index=True)
