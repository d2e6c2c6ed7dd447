"""The columns of every table and their types; `tables` says what they mean.

Apart from it, so that who reads records need not load the engines that query tables.
"""

import pyarrow as pa

_INSTANT = pa.timestamp("us", "UTC")
_STRINGS = pa.list_(pa.string())

TWEETS = pa.schema(
    [
        ("platform", pa.string()),
        ("tweet_id", pa.string()),
        ("author_id", pa.string()),
        ("origin", pa.string()),
        ("at", _INSTANT),
        ("at_resolution_ms", pa.int32()),
        ("observed_at", _INSTANT),
        ("kind", pa.string()),
        ("text", pa.string()),
        ("lang", pa.string()),
        ("hashtags", _STRINGS),
        ("hashtags_shown", _STRINGS),
        ("mentions", _STRINGS),
        ("urls", _STRINGS),
        ("media", _STRINGS),
        ("retweet_of", pa.string()),
        ("retweet_author_id", pa.string()),
        ("quote_of", pa.string()),
        ("quote_author_id", pa.string()),
        ("reply_to", pa.string()),
        ("reply_author_id", pa.string()),
        ("manual_retweet", pa.bool_()),
        ("retweet_count", pa.int64()),
        ("followers", pa.int64()),
        ("longitude", pa.float64()),
        ("latitude", pa.float64()),
        ("place_name", pa.string()),
        ("place_country", pa.string()),
        ("cut", pa.bool_()),
        ("source_file", pa.string()),
        ("source_record", pa.int64()),
    ]
)
"""One row a tweet, retweets included; unique by (platform, tweet_id).

`origin` is `collected` (the archive returned it), `embedded` (it came inside another)
or `stub` (only its id is known): counts use collected rows, cascades use all. `kind`
is tweet, retweet, quote or reply. `hashtags` are keys (`text.hashtag_key`), resolved
through the original for a retweet; `mentions` are user ids that this author wrote.
An old-style retweet ("RT @a: …", typed by hand) is no retweet to the platform: its `kind`
is another, `retweet_of` is null, `manual_retweet` says so, and `retweet_author_id` is the
account it names (`name:` and the screen name, where the id is not known).
`at_resolution_ms` is 1 or 1000. `followers` are the author's, at that tweet.
"""

USERS = pa.schema(
    [
        ("platform", pa.string()),
        ("user_id", pa.string()),
        ("screen_name", pa.string()),
        ("screen_names", _STRINGS),
        ("name", pa.string()),
        ("description", pa.string()),
        ("location", pa.string()),
        ("time_zone", pa.string()),
        ("utc_offset_s", pa.int32()),
        ("lang", pa.string()),
        ("followers", pa.int64()),
        ("created_at", _INSTANT),
        ("verified", pa.bool_()),
        ("first_seen", _INSTANT),
        ("last_seen", _INSTANT),
    ]
)
"""One row an account; a renamed account is one row, `screen_name` is the last seen."""

FOLLOWS = pa.schema([("follower_id", pa.string()), ("followed_id", pa.string())])

REJECTS = pa.schema(
    [
        ("source_file", pa.string()),
        ("source_record", pa.int64()),
        ("reason", pa.string()),
        ("detail", pa.string()),
    ]
)

EVENTS = pa.schema(
    [
        ("cascade", pa.int32()),
        ("event", pa.int32()),
        ("tweet_id", pa.string()),
        ("user_id", pa.string()),
        ("at_s", pa.float64()),
        ("mark", pa.float64()),
    ]
)
