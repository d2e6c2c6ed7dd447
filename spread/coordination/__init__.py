"""Which accounts share in step: the same objects within seconds, again and again.

Coordination is not inauthenticity: protests are coordinated by design, fans wait for the
same star, news breaks for everybody at once. What is found are pairs and clusters of
accounts whose sharing falls together in time more than chance explains; nothing here says
what an account is. Publish clusters, not names.
"""

from spread.coordination._close import close_shares
from spread.coordination._clusters import accounts, clusters
from spread.coordination._detect import detect, shuffle
from spread.coordination._network import backbone, similarity
from spread.coordination._profile import profile
from spread.coordination._shares import shares

__all__ = [
    "accounts",
    "backbone",
    "close_shares",
    "clusters",
    "detect",
    "profile",
    "shares",
    "shuffle",
    "similarity",
]
