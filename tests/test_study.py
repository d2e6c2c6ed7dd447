"""The whole path: the record, its sentences, what it refuses, and that it repeats."""

import json
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from invented_archive import put, v1_tweet

from spread import hawkes, samples, scenario, study
from spread._errors import InputError, UsageError
from spread.archive import Archive
from spread.archive import read as read_archive
from spread.figures import alt
from spread.report import _explore_views
from spread.report._pictures import pictures
from spread.study import _covered, _paths, _places, _recent, _story, _turning
from spread.study._claims import claims, subjects


@pytest.fixture(scope="module")
def archive() -> Archive:
    return samples.load("mynypd")


@pytest.fixture(scope="module")
def truth() -> scenario.Truth:
    return scenario.truth(samples.path("mynypd").parent / "truth")


@pytest.fixture(scope="module")
def found(archive: Archive) -> study.Study:
    return study.run(archive, "myNYPD", time_zone="America/New_York", rng=1)


@pytest.fixture(scope="module")
def early(archive: Archive) -> study.Study:
    """The first half hour by New York's clock, no tag named, all accounts named."""
    end = "2014-04-22 14:30"
    return study.run(archive, end=end, time_zone="America/New_York", names=True, rng=1)


def test_the_record_is_frozen_and_says_what_it_is(found: study.Study) -> None:
    assert repr(found).startswith("<Study of #myNYPD: ")
    assert found.synthetic
    assert found.title.endswith("(synthetic data)")
    with pytest.raises(FrozenInstanceError):
        found.seed = 2  # type: ignore[misc]


def test_the_turn_is_dated_within_the_hour_of_the_truth(
    found: study.Study, truth: scenario.Truth
) -> None:
    onset = truth.turn.onset_at.iloc[0]
    assert found.turn.p_turn > 0.99
    assert abs(found.turn.halfway - onset) < pd.Timedelta(hours=1)
    assert found.turn.rising == leading_camp(found, truth, "activists")


def leading_camp(found: study.Study, truth: scenario.Truth, camp: str) -> str:
    members = truth.users[truth.users.camp == camp]
    return str(found.tables["camps"].merge(members, on="user_id").camp_x.mode()[0])


def test_the_hijacker_is_the_first_driver(found: study.Study, truth: scenario.Truth) -> None:
    assert found.turn.drivers.user_id.iloc[0] == truth.turn.made_by.iloc[0]


def test_elites_show_when_the_camp_that_rose_took_up_the_hijacker(
    found: study.Study, truth: scenario.Truth
) -> None:
    elites = found.tables["elites"]
    hijacker = elites[elites.user_id == truth.turn.made_by.iloc[0]]
    assert (hijacker.camp == found.turn.rising).all()
    assert hijacker["rank"].min() == 1
    assert hijacker.start_at.min() <= found.turn.halfway <= hijacker.end_at.max()


def test_roles_count_who_passes_an_account_on(found: study.Study, archive: Archive) -> None:
    tweets = archive.tweets
    mine = (tweets.kind == "retweet") & (tweets.origin == "collected")
    passed = tweets.filter(mine).to_pyarrow().to_pandas()
    camps = set(found.tables["camps"].user_id)
    first = found.tables["roles"].iloc[0]
    of_first = passed[(passed.retweet_author_id == first.user_id) & passed.author_id.isin(camps)]
    assert first["in"] == of_first.author_id.nunique() > 100
    assert (found.tables["roles"].between >= 0).all()


def test_the_naive_answers_stand_beside(found: study.Study) -> None:
    naive = found.tables["naive"]
    assert {"Who carried it?", "When did it turn?", "Who turned it?"} <= set(naive.question)
    assert naive.notna().all(axis=None)


def test_every_answer_has_tweets_behind_it(found: study.Study, archive: Archive) -> None:
    evidence = found.tables["evidence"]
    known = set(archive.tweets.tweet_id.to_pyarrow().to_pylist())
    assert set(evidence.topic) >= {"who carried it", "when it turned", "who turned it"}
    assert set(evidence.tweet_id) <= known


def test_private_accounts_are_not_named(found: study.Study, archive: Archive) -> None:
    users = archive.users.to_pyarrow().to_pandas()
    small = users[~users.verified.fillna(False) & (users.followers < 100_000)]
    told = (
        " ".join(found.story) + found.tables["evidence"].to_csv() + found.tables["naive"].to_csv()
    )
    assert not [name for name in small.screen_name if f"@{name}" in told]
    assert "@OccupyWallStNYC" in told


