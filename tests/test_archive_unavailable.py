"""What the platform does not show: no words of its own are taken for a tweet's."""

import json
from pathlib import Path
from typing import Any

import pytest
from invented_archive import put, snowflake, v1_retweet, v1_tweet, v1_user, v2_tweet

from spread import archive
from spread.cli import archive as command

# As Twitter announced them in 2012 (blog.twitter.com, "New withheld content fields"), and wrote.
STATUS = "This Tweet from @invented1 has been withheld in response to a report from the copyright"
ACCOUNT = "@invented2's account is withheld in: Greece, Hong Kong, Malaysia,."
NOT_FOUND = "https://api.twitter.com/2/problems/resource-not-found"


def _problem(tweet_id: str, **more: Any) -> dict[str, Any]:
    return {"resource_type": "tweet", "resource_id": tweet_id, "type": NOT_FOUND} | more


def test_a_placeholder_is_no_text(tmp_path: Path) -> None:
    marked = {"withheld_copyright": True, "withheld_in_countries": ["XY"]}
    kept = v1_tweet(1, f"{STATUS} holder. #gone", **marked)
    named = v1_user(2, name="Withheld account", description="This account is withheld in: Greece")
    here = v1_tweet(5, "#here all the same", 5, withheld_in_countries=["TR"])
    v2 = v2_tweet(3, ACCOUNT, 3, withheld={"country_codes": ["IN"], "scope": "user"})
    records = [
        v1_retweet(9, kept), v1_tweet(2, ACCOUNT, 2, withheld_in_countries=["GR"], user=named),
        v2, here, v1_tweet(4, STATUS, 4),
    ]  # fmt: skip
    read = archive.read(put(tmp_path / "t.jsonl", *records), to=tmp_path / "out")
    rows = read.frame("tweets").set_index("tweet_id").loc[
        [snowflake(n, n) for n in (1, 2, 3, 4, 5)] + [snowflake(9, 2)]
    ]  # fmt: skip
    assert rows["text"].isna().tolist() == [True, True, True, False, False, True]
    assert rows["cut"].tolist() == rows["text"].isna().tolist()
    assert not any(map(len, rows.loc[rows["cut"], "hashtags"]))
    assert read.frame("users").set_index("user_id").loc["2", ["name", "description"]].isna().all()
    assert (read.report.unavailable, read.report.unavailable_originals) == (3, 1)


def test_what_the_platform_names_unavailable_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, held, answered = snowflake(1, 7), snowflake(2, 1), snowflake(3, 9)
    retweet = v2_tweet(8, "RT @a: x…", 8, referenced_tweets=[{"type": "retweeted", "id": gone}])
    problems = [_problem(gone), _problem(gone), _problem(held), {"title": "?"}, 5]
    pinned = [_problem("5", parameter="pinned_tweet_id"), _problem("6", resource_type="user")]
    hidden = {"resource_type": "tweet", "value": answered, "type": "…/not-authorized-for-resource"}
    page = {"data": [retweet, v2_tweet(2)], "errors": [*problems, *pinned, hidden]}
    notice = {"status_withheld": {"id": 9, "user_id": 3, "withheld_in_countries": ["DE"]}}
    file = put(tmp_path / "t.jsonl", page, notice)
    report = archive.read(file, to=tmp_path / "out").report
    # The original, the answered tweet and the one of the notice; the text of `held` is here.
    assert (report.unavailable, report.unavailable_originals) == (3, 1)
    said = "does not show 3 tweets, 1 of them retweeted: deleted, protected or withheld"
    assert any(said in warning for warning in report.warnings)
    assert report.totals["records"] == 3
    assert command.main(["report", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["unavailable"] == 3
