"""Old-style retweets ("RT @a: …"): whom they repeat, as far as the tables tell."""

from typing import Any, Final

import pyarrow as pa

from spread.tables import TWEETS, USERS, Table, arrow, expression
from spread.text import manual_retweet

_ACTS = pa.schema(
    [
        ("source", pa.string()),
        ("target", pa.string()),
        ("item", pa.string()),
        ("tweet_id", pa.string()),
        ("at", TWEETS.field("at").type),
        ("target_tweet_id", pa.string()),
    ]
)
_NEEDED: Final = [
    "tweet_id", "author_id", "origin", "at", "kind", "manual_retweet", "retweet_author_id",
    "mentions", "text",
]  # fmt: skip
_NAME: Final = "name:"


def acts(tweets: Table, names: Table | None) -> pa.Table:
    """Return collected manual retweets as acts; the target is null where it is unknown."""
    rows = expression(tweets, TWEETS, _NEEDED)
    rows = rows.filter(rows.origin == "collected", rows.kind != "retweet", rows.manual_retweet)
    known = {} if names is None else _user_ids(names)
    found = rows.to_pyarrow().to_pylist()
    return pa.table(
        {
            "source": [row["author_id"] for row in found],
            "target": [_target(row, known) for row in found],
            "item": [f"manual {row['tweet_id']}" for row in found],
            "tweet_id": [row["tweet_id"] for row in found],
            "at": [row["at"] for row in found],
            "target_tweet_id": [None] * len(found),
        },
        schema=_ACTS,
    )


def _target(row: dict[str, Any], known: dict[str, str]) -> str | None:
    """Return whom a manual retweet repeats: what its row says, else what its text does."""
    author: str | None = row["retweet_author_id"]
    if author is not None:
        return known.get(author.removeprefix(_NAME), author) if author.startswith(_NAME) else author
    named = manual_retweet(row["text"] or "")
    if named is not None and named.screen_name.casefold() in known:
        return known[named.screen_name.casefold()]
    mentioned = set(row["mentions"] or ())
    return mentioned.pop() if len(mentioned) == 1 else None


def _user_ids(names: Table) -> dict[str, str]:
    users = arrow(names, USERS, ["user_id", "screen_name"], optional=["screen_names"]).to_pylist()
    earlier = {
        name.casefold(): user["user_id"] for user in users for name in user["screen_names"] or []
    }
    last = {
        user["screen_name"].casefold(): user["user_id"] for user in users if user["screen_name"]
    }
    return earlier | last
