"""The h-index of retweets."""

import pandas as pd

from spread.tables import TWEETS, Table, expression

_NEEDED = ["tweet_id", "origin", "kind", "retweet_of", "retweet_author_id"]


def h_index(tweets: Table) -> pd.Series:
    """Return, by account, the most h originals that each were retweeted h times here.

    Collected retweets count; accounts that nobody retweeted are absent.
    """
    known = expression(tweets, TWEETS, _NEEDED, optional=["platform"])
    passed = known.filter(
        known.kind == "retweet", known.origin == "collected",
        known.retweet_of.notnull(), known.retweet_author_id.notnull(),
    )  # fmt: skip
    counts = (
        passed.group_by("platform", "retweet_of", user_id=passed.retweet_author_id)
        .aggregate(times=passed.count())
        .to_pyarrow()
        .to_pandas()
        .sort_values(["user_id", "times"], ascending=[True, False])
    )
    place = counts.groupby("user_id").cumcount() + 1
    return (counts["times"] >= place).groupby(counts["user_id"]).sum()
