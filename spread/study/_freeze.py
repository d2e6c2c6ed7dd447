"""A study as a package that anybody can run again: tables, figures, versions, hashes."""

import hashlib
import json
import platform
import shlex
import shutil
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

import spread
from spread import tables
from spread._errors import UsageError
from spread._folders import new_folder
from spread.study._record import Study

RECORD: Final = "run.json"
SUMS: Final = "SHA256SUMS"
ARCHIVE: Final = "archive"
CODING: Final = "camps.csv"
FORMAT: Final = 1
_SAID: Final = ("text", "detail")
_README: Final = """\
{title}
{rule}

A replication package, made by spread {version} on Python {python}, seed {seed}.

What is here
- tables/    every table of the study: .parquet (exact), .csv (safe for spreadsheets)
- figures/   every figure as a page to open in a browser; it asks no network for anything
- run.json   what was asked, what was found, versions, and the files it was made from
- requirements.txt   the versions of the packages
- SHA256SUMS the hash of every file here: sha256sum -c SHA256SUMS
{held}

To see whether it comes out the same
    python -m pip install -r requirements.txt       (and spread {version})
    python -m spread.cascade --verify THIS_FOLDER{sources}
The study is made again, and each table compared with the one here. On another machine
numbers may differ in their last digits: that is told.

To run it again
    {command}

On people
{people}
"""
_HELD: Final = {
    True: """\
- archive/   the tables of the archive, with what people wrote. Platforms do not let you
             pass these on: keep this folder to yourself, or to those who may read them""",
    False: """\
- ids/       the ids of the archive's tweets, which may be passed on, and how to get the tweets
             The tweets themselves are not here. run.json has the hashes of the files that
             held them: with these files the study comes out the same; with tweets that were
             asked for anew it does not quite, since some are gone by then.""",
}
_PEOPLE: Final = {
    True: """\
This study was made with names=True: accounts go by their names, and texts are in the
tables. Think of the people before you pass it on.""",
    False: """\
Only organisations, verified and very large accounts go by their names. The tables hold ids
of accounts and tweets, and no texts.""",
}


def freeze(
    study: Study,
    path: str | Path,
    *,
    with_archive: bool = False,
    figures: Callable[[Study, Path], object] | None = None,
) -> None:
    """Write a study as a replication package: a new folder that `verify` can check.

    It holds the tables (Parquet and CSV), the figures, the seed, the versions of Python and
    of the packages, the command, the hashes of the files that the archive was read from
    and of every file in it, the ids of the tweets, and a README. Texts are left out, unless
    the study has `names`.

    Parameters
    ----------
    study
        What `run` returns.
    path
        The folder to be made.
    with_archive
        Put the archive's tables in too: what is needed to run it again, and what platforms
        do not let anybody pass on. Without them `verify` asks for the original files.
    figures
        What draws, given the study and a folder; by default `report.write_figures`.

    Raises
    ------
    UsageError
        Something is at the path already.
    OutputError
        The folder cannot be written; nothing is left of it.

    References
    ----------
    Hashes are SHA-256 (FIPS 180-4), in the form that `sha256sum -c` reads

    Examples
    --------
    >>> import tempfile
    >>> from spread import samples, study
    >>> s = study.run(samples.path("mynypd"), "myNYPD", end="2014-04-22T18:10Z", rng=7)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study.freeze(s, f"{folder}/package", figures=lambda study, place: None)
    ...     sorted(file.name for file in Path(folder, "package").iterdir())
    ['README.txt', 'SHA256SUMS', 'figures', 'ids', 'requirements.txt', 'run.json', 'tables']
    """
    # Drawing is the business of the room above: its face is looked up here, not imported.
    draw = spread.report.write_figures if figures is None else figures
    command = rerun(study, with_archive=with_archive)
    with new_folder(path) as draft:
        for name, table in study.tables.items():
            tables.write(public(name, table, names=study.names), draft / "tables" / name)
        (draft / "figures").mkdir()
        draw(study, draft / "figures")
        if study.coding is not None:
            study.coding.to_csv(draft / CODING, index=False, encoding="utf-8")
        if with_archive:
            shutil.copytree(
                study.archive.path, draft / ARCHIVE, ignore=shutil.ignore_patterns(".*")
            )
        else:
            study.archive.export(draft / "ids")
        _write(draft / "requirements.txt", _requirements(study.versions))
        _write(draft / RECORD, json.dumps(_record(study, command), indent=1) + "\n")
        _write(draft / "README.txt", _readme(study, command, with_archive=with_archive))
        _write(draft / SUMS, "".join(f"{sum_}  {name}\n" for name, sum_ in sums(draft)))


