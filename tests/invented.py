"""An invented study: tables of the shape that the analyses give, small but not tidy.

`study()` tells a story like that of #myNYPD; `hostile()` is the same with the payloads of
attackers in every text.
"""

from dataclasses import dataclass, replace
from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

LAUNCH = pd.Timestamp("2014-04-22 17:55", tz="UTC")
ONSET = pd.Timestamp("2014-04-22 19:41", tz="UTC")
ZONE = "America/New_York"

PAYLOADS = (
    "<script>window.payload_ran=1</script>",
    "<img src=x onerror=window.payload_ran=2>",
    "</script><script>window.payload_ran=3</script>",
    '"><svg onload=window.payload_ran=4>',
    '<a href="javascript:window.payload_ran=5">x</a>',
    '<a href="https://evil.example/">x</a><b>bold</b><br>',
    "' onmouseover=window.payload_ran=6 x='",
    "%{customdata} %{meta.caption} {{7*7}} ${window.payload_ran=7}",
    "$\\href{javascript:window.payload_ran=8}{x}$",
    "\u202egnp.exe \u2066x\u2069",
    "--></style><iframe src=https://evil.example></iframe>",
    "<!--<script>",
)


@dataclass(frozen=True)
class Study:
    """What the report reads of a study; `study.Study` has it."""

    root: str | None
    shown: str
    title: str
    synthetic: bool
    start_at: pd.Timestamp
    end_at: pd.Timestamp
    time_zone: str
    names: bool
    seed: int
    versions: dict[str, str]
    story: tuple[str, ...]
    cannot_tell: tuple[tuple[str, str], ...]
    tables: dict[str, pd.DataFrame]
    graph_kind: str
    graph_size: tuple[int, int]
    turn: Any
    family: Any
    read_report: Any


def _minutes(values: Any) -> pd.DatetimeIndex:
    micro = (np.asarray(values, dtype=float) * 60e6).astype("timedelta64[us]")
    return pd.DatetimeIndex(LAUNCH + micro).as_unit("us")


