"""The story in sentences: each made from a result, with its uncertainty, or a refusal.

A topic that cannot be told gives a reason instead of a sentence; causal words are
avoided: an account `is credited with` and a tag `came before`.
"""

import math
from typing import NamedTuple

import pandas as pd

from spread.archive import ReadReport
from spread.hashtags import Family
from spread.hijack import Turn
from spread.study import _places
from spread.study import _words as words
from spread.study._found import Found
from spread.study._labels import called
from spread.study._scope import Scope
from spread.tables import rows
from spread.trees import Forests

Refusal = tuple[str, str]

_CASCADE_LEAST = 3


class Telling(NamedTuple):
    """What can be said on a topic, and what cannot: (topic, reason) pairs."""

    sentences: list[str]
    refusals: list[Refusal]


def of_archive(scope: Scope, report: ReadReport, time_zone: str) -> Telling:
    """Say what the archive holds and lacks."""
    tagged = int(scope.usage.set_index("hashtag").tweets.get(scope.root, 0))
    sentences = [scope.announcement] if scope.announcement else []
    sentences.append(
        f"The archive holds {words.counted(scope.collected, 'tweet')} by "
        f"{words.counted(scope.authors, 'account')}, from {words.day(scope.start_at, time_zone)} "
        f"to {words.day(scope.end_at, time_zone)}"
        + (f"; {words.number(tagged)} of them carry {scope.shown}." if scope.root else ".")
    )
    if rejected := report.totals["rejected"]:
        sentences.append(
            f"{words.counted(rejected, 'record')} could not be read; "
            "each is listed with its file, number and reason."
        )
    return Telling(sentences, [])


def of_coverage(coverage: pd.DataFrame) -> Telling:
    """Say how many of the retweets that the platform reported the archive holds."""
    known = coverage.dropna(subset=["reported"])
    reported = float(known.reported.sum())
    if not reported:
        return Telling([], [("coverage", "no retweet count was reported by the platform")])
    share = float(known.observed.clip(upper=known.reported).sum()) / reported
    missing = "" if share == 1 else "; what is missing cannot be credited to anyone"
    return Telling(
        [
            f"Of the {words.number(reported)} retweets that the platform reported for "
            f"{words.counted(len(known), 'original')}, the archive holds "
            f"{words.percent(share)}{missing}."
        ],
        [],
    )


def of_cascades(forests: Forests, metrics: pd.DataFrame, labels: pd.DataFrame) -> Telling:
    """Say how large, deep and viral the cascades were, beside the star that is observed."""
    if metrics.empty or metrics["size"].max() < _CASCADE_LEAST:
        return Telling([], [("cascades", "no tweet was retweeted often enough for a cascade")])
    top = metrics.sort_values(["size", "cascade"], ascending=[False, True]).iloc[0]
    retweeted = int((metrics["size"] > 1).sum())
    sentence = (
        f"{words.counted(retweeted, 'tweet')} were retweeted; the largest cascade, by "
        f"{called(labels, [top.user_id])[0]}, has {words.counted(int(top['size']), 'event')}, an "
        f"expected depth of {top.depth:.1f} ({top.depth_low:.0f}–{top.depth_high:.0f}) and a "
        f"structural virality of {top.virality:.2f} ({top.virality_low:.2f}–"
        f"{top.virality_high:.2f}; the star that the platform reports would say "
        f"{top.star_virality:.2f})."
    )
    before = forests.parameters["roots_before_archive"]
    if isinstance(before, int) and before:
        sentence += (
            f" {words.counted(before, 'of them was', 'of them were')} posted before the archive "
            "begins, so that their early retweets are missing and their trees are cut short."
        )
    return Telling([sentence], [])


def of_camps(found: Found) -> Telling:
    """Say which camps there are, who leads them, and what they rest on."""
    if found.coded:
        return Telling(
            [
                f"The camps are your coding of "
                f"{words.counted(found.camps.user_id.nunique(), 'account')}."
            ],
            [],
        )
    if found.partition.cannot_tell:
        return Telling([], [("the camps", found.partition.cannot_tell)])
    leaders = found.rank[found.rank.user_id.isin(found.camps.user_id)]
    sizes = found.camps.camp.value_counts().sort_index()
    parts = []
    for camp, size in sizes.items():
        of_camp = leaders[leaders.camp == camp]
        led = f", led by {called(found.labels, of_camp.user_id.head(1))[0]}" if len(of_camp) else ""
        parts.append(f"{camp} ({words.counted(int(size), 'account')}{led})")
    return Telling(
        [
            f"Accounts that retweet each other form camps: {_listed(parts)}. They are groups, "
            "not opinions."
        ],
        [],
    )


def of_turn(turn: Turn, camps: pd.DataFrame, time_zone: str) -> Telling:
    """Say when the camps' shares changed, from what to what."""
    if camps.empty:
        return Telling([], [("the turn", "without camps there are no shares that could change")])
    if turn.cannot_tell:
        return Telling([], [("the turn", turn.cannot_tell)])
    if turn.p_turn < 0.5:
        return Telling(
            [
                f"The camps' shares of new cascades did not change: the probability of a turn is "
                f"{turn.p_turn:.2g}."
            ],
            [],
        )
    row = next(rows(turn.shares[turn.shares.camp == turn.rising]))
    return Telling(
        [
            f"It turned between {words.span(turn.onset_low, turn.onset_high, time_zone)} "
            f"(95 % interval of the onset; half-way at "
            f"{words.clock(turn.halfway, time_zone, seen_from=turn.onset)}): camp {turn.rising}'s "
            "share of new cascades rose from "
            f"{words.percent_interval(row.before, row.before_low, row.before_high)} to "
            f"{words.percent_interval(row.after, row.after_low, row.after_high)}. "
            f"The probability that the shares changed at all is {_probability(turn.p_turn)}."
        ],
        [],
    )


