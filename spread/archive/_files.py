"""Which files an archive is made of."""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from spread._errors import InputError, UsageError

TABLES: Final = ("tweets", "users", "follows", "rejects")
REPORT: Final = "report.json"
_ENDINGS: Final = (".json", ".jsonl", ".ndjson", ".txt", ".gz")


class Found(NamedTuple):
    """Files to read, each once and in the order of their names, and files left aside."""

    files: tuple[Path, ...]
    ignored: tuple[str, ...]


def find(paths: str | Path | Iterable[str | Path]) -> Found:
    """Return the files that paths, folders and globs stand for.

    A file that is named is read whatever it is called. Of a folder (with those inside
    it) the files ending in .json, .jsonl, .ndjson, .txt or .gz are read, without the
    folders of archives that were read before.

    Raises
    ------
    InputError
        A path does not exist, or there is no file at it.
    UsageError
        A folder is an archive that was read before.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not given:
        raise InputError("no path was given", hint="Name a file, a folder or a glob")
    files: dict[Path, Path] = {}
    ignored: list[str] = []
    for path in map(Path, given):
        for file, is_named in _at(path):
            if is_named or _is_candidate(file):
                files.setdefault(file.resolve(), file)
            else:
                ignored.append(source_name(file))
    if not files:
        raise InputError(
            "nothing to read",
            got=f"{', '.join(map(str, given))} with {len(ignored)} other files",
            allowed=f"files ending in {', '.join(_ENDINGS)}",
            hint="Name the file itself where it has another ending",
        )
    return Found(tuple(sorted(files.values(), key=lambda f: f.as_posix())), tuple(sorted(ignored)))


def source_name(file: Path) -> str:
    """Return how a file is called in the tables: its path as given, as text."""
    return os.fsencode(file.as_posix()).decode("utf-8", "replace")


def is_archive(folder: Path) -> bool:
    """Tell whether a folder holds an archive that was read before."""
    return (folder / "tweets.parquet").is_file() and (folder / REPORT).is_file()


def _at(path: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the files at a path, and whether each was named rather than found in a folder."""
    if path.is_file():
        yield path, True
    elif path.is_dir():
        if is_archive(path):
            raise UsageError(
                "the folder is an archive that was read before",
                got=str(path),
                hint="Open it with archive.open",
            )
        yield from _inside(path)
    elif glob.has_magic(str(path)):
        matched = sorted(glob.glob(str(path), recursive=True))
        if not matched:
            raise InputError("no file matches", got=str(path), hint="Check the pattern")
        for match in map(Path, matched):
            yield from _inside(match) if match.is_dir() else [(match, True)]
    else:
        raise InputError("no such file or folder", got=str(path), hint="Check the path")


def _inside(folder: Path) -> Iterator[tuple[Path, bool]]:
    for base, folders, names in os.walk(folder, onerror=_unreadable):
        folders[:] = sorted(name for name in folders if not is_archive(Path(base) / name))
        for name in sorted(names):
            yield Path(base) / name, False


def _unreadable(error: OSError) -> None:
    raise InputError(
        "a folder cannot be read", got=f"{error.filename} ({error.strerror})"
    ) from error


def _is_candidate(file: Path) -> bool:
    return not file.name.startswith(".") and file.name.lower().endswith(_ENDINGS)
