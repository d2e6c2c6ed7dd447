"""An invented study with an archive behind it, for the explorer: 600 tweets of ten hours."""

from types import SimpleNamespace

import ibis
import invented
import numpy as np
import pandas as pd
import pyarrow as pa

from spread.tables import TWEETS, USERS

TEXT = "invented words <b>under</b> the tag " + invented.PAYLOADS[0]
TAGS = ("mynypd", "mylapd", "myopd")
CITIES = {"New York": "New York, NY", "Oakland": "Oakland, CA", "Athens": "Athens, Greece"}


_SHOWN = ("label", "shown", "city", "country", "reason")


def explored(size: int = 600, *, names: bool = False, hostile: bool = False) -> SimpleNamespace:
    """Return the invented study with an archive of its accounts' tweets.

    If hostile, with a payload in the name of every account, tag and city.
    """
    told = invented.study()
    nodes = told.tables["nodes"]
    tweets, users = _tweets(nodes, size), _users(nodes)
    places = pd.DataFrame(
        {"place_id": ["5128581", "5378538", "264371"], "city": list(CITIES),
         "country": ["US", "US", "GR"], "region": "", "longitude": [-74.0, -122.3, 23.7],
         "latitude": [40.7, 37.8, 38.0], "users": [400, 300, 200]}
    )  # fmt: skip
    fields = {name: getattr(told, name) for name in told.__dataclass_fields__}
    fields |= {
        "names": names,
        "tables": {
            name: _hostile(table) if hostile else table
            for name, table in {**told.tables, "places": places}.items()
        },
        "start_at": tweets["at"].min(),
        "end_at": tweets["at"].max(),
        "archive": SimpleNamespace(tweets=_ibis(tweets, TWEETS), users=_ibis(users, USERS)),
    }
    return SimpleNamespace(**fields)


def _hostile(table: pd.DataFrame) -> pd.DataFrame:
    return invented.attacked(table, tuple(set(table.columns) - set(_SHOWN)))


def _tweets(nodes: pd.DataFrame, size: int) -> pd.DataFrame:
    """Every third tweet is an original, the others retweet it; the tags come in turn."""
    draw = np.random.default_rng(8)
    row = np.arange(size)
    original = row - row % 3
    author = nodes["name"].to_numpy(object)[draw.integers(0, len(nodes), size)]
    ids = np.array([f"4586614789{place:08d}" for place in row], dtype=object)
    again = row != original
    # Every other original is a retweet typed by hand: it names somebody, too.
    typed = np.where(row % 2 == 0, author[original - 3], None)
    return pd.DataFrame(
        {
            "platform": "twitter",
            "tweet_id": ids,
            "author_id": author,
            "origin": "collected",
            "at": (invented.LAUNCH + pd.to_timedelta(row * 60, unit="s")).as_unit("us"),
            "kind": np.where(again, "retweet", "tweet"),
            "text": TEXT,
            "hashtags": [[TAGS[place // 3 % 3]] for place in row],
            "retweet_of": np.where(again, ids[original], None),
            "retweet_author_id": np.where(again, author[original], typed),
        }
    )


def _users(nodes: pd.DataFrame) -> pd.DataFrame:
    locations = list(CITIES.values())
    return pd.DataFrame(
        {
            "platform": "twitter",
            "user_id": nodes["name"],
            "screen_name": [f"invented_{name}" for name in nodes["name"]],
            "location": [locations[place % 3] for place in range(len(nodes))],
            "verified": nodes["public"],
            "first_seen": invented.LAUNCH,
        }
    )


def _ibis(frame: pd.DataFrame, schema: pa.Schema) -> ibis.Table:
    whole = frame.reindex(columns=schema.names).astype(object)
    rows = whole.where(whole.notna(), None).to_dict("list")
    return ibis.memtable(pa.Table.from_pydict(rows, schema=schema))
