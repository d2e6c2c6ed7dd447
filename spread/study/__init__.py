"""The whole path in one call: from an archive to the record of a study."""

from collections.abc import Callable, Iterable
from importlib import metadata
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
from tqdm import tqdm

from spread import archive as archives
from spread._arguments import require_instance
from spread._random import resolve_seed
from spread.archive import Archive
from spread.study import _camps, _hours, _scope, _story, _tables
from spread.study._controls import controls
from spread.study._found import STEPS, find
from spread.study._freeze import freeze
from spread.study._record import Study
from spread.study._sensitivity import robustness, sensitivity
from spread.study._verify import Verified, verify_by

__all__ = [
    "Study",
    "Verified",
    "controls",
    "freeze",
    "robustness",
    "run",
    "sensitivity",
    "verify",
]

_BAR = "{desc}{percentage:.0f} %|{bar}| {elapsed}, about {remaining} left"
_PACKAGES = (
    "spread",
    "numpy",
    "scipy",
    "numba",
    "pandas",
    "pyarrow",
    "duckdb",
    "ibis-framework",
    "igraph",
    "networkx",
    "plotly",
)

Source: TypeAlias = str | Path | Iterable[str | Path] | Archive


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

    Returns
    -------
    Study
        One frozen record; in a notebook it shows the story.

    Raises
    ------
    InputError
        The archive is absent, holds no tweet, or the tag never occurs in it.
    UsageError
        An argument is not what is allowed.

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
    _scope.zone(time_zone)
    require_instance("source", source, (str, Path, Iterable, Archive), "paths, or an Archive")
    require_instance("root", root, (str, type(None)), "a hashtag, or None")
    require_instance("camps", camps, (pd.DataFrame, type(None)), "a DataFrame, or None")
    coding = None if camps is None else _camps.checked(camps)
    _, _, launched = (_scope.instant(moment, time_zone) for moment in (start, end, launch))
    opened = _opened(source, progress)
    quiet = None if progress is None else not progress
    with tqdm(total=100, bar_format=_BAR, disable=quiet, leave=False) as bar:
        scope = _scope.choose(opened, root, start=start, end=end, time_zone=time_zone)
        _scope.require_launched(scope, launched)
        found = find(
            scope,
            coding=coding,
            launch=launched,
            names=names,
            seed=seed,
            begin=_shown_on(bar),
        )
        hours = _hours.without(opened.report)
        told = _story.tell(found, opened.report, time_zone, names=names, timed=not hours)
        made = _tables.of(found, opened.report, names=names, time_zone=time_zone, seed=seed)
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
        versions={name: metadata.version(name) for name in _PACKAGES},
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
        start=_scope.instant(start, time_zone),
        end=_scope.instant(end, time_zone),
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


def _opened(source: Source, progress: bool | None) -> Archive:
    if isinstance(source, Archive):
        return source
    if isinstance(source, str | Path) and (Path(source) / "tweets.parquet").exists():
        return archives.open(source)
    return archives.read(source, progress=progress)
