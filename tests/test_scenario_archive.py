"""The synthetic archive as Twitter's v1.1 API would have given it, read with `json` alone."""

import gzip
import json
import os
import subprocess
import sys
from collections import Counter
from datetime import datetime

import numpy as np
import pytest

from spread import archive, scenario
from spread.scenario._accounts import make_accounts
from spread.scenario._agenda import Rows, in_order
from spread.scenario._cities import CITIES, USELESS
from spread.scenario._contagion import _delay, simulate
from spread.scenario._follow_graph import FollowGraph
from spread.scenario._mynypd import MYNYPD
from spread.scenario._phrases import HOSTILE
from spread.scenario._profiles import location_of, screen_name
from spread.scenario._world import BRANCHING, CRITICAL, Agenda, make_world

LEAST = 0.02
TWITTER_EPOCH_MS = 1288834974657  # the Snowflake epoch, as Twitter published it


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "made.jsonl.gz"
    truth = scenario.generate("mynypd", path, scale=LEAST, rng=2, thinning=0.7)
    with gzip.open(path, "rb") as lines:
        return truth, path, [json.loads(line) for line in lines]


def test_ids_are_unique_in_order_and_hold_the_time(made):
    ids = [tweet["id"] for tweet in made[2]]
    assert ids == sorted(set(ids))
    for tweet in made[2]:
        at_s = ((tweet["id"] >> 22) + TWITTER_EPOCH_MS) // 1000
        said = datetime.strptime(tweet["created_at"], "%a %b %d %H:%M:%S %z %Y")
        assert said.timestamp() == at_s
        assert tweet["id_str"] == str(tweet["id"])


def test_texts_are_140_characters_and_a_cut_is_said(made):
    for tweet in made[2]:
        assert len(tweet["text"]) <= 140
        assert tweet["truncated"] == ("retweeted_status" in tweet and len(_whole(tweet)) > 140)


def _whole(tweet):
    original = tweet["retweeted_status"]
    return f"RT @{original['user']['screen_name']}: {original['text']}"


def test_entities_are_where_they_say(made):
    for tweet in made[2]:
        parts = tweet["entities"]
        marked = [("#" + tag["text"], tag) for tag in parts["hashtags"]]
        marked += [("@" + who["screen_name"], who) for who in parts["user_mentions"]]
        marked += [(link["url"], link) for link in parts["urls"] + parts.get("media", [])]
        for shown, entity in marked:
            start, end = entity["indices"]
            assert tweet["text"][start:end] == shown


def test_retweets_hold_the_root_and_its_true_running_count(made):
    truth, _, tweets = made
    roots, so_far = set(truth.originals.tweet_id), Counter()
    seen = {tweet["id_str"]: tweet for tweet in tweets}
    for row in truth.retweets.itertuples():  # in order of time, the lost ones included
        so_far[row.root_id] += 1
        if row.kept:
            inner = seen[row.tweet_id]["retweeted_status"]
            assert "retweeted_status" not in inner
            assert (inner["id_str"], inner["retweet_count"]) == (row.root_id, so_far[row.root_id])
    assert set(so_far) <= roots


def test_replies_name_a_tweet_of_the_truth(made):
    truth, _, tweets = made
    expected = truth.originals.set_index("tweet_id").reply_to.dropna()
    for tweet in tweets:
        if "retweeted_status" not in tweet:
            said = tweet["in_reply_to_status_id_str"]
            assert said == expected.get(tweet["id_str"])
            assert (said is None) == (tweet["in_reply_to_user_id_str"] is None)


def test_every_tweet_says_that_it_is_synthetic(made):
    assert all("synthetic" in tweet["source"] for tweet in made[2])
    assert all("Synthetic" in tweet["user"]["description"] for tweet in made[2])


def test_photos_manual_retweets_and_geotags_occur(made):
    originals = [tweet for tweet in made[2] if "retweeted_status" not in tweet]
    photos = sum("media" in tweet["entities"] for tweet in originals)
    manual = sum(" RT @" in tweet["text"] or " via @" in tweet["text"] for tweet in originals)
    assert photos > 0.3 * len(originals)
    assert manual > 0.02 * len(originals)
    assert any(tweet["coordinates"] for tweet in originals)


def test_hostile_texts_names_and_locations_occur(made):
    texts, users = [tweet["text"] for tweet in made[2]], [tweet["user"] for tweet in made[2]]
    shown = {hostile for hostile in HOSTILE if any(hostile in text for text in texts)}
    # About 3,000 originals x 0.004 = 12 hostile ones, of 8 kinds: 8 (1 - (7/8)^12) = 6.4 kinds.
    assert len(shown) >= 4
    assert any("\u202e" in user["location"] or "<" in user["location"] for user in users)
    assert any("<" in user["name"] or "\u202e" in user["name"] for user in users)


def test_two_locations_in_five_say_nothing_and_an_account_keeps_its_own(made):
    accounts = make_accounts(1.0, MYNYPD.fixtures, np.random.default_rng(5))
    useless = np.mean([location_of(accounts, number) in USELESS for number in range(20_000)])
    written = {}
    for tweet in made[2]:
        user = tweet["user"]
        assert written.setdefault(user["id_str"], user["location"]) == user["location"]
    # 4 standard errors of a share of 0.4 in 20,000: 4 sqrt(0.24 / 20000) = 0.014.
    assert useless == pytest.approx(0.40, abs=0.014)


