"""The story in sentences: each made from a result, with its uncertainty, or a refusal.

A topic that cannot be told gives a reason instead of a sentence; causal words are
avoided: an account `is credited with` and a tag `came before`.
"""

import math
from typing import Any

import pandas as pd

from spread import cascade, coordination
from spread.archive import ReadReport
from spread.study import _between, _covered, _hours, _places, _spawned, _turning, _vocabulary
from spread.study import _words as words
from spread.study._found import Found
from spread.study._labels import called
from spread.study._scope import Scope
from spread.study._telling import Telling
from spread.tables import rows
from spread.text import one_line

DEPTH = "how deep it went"
CREDIT = "who carried it"
STEPS = "whether accounts shared in step"
"""Topics under which something may be refused."""

_CASCADE_LEAST = 3
_HELD_LEAST = 0.5
_RETWEETS_LEAST = 50
_EARLY = 0.05
_SMALL = "no tweet has more than one retweet in the archive"


def of_archive(scope: Scope, report: ReadReport, time_zone: str, *, timed: bool = True) -> Telling:
    """Say what the archive holds and lacks; of one without hours (`timed`) the days alone."""
    tagged = int(scope.usage.set_index("hashtag").tweets.get(scope.root, 0))
    sentences = [scope.announcement] if scope.announcement else []
    ends = (scope.start_at, scope.end_at)
    first, last = (words.day(at, time_zone) for at in ends)
    window = f"from {first} to {last}" if timed else _hours.days(*ends)
    sentences.append(
        f"The archive holds {words.counted(scope.collected, 'tweet')} by "
        f"{words.counted(scope.authors, 'account')}, {window}"
        + (f"; {words.number(tagged)} of them carry {scope.shown}." if scope.root else ".")
    )
    if rejected := report.totals["rejected"]:
        sentences.append(
            f"{words.counted(rejected, 'record')} could not be read; "
            "each is listed with its file, number and reason."
        )
    return Telling(sentences, [])


def held(coverage: pd.DataFrame) -> float:
    """Return the share of the reported retweets that the archive holds; NaN if unknown."""
    known = coverage.dropna(subset=["reported"])
    reported = float(known.reported.sum())
    if not reported:
        return math.nan
    return float(known.observed.clip(upper=known.reported).sum()) / reported


def of_coverage(coverage: pd.DataFrame, scope: Scope, *, timed: bool = True) -> Telling:
    """Say how many of the retweets that the platform reported the archive holds."""
    share = held(coverage)
    if math.isnan(share):
        return Telling([], [("coverage", "no retweet count was reported by the platform")])
    known = coverage.dropna(subset=["reported"])
    of_tag = f" of {scope.shown}" if scope.root else ""
    if not timed:
        reported = int(known.reported.sum())
        return Telling([_hours.coverage(reported, len(known), of_tag, share)], [])
    missing = "" if share == 1 else "; what is missing cannot be credited to anyone"
    return Telling(
        [
            f"Of the {words.counted(int(known.reported.sum()), 'retweet')} that the platform "
            f"reported for {words.counted(len(known), 'original')}{of_tag}, the archive holds "
            f"{words.percent(share)}{_covered.without_largest(known)}{missing}."
        ],
        [],
    )


def of_cascades(found: Found) -> Telling:
    """Say how large, deep and viral the cascades were, by three reconstructions."""
    metrics = found.metrics
    if metrics.empty or metrics["size"].max() < _CASCADE_LEAST:
        what = _no_retweet(found) if _without_retweets(metrics) else _SMALL
        return Telling([], [(DEPTH, what)])
    retweeted = int((metrics["size"] > 1).sum())
    sizes = f"{words.counted(retweeted, 'tweet has', 'tweets have')} retweets in the archive"
    top = metrics.sort_values(["size", "cascade"], ascending=[False, True]).iloc[0]
    largest = (
        f"the largest cascade, by {called(found.labels, [top.user_id])[0]}, has "
        f"{words.counted(int(top['size']), 'tweet')}"
    )
    tree = cascade.tree(found.forests, int(top.cascade))
    if reason := _covered.uncounted(found.coverage, tree) or _cut_short(found, top):
        return Telling([f"{sizes}; {largest}."], [(DEPTH, reason)])
    fitted, fixed, star = (
        next(rows(found.reconstructions[found.reconstructions.method == name]))
        for name in ("fitted", "debatenight", "star")
    )
    return Telling(
        [
            f"{sizes}; {largest}. Who passed on from whom is inferred, and what is found depends "
            f"on how: a kernel fitted to this archive gives it a depth of {_depth(fitted)} and a "
            f"structural virality of {_virality(fitted)}, a fixed one (DebateNight) "
            f"{_depth(fixed)} and {_virality(fixed)}, the star that the platform reports "
            f"{star.depth:.0f} and {star.virality:.2f}. The intervals hold under each kernel "
            f"alone.{_without_followers(found)}"
        ],
        [],
    )


