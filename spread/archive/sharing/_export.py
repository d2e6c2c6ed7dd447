"""What of an archive may be passed on: ids, or tables in which nobody has a name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from spread._errors import UsageError
from spread._folders import new_folder, require_free
from spread.archive import _engine
from spread.archive._damage import NOT_WRITTEN, damage_told
from spread.archive.sharing import _export_pseudonyms
from spread.archive.sharing._export_key import read_key

_OF_30_DAYS: Final = 1_500_000
_TERMS: Final = "https://developer.x.com/en/developer-terms/policy"
_TELLING: Final = """
The ids of Bluesky's posts hold the ids of their authors.
"""
_README: Final = """\
{count} ids of tweets, one a line, in the order of their times.

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

    Of an archive that is made of ids alone, these.
    """
    with new_folder(path, failures=NOT_WRITTEN) as draft, damage_told(source):
        con = _engine.connect()
        try:
            tweets = _engine.parquet(con, [source / "tweets.parquet"], "tweets")
            collected = tweets.filter(tweets.origin == "collected")
            if not con.to_pyarrow(collected.limit(1).count()).as_py():
                collected = tweets
            ordered = collected.order_by("at", "tweet_id").select("platform", "tweet_id")
            found = con.to_pyarrow(ordered).to_pandas()
        finally:
            con.disconnect()
        parts = list(found.groupby("platform").tweet_id)
        names = ["ids.txt"] if len(parts) < 2 else [f"ids-{name}.txt" for name, _ in parts]
        for name, part in zip(names, [some for _, some in parts] or [found.tweet_id], strict=True):
            (draft / name).write_text("".join(f"{i}\n" for i in part), encoding="utf-8")
        (draft / "README.txt").write_text(
            _readme(len(found), names, [name for name, _ in parts]), encoding="utf-8"
        )
    return len(found)


def pseudonyms(source: Path, path: str | Path, *, key: str | Path, exact_followers: bool) -> int:
    """Write an archive's tables without names and texts to a new folder; return the tweets."""
    secret = read_key(key, beside=require_free(path))
    if Path(path).resolve() == source.resolve():
        raise UsageError("the folder is the archive itself", got=str(path), allowed="a new folder")
    with new_folder(path, failures=NOT_WRITTEN) as draft, damage_told(source):
        return _export_pseudonyms.write(source, draft, key=secret, exact_followers=exact_followers)


def _readme(count: int, names: list[str], platforms: Sequence[str]) -> str:
    telling = _TELLING if "bluesky" in platforms else ""
    beyond = "\nThese are more ids than that limit.\n" if count > _OF_30_DAYS else ""
    return _README.format(
        count=f"{count:,}",
        terms=_TERMS,
        limit=_OF_30_DAYS,
        beyond=beyond,
        telling=telling,
        first=names[0],
    )
