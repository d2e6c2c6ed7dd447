"""Speed, and forecasts of real cascades: python tests/benchmarks/hawkes.py [tideh FOLDER]

`tideh FOLDER`: the 50 cascades, each foretold at 1, 6 and 24 hours: median absolute
percentage error and coverage, beside SEISMIC and the log-linear rule of Szabo and Huberman.
"""

import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from spread import hawkes

HOURS = (1, 6, 24)


def cpu_s(what: Callable[[], object], runs: int = 5) -> tuple[float, float]:
    """Return the least seconds of the clock and of the processor after a first run."""
    what()
    found = []
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        what()
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
    least = np.array(found).min(axis=0)
    return float(least[0]), float(least[1])


def gradient_of(count: int) -> Callable[[], object]:
    """Return a run of likelihood and gradient of so many events of one type."""
    times = np.sort(np.random.default_rng(1).uniform(0, count, count))
    parameters = {"baseline": 0.5, "branching": 0.5, "decay": 1.3}
    return lambda: hawkes.gradient(times, parameters=parameters, end_s=count)


def likelihood_fit(count: int, types: int) -> Callable[[], object]:
    """Return a run of maximum likelihood of about so many events."""
    truth = {
        "baseline": [0.5] * types,
        "branching": 0.1 * np.ones((types, types)) / types * 5 / 2 + 0.2 * np.eye(types),
        "decay": 1.0,
    }
    ratio = np.linalg.inv(np.eye(types) - truth["branching"].T) @ truth["baseline"]
    end_s = count / ratio.sum()
    events = hawkes.simulate(truth, end_s=end_s, rng=1).events
    times, kinds = events["time_s"].to_numpy(), events["type"].to_numpy()
    return lambda: hawkes.fit(times, types=kinds, end_s=end_s, baseline="constant", rng=1)


def speed() -> None:
    """Print seconds; the peer, tick, is not installed with spread and said so if absent."""
    try:
        import tick  # noqa: F401

        print("tick is installed: compare with tick.hawkes.ModelHawkesExpKernLogLik")
    except ImportError:
        print("tick, the peer, is not installed: no ratio")
    for count in (10**5, 10**6):
        wall, cpu = cpu_s(gradient_of(count))
        print(f"likelihood and gradient, {count:>9,} events: {wall:.4f} s ({cpu:.4f} s of CPU)")
    wall, cpu = cpu_s(likelihood_fit(180_000, 5), runs=1)
    print(f"maximum likelihood, 180,000 events, 5 types: {wall:.2f} s ({cpu:.2f} s of CPU)")


def cascades(folder: Path) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return seconds and followers of each cascade, its root first."""
    found = []
    with tarfile.open(folder / "cascades.tar.gz") as archive:
        members = sorted((m for m in archive if m.isfile()), key=lambda m: m.name)
        for member in members:
            opened = archive.extractfile(member)
            lines = opened.read().decode().splitlines()[1:] if opened else []
            rows = np.array([line.split()[:2] for line in lines], dtype=float)
            found.append((rows[:, 0], np.maximum(rows[:, 1], 1)))
    return found


def foretold(times: np.ndarray, followers: np.ndarray, at_s: float) -> hawkes.Prediction:
    """Return what the fitted process foretells for the end of the observed week."""
    seen = times <= at_s
    jitter = np.random.default_rng(1).random(seen.sum())
    exact = np.minimum(times[seen] + jitter, at_s)
    exact[0] = 0.0
    fitted = hawkes.fit(
        exact, end_s=at_s, marks=followers[seen], kernel="power law", baseline="none",
        given=1, rng=1,
    )  # fmt: skip
    return hawkes.predict(fitted, horizon_s=max(times.max() + 1, at_s), draws=60, rng=1)


def log_linear(now: np.ndarray, final: np.ndarray) -> np.ndarray:
    """Return ln final = ln now + mean growth of the other cascades, and its 95 % interval."""
    growth = np.log(final / now)
    n = len(growth)
    others = (growth.sum() - growth) / (n - 1)
    spread = np.array([np.delete(growth, i).std(ddof=1) for i in range(n)])
    reach = 2.0 * spread * np.sqrt(1 + 1 / (n - 1))
    return np.exp(np.log(now) + np.array([others, others - reach, others + reach]))


def score(name: str, hour: int, final: np.ndarray, told: np.ndarray) -> dict[str, object]:
    """Return a row: error, coverage and width of point, low and high."""
    finite = np.isfinite(told[0])
    error = np.abs(np.where(finite, told[0], np.inf) - final) / final
    low, high = (np.where(np.isinf(ends), 1e9, ends) for ends in told[1:])
    inside = (told[1] <= final) & (final <= told[2])
    return {
        "hours": hour,
        "method": name,
        "MedAPE": f"{np.median(error):.1%}",
        "coverage": "—" if np.isnan(told[1]).all() else f"{inside.mean():.0%}",
        "median width": f"{np.median((high - low) / final):.1%}",
        "no answer": int((~finite).sum()),
    }


def tideh(folder: Path) -> pd.DataFrame:
    """Return the table of forecasts."""
    every, rows = cascades(folder), []
    final = np.array([len(times) for times, _ in every], dtype=float)
    for hour in HOURS:
        at_s = hour * 3600.0
        now = np.array([(times <= at_s).sum() for times, _ in every], dtype=float)
        told = [foretold(times, followers, at_s) for times, followers in every]
        ours = np.array([[p.median, p.low, p.high] for p in told]).T
        theirs = np.array([1 + hawkes.seismic(t[t <= at_s], f[t <= at_s], at_s=at_s)
                           for t, f in every])  # fmt: skip
        none = np.full(len(final), np.nan)
        rows += [
            score("hawkes.predict", hour, final, ours),
            score("SEISMIC", hour, final, np.array([theirs, none, none])),
            score("SEISMIC, scaled by the others", hour, final, log_linear(theirs, final)),
            score("log-linear", hour, final, log_linear(now, final)),
        ]
    return pd.DataFrame(rows)


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "tideh":
        print(tideh(Path(sys.argv[2])).to_string(index=False))
    else:
        speed()
