"""Pairs of accounts that share in step more than chance explains."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spread._arguments import require_count, require_number, require_one_of
from spread._errors import UsageError
from spread._random import resolve_seed, stream
from spread.coordination._asked import asked, by_object
from spread.coordination._chance import (
    Cells,
    adjusted,
    cells,
    expected_by_hour,
    poisson_tail,
    shuffled,
)
from spread.coordination._close import window_us
from spread.coordination._near import Near, described, near_pairs, permuted
from spread.coordination._shares import Shares, as_frame, first_shares, read_shares
from spread.tables import Table

__all__ = ["NULLS", "detect", "shuffle"]

NULLS = ("object", "hour")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def detect(
    tweets: Table,
    *,
    within_s: float,
    kind: str = "retweet",
    null: str = "object",
    min_objects: int = 3,
    support: int = 3,
    level: float = 0.01,
    stretch_s: float = 3600.0,
    permutations: int = 0,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return the pairs of accounts that shared several objects in step, against chance.

    Sharing in step is not inauthenticity: protest is coordinated by design, fans follow the
    same clock, and news breaks for all at once. A pair says how two accounts' sharing falls
    in time; it says nothing about what either of them is.

    An account's first share of an object counts. Two accounts are in step in an object when
    these are at most `within_s` apart. By chance, given what each account shared and when
    each object was shared:

    - `null="object"` (the stricter): which of those who shared an object in a stretch of the
      clock took which moment is random. What each account shared, in which stretches it was
      active, how popular each object was and how it burst are all kept, so common interest
      and breaking news are no evidence. The number of objects in step is then a sum of
      independent events (Poisson-binomial), and `p` is exact. Objects that nobody else shared
      in that stretch are no evidence either: such a pair "cannot tell".
    - `null="hour"`: anybody active in a stretch could have taken any of its shares. Objects
      keep their times, accounts their activity; common interest counts as evidence. `p` is the
      Poisson tail of the expected number.

    Parameters
    ----------
    tweets
        A tweets table.
    within_s
        Seconds; at most `stretch_s`.
    kind
        What is shared, as in `shares`.
    null
        What chance may do.
    min_objects
        Objects in step that a pair needs.
    support
        Objects that each of the two accounts needs.
    level
        Of the false discovery rate (Benjamini, Hochberg 1995).
    stretch_s
        The stretches of the clock (UTC), seconds.
    permutations
        Draw the null so often, too, and add `p_permuted` = (1 + b)/(permutations + 1).
    rng
        Seed of the permutations.

    Returns
    -------
    DataFrame
        One row a pair with at least `min_objects` in step, by rising q: source, target (ids,
        in order), source_objects, target_objects (each account's objects), shared (objects
        of both, at any time), in_step (of these), share, share_low, share_high (in_step of
        shared, 95 % Wilson), lag_s (median), first_at, last_at, objects (those in step),
        evidence (tweet ids, the closest shares), expected (in_step by chance), p, q, verdict
        ("in step"; "by chance", could be; "cannot tell", even all in step would not have
        passed). `.attrs`: cannot_tell (one sentence, or None), tests (pairs that q is
        corrected for), close (pairs of close shares), pairs (of accounts with any), accounts
        (supported), seed, and what was asked.

    Raises
    ------
    UsageError
        An option is not what is allowed.

    Notes
    -----
    Sliding window: time and memory are those of sorting the shares and the close pairs of
    supported accounts. q is corrected for all pairs of supported accounts (`null="object"`:
    for those with `min_objects` in common at whatever times, or an upper bound of their
    number), not for the listed ones alone. Windows, nulls and counting rules differ between
    tools.

    References
    ----------
    Pacheco et al. 2021, https://doi.org/10.1609/icwsm.v15i1.18075; Nizzoli et al. 2021,
    https://doi.org/10.1609/icwsm.v15i1.18074; false discoveries: Benjamini, Hochberg 1995,
    https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    Six pictures, each shared by eight accounts all over an hour; a and b always together:

    >>> rows = [(name, f"picture {k}", k * 3600 + (0 if name in "ab" else 400 * (i + k % 2)))
    ...         for k in range(6) for i, name in enumerate("abcdefgh")]
    >>> seen = pd.DataFrame(rows, columns=["author_id", "object", "at"])
    >>> seen["at"] = pd.to_datetime(seen["at"], unit="s", utc=True)
    >>> seen["tweet_id"] = [str(row) for row in range(len(seen))]
    >>> found = detect(seen, within_s=10, kind="object")
    >>> found[["source", "target", "shared", "in_step", "verdict"]]
      source target  shared  in_step  verdict
    0      a      b       6        6  in step
    >>> float(found.p[0]) == (1 / 28) ** 6  # one close pair among 28, six times
    True
    """
    window, stretch = window_us("within_s", within_s), window_us("stretch_s", stretch_s)
    _check(window, stretch, null, min_objects, support, permutations)
    require_number("level", level, above=0, below=1, unit="a share")
    seed = resolve_seed(rng)
    found = first_shares(read_shares(tweets, kind))
    activity = np.bincount(found.user, minlength=len(found.users))
    supported = activity >= max(support, min_objects)
    close = cells(found, window, stretch)
    near = near_pairs(found, supported, window, min_objects)
    tests, able = asked(found, close, supported, null, min_objects, level)
    shared, expected, p, least = _chances(found, close, near, null)
    table = described(found, near, activity, shared)
    table["expected"], table["p"], table["q"] = expected, p, adjusted(p, tests)
    if permutations:
        table["p_permuted"] = _p_permuted(found, close, near, window, null, permutations, seed)
    passed = table["q"].to_numpy() <= level
    reach = least * tests <= level * max(int(passed.sum()), 1)
    table["verdict"] = np.select([passed, reach], ["in step", "by chance"], "cannot tell")
    table = table.sort_values(["q", "p", "source", "target"], ignore_index=True)
    table.attrs = {
        "cannot_tell": _cannot_tell(tests, able, min_objects, level),
        "within_s": within_s,
        "kind": kind,
        "null": null,
        "level": level,
        "tests": tests,
        "close": near.close,
        "pairs": near.together,
        "accounts": int(supported.sum()),
        "seed": seed,
    }
    return table


