"""Who turned it: closed forms on small archives, and truth in generated ones."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_seeds import observed, turn

from spread import archive, cascade, communities, graphs, hijack, scenario, seeds

CAMPS = pd.DataFrame({"user_id": ["U", "a", "b", "c"], "camp": ["B", "A", "A", "A"]})


def brought_by_one(*authors):
    """Everybody passes U on at 18:00; then each writes, an hour after the other."""
    first = ([-1] + [0] * len(authors), ["U", *authors], 1.0)
    return observed(first, *[([-1], [author], 1.0) for author in authors])


def found(forests, camps=CAMPS, **options):
    rising = turn("2014-04-22T18:00:00Z", ramp_s_high=5 * 3600.0, p_turn=0.5)
    options = {"turn": rising, "replicates": 2000, "rng": 1} | options
    return seeds.rank(forests, partition=camps, **options).set_index("user_id")


@pytest.mark.parametrize("authors", ["a", "ab", "abc"])
def test_who_brought_all_new_authors_probably_turned_it(authors):
    # Of another camp, and none of its cascades is the rising camp's: it is there all the same.
    u = found(brought_by_one(*authors)).loc["U"]
    # Gamma(k) beyond the Exp(1) of one more author with probability 1 − 2⁻ᵏ.
    p = 1 - 0.5 ** len(authors)
    assert u.brought == len(authors)
    assert abs(u.p_turned / 0.5 - p) < 4 * np.sqrt(p * (1 - p) / 2000)
    assert (u.credit, u.evidence, u.camp) == (0, ["00"], "B")


def test_those_who_brought_as_many_share_the_chance():
    two = observed(
        ([-1, 0], ["U", "a"], 1.0), ([-1, 0], ["V", "b"], 1.0),
        ([-1], ["a"], 1.0), ([-1], ["b"], 1.0),
    )  # fmt: skip
    drawn = found(two, resample=False)
    # One each, and one for whom nothing is known of: a third each, of P(turn) = 1/2.
    assert drawn.p_turned[["U", "V"]].tolist() == pytest.approx([1 / 6, 1 / 6])


def test_an_author_who_passed_on_two_was_brought_by_either():
    two = observed(
        ([-1, 0], ["U", "a"], 1.0), ([-1, 0], ["V", "a"], 1.0), ([-1], ["a"], 1.0)
    )  # fmt: skip
    drawn = found(two)
    assert drawn.brought[["U", "V"]].tolist() == [0.5, 0.5]
    assert drawn.brought_low["U"] == 0


@pytest.mark.parametrize(
    ("late", "why"),
    [
        ({"onset_low": pd.Timestamp("2014-04-22T18:00:15Z")}, "a passed U on before the onset"),
        ({"ramp_s_high": 1800.0}, "a wrote after the rise"),
        ({"rising": "B"}, "a is of another camp"),
    ],
)
def test_what_is_no_bringing_does_not_count(late, why):
    other = turn("2014-04-22T18:00:20Z", **{"ramp_s_high": 5 * 3600.0} | late)
    drawn = found(brought_by_one("a"), turn=other)
    assert drawn.p_turned.sum() == 0, why


def test_who_passed_it_on_only_afterwards_was_not_brought():
    after = observed(([-1], ["a"], 1.0), ([-1, 0], ["U", "a"], 1.0))
    assert "U" not in found(after).index


ROOTS = {"mynypd": "mynypd", "steady": "mybook"}


def told(name: str, path: Path, seed: int, kept: float) -> pd.DataFrame:
    """Give all accounts of a generated archive with p_turned, whether they did, and baselines.

    The whole path, with the camps found in the archive and those that date it held out.
    """
    truth = scenario.generate(name, path, scale=0.02, rng=seed, authors_kept=kept)
    tweets = archive.read(path, progress=False).tweets
    graph = graphs.retweets(tweets)
    resolution = communities.clearest(communities.profile(graph, runs=2, rng=seed))
    partition = communities.detect(graph, resolution=resolution, runs=2, rewirings=0, rng=seed)
    camps = communities.camps(partition)
    dating = communities.held_out_camps(graph, partition, splits=1, rng=seed)
    tagged = tweets.filter(tweets.hashtags.contains(ROOTS[name]))
    dated = hijack.detect(tagged, dating, rng=seed)
    forests = cascade.forests(tagged, trees=20, rng=seed)
    ranked = seeds.rank(forests, partition=camps, turn=dated, rng=seed).set_index("user_id")
    events = forests.events
    everyone = pd.DataFrame({"followers": events.groupby("user_id").mark.max()})
    root = events.user_id.iloc[forests.offsets[:-1]].to_numpy()
    passed = pd.Series(np.diff(forests.offsets) - 1).groupby(root).sum()
    return everyone.assign(
        archive=f"{name} {seed} {kept}",
        retweets=passed.reindex(everyone.index).fillna(0),
        rising=(everyone.index.map(camps.set_index("user_id").camp) == dated.rising),
        p=ranked.p_turned.reindex(everyone.index).fillna(0.0),
        did=everyone.index.isin(truth.turn.made_by),
    ).reset_index()


def calibration_error(p, did):
    """Return the expected calibration error over ten bins of equal width."""
    bins = np.minimum((10 * p).astype(int), 9)
    gap = np.bincount(bins, weights=p, minlength=10) - np.bincount(bins, did, minlength=10)
    return np.abs(gap).sum() / len(p)


def hits(accounts, column):
    """Count the archives whose rising camp's first account by a column is the one who did."""
    inside = accounts[accounts.rising].sort_values(["archive", column, "user_id"])
    return int(inside.groupby("archive").tail(1).did.sum())


