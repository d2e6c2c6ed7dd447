"""Whether an archive says of itself that it is synthetic, or one of pseudonyms."""

import json
from pathlib import Path
from typing import Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from spread.archive.files._found import REPORT

__all__ = ["PSEUDONYMISED", "PSEUDONYMISED_ONE", "is_pseudonymised", "says_synthetic"]

PSEUDONYMISED: Final = "pseudonymised synthetic archive"
"""The file that a pseudonymised archive names, when that which it was made of was synthetic."""

PSEUDONYMISED_ONE: Final = "pseudonymised archive"
"""The file that any other names."""

_DESCRIPTION: Final = "Synthetic account."


def says_synthetic(folder: Path) -> bool:
    """Return whether most accounts that describe themselves say that they are synthetic.

    `scenario` describes its accounts so; the name of a file or folder says nothing.
    """
    said = pq.read_table(folder / "users.parquet", columns=["description"])["description"]
    said = said.filter(pc.greater(pc.utf8_length(said), 0))
    return bool(len(said)) and bool(pc.mean(pc.starts_with(said, _DESCRIPTION)).as_py() > 0.5)


def is_pseudonymised(folder: Path) -> bool:
    """Return whether ids are pseudonyms in the archive in a folder."""
    files = json.loads((folder / REPORT).read_text(encoding="utf-8"))["files"]
    return any(file["source_file"] in (PSEUDONYMISED, PSEUDONYMISED_ONE) for file in files)
