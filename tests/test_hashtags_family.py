"""From which tag each came: known families, plain twins, and what is refused."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from test_hashtags_candidates import ORDINARY
from test_hashtags_generator import family
from test_hashtags_usage import SMALL, archive

from spread import hashtags
from spread._errors import UsageError
from spread.hashtags import _acts, _beside, _evidence, _posterior

DAY_US = 86_400_000_000


@pytest.fixture(scope="module")
def known() -> tuple[pd.DataFrame, pd.Series]:
    return family(1)


@pytest.fixture(scope="module")
def found(known: tuple[pd.DataFrame, pd.Series]) -> hashtags.Family:
    return hashtags.family(known[0], "#MyNYPD", rng=1)


def test_evidence_equals_its_plain_twin(known: tuple[pd.DataFrame, pd.Series]) -> None:
    tweets, truth = known
    acts = _acts.read(tweets)
    child, parent = acts.code(truth.index[5]), acts.code("mynypd")
    got = _evidence.gather(acts, [child], [acts.acts_with(parent)])[0]
    rows = list(tweets.sort_values(["at", "tweet_id"]).itertuples())
    at = acts.at
    own: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        own.setdefault(row.author_id, []).append(i)
    name, root = truth.index[5], "mynypd"

    def used(i: int) -> bool:
        return any(j < i and root in rows[j].hashtags for j in own[rows[i].author_id])

    def seen(i: int) -> bool:
        turned = [
            rows[j].retweet_author_id
            for j in own[rows[i].author_id]
            if j < i and rows[j].retweet_author_id and at[i] - at[j] <= DAY_US
        ]
        return any(
            root in rows[k].hashtags for other in turned for k in own.get(other, []) if k < i
        )

    adopters = list(dict.fromkeys(row.author_id for row in rows if name in row.hashtags))
    first = [next(j for j in own[u] if name in rows[j].hashtags) for u in adopters[:15]]
    assert got.acts.tolist() == first
    assert got.used[:, 0].tolist() == [used(i) for i in first]
    assert got.exposed[:, 0].tolist() == [seen(i) and not used(i) for i in first]

    def level(i: int) -> int:
        return int(np.ceil(np.log2(own[rows[i].author_id].index(i) + 1)))

    act = first[2]
    alike = [j for j in range(len(rows)) if level(j) == level(act)]
    place = sum(j < act for j in alike)
    near = alike[max(0, place - 400) : place + 200]
    near = [j for j in near if rows[j].author_id not in set(adopters)]
    matched: dict[str, int] = {}
    for j in sorted(near, key=lambda j: abs(j - act)):
        matched.setdefault(rows[j].author_id, j)
    chosen = list(matched.values())[:200]
    people = [tweets[0] for tweets in own.values() if tweets[0] <= act]
    users = {row.author_id for row in rows[:act] if root in row.hashtags}
    share = (sum(used(j) for j in chosen) + 1) / (len(chosen) + len(people) / len(users))
    assert got.used_chance[2, 0] == pytest.approx(share)


def evidence(used: list[int], chance: float) -> _evidence.Evidence:
    """Adopters of one child and one parent, without exposure; all type their tweets."""
    column = np.array(used, bool)[:, None]
    no, flat = np.zeros_like(column), np.full(column.shape, chance)
    return _evidence.Evidence(
        *(0, np.arange(len(used)), column, no, no, np.ones(len(used), bool)),
        *(flat, np.full(column.shape, 0.1)),
        *(np.zeros(len(used), bool), np.full(len(used), 0.1)),
    )


def child(used: list[int], chance: float, before: float = 1.0) -> _posterior.Child:
    one = np.ones(1)
    return _posterior.Child(evidence(used, chance), np.array([before]), one, one, 0.25)


def test_the_posterior_equals_the_formula_summed_over_the_unknowns() -> None:
    """Adopters 1, 0 with chance .1, both seen before: the docstring's factors, worked out plainly.

    In .6 of the prior no inventor had only read the parent; in the rest of it any share
    had, and each value counts as much as the part of [0, 1] that is nearest to it. A share
    of .2 of the tweets is missing.
    """
    some = np.array(_posterior._READ[1:])
    ends = np.r_[0.0, (some[1:] + some[:-1]) / 2, 1.0]
    odds = np.mean([(1 - m) * (1 - m) ** 0.6 for m in _posterior._NEW])
    outside = 0.25 * odds / (1 + odds)
    rows = []
    for read, worth in zip(_posterior._READ, [0.6, *0.4 * np.diff(ends)], strict=True):
        for later in _posterior._LATER:
            for by_use in _posterior._BY_USE:
                wrote = (1 - min(read, 0.9)) * (0.2 + 0.8 * by_use / 0.1)
                rows.append((worth, 0.75 * wrote * later**0.6, outside, 0.25 - outside))
    worth, *parts = np.array(rows).T
    whole = np.sum(parts, axis=0)
    plain = [(worth * part).sum() / (worth * whole).sum() for part in parts]
    assert _posterior.posterior([child([1, 0], 0.1)], 0.2)[0] == pytest.approx(plain)


def test_what_everybody_does_is_no_evidence() -> None:
    """All matched accounts had used it too: the prior's odds, 0.75 to 0.25, hardly rise.

    An adopter can add 1 / .995 at most; the weights .6^k sum to 2.5: 3 x .995^-2.5 = 3.04.
    """
    chance = _posterior.posterior([child([1] * 15, 0.995)])[0]
    assert 2.0 < chance[0] / chance[1:].sum() <= 3.04


def test_a_child_with_no_older_tag_has_no_parent_here() -> None:
    chance = _posterior.posterior([child([1], 0.1, before=0.0)])[0]
    assert chance[0] == 0.0
    assert chance.sum() == pytest.approx(1.0)


def test_newcomers_speak_for_a_parent_outside() -> None:
    """Six adopters whom the archive had not seen, where one in ten is new: outside, not alone."""
    old = child([0] * 6, 0.1)
    new = dataclasses.replace(old.evidence, new=np.ones(6, bool))
    seen = _posterior.posterior([old])[0]
    fresh = _posterior.posterior([dataclasses.replace(old, evidence=new)])[0]
    assert seen[1] < seen[2]
    assert fresh[1] > 10 * fresh[2]


def test_two_tags_that_may_each_be_the_older_are_not_each_others_parent() -> None:
    """Of a and b each had the other's inventor: either came from the other, never both.

    With the evidence and prior alike on both sides P(a from b) = P(b from a) by symmetry,
    and both together have at most probability 1, alone up to 2.
    """
    pair = []
    for number in (1, 2):
        used = np.zeros((3, 3), bool)
        used[:, 3 - number] = True
        no, flat = np.zeros_like(used), np.full(used.shape, 0.02)
        before = np.array([1.0, 0.5, 0.5])
        before[number] = 0.0
        found = _evidence.Evidence(
            *(0, np.arange(3), used, no, no, np.ones(3, bool), flat, flat),
            *(np.zeros(3, bool), np.full(3, 0.1)),
        )
        pair.append(_posterior.Child(found, before, np.ones(3), np.ones(3), 0.25, number))
    together = _posterior.posterior(pair)
    alone = _posterior.posterior([dataclasses.replace(one, number=None) for one in pair])
    assert together[0][2] == pytest.approx(together[1][1])
    assert alone[0][2] + alone[1][1] > 1.5
    assert together[0][2] + together[1][1] < 1.0
    assert [chance.sum() for chance in together] == pytest.approx([1.0, 1.0])
    parents = _posterior.tree(pair, together)
    assert parents != [2, 1]


def test_links_sum_to_one_and_run_forward_in_time(found: hashtags.Family) -> None:
    assert found.links.groupby("child")["probability"].sum().to_numpy() == pytest.approx(1.0)
    first = found.members.set_index("hashtag")["first_at"]
    real = found.links[found.links["parent"].notna()]
    assert (first[real["parent"]].to_numpy() < first[real["child"]].to_numpy()).all()


def test_members_follow_from_their_links(found: hashtags.Family) -> None:
    told = found.members[found.members["verdict"] == "descends"]
    top = found.links.sort_values("probability").groupby("child").last()
    assert len(told) > 3
    assert (top.loc[told["hashtag"], "parent"].to_numpy() == told["parent"].to_numpy()).all()
    assert (told["probability"] >= 0.8).all()
    assert (told["support"] >= 0.5).all()


def test_evidence_tweets_hold_the_child_or_its_parent(
    known: tuple[pd.DataFrame, pd.Series], found: hashtags.Family
) -> None:
    tags = known[0].set_index("tweet_id")["hashtags"]
    for row in found.members[found.members["verdict"] == "descends"].itertuples():
        assert row.evidence[0] == row.first_tweet_id
        assert all({row.hashtag, row.parent} & set(tags[tweet]) for tweet in row.evidence)


def test_the_first_author_is_the_true_inventor_when_nothing_is_missing(
    known: tuple[pd.DataFrame, pd.Series], found: hashtags.Family
) -> None:
    first = known[0].explode("hashtags").sort_values("at").groupby("hashtags")["author_id"].first()
    named = found.members.set_index("hashtag")["first_author_id"]
    assert (named == first[named.index]).all()


def test_the_order_of_rows_and_the_seed_decide_nothing_but_support(
    known: tuple[pd.DataFrame, pd.Series], found: hashtags.Family
) -> None:
    before = known[0].copy(deep=True)
    other = hashtags.family(known[0].sample(frac=1, random_state=2), "mynypd", rng=1)
    pd.testing.assert_frame_equal(found.members, other.members)
    pd.testing.assert_frame_equal(found.links, other.links)
    pd.testing.assert_frame_equal(known[0], before)
    assert found.seed == 1


def test_a_root_selected_archive_is_refused_but_described() -> None:
    """Every tweet holds the root: the tags beside it are listed, no descent is claimed."""
    rows = [("0", "u0", 0, "myNYPD")]
    for i, tag in enumerate(("myLAPD", "myOPD", "myELAS", "myCPD", "myBPD", "police")):
        rows += [(f"{tag}{k}", f"u{k}", 1 + i, f"myNYPD {tag}") for k in range(8)]
    got = hashtags.family(archive(*rows), "mynypd", rng=1)
    assert str(got.cannot_tell).startswith("collected by this tag")
    assert (got.members["verdict"].iloc[1:] == "cannot tell").all()
    assert got.members["parent"].isna().all()
    assert len(got.links) == 0
    assert got.companions[["hashtag", "together"]].to_numpy().tolist() == [["police", 8]]
    assert "cannot tell: collected by this tag" in repr(got)


def test_two_adopters_are_too_few() -> None:
    rows = [(f"r{i}", f"r{i}", i, "myNYPD") for i in range(9)]
    for tag in ("myOPD", "myELAS", "mySFPD", "myDCPD"):
        rows += [(f"{tag}{i}", f"r{i}", 20 + i, tag) for i in range(2)]
    rows += [(f"x{i}", f"x{i}", 5 + i, ORDINARY[i]) for i in range(20)]
    got = hashtags.family(archive(*rows), "mynypd", rng=1)
    assert len(got.members) == 5
    assert set(got.members["reason"].iloc[1:]) == {"2 accounts used it, at least 3 are needed"}


def test_a_slip_counts_as_the_tag_it_stands_for(known: tuple[pd.DataFrame, pd.Series]) -> None:
    tweets, truth = known
    sizes = tweets.explode("hashtags").groupby("hashtags")["author_id"].nunique()
    name = str(sizes[truth.index].idxmax())
    slip = name[:-2] + name[-1] + name[-2]
    changed = tweets.copy()
    last = max(i for i, tags in enumerate(tweets["hashtags"]) if name in tags)
    changed["hashtags"] = [[slip] if i == last else t for i, t in enumerate(tweets["hashtags"])]
    changed["kind"] = ["tweet" if i == last else k for i, k in enumerate(tweets["kind"])]
    got = hashtags.family(changed, "mynypd", rng=1)
    assert got.merged[["variant", "hashtag"]].to_numpy().tolist() == [[slip, name]]
    plain = hashtags.family(tweets, "mynypd", rng=1)
    pd.testing.assert_frame_equal(got.links, plain.links)


def test_an_archive_with_no_other_tag_gives_a_family_of_one() -> None:
    rows = [(str(i), f"u{i}", i, "myNYPD" if i % 2 else "") for i in range(20)]
    got = hashtags.family(archive(*rows), "mynypd", rng=1)
    assert (len(got.members), len(got.links), got.cannot_tell) == (1, 0, None)


def test_an_absent_root_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"never occurs.*got #mynydp\. The nearest"):
        hashtags.family(SMALL, "MyNYDP")


def test_what_a_notebook_shows_is_safe() -> None:
    rows = [(f"r{i}", f"r{i}", i, "myNYPD") for i in range(5)]
    rows += [(f"{t}{i}", f"x{i}", 9 + i, f"my<{t}>") for t in "abcd" for i in range(4)]
    rows += [(f"y{i}", f"y{i}", 5 + i, ORDINARY[i]) for i in range(20)]
    shown = hashtags.family(archive(*rows), "mynypd", rng=1)._repr_html_()
    assert "my&lt;a&gt;" in shown
    assert "<a>" not in shown


def test_naming_both_tags_speaks_for_the_parent() -> None:
    """Two of the first three name it where one in 33 does: more likely; none does: less."""
    laws = np.zeros((1, len(_beside._MEANS) * len(_beside._WORTHS)))
    laws[0, len(_beside._WORTHS) * (_beside._MEANS.index(0.03) + 1) - 1] = 1.0
    plain = child([1, 1, 1], 0.5)
    both = np.array([[True], [True], [False]])
    naming = dataclasses.replace(plain.evidence, joint=both)
    with_it, without = (
        _posterior.posterior([dataclasses.replace(plain, evidence=one, laws=laws)])[0][0]
        for one in (naming, plain.evidence)
    )
    assert with_it > _posterior.posterior([plain])[0][0] > without


def test_who_follows_a_user_of_the_parent_has_met_it(
    known: tuple[pd.DataFrame, pd.Series],
) -> None:
    """Every first adopter of one child follows the first user of another, older one."""
    tweets, truth = known
    first = tweets.explode("hashtags").sort_values("at")
    parent, name = "mynypd", str(truth.index[5])
    star = first.loc[first["hashtags"] == parent, "author_id"].iloc[0]
    adopters = first.loc[first["hashtags"] == name, "author_id"].drop_duplicates().head(15)
    follows = pd.DataFrame({"follower_id": adopters, "followed_id": star})
    acts = _acts.read(tweets, follows)
    held = acts.acts_with(acts.code(parent))
    got = _evidence.gather(acts, [acts.code(name)], [held])[0]
    assert (got.used | got.exposed).all()
    plain = _acts.read(tweets)
    before = _evidence.gather(plain, [acts.code(name)], [held])[0]
    assert not (before.used | before.exposed).all()
    got_family = hashtags.family(tweets, parent, follows=follows, rng=1)
    links = got_family.links.set_index(["child", "parent"])
    assert links.loc[(name, parent), "exposed"] == int(got.exposed.sum())


def test_a_tag_of_the_lexicon_that_shares_early_adopters_is_a_form() -> None:
    """Twelve of the root's users, and hardly another, take up a tag of another language."""
    rows = [(f"r{i}", f"r{i}", i, "myNYPD") for i in range(40)]
    rows += [(f"o{i}", f"o{i}", i, ORDINARY[i % 20]) for i in range(160)]
    rows += [(f"p{i}", f"o{i}", 200 + i, ORDINARY[i % 20]) for i in range(160)]
    rows += [(f"m{i}", f"r{i}", 210 + i, "MiPoliciaMexicana") for i in range(12)]
    rows += [(f"n{i}", f"o{i}", 230 + i, "policíadeayer") for i in range(40)]
    tweets = archive(*rows)
    kinds = {
        words: dict(
            hashtags.candidates(tweets, "mynypd", lexicon=words)[["hashtag", "kind"]].to_numpy()
        )
        for words in ((), ("policía",))
    }
    assert kinds[()].get("mipoliciamexicana") == "adopters"
    assert kinds["policía",]["mipoliciamexicana"] == "form"
    assert "policíadeayer" not in kinds["policía",]
    got = hashtags.family(tweets, "mynypd", lexicon=["policía"], rng=1).members
    assert got.set_index("hashtag")["kind"]["mipoliciamexicana"] == "form"


