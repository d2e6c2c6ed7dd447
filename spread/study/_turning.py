"""The turn in sentences: when, of which kind, how many, by whom."""

import math
from typing import Any

import pandas as pd

from spread.hijack import Turn
from spread.study import _words as words
from spread.study._found import NAMED, Found
from spread.study._labels import called
from spread.study._telling import Telling
from spread.tables import rows

TURN = "the turn"
TURNER = "who turned it"
"""Topics under which something may be refused."""

_TRACE = 0.005

_KINDS = {
    "takeover": "most of the talk from then on",
    "minority": "never most of the talk",
    "contested": "about half of the talk",
}


def tell(found: Found, time_zone: str) -> list[Telling]:
    """Return what can be said of the turn, in the order in which it is read."""
    return [
        of_turn(found.turn, found.camps.dating, time_zone, launch=found.launch),
        of_changes(found.turn, time_zone),
        of_drivers(found.turn, found.labels),
        of_turners(found, time_zone),
        of_without(found),
    ]


def of_turn(
    turn: Turn, camps: pd.DataFrame, time_zone: str, *, launch: pd.Timestamp | None = None
) -> Telling:
    """Say when the camps' shares changed, from what to what."""
    if camps.empty:
        return Telling([], [(TURN, "without camps there are no shares that could change")])
    if turn.cannot_tell:
        return Telling([], [(TURN, turn.cannot_tell)])
    weak = [turn.weak] if turn.weak else []
    if turn.rising is None:
        return Telling(
            [
                f"The camps' shares of new cascades did not turn: the probability that they did "
                f"is {turn.p_turn:.2g}.",
                *weak,
            ],
            [],
        )
    row = next(rows(turn.shares[turn.shares.camp == turn.rising]))
    told = _from_the_start if turn.kind == "from the start" else _at_a_time
    return Telling([told(turn, row, time_zone, launch), *weak], [])


def _at_a_time(turn: Turn, row: Any, time_zone: str, launch: pd.Timestamp | None) -> str:
    since = ""
    if launch is not None:
        interval = pd.DatetimeIndex([turn.onset_low, turn.onset_high])
        low, high = (interval - launch).total_seconds()
        since = f", {words.lasting(max(low, 0))} to {words.lasting(max(high, 0))} after the launch"
    half = (
        f"half-way at {words.clock(turn.halfway, time_zone, seen_from=turn.onset)}, between "
        f"{words.span(turn.halfway_low, turn.halfway_high, time_zone, seen_from=turn.onset)}"
    )
    return (
        f"It turned between {words.span(turn.onset_low, turn.onset_high, time_zone)}{since} "
        f"(95 % interval of the onset; {half}): camp {turn.rising}'s "
        "share of new cascades rose from "
        f"{words.percent_interval(row.before, row.before_low, row.before_high)} to "
        f"{words.percent_interval(row.after, row.after_low, row.after_high)}, "
        f"{_KINDS[str(turn.kind)]}. "
        "The probability of a turn, rather than of a slow drift or of no change, is "
        f"{words.probability(turn.p_turn)}."
    )


def _from_the_start(turn: Turn, row: Any, time_zone: str, launch: pd.Timestamp | None) -> str:
    begun = turn.onset_low if launch is None else launch
    lasted = pd.DatetimeIndex([turn.onset_high]) - pd.DatetimeIndex([begun])
    return (
        f"The tag was never its launcher's: camp {turn.rising} led from the start, at the latest "
        f"by {words.clock(turn.onset_high, time_zone)}, "
        f"{words.lasting(lasted.total_seconds()[0])} after the launch, with "
        f"{words.percent_interval(row.after, row.after_low, row.after_high)} of all cascades."
    )


def of_changes(turn: Turn, time_zone: str) -> Telling:
    """Say how many changes there were, taken as steps, where there is more than one."""
    if turn.rising is None or len(turn.changes) < 2:
        return Telling([], [])
    times = [words.clock(row.at, time_zone, seen_from=turn.onset) for row in rows(turn.changes)]
    return Telling(
        [
            f"Taken as steps, the composition changed {len(times)} times, at "
            f"{words.listed(times)}; a gradual change counts as several. "
            "Of these the turn is the one that explains most."
        ],
        [],
    )


