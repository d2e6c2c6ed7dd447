"""What each camp says: words that mark it, and nothing that points to somebody."""

import igraph
import pandas as pd
import pytest

from spread import communities
from spread.report._columns import explained, ordered
from spread.report._meanings import MEANINGS
from spread.study import _vocabulary
from spread.study._camps import Camps

SIDE = 60
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def camps() -> Camps:
    graph = igraph.Graph.Full(SIDE) + igraph.Graph.Full(SIDE)
    graph.vs["name"] = [f"u{number}" for number in range(2 * SIDE)]
    found = communities.detect(graph, runs=2, rewirings=2, rng=1)
    accounts = communities.camps(found)
    return Camps(accounts, accounts, None, None, found, pd.DataFrame())


@pytest.fixture(scope="module")
def tweets() -> pd.DataFrame:
    """All say `photo`; one half `thanks`, the other `shame` and a name; four say `rare`.

    Each also has 40 words of its own, so that a term's share of all uses is about 1 in 84: the
    prior adds 6 uses, and 60 accounts against none have z = ln(66 / 6) / sqrt(1/66 + 1/6) > 5.
    """
    said = ["photo thanks"] * SIDE + ["photo shame somebody"] * SIDE
    for number in range(4):
        said[number] += " rare"
    own = [f"{first}{second}" for first in LETTERS for second in LETTERS]
    for number, text in enumerate(said):
        said[number] = " ".join([text, *(f"{own[number]}x{own[word]}" for word in range(40))])
    return pd.DataFrame(
        {
            "author_id": [f"u{at}" for at in range(2 * SIDE)],
            "text": said,
            "hashtags": [[]] * 2 * SIDE,
        }
    )


def test_each_camp_is_marked_by_its_own_words(camps: Camps, tweets: pd.DataFrame) -> None:
    """`photo` marks neither, `rare` fewer than five, and a private name is not told."""
    table = _vocabulary.marks(tweets, camps, pd.Series(["Somebody", None]))
    assert sorted(table.term) == ["shame", "thanks"]
    assert (table.accounts == SIDE).all()
    assert (table.elsewhere == 0).all()
    told = _vocabulary.sentence(table)
    assert told is not None
    first = camps.accounts.set_index("user_id").camp["u0"]
    assert f"camp {first}: “thanks”" in told


def test_camps_that_are_coded_or_refused_are_not_described(
    camps: Camps, tweets: pd.DataFrame
) -> None:
    coded = Camps(camps.accounts, camps.dating, "accounts", None, camps.partition, camps.profile)
    table = _vocabulary.marks(tweets, coded, pd.Series([], dtype="str"))
    assert table.empty
    assert _vocabulary.sentence(table) is None


def test_a_table_opens_with_what_matters_and_says_what_its_columns_are() -> None:
    rows = pd.DataFrame({"size": [2, 9, 9], "root_at": [0, 5, 1]})
    assert ordered("metrics", rows).index.tolist() == [2, 1, 0]
    assert ordered("files", rows) is rows
    assert explained("metrics", ["size"]) == [("size", MEANINGS["size"])]
