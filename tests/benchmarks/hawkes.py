"""Speed of likelihood, gradient and fit: python tests/benchmarks/hawkes.py"""

import time
from collections.abc import Callable

import numpy as np

from spread import hawkes


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


if __name__ == "__main__":
    speed()
