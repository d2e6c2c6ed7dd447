"""Tables to graphs: who passed on, named, answered or quoted whom, which tags meet.

An edge runs from the account that acted to the account it acted on (retweeter →
author). Every graph is an `igraph.Graph` whose vertices carry their id as `name` and
are sorted by it, whose edges carry `weight`, `count`, `first_at` and `last_at`, and
behind each edge stand its tweets (`evidence`).
"""

from spread.graphs._build import coshares, hashtags, mentions, quotes, replies, retweets
from spread.graphs._edges import KINDS, edges
from spread.graphs._evidence import evidence
from spread.graphs._formats import from_networkx, to_networkx, write_gexf, write_graphml
from spread.graphs._layout import layout

__all__ = [
    "KINDS",
    "coshares",
    "edges",
    "evidence",
    "from_networkx",
    "hashtags",
    "layout",
    "mentions",
    "quotes",
    "replies",
    "retweets",
    "to_networkx",
    "write_gexf",
    "write_graphml",
]