def _without_followers(found: Found) -> str:
    """Say that the kernels rest on times alone, where no account's followers are known."""
    if (found.forests.events["mark"] > 1).any():
        return ""
    return " No follower counts are in the archive, so that the kernels rest on times alone."


def _cut_short(found: Found, top: Any) -> str | None:
    """Return why the largest cascade's shape cannot be told, if much of it is missing."""
    seen = found.coverage[found.coverage.tweet_id == top.tweet_id]
    for row in rows(seen.dropna(subset=["reported"])):
        if row.observed < _HELD_LEAST * row.reported:
            return (
                f"of the largest cascade the archive holds {row.observed:,} of "
                f"{row.reported:,} retweets"
            )
    if top.root_at < found.scope.start_at:
        return "the largest cascade began before the archive, so that its early part is missing"
    if pd.isna(top.user_id):
        return (
            "the original of the largest cascade is known by its number alone, so that it begins "
            "here with the first retweet"
        )
    return None


def _depth(row: Any) -> str:
    return f"{row.depth:.1f} ({row.depth_low:.0f}–{row.depth_high:.0f})"


def _virality(row: Any) -> str:
    return f"{row.virality:.2f} ({row.virality_low:.2f}–{row.virality_high:.2f})"


def _no_retweet(found: Found) -> str:
    of = "" if found.scope.root is None else f" of {found.scope.shown}"
    tagged = found.scope.tagged
    by_hand = tagged.filter(tagged.origin == "collected", tagged.manual_retweet)
    count = by_hand.count().to_pyarrow().as_py()
    if not count:
        return f"the archive holds no retweet{of}"
    return (
        f"the archive holds no retweet{of} that names its original (old-style retweets, "
        f"`RT @name: …`: {count:,}, of which graphs.retweets(…, manual=True) makes a graph)"
    )


def _without_retweets(metrics: pd.DataFrame) -> bool:
    return metrics.empty or int(metrics["size"].max()) < 2


def of_camps(found: Found) -> Telling:
    """Say which camps there are, who leads them, and what they rest on."""
    camps = found.camps
    if camps.coded:
        coded = camps.dating.drop_duplicates(camps.dating.columns[0])
        return Telling(
            [f"The camps are your coding of {words.counted(len(coded), camps.coded[:-1])}."], []
        )
    if camps.refused:
        return Telling([], [("the camps", camps.refused)])
    leaders = found.rank[found.rank.user_id.isin(camps.accounts.user_id)]
    sizes = camps.accounts.camp.value_counts().sort_index()
    parts = []
    for camp, size in sizes.drop("other", errors="ignore").items():
        of_camp = leaders[leaders.camp == camp].user_id.head(1)
        most = f", most credit: {called(found.labels, of_camp)[0]}" if len(of_camp) else ""
        parts.append(f"{camp} ({words.counted(int(size), 'account')}{most})")
    rest = int(sizes.get("other", 0))
    whole = words.counted(len(camps.accounts), "account")
    smaller = f"; {rest:,} belong to none of them" if rest else ""
    agreed = float(camps.partition.agreement.mean())
    usage = found.scope.usage
    written = dict(zip(usage.hashtag, usage.shown, strict=True)) if len(usage) else {}
    said = _vocabulary.sentence(found.vocabulary, written)
    return Telling(
        [
            f"Accounts that retweet each other form camps, of {whole} that retweets link: "
            f"{words.listed(parts)}{smaller}. "
            f"Repeated searches agree about {words.percent(agreed)} of the accounts. Camps are "
            "groups, not opinions.",
            *([said] if said else []),
        ],
        [],
    )


