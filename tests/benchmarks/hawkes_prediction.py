"""Final sizes of real cascades: python tests/benchmarks/hawkes_prediction.py FOLDER

FOLDER holds the 50 cascades of TiDeH (`cascades.tar.gz`). Every other cascade is learned from,
the others are foretold at 1, 6 and 24 hours: median absolute percentage error, how often the 95 %
interval holds the truth, its median width as a share of the truth, and how many got no answer
(an answer that is infinite or refused counts as an error of 100 % or more). `foretell` is what
`predict` gives with an experience; without, it learns nothing from other cascades. SEISMIC and
the log-linear rule of Szabo and Huberman are the peers.
"""

import sys
import tarfile
from pathlib import Path

import numpy as np
import pandas as pd

from spread import hawkes

HOURS = (1, 6, 24)
Cascade = tuple[np.ndarray, np.ndarray]


def cascades(folder: Path) -> list[Cascade]:
    """Return seconds and followers of each cascade, its root first."""
    found = []
    with tarfile.open(folder / "cascades.tar.gz") as archive:
        for member in sorted((m for m in archive if m.isfile()), key=lambda m: m.name):
            opened = archive.extractfile(member)
            lines = opened.read().decode().splitlines()[1:] if opened else []
            rows = np.array([line.split()[:2] for line in lines], dtype=float)
            found.append((rows[:, 0], np.maximum(rows[:, 1], 1)))
    return found


def learned(train: list[Cascade], test: list[Cascade], at_s: float) -> np.ndarray:
    """Return what `foretell` says: median, low, high."""
    known = hawkes.experience(train, at_s=at_s)
    told = [hawkes.foretell(times, marks, experience=known) for times, marks in test]
    return np.array([[p.median, p.low, p.high] for p in told]).T


def fitted(test: list[Cascade], at_s: float) -> np.ndarray:
    """Return what a process fitted to each cascade alone says."""
    told = []
    for times, marks in test:
        seen = times <= at_s
        within = np.random.default_rng(1).random(seen.sum())  # times are whole seconds
        exact = np.minimum(times[seen] + within, at_s - 1e-3 * within)
        exact[0] = 0.0
        alone = hawkes.fit(
            exact, end_s=at_s, marks=marks[seen], kernel="power law", baseline="none",
            given=1, rng=1,
        )  # fmt: skip
        p = hawkes.predict(alone, horizon_s=max(times.max() + 1, at_s), draws=60, rng=1)
        told.append([p.median, p.low, p.high])
    return np.array(told).T


def seismic(test: list[Cascade], at_s: float) -> np.ndarray:
    """Return SEISMIC's number, which has no interval."""
    told = [1 + hawkes.seismic(t[t <= at_s], m[t <= at_s], at_s=at_s) for t, m in test]
    return np.array([told, [np.nan] * len(told), [np.nan] * len(told)])


def log_linear(train: list[Cascade], test: list[Cascade], at_s: float) -> np.ndarray:
    """Return ln final = ln now + mean growth of the cascades learned from."""
    growth = np.array([np.log(len(times) / np.sum(times <= at_s)) for times, _ in train])
    now = np.array([np.sum(times <= at_s) for times, _ in test], dtype=float)
    reach = 2.06 * growth.std(ddof=1) * np.sqrt(1 + 1 / len(growth))
    return now * np.exp(growth.mean() + np.array([[0.0], [-reach], [reach]]))


def row(method: str, hour: int, test: list[Cascade], told: np.ndarray) -> dict[str, object]:
    """Return the scores of one method at one age."""
    final = np.array([len(times) for times, _ in test], dtype=float)
    finite = np.isfinite(told[0])
    error = np.abs(np.where(finite, told[0], 1e9) - final) / final
    none = np.isnan(told[1]).all()
    inside = (told[1] <= final) & (final <= told[2])
    width = np.where(np.isinf(told[2]), 1e9, told[2]) - told[1]
    return {
        "hours": hour,
        "method": method,
        "MedAPE": f"{np.median(error):.1%}",
        "coverage": "—" if none else f"{inside.mean():.0%}",
        "median width": "—" if none else f"{np.median(width / final):.1%}",
        "no answer": int((~finite).sum()),
    }


def table(every: list[Cascade]) -> pd.DataFrame:
    """Return the scores, learned from every other cascade and told of the rest."""
    train, test, rows = every[::2], every[1::2], []
    for hour in HOURS:
        at_s = hour * 3600.0
        rows += [
            row("foretell, learned from others", hour, test, learned(train, test, at_s)),
            row("predict, fitted alone", hour, test, fitted(test, at_s)),
            row("SEISMIC", hour, test, seismic(test, at_s)),
            row("log-linear, learned from others", hour, test, log_linear(train, test, at_s)),
        ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    print(table(cascades(Path(sys.argv[1]))).to_string(index=False))
