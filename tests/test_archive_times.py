"""Times that are absent, cannot be read, or were written without their zone."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from invented_archive import (
    SNOWFLAKE_EPOCH_MS,
    counted,
    lines,
    put,
    v1_retweet,
    v1_tweet,
    v2_tweet,
)

from spread import archive
from spread._errors import InputError, UsageError
from spread.cli import archive as command

GNIP = {"objectType": "activity", "verb": "post", "body": "fine", "actor": {"id": "id:x:3"}}
UNREADABLE = (None, "yesterday", "Tue Apr 22", "2014-13-01T00:00:00Z", 5, True, {"at": 1}, 1e300)


def _read(folder: Path, text: bytes, **options: Any) -> tuple[dict[str, str], int]:
    """Return the times of tweets by their ids, and how many are those of their ids."""
    counts, _ = counted(folder, text, **options)
    rows = pq.read_table(folder / "parts" / "tweets-000000.parquet").to_pylist()
    at = {row["tweet_id"]: row["at"].strftime("%Y-%m-%d %H:%M:%S.%f")[:-4] for row in rows}
    return at, counts["times_of_ids"]


def _three(time: Any) -> list[dict[str, Any]]:
    """Return a tweet in three formats, 1.25, 2.25 and 3.25 seconds after 17:55."""
    one, two, three = (make(n + 0.25, created_at=time) for n, make in _MADE)
    name = f"tag:search.twitter.com,2005:{three['id_str']}"
    return [one, two, GNIP | {"id": name, "postedTime": time}]


_MADE = ((1, v1_tweet), (2, v2_tweet), (3, v1_tweet))


@pytest.mark.parametrize("time", UNREADABLE)
def test_a_time_that_cannot_be_read_is_that_of_the_id(tmp_path: Path, time: Any) -> None:
    at, of_ids = _read(tmp_path, lines(*_three(time), v1_tweet(60)))
    assert sorted(clock[14:] for clock in at.values()) == ["55:01.25", "55:02.25", "55:03.25",
                                                           "56:00.00"]  # fmt: skip
    assert of_ids == 3


@pytest.mark.parametrize(
    "time", [1398189300, 1398189300000, "1398189300", "2014-04-22 17:55:00 +0000",
             "2014-04-22 17:55:00 UTC"],
)  # fmt: skip
def test_a_time_that_disagrees_wins_over_the_id(tmp_path: Path, time: Any) -> None:
    at, of_ids = _read(tmp_path, lines(*_three(time)))
    # The launch is at 17:55: an id of 1.25 s after it is near enough, those of 2.25 s are not.
    assert [at[i][14:] for i in sorted(at)] == ["55:01.25", "55:00.00", "55:00.00"]
    assert of_ids == 0


def test_times_of_ids_are_told(tmp_path: Path) -> None:
    read = archive.read(put(tmp_path / "t.jsonl", *_three("yesterday"), v1_tweet(60)))
    assert read.report.files[["kept", "times_of_ids"]].to_numpy().tolist() == [[4, 3]]
    said = next(warning for warning in read.report.warnings if "ids" in warning)
    assert said.startswith("of 3 of 4 records the time is that of the id, for they say none that")


def test_only_records_are_counted_and_tables_too(tmp_path: Path) -> None:
    original = v1_tweet(1, created_at="yesterday")
    text = f"id_str,from_user,text,created_at\n{original['id_str']},me,fine,\n"
    counts, _ = counted(tmp_path, text.encode())
    assert (counts["kept_tweets"], counts["times_of_ids"]) == (1, 1)
    counts, _ = counted(tmp_path, lines(v1_retweet(9, original), v1_retweet(9, original)))
    assert (counts["kept_tweets"], counts["times_of_ids"]) == (2, 0)


NEW_YORK = "America/New_York"


def _stated(folder: Path, *rows: tuple[str, str]) -> list[str]:
    """Return what local times in a table are, by the order of their tweets' ids."""
    table = "id_str,from_user,text,created_at\n" + "".join(f"{i},me,fine,{t}\n" for i, t in rows)
    at, of_ids = _read(folder, table.encode(), time_zone=NEW_YORK)
    assert of_ids == 0
    return [at[tweet_id][:-3] for tweet_id, _ in rows]


def test_a_stated_zone_is_that_of_times_without_one(tmp_path: Path) -> None:
    # In New York the summer's clock is 4 hours behind; the ids 1 to 4 hold no time.
    clock = ["2014-04-22 13:55:00", "Tue Apr 22 13:55:00 2014", "22.4.2014 13:55"]
    rows = [(str(n), at) for n, at in enumerate([*clock, "2014-04-22T13:55:00Z"], 1)]
    assert _stated(tmp_path, *rows) == [*["2014-04-22 17:55:00"] * 3, "2014-04-22 13:55:00"]


