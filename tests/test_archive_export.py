"""What may be passed on: ids with their rule, or tables in which nobody has a name."""

import errno
import hmac
import json
import os
import shutil
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_archive import put, snowflake, v1_retweet, v1_tweet, v1_user

from spread import archive, cascade, graphs, scenario
from spread._errors import InputError, OutputError, SpreadError, UsageError
from spread.archive.sharing._export_pseudonyms import FEWEST, grouped, rounded_up
from spread.study import _story

SECRET = "Zyxomma"  # stands in every field that could name somebody
TAGS = {"hashtags": [{"text": "myNYPD"}], "user_mentions": [], "urls": [], "media": []}


def _telling(number: int) -> dict:
    """Return an account whose every field would give it away."""
    return v1_user(
        number,
        screen_name=f"{SECRET}{number}",
        name=f"{SECRET} {number}",
        description=f"I am {SECRET}",
        location=f"{SECRET} town",
        time_zone="Samoa",
        utc_offset=-39600,
        followers_count=169_113 + number,
        created_at="Tue Mar 21 20:50:14 +0000 2006",
        verified=True,
    )


def _tweet(second: float, author: int, **more: object) -> dict:
    return v1_tweet(second, f"{SECRET} @{SECRET}9 #myNYPD", user=_telling(author)) | more


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> archive.Archive:
    folder = tmp_path_factory.mktemp(SECRET)
    mention = {"id_str": "9", "screen_name": f"{SECRET}9"}
    link = {"expanded_url": f"https://{SECRET}.example.org/", "url": "https://t.co/x"}
    said = TAGS | {"user_mentions": [mention], "urls": [link]}
    own = [_tweet(n, n, entities=said, lang="en", retweet_count=12_345) for n in range(1, 9)]
    rare = _tweet(
        20, 3, lang="fo", source=SECRET,
        entities=TAGS | {"hashtags": [{"text": "MyNyPd"}, {"text": SECRET}]},
        coordinates={"type": "Point", "coordinates": [-73.9, 40.7]},
        place={"full_name": SECRET, "country_code": "FO"},
    )  # fmt: skip
    retweets = [v1_retweet(100 + n, own[0], user=_telling(n + 10)) for n in range(6)]
    odd = {"id_str": "1e17", "text": SECRET}
    return archive.read(
        put(folder / f"{SECRET}.jsonl", *own, rare, *retweets, odd), to=folder / "tables"
    )


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("apart") / "key"
    archive.new_key(path)
    return path


