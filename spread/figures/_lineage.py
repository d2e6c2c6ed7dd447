"""In which row of the family each hashtag stands."""

import pandas as pd

from spread.figures._style import frame
from spread.tables import Table

__all__ = ["lineage"]


def lineage(members: Table, root: str | None, most: int) -> pd.DataFrame:
    """Return the most used hashtags, each followed by its descendants, early ones first.

    The root is always among them. Tags without a known parent come by their first use, those
    that cannot be told last; tags without a first use are left out.
    """
    everyone = frame(
        members, "hashtag", "shown", "tweets", "first_at", "parent", "probability", "verdict"
    )
    dated = everyone[everyone["first_at"].notna()]
    rank = dated.assign(root=dated["hashtag"] != root).sort_values(
        ["root", "tweets", "hashtag"], ascending=[True, False, True], kind="stable"
    )
    return _in_tree_order(rank.head(most)).reset_index(drop=True)


def _in_tree_order(drawn: pd.DataFrame) -> pd.DataFrame:
    ordered = drawn.sort_values(["first_at", "hashtag"], kind="stable")
    known = set(ordered["hashtag"])
    descends = (ordered["verdict"] == "descends") & ordered["parent"].isin(known)
    tops = ordered[~descends]
    stack = [
        *tops[tops["verdict"] == "cannot tell"]["hashtag"][::-1],
        *tops[tops["verdict"] != "cannot tell"]["hashtag"][::-1],
    ]
    broods = ordered[descends].groupby("parent")["hashtag"].apply(list).to_dict()
    walked: list[str] = []
    while stack:
        tag = stack.pop()
        if tag not in walked:
            walked.append(tag)
            stack.extend(reversed(broods.get(tag, [])))
    walked.extend(tag for tag in ordered["hashtag"] if tag not in walked)
    return ordered.set_index("hashtag", drop=False).loc[walked]
