"""How long each figure takes and how large it is: python tests/benchmarks/figures.py [scale]

A study of the invented campaign at scale 0.7, about 100,000 tweets, is made once. Then each
figure is drawn and written as HTML: CPU seconds, and megabytes beside plotly.js (4.7 MB). The
second drawing is timed, since the first of a process compiles. Below, a network of 50,000
accounts and 150,000 edges: layout, drawing as pixels (extra `large`) and played in steps; and
what an explorer of the study takes to make and to answer a move of its slider.

Targets: 2 s and 3 MB a figure; an answer within 0.5 s.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import igraph
import numpy as np
import pandas as pd

from spread import cascade, figures, graphs, report, scenario, study
from spread.report import _explore_evidence, _explore_index, _safety
from spread.report._pictures import picture, pictures

_NODES, _EDGES = 50_000, 150_000


def timed(work: Callable[[], Any], *, times: int = 2) -> tuple[float, Any]:
    """Return the CPU seconds of the last of several runs, and what it gave."""
    for _ in range(times):
        begun = time.process_time()
        made = work()
        spent = time.process_time() - begun
    return spent, made


def megabytes(figure: Any) -> float:
    """Return how large the figure's block in a page is."""
    return len(_safety.data_block(figure, "figure")) / 1e6


def line(name: str, seconds: float, size: float | None = None) -> None:
    """Print a row."""
    print(f"{name:42} {seconds:8.2f} s" + (f" {size:8.2f} MB" if size is not None else ""))


def studied(folder: Path, scale: float) -> study.Study:
    """Return the study, with the comparison of its two largest camps' cascades."""
    scenario.generate("mynypd", folder / "archive.jsonl", scale=scale, rng=7)
    told = study.run(folder / "archive.jsonl", "myNYPD", rng=7, progress=False)
    camps = told.tables["camps"].set_index("user_id")["camp"]
    metrics = told.tables["metrics"]
    of_camp = metrics.assign(camp=metrics["user_id"].map(camps)).query("camp in ['A', 'B']")
    profile = cascade.profile(of_camp, told.forests, by="camp", rng=7)
    return told.with_tables(profile=profile)


def large_network() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return accounts, few of whom are passed on much, laid out, and who passed on whom."""
    draw = np.random.default_rng(1)
    whom = (_NODES * draw.random(_EDGES) ** 3).astype(np.int64)
    ends = np.column_stack([draw.integers(0, _NODES, _EDGES), whom])
    graph = igraph.Graph(ends.tolist(), n=_NODES, directed=True)
    graph.vs["name"] = [str(node) for node in range(_NODES)]
    seconds, places = timed(lambda: graphs.layout(graph, rng=1))
    line("layout of 50,000 accounts", seconds)
    number = places["name"].astype(int).to_numpy()
    nodes = places.assign(
        label="@" + places["name"],
        camp=np.array(list("ABCDEF"))[number % 6],
        strength=np.bincount(whom, minlength=_NODES)[number],
    )
    at = pd.Timestamp("2014-04-22", tz="UTC") + pd.to_timedelta(np.arange(_EDGES), unit="s")
    names = ends.astype(str)
    edges = pd.DataFrame({"source": names[:, 0], "target": names[:, 1], "weight": 1})
    return nodes, edges.assign(first_at=at)


def main() -> None:
    """Print the table."""
    scale = float(sys.argv[1]) if len(sys.argv) > 1 else 0.7
    with tempfile.TemporaryDirectory() as folder:
        told = studied(Path(folder), scale)
        print(f"{told.read_report.origins['collected']:,} tweets")
        for name in pictures(told):
            seconds, figure = timed(lambda name=name: picture(told, name))
            line(name, seconds, megabytes(figure))
        page = Path(folder) / "report.html"
        seconds, _ = timed(lambda: report.write(told, page), times=1)
        line("the page with all of them", seconds, page.stat().st_size / 1e6)
        seconds, index = timed(lambda: _explore_index.index(told), times=1)
        line("explorer: index", seconds)
        evidence = _explore_evidence.evidence(told, index)
        half = _explore_index.Choice(0, (len(index.edges) - 2) // 2)
        line("explorer: counts of half", timed(lambda: _explore_index.counts(index, half))[0])
        kept = _explore_index.kept(index, half)
        seconds, _ = timed(lambda: evidence.most_passed_on(index.voice[kept]))
        line("explorer: tweets to read", seconds)
        line("explorer: half as a frame", timed(lambda: evidence.of(index.tweet_id[kept]))[0])
    nodes, edges = large_network()
    for name, options in (
        ("network of 50,000 as pixels", {"rasterised": True}),
        ("network of 50,000, its strongest", {"rasterised": False}),
        ("network of 50,000, its strongest, played", {"animated": True}),
    ):
        seconds, figure = timed(lambda options=options: figures.network(nodes, edges, **options))
        line(name, seconds, megabytes(figure))


if __name__ == "__main__":
    main()
