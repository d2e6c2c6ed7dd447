"""From every foreign format to the tables; nothing else knows a platform's JSON.

`read` makes an `Archive` of files, `open` takes one up that was read before. Its `tweets`, `users`
and `follows` are tables (`frame` gives one to pandas), its `report`, a `ReadReport`, says what was
read and what was not; `export` writes what may be passed on (`new_key` makes a key for it), and
`forget` takes tweets or accounts out (`Forgotten`).

>>> from spread import archive, samples
>>> archive.read(samples.path("mynypd"))
<Archive: 12,598 tweets collected, 3,155 users, 0 records rejected; ...>
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final

from spread.archive._read import read

# The reference shows the names that are there, and touches none.
if TYPE_CHECKING or "pdoc" in sys.modules:
    from spread.archive._archive import Archive, open  # noqa: A004 - a verb of archive
    from spread.archive.reporting._report import ReadReport
    from spread.archive.sharing._export_key import new_key
    from spread.archive.sharing._forget import Forgotten

__all__ = ["Archive", "Forgotten", "ReadReport", "new_key", "open", "read"]

_ON_TOUCH: Final = {
    "Archive": "_archive",
    "Forgotten": "sharing._forget",
    "ReadReport": "reporting._report",
    "new_key": "sharing._export_key",
    "open": "_archive",
}


def __getattr__(name: str) -> object:
    """Load on first touch what engines and frames belong to, so that reading starts at once."""
    if name in _ON_TOUCH:
        return getattr(import_module(f"spread.archive.{_ON_TOUCH[name]}"), name)
    raise AttributeError(f"module 'spread.archive' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
