"""The story that a synthetic archive tells, checked on its truth tables."""

import gzip
import json

import numpy as np
import pandas as pd
import pytest

from spread import scenario
from spread._errors import InputError, OutputError, UsageError
from spread.scenario._mynypd import MYNYPD

LEAST = 0.02  # the smallest scale: the story must hold there too
CITIES = (
    *("New York City", "Los Angeles", "Oakland", "Chicago", "Boston", "Denver", "Seattle"),
    *("Athens", "Mexico City"),
)


HOMES = {
    "mylapd": "Los Angeles",
    "myopd": "Oakland",
    "mycpd": "Chicago",
    "mybpd": "Boston",
    "mydpd": "Denver",
    "myspd": "Seattle",
    "myelas": "Athens",
    "mipoliciamexicana": "Mexico City",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "small.jsonl.gz"
    return scenario.generate("mynypd", path, scale=LEAST, rng=1, follows=True)


@pytest.fixture(scope="module", params=range(11, 16))
def many(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("scenario") / "one.jsonl"
    return scenario.generate("mynypd", path, scale=LEAST, rng=request.param, follows=True)


def _acts(truth):
    """Every tweet and retweet: user_id, at, hashtags, root author."""
    roots = truth.originals.set_index("tweet_id")
    shared = truth.retweets.assign(
        hashtags=roots.hashtags.reindex(truth.retweets.root_id).to_numpy(),
        author=roots.user_id.reindex(truth.retweets.root_id).to_numpy(),
    )
    return pd.concat([truth.originals.assign(author=truth.originals.user_id), shared])


def _with(acts, tag):
    return acts[[tag in tags for tags in acts.hashtags]]


def _account(truth, screen_name):
    return truth.users.set_index("screen_name").loc[screen_name]


def hijackers_share(truth):
    acts = _acts(truth)
    shared = acts[acts.author != acts.user_id]
    camp = truth.users.set_index("user_id").camp.reindex(shared.author).to_numpy()
    shared = shared[camp == "activists"]
    return float((shared.author == truth.turn.made_by[0]).mean())


def critical_before(truth):
    root = _with(truth.originals, "mynypd")
    before = root[root["at"] < truth.turn.onset_at[0]]
    return float((before.stance == "critical").mean())


def test_launch_is_just_before_two_by_a_police_account_with_100_000_followers(small):
    at = pd.Timestamp(small.parameters["launch_at"]).tz_convert("America/New_York")
    account = _account(small, "NYPDnews")
    assert pd.Timedelta(0) < pd.Timestamp("2014-04-22 14:00", tz=at.tz) - at < pd.Timedelta("10min")
    assert (account.user_id, account.camp) == (small.parameters["launched_by"], "police")
    assert account.followers == 100_000


def test_turn_is_begun_two_hours_later_by_the_protest_account(many):
    turn, account = many.turn.iloc[0], _account(many, "OccupyWallStNYC")
    onset = turn.onset_at.tz_convert("America/New_York")
    assert onset.strftime("%m-%d") == "04-22"
    assert "15:45" <= onset.strftime("%H:%M") <= "16:05"
    assert (turn.made_by, turn.camp) == (account.user_id, "activists")
    assert account.followers == 169_000


def test_ramp_lasts_2_to_30_minutes_and_is_half_done_where_its_shape_says(many):
    # linear x = 1/2; 3x^2 - 2x^3 = 1/2 at x = 1/2; 1 - exp(-3x) = 1/2 at x = ln(2)/3.
    turn = many.turn.iloc[0]
    half = {"linear": 0.5, "s-shaped": 0.5, "saturating": np.log(2) / 3}[turn["shape"]]
    passed = (turn.halfway_at - turn.onset_at).total_seconds()
    assert 120 <= turn.ramp_s <= 1_800
    assert passed == pytest.approx(half * turn.ramp_s, abs=0.001)  # tweets have milliseconds


def test_critics_are_5_to_20_percent_before_and_most_after(many):
    root = _with(many.originals, "mynypd")
    done = many.turn.onset_at[0] + pd.Timedelta(seconds=many.turn.ramp_s[0])
    after = root[(root["at"] > done) & (root["at"] < done + pd.Timedelta("1h"))]
    assert 0.05 <= critical_before(many) <= 0.20
    assert (after.stance == "critical").mean() > 0.7


def test_hijacker_has_at_most_a_tenth_of_its_camps_retweets(many):
    assert 0 < hijackers_share(many) <= 0.10


def test_hijacker_spoke_of_police_before_without_the_tag(small):
    mine = small.originals[small.originals.user_id == small.turn.made_by[0]]
    early = mine[mine["at"] < small.turn.onset_at[0]]
    assert len(early) >= 1
    assert not len(_with(early, "mynypd"))


def test_stars_with_a_million_followers_join_late(many):
    stars = many.users[many.users.followers >= 1_000_000]
    joined = _acts(many).groupby("user_id")["at"].min().reindex(stars.user_id)
    assert len(stars) == 4
    assert (joined > many.turn.onset_at[0] + pd.Timedelta("1h")).all()


def test_friendly_replies_are_answered_by_the_launcher(small):
    replies = small.originals[small.originals.reply_to == small.parameters["launch_tweet_id"]]
    answers = small.originals[small.originals.reply_to.isin(replies.tweet_id)]
    answers = answers[answers.user_id == small.parameters["launched_by"]]
    assert (replies[replies["at"] < small.turn.onset_at[0]].stance == "friendly").mean() > 0.8
    assert len(answers) >= 5


def test_every_derivative_tag_is_used_at_least_30_times(many):
    acts, tags = _acts(many), many.tags[many.tags.kind == "derivative"]
    uses = {tag: len(_with(acts, tag)) for tag in tags.hashtag}
    assert len(uses) == 8
    assert min(uses.values()) >= 30


def test_derivative_tags_are_invented_by_locals_who_met_the_parent(many):
    acts, follows = _acts(many), many.follows.groupby("follower_id").followed_id
    born = many.tags[many.tags.kind.isin(["root", "derivative"])].set_index("hashtag")
    for tag, row in born[born.kind == "derivative"].iterrows():
        met = _with(acts, row.parent)
        met = met[met["at"] < row.invented_at]
        used = (met.user_id == row.inventor).any()
        seen = met.user_id.isin(follows.get_group(row.inventor)).any()
        assert row.city == HOMES[tag]
        assert row.invented_at > born.invented_at[row.parent]
        assert (used, seen) >= (row.met_parent == "used", row.met_parent == "seen")


def test_first_tweet_under_a_tag_is_its_inventors(many):
    acts = _acts(many)
    for row in many.tags[many.tags.kind.isin(["derivative", "independent"])].itertuples():
        first = _with(acts, row.hashtag).sort_values("at").iloc[0]
        if row.kind == "derivative":
            assert (first.tweet_id, first.user_id) == (row.tweet_id, row.inventor)
        assert first["at"] <= row.invented_at


def test_some_tag_descends_from_a_descendant(many):
    parents = many.tags[many.tags.kind == "derivative"].parent
    assert (parents != "mynypd").any()


def test_lookalikes_are_invented_by_people_who_never_met_the_root_tag(many):
    met = _with(_acts(many), "mynypd")
    follows = many.follows.groupby("follower_id").followed_id
    for row in many.tags[many.tags.kind == "independent"].itertuples():
        before = met[met["at"] < row.invented_at]
        known = [
            row.inventor,
            *(follows.get_group(row.inventor) if row.inventor in follows.groups else []),
        ]
        assert not before.user_id.isin(known).any()


def test_fingers_slip_and_case_varies(small):
    by_kind = small.tags.groupby("kind")
    slips = by_kind.get_group("misspelling").set_index("hashtag").parent
    assert slips["mynydp"] == "mynypd"
    assert {"MyNYPD", "mynypd"} <= set(by_kind.get_group("case variant").shown)


def test_police_talk_without_the_tag_comes_from_all_cities_before_the_launch(small):
    launch = pd.Timestamp(small.parameters["launch_at"])
    early = small.originals[small.originals["at"] < launch]
    homes = small.users.set_index("user_id").city.reindex(early.user_id)
    rest = 1 - len(_with(small.originals, "mynypd")) / len(small.originals)
    assert set(CITIES) <= set(homes)
    assert not len(_with(early, "mynypd"))
    assert rest > 0.1


def test_retweets_run_along_the_follower_graph_once_a_person(many):
    acts = pd.concat([many.originals, many.retweets]).set_index("tweet_id")
    told = many.retweets.assign(
        followed=acts.user_id.reindex(many.retweets.parent_id).to_numpy(),
        told_at=acts["at"].reindex(many.retweets.parent_id).to_numpy(),
    )
    pairs = pd.MultiIndex.from_frame(many.follows)
    cascade = acts.root_id.fillna("").reindex(told.parent_id).to_numpy()
    assert pd.MultiIndex.from_frame(told[["user_id", "followed"]]).isin(pairs).all()
    assert (told["at"] >= told.told_at + pd.Timedelta("3s")).all()
    assert ((cascade == told.root_id) | (told.parent_id == told.root_id)).all()
    assert not told.duplicated(["root_id", "user_id"]).any()


def test_followers_flock_by_camp_and_city_and_have_heavy_tails(small):
    users = small.users.set_index("user_id")
    ends = [users.reindex(small.follows[end]) for end in ("follower_id", "followed_id")]
    follower, followed = (end.reset_index(drop=True) for end in ends)
    for column in ("camp", "city"):
        for value, chance in users[column].value_counts(normalize=True).items():
            if value in ("police", "activists", *CITIES):
                theirs = follower[column][followed[column] == value]
                assert (theirs == value).mean() > 1.3 * chance
    counts = users.followers.to_numpy()
    assert np.quantile(counts, 0.99) > 20 * np.median(counts)


def test_same_seed_same_archive_and_truth(tmp_path):
    paths = [tmp_path / name for name in ("a.jsonl.gz", "b.jsonl.gz", "c.jsonl.gz")]
    made = [
        scenario.generate("mynypd", path, scale=LEAST, rng=rng)
        for path, rng in zip(paths, (4, np.int64(4), np.random.default_rng(4)), strict=True)
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes() != paths[2].read_bytes()
    pd.testing.assert_frame_equal(made[0].retweets, made[1].retweets)
    assert made[2].parameters["seed"] == int(np.random.default_rng(4).integers(2**63))


def test_truth_is_read_as_it_was_written(small, tmp_path):
    small.write(tmp_path)
    read = scenario.truth(tmp_path)
    assert read.parameters == small.parameters
    assert "turned: 2014-04-22" in repr(read)
    assert "<table>" in read._repr_html_()
    for name in ("originals", "retweets", "turn", "tags", "users", "follows"):
        left, right = getattr(read, name), getattr(small, name)
        as_text = [table.assign(**_lists_as_text(table)) for table in (left, right)]
        pd.testing.assert_frame_equal(*as_text, check_dtype=False)


def _lists_as_text(table):
    return {"hashtags": [" ".join(tags) for tags in table.hashtags]} if "hashtags" in table else {}


def test_archive_keeps_what_thinning_says_and_the_truth_knows_all(tmp_path):
    path = tmp_path / "thin.jsonl.gz"
    thin = scenario.generate("mynypd", path, scale=LEAST, rng=1, thinning=0.7, authors_kept=0.9)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        ids = {json.loads(line)["id_str"] for line in lines}
    tables = (thin.originals, thin.retweets)
    assert ids == {one for table in tables for one in table.tweet_id[table.kept]}
    # Two independent losses: kept with probability 0.63; accounts come in clusters, so the
    # bound uses the accounts: 4 sqrt(0.9 x 0.1 / 1500) = 0.031 on top of retweets' own 0.031.
    assert thin.retweets.kept.mean() == pytest.approx(0.63, abs=0.062)


def test_thinning_does_not_change_what_happened(small, tmp_path):
    thin = scenario.generate("mynypd", tmp_path / "a.jsonl", scale=LEAST, rng=1, thinning=0.5)
    pd.testing.assert_frame_equal(
        thin.retweets.drop(columns="kept"), small.retweets.drop(columns="kept")
    )


@pytest.mark.parametrize(
    ("options", "line"),
    [
        ({"scale": 0.001}, "scale is out of range: got 0.001; allowed: 0.02 to 50"),
        ({"thinning": 0}, "thinning is out of range: got 0; allowed: a share above 0, at most 1"),
        ({"authors_kept": 1.5}, "authors_kept is out of range: got 1.5; allowed: a share above 0,"),
        ({"rng": -1}, "rng cannot be used: got -1"),
    ],
)
def test_wrong_options_are_named(options, line, tmp_path):
    with pytest.raises(UsageError, match=f"^{line.replace('(', '.')}"):
        scenario.generate("mynypd", tmp_path / "a.jsonl", **options)


def test_places_that_cannot_be_used_are_named(small, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        small.write(tmp_path / "file")
    with pytest.raises(InputError, match="no truth of a scenario here"):
        scenario.truth(tmp_path)


def test_fixtures_have_invented_names_but_for_two_organisations():
    assert [fixture.screen_name for fixture in MYNYPD.fixtures[:2]] == [
        "NYPDnews",
        "OccupyWallStNYC",
    ]
    assert all(fixture.screen_name[-4:].isdigit() for fixture in MYNYPD.fixtures[2:])


@pytest.mark.calibration
def test_hardness_holds_for_20_seeds(tmp_path, calibration_row):
    made = [
        scenario.generate("mynypd", tmp_path / "a.jsonl", scale=LEAST, rng=seed)
        for seed in range(100, 120)
    ]
    shares = [hijackers_share(truth) for truth in made]
    before = [critical_before(truth) for truth in made]
    uses = [
        len(_with(acts, tag))
        for truth in made
        for acts in [_acts(truth)]
        for tag in truth.tags[truth.tags.kind == "derivative"].hashtag
    ]
    claim = "mynypd, scale 0.02, 20 seeds: "
    calibration_row("scenario", claim + "hijacker's share of retweets", _range(shares), "<= 0.10")
    calibration_row("scenario", claim + "critics before the turn", _range(before), "0.05 to 0.20")
    calibration_row("scenario", claim + "tweets a derivative tag, least", min(uses), ">= 30")
    assert max(shares) <= 0.10
    assert 0.05 <= min(before) <= max(before) <= 0.20
    assert min(uses) >= 30


def _range(values):
    return f"{min(values):.3f} to {max(values):.3f}"


def _between(truth, start, length):
    at = _with(_acts(truth), "mynypd")["at"]
    return int(((at >= start) & (at < start + pd.Timedelta(length))).sum())


@pytest.mark.calibration
def test_full_scale_has_the_volumes_of_the_day(tmp_path, calibration_row):
    whole = scenario.generate("mynypd", tmp_path / "a.jsonl", scale=1, rng=3)
    days = _between(whole, pd.Timestamp(whole.parameters["launch_at"]), "3D")
    hour = _between(whole, whole.turn.onset_at[0], "1h")
    calibration_row("scenario", "mynypd, scale 1: tweets in three days", days, "> 100,000")
    calibration_row("scenario", "mynypd, scale 1: in the hour after the turn", hour, "> 10,000")
    assert days > 100_000
    assert hour > 10_000
    assert hijackers_share(whole) <= 0.10
    assert 0.05 <= critical_before(whole) <= 0.20
