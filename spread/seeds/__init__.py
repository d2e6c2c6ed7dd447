"""Who carried it, who turned it: credit for passing on, with the chance of being first.

An event's 1 is shared equally by the distinct accounts on the way from the root to it;
an account's credit is the sum of its shares: the Shapley value of the game in which a set
of accounts is worth the events that reach their author through that set alone. It sums to
the number of events, while counts of descendants count an event once for each ancestor.
"""

from spread.seeds._brokers import brokers
from spread.seeds._chosen import Dated
from spread.seeds._elites import elites
from spread.seeds._rank import rank
from spread.seeds._roles import roles

__all__ = ["Dated", "brokers", "elites", "rank", "roles"]
