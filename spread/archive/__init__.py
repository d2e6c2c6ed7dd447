"""From every foreign format to the tables; nothing else knows a platform's JSON.

>>> from spread import archive
>>> archive.read([])
Traceback (most recent call last):
spread._errors.InputError: no path was given. Name a file, a folder or a glob
"""

from spread.archive._archive import Archive, open  # noqa: A004 - a verb of archive
from spread.archive._export_key import new_key
from spread.archive._forget import Forgotten
from spread.archive._read import read
from spread.archive._report import ReadReport

__all__ = ["Archive", "Forgotten", "ReadReport", "new_key", "open", "read"]
