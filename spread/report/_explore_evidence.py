"""The words of an explorer: tweets to read, and what accounts, tags and places are called."""

import html
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import ibis
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._errors import UsageError
from spread.figures._clock import stamp
from spread.figures._style import counted
from spread.report._explore_index import KINDS, Choice, Index, in_window
from spread.study import Study
from spread.study._evidence import NOT_SHOWN
from spread.study._labels import UNKNOWN, accounts, quoted
from spread.text import plain

__all__ = ["Evidence", "evidence"]

_COLUMNS = ["tweet_id", "at", "account", "kind", "text", "hashtags", "retweet_of"]
_READ_MOST, _LOOKED_AT = 5, 100


@dataclass(frozen=True, repr=False)
class Evidence:
    """Where the texts lie, and what may be shown of them."""

    tweets: ibis.Table
    window: ibis.Table
    labels: pd.DataFrame
    called: Mapping[str, tuple[str, ...]]
    names: bool
    time_zone: str

    def __repr__(self) -> str:
        return f"<Evidence by {len(self.labels):,} accounts>"

    def of(self, tweet_ids: NDArray[np.object_]) -> pd.DataFrame:
        """Return collected tweets by their ids, in the order of time."""
        columns = ["tweet_id", "at", "author_id", "kind", "text", "hashtags", "retweet_of"]
        read = self.window.select(*columns).to_pyarrow().to_pandas()
        read = read[read["tweet_id"].isin(set(tweet_ids))].drop_duplicates("tweet_id")
        ordered = read.sort_values(["at", "tweet_id"], ignore_index=True)
        return self._public(ordered)[_COLUMNS]

    def most_passed_on(self, voices: NDArray[np.object_]) -> list[dict[str, str]]:
        """Return the tweets that most of the choice goes back to, as plain text.

        Those of private accounts are passed over, unless all are named.
        """
        if not len(voices):
            return []
        number = pd.Series(voices).value_counts().rename_axis("tweet_id").reset_index(name="times")
        ordered = number.sort_values(["times", "tweet_id"], ascending=[False, True])
        top = ordered.head(_LOOKED_AT)
        read = self.tweets.filter(self.tweets.tweet_id.isin(top["tweet_id"].tolist()))
        texts = read.select("tweet_id", "at", "author_id", "text").to_pyarrow().to_pandas()
        found = self._public(top.merge(texts.drop_duplicates("tweet_id"), on="tweet_id"))
        shown = found if self.names else found[found["public"].fillna(False).astype(bool)]
        return [
            {
                "account": _text(row.account, 60),
                "at": stamp(row.at, self.time_zone),
                "text": _text(row.text, 300),
                "times": counted(int(str(row.times)), "tweet"),
            }
            for row in shown.head(_READ_MOST).itertuples()
        ]

    def words(self, index: Index, choice: Choice) -> dict[str, str]:
        """Return what is chosen, in words: the window, and what is picked."""
        low, high = (
            stamp(pd.Timestamp(int(index.edges[place]), unit="us", tz="UTC"), self.time_zone)
            for place in (choice.first, choice.last + 1)
        )
        picked = {kind: getattr(choice, kind) for kind in KINDS}
        told = {kind: self.called[kind][code] for kind, code in picked.items() if code >= 0}
        return {"from": low, "to": high, **told}

    def microseconds(self, moment: str | pd.Timestamp) -> int:
        """Return a moment as microseconds since 1970; without a zone it is the reader's.

        Raises
        ------
        UsageError
            It is no moment.
        """
        try:
            at = pd.Timestamp(moment)
            local = at.tz_localize(self.time_zone) if at.tzinfo is None else at
            return int(local.value) // 1_000
        except (ValueError, TypeError, AttributeError) as error:
            raise UsageError(
                "not a moment in time", got=repr(moment), allowed="such as 2014-04-22T14:00"
            ) from error

    def _public(self, read: pd.DataFrame) -> pd.DataFrame:
        """Call accounts by their labels, and hide the texts of private ones."""
        joined = read.merge(self.labels, left_on="author_id", right_on="user_id", how="left")
        joined["account"] = joined["label"].fillna(UNKNOWN)
        if self.names:
            return joined
        public = joined["public"].fillna(False).astype(bool)
        texts = joined["text"].fillna("").where(public, NOT_SHOWN)
        return joined.assign(text=quoted(texts, self.labels))


def evidence(study: Study, index: Index) -> Evidence:
    """Return the words of a study for an explorer."""
    labels = accounts(study.archive.users.to_pyarrow().to_pandas(), names=study.names)
    nodes, usage = study.tables["nodes"], study.tables["usage"]
    cities = study.tables["places"].astype({"place_id": str})
    called = {
        "account": nodes.set_index("name")["label"].to_dict(),
        "tag": ("#" + usage.set_index("hashtag")["shown"].astype(str)).to_dict(),
        "place": cities.set_index("place_id")["city"].to_dict(),
    }
    return Evidence(
        tweets=study.archive.tweets,
        window=in_window(study),
        labels=labels,
        called=MappingProxyType(
            {
                kind: tuple(_text(called[kind].get(name, name), 60) for name in index.names[kind])
                for kind in KINDS
            }
        ),
        names=study.names,
        time_zone=study.time_zone,
    )


def _text(value: object, most: int) -> str:
    """Return a text for a place in the page that takes no HTML: cleaned, cut, not escaped."""
    return html.unescape(plain(value, most=most)) if isinstance(value, str) else ""
