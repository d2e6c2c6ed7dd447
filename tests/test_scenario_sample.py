"""The shipped sample is what its README says it is."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from spread import scenario

FOLDER = Path(__file__).parents[1] / "data" / "mynypd-synthetic"
NAME = "mynypd-synthetic.jsonl.gz"


@pytest.fixture(scope="module")
def sample():
    return scenario.truth(FOLDER / "truth")


def _digest(path):
    with gzip.open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def test_readme_makes_the_same_archive_and_truth_again(sample, tmp_path, monkeypatch):
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", readme, re.DOTALL).group(1)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    again = tmp_path / "data" / "mynypd-synthetic"
    assert _digest(again / NAME) == _digest(FOLDER / NAME)
    for table in sorted((FOLDER / "truth").glob("*.parquet")):
        name = table.name
        pd.testing.assert_frame_equal(
            pd.read_parquet(again / "truth" / name), pd.read_parquet(table), obj=name
        )
    assert scenario.truth(again / "truth").parameters == sample.parameters


def test_sample_is_small_and_says_that_it_is_synthetic(sample):
    with gzip.open(FOLDER / NAME, "rt", encoding="utf-8") as lines:
        tweets = [json.loads(line) for line in lines]
    assert 11_000 < len(tweets) < 13_500
    assert len(tweets) == len(sample.originals) + len(sample.retweets)
    assert sum(path.stat().st_size for path in FOLDER.rglob("*")) < 5_000_000
    assert all("synthetic" in tweet["source"] for tweet in tweets)


def test_sample_has_enough_originals_around_the_turn(sample):
    onset = sample.turn.onset_at[0]
    tagged = sample.originals[["mynypd" in tags for tags in sample.originals.hashtags]]
    before = tagged[(tagged["at"] >= onset - pd.Timedelta("130min")) & (tagged["at"] < onset)]
    after = tagged[(tagged["at"] >= onset) & (tagged["at"] < onset + pd.Timedelta("1h"))]
    assert len(before) >= 300
    assert len(after) >= 800
    roots = sample.originals.set_index("tweet_id").user_id
    linked = {*sample.retweets.user_id, *roots.reindex(sample.retweets.root_id)}
    assert pd.concat([before, after]).user_id.isin(linked).mean() > 0.9
