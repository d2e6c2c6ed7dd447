"""What no study can tell of an archive whose hours were taken out before it was shared."""

from spread.archive import ReadReport

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
