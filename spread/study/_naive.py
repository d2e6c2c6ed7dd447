"""What a naive tool would have said, beside each recovered answer."""

from collections.abc import Mapping

import pandas as pd

from spread.hashtags import Family
from spread.hijack import Turn
from spread.study import _words as words
from spread.study._labels import called
from spread.tables import rows

COLUMNS = ["question", "recovered", "interval", "naive_answer", "naive_rule"]
_RULES = {
    "naive_followers_rank": "most followers",
    "naive_first_rank": "first to post",
    "naive_retweets_rank": "most retweets received",
}
_TIMELESS = ("naive_followers_rank", "naive_retweets_rank")


def answers(
    *,
    rank: pd.DataFrame,
    turn: Turn,
    turned: pd.DataFrame,
    family: Family | None,
    arrivals: pd.DataFrame,
    labels: pd.DataFrame,
    time_zone: str,
    timed: bool = True,
) -> pd.DataFrame:
    """Return question, recovered, interval, naive_answer, naive_rule: a row a comparison.

    Without the hours of the day (`timed`) nothing is compared that rests on them.
    """
    if not timed:
        carried = _carriers(rank, labels, {name: _RULES[name] for name in _TIMELESS})
        return pd.DataFrame(carried, columns=COLUMNS).astype("str")
    compared = [
        *_carriers(rank, labels, _RULES),
        *_turning(turn, turned, rank, labels, time_zone),
        *_parents(family),
        *_places(arrivals, time_zone),
    ]
    return pd.DataFrame(compared, columns=COLUMNS).astype("str")


def _carriers(
    rank: pd.DataFrame, labels: pd.DataFrame, rules: Mapping[str, str]
) -> list[tuple[str, ...]]:
    if rank.empty:
        return []
    top = rank.iloc[0]
    found = called(labels, [top.user_id])[0]
    sure = f"first with probability {words.probability(top.p_first)}"
    return [
        (
            "Who carried it?",
            found,
            sure,
            called(labels, [rank.sort_values([column, "user_id"]).iloc[0].user_id])[0],
            rule,
        )
        for column, rule in rules.items()
        if int((rank[column] == rank[column].min()).sum()) == 1
    ]


def _turning(
    turn: Turn, turned: pd.DataFrame, rank: pd.DataFrame, labels: pd.DataFrame, zone: str
) -> list[tuple[str, ...]]:
    naive = turn.naive
    found, sure = "cannot tell", turn.cannot_tell or ""
    if turn.cannot_tell is None and turn.rising is None:
        found, sure = "no turn", f"probability of a turn {words.probability(turn.p_turn)}"
    elif turn.rising is not None:
        found = words.day(turn.onset, zone)
        sure = "between " + words.span(turn.onset_low, turn.onset_high, zone)
    compared = _turners(turn, turned, rank, labels)
    if pd.notna(peak := naive.get("volume_peak")):
        guess = (words.day(peak, zone), "the minute with most tweets")
        compared.insert(0, ("When did it turn?", found, sure, *guess))
    return compared


def _turners(
    turn: Turn, turned: pd.DataFrame, rank: pd.DataFrame, labels: pd.DataFrame
) -> list[tuple[str, ...]]:
    if turn.rising is None or turned.empty:
        return []
    top = turned.sort_values(["p_turned", "user_id"], ascending=[False, True]).iloc[0]
    found = called(labels, [top.user_id])[0]
    sure = f"probability {words.probability(top.p_turned)}"
    naive = turn.naive
    guesses = {
        "most_followed": "most followed account at the turn",
        "first_of_rising": f"first tweet of camp {turn.rising}",
    }
    named = [(naive[key]["user_id"], rule) for key, rule in guesses.items() if key in naive]
    named += [
        (rank.sort_values([column, "user_id"]).iloc[0].user_id, f"{rule}, whole archive")
        for column, rule in _RULES.items()
        if len(rank) and column != "naive_first_rank"
    ]
    return [
        ("Who turned it?", found, sure, called(labels, [user])[0], rule) for user, rule in named
    ]


def _parents(family: Family | None) -> list[tuple[str, ...]]:
    if family is None or family.cannot_tell or family.members.empty:
        return []
    shown = dict(zip(family.members.hashtag, family.members.shown, strict=True))
    shown.setdefault(family.root, family.root)

    def tag(key: object) -> str:
        return f"#{shown.get(key, key)}" if isinstance(key, str) and key else "none"

    return [
        (
            f"Where did #{row.shown} come from?",
            tag(row.parent) if row.verdict == "descends" else str(row.verdict),
            f"probability {words.probability(row.probability)}"
            if pd.notna(row.probability)
            else str(row.reason),
            tag(row.naive_parent),
            "the tag it occurs with most",
        )
        for row in rows(family.members.sort_values(["first_at", "hashtag"]))
        if row.hashtag != family.root
    ]


def _places(arrivals: pd.DataFrame, zone: str) -> list[tuple[str, ...]]:
    if len(arrivals) < 2:
        return []
    first = arrivals.iloc[0]
    naive = arrivals.sort_values(["naive_at", "place_id"]).iloc[0]
    return [
        (
            "Where did it arrive first?",
            f"{first.city}, by {words.day(first['at'], zone)}",
            f"rank {first['rank']:.0f} ({first.rank_low:.0f}–{first.rank_high:.0f})",
            f"{naive.city}, by {words.day(naive.naive_at, zone)}",
            "the first located tweet",
        )
    ]
