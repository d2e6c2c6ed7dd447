"""`python -m spread.scenario`: a synthetic archive with its truth."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from spread import scenario
from spread._errors import UsageError
from spread.cli._answer import DONE, answer, parser, place, tidy, writable

__all__ = ["main"]

_EXAMPLES = """\
  python -m spread.scenario mynypd
      mynypd-synthetic.jsonl.gz and the tables of its truth in mynypd-truth/
  python -m spread.scenario mcdstories --scale 0.1 --seed 7 --out try/
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Examples
    --------
    >>> main(["nothing"])
    2
    """
    options = parser("scenario", "Write a synthetic tweet archive with known truth.", _EXAMPLES)
    add = options.add_argument
    add("name", help=f"the campaign: {', '.join(scenario.NAMES)}")
    add("--out", metavar="DIR", type=place, default=".", help="where to write (default: here)")
    add("--scale", metavar="X", type=float, default=0.1, help="volume; 1 is the day (default: 0.1)")
    add("--seed", metavar="N", type=int, default=1, help="seed of every random draw (default: 1)")
    add("--thinning", metavar="SHARE", type=float, default=1.0, help="share of retweets kept")
    add("--authors-kept", metavar="SHARE", type=float, default=1.0, help="share of authors kept")
    add("--json", action="store_true", help="tell what was written as JSON")
    return answer(_run, options, argv)


def _run(options: argparse.Namespace) -> int:
    if options.name not in scenario.NAMES:
        allowed = ", ".join(scenario.NAMES)
        raise UsageError("unknown campaign", got=repr(options.name), allowed=allowed)
    out = Path(options.out)
    with tidy(out):
        writable(out)
        return _written(options, out)


def _written(options: argparse.Namespace, out: Path) -> int:
    path, truth = out / f"{options.name}-synthetic.jsonl.gz", out / f"{options.name}-truth"
    made = scenario.generate(
        options.name,
        path,
        scale=options.scale,
        rng=options.seed,
        thinning=options.thinning,
        authors_kept=options.authors_kept,
    )
    made.write(truth)
    if options.json:
        told = {"archive": str(path), "truth": str(truth), "seed": options.seed, "synthetic": True}
        print(json.dumps(told, indent=1))
        return DONE
    print(f"Wrote {path} and its truth, {truth} (synthetic; seed {options.seed})")
    return DONE
