"""The whole path in one call: from an archive to the record of a study."""

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
from tqdm import tqdm

from spread import archive as archives
from spread import tables
from spread._errors import UsageError
from spread._random import resolve_seed
from spread.archive import Archive
from spread.study import _scope, _story, _tables
from spread.study._found import find
from spread.study._record import Study

__all__ = ["Study", "run"]

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

_CAMPS = pa.schema([("user_id", pa.string()), ("camp", pa.string())])

Source: TypeAlias = str | Path | Iterable[str | Path] | Archive


def run(
    source: Source,
    root: str | None = None,
    *,
    start: str | pd.Timestamp | None = None,
    end: str | pd.Timestamp | None = None,
    camps: pd.DataFrame | None = None,
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
        A coding of accounts by the user (columns user_id, camp). By default the six
        largest retweet communities and `other`.
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
    coded = None if camps is None else _checked(camps)
    opened = _opened(source, progress)
    with tqdm(disable=None if progress is None else not progress, leave=False) as bar:
        scope = _scope.choose(opened, root, start=start, end=end, time_zone=time_zone)
        found = find(scope, camps=coded, names=names, seed=seed, begin=bar.set_description)
        told = _story.tell(found, opened.report, time_zone, names=names)
        made = _tables.of(found, opened.report, names=names, time_zone=time_zone, seed=seed)
    return Study(
        root=scope.root,
        shown=scope.shown,
        synthetic=bool(made["files"].source_file.str.contains("synthetic").any()),
        start_at=scope.start_at,
        end_at=scope.end_at,
        time_zone=time_zone,
        names=names,
        seed=seed,
        versions={name: metadata.version(name) for name in _PACKAGES},
        story=tuple(told.sentences),
        cannot_tell=tuple(told.refusals),
        tables=made,
        graph_kind=found.kind,
        graph_size=(found.graph.vcount(), found.graph.ecount()),
        partition=found.partition,
        forests=found.forests,
        turn=found.turn,
        family=found.family,
        archive=opened,
        read_report=opened.report,
    )


def _opened(source: Source, progress: bool | None) -> Archive:
    if isinstance(source, Archive):
        return source
    if isinstance(source, str | Path) and (Path(source) / "tweets.parquet").is_file():
        return archives.open(source)
    return archives.read(source, progress=progress)


def _checked(camps: pd.DataFrame) -> pd.DataFrame:
    """Return a coding by the user as user_id, camp: text, one row an account."""
    coded = tables.frame(camps, _CAMPS, ["user_id", "camp"]).dropna()
    if coded.user_id.duplicated().any():
        twice = coded.user_id[coded.user_id.duplicated()].iloc[0]
        raise UsageError("an account has two camps", got=repr(twice), hint="Keep one row each")
    if coded.empty:
        raise UsageError("the coding of camps is empty", allowed="rows with user_id and camp")
    return coded.reset_index(drop=True)