def rerun(study: Study, *, with_archive: bool) -> str:
    """Return the command that makes a study again."""
    named = [Path(name).name for name in study.read_report.files.source_file]
    words = ["python", "-m", "spread.cascade", *(["--keep", ARCHIVE] if with_archive else named)]
    for option, value in asked(study).items():
        if value is True:
            words.append(f"--{option}")
        elif value not in (None, False):
            words += [f"--{option}", str(value)]
    return shlex.join(words)


def asked(study: Study) -> dict[str, Any]:
    """Return what was asked of a study, by the names of the command's options."""
    return {
        "root": study.root,
        "start": _iso(study.start),
        "end": _iso(study.end),
        "launch": _iso(study.launch),
        "time-zone": study.time_zone,
        "camps": None if study.coding is None else CODING,
        "names": study.names,
        "seed": study.seed,
    }


def public(name: str, table: pd.DataFrame, *, names: bool) -> pd.DataFrame:
    """Return a table as it is frozen: files by their names alone, and no texts."""
    changed: dict[str, Any] = {}
    if "source_file" in table:
        changed["source_file"] = [Path(str(file)).name for file in table.source_file]
    if not names:
        changed |= {
            said: pd.Series("", table.index, dtype="str") for said in _SAID if said in table
        }
    if name == "rejects" and not names:
        return table.assign(**changed).sort_values(["source_file", "source_record"])
    return table.assign(**changed)


def sums(folder: Path, skip: Iterable[str] = (SUMS,)) -> list[tuple[str, str]]:
    """Return the files of a folder with their SHA-256, sorted by name."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    named = ((file.relative_to(folder).as_posix(), file) for file in files)
    return [(name, sha256(file)) for name, file in named if name not in skip]


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def read_record(folder: Path) -> dict[str, Any]:
    """Return what `run.json` of a package says.

    Raises
    ------
    UsageError
        There is no package, or it is of another kind.
    """
    try:
        told = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if told["package"] == FORMAT:
            return dict(told)
        why = f"its format is {told['package']!r}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = f"{RECORD}: {(str(error).splitlines() or ['unreadable'])[0]}"
    raise UsageError(
        "this is no replication package", got=f"{folder} ({why})", allowed="what study.freeze made"
    )


def _record(study: Study, command: str) -> dict[str, Any]:
    files = study.read_report.files
    inputs = files.assign(source_file=[Path(name).name for name in files.source_file])
    return {
        "package": FORMAT,
        "command": command,
        "asked": asked(study),
        "seed": study.seed,
        "synthetic": study.synthetic,
        "window": [study.start_at.isoformat(), study.end_at.isoformat()],
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "versions": dict(study.versions),
        "inputs": json.loads(inputs.to_json(orient="records")),
        "rows": {name: len(table) for name, table in study.tables.items()},
        "story": list(study.story),
        "cannot_tell": [list(refusal) for refusal in study.cannot_tell],
    }


def _readme(study: Study, command: str, *, with_archive: bool) -> str:
    return _README.format(
        title=study.title,
        rule="=" * len(study.title),
        version=study.versions["spread"],
        python=platform.python_version(),
        seed=study.seed,
        held=_HELD[with_archive],
        sources="" if with_archive else " FILES THAT HELD THE TWEETS",
        command=command,
        people=_PEOPLE[study.names],
    )


def _requirements(versions: Mapping[str, str]) -> str:
    return "".join(f"{name}=={number}\n" for name, number in versions.items() if name != "spread")


def _iso(at: pd.Timestamp | None) -> str | None:
    return None if at is None else at.isoformat()


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
