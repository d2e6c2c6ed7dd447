"""The main claims of a study as numbers: each with what it is about and what it is held against."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from spread.hashtags import Family
from spread.hijack import Turn
from spread.study._hours import TOPIC as HOURS
from spread.study._labels import UNKNOWN
from spread.study._spawned import FAMILY
from spread.study._story import CREDIT, DEPTH
from spread.study._turning import TURN, TURNER
from spread.tables import rows

__all__ = [
    "COLUMNS",
    "REFUSED",
    "Results",
    "Subjects",
    "claims",
    "refusals",
    "subjects",
    "turn_refused",
]

REFUSED = "not asked, as the study refuses to tell it"
"""What stands in the place of a claim, before the reason."""

COLUMNS = {
    "claim": "str",
    "about": "str",
    "about_id": "str",
    "unit": "str",
    "estimate": "float64",
    "low": "float64",
    "high": "float64",
    "agrees": "boolean",
    "beyond_null": "boolean",
    "cannot_tell": "str",
}

_GONE = "the account is among those left out"


@dataclass(frozen=True, eq=False)
class Results:
    """What claims are made from, however it was found.

    `gone` are accounts left out on purpose; `star` says that trees are stars by definition.
    """

    turn: Turn
    camps: pd.DataFrame
    turned: pd.DataFrame
    rank: pd.DataFrame
    metrics: pd.DataFrame
    family: Family | None
    gone: frozenset[str] = frozenset()
    star: bool = False


@dataclass(frozen=True)
class Subjects:
    """Whom and what the study's own claims are about; other specifications are asked the same."""

    risen: frozenset[str]
    onset: tuple[Any, Any, Any] | None
    turner: str | None
    carrier: str | None
    largest: tuple[str, str] | None
    parents: tuple[tuple[str, str], ...]
    labels: Mapping[str, str]
    tags: Mapping[str, str]
    refused: tuple[tuple[str, str, str], ...] = ()
    turns: bool = True


def subjects(study: Results, refused: Mapping[str, str] | None = None) -> Subjects:
    """Return what the study claims something about.

    `refused` holds the reasons by topic, as in `Study.cannot_tell`: of what the study refuses
    to tell, nothing is claimed; `refused` of the answer says of what, and why.
    """
    turn, family = study.turn, study.family
    found = turn.rising is not None
    untold = _untold(refused or {}, family)
    topics = {claim for claim, _, _ in untold}
    return Subjects(
        risen=frozenset(study.camps.user_id[study.camps.camp == turn.rising]),
        onset=(turn.onset, turn.onset_low, turn.onset_high) if found else None,
        turner=None if {TURN, TURNER} & topics else _likeliest(study.turned),
        carrier=None if CREDIT in topics or study.rank.empty else str(study.rank.user_id.iloc[0]),
        largest=None if DEPTH in topics else _largest(study.metrics),
        parents=() if family is None or FAMILY in topics else _parents(family),
        labels=_labels(study.turned) | _labels(study.rank),
        tags={} if family is None else _written(family.members),
        refused=untold,
        turns=TURN not in topics,
    )


def _untold(refused: Mapping[str, str], family: Family | None) -> tuple[tuple[str, str, str], ...]:
    """Return (topic, about, reason) of the refusals that take away a claim."""
    on_hours = (TURN, FAMILY) if HOURS in refused else ()
    given = {**dict.fromkeys(on_hours, refused.get(HOURS, "")), **refused}
    about = {TURN: "the tag", TURNER: "an account", CREDIT: "an account",
             DEPTH: "the largest cascade", FAMILY: "the other tags"}  # fmt: skip
    told = [(topic, of, given[topic]) for topic, of in about.items() if topic in given]
    if family is None or FAMILY in given:
        return tuple(told)
    open_ones = family.members[family.members.verdict == "cannot tell"]
    if len(open_ones):
        tags = ", ".join("#" + open_ones.sort_values("hashtag").shown.astype(str))
        told.append(("where tags came from", tags, "no parent is probable enough"))
    return tuple(told)


def turn_refused(refused: Mapping[str, str]) -> str | None:
    """Return that the study refuses to tell its turn, and why; None where it tells it."""
    reason = refused.get(TURN) or refused.get(HOURS)
    return None if reason is None else f"{REFUSED}: {reason}"


