"""The explorer in Python: what its traits choose, and what never leaves Python."""

import builtins
import json
import time
from dataclasses import asdict
from typing import Any

import invented
import numpy as np
import pandas as pd
import pytest
from explored import TAGS, TEXT, explored

from spread import report
from spread._errors import UsageError
from spread.report import _explore_index
from spread.report._explore import Still
from spread.report._explore_index import Choice, counts, kept


@pytest.fixture(scope="module")
def shown() -> Any:
    return report.explore(explored())


@pytest.fixture
def explorer(shown: Any) -> Any:
    """Give the one explorer with everything chosen."""
    shown._choice = asdict(shown._index.everything)
    return shown


@pytest.fixture(scope="module")
def named() -> Any:
    return report.explore(explored(names=True))


def test_moving_the_slider_changes_what_is_selected(explorer: Any) -> None:
    """A tweet a minute from 17:55 to 03:54, in bins of a minute: bin 60 is 18:55."""
    assert len(explorer.selected) == 600
    explorer._choice = asdict(Choice(60, 89))
    assert len(explorer.selected) == 30
    assert explorer.selected["at"].iloc[0] == invented.LAUNCH + pd.Timedelta("60min")
    assert explorer._answer["tweets"] == 30
    assert sum(map(sum, explorer._answer["counts"]["timeline"])) == 600  # all bins stay drawn


def test_a_window_can_be_set_in_the_readers_time(explorer: Any) -> None:
    explorer.window = "2014-04-22T15:00", "2014-04-22T15:10"  # EDT: 19:00 UTC
    assert len(explorer.selected) == 10
    assert explorer.window == (pd.Timestamp("2014-04-22T19:00Z"), pd.Timestamp("2014-04-22T19:10Z"))
    with pytest.raises(UsageError, match="not a moment in time: got 'noon'"):
        explorer.window = "noon", "2014-04-22T15:10"


def test_picks_narrow_each_other(explorer: Any) -> None:
    explorer.pick(tag="#myLAPD")
    assert {tag for tags in explorer.selected["hashtags"] for tag in tags} == {"mylapd"}
    assert len(explorer.selected) == 201  # minutes 3, 4, 5 of every nine, in 600
    explorer.pick(tag="mylapd", place="264371")
    assert 0 < len(explorer.selected) < 201
    explorer.pick()
    assert len(explorer.selected) == 600


def test_a_pick_that_is_not_shown_is_one_line(explorer: Any) -> None:
    with pytest.raises(UsageError, match="no such tag is shown: got 'nope'"):
        explorer.pick(tag="nope")


def test_a_tweet_belongs_to_its_author_and_to_whom_it_retweets(explorer: Any) -> None:
    index = explorer._index
    nodes, (rows, codes) = index.names["account"], index.pairs["account"]
    tweets = explorer._evidence.tweets.to_pyarrow().to_pandas().sort_values("at")
    for code in codes[:20]:
        passed = (tweets.retweet_author_id == nodes[code]) & (tweets.kind == "retweet")
        mine = (tweets.author_id == nodes[code]) | passed
        assert kept(index, Choice(0, 10**6, account=int(code))).tolist() == mine.tolist()
    assert len(rows) == len(codes)


def test_counts_leave_their_own_part_of_the_choice_out(explorer: Any) -> None:
    index = explorer._index
    found = counts(index, Choice(0, 299, tag=index.names["tag"].index("myopd")))
    by_tag = dict(zip(index.names["tag"], found["tag"], strict=True))
    assert [by_tag[tag] for tag in TAGS] == [102, 99, 99]  # 300 = 33 times nine, and three more
    assert found["place"].sum() == 99


@pytest.mark.parametrize(
    "told", [{}, {"first": "1", "last": None}, {"first": 10**9, "last": -5, "tag": 10**6},
             {"first": True, "account": [1]}],
)  # fmt: skip
def test_whatever_the_browser_sends_is_a_choice(explorer: Any, told: dict[str, Any]) -> None:
    explorer._choice = told
    assert 0 <= explorer._chosen.first <= explorer._chosen.last <= len(explorer._index.edges) - 2
    assert isinstance(explorer.selected, pd.DataFrame)


def test_private_texts_stay_in_python(explorer: Any, named: Any) -> None:
    told = json.dumps([explorer._views, explorer._answer])
    assert "invented_10" not in told  # no private account's screen name
    assert told.count("invented words") <= 5
    private = ~explorer.selected["account"].str.startswith("@")
    assert set(explorer.selected[private]["text"]) == {"(not shown: a private account)"}
    assert set(named.selected["text"]) == {TEXT}


def test_what_is_read_was_most_passed_on(named: Any) -> None:
    read = named._answer["read"]
    assert len(read) == 5
    assert {tweet["times"] for tweet in read} == {"3 tweets"}  # an original and two retweets


def test_the_browser_is_sent_counts_not_tweets() -> None:
    """Of five thousand tweets, an answer to the slider is some kilobytes."""
    large = report.explore(explored(5_000))
    assert len(json.dumps(large._answer)) < 30_000
    assert len(json.dumps(large._views)) < 1_500_000


def test_a_hundred_thousand_tweets_are_counted_at_once() -> None:
    draw = np.random.default_rng(1)
    size, bins = 100_000, 600
    row = np.arange(size)
    index = _explore_index.Index(
        tweet_id=row.astype(str).astype(object), voice=row.astype(object),
        bin=np.sort(draw.integers(0, bins, size)), edges=np.arange(bins + 1),
        names={"account": tuple(map(str, range(1500))), "tag": ("a", "b"), "place": ("x",)},
        pairs={"account": (row, draw.integers(0, 1500, size)),
               "tag": (row, draw.integers(0, 2, size)), "place": (row, row * 0)},
        timeline=pd.DataFrame(),
    )  # fmt: skip
    begun = time.process_time()
    found = counts(index, Choice(100, 400, tag=1))
    assert found["place"].sum() == kept(index, Choice(100, 400, tag=1)).sum()
    assert time.process_time() - begun < 1


def test_without_anywidget_the_figures_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def none(name: str, *rest: Any) -> Any:
        if name.startswith("spread.report._explore_widget"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", none)
    still = report.explore(explored())
    assert isinstance(still, Still)
    assert len(still.selected) == 600
    assert [*still.figures] == ["timeline", "network", "map", "family"]
    assert "pip install 'spread[notebook]'" in repr(still)
    assert still.title == explored().title