def test_time_zones_agree_with_offsets(made):
    offsets = {city.time_zone: city.utc_offset_s for city in CITIES}
    users = [tweet["user"] for tweet in made[2]]
    assert all(offsets.get(user["time_zone"]) == user["utc_offset"] for user in users)
    assert 0.5 < np.mean([user["time_zone"] is not None for user in users]) < 0.75


def test_screen_names_and_user_ids_are_unique():
    accounts = make_accounts(2.0, MYNYPD.fixtures, np.random.default_rng(6))
    names = {screen_name(accounts, number) for number in range(len(accounts))}
    assert len(names) == len(set(accounts.user_id.tolist())) == len(accounts)
    assert max(map(len, names)) <= 15


def test_reader_reads_it_all(made, tmp_path):
    truth, path, tweets = made
    read = archive.read(path, to=tmp_path / "tables")
    table = read.frame("tweets")
    collected = table[table.origin == "collected"].set_index("tweet_id")
    assert set(collected.index) == {tweet["id_str"] for tweet in tweets}
    kept = truth.originals[truth.originals.kept].set_index("tweet_id")
    said = collected.hashtags.reindex(kept.index)
    assert [list(tags) for tags in said] == [list(dict.fromkeys(tags)) for tags in kept.hashtags]
    shared = truth.retweets[truth.retweets.kept].set_index("tweet_id")
    assert (collected.retweet_of.reindex(shared.index) == shared.root_id).all()
    manual = collected.manual_retweet & (collected.kind != "retweet")
    assert 0.01 < manual.mean() < 0.1


def _one_star(audience, size, roots):
    """Return a world where all follow account 0 and nobody else, and its agenda."""
    accounts = make_accounts(LEAST, (), np.random.default_rng(0))
    accounts.bloc[:], accounts.city[:], accounts.activity[:] = 1, 0, 1.0
    starts = np.full(len(accounts) + 1, audience, dtype=np.int64)
    starts[0] = 0
    graph = FollowGraph(starts, np.arange(1, audience + 1, dtype=np.int32))
    free, zeros = np.full(roots, -1), np.zeros(roots)
    columns = dict.fromkeys(Agenda._fields, free) | {
        "at_s": np.arange(roots) * 10.0, "topic": zeros, "stance": zeros + CRITICAL,
        "size": zeros + size, "author": zeros, "rule": zeros,
    }  # fmt: skip
    return make_world(accounts, graph), in_order(Rows([columns]))[0]


@pytest.mark.calibration
def test_audience_passes_a_tweet_on_as_often_as_its_size_says():
    # 40 x (1 - branching) = 20 draws on average from 1,000 followers, a Poisson number; the
    # distinct ones among them number 1000 (1 - exp(-20 / 1000)) = 19.80 on average.
    audience, roots = 1_000, 100
    world, agenda = _one_star(audience, 40.0, roots)
    events = simulate(world, agenda, family=1, end_s=np.inf, rng=np.random.default_rng(8))
    expected = audience * (1 - np.exp(-40.0 * (1 - BRANCHING) / audience))
    retweets = np.diff(events.first) - 1
    assert retweets.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / roots))
    assert (
        events.parent[events.parent >= 0] == events.first[events.root[events.parent >= 0]]
    ).all()


def test_delays_follow_a_power_law():
    # P(delay <= s) = 1 - (1 + (s - 3) / 240)^-0.85; Kolmogorov's 0.1 % bound is 1.95 / sqrt(n).
    rng, count = np.random.default_rng(9), 4_000
    delays = np.sort([_delay(rng) for _ in range(count)])
    expected = 1 - (1 + (delays - 3) / 240) ** -0.85
    gap = np.abs(expected - (np.arange(count) + 0.5) / count).max()
    assert delays[0] >= 3
    assert gap < 1.95 / np.sqrt(count)


_RUN = """
import hashlib, sys
import numpy as np
from spread._random import stream
from spread.scenario import _contagion, _mynypd
from spread.scenario._accounts import make_accounts
from spread.scenario._follow_graph import make_follow_graph
from spread.scenario._world import Agenda, make_world
accounts = make_accounts(0.01, _mynypd.MYNYPD.fixtures, stream(3, 1))
world = make_world(accounts, make_follow_graph(accounts, stream(3, 2)))
agenda = _mynypd.MYNYPD.make(0.02, 1.6, stream(3, 3)).agenda
first = agenda.at_s < 95_000  # up to 40 minutes or so after the turn
agenda = Agenda(*(column[first] for column in agenda))
events = _contagion.simulate(world, agenda, family=9, end_s=95_000.0, rng=stream(3, 4))
print(len(events.at_s), hashlib.sha256(b"".join(part.tobytes() for part in events)).hexdigest())
"""


def test_compiled_kernels_do_what_plain_python_does():
    plain, compiled = (
        subprocess.run(
            [sys.executable, "-c", _RUN],
            env=os.environ | {"NUMBA_DISABLE_JIT": off},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for off in ("1", "0")
    )
    assert plain == compiled
    assert int(plain.split()[0]) > 500
