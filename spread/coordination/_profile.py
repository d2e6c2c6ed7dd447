"""How many pairs are in step at which window."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from spread._arguments import require_count
from spread._random import resolve_seed, stream
from spread.coordination._chance import cells, shuffled
from spread.coordination._close import window_us
from spread.coordination._clusters import accounts
from spread.coordination._detect import detect
from spread.coordination._near import Near, near_pairs
from spread.coordination._shares import Shares, first_shares, read_shares, shares
from spread.tables import Table

__all__ = ["profile"]


def profile(
    tweets: Table,
    *,
    windows_s: Sequence[float] = (1, 5, 10, 30, 60),
    kind: str = "retweet",
    null: str = "object",
    min_objects: int = 3,
    support: int = 3,
    level: float = 0.01,
    stretch_s: float = 3600.0,
    permutations: int = 39,
    rng: np.random.Generator | int | None = None,
) -> pd.DataFrame:
    """Return how many pairs share in step at each window, beside what chance gives.

    Look at the whole profile: a window chosen because it shows most is no test. Scripts show
    at the shortest windows; common news and attention only at longer ones.

    Parameters
    ----------
    tweets
        A tweets table.
    windows_s
        Windows, seconds.
    kind, null, min_objects, support, level, stretch_s
        As in `detect`; q-values are corrected within each window, not over windows.
    permutations
        How often accounts are dealt out again (`shuffle`); with 39, the range is 95 %.
    rng
        Seed of the permutations.

    Returns
    -------
    DataFrame
        within_s; pairs (of supported accounts that were in step in any object), with
        pairs_by_chance, pairs_by_chance_low, pairs_by_chance_high (median and 95 % range of
        the shuffled archives); candidates (pairs with `min_objects` in step), with
        candidates_by_chance, _low, _high; in_step (pairs that `detect` finds); accounts,
        clusters, largest (accounts of the largest cluster); undecided (verdict "cannot
        tell"); cannot_tell (a sentence, or None). `.attrs["seed"]`.

    Raises
    ------
    UsageError
        An option is not what is allowed.

    References
    ----------
    Windows of coordination: Weber, Neumann 2021, https://doi.org/10.1007/s13278-021-00815-2; the
    null as in `detect`

    Examples
    --------
    >>> seen = pd.DataFrame({"tweet_id": ["1", "2"], "author_id": ["a", "b"], "object": "x",
    ...     "at": pd.to_datetime([0, 4], unit="s", utc=True)})
    >>> found = profile(seen, kind="object", windows_s=(1, 10), permutations=3, rng=1)
    >>> found[["within_s", "in_step", "cannot_tell"]]
       within_s  in_step                      cannot_tell
    0       1.0        0  no two accounts shared 3 objects
    1      10.0        0  no two accounts shared 3 objects
    """
    require_count("permutations", permutations, least=0)
    stretch = window_us("stretch_s", stretch_s)
    seed = resolve_seed(rng)
    seen = shares(tweets, kind=kind)
    flat = first_shares(read_shares(seen, "object"))
    look = partial(
        detect,
        kind="object",
        null=null,
        min_objects=min_objects,
        support=support,
        level=level,
        stretch_s=stretch_s,
        rng=seed,
    )
    dealt = [_dealt(flat, null, stretch, stream(seed, number)) for number in range(permutations)]
    rows = []
    for within_s in windows_s:
        found = look(seen, within_s=within_s)
        chance = [_near(draw, within_s, min_objects, support) for draw in dealt]
        members = accounts(found)["cluster"]
        rows.append(
            {
                "within_s": float(within_s),
                "pairs": found.attrs["pairs"],
                **_range("pairs_by_chance", [draw.together for draw in chance]),
                "candidates": len(found),
                **_range("candidates_by_chance", [len(draw.pairs) for draw in chance]),
                "in_step": int((found["verdict"] == "in step").sum()),
                "accounts": len(members),
                "clusters": members.nunique(),
                "largest": int(members.value_counts().max()) if len(members) else 0,
                "undecided": int((found["verdict"] == "cannot tell").sum()),
                "cannot_tell": found.attrs["cannot_tell"],
            }
        )
    table = pd.DataFrame(rows)
    table.attrs["seed"] = seed
    return table


def _dealt(found: Shares, null: str, stretch: int, rng: np.random.Generator) -> Shares:
    user = shuffled(found, cells(found, 0, stretch), null, rng)
    return first_shares(replace(found, user=user))


def _near(found: Shares, within_s: float, min_objects: int, support: int) -> Near:
    activity = np.bincount(found.user, minlength=len(found.users))
    return near_pairs(
        found, activity >= max(support, min_objects), window_us("within_s", within_s), min_objects
    )


def _range(name: str, counts: list[int]) -> dict[str, float]:
    low, middle, high = np.quantile(counts, [0.025, 0.5, 0.975]) if counts else [np.nan] * 3
    return {name: float(middle), f"{name}_low": float(low), f"{name}_high": float(high)}
