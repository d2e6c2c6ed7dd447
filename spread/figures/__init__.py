"""Pictures: a table in, a plotly figure out, one function a picture.

A figure function computes nothing that the table does not say, changes nothing, shows
nothing and saves nothing. An empty table gives an empty figure that says why. Every
figure carries a caption with its counts and a sentence for those who cannot see it:
`caption(figure)`, `alt(figure)`. What comes from an archive is escaped on its way in.
"""

from spread.figures._style import alt, caption
from spread.figures.arrivals import arrivals
from spread.figures.cascades import cascades
from spread.figures.ccdf import ccdf
from spread.figures.family import family
from spread.figures.flexibility import flexibility
from spread.figures.influence import influence
from spread.figures.map import map  # noqa: A004 - the name that a user looks for
from spread.figures.network import network
from spread.figures.onset import onset
from spread.figures.residuals import residuals
from spread.figures.seeds import seeds
from spread.figures.sensitivity import sensitivity
from spread.figures.shares import shares
from spread.figures.timeline import timeline
from spread.figures.tree import tree

__all__ = [
    "alt",
    "arrivals",
    "caption",
    "cascades",
    "ccdf",
    "family",
    "flexibility",
    "influence",
    "map",
    "network",
    "onset",
    "residuals",
    "seeds",
    "sensitivity",
    "shares",
    "timeline",
    "tree",
]