def no_credit(found: Found) -> str | None:
    """Return why accounts cannot be compared by credit, if they cannot."""
    retweets = int(found.metrics["size"].sum() - len(found.metrics)) if len(found.metrics) else 0
    if not retweets:
        return _no_retweet(found)
    if retweets < _RETWEETS_LEAST:
        few = f"{words.counted(retweets, 'retweet')} in the archive, at least {_RETWEETS_LEAST}"
        return f"{few} are needed to compare accounts"
    share = held(found.coverage)
    if share < _HELD_LEAST:
        lost = f"the archive holds {words.percent(share)} of the retweets that were reported"
        return f"{lost}: those that are missing may be others' credit"
    return None


def of_seeds(found: Found) -> Telling:
    """Say who is credited with the spread, and how sure the first place is."""
    if reason := no_credit(found):
        return Telling([], [(CREDIT, reason)])
    rank = found.rank
    top, naive = rank.iloc[0], rank.sort_values("naive_followers_rank").iloc[0]
    name, followed = called(found.labels, [top.user_id, naive.user_id])
    sentence = (
        f"{name} has the most credit, of all accounts' together "
        f"{words.percent_interval(top['share'], top.share_low, top.share_high)}, "
        f"and is first with probability {words.probability(top.p_first)}"
    )
    alone = int((rank.naive_followers_rank == naive.naive_followers_rank).sum()) == 1
    if name != followed and alone:
        sentence += (
            f"; the most followed account, {followed}, has "
            f"{words.percent_interval(naive['share'], naive.share_low, naive.share_high)}"
        )
    return Telling([sentence + "."], [])


def of_steps(found: Found) -> Telling:
    """Say whether accounts share in step; clusters, never accounts."""
    pairs = found.in_step
    if reason := pairs.attrs["cannot_tell"]:
        return Telling([], [(STEPS, reason)])
    clusters = coordination.clusters(pairs)
    within = f"within {pairs.attrs['within_s']:g} s of each other"
    if clusters.empty:
        return Telling(
            [
                f"No two accounts are found to retweet the same {within} more often than chance "
                f"explains: {words.counted(pairs.attrs['tests'], 'pair')} had enough in common to "
                f"be asked, at a false discovery rate of {100 * pairs.attrs['level']:g} %. "
                "That does not show that there are none."
            ],
            [],
        )
    sizes = words.listed([f"{count:,}" for count in clusters.accounts.head(3)])
    return Telling(
        [
            f"{words.counted(int(clusters.accounts.sum()), 'account')} in "
            f"{words.counted(len(clusters), 'cluster')} (largest: {sizes}) retweeted the same "
            f"{within} more often than chance explains. That is coordination, not proof of "
            "anything else: protest is coordinated by design."
        ],
        [],
    )


def of_places(found: Found, time_zone: str, *, names: bool) -> Telling:
    """Say where the tag arrived, and in which order; or where it was used, if it came before."""
    located = found.located
    share = float(located.reason.isna().mean()) if len(located) else 0.0
    coverage = (
        f"{words.percent(share)} of {words.counted(len(located), 'account')}, quoted and named "
        f"ones included, {'has' if len(located) == 1 else 'have'} a location that names a city"
    )
    public = _places.shown(found.arrivals, located, names=names)
    arrivals = _places.told(public, found.scope.root)
    if _places.collected_by_tag(found.family):
        return _where_used(found, arrivals, coverage)
    if arrivals.empty:
        return Telling([], [("where it went", f"{coverage}, too few for an order of arrival")])
    start = arrivals["at"].iloc[0]
    alone = len(arrivals) == 1
    parts = [_arrived(row, time_zone, start, alone=alone) for row in rows(arrivals.head(5))]
    sentence = (
        f"{coverage}. From {words.date(start, time_zone)} on, {found.scope.shown} reached "
        f"its {_ordinal(int(arrivals['k'].iloc[0]))} adopter in {words.listed(parts)}; "
        "the ranges are 95 % intervals over where the accounts that cannot be located may be"
        f"{_not_shown(found, len(arrivals), names=names)}."
    )
    order = _places.BEGAN, "one city alone has enough accounts to be shown"
    if alone:
        return Telling([sentence], [order])
    return Telling([f"{sentence} {_beyond_size(arrivals)}"], [])


