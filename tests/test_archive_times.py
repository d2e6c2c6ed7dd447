"""Times that are absent, cannot be read, or were written without their zone."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from invented_archive import counted, lines, put, v1_retweet, v1_tweet, v2_tweet

from spread import archive

GNIP = {"objectType": "activity", "verb": "post", "body": "fine", "actor": {"id": "id:x:3"}}
UNREADABLE = (None, "yesterday", "Tue Apr 22", "2014-13-01T00:00:00Z", 5, True, {"at": 1}, 1e300)


def _at(read: archive.Archive) -> pd.Series:
    return read.frame("tweets").set_index("tweet_id")["at"].sort_index()


def _three(time: Any) -> list[dict[str, Any]]:
    """Return a tweet in three formats, 1.25, 2.25 and 3.25 seconds after 17:55."""
    one, two, three = (make(n + 0.25, created_at=time) for n, make in _MADE)
    name = f"tag:search.twitter.com,2005:{three['id_str']}"
    return [one, two, GNIP | {"id": name, "postedTime": time}]


_MADE = ((1, v1_tweet), (2, v2_tweet), (3, v1_tweet))


@pytest.mark.parametrize("time", UNREADABLE)
def test_a_time_that_cannot_be_read_is_that_of_the_id(tmp_path: Path, time: Any) -> None:
    read = archive.read(put(tmp_path / "t.jsonl", *_three(time), v1_tweet(60)))
    assert _at(read).dt.strftime("%S.%f").tolist() == ["01.250000", "02.250000", "03.250000",
                                                       "00.000000"]  # fmt: skip
    assert read.report.files[["kept", "times_of_ids"]].to_numpy().tolist() == [[4, 3]]
    said = next(warning for warning in read.report.warnings if "ids" in warning)
    assert said.startswith("3 of 4 records say no time that can be read: their times are those of")


@pytest.mark.parametrize(
    "time", [1398189300, 1398189300000, "1398189300", "2014-04-22 17:55:00 +0000",
             "2014-04-22 17:55:00 UTC"],
)  # fmt: skip
def test_a_time_that_disagrees_wins_over_the_id(tmp_path: Path, time: Any) -> None:
    read = archive.read(put(tmp_path / "t.jsonl", *_three(time)[:2], v1_tweet(60)))
    # The launch is at 17:55; the ids are of 1.25 s after it, near enough, and of 2.25 s.
    assert _at(read).dt.strftime("%M:%S.%f").tolist()[:2] == ["55:01.250000", "55:00.000000"]
    assert read.report.totals["times_of_ids"] == 0


def test_only_records_are_counted_and_tables_too(tmp_path: Path) -> None:
    original = v1_tweet(1, created_at="yesterday")
    text = f"id_str,from_user,text,created_at\n{original['id_str']},me,fine,\n"
    counts, _ = counted(tmp_path, text.encode())
    assert (counts["kept_tweets"], counts["times_of_ids"]) == (1, 1)
    counts, _ = counted(tmp_path, lines(v1_retweet(9, original), v1_retweet(9, original)))
    assert (counts["kept_tweets"], counts["times_of_ids"]) == (2, 0)
