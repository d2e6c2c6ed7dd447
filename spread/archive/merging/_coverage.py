"""How much of what there was is in an archive's tables: what is asked of them."""

import ibis

from spread.archive._rows import COLLECTED, STUB, UNAVAILABLE
from spread.archive.formats._twitter_v1 import PLATFORM


def origins(tweets: ibis.Table) -> ibis.Table:
    """Count the tweets of each origin, and those of them that are cut."""
    cut = tweets.cut.sum()
    return tweets.group_by("origin").agg(rows=tweets.count(), cut=cut)


def located(users: ibis.Table) -> ibis.Table:
    """Count the users, and those that say where they are."""
    is_located = users.location.re_search(r"\S")
    return users.agg(rows=users.count(), located=is_located.sum())


def oddities(tweets: ibis.Table) -> ibis.Table:
    """Count what collected tweets have to do with their own authors, and impossible times.

    These stay in the tables; graphs leave out what somebody has to do with themselves.
    """
    own = tweets.filter(tweets.origin == COLLECTED)
    made = tweets.select("platform", retweet_of="tweet_id", original_at="at")
    both = own.left_join(made, ["platform", "retweet_of"], rname="original_{name}")
    is_retweet = both.kind == "retweet"
    return both.agg(
        self_retweets=(is_retweet & (both.retweet_author_id == both.author_id)).sum(),
        self_quotes=((both.kind == "quote") & (both.quote_author_id == both.author_id)).sum(),
        self_mentions=both.mentions.contains(both.author_id).sum(),
        early_retweets=(is_retweet & (both["at"] < both.original_at)).sum(),
    )


def missing(tweets: ibis.Table) -> ibis.Table:
    """Count the retweeted originals, and those of which the archive holds a text."""
    asked = _retweets(tweets).select("platform", tweet_id="retweet_of").distinct()
    held = tweets.filter(tweets.origin != STUB).select("platform", "tweet_id", held="tweet_id")
    both = asked.left_join(held, ["platform", "tweet_id"])
    return both.agg(whole=both.count(), found=both.held.count())


def unavailable(notices: ibis.Table, tweets: ibis.Table) -> ibis.Table:
    """Count the tweets that Twitter names unavailable and of which there is no text.

    `originals` are those among them that somebody retweeted.
    """
    named = notices.filter((notices.kind == UNAVAILABLE) & notices.tweet_id.notnull())
    own = tweets.filter(tweets.platform == PLATFORM)
    held = own.filter(own.text.notnull()).select("tweet_id")
    passed_on = own.filter(own.retweet_of.notnull())
    passed_on = passed_on.select(tweet_id="retweet_of", original="retweet_of").distinct()
    left = named.select("tweet_id").distinct().anti_join(held, "tweet_id")
    both = left.left_join(passed_on, "tweet_id")
    return both.agg(rows=both.count(), originals=both.original.count())


def coverage(tweets: ibis.Table) -> ibis.Table:
    """Count the retweets that are here, and those that the platform reported."""
    retweets = _retweets(tweets)
    seen = retweets.group_by("platform", tweet_id=retweets.retweet_of).agg(
        observed=retweets.count(), above=retweets.retweet_count.max()
    )
    own = tweets.filter((tweets.kind != "retweet") & (tweets.retweet_count > 0))
    own = own.select("platform", "tweet_id", "origin", "retweet_count")
    both = seen.outer_join(own, ["platform", "tweet_id"])
    both = both.filter(both.observed.notnull() | (both.origin == COLLECTED))
    reported = ibis.greatest(both.above.fill_null(0), both.retweet_count.fill_null(0))
    observed = ibis.least(both.observed.fill_null(0), reported)
    return both.agg(observed=observed.sum(), reported=reported.sum())


def _retweets(tweets: ibis.Table) -> ibis.Table:
    return tweets.filter(
        (tweets.kind == "retweet") & (tweets.origin == COLLECTED) & tweets.retweet_of.notnull()
    )
