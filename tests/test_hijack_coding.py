"""Samples to code by hand, agreement of coders, and how often a code is wrong."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from spread import hijack, tables
from spread._errors import UsageError

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", example C: four coders,
# twelve units, missing data; nominal alpha 0.743.
PUBLISHED = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")


def long(*sheets: str) -> pd.DataFrame:
    """One character a tweet, one string a coder; a dot is not coded."""
    return pd.DataFrame(
        [
            (f"{tweet:05}", f"coder {number}", None if code == "." else code)
            for number, sheet in enumerate(sheets, start=1)
            for tweet, code in enumerate(sheet.replace(" ", ""))
        ],
        columns=["tweet_id", "coder", "code"],
    )


def archive(n: int) -> pd.DataFrame:
    """n originals, ten a minute; every fourth row is a retweet of the one before it."""
    row = np.arange(n * 4 // 3 + 4)
    is_retweet = row % 4 == 3
    return pd.DataFrame(
        {
            "tweet_id": [f"458661478962{i:06}" for i in row],
            "author_id": [str(i % 97) for i in row],
            "at": tables.instants(row * 6_000_000),
            "kind": np.where(is_retweet, "retweet", "tweet"),
            "text": [f"=text {i}" for i in row],
        }
    ).loc[lambda rows: (rows.kind == "retweet") | ((rows.kind == "tweet").cumsum() <= n)]


def test_a_sample_is_deterministic_and_covers_time_evenly() -> None:
    tweets = archive(300)
    sheet = hijack.sample_to_code(tweets, 30, double=0, rng=5)
    same = hijack.sample_to_code(tweets.sample(frac=1, random_state=1), 30, double=0, rng=5)
    pd.testing.assert_frame_equal(sheet, same)
    originals = tweets[tweets.kind == "tweet"].tweet_id.tolist()
    places = sorted(originals.index(tweet) for tweet in sheet.tweet_id)
    assert [place // 10 for place in places] == list(range(30))  # one from each run of ten
    assert sheet.attrs["seed"] == 5


@settings(max_examples=20, derandomize=True, deadline=None)
@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 4), st.floats(0, 1))
def test_a_sample_is_dealt_to_coders(size: int, n: int, coders: int, double: float) -> None:
    n = min(n, size)
    sheet = hijack.sample_to_code(archive(size), n, coders=coders, double=double, rng=1)
    times = sheet.tweet_id.value_counts()
    shared = round(double * n)
    assert len(times) == n
    assert len(sheet) == n + shared * (coders - 1)
    assert coders == 1 or int((times == coders).sum()) == shared
    assert sheet.drop_duplicates("tweet_id").weight.sum() == size
    assert np.ptp([int((sheet.coder == f"coder {i + 1}").sum()) for i in range(coders)]) <= 1


@pytest.mark.calibration
def test_every_original_is_as_likely_as_its_weight_says() -> None:
    """Horvitz–Thompson: the weight is the inverse of the chance, so weighted hits average 1."""
    tweets, runs = archive(7), 150
    hits = pd.concat([hijack.sample_to_code(tweets, 3, double=0, rng=i) for i in range(runs)])
    total = hits.groupby("tweet_id").weight.sum() / runs
    # Runs of 2, 2 and 3: the estimate's variance is (weight − 1)/runs; 4 standard errors.
    assert len(total) == 7
    assert np.all(np.abs(total - 1) < 4 * np.sqrt(2 / runs))


def test_what_is_not_one_cascade_s_beginning_is_not_drawn() -> None:
    tweets = archive(6).assign(manual_retweet=False, origin="collected")
    tweets.loc[tweets.index[0], "manual_retweet"] = True
    tweets.loc[tweets.index[1], "text"] = None
    tweets.loc[tweets.index[2], "text"] = " \n"
    tweets.loc[tweets.index[4], ["origin", "at"]] = ["embedded", pd.Timestamp("1969", tz="UTC")]
    sheet = hijack.sample_to_code(tweets, 2, double=0, rng=1)
    assert set(sheet.tweet_id) == set(tweets.tweet_id[[5, 6]])


def test_a_sheet_survives_the_way_through_a_file(tmp_path: Path) -> None:
    tweets = archive(20).assign(text="=HYPERLINK(1)\u202e & <b>\nmore\x07")
    sheet = hijack.sample_to_code(tweets, 10, rng=2)
    sheet.to_csv(tmp_path / "sheet.csv", index=False)
    back = pd.read_csv(tmp_path / "sheet.csv", dtype=str)
    assert list(back.columns) == ["tweet_id", "at", "author_id", "text", "code", "coder", "weight"]
    assert back.tweet_id.tolist() == sheet.tweet_id.tolist()
    assert set(back.text) == {"'=HYPERLINK(1) & <b> more"}
    assert hijack.consensus(back).empty
    assert len(hijack.consensus(back.assign(code="praise"))) == 10


@pytest.mark.parametrize(("n", "got"), [(0, "0"), (13, "13"), (2.5, "2.5"), (True, "True")])
def test_too_large_a_sample_says_how_many_there_are(n: int, got: str) -> None:
    line = f"n cannot be used: got {got}; allowed: an integer from 1 to 12"
    with pytest.raises(UsageError, match=line):
        hijack.sample_to_code(archive(12), n)


@pytest.mark.parametrize("option", [{"coders": 0}, {"double": 1.5}, {"double": np.nan}])
def test_options_of_a_sample_are_checked(option: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=f"{next(iter(option))} cannot be used: got"):
        hijack.sample_to_code(archive(12), 3, **option)


def test_alpha_of_the_published_example() -> None:
    found = hijack.agreement(long(*PUBLISHED), rng=1)
    assert round(found.alpha, 3) == 0.743
    assert found.alpha_low < 0.743 < found.alpha_high <= 1
    assert (found.tweets, found.double_coded, len(found.coders)) == (12, 11, 4)
    assert np.isnan(found.kappa)
    assert found.confusion.to_numpy().sum() == pytest.approx(40)  # pairable values


def test_kappa_worked_by_hand() -> None:
    """Of 50: both yes 20, both no 15, 5 and 10 apart; p = .7, q = .5·.6 + .5·.4 = .5."""
    found = hijack.agreement(long("y" * 25 + "n" * 25, "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15))
    assert found.percent == pytest.approx(0.7)
    assert found.kappa == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    assert found.confusion.loc["y"].to_dict() == {"n": 5, "y": 20}
    # "yes" is given 25 + 30 times, 2·20 of them in pairs that agree.
    yes = found.by_code.set_index("code").loc["y"]
    assert (yes.uses, yes.agreement) == (55, pytest.approx(40 / 55))
    assert yes.agreement_low < 40 / 55 < yes.agreement_high


def test_the_interval_of_agreement_is_that_of_a_share() -> None:
    """With one pair a tweet the bootstrap of a mean is binomial: sd √(p q / n)."""
    found = hijack.agreement(long("y" * 400, "y" * 300 + "n" * 100), rng=3)
    half = 1.96 * np.sqrt(0.75 * 0.25 / 400)
    # A 2.5 % quantile of 2,000 resamples has sd √(.025·.975/2000)/φ(1.96) ≈ .06 sd: 4 of
    # them, and one step of 1/400.
    tolerance = 4 * 0.06 * half / 1.96 + 1 / 400
    assert found.percent_low == pytest.approx(0.75 - half, abs=tolerance)
    assert found.percent_high == pytest.approx(0.75 + half, abs=tolerance)


def test_agreement_that_cannot_be_told() -> None:
    found = hijack.agreement(long("ab..", "..ab"))
    assert found.cannot_tell == "no tweet was coded by two coders"
    assert "cannot tell" in repr(found)
    assert "cannot tell" in found._repr_html_()
    one = hijack.agreement(long("aaa", "aaa"))
    assert (one.percent, one.cannot_tell) == (1, None)
    assert np.isnan([one.kappa, one.alpha, one.alpha_low]).all()


def test_consensus_is_the_code_of_most() -> None:
    found = hijack.consensus(long("aab.", "abc.", "bba."))
    assert found.code.where(found.code.notna(), "tie").tolist() == ["a", "b", "tie"]
    assert found.coders.tolist() == [3, 3, 3]
    assert hijack.consensus(long("..", "..")).columns.tolist() == ["tweet_id", "code", "coders"]


@pytest.mark.parametrize(
    ("tweet_id", "codes", "line"),
    [
        (["1", "1"], ["a", "b"], "a coder gave a tweet two codes: got tweet_id '1', coder '1'"),
        (["4.58661E+17", "2"], ["a", "b"], r"rounded by a spreadsheet: got '4.58661E\+17'"),
        ([458661478962364416, 2], ["a", "b"], "column tweet_id cannot be read as string"),
    ],
)
def test_codings_that_cannot_be_used(tweet_id: list[str], codes: list[str], line: str) -> None:
    codings = pd.DataFrame({"tweet_id": tweet_id, "coder": "1", "code": codes})
    for function in (hijack.agreement, hijack.consensus, hijack.misclassification):
        with pytest.raises(UsageError, match=line):
            function(codings)


def coded(
    truth: np.ndarray, error: float, codes: int, coders: int, draw: np.random.Generator
) -> pd.DataFrame:
    """Coders who err independently of each other, all errors alike."""
    sheets = []
    for _ in range(coders):
        wrong = draw.random(len(truth)) < error
        sheets.append((truth + wrong * draw.integers(1, codes, len(truth))) % codes)
    return long(*("".join(map(str, sheet)) for sheet in sheets))


def test_equal_errors_are_found_from_disagreement() -> None:
    draw = np.random.default_rng(1)
    codings = coded(draw.integers(0, 3, 4000), 0.15, 3, 2, draw)
    found = hijack.misclassification(codings, rng=1)
    # d = 2e − 3e²/2; its sd is √(d(1−d)/4000), that of e is this / |dd/de| = /(2 − 3e).
    d = 2 * 0.15 - 1.5 * 0.15**2
    tolerance = 4 * np.sqrt(d * (1 - d) / 4000) / (2 - 3 * 0.15)
    labels, matrix, draws = found
    assert labels == ("0", "1", "2")
    assert found.error == pytest.approx(0.15, abs=tolerance)
    assert np.diag(matrix) == pytest.approx(0.85, abs=tolerance)
    assert draws.shape == (1000, 3, 3)
    assert draws.sum(axis=2) == pytest.approx(1)


def test_a_gold_coder_shows_which_codes_are_confused() -> None:
    """Of 40 a, 10 coded b: Dirichlet(½ + 30, ½ + 10); of 20 b none coded a."""
    found = hijack.misclassification(long("a" * 40 + "b" * 20, "a" * 30 + "b" * 30), gold="coder 1")
    assert found.matrix == pytest.approx(np.array([[30.5, 10.5], [0.5, 20.5]]) / [[41], [21]])
    # Mean and sd of a Beta(10.5, 30.5), four standard errors of 1,000 draws.
    beta = stats.beta(10.5, 30.5)
    assert found.draws[:, 0, 1].mean() == pytest.approx(
        beta.mean(), abs=4 * beta.std() / np.sqrt(1000)
    )
    with pytest.raises(UsageError, match="no coder has this name: got 'x'; allowed: coder 1"):
        hijack.misclassification(long("a", "b"), gold="x")


def test_a_tweet_counts_once_however_many_coders_it_has() -> None:
    two = hijack.misclassification(long("ab" * 20, "ab" * 20), gold="coder 1", rng=1)
    four = hijack.misclassification(long(*["ab" * 20] * 4), gold="coder 1", rng=1)
    assert four.matrix == pytest.approx(two.matrix)
    assert hijack.misclassification(long(*["ab" * 20] * 4), rng=1).error_high == pytest.approx(
        hijack.misclassification(long(*["ab" * 20] * 2), rng=1).error_high
    )


@pytest.mark.parametrize(
    ("sheets", "gold", "sentence"),
    [
        (("a.", ".b"), None, "no tweet was coded by two coders"),
        (("aa", "aa"), None, "only one code was given"),
        (
            ("abc" * 4, "bca" * 4),
            None,
            "coders disagree on 100 % of tweets; even guesses between 3 codes disagree on 67 %",
        ),
        (("a.", ".b"), "coder 1", "no tweet was coded by coder 1 and by another coder"),
    ],
)
def test_errors_that_cannot_be_told(
    sheets: tuple[str, ...], gold: str | None, sentence: str
) -> None:
    found = hijack.misclassification(long(*sheets), gold=gold)
    assert found.cannot_tell == sentence
    assert np.isnan(found.matrix).all()
    assert sentence in found._repr_html_()


def covered(truth: float, tweets: int, draw: np.random.Generator) -> bool:
    codings = coded(draw.integers(0, 3, tweets), truth, 3, 2, draw)
    found = hijack.misclassification(codings, rng=draw)
    return bool(found.error_low <= truth <= found.error_high)


@pytest.mark.calibration
def test_intervals_of_the_error_hold_the_truth() -> None:
    """With d drawn from its prior the 95 % interval covers with chance .95 exactly."""
    draw, runs = np.random.default_rng(7), 200
    disagreement = stats.beta(0.5, 0.5).ppf(draw.random(runs) * stats.beta(0.5, 0.5).cdf(2 / 3))
    truths = (1 - np.sqrt(1 - disagreement * 1.5)) / 1.5
    hits = sum(covered(truth, 60, draw) for truth in truths)
    low, high = stats.binom(runs, 0.95).ppf([0.0005, 0.9995])
    assert low <= hits <= high