def of_drivers(turn: Turn, labels: pd.DataFrame) -> Telling:
    """Say whose tweets the rising camp passed on while it rose."""
    if turn.cannot_tell or turn.drivers.empty:
        return Telling([], [])
    parts = [
        f"{label} ({words.percent_interval(row.share, row.share_low, row.share_high)})"
        for label, row in zip(
            called(labels, turn.drivers.user_id.head(3)),
            rows(turn.drivers.head(3)),
            strict=True,
        )
    ]
    return Telling(
        [
            f"While the share rose, the tweets that camp {turn.rising} posted and passed on go "
            f"back to {_listed(parts)}."
        ],
        [],
    )


def of_seeds(rank: pd.DataFrame, labels: pd.DataFrame) -> Telling:
    """Say who is credited with the spread, and how sure the first place is."""
    if rank.empty:
        return Telling([], [("who carried it", "no tweet was retweeted")])
    top = rank.iloc[0]
    name, naive = called(
        labels, [top.user_id, rank.sort_values("naive_followers_rank").iloc[0].user_id]
    )
    sentence = (
        f"{name} is credited with "
        f"{words.percent_interval(top.share, top.share_low, top.share_high)} of all tweets "
        f"in the cascades and is first with probability {_probability(top.p_first)}"
    )
    if name != naive:
        row = rank.sort_values("naive_followers_rank").iloc[0]
        sentence += (
            f"; the most followed account, {naive}, is credited with "
            f"{words.percent_interval(row.share, row.share_low, row.share_high)}"
        )
    return Telling([sentence + "."], [])


def of_family(family: Family | None) -> Telling:
    """Say which tags came from the root, and how sure that is."""
    if family is None:
        return Telling([], [("the family of tags", "the study has no root tag")])
    if family.cannot_tell:
        return Telling(
            [], [("the family of tags", family.cannot_tell.removeprefix("cannot tell: "))]
        )
    shown = dict(zip(family.members.hashtag, family.members.shown, strict=True))
    others = family.members[family.members.hashtag != family.root]
    told = others[others.verdict == "descends"]
    open_ones = others[others.verdict == "cannot tell"]
    refusals = [(f"where #{row.shown} came from", str(row.reason)) for row in rows(open_ones)]
    if told.empty:
        return Telling(["No tag is found to descend from the root."], refusals)
    parts = [
        f"#{row.shown} from #{shown.get(row.parent, row.parent)} ({_probability(row.probability)})"
        for row in rows(told.sort_values("first_at"))
    ]
    sentence = f"{_counted_tags(len(told))} descend: {_listed(parts)}"
    alone = others[others.verdict == "no parent"]
    if len(alone):
        sentence += f"; {_listed(['#' + s for s in alone.shown])} look alike and have no parent"
    return Telling([sentence + "."], refusals)


def of_places(found: Found, time_zone: str, *, names: bool) -> Telling:
    """Say where the tag arrived, and in which order; or where it was used, if it came before."""
    located = found.located
    share = float(located.reason.isna().mean()) if len(located) else 0.0
    coverage = (
        f"{words.percent(share)} of {words.counted(len(located), 'account')} have a location "
        "that names a city"
    )
    public = _places.shown(found.arrivals, located, names=names)
    arrivals = _places.told(public, found.scope.root)
    if arrivals.empty:
        return Telling([], [("where it went", f"{coverage}, too few for an order of arrival")])
    start = arrivals["at"].iloc[0]
    parts = [
        f"{row.city} ({words.clock(row.at, time_zone, seen_from=start)}; "
        f"rank {row.rank:.0f}, {row.rank_low:.0f}–{row.rank_high:.0f})"
        for row in rows(arrivals.head(5))
    ]
    from_start = found.family is not None and found.family.collection["selected_by"] is not None
    verb = "was first used in this archive in" if from_start else "arrived in"
    sentence = (
        f"{coverage}. By its {_ordinal(int(arrivals['k'].iloc[0]))} adopter there, "
        f"{found.scope.shown} {verb} {_listed(parts)}; the ranges are 95 % intervals over where "
        "the accounts that cannot be located may be."
    )
    unseen = "the archive was collected by this tag: it cannot show where that was used before"
    return Telling([sentence], [("where it began", unseen)] if from_start else [])


def tell(found: Found, report: ReadReport, time_zone: str, *, names: bool) -> Telling:
    """Return all sentences and all refusals, in the order in which they are read."""
    tellings = [
        of_archive(found.scope, report, time_zone),
        of_coverage(found.coverage),
        of_cascades(found.forests, found.metrics, found.labels),
        of_camps(found),
        of_turn(found.turn, found.camps, time_zone),
        of_drivers(found.turn, found.labels),
        of_seeds(found.rank, found.labels),
        of_family(found.family),
        of_places(found, time_zone, names=names),
    ]
    return Telling(
        [_capital(sentence) for telling in tellings for sentence in telling.sentences],
        [refusal for telling in tellings for refusal in telling.refusals],
    )


def _probability(value: float) -> str:
    if math.isnan(value):
        return "unknown"
    if value > 0.99:
        return "> 0.99"
    return "< 0.01" if value < 0.01 else f"{value:.2f}"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _listed(parts: list[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def _counted_tags(count: int) -> str:
    return "One tag is found to" if count == 1 else f"{count} tags are found to"


def _ordinal(k: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(k, f"{k}th")
