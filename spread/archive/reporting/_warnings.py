"""What follows for an analysis from what an archive was made from, a sentence each."""

from typing import TYPE_CHECKING, Final

from spread.archive._faults import REASONS
from spread.archive.formats._kinds import OWN
from spread.archive.reporting._gap_table import longest, stretch
from spread.archive.reporting._wording import number_of, percent

if TYPE_CHECKING:
    from spread.archive.reporting._report import ReadReport

_DAMAGES: Final = ("UNREADABLE", "TRUNCATED", "CRC", "TRAILING", "BOMB", "ID_FLOAT")
_CUT_MUCH, _LOCATED_LITTLE, _COVERED_WELL = 0.01, 0.1, 0.9
_CUT: Final = "the texts are cut: tags and mentions at their ends are lost, counts of tags too low"
_MISSING: Final = "the retweeted originals are known by id only: their texts and tags are missing"
_UNNAMED: Final = (
    "the retweets do not tell whose tweet they pass on: they are in no graph of accounts"
)
_AT_ODDS: Final = (
    "records that name different authors: which of them is right cannot be told, and the record "
    "that stands for each is chosen by other things"
)
_COVERED: Final = "the reported retweets are here: sizes of cascades are lower bounds"
_LOCATED: Final = "the users say anything of a place: maps rest on few"
_PSEUDONYMS: Final = (
    "pseudonymised: each cascade begins at midnight (UTC) of its day, so that no time of day is "
    "that of an event; texts, links, places and profiles were taken out"
)
_OWN_IDS: Final = (
    "each calls statuses and accounts by ids of its own, so that those of one may have been taken "
    "for another's: read the files of each apart"
)
_CHANGED: Final = (
    "what was written meanwhile may be missing or cut; read again when nothing writes there"
)
_GONE: Final = "deleted, protected or withheld, they cannot be fetched any more"
_EARLY: Final = "dated before the original: one of the two times is wrong, and both are kept"
_TIMED: Final = (
    "the time is that of the id, for they say none that can be read (`files` counts them in "
    "times_of_ids; 22/04/2014 and its like are never read: the month may stand first or second)"
)
_WITHOUT_ZONE: Final = (
    "the time is that of the id, for their own is written without its zone (`files` counts them in "
    "times_without_zone): time_zone, --time-zone, states it"
)
_OWN: Final = (
    "an account's own export does not mark its retweets: they stand as written, `RT @name: …`, "
    "with `manual_retweet`; graphs.retweets(…, manual=True) counts them"
)
_ONLY_IDS: Final = (
    "there are only ids: their times and duplicates are all that can be told; fetch the tweets "
    "from the platform"
)


def pseudonymised(report: "ReadReport") -> list[str]:
    """Say what a pseudonymised archive cannot tell at all, if this is one."""
    return [_PSEUDONYMS] if report.pseudonymised else []


def losses(report: "ReadReport") -> list[str]:
    """Say what did not come into the tables."""
    total, reasons = report.totals, report.reasons
    said = []
    for reason in _DAMAGES:
        if reason in reasons:
            hit = report.rejects.loc[report.rejects["reason"] == reason, "source_file"]
            names = ", ".join(sorted(set(hit.astype(str)))[:3])
            times = number_of(reasons[reason], "time")
            said.append(f"{REASONS[reason]} ({times}, in {names})")
    if report.changed:
        whose = "a file" if len(report.changed) == 1 else f"{len(report.changed):,} files"
        names = ", ".join(report.changed[:3])
        said.append(f"{whose} changed while being read ({names}): {_CHANGED}")
    if len(report.servers) > 1:
        hosts = ", ".join(list(report.servers)[:5])
        said.append(f"statuses of {len(report.servers):,} servers ({hosts}): {_OWN_IDS}")
    empty = report.files[report.files["records"] == 0]
    is_table = empty["formats"].astype(str) != ""
    for what, which in (("nothing", ~is_table), ("a header line and no row", is_table)):
        without = sorted(empty.loc[which, "source_file"].astype(str))
        many = "a file holds" if len(without) == 1 else f"{len(without):,} files hold"
        said += [f"{many} {what}: {', '.join(without[:3])}"] if without else []
    if total["rejected"]:
        share = percent(total["rejected"] / total["records"])
        told = f"{total['rejected']:,} of {number_of(total['records'], 'record')} ({share})"
        said.append(f"{told} could not be read: `rejects` names each, its place and the reason")
    said += _times(report)
    if report.unavailable:
        said.append(f"the platform itself does not show {unavailable_tweets(report)}: {_GONE}")
    if early := report.oddities.get("early_retweets"):
        said.append(f"{number_of(early, 'retweet is', 'retweets are')} {_EARLY}")
    if odd := report.contradicted:
        said.append(f"{number_of(odd, 'tweet has', 'tweets have')} {_AT_ODDS}")
    if report.lost:
        said.append(
            f"the stream held back {number_of(report.lost, 'tweet')} or more: counts are too low"
        )
    return said


def _times(report: "ReadReport") -> list[str]:
    """Say which times are not those that were written, and which perhaps should not be."""
    total = report.totals
    zoneless = total["times_without_zone"]
    counted = ((total["times_of_ids"] - zoneless, _TIMED), (zoneless, _WITHOUT_ZONE))
    said = [f"of {n:,} of {number_of(total['records'], 'record')} {why}" for n, why in counted if n]
    apart = {int(quarters): n for quarters, n in report.zones.items() if int(quarters)}
    if apart:
        most = max(apart, key=lambda quarters: (apart[quarters], -quarters))
        told = f"{sum(apart.values()):,} of {sum(report.zones.values()):,} times in the stated zone"
        by = f"{', mostly' if len(apart) > 1 else ''} by {most / 4:g} h"
        said.append(f"{told} differ from their ids{by}: is time_zone right?")
    return said


def limits(report: "ReadReport") -> list[str]:
    """Say what the tables cannot tell."""
    if not report.origins.get("collected") and report.origins.get("stub"):
        return [_ONLY_IDS]
    # An archive that is older than these counts is not known to have no retweet.
    retweets = report.kinds.get("retweets", report.unnamed)
    has_retweets = not report.kinds or retweets > 0
    unnamed = report.unnamed / retweets if retweets else None
    said = [
        f"{percent(share)} of {sentence}"
        for share, is_told, sentence in (
            (report.share_cut, (report.share_cut or 0) >= _CUT_MUCH, _CUT),
            (report.share_missing, bool(report.share_missing), _MISSING),
            (unnamed, bool(unnamed), _UNNAMED),
            (report.coverage, has_retweets and (report.coverage or 0) < _COVERED_WELL, _COVERED),
            (report.share_located, (report.share_located or 0) < _LOCATED_LITTLE, _LOCATED),
        )
        if share is not None and is_told
    ]
    if OWN.name in report.formats:
        said.append(_OWN)
    if len(report.gaps):
        found = longest(report.gaps)
        said.append(
            f"no tweet {stretch(found)}, where {found.due:,.0f} or more were due: was the "
            "collection interrupted? `gaps` holds all such stretches"
        )
    return said


def unavailable_tweets(report: "ReadReport") -> str:
    """Say how many tweets the platform does not show, and how many of them matter most."""
    tweets = number_of(report.unavailable, "tweet")
    originals = report.unavailable_originals
    return f"{tweets}, {originals:,} of them retweeted" if originals else tweets