@pytest.mark.calibration
def test_who_turned_it_is_told_with_calibrated_probabilities(
    tmp_path: Path, calibration_row: Callable[..., None]
) -> None:
    """Four archives as they were, three with half of the authors, two without a turn.

    Of four at 90 % at least three are told with 95 %. The error of a perfect predictor at
    the same probabilities is simulated, and its 95 % quantile the bound.
    """
    path = tmp_path / "a.jsonl"
    full = pd.concat([told("mynypd", path, seed, 1.0) for seed in range(20, 24)])
    thin = pd.concat([told("mynypd", path, seed, 0.5) for seed in range(30, 33)])
    steady = pd.concat([told("steady", path, seed, 1.0) for seed in range(40, 42)])
    turned = pd.concat([full, thin], ignore_index=True)
    every = pd.concat([turned, steady], ignore_index=True)
    p, did = every.p.to_numpy(), every.did.to_numpy(float)
    rng = np.random.default_rng(1)
    perfect = [calibration_error(p, (rng.random(len(p)) < p).astype(float)) for _ in range(400)]
    error, bound = calibration_error(p, did), np.quantile(perfect, 0.95)
    sure = [int(part[part.did].p.gt(0.5).sum()) for part in (full, thin)]
    best = {name: hits(turned, name) for name in ("p", "followers", "retweets")}
    wrong = int((steady.p > 0.5).sum())
    calibration_row("seeds", "hijacker told with p > 0.5, of 4 archives", sure[0], "≥ 3")
    calibration_row("seeds", "the same, half of the authors kept, of 3", sure[1], "none")
    calibration_row(
        "seeds", "ECE of who turned it, ×10⁻⁵", f"{error * 1e5:.1f}", f"≤ {bound * 1e5:.1f}"
    )
    calibration_row("seeds", "accounts with p > 0.5 in 2 archives that never turned", wrong, "0")
    for name, title in (("followers", "most followers"), ("retweets", "most retweets")):
        claim = f"hijacker comes first, of 7: by p, by {title} in the camp"
        calibration_row("seeds", claim, f"{best['p']}, {best[name]}", "more by p")
    assert sure[0] >= 3
    assert error <= bound * (1 + 1e-9)
    assert wrong == 0
    assert best["p"] > max(best["followers"], best["retweets"])
