"""Statuses read by the thousand give the rows that each alone gives."""

import itertools
import random
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from invented_archive import put, snowflake, v1_retweet, v1_time, v1_tweet, v1_user

from spread import archive, scenario
from spread.archive import _reader
from spread.archive.formats._instants import UNKNOWN, clock_times, microseconds

TEXTS = (
    "fine #myNYPD &amp; more", "RT @a: #GOPDeb…", "via @someone", "＃ＮＹＰＤ @b", "cut #my…",
    "so true rt @a", "v\u0131a @x", "v\u0130a @x", "“@a: yes”", "a mt ＠b: no", "@a rt", "é" * 50,
)  # fmt: skip
TAGS = {"hashtags": [{"text": "myNYPD"}], "urls": [], "user_mentions": [{"id_str": "7"}]}
NAMED = {"user_mentions": [{"screen_name": "b", "id": -1, "id_str": "-1"}]}
LINKS = {"urls": [{"expanded_url": "https://example.org/status/1"}], "media": [{"type": "photo"}]}
ODD = (
    {"id_str": None},
    {"id_str": "12"},
    {"id_str": "x"},
    {"created_at": "2014-04-22T18:00:00Z"},
    {"created_at": v1_time(9)},
    {"created_at": None},
    {"created_at": 1398189303},
    {"created_at": "2014-04-22 18:00:00"},
    {"timestamp_ms": "1398189301250"},
    {"timestamp_ms": "٣"},
    {"timestamp_ms": "9" * 5000},
    {"timestamp_ms": "9" * 18, "created_at": None},
    {"in_reply_to_status_id_str": "0", "in_reply_to_user_id_str": "-1"},
    {"retweet_count": "100+"},
    {"retweet_count": None},
    {"in_reply_to_status_id": 5},
    {"in_reply_to_status_id_str": snowflake(1), "in_reply_to_user_id_str": "8"},
    {"user": {"id_str": "0"}},
    {"user": v1_user(4, utc_offset=86_401)},
    {"retweet_count": 2**63 - 1},
    {"user": v1_user(4, verified=True, utc_offset=-14400, time_zone="x", lang="en")},
    {"user": v1_user(4, screen_name=None, created_at="Mon Feb 30 18:00:00 +0000 2009")},
    {"truncated": True, "extended_tweet": {"full_text": "all #of it", "entities": TAGS}},
    {"full_text": "all #of it"},
    {"text": None},
    {"quoted_status": v1_tweet(2, "asked", 5), "quoted_status_id_str": snowflake(2, 5)},
    {"coordinates": {"coordinates": [-73.9, 40.7]}, "place": {"id": "p", "country_code": "US"}},
    {"entities": TAGS},
    {"entities": NAMED},
    {"entities": LINKS, "extended_entities": LINKS},
    {"lang": "und", "truncated": True},
)


def _status(rng: random.Random) -> dict[str, Any]:
    """Return a status with up to two oddities, some of them retweeted with a growing count."""
    at, author = rng.randrange(6), rng.randrange(1, 5)
    tweet = v1_tweet(at, rng.choice(TEXTS), author)
    for odd in rng.choices(ODD, k=rng.randrange(3)):
        tweet |= odd
    if rng.random() < 0.5 or not tweet["text"] or "screen_name" not in tweet["user"]:
        return tweet
    count = rng.choice([0, 3, None, rng.randrange(99)])
    return v1_retweet(at + 6, tweet | {"retweet_count": count}, author + 4)


def _tables(file: Path, monkeypatch: pytest.MonkeyPatch, *, by_row: bool) -> list[pd.DataFrame]:
    with monkeypatch.context() as patch:
        if by_row:
            patch.setattr(_reader, "are_regular", lambda _: False)
        read = archive.read(file, workers=1)
    return [read.frame("tweets"), read.frame("users"), read.report.files, read.report.rejects]


def test_by_the_thousand_or_each_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(7)
    file = put(tmp_path / "t.jsonl", *(_status(rng) for _ in range(600)))
    both = [_tables(file, monkeypatch, by_row=by_row) for by_row in (False, True)]
    for fast, plain in zip(*both, strict=True):
        pd.testing.assert_frame_equal(fast, plain)


def test_an_invented_campaign_by_the_thousand_or_each_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, file = tmp_path / "steady.jsonl", tmp_path / "some.jsonl"
    scenario.generate("steady", whole, scale=0.02, rng=3)
    file.write_bytes(b"".join(whole.read_bytes().splitlines(keepends=True)[::5]))
    monkeypatch.setattr(_reader, "BATCH_TWEETS", 500)
    both = [_tables(file, monkeypatch, by_row=by_row) for by_row in (False, True)]
    for fast, plain in zip(*both, strict=True):
        pd.testing.assert_frame_equal(fast, plain)


def test_times_read_together_are_those_read_alone() -> None:
    texts = [v1_time(n * 86_399) for n in range(400)] + [None, "", "x" * 30, "é" * 15]
    days = ("Feb 29", "Feb 28", "Apr 31", "May 00", "Xyz 01", "Jun  1")
    clocks = ("23:59:59", "24:00:00", "00:60:00", "12:00:60")
    ends = ("+0000 2012", "+0100 2013", "+0000 0000", "-0000 2013", "+0000 1970", "+0000 9999")
    texts += [f"Mon {' '.join(parts)}" for parts in itertools.product(days, clocks, ends)]
    alone = [UNKNOWN if (at := microseconds(text)) is None else at for text in texts]
    assert np.array_equal(clock_times(texts), alone)
