"""What an archive was made from in a few lines, for people."""

from typing import TYPE_CHECKING, Final

import pandas as pd

from spread.archive.merging._measures import FEWEST_ASIDE, LEAST_FOR_GAPS
from spread.archive.reporting._gap_table import length, longest, stretch
from spread.archive.reporting._warnings import unavailable_tweets
from spread.archive.reporting._wording import counted, day, instant, number_of, percent

if TYPE_CHECKING:
    from spread.archive.reporting._report import ReadReport

SHOWN_FILES: Final = 12
"""How many files are told of one by one."""
_MINUTE: Final = pd.Timedelta(minutes=1)


def facts(report: "ReadReport") -> dict[str, str]:
    """Return what was read by the names of its lines."""
    said = {
        "records": _records(report),
        "formats": ", ".join(_of_format(*each) for each in report.formats.items()),
        "tweets": ", ".join(f"{count:,} {origin}" for origin, count in report.origins.items()),
        "kinds": ", ".join(counted(*each) for each in report.kinds.items() if each[1]),
        "users": f"{report.users:,}",
        "follows": _follows(report),
        "read by": _read_by(report),
    }
    said = {name: told for name, told in said.items() if told}
    if report.first_at is not None and report.last_at is not None:
        shown = day if report.pseudonymised else instant
        said["from"], said["to"] = shown(report.first_at), shown(report.last_at)
    said |= _shares(report)
    if sum(report.origins.values()):
        said["gaps in time"] = _gaps(report)
    if report.lost:
        said["known loss"] = (
            f"at least {number_of(report.lost, 'tweet')} that the stream's limit held back"
        )
    if report.unavailable:
        said["unavailable"] = f"{unavailable_tweets(report)}: the platform itself says so"
    if any(report.oddities.values()):
        said["oddities"] = ", ".join(counted(*each) for each in report.oddities.items() if each[1])
    if report.forgotten:
        said["forgotten"] = (
            f"{number_of(report.forgotten, 'tweet')}, taken out since they were read"
        )
    if report.reasons:
        said["reasons"] = ", ".join(f"{n:,} {reason}" for reason, n in report.reasons.items())
    if report.ignored:
        said["ignored files"] = f"{len(report.ignored):,}: {', '.join(report.ignored[:5])}"
    if (more := len(report.files) - SHOWN_FILES) > 0:
        said["files"] = (
            f"{len(report.files):,}, of which {more:,} are not shown below (`files` has all)"
        )
    return said


def _shares(report: "ReadReport") -> dict[str, str]:
    shares = {
        "cut texts": (report.share_cut, "of the collected tweets"),
        "missing": (report.share_missing, "of the retweeted originals, known by their ids only"),
        "located": (report.share_located, "of the users say anything of a place"),
        "coverage": (report.coverage, "of the retweets that the platform reported are here"),
    }
    said = {
        name: f"{percent(share)} {of}" for name, (share, of) in shares.items() if share is not None
    }
    if not report.has_texts and report.origins.get("collected") and not report.pseudonymised:
        said["cut texts"] = "no collected tweet has a text"
    if report.share_located is None and report.users:
        told = "were taken out" if report.pseudonymised else "have no field in the profiles"
        said["located"] = f"places {told}"
    return said


def _read_by(report: "ReadReport") -> str:
    given = (
        f"{name} "
        + (", ".join(f"{k}={_plain(v)}" for k, v in of.items()) if type(of) is dict else of)
        for name, of in report.read_by.items()
    )
    return "; ".join(given)


def _follows(report: "ReadReport") -> str:
    kept = report.totals["kept_follows"]
    own = f", {report.self_follows:,} of them of oneself" if report.self_follows else ""
    return f"{kept:,} kept{own}" if kept else ""


def _records(report: "ReadReport") -> str:
    """Say what became of the records; of those kept, which are no tweet of their own."""
    if not report.further:
        return equation(report)
    tell = "tells of a further object" if report.further == 1 else "tell of further objects"
    return f"{equation(report)}; {report.further:,} of those kept {tell} of a tweet"


def _gaps(report: "ReadReport") -> str:
    """Say which gaps there are; none only of where they were looked for."""
    if report.pseudonymised:
        return "cannot be told: no time of day is that of an event"
    enough = report.origins.get("collected") or report.origins.get("stub", 0)
    if enough < LEAST_FOR_GAPS:
        return "too few tweets to tell"
    said = "none"
    if len(report.gaps):
        said = f"{len(report.gaps):,}, the longest {stretch(longest(report.gaps))}"
    said += f" (within {FEWEST_ASIDE} tweets of either end it cannot be told)"
    is_long = report.silence and report.silence[1] - report.silence[0] >= _MINUTE
    if report.silence and is_long and not (report.gaps.start_at == report.silence[0]).any():
        said += f"; the longest time without a tweet is {length(*report.silence)}"
        said += f" from {instant(report.silence[0])}"
    return said


def equation(report: "ReadReport", noun: str = "") -> str:
    """Say what became of the records, which all are one of four things."""
    total = report.totals
    return (
        f"{total['records']:,} {noun}= {total['kept']:,} kept + "
        f"{number_of(total['duplicates'], 'duplicate')} + "
        f"{number_of(total['notices'], 'notice')} + "
        f"{total['rejected']:,} rejected"
    )


def _plain(given: object) -> str:
    return f"{given:g}" if isinstance(given, float) else str(given)


def _of_format(name: str, count: int) -> str:
    return number_of(count, "id") if name == "ids" else f"{count:,} {name}"
