"""To forget: what was asked for goes, with all that points to it, and nothing else."""

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from invented_archive import put, snowflake, v1_retweet, v1_tweet

from spread import archive, graphs
from spread._errors import OutputError, UsageError
from spread.archive._lock import held

ANN, BOB, CEM, DOT = 1, 2, 3, 4
WORDS = "blue sirens at the corner shop tonight"


def _mention(number: int) -> dict[str, Any]:
    return {"user_mentions": [{"id_str": str(number), "screen_name": f"invented{number}"}]}


ORIGINAL = v1_tweet(1, f"{WORDS} #myNYPD", ANN)
OTHER = v1_tweet(2, "a quiet evening #myNYPD", BOB)
LINK = f"https://twitter.com/invented1/status/{ORIGINAL['id_str']}"
RECORDS = [
    ORIGINAL,
    OTHER,
    v1_retweet(5, ORIGINAL, BOB),
    v1_retweet(6, ORIGINAL, CEM),
    v1_retweet(7, OTHER, ANN),
    v1_retweet(8, OTHER, CEM),
    v1_tweet(
        10, "no @invented1, never", CEM, entities=_mention(ANN),
        in_reply_to_status_id_str=ORIGINAL["id_str"], in_reply_to_user_id_str=str(ANN),
    ),
    v1_tweet(
        11, "look at this", DOT, quoted_status_id_str=ORIGINAL["id_str"], quoted_status=ORIGINAL,
        entities={"urls": [{"expanded_url": LINK, "url": "https://t.co/a"}], "user_mentions": []},
    ),
    v1_tweet(12, f"so true RT @invented1: {WORDS}", DOT, entities=_mention(ANN)),
    v1_tweet(13, "@Invented1 @invented11 hello", DOT, entities=_mention(ANN)),
    v1_tweet(14, "nothing of it #MyOPD", DOT),
    b'{"text": "' + WORDS.encode() + b'", "user": {"screen_name": "invented1"}}',
]  # fmt: skip
TWEET = ORIGINAL["id_str"]


@pytest.fixture(scope="module")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("read")
    follows = folder / "follows.csv"
    follows.write_text("follower_id,followed_id\n1,2\n2,3\n3,1\n")
    profile = {"user": RECORDS[8]["user"] | {"description": "friend of @invented1"}}
    records = [*RECORDS[:8], RECORDS[8] | profile, *RECORDS[9:]]
    files = [put(folder / "a.jsonl", *records), follows]
    return archive.read(files, to=folder / "tables", workers=1).path


@pytest.fixture
def made(read_once: Path, tmp_path: Path) -> archive.Archive:
    return archive.open(shutil.copytree(read_once, tmp_path / "tables"))


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _everything(made: archive.Archive) -> str:
    """Return all that stands in the tables and the report."""
    tables = [pd.read_parquet(made.path / f"{n}.parquet") for n in ("tweets", "users", "rejects")]
    cells = [str(cell) for table in tables for cell in table.to_numpy().ravel()]
    return "\n".join([*cells, (made.path / "report.json").read_text("utf-8")])


def test_a_tweet_goes_with_its_retweets_and_what_points_to_it(made: archive.Archive) -> None:
    assert WORDS in _everything(made)
    assert made.frame("tweets").set_index("tweet_id").retweet_author_id[snowflake(12, DOT)] == "1"
    before = made.frame("tweets").set_index("tweet_id")
    assert made.tweets.count().to_pyarrow().as_py() == len(before) == 11
    done = made.forget(TWEET)
    assert (done.tweets, done.retweets, done.users, done.unknown) == (1, 2, 0, ())
    left = done.archive.frame("tweets").set_index("tweet_id")
    assert len(left) == len(RECORDS) - 1 - 3
    everything = _everything(done.archive)
    assert TWEET not in everything
    assert WORDS not in everything  # not in the old-style retweet either
    assert left.kind[snowflake(10, CEM)] == left.kind[snowflake(11, DOT)] == "tweet"
    assert left.text[snowflake(10, CEM)] == "no @invented1, never"
    assert list(left.urls[snowflake(11, DOT)]) == []
    assert "1" in set(done.archive.frame("users").user_id)
    untouched = [snowflake(2, BOB), snowflake(7, ANN), snowflake(8, CEM), snowflake(14, DOT)]
    pd.testing.assert_frame_equal(left.loc[untouched], before.loc[untouched])
    assert left.index.tolist() == [i for i in before.index if i in left.index]
    assert made.tweets.count().to_pyarrow().as_py() == 8  # tables in use show what is left


