"""The explorer as a widget of Jupyter; needs anywidget, the one module that does."""

import gzip
from collections.abc import Mapping
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
import traitlets

from spread._errors import UsageError
from spread.report import _safety
from spread.report._explore_evidence import Evidence
from spread.report._explore_index import KINDS, Choice, Index, counts, kept
from spread.text import hashtag_key

__all__ = ["Explorer"]

_HERE = Path(__file__).parent


class Explorer(anywidget.AnyWidget):
    """Linked figures of a study and a slider of time; `report.explore` makes one.

    The one class here that changes: a widget is what a person turns. The browser holds the
    figures and counts a bin, an account, a tag and a place; texts stay in Python but for the
    few that are read under the figures.
    """

    _esm = (_HERE / "explorer.js").read_text(encoding="utf-8")
    _css = (_HERE / "explorer.css").read_text(encoding="utf-8")
    _title = traitlets.Unicode().tag(sync=True)
    _plotly = traitlets.Bytes().tag(sync=True)
    _views = traitlets.Dict().tag(sync=True)
    _names = traitlets.Dict().tag(sync=True)
    _whole = traitlets.Dict().tag(sync=True)
    _choice = traitlets.Dict().tag(sync=True)
    _answer = traitlets.Dict().tag(sync=True)

    def __init__(
        self, index: Index, evidence: Evidence, views: Mapping[str, Any], *, title: str
    ) -> None:
        self._index = index
        self._evidence = evidence
        self._chosen = index.everything
        self._rows = views["timeline"]["marks"].get("rows", [])
        super().__init__(
            _title=title,
            _plotly=_packed_plotly(),
            _views=dict(views),
            _names={kind: list(evidence.called[kind]) for kind in KINDS},
            _whole=self._counted(index.everything),
            _choice=asdict(index.everything),
            _answer=self._answered(0),
        )

    @property
    def selected(self) -> pd.DataFrame:
        """The tweets of the choice in the order of time.

        tweet_id, at, account, kind, text, hashtags, retweet_of. Texts and names of accounts
        that are not public are given where the study was run with `names=True`.
        """
        chosen = kept(self._index, self._chosen)
        return self._evidence.of(self._index.tweet_id[chosen])

    @property
    def window(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """The window of time chosen: its start and its end, which is no longer in it."""
        edges = self._index.edges
        first, last = int(edges[self._chosen.first]), int(edges[self._chosen.last + 1])
        return pd.Timestamp(first, unit="us", tz="UTC"), pd.Timestamp(last, unit="us", tz="UTC")

    @window.setter
    def window(self, ends: tuple[str | pd.Timestamp, str | pd.Timestamp]) -> None:
        low, high = (self._evidence.microseconds(end) for end in ends)
        first, last = self._index.bins(low, high)
        self._choice = asdict(replace(self._chosen, first=first, last=last))

    def pick(
        self, *, account: str | None = None, tag: str | None = None, place: str | None = None
    ) -> None:
        """Choose the tweets of an account, with a tag, from a place; without them, all.

        Parameters
        ----------
        account
            Id of an account that the network shows.
        tag
            Key of a hashtag, with or without #.
        place
            Id of a place of the map.

        Raises
        ------
        UsageError
            The explorer has no such account, tag or place.
        """
        given = {"account": account, "tag": hashtag_key(tag) if tag else None, "place": place}
        codes = {kind: self._code(kind, name) for kind, name in given.items()}
        self._choice = asdict(replace(self._chosen, **codes))

    def _code(self, kind: str, name: str | None) -> int:
        if name is None:
            return -1
        if name not in self._index.names[kind]:
            few = ", ".join(self._index.names[kind][:5])
            raise UsageError(f"no such {kind} is shown", got=repr(name), allowed=f"{few} …")
        return self._index.names[kind].index(name)

    @traitlets.observe("_choice")
    def _chosen_anew(self, change: Mapping[str, Any]) -> None:
        """Answer the browser, which may send anything."""
        self._chosen = _understood(change["new"], self._index)
        self._answer = self._answered(change["new"].get("asked", 0))

    def _answered(self, asked: object) -> dict[str, Any]:
        chosen = kept(self._index, self._chosen)
        return {
            "asked": asked if isinstance(asked, int) else 0,
            "choice": asdict(self._chosen),
            "counts": self._counted(self._chosen),
            "tweets": int(chosen.sum()),
            "all": len(self._index),
            "words": self._evidence.words(self._index, self._chosen),
            "read": self._evidence.most_passed_on(self._index.voice[chosen]),
        }

    def _counted(self, choice: Choice) -> dict[str, list[Any]]:
        """Return the counts that are drawn; of the timeline, the rows of its tags."""
        found = counts(self._index, choice)
        rows = [found["timeline"][row].tolist() for row in self._rows]
        return {**{kind: found[kind].tolist() for kind in KINDS}, "timeline": rows}


def _understood(told: Mapping[str, Any], index: Index) -> Choice:
    """Return a choice that the index has, whatever was told."""
    whole = index.everything

    def number(name: str, low: int, high: int, other: int) -> int:
        value = told.get(name, other)
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return min(max(value, low), high) if is_number else other

    first = number("first", 0, whole.last, 0)
    last = number("last", first, whole.last, whole.last)
    picked = {kind: number(kind, -1, len(index.names[kind]) - 1, -1) for kind in KINDS}
    return Choice(first, last, **picked)


@cache
def _packed_plotly() -> bytes:
    """Return plotly.js as gzip: a server of notebooks holds back a faster stream."""
    return gzip.compress(_safety.plotly_script().encode("utf-8"), 6, mtime=0)
