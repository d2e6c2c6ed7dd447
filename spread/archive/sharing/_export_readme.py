"""What lies beside pseudonymised tables, for those who receive them."""

from dataclasses import dataclass
from typing import Final

_FOLLOWERS: Final = {
    False: """\
- Follower counts are those of groups: at least {fewest} accounts have each value, the
  geometric mean of the group. Parents in reconstructed trees are weighed by it, so their
  posterior differs a little from that of the archive itself. Sizes, delays and stars do not.""",
    True: """\
- Follower counts are exact (as was asked for). Many are those of one account alone, which
  can be looked up by them: pass this folder on to people you trust, under an agreement.""",
}
_README: Final = """\
PSEUDONYMISED, NOT ANONYMOUS: {tweets:,} tweets ({collected:,} of them collected) of {users:,}
accounts.

What was done
- Ids of tweets and accounts are pseudonyms: HMAC-SHA256 of the id under a key that is not
  in this folder. The same id has the same pseudonym in every table, and in every other
  folder made with that key.
- Texts, names, descriptions, locations, coordinates, time zones, links, profiles and the
  names of the source files are not here. Whom a tweet mentions is told by pseudonym.
- Retweets keep their time since their original, to the millisecond; each cascade begins at
  midnight (UTC) of the day of its original. THE HOURS OF THE CLOCK ARE NOT THOSE OF THE
  EVENTS: nothing about the time of day, about when a tag turned, or about which of two
  cascades of a day came first can be learnt from them.
- Hashtags are kept where at least {fewest} accounts wrote them, each in its commonest
  spelling: {tags:,} are kept, {dropped:,} are not here. So are languages.
{followers}
- Retweet counts that the platform reported are rounded up to two digits.

What stays the same as in the archive
- The graphs of retweets, mentions, replies and quotes, under the pseudonyms.
- The cascades: who retweeted which original after how many seconds. The trees of replies
  keep their shape and lose their times.

What may differ from what the archive itself would give
- Camps: ties between accounts and the order of searches follow the ids, which are others
  here, so an account at the edge of two camps may stand in the other, and the camps' sizes
  move a little, as they do between two seeds.
- Trees, depth and virality, and so credit: they rest on the follower counts and on how long
  cascades could be seen, both of which are coarser here. Draws by a seed are others too.
- Shares of the retweets that the platform reported: its counts are rounded up here, so that
  the shares are a little too low.
- Words of the camps, places and names: there are none. Anything that rests on the hour:
  `study.run` refuses it.

What can still give somebody away
- Whoever has the original tweets, or can ask the platform for them, can find cascades again
  by their sizes and delays, tweets by the day and the hashtags that stand together, and
  accounts by whom they retweet and mention. So do not publish this folder: pass it on under
  an agreement that forbids to try.

To open it
    from spread import archive
    a = archive.open("this folder")
The tables are Parquet; any other program reads them too.
"""


@dataclass(frozen=True)
class Told:
    """What the README counts."""

    tweets: int
    collected: int
    users: int
    tags: int
    dropped: int
    fewest: int
    exact_followers: bool


def readme(told: Told) -> str:
    """Return the README of a pseudonymised archive."""
    followers = _FOLLOWERS[told.exact_followers].format(fewest=told.fewest)
    return _README.format(followers=followers, **vars(told))
