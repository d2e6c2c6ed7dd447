"""What was read, file by file: nothing is lost silently."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from spread.text import html_card, html_table

FILE_COLUMNS: Final = (
    "source_file",
    "formats",
    "records",
    "kept",
    "kept_tweets",
    "kept_users",
    "kept_follows",
    "duplicates",
    "notices",
    "rejected",
    "blank",
    "size",
    "sha256",
)
_SHOWN_FILES: Final = 12


@dataclass(frozen=True, eq=False)
class ReadReport:
    """What an archive was made from: records = kept + duplicates + notices + rejected, per file.

    A record is a line with a JSON value, an element of an array, an element of a page's
    `data`, or an account in a file of accounts. A page without any is one record, a
    notice. A tweet inside another, or in a page's `includes`, is no record. The damaged
    end of a file is one record, rejected.

    Parameters
    ----------
    files
        A row a file: source_file, formats, records, kept (= kept_tweets + kept_users +
        kept_follows),
        duplicates (tweets that another record stands for), notices (of a stream, with
        the tweets that they delete, and pages without a record), rejected, blank
        (lines), size (bytes), sha256.
    rejects
        The columns of `tables.REJECTS`. Those with the reason EMBEDDED are no records:
        a tweet, account or place inside a record that was itself kept.
    ignored
        Files in a folder that were left aside for their names.
    origins
        Rows of `tweets` by origin: collected, embedded, stub.
    users
        Rows of `users`.
    share_cut
        Share of collected tweets whose text is known to be cut; None without a tweet.
    lost
        How many tweets, at least, a stream says it held back (its `limit` notices count
        on from the start of a connection: the largest count is taken).

    Examples
    --------
    >>> from spread.tables import REJECTS, empty
    >>> count = dict.fromkeys(FILE_COLUMNS, 0) | {"source_file": "a", "records": 3, "kept": 3}
    >>> ReadReport(pd.DataFrame([count]), empty(REJECTS), (), {"collected": 3}, 2, 0.0)
    <ReadReport: 1 files, 3 records = 3 kept + 0 duplicates + 0 notices + 0 rejected>
    """

    files: pd.DataFrame
    rejects: pd.DataFrame
    ignored: tuple[str, ...]
    origins: Mapping[str, int]
    users: int
    share_cut: float | None
    lost: int = 0

    @property
    def totals(self) -> dict[str, int]:
        """The sums of the counts over all files."""
        names = [name for name in FILE_COLUMNS if name not in ("source_file", "formats", "sha256")]
        return {name: int(self.files[name].sum()) for name in names}

    @property
    def reasons(self) -> dict[str, int]:
        """How many rejects there are of each reason."""
        counted = self.rejects["reason"].value_counts().sort_index()
        return {str(reason): int(count) for reason, count in counted.items()}

    def __repr__(self) -> str:
        total = self.totals
        return (
            f"<ReadReport: {len(self.files):,} files, {total['records']:,} records = "
            f"{total['kept']:,} kept + {total['duplicates']:,} duplicates + "
            f"{total['notices']:,} notices + {total['rejected']:,} rejected>"
        )

    def _repr_html_(self) -> str:
        shown = ["source_file", "formats", "records", "kept", "duplicates", "notices", "rejected"]
        rows = self.files[shown].head(_SHOWN_FILES).to_numpy().tolist()
        card = html_card("What was read", self.facts())
        return card + html_table([name.replace("_", " ") for name in shown], rows)

    def facts(self) -> dict[str, str]:
        """The report in a few lines, for people."""
        total = self.totals
        facts = {
            "records": f"{total['records']:,} = {total['kept']:,} kept + "
            f"{total['duplicates']:,} duplicates + {total['notices']:,} notices + "
            f"{total['rejected']:,} rejected",
            "tweets": ", ".join(f"{count:,} {origin}" for origin, count in self.origins.items()),
            "users": f"{self.users:,}",
        }
        if self.share_cut:
            facts["cut texts"] = f"{self.share_cut:.1%} of the collected tweets"
        if self.lost:
            facts["known loss"] = f"at least {self.lost:,} tweets that the stream's limit held back"
        if self.reasons:
            facts["reasons"] = ", ".join(f"{n:,} {reason}" for reason, n in self.reasons.items())
        if self.ignored:
            facts["ignored files"] = f"{len(self.ignored):,}: {', '.join(self.ignored[:5])}"
        if (more := len(self.files) - _SHOWN_FILES) > 0:
            facts["files"] = f"{len(self.files):,}, of which {more:,} are not shown below"
        return facts
