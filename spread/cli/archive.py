"""`python -m spread.archive`: read an archive into tables, report on it, pass it on, forget."""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from spread import archive
from spread._errors import UsageError
from spread.archive import Archive, ReadReport
from spread.archive.files._found import is_archive
from spread.archive.formats._layouts import FIELDS
from spread.archive.reporting._report import printable
from spread.archive.reporting._wording import number_of
from spread.cli._answer import DONE, PARTLY, answer, parser, place

__all__ = ["main"]

_COLUMNS = (
    "what a column of a CSV file is, such as tweet_id='Tweet Id'; repeatable. FIELD is one of "
    f"{', '.join(FIELDS)}"
)
_LIMIT = (
    "what is read at most: record_mb (8), depth (64), ratio of unpacked to packed bytes (1000); "
    "repeatable"
)
_ZONE = "zone of times that are written without one, such as America/New_York"
_EXAMPLES = """\
  python -m spread.archive report tweets.jsonl.gz 'more/*.json'
      what is in these files, and what could not be read
  python -m spread.archive read folder/ --to tables/
      the same, and keep the tables: Parquet, for spread and everything else
  python -m spread.archive report own.csv --columns tweet_id=ID --columns author_id=Who \\
      --columns at=When --columns text=Text
      a table of your own: which column is which (report --help lists what there can be)
  python -m spread.archive export tables/ --to ids/
      the ids alone, which may be passed on
  python -m spread.archive export tables/ --to shared/ --pseudonyms ~/key --new-key
      graphs and cascades without names, texts and hours; keep the key to yourself
  python -m spread.archive forget tables/ 458640532934737920 --ids deleted.txt
      take tweets or accounts out, with all that points to them
"""
_FILES = "files, folders or globs"
_TO = "a folder to be made"
_PSEUDONYMS = "tables in which ids are HMAC-SHA256 pseudonyms under the key in this file"
_NEW_KEY = "make that file first; it must not be there yet"
_EXACT = "keep follower counts as they are; many belong to one account alone"
_IDS = "a file of ids, one a line"
_SHOWN = 5
_LONG = 400
_FOR_READING = ("columns", "limit", "time_zone", "strict", "workers")
_FORGOTTEN = ("tweets", "retweets", "users", "follows", "cleared")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Examples
    --------
    >>> main(["report", "no-such-file.jsonl"])
    4
    """
    options = parser("archive", "Read tweet archives; nothing is lost silently.", _EXAMPLES)
    commands = options.add_subparsers(dest="command", required=True, metavar="COMMAND")
    read = _files(commands.add_parser("read", help="read files into tables, and report"))
    read.add_argument("--to", metavar="DIR", type=place, required=True, help=_TO)
    read.set_defaults(run=_read)
    report = commands.add_parser("report", help="report what is in files or in tables")
    _files(report, f"{_FILES}; or a folder that `read` made")
    report.set_defaults(run=_report)
    export = commands.add_parser("export", help="write what may be passed on: ids, or pseudonyms")
    export.add_argument("archive", type=place, help="a folder that `read` made")
    export.add_argument("--to", metavar="DIR", type=place, required=True, help=_TO)
    export.add_argument("--pseudonyms", metavar="KEYFILE", type=place, help=_PSEUDONYMS)
    export.add_argument("--new-key", action="store_true", help=_NEW_KEY)
    export.add_argument("--exact-followers", action="store_true", help=_EXACT)
    export.add_argument("--json", action="store_true", help="tell it as JSON")
    export.set_defaults(run=_export)
    forget = commands.add_parser("forget", help="take tweets or accounts out of the tables")
    forget.add_argument("archive", type=place, help="a folder that `read` made")
    forget.add_argument("id", nargs="*", help="ids of tweets or of accounts")
    forget.add_argument("--ids", metavar="FILE", type=place, help=_IDS)
    forget.add_argument("--json", action="store_true", help="tell it as JSON")
    forget.set_defaults(run=_forget)
    return answer(lambda given: int(given.run(given)), options, argv, left=_left)


def _left(given: argparse.Namespace) -> str:
    """Say after Ctrl-C what stands, and what the same command would do."""
    to = getattr(given, "to", None)
    if given.command == "forget":
        return "interrupted; each table is whole: the same command does what is left"
    if to is None:
        return "interrupted; nothing was to be written"
    if to.is_dir() and any(to.iterdir()):
        return f"interrupted; what stands at {to} is whole"
    again = "goes on from the files that were read to their ends"
    again = again if given.command == "read" else "begins anew"
    return f"interrupted; nothing stands at {to} yet: the same command {again}"


def _files(command: argparse.ArgumentParser, what: str = _FILES) -> argparse.ArgumentParser:
    add = command.add_argument
    add("archive", nargs="+", help=what)
    add("--columns", metavar="FIELD=NAME", action="append", default=[], help=_COLUMNS)
    add("--limit", metavar="NAME=NUMBER", action="append", default=[], help=_LIMIT)
    add("--time-zone", metavar="ZONE", help=_ZONE)
    add("--json", action="store_true", help="tell it as JSON")
    add("--strict", action="store_true", help="stop at the first record that cannot be read")
    add("--workers", metavar="N", type=int, help="how many processes read (default: the cores)")
    add("--quiet", action="store_true", help="no progress on stderr")
    return command


def _read(options: argparse.Namespace) -> int:
    return _told(_opened(options, to=options.to), as_json=options.json)


def _report(options: argparse.Namespace) -> int:
    first = Path(options.archive[0])
    if len(options.archive) > 1 or not is_archive(first):
        return _told(_opened(options), as_json=options.json)
    if given := [f"--{n.replace('_', '-')}" for n in _FOR_READING if vars(options)[n]]:
        raise UsageError(
            "the tables are read already: this option is for reading",
            got=", ".join(given),
            hint="Name the files that they were made of, or leave it out",
        )
    return _told(archive.open(first), as_json=options.json)


def _export(options: argparse.Namespace) -> int:
    opened = archive.open(options.archive)
    if options.new_key and options.pseudonyms is None:
        raise UsageError("--new-key needs --pseudonyms KEYFILE", hint="Say where the key goes")
    if options.new_key and options.to.resolve() in options.pseudonyms.resolve().parents:
        raise UsageError(
            "the key would be shared with the data",
            got=str(options.pseudonyms),
            hint="Name a file outside the folder that is shared",
        )
    if options.new_key:
        archive.new_key(options.pseudonyms)
    count = opened.export(
        options.to, pseudonyms=options.pseudonyms, exact_followers=options.exact_followers
    )
    if options.json:
        written = {"to": str(options.to), "pseudonyms": options.pseudonyms is not None}
        print(json.dumps({**written, "count": count}, indent=1))
    elif options.pseudonyms is None:
        print(f"Wrote {options.to}: {number_of(count, 'id')}, and the rule for passing them on")
    else:
        told = number_of(count, "tweet")
        print(f"Wrote {options.to}: {told} under pseudonyms, and what is left to mind")
        print(f"The key is {options.pseudonyms}: never pass it on")
    return DONE


def _forget(options: argparse.Namespace) -> int:
    ids = [*options.id, *([] if options.ids is None else _lines(options.ids))]
    done = archive.open(options.archive).forget(ids)
    if options.json:
        told = {name: getattr(done, name) for name in _FORGOTTEN}
        print(json.dumps({**told, "unknown": list(done.unknown)}, indent=1))
        return DONE
    print(
        f"Forgot {number_of(done.tweets, 'tweet')}, {number_of(done.retweets, 'retweet')} of them "
        f"and {number_of(done.users, 'account')}; "
        f"cleared {number_of(done.cleared, 'row')} of others"
    )
    if done.unknown:
        more = ", …" if len(done.unknown) > _SHOWN else ""
        some = ", ".join(done.unknown[:_SHOWN])
        print(f"Not in it: {number_of(len(done.unknown), 'id')} ({some}{more})")
    return DONE


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8-sig").split()
    except (OSError, UnicodeError) as error:
        raise UsageError("the ids cannot be read", got=f"{file} ({error})") from error


def _opened(options: argparse.Namespace, *, to: Path | None = None) -> Archive:
    return archive.read(
        options.archive,
        to=to,
        workers=options.workers,
        strict=options.strict,
        columns=dict(_pairs("--columns", options.columns, "FIELD=NAME")) or None,
        limits=dict(_limits(options.limit)),
        time_zone=options.time_zone,
        progress=False if options.quiet else None,
    )


def _limits(given: Sequence[str]) -> Iterator[tuple[str, float]]:
    for name, text in _pairs("--limit", given, "NAME=NUMBER"):
        try:
            yield name, int(text) if text.isdigit() else float(text)
        except ValueError as error:
            raise UsageError(
                "--limit is no number", got=repr(f"{name}={text}"), allowed="NAME=NUMBER"
            ) from error


def _pairs(option: str, given: Sequence[str], form: str) -> list[tuple[str, str]]:
    pairs = [pair.partition("=") for pair in given]
    if wrong := [left for left, equals, right in pairs if not (left and equals and right)]:
        raise UsageError(f"{option} is no pair", got=repr(wrong[0]), allowed=form)
    return [(left, right) for left, _, right in pairs]


def _told(opened: Archive, *, as_json: bool) -> int:
    report = opened.report
    if as_json:
        print(json.dumps(report.as_dict(), indent=1))
    else:
        print("\n".join([str(report).replace("`files` has", "--json has"), *_rejected(report)]))
    return PARTLY if len(report.rejects) else DONE


def _rejected(report: ReadReport) -> Iterator[str]:
    """Yield, for each reason, where its first reject is and what was found there."""
    firsts = report.rejects.drop_duplicates("reason").sort_values("reason")
    if len(firsts):
        yield "\nnot read, the first of each reason (--json has all):"
    names = ["reason", "source_file", "source_record", "detail"]
    for reason, file, record, detail in firsts[names].itertuples(index=False):
        line = printable(f"{file}, record {record}: {detail}")
        yield f"{reason:>16}: {line if len(line) <= _LONG else f'{line[: _LONG - 1]}…'}"
