"""What a report tells of an archive as a whole: what is missing, and what follows from it."""

import json
from pathlib import Path

import pytest
from invented_archive import put, snowflake, v1_retweet, v1_time, v1_tweet, v1_user, v2_tweet

from spread import __version__, archive
from spread.cli import archive as command

ORIGINAL = v1_tweet(1, "the original #myNYPD", retweet_count=8)
SHARED = [("https://x.example/a", 1), ("https://x.example/b", 1), ("https://x.example/a", 2)]


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


def test_collected_tweets_are_counted_by_kind(tmp_path: Path) -> None:
    quote = v1_tweet(5, author=5, quoted_status=ORIGINAL, quoted_status_id_str=ORIGINAL["id_str"])
    reply = {"in_reply_to_status_id_str": ORIGINAL["id_str"], "in_reply_to_user_id_str": "1"}
    by_hand = v1_tweet(8, "RT @invented1: the original", 8)
    report = _kept(
        tmp_path,
        *(v1_retweet(2, ORIGINAL), quote, v1_tweet(6, author=6, **reply)),
        *(v1_tweet(7, author=7, **reply), by_hand),
    )
    assert report.kinds == {"retweets": 1, "quotes": 1, "replies": 2, "manual_retweets": 1}
    said = "1 retweet, 1 quote, 2 replies, 1 old-style retweet (`RT @name`: graphs.retweets"
    assert report.facts()["kinds"].startswith(said)


def test_retweets_of_nobody_known_are_in_no_graph(tmp_path: Path) -> None:
    retweeted = [{"type": "retweeted", "id": snowflake(1, 77)}]
    absent = {"data": [v2_tweet(5, "RT", 5, referenced_tweets=retweeted)]}
    report = _kept(tmp_path, absent, *(v1_retweet(n, ORIGINAL, n) for n in (6, 7, 8)))
    assert report.unnamed == 1
    told = [warning for warning in report.warnings if "in no graph of accounts" in warning]
    assert told[0].startswith("25.0% of the retweets do not tell whose tweet they pass on")


def test_where_no_tweet_has_a_text_none_is_cut(tmp_path: Path) -> None:
    # CooRTweet has a row for each object that a tweet shares: the second is no further tweet.
    rows = [f"{thing},{number},{snowflake(number)},1398183128" for thing, number in SHARED]
    header = "object_id,account_id,content_id,timestamp_share"
    (tmp_path / "c.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    facts = archive.read(tmp_path / "c.csv").report.facts()
    assert facts["cut texts"] == "no collected tweet has a text"
    assert facts["tweets"].startswith("2 collected")
    assert facts["records"].endswith("1 of those kept tells of a further object of a tweet")
    assert "0%" in _kept(tmp_path, ORIGINAL).facts()["cut texts"]


def test_without_a_retweet_cascades_have_no_sizes_to_be_low(tmp_path: Path) -> None:
    report = _kept(tmp_path, ORIGINAL)
    assert (report.coverage, report.kinds["retweets"]) == (0.0, 0)
    assert not any("cascades" in warning for warning in report.warnings)


def test_maps_are_not_missed_where_no_profile_has_a_place(tmp_path: Path) -> None:
    status = {
        "id": "115000000000000001",
        "created_at": "2025-08-10T12:00:00.000Z",
        "uri": "https://a.example/users/one/statuses/115000000000000001",
        "content": "<p>fine</p>",
        "account": {"id": "1", "acct": "one", "url": "https://a.example/@one"},
    }
    report = _kept(tmp_path, status)
    assert (report.users, report.share_located) == (1, None)
    assert report.facts()["located"] == "places have no field in the profiles"
    assert not any("maps" in warning for warning in report.warnings)
    asked = archive.read(put(tmp_path / "v1.jsonl", ORIGINAL)).report
    assert any("maps rest on few" in warning for warning in asked.warnings)


def test_follows_are_counted(tmp_path: Path) -> None:
    table = "follower_id,followed_id\n1,2\n3,3\n2,1\n1,2\n"
    (tmp_path / "f.csv").write_text(table, encoding="utf-8")
    report = archive.read(tmp_path / "f.csv").report
    assert report.facts()["follows"] == "3 kept, 1 of them of oneself"
    assert report.as_dict()["self_follows"] == 1


def test_records_that_name_different_authors_are_told(tmp_path: Path) -> None:
    other = v1_tweet(9, author=9) | {"user": v1_user(8)}
    report = _kept(tmp_path, v1_tweet(9, author=9), other, ORIGINAL, ORIGINAL)
    assert (report.totals["duplicates"], report.contradicted) == (2, 1)
    assert any(w.startswith("1 tweet has records that name diff") for w in report.warnings)
    # One that names its author, and one that only has the name, do not contradict each other.
    (tmp_path / "n.csv").write_text(
        f"id_str,from_user,text,created_at\n{snowflake(9, 9)},invented9,fine,{v1_time(9)}\n"
    )
    assert archive.read([tmp_path / "n.csv", tmp_path / "t.jsonl"]).report.contradicted == 1


def test_one_of_a_kind_is_no_plural(tmp_path: Path) -> None:
    early = v1_retweet(3, v1_tweet(60, "made later", 7))
    report = _kept(tmp_path, early, b"{")
    assert report.facts()["oddities"] == "1 retweet before its original"
    (tmp_path / "ids.txt").write_text(snowflake(0) + "\n" + snowflake(0) + "\n")
    ids = archive.read(tmp_path / "ids.txt").report
    assert "1 duplicate + 0 notices" in repr(ids)
    one = archive.read(put(tmp_path / "one.jsonl", ORIGINAL)).report
    assert repr(one) == (
        "<ReadReport: 1 file, 1 record = 1 kept + 0 duplicates + 0 notices + 0 rejected>"
    )


def test_by_what_it_was_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"Nr,Who,When\n{snowflake(5)},1,2014-04-22 13:55:05\n")
    given = {"tweet_id": "Nr", "author_id": "Who", "at": "When"}
    options = {"columns": given, "limits": {"depth": 32}, "time_zone": "America/New_York"}
    made = archive.read(tmp_path / "t.csv", to=tmp_path / "out", **options)
    told = archive.open(made.path).report.as_dict()["read_by"]
    assert told == {"spread": __version__, **options}
    said = (
        "columns tweet_id=Nr, author_id=Who, at=When; limits depth=32; time_zone America/New_York"
    )
    assert made.report.facts()["read by"] == f"spread {__version__}; {said}"
    plain = archive.read(put(tmp_path / "t.jsonl", ORIGINAL)).report
    assert plain.read_by == {"spread": __version__}


def test_of_a_pseudonymised_archive_made_up_hours_are_no_facts(tmp_path: Path) -> None:
    bursts = [v1_tweet(day * 86_400 + n, author=n) for day in (0, 40) for n in range(1, 60)]
    made = archive.read(put(tmp_path / "t.jsonl", *bursts))
    assert len(made.report.gaps) == 1
    (tmp_path / "key").write_bytes(bytes(range(32)))
    made.export(tmp_path / "out", pseudonyms=tmp_path / "key")
    report = archive.open(tmp_path / "out").report
    facts = report.facts()
    assert (facts["from"], facts["located"]) == (
        "2014-04-22 (a day in UTC)",
        "places were taken out",
    )
    assert facts["gaps in time"].startswith("cannot be told")
    assert (len(report.gaps), report.silence, report.share_located) == (0, None, None)
    assert "no time of day is that of an event" in report.warnings[0]
    assert not any("maps" in warning or "no tweet for" in warning for warning in report.warnings)
