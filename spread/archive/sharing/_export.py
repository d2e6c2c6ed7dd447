"""What of an archive may be passed on: ids, or tables in which nobody has a name."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from spread._errors import UsageError
from spread._folders import new_folder, require_free
from spread.archive import _engine
from spread.archive._damage import NOT_WRITTEN, damage_told
from spread.archive._synthetic import is_pseudonymised
from spread.archive.sharing import _export_pseudonyms
from spread.archive.sharing._export_key import read_key

_OF_30_DAYS: Final = 1_500_000
_TERMS: Final = "https://developer.x.com/en/developer-terms/policy"
_TELLING: Final = """
The ids of Bluesky's posts hold the ids of their authors.
"""
_NAME: Final = "name:"
_README: Final = """\
{count} ids of tweets, one a line, in the order of their times, and the {users} ids of the
accounts that wrote them, below a heading (user-ids).

The rule. Only ids are here. Platforms let researchers pass on ids, not what people wrote:
whoever wants the tweets asks the platform for them, and gets those that are still public.
Deleted and protected tweets stay out that way. Terms change: read those of the platform
before you publish this folder or use it. Those of X are at
{terms} ("Content redistribution"; it has set a limit
of {limit:,} ids to one recipient in 30 days, with an exemption for research at
universities).
{beyond}{telling}
How to get the tweets again (to "hydrate" the ids). With access to the platform's interface,
for Twitter by twarc (https://twarc-project.readthedocs.io):

    twarc2 hydrate {first} tweets.jsonl
    python -m spread.archive read tweets.jsonl --to tables

Without any access, the ids tell when each tweet was made, and nothing more:

    python -m spread.archive report {first}
"""


def ids(source: Path, path: str | Path) -> int:
    """Write the ids of an archive's collected tweets to a new folder; return how many.

    Of an archive that is made of ids alone, these. The ids of their authors stand beside
    them, but for authors of whom the name alone is known. Of pseudonyms nobody can fetch a tweet.
    """
    require_free(path)
    if is_pseudonymised(source):
        raise UsageError(
            "the ids are pseudonyms, by which nobody finds a tweet",
            got=str(source),
            hint="Export the archive that it was made of; or pass it on as its README.txt says",
        )
    with new_folder(path, failures=NOT_WRITTEN) as draft, damage_told(source):
        con = _engine.connect()
        try:
            tweets = _engine.parquet(con, [source / "tweets.parquet"], "tweets")
            collected = tweets.filter(tweets.origin == "collected")
            if not con.to_pyarrow(collected.limit(1).count()).as_py():
                collected = tweets
            ordered = collected.order_by("at", "tweet_id")
            ordered = ordered.select("platform", "tweet_id", "author_id")
            found = con.to_pyarrow(ordered).to_pandas()
        finally:
            con.disconnect()
        parts = dict(list(found.groupby("platform"))) or {"": found}
        names = [f"ids-{name}.txt" if len(parts) > 1 else "ids.txt" for name in parts]
        users = [_authors(part) for part in parts.values()]
        for name, part, who in zip(names, parts.values(), users, strict=True):
            _write_lines(draft / name, part.tweet_id)
            if who:
                # The heading keeps who reads the folder from taking them for tweets.
                _write_lines(draft / f"user-{name}", ["user_id", *who])
        (draft / "README.txt").write_text(
            _readme(len(found), sum(map(len, users)), names, list(parts)), encoding="utf-8"
        )
    return len(found)


def _authors(tweets: pd.DataFrame) -> list[str]:
    """Return the ids of authors, sorted; a name is none, and is not passed on."""
    known = set(tweets.author_id.dropna())
    return sorted((who for who in known if not who.startswith(_NAME)), key=lambda i: (len(i), i))


def _write_lines(file: Path, each: Iterable[str]) -> None:
    file.write_text("".join(f"{one}\n" for one in each), encoding="utf-8")


def pseudonyms(source: Path, path: str | Path, *, key: str | Path, exact_followers: bool) -> int:
    """Write an archive's tables without names and texts to a new folder; return the tweets."""
    secret = read_key(key, beside=require_free(path))
    if Path(path).resolve() == source.resolve():
        raise UsageError("the folder is the archive itself", got=str(path), allowed="a new folder")
    with new_folder(path, failures=NOT_WRITTEN) as draft, damage_told(source):
        return _export_pseudonyms.write(source, draft, key=secret, exact_followers=exact_followers)


def _readme(count: int, users: int, names: list[str], platforms: Sequence[str]) -> str:
    telling = _TELLING if "bluesky" in platforms else ""
    beyond = "\nThese are more ids than that limit.\n" if count > _OF_30_DAYS else ""
    return _README.format(
        count=f"{count:,}",
        users=f"{users:,}",
        terms=_TERMS,
        limit=_OF_30_DAYS,
        beyond=beyond,
        telling=telling,
        first=names[0],
    )
