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
from spread.scenario._askjpm import ASKJPM
from spread.scenario._askrkelly import ASKRKELLY
from spread.scenario._contagion import simulate
from spread.scenario._follow_graph import make_follow_graph
from spread.scenario._mcdstories import MCDSTORIES
from spread.scenario._mynypd import MYNYPD
from spread.scenario._steady import STEADY
from spread.scenario._texts import make_words
from spread.scenario._truth import Truth, make_truth, truth
from spread.scenario._world import make_world
from spread.scenario._writer import make_record, write_archive

__all__ = ["NAMES", "Truth", "generate", "truth"]

_STORIES = {
    "mynypd": MYNYPD,
    "mcdstories": MCDSTORIES,
    "askjpm": ASKJPM,
    "askrkelly": ASKRKELLY,
    "steady": STEADY,
}

NAMES = tuple(_STORIES)
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

    Accounts have a camp, a city and followers; a follower graph that the archive does not hold
    carries what is passed on, as a branching point process with power-law delays [1]_.
    Retweets name their root alone, as the API did, so that each cascade looks like a star.

    - "mynypd" (April 2014): a police account asks for friendly photos, and about two hours
      later a protest account turns the tag. Other cities invent tags of the same form, each
      by a local account that used or saw its parent; other tags of that form have no parent.
    - "mcdstories" (January 2012): a chain pays for a tag to be shown; customers, none of
      them famous, tell other stories, and within two hours it stops paying [2]_. Critical
      tweets stay at about 2 %.
    - "askjpm" (November 2013): a bank asks for questions to be answered on the next day;
      journalists and critics turn the tag before that, two thirds of the tweets are
      critical, and the bank gives up within six hours [3]_.
    - "askrkelly" (December 2013): a singer asks for questions and within minutes nearly all are
      critical.
    - "steady": for comparison, a campaign whose volume bursts and whose composition stays;
      two tags of its form have no parent.

    Parameters
    ----------
    name
        Which campaign, one of `NAMES`.
    path
        Where the archive goes: JSON lines, gzipped if the name ends in .gz.
    scale
        Volume, 0.02 to 50: at 1 over 100,000 tweets in three days for "mynypd", and about
        72,000, 77,000, 45,000 and 75,000 under the tag for the others. The story stays the
        same.
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
    .. [2] The chain's statement in Adweek, January 2012: "promoted for less than two hours".
    .. [3] Financial Post and Telegraph, 14 November 2013: asked at 1:26 p.m., called off less
       than six hours later; of 80,000 tweets at least two thirds negative (Topsy).

    Examples
    --------
    >>> generate("nothing", "archive.jsonl")
    Traceback (most recent call last):
    spread._errors.UsageError: unknown scenario: got 'nothing'; allowed: mynypd, mcdstories,
    askjpm, askrkelly, steady
    """
    _check(name, scale, thinning=thinning, authors_kept=authors_kept)
    seed = resolve_seed(rng)
    story = _STORIES[name]
    accounts = make_accounts(
        scale,
        story.fixtures,
        stream(seed, 1),
        created_to=story.created_to,
        last_user_id=story.last_user_id,
    )
    graph = make_follow_graph(accounts, stream(seed, 2))
    campaign = story.make(scale, _MEAN_SIZE, stream(seed, 3))
    events = simulate(
        make_world(accounts, graph),
        campaign.agenda,
        family=campaign.family,
        end_s=story.end_s,
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
