"""Synthetic archives with known truth: campaigns whose every answer can be checked.

`generate` writes a Twitter v1.1 archive as a stream would have given it, and returns what
really happened in it. The accounts, texts and locations are invented, and every tweet
says so in its `source` field.
"""

from pathlib import Path

import numpy as np

from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.scenario._accounts import make_accounts
from spread.scenario._campaign import END_S, FIXTURES, make_campaign
from spread.scenario._contagion import simulate
from spread.scenario._follow_graph import make_follow_graph
from spread.scenario._texts import make_words
from spread.scenario._truth import Truth, make_truth, truth
from spread.scenario._world import make_world
from spread.scenario._writer import make_record, write_archive

__all__ = ["NAMES", "Truth", "generate", "truth"]

NAMES = ("mynypd",)
"""Names of the campaigns."""

_LEAST_SCALE, _MOST_SCALE = 0.02, 50.0
_MEAN_SIZE = 1.6  # retweets of an original by an author of ordinary reach, before audiences cap it


def generate(
    name: str,
    path: str | Path,
    *,
    scale: float = 1.0,
    rng: np.random.Generator | int | None = None,
    thinning: float = 1.0,
    authors_kept: float = 1.0,
    follows: bool = False,
) -> Truth:
    """Write a synthetic v1.1 archive and return the truth behind it.

    The campaign "mynypd": a police account asks for friendly photos under a tag, answers
    the first ones, and about two hours later a protest account turns the tag. Accounts have
    a camp, a city and followers; a follower graph that the archive does not hold carries
    what is passed on, as a branching point process with power-law delays [1]_. Retweets
    name their root alone, as the API did, so that each cascade looks like a star. Other
    cities invent tags of the same form, each by a local account that used or saw its
    parent; other tags of that form have no parent.

    Parameters
    ----------
    name
        Which campaign, one of `NAMES`.
    path
        Where the archive goes: JSON lines, gzipped if the name ends in .gz.
    scale
        Volume, 0.02 to 50: at 1 over 100,000 tweets in three days. The story stays the same.
    rng
        Seed; the same seed gives the same archive and the same truth.
    thinning
        Share of retweets that the archive kept. The retweet counts that the platform
        reports include the lost ones.
    authors_kept
        Share of accounts whose tweets the archive kept; the named accounts always stay.
    follows
        Whether the truth holds the follower graph.

    Returns
    -------
    Truth
        Frozen record of tables; its docstring names the columns.

    Raises
    ------
    UsageError
        An argument is not what is allowed.
    OutputError
        The archive cannot be written.

    References
    ----------
    .. [1] Zhao et al. (2015), SEISMIC, https://doi.org/10.1145/2783258.2783401 (the form of
       the delays).

    Examples
    --------
    >>> generate("nothing", "archive.jsonl")
    Traceback (most recent call last):
    spread._errors.UsageError: unknown scenario: got 'nothing'; allowed: mynypd
    """
    _check(name, scale, thinning=thinning, authors_kept=authors_kept)
    seed = resolve_seed(rng)
    accounts = make_accounts(scale, FIXTURES, stream(seed, 1))
    graph = make_follow_graph(accounts, stream(seed, 2))
    campaign = make_campaign(scale, _MEAN_SIZE, stream(seed, 3))
    events = simulate(
        make_world(accounts, graph),
        campaign.agenda,
        family=campaign.family,
        end_s=END_S,
        rng=stream(seed, 4),
    )
    words = make_words(accounts, campaign, events, stream(seed, 5))
    record = make_record(words, thinning=thinning, authors_kept=authors_kept, rng=stream(seed, 6))
    write_archive(words, record, Path(path))
    parameters = {"name": name, "seed": seed, "scale": scale}
    parameters |= {"thinning": thinning, "authors_kept": authors_kept}
    return make_truth(words, record, graph if follows else None, parameters)


def _check(name: str, scale: float, **shares: float) -> None:
    if name not in NAMES:
        raise UsageError("unknown scenario", got=repr(name), allowed=", ".join(NAMES))
    if not _LEAST_SCALE <= scale <= _MOST_SCALE:
        allowed = f"{_LEAST_SCALE} to {_MOST_SCALE:g}"
        raise UsageError("scale is out of range", got=repr(scale), allowed=allowed)
    for option, share in shares.items():
        if not 0.0 < share <= 1.0:
            allowed = "a share above 0, at most 1"
            raise UsageError(f"{option} is out of range", got=repr(share), allowed=allowed)
