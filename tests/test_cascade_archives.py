"""Cascades of real archives: numbers that independent programs give."""

import tarfile

import numpy as np
import pytest

from spread import archive, cascade, excitation, seeds


@pytest.fixture(scope="module")
def tweets(shared, tmp_path_factory):
    source = shared / "twarc-network" / "tweets.jsonl.gz"
    return archive.read(source, to=tmp_path_factory.mktemp("archive") / "tweets").tweets


def test_every_retweet_of_a_real_archive_is_an_event_or_counted(tweets):
    forests = cascade.forests(tweets, rng=1)
    told = forests.parameters
    # The collection holds 367 retweets among 500 tweets, as the tool that made it counts.
    assert told["retweets"] + told["repeats_dropped"] == 367
    assert (forests.events.event > 0).sum() == told["retweets"]
    assert cascade.coverage(tweets).observed.sum() == 367
    assert told["roots_before_archive"] > 0


def test_metrics_and_credit_of_a_real_archive_are_consistent(tweets):
    forests = cascade.forests(tweets, trees=50, rng=1)
    metrics = cascade.metrics(forests)
    assert np.all(metrics.depth_low <= metrics.depth_high)
    several = metrics[metrics["size"] > 1]
    assert np.all(several.virality >= several.star_virality - 1e-9)
    found = seeds.rank(forests, rng=1)
    assert found.credit.sum() == pytest.approx(several["size"].sum(), rel=1e-6)


def test_a_power_law_fits_real_retweets_better_than_an_exponential(shared):
    times, marks, offsets = [], [], [0]
    with tarfile.open(shared / "tideh" / "cascades.tar.gz") as tar:
        for member in sorted(tar.getmembers(), key=lambda member: member.name):
            if member.isfile() and member.name.endswith(".txt") and len(offsets) <= 20:
                rows = np.loadtxt(tar.extractfile(member), skiprows=1)[:400]
                times.append(rows[:, 0])
                marks.append(np.maximum(rows[:, 1], 1))
                offsets.append(offsets[-1] + len(rows))
    closes = np.array([seconds[-1] + 1 for seconds in times])
    together = excitation.posterior(
        np.concatenate(times), np.concatenate(marks), excitation.exponential(1.0), offsets=offsets
    )
    options = {"closes_s": closes, "resolution_s": 1.0, "with_intervals": False}
    fits = [excitation.fit(together, shape=shape, **options) for shape in ("exponential", "omori")]
    assert fits[1].log_likelihood > fits[0].log_likelihood + 10
    assert excitation.fit(together, **options).kernel.name == "omori"
