"""What each camp says that the others do not: its hashtags and words, safe to show."""

from collections.abc import Mapping

import pandas as pd

from spread import communities
from spread.study._camps import Camps
from spread.tables import Table

__all__ = ["marks", "sentence"]

_KINDS = ("hashtag", "word")
_LOOKED_AT = 30
_SHOWN = 5
_ACCOUNTS_LEAST = 5
_CLEAR = 4.0
"""A z that is a finding among thousands of terms (Bonferroni: 4.0 for about 1,600)."""


def marks(tweets: Table, camps: Camps, names: pd.Series) -> pd.DataFrame:
    """Return camp, kind (hashtag or word), term, accounts, elsewhere, log_odds (_low, _high), z.

    Only terms that five accounts of the camp used, that stand out beyond the many that are
    compared, and that are nobody's screen name: what is told can point to no one.

    Parameters
    ----------
    tweets
        With `author_id`, `hashtags` and `text`.
    camps
        Camps found in the graph; communities without a camp of their own are left out.
    names
        Screen names that may not be shown.
    """
    letters = _letters(camps)
    private = set(names.dropna().str.casefold())
    parts = []
    for kind in _KINDS if letters else ():
        terms = communities.distinctive(tweets, camps.partition, of=kind, most=_LOOKED_AT)
        parts.append(terms.assign(kind=kind, camp=terms.community.map(letters)))
    if not parts:
        return pd.DataFrame(columns=["camp", "kind", "term", "accounts", "log_odds_low"])
    table = pd.concat(parts, ignore_index=True).dropna(subset=["camp"])
    kept = (table.accounts >= _ACCOUNTS_LEAST) & (table.z >= _CLEAR) & ~table.term.isin(private)
    table = table[kept].drop(columns="community")
    table = table.sort_values(["camp", "kind", "z", "term"], ascending=[True, True, False, True])
    first = ["camp", "kind", "term"]
    return table[[*first, *(name for name in table if name not in first)]].reset_index(drop=True)


def sentence(table: pd.DataFrame, written: Mapping[str, str] | None = None) -> str | None:
    """Return what is typical of each camp, in one sentence; None where nothing stands out.

    `written` says how each tag is mostly written.
    """
    spelling = written or {}
    parts = []
    # The least that the data allow comes first, so that rare words go before filling ones.
    clearest = table.sort_values(["log_odds_low", "term"], ascending=[False, True])
    for camp, rows in clearest.groupby("camp", sort=True):
        tags = [
            f"#{spelling.get(term, term)}"
            for term in rows.term[rows.kind == "hashtag"].head(_SHOWN - 2)
        ]
        words = [f"“{term}”" for term in rows.term[rows.kind == "word"].head(_SHOWN)]
        parts.append(f"camp {camp}: {', '.join([*tags, *words])}")
    if not parts:
        return None
    return (
        f"Most typical of what they post and pass on, against the other camps: {'; '.join(parts)}. "
        f"{_kind(table)} mark a camp; whether they praise or mock is for you to read."
    )


def _kind(table: pd.DataFrame) -> str:
    """Return what marks the camps: an archive without texts has hashtags alone."""
    return "Words" if (table.kind == "word").any() else "Hashtags"


def _letters(camps: Camps) -> dict[int, str]:
    """Return the camp of each community that is one; none where the camps are coded or refused."""
    if camps.coded or camps.refused:
        return {}
    of = dict(zip(camps.partition.nodes, camps.partition.labels.tolist(), strict=True))
    known = camps.accounts[camps.accounts.camp != "other"].drop_duplicates("camp")
    return {of[user]: str(camp) for user, camp in zip(known.user_id, known.camp, strict=True)}
