"""Which files an archive is made of."""

import glob
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from spread._arguments import require_instance
from spread._errors import InputError, UsageError

TABLES: Final = ("tweets", "users", "follows", "rejects")
REPORT: Final = "report.json"
_PLAIN: Final = (".json", ".jsonl", ".ndjson", ".txt", ".csv", ".tsv")
_PACKED: Final = (".gz", ".bz2", ".zst", ".zip", ".tar", ".tgz", ".tbz2", ".tbz")
_ENDINGS: Final = (*_PLAIN, *_PACKED)
_EXPORT: Final = re.compile(r"(?:account|tweets?(?:-part\d+)?|\d{4}_\d{2})\.js")
"""Of an account's own export, the files that hold its tweets."""
_BESIDE: Final = re.compile(r"readme(?:\.\w+)?|user-ids(?:-\w+)?\.txt")
"""What stands beside tweets, or beside the ids that `Archive.export` writes."""


class Found(NamedTuple):
    """Files to read, each once and in the order of their names, and files left aside."""

    files: tuple[Path, ...]
    ignored: tuple[str, ...]


def find(paths: str | Path | Iterable[str | Path]) -> Found:
    """Return the files that paths, folders and globs stand for.

    A file that is named is read whatever it is called. Of a folder (with those inside
    it) the files ending in .json, .jsonl, .ndjson, .txt, .csv or .tsv are read, and
    those packed in .gz, .bz2, .zst, .zip or .tar, without the folders of archives that
    were read before, those that a study was written into, and those whose names begin
    with a dot; nor are READMEs. Links to folders are not followed.

    Raises
    ------
    InputError
        A path does not exist, or there is no file at it.
    UsageError
        A folder is an archive that was read before.
    """
    given = [paths] if isinstance(paths, str | os.PathLike) else paths
    given = list(require_instance("paths", given, Iterable, "paths, as text or Path"))
    if not given or any(path == "" for path in given):
        raise InputError("no path was given", hint="Name a file, a folder or a glob")
    files: dict[Path, Path] = {}
    ignored: list[str] = []
    for path in map(usable, given):
        for file, is_named in _at(path):
            real = _real(file)
            if real is not None and not _may_wait(file) and (is_named or _is_candidate(file)):
                files.setdefault(real, file)
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


def usable(path: str | os.PathLike[str]) -> Path:
    """Return a path that the system can look for, whether there is anything or not."""
    found = Path(require_instance("a path", path, str | os.PathLike, "text or Path"))
    try:
        found.lstat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        pass
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError("a path cannot be used", got=f"{path} ({why})") from error
    return found


def source_name(file: Path) -> str:
    """Return how a file is called in the tables: its path as given, as text."""
    return os.fsencode(file.as_posix()).decode("utf-8", "backslashreplace")


def is_archive(folder: Path) -> bool:
    """Tell whether a folder holds an archive that was read before."""
    return os.path.exists(folder / "tweets.parquet") and os.path.isfile(folder / REPORT)


def _at(path: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the files at a path, and whether each was named rather than found in a folder."""
    if os.path.isfile(path):
        yield path, True
    elif os.path.isdir(path):
        if is_archive(path):
            raise UsageError(
                "the folder is an archive that was read before",
                got=str(path),
                hint="Open it with archive.open, or name it to a command with --keep",
            )
        yield from _inside(path)
    elif glob.has_magic(str(path)):
        matched = sorted(glob.glob(str(path), recursive=True))
        if not matched:
            raise InputError("no file matches", got=str(path), hint="Check the pattern")
        for match in map(Path, matched):
            yield from _inside(match) if os.path.isdir(match) else [(match, True)]
    else:
        raise InputError("no such file or folder", got=str(path), hint="Check the path")


def _inside(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the files in a folder, and what else there is that is not looked into."""
    closed: list[OSError] = []
    for base, folders, names in os.walk(folder, onerror=closed.append):
        inside = [Path(base) / name for name in sorted(folders)]
        folders[:] = [at.name for at in inside if not (_is_aside(at) or _is_ours(at))]
        yield from ((at, False) for at in inside if _is_aside(at))
        for name in sorted(names):
            yield Path(base) / name, False
    for error in closed:
        yield Path(error.filename), True


def _is_aside(folder: Path) -> bool:
    return folder.name.startswith(".") or folder.is_symlink()


def _is_candidate(file: Path) -> bool:
    return is_candidate_name(file.name) and not os.path.isdir(file)


def _may_wait(file: Path) -> bool:
    """Tell pipes and devices, for which reading might wait for ever."""
    return os.path.exists(file) and not os.path.isfile(file) and not os.path.isdir(file)


def _is_ours(folder: Path) -> bool:
    """Tell whether a folder holds what was made of tweets, not tweets."""
    is_study = os.path.isfile(folder / "run.json") and os.path.isfile(folder / ".study")
    return is_study or is_archive(folder)


def _real(file: Path) -> Path | None:
    """Return where a file really is; None for a link that leads nowhere, or in a circle."""
    try:
        return file.resolve(strict=True)
    except PermissionError:
        return file
    except (OSError, RuntimeError):
        return None


def is_candidate_name(path: str) -> bool:
    """Tell by its name whether a file in a folder, tar or zip is read."""
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    known = name.endswith(_ENDINGS) or _EXPORT.fullmatch(name) is not None
    is_beside = name.startswith(".") or _BESIDE.fullmatch(name) is not None
    return known and not is_beside and "__macosx/" not in path.lower()