def _where_used(found: Found, arrivals: pd.DataFrame, coverage: str) -> Telling:
    """Say in which cities a tag was used, where when it came there is the collection's doing."""
    used = arrivals[arrivals.adopters > 0].sort_values(
        ["adopters", "place_id"], ascending=[False, True]
    )
    parts = [
        f"{row.city} ({words.counted(int(row.adopters), 'account')})" for row in rows(used.head(5))
    ]
    where = f" Most accounts with {found.scope.shown} are located in {words.listed(parts)}."
    unseen = (
        "the archive was collected by this tag: it cannot show where that was used before, and in "
        "which order cities come in it is the collection's doing"
    )
    return Telling([f"{coverage}.{where if parts else ''}"], [(_places.BEGAN, unseen)])


def _arrived(row: Any, time_zone: str, start: words.Moment, *, alone: bool) -> str:
    """Return a city with its time and, where there are others, its rank, each with a range."""
    at = words.clock(row.at, time_zone, seen_from=start)
    within = f"after {words.clock(row.at_low, time_zone, seen_from=start)}"
    if pd.notna(row.at_high):
        span = words.span(row.at_low, row.at_high, time_zone, seen_from=start)
        within = f"between {span}"
    rank = "" if alone else f"; rank {row.rank:.0f}, {row.rank_low:.0f}–{row.rank_high:.0f}"
    return f"{row.city} ({at}, {within}{rank})"


def _not_shown(found: Found, shown: int, *, names: bool) -> str:
    """Say how many places the ranks count that too few accounts share to be shown."""
    every = _places.told(_places.shown(found.arrivals, found.located, names=True), found.scope.root)
    more = len(every) - shown
    if names or more <= 0:
        return ""
    cities = words.counted(more, "city", "cities")
    return f", and the ranks count {cities} more with fewer than {_places.SMALLEST_CELL} accounts"


def _beyond_size(arrivals: pd.DataFrame) -> str:
    """Say which cities were earlier than their number of active users explains (Bonferroni)."""
    early = arrivals[arrivals.p_early * len(arrivals) < _EARLY]
    if early.empty:
        cities = f"none of {len(arrivals)} cities" if len(arrivals) > 1 else "no city"
        return f"In {cities} was it earlier than the number of active users explains."
    return (
        f"Earlier than the number of active users explains: {words.listed(list(early.city))}, of "
        f"{len(arrivals)} cities."
    )


def of_flows(flows: pd.DataFrame) -> Telling:
    """Say between which cities most was passed on; the pairs are large enough to be shown."""
    between = flows[flows.source != flows.target].head(3)
    if between.empty:
        return Telling([], [])
    parts = [
        f"{row.source_name} to {row.target_name} ({row.weight:,.0f} retweets, "
        f"{row.weight_low:,.0f}–{row.weight_high:,.0f})"
        for row in rows(between)
    ]
    return Telling(
        [f"Between the cities of located accounts, most was passed on from {words.listed(parts)}."],
        [],
    )


def tell(
    found: Found, report: ReadReport, time_zone: str, *, names: bool, timed: bool = True
) -> Telling:
    """Return all sentences and all refusals, in the order in which they are read.

    Without the hours of the day (`timed`) nothing is said that rests on them.
    """
    tellings = [
        of_archive(found.scope, report, time_zone, timed=timed),
        of_coverage(found.coverage, found.scope, timed=timed),
        Telling(_covered.by_id_alone(found.coverage), []),
        Telling(_covered.by_camps(found.scope, found.camps), []),
        of_cascades(found),
        of_camps(found),
        *(_turning.tell(found, time_zone) if timed else []),
        of_seeds(found),
        *([of_steps(found), *_spawned.tell(found.family, found.traced)] if timed else []),
        *([of_places(found, time_zone, names=names)] if timed else []),
        of_flows(found.flows),
        *([_between.tell(found.between, names=names)] if timed else []),
    ]
    return Telling(
        [_capital(one_line(sentence)) for telling in tellings for sentence in telling.sentences],
        [(topic, one_line(reason)) for telling in tellings for topic, reason in telling.refusals],
    )


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _ordinal(k: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(k, f"{k}th")
