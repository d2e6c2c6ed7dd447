"""What the columns of the tables mean, and which rows a reader needs first."""

from collections.abc import Sequence

import pandas as pd

__all__ = ["EXPLAINED", "GLOSSARY", "explained", "ordered"]

_FIRST: dict[str, tuple[Sequence[str], Sequence[bool]]] = {
    "timeline": (["tweets", "start_at", "hashtag"], [False, True, True]),
    "nodes": (["strength", "label"], [False, True]),
    "metrics": (["size", "root_at"], [False, True]),
    "coverage": (["reported", "observed", "tweet_id"], [False, False, True]),
    "turned": (["p_turned", "brought", "user_id"], [False, False, True]),
    "turn_timeline": (["units", "start_at", "camp"], [False, True, True]),
    "rejects": (["source_file", "source_record"], [True, True]),
    "robustness": (["robust", "share_agree"], [True, True]),
    "sensitivity": (["agrees", "specification"], [True, True]),
    "vocabulary": (["log_odds_low", "camp", "term"], [False, True, True]),
    "controls": (["found", "control"], [False, True]),
}
"""By which columns a table is put in order, and whether the smallest comes first."""

EXPLAINED = {
    "active": "accounts located there that wrote at all",
    "adopters": "accounts located there that used the tag",
    "agree": "specifications that find the same as the study",
    "at": "when; the median where it is an estimate",
    "authors": "accounts that used it",
    "branching": "tweets that one tweet calls forth on average, under the fitted process",
    "brought": "accounts of the rising camp that had passed on its tweets before they wrote",
    "camp": "group of accounts that retweet each other; A is the largest",
    "child": "the hashtag that grew",
    "coverage": "observed / reported",
    "credit": "tweets and retweets that count for the account, each shared equally along its chain",
    "depth": "steps from the original to the farthest retweet, mean over inferred trees",
    "elsewhere": "accounts of all other camps that used it",
    "log_odds": "how much likelier the camp's accounts use it than others, in logarithms",
    "entered_at": "when its credit of the time before first was among the five largest",
    "expected_rank": "rank if arrival followed the number of active users alone",
    "external": "share of its own tweets that nothing in the archive precedes",
    "fold": "highest / lowest over all specifications",
    "k": "the adopter whose use counts as arrival: the k-th of the place",
    "lost": "tweets and retweets that would be missing without the account",
    "max_breadth": "most tweets at one depth",
    "naive_at": "first tweet by matching locations alone",
    "naive_first_rank": "rank by first use",
    "naive_followers_rank": "rank by followers",
    "naive_retweets_rank": "rank by retweets received",
    "observed": "retweets that the archive holds",
    "originals": "own tweets with the tag, retweets not counted",
    "p_early": "probability of being so early, if arrival followed the number of active users",
    "p_entered": "probability that its credit ever was among the five largest",
    "p_first": "probability of having the most credit of all",
    "p_null": "how often the series, turned on its own clock, follows the other as closely",
    "p_top5": "probability of being among the five with most credit",
    "p_turned": "probability that the account turned it",
    "parent": "the hashtag it comes from; empty: none, or cannot tell",
    "parent_entropy": "how open the parents are, in nats a retweet; 0: all certain",
    "probability": "posterior probability of what the row says",
    "reported": "retweets that the platform reported for the original",
    "retweets": "retweets by the account, or between the places",
    "share_agree": "agree / specifications that were asked",
    "share_as_large": "of those asked, within twofold of the study's estimate",
    "size": "tweets of the cascade: the original and its retweets in the archive",
    "star_depth": "depth if everyone retweeted the original itself",
    "star_virality": "virality if everyone retweeted the original itself",
    "strength": "weight of all edges of the account, given and received",
    "time_to_10_s": "seconds until the 10th tweet; empty: never",
    "together": "tweets that carry it beside the studied tag",
    "tweets": "tweets with it, retweets included",
    "units": "cascades that began in the bin",
    "users": "accounts that say they are there",
    "virality": "structural virality: mean steps between two tweets of the cascade",
    "weight": "retweets, expected over uncertain locations",
}

_SHARES = {
    "seeds": "of all credit in the archive",
    "drivers": "of what the rising camp posted and passed on while it rose",
    "turned": "of the credit for the turn",
    "elites": "of the people of the camp who passed anything on in that slice",
    "turn_timeline": "of the cascades that began in the bin",
    "traced": "of the hashtag's own tweets on its first day",
    "influence": "of the target's own tweets on its first day",
    "recruitment": "of the hashtag's adopters after the first",
}
"""What a share is a share of, by table."""

GLOSSARY = (
    ("camp", "Accounts that retweet each other more than chance; a group, not an opinion."),
    ("cascade", "An original tweet with all its retweets in the archive."),
    ("coverage", "Retweets that the archive holds, of those that the platform reported."),
    (
        "credit",
        "Each tweet and retweet counts one, shared equally by the accounts on its chain back to "
        "the original; a share of credit is of the sum over all accounts.",
    ),
    ("depth, breadth", "Steps from the original to the farthest retweet; most tweets at one step."),
    ("structural virality", "Mean steps between two tweets of a cascade: 2 at most for a star."),
    ("star", "The tree as platforms report it: all retweets directly of the original."),
    ("onset", "When a camp's share of new cascades began to rise."),
    ("half-way", "When that rise was half done."),
    (
        "turned it",
        "Brought more of the rising camp's new accounts than anyone else while its share rose.",
    ),
    ("branching", "Tweets that one tweet calls forth on average; under 1 a process dies out."),
    ("descends", "A hashtag whose first users came from another's, beyond what its size explains."),
    ("interval", "95 %, for the model named; what depends on the choice of model stands beside."),
    ("cannot tell", "The archive does not decide it; the reason stands with it."),
)
"""Terms of the page, for a reader who meets them first."""


def explained(name: str, columns: Sequence[object]) -> str:
    """Return in one line what the columns of a table mean, those that do not speak themselves.

    Examples
    --------
    >>> explained("seeds", ["label", "share", "share_low"])
    'share: of all credit in the archive. Endings low and high: 95 % interval.'
    """
    known = {**EXPLAINED, **({"share": _SHARES[name]} if name in _SHARES else {})}
    if name == "files":
        known["size"] = "bytes of the file"
    parts = [f"{_shown(column)}: {known[str(column)]}" for column in columns if column in known]
    if any(str(column).endswith("_low") for column in columns):
        parts.append("Endings low and high: 95 % interval")
    if name == "coverage":
        parts.append("Only originals of the studied tag that have retweets are rows")
    return ". ".join(parts) + "." if parts else ""


def ordered(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the rows first that matter most; others keep their order.

    Examples
    --------
    >>> ordered("metrics", pd.DataFrame({"size": [1, 3], "root_at": [0, 0]}))["size"].tolist()
    [3, 1]
    """
    columns, ascending = _FIRST.get(name, ((), ()))
    if not columns or not set(columns) <= set(rows.columns):
        return rows
    return rows.sort_values(
        list(columns), ascending=list(ascending), kind="stable", na_position="last"
    )


def _shown(column: object) -> str:
    return str(column).replace("_", " ")
