"""The tables of a study as the page lists them: what each is called, and what it leaves out."""

import itertools
from collections.abc import Iterable

import pandas as pd

from spread.report._cells import table
from spread.report._elements import Markup, element
from spread.study import Study
from spread.study._labels import UNKNOWN

__all__ = ["HIDDEN", "TITLES", "evidence", "listed", "places_of"]

_IDS = ("user_id", "name", "author_id", "evidence", "first_author_id", "first_tweet_id", "tweet_id")
_ENDS = ("source_longitude", "source_latitude", "target_longitude", "target_latitude")
TITLES = {
    "files": "Files read",
    "rejects": "Records that could not be read",
    "coverage": "Retweets observed and reported",
    "usage": "Hashtags",
    "timeline": "Tweets per bin",
    "nodes": "Accounts of the network",
    "vocabulary": "What each camp says that the others do not",
    "metrics": "Cascades",
    "traced": "What of each hashtag traces back",
    "influence": "Which hashtag fed which",
    "without": "The tag without the account that turned it, bin by bin",
    "profile": "Cascades of camps A and B, curve by curve",
    "tree": "The largest cascade",
    "seeds": "Accounts by credit",
    "roles": "Accounts by their place within and between camps",
    "elites": "Whom each camp passed on most, slice of time by slice",
    "in_step": "Clusters of accounts that share in step",
    "turn_shares": "Shares before and after",
    "turned": "Accounts by the probability that they turned it",
    "drivers": "Accounts by turning share",
    "turn_changes": "All changes of composition, as steps",
    "turn_volume": "Stretches of even volume",
    "turn_timeline": "Shares per bin",
    "members": "Hashtags of the family",
    "recruitment": "What fed the growth of each hashtag",
    "merged": "Misspellings counted with a hashtag",
    "companions": "Hashtags used beside it",
    "locations": "What the locations of the accounts name",
    "places": "Cities of the accounts",
    "arrivals": "Arrivals",
    "flows": "What was passed on from city to city",
    "between_cities": "Which city's tweets called forth whose",
    "evidence": "Tweets to read",
    "robustness": "Each claim over all specifications",
    "sensitivity": "Each claim under each specification",
    "controls": "Turns where there should be none",
}
HIDDEN = {
    "usage": ("first_tweet_id", "first_author_id"),
    "tree": (*_IDS, "cascade", "event", "parent"),
    "members": ("evidence", "first_author_id", "first_tweet_id"),
    "arrivals": ("tweet_id", "author_id", "place_id", "hashtag", "longitude", "latitude"),
    "flows": ("source", "target", *_ENDS, "evidence"),
    "seeds": ("user_id", "public", "evidence", "first_tweet_id"),
    "roles": ("user_id", "public"),
    "traced": ("evidence",),
    "between_cities": ("evidence",),
    "elites": ("user_id", "public", "evidence"),
    "rejects": ("detail",),
    "drivers": ("user_id", "public", "evidence"),
    "turned": ("user_id", "public", "evidence", "first_tweet_id"),
    "nodes": ("name", "x", "y", "public"),
    "coverage": ("tweet_id", "user_id", "public"),
    "metrics": ("tweet_id", "user_id", "public", "cascade"),
    "places": ("place_id",),
    "sensitivity": ("about_id",),
    "robustness": (),
}
"""What would single out a private account, or says nothing to a reader."""


def listed(study: Study, *names: str) -> list[Markup]:
    """Return tables by name, those that the study has; the empty ones share a line."""
    left_out = {} if study.names else dict(HIDDEN)
    known = [name for name in names if name in study.tables]
    none = [TITLES[name] for name in known if not len(study.tables[name])]
    full = [
        table(
            _rows(study, name),
            name=name,
            title=TITLES[name],
            time_zone=study.time_zone,
            hidden=left_out.get(name, ()),
        )
        for name in known
        if len(study.tables[name])
    ]
    return [
        *full,
        *([element("p", f"These have no rows: {'; '.join(none)}.", class_="note")] if none else []),
    ]


def evidence(study: Study) -> list[Markup]:
    """Return the tweets that answers rest on, a table a question.

    The number of a tweet leads to whoever wrote it, so in public a private account's is left out.
    """
    cited = study.tables["evidence"]
    if not study.names:
        public = cited["account"].astype(str).str.startswith("@")
        cited = cited.assign(tweet_id=cited["tweet_id"].where(public, ""))
    return [
        table(
            rows.drop(columns="topic"),
            name="evidence",
            title=f"{str(topic)[:1].upper()}{str(topic)[1:]}",
            time_zone=study.time_zone,
        )
        for topic, rows in cited.groupby("topic", sort=False)
    ]


def places_of(study: Study) -> dict[str, str]:
    """Return how each file of the archive is called: without the folders that all share."""
    files = study.tables["files"]["source_file"].astype(str)
    paths = [*files, *map(str, study.read_report.ignored)]
    return dict(zip(paths, _short(paths), strict=True))


def _rows(study: Study, name: str) -> pd.DataFrame:
    """Return the rows of a table, files by the names that tell nothing of the machine."""
    rows = study.tables[name]
    if name == "coverage":
        return _together(rows)
    if "source_file" not in rows:
        return rows
    called = places_of(study)
    return rows.assign(source_file=[called.get(str(file), str(file)) for file in rows.source_file])


def _together(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return coverage with all originals of unknown accounts in one row: none is told apart."""
    unknown = coverage[coverage["label"] == UNKNOWN]
    if len(unknown) < 2:
        return coverage
    known = unknown.dropna(subset=["reported"])
    reported = int(known["reported"].sum())
    whole = {
        "label": f"unknown accounts ({len(unknown):,} originals)",
        "observed": int(unknown["observed"].sum()),
        "reported": reported if len(known) else None,
        "coverage": known["observed"].sum() / reported if reported else None,
    }
    rest = coverage.drop(unknown.index)
    folded = pd.DataFrame([whole], columns=coverage.columns).astype(coverage.dtypes)
    return pd.concat([folded, rest], ignore_index=True)


def _short(paths: Iterable[str]) -> list[str]:
    """Return paths without the folders that all of them share.

    Examples
    --------
    >>> _short(["/home/me/a/1.json", "/home/me/b/2.json"]), _short(["/home/me/1.json"])
    (['a/1.json', 'b/2.json'], ['1.json'])
    """
    parts = [path.replace("\\", "/").split("/") for path in paths]
    folders = zip(*(part[:-1] for part in parts), strict=False)
    shared = sum(1 for _ in itertools.takewhile(lambda level: len(set(level)) == 1, folders))
    return ["/".join(part[shared:]) for part in parts]
