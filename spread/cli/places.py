"""`python -m spread.places`: which city a profile's location names."""

import argparse
import json
import sys
from collections.abc import Sequence

from spread import places
from spread._errors import UsageError
from spread.cli._answer import DONE, answer, parser
from spread.text import csv_cell

__all__ = ["main"]

_EXAMPLES = """\
  python -m spread.places 'Brooklyn, NY' 'Springfield' 'somewhere over the rainbow'
  python -m spread.places --json < locations.txt
      one location a line
"""
_SHOWN = ["location", "city", "region", "country", "probability", "reason"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Examples
    --------
    >>> main(["Oakland, CA"])
    location,city,region,country,probability,reason
    "Oakland, CA",Oakland,California,US,...
    0
    """
    description = "Say which city a location names, with its probability, or why none."
    options = parser("places", description, _EXAMPLES)
    add = options.add_argument
    add("location", nargs="*", help="locations; lines of standard input by default")
    add("--json", action="store_true", help="JSON lines instead of CSV")
    return answer(_run, options, argv)


def _run(options: argparse.Namespace) -> int:
    given = list(options.location) or _lines()
    located = places.locate(given).assign(location=given)
    if options.json:
        for row in located.astype(object).where(located.notna(), None).to_dict("records"):
            print(json.dumps(row, ensure_ascii=False, default=str))
        return DONE
    table = located[_SHOWN]
    text = table.select_dtypes(exclude="number").columns
    safe = table.assign(**{name: table[name].map(csv_cell, "ignore") for name in text})
    print(safe.to_csv(index=False, float_format="%.3f", lineterminator="\n"), end="")
    return DONE


def _lines() -> list[str]:
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError("no location was given", allowed="locations, or lines on standard input")
    return [line.rstrip("\r\n") for line in sys.stdin]