def shuffle(
    tweets: Table,
    *,
    kind: str = "retweet",
    null: str = "object",
    stretch_s: float = 3600.0,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return the shares with accounts dealt out again as chance would: a negative control.

    What `detect` says about it, it says by mistake.

    Parameters
    ----------
    tweets
        A tweets table.
    kind, null, stretch_s
        As in `detect`.
    rng
        Seed of the draw; in `.attrs["seed"]`.

    Returns
    -------
    DataFrame
        As `shares` gives it, each account's first share of each object: same objects and
        times, other accounts. Pass it on with `kind="object"`.

    Raises
    ------
    UsageError
        An option is not what is allowed.

    References
    ----------
    As `detect`

    Examples
    --------
    >>> seen = pd.DataFrame({"tweet_id": ["1", "2"], "author_id": ["a", "b"], "object": "x",
    ...     "at": pd.to_datetime([0, 4], unit="s", utc=True)})
    >>> sorted(shuffle(seen, kind="object", rng=1).author_id)
    ['a', 'b']
    """
    stretch = window_us("stretch_s", stretch_s)
    _check(0, stretch, null, 2, 1, 0)
    seed = resolve_seed(rng)
    found = first_shares(read_shares(tweets, kind))
    table = as_frame(found)
    drawn = shuffled(found, cells(found, 0, stretch), null, stream(seed))
    table["author_id"] = found.users[drawn]
    table.attrs["seed"] = seed
    return table


def _check(
    window: int, stretch: int, null: str, min_objects: int, support: int, permutations: int
) -> None:
    require_one_of("null", null, NULLS)
    require_count("min_objects", min_objects, least=2)
    require_count("support", support)
    require_count("permutations", permutations, least=0)
    if stretch < max(window, 1):
        raise UsageError(
            "the stretch of the clock is shorter than the window",
            got=f"within_s={window / 1e6:g}, stretch_s={stretch / 1e6:g}",
            allowed="within_s <= stretch_s",
        )


def _chances(
    found: Shares, close: Cells, near: Near, null: str
) -> tuple[Ints, Floats, Floats, Floats]:
    """Return per pair: common objects, expected in step, p, the least p it could have had."""
    shared, expected, p, least = by_object(found, close, near.pairs, near.count).T
    if null == "hour":
        expected = expected_by_hour(found, close, near.pairs)
        activity = np.bincount(found.user, minlength=len(found.users))
        most = activity[near.pairs].min(axis=1)
        p, least = poisson_tail(near.count, expected), poisson_tail(most, expected)
    return shared.astype(np.int64), expected, p, least


def _p_permuted(
    found: Shares, close: Cells, near: Near, window: int, null: str, permutations: int, seed: int
) -> Floats:
    reached = np.zeros(len(near.pairs))
    for number in range(permutations if len(near.pairs) else 0):
        drawn = permuted(found, close, near, window, null, stream(seed, number))
        reached += drawn >= near.count
    return (1 + reached) / (1 + permutations)


def _cannot_tell(tests: int, able: bool, min_objects: int, level: float) -> str | None:
    if not tests:
        return f"no two accounts shared {min_objects} objects"
    if not able:
        return (
            f"the archive is too small: had they shared all in step, none of {tests:,} pairs "
            f"could have reached q <= {level:g}"
        )
    return None