def test_the_id_tells_which_of_two_times_a_clock_meant(tmp_path: Path) -> None:
    # On 2 November 2014 New York's clock showed 01:30 at 05:30 and at 06:30 UTC. The second id
    # was made at 06:30:00 UTC.
    late, twice = str((1414909800000 - SNOWFLAKE_EPOCH_MS) << 22), "2014-11-02 01:30:00"
    times = _stated(tmp_path, ("1", twice), (late, twice))
    assert times == ["2014-11-02 05:30:00", "2014-11-02 06:30:00"]


def test_a_time_that_the_clocks_left_out_is_none(tmp_path: Path) -> None:
    # On 9 March 2014 New York's clock went from 02:00 to 03:00.
    text = b"id_str,from_user,text,created_at\n7,me,fine,2014-03-09 02:30:00\n"
    _, rejects = counted(tmp_path, text, time_zone=NEW_YORK)
    assert [r["reason"] for r in rejects] == ["BAD_TIME"]
    assert "(left out by the clocks of America/New_York)" in rejects[0]["detail"]


def test_a_stated_zone_holds_in_json_too(tmp_path: Path) -> None:
    # 13:55 in New York is 17:55: the id of 1.25 s after it agrees, those of 2.25 s do not.
    records = [*_three("2014-04-22 13:55:00")[:2], v1_retweet(9, v1_tweet(1))]
    at, of_ids = _read(tmp_path, lines(*records), time_zone=NEW_YORK)
    assert [at[i][14:] for i in sorted(at)] == ["55:01.00", "55:01.25", "55:00.00", "55:09.00"]
    assert of_ids == 0


def test_a_zone_that_is_none_is_refused_and_one_that_lacks_is_named(tmp_path: Path) -> None:
    file = put(tmp_path / "t.jsonl", v1_tweet(1, id=7, id_str="7", created_at="2014-04-22 13:55"))
    with pytest.raises(UsageError, match="unknown time zone: got 'EST5'; allowed: IANA names"):
        archive.read(file, time_zone="EST5")
    with pytest.raises(InputError, match=r"\(2014-04-22 13:55; time_zone='America/New_York'"):
        archive.read(file)
    argv = ["report", str(file), "--time-zone", NEW_YORK, "--json"]
    assert command.main(argv) == 0


@pytest.mark.parametrize("zone", ["Asia/Tokyo", NEW_YORK])
def test_a_stated_zone_that_all_ids_contradict_is_doubted(tmp_path: Path, zone: str) -> None:
    # 13:55 is 17:55 in New York, as the ids say, and 04:55 in Tokyo: 13 h before it.
    plain = v1_tweet(3, created_at="2014-04-22 13:55:00")
    rows = "".join(f"{v1_tweet(n)['id_str']},me,fine,2014-04-22 13:55:00\n" for n in (1, 2))
    (tmp_path / "t.csv").write_text("id_str,from_user,text,created_at\n" + rows)
    put(tmp_path / "t.jsonl", plain, plain | {"user": {}}, {"data": [v2_tweet(8) | {"id": "x"}]})
    told = archive.read(tmp_path, time_zone=zone).report
    doubts = [warning for warning in told.warnings if "stated zone" in warning]
    off = "3 of 3 times in the stated zone differ from their ids by 13 h: is time_zone right?"
    assert doubts == ([off] if zone != NEW_YORK else [])
    assert sorted(told.files.times_doubted) == ([1, 2] if doubts else [0, 0])


def test_a_time_that_lacks_its_zone_is_told_apart(tmp_path: Path) -> None:
    times = ("2014-04-22 13:55:00", "Tue Apr 22 13:55:00 2014", "22/04/2014 13:55")
    records = [make(n + 9, created_at=at) for n, at in enumerate(times) for _, make in _MADE[:2]]
    report = archive.read(put(tmp_path / "t.jsonl", *records)).report
    assert report.files[["times_of_ids", "times_without_zone"]].to_numpy().tolist() == [[6, 4]]
    never, lacking = (warning for warning in report.warnings if "the time is that" in warning)
    assert (never[:17], lacking[:17]) == ("of 2 of 6 records", "of 4 of 6 records")
    assert "22/04/2014 and its like are never read" in never
    assert lacking.endswith("--time-zone, states it")