def test_names_opts_in(early: study.Study) -> None:
    assert early.tables["seeds"].label.str.startswith("@").all()


def test_the_same_seed_tells_the_same_story(archive: Archive) -> None:
    once, again = (
        study.run(archive, root, start="2014-04-22T19:30Z", end="2014-04-22T20:00Z", rng=1)
        for root in ("mynypd", "#MYNYPD")
    )
    assert again.story == once.story
    for name, table in once.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])


def test_the_commonest_tag_is_the_default_and_announced(early: study.Study) -> None:
    assert early.root == "mynypd"
    assert early.story[0] == "No tag was named; this is the commonest, #myNYPD."


def test_a_window_is_kept(early: study.Study) -> None:
    assert pd.Timestamp("2014-04-22T18:20Z") < early.end_at < pd.Timestamp("2014-04-22T18:30Z")


def test_a_coding_of_camps_by_the_user_is_used(archive: Archive, truth: scenario.Truth) -> None:
    coded = truth.users[["user_id", "camp"]]
    ours = study.run(archive, "mynypd", camps=coded, end="2014-04-22T21:00Z", rng=1)
    assert ours.turn.rising == "activists"
    assert any("your coding" in sentence for sentence in ours.story)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"camps": pd.DataFrame({"user_id": ["1", "1"], "camp": ["a", "b"]})}, "two camps"),
        ({"camps": pd.DataFrame({"user": ["1"]})}, "lacks columns"),
        ({"time_zone": "Nowhere"}, "unknown time zone"),
        ({"start": "2015", "end": "2014"}, "the window is empty"),
        ({"rng": -1}, "rng cannot be used"),
    ],
)
def test_usage(archive: Archive, options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        study.run(archive, "mynypd", **options)


def test_a_window_without_a_tweet(archive: Archive) -> None:
    with pytest.raises(
        InputError, match="got 2020-01-01 00:00 UTC to the last; allowed: within 2014"
    ):
        study.run(archive, "mynypd", start="2020")


def test_the_story_says_how_much_the_camps_cover(found: study.Study, archive: Archive) -> None:
    tweets = archive.tweets
    mine = tweets.hashtags.contains("mynypd") & (tweets.origin == "collected")
    tagged = tweets.filter(mine).to_pyarrow().to_pandas()
    camps = found.tables["camps"].query("camp != 'other'").user_id
    inside = tagged[tagged.author_id.isin(camps)]
    numbers = inside.author_id.nunique(), tagged.author_id.nunique(), len(inside), len(tagged)
    told = next(sentence for sentence in found.story if sentence.startswith("The camps hold"))
    accounts, authors, held, whole = (f"{number:,}" for number in numbers)
    assert told.startswith(f"The camps hold {accounts} of {authors} accounts (")
    assert f"and with them {held} of {whole} tweets (" in told


@pytest.mark.parametrize(("unknown", "told"), [(17, True), (1, False), (0, False)])
def test_originals_known_by_their_ids_alone_are_told_of(unknown: int, told: bool) -> None:
    """Of 41 originals 21 were passed on; 1 of 21 is less than one in twenty."""
    coverage = pd.DataFrame({"observed": [1] * 21 + [0] * 20, "user_id": ["1"] * 41})
    coverage.loc[range(unknown), "user_id"] = None
    sentences = _covered.by_id_alone(coverage)
    assert len(sentences) == told
    if told:
        assert sentences[0].startswith("Of 21 originals passed on in the archive, 17 (81 %) are")


@pytest.mark.parametrize(
    ("unknown", "probability", "reported", "why"),
    [
        (3, 0.9, None, "75 % of the originals are known by their number alone"),
        (2, 0.49, None, "only 0 % of the parents in the largest are more likely than not"),
        (2, 0.5, None, None),
        (3, 0.1, 9, None),
    ],
)
def test_depth_is_refused_where_nobody_knows_whether_cascades_are_whole(
    unknown: int, probability: float, reported: int | None, why: str | None
) -> None:
    ids = [None] * unknown + ["1"] * (4 - unknown)
    coverage = pd.DataFrame({"observed": 1, "user_id": ids, "reported": [reported] * 4})
    tree = pd.DataFrame({"parent": [-1, 0, 0], "probability": [1, probability, probability]})
    said = _covered.uncounted(coverage, tree)
    assert said is None if why is None else why in str(said)


def test_a_coding_of_tweets_says_how_many_it_covers(early: study.Study) -> None:
    scope = _paths.whole(early)
    ids = scope.tagged.filter(scope.tagged.origin == "collected").tweet_id.to_pyarrow().to_pylist()
    coded = SimpleNamespace(
        coded="tweets", refused=None, dating=pd.DataFrame({"tweet_id": [*ids[:81], "0"]})
    )
    # 324 of the half hour's tweets carry the tag; a code of another tweet covers none.
    assert _covered.by_camps(scope, coded) == [  # type: ignore[arg-type]
        "Your coding covers 81 of 324 tweets (25 %) with #myNYPD."
    ]


def test_a_few_much_older_tweets_do_not_coarsen_the_others() -> None:
    """One of 60 tweets is a year older than the hour of the rest, which is less than 2 %."""
    hour = pd.date_range("2025-07-01", periods=59, freq="min", tz="UTC")
    old = pd.DatetimeIndex(["2024-07-01"], tz="UTC")
    for before in (1, 2):
        at = old.append([old] * (before - 1) + [hour]).as_unit("us")
        tweets = pd.DataFrame({"at": at, "origin": "collected", "hashtags": [["x"]] * len(at)})
        ids = [f"{number:02}" for number in range(len(at))]
        table = pa.Table.from_pandas(tweets.assign(tweet_id=ids, author_id=ids))
        scope = SimpleNamespace(tweets=ibis.memtable(table), tagged=ibis.memtable(table))
        found = _recent.timeline(scope, ["x"])  # type: ignore[arg-type]
        assert found.tweets.sum() == len(at)
        last = (found.end_at - found.start_at).iloc[-1]
        assert (last < pd.Timedelta(hours=1)) == (before == 1)
        assert found.start_at.iloc[0] <= old[0]


def test_places_with_few_who_used_the_tag_are_hidden_in_public() -> None:
    """Five are located in each; four used the tag in the first, none has in the last."""
    located = pd.DataFrame({"place_id": list("abc") * 5})
    arrivals = pd.DataFrame({"place_id": list("abc"), "adopters": [4, 5, 0]})
    assert _places.shown(arrivals, located, names=False).place_id.tolist() == ["b", "c"]
    assert _places.shown(arrivals, located, names=True).equals(arrivals)


class TestRealArchives:
    """What real archives can and cannot tell."""

    def test_an_archive_collected_by_its_tag_cannot_tell_the_family(self, shared: Path) -> None:
        path = shared / "twarc-network" / "tweets.jsonl.gz"
        found = study.run(path, "blacklivesmatter", rng=1)
        assert found.family is not None
        assert "494 of them carry #BlackLivesMatter" in found.story[0]
        assert dict(found.cannot_tell)["the family of tags"].startswith("collected by this tag")
        assert len(found.tables["companions"])
        assert found.tables["members"].empty
        assert found.tables["links"].empty
        assert "what it spawned" not in set(found.tables["evidence"].topic)
        assert not found.tables["naive"].question.str.startswith("Where did #").any()
        usage = found.tables["usage"].query("hashtag != 'blacklivesmatter'")
        most = usage.nlargest(3, "tweets").hashtag
        assert set(most) <= set(found.tables["timeline"].hashtag)
        assert not {"family", "arrivals"} & set(pictures(found))
        assert "cannot be told" in alt(_explore_views._still_family(found))
        assert "the collection's doing" in dict(found.cannot_tell)["where it began"]
        assert found.tables["arrivals"].empty
        assert len(found.tables["arrivals_all"])
        assert not any("adopter in" in told or "rank" in told for told in found.story)
        assert "Where did it arrive first?" not in set(found.tables["naive"].question)
        assert "who carried it" in dict(found.cannot_tell)
        assert "who carried it" not in set(found.tables["evidence"].topic)

    def test_an_archive_without_retweets(self, shared: Path) -> None:
        found = study.run(shared / "academictwitter" / "hk3", rng=1)
        assert found.root == "standwithhongkong"
        assert {"the camps", "the turn", "who carried it"} <= set(dict(found.cannot_tell))
        assert len(found.tables["edges"])

    def test_a_sample_without_a_common_tag(self, shared: Path) -> None:
        found = study.run(shared / "twut" / "100-sample.jsonl", rng=1)
        assert found.root is None
        assert "study of the whole archive" in found.story[0]
        assert "the family of tags" in dict(found.cannot_tell)


@pytest.mark.parametrize(
    ("name", "given"),
    [("source", 5), ("root", 5), ("camps", "x"), ("time_zone", None), ("launch", "22 April"),
     ("start", "14:00")],
)  # fmt: skip
def test_arguments_of_another_kind_are_one_line(name: str, given: object) -> None:
    with pytest.raises(UsageError, match=f"{name} cannot be used|without its year"):
        study.run(**{"source": "nowhere", name: given})


def test_a_launch_outside_the_archive_is_refused(archive: Archive) -> None:
    with pytest.raises(UsageError, match="the `launch` is after the last tweet"):
        study.run(archive, "myNYPD", launch="2015-01-01")
    with pytest.raises(UsageError, match="more than a day before the first tweet of the archive"):
        study.run(archive, "myNYPD", launch="1999-01-01")


def test_a_retweet_typed_by_hand_stays_where_whom_it_repeats_is_gone() -> None:
    names = ["author_id", "retweet_author_id", "kind"]
    rows = [("a", None, "tweet"), ("b", "a", "retweet"), ("b", "a", "tweet"), ("b", None, "tweet")]
    tweets = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    left = _paths._without(tweets, pa.array(["a"]))
    assert [tuple(row.values()) for row in left.to_pylist()] == rows[2:]


def test_an_archive_without_hashtags_is_studied(tmp_path: Path) -> None:
    tweet = {"text": "no tag", "created_at": "Tue Apr 22 16:12:08 +0000 2014"}
    rows = [
        tweet | {"id_str": str(458640532934737920 + n), "user": {"id_str": str(n)}}
        for n in range(3)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    told = study.run(tmp_path / "a.jsonl")
    assert told.story[0] == "No hashtag occurs, so this is a study of the whole archive."
    assert told.tables["timeline"].empty
    assert told.seed >= 0


def test_one_original_with_most_of_the_retweets_is_told_of() -> None:
    """Of 10 reported in all one original has 6, of which 0 are held; of the others 1 of 4 is."""
    known = pd.DataFrame({"observed": [0, 1, 0], "reported": [6, 2, 2]})
    assert "one original alone has 6 of them; of the others it holds 25 %" in (
        _covered.without_largest(known)
    )
    assert not _covered.without_largest(known.assign(reported=[5, 3, 2]))


def test_the_story_says_what_its_counts_are_of(found: study.Study) -> None:
    told = " ".join(found.story)
    camps = found.tables["camps"]
    assert f"camps, of {len(camps):,} accounts that retweets link: " in told
    named = int((camps.camp != "other").sum())
    inside = int(told.split("The camps hold ")[1].split(" of ")[0].replace(",", ""))
    assert f"They hold {named - inside:,} accounts more, of which the archive returned no" in told
    assert "at a false discovery rate of 1 %. That does not show" in told


def test_tags_that_cannot_be_traced_are_told_with_their_own_reason(found: study.Study) -> None:
    """The three with most own tweets are fitted; each tag stands in one refusal."""
    untraced = {t: why for t, why in found.cannot_tell if "traces back to" in t}
    table = found.family.members[["hashtag", "shown"]]
    for shown in table.shown[table.hashtag != "mynypd"]:
        assert sum(f"#{shown}," in f"{t.replace(' ', ', ')}," for t in untraced) <= 1
    assert any("tags with most own tweets" in why for why in untraced.values())


def test_one_city_alone_is_no_first_city() -> None:
    at = pd.Timestamp("2021-06-17T20:14Z")
    ends = {"at": at, "at_low": at - pd.Timedelta("1h"), "at_high": at + pd.Timedelta("2h")}
    arrival = {"hashtag": "x", "place_id": "a", "city": "Rome", "k": 3, "adopters": 5, **ends}
    found = SimpleNamespace(
        located=pd.DataFrame({"place_id": ["a"] * 5, "reason": [None] * 5}),
        arrivals=pd.DataFrame([arrival | {"p_early": 0.001}]),
        scope=SimpleNamespace(root="x", shown="#x"),
        family=None,
    )
    (told,), (refused,) = _story.of_places(found, "UTC", names=False)  # type: ignore[arg-type]
    assert "in Rome (20:14 UTC, between 19:14 and 22:14 UTC);" in told
    assert not {"rank", "earlier", "Earlier"} & set(told.split())
    assert refused[0] == "where it began"


def test_cities_are_told_with_the_range_of_their_times(found: study.Study) -> None:
    first = found.tables["arrivals"].iloc[0]
    zone = "America/New_York"
    at, low, high = (first[name].tz_convert(zone) for name in ("at", "at_low", "at_high"))
    told = f"{first.city} ({at:%H:%M} EDT, between {low:%H:%M} and {high:%H:%M} EDT; rank 1, "
    assert any(told in sentence for sentence in found.story)


def test_who_turned_it_is_told_with_its_window_and_tags_with_their_counts(
    found: study.Study,
) -> None:
    turn = found.turn
    end = turn.onset_high + pd.Timedelta(seconds=turn.ramp_s_high)
    begin, until = (at.tz_convert("America/New_York") for at in (turn.onset_low, end))
    told = next(sentence for sentence in found.story if "turned it with probability" in sentence)
    assert f"began to write between {begin:%H:%M} and {until:%H:%M} EDT" in told
    descend = next(sentence for sentence in found.story if "found to descend" in sentence)
    for row in found.family.members.query("verdict == 'descends'").itertuples():
        assert f"#{row.shown} from #myNYPD ({row.probability:.2f}: {row.reason})" in descend
    largest = found.family.members.query("hashtag != 'mynypd'").nlargest(1, "authors").iloc[0]
    asked = f"#{largest.shown} after the first (30 of {largest.authors - 1} were asked"
    assert any(asked in sentence for sentence in found.story)


def test_a_tag_without_an_account_is_bounded_only_where_a_process_was_fitted() -> None:
    tweets = pd.DataFrame(
        {"tweet_id": ["1", "2"], "author_id": ["ann", "bob"], "hashtags": [["mynypd"]] * 2}
    ).assign(at=pd.to_datetime(["2014-04-22T18:00Z", "2014-04-22T20:00Z"]))
    found = SimpleNamespace(
        without=hawkes.without(tweets, "#myNYPD", "ann", rng=1),
        labels=pd.DataFrame({"user_id": ["ann"], "label": ["@ann"]}),
        scope=SimpleNamespace(shown="#myNYPD"),
    )
    ((topic, reason),) = _turning.of_without(found).refusals  # type: ignore[arg-type]
    assert topic == "how much of #myNYPD there would be without @ann"
    assert reason.endswith("; 1 of 2 tweets are its own or repeat them")


def test_checks_are_made_of_what_the_story_tells_and_name_what_it_refuses(
    early: study.Study,
) -> None:
    own = study.sensitivity(early, vary=[], progress=False)
    summed = study.robustness(own).set_index("claim")
    why = dict(early.cannot_tell)["the turn"]
    assert summed.holds["the turn"] == f"not asked, as the study refuses to tell it: {why}"
    assert (summed.specifications["the turn"], summed.robust["the turn"]) == (0, pd.NA)
    assert summed.specifications["most credit"] == 1
    assert not {"no turn", "turned it"} & set(summed.index)
    controls = study.controls(early, rng=1)
    assert controls.cannot_tell.tolist() == [summed.holds["the turn"]] * 3
    assert (controls.tweets.sum(), controls.found.any()) == (0, False)


def test_parents_are_asked_again_where_the_story_tells_them_alone(found: study.Study) -> None:
    own = study.sensitivity(found, vary=[], progress=False)
    told = own[own.claim.str.startswith("comes from")].about
    descends = found.family.members.query("verdict == 'descends'").shown
    assert len(told) > 3
    assert sorted(told) == sorted("#" + descends)
    open_ones = own[own.claim == "where tags came from"].iloc[0]
    refused = [topic for topic, _ in found.cannot_tell if topic.startswith("where #")]
    assert sorted(f"where {tag} came from" for tag in open_ones.about.split(", ")) == sorted(
        refused
    )


def test_a_claim_that_cannot_be_told_again_does_not_agree(early: study.Study) -> None:
    own = _paths.of_study(early)
    asked = replace(subjects(own), onset=None)
    assert own.turn.cannot_tell
    row = claims(own, asked).set_index("claim").loc["no turn"]
    assert (row.agrees, row.cannot_tell) == (False, own.turn.cannot_tell)


@pytest.mark.parametrize("text", ["RT @ann: #a b", "#a b"])
def test_where_no_retweet_is_held_those_typed_by_hand_are_told(tmp_path: Path, text: str) -> None:
    tweets = read_archive(put(tmp_path / "t.jsonl", v1_tweet(1, text=text), v1_tweet(2))).tweets
    scope = SimpleNamespace(root="a", shown="#a", tagged=tweets)
    told = _story._no_retweet(cast(Any, SimpleNamespace(scope=scope)))
    assert told.startswith("the archive holds no retweet of #a")
    assert ("`RT @name: …`: 1, of which" in told) is text.startswith("RT")
