"""Tables that come back to this room: their columns, and ids that are still text."""

from collections.abc import Iterable

import pandas as pd

from spread._errors import MissingColumnError, UsageError

__all__ = ["PLACE", "needs", "of_accounts"]

PLACE = ("place_id", "city", "region", "country", "longitude", "latitude")


def needs(table: pd.DataFrame, columns: Iterable[str], what: str, *, maker: str) -> None:
    """Refuse a table that lacks columns; `maker` is the function that returns it."""
    if not isinstance(table, pd.DataFrame):
        raise UsageError(f"{what} are no table", got=type(table).__name__, allowed="a DataFrame")
    if missing := sorted(set(columns) - set(table.columns)):
        raise MissingColumnError(
            f"{what} lack columns",
            got=", ".join(map(str, table.columns)) or "none",
            hint=f"Add {', '.join(missing)}; `places.{maker}` returns them",
        )


def of_accounts(located: pd.DataFrame, columns: Iterable[str] = ()) -> pd.DataFrame:
    """Return located accounts, each once; refuse ids that a reader turned into numbers."""
    needs(located, ("user_id", "place_id", *columns), "the located users", maker="of_users")
    for name in ("user_id", "place_id"):
        if pd.api.types.is_numeric_dtype(located[name]) and located[name].notna().any():
            raise UsageError(
                f"{name} of the located users holds numbers",
                got=str(located[name].dtype),
                allowed="text",
                hint="Read the file again with dtype=str for ids: long ones lose their last digits",
            )
    if "probability" in located.columns:
        _require_probabilities(located)
    return located.drop_duplicates("user_id")


def _require_probabilities(located: pd.DataFrame) -> None:
    known = pd.to_numeric(located["probability"], errors="coerce")
    wrong = (known < 0) | (known > 1) | (known.isna() & located["place_id"].notna())
    if wrong.any():
        raise UsageError(
            "a probability of the located users cannot be used",
            got=repr(located["probability"][wrong].iloc[0]),
            allowed="0 to 1 for each user with a place",
        )