def test_recruitment_tells_what_fed_the_growth(found: hashtags.Family) -> None:
    """In the generator followers pass a tag on: no other tag feeds it, its own users do."""
    shares = found.recruitment
    assert shares.groupby("child")["share"].sum().to_numpy() == pytest.approx(1.0)
    assert (shares["share_low"] <= shares["share"]).all()
    assert (shares["share"] <= shares["share_high"]).all()
    own = shares[shares["source"] == shares["child"]]["share"].mean()
    others = shares[shares["source"].notna() & (shares["source"] != shares["child"])]
    assert own > 0.3  # half of the adopters retweet, the first never does
    assert others.groupby("child")["share"].sum().sum() / shares["child"].nunique() < 0.1


def test_where_no_tag_is_told_the_tree_is_a_family() -> None:
    rows = [(f"r{i}", f"r{i}", i, "myNYPD") for i in range(9)]
    for tag in ("myOPD", "myELAS", "mySFPD", "myDCPD"):
        rows += [(f"{tag}{i}", f"{tag}{i}", 20 + i, tag) for i in range(4)]
    rows += [(f"x{i}", f"x{i}", 5 + i, ORDINARY[i]) for i in range(20)]
    got = hashtags.family(archive(*rows), "mynypd", rng=1)
    top = got.links.groupby("child")["probability"].max()
    assert got.resolved == pytest.approx(top.mean())
    assert ("a family, not a tree" in repr(got)) is bool(got.resolved < 0.5)
    sums = got.members.iloc[1:][["p_family", "p_outside", "p_independent"]].sum(axis=1)
    assert sums.to_numpy() == pytest.approx(1.0)
