"""The whole path in one call: from an archive to the record of a study.

>>> from spread import study
>>> s = study.run("tweets.jsonl.gz", "myNYPD")                       # doctest: +SKIP
>>> s                                                                # doctest: +SKIP
<Study of #myNYPD: 9 sentences, seed 7>
"""

from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from spread import archive as archives
from spread import cascade, communities, graphs, hashtags, hijack, places, seeds
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.archive import Archive
from spread.study import _drawn, _labels, _naive, _scope, _story
from spread.study._record import Study

__all__ = ["Study", "run"]

_PACKAGES = ("spread", "numpy", "scipy", "pandas", "pyarrow", "duckdb", "ibis-framework")
_PACKAGES += ("igraph", "numba", "plotly")
_SYNTHETIC = "synthetic"
_TAGS_DRAWN = 7

Source = str | Path | Iterable[str | Path] | Archive


def run(
    source: Source,
    root: str | None = None,
    *,
    start: str | pd.Timestamp | None = None,
    end: str | pd.Timestamp | None = None,
    camps: pd.DataFrame | None = None,
    time_zone: str = "UTC",
    names: bool = False,
    rng: "np.random.Generator | int | None" = None,
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
    >>> from spread import samples
    >>> s = run(samples.path("mynypd"), "myNYPD", rng=7)             # doctest: +SKIP
    >>> s.tables["seeds"].head()                                     # doctest: +SKIP
    """
    seed = resolve_seed(rng)
    _scope.zone(time_zone)
    given_camps = None if camps is None else _checked_camps(camps)
    with tqdm(total=8, disable=None if progress is None else not progress, leave=False) as bar:

        def step(name: str) -> None:
            bar.set_description(name)
            bar.update()

        step("archive")
        opened = _opened(source, progress=False if progress is None else progress)
        scope = _scope.choose(opened, root, start=start, end=end, time_zone=time_zone)
        users = scope.users.to_pandas()
        labels = _labels.accounts(users, names=names)

        step("graph")
        kind, edges = _drawn.interactions(scope.tweets)
        partition = communities.detect(graphs.retweets(scope.tweets), rng=stream(seed, 1))
        camps_used = communities.camps(partition) if given_camps is None else given_camps

        step("cascades")
        forests = cascade.forests(scope.tagged, rng=stream(seed, 2))
        metrics = cascade.metrics(forests)
        coverage = cascade.coverage(scope.tagged)

        step("turn")
        turn = hijack.detect(scope.tagged, camps_used, rng=stream(seed, 3))

        step("seeds")
        rank = seeds.rank(forests, partition=camps_used, rng=stream(seed, 4))

        step("family")
        family = (
            None
            if scope.root is None
            else hashtags.family(scope.tweets, scope.root, rng=stream(seed, 5))
        )

        step("places")
        located = places.of_users(scope.users, scope.tweets)
        tags = _tags(scope, family)
        arrivals = places.arrivals(scope.tweets, located, tags, rng=stream(seed, 6))

        step("story")
    ...