def refusals(asked: Subjects) -> pd.DataFrame:
    """Return one row a topic that the study refuses to tell, in place of its claims."""
    rows = [
        {"claim": topic, "about": about, "cannot_tell": f"{REFUSED}: {reason}"}
        for topic, about, reason in asked.refused
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).assign(unit="").astype(COLUMNS)


def claims(results: Results, asked: Subjects) -> pd.DataFrame:
    """Return one row a claim: does it hold by these results, and how far from nothing?

    `agrees` says whether the same is found as in the study: a turn to the same side, an
    onset whose interval overlaps, the same account first, the same parent told (by the rule
    by which a study tells one: probable enough, not only the likeliest); it is missing where
    that cannot be asked, as of an account that was left out on purpose. `beyond_null` says
    whether the interval excludes the value of no effect; it is missing where a claim is a
    probability and has no interval.
    """
    made = [
        *_of_turn(results, asked),
        *_of_turner(results, asked),
        *_of_carrier(results, asked),
        *_of_depth(results, asked),
        *_of_parents(results.family, asked),
    ]
    table = pd.DataFrame(made, columns=list(COLUMNS)).astype(COLUMNS)
    accounts = table.about_id.map(dict(asked.labels))
    return table.assign(about=table.about.fillna(accounts).fillna(UNKNOWN))


class _Question(NamedTuple):
    """What is claimed: of whom (an account is named later, by its id), in which unit."""

    claim: str
    unit: str
    about: str | None = None
    about_id: str | None = None


def _told(asked: _Question, estimate: float, **rest: object) -> dict[str, object]:
    return {**asked._asdict(), "estimate": estimate, **rest}


def _refused(asked: _Question, reason: str) -> dict[str, object]:
    """Return a claim that is not found again."""
    return _told(asked, float("nan"), agrees=False, cannot_tell=reason)


def _unasked(asked: _Question, reason: str) -> dict[str, object]:
    """Return a claim that this specification leaves open by what it is."""
    return _told(asked, float("nan"), cannot_tell=reason)


def _of_turn(results: Results, asked: Subjects) -> list[dict[str, object]]:
    """Return the rise of the camp's share, and the onset against the study's."""
    turn = results.turn
    if not asked.turns:
        return []
    if asked.onset is None:
        none = _Question("no turn", "probability of a turn", "the tag")
        if turn.cannot_tell:
            return [_refused(none, turn.cannot_tell)]
        return [_told(none, turn.p_turn, agrees=turn.rising is None)]
    rise = _Question("rise of the camp's share", "share", "the tag")
    onset = _Question("onset", "hours after the study's", "the tag")
    if turn.rising is None:
        why = turn.cannot_tell or f"no turn is found (probability of one {turn.p_turn:.2g})"
        return [_refused(rise, why), _refused(onset, why)]
    share = next(rows(turn.shares[turn.shares.camp == turn.rising]))
    low, high = share.after_low - share.before_high, share.after_high - share.before_low
    rose = _told(
        rise, share.after - share.before, low=low, high=high, beyond_null=bool(low > 0),
        agrees=_same_side(results, asked.risen),
    )  # fmt: skip
    own, low_own, high_own = asked.onset
    overlap = turn.onset_low <= high_own and turn.onset_high >= low_own
    since = [_hours(at - own) for at in (turn.onset, turn.onset_low, turn.onset_high)]
    return [rose, _told(onset, since[0], low=since[1], high=since[2], agrees=bool(overlap))]


def _of_turner(results: Results, asked: Subjects) -> list[dict[str, object]]:
    if asked.turner is None:
        return []
    question = _Question("turned it", "probability", about_id=asked.turner)
    if asked.turner in results.gone:
        return [_unasked(question, _GONE)]
    if results.turned.empty:
        return [_refused(question, results.turn.cannot_tell or "no turn is found")]
    known = results.turned.set_index("user_id").p_turned
    first = _likeliest(results.turned) == asked.turner
    return [_told(question, float(known.get(asked.turner, 0.0)), agrees=first)]


