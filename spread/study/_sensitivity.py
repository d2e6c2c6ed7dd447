"""How much the main claims depend on choices: the path walked again under other ones."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
from tqdm import tqdm

from spread._arguments import require_count, require_number
from spread._errors import SpreadError, UsageError
from spread._random import resolve_seed, stream
from spread.study._claims import COLUMNS, REFUSED, claims, refusals, subjects
from spread.study._paths import Sample, Specification, of_study, walker
from spread.study._record import Study

__all__ = ["robustness", "sensitivity"]

_Choice = TypeVar("_Choice")

_RECONSTRUCTIONS = ("posterior", "debatenight", "pdi", "star")
_RESOLUTIONS = (1.0, 0.5, 2.0)
_WINDOWS = ("whole", "nearest half")
_AUTHORS_KEPT = (1.0, 0.8, 0.5)
_ROBUST = 0.95
_HOURS = "hours after the study's"
_CHOICES = ["reconstruction", "resolution", "retweets", "window", "in_step", "authors_kept", "draw"]


def sensitivity(
    study: Study,
    *,
    vary: Sequence[str] | None = None,
    crossed: int = 0,
    draws: int = 2,
    rng: np.random.Generator | int | None = None,
    progress: bool | None = None,
) -> pd.DataFrame:
    """Make the main claims of a study again under other choices: a specification curve.

    Varied are the reconstruction of cascades, the resolution of the communities, the
    window (whole, or on each side of the turn the half nearest to it), retweets (counted
    for the turn or not), accounts that share in step (kept or left out), and the archive's
    completeness (authors kept: all, 0.8, 0.5, each drawn `draws` times; what they posted
    and what is retweeted of them goes with them). First one choice at a time, then, with
    `crossed`, that many random combinations of all.

    Each specification asks what the study claims: the rise of the same camp, its onset,
    who turned it, who has most credit, whether the largest cascade went beyond a star, and
    where each tag came from of which that is told: found again where a study would tell it,
    at the same probability. A specification that cannot tell counts as one that does not
    agree; one that leaves the question open by what it is (the account was left out, or
    trees are stars by definition) is not asked. Of what the study refuses to tell nothing
    is asked: a row of specification 0 says so, and why. Steps that a choice leaves alone are not
    repeated; the rest costs, with the defaults, about as much as five studies.

    Parameters
    ----------
    study
        From `study.run`.
    vary
        Which choices are varied one at a time: reconstruction, resolution, window,
        retweets, in_step, authors_kept; None for all.
    crossed
        How many random combinations of all choices are added.
    draws
        How many thinner archives are drawn at each share of authors.
    rng
        Decides the combinations. The path itself takes the study's own seed.
    progress
        Show a progress bar on stderr: always, never, or where someone is watching.

    Returns
    -------
    DataFrame
        One row a specification and claim: specification (0: the study's own),
        reconstruction, resolution (a factor), retweets, window, in_step, authors_kept,
        draw, claim (or the topic that the study refuses), about, about_id, unit, estimate, low,
        high (95 %; missing for probabilities), agrees, beyond_null, cannot_tell. `robustness`
        sums it up.

    Raises
    ------
    UsageError
        `crossed` or `draws` cannot be used, or `vary` names no choice.

    References
    ----------
    Simonsohn, Simmons, Nelson 2020, Specification curve analysis,
    https://doi.org/10.1038/s41562-020-0912-z

    Examples
    --------
    >>> from spread import samples, study
    >>> s = study.run(samples.path("mynypd"), "myNYPD", end="2014-04-22T18:10Z", rng=7)
    >>> table = study.sensitivity(s, vary=["reconstruction"])
    >>> table.specification.nunique()
    4
    """
    for name, count in (("crossed", crossed), ("draws", draws)):
        require_count(name, count, least=0)
    chosen = _one_at_a_time(draws, _CHOICES[:-1] if vary is None else list(vary))
    chosen += _combinations(crossed, stream(resolve_seed(rng), 0))
    results, walk = of_study(study), walker(study)
    asked = subjects(results, dict(study.cannot_tell))
    own = claims(results, asked)
    parts = [_row(0, chosen[0], pd.concat([own, refusals(asked)], ignore_index=True))]
    if own.empty:
        return parts[0]
    with tqdm(chosen[1:], disable=None if progress is None else not progress, leave=False) as bar:
        for number, specification in enumerate(bar, start=1):
            try:
                made = claims(walk(specification), asked)
            except SpreadError as error:
                made = _nothing_left(own, str(error))
            parts.append(_row(number, specification, made))
    return pd.concat(parts, ignore_index=True)


def robustness(table: pd.DataFrame, *, factor: float = 2.0) -> pd.DataFrame:
    """Sum up a table of `sensitivity`: which claims hold, and how large, whatever was chosen.

    A claim is robust where at least 95 % of the specifications that were asked find the
    same, and as many find it as large: within `factor` of the study's own estimate, either
    way. An onset in hours has no such ratio: there the intervals overlap or they do not,
    and the range is told.

    Parameters
    ----------
    table
        From `sensitivity`.
    factor
        How many times larger or smaller an estimate may be and still count as as large.

    Returns
    -------
    DataFrame
        One row a claim: claim, about, unit, estimate (the study's), lowest, highest (of
        all specifications), fold (highest over lowest; missing where that is no ratio),
        specifications (that were asked), agree, share_agree, share_as_large (within
        `factor`; missing for hours), share_beyond_null (of those with an interval), robust
        (missing where nothing was asked), holds (in words, or why nothing was asked).

    Raises
    ------
    UsageError
        `factor` is not above 1.

    References
    ----------
    As `sensitivity`; the bounds of 95 % and of `factor` are conventions

    Examples
    --------
    >>> table = pd.DataFrame({
    ...     "specification": [0, 1], "claim": "most credit", "about": "7", "unit": "share",
    ...     "estimate": [0.48, 0.01], "agrees": [True, True], "beyond_null": None,
    ...     "cannot_tell": None})
    >>> robustness(table)[["share_agree", "share_as_large", "robust", "holds"]].values.tolist()
    [[1.0, 0.5, False, 'in direction, not in size: it ranges over 48-fold']]
    """
    require_number("factor", factor, above=1)
    parts = table.groupby(["claim", "about", "unit"], sort=False)
    summed = [_summed(tuple(map(str, key)), rows, factor) for key, rows in parts]
    return pd.DataFrame(summed).astype({"robust": "boolean"})


def _summed(key: tuple[str, ...], rows: pd.DataFrame, factor: float) -> dict[str, object]:
    """Return how one claim comes out over all specifications that were asked."""
    agree = rows.agrees.dropna().astype(bool)
    beyond = rows.beyond_null.dropna().astype(float)
    found = rows.estimate.to_numpy(dtype=float)
    own = rows.estimate[rows.specification == 0]
    estimate = float(own.iloc[0]) if len(own) else np.nan
    lowest, highest = rows.estimate.min(), rows.estimate.max()
    as_large = np.nan
    if key[2] != _HOURS and estimate > 0 and len(agree):
        asked = found[rows.agrees.notna().to_numpy()]
        as_large = float(((asked >= estimate / factor) & (asked <= estimate * factor)).mean())
    is_ratio = key[2] != _HOURS and lowest > 0
    same = bool(len(agree) and agree.mean() >= _ROBUST)
    sized = key[2] == _HOURS or as_large >= _ROBUST
    return {
        **dict(zip(("claim", "about", "unit"), key, strict=True)),
        "estimate": estimate,
        "lowest": lowest,
        "highest": highest,
        "fold": highest / lowest if is_ratio else np.nan,
        "specifications": len(agree),
        "agree": int(agree.sum()),
        "share_agree": float(agree.mean()) if len(agree) else np.nan,
        "share_as_large": as_large,
        "share_beyond_null": beyond.mean() if len(beyond) else np.nan,
        "robust": same and sized if len(agree) else pd.NA,
        "holds": _in_words(same, sized, lowest, highest, key[2])
        if len(agree)
        else _not_asked(rows),
    }


def _not_asked(rows: pd.DataFrame) -> str:
    """Return why a claim was asked under no specification."""
    reasons = rows.cannot_tell.dropna().astype(str)
    return REFUSED if reasons.empty else reasons.iloc[0]


def _in_words(same: bool, sized: bool, lowest: float, highest: float, unit: str) -> str:
    """Return whether a claim holds in direction and in size, with its range."""
    if np.isnan(lowest):
        return "nowhere"
    first = "yes" if same and sized else "in direction, not in size" if same else "not everywhere"
    return f"{first}: {_ranging(lowest, highest, unit)}"


def _ranging(lowest: float, highest: float, unit: str) -> str:
    """Return the range of a claim's estimates in words."""
    if unit == _HOURS:
        return f"it ranges {lowest:+.1f} to {highest:+.1f} h"
    if lowest <= 0:
        return f"it ranges {lowest:.2g} to {highest:.2g}"
    fold = f"{highest / lowest:.2g}"
    return "its size is the same" if fold == "1" else f"it ranges over {fold}-fold"


def _one_at_a_time(draws: int, vary: Sequence[str]) -> list[Specification]:
    """Return the study's own choices, then each other value of each choice alone."""
    own = Specification()
    others = {
        "reconstruction": [own._replace(reconstruction=name) for name in _RECONSTRUCTIONS[1:]],
        "resolution": [own._replace(resolution=factor) for factor in _RESOLUTIONS[1:]],
        "window": [own._replace(sample=Sample(window=name)) for name in _WINDOWS[1:]],
        "retweets": [own._replace(retweets=False)],
        "in_step": [own._replace(sample=Sample(in_step=False))],
        "authors_kept": [
            own._replace(sample=Sample(authors_kept=kept, draw=draw))
            for kept in _AUTHORS_KEPT[1:]
            for draw in range(draws)
        ],
    }
    if unknown := [name for name in vary if name not in others]:
        raise UsageError("no such choice", got=repr(unknown[0]), allowed=", ".join(others))
    return [own, *(one for name in others if name in vary for one in others[name])]


def _combinations(count: int, rng: np.random.Generator) -> list[Specification]:
    return [
        Specification(
            reconstruction=_one(_RECONSTRUCTIONS, rng),
            resolution=_one(_RESOLUTIONS, rng),
            retweets=_one((True, False), rng),
            sample=Sample(
                window=_one(_WINDOWS, rng),
                in_step=_one((True, False), rng),
                authors_kept=_one(_AUTHORS_KEPT, rng),
                draw=int(rng.integers(1_000_000)),
            ),
        )
        for _ in range(count)
    ]


def _one(values: Sequence[_Choice], rng: np.random.Generator) -> _Choice:
    return values[int(rng.integers(len(values)))]


def _nothing_left(own: pd.DataFrame, reason: str) -> pd.DataFrame:
    """Return the study's claims as not found again, for the reason why the path ends."""
    empty = own.assign(estimate=np.nan, low=np.nan, high=np.nan)
    empty["beyond_null"] = pd.array([pd.NA] * len(own), dtype="boolean")
    return empty.assign(agrees=False, cannot_tell=reason).astype(COLUMNS)


def _row(number: int, chosen: Specification, made: pd.DataFrame) -> pd.DataFrame:
    facts = {**chosen._asdict(), **chosen.sample._asdict()}
    told = made.assign(specification=number, **{name: facts[name] for name in _CHOICES})
    return told[["specification", *_CHOICES, *COLUMNS]]
