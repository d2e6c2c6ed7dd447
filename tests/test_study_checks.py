"""Other choices and negative controls: the claims made again, and where none should be made."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spread import archive, figures, report, scenario, study
from spread._errors import InputError, UsageError
from spread.study import _paths
from spread.study._claims import claims, subjects
from spread.study._paths import Sample, Specification

# Each walks the path many times.
pytestmark = pytest.mark.calibration


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> study.Study:
    folder = tmp_path_factory.mktemp("checked")
    scenario.generate("mynypd", folder / "archive.jsonl.gz", scale=0.02, rng=3)
    read = archive.read(folder / "archive.jsonl.gz", progress=False)
    return study.run(read, "myNYPD", end="2014-04-22T22:00Z", rng=1, progress=False)


@pytest.fixture(scope="module")
def table(found: study.Study) -> pd.DataFrame:
    return study.sensitivity(found, vary=["reconstruction", "retweets"], progress=False)


def test_the_first_specification_is_the_study(found: study.Study, table: pd.DataFrame) -> None:
    own = table[table.specification == 0].set_index("claim")
    assert own.agrees.fillna(True).all()
    assert own.estimate["turned it"] == found.tables["turned"].p_turned.max()
    assert own.estimate["most credit"] == found.tables["seeds"].share.iloc[0]
    rising = found.turn.shares.set_index("camp").loc[found.turn.rising]
    assert own.estimate["rise of the camp's share"] == rising.after - rising.before


def test_walking_the_path_again_finds_what_the_study_found(found: study.Study) -> None:
    own = _paths.of_study(found)
    again = _paths.walker(found)(Specification())
    asked = subjects(own, dict(found.cannot_tell))
    pd.testing.assert_frame_equal(
        claims(own, asked), claims(again, asked), check_exact=False, rtol=1e-12
    )


def test_each_choice_is_varied_alone() -> None:
    chosen = study._sensitivity._one_at_a_time(2, study._sensitivity._CHOICES[:-1])
    own = {**chosen[0]._asdict(), **chosen[0].sample._asdict()}
    for other in chosen[1:]:
        values = {**other._asdict(), **other.sample._asdict()}
        changed = {name for name in values if values[name] != own[name]} - {"sample", "draw"}
        assert len(changed) == 1
    assert len(chosen) == 1 + 3 + 2 + 1 + 1 + 1 + 2 * 2


def test_what_is_walked_again_is_what_was_asked_for(table: pd.DataFrame) -> None:
    chosen = table.drop_duplicates("specification")
    assert chosen.reconstruction.tolist() == [*study._sensitivity._RECONSTRUCTIONS, "posterior"]
    assert chosen.retweets.tolist() == [True] * 4 + [False]


def test_fewer_authors_are_fewer_tweets_and_none_retweets_the_lost(found: study.Study) -> None:
    scope, sample = _paths.whole(found), Sample(authors_kept=0.5)
    gone = _paths.left_out(found, scope, sample)
    kept = _paths.sampled(found, scope, sample, gone).tweets.to_pyarrow().to_pandas()
    authors = scope.tweets.author_id.nunique().to_pyarrow().as_py()
    # Four binomial standard deviations around a half.
    assert abs(len(gone) - authors / 2) < 4 * np.sqrt(authors / 4)
    assert not set(kept.author_id) & gone
    assert not set(kept.retweet_author_id[kept.kind == "retweet"].dropna()) & gone


def test_an_account_that_was_left_out_is_not_asked_about(found: study.Study) -> None:
    own = _paths.of_study(found)
    asked = subjects(own)
    without = _paths.Results(
        own.turn, own.camps, own.turned, own.rank, own.metrics, own.family,
        gone=frozenset({asked.turner or ""}),
    )  # fmt: skip
    row = claims(without, asked).set_index("claim").loc["turned it"]
    assert pd.isna(row.agrees)
    assert row.cannot_tell == "the account is among those left out"


def test_a_path_that_ends_early_is_a_claim_not_found_again(
    found: study.Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ends(_: Specification) -> None:
        raise InputError("nothing is left")

    monkeypatch.setattr(study._sensitivity, "walker", lambda _: ends)
    other = study.sensitivity(found, progress=False).query("specification > 0")
    assert (~other.agrees.astype(bool)).all()
    assert other.estimate.isna().all()
    assert set(other.cannot_tell) == {"nothing is left"}


def test_combinations_repeat_with_their_seed() -> None:
    chosen = study._sensitivity._combinations
    first, again, other = (chosen(5, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_the_summary_counts_those_that_were_asked(table: pd.DataFrame) -> None:
    for row in study.robustness(table).dropna(subset=["robust"]).itertuples():
        rows = table[(table.claim == row.claim) & (table.about == row.about)]
        asked = rows[rows.agrees.notna()]
        assert (row.specifications, row.agree) == (len(asked), asked.agrees.sum())
        assert not row.robust or row.agree >= 0.95 * row.specifications


def test_a_claim_that_holds_in_direction_alone_is_not_robust() -> None:
    """Of 40 shares of credit 39 are within twofold of 0.3 and agree; then two are not."""
    rows = pd.DataFrame({"specification": range(40), "claim": "most credit", "about": "7"})
    rows = rows.assign(unit="share of credit", agrees=True, beyond_null=None, estimate=0.3)
    once, twice = rows.copy(), rows.copy()
    once.loc[1, "estimate"], twice.loc[[1, 2], "estimate"] = 0.05, (0.05, 0.61)
    summed = [study.robustness(one).iloc[0] for one in (once, twice)]
    assert [row.share_as_large for row in summed] == [39 / 40, 38 / 40]
    assert [bool(row.robust) for row in summed] == [True, True]
    worse = twice.assign(estimate=twice.estimate.where(twice.specification != 3, 0.01))
    row = study.robustness(worse).iloc[0]
    assert (row.robust, row.share_agree, row.fold) == (False, 1.0, 61)
    assert row.holds == "in direction, not in size: it ranges over 61-fold"


def test_no_turn_is_found_where_there_should_be_none(found: study.Study) -> None:
    made = study.controls(found, shuffles=5, rng=1)
    assert set(made.control) == {"labels exchanged", "before the turn", "an unrelated tag"}
    assert (made.control == "labels exchanged").sum() == 5
    assert not made.found.any()
    tagged = _paths.whole(found).tagged.to_pyarrow().to_pandas()
    earlier = tagged[(tagged.origin == "collected") & (tagged["at"] < found.turn.onset_low)]
    assert made[made.control == "before the turn"].tweets.tolist() == [len(earlier)]


def test_a_report_shows_what_a_study_was_asked(
    found: study.Study, table: pd.DataFrame, tmp_path: Path
) -> None:
    asked = found.with_tables(
        sensitivity=table,
        robustness=study.robustness(table),
        controls=study.controls(found, shuffles=1, rng=1),
    )
    report.write(asked, tmp_path / "report.html")
    report.write_figures(asked, tmp_path / "figures")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'id="checked"' in page
    assert figures.alt(figures.sensitivity(table)) in page
    assert (tmp_path / "figures" / "sensitivity.html").is_file()
    assert "sensitivity" not in found.tables


def test_a_choice_that_does_not_exist(found: study.Study) -> None:
    with pytest.raises(UsageError, match="got 'colour'; allowed: reconstruction, "):
        study.sensitivity(found, vary=["colour"])


@pytest.mark.parametrize("options", [{"crossed": -1}, {"draws": 1.5}, {"draws": True}])
def test_counts_are_counts(found: study.Study, options: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        study.sensitivity(found, **options)
    with pytest.raises(UsageError, match="cannot be used"):
        study.controls(found, shuffles=-1)
