"""What an argument may be: each check returns the value, or says in one line what is allowed."""

import math
import numbers
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, SupportsFloat, SupportsInt, TypeGuard, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from spread._errors import MissingColumnError, UsageError

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "require_columns",
    "require_count",
    "require_instance",
    "require_number",
    "require_one_of",
    "require_texts",
    "require_zone",
]

_MOST: Final = 2**31 - 1

Kind = TypeVar("Kind")


def require_count(name: str, value: object, *, least: int = 1, most: int = _MOST) -> int:
    """Return a whole number from `least` to `most`, of Python or of numpy.

    Examples
    --------
    >>> require_count("runs", 3)
    3
    >>> require_count("runs", 2.5)
    Traceback (most recent call last):
    spread._errors.UsageError: runs cannot be used: got 2.5; allowed: an integer >= 1
    """
    found = int(value) if _is_whole(value) else None
    if found is not None and least <= found <= most:
        return found
    over = found is not None and found > most
    allowed = f"from {least} to {most}" if over or most != _MOST else f">= {least}"
    raise UsageError(f"{name} cannot be used", got=repr(value), allowed=f"an integer {allowed}")


def require_number(
    name: str,
    value: object,
    *,
    above: float | None = None,
    least: float | None = None,
    below: float | None = None,
    most: float | None = None,
    infinite: bool = False,
    unit: str = "a number",
) -> float:
    """Return a number within its bounds; an infinite one only where that is allowed.

    Examples
    --------
    >>> require_number("level", 1, least=0, most=1)
    1.0
    >>> require_number("window_s", -1, above=0, unit="seconds")
    Traceback (most recent call last):
    spread._errors.UsageError: window_s cannot be used: got -1; allowed: seconds > 0
    """
    bounds = {">": above, ">=": least, "<": below, "<=": most}
    if _is_real(value):
        found = _as_float(value)
        within = (
            not math.isnan(found)
            and (infinite or math.isfinite(found))
            and (above is None or found > above)
            and (least is None or found >= least)
            and (below is None or found < below)
            and (most is None or found <= most)
        )
        if within:
            return found
    said = " and ".join(f"{sign} {bound}" for sign, bound in bounds.items() if bound is not None)
    raise UsageError(f"{name} cannot be used", got=repr(value), allowed=f"{unit} {said}".strip())


def require_one_of(name: str, value: Kind, allowed: Iterable[Kind]) -> Kind:
    """Return a value that is among the named ones.

    Examples
    --------
    >>> require_one_of("method", "leiden", ("leiden", "louvain"))
    'leiden'
    >>> require_one_of("method", "fast", ("leiden", "louvain"))
    Traceback (most recent call last):
    spread._errors.UsageError: unknown method: got 'fast'; allowed: leiden, louvain
    """
    known = list(allowed)
    # A table or an array is equal to nothing in one word: types are compared first.
    if any(isinstance(value, type(each)) and value == each for each in known):
        return value
    raise UsageError(f"unknown {name}", got=repr(value), allowed=", ".join(map(str, known)))


def require_instance(name: str, value: object, kinds: Any, allowed: str) -> Any:
    """Return an object of the kinds that a function takes; `allowed` says what they are.

    Examples
    --------
    >>> require_instance("root", 5, str, "a hashtag")
    Traceback (most recent call last):
    spread._errors.UsageError: root cannot be used: got int; allowed: a hashtag
    """
    if isinstance(value, kinds):
        return value
    raise UsageError(f"{name} cannot be used", got=type(value).__name__, allowed=allowed)


def require_texts(name: str, value: object) -> list[str]:
    """Return texts as a list; a single one stands for itself.

    Examples
    --------
    >>> require_texts("tags", "#myNYPD")
    ['#myNYPD']
    """
    given = [value] if isinstance(value, str) else value
    if isinstance(given, Iterable):
        texts = list(given)
        if all(isinstance(text, str) for text in texts):
            return texts
    raise UsageError(f"{name} cannot be used", got=repr(value), allowed="a text, or several")


def require_zone(name: object) -> ZoneInfo:
    """Return a time zone by its IANA name.

    Examples
    --------
    >>> require_zone("Mars")
    Traceback (most recent call last):
    spread._errors.UsageError: unknown time zone: got 'Mars'; allowed: IANA names, such as
    America/New_York
    """
    known = require_instance("time_zone", name, str, "an IANA name, such as America/New_York")
    try:
        return ZoneInfo(known)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            "unknown time zone", got=repr(name), allowed="IANA names, such as America/New_York"
        ) from error


def require_columns(
    name: str, table: object, needed: Iterable[str], *, source: str = ""
) -> "pd.DataFrame":
    """Return a pandas frame that has the needed columns; `source` says what makes one.

    Examples
    --------
    >>> import pandas as pd
    >>> require_columns("metrics", pd.DataFrame({"size": [1]}), ["depth"])
    Traceback (most recent call last):
    spread._errors.MissingColumnError: metrics lack columns: got size. Add depth
    """
    import pandas as pd  # Here, so that readers of records start without it.

    allowed = f"a pandas DataFrame{', ' + source if source else ''}"
    frame: pd.DataFrame = require_instance(name, table, pd.DataFrame, allowed)
    if missing := [column for column in dict.fromkeys(needed) if column not in frame.columns]:
        raise MissingColumnError(
            f"{name} lack columns",
            got=", ".join(map(str, frame.columns)) or "no column",
            allowed=source or None,
            hint=f"Add {', '.join(map(str, missing))}",
        )
    return frame


def _is_whole(value: object) -> TypeGuard[SupportsInt]:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_real(value: object) -> TypeGuard[SupportsFloat]:
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def _as_float(value: SupportsFloat) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf
