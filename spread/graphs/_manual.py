"""Old-style retweets ("RT @a: …"): whom they repeat, as far as the tables tell."""

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


def acts(tweets: Table, names: Table | None) -> pa.Table:
    """Return collected manual retweets as acts; the target is null where it is unknown."""
    needed = ["tweet_id", "author_id", "origin", "at", "kind", "manual_retweet", "mentions", "text"]
    rows = expression(tweets, TWEETS, needed)
    rows = rows.filter(rows.origin == "collected", rows.kind != "retweet", rows.manual_retweet)
    known = {} if names is None else _user_ids(names)
    found = rows.to_pyarrow().to_pylist()
    return pa.table(
        {
            "source": [row["author_id"] for row in found],
            "target": [_target(row["text"], row["mentions"], known) for row in found],
            "item": [f"manual {row['tweet_id']}" for row in found],
            "tweet_id": [row["tweet_id"] for row in found],
            "at": [row["at"] for row in found],
            "target_tweet_id": [None] * len(found),
        },
        schema=_ACTS,
    )


def _target(text: str | None, mentioned: list[str] | None, known: dict[str, str]) -> str | None:
    named = manual_retweet(text or "")
    if named is not None and named.screen_name.casefold() in known:
        return known[named.screen_name.casefold()]
    return mentioned[0] if mentioned is not None and len(set(mentioned)) == 1 else None


def _user_ids(names: Table) -> dict[str, str]:
    users = arrow(names, USERS, ["user_id", "screen_name"], optional=["screen_names"]).to_pylist()
    earlier = {
        name.casefold(): user["user_id"] for user in users for name in user["screen_names"] or []
    }
    last = {
        user["screen_name"].casefold(): user["user_id"] for user in users if user["screen_name"]
    }
    return earlier | last
