"""How much of what there was is in an archive's tables: what is asked of them."""

import ibis

from spread.archive._rows import COLLECTED, EMBEDDED, STUB, UNAVAILABLE
from spread.archive.formats._twitter_v1 import PLATFORM


def origins(tweets: ibis.Table) -> ibis.Table:
    """Count the tweets of each origin, those of them that are cut, and those of each kind.

    A quote may be a reply as well. `unnamed` are retweets of which nobody knows whom they pass
    on: graphs of accounts leave them out.
    """
    is_retweet = tweets.kind == "retweet"
    counts = {
        "cut": tweets.cut,
        "retweets": is_retweet,
        "unnamed": is_retweet & tweets.retweet_author_id.isnull(),
        "quotes": ~is_retweet & tweets.quote_of.notnull(),
        "replies": ~is_retweet & tweets.reply_to.notnull(),
        "manual_retweets": ~is_retweet & tweets.manual_retweet,
    }
    sums = {name: told.sum() for name, told in counts.items()}
    return tweets.group_by("origin").agg(rows=tweets.count(), **sums)


def texts(tweets: ibis.Table) -> ibis.Table:
    """Count one collected tweet with a text, if there is one: to count all would take longer."""
    own = tweets.filter((tweets.origin == COLLECTED) & tweets.text.notnull())
    return own.select("origin").limit(1).agg(rows=lambda found: found.count())


def self_follows(follows: ibis.Table) -> ibis.Table:
    """Count the accounts that are said to follow themselves."""
    own = follows.filter(follows.follower_id == follows.followed_id)
    return own.agg(rows=own.follower_id.nunique())


def contradicted(records: ibis.Table, ranks: ibis.Table) -> ibis.Table:
    """Count the collected tweets of which another record names another author.

    `ranks` has a row a tweet: that of the record which stands for it. A name in
    the place of an id, where a record has none of its author, contradicts none.
    """
    stands = ranks.filter(ranks.origin != EMBEDDED)
    stands = stands.select("platform", "tweet_id", stands="author_id")
    told = records.filter(records.origin != EMBEDDED).select("platform", "tweet_id", "author_id")
    both = told.inner_join(stands, ["platform", "tweet_id"])
    is_known = ~both.author_id.startswith("name:") & ~both.stands.startswith("name:")
    apart = both.filter((both.author_id != both.stands) & is_known)
    return apart.select("platform", "tweet_id").distinct().agg(rows=lambda found: found.count())


def located(users: ibis.Table) -> ibis.Table:
    """Count the users, those whose platform asks them where they are, and those that say it."""
    is_asked = users.platform == PLATFORM
    is_located = is_asked & users.location.re_search(r"\S")
    return users.agg(rows=users.count(), asked=is_asked.sum(), located=is_located.sum())


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