def test_an_account_goes_with_all_that_is_its_own(made: archive.Archive) -> None:
    before = graphs.edges(made.tweets, "retweet")[["source", "target"]].to_numpy().tolist()
    assert before == [["1", "2"], ["2", "1"], ["3", "1"], ["3", "2"]]
    done = made.forget([str(ANN)])
    assert (done.tweets, done.retweets, done.users, done.follows) == (2, 2, 1, 2)
    tweets, users = done.archive.frame("tweets"), done.archive.frame("users")
    people = {*tweets.author_id, *tweets.retweet_author_id, *users.user_id}
    people |= {*tweets.reply_author_id, *tweets.quote_author_id}
    people |= {own_id for some in tweets.mentions for own_id in some}
    assert str(ANN) not in people
    assert done.archive.frame("follows").to_numpy().tolist() == [["2", "3"]]
    texts = tweets.set_index("tweet_id").text
    assert texts[snowflake(13, DOT)] == "@… @invented11 hello"
    assert texts[snowflake(10, CEM)] == "no @…, never"
    assert pd.isna(texts[snowflake(12, DOT)])
    words = _everything(done.archive).casefold().split()
    assert not [word for word in words if "invented1" in word and "invented11" not in word]
    assert users.description.dropna().tolist() == ["friend of @…"]
    after = graphs.edges(done.archive.tweets, "retweet")[["source", "target"]]
    assert after.to_numpy().tolist() == [["3", "2"]]
    for kind in ("mention", "reply", "quote"):
        assert graphs.edges(done.archive.tweets, kind).empty


def test_the_report_and_the_tables_agree(made: archive.Archive) -> None:
    done = made.forget([str(BOB), "31337", "nobody"])
    assert done.unknown == ("31337", "nobody")
    again = archive.open(made.path)
    assert (
        again.report.origins["collected"]
        == len(again.frame("tweets"))
        == 11 - done.tweets - done.retweets
    )
    assert again.report.users == len(again.frame("users"))
    assert repr(again) == repr(done.archive)
    went = done.tweets + done.retweets
    assert again.report.forgotten == again.report.as_dict()["forgotten"] == went
    assert f"{went} tweets, taken out since" in str(again.report)
    assert "2 ids unknown" in repr(done)
    assert "ids unknown" in done._repr_html_()


def test_unknown_ids_change_no_byte(made: archive.Archive) -> None:
    before = _bytes(made.path)
    done = made.forget(["5", "no such id"])
    assert (done.tweets, done.cleared, done.unknown) == (0, 0, ("5", "no such id"))
    assert _bytes(made.path) == before


def test_an_id_that_is_only_pointed_to_is_known(tmp_path: Path) -> None:
    answer = v1_tweet(
        3, "@x fine", in_reply_to_status_id_str="458000000000000000", in_reply_to_user_id_str="77",
        entities={"user_mentions": [{"id_str": "78", "screen_name": "x"}]},
    )  # fmt: skip
    made = archive.read(put(tmp_path / "a.jsonl", answer))
    done = made.forget(["458000000000000000", "78"])
    assert (done.tweets, done.cleared, done.unknown) == (0, 1, ())
    row = done.archive.frame("tweets").iloc[0]
    assert (row.kind, list(row.mentions), pd.isna(row.reply_author_id)) == ("tweet", [], True)


def test_ids_that_are_none_are_one_line(made: archive.Archive) -> None:
    for ids, says in (([], "no id was named"), ([1], "a text, or several"), ([" "], "no id was")):
        with pytest.raises(UsageError, match=says) as caught:
            made.forget(ids)
        assert "\n" not in str(caught.value)


def test_an_archive_that_is_being_written_is_left_alone(made: archive.Archive) -> None:
    before = _bytes(made.path)
    lock = held(made.path.parent / ".tables.lock")
    with lock, pytest.raises(UsageError, match="the archive is being written"):
        made.forget(TWEET)
    assert _bytes(made.path) == before


def _failing(monkeypatch: pytest.MonkeyPatch, left: list[int]) -> None:
    """Let the n-th file that comes to its place, or to the disk, be the last."""
    for owner, name in ((Path, "replace"), (os, "fsync")):
        real = getattr(owner, name)

        def call(*given: Any, real: Any = real) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*given)

        monkeypatch.setattr(owner, name, call)


def test_a_run_that_is_cut_off_is_completed_by_the_next(
    made: archive.Archive, tmp_path: Path
) -> None:
    shutil.copytree(made.path, tmp_path / "whole")
    whole = archive.open(tmp_path / "whole")
    whole.forget([str(ANN)])
    expected = _bytes(whole.path)
    for step in (3, 7, 9):  # some tables are in place; all but users; all but the report
        shutil.copytree(made.path, tmp_path / f"cut{step}")
        cut = archive.open(tmp_path / f"cut{step}")
        with pytest.MonkeyPatch.context() as patch:
            _failing(patch, [step])
            with pytest.raises(OutputError, match="No space left"):
                cut.forget([str(ANN)])
        assert len(archive.open(cut.path).frame("users")) in (3, 4)
        cut.forget([str(ANN)])
        found = _bytes(cut.path)
        assert found.keys() == expected.keys()
        tables = [name for name in expected if name != "report.json"]
        assert all(found[name] == expected[name] for name in tables)
        assert archive.open(cut.path).report.origins == archive.open(whole.path).report.origins
