"""From every foreign format to the tables; nothing else knows a platform's JSON.

>>> from spread import archive
>>> archive.read([])
Traceback (most recent call last):
spread._errors.InputError: no path was given. Name a file, a folder or a glob
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

from spread.archive._read import read

# The reference shows the names that are there, and touches none.
if TYPE_CHECKING or "pdoc" in sys.modules:
    from spread.archive._archive import Archive, open  # noqa: A004 - a verb of archive
    from spread.archive._report import ReadReport
    from spread.archive.sharing._export_key import new_key
    from spread.archive.sharing._forget import Forgotten

__all__ = ["Archive", "Forgotten", "ReadReport", "new_key", "open", "read"]

_ON_TOUCH: Final = {
    "Archive": "_archive",
    "Forgotten": "sharing._forget",
    "ReadReport": "_report",
    "new_key": "sharing._export_key",
    "open": "_archive",
}


def __getattr__(name: str) -> object:
    """Load on first touch what engines and frames belong to, so that reading starts at once."""
    if name in _ON_TOUCH:
        return getattr(import_module(f"spread.archive.{_ON_TOUCH[name]}"), name)
    raise AttributeError(f"module 'spread.archive' has no attribute {name!r}")