def timeline() -> pd.DataFrame:
    """Tweets per ten minutes of five hashtags; empty bins are left out."""
    draw = np.random.default_rng(1)
    parts = []
    for tag, peak, begin in (("mynypd", 900, 0), ("mylapd", 130, 260), ("myopd", 60, 330),
                             ("myelas", 90, 900), ("mipoliciamexicana", 40, 1100)):  # fmt: skip
        at = np.arange(begin - begin % 10, 1900, 10)
        since = at - begin - (110 if tag == "mynypd" else 30)
        rate = peak * np.where(since < 0, 0.06, (1 + np.maximum(since, 0) / 60) ** -1.1)
        tweets = draw.poisson(rate)
        seen = tweets > 0
        parts.append(
            pd.DataFrame(
                {
                    "hashtag": tag,
                    "start_at": _minutes(at[seen]),
                    "end_at": _minutes(at[seen] + 10),
                    "tweets": tweets[seen],
                    "authors": np.ceil(tweets[seen] * 0.8).astype(int),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def turn() -> SimpleNamespace:
    """A turn at 15:41 EDT, with the fields of `hijack.Turn`."""
    minutes = pd.Timedelta("1min")
    return SimpleNamespace(
        cannot_tell=None,
        p_turn=0.999,
        log_bayes_factor=41.2,
        onset=ONSET,
        onset_low=ONSET - 6 * minutes,
        onset_high=ONSET + 3 * minutes,
        halfway=ONSET + 14 * minutes,
        halfway_low=ONSET + 9 * minutes,
        halfway_high=ONSET + 22 * minutes,
        ramp_s=900.0,
        ramp_s_low=400.0,
        ramp_s_high=1500.0,
        rising="B",
        timeline=turn_timeline(),
        unit="cascade",
        seed=7,
        evidence=["458661478962364416"],
    )


def turn_timeline() -> pd.DataFrame:
    """Shares of three camps in half-hours."""
    draw = np.random.default_rng(2)
    rows = []
    for place in range(14):
        level = 1 / (1 + np.exp(-(place * 30 - 120) / 12))
        shares = {"A": 0.85 - 0.72 * level, "B": 0.08 + 0.68 * level, "other": 0.07 + 0.04 * level}
        units = int(draw.integers(30, 60) + 300 * level)
        for camp, share in shares.items():
            half = 1.96 * np.sqrt(share * (1 - share) / units)
            rows.append((place * 30, camp, round(units * share), share, share - half, share + half))
    table = pd.DataFrame(rows, columns=["at", "camp", "units", "share", "low", "high"])
    table.insert(0, "start_at", _minutes(table["at"]))
    table.insert(1, "end_at", _minutes(table.pop("at") + 30))
    table["low"] = table["low"].clip(0)
    return table


def network(size: int = 900) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes in four clouds with a few strong accounts, and edges mostly inside the clouds."""
    draw = np.random.default_rng(3)
    camps = np.array(["A", "B", "C", "other"])
    camp = draw.choice(4, size, p=[0.45, 0.3, 0.15, 0.1])
    centres = np.array([[0, 0], [4.2, 1.2], [1.5, 4], [-2, 4.5]])
    spot = (
        centres[camp] + draw.normal(size=(size, 2)) * np.array([1.1, 1.0, 0.7, 1.2])[camp][:, None]
    )
    strength = np.floor(draw.pareto(1.1, size)).astype(int)
    names = np.array([f"{place + 1000}" for place in range(size)])
    labels = np.array(
        [f"an account (…{place % 10_000:04d})" for place in range(size)], dtype=object
    )
    strong = np.argsort(-strength)[:9]
    labels[strong] = ["@OccupyWallStNYC", "@NYPDnews", "@invented_press", "@invented_paper",
                      "@invented_city", "@invented_union", "@invented_artist", "@invented_radio",
                      "@invented_lawyer"]  # fmt: skip
    chance = (strength + 0.2) / (strength + 0.2).sum()
    source = draw.integers(size, size=size * 3)
    target = draw.choice(size, size * 3, p=chance)
    keep = (source != target) & ((camp[source] == camp[target]) | (draw.random(size * 3) < 0.12))
    edges = pd.DataFrame({"source": names[source[keep]], "target": names[target[keep]]})
    edges = (
        edges.groupby(["source", "target"], as_index=False)
        .size()
        .rename(columns={"size": "weight"})
    )
    nodes = pd.DataFrame(
        {"name": names, "label": labels, "x": spot[:, 0], "y": spot[:, 1], "camp": camps[camp],
         "strength": strength, "public": [not label.startswith("an ") for label in labels]}
    )  # fmt: skip
    return nodes, edges


def seeds(size: int = 40) -> pd.DataFrame:
    """Accounts with credit, intervals and naive ranks."""
    draw = np.random.default_rng(4)
    share = np.sort(draw.pareto(1.2, size))[::-1]
    share = share / share.sum()
    half = 1.96 * np.sqrt(share / 600) * draw.uniform(0.6, 1.4, size)
    nodes, _ = network()
    leaders = nodes.sort_values("strength", ascending=False, kind="stable").head(size)
    ranks = {
        f"naive_{rule}_rank": draw.permutation(size) + 1
        for rule in ("followers", "first", "retweets")
    }
    return pd.DataFrame(
        {
            "user_id": leaders["name"].to_numpy(),
            "label": leaders["label"].to_numpy(),
            "public": leaders["public"].to_numpy(),
            "camp": leaders["camp"].to_numpy(),
            "credit": share * 9000,
            "credit_low": np.maximum(share - half, 0) * 9000,
            "credit_high": (share + half) * 9000,
            "share": share,
            "share_low": np.maximum(share - half, 0),
            "share_high": share + half,
            "p_first": draw.dirichlet(np.ones(size)),
            "originals": draw.integers(1, 20, size),
            "retweets": (share * 9000).astype(int),
            "first_at": _minutes(np.sort(draw.uniform(0, 500, size))),
            "evidence": [[f"45866147896236{place:04d}"] for place in range(size)],
            **ranks,
        }
    )


def tree(size: int = 400) -> pd.DataFrame:
    """A cascade whose parents are early events or recent ones with many followers."""
    draw = np.random.default_rng(5)
    at = np.concatenate([[0.0], np.sort(draw.lognormal(7, 1.8, size - 1))])
    mark = np.floor(draw.pareto(0.7, size) * 120) + 1
    mark[0], mark[9] = 100_000, 169_000
    parent = np.full(size, -1)
    probability = np.ones(size)
    for event in range(1, size):
        weight = np.sqrt(mark[:event]) * np.exp(-(at[event] - at[:event]) / 4000) + 1e-12
        parent[event] = draw.choice(event, p=weight / weight.sum())
        probability[event] = (weight / weight.sum())[parent[event]]
    depth = np.zeros(size, dtype=int)
    for event in range(1, size):
        depth[event] = depth[parent[event]] + 1
    labels = [f"an account (…{event:04d})" for event in range(size)]
    labels[0], labels[9] = "@NYPDnews", "@OccupyWallStNYC"
    camp = np.where(draw.random(size) < 0.7, "B", "A")
    camp[0], camp[9] = "A", "B"
    return pd.DataFrame(
        {
            "event": np.arange(size),
            "parent": parent,
            "probability": probability,
            "depth": depth,
            "at_s": at,
            "user_id": [str(1000 + event) for event in range(size)],
            "tweet_id": [f"4586614789623{event:05d}" for event in range(size)],
            "mark": mark,
            "label": labels,
            "public": [label.startswith("@") for label in labels],
            "camp": camp,
        }
    )


def ccdf() -> pd.DataFrame:
    """Survival curves of four measures, and the star's beside two of them."""
    draw = np.random.default_rng(6)
    size = np.ceil(draw.pareto(0.9, 700))
    values = {
        "size": size,
        "depth": np.ceil(np.log2(size)) + draw.integers(0, 2, 700),
        "max_breadth": np.ceil(size * 0.4),
        "virality": np.where(size > 1, 1 + np.log10(size), 0),
        "star_depth": (size > 1).astype(float),
        "star_virality": np.where(size > 1, 2 - 2 / size, 0),
    }
    parts = []
    for metric, sample in values.items():
        value = np.unique(sample)
        share = np.array([(sample >= at).mean() for at in value])
        half = 1.96 * np.sqrt(share * (1 - share) / 700)
        parts.append(
            pd.DataFrame({"metric": metric, "value": value, "share": share,
                          "low": (share - half).clip(0), "high": (share + half).clip(0, 1)})
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def profile() -> pd.DataFrame:
    """Curves of two camps' cascades, all and of the same size."""
    parts = []
    for (group, pull), matched in product((("A", 1.0), ("B", 1.6)), (False, True)):
        steps = np.arange(1.0, 6.0)
        pace = 1.0 if matched else pull
        for measure, x, y in (
            ("depth", steps, 0.4**steps * pace), ("size", 3**steps, 0.5**steps),
            ("max_breadth", 2**steps, 0.5**steps), ("virality", 1 + steps / 2, 0.6**steps),
            ("time_to_depth", steps, 90 * steps**2 / pace), ("time_to_users", 4**steps, 60 * steps),
            ("users_by_depth", steps, 3.0**steps * pace), ("breadth_by_depth", steps, 2 + steps),
        ):  # fmt: skip
            parts.append(
                pd.DataFrame(
                    {"matched": matched, "group": group, "measure": measure, "x": x, "y": y,
                     "low": 0.8 * y, "high": 1.25 * y, "cascades": 120.0 if matched else 400.0}
                )
            )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def sensitivity() -> pd.DataFrame:
    """Two claims under four specifications; one that fails, one that cannot be told."""
    choices = pd.DataFrame(
        {"specification": range(4), "reconstruction": ["posterior", "star", "posterior", "pdi"],
         "resolution": [1.0, 1.0, 2.0, 1.0], "retweets": True, "window": "whole",
         "in_step": True, "authors_kept": 1.0}
    )  # fmt: skip
    turned = choices.assign(
        claim="turned it", about="@OccupyWallStNYC", unit="probability",
        estimate=[0.7, 0.6, 0.3, None], low=None, high=None,
        agrees=[True, True, False, None], cannot_tell=[None, None, None, "too few units"],
    )  # fmt: skip
    deep = choices.assign(
        claim="depth of the largest cascade", about="458661478962364416", unit="steps",
        estimate=[9.0, 1.0, 9.0, 7.0], low=[8.0, 1.0, 8.0, 6.0], high=[11.0, 1.0, 11.0, 8.0],
        agrees=[True, False, True, True], cannot_tell=None,
    )  # fmt: skip
    return pd.concat([turned.astype({"agrees": object}), deep], ignore_index=True)


def family() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nine hashtags: descendants of two generations, a lookalike and two that cannot be told."""
    rows = (
        ("mynypd", "myNYPD", 9812, 0, None, 1.0, "no parent"),
        ("mylapd", "myLAPD", 812, 260, "mynypd", 0.97, "descends"),
        ("myopd", "MyOPD", 301, 330, "mynypd", 0.88, "descends"),
        ("mycpd", "myCPD", 144, 345, "mylapd", 0.56, "descends"),
        ("mybpd", "myBPD", 60, 410, "mynypd", 0.71, "descends"),
        ("myelas", "myELAS", 540, 900, "mynypd", 0.93, "descends"),
        ("mipoliciamexicana", "MiPoliciaMexicana", 222, 1100, "myelas", 0.52, "descends"),
        ("mypd", "myPD", 31, 130, None, 0.91, "no parent"),
        ("myspd", "mySPD", 9, 700, None, 0.41, "cannot tell"),
    )
    members = pd.DataFrame(
        rows, columns=["hashtag", "shown", "tweets", "first_at", "parent", "probability", "verdict"]
    )
    members["first_at"] = _minutes(members["first_at"])
    reasons = ["", *["first used by an account that had used the parent"] * 6]
    members["reason"] = [*reasons, "in use before it", "its first user is not in the archive"]
    members["evidence"] = [["458661478962364416"]] * len(members)
    links = pd.DataFrame(
        [("mylapd", "mynypd", 0.97), ("myopd", "mynypd", 0.88), ("myopd", "mylapd", 0.1),
         ("mycpd", "mylapd", 0.56), ("mycpd", "mynypd", 0.4), ("mybpd", "mynypd", 0.71),
         ("mybpd", "mylapd", 0.25), ("myelas", "mynypd", 0.93),
         ("mipoliciamexicana", "myelas", 0.52), ("mipoliciamexicana", "mynypd", 0.44),
         ("myspd", "mynypd", 0.41), ("myspd", "mylapd", 0.3), ("mypd", None, 0.91)],
        columns=["child", "parent", "probability"],
    )  # fmt: skip
    return members, links


def arrivals() -> pd.DataFrame:
    """Arrivals of one hashtag in sixteen cities."""
    draw = np.random.default_rng(7)
    cities = (
        ("New York", "US", -74.0, 40.7), ("Los Angeles", "US", -118.2, 34.1),
        ("Oakland", "US", -122.3, 37.8), ("Chicago", "US", -87.6, 41.9),
        ("Boston", "US", -71.1, 42.4), ("Denver", "US", -105.0, 39.7),
        ("Seattle", "US", -122.3, 47.6), ("Washington", "US", -77.0, 38.9),
        ("London", "GB", -0.1, 51.5), ("Toronto", "CA", -79.4, 43.7),
        ("Athens", "GR", 23.7, 38.0), ("Mexico City", "MX", -99.1, 19.4),
        ("São Paulo", "BR", -46.6, -23.5), ("Sydney", "AU", 151.2, -33.9),
        ("Berlin", "DE", 13.4, 52.5), ("Nairobi", "KE", 36.8, -1.3),
    )  # fmt: skip
    at = np.sort(draw.exponential(300, len(cities)))
    wide = draw.uniform(2, 70, len(cities))
    table = pd.DataFrame(cities, columns=["city", "country", "longitude", "latitude"])
    table.insert(0, "place_id", [str(5_000_000 + row) for row in range(len(cities))])
    table.insert(0, "hashtag", "mynypd")
    return table.assign(
        region="", k=1, at=_minutes(at),
        at_low=_minutes(at - wide / 2), at_high=_minutes(at + wide),
        rank=np.arange(1, 17), rank_low=np.maximum(np.arange(16) - 1, 1),
        rank_high=np.minimum(np.arange(16) + 3, 16),
        adopters=np.ceil(draw.pareto(0.8, 16) * 12).astype(int),
        tweet_id=[f"4586614789623{row:05d}" for row in range(16)],
        author_id=[str(row) for row in range(16)], naive_at=_minutes(at - wide / 3),
    )  # fmt: skip


def tables() -> dict[str, pd.DataFrame]:
    """Every table of a study."""
    nodes, edges = network()
    members, links = family()
    posterior = pd.DataFrame({"at": _minutes([100, 104, 108]), "probability": [0.2, 0.7, 0.1]})
    return {
        "files": pd.DataFrame(
            {"source_file": ["mynypd.jsonl.gz"], "records": [12_043], "kept": [12_000],
             "duplicates": [30], "notices": [8], "rejected": [5]}
        ),
        "rejects": pd.DataFrame(
            {"source_file": ["mynypd.jsonl.gz"] * 5, "source_record": [3, 70, 71, 900, 12_000],
             "reason": ["not JSON"] * 5, "detail": ["unexpected end"] * 5}
        ),
        "usage": pd.DataFrame(
            {"hashtag": members["hashtag"], "shown": members["shown"], "tweets": members["tweets"],
             "authors": members["tweets"] // 2, "first_at": members["first_at"]}
        ),
        "timeline": timeline(),
        "nodes": nodes,
        "edges": edges,
        "camps": pd.DataFrame({"camp": ["A", "B", "C", "other"], "accounts": [410, 262, 130, 98]}),
        "seeds": seeds(),
        "traced": pd.DataFrame(
            {"hashtag": ["mylapd"], "tweets": [240], "events": [86], "share": [0.38],
             "share_low": [0.29], "share_high": [0.47], "p_null": [0.01],
             "evidence": [["458661478962364416"]], "cannot_tell": [None]}
        ),
        "influence": pd.DataFrame(
            {"source": ["mynypd"], "target": ["mylapd"], "events": [86], "share": [0.38],
             "share_low": [0.29], "share_high": [0.47]}
        ),
        "metrics": pd.DataFrame({"cascade": [0, 1], "size": [400, 12], "depth": [9.0, 2.0],
                                 "depth_low": [8.0, 1.0], "depth_high": [11.0, 3.0]}),
        "coverage": pd.DataFrame({"tweet_id": ["1", "2"], "user_id": ["3", "4"],
                                  "observed": [40, 9], "reported": [50, 9],
                                  "coverage": [0.8, 1.0], "label": ["account 3", "@a"]}),
        "tree": tree(),
        "ccdf": ccdf(),
        "profile": profile(),
        "sensitivity": sensitivity(),
        "turn_shares": pd.DataFrame({"camp": ["A", "B"], "before": [0.85, 0.08],
                                     "before_low": [0.8, 0.05], "before_high": [0.9, 0.12],
                                     "after": [0.13, 0.76], "after_low": [0.1, 0.72],
                                     "after_high": [0.16, 0.8]}),
        "turn_timeline": turn_timeline(),
        "turn_posterior": posterior,
        "turn_changes": pd.DataFrame({"change": [1], "at": [ONSET], "at_low": [ONSET],
                                      "at_high": [ONSET], "probability": [0.98]}),
        "turn_volume": pd.DataFrame({"start_at": [ONSET], "end_at": [ONSET],
                                     "tweets_per_min": [9.0], "tweets_per_min_low": [8.0],
                                     "tweets_per_min_high": [10.0]}),
        "roles": seeds(8)[["user_id", "label", "public", "camp"]].assign(liaison=3, between=9),
        "elites": seeds(3)[["user_id", "label", "public", "camp", "share", "share_low",
                            "share_high", "evidence"]].assign(start_at=LAUNCH, end_at=ONSET),
        "in_step": pd.DataFrame(
            {"cluster": [0], "accounts": [3], "pairs": [3], "objects": [4], "q": [0.001]}
        ),
        "turned": seeds(8).assign(p_turned=0.1),
        "drivers": seeds(8)[["user_id", "label", "share", "share_low", "share_high", "first_at",
                             "evidence"]],
        "members": members,
        "links": links,
        "recruitment": pd.DataFrame({"child": ["mylapd"], "source": ["mynypd"],
                                     "share": [0.6], "share_low": [0.5], "share_high": [0.7]}),
        "merged": pd.DataFrame({"variant": ["mynpyd"], "hashtag": ["mynypd"],
                                "reason": ["two letters exchanged"]}),
        "companions": pd.DataFrame({"hashtag": ["acab"], "shown": ["ACAB"], "tweets": [120],
                                    "authors": [90], "together": [110]}),
        "arrivals": arrivals(),
        "places": arrivals()[["place_id", "city", "country", "longitude", "latitude", "adopters"]
        ].rename(columns={"adopters": "users"}),
        "flows": pd.DataFrame(
            {"source": ["1"], "source_name": ["Athens"], "source_longitude": [23.7],
             "source_latitude": [38.0], "target": ["2"], "target_name": ["Oakland"],
             "target_longitude": [-122.3], "target_latitude": [37.8], "users": [9],
             "retweets": [12], "weight": [10.5], "weight_low": [6.0], "weight_high": [15.0],
             "evidence": [["458661478962364416"]]}
        ),
        "evidence": pd.DataFrame({"topic": ["when it turned"], "about": ["the turn"],
                                  "tweet_id": ["458661478962364416"], "at": [ONSET],
                                  "account": ["@OccupyWallStNYC"],
                                  "text": ["invented words under the tag"]}),
        "naive": pd.DataFrame(
            {"question": ["Who carried it?", "When did it turn?"],
             "recovered": ["@OccupyWallStNYC, 41 %", "15:41 EDT"],
             "interval": ["30 % to 50 %", "15:35 to 15:44"],
             "naive_answer": ["@invented_press", "16:10 EDT"],
             "naive_rule": ["most followers", "busiest bin"]}
        ),
    }  # fmt: skip


def study() -> Study:
    """Return the invented study."""
    told = tables()
    return Study(
        root="mynypd",
        shown="#myNYPD",
        title="#myNYPD: how it spread (synthetic data)",
        synthetic=True,
        start_at=LAUNCH,
        end_at=LAUNCH + pd.Timedelta("32h"),
        time_zone=ZONE,
        names=False,
        seed=20140422,
        versions={"spread": "0.1.0", "numpy": "2.4.0"},
        story=(
            "The archive holds 12,000 tweets by 5,210 accounts; 9,812 of them carry #myNYPD.",
            "Between 15:35 and 15:44 EDT on 22 April 2014 it turned: camp B's share rose from "
            "8 % (5–12 %) to 76 % (72–80 %).",
            "Most of the credit for passing it on is @OccupyWallStNYC's: 41 % (30–50 %).",
        ),
        cannot_tell=(("where #mySPD came from", "its first user is not in the archive"),),
        tables=told,
        turn=turn(),
        graph_kind="retweet",
        graph_size=(1_234, 5_678),
        family=SimpleNamespace(
            root="mynypd", cannot_tell=None, members=told["members"], links=told["links"],
            collection={
                "tweets": 12_000, "without_root": 2_100, "share_without_root": 0.175,
                "share_low": 0.168, "share_high": 0.182, "lead_s": 85_000.0, "other_tags": 23,
                "first_beside_root": 3, "selected_by": None,
            },
        ),
        read_report=SimpleNamespace(
            rejected=5, ignored=("notes.txt",), users=5_300, share_cut=0.02,
            origins={"collected": 12_000, "embedded": 410, "stub": 33},
        ),
    )  # fmt: skip


def hostile() -> Study:
    """Return the invented study with a payload in every text that comes from an archive."""
    plain = study()
    keep = ("verdict", "metric", "measure", "camp")
    return replace(
        plain,
        root=_attacked(plain.root),
        shown=_attacked(plain.shown),
        title=_attacked(plain.title),
        story=tuple(f"{payload} {plain.story[0]}" for payload in PAYLOADS),
        cannot_tell=tuple((payload, payload) for payload in PAYLOADS),
        versions={payload: payload for payload in PAYLOADS},
        tables={name: attacked(table, keep) for name, table in plain.tables.items()},
        read_report=SimpleNamespace(**{**vars(plain.read_report), "ignored": PAYLOADS}),
        turn=SimpleNamespace(**{**vars(plain.turn), "unit": PAYLOADS[0], "rising": PAYLOADS[1]}),
    )


def attacked(table: pd.DataFrame, keep: tuple[str, ...] = ()) -> pd.DataFrame:
    """Return a table with a payload in every text; equal texts stay equal, so that rows join."""
    result = table.copy()
    for column in result.columns:
        if column not in keep:
            result[column] = [_attacked(value) for value in result[column].tolist()]
    return result


def _attacked(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return f"{PAYLOADS[sum(value.encode()) % len(PAYLOADS)]} {value}"
