"""What accounts and camps are called: public accounts by name, all others by number."""

from collections.abc import Iterable

import pandas as pd

from spread.text import with_mentions

UNKNOWN = "an unknown account"
"""What an account is called of which the archive says nothing."""

PUBLIC_FOLLOWERS = 100_000
"""An account with this many followers, or a verified one, is named in public."""


def accounts(users: pd.DataFrame, *, names: bool) -> pd.DataFrame:
    """Return user_id, screen_name, label, public: how accounts are called in a report.

    Verified accounts and those with at least `PUBLIC_FOLLOWERS` followers are called by
    their screen name; all others by a number in order of appearance, unless `names`.
    """
    ordered = users.sort_values(["first_seen", "user_id"], na_position="last")
    public = ordered.verified.fillna(False).astype(bool) | (
        ordered.followers.fillna(0) >= PUBLIC_FOLLOWERS
    )
    public |= names
    named = public & ordered.screen_name.notna()
    numbers = pd.Series(range(1, len(ordered) + 1), index=ordered.index).astype(str)
    labels = ("@" + ordered.screen_name.fillna("")).where(named, "account " + numbers)
    return pd.DataFrame(
        {
            "user_id": ordered.user_id,
            "screen_name": ordered.screen_name,
            "label": labels,
            "public": public,
        }
    ).reset_index(drop=True)


def quoted(texts: pd.Series, labels: pd.DataFrame) -> list[str]:
    """Return texts with the accounts that they mention called by their labels."""
    known = labels.dropna(subset=["screen_name"])
    lookup = dict(zip(known.screen_name.str.casefold(), known.label, strict=True))

    def called_in_text(name: str) -> str:
        return lookup.get(name.casefold(), UNKNOWN)

    return [with_mentions(text, called_in_text) for text in texts]


def called(labels: pd.DataFrame, user_ids: Iterable[str | None]) -> list[str]:
    """Return the labels of some accounts; an unknown one is `an unknown account`."""
    asked = list(user_ids)
    rows = labels[labels.user_id.isin({user for user in asked if isinstance(user, str)})]
    lookup = dict(zip(rows.user_id, rows.label, strict=True))
    return [lookup.get(user, UNKNOWN) for user in asked]
