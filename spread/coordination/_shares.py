"""Who shared what, when: the one table that everything here starts from."""

from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from spread._arguments import require_one_of
from spread.tables import TWEETS, Table, codes, expression, instants, microseconds, require_once

__all__ = ["KINDS", "Shares", "as_frame", "first_shares", "read_shares", "shares"]

KINDS = ("retweet", "link", "hashtags", "object")
_OBJECTS = TWEETS.append(pa.field("object", pa.string()))
_KEPT = ("tweet_id", "author_id", "at", "object")


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares as flat arrays, sorted by object, time, tweet.

    Attributes
    ----------
    user, item
        Codes of the account and of the object, int32.
    at_us
        Microseconds since 1970.
    tweet_ids, users, objects
        The ids that rows and codes stand for.
    """

    user: NDArray[np.int32]
    item: NDArray[np.int32]
    at_us: NDArray[np.int64]
    tweet_ids: NDArray[np.object_]
    users: NDArray[np.str_]
    objects: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.user)

    def take(self, rows: NDArray[np.int64]) -> "Shares":
        """Return some rows, in the order given."""
        return Shares(
            self.user[rows],
            self.item[rows],
            self.at_us[rows],
            self.tweet_ids[rows],
            self.users,
            self.objects,
        )


def shares(tweets: Table, *, kind: str = "retweet") -> pd.DataFrame:
    """Return who shared which object when.

    Parameters
    ----------
    tweets
        A tweets table; collected rows count.
    kind
        What two accounts may have in common: "retweet", the tweet that both retweet (nobody
        shares by retweeting themselves); "link", a URL that both post in tweets of their own;
        "hashtags", the same sequence of at least two distinct hashtags in a tweet of their
        own; "object", whatever the table's column `object` holds, such as the hash of a picture.

    Returns
    -------
    DataFrame
        tweet_id, author_id, at, object: sorted by object, time, tweet. It is a table that
        every function here takes with `kind="object"`.

    Raises
    ------
    UsageError
        `kind` is none of these, or a time is missing.

    References
    ----------
    What accounts may have in common: Pacheco et al. 2021,
    https://doi.org/10.1609/icwsm.v15i1.18075

    Examples
    --------
    >>> tweets = pd.DataFrame({"tweet_id": ["2", "3"], "author_id": ["a", "b"],
    ...     "at": pd.to_datetime(["2014-04-22 18:00Z", "2014-04-22 18:01Z"]), "kind": "tweet",
    ...     "origin": "collected", "urls": [["https://x.example"], []]})
    >>> shares(tweets, kind="link")[["author_id", "object"]].to_dict("records")
    [{'author_id': 'a', 'object': 'https://x.example'}]
    """
    return as_frame(read_shares(tweets, kind))


def as_frame(found: Shares) -> pd.DataFrame:
    """Return shares as the table that `shares` gives."""
    return pd.DataFrame(
        {
            "tweet_id": found.tweet_ids,
            "author_id": found.users[found.user],
            "at": instants(found.at_us),
            "object": found.objects[found.item],
        }
    )


def read_shares(tweets: Table, kind: str) -> Shares:
    """Return the shares of a table as flat arrays."""
    require_one_of("kind", kind, KINDS)
    table = _selected(tweets, kind).to_pyarrow()
    (user,), users = codes(table["author_id"])
    (item,), objects = codes(table["object"])
    (tweet,), names = codes(table["tweet_id"])
    at_us = microseconds(table["at"])
    order = np.lexsort((user, tweet, at_us, item))
    tweet_ids = names.astype(object)[tweet[order]] if len(order) else np.empty(0, dtype=object)
    return Shares(user[order], item[order], at_us[order], tweet_ids, users, objects)


def first_shares(found: Shares) -> Shares:
    """Return each account's first share of each object, still sorted by object and time."""
    key = found.item.astype(np.int64) * max(len(found.users), 1) + found.user
    return found.take(np.sort(np.unique(key, return_index=True)[1]))


def _selected(tweets: Table, kind: str) -> ibis.Table:
    if kind == "object":
        table = expression(tweets, _OBJECTS, _KEPT)
        return table.filter(table.object.notnull() & table.author_id.notnull()).select(*_KEPT)
    columns = {
        "retweet": ["retweet_of", "retweet_author_id"],
        "link": ["urls"],
        "hashtags": ["hashtags"],
    }[kind]
    needed = ["tweet_id", "author_id", "at", "origin", "kind", columns[0]]
    require_once(tweets)
    table = expression(tweets, TWEETS, needed, optional=columns[1:])
    table = table.filter((table.origin == "collected") & table.author_id.notnull())
    if kind == "retweet":
        other = ~(table.retweet_author_id == table.author_id).fill_null(False)
        table = table.filter((table.kind == "retweet") & table.retweet_of.notnull() & other)
        return table.mutate(object=table.retweet_of).select(*_KEPT)
    table = table.filter(table.kind != "retweet")
    if kind == "link":
        return table.mutate(object=table.urls.unnest()).select(*_KEPT).distinct()
    table = table.filter(table.hashtags.unique().length() >= 2)
    return table.mutate(object=table.hashtags.join(" ")).select(*_KEPT)
