"""`python -m spread.cascade`: the whole path, from an archive to a report."""

import argparse
import json
import re
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from spread import report, study, tables
from spread._errors import InputError, OutputError, UsageError
from spread._folders import require_free
from spread.archive import Archive
from spread.archive._damage import damage_told
from spread.cli import _answer, _listing, _parts, _source
from spread.cli._answer import (
    DONE,
    NOT_WRITTEN,
    PARTLY,
    alone,
    answer,
    place,
    said,
    tidy,
    writable,
)
from spread.cli._parts import PARTS
from spread.study import _steps

__all__ = ["main", "parser"]

_CODING = "your own coding: columns user_id, camp; or tweet_id, code (and coder)"
_CODINGS = (("user_id", "camp"), ("tweet_id", "code"))
_CHECKS = "make the claims again under other choices and on negative controls (about 4 × the time)"
_KEEP = "keep the tables of the archive there; the next time, alone, start from them"
_STATIC = f"write the figures also as some of {','.join(report.FORMATS)}"
_FREEZE = "write a replication package there too: tables, figures, versions, hashes, the command"
_VERIFY = (
    "run a replication package again and compare; name the archive if it is not in it (3: differs)"
)
_UNFINISHED, _ENDED = ".unfinished", ".study"
_STEP = re.compile(r"[a-z-]+\.step|\..*\.part")
_FILES = (_ENDED, _listing.RECORD, "report.html", ".lock")
_DRAFT = re.compile(
    r"\..*\.(csv|parquet|html|js|json|svg|pdf|png|step|study)\.[a-z0-9_]{8}\.part", re.ASCII
)

_EXAMPLES = """\
  python -m spread.cascade
      the shipped #myNYPD archive (synthetic); the first run compiles, and takes up to three times
      as long as the next ones
  python -m spread.cascade tweets.jsonl.gz --root myNYPD --time-zone America/New_York
  python -m spread.cascade folder/ 'more/*.jsonl' --out out2 --seed 7
  python -m spread.cascade big/ --keep big-tables --only figures
      the tables of the archive are kept for other studies
  python -m spread.cascade tweets.jsonl.gz --root myNYPD --freeze package
  python -m spread.cascade --verify package tweets.jsonl.gz
      does the package come out the same?

A command that was interrupted or killed goes on where it was, if it is given again: steps that
were done are in OUT/.unfinished, with the tweets, until it ends. After that, whatever else is
asked of the same study, such as --only figures or --static svg, is drawn from OUT/.study; delete
that file to have the study made anew. What a command wrote of another study into OUT, as run.json
there lists it, is taken away, and is told before the work; other files stay, and where one of them
bears the name of what is to be written, nothing is done.
"""


def parser() -> argparse.ArgumentParser:
    """Return the options of `python -m spread.cascade`.

    Examples
    --------
    >>> parser().parse_args(["a.jsonl", "--root", "myNYPD"]).root
    'myNYPD'
    """
    description = "From a tweet archive to the story of a hashtag."
    options = _answer.parser("cascade", description, _EXAMPLES)
    add = options.add_argument
    add("archive", nargs="*", help="files, folders or globs; the shipped sample by default")
    add("--root", metavar="TAG", help="the hashtag; the commonest by default")
    add("--out", metavar="DIR", default="out", type=place, help="where to write (default: out)")
    add("--only", metavar="PART", action="append", help=f"write {', '.join(PARTS)}; repeatable")
    add("--static", metavar="FORMATS", help=_STATIC)
    add("--keep", metavar="DIR", type=place, help=_KEEP)
    add("--freeze", metavar="DIR", type=place, help=_FREEZE)
    add("--verify", metavar="DIR", type=place, help=_VERIFY)
    add("--start", metavar="TIME", help="first moment, such as 2014-04-22T14:00")
    add("--end", metavar="TIME", help="the moment after the last")
    add("--time-zone", metavar="ZONE", help="zone of the times told, such as America/New_York")
    add("--camps", metavar="CSV", type=place, help=_CODING)
    add("--launch", metavar="TIME", help="when the tag was launched, if the archive holds that")
    add("--names", action="store_true", help="name every account, not only public ones")
    add("--checks", action="store_true", help=_CHECKS)
    add("--seed", metavar="N", type=int, default=1, help="seed of every random draw (default: 1)")
    add("--strict", action="store_true", help="stop at the first record that cannot be read")
    add("--json", action="store_true", help="tell the story as JSON on standard output")
    add("--quiet", action="store_true", help="no progress on stderr")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Examples
    --------
    >>> main(["no-such-file.jsonl"])
    4
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    command = shlex.join(["python", "-m", "spread.cascade", *arguments])
    return answer(
        lambda options: _verified(options) if options.verify else _run(options, command),
        parser(),
        arguments,
        left=_left,
    )


