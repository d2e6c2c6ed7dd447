"""How much of each cascade the archive holds."""

import ibis
import pandas as pd

from spread.tables import TWEETS, Table, expression, require_once

_NEEDED = ["tweet_id", "author_id", "origin", "kind", "retweet_of", "retweet_author_id"]


def coverage(tweets: Table) -> pd.DataFrame:
    """Return, for each original, its retweets in the archive and those the platform reported.

    A retweet carries its original's count, so that the largest count seen on the original
    or on any of its retweets is taken. The count is of the day of collection: retweets
    that were deleted before are in neither, and where the archive watched for longer than
    the platform's count the coverage may exceed 1.

    Parameters
    ----------
    tweets
        A table with tweet_id, author_id, origin, kind, retweet_of, retweet_author_id and,
        where they are known, retweet_count and platform.

    Returns
    -------
    DataFrame
        tweet_id, user_id, observed, reported (null when unknown), coverage: a row an
        original with retweets, here or on the platform (where it was itself collected),
        the most retweeted first, then by id.

    Raises
    ------
    MissingColumnError
        The table lacks columns.

    References
    ----------
    Why an archive is a sample: Morstatter et al. 2013,
    https://doi.org/10.1609/icwsm.v7i1.14401

    Examples
    --------
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": ["1", "2"], "author_id": ["a", "b"], "origin": "collected",
    ...     "kind": ["tweet", "retweet"], "retweet_of": [None, "1"],
    ...     "retweet_author_id": [None, "a"], "retweet_count": [4, 4]})
    >>> coverage(tweets).values.tolist()
    [['1', 'a', 1, 4, 0.25]]
    """
    require_once(tweets)
    known = expression(tweets, TWEETS, _NEEDED, optional=["platform", "retweet_count"])
    known = known.mutate(platform=known.platform.fill_null(""))
    retweets = known.filter(
        known.kind == "retweet", known.origin == "collected", known.retweet_of.notnull()
    )
    counted = retweets.group_by("platform", root_id=retweets.retweet_of).aggregate(
        observed=retweets.count(),
        above=retweets.retweet_count.max(),
        named=retweets.retweet_author_id.max(),
    )
    originals = known.filter(known.kind != "retweet").select(
        "platform", "author_id", "retweet_count", "origin", root_id=known.tweet_id
    )
    joined = counted.outer_join(originals, ["platform", "root_id"])
    missed = (joined.origin == "collected") & (joined.retweet_count > 0)
    joined = joined.filter(joined.observed.notnull() | missed)
    reported = ibis.greatest(joined.above, joined.retweet_count)
    reported = ibis.coalesce(reported, joined.above, joined.retweet_count)
    observed = joined.observed.fill_null(0)
    table = joined.select(
        tweet_id=ibis.coalesce(joined.root_id, joined.root_id_right),
        user_id=ibis.coalesce(joined.author_id, joined.named),
        observed=observed,
        reported=reported,
        coverage=observed / reported.nullif(0),
    )
    ordered = table.order_by([table.observed.desc(), table.tweet_id.length(), table.tweet_id])
    found = ordered.to_pyarrow().to_pandas()
    return found.astype({"observed": "int64", "reported": "Int64", "coverage": "float64"})
