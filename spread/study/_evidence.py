"""The tweets behind the answers, to be read by whoever doubts them."""

import ibis
import pandas as pd

from spread.hashtags import Family
from spread.hijack import Turn
from spread.study._labels import UNKNOWN, quoted
from spread.tables import rows

NOT_SHOWN = "(not shown: a private account)"
_OF_EACH = 5
_TOP = 10


def behind(
    tweets: ibis.Table,
    *,
    rank: pd.DataFrame,
    turn: Turn,
    turned: pd.DataFrame,
    family: Family | None,
    labels: pd.DataFrame,
    names: bool,
) -> pd.DataFrame:
    """Return topic, about, tweet_id, at, account, text: the tweets that answers rest on.

    The text is given for public accounts alone, and in it other accounts go by their
    labels, unless `names`.
    """
    told = None if family is None or family.cannot_tell else family
    cited = pd.DataFrame(
        [
            *_cited("who carried it", rank.head(_TOP), "user_id"),
            *(("when it turned", "the turn", tweet) for tweet in turn.evidence),
            *_cited("who turned it", _likeliest(turned), "user_id"),
            *_cited("who drove it", turn.drivers.head(_TOP), "user_id"),
            *([] if told is None else _cited("what it spawned", told.members, "hashtag")),
        ],
        columns=["topic", "about", "tweet_id"],
    ).drop_duplicates()
    found = tweets.filter(tweets.tweet_id.isin(cited.tweet_id.unique().tolist()))
    read = found.select("tweet_id", "at", "author_id", "text").to_pyarrow().to_pandas()
    read = read.merge(labels.rename(columns={"user_id": "author_id"}), on="author_id", how="left")
    shown = read.public.fillna(False).astype(bool)
    texts = read.text.fillna("").where(shown, NOT_SHOWN)
    read["text"] = texts if names else quoted(texts, labels)
    read["account"] = read.label.fillna(UNKNOWN)
    joined = cited.merge(read, on="tweet_id", how="left")
    about = dict(zip(labels.user_id, labels.label, strict=True))
    if told is not None:
        about |= {row.hashtag: f"#{row.shown}" for row in rows(told.members)}
    joined["about"] = joined.about.map(lambda name: about.get(name, name))
    return joined[["topic", "about", "tweet_id", "at", "account", "text"]]


def _cited(topic: str, table: pd.DataFrame, about: str) -> list[tuple[str, str, str]]:
    return [
        (topic, getattr(row, about), tweet)
        for row in rows(table)
        for tweet in list(row.evidence)[:_OF_EACH]
    ]


def _likeliest(turned: pd.DataFrame) -> pd.DataFrame:
    ordered = turned.sort_values(["p_turned", "user_id"], ascending=[False, True])
    return ordered[ordered.p_turned > 0].head(_TOP)