def _run(options: argparse.Namespace, command: str) -> int:
    parts = _asked_parts(options.only)
    if options.seed < 0:
        raise UsageError("--seed is out of range", got=str(options.seed), allowed="0, 1, 2, …")
    formats = _formats(options.static)
    coding = None if options.camps is None else _coded(options.camps)
    _source.require_kept(options)
    if options.freeze is not None:
        require_free(options.freeze)
    with tidy(options.out):
        writable(options.out, files=_FILES, folders=("tables", "figures"))
        return _written(options, command, parts, formats, coding)


def _written(
    options: argparse.Namespace,
    command: str,
    parts: Sequence[str],
    formats: Sequence[str],
    coding: pd.DataFrame | None,
) -> int:
    """Write a study, and return the exit code."""
    with alone(options.out):
        _listing.require_ours(options.out, parts=parts, formats=formats)
        found, key = _found(options, coding, command, parts)
        _listing.clear(options.out, key=key)
        told, files = _record(found, command), _parts.files(found, parts)
        planned = [*files, *_parts.static_files(found, formats)]
        _listing.record(options.out, {**told, "finished": False}, planned, key=key)
        progress = False if options.quiet else None
        _parts.write(found, options.out, command=command, parts=parts, progress=progress)
        code = PARTLY if len(found.read_report.rejects) else DONE
        if options.freeze is not None:
            study.freeze(found, options.freeze, figures=report.write_figures)
        if formats:
            drawn, failed = _static(found, options.out, formats)
            files, code = [*files, *drawn], failed or code
        _listing.record(options.out, told, files, key=key)
        shutil.rmtree(options.out / _UNFINISHED, ignore_errors=True)
    if options.json:
        print(json.dumps(told, indent=1))
    else:
        print(found)
        print(f"\nOpen {options.out / 'report.html' if 'report' in parts else options.out}")
    return code


def _found(
    options: argparse.Namespace, coding: pd.DataFrame | None, command: str, parts: Sequence[str]
) -> tuple[study.Study, str]:
    """Return the study and its key: as it ended here before, or made, each step kept once done."""
    progress = False if options.quiet else None
    source = _source.source(options, progress)
    is_sample = not isinstance(source, Archive) or _source.is_sample(source)
    shipped = not options.archive and is_sample
    root = "myNYPD" if shipped and options.root is None else options.root
    usual = "America/New_York" if shipped else "UTC"
    zone = usual if options.time_zone is None else options.time_zone
    asked = (root, options.start, options.end, coding, options.launch, zone, options.names)
    key = _steps.fingerprint(source, (*asked, options.seed, options.checks))
    _tell_of_others(options.out, key)
    if options.freeze is None and (ended := _steps.again(options.out / _ENDED, key=key)):
        if progress is not False:
            said(f"the study in {options.out} is of these files and options: drawn from it", DONE)
        return ended, key
    unfinished = options.out / _UNFINISHED
    _make_own(unfinished)
    read = source.path if isinstance(source, Archive) else _steps.archive_place(unfinished)
    try:
        with damage_told(read):
            found = study.run(
                source,
                root,
                start=options.start,
                end=options.end,
                camps=coding,
                launch=options.launch,
                time_zone=zone,
                names=options.names,
                rng=options.seed,
                progress=progress,
                resume=unfinished,
                on_step=_writer(options.out, command, key, writes="tables" in parts),
            )
    except (InputError, UsageError):
        # There is nothing to go on from, and tweets are not left behind.
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    if options.checks:
        found = _checked(found, options.seed, progress)
    _steps.ended(found, options.out / _ENDED, key=key)
    return found, key


def _writer(out: Path, command: str, key: str, *, writes: bool) -> study.OnStep:
    """Return what writes the tables of each step; until all are there, run.json names them.

    Before the first, what is of another study goes: up to then that may still be wanted.
    """
    rows: dict[str, int] = {}

    def write_step(_: str, made: Mapping[str, pd.DataFrame]) -> None:
        (out / _ENDED).unlink(missing_ok=True)
        _listing.clear(out, key=key)
        if writes:
            rows.update({name: len(table) for name, table in made.items()})
            told = {"command": command, "finished": False, "rows": rows}
            _listing.record(out, told, _parts.table_files(rows), key=key)
            _parts.write_tables(made, out / "tables")

    return write_step


def _tell_of_others(out: Path, key: str) -> None:
    """Say, while Ctrl-C still leaves them, that files of another study are to go."""
    if others := _listing.others(out, key=key):
        what = f"files of another study in {out} are taken away for this one's: {len(others)}"
        said(f"{what}. --out names another place", DONE)


def _make_own(folder: Path) -> None:
    """Make a folder that nobody else reads, or take up the one that was made before."""
    is_other = folder.is_symlink() or (folder.exists() and not folder.is_dir())
    try:
        if is_other or (folder.exists() and not all(map(_is_step, folder.iterdir()))):
            why = "no folder of its own" if is_other else "a folder that holds other things"
            raise OutputError(
                "unfinished work cannot be kept",
                got=f"{folder}, which is {why}",
                hint="Take it away, or name another place with --out",
            )
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise OutputError(
            "unfinished work cannot be kept",
            got=f"{folder} ({error.strerror or error})",
            hint="Name another place with --out",
        ) from error


