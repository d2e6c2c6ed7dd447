"""Negative controls: the turn asked for where there is none to be found."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from spread import hijack
from spread._arguments import require_count
from spread._random import resolve_seed, stream
from spread.hijack import Turn
from spread.study import _claims, _paths
from spread.study._record import Study
from spread.study._scope import Scope

__all__ = ["controls"]

_COLUMNS = {
    "control": "str",
    "about": "str",
    "tweets": "int64",
    "p_turn": "float64",
    "found": "bool",
    "onset": "datetime64[us, UTC]",
    "cannot_tell": "str",
    "as_expected": "boolean",
}
_CONTROLS = ("labels exchanged", "before the turn", "an unrelated tag")
_TAGS = 5
_AUTHORS = 30


def controls(
    study: Study, *, shuffles: int = 20, rng: np.random.Generator | int | None = None
) -> pd.DataFrame:
    """Look for a turn where there should be none.

    Three kinds: the camps' labels exchanged at random among the accounts that have one
    (`shuffles` times); the tag before its turn (or, without a turn, the whole of it);
    the largest tags that are not of the family, in tweets without the root. A turn that is
    found there makes the study's own turn doubtful. An unrelated tag may have turned for
    reasons of its own: read its tweets. Archives collected by one tag have no unrelated
    ones, and the table says so. Where the study refuses to tell its turn there is nothing to
    hold a control against: a row each says so.

    Parameters
    ----------
    study
        From `study.run`.
    shuffles
        How often the labels are exchanged.
    rng
        Decides how.

    Returns
    -------
    DataFrame
        One row a control: control, about, tweets, p_turn, found, onset, cannot_tell,
        as_expected (nothing was found; null where it cannot be told).

    Raises
    ------
    UsageError
        `shuffles` cannot be used.

    References
    ----------
    Lipsitch, Tchetgen Tchetgen, Cohen 2010, Negative controls,
    https://doi.org/10.1097/EDE.0b013e3181d61eeb

    Examples
    --------
    >>> from spread import samples, study
    >>> s = study.run(samples.path("mynypd"), "myNYPD", end="2014-04-22T18:10Z", rng=7)
    >>> table = study.controls(s, shuffles=2, rng=1)
    >>> table[["control", "found"]].drop_duplicates().values.tolist()[0]
    ['labels exchanged', False]
    """
    require_count("shuffles", shuffles, least=0)
    if reason := _claims.turn_refused(dict(study.cannot_tell)):
        return _as_table([_absent(control, reason) for control in _CONTROLS])
    scope, seed = _paths.whole(study), resolve_seed(rng)
    camps = study.tables["camps"] if study.coding is None else study.coding
    made = [
        *_exchanged(scope, camps, shuffles, seed),
        *_before(study, scope, camps, seed),
        *_unrelated(study, scope, camps, seed),
    ]
    return _as_table(made)


def _as_table(made: list[dict[str, object]]) -> pd.DataFrame:
    table = pd.DataFrame(made, columns=list(_COLUMNS))
    table["onset"] = pd.to_datetime(table.onset, utc=True)
    return table.astype(_COLUMNS)


def _exchanged(
    scope: Scope, camps: pd.DataFrame, shuffles: int, seed: int
) -> Iterator[dict[str, object]]:
    label = "code" if "code" in camps else "camp"
    for number in range(shuffles):
        mixed = stream(seed, 1, number).permutation(camps[label].to_numpy(object))
        turn = hijack.detect(scope.tagged, camps.assign(**{label: mixed}), rng=stream(seed, 2))
        yield _row("labels exchanged", f"draw {number + 1}", scope.tagged, turn)


def _before(
    study: Study, scope: Scope, camps: pd.DataFrame, seed: int
) -> Iterator[dict[str, object]]:
    tagged = scope.tagged
    if study.turn.rising is not None:
        tagged = tagged.filter(tagged.at < study.turn.onset_low.to_pydatetime())
    turn = hijack.detect(tagged, camps, rng=stream(seed, 3))
    yield _row("before the turn", study.shown, tagged, turn)


def _unrelated(
    study: Study, scope: Scope, camps: pd.DataFrame, seed: int
) -> Iterator[dict[str, object]]:
    usage = scope.usage[scope.usage.authors >= _AUTHORS]
    kin = set() if study.family is None else set(study.family.members.hashtag)
    others = usage[~usage.hashtag.isin(kin | {study.root})]
    others = others.sort_values(["authors", "hashtag"], ascending=[False, True]).head(_TAGS)
    for tag, shown in zip(others.hashtag, others.shown, strict=True):
        tweets = scope.tweets.filter(scope.tweets.hashtags.contains(tag))
        if study.root is not None:
            tweets = tweets.filter(~tweets.hashtags.contains(study.root))
        turn = hijack.detect(tweets, camps, rng=stream(seed, 4))
        yield _row("an unrelated tag", f"#{shown}", tweets, turn)
    if others.empty:
        reason = f"no tag outside of the family has {_AUTHORS} authors"
        yield _absent("an unrelated tag", reason)


def _row(control: str, about: str, tweets: object, turn: Turn) -> dict[str, object]:
    collected = tweets.filter(tweets.origin == "collected")  # type: ignore[attr-defined]
    found = turn.rising is not None
    return {
        "control": control,
        "about": about,
        "tweets": collected.count().to_pyarrow().as_py(),
        "p_turn": turn.p_turn,
        "found": found,
        "onset": turn.onset,
        "cannot_tell": turn.cannot_tell,
        "as_expected": pd.NA if turn.cannot_tell else not found,
    }


def _absent(control: str, reason: str) -> dict[str, object]:
    return {
        "control": control, "about": "none", "tweets": 0, "p_turn": np.nan, "found": False,
        "onset": pd.NaT, "cannot_tell": reason, "as_expected": pd.NA,
    }  # fmt: skip
