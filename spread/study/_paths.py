"""The path walked again under other choices; what a choice leaves alone is not done twice."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from spread import cascade, coordination, graphs, hashtags, hijack, seeds
from spread._random import stream
from spread.hijack import Turn
from spread.study import _camps, _found, _scope
from spread.study._camps import Camps
from spread.study._claims import Results
from spread.study._record import Study
from spread.study._scope import Scope
from spread.trees import Forests

__all__ = ["Sample", "Specification", "left_out", "of_study", "sampled", "walker", "whole"]


class Sample(NamedTuple):
    """Which tweets are read."""

    window: str = "whole"
    in_step: bool = True
    authors_kept: float = 1.0
    draw: int = 0


class Specification(NamedTuple):
    """One combination of choices that a referee may ask about.

    `reconstruction` is a method of `cascade.forests`; `resolution` a factor on the study's;
    `window` "whole", or the half of the time before and after the turn that is nearest to
    it; `retweets` whether retweets count for the turn; `in_step` whether accounts that share
    in step are kept; `authors_kept` the share of authors that a thinner archive would have.
    """

    reconstruction: str = "posterior"
    resolution: float = 1.0
    retweets: bool = True
    sample: Sample = Sample()


def of_study(study: Study) -> Results:
    """Return what the study itself found."""
    tables = study.tables
    return Results(
        study.turn, tables["camps"], tables["turned"], tables["seeds"], tables["metrics"],
        study.family,
    )  # fmt: skip


def walker(study: Study) -> Callable[[Specification], Results]:
    """Return a function that walks the path of a study under a specification."""
    everything, seed = whole(study), study.seed

    @cache
    def gone(sample: Sample) -> frozenset[str]:
        return left_out(study, everything, sample)

    @cache
    def scope(sample: Sample) -> Scope:
        return sampled(study, everything, sample, gone(sample))

    @cache
    def camps(sample: Sample, resolution: float) -> Camps:
        graph = graphs.retweets(scope(sample).tweets)
        wanted = study.partition.resolution * resolution
        return _camps.choose(graph, study.coding, resolution=wanted, seed=seed)

    @cache
    def forests(sample: Sample, reconstruction: str) -> Forests:
        return cascade.forests(scope(sample).tagged, method=reconstruction, rng=stream(seed, 2))

    @cache
    def metrics(sample: Sample, reconstruction: str) -> pd.DataFrame:
        return cascade.metrics(forests(sample, reconstruction))

    @cache
    def turn(sample: Sample, resolution: float, retweets: bool) -> Turn:
        used, read = camps(sample, resolution), scope(sample)
        if not retweets:
            tagged = read.tagged.filter(read.tagged.kind != "retweet")
            found = hijack.detect(tagged, used.dating, launch=study.launch, rng=stream(seed, 3))
            return replace(found, weak=None)
        graph = graphs.retweets(read.tweets)
        return _found.dated(read, graph, used, study.launch, seed)

    @cache
    def family(sample: Sample) -> hashtags.Family | None:
        if study.root is None:
            return None
        return hashtags.family(scope(sample).tweets, study.root, rng=stream(seed, 5))

    def walk(chosen: Specification) -> Results:
        sample, resolution = chosen.sample, chosen.resolution
        used = camps(sample, resolution)
        passed = forests(sample, chosen.reconstruction)
        found = turn(sample, resolution, chosen.retweets)
        return Results(
            turn=found,
            camps=used.accounts,
            turned=_found.turned(passed, used, found, seed),
            rank=seeds.rank(passed, partition=used.accounts, rng=stream(seed, 4)),
            metrics=metrics(sample, chosen.reconstruction),
            family=family(sample),
            gone=gone(sample),
            star=chosen.reconstruction == "star",
        )

    return walk


def whole(study: Study) -> Scope:
    """Return the scope of a study, as it was."""
    scope = _scope.choose(
        study.archive, study.root, start=study.start_at, end=None, time_zone=study.time_zone
    )
    return _until(scope, study.end_at)


def _until(scope: Scope, end_at: pd.Timestamp) -> Scope:
    """Return a scope that ends with a moment, which belongs to it."""
    last = ibis.literal(end_at.to_pydatetime())
    return replace(
        scope,
        tweets=scope.tweets.filter(scope.tweets.at <= last),
        tagged=scope.tagged.filter(scope.tagged.at <= last),
        end_at=end_at,
    )


def sampled(study: Study, scope: Scope, sample: Sample, gone: frozenset[str]) -> Scope:
    """Return the scope with the tweets that a sample leaves."""
    if sample == Sample():
        return scope
    tweets = scope.tweets.to_pyarrow()
    if sample.window != "whole":
        low, high = nearest_half(study)
        inside = pc.and_(pc.greater_equal(tweets["at"], low), pc.less_equal(tweets["at"], high))
        tweets = tweets.filter(inside)
    left = _without(tweets, pa.array(sorted(gone), pa.string()))
    kept = ibis.memtable(left)
    tagged = kept if scope.root is None else kept.filter(kept.hashtags.contains(scope.root))
    return replace(scope, tweets=kept, tagged=tagged)


def left_out(study: Study, scope: Scope, sample: Sample) -> frozenset[str]:
    """Return the accounts that a sample leaves out."""
    gone: list[str] = []
    if not sample.in_step:
        gone += in_step(scope)
    if sample.authors_kept < 1:
        gone += _thinned(study, scope, sample)
    return frozenset(gone)


def nearest_half(study: Study) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the half of the time before the turn, or the middle, and of that after it."""
    middle = study.start_at + (study.end_at - study.start_at) / 2
    halfway = study.turn.halfway
    centre = halfway if isinstance(halfway, pd.Timestamp) else middle
    return centre - (centre - study.start_at) / 2, centre + (study.end_at - centre) / 2


def in_step(scope: Scope) -> list[str]:
    """Return the accounts in clusters that share in step more than chance explains."""
    return list(coordination.accounts(_found.in_step(scope, 0)).user_id)


def _thinned(study: Study, scope: Scope, sample: Sample) -> list[str]:
    """Return the authors that a thinner archive does not have."""
    authors = np.sort(scope.tweets.author_id.name("id").as_table().distinct().to_pyarrow()["id"])
    draws = stream(study.seed, 20, sample.draw).random(len(authors))
    return [str(author) for author in authors[draws >= sample.authors_kept]]


def _without(tweets: pa.Table, gone: pa.Array) -> pa.Table:
    """Return tweets that are not by these authors, nor retweets of them: both would be lost."""
    if not len(gone):
        return tweets
    passed = pc.and_(
        pc.is_in(tweets["retweet_author_id"], gone), pc.equal(tweets["kind"], "retweet")
    )
    lost = pc.or_kleene(pc.is_in(tweets["author_id"], gone), pc.fill_null(passed, False))
    return tweets.filter(pc.invert(lost))
