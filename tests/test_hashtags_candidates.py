"""Templates, misspellings and shared adopters: which tags may have come from a root."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_hashtags_usage import archive

from spread import hashtags
from spread.hashtags import _acts, _association, _forms, _template, _usage, _variants

ORDINARY = [
    "news",
    "justice",
    "march",
    "coffee",
    "earthday",
    "photo",
    "police",
    "copwatch",
    "music",
    "friday",
    "weather",
    "sports",
    "election",
    "school",
    "traffic",
    "museum",
    "monday",
    "holiday",
    "market",
    "garden",
]


def test_association_equals_the_closed_forms() -> None:
    """n11=20, n1=100, n2=50, N=10,000: NPMI and Dunning's G2 worked out by hand elsewhere."""
    cell = [np.array(value) for value in (20.0, 100.0, 50.0)]
    assert float(_association.npmi(*cell, 10_000)) == pytest.approx(0.5935819919280985)
    assert float(_association.g_squared(*cell, 10_000)) == pytest.approx(121.646276025725)


@pytest.mark.parametrize(("together", "value"), [(0.0, -1.0), (4.0, 1.0), (1.0, 0.0)])
def test_npmi_at_its_limits(together: float, value: float) -> None:
    """Of 4 users 2 have each tag: 1 in common is chance. Of 4, all have both: always."""
    one = np.array(4.0 if together == 4.0 else 2.0)
    assert float(_association.npmi(np.array(together), one, one, 4)) == pytest.approx(value)


def test_the_bipartite_model_keeps_every_degree() -> None:
    """Each user's expected tags are his tags: the sum over roots of expected pairs follows.

    sum over tags c of expected_together(root, c) = sum over users p_u,root * k_u, and
    summing that over all roots gives sum k_u^2, by the model's own constraints.
    """
    rng = np.random.default_rng(3)
    held = rng.random((60, 12)) < rng.random((60, 1)) * rng.random(12)
    held = held[held.any(axis=1)][:, held.any(axis=0)]
    users, tags = held.sum(axis=1), held.sum(axis=0)
    total = sum(_association.expected_together(users, tags, int(d)).sum() for d in tags)
    assert total == pytest.approx((users**2).sum(), rel=1e-6)


def test_a_busy_account_is_no_evidence() -> None:
    """Two tags used by the same hyperactive accounts: independence is rejected, BiCM is not."""
    rng = np.random.default_rng(5)
    active = np.r_[np.full(60, 0.4), np.full(940, 0.01)]
    held = rng.random((1000, 40)) < active[:, None]
    users, tags = held.sum(axis=1), held.sum(axis=0)
    both = (held[:, [0]] & held).sum(axis=0)[1:]
    expected = _association.expected_together(users[users > 0], tags, int(tags[0]))[1:]
    fair = _association.upper_tail(both, expected)
    naive = _association.upper_tail(both, tags[0] * tags[1:] / len(held))
    assert (fair < 0.05).sum() <= 6  # 39 tests at 5 %: P(more than 6) < .01 (binomial)
    assert (naive < 0.05).sum() >= 30


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 1), max_size=6), st.integers(0, 6))
def test_the_tail_of_coins_equals_enumeration(chances: list[float], count: int) -> None:
    total = 0.0
    for heads in itertools.product([0, 1], repeat=len(chances)):
        weight = np.prod([c if h else 1 - c for c, h in zip(chances, heads, strict=True)])
        total += float(weight) * (sum(heads) >= count)
    assert _association.coins_tail(count, np.array(chances)) == pytest.approx(total, abs=1e-12)


def test_q_values_equal_the_definition() -> None:
    p = np.array([0.2, 0.001, 0.04, 0.03, 0.6])
    plain = [min(sorted(p)[j] * 5 / (j + 1) for j in range(5) if sorted(p)[j] >= x) for x in p]
    assert _association.q_values(p) == pytest.approx(plain)


@pytest.mark.parametrize(
    ("root", "others", "shown"),
    [
        ("mynypd", ["mylapd", "myopd", "myelas", "mycpd", "mybpd", "mydpd"], "my…"),
        (
            "blacklivesmatter",
            ["bluelivesmatter", "alllivesmatter", "translivesmatter", "womenlivesmatter"],
            "…livesmatter",
        ),
        ("我的北京", ["我的上海", "我的广州", "我的武汉", "我的成都"], "我的…"),
        ("моямосква", ["мояполиция", "моясамара", "мояказань", "мояуфапд"], "моя…"),
    ],
)
def test_templates_are_learned_in_any_script(root: str, others: list[str], shown: str) -> None:
    assert _template.productive(root, [*others, *ORDINARY])[0].shown == shown


def test_ordinary_tags_make_no_template() -> None:
    assert _template.productive("mynypd", ORDINARY) == []


def test_a_common_first_letter_is_no_template() -> None:
    """Twenty tags begin with m; only those with my are more than letters explain."""
    many = [f"m{vowel}{rest}" for vowel in "aeiou" for rest in ("rket", "sic", "ndo", "lls")]
    found = _template.productive("mynypd", [*many, *ORDINARY, "mylapd", "myopd", "myelas", "mycpd"])
    assert [template.shown for template in found] == ["my…"]


def plain_distance(a: str, b: str) -> int:
    if not a or not b:
        return len(a) + len(b)
    best = min(
        plain_distance(a[:-1], b) + 1,
        plain_distance(a, b[:-1]) + 1,
        plain_distance(a[:-1], b[:-1]) + (a[-1] != b[-1]),
    )
    if len(a) > 1 and len(b) > 1 and a[-1] == b[-2] and a[-2] == b[-1]:
        best = min(best, plain_distance(a[:-2], b[:-2]) + 1)
    return best


