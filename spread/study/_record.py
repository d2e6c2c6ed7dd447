"""The record that a study leaves: tables, results, sentences, and what made them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from spread.archive import Archive, ReadReport
from spread.communities import Partition
from spread.hashtags import Family
from spread.hijack import Turn
from spread.study import _settled as settled
from spread.text import plain
from spread.trees import Forests

Refusal = tuple[str, str]


@dataclass(frozen=True, repr=False)
class Study:
    """Everything that was found about one hashtag, frozen.

    Attributes
    ----------
    root, shown
        The key of the tag (None: the whole archive) and its commonest spelling.
    story, cannot_tell
        Sentences with their uncertainty; and (topic, reason) of what cannot be told.
    tables
        Data frames by name, among them `seeds`, `metrics`, `turn_shares`, `members`,
        `arrivals`, `coverage`, `evidence` and `naive` (what a naive tool would say).
    graph_kind, graph_size
        What an edge of the network is, and how many accounts and edges it has.
    partition, forests, turn, family
        The results themselves. `family` is None without a root.
    archive, read_report
        The tables of the archive, and what was read and rejected.
    start_at, end_at, time_zone
        The window studied (UTC instants) and the zone in which times are told.
    start, end
        The window that was asked for; None for as far as the archive goes.
    launch, coding
        When the tag was launched and how the user coded the camps, where that was given.
    synthetic
        Whether the archive says of itself that it is synthetic.
    names
        Whether all accounts are named, or public ones alone.
    seed, versions
        What to repeat it with.
    """

    root: str | None
    shown: str
    synthetic: bool
    start_at: pd.Timestamp
    end_at: pd.Timestamp
    time_zone: str
    launch: pd.Timestamp | None
    coding: pd.DataFrame | None
    names: bool
    seed: int
    versions: Mapping[str, str]
    story: tuple[str, ...]
    cannot_tell: tuple[Refusal, ...]
    tables: Mapping[str, pd.DataFrame]
    graph_kind: str
    graph_size: tuple[int, int]
    partition: Partition
    forests: Forests
    turn: Turn
    family: Family | None
    archive: Archive
    read_report: ReadReport
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None

    @property
    def title(self) -> str:
        """What a page about the study is called."""
        about = self.shown if self.root else "A tweet archive"
        return f"{about}: how it spread" + (" (synthetic data)" if self.synthetic else "")

    def with_tables(self, **tables: pd.DataFrame) -> "Study":
        """Return the study with more tables, such as `sensitivity` and `controls`.

        `report.write` and the command show and write every table that a study has. With
        `robustness` the story ends with what does not hold whatever was chosen.
        """
        before = settled.sentence(self.tables.get("robustness"))
        made = {**self.tables, **tables}
        said = settled.sentence(made.get("robustness"))
        story = [line for line in self.story if line != before]
        return replace(self, tables=made, story=(*story, *([said] if said else [])))

    def freeze(self, path: str | Path, *, with_archive: bool = False) -> None:
        """Write the study as a replication package; see `study.freeze`."""
        from spread.study._freeze import freeze

        freeze(self, path, with_archive=with_archive)

    def __repr__(self) -> str:
        return f"<Study of {self.shown}: {len(self.story)} sentences, seed {self.seed}>"

    def __str__(self) -> str:
        return "\n".join(
            [self.title, "", *self.story, ""]
            + [f"Cannot tell {topic}: {reason}." for topic, reason in self.cannot_tell]
        )

    def _repr_html_(self) -> str:
        told = "".join(f"<p>{plain(sentence, most=None)}</p>" for sentence in self.story)
        refused = "".join(
            f"<li>{plain(topic, most=None)}: {plain(reason, most=None)}.</li>"
            for topic, reason in self.cannot_tell
        )
        title = f"<h3>{plain(self.title)}</h3>"
        rest = f"<p><strong>Cannot tell</strong></p><ul>{refused}</ul>" if refused else ""
        return f'<div class="spread">{title}{told}{rest}</div>'
