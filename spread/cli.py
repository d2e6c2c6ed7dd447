"""Options in, one call, files out: `python -m spread.cascade`.

Exit codes: 0 done; 2 usage; 3 done, but some input was rejected; 4 nothing usable;
5 cannot write; 130 interrupted.
"""

import argparse
import json
import shlex
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from spread import __version__, archive, report, samples, study, tables
from spread._errors import InputError, OutputError, SpreadError, UsageError

__all__ = ["DONE", "INTERRUPTED", "NOTHING_USABLE", "NOT_WRITTEN", "PARTLY", "USAGE", "main"]

DONE, USAGE, PARTLY, NOTHING_USABLE, NOT_WRITTEN, INTERRUPTED = 0, 2, 3, 4, 5, 130

_CODING = "your own coding: columns user_id, camp; or tweet_id, code (and coder)"

_EXAMPLES = """\
examples:
  python -m spread.cascade
      the shipped #myNYPD archive (synthetic)
  python -m spread.cascade tweets.jsonl.gz --root myNYPD --time-zone America/New_York
  python -m spread.cascade folder/ 'more/*.jsonl' --out out2 --seed 7

exit codes: 0 done; 2 usage; 3 done, but some input was rejected; 4 nothing usable;
5 cannot write; 130 interrupted
"""


def parser() -> argparse.ArgumentParser:
    """Return the options of `python -m spread.cascade`.

    Examples
    --------
    >>> parser().parse_args(["a.jsonl", "--root", "myNYPD"]).root
    'myNYPD'
    """
    options = argparse.ArgumentParser(
        prog="python -m spread.cascade",
        description="From a tweet archive to the story of a hashtag.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = options.add_argument
    add("archive", nargs="*", help="files, folders or globs; the shipped sample by default")
    add("--root", metavar="TAG", help="the hashtag; the commonest by default")
    add("--out", metavar="DIR", default="out", type=Path, help="where to write (default: out)")
    add("--start", metavar="TIME", help="first moment, such as 2014-04-22T14:00")
    add("--end", metavar="TIME", help="the moment after the last")
    add("--time-zone", metavar="ZONE", help="zone of the times told, such as America/New_York")
    add("--camps", metavar="CSV", type=Path, help=_CODING)
    add("--launch", metavar="TIME", help="when the tag was launched, if the archive holds that")
    add("--names", action="store_true", help="name every account, not only public ones")
    add("--seed", metavar="N", type=int, default=1, help="seed of every random draw (default: 1)")
    add("--strict", action="store_true", help="stop at the first record that cannot be read")
    add("--quiet", action="store_true", help="no progress on stderr")
    add("--version", action="version", version=f"spread {__version__}")
    return options


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Examples
    --------
    >>> main(["no-such-file.jsonl"])
    4
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    options = parser().parse_args(arguments)
    try:
        return _run(options, shlex.join(["python", "-m", "spread.cascade", *arguments]))
    except KeyboardInterrupt:
        return _said("interrupted; what stands in the output folder is whole", INTERRUPTED)
    except OutputError as error:
        return _said(str(error), NOT_WRITTEN)
    except InputError as error:
        return _said(str(error), NOTHING_USABLE)
    except SpreadError as error:
        return _said(str(error), USAGE)


def _run(options: argparse.Namespace, command: str) -> int:
    _writable(options.out)
    shipped = not options.archive
    progress = False if options.quiet else None
    found = study.run(
        archive.read(
            samples.path("mynypd") if shipped else options.archive,
            strict=options.strict,
            progress=progress,
        ),
        "myNYPD" if shipped and options.root is None else options.root,
        start=options.start,
        end=options.end,
        camps=None if options.camps is None else _coded(options.camps),
        launch=options.launch,
        time_zone=options.time_zone or ("America/New_York" if shipped else "UTC"),
        names=options.names,
        rng=options.seed,
        progress=progress,
    )
    write(found, options.out, command=command)
    print(found)
    print(f"\nOpen {options.out / 'report.html'}")
    return PARTLY if len(found.read_report.rejects) else DONE


def write(found: study.Study, folder: str | Path, *, command: str = "") -> None:
    """Write a study as report.html, figures/, tables/ and run.json.

    Each file appears whole or not at all, run.json last.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    out = Path(folder)
    for name, table in found.tables.items():
        tables.write(table, out / "tables" / name)
    report.write_figures(found, out / "figures")
    report.write(found, out / "report.html", command=command)
    with tables.written(out / "run.json") as draft:
        draft.write_text(json.dumps(_record(found, command), indent=1) + "\n", encoding="utf-8")


def _record(found: study.Study, command: str) -> dict[str, object]:
    files = found.tables["files"]
    return {
        "command": command,
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


def _writable(folder: Path) -> None:
    """Find out before the work, not after it, that the results cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(
            "the output folder cannot be written",
            got=f"{folder} ({error.strerror or error})",
            hint="Name another with --out",
        ) from error


def _coded(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str)
    except (OSError, ValueError, UnicodeError) as error:
        raise UsageError(
            "the coding of camps cannot be read", got=f"{path} ({error})", allowed="a CSV file"
        ) from error


def _said(line: str, code: int) -> int:
    print(f"spread: {line}", file=sys.stderr)
    return code
