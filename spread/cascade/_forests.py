"""Who passed on from whom: forests from tweets."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from spread import excitation
from spread._arguments import require_count, require_number, require_one_of
from spread._errors import UsageError
from spread._random import resolve_seed
from spread.cascade._events import Events, events
from spread.cascade._followers import CHOICES, parents_followed
from spread.cascade._pdi import PopularityOrRecency
from spread.cascade._quotes import joined
from spread.cascade._replies import replies
from spread.cascade._root_effect import with_root_effect
from spread.excitation import ExponentialPosterior
from spread.tables import Table
from spread.trees import Forests, Observed, Posterior

_DEBATENIGHT_RATE = 6.8e-5


def forests(
    tweets: Table,
    *,
    method: str = "posterior",
    trees: int = 200,
    kernel: str | None = None,
    root_effect: bool = True,
    singletons: bool = True,
    quotes: bool = False,
    follower_graph: object = None,
    choice: str = "latest",
    gamma: float = 0.5,
    alpha: float = 2.0,
    rng: np.random.Generator | int | None = None,
) -> Forests:
    """Return the cascades of an archive with the posterior over their trees.

    A cascade is an original and its retweets. A retweet names the original only, never
    the retweet that its author saw: who passed on from whom must be inferred. With
    `method="posterior"` the chance that event i called forth event j is proportional to
    m_i^β g(t_j − t_i), with m followers and a kernel g fitted to all cascades together
    (`excitation.fit`); given times and marks this is the exact posterior of a branching
    process, and parents are independent.

    Two kernels are fitted, an exponential and a power law, and the better one by AIC is
    used. On 150 simulated cascades whose delays follow a power law the mean of
    ln(virality / true virality) is +0.01 with that choice, −0.5 with the fitted
    exponential alone, −0.6 for DebateNight, −1.2 for the star, +1.4 for `latest`. The
    probabilities are calibrated, but even the true kernel puts only about a quarter on the
    true parent: never read one tree as what happened.
    An original draws more or fewer retweets than its author's followers foretell: each has an
    effect of its own, log-normal over cascades and known up to its posterior
    (`root_effect`). Where tweets pass along a follower graph that the archive does not
    hold, as in `scenario`, the model is still wrong in part: in one such archive the mean
    was +0.10 for the 37 cascades of 20 events or more, and the 95 % interval of virality
    held the truth for 84 % of them (+0.16 and 65 % without the effect of the root). Originals
    older than the archive (`roots_before_archive`) have parents that it never saw; the
    kernel is fitted without them, and their trees are of what was seen.

    Parameters
    ----------
    tweets
        A table with tweet_id, author_id, at, origin, kind, retweet_of, retweet_author_id
        (for `replies` instead reply_to, reply_author_id), and where they are known
        followers, platform, at_resolution_ms. Roots of any origin do. A user's second
        retweet of the same original is dropped, a retweet dated before its original is
        moved to it, missing followers count as 1; all are counted in `parameters`.
    method
        posterior; debatenight (β = 1 and 6.8e-5 per second, never fitted); pdi (with
        chance `gamma` by followers, else by a power law of the delay; nothing is fitted);
        star (every retweet from the original); latest (every retweet from the one before:
        a chain); followers (the parent is an earlier participant whom the author follows,
        the original where there is none); replies (trees of replies, which are observed).
        The star and the chain are bounds, not estimates.
    trees
        How many trees stand for the posterior; one where it is certain.
    kernel
        exponential, omori (a power law), or None: the one that fits better.
    root_effect
        For `posterior`: whether each original has an effect of its own. With it exact
        virality and credit take eight times as long.
    singletons
        Whether collected originals that nobody retweeted are cascades of one event.
    quotes
        Whether a quote passes on what it quotes: it is then an event of the quoted cascade,
        with a parent there like a retweet, and its own retweets hang under it. Needs
        quote_of and quote_author_id.
    follower_graph
        For `followers`: a table of follower_id and followed_id, or a directed igraph graph
        from follower to followed with user ids in vs["name"]; as it was at the time.
    choice
        For `followers`, among the participants whom the author follows: latest, first or
        most_followed.
    gamma, alpha
        For `pdi`: the weight of followers against delay, from 0 to 1, and the exponent of
        the delay. The authors try 0.25, 0.5, 0.75 and 1.1, 1.5, 2, 2.5, 3. Delays gain
        0.1 s as in their program, and are taken as 1 s where they are shorter.
    rng
        Decides the trees.

    Returns
    -------
    Forests
        Cascades numbered by root time, then id.

    Raises
    ------
    UsageError
        An option cannot be used, or a tweet occurs twice.
    MissingColumnError
        The table lacks columns.

    References
    ----------
    Zhuang, Ogata, Vere-Jones 2002, https://doi.org/10.1198/016214502760046925; Rizoiu et
    al. 2018 (DebateNight), https://doi.org/10.48550/arXiv.1802.09808; Goel et al. 2016,
    https://doi.org/10.1287/mnsc.2015.2158 (following); DeVerna et al. 2024 (pdi),
    https://doi.org/10.48550/arXiv.2410.21554

    Examples
    --------
    >>> import pandas as pd
    >>> tweets = pd.DataFrame({
    ...     "tweet_id": ["1", "2"], "author_id": ["a", "b"], "origin": "collected",
    ...     "at": pd.to_datetime(["2014-04-22T18:00Z", "2014-04-22T18:01Z"]),
    ...     "kind": ["tweet", "retweet"], "retweet_of": [None, "1"],
    ...     "retweet_author_id": [None, "a"], "followers": [100, 5]})
    >>> forests(tweets, rng=1)
    Forests(1 cascades, 2 events, method='posterior', trees=200, seed=1)
    """
    _check(method, trees, follower_graph, quotes)
    seed = resolve_seed(rng)
    options = _Options(kernel, root_effect, follower_graph, choice, gamma, alpha, trees, seed)
    if method == "replies":
        found, parents = replies(tweets, singletons=singletons)
        posterior: Posterior = Observed(parents, found.offsets)
        parameters: dict[str, object] = {}
    else:
        found = events(tweets, singletons=singletons, quotes=quotes)
        posterior, parameters = _METHODS[method](found, singletons, options)
    certain = isinstance(posterior, Observed)
    if quotes:
        found, posterior = joined(found, posterior, trees=1 if certain else trees, seed=seed)
    return Forests(
        found.table,
        found.offsets,
        posterior,
        method,
        1 if certain else trees,
        seed,
        {
            **parameters,
            **found.counts,
            "resolution_s": found.resolution_s,
            "archive_closes": found.closes_at,
        },
        found.root_at,
    )


@dataclass(frozen=True)
class _Options:
    """What the methods take beside the events."""

    kernel: str | None
    root_effect: bool
    follower_graph: object
    choice: str
    gamma: float
    alpha: float
    trees: int
    seed: int


def _check(method: str, trees: int, follower_graph: object, quotes: bool) -> None:
    require_one_of("method", method, METHODS)
    require_count("trees", trees)
    if method == "followers" and follower_graph is None:
        raise UsageError(
            "method 'followers' needs to know who follows whom",
            hint="Give follower_graph: a table of follower_id and followed_id, or a graph",
        )
    if method != "followers" and follower_graph is not None:
        raise UsageError(
            "follower_graph is given but not used",
            got=f"method={method!r}",
            allowed="method='followers'",
        )
    if method == "replies" and quotes:
        raise UsageError("quotes cannot join reply trees", hint="Leave quotes out")


_Found = tuple[Posterior, dict[str, object]]


def _fitted(found: Events, singletons: bool, options: _Options) -> _Found:
    truncated = ~found.root_collected if singletons else np.diff(found.offsets) > 0
    whole = found.opens_s <= 0
    fit = excitation.fit(
        under(found, excitation.exponential(_DEBATENIGHT_RATE)),
        shape=options.kernel,
        closes_s=found.closes_s,
        whole=whole,
        truncated=truncated,
        resolution_s=found.resolution_s,
        seed=options.seed,
    )
    parameters: dict[str, object] = {"kernel": fit.kernel.name, **fit.values}
    for name, (low, high) in fit.intervals.items():
        parameters |= {f"{name}_low": low, f"{name}_high": high}
    parameters["kernel_cannot_tell"] = fit.cannot_tell
    posterior = under(found, fit.kernel)
    if fit.cannot_tell or not options.root_effect:
        return posterior, parameters
    effect, told = with_root_effect(
        posterior, closes_s=found.closes_s, seen_whole=whole & ~truncated, seed=options.seed
    )
    return effect, parameters | told


def _debatenight(found: Events, *_: object) -> _Found:
    kernel = excitation.exponential(_DEBATENIGHT_RATE, beta=1.0)
    return under(found, kernel), {"kernel": kernel.name, "rate_per_s": 6.8e-5, "beta": 1.0}


def _pdi(found: Events, _: bool, options: _Options) -> _Found:
    gamma = require_number("gamma", options.gamma, least=0, most=1)
    alpha = require_number("alpha", options.alpha, above=0, most=16)
    posterior = PopularityOrRecency(
        found.table["at_s"].to_numpy(),
        found.table["mark"].to_numpy(),
        found.offsets,
        gamma,
        alpha,
        options.trees,
        options.seed,
    )
    return posterior, {"gamma": gamma, "alpha": alpha}


def _followers(found: Events, _: bool, options: _Options) -> _Found:
    require_one_of("choice", options.choice, CHOICES)
    parents, told = parents_followed(
        found.table, found.offsets, options.follower_graph, options.choice
    )
    return Observed(parents, found.offsets), told


def _star(found: Events, *_: object) -> _Found:
    sizes = np.diff(found.offsets)
    parents = np.repeat(found.offsets[:-1], sizes).astype(np.int32)
    parents[found.offsets[:-1]] = -1
    return Observed(parents, found.offsets), {}


def _latest(found: Events, *_: object) -> _Found:
    parents = np.arange(-1, len(found.table) - 1, dtype=np.int32)
    parents[found.offsets[:-1]] = -1
    return Observed(parents, found.offsets), {}


def under(found: Events, kernel: excitation.Kernel) -> ExponentialPosterior:
    """Return the posterior of events under a kernel."""
    times, marks = found.table["at_s"].to_numpy(), found.table["mark"].to_numpy()
    return ExponentialPosterior(times, marks, found.offsets, kernel)


def posterior_of(method: str, found: Events) -> Posterior:
    """Return the posterior of a method that fits nothing and takes no option."""
    return {"debatenight": _debatenight, "star": _star, "latest": _latest}[method](found)[0]


_METHODS: dict[str, Callable[[Events, bool, _Options], _Found]] = {
    "posterior": _fitted,
    "debatenight": _debatenight,
    "pdi": _pdi,
    "star": _star,
    "latest": _latest,
    "followers": _followers,
}
METHODS = (*_METHODS, "replies")
