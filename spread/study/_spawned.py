"""The family of tags in sentences: from which tag each came, and what fed its growth."""

import math
from typing import Any

import pandas as pd

from spread.hashtags import Family
from spread.hawkes import Traces
from spread.study import _words as words
from spread.study._telling import Telling
from spread.tables import rows

FAMILY = "the family of tags"
"""The topic under which all of it may be refused."""

_FED = 3
_GROWTH_MOST = 30
_RESTS_ON = (
    "the probability rests on these counts together with the tag's form and the order of first "
    "uses, and form and joint naming may outweigh that no more had used the other than expected"
)


def tell(family: Family | None, traced: Traces | None) -> list[Telling]:
    """Return what can be said of the tags that a root spawned."""
    if family is None:
        return [Telling([], [(FAMILY, "the study has no root tag")])]
    if family.cannot_tell:
        return [Telling([], [(FAMILY, family.cannot_tell)])]
    return [of_family(family), of_growth(family), of_traces(family, traced)]


def of_family(family: Family) -> Telling:
    """Say which tags came from the root, and how sure that is."""
    shown = _shown(family)
    others = family.members[family.members.hashtag != family.root]
    told = others[others.verdict == "descends"]
    open_ones = others[others.verdict == "cannot tell"]
    refusals = [(f"where #{row.shown} came from", str(row.reason)) for row in rows(open_ones)]
    alone = others[others.verdict == "no parent"]
    lone = _alone(alone)
    if told.empty:
        end = f"; {lone}" if len(alone) else ""
        return Telling([f"{_came_after(family, open_ones)}{end}."], refusals)
    parts = [
        f"#{row.shown} from #{shown.get(row.parent, row.parent)} "
        f"({words.probability(row.probability)}: {row.reason})"
        for row in rows(told.sort_values("first_at"))
    ]
    sentence = f"{_counted_tags(len(told))} descend: {words.listed(parts)}; {_RESTS_ON}"
    return Telling([sentence + (f"; {lone}." if len(alone) else ".")], refusals)


def _alone(tags: pd.DataFrame) -> str:
    """Say which tags look alike and rather have no parent, and how sure that is."""
    named = [f"#{row.shown} ({words.probability(row.probability)})" for row in rows(tags)]
    verb = "looks" if len(tags) == 1 else "look"
    return f"{words.listed(named)} {verb} alike and more likely came from none of these tags"


def _came_after(family: Family, open_ones: pd.DataFrame) -> str:
    """Say that tags came after the root though their parents cannot be told."""
    if open_ones.empty:
        return "No tag is found to descend from another"
    tags = words.listed(["#" + shown for shown in open_ones.sort_values("first_at").shown])
    root = _shown(family).get(family.root, family.root)
    return (
        f"After #{root} came {tags}, alike in form or used by the same early on; from which tag "
        "each came cannot be told from this archive"
    )


def of_growth(family: Family) -> Telling:
    """Say what fed the growth of the largest tag, which is not what it came from."""
    others = family.members[family.members.hashtag != family.root]
    if others.empty or family.recruitment.empty:
        return Telling([], [])
    largest = others.sort_values(["authors", "hashtag"], ascending=[False, True]).iloc[0]
    fed = family.recruitment[family.recruitment.child == largest.hashtag]
    fed = fed.sort_values("share", ascending=False).head(_FED)
    if fed.empty:
        return Telling([], [])
    shown = _shown(family)
    parts = [
        f"{_source(row.source, largest.hashtag, shown)} "
        f"{words.percent_interval(row.share, row.share_low, row.share_high)}"
        for row in rows(fed)
    ]
    asked = min(int(largest.authors) - 1, _GROWTH_MOST)
    sentence = (
        f"The adopters of #{largest.shown} after the first ({asked} of {largest.authors - 1:,} "
        f"were asked, evenly from its growth) came through {words.listed(parts)}"
    )
    return Telling([f"{sentence}{_parent_aside(largest, fed, shown)}."], [])


def _parent_aside(tag: pd.Series, fed: pd.DataFrame, shown: dict[str, str]) -> str:
    """Say why the tag that another came from has no part in its growth, where it has none."""
    if tag.verdict != "descends" or tag.parent in set(fed.source):
        return ""
    return (
        f"; #{shown.get(tag.parent, tag.parent)} has no part in that, as its use was not clearly "
        "commoner among them than among like accounts: what a tag came from need not be what it "
        "grew by"
    )


def of_traces(family: Family, traced: Traces | None) -> Telling:
    """Say which share of each tag's first day traces back to the root."""
    if traced is None:
        return Telling([], [])
    shown = _shown(family)
    root = f"#{shown.get(traced.root, traced.root)}"
    if traced.cannot_tell:
        return Telling([], [(f"what traces back to {root}", traced.cannot_tell)])
    told = traced.table[traced.table.cannot_tell.isna()]
    parts = [
        f"of #{shown.get(row.hashtag, row.hashtag)}'s first day, "
        f"{words.percent_interval(row.share, row.share_low, row.share_high)}"
        for row in rows(told)
    ]
    verb = "traces" if len(parts) == 1 else "trace"
    sentence = (
        f"Under a fitted process, {words.listed(parts)} {verb} back to {root}; shares "
        "that are told from few tweets tend to be too high."
    )
    return Telling([sentence] if parts else [], _untraced(traced.table, shown, root))


def _untraced(table: pd.DataFrame, shown: dict[str, str], root: str) -> list[tuple[str, str]]:
    """Return why shares cannot be told: the tags of each reason together."""
    asked = table[table.cannot_tell.notna() & (table.events > 0)]
    tags: dict[str, list[str]] = {}
    for row in rows(asked):
        tags.setdefault(_why_untraced(row), []).append(f"#{shown.get(row.hashtag, row.hashtag)}")
    return [
        (f"how much of {words.listed(named)} traces back to {root}", why)
        for why, named in tags.items()
    ]


def _why_untraced(row: Any) -> str:
    """Return the reason without the numbers of one tag, which its table gives."""
    if math.isnan(row.p_null):
        _, few, least = str(row.cannot_tell).partition(" too few: ")
        return f"too few own tweets, {least}" if few else str(row.cannot_tell)
    if str(row.cannot_tell).startswith("with its times shifted"):
        return (
            "they follow other tags as closely where their times are shifted against those, which "
            "undoes every tie"
        )
    if row.share_low == 0:
        return "nothing at all may trace back, and much may"
    return "the shares that the data allow are more than 80 points apart"


def _source(source: object, child: str, shown: dict[str, str]) -> str:
    if not isinstance(source, str) or pd.isna(source):
        return "nothing that the archive shows"
    return "its own users" if source == child else f"those of #{shown.get(source, source)}"


def _shown(family: Family) -> dict[str, str]:
    return dict(zip(family.members.hashtag, family.members.shown, strict=True))


def _counted_tags(count: int) -> str:
    return "One tag is found to" if count == 1 else f"{count} tags are found to"
