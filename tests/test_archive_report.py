"""What a report tells of an archive as a whole: what is missing, and what follows from it."""

import json
from pathlib import Path

import pytest
from invented_archive import put, snowflake, v1_retweet, v1_tweet, v1_user, v2_tweet

from spread import archive
from spread.cli import archive as command

ORIGINAL = v1_tweet(1, "the original #myNYPD", retweet_count=8)


def _kept(folder: Path, *records: object) -> archive.ReadReport:
    """Return the report of an archive that was read, written and opened again."""
    read = archive.read(put(folder / "t.jsonl", *records), to=folder / "out")
    assert archive.open(read.path).report.as_dict() == read.report.as_dict()
    return read.report


def test_coverage_is_what_is_here_of_what_was_reported(tmp_path: Path) -> None:
    # Two retweets are here of the eight that were reported of one original, none of four.
    retweets = [v1_retweet(n, ORIGINAL, n, retweet_count=8) for n in (2, 3)]
    report = _kept(tmp_path, *retweets, v1_tweet(9, author=9, retweet_count=4))
    assert report.coverage == pytest.approx(2 / (8 + 4))
    assert "16.7%" in next(w for w in report.warnings if "sizes of cascades are lower" in w)


def test_originals_known_by_id_only_are_missing(tmp_path: Path) -> None:
    retweeted = [{"type": "retweeted", "id": snowflake(1, 77)}]
    absent = {"data": [v2_tweet(5, "RT", 5, referenced_tweets=retweeted)]}
    report = _kept(tmp_path, absent, v1_retweet(6, ORIGINAL, 6))
    assert (report.origins["stub"], report.share_missing) == (1, 0.5)
    assert any(w.startswith("50.0% of the retweeted originals") for w in report.warnings)


def test_a_blank_location_is_no_location(tmp_path: Path) -> None:
    places = ["Brooklyn", "  ", "", None]
    tweets = [
        v1_tweet(n, author=n, user=v1_user(n, location=place)) for n, place in enumerate(places, 1)
    ]
    assert _kept(tmp_path, *tweets).share_located == 0.25


def test_the_span_is_that_of_collected_tweets(tmp_path: Path) -> None:
    report = _kept(tmp_path, v1_retweet(60, ORIGINAL), v1_tweet(3600, author=3))
    assert (report.facts()["from"], report.facts()["to"]) == (
        "2014-04-22 17:56:00 UTC",
        "2014-04-22 18:55:00 UTC",
    )


def test_a_gap_is_a_silence_where_many_tweets_were_due(tmp_path: Path) -> None:
    # A tweet a second for a minute, ten minutes of nothing, again a tweet a second.
    tweets = [v1_tweet(at, author=1 + at) for at in (*range(60), *range(659, 720))]
    gap = _kept(tmp_path, *tweets).gaps.iloc[0]
    assert (gap.end_at - gap.start_at).total_seconds() == 600
    # Not 600, as many as at that rate: in the ten minutes before there were 59 others.
    assert gap.due == 59
    assert _kept_text(tmp_path).count("for 10 minutes from 2014-04-22 17:55:59 UTC") == 2


def _kept_text(folder: Path) -> str:
    return str(archive.open(folder / "out").report)


def test_a_list_of_ids_says_that_it_is_one(tmp_path: Path) -> None:
    ids = "\n".join(snowflake(n) for n in range(5))
    (tmp_path / "ids.txt").write_text(ids + "\n" + snowflake(0) + "\n")
    report = archive.read(tmp_path / "ids.txt").report
    assert (report.origins["stub"], report.totals["duplicates"]) == (5, 1)
    assert report.warnings[-1].startswith("there are only ids")
    assert report.facts()["from"] == "2014-04-22 17:55:00 UTC"


def test_the_shell_and_the_notebook_are_told_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "<b>\x1b[31m&.jsonl"
    put(tmp_path / name, ORIGINAL, b"{", {"limit": {"track": 3}})
    assert command.main(["report", str(tmp_path), "--quiet"]) == 3
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "1 (1 BAD_JSON)" in text
    report = archive.read(tmp_path).report
    assert all(warning in text for warning in report.warnings)
    page = report._repr_html_()
    assert "<b>" not in page
    assert "1 (1 BAD_JSON)" in page
    assert command.main(["report", str(tmp_path), "--quiet", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert told["warnings"] == list(report.warnings)
    assert told["rejects"][0]["reason"] == "BAD_JSON"
    assert {"coverage", "share_missing", "share_located", "gaps", "first_at"} <= set(told)
