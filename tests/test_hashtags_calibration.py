"""Families of known parents, many of them: how often the answers are right, and said so."""

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from test_hashtags_generator import Settings, family, thinned

from spread import hashtags

BASELINES = ("together", "largest", "first_adopter")


_FAMILIES = range(100, 135)
# The same families are asked whole and with half of their tweets.
made = functools.lru_cache(maxsize=len(_FAMILIES))(family)


def answers(seeds: range, settings: Settings, kept: float) -> pd.DataFrame:
    """A row a tag of known parent; a parent that is not older here counts as none here."""
    rows = []
    for seed in seeds:
        tweets, truth = made(seed, settings)
        got = hashtags.family(thinned(tweets, kept, seed), "mynypd", rng=seed)
        full = tweets.explode("hashtags").sort_values("at").groupby("hashtags")["author_id"].first()
        members, naive = got.members.set_index("hashtag"), got.naive.set_index("hashtag")
        for child, links in got.links.groupby("child"):
            name = str(child)
            if name not in truth.index:
                continue
            true = "" if pd.isna(truth[name]) else str(truth[name])
            chance = dict(zip(links["parent"].fillna(""), links["probability"], strict=True))
            here = true if true in chance else ""
            row = members.loc[name]
            rows.append(
                {
                    "child": bool(true),
                    "right": max((p for p in chance if p), key=lambda p: chance[p]) == true,
                    **{rule: naive.loc[name, rule] == true for rule in BASELINES},
                    "attached": row["verdict"] == "descends",
                    "precise": row["parent"] == true,
                    "said": max(chance.values()),
                    "so": max(chance, key=lambda p: chance[p]) == here,
                    "same_said": row["p_same_inventor"],
                    "same": row["first_author_id"] == full[name],
                }
            )
    return pd.DataFrame(rows)


def calibration_error(said: np.ndarray, so: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal width."""
    place = np.minimum((said * 10).astype(int), 9)
    gaps = np.bincount(place, said, 10) - np.bincount(place, so, 10)
    return float(np.abs(gaps).sum() / len(said))


def perfect_error(said: np.ndarray) -> float:
    """95 % quantile of the error of one whose every probability is true."""
    rng = np.random.default_rng(0)
    return float(
        np.quantile(
            [calibration_error(said, rng.random(len(said)) < said) for _ in range(999)], 0.95
        )
    )


def test_the_error_of_a_perfect_predictor_shrinks_with_the_root_of_its_answers() -> None:
    """All said .5: |share - .5| has its 95 % quantile at 1.96 x .5 / sqrt(n), .098 for 100."""
    assert perfect_error(np.full(100, 0.55)) == pytest.approx(1.96 * 0.4975 / 10, abs=0.01)
    assert calibration_error(np.full(4, 0.75), np.array([1, 1, 1, 0])) == 0.0


@functools.cache
def simulated(kept: float, by_size: float) -> pd.DataFrame:
    """35 families of 13 children and 3 independent lookalikes, of seeds that fixed nothing."""
    return answers(_FAMILIES, Settings(by_size=by_size), kept)


def world(kept: float, by_size: float) -> str:
    return f"{kept:.0%} of tweets kept" + (", parents drawn by size" if by_size else "")


@pytest.mark.calibration
@pytest.mark.parametrize(
    ("kept", "by_size", "least"), [(1.0, 0.0, 0.85), (0.5, 0.0, 0.5), (1.0, 1.0, 0.85)]
)
def test_parents_are_found_and_lookalikes_refused(
    kept: float, by_size: float, least: float, calibration_row: Callable[..., None]
) -> None:
    """Lookalikes: 9 in 10 without a parent, less two binomial standard errors.

    Where parents are drawn by size, any that the inventor had used is as likely as another:
    the first adopter's last tag may then tie, within two standard errors.
    """
    got = simulated(kept, by_size)
    real, lone = got[got["child"]], got[~got["child"]]
    accuracy, rules = real["right"].mean(), real[list(BASELINES)].mean()
    refused, told = 1 - lone["attached"].mean(), got[got["attached"]]["precise"].mean()
    beside = ", ".join(f"{rule} {value:.2f}" for rule, value in rules.items())
    for claim, measured, target in (
        ("parents of tags found", f"{accuracy:.2f} of {len(real)}; {beside}", f">= {least:.2f}"),
        ("independent lookalikes without a parent", f"{refused:.2f} of {len(lone)}", ">= 0.90"),
        (
            "true children that descend (and right)",
            f"{real.attached.mean():.2f} ({told:.2f})",
            "none",
        ),
    ):
        calibration_row("hashtags", f"{claim}, {world(kept, by_size)}", measured, target)
    tie = 2 * np.sqrt(rules.max() * (1 - rules.max()) / len(real)) if by_size else 0.0
    assert accuracy >= least
    assert accuracy > rules.max() - tie
    assert refused >= 0.9 - 2 * np.sqrt(0.9 * 0.1 / len(lone))


def error_row(got: pd.DataFrame) -> tuple[float, float, str]:
    """Return the calibration error, a perfect predictor's 95 % quantile, and both in words."""
    said, so = got["said"].to_numpy(), got["so"].to_numpy(float)
    error, quantile = calibration_error(said, so), perfect_error(said)
    return error, quantile, f"{error:.3f}; {said.mean():.2f} said, {so.mean():.2f} true"


@pytest.mark.calibration
def test_probabilities_come_true_where_any_share_of_inventors_only_read(
    calibration_row: Callable[..., None],
) -> None:
    """An archive cannot show who read a tag and never used it. The prior takes it for
    somewhat more likely (3 : 2) that no inventor had only read the parent than that any
    share of them had. The error is below the 95 % quantile of a perfect predictor's over
    archives in which none, a third or two thirds had, and in each kind in which none had.
    """
    shares = (0.0, 1 / 3, 2 / 3)
    mixed = pd.concat(
        answers(range(400 + i, 433, 3), Settings(only_seen=share), 1.0)
        for i, share in enumerate(shares)
    )
    error, quantile, measured = error_row(mixed)
    where = "inventors of whom none, 1/3 or 2/3 only read the parent"
    calibration_row(
        "hashtags", f"calibration error of parents, {where}", measured, f"<= {quantile:.3f}"
    )
    for kept, by_size in ((1.0, 0.0), (0.5, 0.0), (1.0, 1.0)):
        other, limit, words = error_row(simulated(kept, by_size))
        met = "met" if other <= limit else "missed"
        claim = f"calibration error of parents, {world(kept, by_size)}, all inventors used them"
        calibration_row("hashtags", claim, words, f"<= {limit:.3f}: {met}")
        assert other <= limit
    assert error <= quantile
