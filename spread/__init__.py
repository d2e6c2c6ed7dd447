"""From a tweet archive to the story of a hashtag.

How did it spread, who turned it, what did it spawn, where did it go: each answer
with its uncertainty and the tweets behind it.

>>> import spread
>>> "study" in dir(spread)
True
"""

from importlib import import_module
from types import ModuleType

from spread import _interrupts

__version__ = "0.1.0"

__all__ = [
    "archive",
    "cascade",
    "communities",
    "coordination",
    "diffusion",
    "figures",
    "graphs",
    "hashtags",
    "hawkes",
    "hijack",
    "places",
    "report",
    "samples",
    "scenario",
    "seeds",
    "study",
    "tables",
    "text",
    "trees",
]


if _interrupts.is_command():
    _interrupts.end_at_once()


def __getattr__(name: str) -> ModuleType:
    """Load a public module on first touch, so that `import spread` stays instant."""
    if name in __all__:
        return import_module(f"spread.{name}")
    raise AttributeError(f"module 'spread' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
