"""The whole path in one call: from an archive to the record of a study."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from tqdm import tqdm

from spread import archive as archives
from spread._arguments import require_instance, require_zone
from spread._random import resolve_seed
from spread.archive import Archive
from spread.archive._damage import damage_told
from spread.study import _camps, _hours, _labels, _scope, _steps, _story, _tables
from spread.study._controls import controls
from spread.study._found import STEPS, find
from spread.study._freeze import freeze
from spread.study._record import Study
from spread.study._sensitivity import robustness, sensitivity
from spread.study._steps import BAR, OnStep, Source
from spread.study._verify import Verified, verify_by

__all__ = [
    "OnStep",
    "Source",
    "Study",
    "Verified",
    "controls",
    "freeze",
    "robustness",
    "run",
    "sensitivity",
    "verify",
]


def run(
    source: Source,
    root: str | None = None,
    *,
    start: str | pd.Timestamp | None = None,
    end: str | pd.Timestamp | None = None,
    camps: pd.DataFrame | None = None,
    launch: str | pd.Timestamp | None = None,
    time_zone: str = "UTC",
    names: bool = False,
    rng: np.random.Generator | int | None = None,
    progress: bool | None = None,
    resume: str | Path | None = None,
    on_step: OnStep | None = None,
) -> Study:
    """Tell how a hashtag spread, who turned it, what it spawned and where it went.

    Parameters
    ----------
    source
        Path, glob, folder, several of them, or an open Archive.
    root
        The hashtag, with or without #. By default the commonest tag, announced in the
        story; where that has fewer than ten authors, the whole archive is studied.
    start, end
        The window, end exclusive; a moment without a zone is read in `time_zone`.
    camps
        A coding by the user: of accounts (columns user_id, camp) or of tweets (tweet_id,
        code and, where several coded, coder). By default the six largest retweet
        communities and `other`.
    launch
        When the tag was launched, if the archive holds that: only then can it be told
        that a tag was never its launcher's.
    time_zone
        IANA name of the zone in which the story tells times.
    names
        Name every account, not only public ones. Think of the people before you do.
    rng
        Seed of every random draw; stored in the result.
    progress
        Show a progress bar on stderr: always, never, or where someone is watching.
    resume
        A folder in which each step is kept as soon as it is done, and the tables of the
        archive where `source` is files. A run that was interrupted or killed is taken up by
        the same call; one of other files, arguments or versions makes its steps anew. It
        holds what people wrote: remove it when the study is done.
    on_step
        Called with the name of each step and the tables that it decides, once it is done.

    Returns
    -------
    Study
        One frozen record; in a notebook it shows the story.

    Raises
    ------
    InputError
        The archive is absent or damaged, holds no tweet, or the tag never occurs in it.
    UsageError
        An argument is not what is allowed.
    OutputError
        `resume` cannot be written.

    Examples
    --------
    The first half hour of the shipped archive:

    >>> from spread import samples
    >>> s = run(samples.path("mynypd"), "myNYPD", end="2014-04-22T18:25Z", rng=7)
    >>> s.shown, s.synthetic, s.seed
    ('#myNYPD', True, 7)
    >>> dict(s.cannot_tell)["the turn"]
    '...'
    """
    seed = resolve_seed(rng)
    require_zone(time_zone)
    require_instance("source", source, (str, Path, Iterable, Archive), "paths, or an Archive")
    require_instance("root", root, (str, type(None)), "a hashtag, or None")
    require_instance("camps", camps, (pd.DataFrame, type(None)), "a DataFrame, or None")
    coding = None if camps is None else _camps.checked(camps)
    launched = _scope.instant(launch, time_zone, name="launch")
    for name, moment in (("start", start), ("end", end)):
        _scope.instant(moment, time_zone, name=name)
    place = None if resume is None else Path(resume)
    opened = _opened(source, place, progress)
    asked = (root, start, end, launch, time_zone, coding, names, seed)
    key = "" if place is None else _steps.fingerprint(opened, asked)
    _tell_known(_steps.known(place, key=key), progress)
    quiet = None if progress is None else not progress
    shown = tqdm(total=100, desc="counting: ", bar_format=BAR, disable=quiet, leave=False)
    with shown as bar, damage_told(opened.path):
        scope = _scope.choose(opened, root, start=start, end=end, time_zone=time_zone)
        _scope.require_launched(scope, launched, opened)
        labels = _labels.accounts(scope.users.to_pyarrow().to_pandas(), names=names)
        begin = _shown_on(bar)
        step = _steps.Kept(place, key, begin, labels, names, on_step)
        found = find(scope, coding=coding, launch=launched, labels=labels, seed=seed, step=step)
        hours = _hours.without(opened.report)
        told = _story.tell(found, opened.report, time_zone, names=names, timed=not hours)
        made = _tables.of(found, opened.report, names=names, time_zone=time_zone, timed=not hours)
    return Study(
        root=scope.root,
        shown=scope.shown,
        synthetic=opened.synthetic,
        start_at=scope.start_at,
        end_at=scope.end_at,
        time_zone=time_zone,
        launch=launched,
        coding=coding,
        names=names,
        seed=seed,
        versions=_steps.versions(),
        story=tuple(told.sentences),
        cannot_tell=(*hours, *told.refusals),
        tables=made,
        graph_kind=found.kind,
        graph_size=(found.graph.vcount(), found.graph.ecount()),
        partition=found.camps.partition,
        forests=found.forests,
        turn=found.turn,
        family=found.family,
        archive=opened,
        read_report=opened.report,
        start=_scope.instant(start, time_zone, name="start"),
        end=_scope.instant(end, time_zone, name="end"),
    )


def verify(
    path: str | Path, source: Source | None = None, *, progress: bool | None = None
) -> Verified:
    """Check a replication package: its hashes, its inputs, and whether it reruns to the same.

    Parameters
    ----------
    path
        What `freeze` made.
    source
        The files that the archive was read from; needed where the package does not hold the
        archive.
    progress
        Show a progress bar on stderr: always, never, or where someone is watching.

    Returns
    -------
    Verified
        One check a row; `is_same` sums it up. Tables that `run` does not make, such as those
        of `sensitivity`, are not rerun, and that is said.

    Raises
    ------
    UsageError
        There is no package at the path.
    InputError
        The tweets are needed and not named, or cannot be read.

    Examples
    --------
    >>> verify("nowhere")
    Traceback (most recent call last):
    spread._errors.UsageError: this is no replication package: got nowhere (...
    """
    return verify_by(run, path, source, progress=progress)


def _shown_on(bar: tqdm) -> Callable[[str], None]:
    """Return what a step calls as it begins: the time left follows from the steps' usual shares."""

    def begin(step: str) -> None:
        bar.set_description(step, refresh=False)
        bar.update(STEPS[step] - bar.n)

    return begin


def _tell_known(count: int, progress: bool | None) -> None:
    if count and progress is not False:
        line = f"Going on from an earlier run: {count} of {len(STEPS)} steps were done"
        tqdm.write(line, file=sys.stderr)


def _opened(source: Source, resume: Path | None, progress: bool | None) -> Archive:
    if isinstance(source, Archive):
        return source
    if isinstance(source, str | Path) and (Path(source) / "tweets.parquet").exists():
        return archives.open(source)
    if resume is None:
        return archives.read(source, progress=progress)
    return _steps.archive_in(resume, source, progress=progress)