@pytest.fixture(scope="module")
def shared_folder(
    telling: archive.Archive, key: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("out") / "shared"
    telling.export(folder, pseudonyms=key)
    return folder


# --- Ids ------------------------------------------------------------------------------------


def test_ids_come_with_their_count_the_rule_and_the_way_back(
    telling: archive.Archive, tmp_path: Path
) -> None:
    assert telling.export(tmp_path / "ids") == 15
    readme = (tmp_path / "ids" / "README.txt").read_text("utf-8")
    for said in ("15 ids", "Only ids", "https://developer.x.com/", "twarc2 hydrate ids.txt"):
        assert said in readme
    written = (tmp_path / "ids" / "ids.txt").read_text("utf-8").split()
    assert written == list(telling.frame("tweets").tweet_id)
    people = (tmp_path / "ids" / "user-ids.txt").read_text("utf-8").split()
    assert people == ["user_id", *sorted(set(telling.frame("tweets").author_id), key=int)]
    assert f"{len(people) - 1} ids of the" in readme.replace("\n", " ")
    again = archive.read(tmp_path / "ids")
    assert len(again.report.ignored) == 2
    assert again.report.totals["rejected"] == 0
    assert again.frame("tweets").tweet_id.tolist() == written
    assert again.export(tmp_path / "ids2") == 15


def test_platforms_have_ids_files_of_their_own(tmp_path: Path) -> None:
    toot = {
        "id": "7", "created_at": "2022-11-05T12:00:00.000Z", "content": "<p>hi</p>",
        "uri": "https://m.example/7", "account": {"id": "1", "acct": "ann", "username": "ann"},
    }  # fmt: skip
    made = archive.read(put(tmp_path / "both.jsonl", v1_tweet(1), toot))
    made.export(tmp_path / "ids")
    texts = {p.name: p.read_text("utf-8") for p in (tmp_path / "ids").glob("*ids*")}
    assert texts == {
        "ids-mastodon.txt": "7\n",
        "ids-twitter.txt": snowflake(1, 1) + "\n",
        **{f"user-ids-{name}.txt": "user_id\n1\n" for name in ("mastodon", "twitter")},
    }


def test_an_author_who_is_only_named_is_not_passed_on(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(f"i,who,at\n{snowflake(1)},Ann,2014-04-22T17:55:01Z\n")
    named = {"tweet_id": "i", "screen_name": "who", "at": "at"}
    archive.read(tmp_path / "t.csv", columns=named).export(tmp_path / "ids")
    assert "ann" not in "".join(p.read_text("utf-8") for p in (tmp_path / "ids").iterdir())


# --- Pseudonyms -------------------------------------------------------------------------------


def test_nothing_that_names_anybody_is_in_the_package(
    telling: archive.Archive, key: Path, shared_folder: Path
) -> None:
    ids = set(telling.frame("users").user_id) | set(telling.frame("tweets").tweet_id)
    hidden = [
        SECRET,
        SECRET.casefold(),
        "Samoa",
        key.read_text("ascii").strip(),
        str(key),
        "169113",
    ]
    for file in shared_folder.rglob("*"):
        texts = [file.read_bytes().decode("utf-8", "replace")]
        if file.suffix == ".parquet":
            cells = [cell for row in pq.read_table(file).to_pylist() for cell in row.values()]
            assert not ids & {cell for cell in cells if isinstance(cell, str)}, file.name
            texts += map(str, cells)
        assert not [word for word in hidden for text in texts if word in text], file.name


def test_only_these_columns_say_anything(shared_folder: Path) -> None:
    tweets = pq.read_table(shared_folder / "tweets.parquet").to_pylist()
    users = pq.read_table(shared_folder / "users.parquet").to_pylist()
    assert {n for row in tweets for n, value in row.items() if value not in (None, [])} == {
        "platform", "tweet_id", "author_id", "origin", "at", "at_resolution_ms", "kind", "lang",
        "hashtags", "hashtags_shown", "mentions", "retweet_of", "retweet_author_id",
        "manual_retweet", "retweet_count", "followers", "cut", "source_file", "source_record",
    }  # fmt: skip
    assert {n for row in users for n, value in row.items() if value not in (None, [])} == {
        "platform", "user_id", "followers", "first_seen", "last_seen"
    }  # fmt: skip


def test_pseudonyms_are_the_hmac_of_the_id_in_every_table(
    telling: archive.Archive, key: Path, shared_folder: Path
) -> None:
    secret = key.read_bytes().strip()
    called = {
        own_id: hmac.new(secret, own_id.encode(), "sha256").hexdigest()
        for own_id in [*telling.frame("users").user_id, *telling.frame("tweets").tweet_id, "9"]
    }
    before, after = telling.frame("tweets"), archive.open(shared_folder).frame("tweets")
    for column in ("tweet_id", "author_id", "retweet_of", "retweet_author_id"):
        assert set(after[column].dropna()) == {called[i] for i in before[column].dropna()}
    assert {m for some in after.mentions for m in some} == {called["9"]}
    users = archive.open(shared_folder).frame("users")
    assert set(users.user_id) == {called[i] for i in telling.frame("users").user_id}


def test_what_few_accounts_share_is_not_told(shared_folder: Path) -> None:
    tweets = archive.open(shared_folder).frame("tweets")
    assert {tag for tags in tweets.hashtags for tag in tags} == {"mynypd"}
    assert {tag for tags in tweets.hashtags_shown for tag in tags} == {"myNYPD"}
    assert set(tweets.lang.dropna()) == {"en"}
    assert set(tweets.retweet_count.dropna()) <= {0, 13_000}  # 12,345, up to two digits
    assert tweets.groupby("followers").author_id.nunique().min() >= FEWEST
    users = archive.open(shared_folder).frame("users")
    assert users.groupby("followers").user_id.nunique().min() >= FEWEST
    readme = (shared_folder / "README.txt").read_text("utf-8")
    assert "at least 5 accounts wrote them" in readme
    assert "1 are kept, 1 are not here" in readme


def test_a_cascade_begins_at_midnight_and_keeps_its_seconds(
    telling: archive.Archive, shared_folder: Path
) -> None:
    before, after = telling.frame("tweets"), archive.open(shared_folder).frame("tweets")
    roots = after[after.kind != "retweet"]
    assert (roots["at"] == roots["at"].dt.floor("D")).all()
    assert roots["at"].unique().tolist() == [pd.Timestamp("2014-04-22", tz="UTC")]
    delays = np.sort((after["at"] - after["at"].dt.floor("D")).dt.total_seconds())[-6:]
    retweets = before[before.kind == "retweet"]
    root = retweets.retweet_of.map(before.set_index("tweet_id")["at"])
    expected = np.sort((retweets["at"] - root).dt.total_seconds())
    np.testing.assert_array_equal(delays, expected)


def test_retweets_of_retweets_keep_their_seconds(key: Path, tmp_path: Path) -> None:
    seconds = [0, 50_000, 90_000, 200_000]
    rows = [f"{n:016},u{n},{n + 1:016},{1398110400 + s}\n" for n, s in enumerate(seconds)]
    file = tmp_path / "shares.csv"
    header = "object_id,account_id,content_id,timestamp_share\n"
    file.write_text(header + "".join(rows), encoding="utf-8")
    made = archive.read(file)
    made.export(tmp_path / "out", pseudonyms=key)
    after = archive.open(tmp_path / "out").frame("tweets")
    since = (after["at"] - after["at"].min()).dt.total_seconds()
    assert since.tolist() == seconds


def test_the_order_of_rows_and_the_days_of_accounts_tell_no_clock(shared_folder: Path) -> None:
    opened = archive.open(shared_folder)
    tweets, users = opened.frame("tweets"), opened.frame("users").set_index("user_id")
    ordered = tweets.sort_values(["at", "platform", "tweet_id"])
    assert ordered.index.equals(tweets.index)
    assert tweets.source_record.tolist() == list(range(1, len(tweets) + 1))
    days = tweets.groupby("author_id")["at"].min().dt.floor("D")
    assert (users.first_seen[days.index] == days).all()
    report = json.loads((shared_folder / "report.json").read_text("utf-8"))
    assert report["files"][0]["sha256"] == ""
    assert set(pq.read_table(shared_folder / "rejects.parquet")["detail"].to_pylist()) == {""}


def _at(second: float, number: int, author: int, **more: object) -> dict:
    """Return a tweet from before ids told times, at a second of 22 April 2014."""
    at = pd.Timestamp("2014-04-22", tz="UTC") + pd.Timedelta(seconds=second)
    own_id = str(1_000_000 + number)
    created = at.strftime("%a %b %d %H:%M:%S +0000 %Y")
    return v1_tweet(1, author=author, id=int(own_id), id_str=own_id, created_at=created) | more


def test_the_package_is_the_same_whatever_the_clock_showed(
    key: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Move each cascade within its day: not one byte of the package may tell where it stood."""
    packages = []
    for number, starts in enumerate(([0, 86_399, 30_000, 61_234], [43_200, 0, 60, 86_399])):
        folder = tmp_path_factory.mktemp(f"clock{number}")
        tweets = [_at(start, n, n + 1) for n, start in enumerate(starts)]
        tweets += [
            _at(start + delay, 10 * n + k + 10, k + 2) | {"retweeted_status": tweets[n]}
            for n, start in enumerate(starts)
            for k, delay in enumerate((0, 7, 50_000, 90_000))
        ]
        tweets[4:] = [
            v1_retweet(1, t["retweeted_status"], user=t["user"])
            | {name: t[name] for name in ("id", "id_str", "created_at")}
            for t in tweets[4:]
        ]
        made = archive.read(put(folder / "a.jsonl", *tweets), workers=1)
        made.export(folder / "out", pseudonyms=key)
        packages.append({p.name: p.read_bytes() for p in (folder / "out").iterdir()})
    assert packages[0] == packages[1]


def test_a_study_of_what_has_no_hours_tells_days_and_that_counts_are_rounded() -> None:
    """Retweets last two days beyond the midnight at which their cascade begins."""
    coverage = pd.DataFrame({"observed": [118], "reported": [120], "user_id": ["a"]})
    scope = SimpleNamespace(
        start_at=pd.Timestamp("2014-04-21", tz="UTC"), root="a", shown="#a", announcement=None,
        end_at=pd.Timestamp("2014-04-23 06:40", tz="UTC"), collected=3, authors=2,
        usage=pd.DataFrame({"hashtag": ["a"], "tweets": [3]}),
    )  # fmt: skip
    report: Any = SimpleNamespace(totals={"rejected": 0})
    [held] = _story.of_archive(cast(Any, scope), report, "Asia/Tokyo", timed=False).sentences
    assert "from 21 April 2014 to 23 April 2014 (days in UTC; the last may be a day later)" in held
    assert ":" not in held
    [counted] = _story.of_coverage(coverage, cast(Any, scope), timed=False).sentences
    assert "rounded up to two digits" in counted
    assert "at least 98.3 %" in counted  # 118 of 120, rounded down


def test_the_readme_says_what_may_differ(shared_folder: Path) -> None:
    readme = (shared_folder / "README.txt").read_text("utf-8")
    same, differs = readme.split("What may differ")
    assert "Camps" not in same.split("What stays the same")[1]
    assert "- Camps: " in differs


# --- Graph and cascades come out the same -----------------------------------------------------


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory, key: Path) -> dict[str, archive.Archive]:
    folder = tmp_path_factory.mktemp("campaign")
    scenario.generate("mynypd", folder / "synthetic.jsonl.gz", scale=0.02, rng=1)
    made = archive.read(folder / "synthetic.jsonl.gz", workers=1)
    made.export(folder / "coarse", pseudonyms=key)
    return {"itself": made, "coarse": archive.open(folder / "coarse")}


def _calling(made: archive.Archive, key: Path) -> dict[str, str]:
    secret, tweets = key.read_bytes().strip(), made.frame("tweets")
    mentioned = {own_id for some in tweets.mentions for own_id in some}
    ids = {*tweets.tweet_id, *tweets.author_id, *tweets.retweet_author_id.dropna(), *mentioned}
    return {hmac.new(secret, i.encode(), "sha256").hexdigest(): i for i in ids}


@pytest.mark.parametrize("kind", ["retweet", "mention", "reply", "hashtag"])
def test_graphs_are_the_same_under_the_pseudonyms(
    campaign: dict[str, archive.Archive], key: Path, kind: str
) -> None:
    called = _calling(campaign["itself"], key)
    columns = ["source", "target", "weight", "count"]
    before = graphs.edges(campaign["itself"].tweets, kind)[columns]
    after = graphs.edges(campaign["coarse"].tweets, kind)[columns]
    if kind != "hashtag":
        after[["source", "target"]] = after[["source", "target"]].map(called.__getitem__)
    else:
        dropped = set(before.source) | set(before.target)
        dropped -= set(after.source) | set(after.target)
        assert dropped <= {"myladp"}  # the one tag that a single account wrote
        before = before[~before.source.isin(dropped) & ~before.target.isin(dropped)]
    after = after.sort_values(columns, ignore_index=True)
    pd.testing.assert_frame_equal(after, before.sort_values(columns, ignore_index=True))
    assert len(after) > 10


def _metrics(made: archive.Archive, called: dict[str, str], method: str) -> pd.DataFrame:
    found = cascade.metrics(cascade.forests(made.tweets, method=method, rng=1))
    named = found.assign(tweet_id=[called.get(i, i) for i in found.tweet_id])
    return named.set_index("tweet_id").sort_index()


@pytest.mark.parametrize("method", ["star", "replies"])
def test_what_was_observed_is_the_same_but_for_the_hour(
    campaign: dict[str, archive.Archive], key: Path, method: str
) -> None:
    called = _calling(campaign["itself"], key)
    before = _metrics(campaign["itself"], called, method)
    after = _metrics(campaign["coarse"], called, method)
    same = ["size", "depth", "max_breadth", "virality"]
    same += ["time_to_10_s", "time_to_100_s"] if method == "star" else []
    pd.testing.assert_frame_equal(after[same], before[same])
    assert (after.root_at == before.root_at.dt.floor("D")).all()
    assert (before["size"] > 1).any()


@pytest.mark.calibration
def test_the_posterior_moves_by_the_window_alone_with_exact_followers(
    campaign: dict[str, archive.Archive], key: Path, tmp_path: Path
) -> None:
    # Roots move by less than a day of four, so the kernel's tail is seen a little longer or
    # shorter. Virality lies between 2 − 2/n (a star) and (n + 1)/3 (a chain), and is that of a
    # tree whose parents have the posterior of nearly the same kernel: a hundredth of it is
    # far below the width of its interval.
    called = _calling(campaign["itself"], key)
    before = _metrics(campaign["itself"], called, "posterior")
    large = before["size"] >= 10
    campaign["itself"].export(tmp_path / "exact", pseudonyms=key, exact_followers=True)
    for made, most in ((archive.open(tmp_path / "exact"), 0.01), (campaign["coarse"], 0.1)):
        after = _metrics(made, called, "posterior")
        moved = (after.virality / before.virality - 1)[large].abs()
        width = ((before.virality_high - before.virality_low) / before.virality)[large]
        assert moved.max() <= most
        assert moved.median() < width.median() / 10


@settings(max_examples=30, deadline=None, derandomize=True)
@given(counts=st.lists(st.integers(0, 10**8), min_size=1, max_size=60), fewest=st.integers(2, 9))
def test_groups_are_never_smaller_than_asked_and_keep_the_order(
    counts: list[int], fewest: int
) -> None:
    told = grouped(np.array(counts), fewest)
    if len(counts) < fewest:
        assert np.isnan(told).all()
        return
    assert np.unique(told, return_counts=True)[1].min() >= fewest
    order = np.argsort(counts, kind="stable")
    assert (np.diff(told[order]) >= 0).all()
    up = rounded_up(np.array(counts))
    assert ((up >= counts) & (up <= np.array(counts) * 1.1 + 1)).all()


# --- The key ----------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="permissions of files")
def test_a_key_is_its_owners_alone(telling: archive.Archive, key: Path, tmp_path: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    open_key = tmp_path / "key"
    open_key.write_text("a key that somebody wrote by hand")
    open_key.chmod(0o644)
    telling.export(tmp_path / "out", pseudonyms=open_key)
    assert stat.S_IMODE(open_key.stat().st_mode) == 0o600


def test_keys_that_cannot_be_used_are_one_line(telling: archive.Archive, tmp_path: Path) -> None:
    (tmp_path / "short").write_text("secret")
    (tmp_path / "long").write_bytes(b"k" * 5000)
    inside = tmp_path / "out" / "key"
    for path, says in (
        (tmp_path / "absent", "Make one with archive.new_key"),
        (tmp_path / "short", "with 6 bytes; allowed: 16 to 4,096 bytes"),
        (tmp_path / "long", "too many bytes"),
        (tmp_path, "the key file cannot be used"),
        (inside, "Keep it outside the folder"),
    ):
        with pytest.raises(UsageError, match=says) as caught:
            telling.export(tmp_path / "out", pseudonyms=path)
        assert "\n" not in str(caught.value)
        assert not (tmp_path / "out").exists()
    with pytest.raises(UsageError, match="a file is there already"):
        archive.new_key(tmp_path / "short")
    assert (tmp_path / "short").read_text() == "secret"
    with pytest.raises(OutputError, match="the key cannot be written"):
        archive.new_key(tmp_path / "short" / "key")


def test_the_same_key_gives_the_same_bytes_and_another_others(
    telling: archive.Archive, key: Path, shared_folder: Path, tmp_path: Path
) -> None:
    telling.export(tmp_path / "again", pseudonyms=key)
    archive.new_key(tmp_path / "key")
    telling.export(tmp_path / "other", pseudonyms=tmp_path / "key")
    names = sorted(p.name for p in shared_folder.iterdir())
    assert names == [
        "README.txt", "follows.parquet", "rejects.parquet", "report.json", "tweets.parquet",
        "users.parquet",
    ]  # fmt: skip
    assert all(
        (shared_folder / n).read_bytes() == (tmp_path / "again" / n).read_bytes() for n in names
    )
    ids = [
        set(archive.open(p).frame("tweets").tweet_id) for p in (shared_folder, tmp_path / "other")
    ]
    assert not ids[0] & ids[1]


# --- Nothing is left where it fails -----------------------------------------------------------


def test_an_archive_without_tweets_of_its_own(key: Path, tmp_path: Path) -> None:
    (tmp_path / "ids.txt").write_text(f"{snowflake(1)}\n{snowflake(2)}\n")
    (tmp_path / "f.csv").write_text("follower_id,followed_id\n12,13\n")
    made = archive.read([tmp_path / "ids.txt", tmp_path / "f.csv"], workers=1)
    assert made.export(tmp_path / "ids") == 2
    assert made.export(tmp_path / "p", pseudonyms=key) == 2
    opened = archive.open(tmp_path / "p")
    assert (len(opened.frame("tweets")), len(opened.frame("follows"))) == (2, 1)
    assert "12" not in opened.frame("follows").to_numpy()


def test_a_folder_that_is_filled_or_cannot_be_made_is_one_line(
    telling: archive.Archive, key: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("here")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for options in ({}, {"pseudonyms": key}):
        for place, says in (
            (tmp_path / "file", "the folder is there already"),
            (telling.path, "the folder is there already"),
            (tmp_path / "dangling", "the folder is there already"),
            (tmp_path / "file" / "out", "cannot be written"),
        ):
            with pytest.raises(SpreadError, match=says) as caught:
                telling.export(place, **options)
            assert "\n" not in str(caught.value)
    (tmp_path / "empty").mkdir()
    assert telling.export(tmp_path / "empty") == 15


@pytest.mark.parametrize("fails", [0, 3, 5, 8])
def test_a_disk_that_fills_leaves_nothing_at_the_name(
    telling: archive.Archive, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: int
) -> None:
    """Fail the n-th write, then the n-th step of putting the folder in its place."""
    left = [fails]

    def failing(real: object) -> object:
        def call(*given: object, **options: object) -> object:
            left[0] -= 1
            if left[0] < 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return real(*given, **options)

        return call

    monkeypatch.setattr(pq.ParquetWriter, "write_table", failing(pq.ParquetWriter.write_table))
    monkeypatch.setattr(Path, "write_text", failing(Path.write_text))
    monkeypatch.setattr(os, "fsync", failing(os.fsync))
    with pytest.raises(OutputError, match="No space left"):
        telling.export(tmp_path / "out", pseudonyms=key)
    assert list(tmp_path.iterdir()) == []


def test_damaged_tables_are_one_line_and_leave_nothing(
    telling: archive.Archive, key: Path, tmp_path: Path
) -> None:
    damaged = archive.open(shutil.copytree(telling.path, tmp_path / "tables"))
    file = tmp_path / "tables" / "tweets.parquet"
    bytes_ = bytearray(file.read_bytes())
    bytes_[4:-4000] = bytes(len(bytes_) - 4004)  # the pages go, the footer stays
    file.write_bytes(bytes_)
    for what in (
        lambda: damaged.export(tmp_path / "out"),
        lambda: damaged.export(tmp_path / "out", pseudonyms=key),
        lambda: damaged.forget(["1"]),
    ):
        with pytest.raises(InputError, match="the archive is damaged") as caught:
            what()
        assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]
    assert file.read_bytes() == bytes_
