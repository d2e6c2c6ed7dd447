"""Numbers and instants as a report puts them into words."""

import pandas as pd


def counted(name: str, count: int) -> str:
    """Return a count with what it is of, such as 1 self-retweet."""
    return f"{count:,} {(name if count != 1 else name.removesuffix('s')).replace('_', '-')}"


def percent(share: float) -> str:
    """Return a share in percent; a small one with two digits."""
    return f"{share:.1%}" if share >= 0.01 else f"{100 * share:.2g}%"


def instant(at: pd.Timestamp) -> str:
    """Return an instant to the second."""
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
