"""What was read, file by file: nothing is lost silently."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from spread.archive._counts import FILE_COLUMNS
from spread.archive.reporting._facts import SHOWN_FILES, equation, facts
from spread.archive.reporting._gap_table import each_gap, gap_table
from spread.archive.reporting._warnings import limits, losses, pseudonymised
from spread.archive.reporting._wording import number_of
from spread.text import html_card, html_list, html_table

COUNTS: Final = ("records", "kept", "duplicates", "notices", "rejected")
_COLUMNS: Final = ("source file", "formats", *COUNTS)


def _no_gaps() -> pd.DataFrame:
    return gap_table([])


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
        kept_follows; a row of CooRTweet that adds an object to a tweet is kept),
        duplicates (tweets and follows that another record stands for), notices (of a stream, with
        the tweets that they delete, and pages without a record), rejected, times_of_ids
        (tweets, duplicates included, whose own time is absent or cannot be read: they have that
        of their ids), times_without_zone (of these, times written without their zone),
        times_doubted (times in the stated zone, `time_zone`, that are a quarter of an hour or more
        from those of their ids), blank (lines without anything, or with an empty array), size
        (bytes), sha256.
    rejects
        The columns of `tables.REJECTS`. `detail` names the member of a packed file, the
        byte of the unpacked text where the record starts (of a table the
        line), what was found and the record's first 200 bytes. Those with the reason
        EMBEDDED are no records: a tweet, account or place inside one that was itself kept.
    ignored
        What in a folder was left aside: files for their names, links to folders, hidden folders.
    origins
        Rows of `tweets` by origin: collected, embedded, stub.
    users
        Rows of `users`.
    read_by
        The version of `spread`, and the `columns`, `limits` and `time_zone` that `archive.read`
        was given.
    kinds
        Collected tweets that are `retweets`, `quotes`, `replies` (as edges of graphs count them:
        a quote may be a reply as well, a retweet neither), and `manual_retweets`, which are
        retweets typed by hand and counted by graphs with manual=True only.
    has_texts
        Whether any collected tweet has a text.
    unnamed
        Retweets whose original's author is unknown: no graph of accounts has them.
    further
        Records that tell of a further object of a tweet that another record stands for, as in
        tables of CooRTweet. They are kept, and add to the tweet.
    contradicted
        Tweets with a record that names another author than the record that stands for them.
    self_follows
        Accounts that are said to follow themselves.
    share_cut
        Share of collected tweets whose text is known to be cut; None without a tweet.
    lost
        How many tweets, at least, a stream says it held back. Its `limit` notices count on from
        the start of a connection; a count that falls began anew, and is added. Of several files
        the one with most is taken: a connection goes on from file to file, their order is not
        known, and two may hold the same notices.
    share_missing
        Share of the retweeted originals of which the archive holds no text, only the id;
        None without a retweet.
    share_located
        Share of Twitter's users whose profile says anything of a place; None without one. The
        profiles of Mastodon and Bluesky have no field for it.
    coverage
        Retweets that are here as a share of those that the platform reported, over all
        originals whose count is known (`cascade.coverage` has them one by one).
    first_at, last_at
        The instants (UTC) of the first and the last collected tweet; of a list of ids,
        of the first and last id.
    gaps
        Stretches without a tweet that are too long for the rates before and after them (at
        a steady rate a chance of 2^-40 or less): start_at, end_at, due. So many came in the same
        time before, or after where these are fewer. Where fewer than 11 tweets are before or
        after a stretch, nothing is said of it.
    silence
        Start and end of the longest stretch without a tweet, wherever it is.
    forgotten
        Tweets of any origin that `Archive.forget` took out since; what is counted by file is
        what was read, all else what is left.
    formats
        How many records were read in each format; those rejected are in none.
    changed
        Files that were not the same after they were read as before.
    servers
        How many files hold local accounts of which server of Mastodon, where that can be told.
    zones
        How many times in the stated zone (`time_zone`) are how many quarters of an hour from
        those of their ids, to the nearest; ids that are no Snowflakes are not counted.
    unavailable
        Tweets that Twitter itself names unavailable (deleted, of a protected or suspended
        account, withheld) and of which the archive holds no text: in the `errors` of v2, in
        notices of a stream, or by words in the text's place, which are never kept as its text.
    unavailable_originals
        Those among them that were retweeted.
    oddities
        Collected tweets that retweet, quote or mention their own author (`self_retweets`,
        `self_quotes`, `self_mentions`), and retweets dated before their original
        (`early_retweets`). They are kept as they are; graphs leave the first three out.

    Examples
    --------
    >>> from spread.tables import REJECTS, empty
    >>> count = dict.fromkeys(FILE_COLUMNS, 0) | {"source_file": "a", "records": 3, "kept": 3}
    >>> ReadReport(pd.DataFrame([count]), empty(REJECTS), (), {"collected": 3}, 2, 0.0)
    <ReadReport: 1 file, 3 records = 3 kept + 0 duplicates + 0 notices + 0 rejected>
    """

    files: pd.DataFrame
    rejects: pd.DataFrame
    ignored: tuple[str, ...]
    origins: Mapping[str, int]
    users: int
    share_cut: float | None
    lost: int = 0
    share_missing: float | None = None
    share_located: float | None = None
    coverage: float | None = None
    first_at: pd.Timestamp | None = None
    last_at: pd.Timestamp | None = None
    gaps: pd.DataFrame = field(default_factory=_no_gaps)
    silence: tuple[pd.Timestamp, pd.Timestamp] | None = None
    read_by: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    has_texts: bool = True
    unnamed: int = 0
    further: int = 0
    contradicted: int = 0
    self_follows: int = 0
    forgotten: int = 0
    formats: Mapping[str, int] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    servers: Mapping[str, int] = field(default_factory=dict)
    zones: Mapping[str, int] = field(default_factory=dict)
    unavailable: int = 0
    unavailable_originals: int = 0
    oddities: Mapping[str, int] = field(default_factory=dict)

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

    @property
    def pseudonymised(self) -> bool:
        """Whether the archive is one that `Archive.export(pseudonyms=…)` wrote."""
        return bool(self.files["source_file"].astype(str).str.startswith("pseudonymised").any())

    @property
    def warnings(self) -> tuple[str, ...]:
        """What follows for an analysis, a sentence each."""
        return (*pseudonymised(self), *losses(self), *limits(self))

    def __repr__(self) -> str:
        noun = "record" if self.totals["records"] == 1 else "records"
        files = number_of(len(self.files), "file")
        return f"<ReadReport: {files}, {equation(self, f'{noun} ')}>"

    def __str__(self) -> str:
        """Return the whole report, as a terminal shows it."""
        facts = [f"{name:>16}: {printable(value)}" for name, value in self.facts().items()]
        warned = [f"{'warning':>16}: {printable(sentence)}" for sentence in self.warnings]
        table = _aligned(_COLUMNS, self._rows())
        return "\n".join([repr(self), *facts, *warned, "", *table])

    def _repr_html_(self) -> str:
        card, warned = (
            html_card("What was read", self.facts()),
            html_list("Warnings", self.warnings),
        )
        return card + warned + html_table(_COLUMNS, self._rows())

    def facts(self) -> dict[str, str]:
        """The report in a few lines, for people."""
        return facts(self)

    def as_dict(self) -> dict[str, Any]:
        """Return the whole report in the types that JSON has."""
        return {
            "totals": self.totals,
            "reasons": self.reasons,
            "read_by": dict(self.read_by),
            "formats": dict(self.formats),
            "origins": dict(self.origins),
            "kinds": dict(self.kinds),
            "has_texts": self.has_texts,
            "unnamed": self.unnamed,
            "further": self.further,
            "contradicted": self.contradicted,
            "users": self.users,
            "self_follows": self.self_follows,
            "share_cut": self.share_cut,
            "share_missing": self.share_missing,
            "share_located": self.share_located,
            "coverage": self.coverage,
            "first_at": _iso(self.first_at),
            "last_at": _iso(self.last_at),
            "gaps": [
                {"start_at": _iso(gap.start_at), "end_at": _iso(gap.end_at), "due": gap.due}
                for gap in each_gap(self.gaps)
            ],
            "silence": self.silence and [_iso(at) for at in self.silence],
            "lost": self.lost,
            "unavailable": self.unavailable,
            "unavailable_originals": self.unavailable_originals,
            "oddities": dict(self.oddities),
            "forgotten": self.forgotten,
            "warnings": list(self.warnings),
            "ignored": list(self.ignored),
            "changed": list(self.changed),
            "servers": dict(self.servers),
            "zones": dict(self.zones),
            "files": self.files.astype(object).to_dict("records"),
            "rejects": self.rejects.astype(object).to_dict("records"),
        }

    def _rows(self) -> list[list[str]]:
        rejects = self.rejects[self.rejects["reason"] != "EMBEDDED"]
        by_file: dict[str, Counter[str]] = {}
        for name, reason in zip(rejects["source_file"], rejects["reason"], strict=True):
            by_file.setdefault(str(name), Counter())[str(reason)] += 1
        rows = []
        for count in self.files.head(SHOWN_FILES).to_dict("records"):
            cells = [f"{count[name]:,}" for name in COUNTS]
            if reasons := by_file.get(str(count["source_file"])):
                cells[-1] += f" ({', '.join(f'{n:,} {r}' for r, n in sorted(reasons.items()))})"
            rows.append([str(count["source_file"]), str(count["formats"]), *cells])
        return rows


def printable(text: str) -> str:
    """Return a text that a terminal shows and does not obey."""
    return "".join(c if c.isprintable() else "?" for c in text)


def _iso(at: pd.Timestamp | None) -> str | None:
    return None if at is None else at.isoformat()


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines: words to the left, numbers to the right."""
    shown = [[_short(printable(cell)) for cell in row] for row in (columns, *rows)]
    widths = [max(len(row[n]) for row in shown) for n in range(len(columns))]
    return [
        "  ".join(
            cell.ljust(width) if n in (0, 1, len(columns) - 1) else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in shown
    ]


def _short(cell: str, *, most: int = 48) -> str:
    """Return the end of a long cell: of a path it tells most."""
    return cell if len(cell) <= most else "…" + cell[1 - most :]