def _is_step(path: Path) -> bool:
    """Whether it is what a command leaves in its folder of unfinished work."""
    name = path.name
    return name == "archive" or name.startswith(".archive.") or bool(_STEP.fullmatch(name))


def _left(options: argparse.Namespace) -> str:
    """Say what is left of a command that was interrupted, and how to go on; take drafts away."""
    out = options.out
    if options.verify:
        return "interrupted; nothing was written"
    for folder in (out, out / "tables", out / "figures", out / _UNFINISHED):
        for draft in folder.glob(".*.part"):
            if _DRAFT.fullmatch(draft.name) and draft.is_file():
                draft.unlink(missing_ok=True)
    if not (out / _UNFINISHED).exists() and not (out / _ENDED).exists():
        return "interrupted before anything was written"
    unfinished, written = out / _UNFINISHED, "tables" in (options.only or PARTS)
    steps = _steps.count(unfinished)
    if (out / _ENDED).exists() and (steps or not unfinished.exists()):
        done = "the study is done, and its figures may not be"
    else:
        read = "the archive is read, " if _steps.archive_place(unfinished).exists() else ""
        done = f"{read}{steps} of {_steps.ALL} steps are done"
        done += f", their tables are in {out / 'tables'}" if steps and written else ""
    held = f" ({unfinished} holds the tweets until then)" if unfinished.exists() else ""
    return f"interrupted: {done}. The same command goes on from there{held}"


def _verified(options: argparse.Namespace) -> int:
    """Tell what came of running a package again; what differs is a line of its own."""
    done = study.verify(
        options.verify, options.archive or None, progress=False if options.quiet else None
    )
    told = done.checks.verdict.value_counts().to_dict()
    print(
        f"{options.verify}: " + ", ".join(f"{count} {verdict}" for verdict, count in told.items())
    )
    for check in tables.rows(done.faults):
        print(f"{check.what}: {check.verdict}{f', {check.detail}' if check.detail else ''}")
    return DONE if done.is_same else PARTLY


def _static(found: study.Study, out: Path, formats: Sequence[str]) -> tuple[list[str], int]:
    """Write the figures as static files; where no browser is found, one line says so."""
    try:
        report.write_static(found, out / "figures", formats=formats)
    except report.MissingBrowserError as error:
        return [], said(f"{error}. The pages are written all the same", NOT_WRITTEN)
    return _parts.static_files(found, formats), DONE


def _formats(given: str | None) -> tuple[str, ...]:
    formats = tuple(given.split(",")) if given is not None else ()
    if unknown := sorted(set(formats) - set(report.FORMATS)):
        allowed = f"{', '.join(report.FORMATS)}, with commas between"
        raise UsageError("unknown format", got=repr(unknown[0]), allowed=allowed)
    return formats


def _asked_parts(only: list[str] | None) -> tuple[str, ...]:
    unknown = sorted(set(only or ()) - set(PARTS))
    if unknown:
        raise UsageError("no such part", got=repr(unknown[0]), allowed=", ".join(PARTS))
    return tuple(only) if only else PARTS


def _checked(found: study.Study, seed: int, progress: bool | None) -> study.Study:
    """Return a study with its claims under other choices, and its negative controls."""
    table = study.sensitivity(found, rng=seed, progress=progress)
    return found.with_tables(
        sensitivity=table,
        robustness=study.robustness(table),
        controls=study.controls(found, rng=seed),
    )


def _record(found: study.Study, command: str) -> dict[str, object]:
    files = found.tables["files"]
    return {
        "command": command,
        "finished": True,
        "seed": found.seed,
        "root": found.root,
        "synthetic": found.synthetic,
        "window": [found.start_at.isoformat(), found.end_at.isoformat()],
        "versions": dict(found.versions),
        "inputs": files.to_dict("records"),
        "rejected": len(found.read_report.rejects),
        "rows": {name: len(table) for name, table in found.tables.items()},
        "story": list(found.story),
        "cannot_tell": [list(refusal) for refusal in found.cannot_tell],
    }


def _coded(path: Path) -> pd.DataFrame:
    try:
        coding = pd.read_csv(path, dtype=str)
    except (OSError, ValueError, UnicodeError) as error:
        raise UsageError(
            "the coding of camps cannot be read", got=f"{path} ({error})", allowed="a CSV file"
        ) from error
    if not any(set(needed) <= set(coding) for needed in _CODINGS):
        raise UsageError(
            "--camps lacks columns",
            got=", ".join(map(str, coding)),
            allowed=" or ".join(" and ".join(needed) for needed in _CODINGS),
        )
    return coding
