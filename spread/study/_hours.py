"""What no study can tell of an archive whose hours were taken out before it was shared."""

import math

from spread.archive import ReadReport
from spread.study import _words as words

TOPIC = "anything that rests on the hour"
"""The topic of the refusal."""

_MARK = "pseudonymised"


def without(report: ReadReport) -> list[tuple[str, str]]:
    """Return the refusal that a pseudonymised archive calls for, or nothing.

    Its cascades begin at midnight of their day: what an analysis finds to happen at an hour,
    or before another thing of the same day, is made by that.
    """
    if not report.files.source_file.str.startswith(_MARK).any():
        return []
    return [
        (
            TOPIC,
            "the archive is pseudonymised and each cascade begins at midnight of its day, so "
            "when a tag turned, who was first, which tag came from which, who shared in step and "
            "where it arrived when are not to be read from it",
        )
    ]


def days(start_at: words.Moment, end_at: words.Moment) -> str:
    """Return the days of an archive of which no hours are known, which are days in UTC.

    Examples
    --------
    >>> import pandas as pd
    >>> days(pd.Timestamp("2014-04-21", tz="UTC"), pd.Timestamp("2014-04-25 06:40", tz="UTC"))
    'from 21 April 2014 to 25 April 2014 (days in UTC; the last may be a day later)'
    """
    first, last = (words.date(at, "UTC") for at in (start_at, end_at))
    if first == last:
        return f"of {first} (a day in UTC; the last tweets may be a day later)"
    return f"from {first} to {last} (days in UTC; the last may be a day later)"


def coverage(reported: int, originals: int, of_tag: str, share: float) -> str:
    """Return how many of the retweets reported are held, where the counts were rounded up."""
    return (
        f"The counts that the platform reported were rounded up to two digits before the archive "
        f"was shared: together {words.number(reported)} retweets for "
        f"{words.counted(originals, 'original')}{of_tag}, of which the archive holds at least "
        f"{math.floor(1000 * share) / 10:g} %."
    )