def of_drivers(turn: Turn, labels: pd.DataFrame) -> Telling:
    """Say whose tweets the rising camp passed on while it rose."""
    if turn.cannot_tell or turn.drivers.empty:
        return Telling([], [])
    parts = [
        f"{label} ({words.percent_within(row.share, row.share_low, row.share_high)})"
        for label, row in zip(
            called(labels, turn.drivers.user_id.head(3)),
            rows(turn.drivers.head(3)),
            strict=True,
        )
    ]
    return Telling(
        [
            f"While the share rose, the tweets that camp {turn.rising} posted and passed on go "
            f"back to {words.listed(parts)}; each is weighed by the probability that the rise, "
            f"of ten minutes or more, held it{_of_few_cascades(turn.drivers.head(3))}."
        ],
        [],
    )


def _of_few_cascades(drivers: pd.DataFrame) -> str:
    """Say what an interval means that begins at nothing."""
    if (drivers.share_low >= _TRACE).all():
        return ""
    return ", and a range from 0 on means that a share may rest on a single cascade"


def rise(turn: Turn) -> tuple[words.Moment, words.Moment]:
    """Return from when to when new accounts of the rising camp are counted, as `seeds.rank` does.

    From the earliest onset to the latest end: wider than the rise itself is likely to be.
    """
    ramp_s = turn.ramp_s_high if math.isfinite(turn.ramp_s_high) else 0.0
    return turn.onset_low, turn.onset_high + pd.Timedelta(seconds=ramp_s)


def of_turners(found: Found, time_zone: str) -> Telling:
    """Say who turned it, which is another question than who carried it."""
    if found.turned.empty:
        return Telling([], [])
    likeliest = found.turned.sort_values(["p_turned", "user_id"], ascending=[False, True]).iloc[0]
    name = called(found.labels, [likeliest.user_id])[0]
    sure = words.probability(likeliest.p_turned)
    if likeliest.p_turned < NAMED:
        reason = f"no account brought most of those who turned it; likeliest is {name}, {sure}"
        return Telling([], [(TURNER, reason)])
    low, high = likeliest.brought_low, likeliest.brought_high
    began = found.turn.posterior
    before = float(began.probability[began["at"] < likeliest.first_at].sum())
    return Telling(
        [
            f"{name} turned it with probability {sure}: of the accounts of camp "
            f"{found.turn.rising} that began to write between "
            f"{words.span(*rise(found.turn), time_zone)}, the earliest onset and the latest end "
            f"of the rise, {likeliest.brought:,.0f} ({low:,.0f}–{high:,.0f}) had passed on its "
            "tweets before, more than anyone else's. The probability is that there was a turn and "
            "that it is first in this count, not that it began the rise: its first tweet is of "
            f"{words.clock(likeliest.first_at, time_zone, seen_from=found.turn.onset)}, and that "
            f"the rise had begun by then has probability {words.probability(before)}. Who only "
            "read it, the archive does not show."
        ],
        [],
    )


def of_without(found: Found) -> Telling:
    """Say how much of the tag traces back to who turned it; never what would have been."""
    what = found.without
    if what is None:
        return Telling([], [])
    name = called(found.labels, what.accounts)[0]
    most = (
        f"at most {words.number(what.bound)} ({words.number(what.bound_low)}–"
        f"{words.number(what.bound_high)})"
    )
    if what.cannot_tell:
        topic = f"how much of {found.scope.shown} there would be without {name}"
        own = f"{words.number(what.own)} of {words.counted(what.tweets, 'tweet')} are its own"
        ends = (
            ""
            if math.isnan(what.bound)
            else (
                f"; {most} could trace back to it, if all that came from outside after its first "
                "tweet were credited to it"
            )
        )
        return Telling([], [(topic, f"{what.cannot_tell}; {own} or repeat them{ends}")])
    return Telling(
        [
            f"Under a fitted process {words.number(what.traced)} "
            f"({words.number(what.traced_low)}–{words.number(what.traced_high)}) of "
            f"{words.counted(what.tweets, 'tweet')} with {found.scope.shown} trace back to {name}, "
            f"{most} if all that came from outside after its first tweet is credited to it. What "
            "others would have written instead is not in this."
        ],
        [],
    )