def _of_carrier(results: Results, asked: Subjects) -> list[dict[str, object]]:
    if asked.carrier is None:
        return []
    question = _Question("most credit", "share of credit", about_id=asked.carrier)
    if asked.carrier in results.gone:
        return [_unasked(question, _GONE)]
    rank = results.rank
    if rank.empty:
        return [_refused(question, "nothing is passed on")]
    of = rank[rank.user_id == asked.carrier]
    if of.empty:
        return [_told(question, 0.0, agrees=False, beyond_null=False)]
    row = of.iloc[0]
    return [
        _told(
            question, row["share"], low=row.share_low, high=row.share_high,
            agrees=bool(rank.user_id.iloc[0] == asked.carrier), beyond_null=bool(row.share_low > 0),
        )
    ]  # fmt: skip


def _of_depth(results: Results, asked: Subjects) -> list[dict[str, object]]:
    """Return how much further than a star the study's largest cascade reached."""
    if asked.largest is None:
        return []
    root, author = asked.largest
    about = "the largest cascade"
    question = _Question("passed on beyond a star", "virality above the star's", about, root)
    if results.star:
        return [_unasked(question, "every cascade is a star by this reconstruction")]
    if author in results.gone:
        return [_unasked(question, _GONE)]
    of = results.metrics[results.metrics.tweet_id == root]
    if of.empty or of["size"].iloc[0] < 3:
        return [_refused(question, "the cascade is not there")]
    row = of.iloc[0]
    low, high = row.virality_low - row.star_virality, row.virality_high - row.star_virality
    return [
        _told(
            question, row.virality - row.star_virality, low=low, high=high,
            agrees=bool(row.virality > row.star_virality), beyond_null=bool(low > 0),
        )
    ]  # fmt: skip


def _of_parents(family: Family | None, asked: Subjects) -> list[dict[str, object]]:
    return [_of_parent(family, child, parent, asked.tags) for child, parent in asked.parents]


def _of_parent(
    family: Family | None, child: str, parent: str, tags: Mapping[str, str]
) -> dict[str, object]:
    """Return how probable a parent is, and whether a study would tell it.

    The tags go by the spelling of the study.
    """
    told = f"comes from #{tags.get(parent, parent)}"
    question = _Question(told, "probability", f"#{tags.get(child, child)}")
    if family is None or family.cannot_tell:
        return _refused(question, "no root" if family is None else str(family.cannot_tell))
    links = family.links[(family.links.child == child) & family.links.parent.notna()]
    if links.empty:
        return _refused(question, "the tag has no candidate parent")
    held = float(links.set_index("parent").probability.get(parent, 0.0))
    of = family.members[family.members.hashtag == child]
    found = (of.verdict == "descends") & (of.parent == parent)
    return _told(question, held, agrees=bool(found.any()))


def _labels(accounts: pd.DataFrame) -> dict[str, str]:
    if "label" not in accounts:
        return {}
    return dict(zip(accounts.user_id.astype(str), accounts.label.astype(str), strict=True))


def _written(tags: pd.DataFrame) -> dict[str, str]:
    """Return how each tag is mostly written."""
    return dict(zip(tags.hashtag.astype(str), tags.shown.astype(str), strict=True))


def _parents(family: Family) -> tuple[tuple[str, str], ...]:
    """Return every tag told to descend with the parent that is told, the largest first."""
    told = family.members[family.members.verdict == "descends"]
    chosen = told.sort_values(["authors", "hashtag"], ascending=[False, True])
    return tuple((str(row.hashtag), str(row.parent)) for row in rows(chosen))


def _same_side(results: Results, risen: frozenset[str]) -> bool:
    """Whether the camp that rose holds most of those in the study's, of whom it is known."""
    camps = results.camps[results.camps.user_id.isin(risen)].camp
    if camps.empty:
        return True
    counted = camps.value_counts()
    return bool(counted.get(results.turn.rising, 0) == counted.max())


def _likeliest(turned: pd.DataFrame) -> str | None:
    if turned.empty:
        return None
    ordered = turned.sort_values(["p_turned", "user_id"], ascending=[False, True])
    return str(ordered.user_id.iloc[0])


def _largest(metrics: pd.DataFrame) -> tuple[str, str] | None:
    if metrics.empty or metrics["size"].max() < 3:
        return None
    ordered = metrics.sort_values(["size", "cascade"], ascending=[False, True])
    return str(ordered.tweet_id.iloc[0]), str(ordered.user_id.iloc[0])


def _hours(span: pd.Timedelta) -> float:
    return float(span / pd.Timedelta(hours=1))