words = st.text("abc", max_size=5)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(words, max_size=6, unique=True), st.lists(words, max_size=3, unique=True))
def test_near_equals_all_pairs(tags: list[str], targets: list[str]) -> None:
    plain = {(a, b) for a in tags for b in targets if plain_distance(a, b) == 1}
    assert set(_variants.near(tags, targets)) == plain


def cities() -> pd.DataFrame:
    """#mylapd by sixty; one slip of each kind, and another city one letter apart."""
    rows = [(f"r{i}", f"r{i}", i, "myNYPD") for i in range(9)]
    for tag, start in (("myOPD", 10), ("myELAS", 12), ("mySFPD", 14), ("myDCPD", 16)):
        rows += [(f"{tag}{i}", f"{tag}{i}", start + i, tag) for i in range(8)]
    rows += [(f"l{i}", f"l{i}", 10 + i, "myLAPD") for i in range(60)]
    rows += [("s1", "l3", 40, "myLADP"), ("s2", "new", 41, "myyLAPD")]
    rows += [(f"v{i}", f"v{i % 2}", 50 + i, "myLVPD") for i in range(6)]
    rows += [(f"x{i}", f"r{i % 3}", 60 + i, ORDINARY[i % 20]) for i in range(60)]
    return archive(*rows)


def judged() -> pd.DataFrame:
    used = _usage.facts(hashtags.usage(cities()))
    template = _template.Template("my", "", 6, 0.1, 0.0)
    targets = ["mylapd", "myopd", "mynypd"]
    return _variants.slips(_acts.read(cities()), used, targets, [template]).set_index("variant")


@pytest.mark.parametrize(
    ("variant", "merge", "why"),
    [
        ("myladp", True, "two neighbouring letters are swapped"),
        ("myylapd", True, "a letter is repeated"),
        ("mylvpd", False, "may be another name"),
    ],
)
def test_only_slips_are_merged(variant: str, merge: bool, why: str) -> None:
    row = judged().loc[variant]
    assert (row["hashtag"], row["merge"]) == ("mylapd", merge)
    assert why in row["reason"]


def test_candidates_come_after_the_root_and_say_their_kind() -> None:
    kinds = hashtags.candidates(cities(), "#MyNYPD").set_index("hashtag")["kind"]
    assert (kinds[["mylapd", "myopd", "myelas", "mysfpd", "mydcpd"]] == "template").all()
    assert (kinds[["myladp", "myylapd"]] == "variant").all()
    assert kinds["mylvpd"] == "template"
    assert "mynypd" not in kinds.index


def test_an_older_tag_is_no_candidate() -> None:
    older = pd.concat([archive(("o1", "old", -30, "myCITY")), cities()], ignore_index=True)
    assert "mycity" not in set(hashtags.candidates(older, "mynypd")["hashtag"])


def test_the_order_of_rows_changes_nothing() -> None:
    shuffled = cities().sample(frac=1, random_state=4, ignore_index=True)
    pd.testing.assert_frame_equal(
        hashtags.candidates(cities(), "mynypd"), hashtags.candidates(shuffled, "mynypd")
    )


def translated(beside: int) -> pd.DataFrame:
    """All use #myNYPD, then four more of its form, then twelve of them a tag in Spanish.

    The first `beside` of these write both tags.
    """
    rows = [(f"r{i}", f"u{i}", i, "myNYPD") for i in range(60)]
    for tag, start in (("myOPD", 60), ("myELAS", 70), ("mySFPD", 80), ("myDCPD", 90)):
        rows += [(f"{tag}{i}", f"u{start - 60 + i}", start + i, tag) for i in range(8)]
    for i in range(12):
        tags = "MiPoliciaMexicana myNYPD" if i < beside else "MiPoliciaMexicana"
        rows.append((f"m{i}", f"u{40 + i}", 120 + i, tags))
    rows += [(f"x{i}", f"u{i % 3}", 100 + i, ORDINARY[i % 20]) for i in range(60)]
    return archive(*rows)


def test_a_translation_is_a_candidate_where_everybody_had_used_the_root() -> None:
    """No excess can show there; the near affix, used before by all and named beside it do."""
    found = hashtags.candidates(translated(3), "mynypd").set_index("hashtag")
    row = found.loc["mipoliciamexicana"]
    assert (row["kind"], row["early"], row["joint"]) == ("form", 12, 3)
    assert "mipoliciamexicana" in set(hashtags.family(translated(3), "mynypd").members["hashtag"])


def test_a_near_affix_alone_makes_no_candidate() -> None:
    found = hashtags.candidates(translated(0), "mynypd")
    assert "mipoliciamexicana" not in set(found.loc[found["kind"] != "companion", "hashtag"])


@pytest.mark.parametrize(
    ("written", "prefix", "suffix"),
    [("MiPolicia", "my", ""), ("МояПолиция", "моє", ""), ("NuestraVoz", "nuestro", "")],
)
def test_an_affix_one_letter_off_is_a_cousin(written: str, prefix: str, suffix: str) -> None:
    template = _template.Template(prefix, suffix, 5, 0.1, 0.0)
    assert _forms.cousins({written.casefold(): written}, [template]) == {written.casefold()}


@pytest.mark.parametrize("written", ["mipolicia", "BySea", "MyNYPD", "Mi", "MIPOLICIA", "我的城"])
def test_other_words_are_no_cousins_of_my(written: str) -> None:
    template = _template.Template("my", "", 5, 0.1, 0.0)
    assert _forms.cousins({written.casefold(): written}, [template]) == set()
