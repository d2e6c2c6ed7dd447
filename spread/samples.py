"""The shipped data: a synthetic #myNYPD archive, a gazetteer, the outline of the world.

Everything here is either synthetic or free to share; `data/README.md` gives the
source and the licence of each.
"""

from pathlib import Path

from spread import archive
from spread._errors import InputError, UsageError

__all__ = ["load", "names", "path"]

_FILES = {
    "mynypd": "mynypd-synthetic/mynypd-synthetic.jsonl.gz",
    "gazetteer": "gazetteer.parquet",
    "world": "world_110m.json",
}
_ARCHIVES = ("mynypd",)


def names() -> list[str]:
    """Return the names of the shipped data.

    Examples
    --------
    >>> names()
    ['gazetteer', 'mynypd', 'world']
    """
    return sorted(_FILES)


def path(name: str) -> Path:
    """Return where a shipped file is: in the installed package, or in the checkout.

    `mynypd` is a synthetic archive of about 12,000 tweets (Twitter v1.1, gzipped JSON
    lines) with its truth tables beside it; `gazetteer` holds places from GeoNames
    (CC BY 4.0); `world` is the map outline of plotly.js (MIT).

    Raises
    ------
    UsageError
        No shipped data has this name.
    InputError
        The installation lacks the file.

    Examples
    --------
    >>> path("mynypd").name
    'mynypd-synthetic.jsonl.gz'
    """
    if name not in _FILES:
        raise UsageError("no shipped data of this name", got=repr(name), allowed=", ".join(names()))
    package = Path(__file__).parent
    for folder in (package / "data", package.parent / "data"):
        if (file := folder / _FILES[name]).is_file():
            return file
    raise InputError(
        "the installation is incomplete", got=f"no {_FILES[name]}", hint="Install spread again"
    )


def load(name: str) -> archive.Archive:
    """Read a shipped archive into tables.

    Raises
    ------
    UsageError
        No shipped archive has this name.

    Examples
    --------
    >>> load("mynypd").report.totals["rejected"]
    0
    """
    if name not in _ARCHIVES:
        raise UsageError("not a shipped archive", got=repr(name), allowed=", ".join(_ARCHIVES))
    return archive.read(path(name))
